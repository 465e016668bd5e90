"""The board for the layers of a network in matrices: how they are called, and how the factors of a fact are joined.

To join the factors of another rule: a row in ``_JOINED``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sympy import Add, Expr, HadamardProduct, Heaviside, Identity, MatAdd, MatMul, MatrixSymbol, Mul, OneMatrix, S, Symbol
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction

from derive.layers.entrywise import Entrywise
from derive.matrices.heads import SumOfEntries
from derive.matrix import LOSS
from derive.names import split
from derive.steps import Claim, Derivation, Local, Step, Total
from derive.written import Written

from ..formula import Fence, Formula, Fraction, Name, Number, Prefix, Relation, Script, Word, row
from ..notation import Board
from .matrices import ENTRYWISE, Letters, MatrixBoard, flat
from .pieces import PRODUCT, SUM, Piece

__all__ = ["LayerBoard", "layer_board"]


@dataclass(frozen=True)
class LayerBoard(MatrixBoard):
    """A board on which capital letters are the matrices of layers.

    ``entries`` is the word below a sum over all of them; ``standing`` are matrices that stand for a fact.
    """

    entries: str = "entries"
    standing: Mapping[Any, Claim] = field(default_factory=dict)

    # ---- names

    def name(self, symbol: Any) -> Formula:
        """A matrix by its letter, its layer below it, or above it in brackets where the notation is layered; then its map."""
        if symbol in self.standing:
            return self.claim(self.standing[symbol])
        if symbol == LOSS:
            return Name(self.notation.loss or str(LOSS))
        if isinstance(symbol, Symbol) or str(symbol) in self.labels:
            return Board.name(self, Symbol(str(symbol)))
        letters, subscripts = split(str(symbol))
        base = Name("δ" if letters == "delta" else letters)
        if not subscripts:
            return base
        layer, *maps = map(Number, subscripts)
        if self.notation.layered:
            return Script(base, maps[0] if maps else None, Fence(layer))
        return Script(base, row(layer, Relation(","), *maps) if maps else layer)

    def claim(self, claim: Claim) -> Formula:
        """A derivative as a fraction, ∂of over ∂wrt; d where the direct one is only a part of it."""
        sign = Prefix(self.notation.total if claim in self.totals else self.notation.partial)
        return Fraction(row(sign, self.name(claim.of)), row(sign, self.name(claim.wrt)))

    # ---- facts

    def stated(self, step: Step, set_factor: Callable[[Any], Piece]) -> Formula:
        """The terms of a fact, the factors of each with the sign of its rule: entrywise, in a sum of entries, or the matrix product."""
        join = _JOINED.get(step.rule, LayerBoard.product)
        pieces = [[self.entry(one) if len(term) == 1 and isinstance(one, Expr) else set_factor(one) for one in term] for term in step.terms]
        return self.inside(self.sum([join(self, one) for one in pieces]), SUM)

    def formula(self, expression: Any) -> Formula:
        """An expression as a formula; ones in every entry are the number 1."""
        return self.inside(self.entry(expression), SUM)

    def entry(self, expression: Any) -> Piece:
        """An expression that stands alone or beside others entry by entry: ones are the number 1, not a vector."""
        number, rest = numbers_in_front(expression)
        return Board.piece(self, number) if isinstance(rest, OneMatrix) else self.piece(expression)

    def sum_of_entries(self, pieces: Sequence[Piece]) -> Piece:
        """The sum over all entries of what is multiplied entry by entry."""
        return Piece(row(Script(Name("Σ"), Word(self.entries)), self.inside(self.entrywise(pieces), PRODUCT)), PRODUCT)

    def citing(self, fact: Step, expression: Any) -> Formula:
        """An expression in which the value of a fact stands as its derivative."""
        name = MatrixSymbol(f"cited_{fact.claim.wrt}", *fact.value.shape)  # type: ignore[attr-defined]
        return replace(self, standing={name: fact.claim}).formula(expression.xreplace({fact.value: name}))

    # ---- expressions

    def piece(self, expression: Any) -> Piece:
        """A matrix expression, or a sum of entries, as a piece of a larger formula; numbers stand in front of products."""
        if isinstance(expression, Written) and expression.head is SumOfEntries:
            return self.sum_of_entries([self.piece(expression.args[0])])
        if expression == LOSS:
            return Piece(self.name(LOSS))
        number, rest = numbers_in_front(expression)
        setter = _HEADS.get(type(rest))
        body = setter(self, rest) if setter else super().piece(rest)
        return body if number == 1 else self.scaled(number, body)

    def scaled(self, number: Expr, body: Piece) -> Piece:
        """A number before a matrix; before a product entry by entry it needs no parentheses."""
        minus, entrywise = bool(number.could_extract_minus_sign()), body.level == ENTRYWISE
        size = -number if minus else number
        if size == 1:
            return body._replace(minus=body.minus != minus)
        whole = self.product([self.piece(size), body._replace(level=PRODUCT) if entrywise else body])
        return whole._replace(minus=whole.minus != minus, level=ENTRYWISE if entrywise else whole.level)


def numbers_in_front(expression: Any) -> tuple[Any, Any]:
    """The numbers of all factors of a product, or the one that all terms of a sum have, and what is left without them."""
    taker = _NUMBERS.get(type(expression))
    return taker(expression) if taker else (S.One, expression)


def _of_product(expression: Any) -> tuple[Any, Any]:
    number, factors = expression.as_coeff_matrices() if isinstance(expression, MatMul) else (S.One, list(flat(expression)))
    parts = [numbers_in_front(one) for one in factors]
    whole = Mul(number, *(one for one, _ in parts))
    if whole == 1:
        return S.One, expression
    return whole, parts[0][1] if len(parts) == 1 else type(expression)(*(one for _, one in parts))


def _of_sum(expression: MatAdd) -> tuple[Any, Any]:
    parts = [numbers_in_front(one) for one in expression.args]
    size = -parts[0][0] if parts[0][0].could_extract_minus_sign() else parts[0][0]
    signs = [number / size for number, _ in parts]
    if size == 1 or any(one not in (1, -1) for one in signs):
        return S.One, expression
    return size, MatAdd(*(one if own == 1 else MatMul(-1, one) for own, (_, one) in zip(signs, parts, strict=True)))


def _of_sum_of_entries(expression: SumOfEntries) -> tuple[Any, Any]:
    number, inner = numbers_in_front(expression.arg)
    return number, expression if number == 1 else SumOfEntries(inner)


_NUMBERS: dict[type, Callable[[Any], tuple[Any, Any]]] = {
    **dict.fromkeys((MatMul, HadamardProduct), _of_product),
    MatAdd: _of_sum,
    SumOfEntries: _of_sum_of_entries,
}


def _sum(board: LayerBoard, expression: MatAdd) -> Piece:
    """Longer products first, what is added to every entry last, and no minus in front where there is another term."""
    placed = sorted(expression.args, key=lambda one: (isinstance(one, Identity), -_length(one)))
    return board.sum(sorted(map(board.entry, placed), key=lambda piece: piece.minus))


def _length(expression: Any) -> int:
    """How many factors a matrix product has."""
    return len(expression.as_coeff_matrices()[1]) if isinstance(expression, MatMul) else 1


def _hadamard(board: LayerBoard, expression: HadamardProduct) -> Piece:
    """What arrives first, then matrices, then functions of them and sums."""
    return MatrixBoard._hadamard(board, HadamardProduct(*sorted(flat(expression), key=_rank)))


def _rank(factor: Any) -> int:
    """The place of a factor: a product of matrices or a difference of two arrives, a matrix times ones comes late."""
    arrives = (isinstance(factor, MatMul) and not factor.has(OneMatrix)) or (isinstance(factor, MatAdd) and all(map(_is_named, factor.args)))
    return 0 if arrives else 1 if isinstance(factor, MatrixSymbol) else 3 if isinstance(factor, MatAdd) else 2


def _is_named(term: Any) -> bool:
    return isinstance(numbers_in_front(term)[1], MatrixSymbol)


def _applied(board: LayerBoard, expression: ElementwiseApplyFunction) -> Piece:
    """A function entry by entry; a comparison of matrices has each on its side."""
    function, inner = expression.function, expression.expr
    if not isinstance(function.expr, Heaviside) or not isinstance(inner, MatAdd):  # type: ignore[attr-defined]
        return MatrixBoard._applied_entrywise(board, expression)
    letters = {Symbol(f"x{place}"): numbers_in_front(one) for place, one in enumerate(inner.args)}
    pieces = {letter: board.piece(one) for letter, (_, one) in letters.items()}
    compared = function(Add(*(number * letter for letter, (number, _) in letters.items())))  # type: ignore[operator]
    return Letters(board.notation, letters=pieces).piece(compared)


def _of_several(board: LayerBoard, expression: Entrywise) -> Piece:
    function = expression.function
    letters = dict(zip(function.signature, map(board.piece, expression.matrices), strict=True))
    return Letters(board.notation, letters=letters).piece(function.expr)  # type: ignore[arg-type]


_HEADS: dict[type, Callable[[LayerBoard, Any], Piece]] = {
    MatAdd: _sum,
    HadamardProduct: _hadamard,
    Identity: lambda board, one: Piece(Name("I")),
    SumOfEntries: lambda board, one: board.sum_of_entries([board.piece(one.arg)]),
    ElementwiseApplyFunction: _applied,
    Entrywise: _of_several,
}

_JOINED: dict[str, Callable[[LayerBoard, Sequence[Piece]], Piece]] = {
    "hadamard": LayerBoard.entrywise,
    "sum of entries": LayerBoard.sum_of_entries,
}


def layer_board(derivation: Derivation, board: Board, entries: str) -> LayerBoard:
    """The board of a layer-level derivation, in the notation and with the labels of another."""
    totals = frozenset(
        one.claim for one in derivation.steps if isinstance(one.claim, Total) and len(one.terms) > 1 and Local(LOSS, one.claim.wrt) in derivation
    )
    return LayerBoard(board.notation, labels=board.labels, totals=totals, entries=entries)
