"""Regularisation: the graph of a network with a penalty on its weights, or with units left out.

Both are definitions like all others, so that their gradients come from the same facts: a weight that the loss
reads both through the network and in its penalty is nothing special.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from sympy import Abs, Expr, Float, Symbol

from derive.errors import DeriveError
from derive.graph import Definition, Graph
from derive.network import Network
from derive.written import Written, total

__all__ = ["Regularized", "regularized"]

COST = Symbol("Cost")


@dataclass(frozen=True)
class Regularized:
    """A network to train, with penalties and dropout; ``graph`` has the definitions of all of it, ``loss`` is what is made small."""

    net: Network
    l1: float = 0.0
    l2: float = 0.0
    dropout: float = 0.0

    @property
    def plain(self) -> bool:
        """Is it the network itself?"""
        return not (self.l1 or self.l2 or self.dropout)

    @property
    def loss(self) -> Symbol:
        """The node that is made small: Cost where there is a penalty, else the loss of the network."""
        return COST if self.l1 or self.l2 else self.net.loss

    @cached_property
    def masks(self) -> tuple[Symbol, ...]:
        """The symbols that leave hidden units out, one each."""
        return tuple(Symbol(f"mask_{one}") for one in _hidden(self.net)) if self.dropout else ()

    @cached_property
    def graph(self) -> Graph:
        """The definitions of the network, with what is added."""
        graph = _dropped(self.net, self.masks) if self.dropout else self.net.graph
        if not self.l1 and not self.l2:
            return graph
        cost = Definition.of(COST, total((self.net.loss, *_penalty(self.net, self.l1, self.l2))))
        return Graph(graph.givens, [*graph.definitions, cost], graph.roles, graph.cited)


def regularized(net: Network, l1: float = 0.0, l2: float = 0.0, dropout: float = 0.0) -> Regularized:
    """The network with Cost = Loss + l1 Σ|w| + l2/2 Σw² over the weights (not the biases), and dropout.

    With dropout, every hidden output is multiplied by a mask of its own: 0 with that probability, else
    1/(1 − dropout) (Srivastava et al., 2014, in the inverted form). Raises DeriveError for negative or infinite
    penalties, and for dropout outside [0, 1).
    """
    for name, value in (("l1", l1), ("l2", l2), ("dropout", dropout)):
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < (1 if name == "dropout" else math.inf):
            raise DeriveError(f"{name}={value!r} is not a number {'from 0 to below 1' if name == 'dropout' else 'of at least 0'}")
    return Regularized(net, l1, l2, dropout)


def _penalty(net: Network, l1: float, l2: float) -> Iterable[Written | Expr]:
    weights = [one for layer in net.weights for one in layer]
    if l1:
        yield Written("*", (Float(l1), total(tuple(Abs(one) for one in weights))))
    if l2:
        yield Written("*", (Float(l2 / 2), total(tuple(one**2 for one in weights))))


def _hidden(net: Network) -> list[Symbol]:
    return [one for layer in net.layers[:-1] for one in net.outs(layer)]


def _dropped(net: Network, masks: tuple[Symbol, ...]) -> Graph:
    """The graph in which the next layer reads mask·output in the place of every hidden output."""
    mask = dict(zip(_hidden(net), masks, strict=True))
    kept = {one: Symbol(f"kept_{one}") for one in mask}
    definitions: list[Definition] = []
    for one in net.graph.definitions:
        written = one.written.renamed(kept) if isinstance(one.written, Written) else one.expression.xreplace(kept)  # type: ignore[arg-type]
        definitions.append(Definition.of(one.symbol, written))
        if one.symbol in kept:
            definitions.append(Definition.of(kept[one.symbol], Written("*", (mask[one.symbol], one.symbol))))
    return Graph((*net.graph.givens, *masks), definitions, net.graph.roles, net.graph.cited)
