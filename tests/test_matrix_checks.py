"""The numbers of matrix expressions: every fact of every kind beside a central difference; values that do not fit."""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from matrix_entries import STEP, numerical_gradient, value
from random_matrices import KINDS, Repeating, letters_in, random_point
from sympy import MatrixSymbol, S

from derive import Derivation, DeriveError, matrix_gradient
from derive.errors import ParseError, UndefinedError
from derive.matrices.backward import FreeEntries, Occurrence, arguments
from derive.matrices.forward import BY_NUMBER, JACOBIANS
from derive.matrices.functions import matrix_function
from derive.matrices.heads import SymmetricMatrix
from derive.matrices.rules import MATRIX_RULES
from numeric.checks.matrix_checks import check_facts, evaluate_facts, usual_values
from numeric.matrix_values import Walk

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


# ---- parts that stand several times

REPEATED: list[tuple[str, dict[str, str]]] = [
    ("tr(X*X')", {}), ("tr((X-A)*(X-A)')", {}), ("tr((X'-A')*(X-A))", {}), ("tr(A*X') + sum(X')", {}), ("tr(X*X') + sum(X')", {}), ("tr(X*A*X')", {}),
    ("tr(X'*X*X'*X)", {}), ("logdet(X*X')", {}), ("sum(X*X') + tr(inv(X*X'))", {}), ("det(X*X')*norm2(X')", {}), ("sum((X*X').*(X*X')')", {}),
    ("tr(X*X) + norm2(X)", {"X": "symmetric matrix"}), ("tr((X+eye)*(X+eye)) + x'*X*X*x", {"X": "symmetric matrix"}), ("norm1(X.*X) + sum(X*X')", {}),
    ("x'*X*x + tr(X)", {}), ("x'*X*X'*x + tr(X*X'*A)", {}), ("tr(A*X*C) + sum(A*X)", {}), ("norm2(X)^2 + norm2(X)", {}), ("log(det(X)) + det(X)", {}),
    ("X*A*X' + X*X'", {"X": "row vector"}), ("(X*A-y')*(X*A-y')'", {"X": "row vector"}), ("norm2(A*X-y)^2 + norm2(A*X-y)", {"X": "vector"}),
    ("(A*X-y)'*(A*X-y)", {"X": "vector"}), ("(X'*A' - y')*(A*X - y)", {"X": "vector"}), ("X'*A*X + sum(X')", {"X": "vector"}), ("sum((X.*X)'.*X')", {}),
    ("sum((X*X').*(X'*X)) + tr((X.*X')*X)", {}), ("tr(inv(X)'*inv(X)) + sum(inv(X)')", {}), ("sum(softmax(X)'*softmax(X)) + sum(softmax(X)')", {}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "declared"), REPEATED, ids=[text for text, _ in REPEATED])
def test_a_part_that_stands_several_times_is_moved_where_its_derivative_was_taken(text: str, declared: dict[str, str]) -> None:
    derivation = matrix_gradient(text, "X", declared)
    report = check_facts(derivation, evaluate_facts(derivation))
    assert {one.verdict for one in report.values()} == {"agrees"}, report.summary


@pytest.mark.parametrize("seed", range(int(os.environ.get("EXPRESSIONS", "16"))))
def test_every_fact_of_a_random_expression_agrees_with_differences(seed: int) -> None:
    """With those of the checks, and with those of NumPy, where a part moves only as an argument of the laws above it."""
    grammar = Repeating(seed)
    text = grammar.number(3)
    if not letters_in(text):
        return
    letter = grammar.random.choice(letters_in(text))
    try:
        derivation = matrix_gradient(text, letter, {name: KINDS[name] for name in letters_in(text)})
        function: Any = derivation.graph
        point = random_point(function.givens, seed)
        numbers = evaluate_facts(derivation, point)
    except (ParseError, UndefinedError) as refused:  # too long a text, or such as the norm of x - x
        pytest.skip(str(refused))
    report = check_facts(derivation, numbers)
    assert not report.having("wrong"), (text, letter, report.summary)
    rounding = 1e-15 * abs(value(function.expression, point)) / STEP
    for step in derivation.steps:
        part: Any = step.claim.wrt.of if isinstance(step.claim.wrt, FreeEntries) else step.claim.wrt
        if not isinstance(part, Occurrence):
            pair = isinstance(part, SymmetricMatrix) and part is step.claim.wrt
            at = np.asarray(value(part, point), dtype=float)
            expected = numerical_gradient(lambda there, x=part: moved(function.expression, {x: there}, function.node(letter), point), at, pair)
            bound = 1e-5 * (1 + np.max(np.abs(expected))) + rounding
            assert value(step.value, point) == pytest.approx(expected, rel=1e-5, abs=bound), (text, letter, str(part))


def moved(whole: Any, known: dict[Any, Any], letter: Any, point: dict[Any, Any]) -> Any:
    """The array of an expression where a part has another value, each whole computed from its arguments alone."""
    if whole == letter and whole not in known:
        return point[whole]
    if whole not in known:
        known[whole] = value(whole, {**point, **{inner: moved(inner, known, letter, point) for inner in arguments(whole, letter)}})
    return known[whole]


@pytest.mark.parametrize("seed", range(40))
def test_an_expression_depends_on_a_letter_through_its_arguments_alone(seed: int) -> None:
    text = Repeating(seed).number(3)
    for name in letters_in(text):
        function: Any = matrix_gradient(text, name, {given: KINDS[given] for given in letters_in(text)}).graph
        numbers = evaluate_facts(matrix_gradient(text, name, {given: KINDS[given] for given in letters_in(text)}))
        letter = function.node(name)
        wholes = [function.expression]
        for whole in wholes:
            if whole != letter:
                inner = arguments(whole, letter)
                still = {given: numbers.of(given) for given in function.givens if given != letter}
                Walk({**still, **{part: numbers.of(part) for part in inner}}).value(whole)
                wholes += inner


@pytest.mark.parametrize(("text", "letter", "declared"), EXPRESSIONS, ids=IDS)
def test_the_numbers_are_those_of_numpy(text: str, letter: str, declared: dict[str, str]) -> None:
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
