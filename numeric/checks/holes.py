"""Holes: facts that have no number at a point, such as the 0/0 of √z at 0, and why.

A number that rounding, or a float's range, has taken away comes back with more digits. One that is missing for good is
told from it by exact arithmetic: the arguments of the operation that fails are certain, or are 0 when the definitions are
put in without any rounding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from sympy import Expr, Rational, Symbol

from derive.steps import Claim, Derivation

from .bench import Bench
from .causes import Cause
from .operations import Arithmetic, Pair, high_precision
from .tape import Tape

__all__ = ["missing"]

DIGITS = 50
Exact = Mapping[Symbol, Any]


def missing(derivation: Derivation, bench: Bench, given: Exact, claims: Iterable[Claim]) -> dict[Claim, Cause]:
    """Those of the claims that surely have no number where the givens have these values, each with why.

    It is missing in the terms or the closed form, or to begin with in what is differentiated.
    """
    asked = set(claims)
    if not asked or all(value == value for value, _ in bench.pairs):
        return {}
    tape, on = bench.tape, high_precision(DIGITS)
    pairs = tape.run(on, given)
    found: dict[Claim, Cause] = {}
    roots: dict[Claim, Claim] = {}
    for step in derivation.steps:
        places = tape.steps[step.claim]
        slots = [slot for slot in (tape.slot(step.claim.of), places.value, places.total) if pairs[slot][0] != pairs[slot][0]]
        if not slots:
            continue
        root = next((roots[claim] for claim in step.cited() if claim in roots), None)
        if root is not None:
            found[step.claim], roots[step.claim] = Cause.joined((Cause.of("rests", fact=root), found[root])), root
        elif (why := _why(derivation, tape, on, given, pairs, slots[0])) is not None:
            found[step.claim], roots[step.claim] = why, step.claim
    return {claim: why for claim, why in found.items() if claim in asked}


def _why(derivation: Derivation, tape: Tape, on: Arithmetic, given: Exact, pairs: list[Pair], slot: int) -> Cause | None:
    """What is undefined behind a slot; None where more digits may still give it a number."""
    first = tape.first_unnumbered(pairs, slot)
    if first is None:
        return None
    row = tape.rows[first]
    if row is None:  # a constant that is no number, such as SymPy's nan and zoo
        return Cause.of("undefined", part=tape.labels[first])
    if _overflows(on, row, pairs):
        return None
    exact = _Exact(derivation, given)
    if not all(_certain(pairs[arg]) or (pairs[arg][0] == 0 and exact.vanishes(tape.labels[arg])) for arg in row[1]):
        return None
    where = tuple((tape.labels[arg], float(pairs[arg][0])) for arg in row[1] if arg not in tape.constants)
    return Cause.of("undefined where", part=tape.labels[first], where=where) if where else Cause.of("undefined", part=tape.labels[first])


def _overflows(on: Arithmetic, row: Any, pairs: list[Pair]) -> bool:
    """Does the operation fail for nothing but the size of its result?"""
    try:
        row[0].run(on, *(on.rounded(pairs[arg]) for arg in row[1]))
    except OverflowError:
        return True
    except (ArithmeticError, ValueError):
        return False
    return False


def _certain(pair: Pair) -> bool:
    """Is the number what it is for sure, or at least on the side of 0 where it is?"""
    return pair[1] == 0 or abs(pair[0]) > pair[1]


class _Exact:
    """The nodes of a graph in exact arithmetic, each worked out when it is asked for."""

    def __init__(self, derivation: Derivation, given: Exact) -> None:
        self.graph = derivation.graph
        self.values: dict[Symbol, Any] = {one: Rational(Fraction(value)) for one, value in given.items()}
        self.facts = {name: derivation[claim].value for claim, name in self.graph.cited.items() if claim in derivation}

    def vanishes(self, label: Any) -> bool:
        """Is the number of an expression 0, without rounding?"""
        return isinstance(label, Expr) and self.of(label) == 0

    def of(self, expression: Any) -> Any:
        """An expression with the numbers of all nodes in it, functions of this house by their definitions."""
        if expression.is_Symbol:
            return self._node(expression)
        if not expression.args:
            return expression
        definition = getattr(expression, "definition", None)
        return self.of(definition) if definition is not None else expression.func(*map(self.of, expression.args))

    def _node(self, one: Symbol) -> Any:
        if one not in self.values:
            self.values[one] = self.of(self.facts[one] if one in self.facts else self.graph.by_symbol[one].expression)
        return self.values[one]
