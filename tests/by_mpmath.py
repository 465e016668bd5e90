"""Expressions in mpmath, written apart from the package: the second route of the tests of derivatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any

import mpmath
from sympy import Abs, Add, Expr, Heaviside, Max, Min, Mul, Piecewise, Pow, cos, erf, exp, log, sign, sin, sqrt, tanh

from derive.named import Extremum, Named

STEP = mpmath.mpf(10) ** -20


class AtAKinkError(Exception):
    """A function was asked for its value exactly where it has a kink or jumps."""


def value(expression: Any, known: Mapping[Any, Any]) -> Any:
    """The number of an expression at the digits in use. Raises AtAKinkError, ValueError and ZeroDivisionError."""
    if expression in known:
        return known[expression]
    if expression.is_Rational:
        return mpmath.mpf(int(expression.p)) / int(expression.q)
    if not expression.args:
        return mpmath.mpf(expression._to_mpmath(mpmath.mp.prec))
    if isinstance(expression, Named | Extremum):
        return value(_definition(expression), known)
    if isinstance(expression, Piecewise):
        return value(next(one for one, when in expression.args if when == True or _holds(when, known)), known)  # noqa: E712 (SymPy's own truth)
    args = [value(arg, known) for arg in expression.args]
    return _FUNCTIONS[expression.func](*args)


@cache
def _definition(expression: Any) -> Expr:
    return expression.definition


def _holds(when: Any, known: Mapping[Any, Any]) -> bool:
    left, right = value(when.lhs, known), value(when.rhs, known)
    return {">": left > right, ">=": left >= right, "<": left < right, "<=": left <= right}[when.rel_op]


def _apart(result: Any, *numbers: Any) -> Any:
    if len({*numbers}) < len(numbers):
        raise AtAKinkError(numbers)
    return result


def _once(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The function, computed once for every number and precision: a difference moves one of many numbers."""

    @lru_cache(4096)
    def computed(z: Any, precision: int) -> Any:
        return function(z)

    return lambda z: computed(z, mpmath.mp.prec)


def _logarithm(z: Any) -> Any:
    if z <= 0:
        raise ValueError("a logarithm without a value")
    return mpmath.log(z)


def _power(base: Any, exponent: Any) -> Any:
    if base < 0 and exponent != int(exponent):
        raise ValueError("a root of a negative number")
    return base**exponent


_FUNCTIONS: dict[Any, Callable[..., Any]] = {
    Add: lambda *args: mpmath.fsum(args),
    Mul: lambda *args: mpmath.fprod(args),
    Pow: _power,
    **{head: _once(function) for head, function in {exp: mpmath.exp, log: _logarithm, tanh: mpmath.tanh, erf: mpmath.erf}.items()},
    sqrt: mpmath.sqrt,
    sin: mpmath.sin,
    cos: mpmath.cos,
    Abs: lambda z: _apart(abs(z), z, 0),
    sign: lambda z: _apart(mpmath.sign(z), z, 0),
    Max: lambda *args: _apart(max(args), *args),
    Min: lambda *args: _apart(min(args), *args),
    Heaviside: lambda z, at_zero=0: _apart(mpmath.mpf(z > 0), z, 0),
}


def slope(of: Callable[[Any], Any], at: Any) -> Any:
    """The central difference with a step of 10⁻²⁰: right to some 35 of 60 digits where nothing is steep."""
    return (of(at + STEP) - of(at - STEP)) / (2 * STEP)


def close(left: Any, right: Any, digits: int = 25) -> bool:
    """Do two numbers agree to so many digits of the larger, or of 1?"""
    return abs(left - right) <= mpmath.mpf(10) ** -digits * max(1, abs(left), abs(right))
