"""The board: how names, numbers, expressions and facts are set, as formula trees.

A ``Board`` is a notation together with what stands on the board: the roles of the symbols, display labels
and, where numbers are put in, their values. The order of terms and factors is the written one where it is known, else the one of a hand: numbers, then
weights, then other letters, then sums; in sums higher degrees first, and a positive term in front.

Functions are set in ``heads``, names in ``naming``; notations are in ``notations``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sympy import Expr, Mul, Symbol

from derive.errors import DeriveError
from derive.graph import Graph, Role
from derive.steps import Claim, Factor, Local, Term, Total
from derive.written import Written

from .boards.heads import FUNCTIONS, HEADS, SIGNS, SPOKEN
from .boards.naming import named
from .boards.notations import NOTATIONS, Notation, notation_of
from .boards.numbers import numeral
from .boards.pieces import ATOM, POWER, PRODUCT, SUM, Piece, closed_function, fenced, needs_dot
from .formula import Binary, Formula, Fraction, Name, Number, Prefix, Relation, Script, Times, Word, row

__all__ = ["ATOM", "NOTATIONS", "POWER", "PRODUCT", "SUM", "Board", "Notation", "Piece", "board_of"]


@dataclass(frozen=True)
class Board:
    """A notation and what stands on the board.

    numbers puts values in the places of symbols; totals are the derivatives that are set with d because
    the local one (set with ∂) is another number; sums are those of which it is known how they were written.
    """

    notation: Notation = NOTATIONS["net-out"]
    roles: Mapping[Symbol, Role] = field(default_factory=dict)
    cited: Mapping[Symbol, Total] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[Symbol, Any] | None = None
    totals: frozenset[Total] = frozenset()
    sums: Mapping[Expr, Written] = field(default_factory=dict)

    @classmethod
    def of(cls, graph: Graph, notation: Notation, labels: Mapping[str, str] | None = None, totals: Iterable[Total] = ()) -> Board:
        """The board of a graph."""
        notation = notation.beside(one.name for one in graph.order)
        board = cls(notation, graph.roles, {name: total for total, name in graph.cited.items()}, labels or {}, None, frozenset(totals))
        return board.writing(graph)

    def writing(self, graph: Graph) -> Board:
        """The same board on which the sums of a graph's definitions keep the order in which they were written, wherever they stand."""
        parts = (part for one in graph.definitions for part in _parts(one.written))
        return replace(self, sums={part.expression: part for part in parts if part.head == "+" and part.expression.is_Add})

    def with_numbers(self, numbers: Mapping[Symbol, Any]) -> Board:
        """The same board with numbers in the places of the symbols."""
        return replace(self, numbers=numbers)

    @property
    def empty(self) -> Board:
        """The same notation with nothing on the board."""
        return Board(self.notation)

    def with_totals(self, totals: frozenset[Total]) -> Board:
        """The same board with these totals set with d."""
        return replace(self, totals=totals)

    # ---- names and derivatives

    def name(self, symbol: Symbol) -> Formula:
        """A symbol as it is named on the board."""
        if symbol.name in self.labels:
            return Word(self.labels[symbol.name])
        if symbol in self.cited:
            return self.delta(self.cited[symbol])
        return named(symbol, self.roles.get(symbol), self.notation)

    def delta(self, total: Total) -> Formula:
        """The δ of a unit: the total derivative by its pre-activation, named by the unit's own subscripts."""
        node = self.name(total.wrt)
        return Script(Name("δ"), node.sub, node.sup) if isinstance(node, Script) else Script(Name("δ"), node)

    def claim(self, claim: Claim) -> Formula:
        """A derivative as a fraction, ∂of over ∂wrt; of an expression, ∂ over ∂wrt before it."""
        sign = Prefix(self.notation.total if claim in self.totals else self.notation.partial)
        below = row(sign, self.name(claim.wrt))
        if isinstance(claim.of, Symbol):
            return Fraction(row(sign, self.name(claim.of)), below)
        return row(Fraction(sign, below), Times(), self.inside(self.piece(claim.of), PRODUCT if claim.of.is_Pow or claim.of.is_Function else ATOM))

    # ---- expressions

    def formula(self, expression: Expr | Written) -> Formula:
        """An expression as a formula."""
        return self.inside(self.piece(expression), SUM)

    def piece(self, expression: Expr | Written) -> Piece:
        """An expression as a piece of a larger formula."""
        if isinstance(expression, Written):
            return self._written(expression)
        if isinstance(expression, Symbol):
            return self.leaf(expression)
        if expression.is_Number:
            return self.number(expression)
        if expression in self.sums:
            return self._written(self.sums[expression])
        setter = HEADS.get(expression.func)
        return setter(self, expression) if setter else self._applied(expression.func, [self.piece(arg) for arg in expression.args])

    def leaf(self, symbol: Symbol) -> Piece:
        """A symbol, or its number where numbers are put in."""
        if self.numbers is not None and symbol in self.numbers:
            return self.number(self.numbers[symbol])
        return Piece(self.name(symbol))

    def number(self, value: Any) -> Piece:
        """A number as it is printed."""
        digits, exponent = numeral(value, self.notation.decimals, self.notation.exact)
        minus, digits = digits.startswith("-"), digits.removeprefix("-")
        if exponent is not None and digits == "1":
            return Piece(Script(Number("10"), sup=Number(str(exponent))), POWER, minus)
        if exponent is not None:
            return Piece(row(Number(digits), Times("·"), Script(Number("10"), sup=Number(str(exponent)))), PRODUCT, minus)
        if "/" in digits:
            above, below = digits.split("/")
            return Piece(Fraction(Number(above), Number(below)), PRODUCT, minus)
        return Piece(Number(digits), ATOM, minus)

    def inside(self, piece: Piece, level: float) -> Formula:
        """The formula of a piece where at least that tightness is needed: fenced if it binds less."""
        whole = row(Prefix("−"), piece.formula) if piece.minus else piece.formula
        return fenced(whole) if (min(piece.level, SUM) if piece.minus else piece.level) < level else whole

    def sum(self, pieces: Sequence[Piece]) -> Piece:
        """The pieces in order with plus and minus signs between them."""
        if len(pieces) == 1:
            return pieces[0]
        parts: list[Formula] = []
        for piece in pieces:
            body = fenced(piece.formula) if piece.level <= SUM and piece.minus else piece.formula
            sign = (Binary("−" if piece.minus else "+"),) if parts else (Prefix("−"),) if piece.minus else ()
            parts += [*sign, body]
        return Piece(row(*parts), SUM)

    def product(self, pieces: Sequence[Piece], dots: bool = False) -> Piece:
        """The pieces in order as factors, with dots where numbers would run together or ``dots`` asks for them.

        Signs are gathered in front; where numbers are put in, a negative one keeps its sign in parentheses.
        """
        if len(pieces) == 1:
            return pieces[0]
        gather = self.numbers is None
        parts: list[Formula] = []
        for place, piece in enumerate(pieces):
            body = self.inside(piece._replace(minus=False) if gather else piece, PRODUCT)
            if place < len(pieces) - 1:
                body = closed_function(body)
            parts += [*([Times("·" if dots or not gather or needs_dot(parts[-1], body) else "")] if parts else []), body]
        return Piece(row(*parts), PRODUCT, gather and sum(piece.minus for piece in pieces) % 2 == 1)

    def ratio(self, above: Piece, below: Piece) -> Piece:
        """One piece over another; the sign of the upper one goes in front, except that of a number that is put in."""
        stays = self.numbers is not None
        return Piece(Fraction(self.inside(above if stays else above._replace(minus=False), SUM), self.inside(below, SUM)), PRODUCT, above.minus and not stays)

    def power(self, base: Piece, exponent: Piece) -> Piece:
        """One piece to the power of another."""
        below = self.inside(base, ATOM)
        if isinstance(below, Script):
            if below.sup is not None:
                return Piece(Script(fenced(below), sup=self.inside(exponent, SUM)), POWER)
            return Piece(Script(below.base, below.sub, self.inside(exponent, SUM)), POWER)
        return Piece(Script(below, sup=self.inside(exponent, SUM)), POWER)

    def terms(self, terms: Iterable[Term], set_factor: Callable[[Factor], Piece] | None = None, dots: bool = False) -> Piece:
        """The terms of a step: a sum of ordered products; each factor set by ``set_factor`` (or as it is)."""
        place = set_factor or self.factor
        pieces = [self._signed_product(term, place, dots) for term in terms]
        return self.sum(pieces) if pieces else Piece(Number("0"))

    def _signed_product(self, term: Term, place: Callable[[Factor], Piece], dots: bool) -> Piece:
        """A product whose factors 1 and −1 are its sign only, where there are others."""
        kept = [factor for factor in term if factor not in (1, -1)] or list(term[:1])
        numbers = [factor for factor in kept if isinstance(factor, Expr) and factor.is_number]
        if 1 < len(numbers) == len(kept) and any(number.is_irrational for number in numbers):
            return self.piece(Mul(*numbers, *(factor for factor in term if factor not in kept)))
        minus = (len(kept) < len(term) and sum(factor == -1 for factor in term if factor not in kept)) % 2 == 1
        piece = self.product([place(factor) for factor in kept], dots)
        return piece._replace(minus=piece.minus != minus)

    def factor(self, factor: Factor) -> Piece:
        """A factor of a step: a derivative, or an expression."""
        return Piece(self.claim(factor)) if isinstance(factor, Local | Total) else self.piece(factor)

    def _written(self, written: Written) -> Piece:
        pieces = [self.piece(arg) for arg in written.args]
        if isinstance(written.head, str):
            return SIGNS[written.head](self, pieces)
        return self._applied(written.head, pieces)

    def negative(self, piece: Piece) -> Piece:
        """The piece with its sign turned; a negative number that is put in keeps its own, in parentheses."""
        if piece.minus and self.numbers is not None:
            return Piece(fenced(self.inside(piece, SUM)), ATOM, True)
        if piece.level <= SUM and not piece.minus:
            return Piece(fenced(piece.formula), ATOM, True)
        return piece._replace(minus=not piece.minus)

    def _applied(self, head: Any, pieces: list[Piece]) -> Piece:
        setter = FUNCTIONS.get(head)
        if setter is not None:
            return setter(self, pieces)
        name = getattr(head, "__name__", str(head))
        return self.function(SPOKEN.get(name, name), pieces)

    def function(self, name: str, pieces: list[Piece]) -> Piece:
        """A function by its name, applied to the pieces in parentheses."""
        arguments = row(*(part for place, piece in enumerate(pieces) for part in ([Relation(",")] if place else []) + [self.inside(piece, SUM)]))
        return Piece(row(Name(name, "function"), fenced(arguments)))


def board_of(
    graph: Graph | None,
    notation: str | Notation = "net-out",
    labels: Mapping[str, str] | None = None,
    precision: int | None = None,
    exact: bool = False,
    names: Iterable[str] = (),
) -> Board:
    """The board of a graph, or an empty one for these names.

    Raises DeriveError for a notation, a label or a precision that does not exist or fit.
    """
    notation = notation_of(notation)
    if precision is not None and (isinstance(precision, bool) or not isinstance(precision, int) or not 0 <= precision <= 15):
        raise DeriveError(f"precision={precision!r}; it is a number of decimals from 0 to 15")
    for name, text in (labels or {}).items():
        if graph is not None:
            graph.node(name)
        if not isinstance(text, str) or not text.strip() or "\n" in text:
            raise DeriveError(f"the label of {name!r} is {text!r}; a label is one line of text")
    notation = notation.with_numbers(notation.decimals if precision is None else precision, exact or notation.exact)
    return Board.of(graph, notation, labels) if graph is not None else Board(notation.beside(names), labels=labels or {})


def _parts(written: Written | Expr | None) -> Iterator[Written]:
    """What was written, and its parts."""
    if isinstance(written, Written):
        yield written
        for arg in written.args:
            yield from _parts(arg)
