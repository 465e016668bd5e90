"""Causes of a gradient that is wrong as a whole: one slip that explains all of its entries, and nothing where none does.

To add one: a function in ``_SLIPS`` that takes the gradient, its differences and what is known of the point, and gives a
``Cause``, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from .causes import NONE, Cause, any_factor, factor_cause
from .stencils import Difference

__all__ = ["Whole", "common_cause"]

NEAR = 1e-8  # relatively: what a repaired gradient may be off by, beside the bounds
SHARP = 1e-4  # the bound, relative to the slope, above which a slope tells nothing of a factor
MOST_ROLLED = 4096  # entries, of which every shift is tried


@dataclass(frozen=True)
class Whole:
    """What is known of a gradient as a whole.

    point: the flat values of what it is by, shape (n,); matrices: the first place and the shape of each matrix in it;
    vectors: the first place and the length of each part with one axis; samples: how many a mean goes over.
    """

    point: np.ndarray | None = None
    matrices: Mapping[str, tuple[int, tuple[int, ...]]] = field(default_factory=dict)
    vectors: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    samples: int = 1


@dataclass(frozen=True)
class _Wrong:
    """A gradient, its slopes with what a repaired entry may be off by, which entries are known and which of them wrong."""

    gradient: np.ndarray
    slopes: np.ndarray
    bound: np.ndarray
    known: np.ndarray
    wrong: np.ndarray

    def explained(self, slopes: np.ndarray, some: np.ndarray | slice = slice(None), scale: float = 1.0) -> bool:
        """Is the gradient this, as far as it is known, in some places?"""
        off = np.abs(self.gradient[some] - slopes) <= 2 * scale * self.bound[some] + NEAR * np.abs(slopes)
        return bool((off | ~self.known[some]).all())


def common_cause(whole: Whole, gradient: np.ndarray, found: Difference, wrong: np.ndarray) -> Cause:
    """The slip that explains every entry of a gradient; empty where none does."""
    slopes, bound = (np.broadcast_to(part, gradient.shape) for part in (found.estimate, found.bound))
    kinked = False if found.left is None else found.left == found.left
    known = np.isfinite(slopes) & np.isfinite(bound) & ~np.asarray(kinked)
    if not (known & wrong).any() or not np.isfinite(gradient[wrong]).all():
        return NONE
    with np.errstate(all="ignore"):
        case = _Wrong(gradient, np.where(known, slopes, 0.0), np.where(known, bound, np.inf), known, wrong)
        return next((cause for slip in _SLIPS if (cause := slip(whole, case))), NONE)


def _factor(whole: Whole, case: _Wrong) -> Cause:
    """One factor for all entries: the sign, a number of samples, or any other."""
    sharp = case.known & (case.bound <= SHARP * np.abs(case.slopes))
    if not sharp.any():
        return NONE
    best = int(np.where(sharp, case.bound / np.abs(case.slopes), np.inf).argmin())
    ratio = float(case.gradient[best] / case.slopes[best])
    off = float(2 * case.bound[best] / abs(case.slopes[best])) + NEAR
    cause, near = factor_cause(ratio, off * max(1.0, abs(ratio)), whole.samples)
    if not case.explained(near * case.slopes, scale=max(1.0, abs(near))):
        return NONE
    return cause or (any_factor(ratio) if case.wrong.sum() > 2 else NONE)


def _transposed(whole: Whole, case: _Wrong) -> Cause:
    """A square matrix that is its own transpose, all else being right."""
    for name, (start, (rows, cols)) in whole.matrices.items():
        own = slice(start, start + rows * cols)
        if rows == cols and case.wrong[own].any() and case.wrong[own].sum() == case.wrong.sum():
            turned = case.slopes[own].reshape(rows, cols).T.ravel()
            if case.explained(turned, own):
                return Cause.of("transposed", matrix=name)
    return NONE


def _rolled(whole: Whole, case: _Wrong) -> Cause:
    """A vector whose entries stand a few places too far, all else being right."""
    for start, count in whole.vectors.values():
        own = slice(start, start + count)
        if 2 < count <= MOST_ROLLED and case.wrong[own].sum() == case.wrong.sum() > 0:
            for by in (step for far in range(1, count // 2 + 1) for step in (far, -far)):
                if case.explained(np.roll(case.slopes[own], by), own):
                    return Cause.of("rolled", count=by)
    return NONE


def _zero_where_negative(whole: Whole, case: _Wrong) -> Cause:
    """Zero for negative x and right elsewhere, as a rectifier's slope that stands in place of another."""
    if whole.point is None or not (whole.point > 0).any():
        return NONE
    below = whole.point < 0
    cut = case.wrong.any() and not (case.wrong & ~below).any() and not case.gradient[case.wrong].any()
    return Cause.of("cut") if cut and case.explained(np.where(below, 0.0, case.slopes)) else NONE


_SLIPS: tuple[Callable[[Whole, _Wrong], Cause], ...] = (_factor, _transposed, _rolled, _zero_where_negative)
