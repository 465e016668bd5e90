"""Regularisation: the graph of a network with a penalty on its weights, or with units left out.

Both are definitions like all others, so that their gradients come from the same facts: a weight that the loss
reads both through the network and in its penalty is nothing special.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sympy import Abs, Expr, Float, Symbol

from derive.errors import DeriveError
from derive.graph import Definition, Graph, Role
from derive.network import Network
from derive.written import Written, total

__all__ = ["Regularized", "regularized"]

COST = Symbol("Cost")


@dataclass(frozen=True)
class Regularized:
    """A graph to train on: ``loss`` is what is made small, ``masks`` are the symbols that leave hidden units out."""

    graph: Graph
    loss: Symbol
    masks: tuple[Symbol, ...] = ()


def regularized(net: Network, l1: float = 0.0, l2: float = 0.0, dropout: float = 0.0) -> Regularized:
    """The graph of the network with Cost = Loss + l1 Σ|w| + l2/2 Σw² over the weights (not the biases), and dropout.

    With dropout, every hidden output is multiplied by a mask of its own: 0 with that probability, else
    1/(1 − dropout) (Srivastava et al., 2014, in the inverted form). Without any of them it is the network's own graph.
    Raises DeriveError for negative or infinite penalties, and for dropout outside [0, 1).
    """
    for name, value in (("l1", l1), ("l2", l2), ("dropout", dropout)):
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < (1 if name == "dropout" else math.inf):
            raise DeriveError(f"{name}={value!r} is not a number {'from 0 to below 1' if name == 'dropout' else 'of at least 0'}")
    graph, masks = _dropped(net) if dropout else (net.graph, ())
    if not l1 and not l2:
        return Regularized(graph, net.loss, masks)
    penalised = Definition.of(COST, total((net.loss, *_penalty(net, l1, l2))))
    return Regularized(_rebuilt(graph, graph.givens, [*graph.definitions, penalised]), COST, masks)


def _penalty(net: Network, l1: float, l2: float) -> Iterable[Written | Expr]:
    weights = [one for layer in net.weights for one in layer]
    if l1:
        yield Written("*", (Float(l1), total(tuple(Abs(one) for one in weights))))
    if l2:
        yield Written("*", (Float(l2 / 2), total(tuple(one**2 for one in weights))))


def _dropped(net: Network) -> tuple[Graph, tuple[Symbol, ...]]:
    """The graph in which the next layer reads mask·output in the place of every hidden output."""
    hidden = [one for layer in net.layers[:-1] for one in net.outs(layer)]
    masks = {one: Symbol(f"mask_{one}") for one in hidden}
    kept = {one: Symbol(f"kept_{one}") for one in hidden}
    definitions: list[Definition] = []
    for one in net.graph.definitions:
        written = one.written.renamed(kept) if isinstance(one.written, Written) else one.expression.xreplace(kept)  # type: ignore[arg-type]
        definitions.append(Definition.of(one.symbol, written))
        if one.symbol in kept:
            definitions.append(Definition.of(kept[one.symbol], Written("*", (masks[one.symbol], one.symbol))))
    return _rebuilt(net.graph, (*net.graph.givens, *masks.values()), definitions), tuple(masks.values())


def _rebuilt(graph: Graph, givens: Iterable[Symbol], definitions: list[Definition]) -> Graph:
    roles: Mapping[Symbol, Role] = graph.roles
    return Graph(givens, definitions, roles, graph.cited)
