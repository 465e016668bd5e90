"""The arithmetic that a page shows, done again: where two sides of an equals sign hold numbers only, they must agree.

A number that is printed with all decimals of the page stands for everything that rounds to it, any other for itself; two
sides agree where the ranges that they can be have something in common.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from math import cos, e, erf, exp, inf, log, pi, sin, sqrt, tan, tanh
from typing import Any

from explain.document import Document, Equation, Items, Math, Paragraph, Table
from explain.formula import Binary, Fence, Formula, Fraction, Lines, Name, Number, Prefix, Relation, Root, Row, Script, Times, UnderBrace

__all__ = ["contradictions", "equalities"]

Range = tuple[float, float]
SLACK = 1e-9  # of the floats in which it is done here


class NotNumbersError(Exception):
    """Something other than numbers stands there."""


def contradictions(document: Document, places: int = 4) -> list[str]:
    """The equalities of numbers on a page whose two sides cannot be the same, as text."""
    return [f"{left} = {right}: {one} and {other}" for left, right, one, other in equalities(document, places) if apart(one, other)]


def equalities(document: Document, places: int = 4) -> Iterator[tuple[str, str, Range, Range]]:
    """Every two neighbouring sides that hold numbers only: both as text, and the range of each."""
    for chain in chains(document):
        known = [(shown(side), ranged(side, places)) for side in chain]
        for (left, one), (right, other) in pairwise(known):
            if one is not None and other is not None:
                yield left, right, one, other


def apart(one: Range, other: Range) -> bool:
    """Have two ranges nothing in common?"""
    slack = SLACK * max(1e-300, min(max(abs(end) for end in one), max(abs(end) for end in other)))
    return one[0] > other[1] + slack or other[0] > one[1] + slack


# ---- the sides of equations


def chains(document: Document) -> Iterator[list[list[Formula]]]:
    """What stands between equals signs, line by line; a line without a left side goes on with the one before."""
    for formula in formulas(document.blocks):
        if not isinstance(formula, Lines):
            yield sides(items(formula))
            continue
        chain: list[list[Formula]] = []
        for left, right, _ in formula.rows:
            if items(left):
                yield chain
                chain = sides(items(left))
            chain += sides(items(right))[1:] if starts_equal(right) else [[]]
        yield chain


def formulas(part: Any) -> Iterator[Formula]:
    """Every formula of a page, wherever it stands."""
    if isinstance(part, Equation):
        yield part.formula
        if isinstance(part.formula, Lines):
            yield from formulas([why for _, _, why in part.formula.rows if why])
    elif isinstance(part, Math):
        yield part.formula
    elif isinstance(part, Paragraph):
        yield from formulas((part.parts, part.lead))
    elif isinstance(part, Table):
        yield from formulas(part.rows)
    elif isinstance(part, Sequence) and not isinstance(part, str):
        for one in part:
            yield from formulas(one)
    elif isinstance(part, Items):
        yield from formulas(part.items)


def items(formula: Formula) -> list[Formula]:
    """The parts of a row, of rows in it too."""
    if isinstance(formula, Row):
        return [one for part in formula.items for one in items(part)]
    return [formula]


def starts_equal(formula: Formula) -> bool:
    """Does it begin with an equals sign?"""
    parts = items(formula)
    return bool(parts) and isinstance(parts[0], Relation) and parts[0].sign == "="


def sides(parts: list[Formula]) -> list[list[Formula]]:
    """The parts between the equals signs; after any other relation there is nothing to compare."""
    found: list[list[Formula]] = [[]]
    for part in parts:
        if isinstance(part, Relation):
            found.append([])
            if part.sign != "=":
                found += [[], []]
        else:
            found[-1].append(part)
    return found


def shown(parts: list[Formula]) -> str:
    """A side as text."""
    return " ".join(str(getattr(one, "text", getattr(one, "sign", type(one).__name__))) for one in parts)


# ---- numbers


def ranged(parts: list[Formula], places: int) -> Range | None:
    """All that a side can be, or nothing where it does not hold numbers only."""
    try:
        return Reader(places).sum(parts) if parts else None
    except (NotNumbersError, ZeroDivisionError, OverflowError, ValueError):
        return None


class Reader:
    """Reads a row of parts as arithmetic."""

    def __init__(self, places: int) -> None:
        self.places = places

    def sum(self, parts: Sequence[Formula]) -> Range:
        """Terms with their signs."""
        terms: list[tuple[int, list[Formula]]] = [(1, [])]
        for part in parts:
            if isinstance(part, Binary | Prefix) and part.sign in ("+", "−"):
                if terms[-1][1]:
                    terms.append((1, []))
                terms[-1] = (terms[-1][0] * (-1 if part.sign == "−" else 1), terms[-1][1])
            else:
                terms[-1][1].append(part)
        low = high = 0.0
        for sign, term in terms:
            one = self.product(term)
            low, high = (low + one[0], high + one[1]) if sign > 0 else (low - one[1], high - one[0])
        return low, high

    def product(self, parts: Sequence[Formula]) -> Range:
        """Factors, those of a power of ten with the number before it."""
        rest, value = [part for part in parts if not isinstance(part, Times)], None
        while rest:
            factor, rest = self.factor(rest)
            value = factor if value is None else times(value, factor)
        if value is None:
            raise NotNumbersError
        return value

    def factor(self, parts: list[Formula]) -> tuple[Range, list[Formula]]:
        """The first factor and what is left."""
        first, *rest = parts
        if isinstance(first, Name) and (first.style == "function" or first.text in FUNCTIONS):
            if not rest or first.text not in FUNCTIONS:
                raise NotNumbersError
            return along(FUNCTIONS[first.text], self.sum([rest[0]])), rest[1:]
        if isinstance(first, Number) and "." in first.text and rest and power_of_ten(rest[0]):
            scale = self.atom(rest[0])[0]
            return times(rounded(first.text, self.places - 1), (scale, scale)), rest[1:]
        return self.atom(first), rest

    def atom(self, part: Formula) -> Range:
        """A number, or what holds numbers only."""
        match part:
            case Number(text):
                return rounded(text, self.places)
            case Name("e"):
                return e, e
            case Name("π"):
                return pi, pi
            case Row():
                return self.sum(items(part))
            case Fence(body, "|", "|"):
                return along(abs, self.sum(items(body)), (0.0,))
            case Fence(body, "(" | "[", ")" | "]"):
                return self.sum(items(body))
            case Fraction(above, below):
                return divided(self.sum(items(above)), self.sum(items(below)))
            case Root(body, None):
                return along(sqrt, self.sum(items(body)))
            case UnderBrace(body, _):
                return self.sum(items(body))
            case Script(base, None, sup) if sup is not None:
                return powered(self.atom(base), self.sum(items(sup)))
        raise NotNumbersError


def power_of_ten(part: Formula) -> bool:
    """Is it 10 to a power?"""
    return isinstance(part, Script) and part.base == Number("10")


def rounded(text: str, places: int) -> Range:
    """What a printed number stands for."""
    value, decimals = float(text), len(text.partition(".")[2])
    half = 0.5000001 * 10.0**-decimals if decimals >= places and decimals else 0.0
    return value - half, value + half


def times(one: Range, other: Range) -> Range:
    """All products."""
    ends = [left * right for left in one for right in other]
    return min(ends), max(ends)


def divided(one: Range, other: Range) -> Range:
    """All quotients; anything where the lower one can be nothing."""
    if other[0] <= 0 <= other[1]:
        if other[0] == other[1]:
            raise NotNumbersError
        return -inf, inf
    return times(one, (1 / other[1], 1 / other[0]))


def powered(base: Range, exponent: Range) -> Range:
    """All powers."""
    ends = [left**right for left in base for right in exponent]
    if any(isinstance(one, complex) for one in ends):
        raise NotNumbersError
    if base[0] < 0 < base[1]:
        ends.append(0.0)
    return min(ends), max(ends)


def along(function: Callable[[float], float], argument: Range, also: Sequence[float] = ()) -> Range:
    """All values of a function that is smooth between the ends, or has its turning points in ``also``."""
    low, high = argument
    places = [low + (high - low) * share / 8 for share in range(9)] + [one for one in also if low < one < high]
    values = [function(one) for one in places]
    return min(values), max(values)


FUNCTIONS: dict[str, Callable[[float], float]] = {
    "σ": lambda z: 1 / (1 + exp(-z)) if z > -700 else 0.0,
    "ln": log,
    "tanh": tanh,
    "ReLU": lambda z: max(0.0, z),
    "ELU": lambda z: z if z > 0 else exp(z) - 1,
    "softplus": lambda z: log(1 + exp(z)),
    "sin": sin,
    "cos": cos,
    "tan": tan,
    "erf": erf,
    "sgn": lambda z: (z > 0) - (z < 0),
}
