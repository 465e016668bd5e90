"""Matrix expressions as text: what they mean, the sizes that follow, and everything that is refused, with its place."""

from __future__ import annotations

import random
from collections.abc import Callable
from time import process_time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matrix_entries import value
from sympy import MatrixSymbol, Rational, Symbol, log, symbols

from derive import DeriveError
from derive.errors import ParseError
from derive.matrices.heads import Det, Norm2, Scalar, SymmetricMatrix
from derive.matrices.reading import parse_matrix, read_matrix
from derive.written import Written

KINDS = {"a": "scalar", "b": "scalar", "x": "vector 3", "y": "vector 2", "A": "matrix 2 x 3", "X": "matrix 3 x 3", "Y": "matrix 3 x 3"}
POINT = {
    "a": 1.5, "b": 0.5, "x": np.array([[1.0], [2.0], [0.5]]), "y": np.array([[3.0], [-1.0]]), "A": np.array([[1.0, 2.0, 3.0], [0.0, -1.0, 2.0]]),
    "X": np.array([[2.0, 0.0, 1.0], [0.5, 3.0, 0.0], [1.0, 1.0, 4.0]]), "Y": np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 1.0], [2.0, 0.0, 1.0]]),
}  # fmt: skip


def softmax(entries: Any, axis: int) -> Any:
    return np.exp(entries) / np.exp(entries).sum(axis=axis, keepdims=True)


MEANINGS: dict[str, Callable[..., Any]] = {
    "A*x - y": lambda a, b, x, y, A, X, Y: A @ x - y,
    "0.5*x'*X*x": lambda a, b, x, y, A, X, Y: 0.5 * (x.T @ X @ x)[0, 0],
    "x*x'*X*x": lambda a, b, x, y, A, X, Y: x @ x.T @ X @ x,
    "x'*x*X": lambda a, b, x, y, A, X, Y: (x.T @ x)[0, 0] * X,
    "A*(x'*x)": lambda a, b, x, y, A, X, Y: (x.T @ x)[0, 0] * A,
    "X*a*Y/b": lambda a, b, x, y, A, X, Y: a * X @ Y / b,
    "-x.^2": lambda a, b, x, y, A, X, Y: -(x**2),
    "-a^2": lambda a, b, x, y, A, X, Y: -(a**2),
    "a^-b": lambda a, b, x, y, A, X, Y: a**-b,
    "a*-b": lambda a, b, x, y, A, X, Y: -a * b,
    "a - b - a": lambda a, b, x, y, A, X, Y: -b,
    "a/b/b": lambda a, b, x, y, A, X, Y: a / b / b,
    "a/b*b": lambda a, b, x, y, A, X, Y: a,
    "2.*x": lambda a, b, x, y, A, X, Y: 2 * x,
    "a.*x.*x": lambda a, b, x, y, A, X, Y: a * x * x,
    "a./x": lambda a, b, x, y, A, X, Y: a / x,
    "x./a": lambda a, b, x, y, A, X, Y: x / a,
    "x./x.^2": lambda a, b, x, y, A, X, Y: 1 / x,
    "x.^x": lambda a, b, x, y, A, X, Y: x**x,
    "2.^x": lambda a, b, x, y, A, X, Y: 2**x,
    "x.^a": lambda a, b, x, y, A, X, Y: x**a,
    "X^2": lambda a, b, x, y, A, X, Y: X @ X,
    "X^-2": lambda a, b, x, y, A, X, Y: np.linalg.inv(X @ X),
    "X^1": lambda a, b, x, y, A, X, Y: X,
    "X''": lambda a, b, x, y, A, X, Y: X,
    "(A*X)'": lambda a, b, x, y, A, X, Y: (A @ X).T,
    "a'": lambda a, b, x, y, A, X, Y: a,
    "inv(X)*x": lambda a, b, x, y, A, X, Y: np.linalg.inv(X) @ x,
    "X*eye + eye": lambda a, b, x, y, A, X, Y: X + np.eye(3),
    "x + vector(a)": lambda a, b, x, y, A, X, Y: x + a,
    "X - matrix(2*a)": lambda a, b, x, y, A, X, Y: X - 2 * a,
    "diag(x)*X": lambda a, b, x, y, A, X, Y: np.diag(x[:, 0]) @ X,
    "diag(X)": lambda a, b, x, y, A, X, Y: np.diag(X)[:, None],
    "tr(X) + det(X) + logdet(X)": lambda a, b, x, y, A, X, Y: np.trace(X) + np.linalg.det(X) + np.log(np.linalg.det(X)),
    "tr(x'*x)": lambda a, b, x, y, A, X, Y: (x.T @ x)[0, 0],
    "norm1(A) + norm2(A)^2 + sum(A)": lambda a, b, x, y, A, X, Y: np.abs(A).sum() + (A**2).sum() + A.sum(),
    "exp(X)": lambda a, b, x, y, A, X, Y: np.exp(X),
    "arctan(x) + arcsin(x./9) + arccos(x./9)": lambda a, b, x, y, A, X, Y: np.arctan(x) + np.arcsin(x / 9) + np.arccos(x / 9),
    "abs(y) + sign(y) + relu(y)": lambda a, b, x, y, A, X, Y: np.abs(y) + np.sign(y) + np.maximum(y, 0),
    "sqrt(x) + log(x) + tan(x) + tanh(x)": lambda a, b, x, y, A, X, Y: np.sqrt(x) + np.log(x) + np.tan(x) + np.tanh(x),
    "log2(x)": lambda a, b, x, y, A, X, Y: np.log2(x),
    "log10(a)": lambda a, b, x, y, A, X, Y: np.log10(a),
    "softmax(x)": lambda a, b, x, y, A, X, Y: softmax(x, 0),
    "softmax(A)": lambda a, b, x, y, A, X, Y: softmax(A, 1),
    "softmax(x')": lambda a, b, x, y, A, X, Y: softmax(x.T, 1),
    "pi*a": lambda a, b, x, y, A, X, Y: np.pi * a,
    "1e-1*a + .5": lambda a, b, x, y, A, X, Y: 0.1 * a + 0.5,
}


