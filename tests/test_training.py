"""Training: XOR is learnt, the same way every time, and what cannot go on says why."""

from __future__ import annotations

import numpy as np
import pytest

from derive import DeriveError, Network
from numeric import GD, SGD, AdaGrad, Adam, AdamW, DivergedError, Momentum, Nesterov, RMSProp, initialize, loss_and_gradient, train
from numeric.initializers import INITIALIZERS

INPUTS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
XOR = np.array([[0], [1], [1], [0]])
ONE_HOT = np.hstack([XOR, 1 - XOR])
EVERY = [GD(), SGD(), Momentum(0.5), Nesterov(0.5), AdaGrad(0.5), RMSProp(0.05), Adam(0.05), AdamW(0.05, decay=1e-4)]


def outputs(net, theta):
    """The forward pass by matrices, written independently."""
    parts, values = net.unpack(theta), INPUTS
    for layer in net.layers:
        values = 1 / (1 + np.exp(-(values @ parts[f"W{layer}"] + parts[f"b{layer}"])))
    return values


def test_xor_is_learnt_with_two_outputs():
    net = Network(2, 2, 2)
    history = train(net, INPUTS, ONE_HOT, steps=2000)
    assert (outputs(net, history.parameters).round() == ONE_HOT).all()
    assert history.losses[-1] < 0.05 < history.losses[0]


@pytest.mark.parametrize("optimizer", EVERY, ids=repr)
def test_every_optimizer_learns_xor(optimizer):
    net = Network(2, 2, 1)
    history = train(net, INPUTS, XOR, optimizer, steps=2000)
    assert (outputs(net, history.parameters).round() == XOR).all()
    assert history.losses[-1] < 0.05
    assert len(history.losses) == len(history.gradient_norms) == history.steps == 2000


def test_the_history_belongs_to_the_parameters():
    net, start = Network(2, 2, 1), initialize(Network(2, 2, 1), seed=3)
    history = train(net, INPUTS, XOR, GD(0.5), steps=1, start=start)
    loss, gradient = loss_and_gradient(net)(start, INPUTS, XOR)
    assert history.losses == [pytest.approx(loss)]
    assert history.gradient_norms == [pytest.approx(np.linalg.norm(gradient))]
    assert history.parameters == pytest.approx(start - 0.5 * gradient)


def test_the_same_seed_gives_the_same_history():
    first, second, other = (train(Network(2, 2, 1), INPUTS, XOR, steps=20, seed=seed) for seed in (0, 0, 1))
    assert first.losses == second.losses
    assert (first.parameters == second.parameters).all()
    assert first.losses != other.losses


def test_no_steps_leave_the_start():
    net = Network(2, 2, 1)
    assert (train(net, INPUTS, XOR, steps=0).parameters == initialize(net)).all()


def test_a_diverging_training_keeps_the_last_good_parameters():
    net = Network(2, 2, 1, activation="relu", output="identity", loss="squared_error")
    with pytest.raises(DivergedError, match=r"the loss became inf in step 32 after 2.\d*e\+301 in the step before, with GD\(rate=100000.0\)") as caught:
        train(net, INPUTS * 100, XOR, GD(1e5))
    history = caught.value.history
    assert np.isfinite(history.parameters).all()
    assert history.steps == 31


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ("optimizer='adam' is no optimizer", {"optimizer": "adam"}),
        ("steps=-1 is no whole number", {"steps": -1}),
        ("steps=1.5 is no whole number", {"steps": 1.5}),
        ("seed=None is no whole number", {"seed": None}),
        (r"theta has the shape \(2,\)", {"start": [0.0, 1.0]}),
        (r"targets\[1, 0\] is 2.0", {"targets": XOR * 2}),
        ("inputs has no rows", {"inputs": INPUTS[:0], "targets": XOR[:0]}),
        (r"inputs\[0, 0\] is nan", {"inputs": INPUTS * np.nan}),
    ],
)
def test_refusals_name_the_argument(words, changes):
    with pytest.raises(DeriveError, match=words):
        train(Network(2, 2, 1), **{"inputs": INPUTS, "targets": XOR, **changes})


# ---- initialisers


@pytest.mark.parametrize(
    ("how", "deviation", "bound"),
    [
        ("zeros", 0, 0),
        ("normal", 1, np.inf),
        ("xavier_uniform", np.sqrt(2 / 500), np.sqrt(6 / 500)),
        ("xavier_normal", np.sqrt(2 / 500), np.inf),
        ("he_uniform", np.sqrt(2 / 200), np.sqrt(6 / 200)),
        ("he_normal", np.sqrt(2 / 200), np.inf),
    ],
)
def test_initial_weights_have_the_deviation_that_was_published(how, deviation, bound):
    net = Network(200, 300)
    theta = initialize(net, how=how)
    assert theta[: 200 * 300].std() == pytest.approx(deviation, rel=0.02)
    assert abs(theta).max() <= bound
    assert (theta[200 * 300 :] == 0).all()


def test_the_table_of_initializers_is_covered():
    assert set(INITIALIZERS) == {"zeros", "normal", "xavier_uniform", "xavier_normal", "he_uniform", "he_normal"}


@pytest.mark.parametrize("numbering", ["by-source", "by-target"])
@pytest.mark.parametrize("biases", ["per-neuron", "per-layer", "none"])
def test_every_shape_of_network_is_initialised(numbering, biases):
    net = Network(3, 4, 2, numbering=numbering, biases=biases)
    assert initialize(net, 1).shape == (len(net.parameters),)
    assert (initialize(net, 1) == initialize(net, 1)).all()


def test_zeros_keep_the_hidden_units_equal():
    net = Network(2, 2, 1)
    parts = net.unpack(train(net, INPUTS, XOR, start=initialize(net, how="zeros") + 0.5, steps=50).parameters)
    assert parts["W1"][:, 0] == pytest.approx(parts["W1"][:, 1], rel=1e-12)


@pytest.mark.parametrize(("words", "arguments"), [("did you mean 'he_normal'", (0, "he-normal")), ("seed=-1 is no whole number", (-1,))])
def test_initialize_refuses(words, arguments):
    with pytest.raises(DeriveError, match=words):
        initialize(Network(2, 2), *arguments)
