"""Batches: arrays that come from outside, seen to fit before anything is computed from them.

Nothing here modifies an argument; an array that fits already is passed on as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sympy import Symbol

from derive.errors import DeriveError, UndefinedError, listed
from derive.network import Network

__all__ = ["LARGE", "Fitting", "array", "broadcast", "checked_masks", "filled", "parameter_count"]

SLACK = {"d": 1e-9, "f": 1e-5}  # what rounding may take from the sum of a row, by NumPy's letters for the types
LARGE = 1e8  # for targets that are looked at no further
_FLOATS = np.dtype(np.float64), np.dtype(np.float32)
_ARRAY, _dot = np.ndarray, np.vdot  # which does not warn where it overflows; to look them up in a module takes as long as a comparison
_KINDS = {"c": "complex numbers", "O": "Python objects", "U": "text", "S": "bytes", "M": "dates", "m": "durations", "V": "records"}


@dataclass(frozen=True)
class Fitting:
    """What a batch must look like for a network: the number of parameters, the widths, and the range of the targets.

    With ``shares`` the targets of a sample sum to 1; with ``differ`` they are not all the same. ``small`` has, by NumPy's
    letters for the types, the square of a length up to which theta and inputs cannot make a number overflow.
    """

    net: Network
    count: int
    widths: tuple[int, int]
    low: float
    high: float
    shares: bool = False
    differ: bool = False
    small: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, net: Network) -> Fitting:
        """What fits this network."""
        loss = net.loss_record
        low, high = map(float, loss.targets or loss.domain)
        small = {letter: 10.0 ** min(16, digits / (len(net.sizes) + 1)) for letter, digits in (("d", 240), ("f", 28))}
        return cls(net, parameter_count(net), (net.sizes[0], net.sizes[-1]), low, high, loss.shares, loss.differ, small)

    def checked(self, theta: Any, inputs: Any, targets: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The three as float arrays of one type and the shapes (P,), (N, n_in), (N, n_out), N ≥ 1.

        float32 stays where no array is float64; everything else is computed in float64. Raises DeriveError for other
        shapes, for values that are no finite real numbers, and for targets that the loss does not take.
        """
        if self.surely(theta, inputs, targets):
            return theta, inputs, targets
        arrays = {"theta": array("theta", theta), "inputs": array("inputs", inputs), "targets": array("targets", targets)}
        self._refuse_shapes({name: one.shape for name, one in arrays.items()})
        dtype = _common(arrays.values())
        theta, inputs, targets = (_finite(name, one.astype(dtype, copy=False)) for name, one in arrays.items())
        self._refuse_targets(targets)
        return theta, inputs, targets

    def surely(self, theta: Any, inputs: Any, targets: Any) -> bool:
        """Are these three good as they are? False means only that one has to look closer.

        One number tells of many that they are small: the sum of their squares, which is none where one of them is none.
        """
        if not type(theta) is type(inputs) is type(targets) is _ARRAY:
            return False
        if not theta.dtype is inputs.dtype is targets.dtype in _FLOATS or inputs.ndim != 2:
            return False
        rows, (before, after) = len(inputs), self.widths
        if rows == 0 or theta.shape != (self.count,) or inputs.shape != (rows, before) or targets.shape != (rows, after):
            return False
        least, most = targets.item(targets.argmin()), targets.item(targets.argmax())  # where there is a NaN, both are
        if self.differ or not (self.low <= least and most <= self.high and least > -LARGE and most < LARGE):
            return False
        small = self.small[theta.dtype.char]
        return _dot(theta, theta) < small and _dot(inputs, inputs) < small and (not self.shares or bool(_sum_to_one(targets).all()))

    def _refuse_shapes(self, shapes: Mapping[str, tuple[int, ...]]) -> None:
        rows = shapes["inputs"][0] if shapes["inputs"] else 0
        if shapes["theta"] != (self.count,):
            raise DeriveError(f"theta has the shape {shapes['theta']}; this network needs ({self.count},): {listed(self.net.parameters)}")
        for name, width in zip(("inputs", "targets"), self.widths, strict=True):
            if len(shapes[name]) != 2 or shapes[name][1] != width:
                needed = f"(N, {width}): a row a sample, a column each for {listed(getattr(self.net, name))}"
                raise DeriveError(f"{name} has the shape {shapes[name]}; this network needs {needed}")
        if rows == 0:
            raise DeriveError("inputs has no rows; a batch has at least one sample")
        if shapes["targets"][0] != rows:
            raise DeriveError(f"inputs has {rows} rows and targets has {shapes['targets'][0]}; every sample needs one row in each")

    def _refuse_targets(self, targets: np.ndarray) -> None:
        if self.differ and not np.ptp(targets, axis=1).all():
            row = int(np.argmin(np.ptp(targets, axis=1)))
            name, value = self.net.loss_record.name, targets[row, 0]
            raise UndefinedError(f"the targets in row {row} are all {value:g}; {name} divides by what they differ by, and has no value there")
        name = self.net.loss_record.name
        if self.shares and not (good := _sum_to_one(targets)).all():
            row = int(np.argmin(good))
            raise DeriveError(f"targets[{row}] sums to {targets[row].sum():.6g}; the loss {name} needs rows that sum to 1")
        outside = (targets < self.low) | (targets > self.high)
        if outside.any():
            where = _first(outside)
            raise DeriveError(f"targets[{_index(where)}] is {targets[where]}; the loss {name} needs targets between {self.low:g} and {self.high:g}")