@pytest.mark.parametrize("text", MEANINGS)
def test_what_a_text_means(text: str) -> None:
    reading = read_matrix(text, {name: kind for name, kind in KINDS.items() if name in _letters(text)})
    found = value(reading.expression, {symbol: POINT[name] for name, symbol in reading.letters.items()})
    expected = MEANINGS[text](**POINT)
    assert np.shape(found) == np.shape(expected)
    assert np.allclose(found, expected)


def _letters(text: str) -> set[str]:
    return set(read_matrix(text).letters)


def test_every_input_of_the_documentation_of_matrixcalculus() -> None:
    for text in ("0.5*x'*A*x", "A*exp(x)", "(y.*v)'*x", "a^b", "norm1(A*x-y)", "norm2(A*x-y)^2", "tr(A*X'*B*X*C)", "log(det(inv(X)))"):
        assert parse_matrix(text) is not None
    assert parse_matrix("sum(log(exp(-y.*(X*w)) + vector(1)))").is_commutative  # type: ignore[attr-defined]
    for name in ("sin", "cos", "tan", "arcsin", "arccos", "arctan", "exp", "log", "tanh", "abs", "sign", "relu"):
        assert parse_matrix(f"{name}(X)").shape == parse_matrix("X").shape  # type: ignore[attr-defined]


def test_decimals_are_exact() -> None:
    a = Symbol("a")
    assert parse_matrix("0.15*a") == Rational(3, 20) * a
    assert parse_matrix("1e-3") == Rational(1, 1000)


