"""The text of the loss and gradient of a network over a batch, layer by layer: to be read, and written into rooms that are kept.

Both have the same lines, in the same order: ``inplace`` rewrites what ``readable`` shows, operation by operation, after
``arranging`` has chosen what the products read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sympy import Symbol

from derive.network import Network

from ..batches import parameter_count
from .arranging import FEW, joined, lying, shortened, unscaled, unturned
from .inplace import Assignment, Rooms, inplace
from .layers import Layered, parameters
from .printers import ARRAY, Dialect, printed
from .programs import Line, needed
from .sources import defining, stated, wrapped

__all__ = ["in_rooms", "readable"]

SHORT = 88  # letters that a line takes beside others
SAYS = '"""The mean loss over the samples, a row each of inputs and targets, and its gradient, in the order of theta."""'


def readable(layers: Layered, dialect: Dialect = ARRAY) -> str:
    """``loss_and_gradient(theta, inputs, targets)``, to be read: a line for every fact."""
    kept = _kept(layers, loss=True)
    forward, backward = ([stated(one, dialect) for one in part if one in kept] for part in (layers.lines[: layers.backward], layers.lines[layers.backward :]))
    made = [_flat(layers.net, name) for name in parameters(layers.net)]
    body = [SAYS, "X, T = inputs.T, targets.T  # one sample a column", "one_nth = 1.0 / len(inputs)  # the loss is the mean over the samples"]
    body += [f"apart = {_apart(layers.net, 'theta.dtype')}"] * any("apart @" in one for one in (*forward, *backward))
    body += [f"{name} = {_given(layers.net, name)}" for name in parameters(layers.net)]
    body += ["", *forward, "", *backward, "", f"gradient = np.concatenate({_tuple(made)})"]
    return defining("loss_and_gradient", ["theta", "inputs", "targets"], body, f"float({layers.shares}.sum()) * one_nth, gradient", ARRAY)


def in_rooms(layers: Layered, dialect: Dialect = ARRAY, loss: bool = True) -> str:
    """The same, written into rooms; without ``loss`` it is not computed, and 0.0 stands in its place.

    ``held`` takes what ``rooms(n)`` gives, n the number of samples: with it a call allocates the gradient and nothing
    else. ``one_nth`` is what each sample counts for, 1/n where these are all of them. Few parameters are copied to where
    their matrices are, and their slopes back, since to take a matrix out of theta lasts longer.
    """
    net, few = layers.net, parameter_count(layers.net) <= FEW
    lines = [
        Assignment(one.name.name, printed(one.code, dialect), one.note, one.name.name if one.name.name in layers.gradients else "")
        for one in _kept(layers, loss)
    ]
    lines, reads = joined(net, lines)
    lines, turned = unturned(net, lines)
    lines, scaled_last = unscaled(net, shortened(net, lines))
    heights = {**layers.rows, "inputs": 0, "turned": 0} | {f"{one}_1": layers.rows[one] + 1 for one in reads.values()}
    texts, rooms = inplace(lines, heights, product="dot" if few else "matmul", turned=lying(net))
    made = _made(layers, rooms, any("apart" in one for one in texts), list(reads.values()))
    made |= {turned: f"np.empty((n, {net.sizes[1]}), dtype)"} if turned else {}
    views, returned = _views(net, reads, *(("weights", "slopes", "dtype") if few else ("theta", "gradient", "theta.dtype")))
    made |= {one: f"np.empty({parameter_count(net)}, dtype)" for one in ("weights", "slopes")} | views if few else {}
    body = [f"{', '.join(made)}{',' * (len(made) == 1)} = held or rooms(len(inputs), theta.dtype)", "one_nth = one_nth or 1.0 / len(inputs)"]
    body += ["np.copyto(X, inputs.T)" if 1 in reads else "X = inputs.T", "np.copyto(T, targets.T)"]
    body += ["np.copyto(weights, theta)"] if few else ["gradient = np.empty_like(theta)", *(f"{name} = {how}" for name, how in views.items())]
    body += [*texts, *returned]
    mean = "np.multiply(slopes, one_nth)  # the mean: what comes from the last delta was N times as large" if scaled_last else "slopes.copy()"
    body += [f"gradient = {mean}"] if few else []
    names = ", ".join(made) + "," * (len(made) == 1)
    kept = "".join(f"    {name} = {how}\n" for name, how in made.items())
    head = f'def rooms(n, dtype=float):\n    """The arrays in which n samples are computed, a column each."""\n{kept}    return {names}\n\n\n'
    mean = f"float(np.add.reduce({layers.shares}, axis=None)) * one_nth" if loss else "0.0"
    return defining("loss_and_gradient", ["theta", "inputs", "targets", "held=None", "one_nth=None"], body, f"{mean}, gradient", ARRAY, head)


def _tuple(names: list[str]) -> str:
    short = ", ".join(names)
    return f"({short})" if len(names) > 1 and len(short) < SHORT else f"({wrapped(names)})"


def _kept(layers: Layered, loss: bool) -> tuple[Line, ...]:
    """The lines that the results depend on."""
    return needed(layers.lines, [*map(Symbol, layers.gradients), *([layers.shares] if loss else [])])


def _apart(net: Network, dtype: str) -> str:
    outputs = net.sizes[-1]
    return f"np.ones(({outputs}, {outputs}), {dtype}) - np.eye({outputs}, dtype={dtype})"


def _made(layers: Layered, rooms: Rooms, apart: bool, ones: list[str]) -> dict[str, str]:
    """The names of the arrays that are kept, and how each is made; ``ones`` have a row of ones below."""
    made: dict[str, str] = {}
    for name in ones:
        made |= {f"{name}_1": f"np.ones(({layers.rows[name] + 1}, n), dtype)", name: f"{name}_1[:-1]"}
    made |= {name: _array("empty", rows, rooms) for name, rows in {"T": layers.rows["T"], **rooms.rows}.items()}
    made |= {name: _array("full", rows, rooms, f", {number!r}") for name, (number, rows) in rooms.constants.items()}
    return made | ({"apart": _apart(layers.net, "dtype")} if apart else {})


def _array(how: str, rows: int, rooms: Rooms, value: str = "") -> str:
    if rows in rooms.turned:
        return f"np.{how}((n, {rows}){value}, dtype).T"
    return f"np.{how}({f'({rows}, n)' if rows else 'n'}{value}, dtype)"


# ---- where the parameters of a layer lie in theta, and their slopes in the gradient


def _slices(net: Network) -> Iterator[tuple[str, slice]]:
    start = 0
    for layer in net.layers:
        for name, count in ((f"W{layer}", net.sizes[layer - 1] * net.sizes[layer]), (f"b{layer}", net.bias_counts[layer - 1])):
            yield name, slice(start, start + count)
            start += count


def _views(net: Network, layers: Iterable[int], theta: str, gradient: str, dtype: str) -> tuple[dict[str, str], list[str]]:
    """The matrices and where their slopes go, as parts of these two; and the lines that put slopes there that were computed elsewhere.

    ``layers`` have weights and biases in one.
    """
    apart = [name for name in parameters(net) if int(name[1:]) not in layers]
    views = {name: how for layer in layers for name, how in _joined(net, layer, theta, gradient)}
    views |= {name: _given(net, name, theta) for name in apart} | {f"dL_d{name}": _place(net, name, gradient, dtype) for name in apart}
    return views, [f"{_part(net, name, gradient)} = dL_d{name}.T.ravel()" for name in apart if name[0] == "W" and net.numbering != "by-source"]


def _part(net: Network, name: str, of: str) -> str:
    place = dict(_slices(net))[name]
    return f"{of}[{place.start}:{place.stop}]"


def _given(net: Network, name: str, theta: str = "theta") -> str:
    """A matrix with a column a unit, or a column of biases."""
    layer, own = int(name[1:]), _part(net, name, theta)
    units, before = net.sizes[layer], net.sizes[layer - 1]
    if name[0] == "b":
        return f"{own}.reshape({net.bias_counts[layer - 1]}, 1)"
    return f"{own}.reshape({before}, {units})" if net.numbering == "by-source" else f"{own}.reshape({units}, {before}).T"


def _joined(net: Network, layer: int, theta: str, gradient: str) -> Iterator[tuple[str, str]]:
    """The weights and biases of a layer as one array, its part of the gradient, and the weights where they are read alone."""
    slices, shape = dict(_slices(net)), f"{net.sizes[layer - 1] + 1}, {net.sizes[layer]}"
    place = f"{slices[f'W{layer}'].start}:{slices[f'b{layer}'].stop}"
    yield f"Wb{layer}", f"{theta}[{place}].reshape({shape})"
    yield f"dL_dWb{layer}", f"{gradient}[{place}].reshape({shape})"
    if layer > 1:
        yield f"W{layer}", f"Wb{layer}[:-1]"


def _flat(net: Network, name: str) -> str:
    """The slopes of such a matrix in the order of theta."""
    if name[0] == "b":
        return f"dL_d{name}" if net.bias_counts[int(name[1:]) - 1] == net.sizes[int(name[1:])] else f"[dL_d{name}]"
    return f"dL_d{name}.ravel()" if net.numbering == "by-source" else f"dL_d{name}.T.ravel()"


def _place(net: Network, name: str, gradient: str, dtype: str) -> str:
    """Where the slopes are computed: in the gradient, or where they lie otherwise there, beside it."""
    layer, own = int(name[1:]), _part(net, name, gradient)
    shape = f"{net.sizes[layer - 1]}, {net.sizes[layer]}"
    if name[0] == "b":
        return own if net.bias_counts[layer - 1] == net.sizes[layer] else f"{own}.reshape(())"
    return f"{own}.reshape({shape})" if net.numbering == "by-source" else f"np.empty(({shape}), {dtype})"
