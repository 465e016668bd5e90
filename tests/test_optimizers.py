"""Optimizers: every update beside one written independently, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from derive import DeriveError
from numeric import GD, SGD, AdaGrad, Adam, AdamW, Momentum, Nesterov, RMSProp
from numeric.optimizers import OPTIMIZERS

GRADIENTS = [np.array([0.5, -2.0, 1e-3]), np.array([1.5, 1.0, -1e-3]), np.array([-0.25, 0.0, 4.0]), np.array([0.1, 0.2, 0.3])]
START = np.array([1.0, -2.0, 0.5])


def gd(w, g, t, memory):
    return w - 0.1 * g


def momentum(w, g, t, memory):
    """Sutskever's form of Polyak's: Δ = 0.9 Δ_before − 0.1 g."""
    memory["delta"] = 0.9 * memory.get("delta", 0) - 0.1 * g
    return w + memory["delta"]


def nesterov(w, g, t, memory):
    """Two points: the parameters θ, and the point ahead θ + 0.9 Δ, where the gradient is taken and which is given back."""
    theta = memory.get("theta", w)
    memory["delta"] = 0.9 * memory.get("delta", 0) - 0.1 * g
    memory["theta"] = theta + memory["delta"]
    return memory["theta"] + 0.9 * memory["delta"]


def adagrad(w, g, t, memory):
    memory.setdefault("all", []).append(g)
    return w - 0.1 * g / (np.linalg.norm(memory["all"], axis=0) + 1e-8)


def rmsprop(w, g, t, memory):
    memory.setdefault("all", []).append(g)
    mean = sum(0.1 * 0.9 ** (t - k) * one**2 for k, one in enumerate(memory["all"], 1))
    return w - 0.1 * g / (mean**0.5 + 1e-8)


def adam_direction(g, t, memory):
    memory.setdefault("all", []).append(g)
    first, second = (sum(beta ** (t - k) * one**power for k, one in enumerate(memory["all"], 1)) for beta, power in ((0.9, 1), (0.999, 2)))
    return (first * 0.1 / (1 - 0.9**t)) / (np.sqrt(second * 0.001 / (1 - 0.999**t)) + 1e-8)


def adam(w, g, t, memory):
    return w - 0.1 * adam_direction(g, t, memory)


def adamw(w, g, t, memory):
    return (1 - 0.1 * 0.01) * w - 0.1 * adam_direction(g, t, memory)


CASES = [(GD, gd), (SGD, gd), (Momentum, momentum), (Nesterov, nesterov), (AdaGrad, adagrad), (RMSProp, rmsprop), (Adam, adam), (AdamW, adamw)]


@pytest.mark.parametrize(("kind", "by_hand"), CASES, ids=lambda one: one.__name__)
def test_four_steps_as_by_hand(kind, by_hand):
    optimizer, memory = kind(0.1), {}
    w, states = START, [np.zeros(3) for _ in optimizer.states]
    expected = START
    for t, g in enumerate(GRADIENTS, 1):
        w, *states = optimizer.step(w, g, t, optimizer.rate, *states)
        expected = by_hand(expected, g, t, memory)
        assert w == pytest.approx(expected, rel=1e-12)


def test_the_table_is_complete():
    assert set(OPTIMIZERS.values()) == {kind for kind, _ in CASES}
    assert [kind().name for kind in OPTIMIZERS.values()] == list(OPTIMIZERS)


@pytest.mark.parametrize("kind", OPTIMIZERS.values(), ids=lambda one: one.__name__)
def test_a_step_modifies_nothing_and_keeps_the_type(kind):
    optimizer = kind(0.1)
    w, g, states = START.astype("f4"), GRADIENTS[0].astype("f4"), [np.zeros(3, "f4") for _ in optimizer.states]
    kept = [one.copy() for one in (w, g, *states)]
    results = optimizer.step(w, g, 1, optimizer.rate, *states)
    assert all((one == other).all() for one, other in zip(kept, (w, g, *states), strict=True))
    assert {one.dtype for one in results} == {np.dtype("f4")}


@pytest.mark.parametrize("kind", OPTIMIZERS.values(), ids=lambda one: one.__name__)
@pytest.mark.parametrize("rate", [0, -0.1, math.nan, math.inf, "0.1", True, None, 1j])
def test_a_rate_that_is_no_positive_number_is_refused(kind, rate):
    with pytest.raises(DeriveError, match=f"rate={rate!r} of {kind.__name__} is not a positive number"):
        kind(rate)


@pytest.mark.parametrize("make", [lambda: Adam(beta1=1), lambda: Adam(beta2=-0.1), lambda: Momentum(momentum=math.nan), lambda: RMSProp(epsilon=-1)])
def test_other_numbers_out_of_range_are_refused(make):
    with pytest.raises(DeriveError, match="is not a number"):
        make()


def test_the_source_reads_as_the_update():
    assert "    m_hat = m / (1 - beta1 ** t)\n" in Adam().source
    assert "    w = w + v\n" in Momentum().source