def test_letters_are_numbers_columns_and_matrices() -> None:
    letters = read_matrix("g*x'*A*h2").letters
    assert letters["g"] == Symbol("g")
    assert [str(letters[name].shape) for name in ("x", "A", "h2")] == ["(m, 1)", "(m, n)", "(n, 1)"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "kinds", "shapes"),
    [
        ("A*x - y", {}, {"A": "(m, n)", "x": "(n, 1)", "y": "(m, 1)"}),
        ("x'*A*x", {}, {"x": "(m, 1)", "A": "(m, m)"}),
        ("tr(A*X'*B*X*C)", {}, {"A": "(m, n)", "X": "(p, n)", "B": "(p, p)", "C": "(n, m)"}),
        ("A*x", {"A": "matrix 2 x 3"}, {"A": "(2, 3)", "x": "(3, 1)"}),
        ("A*x", {"A": (2, 3)}, {"A": "(2, 3)", "x": "(3, 1)"}),
        ("A*x", {"A": "matrix k x n"}, {"A": "(k, n)", "x": "(n, 1)"}),
        ("A*x", {"A": "matrix k × n"}, {"A": "(k, n)", "x": "(n, 1)"}),
        ("x*A", {"x": "row vector"}, {"x": "(1, m)", "A": "(m, n)"}),
        ("x*A", {"x": (1, 4)}, {"x": "(1, 4)", "A": "(4, m)"}),
        ("A*B", {"A": "symmetric matrix 3"}, {"A": "(3, 3)", "B": "(3, m)"}),
        ("A*B", {"A": "square matrix"}, {"A": "(m, m)", "B": "(m, n)"}),
        ("m'*n", {}, {"m": "(p, 1)", "n": "(p, 1)"}),
        ("a*x", {"a": "matrix", "x": "matrix"}, {"a": "(m, n)", "x": "(n, p)"}),
    ],
)
def test_sizes_follow_from_the_operations(text: str, kinds: dict[str, Any], shapes: dict[str, str]) -> None:
    letters = read_matrix(text, kinds).letters
    assert {name: str(letter.shape) for name, letter in letters.items()} == shapes  # type: ignore[attr-defined]


def test_a_declared_size_may_be_a_symbol() -> None:
    k = symbols("k", integer=True, positive=True)
    assert read_matrix("A*x", {"A": (k, 3)}).letters["A"] == MatrixSymbol("A", k, 3)


def test_a_symmetric_matrix_is_its_own_transpose() -> None:
    reading = read_matrix("x'*A'*x", {"A": "symmetric matrix"})
    assert isinstance(reading.letters["A"], SymmetricMatrix)
    assert str(reading.expression) == "x.T*A*x"


def test_the_order_of_writing_is_kept() -> None:
    assert str(parse_matrix("A*x - b", {"b": "vector"}).args) == "(A*x, -b)"  # type: ignore[attr-defined]
    written = read_matrix("norm2(x)^2 + a*b").written
    assert isinstance(written, Written)
    assert written.head == "+"
    assert [str(one.expression if isinstance(one, Written) else one) for one in written.args] == ["norm2(x)**2", "a*b"]


def test_the_values_of_what_is_written_agree() -> None:
    x, n = MatrixSymbol("x", Symbol("m", integer=True, positive=True), 1), Norm2
    for text in ("norm2(x)^2 - a/b + 2*norm2(x)", "-log(norm2(x) + a)^2", "a.^b.*a./b"):
        reading = read_matrix(text)
        assert isinstance(reading.written, Written)
        assert reading.written.expression == reading.expression
    assert parse_matrix("norm2(x)") == n(x)


def test_numbers_made_of_matrices_stay_whole() -> None:
    """SymPy's ways with sums of numbers are not tried on sums of matrices inside."""
    found = parse_matrix("exp(tanh(log(det(A*A' + 2*eye))))")
    assert found.has(Det, log)
    assert isinstance(parse_matrix("x'*y"), Scalar)


