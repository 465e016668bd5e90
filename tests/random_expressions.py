"""Random expressions and graphs of the grammar, as text, and the derivative of each beside what the text itself means.

They have what people do not think of: arguments that are equal, letters that stand twice, ties of three, constants as
arguments, functions at their kinks. What the text means stands in ``texts_by_mpmath``; no rule of the package has a part in it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

import mpmath
from sympy import Expr, Float, Rational, Symbol
from texts_by_mpmath import DIGITS, Dual, NoValueError, Slopes, of_lines, slopes

from derive import DeriveError, parse_graph
from derive.activations import ACTIVATIONS
from derive.differentiation import differentiate
from derive.functions import FUNCTIONS
from derive.rules import OUTSIDE
from derive.steps import Derivation

NAMES = ("x", "y")
LAST = "p"
NEEDS_POSITIVE = ("log", "ln", "log2", "log10", "lg", "sqrt")
NEEDS_SMALL = ("asin", "acos", "atanh")
ROUND = tuple(map(Fraction, ("0", "1", "-1", "2", "1/2", "-2")))  # at which kinks lie

Point = dict[str, Fraction]
Lines = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Compared:
    """A text at one point: its derivative by x as derived, and the slopes that it has there."""

    lines: Lines
    point: Point
    derived: Any
    slopes: Slopes
    seconds: float
    derivation: Derivation

    @property
    def agrees(self) -> bool:
        """Is what is derived the slope?"""
        return self.derived is not None and self.slopes.allow(self.derived)

    @property
    def outside(self) -> bool:
        """Does a step lie outside the rules?"""
        return any(step.rule == OUTSIDE for step in self.derivation.steps)

    def __str__(self) -> str:
        text = "; ".join(f"{name} = {text}" for name, text in self.lines)
        shown = (mpmath.nstr(one, 12) if one is not None else "none" for one in (self.derived, self.slopes.left, self.slopes.right, self.slopes.declared))
        return "{} at {}: {} derived, {} from the left, {} from the right, {} declared".format(text, {k: str(v) for k, v in self.point.items()}, *shown)


# ---- texts


def text(draw: Random, depth: int = 4, names: tuple[str, ...] = ("x", "x", "x", "y")) -> str:
    """A random expression in x and y, or in other names."""
    if depth == 0 or draw.random() < 0.12:
        return _leaf(draw, names)
    return draw.choice((_binary, _binary, _power, _call, _call))(draw, depth - 1, names)


def _leaf(draw: Random, names: tuple[str, ...]) -> str:
    if draw.random() < 0.6:
        return draw.choice(names)
    return draw.choice(
        (
            str(draw.randint(0, 9)),
            f"{draw.randint(0, 9)}.{draw.randint(1, 9)}",
            f"({draw.randint(1, 9)}/{draw.randint(2, 9)})",
            f"(-{draw.randint(1, 3)})",
            "(x - x)",
            "pi",
        )
    )


def _binary(draw: Random, depth: int, names: tuple[str, ...]) -> str:
    left = text(draw, depth, names)
    right = left if draw.random() < 0.1 else text(draw, depth, names)
    return f"({left} {draw.choice('+-**/')} {right})"


def _power(draw: Random, depth: int, names: tuple[str, ...]) -> str:
    kind = draw.random()
    if kind < 0.6:
        return f"({text(draw, depth, names)})**{draw.choice(('2', '3', '(-1)', '(-2)'))}"
    base = f"(1 + ({text(draw, depth, names)})**2)"
    if kind < 0.85:
        return f"{base}**{draw.choice(('(1/2)', '(-1/2)', '(2/3)', '1.5'))}"
    return f"{base}**({text(draw, max(depth - 1, 0), names)})"


def _call(draw: Random, depth: int, names: tuple[str, ...]) -> str:
    name = draw.choice((*FUNCTIONS, *ACTIVATIONS, "max", "min", "softmax", "softmax", "maxout", "abs", "relu"))
    row = FUNCTIONS.get(name) or ACTIVATIONS[name]
    least, most = (row.least, row.most) if name in FUNCTIONS else row.arguments  # type: ignore[union-attr]
    least = 2 if name == "maxout" else least
    count = draw.choice((least, least, min(most, least + 1), min(most, least + 2)))
    arguments = [_argument(draw, name, depth, names)]
    while len(arguments) < count:
        again = draw.random() < 0.35
        arguments.append(draw.choice(arguments) if again else _argument(draw, name, depth, names))
    return f"{name}({', '.join(arguments)})"


def _argument(draw: Random, name: str, depth: int, names: tuple[str, ...]) -> str:
    inner = text(draw, depth, names)
    if name in NEEDS_POSITIVE:
        return f"1/3 + ({inner})**2"
    if name in NEEDS_SMALL:
        return f"2/3*sin({inner})"
    return f"3/2 + ({inner})**2" if name == "acosh" else inner


def lines(draw: Random) -> Lines:
    """The definitions of a random graph."""
    names, found = ["x", "x", "y"], list[tuple[str, str]]()
    for place in range(draw.randint(2, 5)):
        name = f"a{place + 1}"
        found.append((name, text(draw, draw.choice((1, 2)), tuple(names))))
        names += [name, name]
    return *found, (LAST, text(draw, 2, tuple(names)))


# ---- beside what they mean


def compared(lines: Lines, point: Point) -> Compared | None:
    """The derivative of the last line by x beside its slopes at a point; None where it has none. Raises DeriveError for what is refused."""
    start = time.perf_counter()
    if len(lines) == 1:
        derivation = differentiate(lines[0][1], "x")
    else:
        derivation = parse_graph("\n".join(f"{name} = {text}" for name, text in lines)).derivation(LAST, "x")
    seconds = time.perf_counter() - start
    found = measured(lines, point)
    return None if found is None else Compared(lines, point, _number(derivation, point), found, seconds, derivation)


def measured(lines: Lines, point: Point) -> Slopes | None:
    """The slopes of the last line at a point, from what the text means; None where it has no value or no slope, or a large one."""
    with mpmath.workdps(DIGITS):
        known = {name: Dual(mpmath.mpf(value.numerator) / value.denominator) for name, value in point.items()}
        try:
            found = slopes(lambda x: of_lines(lines, {**known, "x": x}), known["x"].value)
        except NoValueError:
            return None
        return found if found.finite or found.bent else None


def _number(derivation: Derivation, point: Point) -> Any:
    """The result at a point; None where it has no value."""
    values = {Symbol(name): _exact(Rational(value.numerator, value.denominator)) for name, value in point.items()}
    for definition in derivation.graph.definitions:
        value = _evaluated(definition.expression, values)
        if value is None:
            return None
        values[definition.symbol] = _exact(value)
    found = _evaluated(derivation.result, values)
    return None if found is None else found._to_mpmath(500)


def _exact(value: Any) -> Any:
    """A short fraction as it is, any other number in 120 digits: SymPy takes minutes for roots of long fractions."""
    return value if value.is_Rational and max(abs(value.p), value.q) < 100 else Float(value, DIGITS)


def _evaluated(expression: Expr, values: dict[Symbol, Expr]) -> Any:
    """The number of an expression, whatever cancels on the way; None where it has none."""
    value = expression.xreplace(values)
    try:
        value = value if value.is_Rational else value.evalf(DIGITS, maxn=2000)  # where 2,000 digits cancel, nothing is left
    except (ArithmeticError, ValueError, TypeError):
        return None
    return value if value.is_Rational or (value.is_Float and value.is_finite) else None


def points(draw: Random) -> Iterator[Point]:
    """One point at which as a rule no text has kinks, and two of round numbers."""
    yield {"x": Fraction(2 * draw.randint(-300, 300) + 1, 202), "y": Fraction(2 * draw.randint(-300, 300) + 1, 206)}
    for _ in range(2):
        yield {name: draw.choice(ROUND) for name in NAMES}


def run(count: int, seed: int = 0, drawn: Callable[[Random], Lines] = lambda draw: ((LAST, text(draw)),)) -> Iterator[list[Compared]]:
    """So many texts in x that are not refused, each at the points at which it has a slope; for graphs ``drawn`` is ``lines``."""
    draw = Random(seed)
    while count:
        these, there = drawn(draw), list(points(draw))
        if any(re.search(r"\bx\b", written) for _, written in these):
            with suppress(DeriveError):
                found = [one for point in there if (one := compared(these, point)) is not None]
                if found:
                    count -= 1
                    yield found
