"""Proofs of gradients: is a derivation's result the derivative of the substituted result?

The second route that no derivation takes: forward through the graph, in exact arithmetic with free generators.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import islice

from sympy import Add, And, Expr, Integer, Ne, S, Symbol, true
from sympy.logic.boolalg import Boolean

from .claims.calculus import Slope, derivative, slope
from .claims.cases import in_all_cases
from .claims.laws import LawfulTower
from .claims.sampling import FEW, differ, number, points
from .claims.towers import MOST_WORK, Fact, OutsideError, TooLargeError, Tower
from .claims.verdicts import Verdict
from .graph import Definition
from .steps import Derivation

__all__ = ["FREE", "MOST_PATHS", "REFUTED", "forward", "modest_points", "prove_gradient", "same_in"]

REFUTED = "a point at which the two sides differ"
FREE = "an identity of rational functions in free generators"
MOST_PATHS = 500  # the closed form of a derivation doubles with every few
Slopes = dict[tuple[Symbol, Symbol], Slope]  # of a definition by what it reads
FEW_POINTS = 1  # where a proof took too long, a point does too
MODEST = (Integer(-1), Integer(1))  # values at which no sigmoid is saturated


def prove_gradient(derivation: Derivation, claimed: Expr | None = None) -> Verdict:
    """Whether the derivation's result, every node substituted, is the derivative of the substituted result of its graph.

    ``claimed`` is judged in the place of the result where it is given. Proved in exact arithmetic, refuted by a
    point (50 digits), or undecided where that takes too long: at once where more than 500 paths lead to the
    result. What has kinks is judged away from them, as the domain says.
    """
    claim, paths = derivation.claim, derivation.path_count
    if paths > MOST_PATHS:
        refuted = None if claimed is None else _refuted(derivation, claimed, FEW_POINTS)
        return refuted or Verdict("undecided", f"{paths} paths lead from {claim.wrt} to {claim.of}; at most {MOST_PATHS} are multiplied out")
    derivation, (result,) = _settled(derivation, derivation.expanded if claimed is None else claimed)
    try:
        for definitions, opened in _attempts(derivation):
            kinks = in_all_cases(_towers(claim.wrt), _holds(definitions, opened, claim.of, result))
            if kinks is not None:
                return Verdict("proved", FREE, _away_from(kinks))
    except (OutsideError, TooLargeError) as error:
        return _refuted(derivation, result, FEW_POINTS) or Verdict("undecided", str(error))
    tries = (_by_laws, _refuted) if claimed is None else (_refuted, _by_laws)  # what is likelier to be told first
    found = next(filter(None, (attempt(derivation, result) for attempt in tries)), None)
    return found or Verdict("undecided", "the two sides are not the same in free generators, and differ at no point that was tried")


def _by_laws(derivation: Derivation, claimed: Expr) -> Verdict | None:
    """A proof that takes exponentials, logarithms and roots apart, such as exp(a + b) = exp(a)·exp(b); None where there is none."""
    tower = LawfulTower(derivation.claim.wrt)
    try:
        if not _holds(_reached(derivation), False, derivation.claim.of, claimed)(tower):  # type: ignore[arg-type]
            return None
    except (OutsideError, TooLargeError):
        return None
    return Verdict("proved", "; ".join((FREE, *tower.laws)), _away_from(tower.kinks))


def _away_from(kinks: Iterable[Expr]) -> Boolean:
    return And(*(Ne(-kink if kink.could_extract_minus_sign() else kink, 0) for kink in kinks))


def _settled(derivation: Derivation, *claimed: Expr) -> tuple[Derivation, tuple[Expr, ...]]:
    """The derivation and the claims where the shares of its graph sum to 1; a share that is itself moved stays free."""
    graph, claim = derivation.graph, derivation.claim
    if not graph.shares or claim.wrt in graph.shares:
        return derivation, claimed
    return Derivation(graph.settled(), claim, derivation.steps), tuple(one.xreplace(graph.settling) for one in claimed)  # type: ignore[arg-type]


def _towers(wrt: Symbol) -> Callable[[Iterable[Fact]], Tower]:
    """A tower for the facts of a case; as there are many cases, each may take less work."""
    return lambda facts: Tower(wrt, MOST_WORK // 8 if facts else MOST_WORK, facts=facts)


def _holds(definitions: Iterable[Definition], opened: bool, of: Expr, claimed: Expr) -> Callable[[Tower], bool]:
    """Is the derivative of one node what is claimed, in a tower?"""
    definitions = list(definitions)

    def holds(tower: Tower) -> bool:
        _define(tower, definitions, opened)
        return tower.is_zero(tower.slope(tower.value(of)) - tower.value(claimed))

    return holds


def same_in(derivation: Derivation, left: Expr, right: Expr) -> bool:
    """Is it proved that two expressions in the nodes of a graph are equal? False where it is not, or takes too long."""
    derivation, (left, right) = _settled(derivation, left, right)
    try:
        for definitions, opened in _attempts(derivation):
            tower = Tower()
            _define(tower, definitions, opened)
            if tower.is_zero(tower.value(left) - tower.value(right)):
                return True
    except (OutsideError, TooLargeError):
        return False
    return False


def _attempts(derivation: Derivation) -> Iterator[tuple[Iterable[Definition], bool]]:
    """Which definitions are used, and whether sums are opened too: what a proof does not need only makes it slower."""
    yield _reached(derivation), False
    yield derivation.graph.definitions, False
    yield derivation.graph.definitions, True


def _reached(derivation: Derivation) -> Iterator[Definition]:
    """The definitions that depend on the variable: of the others nothing need be known but that they do not."""
    reached = {derivation.claim.wrt}
    for one in derivation.graph.definitions:
        if one.symbol in reached or not reached.isdisjoint(derivation.graph.reads[one.symbol]):
            reached.add(one.symbol)
            yield one


def _define(tower: Tower, definitions: Iterable[Definition], opened: bool) -> None:
    for one in definitions:
        tower.define(one.symbol, one.expression, opened)


def _refuted(derivation: Derivation, claimed: Expr, tries: int | None = None) -> Verdict | None:
    free = [*derivation.graph.givens, *sorted(claimed.free_symbols - set(derivation.graph.order), key=str)]
    for values, right in forward(derivation, islice(modest_points(free), tries)):
        left = number(claimed, values)
        if left is not None and differ(left, right):
            settled = {one.name: value.xreplace(values) for one, value in derivation.graph.settling.items()}
            there = {one.name: values[one] for one in free} | settled
            return Verdict("refuted", REFUTED, true, there, (left, right))
    return None


def modest_points(free: Collection[Symbol]) -> Iterator[dict[Symbol, Expr]]:
    """Points to try; of many variables modest ones."""
    return points(free, dict.fromkeys(free, MODEST) if len(free) > FEW else None)


def forward(derivation: Derivation, places: Iterable[Mapping[Symbol, Expr]]) -> Iterator[tuple[dict[Symbol, Expr], Expr]]:
    """The values of all nodes at each place, and there the derivative of the result by the variable, to 50 digits.

    Places at which one of them has no value are left out: a node that is not defined there, or one at a kink.
    """
    slopes: Slopes = {}
    for place in places:
        found = _at(derivation, place, slopes)
        if found is not None:
            yield found


def _at(derivation: Derivation, place: Mapping[Symbol, Expr], slopes: Slopes) -> tuple[dict[Symbol, Expr], Expr] | None:
    """The values and the derivative at one place; ``slopes`` keeps those of the definitions for the next one."""
    values, totals = dict(place), {derivation.claim.wrt: Integer(1)}
    for definition in derivation.graph.definitions:
        node = definition.symbol
        value = number(definition.expression, values)
        if value is None:
            return None
        values[node] = value
        parts: list[Expr] = []
        for read in derivation.graph.reads[node]:
            if read in totals and node != derivation.claim.wrt:
                if (node, read) not in slopes:
                    slopes[node, read] = slope(derivative(definition.expression, read))
                local = _local(slopes[node, read], values)
                if local is None:
                    return None
                parts.append(local * totals[read])
        if parts:
            totals[node] = Add(*parts)
    return values, totals.get(derivation.claim.of, S.Zero)  # type: ignore[call-overload]


def _local(found: Slope, values: Mapping[Symbol, Expr]) -> Expr | None:
    """The number of a slope; None where there is none, and at a kink."""
    away = (number(kink, values) for kink in found.kinks)
    return number(found.value, values) if all(side is not None and differ(side, S.Zero) for side in away) else None
