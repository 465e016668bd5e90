"""The parts of a network with plain layers, for numbers: its blocks of parameters, the functions of its units, and its loss.

The functions are compiled from the definitions alone, each from that of one unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from sympy import Symbol

from derive.errors import DeriveError
from derive.graph import Definition, Graph
from derive.losses import Loss, O, T
from derive.named import Activation
from derive.network import Network
from derive.own import unit
from derive.written import Written

from ..code.printers import ARRAY
from ..code.programs import program
from ..code.sources import pointwise

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Block", "Head", "blocks_of", "differs_by_layer", "head_of", "hidden_functions", "is_dense", "value_function"]

Z, Y, SHARE = Symbol("z"), Symbol("y"), Symbol("share")
Head = Callable[["np.ndarray", "np.ndarray", "np.ndarray"], "np.ndarray"]


class Block(NamedTuple):
    """The parameters of a layer that lie together in theta: the weights, or the biases.

    shape is (units before, units) for weights; where ``turned`` they lie in theta unit by unit.
    """

    name: str
    layer: int
    place: slice
    shape: tuple[int, ...]
    turned: bool

    def view(self, flat: np.ndarray) -> np.ndarray:
        """The block of a flat vector, in its shape; a view where that is possible."""
        own = flat[self.place]
        return own.reshape(self.shape[::-1]).T if self.turned else own.reshape(self.shape)


def is_dense(net: Network) -> bool:
    """Has every layer its weights and biases, and nothing else that is learnt, added, left out or held fixed?"""
    beside = (net.skips, net.frozen, net.dropout is not None, net.l1 is not None, net.l2 is not None, net.widths != net.sizes)
    return not any(beside) and not any(record.learned for record in net.activations)


def differs_by_layer(net: Network) -> bool:
    """Can the layers of this network be taken one by one: are they dense, and the hidden units functions of their own net?"""
    return is_dense(net) and all(record.whole is None for record in net.activations[:-1])


def value_function(graph: Graph, of: Symbol) -> Callable[..., Any]:
    """The value of a node as a function of float64 arrays for the givens, compiled from the definitions alone."""
    from ..backends.calls import bound  # the arbiter asks for what a network is, and needs no arrays

    return bound(pointwise(program(graph, of, ()), ARRAY), "float64", operators=True)["gradient"]


def blocks_of(net: Network) -> Iterator[Block]:
    """W1, b1, W2, … in the order of theta."""
    start = 0
    for layer, count in zip(net.layers, net.bias_counts, strict=True):
        before, units = net.sizes[layer - 1], net.sizes[layer]
        end = start + before * units
        yield Block(f"W{layer}", layer, slice(start, end), (before, units), net.numbering == "by-target")
        if count:
            yield Block(f"b{layer}", layer, slice(end, end + count), (count,), False)
        start = end + count


def hidden_functions(net: Network) -> tuple[Callable[[Any], Any], ...]:
    """The activation of each hidden layer as a function of arrays; each is compiled once."""
    records = net.activations[:-1]
    made = {record.name: value_function(_unit_graph(record), Y) for record in records}
    return tuple(made[record.name] for record in records)


def head_of(net: Network) -> Head:
    """``head(moved, nets, targets)``: what the loss of a sample becomes when one net of the last layer is moved, up to a constant.

    moved has the shape (rows, N, units), nets and targets (N, units).
    """
    record, loss, units = net.activations[-1], net.loss_record, net.sizes[-1]
    share = _share(loss, units) if record.whole is None else None
    if share is None:
        return _whole_head(net)
    function = value_function(Graph([Z, T], [_output(record), Definition.of(SHARE, share)]), SHARE)
    return lambda moved, nets, targets: function(moved, targets)


def _unit_graph(record: Activation) -> Graph:
    return Graph([Z], [_output(record)])


def _output(record: Activation) -> Definition:
    written = unit(record, (Z,))
    return Definition.of(Y, written) if isinstance(written, Written) else Definition(Y, written)


def _share(loss: Loss, units: int) -> Written | None:
    """What one unit adds to the loss; None where the loss is no sum over the units."""
    try:
        share = loss.share(units)
    except DeriveError:
        return None
    return share.renamed({O: Y}) if isinstance(share, Written) else None


def _whole_head(net: Network) -> Head:
    """The head of a loss that is no sum over the units, or of outputs that read each other."""
    units = net.sizes[-1]
    last = Network(1, units, activation=(), output=net.activations[-1], loss=net.loss_record, biases="none")
    nets = last.nets(1)
    graph = Graph((*nets, *last.targets), [one for one in last.graph.definitions if one.symbol not in nets])
    function = value_function(graph, last.loss)
    import numpy as np  # here for the same reason

    def head(moved: np.ndarray, nets: np.ndarray, targets: np.ndarray) -> np.ndarray:
        every = np.broadcast_to(nets[:, None, :], (*moved.shape, units)).copy()
        for one in range(units):
            every[..., one, one] = moved[..., one]
        return function(*(every[..., one] for one in range(units)), *(targets[:, one, None] for one in range(units)))

    return head
