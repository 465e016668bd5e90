"""Domains: where an expression is defined over the real numbers, as conditions on its parts.

To add a function that is not defined everywhere: one row in ``DEFINED``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal

from sympy import (
    And,
    Derivative,
    Dummy,
    Expr,
    Limit,
    Mul,
    Pow,
    S,
    Symbol,
    acos,
    acosh,
    asin,
    atanh,
    cos,
    log,
    nan,
    oo,
    sqrt,
    tan,
    zoo,
)
from sympy.logic.boolalg import Boolean

from ..activations import defined
from ..written import Written
from .calculus import INFINITE, derivative, limit, resolved, slope
from .conditions import Condition
from .laws import LawfulTower
from .towers import OutsideError, TooLargeError

__all__ = ["back", "conditions", "doubles", "reduced", "stated"]

MOST_WORK = 5_000  # for a sign, in the terms of a tower


def _root(base: Expr, exponent: Expr) -> Iterator[Condition]:
    """A power: its base is not negative under a root, not zero below a line, positive under what is no rational number."""
    if exponent.is_Integer:
        if exponent < 0:
            yield Condition(base, "!=")
    elif exponent.is_Rational:
        yield Condition(base, ">" if exponent < 0 else ">=")
    else:
        yield Condition(base, ">")


def _logarithm(argument: Expr, *base: Expr) -> Iterator[Condition]:
    yield Condition(argument, ">")
    for one in base:
        yield from (Condition(one, ">"), Condition(one - 1, "!="))


def _between(argument: Expr, kind: Literal[">", ">="]) -> Iterator[Condition]:
    yield from (Condition(1 - argument, kind), Condition(1 + argument, kind))


DEFINED: dict[Any, Callable[..., Iterable[Condition]]] = {
    "/": lambda above, below: [Condition(below, "!=")],
    "**": _root,
    Pow: _root,
    sqrt: lambda base: [Condition(base, ">=")],
    log: _logarithm,
    asin: lambda argument: _between(argument, ">="),
    acos: lambda argument: _between(argument, ">="),
    acosh: lambda argument: [Condition(argument - 1, ">=")],
    atanh: lambda argument: _between(argument, ">"),
    tan: lambda argument: [Condition(cos(argument), "!=")],
}


def conditions(written: Written | Expr) -> Iterator[Condition]:
    """Every condition under which an expression is defined, its parts taken as they were written."""
    head = written.head if isinstance(written, Written) else written.func
    if head in (limit, Limit):
        yield from _of_limit(_whole(written))
        return
    for arg in written.args:
        yield from conditions(arg)  # type: ignore[arg-type]
    if head in (derivative, Derivative):
        value, kinks = slope(_whole(written))
        yield from conditions(value)
        yield from (Condition(kink, "!=") for kink in kinks)
    elif head in DEFINED:
        yield from DEFINED[head](*map(_whole, written.args))


def _whole(written: Written | Expr) -> Expr:
    return written.expression if isinstance(written, Written) else written


def _of_limit(claim: Expr) -> Iterator[Condition]:
    """Where the value of a limit is defined, and the function has values near the point."""
    function, x, at, _ = claim.xreplace(INFINITE).args
    yield from conditions(resolved(claim))
    for one in conditions(function):
        there = one.expression.xreplace({x: at}) if at.is_finite else one.expression
        if not there.has(x) and one.kind != "!=" and there.free_symbols and not there.has(nan, oo, -oo, zoo):
            yield Condition(there, one.kind)


def doubles(found: Iterable[Condition], symbols: Iterable[Symbol]) -> dict[Symbol, Expr] | None:
    """For each symbol a real one that knows its sign, or a bound and how much more or less than it; None where bounds exclude each other.

    A name x with x > 3 is 3 + y, and y is positive.
    """
    alone = list(_strongest([part for one in found for part in one.parts if part.bound]))
    return None if _crossed(alone) else {name: _double(name, [one for one in alone if one.bound and one.bound[0] == name]) for name in symbols}


def _crossed(alone: list[Condition]) -> bool:
    """Is there a least value above the largest one?"""
    least = {one.bound[0]: one for one in alone if one.bound and one.bound[2] > 0 and one.kind != "!="}
    largest = [one for one in alone if one.bound and one.bound[2] < 0 and one.kind != "!="]
    return any(one.bound[0] in least and _empty(least[one.bound[0]], one) for one in largest if one.bound)


def _empty(least: Condition, largest: Condition) -> bool:
    low, high = least.bound[1].evalf(), largest.bound[1].evalf()  # type: ignore[index]
    return bool(low > high) or (low == high and ">" in (least.kind, largest.kind))


def _double(name: Symbol, alone: list[Condition]) -> Expr:
    bounded = next((one for one in alone if one.kind != "!="), None)
    if bounded is None:
        return Dummy(name.name, real=True, **({"zero": False} if any(one.bound[1] == 0 for one in alone if one.bound) else {}))
    _, limit_, sign = bounded.bound  # type: ignore[misc]
    return limit_ + sign * Dummy(name.name, **{"positive" if bounded.kind == ">" else "nonnegative": True})


def back(known: Mapping[Symbol, Expr]) -> dict[Expr, Expr]:
    """For each double what it is in the names."""
    return {one: (name - double.xreplace({one: S.Zero})) / double.diff(one) for name, double in known.items() for one in double.free_symbols}


def stated(found: Iterable[Condition], known: Mapping[Symbol, Expr]) -> Boolean:
    """The conditions as one SymPy condition, without those that follow from others."""
    return And(*(one.relation for one in reduced(found, known)))


def reduced(found: Iterable[Condition], known: Mapping[Symbol, Expr]) -> list[Condition]:
    """The conditions without those that follow from others; ``known`` are the doubles of the symbols."""
    unique = list(dict.fromkeys(part for one in found for part in one.parts))
    alone = list(_strongest([one for one in unique if one.bound]))
    positive = [one.expression for one in unique if one.kind == ">"]
    return alone + [one for one in unique if not one.bound and not _follows(one, [fact for fact in positive if fact != one.expression], dict(known))]


def _follows(condition: Condition, positive: list[Expr], known: dict[Symbol, Expr]) -> bool:
    """Is it said already by what is known of single symbols, or are all its factors positive?"""
    flag = {">": "is_positive", ">=": "is_nonnegative", "!=": "is_nonzero"}[condition.kind]
    if getattr(_double_of(condition.expression, known), flag) or _sign(condition.expression, known) in (">", condition.kind):
        return True
    factors = [factor.as_base_exp()[0] for factor in Mul.make_args(condition.expression)]
    return all(_sign(factor, known) == ">" or any((factor - fact).is_nonnegative for fact in positive) for factor in factors)


def _double_of(expression: Expr, known: dict[Symbol, Expr]) -> Expr:
    return defined(expression).xreplace(known)


def _sign(expression: Expr, known: dict[Symbol, Expr]) -> str:
    try:
        return LawfulTower(most_work=MOST_WORK).at_least_zero(_double_of(expression, known))
    except (OutsideError, TooLargeError):
        return ""


def _strongest(alone: list[Condition]) -> Iterator[Condition]:
    """Of several bounds of one symbol from one side the narrowest; what is unequal to a number only where the bounds allow it."""
    sides: dict[tuple[Symbol, int], Condition] = {}
    for one in alone:
        name, _, sign = one.bound  # type: ignore[misc]
        if one.kind != "!=":
            key = (name, sign)
            sides[key] = max(sides.get(key, one), one, key=lambda each: (each.bound[1].evalf() * sign, each.kind == ">"))  # type: ignore[index]
    yield from sides.values()
    for one in alone:
        if one.kind == "!=" and all(_allows(side, one) for side in sides.values()):
            yield one


def _allows(side: Condition, unequal: Condition) -> bool:
    name, limit_, _ = unequal.bound  # type: ignore[misc]
    return side.bound[0] != name or side.holds({name: limit_})  # type: ignore[index]
