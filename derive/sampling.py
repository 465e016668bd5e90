"""Sampling: expressions at points, to 50 digits. What differs at a point is refuted there; nothing is proved here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from random import Random

from sympy import Expr, Float, Integer, Rational, Symbol
from sympy.core.evalf import PrecisionExhausted

__all__ = ["DIGITS", "differ", "number", "points"]

DIGITS = 50
SAME = Float("1e-30")
RANDOM_POINTS = 12
FEW = 3  # more variables with one value for all would hide which is which

_SPANS = ((0, 1), (-1, 1), (-3, 3), (0, 10), (1, 2))


def points(symbols: Iterable[Symbol], seed: int = 0) -> Iterator[dict[Symbol, Expr]]:
    """Points to try, the simplest first and always the same: each a rational number for every symbol."""
    names = sorted(symbols, key=lambda one: one.name)
    if len(names) <= FEW:
        yield from ({one: Integer(value) for one in names} for value in (-1, 2))
    draw = Random(seed)
    for place in range(RANDOM_POINTS):
        low, high = _SPANS[place % len(_SPANS)]
        yield {one: Rational(draw.randint(100 * low + 1, 100 * high - 1), 100) for one in names}


def number(expression: Expr, point: Mapping[Symbol, Expr]) -> Expr | None:
    """The real number that the expression is at the point, exact or to 50 digits; None where it has none."""
    try:
        value = expression.xreplace(dict(point))
        value = value if value.is_Rational else value.evalf(DIGITS + 10, strict=True)
    except (PrecisionExhausted, ValueError, ZeroDivisionError, OverflowError, TypeError):
        return None
    return value if isinstance(value, Float | Rational) and value.is_finite else None


def differ(left: Expr, right: Expr) -> bool:
    """Are two numbers different beyond what 50 digits leave open?"""
    return bool(abs(left - right) > SAME * (1 + abs(left) + abs(right)))
