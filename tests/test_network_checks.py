"""Whole gradients beside their differences: what is right agrees, every slip is found, and bounds are honest."""

from __future__ import annotations

import re

import numpy as np
import pytest
from clock import at_most
from hypothesis import given
from hypothesis import strategies as st
from random_networks import random_batch, random_network

from derive import DeriveError, Network, parse_graph
from numeric import NetworkCheck, check_graph, check_network, loss_and_gradient
from numeric.checks import layer_differences
from numeric.exact.arbiter import arbitrate
from numeric.reports import AGREES, AT_A_KINK, NOT_RESOLVABLE, VERDICTS, WRONG

NETWORK = Network(3, 4, 4, 2, activation="tanh")
RNG = np.random.default_rng(5)
THETA, INPUTS, TARGETS = RNG.normal(size=46), RNG.normal(size=(3, 3)), RNG.random((3, 2))
WIDE = Network(784, 128, 10)


def gradient(net=NETWORK, batch=(THETA, INPUTS, TARGETS)):
    return loss_and_gradient(net)(*batch)[1]


def verdicts(report):
    return {verdict for verdict, count in report.counts.items() if count}


# ---- what is right agrees


@pytest.mark.parametrize("form", ["layers", "whole"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"numbering": "by-target", "biases": "per-layer"},
        {"biases": "none", "activation": ["gelu", "swish"]},
        {"output": "softmax"},
        {"output": "identity", "loss": "rmse", "activation": "relu"},
        {"loss": "kl_divergence", "activation": "elu"},
        {"output": "identity", "loss": "hinge", "activation": "leaky_relu"},
    ],
    ids=str,
)
def test_right_gradients_agree(options, form):
    network = Network(3, 4, 4, 2, **options)
    count = loss_and_gradient(network).fitting.count
    targets = np.array([[0.25, 0.75], [0.5, 0.5], [0.9, 0.1]])
    report = check_network(network, THETA[:count], INPUTS, targets, form=form)
    assert verdicts(report) == {AGREES}, str(report)
    assert report.ok
    assert report.summary.startswith(f"{count} of {count} partial derivatives agree with central differences (largest error")


@pytest.mark.parametrize(
    ("options", "held"),
    [
        ({"skips": [(1, 2)]}, {}),
        ({"l1": 0.01, "l2": True}, {"lamda": 0.3}),
        ({"dropout": 0.5}, {}),
        ({"frozen": ["w1", 2]}, None),
        ({"activation": "prelu"}, {}),
        ({"activation": "maxout"}, {}),
        ({"activation": ["softmax", "tanh"]}, {}),
    ],
    ids=str,
)
def test_networks_with_more_than_plain_layers(options, held):
    network = Network(3, 4, 4, 2, **options)
    held = {one.name: 0.1 * place for place, one in enumerate(sorted(network.frozen, key=str), 1)} if held is None else held
    compiled = loss_and_gradient(network, held=held)
    theta = np.random.default_rng(1).normal(size=compiled.fitting.count)
    masks = np.random.default_rng(2).integers(0, 2, (3, 8)).astype(float) if network.masks else None
    check = NetworkCheck(compiled)
    assert verdicts(check(theta, INPUTS, TARGETS, masks=masks)) == {AGREES}
    slopes = compiled(theta, INPUTS, TARGETS, *([masks] if masks is not None else []))[1]
    place = int(np.abs(slopes).argmax())
    slopes[place] *= 1 + 1e-6
    (wrong,) = check(theta, INPUTS, TARGETS, slopes, masks).having(WRONG)
    assert wrong.name == network.parameters[place].name


@pytest.mark.parametrize("start", range(0, 120, 20))
@pytest.mark.parametrize(("scale", "ties"), [(2, False), (0, True)], ids=["anywhere", "at kinks"])
def test_no_false_alarm(start, scale, ties):
    for seed in range(start, start + 20):
        network, rng = random_network(seed)
        batch = random_batch(network, rng, scale, ties)
        with np.errstate(all="ignore"):  # of the gradient itself
            report = check_network(network, *batch)
        assert not report.failed, f"seed {seed}: {network!r}\n{report}"
        assert ties or report.counts[AGREES] >= 0.3 * len(report), f"seed {seed}: {network!r}\n{report}"


