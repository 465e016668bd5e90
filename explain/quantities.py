"""Measured numbers as formulas: errors and bounds, long decimals, the step of a difference."""

from __future__ import annotations

from math import frexp, isfinite

from .formula import Formula, Number, Prefix, Script, Times, row
from .numbers import LARGE, scientific, unbounded

__all__ = ["small_number", "step_of_difference", "ten_decimals", "twelve_decimals"]


def twelve_decimals(value: float) -> Formula:
    """A number with twelve decimals, so that a difference of 1e-11 is seen."""
    return _with_decimals(value, 12)


def ten_decimals(value: float) -> Formula:
    """A number with ten decimals, for a column beside which the difference stands in one of its own."""
    return _with_decimals(value, 10)


def _with_decimals(value: float, places: int) -> Formula:
    if not isfinite(value):
        shown: Formula = Number(unbounded(abs(value)))
    elif abs(value) < LARGE:
        shown = Number(f"{abs(value):.{places}f}")
    else:
        shown = _scientific(abs(value), places)
    return row(Prefix("−"), shown) if value < 0 else shown


def small_number(value: float) -> Formula:
    """A small number with one digit, as a power of ten; an error that has no bound is ∞."""
    return _scientific(value, 1) if isfinite(value) else Number("∞")


def _scientific(value: float, digits: int) -> Formula:
    mantissa, _, exponent = scientific(float(value), digits).partition("e")
    return row(Number(mantissa), Times("·"), Script(Number("10"), sup=Number(exponent))) if exponent else Number(mantissa)


def step_of_difference(h: float) -> Formula:
    """A step of the difference: a power of two, so that x ± h has no rounding error; any other number as a small one."""
    mantissa, exponent = frexp(h)
    return Script(Number("2"), sup=Number(str(exponent - 1))) if mantissa == 0.5 else small_number(h)
