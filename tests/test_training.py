"""Training: XOR is learnt, the same way every time, and what cannot go on says why."""

from __future__ import annotations

import signal
import threading

import numpy as np
import pytest

from derive import DeriveError, Network
from numeric import GD, SGD, AdaGrad, Adam, AdamW, DivergedError, Momentum, Nesterov, RMSProp, initialize, loss_and_gradient, train
from numeric.initializers import INITIALIZERS
from numeric.runs.checkpoints import save
from numeric.runs.schedules import Cosine, Exponential, InverseTime, StepDecay, Warmup

INPUTS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
XOR = np.array([[0], [1], [1], [0]])
ONE_HOT = np.hstack([XOR, 1 - XOR])
EVERY = [GD(), SGD(0.3), Momentum(0.5), Nesterov(0.5), AdaGrad(0.5), RMSProp(0.05), Adam(0.05), AdamW(0.05, decay=1e-4)]


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
    history = train(net, INPUTS, XOR, optimizer, steps=4000 if optimizer.batch else 2000)
    assert (outputs(net, history.parameters).round() == XOR).all()
    assert max(history.losses[-4:]) < 0.05
    assert len(history.losses) == len(history.gradient_norms) == history.steps


def test_the_history_belongs_to_the_parameters():
    net, start = Network(2, 2, 1), initialize(Network(2, 2, 1), seed=3)
    history = train(net, INPUTS, XOR, GD(0.5), steps=1, start=start)
    loss, gradient = loss_and_gradient(net)(start, INPUTS, XOR)
    assert history.losses == [pytest.approx(loss)]
    assert history.gradient_norms == [pytest.approx(np.linalg.norm(gradient))]
    assert history.parameters == pytest.approx(start - 0.5 * gradient)


@pytest.mark.parametrize("optimizer", EVERY, ids=repr)
@pytest.mark.parametrize("net", [Network(2, 2, 1), Network(2, 3, 1, activation="tanh", output="identity", loss="squared_error", biases="per-layer")], ids=repr)
def test_steps_in_one_piece_of_code_are_the_same_steps(net, optimizer):
    """A watched training goes step by step; one whose gradients may be cut goes through the arrays."""
    inputs = INPUTS + np.array([0.0, 0.5])
    together = train(net, inputs, XOR, optimizer, steps=60, batch=4)
    one_by_one = train(net, inputs, XOR, optimizer, steps=60, batch=4, watch=lambda step, loss: None)
    by_arrays = train(net, inputs, XOR, optimizer, steps=60, batch=4, clip=1e300)
    assert together.losses == one_by_one.losses
    assert (together.parameters == one_by_one.parameters).all()
    for name in ("losses", "gradient_norms", "parameters"):
        assert getattr(together, name) == pytest.approx(getattr(by_arrays, name), rel=1e-9)


def test_what_a_network_learns_may_be_called_as_a_number_of_the_optimizer():
    """A learnt swish has a beta1, and so has Adam."""
    net, arguments = Network(2, 2, 1, activation="z*sigmoid(beta*z)"), {"optimizer": Adam(0.05), "steps": 30}
    assert "beta1" in {one.name for one in net.parameters}
    together, by_arrays = train(net, INPUTS, XOR, **arguments), train(net, INPUTS, XOR, **arguments, clip=1e300)
    assert together.losses == pytest.approx(by_arrays.losses, rel=1e-9)


def test_the_same_seed_gives_the_same_history():
    first, second, other = (train(Network(2, 2, 1), INPUTS, XOR, steps=20, seed=seed) for seed in (0, 0, 1))
    assert first.losses == second.losses
    assert (first.parameters == second.parameters).all()
    assert first.losses != other.losses


def test_a_history_is_told_in_one_line():
    history = train(Network(2, 2, 1), INPUTS, XOR, steps=300)
    assert repr(history) == f"History(300 steps, losses from {history.losses[0]:.6g} to {history.losses[-1]:.6g}, stopped: 300 steps are done)"
    assert repr(train(Network(2, 2, 1), INPUTS, XOR, steps=0)) == "History(0 steps, stopped: 0 steps are done)"


