"""The rounding error of a function of which nothing is known but its values, and how exact a function is that jumps.

After Moré and Wild, "Estimating computational noise", SIAM J. Sci. Comput. 33 (2011), with points at irregular
distances: at equal ones the roundings of a line can all fall alike, and then leave no trace.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from .stencils import REACH

__all__ = ["NEAR", "STENCIL", "jump_near", "noise_in_stencil", "noise_near", "noise_of"]

PLACES = (7, 31, 97, 140, 229, 263, 331, 402, 447, 509)  # irregular, or at some step all roundings would fall alike
NEAR = np.array([*PLACES, *(-place for place in PLACES)], float)
ORDER = 6  # of the differences, in which a smooth function vanishes
CERTAIN = 6  # standard deviations
NEAREST = -250  # the same for 0, as a power of two
JUMP = 3.0  # times what a jump leaves in the sixth differences around it
KINKED = 100  # times the scatter on the calmer side: a kink lies on the other
ZOOMS = 28
STAYS = 8  # so many zooms leave little of a kink, a quarter of a cusp as sharp as |x|^0.25, and all of a jump


def _divided(places: tuple[float, ...]) -> np.ndarray:
    """The weights of the divided difference of highest order, scaled so that noise keeps its size."""
    weights = np.array([1 / math.prod(here - other for other in places if other != here) for here in places])
    return weights / np.linalg.norm(weights)


def _windows(places: tuple[float, ...]) -> np.ndarray:
    """The same of every seven neighbours, a row each."""
    count = len(places) - ORDER
    return np.array([np.pad(_divided(places[start : start + ORDER + 1]), (start, count - 1 - start)) for start in range(count)])


_WINDOWS = _windows(PLACES)
STENCIL = _divided((*REACH, *(-k for k in REACH), 0))
_GRID = _windows(tuple(range(33)))
_ZOOM = _windows(tuple(range(2 * ORDER + 1)))


def noise_in_stencil(values: np.ndarray) -> np.ndarray:
    """The size of one sample of the noise in the values at x + h, 2h, 4h, x − h, −2h, −4h and x, shape (7, …)."""
    return np.abs(np.dot(STENCIL, values.reshape(len(values), -1))).reshape(values.shape[1:])


def noise_of(near: np.ndarray) -> np.ndarray:
    """A bound of the noise in values at x + NEAR·step, shape (20, …): six standard deviations.

    Of both sides the noisier counts, unless it is so much noisier that a kink lies there; NaN where neither side has numbers.
    """
    apart = near - near[0]  # or the rounding of the sums below would be measured
    one, other = (np.sqrt(np.mean(np.tensordot(_WINDOWS, side, 1) ** 2, axis=0)) for side in (apart[: len(PLACES)], apart[len(PLACES) :]))
    low, high = np.fmin(one, other), np.fmax(one, other)
    return CERTAIN * np.where(high < KINKED * low, high, low)


def noise_near(values: Callable[[np.ndarray, np.ndarray], np.ndarray], x: np.ndarray, scale: np.ndarray, bits: int) -> np.ndarray:
    """The rounding error along each place of x, shape (n,): ``values(places, moved)`` has f with x[places] moved.

    The points lie as close together as they can without f being flat to the last place, so that f itself adds nothing; points
    three times as wide apart count as well. scale: a power of two of the size of x.
    """
    found, open_ = np.zeros(len(x)), np.arange(len(x))
    own = 2.0 ** np.where(x == 0, NEAREST, np.frexp(x)[1] - 1)  # what lies beside a small x may be as near as its own last digits
    for size, finest in ((own, bits - 6), *((scale, finest) for finest in range(bits - 6, 11, -5))):
        step = math.ldexp(1.0, -finest) * size[open_]
        near, wider = (values(open_, x[open_] + np.multiply.outer(factor * NEAR, step)) for factor in (1, 3))
        lively = np.fmax(_distinct(near[: len(PLACES)]), _distinct(near[len(PLACES) :])) > ORDER - 1
        noise = np.fmax(noise_of(near), noise_of(wider))
        found[open_[lively]] = np.nan_to_num(noise[lively])
        open_ = open_[~lively]
        if not len(open_):
            break
    return found


def _distinct(rows: np.ndarray) -> np.ndarray:
    """How many different numbers each column has; 0 where one is missing."""
    ordered = np.sort(rows, axis=0)
    return np.where(np.isnan(rows).any(0), 0, 1 + (ordered[1:] != ordered[:-1]).sum(0))


def jump_near(value: Callable[[np.ndarray], np.ndarray], x: float, scale: float) -> float:
    """By how much a function of one number jumps near x, within a quarter of its scale; 0 where no jump is seen.

    A solver that takes one step more, or an iteration that stops one round earlier, leaves such jumps: its values are exact to
    about that. Where the sixth differences of a grid are largest the grid is made finer; what a smooth function or a kink
    leaves in them shrinks, a jump stays.
    """
    grid = x + np.arange(-16, 17) * (scale / 64)
    values, windows, sizes = value(grid), _GRID, []
    for _ in range(ZOOMS):
        seen = np.abs(windows @ (values - values[0]))
        if not np.isfinite(seen).any():
            return 0.0
        start = int(np.nanargmax(seen))
        sizes.append(float(seen[start]))
        if len(sizes) > STAYS and sizes[-1] > sizes[-1 - STAYS] / 3:
            return JUMP * sizes[-1]
        grid, values, windows = grid[start : start + ORDER + 1], values[start : start + ORDER + 1], _ZOOM
        between = (grid[1:] + grid[:-1]) / 2
        if not (between > grid[:-1]).all():
            return 0.0
        finer, known = np.empty(2 * ORDER + 1), np.empty(2 * ORDER + 1)
        finer[::2], finer[1::2], known[::2], known[1::2] = grid, between, values, value(between)
        grid, values = finer, known
    return 0.0
