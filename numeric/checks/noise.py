"""The rounding error of a function of which nothing is known but its values.

After Moré and Wild, "Estimating computational noise", SIAM J. Sci. Comput. 33 (2011), with points at irregular
distances: at equal ones the roundings of a line can all fall alike, and then leave no trace.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

__all__ = ["noise_near"]

PLACES = (0, 31, 97, 140, 229, 263, 331, 402, 447, 509)  # irregular, or at some step all roundings would fall alike


def noise_near(value: Callable[[float], float], x: float, widest: float, bits: int = 53) -> float:
    """The rounding error of f near x: six standard deviations of the noise in its sixth differences.

    The points lie as close together as they can without f being flat to the last place, so that f itself adds nothing; points
    three times as wide apart count as well. widest: a thirty-second of the size of x; value gives NaN where f has no number;
    bits: of the numbers that f takes.
    """
    for finest in range(bits - 6, 11, -5):
        step = math.ldexp(widest, 5 - finest)
        scatters = [_lively_scatter(value, x, factor * step) for factor in (1, 3)]
        if scatters[0] is not None:
            return max(6 * one for one in scatters if one is not None)
    return 0.0


def _lively_scatter(value: Callable[[float], float], x: float, step: float) -> float | None:
    """The scatter of f on both sides of x, on the calmer one where they differ much (x is a kink); None where f is flat."""
    rows = [[value(x + sign * place * step) for place in PLACES] for sign in (1, -1)]
    known = [row for row in rows if all(one == one for one in row)]
    scatters = sorted(_scatter(row) for row in known if len(set(row)) > 5)
    if not scatters:
        return None
    return scatters[-1] if scatters[-1] < 100 * scatters[0] else scatters[0]


def _scatter(row: list[float]) -> float:
    """The standard deviation of the noise in values at PLACES: in sixth divided differences a smooth f vanishes."""
    windows = range(len(row) - 6)
    return math.hypot(*(_divided(row[start : start + 7], PLACES[start : start + 7]) for start in windows)) / math.sqrt(len(windows))


def _divided(values: Sequence[float], places: Sequence[int]) -> float:
    """The divided difference of highest order, scaled so that noise keeps its size."""
    weights = [1 / math.prod((here - other) for other in places if other != here) for here in places]
    return math.fsum(weight * value for weight, value in zip(weights, values, strict=True)) / math.hypot(*weights)
