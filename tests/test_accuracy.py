"""Every activation with every loss that fits it, in every form of the code, at large parameters: no warning, no nan, and right.

The allowance is relative: 1e-12 for parameters up to ±30, and 1e-13 + 16·ε·Σ|w·x| up to ±1000.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
from by_mpmath import AtAKinkError
from exact_networks import loss_and_slopes

from derive import DeriveError, Network, parse_graph
from derive.activations import ACTIVATIONS
from derive.errors import UndefinedError
from derive.losses import LOSSES
from numeric import compile_gradient, loss_and_gradient
from numeric.code.sources import columnwise, function_of
from numeric.compiling import CompiledLoss

INPUTS = [0.7]
DIGITS = {30.0: 400, 1000.0: 1600}  # what is left of 1 beside e^(−2·(0.7 + 1)·scale), and of its differences
LINED_UP = [name for name, record in ACTIVATIONS.items() if record.maps == 1]  # maxout is tested by itself


def network(*sizes: int, **options: Any) -> Network | None:
    try:
        return Network(*sizes, **options)
    except DeriveError:  # an output that leaves the domain of the loss
        return None


@cache
def compiled(output: str, loss: str) -> CompiledLoss:
    """One for all tests of a pair: most of their time goes into the code."""
    net = network(1, 2, output=output, loss=loss)
    assert net is not None
    return loss_and_gradient(net)


PAIRS = [(output, loss) for output, loss in product(LINED_UP, LOSSES) if network(2, 2, output=output, loss=loss)]


def drawn(net: Network, scale: float, seed: str, soft: bool) -> tuple[np.ndarray, np.ndarray]:
    """Parameters, and targets at the ends of what the output reaches, or within."""
    chance = random.Random(seed)
    theta = np.array([chance.uniform(-scale, scale) for _ in net.parameters])
    record, output = net.loss_record, net.activations[-1]
    if record.shares:
        return theta, np.array(chance.sample([0.25, 0.75] if soft else [0.0, 1.0], 2))
    low, high = (float(one) for one in record.targets or record.domain)
    if soft:
        return theta, np.array([chance.uniform(max(low, -0.9), min(high, 2.0)) for _ in net.targets])
    ends = float(output.range[0])  # infinite, or where the output saturates on the left
    least = max(ends if -np.inf < ends < 0 and output.name not in ("swish", "mish", "gelu") else -1.0 if record.name == "hinge" else 0.0, low)
    if record.name == "rmsle":
        least = max(least, -0.5)  # ln(1 + t)
    return theta, np.array(chance.sample([least, 1.0], 2))


def forms(f: CompiledLoss) -> dict[str, Callable[[Any, Any], Any]]:
    """The scalar function, the arrays, and where there are layer rules both forms of the layers, at three equal samples."""
    inputs = np.tile(INPUTS, (3, 1))
    scalar, arrays = function_of(f.scalar_source), function_of(columnwise(f.program, f.groups, each=True))
    found: dict[str, Callable[[Any, Any], Any]] = {
        "scalar": lambda theta, t: scalar(theta.tolist(), INPUTS, t.tolist()),
        "arrays": lambda theta, t: tuple(np.ravel(one[0]) if np.ndim(one) > 1 else np.ravel(one)[0] for one in arrays(theta, inputs, np.tile(t, (3, 1)))),
    }
    if f.layers:
        for name, source in (("layers", f.source), ("in place", f.inplace_source)):
            run = function_of(source)
            found[name] = lambda theta, t, run=run: run(theta, inputs, np.tile(t, (3, 1)))
        alone = function_of(f.layer_source("float64", loss=False))
        found["without the loss"] = lambda theta, t: (found["in place"](theta, t)[0], alone(theta, inputs, np.tile(t, (3, 1)))[1])
    return found


def agree(f: CompiledLoss, seed: str) -> None:
    """Every form beside mpmath, at four points."""
    net, every = f.net, forms(f)
    for scale, soft in product(DIGITS, (False, True)):
        theta, targets = drawn(net, scale, seed, soft)
        try:
            loss, slopes = loss_and_slopes(net, theta, INPUTS, targets, DIGITS[scale])
        except (AtAKinkError, ZeroDivisionError, ValueError):  # exactly where there is no slope, or log(0) at the digits in use
            continue
        if net.loss_record.name in ("rmse", "rmsle") and loss < 1e-300:
            continue  # hardly a float, and divided by
        room = 1e-12 if scale == 30 else 1e-13 + 16 * np.finfo(float).eps * scale * (1 + sum(map(abs, INPUTS))) * len(net.sizes)
        for name, run in every.items():
            with np.errstate(all="raise", under="ignore"):
                got, gradient = run(theta, targets)
            assert got == pytest.approx(float(loss), rel=room, abs=1e-290), name
            assert list(gradient) == pytest.approx([float(one) for one in slopes], rel=room, abs=1e-290), name


@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_every_output_with_every_loss(output, loss):
    agree(compiled(output, loss), f"{output} {loss}")


@pytest.mark.parametrize("loss", ["mse", "rmse", "mae", "huber", "r2"])
def test_an_end_that_is_no_float(loss):
    """−0.3 is none: a target is near it, but never there."""
    agree(compiled("elu(alpha=0.3)", loss), f"0.3 {loss}")


@pytest.mark.parametrize("size", [1e-300, 1e-160, 1e-8, 1e160])
def test_a_root_mean_square_whose_squares_are_no_numbers(size):
    f = loss_and_gradient(Network(1, 2, output="identity", loss="rmse"))
    for name, run in forms(f).items():
        with np.errstate(all="raise", under="ignore"):
            loss, gradient = run(np.zeros(4), np.array([3 * size, -4 * size]))
        assert loss == pytest.approx(5 * size / 2**0.5, rel=1e-15), name
        assert list(gradient) == pytest.approx([-0.7 * 0.3 * 2**0.5, 0.7 * 0.4 * 2**0.5, -0.3 * 2**0.5, 0.4 * 2**0.5], rel=1e-15), name


@pytest.mark.parametrize("target", [-3.0, 3.0, 3e-200])
def test_a_root_mean_square_of_one_output_is_a_distance(target):
    for name, run in forms(loss_and_gradient(Network(1, 1, output="identity", loss="rmse"))).items():
        loss, gradient = run(np.zeros(2), np.array([target]))
        assert loss == pytest.approx(abs(target), rel=1e-15), name
        assert list(gradient) == pytest.approx([-0.7 * np.sign(target), -np.sign(target)], rel=1e-15), name


@pytest.mark.parametrize("activation", LINED_UP)
def test_every_hidden_activation(activation):
    if activation != "softmax":  # its layers are tested as outputs
        agree(loss_and_gradient(Network(1, 2, 1, activation=activation, output="tanh", loss="squared_error")), activation)


@pytest.mark.parametrize(("output", "loss"), PAIRS)
def test_single_precision_neither_warns_nor_overflows(output, loss):
    for scale in (1, 30, 1000):
        single(compiled(output, loss), scale, output, loss)


WITHOUT_LAYERS = {("softmax", "binary_cross_entropy")}  # ln(1 - p), which may underflow, takes a sum of its own for every unit


def test_every_loss_runs_by_layers():
    plain = {pair for pair in PAIRS if pair[0] not in ("step", "prelu")}  # no slope at all; what layers learn of an activation
    assert {pair for pair in plain if not compiled(*pair).layers} == WITHOUT_LAYERS


def single(f: CompiledLoss, scale: float, output: str, loss: str) -> None:
    net = f.net
    theta, targets = drawn(net, scale, f"{output} {loss}", soft=False)
    inputs = np.tile(np.array([INPUTS]), (3, 1))
    batch = [one.astype("f4") for one in (theta, inputs, np.tile(targets, (3, 1)))]
    try:
        with np.errstate(all="raise", under="ignore"):
            value, gradient = f(*batch)
    except UndefinedError:
        assert loss in ("rmse", "rmsle")  # where every output is its target
        return
    assert gradient.dtype == np.float32
    if scale == 1:
        exact, slopes = f(*(one.astype(float) for one in batch))
        assert value == pytest.approx(exact, rel=1e-4, abs=1e-6)
        assert gradient == pytest.approx(slopes, rel=1e-4, abs=1e-6)


# ---- what is read is what runs, to the bound that its docstring states: the same lines, but for the order of some sums and products


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"output": "softmax"},
        {"activation": ["relu", "leaky_relu"], "output": "identity", "loss": "mse"},
        {"activation": "tanh", "output": "tanh", "loss": "rmsle"},
        {"activation": "elu", "output": "softmax", "loss": "mse"},
        {"activation": "gelu", "output": "identity", "loss": "huber"},
        {"biases": "per-layer", "output": "identity", "loss": "categorical_cross_entropy_from_logits"},
        {"biases": "none", "loss": "r2"},
    ],
    ids=str,
)
@pytest.mark.parametrize("rows", [1, 700, 40_000])
def test_the_source_that_is_read_gives_the_numbers_of_the_one_in_rooms(options, rows):
    net = Network(4, 5, 6, 3, **options)
    f = loss_and_gradient(net)
    assert f.layers
    random_numbers = np.random.default_rng(1)
    theta, inputs = random_numbers.normal(size=len(net.parameters)), random_numbers.normal(size=(rows, 4))
    targets = np.eye(3)[random_numbers.integers(0, 3, rows)]
    size = abs(f.per_sample(theta, inputs, targets)[1]).mean(axis=0).max()
    for loss, gradient in (function_of(f.inplace_source)(theta, inputs, targets), f(theta, inputs, targets)):
        other, slopes = function_of(f.source)(theta, inputs, targets)
        assert loss == pytest.approx(other, rel=1e-14)
        assert gradient == pytest.approx(slopes, rel=0, abs=2e-13 * size)


# ---- where there is no value


@pytest.mark.parametrize("call", ["__call__", "gradient", "per_sample"])
@pytest.mark.parametrize(
    ("loss", "targets", "words"),
    [
        ("r2", [[1, 0], [2, 2]], "the targets in row 1 are all 2"),
        ("r2", [[0.1, 0.1]], "the targets in row 0 are all 0.1"),
        ("rmse", [[1, 0], [0.5, 1], [0, 0]], "rmse is 0 at row 2 of inputs and targets, and a slope of it is undefined there"),
        ("rmse", [[0, 0]], "row 0"),
    ],
)
def test_what_has_no_value_is_said_and_not_warned_of(loss, targets, words, call):
    f = loss_and_gradient(Network(1, 2, output="relu", loss=loss))
    with pytest.raises(UndefinedError, match=words):
        getattr(f, call)(np.zeros(4), np.ones((len(targets), 1)), targets)


@pytest.mark.parametrize(("output", "net", "target"), [("hard_tanh", 5, 1), ("hard_tanh", -1, -1), ("hard_tanh", 0.5, 0.5), ("hard_sigmoid", -5, 0)])
@pytest.mark.parametrize("rows", [1, 5, 40])
def test_a_root_of_nothing_is_undefined_also_where_the_outputs_do_not_move(output, net, target, rows):
    f = loss_and_gradient(Network(1, 2, output=output, loss="rmse"))
    theta, inputs, targets = np.array([0.0, 0.0, net, net]), np.ones((rows, 1)), np.full((rows, 2), float(target))
    targets[:-1, 0] -= 0.25
    with pytest.raises(UndefinedError, match=f"the loss rmse is 0 at row {rows - 1} .* slope of it is undefined"):
        f(theta, inputs, targets)
    targets[-1, 1] -= 0.25
    assert np.isfinite(f(theta, inputs, targets)[1]).all()


@pytest.mark.parametrize("loss", ["squared_error", "mse", "huber"])
@pytest.mark.parametrize("targets", [(1e6 + 0.25, 1e6), (-1e6, -1e6 - 0.5), (1e12, 1e12), (2, 1), (1.5, 1.5), (1e-6, -1e-6), (5, -3)], ids=str)
def test_targets_outside_the_outputs_of_softmax_cost_the_digits_in_which_they_agree(loss, targets):
    """What is left of their terms is exact to a few roundings of the largest: no more, and no less."""
    f = compiled("softmax", loss)
    for theta in map(np.array, ([0.3, -0.2, 0.1, 0.4], [3.0, -3, 2, -5], [30.0, -30, 20, 5])):
        _, slopes = loss_and_slopes(f.net, theta, INPUTS, np.array(targets, float), DIGITS[30.0])
        _, apart = loss_and_slopes(f.net, theta, INPUTS, np.array([-1.0, 1.0]) * max(1, *map(abs, targets)), DIGITS[30.0])
        for name, run in forms(f).items():
            with np.errstate(all="raise", under="ignore"):
                _, gradient = run(theta, np.array(targets, float))
            allowed = 1e-14 * np.abs(np.array([float(one) for one in apart]))
            assert (np.abs(gradient - np.array([float(one) for one in slopes])) <= allowed).all(), name


UNDEFINED = [
    ({"output": "relu", "loss": "1/o"}, 0.0),
    ({"output": "relu", "loss": "t*log(o)"}, 0.0),
    ({"activation": "1/z", "output": "identity", "loss": "mse"}, 0.0),
    ({"activation": "log(z)", "output": "tanh", "loss": "mse"}, 0.0),
    ({"activation": "identity", "output": "z**3", "loss": "mse"}, 1e120),
    ({"activation": "relu", "output": "identity", "loss": "squared_error"}, 1e200),
]


@pytest.mark.parametrize("call", ["__call__", "gradient", "per_sample"])
@pytest.mark.parametrize("rows", [1, 3, 40])
@pytest.mark.parametrize(("options", "last"), UNDEFINED, ids=str)
def test_a_row_without_a_value_is_named(options, last, rows, call):
    """For batches of every size, whatever users write, and where a number would overflow: said, and not warned of."""
    inputs = np.ones((rows, 1))
    inputs[-1] = last
    f = loss_and_gradient(Network(1, 1, 2, **{"activation": "relu", **options}))
    with pytest.raises(UndefinedError, match=f" at row {rows - 1} of inputs and targets"):
        getattr(f, call)(np.array([1.0, 0, 1, 1, 0, 0]), inputs, np.ones((rows, 2)))


@pytest.mark.parametrize(
    ("text", "point", "said"),
    [
        ("log(x)/z", {"x": 0, "z": 1}, "at x = 0, z = 1: "),
        ("log(x)/z", {"x": np.array([1.0, 2.0, 0.0]), "z": 1}, r"at x = 0.0, z = 1.0, entry \[2\] of the arrays"),
        ("log(x)/z", {"x": 2, "z": np.array([[1.0], [0.0]])}, r"at x = 2.0, z = 0.0, entry \[1, 0\] of the arrays"),
        ("sqrt(x) + z", {"x": np.array([0.0, 1.0]), "z": 1}, r"entry \[0\] of the arrays"),  # which has a value, and no slope
        ("x*x*x + z", {"x": 1e150, "z": 1}, "at x = 1e.150, z = 1$"),
        ("x*x*x + z", {"x": np.array([1, 1e150]), "z": 1}, r"entry \[1\] of the arrays"),
    ],
)
def test_a_point_without_a_value_is_named(text, point, said):
    with pytest.raises(UndefinedError, match=said):
        compile_gradient(parse_graph(f"y = {text}"), of="y", wrt=["x", "z"])(point)


def test_nothing_to_differentiate_by_leaves_the_value():
    h = compile_gradient(parse_graph("price = apple*tax"), of="price", wrt=[])
    assert h({"apple": 3, "tax": 2}) == (6.0, {})
    value, slopes = h({"apple": np.array([1.0, 3.0]), "tax": 2})
    assert (list(value), slopes) == ([2.0, 6.0], {})
