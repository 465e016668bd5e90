"""How a number is written: decimals, short exact values, significant digits where decimals would show zero."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite
from typing import Any

__all__ = ["LARGE", "decimal_digits", "numeral", "scientific", "unbounded"]

LARGE = 1e9


def numeral(value: Any, decimals: int, exact: bool = False) -> tuple[str, int | None]:
    """The digits of a number and, for very large or small ones, its power of ten.

    Exact values (int, Fraction) with at most that many decimals stay short: 0.45, 220. A float that is a short
    decimal up to rounding does so too; other values get ``decimals`` decimals, or as many significant digits
    where that would print zero. ``exact`` leaves a Fraction that is longer as it is, 1/3. SymPy's rationals are
    printed as fractions unless they are plain decimals.
    """
    if getattr(value, "is_Rational", False):
        ratio = Fraction(int(value.p), int(value.q))
        return (_coefficient(ratio), None)
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        places = decimal_digits(Fraction(value))
        if exact and (places is None or places > decimals):
            return str(Fraction(value)), None
        if places is not None and places <= decimals and abs(value) < LARGE:
            return _plain(Fraction(value), places), None
    return _rounded(float(value), decimals)


def unbounded(value: float) -> str:
    """What stands in the place of a number that is not finite: a dash where there is none."""
    return "–" if value != value else "∞" if value > 0 else "-∞"


def scientific(value: float, digits: int = 1) -> str:
    """A small number such as an error bound, in the short form "3e-11"."""
    text = f"{value:.{digits - 1}e}"
    mantissa, exponent = text.split("e")
    return f"{mantissa}e{int(exponent)}" if value else "0"


def decimal_digits(ratio: Fraction) -> int | None:
    """How many decimals the fraction needs to be written exactly; None where no number of them is enough."""
    rest, places = ratio.denominator, {2: 0, 5: 0}
    for prime in places:
        while rest % prime == 0:
            rest //= prime
            places[prime] += 1
    return max(places.values()) if rest == 1 else None


def _coefficient(ratio: Fraction) -> str:
    places = decimal_digits(ratio)
    if ratio.denominator in (1, 2, 4, 8) or places is None or places > 6:
        return str(ratio)
    return _plain(ratio, places)


def _plain(ratio: Fraction, places: int) -> str:
    whole = ratio * 10**places
    digits = str(abs(whole.numerator)).rjust(places + 1, "0")
    sign = "-" if ratio < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def _rounded(value: float, decimals: int) -> tuple[str, int | None]:
    if not isfinite(value):
        return unbounded(value), None
    if value and (abs(value) >= LARGE or abs(value) < 0.5 * 10**-decimals):
        mantissa, exponent = _short(value, f".{max(decimals - 1, 0)}e")
        return mantissa, int(exponent)
    return _short(value, f".{decimals}f")[0] if value else "0", None  # no −0


def _short(value: float, form: str) -> tuple[str, str]:
    """The digits, without zeros at their end where nothing is lost, and the power of ten of that form."""
    text = format(value, form)
    exact = abs(value - float(text)) <= 1e-13 * abs(value)
    digits, _, exponent = text.partition("e")
    return digits.rstrip("0").rstrip(".") if exact and "." in digits else digits, exponent
