"""Network: writes the definitions of a layered network and remembers what each symbol is.

It knows names, numbering and layers, and nothing of derivatives: those come from its graph.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from sympy import Expr, Symbol

from .activations import Activation, activation
from .errors import DeriveError, UnknownNameError
from .graph import Definition, Graph, Role
from .losses import Loss, loss
from .steps import Derivation, Total
from .written import Written, total

__all__ = ["BIASES", "NUMBERINGS", "Network"]

NUMBERINGS = ("by-source", "by-target")
BIASES = ("per-neuron", "per-layer", "none")
LOSS = Symbol("Loss")


class Network:
    """A fully connected network with a loss: by default 2-2-2, sigmoid, cross entropy.

    ``Network(2, 3, 1)`` has 2 inputs, 3 hidden units and 1 output. activation is one name for all hidden
    layers or one a layer; output is the activation of the last layer. numbering says how the weights of a
    layer are counted: "by-source" (w1: i1→h1, w2: i1→h2, …) or "by-target" (w1: i1→h1, w2: i2→h1, …).
    biases are one a unit ("per-neuron"), one a layer ("per-layer") or absent ("none").

    Names: with at most one hidden layer i1 net_h1 out_h1 net_o1 out_o1 t_o1, with more i1 z1_1 a1_1 z2_1 …
    t1; parameters are w1 w2 … and b1 b2 … through all layers; the loss is Loss. Symbols and facts are made
    when they are asked for. Raises DeriveError on sizes, names or options that do not exist or fit.
    """

    def __init__(
        self,
        *sizes: int,
        activation: str | Sequence[str] = "sigmoid",
        output: str = "sigmoid",
        loss: str = "cross_entropy",
        numbering: str = "by-source",
        biases: str = "per-neuron",
    ) -> None:
        self.sizes: tuple[int, ...] = _sizes(sizes or (2, 2, 2))
        self.activations = (*_hidden(activation, len(self.sizes) - 2), _activation(output, "output"))
        self.loss_record = _loss(loss)
        self.loss_record.refuse_outside(output, self.activations[-1])
        self.numbering = _option("numbering", numbering, NUMBERINGS)
        self.biases = _option("biases", biases, BIASES)

    def __repr__(self) -> str:
        names = [record.name for record in self.activations]
        hidden = names[0] if len(set(names[:-1])) == 1 else names[:-1]
        options = {"activation": hidden} if names[:-1] else {}
        options |= {"output": names[-1], "loss": self.loss_record.name, "numbering": self.numbering, "biases": self.biases}
        return f"Network({', '.join(map(str, self.sizes))}, {', '.join(f'{key}={value!r}' for key, value in options.items())})"

    @property
    def layers(self) -> range:
        """The numbers of the layers that have parameters: 1 for the first hidden one."""
        return range(1, len(self.sizes))

    @property
    def indexed(self) -> bool:
        """Are the nodes named z1_1, a1_1 by their layer (more than one hidden layer), not net_h1, out_h1?"""
        return len(self.sizes) > 3

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
        """The pre-activations of a layer."""
        return _numbered(f"z{layer}_" if self.indexed else f"net_{self._letter(layer)}", 1, self.sizes[layer])

    def outs(self, layer: int) -> tuple[Symbol, ...]:
        """The activations of a layer; layer 0 are the inputs."""
        if layer == 0:
            return self.inputs
        return _numbered(f"a{layer}_" if self.indexed else f"out_{self._letter(layer)}", 1, self.sizes[layer])

    def deltas(self, layer: int) -> tuple[Symbol, ...]:
        """The names of ∂Loss/∂net of a layer, cited where there are several hidden layers."""
        return _numbered(f"delta{layer}_", 1, self.sizes[layer])

    def _letter(self, layer: int) -> str:
        return "o" if layer == len(self.sizes) - 1 else "h"

    @cached_property
    def weights(self) -> tuple[tuple[Symbol, ...], ...]:
        """The weights of each layer in the order of their numbers; ``weights[0]`` are those of layer 1."""
        return tuple(_numbered("w", 1 + self._weights_before(layer), self.sizes[layer - 1] * self.sizes[layer]) for layer in self.layers)

    def _weights_before(self, layer: int) -> int:
        return sum(self.sizes[one - 1] * self.sizes[one] for one in range(1, layer))

    def weight(self, layer: int, row: int, col: int) -> Symbol:
        """The weight from unit ``row`` of the layer before to unit ``col`` of this layer, both from 1."""
        rows, cols = self.sizes[layer - 1], self.sizes[layer]
        place = (row - 1) * cols + (col - 1) if self.numbering == "by-source" else (col - 1) * rows + (row - 1)
        return self.weights[layer - 1][place]

    @cached_property
    def bias_symbols(self) -> tuple[tuple[Symbol, ...], ...]:
        """The biases of each layer: one a unit, one in all, or none."""
        return tuple(_numbered("b", 1 + sum(self.bias_counts[:place]), count) for place, count in enumerate(self.bias_counts))

    @property
    def bias_counts(self) -> tuple[int, ...]:
        """How many biases each layer has."""
        return tuple({"per-neuron": self.sizes[layer], "per-layer": 1, "none": 0}[self.biases] for layer in self.layers)

    def entries(self, name: str) -> list[list[Symbol]]:
        """The parameters of a weight matrix W1, W2, … (sources in rows) or of a bias b1, … as a matrix; empty for other names."""
        kind, layer = name[:1], name[1:]
        if kind not in ("W", "b") or not layer.isdigit() or int(layer) not in self.layers:
            return []
        if kind == "b":
            return [list(self.bias_symbols[int(layer) - 1])]
        rows, cols = range(1, self.sizes[int(layer) - 1] + 1), range(1, self.sizes[int(layer)] + 1)
        return [[self.weight(int(layer), row, col) for col in cols] for row in rows]

    def bias(self, layer: int, row: int) -> Symbol | None:
        """The bias of a unit, shared by its layer or its own, or None."""
        own = self.bias_symbols[layer - 1]
        return own[row - 1 if len(own) > 1 else 0] if own else None

    @cached_property
    def parameters(self) -> tuple[Symbol, ...]:
        """All parameters layer by layer: weights, then biases."""
        return tuple(one for weights, biases in zip(self.weights, self.bias_symbols, strict=True) for one in (*weights, *biases))

    # ---- definitions

    @cached_property
    def graph(self) -> Graph:
        """The definitions from the inputs to the loss, in order, with the role of each symbol."""
        definitions = [one for layer in self.layers for one in self._layer(layer)]
        definitions.append(Definition.of(LOSS, self.loss_record.of(self.targets, self.outs(self.layers[-1]))))
        givens = (*self.inputs, *self.parameters, *self.targets)
        return Graph(givens, definitions, dict(self._roles()), dict(self._cited()) if self.indexed else {})

    def _layer(self, layer: int) -> Iterator[Definition]:
        before, record = self.outs(layer - 1), self.activations[layer - 1]
        for col, net in enumerate(self.nets(layer), 1):
            products = tuple(Written("*", (self.weight(layer, row, col), out)) for row, out in enumerate(before, 1))
            bias = self.bias(layer, col)
            yield Definition.of(net, total((*products, bias) if bias else products))
        for net, out in zip(self.nets(layer), self.outs(layer), strict=True):
            yield Definition(out, record.function(net))

    def _roles(self) -> Iterator[tuple[Symbol, Role]]:
        last = self.layers[-1]
        yield LOSS, Role("loss", last + 1)
        yield from ((one, Role("target", last, row)) for row, one in enumerate(self.targets, 1))
        yield from ((one, Role("input", 0, row)) for row, one in enumerate(self.inputs, 1))
        for layer in self.layers:
            yield from ((one, Role("net", layer, row)) for row, one in enumerate(self.nets(layer), 1))
            yield from ((one, Role("out", layer, row)) for row, one in enumerate(self.outs(layer), 1))
            yield from ((one, Role("bias", layer, row)) for row, one in enumerate(self.bias_symbols[layer - 1], 1))
            for row in range(1, self.sizes[layer - 1] + 1):
                yield from ((self.weight(layer, row, col), Role("weight", layer, row, col)) for col in range(1, self.sizes[layer] + 1))

    def _cited(self) -> Iterator[tuple[Total, Symbol]]:
        for layer in self.layers:
            yield from ((Total(LOSS, net), delta) for net, delta in zip(self.nets(layer), self.deltas(layer), strict=True))

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

        layout is "rows" (one sample a row: Z = XW + b) or "columns" (Z = WX + b). Raises DeriveError for others.
        """
        from .matrix import matrix_derivation  # sympy's matrices take time to load that scalar work need not spend

        return matrix_derivation(self, name, layout)

    def _node(self, name: str | Symbol) -> Symbol:
        try:
            return self.graph.node(name)
        except UnknownNameError:
            parameters = [*(one for layer in self.weights for one in layer), *(one for layer in self.bias_symbols for one in layer)]
            raise UnknownNameError("parameter", name, parameters, "this network has") from None

    # ---- values

    def pack(self, values: Mapping[str, Any]) -> Any:
        """The flat vector theta, in the order of ``parameters``, from values by name or by layer.

        values has a number for every parameter (``{"w1": 0.1, …, "b1": 0.1, …}``), or for every layer l a matrix
        Wl of shape (units before, units) and, where the network has biases, a vector bl of shape (units,), one
        number where a layer shares its bias. The result is a list of length P; where the matrices are arrays, an
        array of their type. Raises DeriveError on missing, unknown or misshapen values.
        """
        if any(str(key).startswith("W") for key in values):
            flat = self._from_layers({str(key): value for key, value in values.items()})
            like = values[next(key for key in values if str(key).startswith("W"))]
            return _like(like, flat) if hasattr(like, "dtype") else flat
        named = {str(key): value for key, value in values.items()}
        _same_names(named, [one.name for one in self.parameters], "parameter")
        return [named[one.name] for one in self.parameters]

    def unpack(self, theta: Any) -> dict[str, Any]:
        """The layer matrices W1, b1, W2, … of a flat vector theta: the inverse of ``pack``.

        Matrices have shape (units before, units); nested lists, or views of theta where it is an array.
        """
        if len(theta) != len(self.parameters):
            raise DeriveError(f"theta has {len(theta)} values; this network has {len(self.parameters)} parameters")
        parts: dict[str, Any] = {}
        start = 0
        for layer, weights, biases in zip(self.layers, self.weights, self.bias_symbols, strict=True):
            middle, end = start + len(weights), start + len(weights) + len(biases)
            parts[f"W{layer}"] = self._matrix(theta[start:middle], layer)
            if biases:
                parts[f"b{layer}"] = theta[middle:end]
            start = end
        return parts

    def named(self, theta: Any) -> dict[str, Any]:
        """The values of a flat vector theta by the names of the parameters."""
        return dict(zip((one.name for one in self.parameters), theta, strict=True))

    def _matrix(self, flat: Any, layer: int) -> Any:
        rows, cols = self.sizes[layer - 1], self.sizes[layer]
        if hasattr(flat, "reshape"):
            return flat.reshape(rows, cols) if self.numbering == "by-source" else flat.reshape(cols, rows).T
        if self.numbering == "by-source":
            return [list(flat[row * cols : (row + 1) * cols]) for row in range(rows)]
        return [list(flat[row::rows]) for row in range(rows)]

    def _from_layers(self, values: dict[str, Any]) -> list[Any]:
        biased = self.biases != "none"
        _same_names(values, [name for layer in self.layers for name in ([f"W{layer}", f"b{layer}"] if biased else [f"W{layer}"])], "layer matrix")
        flat: list[Any] = []
        for layer in self.layers:
            rows = _entries(values[f"W{layer}"], (self.sizes[layer - 1], self.sizes[layer]), f"W{layer}")
            columns = rows if self.numbering == "by-source" else list(zip(*rows, strict=True))
            flat += [entry for line in columns for entry in line]
            if biased:
                flat += _entries(values[f"b{layer}"], (len(self.bias_symbols[layer - 1]),), f"b{layer}")
        return flat


