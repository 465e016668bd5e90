"""Rungs: a function at x, x ± h, x ± 2h and x ± 4h, and the differences that follow, each with a bound of its error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .operations import Arithmetic

__all__ = ["UNRESOLVED", "Difference", "Rungs", "Sample"]

ASIDE = 2.0**-10  # of the slope, which a kink beside x may change
Sample = Callable[[Any], tuple[Any, Any, Any]]  # x -> value, bound of its error, sides of the kinks (None: not known)


@dataclass(frozen=True, slots=True)
class Difference:
    """A slope by differences: the estimate lies within ``bound`` of the derivative.

    h: the step; truncation and rounding: the two parts of the bound. At a kink ``left`` and ``right`` are the one-sided
    slopes, each within ``bound``. Where nothing could be resolved the estimate is NaN and the bound infinite.
    """

    estimate: Any
    h: float
    bound: Any
    truncation: Any = 0.0
    rounding: Any = 0.0
    left: Any = None
    right: Any = None

    @property
    def at_kink(self) -> bool:
        """Does the slope jump here?"""
        return self.left is not None


UNRESOLVED = Difference(float("nan"), float("nan"), float("inf"))


@dataclass(frozen=True, slots=True)
class Rungs:
    """The samples at x, x ± h, x ± 2h, x ± 4h, and what follows from them."""

    on: Arithmetic
    x: Any
    h: float
    centre: tuple[Any, Any, Any]
    right: tuple[tuple[Any, Any, Any], ...]
    left: tuple[tuple[Any, Any, Any], ...]

    @classmethod
    def at(cls, sample: Sample, on: Arithmetic, x: Any, h: float, centre: tuple[Any, Any, Any]) -> Rungs:
        """The samples around x."""
        return cls(on, x, h, centre, tuple(sample(x + k * h) for k in (1, 2, 4)), tuple(sample(x - k * h) for k in (1, 2, 4)))

    @property
    def smooth(self) -> bool:
        """Are all samples numbers, and on the same side of every kink as x?"""
        return all(value == value and side == self.centre[2] for value, _, side in (*self.right, *self.left)) and not self.creased

    @property
    def split(self) -> bool:
        """Does each side of x keep to one side of every kink, of which there is one at x, and is f smooth on it?"""
        if not all(value == value and side == one[0][2] for one in (self.right, self.left) for value, _, side in one):
            return False
        kinked = self.kinks_unknown or any(one[0][2] != self.centre[2] for one in (self.right, self.left))
        return kinked and not (self._rough(self.right) or self._rough(self.left))

    @property
    def kinks_unknown(self) -> bool:
        """Is f a black box?"""
        return self.centre[2] is None

    @property
    def creased(self) -> bool:
        """Is the bend over 4h less than twice that over h? It is four times as much where f is smooth, as much at a kink, less at a cusp or a pole."""
        near, far = abs(self._bend(0)), abs(self._bend(2))
        noise = (self.right[0][1] + self.left[0][1] + 2 * self.centre[1]) / self.h
        return bool(near > 4 * noise and far < 2 * near)

    def _rough(self, samples: tuple[tuple[Any, Any, Any], ...]) -> bool:
        """Does the slope of the chord change from h to 2h nearly as much as from 2h to 4h? It changes half as much where f is smooth on this side.

        A little of it may come from a kink that lies a little beside x.
        """
        f0, e0, _ = self.centre
        one, two, four = ((value - f0) / (k * self.h) for (value, _, _), k in zip(samples, (1, 2, 4), strict=True))
        noise = (max(error for _, error, _ in samples) + e0) / self.h
        steepest = max(abs(side[0][0] - f0) for side in (self.right, self.left)) / self.h
        change = abs(two - one)
        return bool(change > 4 * noise and change > ASIDE * steepest and abs(four - two) < 1.6 * change)

    def _bend(self, place: int) -> Any:
        return (self.right[place][0] - 2 * self.centre[0] + self.left[place][0]) / (self.h * (1, 2, 4)[place])

    def central(self, extrapolated: bool = False) -> Difference:
        """D(h) with its bound; extrapolated (4·D(h) − D(2h))/3, which is off by h⁴ where D(h) is off by h²."""
        steps = (self.h, 2 * self.h, 4 * self.h)
        spans = [(self.x + h) - (self.x - h) for h in steps]
        d1, d2, d4 = ((right[0] - left[0]) / span for span, right, left in zip(spans, self.right, self.left, strict=True))
        rounding = (self.right[0][1] + self.left[0][1]) / spans[0] + 2 * self.on.unit * abs(d1) + self._lost() / 2 * abs(self._bend(0)) / self.h
        if extrapolated:  # Richardson, The deferred approach to the limit, 1927
            d1, d2, rounding = (4 * d1 - d2) / 3, (4 * d2 - d4) / 3, rounding * 3 / 2
            return Difference(d1, self.h, abs(d2 - d1) + 1.5 * rounding, abs(d2 - d1), rounding)
        truncation = max(abs(d2 - d1), abs(d4 - d2) / 4)
        return Difference(d1, self.h, truncation + 1.5 * rounding, truncation, rounding)

    def _lost(self) -> Any:
        """What x loses on its way through x + h and x - h: nothing, where both are numbers."""
        return abs(self.x - ((self.x + self.h) - self.h)) + abs(self.x - ((self.x - self.h) + self.h))

    def one_sided(self) -> Difference:
        """The slopes on the right and on the left, (−3f(x) + 4f(x + h) − f(x + 2h))/2h, with their common bound."""
        right, left = (self._slope(self.right, 1), self._slope(self.left, -1))
        middle = (self.right[0][0] - self.left[0][0]) / (2 * self.h)
        truncation, rounding = max(right[1], left[1]), max(right[2], left[2])
        return Difference(middle, self.h, truncation + 1.5 * rounding, truncation, rounding, left[0], right[0])

    def _slope(self, samples: tuple[tuple[Any, Any, Any], ...], sign: int) -> tuple[Any, Any, Any]:
        (f0, e0, _), ((f1, e1, _), (f2, e2, _), (f4, _, _)) = self.centre, samples
        step = 2 * self.h * sign
        near, far = (4 * f1 - 3 * f0 - f2) / step, (4 * f2 - 3 * f0 - f4) / (2 * step)
        rounding = (3 * e0 + 4 * e1 + e2) / abs(step) + 4 * (self.on.unit + self._lost() / self.h) * abs(near)
        return near, abs(far - near), rounding
