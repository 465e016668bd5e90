"""Slips: a student's or a lecturer's gradient against ours, and which of the usual mistakes explains a wrong one.

Every slip is a wrong gradient that somebody could have written: the claim is compared with each of them, first
in numbers, and then proved to be the one that is named.

To add a slip: a function in ``SLIPS`` that gives wrong gradients, each with what is said of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, combinations, islice, pairwise
from typing import Any, TypeVar

from sympy import Add, Expr, Mul, Rational, S, Symbol, nsimplify

from ..activations import activation_of
from ..errors import DeriveError, UnknownNameError
from ..graph import Graph
from ..network import Network
from ..parsing import parse_expression
from ..proofs import MOST_PATHS, forward, modest_points, prove_gradient, same_in
from ..steps import Derivation, Local
from .sampling import differ, number
from .text import side
from .verdicts import Slip, Verdict

__all__ = ["RATES", "SLIPS", "judge_gradient"]

RATES = tuple(Symbol(name) for name in ("alpha", "eta", "lr"))
MOST_PATHS_APART = 64
MOST_OTHERS = 64  # parameters whose gradients are derived for comparison
MOST_SUBSETS = 5  # of so few paths or slopes, every choice is tried
POINTS = 3
TOLERANCE = Rational(1, 10**20)
LARGEST_DENOMINATOR = 10**6

Place = dict[Symbol, Expr]
Path = tuple[Symbol, ...]
Wrong = Iterator[tuple[Slip, Expr]]
T = TypeVar("T")


def judge_gradient(net: Network | Graph, name: str | Symbol, claimed: str | Expr | float, of: str | Symbol | None = None) -> Verdict:
    """Whether a claimed ∂of/∂name is right; where it is wrong, with a point and the usual slip behind it, if there is one.

    of is the loss of a network, or the last definition of a graph, where nothing else is said. claimed is text, a number or
    a SymPy expression in the nodes (and alpha, eta or lr for a learning rate). Raises UnknownNameError, with the names
    there are, where it uses another, and DeriveError for what is neither network nor graph.
    """
    derivation = _derivation(net, name, of)
    expression = _read(derivation, claimed)
    verdict = prove_gradient(derivation, expression)
    return replace(verdict, slip=_slip(derivation, expression)) if verdict.status == "refuted" else verdict


def _derivation(net: Any, name: str | Symbol, of: str | Symbol | None) -> Derivation:
    """The derivation of ∂of/∂name. Raises DeriveError where there is none."""
    if isinstance(net, Network) and of is None:
        return net.derivation(name)
    graph = net.graph if isinstance(net, Network) else net
    if not isinstance(graph, Graph):
        known = "a Network or a Graph, such as Network(2, 2, 2) or parse_graph('y = x**2')"
        raise DeriveError(f"net={net!r:.80}; a gradient is judged in {known}")
    if not graph.definitions:
        raise DeriveError(f"net={net!r:.80} defines nothing that could be differentiated")
    return graph.derivation(graph.definitions[-1].symbol if of is None else of, name)


def _read(derivation: Derivation, claimed: Any) -> Expr:
    """The claimed expression in named nodes: cited deltas are unfolded."""
    graph = derivation.graph
    known = [*graph.order, *graph.cited.values(), *(one for one in RATES if one not in graph.order)]
    if isinstance(claimed, str):
        expression = parse_expression(claimed, known)
    else:
        given, by_name = side(claimed, "claimed").expression, {one.name: one for one in known}
        unknown = [one for one in given.free_symbols if str(one) not in by_name]
        if unknown:
            raise UnknownNameError("name", unknown[0], by_name, "there are")
        expression = given.xreplace({one: by_name[str(one)] for one in given.free_symbols})
    cited = {delta: total for total, delta in graph.cited.items() if delta in expression.free_symbols}
    return expression.xreplace({delta: graph.derivation(total.of, total.wrt).expanded for delta, total in cited.items()})


def _slip(derivation: Derivation, claimed: Expr) -> Slip | None:
    """The first slip whose wrong gradient is the claimed one."""
    places = _places(derivation, claimed) if derivation.path_count <= MOST_PATHS else []
    if not places:
        return None
    true = derivation.expanded
    for slip, wrong in chain.from_iterable(find(derivation, claimed, places[0]) for find in SLIPS):
        if _agree(claimed, wrong, places) and not _agree(true, wrong, places) and same_in(derivation, claimed, wrong):
            return slip
    return None


def _places(derivation: Derivation, claimed: Expr) -> list[Place]:
    """The values of all nodes at a few points at which the claim is wrong."""
    free = {*derivation.graph.givens, *(claimed.free_symbols - set(derivation.graph.order))}
    tries = islice(modest_points(free), 4 * POINTS)  # type: ignore[arg-type]
    found = ((values, slope, number(claimed, values)) for values, slope in forward(derivation, tries))
    return list(islice((values for values, right, wrong in found if wrong is not None and differ(right, wrong)), POINTS))


def _agree(left: Expr, right: Expr, places: list[Place]) -> bool:
    """Are two expressions equal at all the places?"""
    for place in places:
        values = number(left, place), number(right, place)
        if values[0] is None or values[1] is None or differ(values[0], values[1]):
            return False
    return True


# ---- the wrong gradients


def _sign(derivation: Derivation, claimed: Expr, place: Place) -> Wrong:
    """The whole, or some paths, with the other sign."""
    yield Slip("sign"), -derivation.expanded
    for some in _choices(_paths(derivation)):
        yield Slip("sign", _told(some)), _sum(derivation, dict.fromkeys(some, -1))


def _factor(derivation: Derivation, claimed: Expr, place: Place) -> Wrong:
    """A number in front: 2 where the ½ of a squared error was forgotten."""
    ratio = _rational(claimed / derivation.expanded, place)
    if ratio is not None and ratio not in (0, 1, -1):
        yield Slip("factor", (str(ratio),)), ratio * derivation.expanded


def _missing_path(derivation: Derivation, claimed: Expr, place: Place) -> Wrong:
    for some in _choices(_paths(derivation)):
        yield Slip("missing path", _told(some)), _sum(derivation, dict.fromkeys(some, 0))


def _missing_slope(derivation: Derivation, claimed: Expr, place: Place) -> Wrong:
    """The slope of one or more activations left out."""
    slopes = [one for one in _locals(derivation) if _is_activation(derivation, one)]
    for some in (*_choices(slopes), tuple(slopes)):
        yield Slip("missing slope", tuple(map(str, some))), _sum(derivation, without=some)


def _missing_factor(derivation: Derivation, claimed: Expr, place: Place) -> Wrong:
    """Another factor of the chain left out, such as the input of a weight."""
    for one in _locals(derivation):
        if not _is_activation(derivation, one):
            yield Slip("missing factor", (str(one),)), _sum(derivation, without=(one,))


def _transposed(derivation: Derivation, claimed: Expr, place: Place) -> Wrong:
    """The weights of one layer with row and column exchanged, or the gradient of the weight that stands there."""
    for one, other in _mirrored(derivation).items():
        if derivation.claim.wrt == one:
            yield Slip("transposed", (one.name, other.name)), derivation.graph.derivation(derivation.claim.of, other).expanded  # type: ignore[arg-type]
    for layer in sorted({role.layer for role in derivation.graph.roles.values() if role.kind == "weight"}):
        swap = {one: other for one, other in _mirrored(derivation).items() if derivation.graph.roles[one].layer == layer and one != derivation.claim.wrt}
        used = sorted((one.name for one in swap if derivation.expanded.has_free(one)), key=_natural)
        yield Slip("transposed", tuple(used)), derivation.expanded.xreplace(swap)


def _other_parameter(derivation: Derivation, claimed: Expr, place: Place) -> Wrong:
    """The gradient of another weight or bias of the same layer."""
    graph, wrt = derivation.graph, derivation.claim.wrt
    own = graph.roles.get(wrt)
    alike = (one for one in graph.givens if one != wrt and own and (role := graph.roles.get(one)) and (role.kind, role.layer) == (own.kind, own.layer))
    for one in islice(alike, MOST_OTHERS):
        yield Slip("other parameter", (one.name,)), graph.derivation(derivation.claim.of, one).expanded  # type: ignore[arg-type]


def _updated(derivation: Derivation, claimed: Expr, place: Place) -> Wrong:
    """The weights of later layers taken after their own update, by a learning rate that is named or a number."""
    graph, true = derivation.graph, derivation.expanded
    later = [one for one, role in graph.roles.items() if role.kind == "weight" and one != derivation.claim.wrt and true.has_free(one)]
    if not later or len(later) > MOST_OTHERS:
        return
    steps = {one: graph.derivation(derivation.claim.of, one).expanded for one in later}  # type: ignore[arg-type]

    def after(rate: Expr) -> Expr:
        return true.xreplace({one: one - rate * slope for one, slope in steps.items()})

    rate = _rational((claimed - true) / (after(S.One) - true), place)
    for one in (*(rate_ for rate_ in RATES if claimed.has_free(rate_)), *([] if rate is None else [rate])):
        yield Slip("updated too early", tuple(sorted((weight.name for weight in later), key=_natural))), after(one)


SLIPS: tuple[Callable[[Derivation, Expr, Place], Wrong], ...] = (
    _sign, _factor, _missing_path, _missing_slope, _missing_factor, _transposed, _other_parameter, _updated,
)  # fmt: skip


# ---- what they are made of


def _paths(derivation: Derivation) -> tuple[Path, ...]:
    return derivation.paths if derivation.path_count <= MOST_PATHS_APART else ()


def _chain(path: Path) -> list[Local]:
    return [Local(reader, node) for node, reader in pairwise(path)]


def _locals(derivation: Derivation) -> list[Local]:
    return list(dict.fromkeys(one for path in _paths(derivation) for one in _chain(path)))


def _sum(derivation: Derivation, times: Mapping[Path, int] | None = None, without: tuple[Local, ...] = ()) -> Expr:
    """The sum over all paths of the product along each, some paths times a number, some factors left out."""
    products = (Mul((times or {}).get(path, 1), *(derivation[one].value for one in _chain(path) if one not in without)) for path in _paths(derivation))
    return Add(*products)


def _choices(things: Sequence[T]) -> Iterator[tuple[T, ...]]:
    """Every choice of some but not all of a few things, the smaller first; of many, each alone and all but each."""
    sizes = range(1, len(things)) if len(things) <= MOST_SUBSETS else (1, len(things) - 1)
    return chain.from_iterable(combinations(things, size) for size in sizes)


def _told(paths: Iterable[Path]) -> tuple[str, ...]:
    return tuple(" → ".join(one.name for one in path) for path in paths)


def _is_activation(derivation: Derivation, one: Local) -> bool:
    return activation_of(derivation.graph.by_symbol[one.of].expression) is not None  # type: ignore[index]


def _mirrored(derivation: Derivation) -> dict[Symbol, Symbol]:
    """For each weight, the one of its layer whose row is this one's column, where there is one besides itself."""
    weights = {(role.layer, role.row, role.col): one for one, role in derivation.graph.roles.items() if role.kind == "weight"}
    pairs = ((one, weights.get((layer, col, row))) for (layer, row, col), one in weights.items())
    return {one: other for one, other in pairs if other is not None and other != one}


def _natural(name: str) -> tuple[int, str]:
    return len(name), name


def _rational(expression: Expr, place: Place) -> Expr | None:
    """The value at a place as a simple fraction; None where it is none."""
    value = number(expression, place)
    if value is None:
        return None
    near = nsimplify(value, rational=True, tolerance=TOLERANCE)
    return near if near.q <= LARGEST_DENOMINATOR and not differ(near, value) else None
