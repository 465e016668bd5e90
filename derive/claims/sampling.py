"""Sampling: expressions at points, to 50 digits. What differs at a point is refuted there; nothing is proved here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from random import Random

from sympy import Expr, Float, Integer, Rational, Symbol
from sympy.core.evalf import PrecisionExhausted

__all__ = ["FEW", "Bounds", "differ", "number", "points"]

DIGITS = 50
SAME = Float("1e-30")
FEW = 2  # of fewer variables, all combinations of simple values are tried
RANDOM_POINTS = 40

Bounds = Mapping[Symbol, tuple[Expr | None, Expr | None]]

_SIMPLE = tuple(Rational(above, below) for above, below in ((-1, 1), (2, 1), (0, 1), (1, 2), (1, 1), (-2, 1), (3, 1), (-1, 2), (3, 2)))
_BEYOND = tuple(Rational(above, below) for above, below in ((1, 1), (2, 1), (1, 2), (3, 1), (0, 1), (3, 2), (1, 3)))


def points(symbols: Iterable[Symbol], bounds: Bounds | None = None) -> Iterator[dict[Symbol, Expr]]:
    """Points to try, always the same: first simple ones, where there are few variables, then random ones.

    Each is a rational number for every symbol; ``bounds`` give the least and the largest value of some.
    """
    names = sorted(symbols, key=lambda one: one.name)
    pools = [_pool(*(bounds or {}).get(one, (None, None))) for one in names]
    if len(names) <= FEW:
        yield from (dict(zip(names, values, strict=True)) for values in product(*pools))
    draw = Random(0)
    for _ in range(RANDOM_POINTS if names else 0):
        yield {one: _drawn(draw, *(bounds or {}).get(one, (None, None))) for one in names}


def _pool(least: Expr | None, largest: Expr | None) -> list[Expr]:
    """Simple values of one variable."""
    if least is None and largest is None:
        return list(_SIMPLE)
    if least is not None and largest is not None:
        return [least + (largest - least) * Rational(*share) for share in ((1, 2), (1, 4), (3, 4), (0, 1), (1, 1), (1, 5))]
    return [least + step if least is not None else largest - step for step in _BEYOND]  # type: ignore[operator]


def _drawn(draw: Random, least: Expr | None, largest: Expr | None) -> Expr:
    """A random value of one variable, with two decimals where it is not bounded on both sides."""
    if least is not None and largest is not None:
        return least + (largest - least) * Rational(draw.randint(1, 99), 100)
    step = Rational(draw.randint(1, draw.choice((99, 99, 300, 1000))), 100)
    if least is None and largest is None:
        return step if draw.random() < 0.6 else -step
    return least + step if least is not None else largest - step  # type: ignore[operator]


def number(expression: Expr, point: Mapping[Symbol, Expr]) -> Expr | None:
    """The real number that the expression is at the point, exact or to 50 digits; None where it has none."""
    try:
        value = expression.xreplace(dict(point))
        value = value if value.is_Rational else value.evalf(DIGITS + 10, strict=True)
    except (PrecisionExhausted, ValueError, ZeroDivisionError, OverflowError, TypeError):
        return None
    if value.is_zero:
        return Integer(0)
    return value if isinstance(value, Float | Rational) and value.is_finite else None


def differ(left: Expr, right: Expr) -> bool:
    """Are two numbers different beyond what 50 digits leave open?"""
    return bool(abs(left - right) > SAME * (1 + abs(left) + abs(right)))
