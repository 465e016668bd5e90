"""The arbiter: thirty digits by a route of its own, and what is known of it by hand."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from mpmath import mp

from derive import DeriveError, Network
from numeric.arbiter import arbitrate
from numeric.operations import high_precision
from numeric.points import point
from numeric.tape import Tape


def exactly(derivation, at):
    """The value of a derivation in 60 digits, and what it is rounded by."""
    tape, on = Tape(derivation), high_precision(60)
    pairs = tape.run(on, point(derivation.graph.givens, at))
    return on.rounded(pairs[tape.steps[derivation.claim].value])


def test_a_gradient_by_hand():
    # σ(0) = ½: ∂L/∂w = i·(σ − t), and ∂L/∂b = σ − t.
    found = arbitrate(Network(1, 1), [0, 0], [["3/7"]], [["0.2"]])
    assert abs(found["w1"] - Fraction(3, 7) * Fraction(3, 10)) < 1e-40
    assert abs(found["b1"] - Fraction(3, 10)) < 1e-40


@pytest.mark.parametrize(
    "options",
    [{}, {"activation": "mish", "numbering": "by-target", "biases": "per-layer"}, {"output": "softmax"}, {"output": "identity", "loss": "rmse"}],
    ids=str,
)
def test_exact_facts_agree_to_thirty_digits(options):
    network = Network(2, 2, 2, **options)
    at = {one.name: f"0.{place}" for place, one in enumerate(network.graph.givens, 11)} | {network.targets[0].name: "0.3", network.targets[1].name: "0.7"}
    theta, inputs, targets = ([at[one.name] for one in group] for group in (network.parameters, network.inputs, network.targets))
    found = arbitrate(network, theta, [inputs], [targets])
    for name, slope in found.items():
        fact, rounding = exactly(network.derivation(name), at)
        assert abs(fact - slope) <= abs(slope) * 1e-30 + rounding, name


def test_the_mean_over_a_batch():
    network = Network(2, 1)
    rows = [[1, 2], [3, -1]], [[0], [1]]
    each = [arbitrate(network, [0.5, -0.25, 0.1], [own], [due])["w1"] for own, due in zip(*rows, strict=True)]
    assert abs(arbitrate(network, [0.5, -0.25, 0.1], *rows, wrt=["w1"])["w1"] - sum(each) / 2) < 1e-40


def test_saturated_slopes_have_their_digits():
    # σ'(−2000) = e^(−2000), which no float can hold.
    slope = arbitrate(Network(1, 1, loss="mse"), [-2000, 0], [[1]], [[0]], ["w1"])["w1"]
    with mp.workdps(60):
        assert abs(slope / (2 * mp.exp(-4000)) - 1) < mp.mpf(10) ** -30


def test_where_there_is_no_slope_there_is_none():
    network = Network(1, 1, 1, activation="relu", output="identity", loss="mse")
    found = arbitrate(network, [1, 0, 1, 0], [[0]], [[1]])
    assert found["b1"] is None
    assert found["w1"] == 0
    assert abs(found["b2"] + 2) < 1e-40


@pytest.mark.parametrize(
    ("network", "wrt", "said"),
    [(Network(2, 2, l2=0.1), None, "this network has penalties"), (Network(1, 1), ["w9"], "w9"), (Network(2, 2, 2, dropout=0.5), None, "dropout")],
    ids=str,
)
def test_what_it_does_not_know_is_refused(network, wrt, said):
    theta = [0.1] * len(network.parameters)
    with pytest.raises(DeriveError, match=re.escape(said)):
        arbitrate(network, theta, [[1] * network.sizes[0]], [[0] * network.sizes[-1]], wrt)
