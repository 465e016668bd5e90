"""Proofs of gradients: is a derivation's result the derivative of the substituted result?

The second route that no derivation takes: forward through the graph, in exact arithmetic with free generators.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

from sympy import Add, And, Expr, Integer, Max, Min, Mul, Ne, Piecewise, S, Symbol, diff, true
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from .activations import defined
from .claims.cases import in_all_cases
from .claims.heads import KINKED
from .claims.laws import LawfulTower
from .claims.sampling import FEW, differ, number, points
from .claims.towers import MOST_WORK, Fact, OutsideError, TooLargeError, Tower
from .claims.verdicts import Verdict
from .graph import Definition
from .steps import Derivation

__all__ = ["FREE", "MOST_PATHS", "REFUTED", "forward", "prove_gradient", "same_in"]

REFUTED = "a point at which the two sides differ"
FREE = "an identity of rational functions in free generators"
MOST_PATHS = 500  # the closed form of a derivation doubles with every few
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
    for point in islice(points(free, dict.fromkeys(free, MODEST) if len(free) > FEW else None), tries):
        values, slope = forward(derivation, point)
        left = number(claimed, values)
        if left is not None and slope is not None and differ(left, slope):
            there = {one.name: point[one] for one in free} | {one.name: value.xreplace(point) for one, value in derivation.graph.settling.items()}
            return Verdict("refuted", REFUTED, true, there, (left, slope))
    return None


def forward(derivation: Derivation, point: Mapping[Symbol, Expr]) -> tuple[dict[Symbol, Expr], Expr | None]:
    """The values of all nodes at a point, and the derivative of the result by the variable; to 50 digits, None where there is none.

    At a kink there is none: SymPy's derivative has values of its own there, and two different ones may both be declared.
    """
    values, slopes = dict(point), dict[Expr, Expr | None]({derivation.claim.wrt: Integer(1)})
    for one in derivation.graph.definitions:
        value = number(one.expression, values)
        if value is None:
            return values, None
        values[one.symbol] = value
        moved = [read for read in derivation.graph.reads[one.symbol] if read in slopes]
        if moved and one.symbol not in slopes:
            slopes[one.symbol] = _sum(one, moved, values, slopes)
    return values, slopes.get(derivation.claim.of, S.Zero)


def _at_a_kink(part: Expr, values: Mapping[Symbol, Expr]) -> bool:
    """Is this one of a function with a kink or a jump exactly there? Of Max and Min, where the largest is a tie."""
    if isinstance(part, Max | Min):
        found = [number(arg, values) for arg in part.args]
        return None in found or found.count(number(part, values)) > 1
    if isinstance(part, Piecewise):
        return any(number(one.lhs - one.rhs, values) == 0 for one in part.atoms(Relational))
    return number(part.args[0], values) == 0


def _sum(definition: Definition, moved: list[Symbol], values: Mapping[Symbol, Expr], slopes: Mapping[Expr, Expr | None]) -> Expr | None:
    expression = defined(definition.expression)
    if any(_at_a_kink(part, values) for part in expression.atoms(*KINKED) if not part.free_symbols.isdisjoint(moved)):
        return None
    parts = [(number(diff(expression, read), values), slopes[read]) for read in moved]
    return None if any(None in part for part in parts) else Add(*(Mul(*part) for part in parts))  # type: ignore[arg-type]
