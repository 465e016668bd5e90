"""Functions of one number that stay accurate where the form on the page overflows or cancels, with their slopes.

Each takes the module that does the arithmetic as its last argument: ``math`` for plain floats, an mpmath
context for many digits. Formulas: Blanchard, Higham, Higham, "Accurately computing the log-sum-exp and
softmax functions", IMA J. Numer. Anal. 41 (2021); Mächler, "Accurately computing log(1 − exp(−|a|))" (2012).

To add one: a row in ``FUNCTIONS`` under the name that its SymPy function has. A named function without a
row is evaluated by its definition.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ["FUNCTIONS", "Primitive", "log_sigmoid", "logsumexp", "sigmoid", "sigmoid_slope", "softmax", "softplus", "tanh_slope", "xlogy"]

Number = Any  # a float, or a number of an mpmath context


def sigmoid(z: Number, m: Any = math) -> Number:
    """1/(1 + e^(−z)), from e^(−|z|), which cannot overflow."""
    small = m.exp(-abs(z))
    return 1 / (1 + small) if z >= 0 else small / (1 + small)


def sigmoid_slope(z: Number, m: Any = math) -> Number:
    """σ′(z) = e^(−|z|)/(1 + e^(−|z|))², without the cancellation of 1 − σ."""
    small = m.exp(-abs(z))
    return small / (1 + small) ** 2


def softplus(z: Number, m: Any = math) -> Number:
    """ln(1 + e^z) as max(z, 0) + log1p(e^(−|z|))."""
    return (z if z > 0 else 0 * z) + m.log1p(m.exp(-abs(z)))


def log_sigmoid(z: Number, m: Any = math) -> Number:
    """ln σ(z) = −softplus(−z)."""
    return -softplus(-z, m)


def tanh_slope(z: Number, m: Any = math) -> Number:
    """tanh′(z) = 4e^(−2|z|)/(1 + e^(−2|z|))², without the cancellation of 1 − tanh²."""
    small = m.exp(-2 * abs(z))
    return 4 * small / (1 + small) ** 2


def xlogy(x: Number, y: Number, m: Any = math) -> Number:
    """x ln y, which is 0 where x is 0 and y ≥ 0, also at y = 0. Raises ValueError where y is negative."""
    if x == 0 and y >= 0:
        return 0 * x
    return x * m.log(y)


def logsumexp(*z: Number, m: Any = math) -> Number:
    """ln Σ e^z, shifted by the largest z."""
    top = max(z)
    return top + m.log(sum(m.exp(one - top) for one in z))


def softmax(*z: Number, m: Any = math) -> tuple[Number, ...]:
    """e^z / Σ e^z for each z, shifted by the largest z."""
    top = max(z)
    powers = [m.exp(one - top) for one in z]
    total = sum(powers)
    return tuple(one / total for one in powers)


class Primitive(NamedTuple):
    """A function of one number.

    value(z, m) and slope(z, y, m) with y = value(z); ``rounding`` bounds the error of value, in units of half
    a last place (libraries of mathematics stay within one or two places).
    """

    value: Callable[[Number, Any], Number]
    slope: Callable[[Number, Number, Any], Number]
    rounding: int = 4


FUNCTIONS: dict[str, Primitive] = {
    "exp": Primitive(lambda z, m: m.exp(z), lambda z, y, m: y, 2),
    "log": Primitive(lambda z, m: m.log(z), lambda z, y, m: 1 / z, 2),
    "sqrt": Primitive(lambda z, m: m.sqrt(z), lambda z, y, m: 1 / (2 * y), 1),
    "sin": Primitive(lambda z, m: m.sin(z), lambda z, y, m: m.cos(z), 2),
    "cos": Primitive(lambda z, m: m.cos(z), lambda z, y, m: m.sin(z), 2),
    "tan": Primitive(lambda z, m: m.tan(z), lambda z, y, m: 1 + y * y),
    "asin": Primitive(lambda z, m: m.asin(z), lambda z, y, m: 1 / m.sqrt((1 - z) * (1 + z))),
    "acos": Primitive(lambda z, m: m.acos(z), lambda z, y, m: -1 / m.sqrt((1 - z) * (1 + z))),
    "atan": Primitive(lambda z, m: m.atan(z), lambda z, y, m: 1 / (1 + z * z)),
    "sinh": Primitive(lambda z, m: m.sinh(z), lambda z, y, m: m.cosh(z)),
    "cosh": Primitive(lambda z, m: m.cosh(z), lambda z, y, m: m.sinh(z)),
    "tanh": Primitive(lambda z, m: m.tanh(z), lambda z, y, m: tanh_slope(z, m)),
    "asinh": Primitive(lambda z, m: m.asinh(z), lambda z, y, m: 1 / m.sqrt(z * z + 1)),
    "acosh": Primitive(lambda z, m: m.acosh(z), lambda z, y, m: 1 / m.sqrt((z - 1) * (z + 1))),
    "atanh": Primitive(lambda z, m: m.atanh(z), lambda z, y, m: 1 / ((1 - z) * (1 + z))),
    "erf": Primitive(lambda z, m: m.erf(z), lambda z, y, m: 2 / m.sqrt(m.pi) * m.exp(-z * z)),
    "sigmoid": Primitive(sigmoid, lambda z, y, m: sigmoid_slope(z, m), 6),
    "softplus": Primitive(softplus, lambda z, y, m: sigmoid(z, m), 8),
    "log_sigmoid": Primitive(log_sigmoid, lambda z, y, m: sigmoid(-z, m), 8),
}
