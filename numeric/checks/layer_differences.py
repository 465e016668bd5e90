"""Layer differences: ∂L/∂W and ∂L/∂b of every layer by central differences of that layer's own definition.

A parameter reaches the loss only through the net of its unit. So the function of a unit is moved by that net, with
what arrives from the layer behind held fixed, and the sum that a net is, being linear, needs no step at all:

    ∂L/∂W[i, j] = mean over the samples of A[i]·delta[j],   delta[j] = D(f)(Z[j])·Σ_k W'[j, k]·delta'[k]

where D is a central difference, taken for all units and samples at once, and the deltas of the last layer are
differences of the loss itself. Nothing here comes from a derivation or from back-propagation, and the cost is that
of a few forward passes, however many parameters there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from derive.network import Network

from .array_slopes import OFFSETS, STEP, UNIT, UNKNOWN, Slopes, careful, quick
from .causes import Cause
from .network_parts import Block, Head, blocks_of, head_of, hidden_functions
from .stencils import Difference

__all__ = ["Delta", "Estimate", "LayerDifferences", "Pass"]

ROWS = 1 << 21  # how many values are moved at a time
PATHS = 32  # how many units a layer may have for each path through it to be tried as the missing one
_OFFSETS = OFFSETS[:, None, None]


class Estimate(NamedTuple):
    """Partial derivatives by all parameters, flat like theta: their values, what they can be off by, half the jump at a kink, the step."""

    value: np.ndarray
    bound: np.ndarray
    kink: np.ndarray | None
    step: np.ndarray | float

    @property
    def differences(self) -> Difference:
        """The same with both sides of a kink; left and right are NaN where there is none, None where there is none at all."""
        if self.kink is None:
            return Difference(self.value, self.step, self.bound)
        bound, kink = np.where(self.bound < UNKNOWN / 2, self.bound, np.inf), np.where(self.kink > 0, self.kink, np.nan)
        return Difference(self.value, self.step, bound, left=self.value - kink, right=self.value + kink)


@dataclass(frozen=True)
class LayerDifferences:
    """The functions of the units of a network, and what follows from them."""

    net: Network

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """W1, b1, W2, … in the order of theta."""
        return tuple(blocks_of(self.net))

    @cached_property
    def functions(self) -> tuple[Callable[[Any], Any], ...]:
        """The activation of each hidden layer."""
        return hidden_functions(self.net)

    @cached_property
    def head(self) -> Head:
        """What the loss of a sample becomes when one net of the last layer is moved."""
        return head_of(self.net)

    @cached_property
    def spans(self) -> tuple[slice, ...]:
        """The places of the units of each layer among those of all layers."""
        ends = np.cumsum((0, *self.net.sizes[1:]))
        return tuple(slice(int(start), int(end)) for start, end in pairwise(ends))

    # ---- all parameters at once

    def estimate(self, theta: np.ndarray, inputs: np.ndarray, targets: np.ndarray, unit: float = UNIT, careful: bool = False) -> Estimate:
        """The differences of the mean loss by all parameters. unit: how the gradient beside which they will stand was rounded.

        careful: with the best of many steps, both sides of every kink, and the rounding of sums in the bound; without
        it a bound is often too large and may be a little too small, so what does not agree is looked at again.
        """
        work, count = (self.careful, 64) if careful else (self.quick, 8)
        count = max(1, ROWS // (count * self.spans[-1].stop))
        if len(inputs) <= count:
            return self.backward(work(theta, inputs, targets, unit), len(inputs))
        starts = range(0, len(inputs), count)
        return _sum([self.backward(work(theta, inputs[one : one + count], targets[one : one + count], unit), len(inputs)) for one in starts])

    def quick(self, theta: np.ndarray, inputs: np.ndarray, targets: np.ndarray, unit: float = UNIT) -> Pass:
        """The slopes of all units with one step for all."""
        weights, read, spans = self._matrices(theta), [_with_ones(inputs, self._biased)], self.spans
        moved = np.empty((7, len(inputs), spans[-1].stop))
        values = np.empty_like(moved)
        for layer, place in enumerate(spans[:-1]):
            own = moved[:, :, place] = np.dot(read[layer], weights[layer]) + _OFFSETS
            found = values[:, :, place] = self.functions[layer](own)
            read.append(_with_ones(found[6], self._biased))
        nets = np.dot(read[-1], weights[-1])
        own = moved[:, :, spans[-1]] = nets + _OFFSETS
        values[:, :, spans[-1]] = self.head(own, nets, targets)
        return Pass(quick(values, moved[:3] - moved[3:6]), weights, read)

    def careful(self, theta: np.ndarray, inputs: np.ndarray, targets: np.ndarray, unit: float = UNIT) -> Pass:
        """The slopes of all units with the best of many steps, kinks, and the rounding of the nets."""
        weights, read = self._matrices(theta), [_with_ones(inputs, self._biased)]
        errors, found = [np.zeros_like(read[0])], []
        for layer, matrix in enumerate(weights):
            nets = read[layer] @ matrix
            rounding = ((len(matrix) + 3) * unit * np.abs(read[layer]) + errors[layer]) @ np.abs(matrix)
            last = layer == len(self.functions)
            sample = (lambda moved, nets=nets: self.head(moved, nets, targets)) if last else self.functions[layer]
            slopes = careful(sample, nets)
            found.append(slopes._replace(bound=slopes.bound + 2 * _zero(slopes.curve) * rounding))
            if not last:
                read.append(_with_ones(sample(nets), self._biased))
                errors.append(4 * unit * np.abs(read[-1]))
                errors[-1][:, : nets.shape[1]] += (np.abs(slopes.value) + slopes.bound + _zero(slopes.kink)) * rounding
        return Pass(_beside(found), weights, read, errors, unit)

    def backward(self, made: Pass, samples: int) -> Estimate:
        """From the slopes of all units to the mean's slopes by all parameters, from the last layer to the first."""
        count, slopes = self.blocks[-1].place.stop, made.slopes
        kinked, stepped = slopes.kink is not None, not isinstance(slopes.step, float)
        flat = Estimate(np.empty(count), np.empty(count), np.empty(count) if kinked else None, np.empty(count) if stepped else STEP)
        delta = _of(slopes, self.spans[-1])
        if samples > 1:
            delta = Delta(delta.value / samples, delta.bound / samples, None if delta.kink is None else delta.kink / samples)
        for layer in reversed(range(len(self.spans))):
            if made.errors is not None:
                delta = _rounded(delta, (2 * len(delta.value) + len(made.weights[layer]) + 16) * made.unit)
            self._put(layer, delta, made, flat)
            if layer:
                own = made.weights[layer]
                delta = _behind(delta, own[:-1] if self._biased else own, _of(slopes, self.spans[layer - 1]))
        return flat

    def variants(self, theta: np.ndarray, inputs: np.ndarray, targets: np.ndarray) -> Iterator[tuple[Cause, np.ndarray]]:
        """What the usual slips in back-propagation would give, each with its cause: to tell a wrong gradient's likely cause."""
        count, right = len(inputs), self.quick(theta, inputs, targets)
        value = self.backward(right, count).value
        if count > 1:
            yield Cause.of("sum", count=count), value * count
        for layer, place in enumerate(self.spans[:-1], 1):
            slopes = right.slopes.value.copy()
            slopes[:, place] = 1.0
            yield (
                Cause.of("slope", layer=layer),
                self.backward(right._replace(slopes=Slopes(slopes, right.slopes.bound)), count).value,
            )
        for layer, units in enumerate(self.net.sizes[1:], 1):
            for one in range(units) if layer > 1 and 1 < units <= PATHS else ():
                weights = [matrix.copy() for matrix in right.weights]
                weights[layer - 1][:, one] = 0.0
                yield Cause.of("path of unit", unit=one + 1, layer=layer), self.backward(right._replace(weights=weights), count).value
        for block in self.blocks:
            rows, cols = block.shape if len(block.shape) == 2 else (0, 1)
            if rows == cols:
                turned = value.copy()
                block.view(turned)[...] = block.view(value).T
                yield Cause.of("transposed", matrix=block.name), turned

    @cached_property
    def matrices(self) -> dict[str, tuple[int, tuple[int, ...]]]:
        """The first place in theta and the shape of each matrix of weights."""
        return {block.name: (block.place.start, block.shape) for block in self.blocks if len(block.shape) == 2}

    def _put(self, layer: int, delta: Delta, made: Pass, flat: Estimate) -> None:
        """The partial derivatives by the weights and the biases of a layer, written to their places."""
        read = made.read[layer]
        sizes = np.abs(read).T
        np.dot(read.T, delta.value, out=(value := self._room(layer, flat.value)))  # dot: half the cost of a call of matmul
        np.dot(sizes, delta.bound, out=(bound := self._room(layer, flat.bound)))
        if made.errors is not None:
            bound += made.errors[layer].T @ (np.abs(delta.value) + _zero(delta.kink))
        parts = [(flat.value, value, True), (flat.bound, bound, True)]
        if flat.kink is not None:
            parts.append((flat.kink, sizes @ delta.kink if delta.kink is not None else np.zeros_like(value), True))
        if not isinstance(flat.step, float):
            parts.append((flat.step, np.broadcast_to(made.slopes.step[:, self.spans[layer]].max(0), value.shape), False))  # type: ignore[index]
        for whole, part, summed in parts if not self._together or len(parts) > 2 else ():
            self._place(layer, whole, part, summed)

    def _room(self, layer: int, flat: np.ndarray) -> np.ndarray:
        """Where the partial derivatives of a layer go: weights, a column a unit, with the biases as the last row."""
        start, end, shape = self._extents[layer]
        return flat[start:end].reshape(shape) if self._together else np.empty(shape)

    def _place(self, layer: int, flat: np.ndarray, found: np.ndarray, summed: bool) -> None:
        """From that form to theta's; a bias that a whole layer shares gets their sum, or the largest."""
        for block in self.blocks:
            if block.layer == layer + 1:
                own = found if not self._biased else found[-1] if block.name[0] == "b" else found[:-1]
                shared = block.shape == (1,) and self.net.biases == "per-layer" and block.name[0] == "b"
                block.view(flat)[...] = (own.sum() if summed else own.max()) if shared else own

    def _matrices(self, theta: np.ndarray) -> list[np.ndarray]:
        """The parameters of each layer as one matrix, a column a unit, with the biases as its last row."""
        if self._together:
            return [theta[start:end].reshape(shape) for start, end, shape in self._extents]
        views: dict[int, list[np.ndarray]] = {layer: [] for layer in self.net.layers}
        for block in self.blocks:
            own = block.view(theta)
            views[block.layer].append(own if own.ndim == 2 else np.broadcast_to(own, (1, self.net.sizes[block.layer])))
        return [np.vstack(parts) for parts in views.values()]

    @cached_property
    def _biased(self) -> bool:
        return self.net.biases != "none"

    @cached_property
    def _together(self) -> bool:
        """Do the parameters of each layer lie in theta as one matrix?"""
        return self.net.numbering == "by-source" and self.net.biases != "per-layer"

    @cached_property
    def _extents(self) -> tuple[tuple[int, int, tuple[int, int]], ...]:
        """Of each layer the first place in theta, the one after its last, and the shape of its matrix."""
        own = [[block.place for block in self.blocks if block.layer == layer] for layer in self.net.layers]
        shapes = [(before + self._biased, units) for before, units in pairwise(self.net.sizes)]
        return tuple((places[0].start, places[-1].stop, shape) for places, shape in zip(own, shapes, strict=True))


