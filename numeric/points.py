"""Points: the numbers that a user gives for the givens of a graph, read exactly or refused.

Text, whole numbers and fractions stay exact ("0.15" is 3/20); a float is the float that it is.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sympy import Symbol

from derive.errors import DeriveError, UnknownNameError, listed
from derive.functions import constant_hint

__all__ = ["MASKED", "Exact", "number", "point"]

Exact = float | Fraction
SLACK = Fraction(1, 10**9)
MASKED = ("MaskedArray", "MaskedConstant")  # NumPy's types by their names: they may not be loaded
_LARGEST = 1 << 1023
_LONGEST_TEXT = 64
_WORKS = "a value is one finite number, such as 0.15 or 2, or text such as '0.15' or '3/20'"


def number(name: str, value: Any) -> Exact:
    """The exact number that a value stands for: a Fraction from text, int or Fraction; a float as it is.

    Raises DeriveError, with the name and the value, for NaN, infinities, bool, complex, arrays and other text.
    """
    plain = _plain(name, value)
    if isinstance(plain, str):
        plain = _read(name, plain)
    if isinstance(plain, bool):
        raise _refused(name, value, "is a truth value")
    if isinstance(plain, numbers.Rational):
        return _within(name, Fraction(int(plain.numerator), int(plain.denominator)))
    if isinstance(plain, Decimal) and plain.is_finite():
        return _read(name, str(plain))
    try:
        real = isinstance(plain, float | Decimal) or getattr(plain, "is_Float", False) or getattr(getattr(plain, "dtype", None), "kind", "") == "f"
        near = float(plain) if real else None
    except (TypeError, ValueError):
        near = None
    if near is None or not math.isfinite(near):
        raise _refused(name, value, "is not finite" if near is not None else "is not a number")
    return near


def _plain(name: str, value: Any) -> Any:
    """A scalar of an array library as Python's own number; one with more digits than a float stays its own."""
    if type(value).__name__ in MASKED:
        raise _refused(name, value, "is masked, so it has no value")
    if isinstance(value, int | float | str) or not hasattr(value, "item"):
        return value
    try:
        return value.item()
    except (TypeError, ValueError):
        raise _refused(name, value, f"has the shape {getattr(value, 'shape', '?')}") from None


def _read(name: str, text: str) -> Fraction:
    """The fraction that a text spells; a huge exponent is refused before it is multiplied out."""
    exponent = text.lower().partition("e")[2].strip()
    if len(text) > _LONGEST_TEXT or len(exponent) > 5:
        raise _refused(name, text[:24] + ("…" if len(text) > 24 else ""), "is too long, or too large")
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise _refused(name, text, "is not a number") from None
    return _within(name, value)


def _within(name: str, value: Fraction) -> Fraction:
    if abs(value) >= _LARGEST:
        raise DeriveError(f"the value of {name} is larger than any float (1.8e308); {_WORKS}")
    return value


def _refused(name: str, value: Any, reason: str) -> DeriveError:
    return DeriveError(f"{name} = {value!r} {reason}; {_WORKS}")


def point(givens: Iterable[Symbol], at: Mapping[Any, Any], defined: Iterable[Symbol] = (), shares: Sequence[Symbol] = ()) -> dict[Symbol, Exact]:
    """The exact value of every given; ``shares`` are those that must sum to 1.

    Raises DeriveError for values that are missing, unknown or no numbers, and for shares of another sum.
    """
    if not isinstance(at, Mapping):
        raise DeriveError(f"at={at!r} is no table of values; use one such as {{'w1': 0.1, 'w2': '0.2'}}")
    symbols = {one.name: one for one in givens}
    named = {key.name if isinstance(key, Symbol) else key: value for key, value in at.items()}
    computed = {one.name for one in defined}
    for name in named:
        if name in computed:
            raise DeriveError(f"{name!r} is computed from its definition and takes no value; values are for {listed(symbols)}")
        if name not in symbols:
            raise UnknownNameError("given", name, symbols, "values are for", constant_hint(name))
    missing = [name for name in symbols if name not in named]
    if missing:
        raise DeriveError(f"there is no value for {listed(missing)}; values are needed for {listed(symbols)}")
    values = {one: number(name, named[name]) for name, one in symbols.items()}
    return values | _summing(values, shares) if shares else values


def _summing(values: Mapping[Symbol, Exact], shares: Sequence[Symbol]) -> dict[Symbol, Exact]:
    """The largest share, without what rounding left the sum of all away from 1."""
    missing = 1 - sum(Fraction(values[one]) for one in shares)
    if abs(missing) > SLACK:
        raise DeriveError(f"{listed(shares)} sum to {float(1 - missing):g}; here they must sum to 1")
    largest = max(shares, key=lambda one: values[one])
    return {largest: Fraction(values[largest]) + missing} if missing else {}