# ---- refused


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("", 1, "the expression is empty"),
        ("x +", 4, r"a number or a name is missing after '\+', at the end"),
        ("x y", 3, "an operator is missing between 'x' and 'y'; a product is written with"),
        ("2x", 2, "an operator is missing"),
        ("(x", 1, "is never closed"),
        ("x)", 2, "closes nothing"),
        ("a, b", 2, "only between the arguments"),
        ("a**2", 3, "a power is written \\^"),
        ("a^b^c", 4, "brackets must say"),
        ("x.^y'", 5, "brackets must say"),
        ("a@b", 2, "a matrix product is written"),
        ("xᵀ*y", 2, "a transpose is written '"),
        ("X⁻¹", 2, r"write inv\(X\)"),
        ("‖x‖", 1, r"a matrix expression is made of"),
        ("|x|", 1, r"norm2\(x\)"),
        ("x.y", 2, "a point stands inside a number"),
        ("х*x", 1, "CYRILLIC SMALL LETTER HA"),
        ("1e999*a", 1, "exponent beyond"),
        ("lambda*x", 1, "write 'lamda' instead"),
        ("sum", 1, r"'sum' is a function: write sum\(…\)"),
        ("foo(x)", 1, "no function 'foo'; there are abs"),
        ("logdte(X)", 1, "did you mean 'logdet'"),
        ("sin(x, y)", 1, "sin takes 1 argument, not 2"),
        ("sum()", 1, "sum takes 1 argument, not 0"),
        ("max(x, y)", 1, "only functions of one number work on matrices"),
        ("x1 + x_1", 6, "would print alike"),
        ("1/0", 1, "divides by zero"),
        ("x + log(-1)*x", 5, "has no real value"),
        ("(9^99)^99", 1, "more than 200 digits"),
    ],
)
def test_text_that_is_no_expression_is_refused_with_its_place(text: str, column: int, message: str) -> None:
    with pytest.raises(ParseError, match=message) as refused:
        parse_matrix(text)
    assert refused.value.column == column


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x*y", r"x of shape \(m, 1\) times y of shape \(n, 1\): the inner sizes differ; entry by entry it is \.\*, and x'\*y is the inner product"),
        ("x + a", r"x has the shape \(m, 1\), a is a number; a number is added to every entry as vector\(a\) or matrix\(a\)"),
        ("A + x'", r"A has the shape \(m, n\), x' has the shape \(1, p\); the shapes differ"),
        ("x' + A*x", r"x' has the shape \(1, m\), A\*x has the shape \(n, 1\); the shapes differ"),
        ("x.*y'", r"x has the shape \(m, 1\), y' has the shape \(1, n\); the shapes differ"),
        ("A/B", r"B has the shape \(m, n\); only numbers divide with /.*inv\(X\)"),
        ("x^2", r"x has the shape \(m, 1\); a matrix takes a whole number as its power"),
        ("X^a", "a matrix takes a whole number as its power"),
        ("X^0", "from -10 to 10 and not 0"),
        ("X^11", "from -10 to 10 and not 0"),
        ("a^X", "a power has a number as its exponent; entry by entry it is"),
        ("inv(a)", "a is a number; this is for square matrices"),
        ("det(x)", r"x has the shape \(m, 1\); this is for square matrices"),
        ("sum(a)", "a is a number; this is for vectors and matrices"),
        ("vector(x)", r"vector\(a\) and matrix\(a\) repeat a number"),
        ("diag(x')", "diag is for column vectors and square matrices"),
        ("softmax(a)", "this is for vectors and matrices"),
    ],
)
def test_shapes_that_do_not_fit_are_refused_with_both(text: str, message: str) -> None:
    with pytest.raises(ParseError, match=message):
        parse_matrix(text)


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        ({"A": (3, 2), "x": (3, 1)}, r"A of shape \(3, 2\) times x of shape \(3, 1\): the inner sizes differ"),
        ({"A": "symmetric matrix 3", "x": "vector 2"}, r"A of shape \(3, 3\) times x of shape \(2, 1\)"),
        ({"A": "matrix"}, None),
        ({"x": "vectr"}, "no kind for 'x', 'vectr'; there is scalar.*did you mean 'vector'"),
        ({"x": 3}, "write a kind, such as 'vector' or 'matrix 3 x 2', or a shape"),
        ({"x": "vector 3 4"}, "is no size of a vector, which is declared such as 'vector 3'"),
        ({"A": "matrix 3 x 1"}, "is no size of a matrix"),
        ({"A": "symmetric matrix 3 x 2"}, "is no size of a symmetric matrix"),
        ({"x": "scalar 3"}, "is no size of a scalar"),
        ({"x": (1, 1)}, "what is 1×1 is declared 'scalar'"),
        ({"x": "vector 0"}, "a size is a whole number from 1, or a letter"),
        ({"x": (2.5, 1)}, "a size is a whole number from 1, or a letter"),
        ({"q": "vector"}, "no letter 'q'; it is declared, but the text has A and x"),
    ],
)
def test_declarations_that_cannot_be_are_refused(kinds: dict[str, Any], message: str | None) -> None:
    if message is None:
        assert read_matrix("A*x", kinds).letters
        return
    with pytest.raises(DeriveError, match=message):
        parse_matrix("A*x", kinds)


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('x')", "x.__class__", "(lambda: 1)()", "[x for x in y]", "x if a else y", "a; b", "{x}", "f'{x}'", "a := 1", "open('f')",
        "eval(a)", "`a`",
    ],
)  # fmt: skip
def test_code_is_refused(text: str) -> None:
    with pytest.raises(DeriveError):
        parse_matrix(text)


