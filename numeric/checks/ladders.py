"""Ladders: central differences of many functions of one number at once, each with a bound of its error, in NumPy.

A sample takes rows of arguments, of shape (rows, …), and gives their values, each place of a row being a function of
its own; it may give beside them, where it knows, which of them lie beyond a kink. The bound is that of ``differences``:
what D(h) and the differences at wider steps disagree by, and the rounding error over h, which is measured in sixth
differences (Moré and Wild, see ``noise``).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .noise import PLACES

__all__ = ["OFFSETS", "STEP", "TINY", "UNIT", "Sample", "Slopes", "quick", "searched"]

Sample = Callable[[np.ndarray], np.ndarray | tuple[np.ndarray, np.ndarray]]
UNIT = 2.0**-53
TINY = 1e-300

STEP = 2.0**-17
_QUICK = (1, 2, 4, -1, -2, -4, 0)
OFFSETS = STEP * np.array(_QUICK, float)  # x ± h, x ± 2h, x ± 4h, x

LEVELS = 2.0 ** np.arange(-22, -5, 2)  # the steps among which the best is looked for
NEAR = 2.0**-20 * np.array(PLACES, float)  # where the rounding error is measured
_CENTRE = 2 * len(LEVELS)
_MOVES = np.concatenate([LEVELS, -LEVELS, [0.0], NEAR, -NEAR])
_SIDE, _FLAT = 4, 5  # the level of the one-sided slopes, and that of the second derivative


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


def _divided(places: tuple[int, ...]) -> np.ndarray:
    """The weights of the divided difference of highest order, scaled so that noise keeps its size."""
    weights = np.array([1 / math.prod(here - other for other in places if other != here) for here in places])
    return weights / np.linalg.norm(weights)


_QUICK_NOISE = np.array([_divided(_QUICK) * (3 / STEP), [0, 0, 0, 0, 0, 0, 6 * UNIT / STEP]])  # as measured, and of the values themselves
_WINDOWS = np.array([np.pad(_divided(PLACES[start : start + 7]), (start, len(PLACES) - 7 - start)) for start in range(len(PLACES) - 6)])


def quick(values: np.ndarray, spans: np.ndarray) -> Slopes:
    """Slopes from the values at x + OFFSETS, shape (7, …), and the distances that the three pairs really have, shape (3, …).

    Good for a smooth function whose values are not much larger than what they change by; others look worse than they are.
    """
    d = (values[:3] - values[3:6]) / spans
    apart = np.abs(d[1:] - d[:2])
    apart[1] *= 0.25
    noise = np.abs(np.dot(_QUICK_NOISE, values.reshape(7, -1)))
    bound = np.maximum(apart[0], apart[1])
    bound += (noise[0] + noise[1]).reshape(bound.shape)
    return Slopes(d[0], bound)


def searched(sample: Sample, x: np.ndarray, scale: float | np.ndarray = 1.0) -> Slopes:
    """Slopes at x with the best step of many, and both one-sided slopes where none is free of a kink.

    scale: powers of two, by which the steps are multiplied. Where nothing can be resolved the bound is infinite.
    """
    moved = x + np.multiply.outer(_MOVES, np.ones_like(x)) * scale
    with np.errstate(all="ignore"):
        values, beyond = found if isinstance(found := sample(moved), tuple) else (found, None)
        right, left, centre = values[: len(LEVELS)], values[len(LEVELS) : _CENTRE], values[_CENTRE]
        spans = moved[: len(LEVELS)] - moved[len(LEVELS) : _CENTRE]
        noise = _noise(values[_CENTRE + 1 :], centre, x)
        d, bends = (right - left) / spans, np.abs(right - 2 * centre + left) / (spans / 2)
        near, far = np.abs(d[1:-1] - d[:-2]), np.abs(d[2:] - d[1:-1])
        truncation = np.where(far >= 8 * near, np.maximum(near / 5, far / 80), np.maximum(near / 2, far / 8))
        bounds = truncation + 3 * noise / spans[:-2] + 2 * UNIT * np.abs(d[:-2])
        creased = (bends[:-2] > 32 * noise / spans[:-2]) & (bends[2:] < 4 * bends[:-2])
        bounds[creased | ~np.isfinite(bounds)] = np.inf
        if beyond is not None:
            either = beyond[: len(LEVELS)] | beyond[len(LEVELS) : _CENTRE]
            bounds[either[:-2] | either[1:-1] | either[2:]] = np.inf
        best = bounds.argmin(0)[None]
        bound, value = (np.take_along_axis(one, best, 0)[0] for one in (bounds, d))
        curve = bends[_FLAT] / (spans[_FLAT] / 2)
        step = np.take_along_axis(spans, best, 0)[0] / 2
        lost = ~np.isfinite(bound)
        kink = None
        if lost.any():
            value, bound, kink = _at_kinks(lost, (value, bound), (right, left, centre), spans / 2, noise)
    return Slopes(value, bound, kink, step, np.nan_to_num(curve))


def _noise(near: np.ndarray, centre: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The rounding error of the values: of both sides the noisier, unless it is so much noisier that a kink lies there.

    Values that are all the same hide it, where large numbers have cancelled; they may be off by what x is rounded to.
    """
    sides = [1.25 * np.mean(np.abs(np.tensordot(_WINDOWS, one, 1)), axis=0) for one in (near[: len(NEAR)], near[len(NEAR) :])]
    low, high = np.fmin(*sides), np.fmax(*sides)
    flat = np.ptp(near, axis=0) == 0
    return 6 * np.where(high < 100 * low, high, low) + 4 * UNIT * np.where(flat, np.maximum(np.abs(x), 1.0), 0.0) + 4 * UNIT * np.abs(centre)


def _at_kinks(
    lost: np.ndarray, smooth: tuple[np.ndarray, np.ndarray], values: tuple[np.ndarray, ...], steps: np.ndarray, noise: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Value, bound and half the jump, where ``lost`` from the one-sided slopes (16·f(h) − f(4h) − 15·f(0))/12h."""
    right, left, centre = values

    def one_sided(side: np.ndarray, level: int) -> np.ndarray:
        return (16 * side[level] - side[level + 1] - 15 * centre) / (12 * steps[level])

    (up, up_far), (down, down_far) = ((one_sided(side, _SIDE), one_sided(side, _SIDE + 1)) for side in (right, left))
    up, up_far, down, down_far = map(np.nan_to_num, (up, up_far, -down, -down_far))
    error = np.maximum(np.abs(up - up_far), np.abs(down - down_far)) + 4 * noise / steps[_SIDE]
    error[~np.isfinite(right[_SIDE] + left[_SIDE + 2] + error)] = np.inf
    value, bound = smooth
    half = np.maximum(np.abs(up - down) / 2, TINY)  # a jump that cannot be seen is one all the same
    return np.where(lost, (up + down) / 2, value), np.where(lost, error, bound), np.where(lost, half, 0.0)
