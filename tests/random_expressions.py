"""Random expressions of the grammar, as text, and the derivative of each beside mpmath's numerical one at 50 digits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

import mpmath
from sympy import Expr, Symbol, lambdify

from derive.activations import ACTIVATIONS, defined
from derive.differentiation import differentiate
from derive.errors import DeriveError
from derive.functions import FUNCTIONS
from derive.parsing import parse_expression
from derive.rules import OUTSIDE

NAMES = ("x", "y")
X, Y = map(Symbol, NAMES)
DIGITS = 50
CLOSE = mpmath.mpf(10) ** -35
NEEDS_POSITIVE = ("log", "ln", "log2", "log10", "lg", "sqrt")
NEEDS_SMALL = ("asin", "acos", "atanh")


@dataclass(frozen=True)
class Compared:
    """One expression at one point: its derivative as derived and as measured."""

    text: str
    point: tuple[Fraction, Fraction]
    derived: Any
    measured: Any
    seconds: float
    outside: bool

    @property
    def agrees(self) -> bool:
        return abs(self.derived - self.measured) <= CLOSE * (1 + abs(self.measured))


def text(draw: Random, depth: int = 4) -> str:
    """A random expression in x and y."""
    if depth == 0 or draw.random() < 0.12:
        return _leaf(draw)
    return draw.choice((_binary, _binary, _power, _call, _call))(draw, depth - 1)


def _leaf(draw: Random) -> str:
    return draw.choice(
        ("x", "x", "x", "y", str(draw.randint(1, 9)), f"{draw.randint(0, 9)}.{draw.randint(1, 9)}", f"({draw.randint(1, 9)}/{draw.randint(2, 9)})")
    )


def _binary(draw: Random, depth: int) -> str:
    return f"({text(draw, depth)} {draw.choice('+-**/')} {text(draw, depth)})"


def _power(draw: Random, depth: int) -> str:
    kind = draw.random()
    if kind < 0.6:
        return f"({text(draw, depth)})**{draw.choice(('2', '3', '(-1)', '(-2)'))}"
    base = f"(1 + ({text(draw, depth)})**2)"
    return f"{base}**{draw.choice(('(1/2)', '(-1/2)', '(2/3)', '1.5'))}" if kind < 0.85 else f"{base}**({text(draw, depth - 1 if depth else 0)})"


def _call(draw: Random, depth: int) -> str:
    name = draw.choice((*FUNCTIONS, *ACTIVATIONS))
    argument = text(draw, depth)
    row = FUNCTIONS.get(name)
    least = row.least if row else ACTIVATIONS[name].arguments[0] if ACTIVATIONS[name].maps == 1 else 2
    if name in NEEDS_POSITIVE:
        argument = f"1/3 + ({argument})**2"
    elif name in NEEDS_SMALL:
        argument = f"2/3*sin({argument})"
    elif name == "acosh":
        argument = f"3/2 + ({argument})**2"
    return f"{name}({', '.join([argument, *(text(draw, depth) for _ in range(least - 1))])})"


def compared(draw: Random) -> Compared | None:
    """A random expression beside its numerical derivative; None where it is refused, constant, or has no number at the points tried."""
    written = text(draw)
    try:
        expression = parse_expression(written)
        if not expression.has_free(X):
            return None
        start = time.perf_counter()
        derivation = differentiate(written, "x")
        seconds = time.perf_counter() - start
    except DeriveError:
        return None
    outside = any(step.rule == OUTSIDE for step in derivation.steps)
    for _ in range(4):
        point = (Fraction(2 * draw.randint(-300, 300) + 1, 202), Fraction(2 * draw.randint(-300, 300) + 1, 206))  # no kink of a text lies there
        numbers = _numbers(expression, derivation.result, point)
        if numbers is not None:
            return Compared(written, point, *numbers, seconds, outside)
    return None


def _numbers(expression: Expr, slope: Expr, point: tuple[Fraction, Fraction]) -> tuple[Any, Any] | None:
    with mpmath.workdps(DIGITS + 20):
        x, y = (mpmath.mpf(one.numerator) / one.denominator for one in point)
        value = _function(expression)
        try:
            derived, height = _function(slope)(x, y), abs(value(x, y))
            measured = mpmath.diff(lambda z: value(z, y), x)
        except (ArithmeticError, ValueError, TypeError):
            return None
        if any(isinstance(one, mpmath.mpc) or not mpmath.isfinite(one) for one in (derived, measured)) or height > 1e12 or abs(measured) > 1e12:
            return None
        return derived, measured


def _function(expression: Expr) -> Callable[..., Any]:
    return lambdify((X, Y), defined(expression), "mpmath")


def run(count: int, seed: int = 0) -> Iterator[Compared]:
    """That many expressions with numbers."""
    draw, found = Random(seed), 0
    while found < count:
        one = compared(draw)
        if one is not None:
            found += 1
            yield one
