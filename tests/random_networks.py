"""Random networks with dense layers, points and batches for them: what checks of networks are tried on."""

from __future__ import annotations

from typing import Any

import numpy as np

from derive import DeriveError, Network
from derive.activations import ACTIVATIONS
from derive.losses import LOSSES
from numeric.checks.network_parts import differs_by_layer

__all__ = ["random_batch", "random_network"]


def random_network(seed: int) -> tuple[Network, np.random.Generator]:
    """A network of depth 1 to 4 and width 1 to 5 with any options that fit."""
    rng = np.random.default_rng(seed)
    while True:
        sizes = [int(rng.integers(1, 6)) for _ in range(rng.integers(2, 6))]
        options: dict[str, Any] = {
            "activation": [str(rng.choice(list(ACTIVATIONS))) for _ in sizes[1:-1]],
            "output": str(rng.choice(list(ACTIVATIONS))),
            "loss": str(rng.choice(list(LOSSES))),
            "numbering": str(rng.choice(["by-source", "by-target"])),
            "biases": str(rng.choice(["per-neuron", "per-layer", "none"])),
        }
        try:
            network = Network(*sizes, **options)
        except DeriveError:
            continue  # this loss does not take what this output gives
        if differs_by_layer(network):
            return network, rng


def random_batch(network: Network, rng: np.random.Generator, scale: float, ties: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """theta, inputs and targets; with ties from a few round numbers, so that units lie at their kinks."""
    count = sum(network.sizes[layer - 1] * network.sizes[layer] + biases for layer, biases in zip(network.layers, network.bias_counts, strict=True))
    rows, record = int(rng.integers(1, 5)), network.loss_record
    shapes = (count,), (rows, network.sizes[0])
    theta, inputs = (rng.choice([0, 1, -1, 0.5], shape).astype(float) if ties else rng.uniform(-scale, scale, shape) for shape in shapes)
    low, high = np.clip([float(one) for one in (record.targets or record.domain)], -1, 1)
    targets = rng.uniform(low, high, (rows, network.sizes[-1]))
    return theta, inputs, _shares(rows, network.sizes[-1], rng) if record.shares else targets


def _shares(rows: int, units: int, rng: np.random.Generator) -> np.ndarray:
    """Rows that sum to 1 exactly, not only up to rounding: the derivation may use it."""
    parts = np.floor(rng.dirichlet(np.ones(units), rows) * 2**20) / 2**20
    parts[:, -1] = 1 - parts[:, :-1].sum(1)
    return parts