def checked_masks(masks: Any, rows: int, symbols: Sequence[Symbol], dtype: Any) -> np.ndarray:
    """The masks of a batch as an array of that type and the shape (N, hidden units). Raises DeriveError where they do not fit."""
    found = array("masks", masks)
    if found.shape != (rows, len(symbols)):
        raise DeriveError(f"masks has the shape {found.shape}; needed is ({rows}, {len(symbols)}): a row a sample, a column each for {listed(symbols)}")
    return _finite("masks", found.astype(dtype, copy=False))


def array(name: str, value: Any) -> np.ndarray:
    """The value as an array of numbers; raises DeriveError, naming the argument, where it is none."""
    if isinstance(value, np.ma.MaskedArray):
        raise DeriveError(f"{name} is a masked array; fill or drop the masked entries first, for example with {name}.filled(0)")
    try:
        found = np.asarray(value)
    except (ValueError, TypeError, OverflowError) as error:
        raise DeriveError(f"{name} is no array of numbers: {error}") from None
    if found.dtype.kind not in "biuf" or found.dtype.itemsize > 8:
        raise DeriveError(f"{name} holds {_KINDS.get(found.dtype.kind, str(found.dtype))}{_too_large(found)}; it must hold float64, float32 or whole numbers")
    return found


def _too_large(found: np.ndarray) -> str:
    large = [one for one in found.flat if isinstance(one, int)] if found.dtype.kind == "O" else []
    return ", among them whole numbers too large for 64 bits" if large else ""


def _common(arrays: Any) -> Any:
    """float32 where there are floats and none of them is longer, else float64."""
    sizes = [one.dtype.itemsize for one in arrays if one.dtype.kind == "f"]
    return np.float32 if sizes and max(sizes) <= 4 else np.float64


def _sum_to_one(targets: np.ndarray) -> np.ndarray:
    """For every row: does it sum to 1, as far as its numbers are rounded?"""
    return abs(targets @ np.ones(targets.shape[1], targets.dtype) - 1) <= SLACK[targets.dtype.char]


def parameter_count(net: Network) -> int:
    """P, the number of parameters of a network, without making their symbols."""
    counts = (net.sizes[layer - 1] * net.widths[layer] + net.bias_counts[layer - 1] + len(net.learned(layer)) for layer in net.layers)
    return sum(counts) - len(net.frozen)


def _finite(name: str, values: np.ndarray) -> np.ndarray:
    good = np.isfinite(values)
    if not good.all():
        where = _first(~good)
        raise DeriveError(f"{name}[{_index(where)}] is {values[where]}; all values must be finite")
    return values


def _first(flags: np.ndarray) -> tuple[int, ...]:
    return tuple(int(one) for one in np.argwhere(flags)[0])


def _index(where: tuple[int, ...]) -> str:
    return ", ".join(map(str, where))


# ---- arrays for any graph


def broadcast(named: Mapping[str, Any]) -> tuple[list[np.ndarray], tuple[int, ...]]:
    """The values as float arrays, and their common shape. Raises DeriveError where there is none."""
    arrays = {name: array(name, value) for name, value in named.items()}
    dtype = _common(arrays.values())
    try:
        shape = np.broadcast_shapes(*(one.shape for one in arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {one.shape}" for name, one in arrays.items() if one.ndim)
        raise DeriveError(f"the shapes of the arrays do not fit together: {shapes}") from None
    return [_finite(name, one.astype(dtype, copy=False)) for name, one in arrays.items()], shape


def filled(result: Any, shape: tuple[int, ...]) -> np.ndarray:
    """A result as an array of its own of the common shape."""
    return np.array(np.broadcast_to(result, shape))
