"""Slopes of very many functions of one number at once, in arrays: the units of a layer, or a graph by its givens.

The differences are those of ``stencils``, the search for a step that of ``step_search``. ``careful`` measures the rounding error
and looks for the best step of each. ``quick`` has one step for all and sees the rounding error in the same seven values: the
bound of a stencil in as few operations as it takes, since they are most of what the check of a small network costs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import NamedTuple

import numpy as np

from .noise import NEAR, STENCIL, noise_of
from .operations import FLOATS, arrays
from .stencils import REACH, Difference
from .step_search import searched
from .verdicts import smoothed

__all__ = ["OFFSETS", "STEP", "UNIT", "UNKNOWN", "Slopes", "at_places", "careful", "measured", "put", "quick"]

UNIT = FLOATS.unit
STEP = 2.0**-17
OFFSETS = STEP * np.array((*REACH, *(-k for k in REACH), 0), float)  # x ± h, x ± 2h, x ± 4h, x
NEARBY = 2.0**-20 * NEAR  # where the rounding error is measured
FLAT = 2.0**-12  # the step of the second derivative
UNKNOWN = 1e100  # from half of it on a bound is none: infinite, but that 0 times it is 0
LEAST_JUMP = 1e-300  # a jump that cannot be seen is one all the same
ON = arrays()
_QUICK_NOISE = np.array([STENCIL * (3 / STEP), [0, 0, 0, 0, 0, 0, 6 * UNIT / STEP]])  # as it shows, and of the values themselves


class Slopes(NamedTuple):
    """Slopes with their bounds, all of one shape.

    kink: half of what a slope jumps by where it does, else 0 (None: no slope jumps); step: the h of each;
    curve: the size of the second derivative (None where it was not looked for).
    """

    value: np.ndarray
    bound: np.ndarray
    kink: np.ndarray | None = None
    step: np.ndarray | float = STEP
    curve: np.ndarray | None = None


def quick(values: np.ndarray, spans: np.ndarray) -> Slopes:
    """Slopes from the values at x + OFFSETS, shape (7, …), and the distances that the three pairs really have, shape (3, …).

    Good for a smooth function whose values are not much larger than what they change by; others look worse than they are.
    """
    d = (values[:3] - values[3:6]) / spans
    apart = np.abs(d[1:] - d[:2])
    apart[1] *= 0.25
    bound = np.maximum(apart[0], apart[1])
    noise = np.abs(np.dot(_QUICK_NOISE, values.reshape(7, -1)))
    bound += (noise[0] + noise[1]).reshape(bound.shape)
    return Slopes(d[0], bound)


def measured(values: np.ndarray, centre: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The rounding error of the values at x + NEARBY, shape (20, …), centre and x being of the shape (…).

    Values that are all the same hide it, where large numbers have cancelled; they may be off by what x is rounded to.
    """
    flat = np.ptp(values, axis=0) == 0
    noise = np.nan_to_num(noise_of(values), nan=np.inf)
    return noise + 4 * UNIT * np.where(flat, np.maximum(np.abs(x), 1.0), 0.0) + 4 * UNIT * np.abs(centre)


def careful(function: Callable[[np.ndarray], np.ndarray], x: np.ndarray) -> Slopes:
    """Slopes at x, of any shape, of a function of arrays, with the best step of each, and both sides where there is a kink.

    Where nothing can be resolved the bound is larger than any slope.
    """
    with np.errstate(all="ignore"):
        centre = function(x)
        noise = measured(function(x + np.multiply.outer(NEARBY, np.ones_like(x))), centre, x)

        def sample(moved: np.ndarray) -> tuple[np.ndarray, np.ndarray, None]:
            values = function(moved)
            return values, np.maximum(noise, 2 * UNIT * np.abs(values)), None

        found = smoothed(ON, searched(sample, x, ON, (centre, noise, None)))
        curve = np.abs(function(x + FLAT) - 2 * centre + function(x - FLAT)) / FLAT**2
    return with_half_jumps(found)._replace(curve=np.nan_to_num(curve, posinf=0.0))


def with_half_jumps(found: Difference) -> Slopes:
    """Differences with the middle of both sides, and half their jump, where there is a kink."""
    kinked = found.left == found.left
    kink = np.where(kinked, np.maximum(np.abs(found.right - found.left) / 2, LEAST_JUMP), 0.0)
    value = np.nan_to_num(np.where(kinked, (found.left + found.right) / 2, found.estimate))
    return Slopes(value, np.minimum(found.bound, UNKNOWN), kink if kinked.any() else None, found.h)


def at_places(found: Difference, places: np.ndarray) -> Difference:
    """The differences in some places."""
    return Difference(*(np.broadcast_to(getattr(found, part.name), found.bound.shape)[places] for part in fields(Difference)))


def put(found: Difference, places: np.ndarray, some: Difference) -> Difference:
    """The differences with others in some places."""
    parts = {part.name: np.array(np.broadcast_to(getattr(found, part.name), found.bound.shape)) for part in fields(Difference)}
    for name, part in parts.items():
        part[places] = getattr(some, name)
    return Difference(**parts)