def test_no_steps_leave_the_start():
    net = Network(2, 2, 1)
    assert (train(net, INPUTS, XOR, steps=0).parameters == initialize(net)).all()


def test_a_diverging_training_keeps_the_last_good_parameters():
    net = Network(2, 2, 1, activation="relu", output="identity", loss="squared_error")
    with pytest.raises(DivergedError, match=r"the loss became inf in step 32 after 2.\d*e\+301 in the step before, with GD\(rate=100000.0\)") as caught:
        train(net, INPUTS * 100, XOR, GD(1e5))
    history = caught.value.history
    assert history.steps == 31
    assert np.isfinite(loss_and_gradient(net)(history.parameters, INPUTS * 100, XOR)[0])


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ("optimizer='adam' is no optimizer", {"optimizer": "adam"}),
        ("steps=-1 is no whole number", {"steps": -1}),
        ("steps=1.5 is no whole number", {"steps": 1.5}),
        ("seed=None is no whole number", {"seed": None}),
        (r"theta has the shape \(2,\)", {"start": [0.0, 1.0]}),
        (r"targets\[1, 0\] is 2.0", {"targets": XOR * 2}),
        ("batch=0 is no whole number", {"batch": 0}),
        ("patience=True is no whole number", {"patience": True}),
        ("record=1.5 is no whole number", {"record": 1.5}),
        ("every=0 is no whole number", {"every": 0}),
        ("clip=0 is not a positive number", {"clip": 0}),
        ("clip=nan is not a positive number", {"clip": np.nan}),
        ("no frozen parameter or penalty 'w1'", {"held": {"w1": 1}}),
        ("held has no number for lamda", {"net": Network(2, 2, 1, l2=True)}),
        ("schedule=0.5 is no function", {"schedule": 0.5}),
        ("schedule gives nan in step 1", {"schedule": lambda step: np.nan}),
        ("schedule gives -1 in step 3", {"schedule": lambda step: 1 if step < 3 else -1}),
        ("validation=3 is no pair", {"validation": 3}),
        (r"validation: targets has the shape \(4, 2\)", {"validation": (INPUTS, ONE_HOT)}),
        ("did you mean 'numpy'", {"backend": "nunpy"}),
        ("inputs has no rows", {"inputs": INPUTS[:0], "targets": XOR[:0]}),
        (r"inputs\[0, 0\] is nan", {"inputs": INPUTS * np.nan}),
    ],
)
def test_refusals_name_the_argument(words, changes):
    with pytest.raises(DeriveError, match=words):
        train(**{"net": Network(2, 2, 1), "inputs": INPUTS, "targets": XOR, **changes})


# ---- rows, penalties, clipping, schedules


def test_an_epoch_takes_every_row_once_in_an_order_of_its_own():
    net = Network(1, 1, output="identity", loss="squared_error", biases="none")
    rows = np.arange(1.0, 8.0)[:, None]
    seen = np.sqrt(2 * np.array(train(net, rows, rows * 0, GD(1e-300), steps=14, batch=1, start=[1.0]).losses))
    assert sorted(seen[:7]) == sorted(seen[7:]) == pytest.approx(rows[:, 0])
    assert list(seen[:7]) != list(seen[7:]) != list(rows[:, 0])
    means = np.array(train(net, rows, rows * 0, GD(1e-300), steps=3, batch=3, start=[1.0]).losses)
    assert means @ [3, 3, 1] == pytest.approx((rows**2).sum() / 2)


def test_a_batch_of_all_rows_is_the_full_batch():
    histories = [train(Network(2, 2, 1), INPUTS, XOR, steps=5, batch=batch) for batch in (None, 4, 99)]
    assert histories[0].losses == histories[1].losses == histories[2].losses


