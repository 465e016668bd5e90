"""Every activation and every loss, compiled: by layers or by columns, row by row, and beside differences of the loss."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from derive import DeriveError, Network
from derive.activations import ACTIVATIONS
from derive.losses import LOSSES
from numeric import initialize, loss_and_gradient


def network(**options) -> Network | None:
    try:
        return Network(2, 3, 2, **options)
    except DeriveError:  # an output that leaves the domain of the loss
        return None


OUTPUTS = [(output, loss) for output, loss in product(ACTIVATIONS, LOSSES) if network(output=output, loss=loss)]
STEP = 1e-6


def agree(net: Network) -> None:
    random = np.random.default_rng(1)
    theta = initialize(net, 3) + random.normal(size=len(net.parameters)) * 0.2
    inputs, targets = random.normal(size=(30, 2)), np.eye(2)[random.integers(0, 2, 30)]
    f = loss_and_gradient(net)
    with np.errstate(all="raise", under="ignore"):
        loss, gradient = f(theta, inputs, targets)
    assert f.gradient(theta, inputs, targets) == pytest.approx(gradient, rel=1e-14)
    rows = [f(theta, inputs[row : row + 1], targets[row : row + 1]) for row in range(30)]
    assert loss == pytest.approx(np.mean([one for one, _ in rows]), rel=1e-13)
    assert gradient == pytest.approx(np.mean([one for _, one in rows], axis=0), rel=1e-11, abs=1e-14)
    losses, gradients = f.per_sample(theta, inputs, targets)
    assert losses == pytest.approx([one for one, _ in rows], rel=1e-12, abs=1e-15)
    assert gradients == pytest.approx(np.array([one for _, one in rows]), rel=1e-11, abs=1e-14)
    quotients = [(f(theta + step, inputs, targets)[0] - f(theta - step, inputs, targets)[0]) / (2 * STEP) for step in STEP * np.eye(len(theta))]
    assert gradient == pytest.approx(quotients, rel=1e-5, abs=1e-7 * (1 + max(losses)))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_hidden_activation(activation):
    agree(Network(2, 3, 2, activation=activation))


@pytest.mark.parametrize(("output", "loss"), OUTPUTS)
def test_every_output_and_loss(output, loss):
    agree(Network(2, 3, 2, output=output, loss=loss))


@pytest.mark.parametrize(
    "options",
    [
        {"skips": [(1, 3)], "sizes": (2, 2, 3, 2)},
        {"l1": "0.01", "l2": "0.1"},
        {"dropout": "0.5", "masks": [[1, 0, 1]]},
        {"activation": "prelu", "biases": "per-layer"},
        {"activation": "maxout", "numbering": "by-target"},
        {"activation": "z*sigmoid(beta*z)"},
        {"loss": "sum(abs(t - o)**3)"},
        {"loss": "mse(half=yes)", "output": "tanh"},
    ],
    ids=str,
)
def test_networks_beyond_plain_layers(options):
    sizes = options.pop("sizes", (2, 3, 2))
    agree(Network(*sizes, **options))


@pytest.mark.parametrize("loss", ["cross_entropy", "cross_entropy_from_logits"])
def test_softmax_of_large_numbers(loss):
    net = Network(2, 3, output="softmax" if loss == "cross_entropy" else "identity", loss=loss)
    for times in (1, 20):
        inputs, targets = np.tile([[1.0, 0.5]], (times, 1)), np.tile([[0.0, 1.0, 0.0]], (times, 1))
        theta = np.array([1010.0, 1000.0, 990.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
        with np.errstate(all="raise", under="ignore"):
            value, gradient = loss_and_gradient(net)(theta, inputs, targets)
        assert value == pytest.approx(10.0000454009604)  # Saitoh, Deep Learning from Scratch, ch. 3: softmax of 1010, 1000, 990
        assert gradient[6:] == pytest.approx([0.999954600070, -0.999954602131, 2.06106005e-09], rel=1e-9)


def test_targets_that_are_shares_sum_to_one():
    net = Network(2, 2, output="softmax")
    with pytest.raises(DeriveError, match=r"targets\[1\] sums to 1.5; the loss cross_entropy needs rows that sum to 1"):
        loss_and_gradient(net)(initialize(net), np.zeros((2, 2)), [[0.5, 0.5], [1.0, 0.5]])