@given(st.lists(st.floats(-60, 60), min_size=12, max_size=12), st.sampled_from([0.0, 0.25, 1.0]))
def test_no_false_alarm_however_saturated(theta, target):
    assert SATURATED(theta, [[0.5, -2.0]], [[target, 1 - target]]).ok


SATURATED = NetworkCheck(Network(2, 2, 2))


@pytest.mark.parametrize("seed", range(500, 524))
def test_bounds_are_honest(seed):
    """The true slope, to thirty digits, lies within the bound of every difference: by layers and as a whole."""
    network, rng = random_network(seed)
    theta, inputs, targets = random_batch(network, rng, 1.5)
    exact = list(arbitrate(network, theta, inputs, targets, [one.name for one in network.parameters][:6]).values())
    for form in ("layers", "whole"):
        found = NetworkCheck(network, form).differences(theta, inputs, targets)
        for place, slope in enumerate(exact):
            if slope is not None and (found.left is None or np.isnan(found.left[place])):
                assert not abs(float(slope) - found.estimate[place]) > found.bound[place], f"{network!r} {place}"


def test_both_forms_find_the_same():
    layers, whole = (check_network(NETWORK, THETA, INPUTS, TARGETS, form=form).differences for form in ("layers", "whole"))
    assert (np.abs(layers.estimate - whole.estimate) <= layers.bound + whole.bound).all()


# ---- what is wrong is found


def missing(sentence):
    """What the gradient is with a slip that the checker itself can make."""
    return dict(NetworkCheck(NETWORK).layers.variants(THETA, INPUTS, TARGETS))[sentence]


BIAS = 15  # b4 of 46 parameters
SLIPS = {
    "sign": (lambda g: -g, "the sign is the opposite"),
    "twice": (lambda g: 2 * g, "twice too large"),
    "half": (lambda g: g / 2, "half of what"),
    "zero": (lambda g: 0 * g, "it is zero"),
    "a thousandth": (lambda g: g * (1 + 1e-3), ""),
    "a millionth": (lambda g: g * (1 + 1e-6), ""),
    "a bias": (lambda g: g + 1e-3 * np.abs(g).max() * (np.arange(46) == BIAS), ""),
    "swapped": (lambda g: np.concatenate([g[1::-1], g[2:]]), "the places are swapped"),
    "sum": (lambda g: 3 * g, "it is the sum over the 3 samples"),
    "slope": (lambda g: missing("the slope of the activation of layer 1 is missing"), "the slope of the activation of layer 1 is missing"),
    "path": (lambda g: missing("the path through unit 2 of layer 3 is missing"), "the path through unit 2 of layer 3 is missing"),
    "transposed": (lambda g: missing("W2 is transposed"), "W2 is transposed"),
    "not a number": (lambda g: g * np.nan, "no finite number"),
    "infinite": (lambda g: g + np.inf, "no finite number"),
}


@pytest.mark.parametrize("form", ["layers", "whole"])
@pytest.mark.parametrize("slip", SLIPS)
def test_every_slip_is_found_and_nothing_else(slip, form):
    change, cause = SLIPS[slip]
    right = gradient()
    wrong = change(right)
    report = check_network(NETWORK, THETA, INPUTS, TARGETS, wrong, form=form)
    changed = ~np.isclose(wrong, right, rtol=1e-7, atol=0)
    assert (report.verdicts == np.where(changed, VERDICTS.index(WRONG), 0)).all(), str(report)
    assert not report.ok
    if form == "layers":
        assert all(cause in one.cause for one in report.having(WRONG)), str(report)


