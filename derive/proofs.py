"""Proofs of gradients: is a derivation's result the derivative of the substituted result?

The second route that no derivation takes: forward through the graph, in exact arithmetic with free generators.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from sympy import And, Expr, Integer, Ne, S, Symbol, diff, true

from .activations import defined
from .graph import Definition
from .sampling import differ, number, points
from .steps import Derivation
from .towers import OutsideError, TooLargeError, Tower
from .verdicts import Verdict

__all__ = ["FREE", "prove_gradient"]


FREE = "an identity of rational functions in free generators"
MOST_PATHS = 1_000  # the closed form of a derivation doubles with every few
FEW_POINTS = 3


def prove_gradient(derivation: Derivation) -> Verdict:
    """Whether the derivation's result, every node substituted, is the derivative of the substituted result of its graph.

    Proved in exact arithmetic, refuted by a point (50 digits), or undecided where that takes too long: at once
    where more than 1,000 paths lead to the result. What has kinks is judged away from them, as the domain says.
    """
    claim, paths = derivation.claim, derivation.path_count
    if paths > MOST_PATHS:
        return Verdict("undecided", f"{paths} paths lead from {claim.wrt} to {claim.of}; at most {MOST_PATHS} are multiplied out")
    try:
        for definitions in (_reached(derivation), list(derivation.graph.definitions)):
            tower = Tower(claim.wrt)
            if _holds(tower, derivation, definitions):
                return Verdict("proved", FREE, And(*(Ne(one, 0) for one in tower.kinks)))
    except (OutsideError, TooLargeError) as error:
        return _refuted(derivation, FEW_POINTS) or Verdict("undecided", str(error))
    return _refuted(derivation) or Verdict("undecided", "the two sides are not the same in free generators, and differ at no point that was tried")


def _reached(derivation: Derivation) -> list[Definition]:
    """The definitions that depend on the variable: the others are numbers that nothing need be known of."""
    reached = {derivation.claim.wrt}
    found = []
    for one in derivation.graph.definitions:
        if one.symbol in reached or not reached.isdisjoint(derivation.graph.reads[one.symbol]):
            reached.add(one.symbol)
            found.append(one)
    return found


def _holds(tower: Tower, derivation: Derivation, definitions: list[Definition]) -> bool:
    for one in definitions:
        tower.define(one.symbol, one.expression)
    return tower.is_zero(tower.slope(tower.value(derivation.claim.of)) - tower.value(derivation.expanded))


def _refuted(derivation: Derivation, tries: int | None = None) -> Verdict | None:
    graph = derivation.graph
    for point in islice(points(graph.givens), tries):
        values, slopes = _forward(derivation, point)
        right = slopes.get(derivation.claim.of)
        left = number(derivation.expanded, values)
        if left is not None and right is not None and differ(left, right):
            there = {one.name: point[one] for one in graph.givens}
            return Verdict("refuted", "a point at which the two sides differ", true, there, (left, right))
    return None


def _forward(derivation: Derivation, point: Mapping[Symbol, Expr]) -> tuple[dict[Symbol, Expr], dict[Expr, Expr]]:
    """The values of all nodes at a point and their derivatives by the variable, to 50 digits, up to the first that has none."""
    wrt = derivation.claim.wrt
    values, slopes = dict(point), dict[Expr, Expr]({wrt: Integer(1)})
    for one in derivation.graph.definitions:
        value = number(one.expression, values)
        if value is None:
            break
        locals_ = [(number(diff(defined(one.expression), read), values), slopes[read]) for read in derivation.graph.reads[one.symbol] if read in slopes]
        values[one.symbol] = value
        if any(slope is None for slope, _ in locals_):
            break
        if locals_:
            slopes.setdefault(one.symbol, sum((local * slope for local, slope in locals_ if local is not None), S.Zero))
    slopes.setdefault(derivation.claim.of, S.Zero)
    return values, slopes
