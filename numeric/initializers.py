"""Initialisers: how the weights of a layer are drawn before training; biases start at 0.

To add one: a row in ``INITIALIZERS``, a function of the generator and of the numbers of units before and
after the layer, that gives an array of that shape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import sqrt

import numpy as np

from derive.errors import DeriveError, UnknownNameError
from derive.network import Network

__all__ = ["INITIALIZERS", "initialize"]

Draw = Callable[[np.random.Generator, int, int], np.ndarray]


def _uniform(bound: Callable[[int, int], float]) -> Draw:
    return lambda draw, before, after: draw.uniform(-bound(before, after), bound(before, after), (before, after))


def _normal(deviation: Callable[[int, int], float]) -> Draw:
    return lambda draw, before, after: draw.normal(0.0, deviation(before, after), (before, after))


# Xavier: Glorot, Bengio, 2010; He: He, Zhang, Ren, Sun, 2015 (both by the number of units before and after).
INITIALIZERS: Mapping[str, Draw] = {
    "zeros": lambda draw, before, after: np.zeros((before, after)),
    "normal": _normal(lambda before, after: 1.0),
    "xavier_uniform": _uniform(lambda before, after: sqrt(6 / (before + after))),
    "xavier_normal": _normal(lambda before, after: sqrt(2 / (before + after))),
    "he_uniform": _uniform(lambda before, after: sqrt(6 / before)),
    "he_normal": _normal(lambda before, after: sqrt(2 / before)),
}


def initialize(net: Network, seed: int = 0, how: str = "xavier_uniform") -> np.ndarray:
    """The flat vector theta of shape (P,) to start from: weights drawn layer by layer, biases 0, the α of PReLU 0.25.

    how is zeros, normal (deviation 1), xavier_uniform, xavier_normal, he_uniform or he_normal. The same seed gives
    the same theta. Raises DeriveError for another name, or a seed that is no whole number ≥ 0.
    """
    if how not in INITIALIZERS:
        raise UnknownNameError("initializer", how, INITIALIZERS)
    draw = np.random.default_rng(whole_number("seed", seed))
    blocks: list[np.ndarray] = []
    for layer in net.layers:
        weights = INITIALIZERS[how](draw, net.sizes[layer - 1], net.widths[layer])
        blocks += [(weights if net.numbering == "by-source" else weights.T).ravel(), np.zeros(net.bias_counts[layer - 1])]
        blocks.append(np.array([float(one.usual) for one in net.activations[layer - 1].learned]))
    theta = np.concatenate(blocks)
    return theta[[one not in net.frozen for one in net.all_parameters]] if net.frozen else theta


def whole_number(name: str, value: object, least: int = 0) -> int:
    """The value as an int; raises DeriveError where it is no whole number of at least that size."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise DeriveError(f"{name}={value!r} is no whole number of at least {least}")
    return int(value)
