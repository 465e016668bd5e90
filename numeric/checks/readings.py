"""Readings: what a function of anybody takes and gives, read as floats or refused."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from derive.errors import DeriveError

from ..points import MASKED, number

__all__ = ["in_floats", "like_sequence", "number_of", "plain_number", "value_at"]


def in_floats(x: Any) -> Any:
    """x with every number read as a float: a float, a dict, a flat list, tuple or array. Raises DeriveError for other things."""
    if isinstance(x, Mapping):
        return {key: float(number(f"x[{key!r}]", value)) for key, value in x.items()}
    if type(x).__name__ in MASKED:
        raise DeriveError("x is a masked array; fill or drop its masked entries first, for example with x.filled(0)")
    if getattr(x, "ndim", None) == 0 or not hasattr(x, "__len__") or not hasattr(x, "__getitem__") or isinstance(x, str | bytes | bytearray):
        return float(number("x", x))
    if getattr(x, "ndim", 1) != 1:
        raise DeriveError(f"x has the shape {x.shape}; it must be flat: use x.ravel()")
    values = [float(number(f"x[{place}]", value)) for place, value in enumerate(x)]
    return x.astype(float) if hasattr(x, "astype") else like_sequence(x, values)


def like_sequence(like: Any, values: Iterable[Any]) -> Any:
    """The values as a tuple where ``like`` is one, with its names where it has names, else as a list."""
    make = getattr(type(like), "_make", tuple) if isinstance(like, tuple) else list
    return make(values)


def number_of(fun: Callable[[Any], Any]) -> Callable[[Any], float]:
    """The function with its result as a float; it may be no finite one. Raises DeriveError where it is no number."""
    if not callable(fun):
        raise DeriveError(f"fun={fun!r} is no function; a gradient is checked of a function that gives one number")

    def single(x: Any) -> float:
        result = fun(x)
        if type(result) is float:
            return result
        found = plain_number(result)
        if found is None:
            raise DeriveError(f"the function must give one number, not {str(result)[:60]!r}")
        return found

    return single


def plain_number(value: Any) -> float | None:
    """A real number of any library as a float, infinite where it is too large for one; None for anything else."""
    if isinstance(value, str | bytes | bytearray) or type(value).__name__ in MASKED:
        return None
    try:
        return float(value.item() if hasattr(value, "item") else value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf
    except (TypeError, ValueError):
        return None


def value_at(fun: Callable[[Any], float], x: Any) -> float:
    """The value of a function at a point, where it must have one. Raises DeriveError where arithmetic says that there is none."""
    try:
        return fun(x)
    except DeriveError:
        raise
    except (ArithmeticError, ValueError) as error:
        raise DeriveError(f"the function has no number at x={x!r}: {type(error).__name__}: {error}") from error
