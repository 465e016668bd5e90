"""Graph differences: the central differences of one node of a graph by many of its givens, in one batched evaluation.

Every given that is moved becomes a column of its own, so that NumPy runs through the definitions once for all
givens, steps and samples. It takes no derivation, and any graph: networks with skip connections, dropout or
penalties among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, count
from typing import Any

import numpy as np
from sympy import Abs, Heaviside, Max, Min, Piecewise, Symbol, preorder_traversal, sign
from sympy.core.relational import Relational

from derive.activations import defined
from derive.graph import Definition, Graph

from ..code.printers import ARRAY
from ..code.programs import Program
from ..code.sources import function_of, pointwise
from ..code.writer import Writer
from .operations import arrays
from .sampled import Sampled

__all__ = ["GraphDifferences"]

ENTRIES = 1 << 20  # how many numbers of a node are computed at a time


@dataclass(frozen=True)
class GraphDifferences:
    """The value of a node, and what of it is moved: call it with values to sample the node around them."""

    graph: Graph
    of: Symbol
    wrt: Sequence[Symbol]

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The value of the node as a function of all givens, and after it what changes its sign at each kink."""
        kinks = list(_kinks(self.graph))
        graph = Graph(self.graph.givens, [*self.graph.definitions, *kinks])
        writer = Writer(graph)
        for definition in graph.definitions:
            writer.define(definition)
        names = {symbol: writer.called(symbol) for symbol in graph.givens}
        results = tuple(writer.called(kink.symbol) for kink in kinks)
        return function_of(pointwise(Program(names, tuple(writer.lines), writer.called(self.of), results), ARRAY))

    def __call__(self, values: Mapping[Symbol, Any]) -> Sampled:
        """The mean of the node over the samples as a function of what is moved.

        values has a number for every given, or an array of shape (N,); what is moved must be a number.
        """
        return _MeanOfGraph(self, values)


class _MeanOfGraph(Sampled):
    """The mean over the samples of a node as a function of some givens, all at once."""

    def __init__(self, differences: GraphDifferences, values: Mapping[Symbol, Any]) -> None:
        self.differences, self.given = differences, {symbol: np.reshape(value, (1, 1, -1)) for symbol, value in values.items()}
        self.samples = max(np.size(value) for value in values.values())
        here, signs = self._run(self.given)
        draw = np.random.default_rng(0)
        # Which sides of its kinks a sample of all samples is on, as one number: a random weight for each sign.
        self._weights = [draw.integers(1, 2**40, np.shape(values)[-1]) for values in signs]
        x = np.array([float(values[symbol]) for symbol in differences.wrt])
        super().__init__(arrays(), x, float(self._mean(here, (1, 1)).item()), self._side(signs, (1, 1)).item())

    def values(self, places: np.ndarray, moved: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The mean with one given moved, for each number of an array whose last axis goes with the places, and the sides of the kinks."""
        rows = moved.reshape(-1, len(places))
        some = max(1, ENTRIES // (self.samples * len(rows)))
        parts = [self._some(places[start : start + some], rows[:, start : start + some]) for start in range(0, len(places), some)]
        means, sides = (np.concatenate(part, axis=1).reshape(moved.shape) for part in zip(*parts, strict=True))
        return means, sides

    def _some(self, places: np.ndarray, moved: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        given = dict(self.given)
        for column, place in enumerate(places.tolist()):
            every: np.ndarray = np.full((*moved.shape, 1), self.x[place])
            every[:, column, 0] = moved[:, column]
            given[self.differences.wrt[place]] = every
        with np.errstate(all="ignore"):
            found, signs = self._run(given)
            return self._mean(found, moved.shape), self._side(signs, moved.shape)

    def _mean(self, found: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        return np.broadcast_to(found, (*shape, np.shape(found)[-1])).mean(-1)

    def _side(self, signs: Sequence[np.ndarray], shape: tuple[int, ...]) -> np.ndarray:
        sides = np.zeros(shape, np.int64)
        for values, weights in zip(signs, self._weights, strict=True):
            sides += np.broadcast_to((np.sign(values).astype(np.int64) * weights).sum(-1), shape)
        return sides

    def _run(self, given: Mapping[Symbol, Any]) -> tuple[np.ndarray, list[np.ndarray]]:
        found = self.differences.function(*(given[symbol] for symbol in self.differences.graph.givens))
        value, *signs = (np.reshape(part, (1, 1, 1)) if np.ndim(part) == 0 else part for part in (found if isinstance(found, tuple) else (found,)))
        return value, signs


def _kinks(graph: Graph) -> Iterator[Definition]:
    """A definition for every place at which a node has a kink: what is 0 there."""
    names = (name for number in count(1) if (name := f"kink{number}") not in {one.name for one in graph.order})
    for definition in graph.definitions:
        for part in preorder_traversal(defined(definition.expression)):
            yield from (Definition(Symbol(next(names)), one) for one in _zeros(part))


def _zeros(part: Any) -> Iterable[Any]:
    """What of an expression is 0 where it has a kink or a jump."""
    if isinstance(part, Max | Min):
        return (one - other for one, other in combinations(part.args, 2))
    if isinstance(part, Abs | sign | Heaviside):
        return (part.args[0],)
    if isinstance(part, Piecewise):
        return (one.lhs - one.rhs for condition in part.args for one in condition[1].atoms(Relational))
    return ()
