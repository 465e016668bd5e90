"""The numbers of matrix expressions: every fact of every kind beside a central difference; values that do not fit."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from matrix_entries import value
from sympy import MatrixSymbol, S

from derive import Derivation, DeriveError, matrix_gradient
from derive.errors import UndefinedError
from derive.matrices.backward import Occurrence
from derive.matrices.forward import BY_NUMBER, JACOBIANS
from derive.matrices.functions import matrix_function
from derive.matrices.rules import MATRIX_RULES
from numeric.checks.matrix_checks import check_facts, evaluate_facts, usual_values

# text, letter, declarations
EXPRESSIONS: list[tuple[str, str, dict[str, str]]] = [
    ("norm2(A*x - b)^2", "x", {"b": "vector"}), ("tr(A*X*X)", "X", {}), ("tr(A*inv(X)*B)", "X", {}), ("tr(X^3)", "X", {}), ("tr(X'*X)*norm2(X)", "X", {}),
    ("log(det(X)) + sum(X)", "X", {}), ("logdet(X*X' + eye)", "X", {}), ("a*norm1(X) + det(A*X*B)", "X", {}), ("x'*A*B*x", "x", {}), ("x'*A*B*x", "A", {}),
    ("x'*S*x", "S", {"S": "symmetric matrix"}), ("x'*S*x", "x", {"S": "symmetric matrix"}), ("sum(log(softmax(X*W)).*T)", "W", {}), ("sum(diag(X))", "X", {}),
    ("tr(inv(X))", "X", {}), ("x'*A*y", "y", {}), ("norm1(a*X)", "a", {}), ("norm1(a*X)", "X", {}),
    ("sum(diag(x)*A)", "x", {}), ("sum(softmax(A*x).*y)", "x", {}), ("sum(relu(A*x))", "x", {}), ("sum(X.^Y)", "X", {}), ("sum(X.^Y)", "Y", {}),
    ("sum(a.^X)", "X", {}), ("sum(a.^X)", "a", {}), ("sum(X.^a)", "a", {}), ("sum(sqrt(X)./Y)", "Y", {}), ("a^b*tr(X)", "b", {}), ("2*a*x'*y", "a", {}),
    ("softmax(A*x)", "x", {}), ("norm2(x)*x", "x", {}), ("diag(x)*A*x", "x", {}), ("x.^2 + exp(x).*y", "x", {}), ("(x'*A)'", "x", {}),
    ("inv(A + a*B)", "a", {}), ("(A + a*B)^2", "a", {}), ("softmax(a*X)", "a", {}), ("softmax(a*x)", "a", {}), ("sin(t)*A'", "t", {"t": "scalar"}),
    ("diag(a*x)", "a", {}), ("diag(a*X)", "a", {}), ("(a*X).*Y + exp(a*X)", "a", {}), ("X.^a", "a", {}), ("a^2*exp(a)", "a", {}), ("(a*X)'", "a", {}),
]  # fmt: skip
IDS = [f"{text} by {letter}" for text, letter, _ in EXPRESSIONS]


@pytest.mark.parametrize(("text", "letter", "declared"), EXPRESSIONS, ids=IDS)
def test_every_fact_agrees_with_differences(text: str, letter: str, declared: dict[str, str]) -> None:
    derivation = matrix_gradient(text, letter, declared)
    numbers = evaluate_facts(derivation)
    report = check_facts(derivation, numbers)
    assert {one.verdict for one in report.values()} == {"agrees"}, report.summary
    checked = {claim for claim, _, _ in report}
    assert checked == {step.claim for step in derivation.steps if not isinstance(step.claim.wrt, Occurrence)}


@pytest.mark.parametrize(("text", "letter", "declared"), EXPRESSIONS, ids=IDS)
def test_the_numbers_are_those_of_numpy(text: str, letter: str, declared: dict[str, str]) -> None:
    import numpy as np

    derivation = matrix_gradient(text, letter, declared)
    numbers: Any = evaluate_facts(derivation)
    sizes = dict(numbers.walk.sizes)

    def sized(one: Any) -> Any:
        return one.xreplace(sizes | {symbol: MatrixSymbol(symbol.name, *(size.xreplace(sizes) for size in symbol.shape)) for symbol in one.atoms(MatrixSymbol)})

    if any(one.__class__.__name__ == "SymmetricMatrix" for one in derivation.graph.givens):
        return  # its symbol is rebuilt by its size alone
    arrays = {sized(one) if hasattr(one, "shape") else one: np.array(numbers.of(one), dtype=float) for one in derivation.graph.givens}
    expected = value(sized(derivation.result), arrays)
    assert np.array(numbers.facts[derivation.claim], dtype=float) == pytest.approx(np.array(expected, dtype=float), rel=1e-9, abs=1e-12)


def test_every_law_is_met_in_this_table() -> None:
    met = {step.rule for text, letter, declared in EXPRESSIONS for step in matrix_gradient(text, letter, declared).steps}
    assert {rule.name for rule in (*MATRIX_RULES, *JACOBIANS, *BY_NUMBER)} <= met


def wrong(derivation: Derivation, place: int, by: Any) -> Derivation:
    steps = tuple(replace(step, value=by(step.value)) if at == place else step for at, step in enumerate(derivation.steps))
    return replace(derivation, steps=steps)


@pytest.mark.parametrize("place", range(3))
def test_a_wrong_fact_is_seen(place: int) -> None:
    derivation = wrong(matrix_gradient("norm2(A*x - b)^2", "x", {"b": "vector"}), place, lambda value: S(3) * value / 2)
    report = check_facts(derivation, evaluate_facts(derivation))
    assert {claim for (claim, _, _), one in report.items() if one.verdict == "wrong"} == {derivation.steps[place].claim}


def test_exact_values_stay_exact() -> None:
    derivation = matrix_gradient("tr(A*inv(X))", "X")
    numbers = evaluate_facts(derivation, {"A": [[1, 0], [0, 1]], "X": [["1/3", 1], [0, 2]]})
    assert numbers.facts[derivation.claim] == [[Fraction(-9), Fraction(0)], [Fraction(21, 4), Fraction(-1, 4)]]


def test_usual_values_fit_what_is_open() -> None:
    values = usual_values(matrix_function("A*x + b*y"))
    assert (len(values["A"]), len(values["A"][0]), len(values["x"]), len(values["y"])) == (2, 3, 3, 2)


def test_arrays_and_flat_columns_are_taken() -> None:
    import numpy as np

    derivation = matrix_gradient("x'*A*x", "x")
    one = evaluate_facts(derivation, {"A": np.eye(2), "x": np.array([1.0, 2.0])})
    other = evaluate_facts(derivation, {"A": [[1, 0], [0, 1]], "x": [[1], [2]]})
    assert [[float(entry) for entry in line] for line in one.facts[derivation.claim]] == [[2.0], [4.0]]
    assert other.facts[derivation.claim] == [[2], [4]]


@pytest.mark.parametrize(
    ("at", "message"),
    [
        ({"A": [[1, 2]]}, "there is no value for X"),
        ({"A": [[1, 2]], "X": [[1], [2]], "B": 1}, "no letter 'B'"),
        ({"A": [[1, 2]], "X": [[1], [2], [3]]}, r"X is given with the shape \(3, 1\); here it has the shape \(2, 1\)"),
        ({"A": [[1, 2], [3]], "X": [[1], [2]]}, "the rows of A have 2 and 1 entries"),
        ({"A": [[1, 2], 3], "X": [[1], [2]]}, "rows and numbers side by side"),
        ({"A": 5, "X": [[1], [2]]}, "A = 5 is no matrix"),
        ({"A": [], "X": [[1], [2]]}, "is no matrix"),
        ({"A": [["x", 2]], "X": [[1], [2]]}, r"A\[1,1\] = 'x' is not a number"),
        ([1], "is no table of values"),
    ],
)
def test_values_that_do_not_fit_are_refused(at: Any, message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        evaluate_facts(matrix_gradient("tr(A*X)", "X"), at)


def test_what_has_no_value_is_refused() -> None:
    with pytest.raises(UndefinedError, match="has no inverse"):
        evaluate_facts(matrix_gradient("tr(inv(X))", "X"), {"X": [[1, 2], [2, 4]]})
    with pytest.raises(DeriveError, match="not symmetric"):
        evaluate_facts(matrix_gradient("x'*S*x", "S", {"S": "symmetric matrix"}), {"x": [1, 2], "S": [[1, 2], [3, 4]]})
