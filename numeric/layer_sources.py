"""The text of the loss and gradient of a network over a batch, layer by layer, written into rooms that are kept."""

from __future__ import annotations

from collections.abc import Iterable

from derive.network import Network

from .inplace import Assignment, Rooms, inplace
from .layers import Layered
from .printers import ARRAY, Dialect, printed
from .programs import Line

__all__ = ["layerwise"]


def layerwise(layers: Layered, dialect: Dialect = ARRAY, loss: bool = True) -> str:
    """``loss_and_gradient(theta, inputs, targets)``; without ``loss`` it is not computed, and 0.0 stands in its place.

    ``held`` takes what ``rooms(n)`` gives, n the number of samples: with it a call allocates the gradient and nothing
    else. ``weight`` is what each sample counts for, 1/n where these are all of them.
    """
    net = layers.net
    ones = _ones(layers)
    lines = [_assignment(one, layers, ones, dialect) for one in _needed(layers, loss)]
    texts, rooms = inplace(lines, {**layers.rows} | {f"{name}_1": layers.rows[name] + 1 for name in ones})
    made = _made(layers, ones, rooms, any("apart" in one for one in texts))
    body = [f"{', '.join(made)} = held or rooms(len(inputs), theta.dtype)", "weight = weight or 1.0 / len(inputs)"]
    body += ["np.copyto(X, inputs.T)", "np.copyto(T, targets.T)", "gradient = np.empty_like(theta)"]
    body += [line for layer in net.layers for line in _parameters(net, layer)]
    body += [*texts, *(line for layer in net.layers for line in _returned(net, layer))]
    body.append(f"return {f'float(np.add.reduce({layers.shares}, axis=None)) * weight' if loss else '0.0'}, gradient")
    text = "".join(f"    {line}\n" for line in body)
    head = f"{_rooms(made)}\n\ndef loss_and_gradient(theta, inputs, targets, held=None, weight=None):\n"
    return f"{'import math' if 'math.' in text else ''}\n{ARRAY.header}\n\n\n{head}{text}".lstrip()


def _ones(layers: Layered) -> list[str]:
    """What is read with a row of ones below: X_1 for X."""
    read = {one.name for line in layers.lines for one in line.reads}
    return [name for name in layers.rows if f"{name}_1" in read]


def _needed(layers: Layered, loss: bool) -> list[Line]:
    """The lines that the results depend on, in their order."""
    needed = {one.name for one in layers.gradients} | ({layers.shares.name} if loss else set())
    kept: list[Line] = []
    for line in reversed(layers.lines):
        if line.name.name in needed:
            kept.append(line)
            needed |= {part for one in line.reads for part in (one.name, one.name.removesuffix("_1"))}
    return kept[::-1]


def _assignment(line: Line, layers: Layered, ones: list[str], dialect: Dialect) -> Assignment:
    fixed = line.name.name in ones or line.name in layers.gradients
    return Assignment(line.name.name, printed(line.code, dialect), line.note, line.name.name if fixed else "")


def _made(layers: Layered, ones: list[str], rooms: Rooms, apart: bool) -> dict[str, str]:
    """The names of the arrays that are kept, and how each is made."""
    made: dict[str, str] = {}
    for name in ones:
        made |= {f"{name}_1": f"np.ones(({layers.rows[name] + 1}, n), dtype)", name: f"{name}_1[:-1]"}
    plain = {name: layers.rows[name] for name in ("X", "T") if name not in made} | rooms.rows
    made |= {name: f"np.empty({f'({rows}, n)' if rows else 'n'}, dtype)" for name, rows in plain.items()}
    made |= {name: f"np.full(n, {number!r}, dtype)" for number, name in rooms.constants.items()}
    outputs = layers.net.sizes[-1]
    return made | ({"apart": f"np.ones(({outputs}, {outputs}), dtype) - np.eye({outputs}, dtype=dtype)"} if apart else {})


def _rooms(made: dict[str, str]) -> str:
    lines = "".join(f"    {name} = {how}\n" for name, how in made.items())
    return f'def rooms(n, dtype=float):\n    """The arrays in which n samples are computed, a column each."""\n{lines}    return {", ".join(made)}\n'


def _slices(net: Network, layer: int) -> tuple[slice, slice]:
    start = sum(net.sizes[one - 1] * net.sizes[one] + net.bias_counts[one - 1] for one in net.layers if one < layer)
    middle = start + net.sizes[layer - 1] * net.sizes[layer]
    return slice(start, middle), slice(middle, middle + net.bias_counts[layer - 1])


def _parameters(net: Network, layer: int) -> Iterable[str]:
    """The lines that find the parameters of a layer in theta, and where its gradient goes."""
    (weights, biases), units, before = _slices(net, layer), net.sizes[layer], net.sizes[layer - 1]
    own, count = f"theta[{weights.start}:{weights.stop}]", net.bias_counts[layer - 1]
    matrix = f"{own}.reshape({before}, {units})" if net.numbering == "by-source" else f"{own}.reshape({units}, {before}).T"
    if not count:
        yield f"W{layer} = {matrix}"
        name, shape = f"W{layer}", f"{before}, {units}"
        place = f"gradient[{weights.start}:{weights.stop}]"
    else:
        name, shape = f"Wb{layer}", f"{before + 1}, {units}"
        place = f"gradient[{weights.start}:{biases.stop}]"
        repeated = f"np.broadcast_to(theta[{biases.start}:{biases.stop}], (1, {units}))"
        yield f"{name} = theta[{weights.start}:{biases.stop}].reshape({shape})" if _together(net, layer) else f"{name} = np.vstack(({matrix}, {repeated}))"
        if layer > 1:
            yield f"W{layer} = {name}[:-1]"
    yield f"dL_d{name} = {f'{place}.reshape({shape})' if _together(net, layer) else f'np.empty(({shape}), theta.dtype)'}"


def _together(net: Network, layer: int) -> bool:
    """Do the parameters of a layer lie in theta as one matrix?"""
    return net.numbering == "by-source" and net.bias_counts[layer - 1] in (0, net.sizes[layer])


def _returned(net: Network, layer: int) -> Iterable[str]:
    """The lines that put the gradient of a layer into its place, where it was not computed there."""
    if _together(net, layer):
        return
    weights, biases = _slices(net, layer)
    count, name = net.bias_counts[layer - 1], f"dL_dWb{layer}" if net.bias_counts[layer - 1] else f"dL_dW{layer}"
    own = f"{name}[:-1]" if count else name
    yield f"gradient[{weights.start}:{weights.stop}] = {f'{own}.T.ravel()' if net.numbering == 'by-target' else f'{own}.ravel()'}"
    if count:
        yield f"gradient[{biases.start}:{biases.stop}] = {f'{name}[-1]' if count == net.sizes[layer] else f'{name}[-1].sum()'}"
