"""Backends: the same numbers from each, and what is said where one is not installed."""

from __future__ import annotations

import importlib.util
import math

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive import DeriveError, Network
from numeric import loss_and_gradient, train

NETWORKS = [
    Network(2, 2, 2),
    Network(2, 3, 1, activation="tanh", output="identity", loss="squared_error", biases="none"),
    Network(3, 2, 2, activation="relu", numbering="by-target", biases="per-layer"),
    Network(2, 3, 2, 1, activation=["elu", "swish"]),
]
numba = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="numba is not installed (pip install '.[fast]')")


@numba
@pytest.mark.parametrize("net", NETWORKS, ids=repr)
def test_numba_gives_the_numbers_of_numpy(net):
    random = np.random.default_rng(0)
    for rows, scale in ((1, 1), (50, 30), (20_000, 1), (3, 1000)):
        theta = random.normal(size=len(net.parameters)) * scale
        inputs, targets = random.normal(size=(rows, net.sizes[0])), random.integers(0, 2, (rows, net.sizes[-1])) * 1.0
        loss, gradient = loss_and_gradient(net, backend="numba")(theta, inputs, targets)
        expected = loss_and_gradient(net)(theta, inputs, targets)
        assert loss == pytest.approx(expected[0], rel=1e-12)
        assert gradient == pytest.approx(expected[1], rel=1e-10, abs=1e-12 * abs(expected[1]).max())


@numba
def test_numba_takes_what_numpy_takes():
    net = Network(2, 2, 1)
    assert train(net, [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]], steps=50, backend="numba").losses[-1] < 0.7
    single = loss_and_gradient(net, backend="numba")(np.ones(9, "f4"), np.ones((2, 2), "f4"), np.ones((2, 1), "f4"))
    assert single[1].dtype == np.float32


@numba
@given(st.floats(-708, 709))
def test_the_exponential_that_is_written_out(x):
    from numeric.backends.rows import exponential

    with mpmath.workdps(40):
        assert exponential(x) == pytest.approx(float(mpmath.exp(x)), rel=1e-15)


@numba
@given(st.floats(0, 1))
def test_the_logarithm_that_is_written_out(x):
    from numeric.backends.rows import logarithm_of_one_plus

    assert logarithm_of_one_plus(x) == pytest.approx(math.log1p(x), rel=7e-16, abs=1e-320)


def test_an_absent_library_is_named(monkeypatch):
    monkeypatch.setattr("numeric.backends.BACKENDS", {"numba": ("no_such_module", "numba, as in pip install 'gradnotes[fast]'")})
    with pytest.raises(DeriveError, match=r"backend='numba' needs numba, as in pip install 'gradnotes\[fast\]'"):
        loss_and_gradient(Network(2, 2, 1), backend="numba")
