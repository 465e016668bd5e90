"""Question: two expressions that are compared, where they are defined, and points at which they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import Expr, Symbol, false

from ..reals import put_in
from .conditions import Condition
from .domains import doubles, stated
from .sampling import Bounds, differ, number, points

__all__ = ["Question"]

MOST_SAMPLES = 24


@dataclass(frozen=True)
class Question:
    """Two expressions, derivatives and limits worked out, and the conditions under which they are compared."""

    left: Expr
    right: Expr
    conditions: tuple[Condition, ...]

    @cached_property
    def symbols(self) -> tuple[Symbol, ...]:
        """All names, in alphabetical order."""
        found = self.left.free_symbols.union(self.right.free_symbols, *(one.expression.free_symbols for one in self.conditions))
        return tuple(sorted(found, key=lambda one: one.name))

    @cached_property
    def doubles(self) -> dict[Symbol, Expr] | None:
        """For each name a real symbol that knows its sign, or a bound and such a symbol; None where the conditions exclude each other."""
        return None if any(one.relation == false for one in self.conditions) else doubles(self.conditions, self.symbols)

    @property
    def domain(self) -> Any:
        """Where both sides are defined, as a SymPy condition."""
        return stated(self.conditions, self.doubles or {})

    @property
    def bounds(self) -> Bounds:
        """The least and the largest value of every name that has one."""
        found: dict[Symbol, tuple[Expr | None, Expr | None]] = {}
        for name, limit, side_ in (one.bound for one in self.conditions if one.bound and one.kind != "!="):
            least, largest = found.get(name, (None, None))
            if side_ > 0:
                found[name] = (limit if least is None else max(least, limit, key=float), largest)
            else:
                found[name] = (least, limit if largest is None else min(largest, limit, key=float))
        return found

    @cached_property
    def samples(self) -> list[tuple[dict[Symbol, Expr], Expr, Expr]]:
        """Points at which both sides are defined, and the two sides there; up to the first at which they differ."""
        found = []
        for point in points(self.symbols, self.bounds) if self.symbols else [{}]:
            if all(one.holds(point) for one in self.conditions):
                left, right = number(self.left, point), number(self.right, point)
                if left is not None and right is not None:
                    found.append((point, left, right))
                    if differ(left, right) or len(found) == MOST_SAMPLES:
                        break
        return found

    def where(self, *more: Condition) -> Question:
        """The same question with more conditions."""
        return Question(self.left, self.right, (*self.conditions, *more))

    def renamed(self, names: Mapping[Symbol, Expr]) -> Question:
        """The same question with other expressions in the places of some names."""
        return Question(put_in(self.left, names), put_in(self.right, names), tuple(one.renamed(names) for one in self.conditions))
