"""Stencils: a function at x, x ± h, x ± 2h and x ± 4h, and the differences that follow, each with a bound of its error.

The formulas are written once, for a float or a number of mpmath as for NumPy's arrays of many functions at once. The error of
D(h) = (f(x + h) − f(x − h)) / 2h is at most h²/6·|f‴| + ε/h, with ε the rounding error of f. The first part is seen in
D(2h) − D(h) = h²/2·f‴ + …, three times what it estimates, and again in D(4h) − D(2h), so that a third derivative that
happens to vanish does not hide it. Source: Gill, Murray, Wright, Practical Optimization (1981), 8.6.

Where the kinks of f are not known, one may lie at x + d within the step, with a jump J of the slope. It puts D(h) off by
J/2·(1 − d/h), and leaves J·(1 − d/kh) in the second difference over kh, whose smooth part doubles with the step: what the
second differences keep when that part is taken out is at least twice the error of D(h), wherever d lies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import reduce
from itertools import pairwise
from operator import and_
from typing import Any

from .operations import Arithmetic

__all__ = ["REACH", "UNRESOLVED", "Difference", "Sample", "Stencil", "chosen"]

ASIDE = 2.0**-10  # of the slope, which a kink beside x may change
REACH = (1, 2, 4)
# x -> value, bound of its error, which sides of the kinks it lies on (None: not known), each one number or an array
Sample = Callable[[Any], tuple[Any, Any, Any]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A slope by differences: the estimate lies within ``bound`` of the derivative.

    h: the step; truncation and rounding: the two parts of the bound, beside that of a kink within the step, if kinks are not
    known. At a kink ``left`` and ``right`` are the one-sided
    slopes, each within ``bound``. Where nothing could be resolved the estimate is NaN and the bound infinite; steep is
    then the slope that ever smaller steps have grown to, where they grow without bound, else 0, and jumps says that it is a
    jump whose place is known, where a slope may be declared.
    """

    estimate: Any
    h: Any
    bound: Any
    truncation: Any = 0.0
    rounding: Any = 0.0
    left: Any = None
    right: Any = None
    steep: Any = 0.0
    jumps: Any = False

    @property
    def at_kink(self) -> bool:
        """Does the slope jump here?"""
        return self.left is not None


UNRESOLVED = Difference(float("nan"), float("nan"), float("inf"))


def chosen(on: Arithmetic, condition: Any, one: Difference, other: Difference) -> Difference:
    """Place by place the one where the condition holds, else the other."""
    parts = ((getattr(one, part.name), getattr(other, part.name)) for part in fields(Difference))
    return Difference(*(on.choose(condition, here, there) for here, there in parts))