def _numbered(stem: str, first: int, count: int) -> tuple[Symbol, ...]:
    return tuple(Symbol(f"{stem}{number}") for number in range(first, first + count))


def _sizes(sizes: tuple[Any, ...]) -> tuple[int, ...]:
    for place, size in enumerate(sizes):
        if isinstance(size, bool) or not isinstance(size, int) or size < 1:
            raise DeriveError(f"layer {place} has the size {size!r}; sizes are whole numbers of at least 1, such as Network(2, 2, 2)")
    if len(sizes) == 1:
        raise DeriveError(f"Network({sizes[0]}) has one layer; it needs at least inputs and outputs, such as Network(2, 2, 2)")
    return sizes


def _hidden(names: str | Sequence[str], count: int) -> tuple[Activation, ...]:
    if isinstance(names, str):
        return (_activation(names, "activation"),) * count
    if len(names) != count:
        raise DeriveError(f"activation={list(names)!r} names {len(names)} layers; this network has {count} hidden layers")
    return tuple(_activation(name, "activation") for name in names)


def _activation(name: str, argument: str) -> Activation:
    try:
        return activation(name)
    except UnknownNameError as error:
        raise DeriveError(f"{argument}={name!r}: {error}") from None


def _loss(name: str) -> Loss:
    try:
        return loss(name)
    except UnknownNameError as error:
        raise DeriveError(f"loss={name!r}: {error}") from None


