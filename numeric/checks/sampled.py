"""Slopes of a function of which values are all that is known, beside those that somebody has written down.

Six values a coordinate at first; the rounding error is seen in the same values. What then agrees, to six digits, is done. The
rest is looked at again: with a better step; with the rounding error measured along the coordinate, and as many steps as it
takes. What would be wrong even then is confirmed first (``confirming``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from .array_slopes import at_places, put
from .confirming import as_exact, confirmed
from .noise import noise_in_stencil, noise_near
from .operations import Arithmetic
from .stencils import REACH, Difference, Stencil, chosen
from .step_search import searched, shift_of, steps
from .verdicts import CERTAIN, LOOSE, error_of, resolved, smoothed

__all__ = ["Differences", "Sampled"]

GROSS = 16  # times its bound: an error that more care with the step cannot explain
BLUNT = 2.0**10


@dataclass(frozen=True, eq=False)
class Differences:
    """The differences by all coordinates, in arrays of shape (n,).

    accuracy: how exact the function is where that decided, else 0; unsteady: where finer steps have shown other slopes;
    two_calls: what two calls at the point gave, where they differ.
    """

    found: Difference
    accuracy: np.ndarray
    unsteady: np.ndarray
    two_calls: tuple[float, float] | None = None


class Sampled:
    """A function at a point x, shape (n,), where its value is ``here``; ``side`` says on which sides of its kinks, if they are known.

    Finished by ``values``. noise: a bound of the rounding error of its values, measured where it is not given.
    """

    def __init__(self, on: Arithmetic, x: np.ndarray, here: float, side: Any = None, noise: float | None = None) -> None:
        self.on, self.x, self.here, self.side, self.noise = on, x, here, side, noise
        self.least = 2 * on.unit * abs(here) + 2 * on.tiny
        self.scale = 2.0 ** on.choose(np.abs(x) > 1, on.exponent(x) - 1, 0)
        self.usual = max(1.0, abs(here)) / np.maximum(1.0, np.abs(x))  # a usual slope
        self.natural = self.usual * (1.0 if side is not None else BLUNT)  # values alone tell less of what is nothing beside it

    def values(self, places: np.ndarray, moved: np.ndarray) -> tuple[np.ndarray, Any]:
        """f with one coordinate moved, for each number of an array whose last axis goes with the places, and its sides; NaN where f has no number."""
        raise NotImplementedError

    def again(self) -> tuple[float, float] | None:
        """What the function gives when it is called again, beside what it gave first; None where that is the same."""
        return None

    def slopes(self, extrapolated: bool = False) -> Difference:
        """The slopes by all coordinates, each with the step that makes its bound least; left and right are NaN where there is no kink."""
        return self.searched(np.arange(len(self.x)), None, extrapolated)

    def beside(self, printed: np.ndarray, rounding: np.ndarray | float = 0.0) -> Differences:
        """The slopes as far as it takes to judge those that somebody has written down, shape (n,), and rounded by so much."""
        places, accuracy, unsteady = np.arange(len(self.x)), np.zeros(len(self.x)), np.zeros(len(self.x), bool)
        with np.errstate(all="ignore"):
            judged = partial(Judged.of, self, printed=printed, rounding=rounding)
            stencil = self._first()
            noise, found = stencil.centre[1], stencil.central()
            found = chosen(self.on, stencil.smooth, found, _unresolved(found))
            found, now = self._balanced(found, judged(found), noise)
            few = found.bound > LOOSE * np.abs(found.estimate) if self.side is not None else False  # more samples of a graph cost little
            if (now.agrees & ~few).all():
                return Differences(found, accuracy, unsteady)
            values = self.again()
            if values is not None:
                return Differences(found, accuracy, unsteady, values)
            gross = now.wrong & (now.error > GROSS * found.bound) & (found.bound <= CERTAIN * np.abs(found.estimate))
            careful = places[(~now.agrees | few) & ~gross & np.isfinite(printed)]
            if len(careful):
                noise[careful] = self.measured(careful)
                found = put(found, careful, self._sharpest(careful, noise[careful]))
            wrong = places[judged(found).wrong & np.isfinite(printed)]
            if len(wrong):
                found, steady = confirmed(self, found, wrong, printed, noise)
                unsteady[wrong] = ~steady
                found, accuracy = as_exact(self, found, judged(found).wrong & ~unsteady, printed, noise)
                if found.left is not None:  # jumps on both sides of a kink leave no slopes to compare with
                    unsteady |= (accuracy > 0) & (found.left == found.left)
            return Differences(found, accuracy, unsteady)

    # ---- step by step

    def _first(self) -> Stencil:
        """The samples with the first step for each coordinate, their rounding error as it shows in themselves."""
        stencil = self.stencil(np.arange(len(self.x)), steps(self.x, self.on)[0], np.zeros(len(self.x)))
        if self.noise is not None:
            return stencil
        values = np.array([value for value, _, _ in (*stencil.right, *stencil.left, stencil.centre)])
        seen = noise_in_stencil(values - self.here)
        known = np.sort(seen[np.isfinite(seen)])
        usual = known[(len(known) - 1) // 2] if len(known) else 0.0  # the lower median: one kink is not the noise of two coordinates
        noise = 6 * np.maximum(np.nan_to_num(seen), usual)
        right, left = (tuple((value, np.maximum(error, noise), side) for value, error, side in rows) for rows in (stencil.right, stencil.left))
        return replace(stencil, centre=self._centre(noise), right=right, left=left)

    def _balanced(self, found: Difference, now: Judged, noise: np.ndarray) -> tuple[Difference, Judged]:
        """With a better step, four samples each, where the first one leaves a smooth function unresolved or certain to few digits."""
        shift = shift_of(found, self.on)
        few = found.bound > LOOSE * np.abs(found.estimate)
        places = np.flatnonzero(np.isfinite(found.bound) & np.where(now.agrees, few, now.error <= GROSS * found.bound) & (shift != 0))
        if not len(places):
            return found, now
        h = np.minimum(found.h[places] * 2.0 ** shift[places], steps(self.x[places], self.on)[2])
        stencil, old = self.stencil(places, h, noise[places], REACH[:2]), at_places(found, places)
        better = stencil.central()
        takes = stencil.smooth & (better.bound < old.bound) & (np.abs(better.estimate - old.estimate) <= better.bound + old.bound)
        found = put(found, places, chosen(self.on, takes, better, old))
        return found, now.judge(found)

    def measured(self, places: np.ndarray) -> np.ndarray:
        """The rounding error along these coordinates."""
        if self.noise is not None:
            return np.full(len(places), self.noise)
        with np.errstate(all="ignore"):
            noise = noise_near(lambda some, moved: self.values(places[some], moved)[0], self.x[places], self.scale[places], self.on.bits)
        # Where the values are all the same, numbers as large as x may have cancelled in them.
        return np.maximum(noise, np.where(noise == 0, np.maximum(2 * self.on.unit * np.abs(self.x[places]), self.least), self.least))

    def searched(self, places: np.ndarray, noise: np.ndarray | None = None, extrapolated: bool = False, first: np.ndarray | None = None) -> Difference:
        """The slopes by these coordinates, each with the step that makes its bound least; first: the first steps."""
        noise = self.measured(places) if noise is None else noise
        with np.errstate(all="ignore"):
            return searched(self._sample(places, noise), self.x[places], self.on, self._centre(noise), extrapolated, first)

    def _sharpest(self, places: np.ndarray, noise: np.ndarray) -> Difference:
        """The slopes by these coordinates, of a graph with two digits more where it is smooth."""
        found = smoothed(self.on, self.searched(places, noise))
        few = np.flatnonzero((found.bound > LOOSE / 10 * np.abs(found.estimate)) & (found.left != found.left))
        if self.side is None or not len(few):
            return found
        sharper = self.searched(places[few], noise[few], extrapolated=True)
        takes = (sharper.bound < found.bound[few]) & (sharper.left != sharper.left)
        return put(found, few, chosen(self.on, takes, sharper, at_places(found, few)))

    # ---- samples

    def _sample(self, places: np.ndarray, noise: np.ndarray) -> Callable[[Any], tuple[Any, Any, Any]]:
        unit = 2 * self.on.unit if self.noise is None else 0.0

        def sample(moved: np.ndarray) -> tuple[Any, Any, Any]:
            values, sides = self.values(places, moved)
            return values, np.maximum(noise, unit * np.abs(values)), sides

        return sample

    def _centre(self, noise: np.ndarray) -> tuple[Any, Any, Any]:
        return np.full(len(noise), self.here), np.maximum(noise, self.least if self.noise is None else self.noise), self.side

    def stencil(self, places: np.ndarray, h: np.ndarray, noise: np.ndarray, reach: tuple[int, ...] = REACH) -> Stencil:
        """The samples around x in some places, with these steps and rounding errors."""
        noise = noise if self.noise is None else np.full(len(noise), self.noise)
        return Stencil.at(self._sample(places, noise), self.on, self.x[places], h, self._centre(noise), reach)


@dataclass(frozen=True, eq=False)
class Judged:
    """How far what is printed is from its differences, and what that says."""

    judge: Callable[[Difference], Judged]
    error: np.ndarray
    agrees: np.ndarray
    wrong: np.ndarray

    @classmethod
    def of(cls, function: Sampled, found: Difference, printed: np.ndarray, rounding: np.ndarray | float) -> Judged:
        error, bound = error_of(function.on, found, printed), found.bound + rounding
        sure = resolved(function.on, found, [(printed, rounding)], bound, function.natural)
        inside = error <= bound
        judge = partial(cls.of, function, printed=printed, rounding=rounding)
        return cls(judge, error, inside & sure & np.isfinite(printed), ~inside & np.isfinite(bound))


def _unresolved(found: Difference) -> Difference:
    """The same, of which nothing is known."""
    return replace(found, estimate=found.estimate * np.nan, bound=np.full(len(found.bound), np.inf))
