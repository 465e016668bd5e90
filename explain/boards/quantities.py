"""Measured numbers as formulas: errors and bounds, long decimals, the step of a difference."""

from __future__ import annotations

from math import frexp, isfinite
from sys import float_info

from numeric.reports import AT_A_KINK, NO_DERIVATIVE, Check

from ..document import Inline, Math, Text
from ..formula import Formula, Number, Prefix, Script, Times, row
from .numbers import LARGE, scientific, unbounded

__all__ = ["distance", "jumps", "limit", "small_number", "step_of_difference", "ten_decimals", "twelve_decimals"]

FEWEST = 5  # digits that a number shows at least, of those that are printed with decimals
PLAIN = 1e-2, 1e4  # sizes that are easier to read without a power of ten


def twelve_decimals(value: float) -> Formula:
    """A number with twelve decimals, so that a difference of 1e-11 is seen."""
    return _with_decimals(value, 12)


def ten_decimals(value: float) -> Formula:
    """A number with ten decimals, for a column beside which the difference stands in one of its own."""
    return _with_decimals(value, 10)


def _with_decimals(value: float, places: int) -> Formula:
    """With those decimals; with as many digits and a power of ten where they would be too many, or too few to tell two numbers apart."""
    size = abs(value)
    if not isfinite(value):
        shown: Formula = Number(unbounded(size))
    elif value == 0 or 10.0 ** (FEWEST - places) <= size < LARGE:
        shown = Number(f"{size:.{places}f}")
    else:
        shown = _scientific(size, places)
    return row(Prefix("−"), shown) if value < 0 else shown


def distance(one: Check) -> tuple[Inline, ...]:
    """The cell of a table that says how far a number is from its central difference; where the slope jumps there is nothing to compare."""
    return (Text("–"),) if jumps(one) or one.verdict == NO_DERIVATIVE else (Math(small_number(one.error)),)


def limit(one: Check) -> tuple[Inline, ...]:
    """The cell that says how far it may be; where there is no derivative, nothing."""
    return (Text("–"),) if one.verdict == NO_DERIVATIVE else (Math(small_number(one.bound)),)


def jumps(one: Check) -> bool:
    """Are the slopes from the left and from the right different at a kink?"""
    return one.verdict == AT_A_KINK and (one.left is None or one.right is None or abs(one.left - one.right) > one.bound)


def small_number(value: float) -> Formula:
    """A size with one digit, as a power of ten where it is small or large; an error that has no bound is ∞, one below all normal floats 0."""
    if not isfinite(value):
        return Number("∞")
    digits = scientific(0.0 if abs(value) < float_info.min else float(value))
    plain = PLAIN[0] <= abs(value) < PLAIN[1]
    return Number(f"{float(digits):g}") if plain else _scientific(float(digits), 1)


def _scientific(value: float, digits: int) -> Formula:
    mantissa, _, exponent = scientific(float(value), digits).partition("e")
    return row(Number(mantissa), Times("·"), Script(Number("10"), sup=Number(exponent))) if exponent else Number(mantissa)


def step_of_difference(h: float) -> Formula:
    """A step of the difference: a power of two, so that x ± h has no rounding error; any other number as a small one."""
    mantissa, exponent = frexp(h)
    return Script(Number("2"), sup=Number(str(exponent - 1))) if mantissa == 0.5 else small_number(h)
