"""Central differences of any Python function: one with the best step and a bound of its error, and a sweep over many steps.

How they come about: ``checks.stencils`` (the differences and their bounds), ``checks.step_search`` (the step) and
``checks.sampled`` (the rounding error of a function of which nothing is known but its values).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from derive.errors import DeriveError

from .checks.operations import FLOATS, SINGLE
from .checks.readings import in_floats, number_of
from .checks.stencils import Difference
from .points import number

__all__ = ["Difference", "Swept", "central_difference", "checked_bits", "sweep"]


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
    from .checks.black_boxes import BlackBox
    from .checks.coordinates import Coordinates

    plain, bits = in_floats(x), checked_bits(bits)
    if not isinstance(plain, float) and not len(plain):
        return {} if isinstance(plain, Mapping) else ()
    box = BlackBox(fun, Coordinates.of(plain, bits=bits), None if noise is None else float(noise))
    found = box.slopes(extrapolated) if h is None else box.at_step(float(number("h", h)), extrapolated)
    each = [_single(found, place) for place in range(len(box.x))]
    return each[0] if isinstance(plain, float) else dict(zip(plain, each, strict=True)) if isinstance(plain, Mapping) else tuple(each)


def checked_bits(bits: int) -> int:
    """The bits of a float, 53 or 24. Raises DeriveError for others."""
    if bits not in (FLOATS.bits, SINGLE.bits):
        raise DeriveError(f"bits={bits!r}; floats have 53 (float64) or 24 (float32)")
    return bits


def _single(found: Difference, place: int) -> Difference:
    """The difference of one coordinate; one without a kink has no sides."""
    parts = {part.name: getattr(found, part.name)[place].item() for part in fields(Difference)}
    return Difference(**parts if parts["left"] == parts["left"] else parts | {"left": None, "right": None})


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
