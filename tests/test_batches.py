"""Batches: what does not fit is refused, whichever way the arrays would have been taken."""

from __future__ import annotations

import numpy as np
import pytest

from derive import DeriveError, Network
from numeric import loss_and_gradient

NETS = {"one output": Network(2, 2, 1), "shares": Network(2, 2, 3, output="softmax"), "any target": Network(2, 2, 2, output="identity", loss="squared_error")}
FUNCTIONS = {name: loss_and_gradient(net) for name, net in NETS.items()}


def good(name, rows, kind):
    net = NETS[name]
    return [np.ones(len(net.parameters), kind), np.ones((rows, 2), kind), np.eye(net.sizes[-1], dtype=kind)[np.zeros(rows, int)]]


@pytest.mark.parametrize("kind", ["f8", "f4"])
@pytest.mark.parametrize("rows", [1, 3, 40])  # one by one in floats, a few so, and by arrays
@pytest.mark.parametrize("name", NETS)
def test_every_array_is_looked_at(name, rows, kind):
    f = FUNCTIONS[name]
    assert np.isfinite(f(*good(name, rows, kind))[0])
    for place, argument in enumerate(("theta", "inputs", "targets")):
        for value in (np.nan, np.inf, -np.inf):
            arrays = good(name, rows, kind)
            arrays[place].flat[-1] = value
            with pytest.raises(DeriveError, match=rf"{argument}\[.*\] (is|sums to) -?(nan|inf)"):
                f(*arrays)


@pytest.mark.parametrize("kind", ["f8", "f4"])
@pytest.mark.parametrize("rows", [1, 3, 40])
@pytest.mark.parametrize(
    ("name", "row", "words"), [("one output", [1.5], "is 1.5"), ("one output", [-0.5], "is -0.5"), ("shares", [0.5, 0.5, 0.5], "sums to 1.5")]
)
def test_targets_that_the_loss_does_not_take(name, row, words, rows, kind):
    theta, inputs, targets = good(name, rows, kind)
    targets[-1] = row
    with pytest.raises(DeriveError, match=rf"targets\[{rows - 1}(, 0)?\] {words}"):
        FUNCTIONS[name](theta, inputs, targets)


def test_shares_may_be_rounded():
    theta, inputs, targets = good("shares", 40, "f4")
    targets[:] = np.float32(1 / 3)
    assert np.isfinite(FUNCTIONS["shares"](theta, inputs, targets)[0])


def test_large_numbers_are_finite_too():
    """The sum of their squares is not; so they are looked at one by one."""
    theta, inputs, targets = good("any target", 40, "f8")
    for scale in (1e200, 1e-200):
        weights = np.where(np.arange(theta.size) < 4, theta / scale, theta)
        loss, gradient = FUNCTIONS["any target"](weights, inputs * scale, targets)
        assert np.isfinite(loss)
        assert np.isfinite(gradient).all()


@pytest.mark.parametrize(
    ("words", "place", "value"),
    [
        (r"targets has the shape \(1, 3\)", 2, np.ones((1, 3))),
        (r"targets has the shape \(3,\)", 2, np.ones(3)),
        ("inputs has 3 rows and targets has 2", 2, np.ones((2, 1))),
        ("inputs has no rows", 1, np.ones((0, 2))),
        (r"theta has the shape \(1, 9\)", 0, np.ones((1, 9))),
        (r"inputs has the shape \(\)", 1, np.array(1.0)),
        ("inputs is a masked array", 1, np.ma.masked_array(np.ones((3, 2)))),
        ("inputs holds complex numbers", 1, np.ones((3, 2)) * 1j),
        ("inputs holds Python objects", 1, np.ones((3, 2)).astype(object)),
        ("inputs holds text", 1, [["1", "2"]] * 3),
        ("whole numbers too large for 64 bits", 1, [[10**30, 1]] * 3),
        ("inputs is no array of numbers", 1, [[1, 2], [3], [4]]),
        ("theta holds float128|theta holds longdouble", 0, np.ones(9, np.longdouble)),
    ],
)
def test_what_is_no_batch(words, place, value):
    if getattr(value, "dtype", None) == np.longdouble and value.dtype.itemsize <= 8:
        pytest.skip("long double is double here")
    arrays = good("one output", 3, "f8")
    arrays[place] = value
    with pytest.raises(DeriveError, match=words):
        FUNCTIONS["one output"](*arrays)


def test_the_arguments_are_left_as_they_are():
    for rows in (1, 3, 40):
        arrays = good("one output", rows, "f8")
        kept = [one.copy() for one in arrays]
        FUNCTIONS["one output"](*arrays)
        assert all((one == other).all() for one, other in zip(arrays, kept, strict=True))