def _option(argument: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise UnknownNameError(argument, value, choices)
    return value


def _same_names(values: Mapping[str, Any], wanted: list[str], kind: str) -> None:
    unknown = [name for name in values if name not in wanted]
    if unknown:
        raise UnknownNameError(kind, unknown[0], wanted, "this network has")
    missing = [name for name in wanted if name not in values]
    if missing:
        raise DeriveError(f"the {kind} {missing[0]!r} is missing; needed are {', '.join(wanted[:12])}{' …' if len(wanted) > 12 else ''}")


def _entries(value: Any, shape: tuple[int, ...], name: str) -> list[Any]:
    """The nested list of a matrix or vector. Raises DeriveError, with both shapes, where it is of another shape."""
    plain = value.tolist() if hasattr(value, "tolist") else value
    found = _shape(plain)
    if found == () and shape == (1,):
        return [plain]
    if found != shape:
        raise DeriveError(
            f"{name} has the shape {found}; this network needs {shape} (units before, units)"
            if len(shape) == 2
            else f"{name} has the shape {found}; this network needs {shape}"
        )
    return plain


def _shape(plain: Any) -> tuple[int, ...]:
    if not isinstance(plain, list | tuple):
        return ()
    inner = {_shape(one) for one in plain}
    return (len(plain), *inner.pop()) if len(inner) == 1 else (len(plain), -1) if inner else (0,)


def _like(array: Any, flat: list[Any]) -> Any:
    """The flat values as an array of the same type, made without importing its library."""
    filled = type(array)((len(flat),), array.dtype)
    filled[:] = flat
    return filled