@dataclass(frozen=True, slots=True)
class Stencil:
    """The samples at x, x ± h, x ± 2h, x ± 4h, and what follows from them. Without x ± 4h only ``central`` is there."""

    on: Arithmetic
    x: Any
    h: Any
    centre: tuple[Any, Any, Any]
    right: tuple[tuple[Any, Any, Any], ...]
    left: tuple[tuple[Any, Any, Any], ...]

    @classmethod
    def at(cls, sample: Sample, on: Arithmetic, x: Any, h: Any, centre: tuple[Any, Any, Any], reach: tuple[int, ...] = REACH) -> Stencil:
        """The samples around x, those of arrays in one call with a row for each."""
        if isinstance(h, float):
            return cls(on, x, h, centre, tuple(sample(x + k * h) for k in reach), tuple(sample(x - k * h) for k in reach))
        moves = on.number((*reach, *(-k for k in reach))).reshape(-1, *(1,) * h.ndim)
        values, errors, sides = sample(x + moves * h)
        rows = [(values[row], errors[row], sides if sides is None else sides[row]) for row in range(len(values))]
        return cls(on, x, h, centre, tuple(rows[: len(reach)]), tuple(rows[len(reach) :]))

    @property
    def kinks_unknown(self) -> bool:
        """Is f a black box?"""
        return self.centre[2] is None

    @property
    def smooth(self) -> Any:
        """Are all samples numbers, and on the same side of every kink as x?"""
        return _on_side((*self.right, *self.left), self.centre[2]) & (self.creased ^ True)

    @property
    def split(self) -> Any:
        """Does each side of x keep to one side of every kink, of which there is one at x, and is f smooth on it?"""
        kept = _on_side(self.right, self.right[0][2]) & _on_side(self.left, self.left[0][2])
        kinked = self.kinks_unknown or self.crosses
        return kept & kinked & ((self._rough(self.right) | self._rough(self.left)) ^ True)

    @property
    def crosses(self) -> Any:
        """Where kinks are known: does one lie between x and a neighbour?"""
        return (self.right[0][2] != self.centre[2]) | (self.left[0][2] != self.centre[2])

    @property
    def creased(self) -> Any:
        """Is the bend over 4h less than twice that over h? It is four times as much where f is smooth, as much at a kink, less at a cusp or a pole."""
        near, far = abs(self._bend(0)), abs(self._bend(-1))
        noise = (self.right[0][1] + self.left[0][1] + 2 * self.centre[1]) / self.h
        return (near > 4 * noise) & (far < 2 * near)

    @property
    def rise(self) -> Any:
        """By how much f changes over h, on the side where it changes more; a side where it has no number counts as 0."""
        on, centre = self.on, self.centre[0]
        return on.larger(*(on.choose(value == value, abs(value - centre), 0 * self.h) for value, _, _ in (self.right[0], self.left[0])))

    @property
    def noise(self) -> Any:
        """The largest rounding error of a number at x ± h."""
        on = self.on
        return on.larger(*(on.choose(value == value, error, self.centre[1]) for value, error, _ in (self.right[0], self.left[0])))

    def central(self, extrapolated: bool = False) -> Difference:
        """D(h) with its bound; extrapolated (4·D(h) − D(2h))/3, which is off by h⁴ where D(h) is off by h²."""
        on = self.on
        spans = [(self.x + k * self.h) - (self.x - k * self.h) for k in REACH[: len(self.right)]]
        slopes = [(right[0] - left[0]) / span for span, right, left in zip(spans, self.right, self.left, strict=True)]
        d1, d2 = slopes[:2]
        rounding = (self.right[0][1] + self.left[0][1]) / spans[0] + 2 * on.unit * abs(d1) + self._lost() / 2 * abs(self._bend(0)) / self.h
        if extrapolated:  # Richardson, The deferred approach to the limit, 1927
            d1, d2, rounding = (4 * d1 - d2) / 3, (4 * d2 - slopes[2]) / 3, rounding * 3 / 2
            return self._found(d1, abs(d2 - d1), rounding)
        apart = [abs(wide - narrow) for narrow, wide in pairwise(slopes)]
        truncation = apart[0] if len(apart) == 1 else on.larger(apart[0], apart[1] / 4)
        found = self._found(d1, truncation, rounding)
        return replace(found, bound=found.bound + self._kink_within() / 2) if self.kinks_unknown else found

    def one_sided(self) -> Difference:
        """The slopes on the right and on the left, (−3f(x) + 4f(x + h) − f(x + 2h))/2h, with their common bound."""
        right, left = (self._slope(self.right, 1), self._slope(self.left, -1))
        middle = (self.right[0][0] - self.left[0][0]) / (2 * self.h)
        truncation, rounding = (self.on.larger(*both) for both in zip(right[1:], left[1:], strict=True))
        return self._found(middle, truncation, rounding, left[0], right[0])

    def _found(self, estimate: Any, truncation: Any, rounding: Any, left: Any = float("nan"), right: Any = float("nan")) -> Difference:
        return Difference(estimate, self.h, truncation + 1.5 * rounding, truncation, rounding, left, right, 0 * self.h, self.h != self.h)

    def _bend(self, place: int) -> Any:
        k = REACH[: len(self.right)][place]
        return (self.right[place][0] - 2 * self.centre[0] + self.left[place][0]) / (self.h * k)

    def _kink_within(self) -> Any:
        """What the second differences hold beside what doubles with the step: of a kink within it twice what it puts D(h) off by."""
        bends = [self._bend(place) for place in range(len(self.right))]
        kept = [abs(2 * near - far) for near, far in pairwise(bends)]
        return reduce(self.on.larger, kept)

    def _rough(self, samples: tuple[tuple[Any, Any, Any], ...]) -> Any:
        """Does the slope of the chord change from h to 2h nearly as much as from 2h to 4h? It changes half as much where f is smooth on this side.

        A little of it may come from a kink that lies a little beside x.
        """
        f0, e0, _ = self.centre
        one, two, four = ((value - f0) / (k * self.h) for (value, _, _), k in zip(samples, REACH, strict=True))
        noise = (reduce(self.on.larger, (error for _, error, _ in samples)) + e0) / self.h
        steepest = self.on.larger(*(abs(side[0][0] - f0) for side in (self.right, self.left))) / self.h
        change = abs(two - one)
        return (change > 4 * noise) & (change > ASIDE * steepest) & (abs(four - two) < 1.6 * change)

    def _lost(self) -> Any:
        """What x loses on its way through x + h and x - h: nothing, where both are numbers."""
        return abs(self.x - ((self.x + self.h) - self.h)) + abs(self.x - ((self.x - self.h) + self.h))

    def _slope(self, samples: tuple[tuple[Any, Any, Any], ...], sign: int) -> tuple[Any, Any, Any]:
        (f0, e0, _), ((f1, e1, _), (f2, e2, _), (f4, _, _)) = self.centre, samples
        step = 2 * self.h * sign
        near, far = (4 * f1 - 3 * f0 - f2) / step, (4 * f2 - 3 * f0 - f4) / (2 * step)
        rounding = (3 * e0 + 4 * e1 + e2) / abs(step) + 4 * (self.on.unit + self._lost() / self.h) * abs(near)
        return near, abs(far - near), rounding


def _on_side(samples: tuple[tuple[Any, Any, Any], ...], side: Any) -> Any:
    """Are they all numbers, and on this side of every kink?"""
    return reduce(and_, ((value == value) & (own == side) for value, _, own in samples))
