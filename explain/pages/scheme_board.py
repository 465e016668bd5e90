"""The board of a page on numerical differentiation, and its schemes, function and points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import Expr, Symbol

from derive.analysis.schemes import H, Scheme
from derive.differentiation import differentiate
from derive.steps import Derivation
from derive.written import Written
from numeric.points import Exact

from ..cards import ruled
from ..document import Inline
from ..formula import Binary, Fence, Formula, Number, Word, row
from ..notation import Board
from .telling import Telling, applied, function_name, primed

__all__ = ["Page", "SchemeBoard"]


@dataclass(frozen=True)
class SchemeBoard(Board):
    """A board on which f2, f3, … are the sizes of the derivatives of f, and f its own."""

    named: str = "f"

    def name(self, symbol: Symbol) -> Formula:
        """A symbol as it is named on the board."""
        if symbol.name == "f" or (symbol.name[0] == "f" and symbol.name[1:].isdigit()):
            return Fence(primed(self.named, int(symbol.name[1:] or 0)), "|", "|")
        return super().name(symbol)


@dataclass(frozen=True)
class Page:
    """Schemes, a function and points, with what is needed to tell them."""

    schemes: tuple[Scheme, ...]
    written: Written | Expr
    x: Symbol
    points: tuple[Mapping[Symbol, Exact], ...]
    told: Telling

    @property
    def function(self) -> Expr:
        """f, without the order in which it was written."""
        return self.written.expression if isinstance(self.written, Written) else self.written

    @property
    def named(self) -> str:
        """The letter of the function."""
        return function_name([self.x, H])

    @cached_property
    def derivatives(self) -> dict[int, Expr]:
        """The derivatives of f that the page is about, by their order."""
        return {order: differentiate(self.function, self.x, order).result for order in sorted({1, *(one.order for one in self.schemes)})}

    @cached_property
    def ruled(self) -> Derivation:
        """f′ by the rules, beside which the differences are held."""
        return ruled(Symbol(self.named), self.written, self.x, [self.x])

    def say(self, key: str, **parts: Any) -> tuple[Inline, ...]:
        """A sentence of the page's language."""
        return self.told.say(key, **parts)

    def of(self, argument: Formula, times: int = 0) -> Formula:
        """f or a derivative at an argument."""
        return applied(primed(self.named, times), argument)

    def moved(self, place: int, x: Formula | None = None) -> Formula:
        """x + place·h."""
        start = x or self.told.board.name(self.x)
        step = row(*([Number(str(abs(place)))] if abs(place) > 1 else []), self.told.board.name(H))
        return row(start, Binary("+" if place > 0 else "−"), step) if place else start

    def say_error(self) -> Formula:
        """The word for an error, as the left side of a line."""
        return Word(self.told.words.sentences["scheme.error word"])

    def in_words(self, scheme: Scheme) -> tuple[Inline, ...]:
        """The name of a scheme."""
        return self.say(f"scheme.{scheme.name}")
