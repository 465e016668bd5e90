"""Heads: how the outermost operation of an expression is set, and functions by their usual names.

To set another function: a row in ``FUNCTIONS`` by its SymPy head, or in ``HEADS`` where the expression itself is needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sympy import (
    Abs,
    Add,
    And,
    E,
    Expr,
    Heaviside,
    Integer,
    Max,
    Min,
    Mul,
    Not,
    Piecewise,
    Pow,
    S,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atanh,
    exp,
    log,
    pi,
    sign,
    sqrt,
    true,
)
from sympy.logic.boolalg import Boolean

from derive.activations import ACTIVATIONS, SELU_ALPHA, SELU_SCALE, maximum, minimum

from ..formula import Cases, Fence, Formula, Name, Number, Relation, Root, Script, Times, Word, row
from .ordering import factor_key, in_order, is_below, sign_into_a_difference
from .pieces import ATOM, POWER, PRODUCT, SUM, Piece

if TYPE_CHECKING:
    from ..notation import Board

__all__ = ["FUNCTIONS", "HEADS", "INDICATOR", "OWN_CONSTANTS", "SIGNS", "SPOKEN"]

INDICATOR = row(Name("𝟙"), Fence(Name("…"), "[", "]"))
COMPARED = {">": ">", "<": "<", ">=": "≥", "<=": "≤", "!=": "≠", "==": "="}

# The constants of SELU by their letters, which a reader may not know, and functions by the names under which they are
# spoken of where these are not those of text.
OWN_CONSTANTS = {SELU_SCALE: "λ", SELU_ALPHA: "α"}
SPOKEN = {
    "leaky_relu": "LeakyReLU", "prelu": "PReLU", "elu": "ELU", "selu": "SELU", "gelu": "GELU", "hard_sigmoid": "hardsigmoid", "hard_tanh": "hardtanh",
}  # fmt: skip


def _add(board: Board, expression: Expr) -> Piece:
    return board.sum([board.piece(term) for term in in_order(expression)])


def _mul(board: Board, expression: Expr) -> Piece:
    number, factors = sign_into_a_difference(expression)
    moved = _moved_root(number, factors)
    number = number * moved.base if moved else number
    below = [*([moved] if moved else []), *(1 / factor for factor in factors if is_below(factor))]
    above = [factor for factor in factors if factor is not moved and not is_below(factor)]
    whole = _quotient(board, abs(number), above, below) if below else _factors(board, abs(number), above)
    return board.negative(whole) if number < 0 else whole


def _quotient(board: Board, number: Expr, above: list[Expr], below: list[Expr]) -> Piece:
    return board.ratio(_factors(board, Integer(number.p), above), _factors(board, Integer(number.q), below))


def _factors(board: Board, number: Expr, factors: list[Expr]) -> Piece:
    """A positive coefficient, left out where it is 1, and factors in a hand's order; roots of numbers under one sign."""
    coefficient = [board.number(number)] if number != 1 or not factors else []
    roots = [factor for factor in factors if _is_root(factor) and factor.base.is_number]
    joined = [Piece(Root(board.formula(Mul(*(one.base for one in roots)))))] if len(roots) > 1 else []
    rest = sorted((factor for factor in factors if not (joined and factor in roots)), key=factor_key)
    return board.product([*coefficient, *joined, *map(board.piece, rest)])


def _is_root(factor: Expr) -> bool:
    return factor.is_Pow and factor.exp == S.Half


def _moved_root(number: Expr, factors: list[Expr]) -> Expr | None:
    """The root of a whole number that divides the denominator and belongs into it: z/√2, which SymPy keeps as √2 z/2."""
    return next((one for one in factors if _is_root(one) and one.base.is_Integer and number.q % one.base.p == 0), None)


def _pow(board: Board, expression: Expr) -> Piece:
    base, exponent = expression.args
    if exponent.is_Number and exponent.is_negative:
        return board.ratio(Piece(Number("1")), board.piece(1 / expression))
    if _is_root(expression):
        return Piece(Root(board.formula(base)))
    return board.power(board.piece(base), board.piece(exponent))


def _exponential(board: Board, expression: Expr) -> Piece:
    """A power of e, a fraction in the exponent with one fraction line: e to the −z²/2."""
    number, rest = expression.args[0].as_coeff_Mul()
    if not number.is_Rational or number.is_Integer or rest.is_Add or any(map(is_below, Mul.make_args(rest))):
        return FUNCTIONS[exp](board, [board.piece(expression.args[0])])
    exponent = _quotient(board, abs(number), list(Mul.make_args(rest)), [])
    return FUNCTIONS[exp](board, [board.negative(exponent) if number < 0 else exponent])


def _of_selu(board: Board, letter: str) -> Piece:
    return Piece(Script(Name(letter), Name(board.notation.selu)) if board.notation.selu else Name(letter))


def _power_of_e(board: Board, exponent: Piece) -> Piece:
    if board.notation.exp:
        return board.function(board.notation.exp, [exponent])
    return Piece(Name("e")) if exponent == Piece(Number("1")) else Piece(Script(Name("e"), sup=board.inside(exponent, SUM)), POWER)


def _indicator(board: Board, expression: Expr) -> Piece:
    """1 where the argument is positive, else 0: what is subtracted in it stands on the other side, as in z ≤ 0 or u ≥ v."""
    if expression.args[1:] not in ((0,), (1,)):
        return board.function("Heaviside", [board.piece(arg) for arg in expression.args])
    number, rest = expression.args[0].as_coeff_Add()
    signs = ("≥", "≤") if expression.args[1:] == (1,) else (">", "<")
    terms = [] if rest == 0 else Add.make_args(rest)
    left = [one for one in terms if not one.could_extract_minus_sign()]
    right = [-one for one in terms if one.could_extract_minus_sign()]
    sides = (Add(*left), signs[0], Add(*right, -number)) if left or not right else (Add(*right), signs[1], number)
    return Piece(row(Name("𝟙"), Fence(row(board.formula(sides[0]), Relation(sides[1]), board.formula(sides[2])), "[", "]")))


