# ruff: noqa: D102 (a LiveBoard sets what a Board sets)
"""Live numbers: nodes of the formula tree, and values, that remember what they are the number of.

A live number prints as its present text in every format; the interactive page rewrites it when the setting changes. Where
static pages choose a sign or parentheses by the number at hand, the node says what the place needs, and the page
chooses again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sympy import Symbol

from derive.steps import Claim, Total

from .. import formula as f
from ..boards.pieces import PRODUCT, SUM, Piece
from ..boards.quantities import small_number, step_of_difference, twelve_decimals
from ..notation import Board

__all__ = ["ABSOLUTE", "FACTOR", "PLAIN", "WHOLE", "Binary", "Fraction", "LiveBoard", "Measured", "Number", "Origin", "Script", "flat", "measurement"]

# What a place does to a number: nothing; parentheses where it is negative; also where it is a product with a power of ten; its
# size only, since the sign before it is live too.
PLAIN, FACTOR, WHOLE, ABSOLUTE = "", "f", "w", "a"


class Origin(NamedTuple):
    """What a number is computed from: an operation and its arguments.

    ("quantity", what) is a symbol or a claim; ("rate",) the learning rate; ("difference", claim, wrt, field) a part of the central
    difference; "-", "*" and "abs" have origins as arguments.
    """

    operation: str
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """A number together with its origin."""

    value: Any
    origin: Origin

    def __float__(self) -> float:
        return float(self.value)

    def __abs__(self) -> Measured:
        return Measured(abs(self.value), Origin("abs", (self.origin,)))

    def __sub__(self, other: Measured) -> Measured:
        return Measured(self.value - other.value, Origin("-", (self.origin, other.origin)))

    def __mul__(self, other: Measured) -> Measured:
        return Measured(self.value * other.value, Origin("*", (self.origin, other.origin)))

    def __rmul__(self, factor: float) -> Measured:
        """The number as a float: it is multiplied with 1.0 only."""
        return Measured(factor * self.value, self.origin)


NOWHERE = Origin("")


class _Live:
    """Equality by all fields of a node, those that it inherits too."""

    __slots__ = ()

    def _key(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__dataclass_fields__)  # type: ignore[attr-defined]


# The classes carry the names of what they are cases of, by which every writer knows how to print them.


@dataclass(frozen=True, eq=False, repr=False)
class Number(_Live, f.Number):
    """A number of that origin; ``need`` is what its place does to it, ``style`` how it is rounded."""

    origin: Origin = NOWHERE
    need: str = PLAIN
    style: str = "n"


@dataclass(frozen=True, eq=False, repr=False)
class Binary(_Live, f.Binary):
    """The sign between two terms, of which the second is a number of that origin."""

    origin: Origin = NOWHERE


@dataclass(frozen=True, eq=False, repr=False)
class Fraction(_Live, f.Fraction):
    """A derivative, which lights its place in the picture."""

    claim: Claim | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Script(_Live, f.Script):
    """The name of a delta, likewise."""

    claim: Claim | None = None


def measurement(value: Measured, style: str) -> Number:
    """A measured number as the evidence prints it: "t" with twelve decimals, "s" small, "p" as a power of two."""
    shown = {"t": twelve_decimals, "s": small_number, "p": step_of_difference}[style](float(value.value))
    return Number(flat(shown), value.origin, PLAIN, style)


def flat(shown: f.Formula) -> str:
    """The text of a number as one node may hold it."""
    if isinstance(shown, f.Row):
        return "".join(map(flat, shown.items))
    if isinstance(shown, f.Script):
        return f"{flat(shown.base)}^{flat(shown.sup or f.Number(''))}"
    return getattr(shown, "text", "") or getattr(shown, "sign", "")


@dataclass(frozen=True)
class LiveBoard(Board):
    """A board whose numbers stay live and whose derivatives can be pointed at."""

    @classmethod
    def over(cls, board: Board) -> LiveBoard:
        """The same board, live."""
        return cls(**{name: getattr(board, name) for name in board.__dataclass_fields__})

    def claim(self, claim: Claim) -> f.Formula:
        plain = super().claim(claim)
        return Fraction(plain.above, plain.below, claim) if isinstance(plain, f.Fraction) else plain

    def delta(self, total: Total) -> f.Formula:
        plain = super().delta(total)
        return Script(plain.base, plain.sub, plain.sup, total) if isinstance(plain, f.Script) else plain

    def number(self, value: Any) -> Piece:
        if not isinstance(value, Measured):
            return super().number(value)
        fixed = super().number(value.value)
        return Piece(Number(flat(fixed.formula if not fixed.minus else f.row(f.Prefix("−"), fixed.formula)), value.origin))

    def inside(self, piece: Piece, level: float) -> f.Formula:
        return super().inside(_placed(piece, level), level)

    def sum(self, pieces: Sequence[Piece]) -> Piece:
        if len(pieces) == 1:
            return pieces[0]
        whole = super().sum([_placed(piece, SUM) for piece in pieces])
        assert isinstance(whole.formula, f.Row)
        items = list(whole.formula.items)
        for place, item in enumerate(items):
            before = items[place - 1] if place else None
            if isinstance(item, Number) and item.need == PLAIN and before == f.Binary("+"):
                items[place - 1 : place + 1] = [Binary("−" if item.text.startswith("−") else "+", item.origin), replace(item, need=ABSOLUTE)]
        return whole._replace(formula=f.Row(tuple(items)))


def _placed(piece: Piece, level: float) -> Piece:
    """The piece as its place needs it, where it is a live number."""
    number = piece.formula
    if not isinstance(number, Number) or number.need != PLAIN:
        return piece
    need = WHOLE if level > PRODUCT else FACTOR if level > SUM or piece.minus else PLAIN
    return piece._replace(formula=replace(number, need=need))


def quantity(what: Symbol | Claim) -> Origin:
    """The origin of a node or a fact."""
    return Origin("quantity", (what,))
