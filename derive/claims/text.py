"""Claims as text: two sides that may hold ``diff(f, x)`` and ``limit(f, x, a)``, and what is assumed of the names.

The text goes through the parser of ``derive.parsing``; nothing else ever reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from sympy import Basic, Eq, Expr, Ge, Gt, Le, Limit, Lt, Ne, Rational, Symbol, sympify

from ..errors import DeriveError
from ..functions import CONSTANTS, TextFunction
from ..guards import refuse_no_number
from ..names import refuse_look_alikes, symbol
from ..parsing import parse_expression, parse_written
from ..reals import over_reals, put_in
from ..written import Written
from .calculus import derivative, limit, names, resolved
from .conditions import Condition
from .domains import conditions

__all__ = ["CALCULUS", "Assumptions", "Side", "assumptions", "known", "plain", "read_claim", "side", "split_claim"]

CALCULUS = {
    "diff": TextFunction("diff", derivative, least=2, most=3),
    "limit": TextFunction("limit", limit, least=3, most=3),
}
_RELATIONS = {"<": Lt, "<=": Le, "≤": Le, ">": Gt, ">=": Ge, "≥": Ge, "!=": Ne, "≠": Ne, "=": Eq, "==": Eq}
_FLAGS: tuple[tuple[str, int, Literal[">", ">=", "!="]], ...] = (
    ("is_positive", 1, ">"), ("is_negative", -1, ">"), ("is_nonnegative", 1, ">="), ("is_nonpositive", -1, ">="), ("is_nonzero", 1, "!="),
)  # fmt: skip
WORD = re.compile(r"[A-Za-z]\w*", re.ASCII)
_SIGN = re.compile(r"(<=|>=|!=|==|=|<|>|≤|≥|≠)")


@dataclass(frozen=True)
class Side:
    """One side of a claim as it was written, with the names that are replaced by what is assumed."""

    written: Written | Expr

    @property
    def expression(self) -> Expr:
        """The side as SymPy keeps it."""
        return self.written.expression if isinstance(self.written, Written) else self.written

    @cached_property
    def value(self) -> Expr:
        """The side with its derivatives and limits worked out. Raises DeriveError where one cannot be."""
        return resolved(self.expression)

    @property
    def conditions(self) -> Iterator[Condition]:
        """Where the side is defined."""
        return conditions(self.written)

    def renamed(self, others: Mapping[Symbol, Expr]) -> Side:
        """The side with other expressions in the places of some symbols."""
        return Side(self.written.renamed(others) if isinstance(self.written, Written) else put_in(self.written, others))


@dataclass(frozen=True)
class Assumptions:
    """What is assumed: conditions, and names that stand for something else."""

    conditions: tuple[Condition, ...] = ()
    values: tuple[tuple[Symbol, Expr], ...] = ()


def read_claim(left: Any, right: Any, assuming: Any = ()) -> tuple[tuple[Side, Side], Assumptions]:
    """The two sides of a claim and what is assumed, as for ``judge``.

    e and pi are the constants, unless the claim differentiates by such a name or lets it go somewhere, unless something
    is assumed of it alone, and unless a SymPy expression beside the text has a symbol of that name.
    """
    declared = CONSTANTS.keys() & {*_bound(left), *_bound(right), *_assumed(assuming)}
    return (side(left, "left", declared), side(right, "right", declared)), assumptions(assuming, declared)


def _bound(given: Any) -> Iterator[str]:
    """The names of constants that one side binds, or that are symbols of it."""
    if isinstance(given, Basic):
        yield from map(str, names(given))  # type: ignore[arg-type]
    elif isinstance(given, str) and CONSTANTS.keys() & set(WORD.findall(given)):
        with suppress(DeriveError):  # what is wrong with the text is said when it is read
            yield from _bound_in(parse_written(given, also=CALCULUS, declared=CONSTANTS))


def _bound_in(written: Written | Expr) -> Iterator[str]:
    if isinstance(written, Written):
        if written.head in (derivative, limit):
            yield str(written.args[1])
        for arg in written.args:
            yield from _bound_in(arg)


def _assumed(given: Any) -> Iterator[str]:
    """The names of constants of which alone something is assumed, as in "e > 0", or that have a value, as in "e = 2*a"."""
    with suppress(DeriveError):  # as above
        for left, kind, right in _relations(given, CONSTANTS):
            names = {*map(str, left.free_symbols), *map(str, right.free_symbols)}
            if len(names) == 1 or not isinstance(given, str):
                yield from names
            elif kind is Eq and isinstance(left, Symbol):
                yield left.name


def side(given: Any, argument: str, declared: Iterable[str] = ()) -> Side:
    """A side from text, in which ``declared`` are names, from a number or a SymPy expression.

    Raises DeriveError for anything else.
    """
    if isinstance(given, str):
        return Side(parse_written(given, also=CALCULUS, declared=declared))
    if isinstance(given, Fraction):
        return Side(Rational(given.numerator, given.denominator))
    if isinstance(given, bool) or not isinstance(given, int | float | Expr):
        raise DeriveError(f"{argument} is an expression as text or of SymPy, not {given!r:.80}")
    value = over_reals(sympify(given, strict=True))
    if not value.has(Limit):  # which may go to infinity
        try:
            refuse_no_number(value)
        except DeriveError as refused:
            raise DeriveError(f"{argument}={given!s:.80} {refused}") from None
    return Side(value)


def assumptions(given: Any, declared: Iterable[str] = ()) -> Assumptions:
    """What is assumed, from text such as "a > 0, 0 < x < 1, b = -theta", from SymPy's relations, or from several of them.

    ``declared`` are names also where a constant has them. Raises DeriveError for what is no relation.
    """
    found: list[Condition] = []
    values: list[tuple[Symbol, Expr]] = []
    for left, kind, right in _relations(given, declared):
        if kind is Eq:
            values.append(_value(left, right))
        elif kind is Ne:
            found.append(Condition(left - right, "!="))
        else:
            more, less = (left, right) if kind in (Gt, Ge) else (right, left)
            found.append(Condition(more - less, ">" if kind in (Gt, Lt) else ">="))
    return Assumptions(tuple(found), tuple(values))


def _relations(given: Any, declared: Iterable[str]) -> Iterator[tuple[Expr, type, Expr]]:
    if isinstance(given, str):
        for part in _parts(given):
            yield from _chain(part, declared)
    elif isinstance(given, Gt | Ge | Lt | Le | Ne | Eq):
        yield given.lhs, type(given), given.rhs
    elif isinstance(given, Iterable):
        for one in given:
            yield from _relations(one, declared)
    else:
        raise DeriveError(f"assuming is text such as 'a > 0, b != 1', or relations of SymPy, not {given!r:.80}")


def _parts(text: str) -> Iterator[str]:
    """The parts of a text between commas that stand outside brackets, and between the words "and"."""
    depth, start = 0, 0
    for place, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            yield from re.split(r"\band\b", text[start:place])
            start = place + 1
    if text[start:].strip() or start:
        yield from re.split(r"\band\b", text[start:])


def _chain(part: str, declared: Iterable[str]) -> Iterator[tuple[Expr, type, Expr]]:
    """The relations of one part: "0 < x < 1" are two."""
    texts = _SIGN.split(part)
    if len(texts) < 3 or not all(one.strip() for one in texts):
        raise DeriveError(f"{part.strip()[:80]!r} is no condition; write one such as 'a > 0', '0 < x < 1' or 'b = -theta'")
    sides = [parse_expression(one, declared=declared) for one in texts[::2]]
    yield from ((left, _RELATIONS[sign], right) for left, sign, right in zip(sides[:-1], texts[1::2], sides[1:], strict=True))


def _value(left: Expr, right: Expr) -> tuple[Symbol, Expr]:
    for name, value in ((left, right), (right, left)):
        if isinstance(name, Symbol) and not value.has_free(name):
            return name, value
    raise DeriveError(f"{left} = {right} says of no name what it is; write one such as 'b = -theta'")


def split_claim(text: str) -> tuple[str, str, str]:
    """The two sides of "A = B", and the conditions of "A = B for a > 0". Raises DeriveError where there is no "="."""
    claim, _, given = re.sub(r"\b(for|where|if)\b", "\n", text, count=1).partition("\n")
    left, equals, right = claim.partition("=")
    if not equals or "=" in right.removeprefix("="):
        raise DeriveError(f"{claim.strip()[:80]!r} is no claim; write two sides and one '=' between them, such as 'log(a*b) = log(a) + log(b) for a > 0'")
    return left, right.removeprefix("="), given


def plain(sides: Iterable[Side], more: Iterable[Condition] = ()) -> dict[Symbol, Symbol]:
    """For each symbol of SymPy that is known to be positive or the like, the plain symbol of its name.

    Raises DeriveError where two symbols share a name or would print alike, and where one is not real.
    """
    found = {one for part in sides for one in names(part.expression)} | {one for part in more for one in part.expression.free_symbols}
    refuse_look_alikes(found)
    for one in found:
        if one.is_real is False:
            raise DeriveError(f"{one.name!r} is not real; claims are judged over the real numbers")
    return {one: symbol(one.name) for one in found if one != Symbol(one.name)}


def known(plain_names: Mapping[Symbol, Symbol]) -> Iterator[Condition]:
    """What SymPy knows of the sign of symbols, as conditions on the plain symbols."""
    for one, name in plain_names.items():
        for flag, sign, kind in _FLAGS:
            if getattr(one, flag):
                yield Condition(sign * name, kind)