# ---- backwards


class Pass(NamedTuple):
    """A forward pass: the slopes of all units beside each other, and of each layer its matrix and what it reads, with ones.

    errors: what the rounding of the layers before has done to what is read; unit: of that rounding.
    """

    slopes: Slopes
    weights: Sequence[np.ndarray]
    read: Sequence[np.ndarray]
    errors: Sequence[np.ndarray] | None = None
    unit: float = UNIT


class Delta(NamedTuple):
    """∂L/∂net of the units of a layer, shape (N, units), with its bound and half its jump."""

    value: np.ndarray
    bound: np.ndarray
    kink: np.ndarray | None


def _of(slopes: Slopes, place: slice) -> Delta:
    return Delta(slopes.value[:, place], slopes.bound[:, place], None if slopes.kink is None else slopes.kink[:, place])


def _rounded(delta: Delta, unit: float) -> Delta:
    return delta._replace(bound=delta.bound + unit * np.abs(delta.value))


def _behind(delta: Delta, weights: np.ndarray, own: Delta) -> Delta:
    """The deltas of the layer before: what arrives through the weights, times the slope of each unit, bounds and jumps with them."""
    sizes = np.abs(weights).T
    arriving, error = np.dot(delta.value, weights.T), np.dot(delta.bound, sizes)
    size, slope = np.abs(arriving), np.abs(own.value)
    if delta.kink is None and own.kink is None:
        return Delta(arriving * own.value, slope * error + own.bound * (size + error), None)
    jump = delta.kink @ sizes if delta.kink is not None else 0.0
    half = _zero(own.kink)
    return Delta(arriving * own.value, (slope + half) * error + own.bound * (size + jump + error), slope * jump + half * (size + jump))