HOSTILE = [
    "(" * 3000 + "x", "-" * 3000 + "x", "x" + "'" * 3000, "+".join(["x"] * 1500), "*".join(["A"] * 399), "sin(" * 500 + "x", "x.^" * 1000 + "x", "9^9^9^9",
    "9^(9^(9^9))", "(((a^100)^100)^100)^100", "exp(10^90)", "log(cosh(" * 20 + "a" + "))" * 20, "1" * 3999, "a" * 3999, "softmax(" * 55 + "x" + ")" * 55,
    "+".join(f"A{place}" for place in range(190)), "X^" * 100 + "2", "1e99*" * 50 + "a", "\x00" * 100, "x" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_neither_slow_nor_deep(text: str) -> None:
    parse_matrix("x'*A*x")  # what is loaded once is not counted
    times, messages = [], []
    for _ in range(3):
        start = process_time()
        messages.append(_refusal(text))
        times.append(process_time() - start)
    assert min(times) < 0.25  # 0.05 on a quiet machine
    assert len(str(messages[0])) < 3000


def _refusal(text: str) -> ParseError | None:
    try:
        parse_matrix(text)
    except ParseError as refused:
        return refused
    return None


PIECES = ["x", "A", "a", "1", "0.5", "+", "-", "*", "/", "^", "'", ".*", "./", ".^", "(", ")", ",", "sum(", "inv(", "exp(", "diag(", "vector(", "eye", " "]


@given(st.lists(st.sampled_from(PIECES), max_size=14))
@settings(max_examples=300, deadline=None)
def test_any_text_is_an_expression_or_is_refused(pieces: list[str]) -> None:
    refused = _refusal("".join(pieces))
    assert refused is None or (refused.line == 1 and 1 <= refused.column <= len("".join(pieces)) + 1)


def test_brackets_and_blanks_change_nothing() -> None:
    numbers = random.Random(0)
    for text in MEANINGS:
        signs = "(),'" if "." in text else "+-*/(),'"
        spaced = "".join(f" {char} " if char in signs and numbers.random() < 0.5 else char for char in text)
        assert read_matrix(f"({spaced})").expression == read_matrix(text).expression