def test_the_worst_comes_first_and_names_are_those_of_the_network():
    wrong = gradient()
    wrong[[3, 20, 45]] += [1e-6, 1e-3, 1e-5]
    report = check_network(NETWORK, THETA, INPUTS, TARGETS, wrong)
    names = [one.name for one in NETWORK.parameters]
    assert list(report) == names
    assert [one.name for one in report.having(WRONG)] == [names[3], names[20], names[45]]
    assert report.worst is not None
    assert report.worst.name == report.having(WRONG, 1)[0].name == names[20]
    assert report["b2"].verdict == AGREES
    assert "3 wrong" in report.summary
    text = str(report)
    assert len([line for line in text.splitlines() if line.startswith(tuple(names)) and line.endswith("agrees")]) == 43
    assert f"∂/∂{names[20]} wrong" in text


# ---- kinks, and what cannot be seen


def test_at_a_kink_a_slope_between_both_sides_passes():
    network = Network(1, 1, 1, activation="relu", output="identity", loss="mse")
    batch = [1.0, 0.0, 2.0, 0.0], [[0.0]], [[1.0]]  # ∂L/∂b1 is 0 on the left and −4 on the right
    assert check_network(network, *batch)["b1"].verdict == AT_A_KINK
    for slope, verdict in ((-4.0, AT_A_KINK), (-1.5, AT_A_KINK), (0.01, WRONG), (-4.01, WRONG)):
        report = check_network(network, *batch, gradient=[0.0, slope, 0.0, -2.0])
        assert report["b1"].verdict == verdict, str(report)
        assert (report["b1"].left, report["b1"].right) == pytest.approx((-4, 0), abs=1e-9)
        assert {report[name].verdict for name in ("w1", "w2", "b2")} == {AGREES}


def test_saturated_slopes_are_not_resolved_and_not_wrong():
    report = check_network(Network(1, 1, loss="mse"), [40.0, 0.0], [[1.0]], [[0.5]])
    assert verdicts(report) == {NOT_RESOLVABLE}
    assert (report.ok, report.failed) == (False, False)  # nothing is wrong, and nothing was seen
    assert report.worst is None
    assert report.summary == "0 of 2 partial derivatives agree with central differences; 2 not resolvable at this point"


# ---- what the arbiter adds


@pytest.mark.parametrize("seed", range(700, 712))
def test_the_arbiter_resolves_what_floats_cannot_and_finds_small_slips(seed):
    network, rng = random_network(seed)
    batch = random_batch(network, rng, 3.0)
    judge = NetworkCheck(network)
    report = judge(*batch, exact=True)
    assert report.ok, f"{network!r}\n{report}"
    assert not report.counts[NOT_RESOLVABLE]
    right = report.gradient
    seen = (np.abs(right) > 1e-12 * np.abs(right).max()) & (report.verdicts != VERDICTS.index(AT_A_KINK))
    assert (judge(*batch, gradient=right * (1 + 1e-6), exact=True).verdicts[seen] == VERDICTS.index(WRONG)).all()


def test_saturated_slopes_by_the_arbiter():
    network, batch = Network(1, 1, loss="mse"), ([40.0, 0.0], [[1.0]], [[0.5]])
    right = loss_and_gradient(network)(*map(np.array, batch))[1]
    assert verdicts(check_network(network, *batch, exact=True)) == {AGREES}
    assert verdicts(check_network(network, *batch, 1.001 * right, exact=True)) == {WRONG}


@pytest.mark.parametrize(
    "options", [{"l2": 0.1, "skips": [(0, 1)]}, {"activation": "prelu"}, {"output": "identity", "loss": "mse", "activation": "relu"}], ids=str
)
def test_the_arbiter_takes_any_network_and_batch(options):
    network = Network(2, 2, 2, **options)
    theta = np.zeros(len(network.parameters))  # all units at their kinks
    report = check_network(network, theta, [[1.0, 2.0], [0.5, -1.0]], [[1.0, 0.0], [0.0, 1.0]], exact=True)
    assert report.ok, str(report)