def _indicated(board: Board, z: Piece, at_zero: Piece) -> Piece:
    """1 where z is positive, else 0; where it is zero, what is said of it."""
    signs: dict[Formula, str] = {Number("0"): ">", Number("1"): "≥"}
    if at_zero.formula not in signs:
        return board.function("Heaviside", [z, at_zero])
    sign = signs[at_zero.formula]
    return Piece(row(Name("𝟙"), Fence(row(board.inside(z, SUM), Relation(sign), Number("0")), "[", "]")))


def _cases(board: Board, cases: Any) -> Piece:
    """Branch by branch, the last one under the condition that is left."""
    rows: list[tuple[Formula, Formula]] = []
    left: Boolean = true
    for value, condition in cases.args:
        rest = And(left, condition)
        rows.append((board.formula(value), _condition(board, rest)))
        left = And(left, Not(condition))
    return Piece(Cases(tuple(rows)))


def _condition(board: Board, condition: Any) -> Formula:
    """A condition; of bounds on one name only the tightest, as in −3 < z < 3."""
    turned = ((one, one.lhs.is_number or (one.lhs.is_Symbol and not (one.rhs.is_Symbol or one.rhs.is_number))) for one in And.make_args(condition))
    relations = [one.reversed if turn else one for one, turn in turned]  # |z| ≤ δ, and not δ ≥ |z|
    if len({one.lhs for one in relations}) > 1 or not all(one.lhs.is_Symbol and one.rhs.is_number for one in relations):
        parts = [row(board.formula(one.lhs), Relation(COMPARED[one.rel_op]), board.formula(one.rhs)) for one in relations]
        return row(*(part for place, one in enumerate(parts) for part in ([Relation(",")] if place else []) + [one]))
    above = sorted((one for one in relations if one.rel_op in (">", ">=")), key=lambda one: one.rhs)[-1:]
    below = sorted((one for one in relations if one.rel_op in ("<", "<=")), key=lambda one: one.rhs)[:1]
    left = [part for one in (above if below else []) for part in (board.formula(one.rhs), Relation(COMPARED[one.reversed.rel_op]))]
    right = [part for one in below or above or relations[:1] for part in (board.formula(one.lhs), Relation(COMPARED[one.rel_op]), board.formula(one.rhs))]
    return row(*left, *right)


def _logarithm(board: Board, argument: Piece, base: Piece | None = None) -> Piece:
    """ln u, or the logarithm to a base that was written."""
    if base is None:
        return _bare_function(board, board.notation.log, argument)
    plain = _bare_function(board, "log", argument)
    name, *rest = plain.formula.items  # type: ignore[attr-defined]
    return Piece(row(Script(name, board.inside(base, SUM)), *rest), PRODUCT)


def _bare_function(board: Board, name: str, piece: Piece) -> Piece:
    """A function whose argument needs no parentheses where it is a single name: ln out."""
    if piece.level == ATOM and not piece.minus and isinstance(piece.formula, Name | Script | Number | Word):
        return Piece(row(Name(name, "function"), Times(), board.inside(piece, ATOM)), PRODUCT)
    return board.function(name, [piece])


def _called(name: str) -> Callable[[Board, list[Piece]], Piece]:
    """A function under its usual name, which is not the one that it has in text."""
    return lambda board, pieces: board.function(name, pieces)


SIGNS: dict[str, Callable[[Board, list[Piece]], Piece]] = {
    "+": lambda board, pieces: board.sum(pieces),
    "*": lambda board, pieces: board.product(pieces),
    "neg": lambda board, pieces: board.negative(pieces[0]),
    "/": lambda board, pieces: board.ratio(*pieces),
    "**": lambda board, pieces: board.power(*pieces),
}

HEADS: dict[type, Callable[[Board, Any], Piece]] = {
    Add: _add,
    Mul: _mul,
    Pow: _pow,
    exp: _exponential,
    Heaviside: _indicator,
    Piecewise: _cases,
    **{type(one): lambda board, expression, letter=letter: _of_selu(board, letter) for one, letter in OWN_CONSTANTS.items()},
    type(pi): lambda board, expression: Piece(Name("π")),
    type(E): lambda board, expression: _power_of_e(board, Piece(Number("1"))),
}

FUNCTIONS: dict[Any, Callable[[Board, list[Piece]], Piece]] = {
    exp: lambda board, pieces: _power_of_e(board, pieces[0]),
    log: lambda board, pieces: _logarithm(board, *pieces),
    sqrt: lambda board, pieces: Piece(Root(board.inside(pieces[0], SUM))),
    **{head: _called(name) for head, name in {asin: "arcsin", acos: "arccos", atan: "arctan", asinh: "arsinh", acosh: "arcosh", atanh: "artanh"}.items()},
    Heaviside: lambda board, pieces: _indicated(board, *pieces),
    Abs: lambda board, pieces: Piece(Fence(board.inside(pieces[0], SUM), "|", "|")),
    Max: lambda board, pieces: board.function("max", pieces),
    Min: lambda board, pieces: board.function("min", pieces),
    maximum: lambda board, pieces: board.function("max", pieces),
    minimum: lambda board, pieces: board.function("min", pieces),
    sign: lambda board, pieces: board.function("sgn", pieces),
    ACTIVATIONS["sigmoid"].function: lambda board, pieces: board.function(board.notation.sigmoid, pieces),
    ACTIVATIONS["relu"].function: lambda board, pieces: board.function("ReLU", pieces),
}
