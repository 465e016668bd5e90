"""Black boxes: a function of anybody at a point of any form, called at one point after the other."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from derive.errors import DeriveError

from .coordinates import Coordinates
from .operations import arrays
from .readings import number_of, value_at
from .sampled import Sampled
from .stencils import Difference, chosen

__all__ = ["BlackBox"]

STEADY = 2.0**-40  # of its size, by which two values of a function at one point may differ, as sums in another order do


class BlackBox(Sampled):
    """A function of anybody at a point. Raises DeriveError where it has no finite number there.

    noise: a bound of the rounding error of its values, measured where it is not given; accuracy: how exact its values are,
    beside their size or 1, whichever is larger.
    """

    def __init__(self, fun: Callable[[Any], Any], at: Coordinates, noise: float | None = None, accuracy: float | None = None) -> None:
        self.fun, self.at = number_of(fun), at
        here = self._here()
        if not math.isfinite(here):
            raise DeriveError(f"the function gives {here!r} at x={str(self._point())[:60]}; a difference needs a finite number there")
        given = noise if accuracy is None else accuracy * max(1.0, abs(here))
        super().__init__(arrays(at.bits), at.flat, here, noise=given)
        self._known: dict[tuple[int, float], float] = {}

    def values(self, places: np.ndarray, moved: np.ndarray) -> tuple[np.ndarray, None]:
        """f with one coordinate moved, for each number of an array whose last axis goes with the places."""
        columns, known = np.broadcast_to(places, moved.shape).ravel().tolist(), self._known
        found = np.empty(moved.size)
        with np.errstate(all="ignore"):  # nobody asked for a value beside x
            for row, key in enumerate(zip(columns, moved.ravel().tolist(), strict=True)):
                value = known.get(key)
                if value is None:
                    value = known[key] = self._value(*key)
                found[row] = value
        return found.reshape(moved.shape), None

    def again(self) -> tuple[float, float] | None:
        """What the function gives at the point when it is called again, beside what it gave first; None where that is the same."""
        value = self._here()
        same = value == self.here or abs(value - self.here) <= STEADY * 2.0 ** (53 - self.at.bits) * abs(self.here)
        return None if same else (self.here, value)

    def at_step(self, h: float, extrapolated: bool = False) -> Difference:
        """The slopes with this step; both sides at a kink. Raises DeriveError where it is nothing beside x."""
        lost = np.flatnonzero(self.x + h == self.x)
        if len(lost):
            raise DeriveError(f"h={h!r} is nothing beside x={float(self.x[lost[0]])!r}: x + h is x; use a larger step")
        places = np.arange(len(self.x))
        with np.errstate(all="ignore"):
            stencil = self.stencil(places, np.full(len(self.x), h), self.measured(places))
            central = stencil.central(extrapolated)
            unresolved = replace(central, estimate=central.estimate * math.nan, bound=central.bound + math.inf)
            return chosen(self.on, stencil.smooth, central, chosen(self.on, stencil.split, stencil.one_sided(), unresolved))

    def _point(self) -> Any:
        return self.at.point(self.at.flat.copy())

    def _here(self) -> float:
        return value_at(self.fun, self._point())

    def _value(self, place: int, moved: float) -> float:
        try:
            found = self.fun(self.at.moved(place, moved))
        except (ArithmeticError, ValueError, RuntimeWarning):
            return math.nan
        return found if math.isfinite(found) else math.nan