def test_the_arbiter_looks_at_some_names_and_not_at_too_many(monkeypatch):
    batch = [40.0, 0.0], [[1.0]], [[0.5]]
    assert check_network(Network(1, 1, loss="mse"), *batch, exact=["w1"]).counts[NOT_RESOLVABLE] == 1
    monkeypatch.setattr("numeric.checks.network_checks.MOST_ARBITRATED", 1)
    with pytest.raises(DeriveError, match="2 slopes are in doubt, and the arbiter judges at most 1 at a time"):
        check_network(Network(1, 1, loss="mse"), *batch, exact=True)


def test_few_certain_digits_are_said():
    report = check_network(Network(1, 1, loss="mse"), [12.0, 0.0], [[1.0]], [[0.5]])
    assert report.summary.endswith("; 2 of them certain to fewer than 6 digits")
    assert report.digits(slice(None)) in (3, 4, 5)
    assert set(report.doubtful) == {0, 1}


# ---- size, types, blocks


def test_a_hundred_thousand_parameters():
    rng = np.random.default_rng(0)
    theta, inputs, targets = rng.normal(size=101_770) / 20, rng.random((2, 784)), np.eye(10)[:2]
    check = NetworkCheck(WIDE)
    check(theta, inputs, targets)
    with at_most(1):  # some milliseconds, where nothing else runs
        report = check(theta, inputs, targets)
    assert report.counts[AGREES] == 101_770
    assert "weights" not in WIDE.__dict__  # no symbol is made for a weight
    wrong = report.gradient.copy()
    wrong[70_000] *= 1 + 1e-5
    (found,) = check(theta, inputs, targets, wrong).having(WRONG)
    assert found.name == "w70001"
    lines = str(check(theta, inputs, targets, wrong)).splitlines()
    assert [line.split()[0] for line in lines[:5]] == ["matrix", "W1", "b1", "W2", "b2"]
    assert lines[1].split()[1:6] == ["784", "×", "128", "100351", "1"]


def test_single_precision():
    batch = [one.astype(np.float32) for one in (THETA, INPUTS, TARGETS)]
    report = check_network(NETWORK, *batch)
    assert report.ok
    assert report.counts[AGREES] >= 44
    assert not check_network(NETWORK, *batch, gradient=gradient().astype(np.float32) * np.float32(1.001)).ok


def test_large_batches_are_cut(monkeypatch):
    rng = np.random.default_rng(3)
    inputs, targets = rng.normal(size=(40, 3)), rng.random((40, 2))
    check = NetworkCheck(NETWORK)
    for careful in (False, True):
        together = check.layers.estimate(THETA, inputs, targets, careful=careful)
        monkeypatch.setattr(layer_differences, "ROWS", 4000)
        apart = check.layers.estimate(THETA, inputs, targets, careful=careful)
        monkeypatch.undo()
        assert np.abs(together.value - apart.value).max() < 1e-11
        assert apart.bound == pytest.approx(together.bound, rel=0.5)


@pytest.mark.parametrize("options", [{}, {"numbering": "by-target"}, {"biases": "per-layer"}], ids=str)
def test_blocks_have_the_shapes_of_the_network(options):
    network = Network(3, 4, 2, **options)
    theta = THETA[: loss_and_gradient(network).fitting.count]
    report = check_network(network, theta, INPUTS, TARGETS)
    for name, matrix in network.unpack(report.gradient).items():
        assert (report.shaped(name)["gradient"] == matrix).all()
        assert report.shaped(name)["verdict"].shape == np.shape(matrix)
    named = {"gradient": network.unpack(report.gradient)}
    assert check_network(network, theta, INPUTS, TARGETS, named["gradient"]).ok