def test_penalties_by_hand():
    net, start = Network(2, 2, 1), initialize(Network(2, 2, 1))
    loss, gradient = loss_and_gradient(net)(start, INPUTS, XOR)
    weights = np.array([one.name.startswith("w") for one in net.parameters])
    for penalised, held in ((Network(2, 2, 1, l1="0.3", l2="0.2"), None), (Network(2, 2, 1, l1=True, l2=True), {"lamda1": 0.3, "lamda2": "0.2"})):
        cost, slopes = loss_and_gradient(penalised, held=held)(start, INPUTS, XOR)
        assert cost == pytest.approx(loss + 0.3 * abs(start[weights]).sum() + 0.1 * (start[weights] ** 2).sum(), rel=1e-14)
        assert slopes == pytest.approx(gradient + weights * (0.3 * np.sign(start) + 0.2 * start), rel=1e-13)
        assert train(penalised, INPUTS, XOR, steps=1, held=held).losses[0] == pytest.approx(cost)


def test_penalties_keep_weights_small():
    nets = Network(2, 2, 1), Network(2, 2, 1, l1="0.01"), Network(2, 2, 1, l2="0.01")
    plain, l1, l2 = (train(net, INPUTS, XOR, steps=500).parameters for net in nets)
    assert max(np.linalg.norm(l1), np.linalg.norm(l2)) < np.linalg.norm(plain)


def test_frozen_parameters_stay():
    net = Network(2, 2, 1, frozen=["w1", "b3"])
    assert len(initialize(net)) == 7
    whole = dict(zip((one.name for one in Network(2, 2, 1).parameters), initialize(Network(2, 2, 1)), strict=True))
    assert (initialize(net) == [value for name, value in whole.items() if name not in ("w1", "b3")]).all()
    history = train(net, INPUTS, XOR, steps=3, held={"w1": whole["w1"], "b3": 0})
    free = train(Network(2, 2, 1), INPUTS, XOR, steps=1)
    assert history.losses[0] == pytest.approx(free.losses[0])
    assert history.parameters.shape == (7,)


@pytest.mark.parametrize("sizes", [(2, 3, 1), (2, 3, 2, 1)])
def test_dropout_with_fixed_masks_by_hand(sizes):
    net = Network(*sizes, activation="tanh", dropout="0.5")
    theta, masks = initialize(net, 1), np.random.default_rng(0).integers(0, 2, (4, sum(net.sizes[1:-1])))

    def loss(theta):
        parts, values, nets, start = net.unpack(theta), INPUTS, INPUTS, 0
        for layer in net.layers:
            nets = values @ parts[f"W{layer}"] + parts[f"b{layer}"]
            if layer < len(net.sizes) - 1:
                values = np.tanh(nets) * masks[:, start : start + net.sizes[layer]] / 0.5
                start += net.sizes[layer]
        values = 1 / (1 + np.exp(-nets))
        return -(XOR * np.log(values) + (1 - XOR) * np.log(1 - values)).mean()

    value, gradient = loss_and_gradient(net)(theta, INPUTS, XOR, masks)
    assert value == pytest.approx(loss(theta), rel=1e-13)
    steps = 1e-6 * np.eye(len(theta))
    assert gradient == pytest.approx([(loss(theta + step) - loss(theta - step)) / 2e-6 for step in steps], rel=1e-7, abs=1e-9)


def test_dropout_is_drawn_by_seed_and_needs_its_masks():
    net = Network(2, 8, 1, dropout="0.5")
    first, second, other = (train(net, INPUTS, XOR, steps=30, seed=seed, start=initialize(net)).losses for seed in (0, 0, 1))
    assert first == second != other
    with pytest.raises(DeriveError, match=r"masks has the shape \(\); needed is \(4, 8\)"):
        loss_and_gradient(net)(initialize(net), INPUTS, XOR, 1.0)