def _with_ones(values: np.ndarray, biased: bool) -> np.ndarray:
    """What a layer reads, with a last column of ones for the biases."""
    if not biased:
        return values
    whole = np.empty((len(values), values.shape[1] + 1))
    whole[:, :-1] = values
    whole[:, -1] = 1.0
    return whole


def _beside(found: Sequence[Slopes]) -> Slopes:
    """The slopes of all layers beside each other."""
    kinked = any(one.kink is not None for one in found)
    kinks = [one.kink if one.kink is not None else np.zeros_like(one.value) for one in found] if kinked else None
    value, bound, step = (np.concatenate([getattr(one, name) for one in found], axis=1) for name in ("value", "bound", "step"))
    return Slopes(value, bound, None if kinks is None else np.concatenate(kinks, axis=1), step)


def _sum(parts: Sequence[Estimate]) -> Estimate:
    """The estimates of some samples each as that of all."""
    kinks = [one.kink for one in parts if one.kink is not None]
    step = parts[0].step if isinstance(parts[0].step, float) else np.max([np.asarray(one.step) for one in parts], axis=0)
    return Estimate(np.sum([one.value for one in parts], 0), np.sum([one.bound for one in parts], 0), np.sum(kinks, 0) if kinks else None, step)


def _zero(part: Any) -> Any:
    return 0.0 if part is None else part
