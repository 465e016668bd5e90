"""The board for matrices: Hadamard products, transposes and vectors of ones as formula trees."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sympy import DiagMatrix, HadamardPower, HadamardProduct, MatAdd, MatMul, MatrixExpr, MatrixSymbol, OneMatrix, Symbol, Transpose
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from ..formula import Binary, Fence, Formula, Matrix, Name, Number, Prefix, row
from ..notation import Board
from .pieces import POWER, SUM, Piece

__all__ = ["ENTRY", "ENTRYWISE", "Letters", "MatrixBoard", "flat"]

ENTRY = Symbol("z")
ENTRYWISE = 1.5  # an entrywise product is fenced inside a matrix product, and not inside a sum


@dataclass(frozen=True)
class MatrixBoard(Board):
    """A board on which matrices stand; how they are called is said by the boards of layers and of expressions."""

    def piece(self, expression: Any) -> Piece:
        """A matrix expression as a piece of a larger formula."""
        setter = _MATRICES.get(type(expression))
        if isinstance(expression, MatrixSymbol):
            return Piece(self.name(expression))  # type: ignore[arg-type]
        return setter(self, expression) if setter else super().piece(expression)

    def entrywise(self, pieces: Sequence[Piece]) -> Piece:
        """The pieces with the sign of the entrywise product between them; matrix products are fenced."""
        if len(pieces) == 1:
            return pieces[0]
        parts: list[Formula] = []
        for piece in pieces:
            parts += [*([Binary(self.notation.hadamard)] if parts else []), self.inside(piece, POWER)]
        return Piece(row(*parts), ENTRYWISE)

    def array(self, rows: Sequence[Sequence[Any]]) -> Formula:
        """The numbers of a matrix."""
        return Matrix(tuple(tuple(self.inside(self.number(one), SUM) for one in line) for line in rows))

    def shape(self, shape: tuple[Any, Any]) -> Formula:
        """A shape as rows × columns."""
        return row(*(part for place, size in enumerate(shape) for part in ([Binary("×")] if place else []) + [self._size(size)]))

    def _size(self, size: Any) -> Formula:
        return Number(str(size)) if str(size).isdigit() else Name(str(size))

    def _product(self, expression: MatMul) -> Piece:
        number, matrices = expression.as_coeff_matrices()
        body = self.product([self.piece(one) for one in matrices])
        minus = bool(number.could_extract_minus_sign())
        size = -number if minus else number
        whole = body if size == 1 else self.product([self.piece(size), body])
        return whole._replace(minus=whole.minus != minus)

    def _sum(self, expression: MatAdd) -> Piece:
        pieces = [self.piece(one) for one in expression.args]
        return self.sum(sorted(pieces, key=lambda piece: piece.minus))

    def _hadamard(self, expression: HadamardProduct) -> Piece:
        factors = list(flat(expression))
        above = [one for one in factors if not _is_below(one)]
        below = [HadamardPower(one.base, -one.exp) if one.exp != -1 else one.base for one in factors if _is_below(one)]
        whole = self.entrywise([self.piece(one) for one in above]) if above else Piece(Number("1"))
        return self.ratio(whole, self.entrywise([self.piece(one) for one in sorted(below, key=_simple_first)])) if below else whole

    def _power(self, expression: HadamardPower) -> Piece:
        if _is_below(expression):
            return self.ratio(Piece(Number("1")), self.piece(HadamardPower(expression.base, -expression.exp) if expression.exp != -1 else expression.base))
        if expression.exp == 2:
            return self.entrywise([self.piece(expression.base)] * 2)
        exponent = row(Prefix(self.notation.hadamard), self.formula(expression.exp))  # to tell it from the power of a matrix
        return self.power(self.piece(expression.base), Piece(exponent))

    def _transposed(self, expression: Transpose) -> Piece:
        return self.power(self.piece(expression.arg), Piece(Name(self.notation.transpose, "upright")))

    def _ones(self, expression: OneMatrix) -> Piece:
        rows, cols = expression.shape
        column = Piece(Name("1", "bold"))
        line = self.power(column, Piece(Name(self.notation.transpose, "upright")))
        if rows == cols != 1:
            return self.product([column, line])
        return line if rows == 1 else column if cols == 1 else Piece(Number("1"))

    def _applied_entrywise(self, expression: ElementwiseApplyFunction) -> Piece:
        function: Any = expression.function
        return Letters(self.notation, self.roles, letters={ENTRY: self.piece(expression.expr)}).piece(function(ENTRY))


@dataclass(frozen=True)
class Letters(Board):
    """A board on which some letters stand for whole matrices."""

    letters: Mapping[Symbol, Piece] = field(default_factory=dict)

    def leaf(self, symbol: Any) -> Piece:
        """The piece that a letter stands for."""
        return self.letters.get(symbol) or super().leaf(symbol)


def flat(product: HadamardProduct) -> Iterator[MatrixExpr]:
    """The factors, those of factors that are entrywise products too."""
    for factor in product.args:
        yield from flat(factor) if isinstance(factor, HadamardProduct) else (factor,)  # type: ignore[misc]


def _is_below(expression: MatrixExpr) -> bool:
    return isinstance(expression, HadamardPower) and bool(expression.exp.is_negative)  # type: ignore[attr-defined]


def _simple_first(expression: MatrixExpr) -> tuple[int, str]:
    return (0 if isinstance(expression, MatrixSymbol) else 1, str(expression))


def _diagonal(board: MatrixBoard, expression: DiagMatrix) -> Piece:
    return Piece(row(Name("diag", "function"), Fence(board.formula(expression.args[0]))))


_MATRICES: dict[type, Callable[[MatrixBoard, Any], Piece]] = {
    MatMul: MatrixBoard._product,
    MatAdd: MatrixBoard._sum,
    HadamardProduct: MatrixBoard._hadamard,
    HadamardPower: MatrixBoard._power,
    Transpose: MatrixBoard._transposed,
    OneMatrix: MatrixBoard._ones,
    DiagMatrix: _diagonal,
    ElementwiseApplyFunction: MatrixBoard._applied_entrywise,
}
