"""The chain rule over a graph: collects the facts of one or many derivatives, each once.

One backward walk over the definitions: the total derivative of the result by a node is the sum, over the
definitions that read the node, of their own total times their local slope in it. The cost is linear in
the number of edges; no path is ever listed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sympy import Add, Expr, Mul, S, Symbol, expand

from .activations import activation_of, slope_in_output
from .named import Lookup, of_layer
from .rules import slope
from .shares import with_shares
from .steps import Claim, Factor, Local, Step, Term, Total
from .written import product_of

if TYPE_CHECKING:
    from .graph import Definition, Graph

__all__ = ["derive", "local_step"]


def derive(graph: Graph, of: Symbol, wrt: Iterable[Symbol]) -> dict[Claim, Step]:
    """The facts of ∂of/∂x for every x of wrt, in order, each citing earlier ones only."""
    wanted = list(wrt)
    between = _between(graph, of, wanted)
    steps: dict[Claim, Step] = {}
    for node in [*(one for one in reversed(graph.order) if one in between and one != of), *(one for one in wanted if one not in between)]:
        _total(graph, of, node, between, steps)
    if of in wanted:
        steps[Total(of, of)] = Step(Total(of, of), "variable", ((S.One,),), S.One)
    return steps


def _between(graph: Graph, of: Symbol, wanted: list[Symbol]) -> set[Symbol]:
    """The nodes on some way from one of wanted to the result, both ends included."""
    above = {of}
    for node in reversed(graph.order):
        if node in above:
            above.update(graph.reads.get(node, ()))
    reached = {node for node in wanted if node in above}
    for node in graph.order:
        if node in above and any(read in reached for read in graph.reads.get(node, ())):
            reached.add(node)
    return reached


def _total(graph: Graph, of: Symbol, node: Symbol, between: set[Symbol], steps: dict[Claim, Step]) -> None:
    terms: list[Term] = []
    for reader in graph.readers[node]:
        if reader in between:
            local = Local(reader, node)
            steps[local] = local_step(graph.by_symbol[reader], node, graph.named)
            terms.append((local,) if reader == of else (Total(of, reader), local))
    claim = Total(of, node)
    values = [[_value(graph, steps, factor) for factor in term] for term in terms]
    products = [product_of(factors) for factors in values]
    value = products[0] if len(products) == 1 else Add(*products)
    step = Step(claim, "chain" if terms else "no path", tuple(terms), value, "cancel" if _cancelled(values, value) else "")
    steps[claim] = with_shares(step, graph.shares) if graph.shares and _through_a_layer(graph, step) else step


def _through_a_layer(graph: Graph, step: Step) -> bool:
    """Is the node read by outputs that each depend on a whole layer?"""
    readers = (factor.of for factor in step.cited() if isinstance(factor, Local))
    return any((record := activation_of(graph.by_symbol[one].expression)) is not None and record.whole is not None for one in readers)  # type: ignore[index]


def _value(graph: Graph, steps: dict[Claim, Step], factor: Factor) -> Expr:
    """A factor's closed form, or the name by which the graph cites it."""
    if not isinstance(factor, Local | Total):
        return factor
    return (graph.cited.get(factor) if isinstance(factor, Total) else None) or steps[factor].value


def local_step(definition: Definition, x: Symbol, named: Lookup = of_layer) -> Step:
    """The fact ∂definition/∂x, the other arguments held fixed: in the output where its function allows.

    ``named`` gives the symbols of the other outputs of a layer, where the graph has them.
    """
    claim = Local(definition.symbol, x)
    found = slope_in_output(definition.expression, x, definition.symbol, named)
    if found is not None:
        rule, terms = found
        return Step(claim, rule, terms, Add(*(Mul(*term) for term in terms)))
    slopes = [slope(term, x) for term in definition.summands_with(x)]
    raw = slopes[0] if len(slopes) == 1 else Add(*slopes)
    value = common_denominator(raw)
    return Step(claim, "elementary", tuple((one,) for one in slopes if one != 0), value, "" if value == raw else "common denominator")


def common_denominator(sum_: Expr) -> Expr:
    """A sum of fractions over one denominator, numerator multiplied out, where that is shorter."""
    if not sum_.is_Add:
        return sum_
    parts = [term.as_numer_denom() for term in sum_.args]
    if all(below.is_number for _, below in parts):
        return sum_
    powers: dict[Expr, Expr] = {}
    for _, below in parts:
        for base, power in below.as_powers_dict().items():
            if not power.is_number:  # which of two such powers is the higher cannot be told
                base, power = base**power, S.One
            powers[base] = max(power, powers.get(base, S.Zero))
    below = Mul(*(base**power for base, power in powers.items()))
    joined = expand(Add(*(above * below / own for above, own in parts))) / below
    return joined if joined.count_ops() < sum_.count_ops() else sum_


def _cancelled(values: list[list[Expr]], value: Expr) -> bool:
    """Did a denominator of some factor disappear from the product?"""
    return any(_has_denominator(factor) for factors in values for factor in factors) and not _has_denominator(value)


def _has_denominator(value: Expr) -> bool:
    return any(factor.is_Pow and factor.exp.is_negative and not factor.base.is_number for factor in Mul.make_args(value))