CANCELLING = [
    (Network(1, 2, output="elu", loss="softmax_cross_entropy", biases="per-layer"), [0.2397, 1.1251, 0.9604], [[-0.1005]], [[0.4167, 0.5833]]),
    (Network(1, 3, output="softmax", biases="per-layer"), [0.3, -0.8, 1.9, 0.4], [[0.7], [-1.1], [0.3]], [[0.2, 0.3, 0.5], [0.1, 0.1, 0.8], [0.7, 0.1, 0.2]]),
    (
        Network(1, 1, 1, activation="tanh", output="selu", loss="mae"),
        [19.5, 0.25, -9.2, -2.0],
        [[2.0], [3.0], [-1.5], [-2.5]],
        [[2.0], [-2.0], [2.0], [-2.0]],
    ),
]


@pytest.mark.parametrize("batch", CANCELLING, ids=[repr(one[0]) for one in CANCELLING])
def test_what_cancels_is_right_to_the_digits_of_what_it_cancels_from(batch):
    """The bias of a whole softmax layer is added up from shares whose sum is nothing but their rounding."""
    report = check_network(*batch, exact=True)
    assert report.ok, str(report)
    assert not report.counts[NOT_RESOLVABLE]


def test_the_arbiter_tells_a_small_slope_from_none():
    network = Network(1, 1, 1, activation="tanh", output="softplus", loss="mse")
    batch = [1.3, 0.2, 0.7, -60.0], [[0.4]], [[1.0]]
    assert check_network(network, *batch, exact=True).ok
    for place in range(4):
        wrong = check_network(network, *batch).gradient.copy()
        assert 0 < abs(wrong[place]) < 1e-20
        wrong[place] = 0
        assert check_network(network, *batch, wrong).ok
        report = check_network(network, *batch, wrong, exact=True)
        assert [one.cause for one in report.having(WRONG)] == ["it is zero, the slope is not"]


# ---- any graph


def test_any_graph():
    graph = parse_graph("fruit = apple * count\nprice = fruit * tax")
    at = {"apple": 100, "count": 2, "tax": "1.1"}
    report = check_graph(graph, "price", ["tax", "apple"], at)
    assert list(report) == ["tax", "apple"]
    assert report["tax"].difference == pytest.approx(200)
    wrong = check_graph(graph, "price", ["apple", "tax"], at, {"apple": 2.2, "tax": 100})
    assert [one.cause for one in wrong.having(WRONG)] == ["it is half of what it should be: a factor 2 missing, or ½ too many"]


# ---- what is refused


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        ((THETA[1:], INPUTS, TARGETS), {}, "theta has the shape (45,)"),
        ((THETA, INPUTS[0], TARGETS), {}, "inputs has the shape (3,)"),
        ((THETA * np.nan, INPUTS, TARGETS), {}, "theta[0] is nan"),
        ((THETA, INPUTS, TARGETS + 1), {}, "targets["),
        ((THETA, INPUTS, TARGETS), {"gradient": THETA[1:]}, "gradient has the shape (45,)"),
        ((THETA, INPUTS, TARGETS), {"gradient": ["a"] * 46}, "gradient holds text"),
        ((THETA, INPUTS, TARGETS), {"gradient": {"W1": np.zeros((3, 4))}}, "'b1' is missing"),
        ((THETA, INPUTS, TARGETS), {"form": "deep"}, "form='deep'"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(arguments, options, said):
    with pytest.raises(DeriveError, match=re.escape(said)):
        check_network(NETWORK, *arguments, **options)


def test_other_refusals():
    with pytest.raises(DeriveError, match="more than plain layers"):
        NetworkCheck(Network(2, 2, 2, activation="prelu"), "layers")
    report = check_network(NETWORK, THETA, INPUTS, TARGETS)
    with pytest.raises(DeriveError, match="no parameter 'w99'"):
        report["w99"]
    with pytest.raises(DeriveError, match="no matrix 'W9'"):
        report.shaped("W9")
    graph = parse_graph("y = a*b")
    with pytest.raises(DeriveError, match="gradient has entries for a; asked are a and b"):
        check_graph(graph, "y", ["a", "b"], {"a": 1, "b": 2}, {"a": 2})
