"""Before anything is called wrong: finer steps confirm the slope, and the function is more exact than what it is off by.

Where finer steps show another slope, f turns within the step, at a kink, a cusp or a jump beside x, or many times. Where f
jumps by a little near x, as a solver's result does, its values are exact to about that, and only steps beside which the jumps
are small can tell its slope.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from .array_slopes import at_places, put
from .noise import NEAR, jump_near, noise_of
from .stencils import Difference, Stencil, chosen
from .verdicts import CERTAIN, error_of, smoothed

if TYPE_CHECKING:
    from .sampled import Sampled

__all__ = ["as_exact", "confirmed"]

FINER = (2, 4, 8, 12)  # by so many powers of two smaller steps confirm a slope
SEARCHED = 16  # coordinates along which jumps are looked for; the others share what is found
STAIRS = 2.0**-17  # of the scale: how far apart the values are in which many small jumps show
ROUGH = 4  # times the rounding error: a jump larger than that is none of rounding


def confirmed(f: Sampled, every: Difference, places: np.ndarray, printed: np.ndarray, noise: np.ndarray) -> tuple[Difference, np.ndarray]:
    """What finer steps leave of slopes, in some places, that exclude what is printed, and which of them they confirm.

    One whose own bound includes it counts instead, where it agrees with the first. Where they disagree, the search starts
    again, so far below; and where that settles nothing, the bound reaches over all that was seen.
    """
    found, printed, noise = at_places(every, places), printed[places], noise[places]
    off, finest = np.abs(found.estimate - printed), np.array(found.h, float)
    steady, going = np.ones(len(places), bool), np.isfinite(found.bound) & ~_kinked(found)
    for shift in FINER:
        h = found.h * 2.0**-shift
        sharp = (shift == FINER[0]) | (1.5 * found.rounding * 2.0**shift < off / 2)
        some = np.flatnonzero(going & (f.x[places] + h != f.x[places]) & sharp)
        if not len(some):
            continue
        stencil, own = f.stencil(places[some], h[some], noise[some]), at_places(found, some)
        finer = stencil.central()
        same = stencil.smooth & (np.abs(finer.estimate - own.estimate) <= finer.bound + own.bound)
        # More noise may take a printed number in; a bound that is larger for another reason tells nothing.
        includes = (np.abs(finer.estimate - printed[some]) <= finer.bound) & (finer.bound <= 2.0 ** (shift + 1) * own.bound)
        found = put(found, some, chosen(f.on, same, chosen(f.on, includes, finer, own), _reaching(f, own, finer, stencil)))
        going[some] &= same & ~includes
        steady[some], finest[some] = same, finer.h
    lost = np.flatnonzero(~steady)
    if len(lost):
        again, steady[lost] = _searched_again(f, at_places(every, places[lost]), places[lost], printed[lost], finest[lost])
        found = put(found, lost, chosen(f.on, steady[lost], again, at_places(found, lost)))
    return put(every, places, found), steady


def _reaching(f: Sampled, own: Difference, finer: Difference, stencil: Stencil) -> Difference:
    """The slopes with bounds that reach to those of the finer chords on both sides."""
    chords = ((side[0][0] - f.here) / (sign * finer.h) for side, sign in ((stencil.right, 1), (stencil.left, -1)))
    reach = np.maximum(*(np.abs(chord - own.estimate) for chord in chords)) + finer.bound
    return replace(own, bound=np.maximum(own.bound, np.nan_to_num(reach, nan=np.inf)))


def _searched_again(f: Sampled, first: Difference, places: np.ndarray, printed: np.ndarray, finest: np.ndarray) -> tuple[Difference, np.ndarray]:
    """The slopes with the rounding error measured, from the finest step on, and where they settle something.

    They do where they include what is printed, or are those that were seen at first, blurred by more rounding than their own
    samples had shown.
    """
    noise = f.measured(places)
    again = smoothed(f.on, f.searched(places, noise, first=finest))
    same = np.abs(again.estimate - first.estimate) <= again.bound + first.bound + 1.5 * noise / first.h
    return again, (error_of(f.on, again, printed) <= again.bound) | (same & ~_kinked(again))


def as_exact(f: Sampled, found: Difference, wrong: np.ndarray, printed: np.ndarray, noise: np.ndarray) -> tuple[Difference, np.ndarray]:
    """The slopes where f is less exact than it looks, with larger steps, beside which its jumps are small; and how exact it is there, else 0."""
    accuracy, places = np.zeros(len(f.x)), np.flatnonzero(wrong)
    if f.noise is not None or not len(places):
        return found, accuracy
    jumps, all_around = _jumps(f, places, found.h[places])
    rough = jumps > ROUGH * np.maximum(noise[places], f.least)
    places, jumps, all_around = places[rough], jumps[rough], all_around[rough]
    if not len(places):
        return found, accuracy
    own, wider = at_places(found, places), f.searched(places, jumps, first=found.h[places] * 2.0**4)
    # Where they are not all around, and not small either, the jumps are no inaccuracy, but what f is.
    size = np.maximum(np.abs(wider.estimate), np.abs(printed[places]))
    told = all_around | (wider.bound <= np.maximum(size / 2, CERTAIN * f.usual[places]))
    takes = told & (error_of(f.on, wider, printed[places]) <= wider.bound)
    accuracy[places] = np.where(takes | _kinked(own), jumps, 0.0)
    return put(found, places, chosen(f.on, takes, wider, own)), accuracy


def _jumps(f: Sampled, places: np.ndarray, h: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """By how much f jumps near x along these coordinates, and where it does so all around."""
    scale = np.minimum(f.scale[places], np.nan_to_num(h, nan=1.0) * 2.0 ** (f.on.bits // 3))  # on which f goes its way, as the best step suggests
    jumps = np.zeros(len(places))
    for row, place in enumerate(places[:SEARCHED]):
        jumps[row] = jump_near(lambda moved, place=place: f.values(np.array([place]), moved[:, None])[0][:, 0], float(f.x[place]), float(scale[row]))
    jumps[SEARCHED:] = jumps[:SEARCHED].max()
    stairs = np.nan_to_num(noise_of(f.values(places, f.x[places] + np.multiply.outer(NEAR * STAIRS, scale))[0]))
    return np.maximum(jumps, stairs), stairs > ROUGH * f.least


def _kinked(found: Difference) -> np.ndarray:
    """Where there is a kink."""
    return np.zeros(len(found.bound), bool) if found.left is None else found.left == found.left
