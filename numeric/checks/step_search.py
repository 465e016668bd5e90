"""The search for the step of a central difference that makes its bound least: for one function, or for many at once.

Steps are powers of two, so that x ± h are numbers; where one is rounded all the same (x + h beyond the next power of two),
the distance that was really taken counts. Smaller steps are tried where a kink, a cusp or the edge of a domain lies within
one, and where the differences grow all the way down, there is no derivative.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, NamedTuple

from derive.errors import DeriveError

from .operations import FLOATS, Arithmetic
from .stencils import ASIDE, UNRESOLVED, Difference, Sample, Stencil, chosen

__all__ = ["difference", "searched", "shift_of", "steps"]

ROUNDS = 32
GROWN = 3  # of so many steps in a row, each a sixteenth of the one before, the difference grows: it grows without bound
GROWTH = 1.4  # by so much at least: |x|^0.88 at 0 does
DEEPEST = -300  # the power of two of the smallest step at 0, where all steps are exact


def difference(sample: Sample, x: Any, on: Arithmetic = FLOATS, h: float | None = None, extrapolated: bool = False) -> Difference:
    """The central difference of a sampled function at x with the step that makes its bound least.

    A given h is used as it is. extrapolated: by Richardson, from D(h) and D(2h). Where a kink lies within reach of every
    useful step, the one-sided slopes are given. Raises DeriveError for a step that is nothing beside x.
    """
    centre = sample(x)
    if centre[0] != centre[0]:
        return UNRESOLVED
    if h is None:
        found = searched(sample, x, on, centre, extrapolated)
    elif x + h == x:
        raise DeriveError(f"h={h!r} is nothing beside x={x!r}: x + h is x; use a larger step")
    else:
        stencil = Stencil.at(sample, on, x, h, centre)
        found = stencil.central(extrapolated) if stencil.smooth else stencil.one_sided() if stencil.split else UNRESOLVED
    return found if found.left is None or found.left == found.left else replace(found, left=None, right=None)


def searched(sample: Sample, x: Any, on: Arithmetic, centre: tuple[Any, Any, Any], extrapolated: bool = False, first: Any = None) -> Difference:
    """The same for a number or an array x whose samples are known there; left and right are NaN where there is no kink. first: the first step."""
    h, least, most = steps(x, on)
    h = h if first is None else -on.larger(-on.larger(first, least), -most)
    deepest = on.choose(x == 0, -on.larger(-least, -(2.0**DEEPEST)), least * 2.0 ** on.choose((abs(x) < 1) & (x != 0), on.exponent(abs(x)), 0))
    nothing, never = 0.0 * h, h != h
    unknown = nothing + math.nan
    best = Difference(unknown, unknown, nothing + math.inf, nothing, nothing, unknown, unknown, nothing, never)
    kink, growth = _Kink(best, nothing, never), _Growth(nothing, nothing, nothing + math.inf, never)
    done = known = never
    for _ in range(ROUNDS):
        stencil = Stencil.at(sample, on, x, h, centre)
        smooth, attempt, going = stencil.smooth, stencil.central(extrapolated), done ^ True
        better = smooth & ((known ^ True) | (attempt.bound < best.bound))
        best = chosen(on, going & better, attempt, best)
        kink = kink.after(on, stencil, going & (smooth ^ True))
        growth, climbs, lost = growth.after(on, stencil, attempt, smooth, going)

        endless = growth.times >= GROWN
        balanced, floor = shift_of(attempt, on, 4 if extrapolated else 2), on.choose(smooth | endless, deepest, least)
        enough = abs(balanced) <= 1 if extrapolated else (abs(balanced) <= 1) | _good(attempt, on)
        shift = on.choose(smooth & (climbs ^ True), balanced, on.choose(endless, -16, -4))
        moved = -on.larger(-on.larger(h * 2.0**shift, floor), -most)
        settled = on.choose(smooth, (better ^ True) | enough, known | (h <= floor)) | (lost & endless)
        done = done | (settled & (climbs ^ True)) | (moved == h)
        known = known | (going & smooth)
        if on.every(done):
            break
        h = on.choose(done, h, moved)
    kinked = kink.stands(stencil.kinks_unknown, best, known)
    endless = (kinked ^ True) & (growth.times >= GROWN) & growth.unclear
    jumps = never if stencil.kinks_unknown else endless & stencil.crosses
    return replace(chosen(on, kinked, kink.sides, best), steep=on.choose(endless, growth.steep, nothing), jumps=jumps)


class _Kink(NamedTuple):
    """The slopes on both sides of a kink as they were first seen, how often, and whether another step has shown others."""

    sides: Difference
    sights: Any
    denied: Any

    def after(self, on: Arithmetic, stencil: Stencil, where: Any) -> _Kink:
        """The same after one more stencil, where f is not smooth."""
        split, now, before = where & stencil.split, stencil.one_sided(), self.sides
        first = split & (before.left != before.left)
        wide = now.bound + before.bound + 4 * ASIDE * abs(before.right - before.left)
        same = first | (split & (abs(now.left - before.left) <= wide) & (abs(now.right - before.right) <= wide))
        return _Kink(chosen(on, first, now, before), on.choose(same, self.sights + 1, self.sights), self.denied | (split & (same ^ True)))

    def stands(self, black_box: bool, best: Difference, known: Any) -> Any:
        """Is there a kink?

        Of a black box, noise looks like one, but not twice; and it may hide one that larger steps have seen, whose picture
        is then the better one.
        """
        seen, jump = self.sides.left == self.sides.left, abs(self.sides.right - self.sides.left)
        if not black_box:
            return seen & (known ^ True)
        hidden = (known ^ True) | (best.bound > ASIDE / 2 * jump)
        return seen & hidden & (jump > 4 * self.sides.bound) & (self.sights > 1) & (self.denied ^ True)


class _Growth(NamedTuple):
    """For how many steps in a row the slope has grown, to what, by how much f changes there, and whether the last step showed no slope."""

    times: Any
    steep: Any
    rise: Any
    unclear: Any

    def after(self, on: Arithmetic, stencil: Stencil, attempt: Difference, smooth: Any, going: Any) -> tuple[_Growth, Any, Any]:
        """The same after one more stencil, where it goes on growing, and where f is lost in its rounding."""
        rise = stencil.rise
        steep, lost = rise / stencil.h, rise <= 16 * stencil.noise
        vague = (smooth ^ True) | (attempt.truncation > abs(attempt.estimate) / 8) | lost  # a jump may look smooth, its slope endless
        grows = vague & (steep > GROWTH * self.steep) & (rise <= self.rise)
        times = on.choose(grows, on.choose(lost, self.times, self.times + 1), 0.0 * stencil.h)
        now = (on.choose(going, new, old) for new, old in zip((times, steep, rise, vague), self, strict=True))
        found = _Growth(*now)
        return found, grows & (lost ^ True) & (found.times > 1), lost


def steps(x: Any, on: Arithmetic) -> tuple[Any, Any, Any]:
    """The first, the least and the largest step for x: powers of two, on the scale of x, at least that of 1."""
    scale = on.choose(abs(x) > 1, on.exponent(abs(x)) - 1, 0)
    return 2.0 ** (scale - on.bits // 3), 2.0 ** (scale - on.bits + 8), 2.0 ** (scale - 5)


def shift_of(attempt: Difference, on: Arithmetic, order: int = 2) -> Any:
    """By how many powers of two the step should move to balance both errors: t·s² + r/s is least at s³ = r/2t, t·s⁴ + r/s at s⁵ = r/4t."""
    known, exact = (attempt.rounding > 0) & (attempt.bound < math.inf), attempt.truncation == 0
    ratio = on.exponent(attempt.rounding / (order * on.choose(exact, 1.0, attempt.truncation)))
    nearest = (2 * ratio + order + 1) // (2 * order + 2)
    least = on.choose(attempt.truncation <= attempt.rounding, 3, -12)  # lost in noise, a smaller step is no help
    return on.choose(known, on.choose(exact, 6, on.larger(least, -on.larger(-nearest, -6))), 0)


def _good(attempt: Difference, on: Arithmetic) -> Any:
    """Is a smaller bound not worth another six samples? Nine digits of floats are enough, as small a bound of a slope of nothing at all."""
    digits = math.ldexp(1.0, -(4 * on.bits // 7))
    return (attempt.bound <= digits * abs(attempt.estimate)) | ((attempt.estimate == 0) & (attempt.truncation == 0) & (attempt.bound <= digits))
