"""The board for general matrix expressions: traces, norms, inverses, softmax, names for parts, differentials.

To set another head: a row in ``_HEADS``. To set another way of joining factors: a row in ``_JOINED``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sympy import DiagonalOf, Identity, Inverse, MatPow, MatrixSymbol, OneMatrix, Symbol, Transpose, ZeroMatrix
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from derive.matrices.backward import FreeEntries, Occurrence
from derive.matrices.heads import ENTRY, Det, EntryPower, LogDet, Norm1, Norm2, Scalar, Softmax, SumOfEntries, Tr
from derive.steps import Claim
from derive.written import Written

from ..formula import Fence, Formula, Fraction, Name, Number, Over, Prefix, Row, Script, Times, row
from ..notation import Board
from .matrices import MatrixBoard
from .pieces import ATOM, POWER, PRODUCT, SUM, Piece

__all__ = ["DifferentialBoard", "ExpressionBoard", "Factor"]

Factor = tuple[Piece, bool]  # how it is set, and whether it is a matrix


@dataclass(frozen=True)
class ExpressionBoard(MatrixBoard):
    """A board of a matrix expression; ``names`` are the parts that are called by a name."""

    names: Mapping[Any, Any] = field(default_factory=dict)

    def name(self, symbol: Any) -> Formula:
        """A letter as it is named on the board."""
        return Board.name(self, Symbol(str(symbol)))

    def piece(self, expression: Any) -> Piece:
        """A matrix expression, or a number made of matrices, as a piece of a larger formula."""
        known = expression.expression if isinstance(expression, Written) else expression
        if known in self.names:
            return Piece(self.name(self.names[known]))
        if isinstance(expression, MatrixSymbol):
            return Piece(self.name(expression))
        setter = _HEADS.get(type(expression))
        return setter(self, expression) if setter else super().piece(expression)

    def claim(self, claim: Claim) -> Formula:
        """A derivative as a fraction, ∂of over ∂wrt."""
        sign = Prefix(self.notation.partial)
        return Fraction(row(sign, self.side(claim.of)), row(sign, self.side(claim.wrt)))

    def side(self, one: Any) -> Formula:
        """What is differentiated, or by what: a part, one of its places, or a symmetric matrix with free entries."""
        if isinstance(one, Occurrence):
            base, place = self.side(one.of), Fence(Number(str(one.number)))
            return Script(base.base, base.sub, place) if isinstance(base, Script) and base.sup is None else Script(base, sup=place)
        if isinstance(one, FreeEntries):
            return Over(self.side(one.of), "^")
        return self.inside(self.piece(one), POWER)

    def put_together(self, way: str, factors: Sequence[Factor]) -> Piece:
        """Factors in the way that a law joins them, a row of ``derive.matrices.joins.JOINS``."""
        return _JOINED[way](self, factors)

    def plain_product(self, factors: Sequence[Factor]) -> Piece:
        """The factors side by side."""
        return self.product([piece for piece, _ in factors])

    def entry_by_entry(self, factors: Sequence[Factor]) -> Piece:
        """Numbers in front, then matrices with the sign of the entrywise product between them."""
        numbers, matrices = [[piece for piece, kind in factors if kind is wanted] for wanted in (False, True)]
        whole = self.entrywise(matrices) if matrices else Piece(Number("1"))
        return self.product([*numbers, whole]) if numbers else whole

    def turned(self, piece: Piece) -> Piece:
        """A transpose; a derivative is put in parentheses before it."""
        closed = Piece(piece.formula, PRODUCT, piece.minus) if isinstance(piece.formula, Fraction) else piece
        return self.power(closed, Piece(Name(self.notation.transpose, "upright")))

    def ones(self) -> Piece:
        """A column of ones."""
        return Piece(Name("1", "bold"))


@dataclass(frozen=True)
class DifferentialBoard(ExpressionBoard):
    """A board for laws, on which dX is the differential of X and df the slope of f."""

    def name(self, symbol: Any) -> Formula:
        """A letter, a d before it where it is a differential."""
        text = str(symbol)
        return row(Prefix("d"), super().name(text[1:])) if len(text) == 2 and text[0] == "d" else super().name(text)

    def differential(self, expression: Any) -> Formula:
        """The differential of an expression."""
        shown = self.inside(self.piece(expression), ATOM)
        word = isinstance(shown, Row) and isinstance(shown.items[0], Name) and len(shown.items[0].text) > 1
        return row(Prefix("d"), *([Times()] if word else []), shown)

    def piece(self, expression: Any) -> Piece:
        """An expression; the slope of f entry by entry is f′."""
        if isinstance(expression, ElementwiseApplyFunction):
            function: Any = expression.function
            return self.function(str(function(ENTRY).func), [self.piece(expression.expr)])
        return super().piece(expression)

    def function(self, name: str, pieces: list[Piece]) -> Piece:
        """A function by its name; df is f′."""
        if name != "df":
            return super().function(name, pieces)
        return Piece(row(Script(Name("f"), sup=Name("′")), Fence(self.inside(pieces[0], SUM))))


def _called(name: str) -> Callable[[ExpressionBoard, Any], Piece]:
    """A function of a whole matrix."""

    def setter(board: ExpressionBoard, one: Any) -> Piece:
        return Piece(row(Name(name, "function"), Fence(board.formula(one.args[0]))))

    return setter


def _ones(board: ExpressionBoard, one: Any) -> Piece:
    """A column of ones, a row, or the product of both; the number 1 where it is alone."""
    rows, cols = one.shape
    column, line = board.ones(), board.turned(board.ones())
    if 1 not in (rows, cols):
        return board.product([column, line])
    return Piece(Number("1")) if rows == cols else line if rows == 1 else column


def _norm(power: str) -> Callable[[ExpressionBoard, Any], Piece]:
    """A norm between double bars; that of a matrix by its entries has an F."""

    def setter(board: ExpressionBoard, one: Any) -> Piece:
        index = Name("F") if power == "2" and 1 not in one.arg.shape else Number(power)
        return Piece(Script(Fence(board.formula(one.arg), "‖", "‖"), index))

    return setter


def _log_det(board: ExpressionBoard, one: Any) -> Piece:
    return Piece(row(Name(board.notation.log, "function"), Times(), Name("det", "function"), Fence(board.formula(one.arg))), PRODUCT)


def _inverse(board: ExpressionBoard, one: Any) -> Piece:
    """X⁻¹, and (Xᵀ)⁻¹ as X with both above it."""
    if isinstance(one.arg, Transpose):
        both = row(Prefix("−"), Name(board.notation.transpose, "upright"))
        return board.power(board.piece(one.arg.arg), Piece(both))
    return board.power(board.piece(one.arg), Piece(row(Prefix("−"), Number("1"))))


def _entry_power(board: ExpressionBoard, one: Any) -> Piece:
    base, exponent = one.args
    return board.power(board.piece(base), Piece(row(Prefix(board.notation.hadamard), board.formula(exponent))))


def _symmetric_part(board: ExpressionBoard, factors: Sequence[Factor]) -> Piece:
    ((piece, _),) = factors
    both = board.sum([piece, board.turned(piece)])
    return board.product([Piece(Fraction(Number("1"), Number("2")), PRODUCT), both])


def _softmax_of_rows(board: ExpressionBoard, factors: Sequence[Factor]) -> Piece:
    """P ⊙ (G − (P ⊙ G) 1 1ᵀ)."""
    softmax, arriving = factors
    weighed = board.entry_by_entry([softmax, arriving])
    mean = board.product([weighed, board.ones(), board.turned(board.ones())])
    return board.entry_by_entry([softmax, (board.sum([arriving[0], mean._replace(minus=True)]), True)])


def _in(name: str, way: Callable[[ExpressionBoard, Sequence[Factor]], Piece]) -> Callable[[ExpressionBoard, Sequence[Factor]], Piece]:
    """A function around joined factors."""
    return lambda board, factors: Piece(row(Name(name, "function"), Fence(board.inside(way(board, factors), SUM))), PRODUCT)


_HEADS: dict[type, Callable[[ExpressionBoard, Any], Piece]] = {
    Scalar: lambda board, one: board.piece(one.arg),
    Tr: _called("tr"),
    Det: _called("det"),
    LogDet: _log_det,
    SumOfEntries: _called("sum"),
    Norm1: _norm("1"),
    Norm2: _norm("2"),
    Softmax: _called("softmax"),
    DiagonalOf: _called("diag"),
    Inverse: _inverse,
    MatPow: lambda board, one: board.power(board.piece(one.base), board.piece(one.exp)),
    EntryPower: _entry_power,
    OneMatrix: _ones,
    Identity: lambda board, one: Piece(Name("I", "bold")),
    ZeroMatrix: lambda board, one: Piece(Name("0", "bold")),
}

_JOINED: dict[str, Callable[[ExpressionBoard, Sequence[Factor]], Piece]] = {
    "product": ExpressionBoard.plain_product,
    "entry by entry": ExpressionBoard.entry_by_entry,
    "sum of products of entries": _in("sum", ExpressionBoard.entry_by_entry),
    "transposed": lambda board, factors: board.turned(board.plain_product(factors)),
    "diagonal": _in("diag", ExpressionBoard.plain_product),
    "diagonal matrix": _in("diag", ExpressionBoard.plain_product),
    "symmetric part": _symmetric_part,
    "softmax of rows": _softmax_of_rows,
}