def test_validation_leaves_no_unit_out():
    net, held = Network(2, 8, 1, dropout="0.25"), (INPUTS, XOR)
    history = train(net, INPUTS, XOR, steps=1, validation=held)
    assert history.validation_losses == [pytest.approx(loss_and_gradient(Network(2, 8, 1))(history.parameters, *held)[0])]


def test_what_an_activation_learns_is_trained():
    net = Network(2, 3, 1, activation="prelu")
    assert (initialize(net)[[one.name == "alpha1" for one in net.parameters]] == [0.25]).all()
    assert train(net, INPUTS, XOR, Adam(0.05), steps=400).losses[-1] < 0.3


def test_clipping_shortens_the_step_and_keeps_its_direction():
    net, start = Network(2, 2, 1), initialize(Network(2, 2, 1)) * 5
    free, clipped = (train(net, INPUTS, XOR, GD(1.0), steps=1, start=start, clip=clip) for clip in (None, 0.01))
    assert np.linalg.norm(clipped.parameters - start) == pytest.approx(0.01)
    assert (clipped.parameters - start) * (free.gradient_norms[0] / 0.01) == pytest.approx(free.parameters - start)
    assert clipped.gradient_norms == free.gradient_norms


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (StepDecay(2, 0.1), [1, 1, 0.1, 0.1, 0.01]),
        (Exponential(0.5), [1, 0.5, 0.25, 0.125, 0.0625]),
        (InverseTime(2), [1, 2 / 3, 1 / 2, 2 / 5, 1 / 3]),
        (Cosine(4), [1, (1 + np.sqrt(0.5)) / 2, 0.5, (1 - np.sqrt(0.5)) / 2, 0]),
        (Warmup(4), [0.25, 0.5, 0.75, 1, 1]),
        pytest.param(lambda step: 1 / step, [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5], id="a function"),
    ],
    ids=str,
)
def test_schedules_multiply_the_rate(schedule, expected):
    net = Network(1, 1, output="identity", loss="squared_error", biases="none")
    path = train(net, [[1.0]], [[0.0]], GD(1e-6), steps=5, start=[1.0], schedule=schedule, record=1).path[:, 0]
    assert -np.diff(path) / 1e-6 == pytest.approx(expected, rel=1e-4, abs=1e-9)


@pytest.mark.parametrize("make", [lambda: StepDecay(0), lambda: Exponential(-1), lambda: InverseTime(np.inf), lambda: Cosine(True), lambda: Warmup(-4)])
def test_schedules_refuse(make):
    with pytest.raises(DeriveError, match="is not a positive number"):
        make()


# ---- stopping, watching, recording


def test_early_stopping_returns_the_best_parameters():
    random = np.random.default_rng(0)
    inputs, targets = random.normal(size=(12, 2)), random.integers(0, 2, (12, 1))
    held = random.normal(size=(30, 2)), random.integers(0, 2, (30, 1))
    net = Network(2, 8, 1)
    history = train(net, inputs, targets, GD(2.0), steps=5000, validation=held, patience=20)
    assert history.stopped == "no new least loss in 20 epochs"
    assert history.steps < 5000
    assert history.validation_losses[-21] == min(history.validation_losses)
    assert loss_and_gradient(net)(history.parameters, *held)[0] == pytest.approx(min(history.validation_losses))


def test_the_path_and_what_is_watched():
    seen = []
    history = train(Network(2, 2, 1), INPUTS, XOR, steps=7, record=3, watch=lambda step, loss: seen.append((step, loss)))
    assert history.path.shape == (3, 9)
    assert (history.path[0] == initialize(Network(2, 2, 1))).all()
    assert seen == list(enumerate(history.losses, 1))


def test_single_precision_is_kept():
    start = initialize(Network(2, 2, 1)).astype("f4")
    history = train(Network(2, 2, 1), INPUTS, XOR, Adam(0.05), steps=20, start=start)
    assert history.parameters.dtype == np.float32


