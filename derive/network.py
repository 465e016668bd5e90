"""Network: the layers, names and options of a layered network, and its gradients.

It knows names, numbering and layers, and nothing of derivatives: those come from its graph, which ``wiring`` writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from sympy import Expr, Symbol

from . import options, packing
from .errors import UnknownNameError
from .graph import Graph
from .losses import Loss
from .options import Spec
from .steps import Derivation
from .wiring import wired

__all__ = ["BIASES", "NUMBERINGS", "Network"]

NUMBERINGS = ("by-source", "by-target")
BIASES = ("per-neuron", "per-layer", "none")
LOSS = Symbol("Loss")
USUAL = {"skips": (), "l1": None, "l2": None, "dropout": None, "masks": None, "frozen": ()}


class Network:
    """A fully connected network with a loss: by default 2-2-2, sigmoid, cross entropy.

    ``Network(2, 3, 1)`` has 2 inputs, 3 hidden units and 1 output. activation is one for all hidden layers or one a
    layer; output is the activation of the last layer: names, expressions in z (text or SymPy's), or records. loss is a
    name, such an expression in the target t and the prediction o, or a record. numbering says how the weights of a layer
    are counted: "by-source" (w1: i1→h1, w2: i1→h2, …) or "by-target" (w1: i1→h1, w2: i2→h1, …). biases are one a unit ("per-neuron"), one a
    layer ("per-layer") or absent ("none").

    skips are pairs of layers, such as (1, 3): the outputs of the first are added to the pre-activations of the second.
    l1 and l2 are penalties, added to the loss: l1·Σ|w| and ½·l2·Σw² over the weights; a number, or True for a given
    named lamda (lamda1 and lamda2 where there are both). dropout leaves out that part of the hidden units: every
    hidden output is multiplied by 1/(1 − dropout) and a mask, which is a given, or a fixed 0 or 1 from ``masks``, a
    list for each hidden layer. frozen parameters, by name or by layer, stay in the graph but are none of ``parameters``.

    Names: with at most one hidden layer i1 net_h1 out_h1 net_o1 out_o1 t_o1, with more i1 z1_1 a1_1 z2_1 …
    t1; parameters are w1 w2 … and b1 b2 … through all layers, and alpha1 for what layer 1 learns of its activation;
    masks m_h1, and kept_h1 for what is passed on; the loss is Loss. A unit of several affine maps has net1_h1,
    net2_h1, … (z1_1_1, z1_1_2, …). Symbols and facts are made when they are asked for. Raises DeriveError on sizes,
    names or options that do not exist or fit.
    """

    def __init__(
        self,
        *sizes: int,
        activation: Spec | Sequence[Spec] = "sigmoid",
        output: Spec = "sigmoid",
        loss: str | Expr | Loss = "cross_entropy",
        numbering: str = "by-source",
        biases: str = "per-neuron",
        skips: Iterable[tuple[int, int]] = (),
        l1: Any = None,
        l2: Any = None,
        dropout: Any = None,
        masks: Sequence[Sequence[int]] | None = None,
        frozen: Iterable[str | Symbol | int] = (),
    ) -> None:
        self.sizes: tuple[int, ...] = options.sizes_of(sizes or (2, 2, 2))
        self.activations = options.activations_of(activation, output, self.sizes)
        self.loss_record = options.loss_of(loss, output, self.activations[-1], self.sizes[-1])
        self.numbering = options.choice("numbering", numbering, NUMBERINGS)
        self.biases = options.choice("biases", biases, BIASES)
        self.skips = options.skips_of(skips, self.sizes)
        both = l1 is True and l2 is True
        self.l1, self.l2 = (options.strength(name, value, f"lamda{name[1:] if both else ''}") for name, value in (("l1", l1), ("l2", l2)))
        self.dropout = options.rate(dropout)
        self.fixed_masks = options.fixed_masks(masks, self.dropout, self.sizes)
        kept = tuple(frozen) if isinstance(frozen, Iterable) and not isinstance(frozen, str) else frozen
        self._asked: dict[str, Any] = {"skips": self.skips, "l1": l1, "l2": l2, "dropout": dropout, "masks": masks, "frozen": kept}
        assert self.frozen is not None  # what cannot be frozen is refused here

    def __repr__(self) -> str:
        names = [record.name for record in self.activations]
        hidden = names[0] if len(set(names[:-1])) == 1 else names[:-1]
        shown: dict[str, Any] = {"activation": hidden} if names[:-1] else {}
        shown |= {"output": names[-1], "loss": self.loss_record.name, "numbering": self.numbering, "biases": self.biases}
        shown |= {key: value for key, value in self._asked.items() if value != USUAL[key]}
        return f"Network({', '.join(map(str, self.sizes))}, {', '.join(f'{key}={value!r}' for key, value in shown.items())})"

    @property
    def layers(self) -> range:
        """The numbers of the layers that have parameters: 1 for the first hidden one."""
        return range(1, len(self.sizes))

    @property
    def indexed(self) -> bool:
        """Are the nodes named z1_1, a1_1 by their layer (more than one hidden layer), not net_h1, out_h1?"""
        return len(self.sizes) > 3

    @property
    def extras(self) -> tuple[str, ...]:
        """What this network has beyond plain layers of units that each stand for themselves: not every room knows it."""
        found = {name: bool(getattr(self, name)) for name in ("skips", "dropout", "frozen")}
        found["penalties"] = self.l1 is not None or self.l2 is not None
        found["units of several maps"] = self.widths != self.sizes
        found["activations that are learnt"] = any(record.learned for record in self.activations)
        found["softmax"] = any(record.whole for record in self.activations)
        found[f"the loss {self.loss_record.name}"] = not self.loss_record.shared
        return tuple(name for name, there in found.items() if there)

    def maps(self, layer: int) -> int:
        """How many affine maps each unit of a layer has: one, unless it is a maxout layer or the like."""
        return self.activations[layer - 1].maps

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """The number of pre-activations of each layer; of layer 0 the number of inputs."""
        return (self.sizes[0], *(self.sizes[layer] * self.maps(layer) for layer in self.layers))

    # ---- symbols

    @cached_property
    def inputs(self) -> tuple[Symbol, ...]:
        """i1, i2, …"""
        return _numbered("i", 1, self.sizes[0])

    @cached_property
    def targets(self) -> tuple[Symbol, ...]:
        """t_o1, t_o2, … (t1, t2, … with several hidden layers)"""
        return _numbered("t" if self.indexed else "t_o", 1, self.sizes[-1])

    @property
    def loss(self) -> Symbol:
        """The symbol of the loss."""
        return LOSS

    def nets(self, layer: int) -> tuple[Symbol, ...]:
        """The pre-activations of a layer, unit by unit."""
        maps, units = range(1, self.maps(layer) + 1), range(1, self.sizes[layer] + 1)
        if len(maps) == 1:
            return self._of("z", "net", layer)
        name = (f"z{layer}_{{unit}}_{{map}}" if self.indexed else f"net{{map}}_{self._letter(layer)}{{unit}}").format
        return tuple(Symbol(name(unit=unit, map=one)) for unit in units for one in maps)

    def outs(self, layer: int) -> tuple[Symbol, ...]:
        """The activations of a layer; layer 0 are the inputs."""
        return self._of("a", "out", layer) if layer else self.inputs

    def passed(self, layer: int) -> tuple[Symbol, ...]:
        """What the next layer reads of a layer: its activations, or with dropout what is kept of them."""
        return self._of("kept", "kept", layer) if self.dropout is not None and 0 < layer < self.layers[-1] else self.outs(layer)

    def mask_symbols(self, layer: int) -> tuple[Symbol, ...]:
        """The masks of a hidden layer."""
        return self._of("m", "m", layer)

    @cached_property
    def masks(self) -> tuple[Symbol, ...]:
        """The masks of dropout that are givens."""
        return () if self.dropout is None or self.fixed_masks else tuple(one for layer in self.layers[:-1] for one in self.mask_symbols(layer))

    @property
    def strengths(self) -> tuple[Symbol, ...]:
        """The strengths of penalties that are givens."""
        return tuple(dict.fromkeys(one for one in (self.l1, self.l2) if isinstance(one, Symbol)))

    def deltas(self, layer: int) -> tuple[Symbol, ...]:
        """The names of ∂Loss/∂net of a layer, cited where there are several hidden layers."""
        if self.indexed:
            return tuple(Symbol(f"delta{one.name.removeprefix('z')}") for one in self.nets(layer))
        return _numbered(f"delta{layer}_", 1, self.widths[layer])

    def _of(self, indexed: str, lettered: str, layer: int) -> tuple[Symbol, ...]:
        return _numbered(f"{indexed}{layer}_" if self.indexed else f"{lettered}_{self._letter(layer)}", 1, self.sizes[layer])

    def _letter(self, layer: int) -> str:
        return "o" if layer == len(self.sizes) - 1 else "h"

    # ---- parameters

    @cached_property
    def weights(self) -> tuple[tuple[Symbol, ...], ...]:
        """The weights of each layer in the order of their numbers; ``weights[0]`` are those of layer 1."""
        counts = [self.sizes[layer - 1] * self.widths[layer] for layer in self.layers]
        return tuple(_numbered("w", 1 + sum(counts[:place]), count) for place, count in enumerate(counts))

    def weight(self, layer: int, row: int, col: int) -> Symbol:
        """The weight from unit ``row`` of the layer before to pre-activation ``col`` of this layer, both from 1."""
        rows, cols = self.sizes[layer - 1], self.widths[layer]
        place = (row - 1) * cols + (col - 1) if self.numbering == "by-source" else (col - 1) * rows + (row - 1)
        return self.weights[layer - 1][place]

    @cached_property
    def bias_symbols(self) -> tuple[tuple[Symbol, ...], ...]:
        """The biases of each layer: one a unit, one in all, or none."""
        return tuple(_numbered("b", 1 + sum(self.bias_counts[:place]), count) for place, count in enumerate(self.bias_counts))

    @property
    def bias_counts(self) -> tuple[int, ...]:
        """How many biases each layer has."""
        return tuple({"per-neuron": self.widths[layer], "per-layer": 1, "none": 0}[self.biases] for layer in self.layers)

    def bias(self, layer: int, row: int) -> Symbol | None:
        """The bias of a pre-activation, shared by its layer or its own, or None."""
        own = self.bias_symbols[layer - 1]
        return own[row - 1 if len(own) > 1 else 0] if own else None

    def learned(self, layer: int) -> tuple[Symbol, ...]:
        """What a layer learns of its activation: alpha1 in a first layer of PReLU."""
        return tuple(Symbol(f"{one.name}{layer}") for one in self.activations[layer - 1].learned)

    def of_layer(self, layer: int) -> tuple[Symbol, ...]:
        """All parameters of a layer: weights, then biases, then what it learns of its activation."""
        return (*self.weights[layer - 1], *self.bias_symbols[layer - 1], *self.learned(layer))

    @cached_property
    def all_parameters(self) -> tuple[Symbol, ...]:
        """All parameters layer by layer, the frozen ones among them."""
        return tuple(one for layer in self.layers for one in self.of_layer(layer))

    @cached_property
    def frozen(self) -> frozenset[Symbol]:
        """The parameters that are held fixed."""
        asked = self._asked["frozen"]
        return options.frozen_of(asked, [self.of_layer(layer) for layer in self.layers]) if asked else frozenset()

    @cached_property
    def parameters(self) -> tuple[Symbol, ...]:
        """The parameters that are learnt, layer by layer: weights, then biases."""
        return tuple(one for one in self.all_parameters if one not in self.frozen) if self.frozen else self.all_parameters

    @cached_property
    def graph(self) -> Graph:
        """The definitions from the inputs to the loss, in order, with the role of each symbol."""
        return wired(self)

    # ---- gradients

    def gradient(self, name: str | Symbol) -> Expr:
        """The closed form of ∂Loss/∂name in the named nodes; with several hidden layers it cites deltas."""
        return self.derivation(name).result

    def gradients(self) -> dict[Symbol, Expr]:
        """The closed form of ∂Loss/∂p for every parameter p; facts are shared, so this is one backward walk."""
        return self.graph.gradients(LOSS, self.parameters)

    def derivation(self, name: str | Symbol) -> Derivation:
        """The derivation of ∂Loss/∂name; name is a parameter, an input, a target or an inner node.

        Raises UnknownNameError, with the names there are, where this network has none of that name.
        """
        return self.graph.derivation(LOSS, self._node(name))

    def matrix_derivation(self, name: str, layout: str = "rows") -> Derivation:
        """The layer-level derivation of ∂L/∂name for W1, b1, X, Z1, A1, …; see ``derive.matrix``.

        layout is "rows" (one sample a row: Z = XW + b) or "columns" (Z = WX + b). Raises DeriveError for others, and
        for a network that has no layer rules, with softmax in a hidden layer or a loss that joins the outputs.
        """
        from .matrix import matrix_derivation  # sympy's matrices take time to load that scalar work need not spend

        return matrix_derivation(self, name, layout)

    def _node(self, name: str | Symbol) -> Symbol:
        try:
            return self.graph.node(name)
        except UnknownNameError:
            blocks = [*self.weights, *self.bias_symbols, *(self.learned(layer) for layer in self.layers)]
            if "_" not in str(name):
                raise UnknownNameError("parameter", name, [one for block in blocks for one in block], "this network has") from None
            nodes = [[one.symbol for one in self.graph.definitions], self.inputs, self.targets, *blocks]
            raise UnknownNameError("node", name, [one for block in nodes for one in block], "this network has") from None

    # ---- values

    def pack(self, values: Mapping[str, Any]) -> Any:
        """The flat vector theta, in the order of ``parameters``, from values by name or by layer.

        values has a number for every parameter (``{"w1": 0.1, …, "b1": 0.1, …}``), or for every layer l a matrix
        Wl of shape (units before, units), where the network has biases a vector bl of shape (units,), one
        number where a layer shares its bias, and a number for what it learns of its activation. The result is a list of
        length P; where the matrices are arrays, an array of their type. Raises DeriveError on missing, unknown or
        misshapen values.
        """
        return packing.packed(self, values)

    def unpack(self, theta: Any) -> dict[str, Any]:
        """The layer matrices W1, b1, W2, … of a flat vector theta: the inverse of ``pack``.

        Matrices have shape (units before, units); nested lists, or views of theta where it is an array. Raises
        DeriveError for another length, and where frozen parameters have no place in theta.
        """
        return packing.unpacked(self, theta)

    def named(self, theta: Any) -> dict[str, Any]:
        """The values of a flat vector theta by the names of the parameters."""
        return dict(zip((one.name for one in self.parameters), theta, strict=True))


def _numbered(stem: str, first: int, count: int) -> tuple[Symbol, ...]:
    return tuple(Symbol(f"{stem}{number}") for number in range(first, first + count))
