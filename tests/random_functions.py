"""Random functions of a few numbers whose slopes are known to fifty digits: smooth and not, exact and not, large and small.

A function is a sum of terms, each of one number; its slope is that of the mathematics, not of what is computed. Terms have
kinks, flat sides, ties, jumps and regions without a value at places of their own; some lose digits, and some are noisy.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from mpmath import mp

__all__ = ["Case", "Term", "cases"]

DIGITS = 50


@dataclass(frozen=True)
class Term:
    """One term: its value in floats, the slopes on both sides in many digits (NaN where there is none), and the place where it is special.

    inexact: it is computed to fewer digits than its slopes have.
    """

    name: str
    value: Callable[[float], float]
    slopes: Callable[[Any], tuple[Any, Any]]
    place: float | None = None
    inexact: bool = False


@dataclass(frozen=True)
class Case:
    """A function of ``len(x)`` numbers at x; left and right are the true slopes on both sides, NaN where there is none."""

    terms: tuple[tuple[Term, ...], ...]
    x: tuple[float, ...]
    single: bool = False

    def __call__(self, x: Any) -> float:
        kind: Any = np.float32 if self.single else float
        with np.errstate(all="ignore"):
            return float(sum((kind(term.value(kind(value))) for value, terms in zip(x, self.terms, strict=True) for term in terms), kind(0)))

    def slopes(self) -> list[tuple[float, float]]:
        """The true slopes on the left and on the right, by each number."""
        found = []
        with mp.workdps(DIGITS):
            for value, terms in zip(self.x, self.terms, strict=True):
                sides = [term.slopes(mp.mpf(value)) for term in terms]
                left, right = (float(mp.fsum(side)) for side in zip(*sides, strict=True))
                found.append((left, right))
        return found

    def __repr__(self) -> str:
        return f"{' + '.join(term.name for terms in self.terms for term in terms)} at {self.x}" + (" in float32" if self.single else "")


def _both(slope: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, Any]]:
    return lambda x: (slope(x), slope(x))


def _sided(place: float, left: Callable[[Any], Any], right: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, Any]]:
    """Other slopes to the left and to the right of a place."""
    return lambda x: (left(x) if x <= place else right(x), right(x) if x >= place else left(x))


def smooth(a: float, b: float) -> Iterator[Term]:
    """Functions without any kink."""
    yield Term(f"{a} sin({b} x)", lambda x: a * np.sin(b * x), _both(lambda x: a * b * mp.cos(b * x)))
    yield Term(f"{a} tanh({b} x)", lambda x: a * np.tanh(b * x), _both(lambda x: a * b * mp.sech(b * x) ** 2))
    yield Term(f"{a} x^3 + {b} x", lambda x: a * x**3 + b * x, _both(lambda x: 3 * a * x**2 + b))
    yield Term(f"{a} exp(-({b} x)^2)", lambda x: a * np.exp(-((b * x) ** 2)), _both(lambda x: -2 * a * b**2 * x * mp.exp(-((b * x) ** 2))))
    yield Term(f"{a}", lambda x: a + 0 * x, _both(lambda x: mp.zero))


def pieces(a: float, b: float, p: float) -> Iterator[Term]:
    """Functions with a kink, a flat side, a tie, a jump or an edge at p."""
    zero = lambda x: mp.zero  # noqa: E731
    yield Term(f"{a} |x - {p}|", lambda x: a * abs(x - p), _sided(p, lambda x: -a, lambda x: a), p)
    yield Term(f"{a} max(x - {p}, 0) + 1", lambda x: a * max(x - p, 0 * x) + 1, _sided(p, zero, lambda x: a), p)
    yield Term(f"leaky({a}, x - {p})", lambda x: max(x - p, (x - p) * 0.1) * a, _sided(p, lambda x: a * mp.mpf(0.1), lambda x: a), p)
    yield Term(
        f"{a} max(x - {p}, (x - {p})^2, 0)",
        lambda x: a * max(x - p, (x - p) ** 2, 0 * x),
        lambda x: (-2 * a * abs(x - p) if x <= p else a if x <= p + 1 else 2 * a * (x - p), 2 * a * (x - p) if x < p or x >= p + 1 else a),
        p,
    )
    yield Term(
        f"clip(x, {p} ± 0.25)",
        lambda x: min(max(x, p - 0.25), p + 0.25),
        lambda x: (mp.mpf(p - 0.25 < x <= p + 0.25), mp.mpf(p - 0.25 <= x < p + 0.25)),
        p + 0.25,
    )
    yield Term(f"{a} [x > {p}]", lambda x: a * float(x > p), lambda x: (mp.nan, mp.nan) if x == p else (mp.zero, mp.zero), p)
    yield Term(
        f"sqrt(x - {p})",
        lambda x: np.sqrt(x - p),
        lambda x: (mp.nan, mp.nan) if x <= p else (1 / (2 * mp.sqrt(x - p)),) * 2,
        p,
    )
    yield Term(f"{b} x |x - {p}|", lambda x: b * x * abs(x - p), _sided(p, lambda x: -b * (2 * x - p), lambda x: b * (2 * x - p)), p)


def inexact(a: float, b: float, places: int) -> Iterator[Term]:
    """Functions that lose digits: in a sum with something large, in steps, and in noise."""
    large = 10.0**places
    yield Term(f"({large:g} + {a} sin({b} x)) - {large:g}", lambda x: (large + a * np.sin(b * x)) - large, _both(lambda x: a * b * mp.cos(b * x)), inexact=True)
    yield Term(f"round({a} sin({b} x), {places})", lambda x: round(float(a * np.sin(b * x)), places), _both(lambda x: a * b * mp.cos(b * x)), inexact=True)
    yield Term(
        f"{a} sin({b} x) + noise of 1e-{places}",
        lambda x: a * np.sin(b * x) + 10.0**-places * math.sin(1e7 * (hash(float(x)) % 1000003)),
        _both(lambda x: a * b * mp.cos(b * x)),
        inexact=True,
    )


SIZES = st.sampled_from([-3.0, -1.0, -0.3, 0.5, 1.0, 2.0, 7.0])
PLACES = st.sampled_from([-2.5, -1.0, 0.0, 0.1, 0.3, 1.0, 3.0])


@st.composite
def cases(draw: st.DrawFn, single: bool = False) -> Case:
    """A function of one to three numbers, at a place that may lie at any distance from where it is special, or on it."""
    terms, x = [], []
    for _ in range(draw(st.integers(1, 3))):
        a, b, p = draw(SIZES), draw(SIZES), draw(PLACES)
        own = [draw(st.sampled_from(list(smooth(a, b))))]
        if draw(st.booleans()):
            own.append(draw(st.sampled_from(list(pieces(a, b, p)))))
        if not single and draw(st.integers(0, 4)) == 0:
            own.append(draw(st.sampled_from(list(inexact(a, b, draw(st.integers(4, 12)))))))
        special = next((term.place for term in own if term.place is not None), draw(PLACES))
        # A kink and noise within reach of each other hide each other from everybody.
        nearest = 7 if single else 3 if any(term.inexact for term in own) else 13
        distance = draw(st.sampled_from([0.0, *(sign * 10.0**-far for far in range(nearest) for sign in (1, -1))]))
        value = float(np.float32(special + distance)) if single else special + distance
        # In another unit nothing beside x tells how far steps of rounding are apart.
        scale = 1.0 if single or any(term.inexact for term in own) else draw(st.sampled_from([1.0, 1.0, 2.0**-10, 2.0**20]))
        terms.append(tuple(own if scale == 1.0 else [_scaled(term, scale) for term in own]))
        x.append(value * scale)
    return Case(tuple(terms), tuple(x), single)


def _scaled(term: Term, scale: float) -> Term:
    """The same function of a number in another unit."""
    slopes = lambda x: tuple(side / scale for side in term.slopes(x / scale))  # noqa: E731
    place = None if term.place is None else term.place * scale
    return Term(f"[{term.name} in units of {scale:g}]", lambda x: term.value(x / scale), slopes, place, term.inexact)
