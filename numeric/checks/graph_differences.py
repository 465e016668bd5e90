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
from .ladders import OFFSETS, STEP, UNIT, Slopes, quick, searched
from .layer_differences import Estimate

__all__ = ["GraphDifferences"]

ENTRIES = 1 << 20  # how many numbers of a node are computed at a time


@dataclass(frozen=True)
class GraphDifferences:
    """The value of a node, and what of it is moved."""

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
        names = {one: writer.called(one) for one in graph.givens}
        results = tuple(writer.called(one.symbol) for one in kinks)
        return function_of(pointwise(Program(names, tuple(writer.lines), writer.called(self.of), results), ARRAY))

    def estimate(self, values: Mapping[Symbol, Any], unit: float = UNIT, careful: bool = False) -> Estimate:
        """The differences of the mean over the samples. values has a number for every given, or an array of shape (N,).

        unit and careful are as for ``LayerDifferences.estimate``; what is moved must be a number.
        """
        samples = max(np.size(one) for one in values.values())
        x = np.array([float(values[one]) for one in self.wrt])
        some = max(1, ENTRIES // (samples * 40))
        parts = [self._some(values, x, slice(start, start + some), careful) for start in range(0, len(x), some)]
        value, bound, step = (np.concatenate([getattr(one, name) for one in parts]) for name in ("value", "bound", "step"))
        kinked = any(one.kink is not None for one in parts)
        kinks = [np.zeros_like(one.value) if one.kink is None else one.kink for one in parts] if kinked else None
        return Estimate(value, bound + 16 * unit * np.abs(value), None if kinks is None else np.concatenate(kinks), step)

    def _some(self, values: Mapping[Symbol, Any], x: np.ndarray, some: slice, careful: bool) -> Slopes:
        """The slopes by some of the givens."""
        own = x[some]
        scale = 2.0 ** np.floor(np.log2(np.maximum(np.abs(own), 1.0)))

        def sample(moved: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            return self._sampled(values, range(len(x))[some], moved)

        if careful:
            return searched(sample, own, scale)
        moved = own + np.multiply.outer(OFFSETS, scale)
        found, beyond = sample(moved)
        slopes = quick(found, moved[:3] - moved[3:6])
        bound = np.where(beyond.any(0), np.inf, slopes.bound)  # kinks are looked at with care
        return slopes._replace(bound=bound, step=STEP * scale)

    def _sampled(self, values: Mapping[Symbol, Any], places: Sequence[int], moved: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The mean values, of the shape of ``moved``, and which lie beyond a kink: in each column one given is moved, the others are at home."""
        home = {one: np.reshape(value, (1, 1, -1)) for one, value in values.items()}
        given: dict[Symbol, Any] = dict(home)
        for column, place in enumerate(places):
            every = np.full((*moved.shape, 1), float(values[self.wrt[place]]))
            every[:, column, 0] = moved[:, column]
            given[self.wrt[place]] = every
        found, *sides = self._run(given)
        beyond = np.zeros(moved.shape, bool)
        for side, own in zip(sides, self._run(home)[1:], strict=True):
            beyond |= np.broadcast_to(np.sign(side) != np.sign(own), (*moved.shape, np.shape(side)[-1])).any(-1)
        return np.broadcast_to(found, (*moved.shape, np.shape(found)[-1])).mean(-1), beyond

    def _run(self, given: Mapping[Symbol, Any]) -> list[np.ndarray]:
        found = self.function(*(given[one] for one in self.graph.givens))
        return [np.reshape(one, (1, 1, 1)) if np.ndim(one) == 0 else one for one in (found if isinstance(found, tuple) else (found,))]


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
