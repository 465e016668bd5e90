"""Central differences with a bound: D(h) = (f(x + h) − f(x − h)) / 2h, its step chosen from its own error.

The error of D(h) is at most h²/6·|f‴| + ε/h, with ε the rounding error of f, which is measured. The first part is seen
in D(2h) − D(h) = h²/2·f‴ + …, three times what it estimates, and again in D(4h) − D(2h), so that a third
derivative that happens to vanish does not hide it. Steps are powers of two, so that x ± h are numbers; where
one is rounded all the same (x + h beyond the next power of two), the distance that was really taken counts.
Source: Gill, Murray, Wright, Practical Optimization (1981), 8.6.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any

from derive.errors import DeriveError

from .checks.noise import noise_near
from .checks.operations import FLOATS, SINGLE, Arithmetic
from .checks.readings import in_floats, like_sequence, number_of, value_at
from .checks.rungs import UNRESOLVED, Difference, Rungs, Sample
from .points import number

__all__ = ["Difference", "Sample", "Swept", "arithmetic_of", "central_difference", "difference", "steady", "sweep"]

ROUNDS = 32
CLOSER = (4, 8, 12)  # by so many powers of two smaller steps confirm a slope
SCATTER = 2.0**-18  # of its size: more than the rounding of a function
CREASES = 3  # how many ever smaller steps must see the same crease before a black box counts as kinked


def difference(sample: Sample, x: Any, on: Arithmetic = FLOATS, h: float | None = None, extrapolated: bool = False) -> Difference:
    """The central difference of a sampled function at x with the step that makes its bound least.

    A given h is used as it is. extrapolated: by Richardson, from D(h) and D(2h). Where a kink lies within reach of every
    useful step, the one-sided slopes are given.
    """
    centre = sample(x)
    if centre[0] != centre[0]:
        return UNRESOLVED
    if h is not None:
        if x + h == x:
            raise DeriveError(f"h={h!r} is nothing beside x={x!r}: x + h is x; use a larger step")
        ladder = Rungs.at(sample, on, x, h, centre)
        return ladder.central(extrapolated) if ladder.smooth else ladder.one_sided() if ladder.split else UNRESOLVED
    return _searched(sample, x, on, centre, extrapolated)


def _searched(sample: Sample, x: Any, on: Arithmetic, centre: tuple[Any, Any, Any], extrapolated: bool) -> Difference:
    h, least, most = steps(x, on)
    best: Difference | None = None
    split: Rungs | None = None
    creases = 0
    for _ in range(ROUNDS):
        ladder = Rungs.at(sample, on, x, h, centre)
        if ladder.smooth:
            attempt = ladder.central(extrapolated)
            if best is not None and not attempt.bound < best.bound:
                break
            best, shift = attempt, _shift(attempt, 4 if extrapolated else 2)
            if abs(shift) <= 1 or (_good(attempt, on) and not extrapolated):
                break
        else:
            creases += ladder.kinks_unknown and ladder.creased
            split = split or (ladder if ladder.split else None)
            if best is not None or creases >= CREASES or h <= least:
                break
            shift = -4
        moved = min(max(math.ldexp(h, shift), least), most)
        if moved == h:
            break
        h = moved
    return best or (split.one_sided() if split else UNRESOLVED)


def steps(x: Any, on: Arithmetic) -> tuple[float, float, float]:
    """The first, the least and the largest step for x: powers of two, on the scale of x, at least that of 1."""
    scale = math.frexp(float(abs(x)))[1] - 1 if abs(x) > 1 else 0
    return tuple(math.ldexp(1.0, scale - places) for places in (on.bits // 3, on.bits - 8, 5))  # type: ignore[return-value]


def _good(attempt: Difference, on: Arithmetic) -> bool:
    """Is a smaller bound not worth another six samples? Nine digits of floats are enough, or a slope of nothing at all."""
    return attempt.bound <= math.ldexp(1.0, -(4 * on.bits // 7)) * abs(attempt.estimate) or not (attempt.estimate or attempt.truncation)


def _shift(attempt: Difference, order: int) -> int:
    """By how many powers of two the step should move to balance both errors: t·s² + r/s is least at s³ = r/2t, t·s⁴ + r/s at s⁵ = r/4t."""
    if not attempt.rounding or not attempt.bound < math.inf:
        return 0
    if not attempt.truncation:
        return 6
    ratio = math.frexp(float(attempt.rounding / (order * attempt.truncation)))[1]
    lost_in_noise = attempt.truncation <= attempt.rounding
    return max(3 if lost_in_noise else -12, min(6, round(ratio / (order + 1))))


# ---- any Python function


def central_difference(
    fun: Callable[[Any], Any], x: Any, h: float | None = None, noise: float | None = None, bits: int = 53, extrapolated: bool = False
) -> Any:
    """The slope of any Python function at x, as a Difference: estimate, step h, bound of its error.

    x is one number, a flat sequence (list, tuple or array: a tuple of Differences comes back, one a coordinate), or a
    mapping (a dict of Differences). fun takes what x is, and gives one number. h: a step to use instead of the best one;
    noise: a bound of the rounding error of fun, measured where it is not given; bits: of the numbers that fun computes with,
    53 for float64 or 24 for float32; extrapolated: by Richardson, which takes two more digits where fun is smooth. Raises
    DeriveError where x or a result of fun is no finite number.
    """
    if h is not None and not (number("h", h) > 0):
        raise DeriveError(f"h={h!r}; a step is a positive number, such as 1e-5")
    if noise is not None and number("noise", noise) < 0:
        raise DeriveError(f"noise={noise!r}; the rounding error of a function is 0 or more, such as 1e-15")
    on = arithmetic_of(bits)
    step = None if h is None else float(number("h", h))
    return over_coordinates(lambda along, value: difference(_sampled(along, value, noise, on), value, on, step, extrapolated), fun, x)


def steady(fun: Callable[[Any], Any], x: Any, key: Any, found: Difference, bits: int = 53) -> bool:
    """Do much smaller steps show the same slope by that coordinate, as far as their rounding lets them?

    They do not where f turns within the step: at a kink, a cusp or a jump beside x, or many times.
    """
    plain = in_floats(x)
    single = isinstance(plain, float)
    along, place = (number_of(fun), plain) if single else (_along(fun, plain, key), float(plain[key]))
    sample = _sampled(along, place, None, arithmetic_of(bits))
    size = max(abs(sample(place + side * found.h)[0]) for side in (-1, 0, 1))
    if found.bound > abs(found.estimate) / 16 and sample(place)[1] > SCATTER * size:
        return False  # what was taken for noise may be a jump
    for shift in CLOSER:
        h = math.ldexp(found.h, -shift)
        if place + h != place:
            finer = difference(sample, place, arithmetic_of(bits), h)
            if finer.at_kink or not abs(finer.estimate - found.estimate) <= finer.bound + found.bound:
                return False
    return True


def arithmetic_of(bits: int) -> Arithmetic:
    """The arithmetic of floats with that many bits, 53 or 24. Raises DeriveError for others."""
    found = {one.bits: one for one in (FLOATS, SINGLE)}.get(bits)
    if found is None:
        raise DeriveError(f"bits={bits!r}; floats have 53 (float64) or 24 (float32)")
    return found


def over_coordinates(work: Callable[[Callable[[float], float], float], Any], fun: Callable[[Any], Any], x: Any) -> Any:
    """What ``work(function of one float, its place)`` gives for each coordinate of x, in the shape of x."""
    plain = in_floats(x)
    if isinstance(plain, Mapping):
        return {key: work(_along(fun, plain, key), value) for key, value in plain.items()}
    if isinstance(plain, float):
        return work(number_of(fun), plain)
    return tuple(work(_along(fun, plain, place), float(value)) for place, value in enumerate(plain))


def _along(fun: Callable[[Any], Any], x: Any, key: Any) -> Callable[[float], float]:
    """The function of one coordinate, the others held at x."""
    single = number_of(fun)

    def along(value: float) -> float:
        if isinstance(x, Mapping):
            return single({**x, key: value})
        if isinstance(x, Sequence):
            return single(like_sequence(x, [*x[:key], value, *x[key + 1 :]]))
        moved = x.copy()
        moved[key] = value
        return single(moved)

    return along


def _sampled(fun: Callable[[float], float], x: float, noise: float | None, on: Arithmetic) -> Sample:
    """The function with its rounding error, measured at x; NaN where it has no number, of which NumPy need not warn."""
    here = value_at(fun, x)
    if not math.isfinite(here):
        raise DeriveError(f"the function gives {here!r} at x={x!r}; a difference needs a finite number there")
    quiet = _quiet()

    def value(z: float) -> float:
        try:
            with quiet():
                result = fun(z)
        except (ArithmeticError, ValueError, RuntimeWarning):
            return math.nan
        return result if math.isfinite(result) else math.nan

    if noise is not None:
        return lambda z: (value(z), float(noise), None)
    measured, place = noise_near(value, x, steps(x, on)[2], on.bits), 2 * on.unit
    return lambda z: (found := value(z), max(measured, place * abs(found)) + 2 * on.tiny, None)


def _quiet() -> Callable[[], AbstractContextManager[Any]]:
    """What keeps NumPy from warning beside x, where nobody asked for a value; nothing where it is not loaded."""
    return partial(sys.modules["numpy"].errstate, all="ignore") if "numpy" in sys.modules else nullcontext


@dataclass(frozen=True, slots=True)
class Swept:
    """One step of a sweep: the estimate D(h) and its distance from the slope."""

    h: float
    estimate: float
    error: float


def sweep(fun: Callable[[float], Any], x: Any, hs: Iterable[float] | None = None, slope: float | None = None) -> tuple[Swept, ...]:
    """D(h) and its error for every step of ``hs``: falling with h² at first, rising with 1/h where rounding takes over.

    hs: by default 10⁻¹ … 10⁻¹⁵. slope: the true derivative; without it the best central difference stands in.
    """
    single, place = number_of(fun), float(number("x", x))
    true = float(central_difference(single, place).estimate if slope is None else slope)
    rows = []
    for h in hs if hs is not None else [10.0**-k for k in range(1, 16)]:
        if not number("h", h) > 0:
            raise DeriveError(f"h={h!r}; a step is a positive number, such as 1e-5")
        estimate = (single(place + h) - single(place - h)) / (2 * h)
        rows.append(Swept(h, estimate, abs(estimate - true)))
    return tuple(rows)
