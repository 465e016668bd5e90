"""Packing: the parameters of a network as one flat vector, by name, or as matrices of layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .errors import DeriveError, UnknownNameError, listed

if TYPE_CHECKING:
    from .network import Network

__all__ = ["packed", "unpacked"]


def packed(net: Network, values: Mapping[str, Any]) -> Any:
    """See ``Network.pack``."""
    named = {str(key): value for key, value in values.items()}
    if not any(key.startswith("W") for key in named):
        _same_names(named, [one.name for one in net.parameters], "parameter")
        return [named[one.name] for one in net.parameters]
    flat = _from_layers(net, named)
    like = named[next(key for key in named if key.startswith("W"))]
    if net.frozen:
        flat = [value for one, value in zip(net.all_parameters, flat, strict=True) if one not in net.frozen]
    return _like(like, flat) if hasattr(like, "dtype") else flat


def unpacked(net: Network, theta: Any) -> dict[str, Any]:
    """See ``Network.unpack``."""
    if len(theta) != len(net.parameters):
        raise DeriveError(f"theta has {len(theta)} values; this network has {len(net.parameters)} parameters")
    if net.frozen:
        raise DeriveError(f"theta has no values for the frozen {listed(sorted(net.frozen, key=str))}; use net.named(theta) for those that it has")
    parts: dict[str, Any] = {}
    start = 0
    for layer in net.layers:
        for name, count in _blocks(net, layer):
            block = theta[start : start + count]
            parts[name] = _matrix(net, block, layer) if name.startswith("W") else block
            start += count
    return parts


def _blocks(net: Network, layer: int) -> list[tuple[str, int]]:
    """The names of a layer's blocks and how many parameters each holds, in the order of theta."""
    biases = net.bias_counts[layer - 1]
    own = [(f"W{layer}", net.sizes[layer - 1] * net.widths[layer]), *([(f"b{layer}", biases)] if biases else [])]
    return [*own, *((one.name, 1) for one in net.learned(layer))]


def _matrix(net: Network, flat: Any, layer: int) -> Any:
    rows, cols = net.sizes[layer - 1], net.widths[layer]
    if hasattr(flat, "reshape"):
        return flat.reshape(rows, cols) if net.numbering == "by-source" else flat.reshape(cols, rows).T
    if net.numbering == "by-source":
        return [list(flat[row * cols : (row + 1) * cols]) for row in range(rows)]
    return [list(flat[row::rows]) for row in range(rows)]


def _from_layers(net: Network, values: Mapping[str, Any]) -> list[Any]:
    _same_names(values, [name for layer in net.layers for name, _ in _blocks(net, layer)], "layer matrix")
    flat: list[Any] = []
    for layer in net.layers:
        for name, count in _blocks(net, layer):
            if name.startswith("W"):
                rows = _entries(values[name], (net.sizes[layer - 1], net.widths[layer]), name)
                columns = rows if net.numbering == "by-source" else list(zip(*rows, strict=True))
                flat += [entry for line in columns for entry in line]
            else:
                flat += _entries(values[name], (count,), name)
    return flat


def _same_names(values: Mapping[str, Any], wanted: list[str], kind: str) -> None:
    known = set(wanted)
    unknown = [name for name in values if name not in known]
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
