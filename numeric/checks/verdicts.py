"""Verdicts: what a printed slope is, beside its central difference. One table, for a single fact and for arrays of them.

agrees: within the bound, of which the slope has at least three digits; within the function's accuracy: the same of a function
that is less exact than its numbers look; at a kink: between the one-sided slopes; wrong: outside the bound, or no finite number
though the function has one; no derivative: differences grow without bound as the step shrinks; not resolvable: the bound is too
large to say anything; undefined: the fact has no number; not deterministic: the function gives other values when it is called again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from .operations import SPECK, Arithmetic, Pair
from .stencils import Difference

__all__ = [
    "AGREES",
    "AT_A_KINK",
    "CERTAIN",
    "LOOSE",
    "NOT_DETERMINISTIC",
    "NOT_RESOLVABLE",
    "NO_DERIVATIVE",
    "RESOLVED",
    "UNDEFINED",
    "VERDICTS",
    "WITHIN_ACCURACY",
    "WRONG",
    "error_of",
    "resolved",
    "smoothed",
    "verdict_of",
]

VERDICTS = AGREES, WRONG, AT_A_KINK, NOT_RESOLVABLE, UNDEFINED, NO_DERIVATIVE, WITHIN_ACCURACY, NOT_DETERMINISTIC = (
    "agrees",
    "wrong",
    "at a kink",
    "not resolvable",
    "undefined",
    "no derivative here",
    "agrees within the function's own accuracy",
    "not deterministic",
)
RESOLVED = AGREES, AT_A_KINK, WITHIN_ACCURACY
CERTAIN = 5e-4  # the bound, relative to the slope, above which agreement would say nothing
FAINT = 2.0**-26  # the same for a slope of 0, relative to a usual slope
LOOSE = 1e-6  # the bound, relative to the slope, above which the summary says that fewer than six digits are certain
_CODES = {verdict: code for code, verdict in enumerate(VERDICTS)}


def smoothed(on: Arithmetic, slope: Difference) -> Difference:
    """One slope on both sides is no kink, whatever the cases say: their mean is the difference."""
    if slope.left is None:
        return slope
    apart = abs(slope.right - slope.left) > slope.bound
    one = (slope.left == slope.left) & (apart ^ True)
    estimate = on.choose(one, (slope.left + slope.right) / 2, slope.estimate)
    return replace(slope, estimate=estimate, left=on.choose(one, math.nan, slope.left), right=on.choose(one, math.nan, slope.right))


def error_of(on: Arithmetic, slope: Difference, printed: Any) -> Any:
    """How far a number is from the slope; at a kink, from the interval between the one-sided slopes."""
    if slope.left is None:
        return abs(printed - slope.estimate)
    high, low = on.larger(slope.left, slope.right), -on.larger(-slope.left, -slope.right)
    slack = (high - low) * CERTAIN  # the kink may lie a little beside x, which bends the one-sided slopes
    beside = on.larger(on.larger(low - slack - printed, printed - high - slack), 0 * printed)
    return on.choose(slope.left == slope.left, beside, abs(printed - slope.estimate))


def resolved(on: Arithmetic, slope: Difference, printed: Sequence[Pair], bound: Any, natural: Any) -> Any:
    """Is the bound small beside the slope, or, where the printed numbers are nothing at all, beside a usual slope?"""
    faint = FAINT * natural
    size = reduce(on.larger, (abs(number) for number, _ in printed), abs(slope.estimate))
    doubt = 0 if on.bits == 53 else on.unit**0.5 * natural
    nothing = [(abs(number) + rounding <= SPECK) | ((abs(number) <= rounding) & (rounding <= doubt)) for number, rounding in printed]
    smooth = (bound <= CERTAIN * size) | (reduce(lambda one, other: one & other, nothing) & (bound <= faint))
    if slope.left is None:
        return smooth
    return on.choose(slope.left == slope.left, bound <= CERTAIN * on.larger(abs(slope.left), abs(slope.right)) + faint, smooth)


def verdict_of(on: Arithmetic, slope: Difference, printed: Pair, error: Any, bound: Any, sure: Any) -> Any:
    """The place of the verdict in ``VERDICTS``, of a printed number with its error and what that may be; sure: is the slope resolved?

    The rounding of the number is infinite where it is only this arithmetic that has none.
    """
    agrees, wrong, kink, open_, none = (_CODES[verdict] for verdict in (AGREES, WRONG, AT_A_KINK, NOT_RESOLVABLE, NO_DERIVATIVE))
    size, inside = abs(printed[0]), error <= bound
    code = on.choose(inside, on.choose(sure, agrees, open_), wrong)
    if slope.left is not None:
        code = on.choose(slope.left == slope.left, on.choose(sure, on.choose(inside, kink, wrong), open_), code)
    code = on.choose(bound < math.inf, code, open_)
    met = inside & (bound <= abs(slope.estimate) / 2)  # at the end of the climb, as far as the steps go
    code = on.choose((slope.steep > 0) & (size < slope.steep) & (met ^ True), none, code)
    return on.choose((size < math.inf) | ((printed[1] < math.inf) ^ True), code, wrong)
