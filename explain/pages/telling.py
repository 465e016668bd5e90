"""Telling: what the pages on single expressions have in common: their board, their words, and how much is told.

``lecture`` hands these pages the options that it was called with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Expr, Symbol

from derive.claims.sampling import number as exact_number
from derive.differentiation import letter
from derive.errors import DeriveError, UnknownNameError
from numeric.points import Exact, point

from ..boards.pieces import SUM
from ..document import Inline, Math
from ..formula import Fence, Formula, Name, Relation, Row, Script, row
from ..lessons.lesson import DETAILS
from ..locales import Locale, Part, locale
from ..notation import Board, Notation, board_of

__all__ = ["NOTHING", "Telling", "applied", "at_one_point", "cell", "function_name", "primed", "telling", "value_at"]

NOTHING = Row(())
MOST_PRIMES = 3


@dataclass(frozen=True)
class Telling:
    """The board, the words and the wishes of a page."""

    board: Board
    words: Locale
    detail: str
    check: bool
    pictures: bool

    def say(self, key: str, **parts: Part) -> tuple[Inline, ...]:
        """A sentence of the page's language."""
        return self.words.say(key, **parts)

    def number(self, value: Any) -> Formula:
        """A number as the page prints numbers."""
        return self.board.inside(self.board.number(value), SUM)

    def given(self, name: Symbol, value: Any) -> Formula:
        """name = value."""
        return row(self.board.name(name), Relation("="), self.number(value))

    @property
    def brief(self) -> bool:
        """Is as little told as there can be?"""
        return self.detail == "brief"


def telling(
    names: Iterable[str] = (),
    *,
    language: str = "en",
    notation: str | Notation = "net-out",
    detail: str = "normal",
    labels: Mapping[str, str] | None = None,
    check: bool = True,
    precision: int | None = None,
    exact: bool = False,
    pictures: bool = True,
) -> Telling:
    """What the options of ``lecture`` stand for on a page with these names.

    Raises DeriveError for one that does not exist or fit.
    """
    if detail not in DETAILS:
        raise UnknownNameError("detail", detail, DETAILS)
    return Telling(board_of(None, notation, labels, precision, exact, names), locale(language), detail, check, pictures)


def at_one_point(givens: Iterable[Symbol], at: Any) -> dict[Symbol, Exact]:
    """The exact value of every given. Raises DeriveError for several points, and as ``numeric.points.point``."""
    several: list[Any] = list(at) if isinstance(at, Sequence) and not isinstance(at, str) else [at]
    if len(several) != 1:
        raise DeriveError(f"at has {len(several)} points; this page is about one")
    return point(givens, several[0])


def value_at(expression: Expr, at: Mapping[Symbol, Exact]) -> Exact | None:
    """The number of an expression at a point, a Fraction where it is one; None where it has none."""
    return _plain(exact_number(expression, {name: _sympy(value) for name, value in at.items()}))


def _sympy(value: Exact) -> Any:
    from sympy import Rational

    return Rational(value.numerator, value.denominator) if isinstance(value, Fraction) else Rational(value)


def _plain(value: Any) -> Exact | None:
    if value is None:
        return None
    return Fraction(int(value.p), int(value.q)) if value.is_Rational else float(value)


# ---- formulas


def function_name(names: Iterable[Symbol]) -> str:
    """f, or another letter where a name begins with it."""
    taken = list(names)
    return next((one for one in ("f", "g", "F", "G") if one not in {name.name[0] for name in taken}), letter(taken))


def applied(function: Formula, *arguments: Formula) -> Formula:
    """A function and its arguments, f(x)."""
    return row(function, Fence(row(*(part for place, one in enumerate(arguments) for part in ([Relation(",")] if place else []) + [one]))))


def primed(name: str, times: int = 1) -> Formula:
    """The derivative of a function by its name: f′, f″, f⁽⁴⁾."""
    from ..formula import Number

    return Script(Name(name), sup=Name("′" * times) if times <= MOST_PRIMES else Fence(Number(str(times)))) if times else Name(name)


def cell(formula: Formula) -> tuple[Inline, ...]:
    """A formula as the cell of a table."""
    return (Math(formula),)