# ---- checkpoints

OPTIONS = {"batch": 3, "patience": 500, "record": 10, "clip": 1.0, "schedule": StepDecay(30, 0.9)}


@pytest.mark.parametrize("optimizer", EVERY, ids=repr)
@pytest.mark.parametrize("options", [{}, OPTIONS], ids=["plain", "everything"])
def test_a_training_that_is_taken_up_again_goes_on_bit_for_bit(tmp_path, optimizer, options):
    net, held = Network(2, 3, 1, dropout="0.25", l2="0.0001") if options else Network(2, 3, 1), (INPUTS + 0.1, XOR)
    whole = train(net, INPUTS, XOR, optimizer, steps=100, validation=held, **options)
    train(net, INPUTS, XOR, optimizer, steps=47, validation=held, checkpoint=tmp_path / "a.npz", **options)
    rest = train(net, INPUTS, XOR, optimizer, steps=100, validation=held, resume=tmp_path / "a.npz", **options)
    assert (rest.parameters == whole.parameters).all()
    assert (rest.path == whole.path).all()
    assert (rest.losses, rest.gradient_norms, rest.validation_losses) == (whole.losses, whole.gradient_norms, whole.validation_losses)


def test_a_finished_training_stays_as_it_is(tmp_path):
    first = train(Network(2, 2, 1), INPUTS, XOR, steps=10, checkpoint=tmp_path / "a.npz")
    again = train(Network(2, 2, 1), INPUTS, XOR, steps=10, resume=tmp_path / "a.npz")
    assert (first.parameters == again.parameters).all()
    assert again.steps == 10


@pytest.mark.parametrize(
    ("words", "changes"),
    [
        (r"made with seed=0, and this training has seed=1", {"seed": 1}),
        (r"made with optimizer=GD\(rate=1.0\), and this training has optimizer=Adam", {"optimizer": Adam()}),
        (r"made with batch=None, and this training has batch=2", {"batch": 2}),
        (r"made with other samples", {"inputs": INPUTS + 1}),
        (r"made with net=Network\(2, 2, 1,", {"net": Network(2, 3, 1)}),
    ],
)
def test_a_checkpoint_of_another_training_is_refused(tmp_path, words, changes):
    arguments = {"net": Network(2, 2, 1), "inputs": INPUTS, "targets": XOR, "steps": 20}
    train(**arguments, checkpoint=tmp_path / "a.npz")
    with pytest.raises(DeriveError, match=words):
        train(**{**arguments, **changes}, resume=tmp_path / "a.npz")


def test_a_checkpoint_without_a_training_is_refused(tmp_path):
    save(tmp_path / "a.npz", {}, {})
    with pytest.raises(DeriveError, match="holds no training"):
        train(Network(2, 2, 1), INPUTS, XOR, resume=tmp_path / "a.npz")


def test_control_c_finishes_the_step_and_keeps_it(tmp_path):
    def press(step, loss):
        if step == 5:
            signal.raise_signal(signal.SIGINT)

    history = train(Network(2, 2, 1), INPUTS, XOR, steps=50, watch=press, checkpoint=tmp_path / "a.npz")
    assert history.interrupted
    assert history.stopped == "interrupted after step 5"
    assert history.steps == 5
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    rest = train(Network(2, 2, 1), INPUTS, XOR, steps=50, resume=tmp_path / "a.npz")
    assert (rest.parameters == train(Network(2, 2, 1), INPUTS, XOR, steps=50).parameters).all()


def test_a_second_control_c_ends_at_once():
    def press(step, loss):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        train(Network(2, 2, 1), INPUTS, XOR, steps=50, watch=press)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_training_in_another_thread_leaves_signals_alone():
    found = []
    thread = threading.Thread(target=lambda: found.append(train(Network(2, 2, 1), INPUTS, XOR, steps=5).steps))
    thread.start()
    thread.join()
    assert found == [5]


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
