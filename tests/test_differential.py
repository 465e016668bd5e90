"""Gradients of matrix expressions: every law proved entry by entry, textbook forms, random expressions against differences."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from matrix_entries import entries, numerical_gradient, numerical_jacobian, value
from random_matrices import KINDS, Grammar, letters_in, random_point
from sympy import BlockMatrix, ImmutableMatrix, KroneckerProduct, Matrix, MatrixSymbol, S, Symbol, cos, diff, exp, log, simplify, sin, symbols, trace
from sympy import Determinant as SympyDeterminant

from derive import DeriveError, Local, Total, matrix_gradient
from derive.functions import TextFunction
from derive.matrices.backward import FreeEntries, Occurrence
from derive.matrices.forward import BY_NUMBER, JACOBIANS
from derive.matrices.heads import SymmetricMatrix
from derive.matrices.joins import JOINS
from derive.matrices.parts import is_matrix
from derive.matrices.reading import read_matrix
from derive.matrices.rules import MATRIX_RULES, MatrixRule

ALSO = {"f": TextFunction("f", sin), "df": TextFunction("df", cos)}
LAWS = {f"{rule.name}: {rule.law[0]}": rule for rule in MATRIX_RULES}


# ---- every law, entry by entry


def declared(text: str, symmetric: str = "") -> dict[str, str]:
    """Letters of size 2; a differential dX is of the kind of X."""
    names = set(re.findall(r"\b(d?[A-Za-z])\b(?!\()", text))
    kinds = {name: ("scalar" if name[-1] <= "g" and name[-1].islower() else "vector 2" if name[-1].islower() else "matrix 2 x 2") for name in names}
    return {name: "symmetric matrix 2" if name[-1] == symmetric else kind for name, kind in kinds.items()}


def letters_of(readings: list[Any]) -> dict[Any, Any]:
    """Every letter as its own entries, all real; numbers are positive, for powers of them."""
    found: dict[Any, Any] = {}
    for reading in readings:
        for name, symbol in reading.letters.items():
            made = entry_symbols(symbol) if is_matrix(symbol) else Symbol(name, real=True) if len(name) > 1 else Symbol(name, positive=True)
            found[symbol] = made
    return found


def entry_symbols(symbol: Any) -> ImmutableMatrix:
    def entry(row: int, col: int) -> Symbol:
        row, col = sorted((row, col)) if isinstance(symbol, SymmetricMatrix) else (row, col)
        return Symbol(f"{symbol.name}{row + 1}{col + 1}", real=True)

    return ImmutableMatrix(*symbol.shape, entry)


def is_zero(difference: Any) -> bool:
    cells = list(difference) if hasattr(difference, "shape") else [difference]
    return all(cell == 0 or cell.expand() == 0 or simplify(cell) == 0 for cell in cells)


def symmetric_letter(rule: MatrixRule) -> str:
    return "X" if rule.name == "symmetric argument" else ""


@pytest.mark.parametrize("name", LAWS)
def test_the_differential_that_a_row_states_is_the_derivative_along_it(name: str) -> None:
    rule, t = LAWS[name], Symbol("t", real=True)
    left, right = (read_matrix(text, declared(text, symmetric_letter(rule)), ALSO) for text in rule.law)
    values = letters_of([left, right])
    names = {str(symbol): made for symbol, made in values.items()}
    moved = {symbol: made + t * names[f"d{symbol}"] if f"d{symbol}" in names else made for symbol, made in values.items()}
    along = diff(entries(left.expression, moved), t).subs(t, 0)
    assert is_zero(along - entries(right.expression, values))


@pytest.mark.parametrize("name", LAWS)
def test_what_a_row_lets_arrive_is_entry_by_entry_the_derivative(name: str) -> None:
    """f is the number itself, or the entries of the matrix weighed by free numbers."""
    rule = LAWS[name]
    law = rule.law[0]
    reading = read_matrix(law, declared(law, symmetric_letter(rule)), ALSO)
    shape = getattr(reading.expression, "shape", None)
    text = law if shape is None else f"sum(K.*({law}))"
    kinds = declared(law, symmetric_letter(rule)) | ({} if shape is None else {"K": f"matrix {shape[0]} x {shape[1]}" if shape[1] != 1 else "vector 2"})
    whole = read_matrix(text, kinds, ALSO)
    values = letters_of([whole])
    applied = set()
    for letter, own in values.items():
        if str(letter) == "K":
            continue
        derivation = matrix_gradient(whole.expression, letter)
        applied |= {step.rule for step in derivation.steps}
        function, found = entries(whole.expression, values), entries(derivation.result, values)
        expected = by_entries(function, own, isinstance(letter, SymmetricMatrix))
        assert is_zero(found - expected), (letter, derivation.result)
    assert rule.name in applied


def by_entries(function: Any, own: Any, symmetric: bool) -> Any:
    """The derivative by every entry, by sympy.diff; a pair of a symmetric matrix is one variable that stands in two entries."""
    if not hasattr(own, "shape"):
        return diff(function, own)
    return ImmutableMatrix(*own.shape, lambda row, col: diff(function, own[row, col]) / (2 if symmetric and row != col else 1))


def test_every_way_of_joining_is_used_by_a_law() -> None:
    assert {rule.joined for rule in (*MATRIX_RULES, *JACOBIANS, *BY_NUMBER)} == set(JOINS)


# ---- textbook forms


@pytest.mark.parametrize(
    ("text", "letter", "kinds", "expected"),
    [
        ("x'*A*x", "x", {}, "(A + A.T)*x"),
        ("x'*A*x", "x", {"A": "symmetric matrix"}, "2*A*x"),
        ("0.5*x'*A*x", "x", {"A": "symmetric matrix"}, "A*x"),
        ("x'*A*x", "A", {}, "x*x.T"),
        ("v'*x", "x", {}, "v"),
        ("norm2(A*x - b)^2", "x", {"b": "vector"}, "2*A.T*(A*x - b)"),
        ("(A*x - y)'*(A*x - y)", "x", {}, "2*A.T*(A*x - y)"),
        ("norm2(X*W - Y)^2", "W", {}, "2*X.T*(X*W - Y)"),
        ("tr((X*W - Y)'*(X*W - Y))", "W", {}, "2*X.T*(X*W - Y)"),
        ("sum((X*W - Y).^2)", "W", {}, "2*X.T*(X*W - Y)"),
        ("norm2(A*x - y)^2 + c*norm2(x)^2", "x", {}, "(2*c)*x + 2*A.T*(A*x - y)"),
        ("norm2(A*x - y)", "x", {}, "1/norm2(A*x - y)*A.T*(A*x - y)"),
        ("norm1(A*x - y)", "x", {}, "A.T*Lambda(z, sign(z)).(A*x - y)"),
        ("tr(A*X)", "X", {}, "A.T"),
        ("tr(X)", "X", {}, "I"),
        ("tr(A*X'*B*X*C)", "X", {}, "B*X*C*A + B.T*X*A.T*C.T"),
        ("tr(X'*A*X)", "X", {}, "(A + A.T)*X"),
        ("tr(inv(X)*A)", "X", {}, "-X.T**(-1)*A.T*X.T**(-1)"),
        ("tr(X^3)", "X", {}, "3*X.T**2"),
        ("logdet(X)", "X", {}, "X.T**(-1)"),
        ("log(det(X))", "X", {}, "X.T**(-1)"),
        ("log(det(inv(X)))", "X", {}, "-X.T**(-1)"),
        ("logdet(X)", "X", {"X": "symmetric matrix"}, "X**(-1)"),
        ("det(X)", "X", {}, "det(X)*X.T**(-1)"),
        ("tr(B*A)", "A", {"A": "symmetric matrix"}, "(1/2)*(B + B.T)"),
        ("logdet(S) + tr(inv(S)*A)", "S", {"S": "symmetric matrix", "A": "symmetric matrix"}, "S**(-1) - S**(-1)*A*S**(-1)"),
        ("(x - u)'*inv(S)*(x - u)", "x", {"S": "symmetric matrix"}, "2*S**(-1)*(-u + x)"),
        ("-sum(t.*log(softmax(z)))", "z", {}, "sum(t)*softmax(z) - t"),
        ("log(sum(exp(x)))", "x", {}, "1/sum(Lambda(z, exp(z)).(x))*Lambda(z, exp(z)).(x)"),
        ("(y.*v)'*x", "y", {}, "HadamardProduct(x, v)"),
        ("x'*(y.*x)", "x", {}, "2*(HadamardProduct(y, x))"),
        ("sum(A*diag(x))", "x", {}, "A.T*1"),
        ("sum(a*X)", "a", {}, "sum(X)"),
        ("a^b", "a", {}, "a**(b - 1)*b"),
        ("A*x", "x", {}, "A"),
        ("A*exp(x)", "x", {}, "A*DiagMatrix(Lambda(z, exp(z)).(x))"),
        ("softmax(x)", "x", {}, "DiagMatrix(softmax(x)) - softmax(x)*softmax(x).T"),
        ("(v'*x)*x", "x", {}, "(v.T*x)*I + x*v.T"),
        ("inv(A + a*B)", "a", {}, "-(a*B + A)**(-1)*B*(a*B + A)**(-1)"),
        ("exp(a*X)", "a", {}, "HadamardProduct(Lambda(z, exp(z)).(a*X), X)"),
    ],
)
def test_results_have_the_form_of_a_textbook(text: str, letter: str, kinds: dict[str, str], expected: str) -> None:
    assert str(matrix_gradient(text, letter, kinds).result) == expected


def test_terms_stand_as_they_were_written() -> None:
    result: Any = matrix_gradient("norm2(A*x - y)^2 + c*norm2(x)^2", "x").result
    assert [str(term) for term in result.args] == ["2*A.T*(A*x - y)", "(2*c)*x"]


# ---- facts


def test_the_steps_of_least_squares() -> None:
    derivation = matrix_gradient("norm2(A*x - y)^2", "x")
    assert [(str(step.claim.wrt), step.rule, str(step.value)) for step in derivation.steps] == [
        ("A*x - y", "squared norm", "2*(A*x - y)"),
        ("A*x", "sum", "2*(A*x - y)"),
        ("x", "matrix product", "2*A.T*(A*x - y)"),
    ]
    assert derivation.result == derivation.steps[-1].value
    assert derivation.expanded == derivation.result


def test_a_letter_that_stands_at_several_places_is_derived_at_each() -> None:
    steps = matrix_gradient("tr(X'*A*X)", "X").steps
    places = [step for step in steps if isinstance(step.claim.wrt, Occurrence)]
    assert [(step.claim.wrt.number, step.rule, str(step.value)) for step in places] == [(1, "transpose", "A*X"), (2, "matrix product", "A.T*X")]  # type: ignore[attr-defined]
    assert steps[-1].terms == tuple((step.claim,) for step in places)
    assert steps[-1].because == "collect"


def test_a_part_that_stands_twice_is_one_node() -> None:
    """(x'x)² + x'x: one fact about x, however often x'x stands there."""
    steps = matrix_gradient("(x'*x)^2 + x'*x", "x").steps
    assert sum(str(step.claim.wrt) == "x" for step in steps) == 1
    assert sum(isinstance(step.claim.wrt, Occurrence) for step in steps) == 2


def test_by_a_symmetric_matrix_only_the_symmetric_part_counts() -> None:
    steps = matrix_gradient("tr(B*A)", "A", {"A": "symmetric matrix"}).steps
    assert isinstance(steps[-2].claim.wrt, FreeEntries)
    assert (str(steps[-2].value), str(steps[-1].value)) == ("B.T", "(1/2)*(B + B.T)")


def test_what_cancels_says_so() -> None:
    assert matrix_gradient("-sum(t.*log(softmax(z)))", "z").steps[-1].because == "cancel"
    assert matrix_gradient("tr(inv(X)*X*A)", "A").steps[-1].because == "cancel"


@pytest.mark.parametrize(
    ("text", "letter", "expected"), [("x'*y", "x", "y"), ("a + sum(x)", "a", "1"), ("a", "a", "1"), ("x", "x", "I"), ("y + 0*x", "x", "0")]
)
def test_the_smallest_derivations(text: str, letter: str, expected: str) -> None:
    assert str(matrix_gradient(text, letter).result) == expected


def test_a_letter_that_cancels_before_it_arrives_has_the_derivative_zero() -> None:
    result: Any = matrix_gradient("(sum(A)*(x - x))'*(x - x)", "A").result
    assert (str(result), str(result.shape)) == ("0", "(m, n)")


def test_a_letter_without_influence_has_the_zero_of_its_shape() -> None:
    x, y = MatrixSymbol("x", 3, 1), MatrixSymbol("y", 2, 1)
    assert str(matrix_gradient("sum(x) + 0*sum(Y)", "Y", {"Y": (2, 2)}).result.shape) == "(2, 2)"  # type: ignore[attr-defined]
    assert matrix_gradient(x.T * x, x).result.shape == (3, 1)  # type: ignore[attr-defined]
    assert matrix_gradient(x - x + 2 * x, x).result.shape == (3, 3)  # type: ignore[attr-defined]
    assert y.shape == (2, 1)


# ---- random expressions against numerical gradients


def assert_close(found: Any, expected: Any, what: object) -> None:
    scale = 1 + np.max(np.abs(expected))
    assert np.shape(found) == np.shape(expected), what
    assert np.max(np.abs(found - expected)) <= 1e-6 * scale, (what, found, expected)


SEEDS = range(200)


@pytest.mark.parametrize("block", range(8))
def test_random_expressions_against_numerical_gradients(block: int) -> None:
    for seed in SEEDS[block::8]:
        grammar = Grammar(seed)
        text = grammar.number(3)
        names = letters_in(text)
        for name in grammar.random.sample(names, min(2, len(names))):
            derivation = matrix_gradient(text, name, {one: KINDS[one] for one in names})
            function: Any = derivation.graph
            point, letter = random_point(function.givens, seed), function.node(name)
            expected = numerical_gradient(lambda at, f=function, p=point, x=letter: value(f.expression, {**p, x: at}), point[letter], name == "S")
            assert_close(value(derivation.result, point), expected, (text, name))


def test_random_expressions_use_every_rule() -> None:
    missing = {rule.name for rule in MATRIX_RULES}
    for seed in SEEDS:
        text = Grammar(seed).number(3)
        names = letters_in(text)
        for name in names if missing else ():
            missing -= {step.rule for step in matrix_gradient(text, name, {one: KINDS[one] for one in names}).steps}
    assert not missing


def test_each_step_cites_only_earlier_ones() -> None:
    for seed in range(30):
        text = Grammar(seed).number(3)
        names = letters_in(text)
        for name in names:
            seen: set[Any] = set()
            for step in matrix_gradient(text, name, {one: KINDS[one] for one in names}).steps:
                assert set(step.cited()) <= seen
                assert not any(isinstance(claim, Local) for claim in step.cited())
                seen.add(step.claim)


# ---- Jacobians and derivatives by a number

COLUMNS = [
    "B*x + z", "B*sin(x)", "x.*z", "x.*x.*z", "x.^3", "x.^a", "exp(tanh(x)).^z", "exp(tanh(z)).^x", "softmax(B*x)", "(z'*x)*x", "x*x'*B*x", "x/norm2(x)",
    "sum(x)*z + norm2(x)^2*x", "diag(x)*B*x", "(B + x*z')*x", "(x'*B)'", "2.^x", "sigmoid(A*x + y)", "A*(x + z) - 2*y", "-(x'*x)*(B*x)", "exp(x'*z)*B*x",
    "(x'*B*x).^z", "vector(a)", "(x - z)./exp(x)", "(B*diag(x)*Y)*z",
]  # fmt: skip


@pytest.mark.parametrize("text", COLUMNS)
def test_jacobians_against_differences(text: str) -> None:
    names = [*letters_in(text), *([] if "x" in letters_in(text) else ["x"])]
    text = text if "x" in letters_in(text) else f"{text} + 0*x"
    derivation = matrix_gradient(text, "x", {one: KINDS[one] for one in names})
    function: Any = derivation.graph
    point, x = random_point(function.givens, 1), function.node("x")
    point[x] = np.abs(point[x]) + 0.1
    assert_close(value(derivation.result, point), numerical_jacobian(lambda at: value(function.expression, {**point, x: at}), point[x]), text)


def test_random_columns_against_differences() -> None:
    supported = 0
    for seed in range(60):
        grammar = Grammar(seed)
        text = grammar.matrix((3, 1), 3)
        names = letters_in(text)
        for name in {"x", "z", "a"} & set(names):
            try:
                derivation = matrix_gradient(text, name, {one: KINDS[one] for one in names})
            except DeriveError as refused:
                message = str(refused)
                assert "not supported" in message, text
                continue
            supported += 1
            function: Any = derivation.graph
            point, letter = random_point(function.givens, seed), function.node(name)
            differences = numerical_gradient if name == "a" else numerical_jacobian
            expected = differences(lambda at, f=function, p=point, x=letter: value(f.expression, {**p, x: at}), point[letter])
            assert_close(value(derivation.result, point), expected, (text, name))
    assert supported > 60


BY_A_NUMBER = [
    "a*X", "a^2*X + b*A", "(a*X)'", "inv(Y + a*B)", "(a*Y)^3", "sin(a*X).*A.*X", "(a*X + matrix(3)).^2", "matrix(a).^exp(A)", "sin(a*X)", "softmax(a*X)",
    "softmax(a*x)", "diag(a*x)", "diag(a*Y)", "a.^X", "X*Y*x*sin(a)", "norm2(a*x)*x", "(a*X)*(a*W)", "exp(tanh(X)).^a", "X", "a.*x./z",
]  # fmt: skip


@pytest.mark.parametrize("text", BY_A_NUMBER)
def test_derivatives_by_a_number_against_differences(text: str) -> None:
    text = text if "a" in letters_in(text) else f"{text} + 0*a*X"
    derivation = matrix_gradient(text, "a", {one: KINDS[one] for one in letters_in(text)})
    function: Any = derivation.graph
    point, a = random_point(function.givens, 2), function.node("a")
    assert_close(value(derivation.result, point), numerical_gradient(lambda at: value(function.expression, {**point, a: at}), point[a]), text)


def test_every_forward_law_is_used() -> None:
    def used(texts: list[str], letter: str) -> set[str]:
        kinds = [{one: KINDS[one] for one in letters_in(text)} for text in texts]
        return {step.rule for text, own in zip(texts, kinds, strict=True) if letter in own for step in matrix_gradient(text, letter, own).steps}

    assert {rule.name for rule in JACOBIANS} <= used(COLUMNS, "x")
    assert {rule.name for rule in BY_NUMBER} <= used(BY_A_NUMBER, "a")


# ---- SymPy expressions


def test_sympy_expressions_are_read_as_what_they_mean() -> None:
    m, n = symbols("m n", integer=True, positive=True)
    A, x, b = MatrixSymbol("A", m, n), MatrixSymbol("x", n, 1), MatrixSymbol("b", m, 1)
    X, a = MatrixSymbol("X", 3, 3), Symbol("a")
    assert str(matrix_gradient((A * x - b).T * (A * x - b), x).result) == "2*A.T*(A*x - b)"
    assert str(matrix_gradient(trace(A.T * A), A).result) == "2*A"
    assert str(matrix_gradient(log(SympyDeterminant(X)), X).result) == "X.T**(-1)"
    assert str(matrix_gradient(trace(X**-2), "X").result) == str(matrix_gradient("tr(X^-2)", "X").result)
    assert str(matrix_gradient(a**2 * trace(X), a).result) == "2*a*tr(X)"
    assert str(matrix_gradient(x.applyfunc(sin), x).result) == "DiagMatrix(Lambda(z, cos(z)).(x))"
    assert str(matrix_gradient(S(2) * trace(SymmetricMatrix("S", n) ** 2), "S").result) == "4*S"


def test_a_matrix_of_numbers_may_stand_among_the_letters() -> None:
    x, numbers = MatrixSymbol("x", 2, 1), ImmutableMatrix([[1, 2], [3, 4]])
    result = matrix_gradient(x.T * numbers * x, x).result
    assert entries(result, {x: Matrix([5, 7]).as_immutable()}) == ImmutableMatrix([2 * 5 + 5 * 7, 5 * 5 + 8 * 7])


# ---- refused


@pytest.mark.parametrize(
    ("text", "letter", "message"),
    [
        ("A*A'*x - B*y + y", "x", None),
        ("X*y", "X", r"the derivative of X\*y of shape \(m, n\)|not supported; supported are a number by anything"),
        ("x*x'", "x", "not supported; supported are a number by anything, a column vector by a column vector, and anything by a number"),
        ("x'", "x", "take the transpose of the row vector"),
        ("inv(diag(x))*y", "x", "only sums, constant matrices times vectors"),
        ("diag(x*x')", "x", "is not supported"),
        ("norm2(A*x - y)^2", "b", "no letter 'b'; this expression has A, x and y"),
        ("kron(A, B)", "A", "no function 'kron'; there are abs"),
    ],
)
def test_what_is_not_supported_is_said(text: str, letter: str, message: str | None) -> None:
    if message is None:
        assert matrix_gradient(text, letter).result is not None
        return
    with pytest.raises(DeriveError, match=message):
        matrix_gradient(text, letter)


M, N = symbols("m n", integer=True, positive=True)
SQUARE, TALL, COLUMN = MatrixSymbol("X", 3, 3), MatrixSymbol("A", M, N), MatrixSymbol("b", M, 1)


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (sin(exp(SQUARE)), "exp is not supported.*entry by entry it is X.applyfunc"),
        (KroneckerProduct(SQUARE, SQUARE), "KroneckerProduct is not supported in .*; supported are"),
        (trace(BlockMatrix([[SQUARE, SQUARE], [SQUARE, SQUARE]]) ** 2), "BlockMatrix is not supported"),
        (SQUARE[0, 1], "MatrixElement is not supported"),
        (trace(SQUARE**S.Half), "a whole number other than 0"),
        (trace(MatrixSymbol("X_", 3, 3)), "is no name"),
        (TALL * COLUMN, r"A of shape \(m, n\) times b of shape \(m, 1\): the inner sizes differ"),
        (TALL + SQUARE, r"of shape \(m, n\) plus X of shape \(3, 3\)|of shape \(3, 3\) plus A of shape \(m, n\)"),
        (trace(SQUARE.applyfunc(lambda entry: Symbol("a") * entry)), "no other letter than its argument"),
        (3, "text or of SymPy, not 3"),
        (MatrixSymbol("c", 1, 1), "what is 1×1 is written as a number"),
        (SQUARE + MatrixSymbol("X", 3, 3).T * Symbol("X"), "two different symbols are named 'X'"),
    ],
)
def test_sympy_expressions_outside_the_rules_are_refused_by_name(expression: Any, message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        matrix_gradient(expression, "X")


def test_a_declaration_is_for_text() -> None:
    x = MatrixSymbol("x", 3, 1)
    with pytest.raises(DeriveError, match="declared is for letters in a text"):
        matrix_gradient(x.T * x, x, {"x": "vector"})


def test_claims_are_totals_of_the_named_function() -> None:
    derivation = matrix_gradient("f*norm2(x)^2", "x")
    assert derivation.claim == Total(Symbol("g"), derivation.graph.node("x"))
    assert str(derivation.graph.node("x").shape) == "(m, 1)"
