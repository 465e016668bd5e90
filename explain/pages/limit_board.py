"""The board of a page on a limit, and its quotient, point and evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sympy import Expr, Symbol

from derive.analysis.limits import Quotient
from derive.analysis.quotients import Form
from numeric.points import Exact

from ..boards.pieces import PRODUCT, Piece
from ..document import Inline
from ..formula import Formula, Name, Number, Relation, Script, Times, row
from ..notation import Board
from .telling import Telling, applied, primed

__all__ = ["LETTERS", "LimitBoard", "Page"]

H = Symbol("h")
LETTERS = ("f", "g", "p", "q", "F", "G")


@dataclass(frozen=True)
class LimitBoard(Board):
    """A board on which the difference quotients of the parts of a sum have their limits before them."""

    h: Symbol = H
    open: frozenset[Form] = frozenset()

    def piece(self, expression: Form) -> Piece:
        """An expression as a piece of a larger formula."""
        if expression in self.open:
            return Piece(self.limit(replace(self, open=self.open - {expression}).piece(expression)), PRODUCT)
        return super().piece(expression)

    def limit(self, piece: Piece) -> Formula:
        """The limit of a piece as h goes to zero."""
        return row(Script(Name("lim", "function"), sub=row(self.name(self.h), Relation("→"), Number("0"))), Times(), self.inside(piece, PRODUCT))


@dataclass(frozen=True)
class Page:
    """A worked quotient with what is needed to tell it; ``at`` is the point of its numbers."""

    quotient: Quotient
    told: Telling
    at: Mapping[Symbol, Exact] | None
    names: tuple[str, ...]

    @property
    def x(self) -> Symbol:
        """The variable by which f is differentiated."""
        return self.quotient.x

    @property
    def board(self) -> LimitBoard:
        """The board on which the parts that are still open have their limits before them."""
        plain = self.told.board
        return LimitBoard(plain.notation, labels=plain.labels, h=self.quotient.h, open=frozenset(part.lines[0].form for part in self.quotient.parts))

    @property
    def named(self) -> str:
        """The letter of the function."""
        return self.names[0]

    def say(self, key: str, **parts: Any) -> tuple[Inline, ...]:
        """A sentence of the page's language."""
        return self.told.say(key, **parts)

    def of(self, argument: Formula, times: int = 0) -> Formula:
        """f or its derivative at an argument."""
        return applied(primed(self.named, times), argument)

    @property
    def function(self) -> Expr:
        """The function, without the order in which it was written."""
        form = self.quotient.function
        return form if isinstance(form, Expr) else form.expression
