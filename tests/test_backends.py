"""Backends: the same numbers from each, and what is said where one is not installed."""

from __future__ import annotations

import importlib.util
import math
import sys
from collections.abc import Callable, Iterator
from functools import cache

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive import DeriveError, Network
from numeric import GD, SGD, AdaGrad, Adam, AdamW, DivergedError, Momentum, Nesterov, RMSProp, loss_and_gradient, train
from numeric.runs.schedules import Exponential, Warmup

NETWORKS = [
    Network(2, 2, 2),
    Network(2, 3, 1, activation="tanh", output="identity", loss="squared_error", biases="none"),
    Network(3, 2, 2, activation="relu", numbering="by-target", biases="per-layer"),
    Network(2, 3, 2, 1, activation=["elu", "swish"]),
]
jax = pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="jax is not installed (pip install '.[jax]')")
numba = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="numba is not installed (pip install '.[fast]')")


@pytest.fixture(autouse=True, scope="module")
def forgotten() -> Iterator[Callable[[], None]]:
    """A text is compiled once for all tests; what is given is called where it has to be compiled anew."""
    with pytest.MonkeyPatch.context() as patch:
        if importlib.util.find_spec("numba") is None:
            yield lambda: None
            return
        from numeric.backends import rows

        once = cache(rows._machine_code)
        patch.setattr(rows, "_machine_code", once)
        yield once.cache_clear


@numba
@pytest.mark.parametrize("net", NETWORKS, ids=repr)
def test_numba_gives_the_numbers_of_numpy(net):
    random, f, plain = np.random.default_rng(0), loss_and_gradient(net, backend="numba"), loss_and_gradient(net)
    for rows, scale in ((1, 1), (50, 30), (20_000, 1), (3, 1000)):
        theta = random.normal(size=len(net.parameters)) * scale
        inputs, targets = random.normal(size=(rows, net.sizes[0])), random.integers(0, 2, (rows, net.sizes[-1])) * 1.0
        (loss, gradient), expected = f(theta, inputs, targets), plain(theta, inputs, targets)
        assert loss == pytest.approx(expected[0], rel=1e-12)
        assert gradient == pytest.approx(expected[1], rel=1e-10, abs=1e-12 * abs(expected[1]).max())


@numba
def test_numba_takes_what_numpy_takes():
    net = Network(2, 2, 1)
    assert train(net, [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [1], [1], [0]], steps=50, backend="numba").losses[-1] < 0.7
    single = loss_and_gradient(net, backend="numba")(np.ones(9, "f4"), np.ones((2, 2), "f4"), np.ones((2, 1), "f4"))
    assert single[1].dtype == np.float32


SEVEN = np.random.default_rng(5).normal(size=(7, 2))
SIGNS = (SEVEN[:, :1] * SEVEN[:, 1:] > 0) * 1.0
TRAININGS = [
    {"optimizer": GD(0.5)},
    {"optimizer": Adam(0.05), "inputs": SEVEN[:4], "targets": SIGNS[:4]},
    {"optimizer": SGD(0.3), "seed": 3},
    {"optimizer": AdamW(0.05), "batch": 3, "schedule": Exponential(0.99)},
    {"optimizer": Momentum(0.3), "clip": 0.05},
    {"optimizer": Nesterov(0.3), "validation": (SEVEN[:3], SIGNS[:3]), "batch": 2, "patience": 9},
    {"optimizer": RMSProp(), "record": 4, "schedule": Warmup(10)},
    {"optimizer": AdaGrad(0.3), "net": Network(2, 3, 1, dropout="0.25", l2=True), "held": {"lamda": "0.001"}, "batch": 4},
]


@numba
@pytest.mark.parametrize("changes", TRAININGS, ids=lambda one: one["optimizer"].name)
def test_numba_trains_as_numpy_does(changes):
    """As far as floats allow: the exponential may differ in its last place, and sums over samples have another order."""
    arguments = {"net": Network(2, 3, 1), "inputs": SEVEN, "targets": SIGNS, "steps": 50, **changes}
    fast, plain = train(**arguments, backend="numba"), train(**arguments)
    assert (fast.steps, fast.stopped, fast.path.shape) == (plain.steps, plain.stopped, plain.path.shape)
    for name in ("losses", "gradient_norms", "validation_losses", "parameters", "path"):
        assert getattr(fast, name) == pytest.approx(getattr(plain, name), rel=1e-9, abs=1e-12), name


@numba
def test_numba_goes_on_bit_for_bit(tmp_path, forgotten):
    arguments = {"net": Network(2, 2, 1), "inputs": SEVEN, "targets": SIGNS, "optimizer": Adam(0.05), "backend": "numba", "batch": 3}
    whole = train(**arguments, steps=40)
    train(**arguments, steps=23, checkpoint=tmp_path / "a.npz", every=5)
    forgotten()
    rest = train(**arguments, steps=40, resume=tmp_path / "a.npz")
    watched = train(**arguments, steps=40, watch=lambda step, loss: None)
    for other in (rest, watched):
        assert (other.losses, other.gradient_norms) == (whole.losses, whole.gradient_norms)
        assert (other.parameters == whole.parameters).all()


@numba
def test_numba_stops_where_numpy_does():
    found = []
    for backend in ("numpy", "numba"):
        net = Network(2, 2, 1, activation="relu", output="identity", loss="squared_error")
        with pytest.raises(DivergedError) as caught:
            train(net, SEVEN * 100, SIGNS, GD(1e5), backend=backend, steps=100)
        found.append(caught.value.history)
    assert found[0].steps == found[1].steps
    assert found[0].parameters == pytest.approx(found[1].parameters, rel=1e-6)


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


BY_ARRAYS = [
    NETWORKS[0],
    NETWORKS[3],
    Network(2, 5, 3, activation="gelu", output="softmax"),
    Network(2, 3, 2, output="softmax", loss="binary_cross_entropy"),
    Network(3, 3, 1, activation="prelu", output="identity", loss="squared_error", numbering="by-target", biases="per-layer", dropout="0.5", l2="0.1"),
]


@jax
@pytest.mark.parametrize("net", BY_ARRAYS, ids=repr)
def test_jax_gives_the_numbers_of_numpy(net):
    import jax  # pyright: ignore[reportMissingImports] (an extra)

    random, f, plain = np.random.default_rng(0), loss_and_gradient(net, backend="jax"), loss_and_gradient(net)
    for scale, kind in ((30, "f8"), (1, "f4")):
        theta = (random.normal(size=len(net.parameters)) * scale).astype(kind)
        inputs, targets = random.normal(size=(50, net.sizes[0])).astype(kind), np.eye(net.sizes[-1])[random.integers(0, net.sizes[-1], 50)].astype(kind)
        masks = [random.integers(0, 2, (50, len(net.masks))).astype(kind)] if net.masks else []
        (loss, gradient), expected = f(theta, inputs, targets, *masks), plain(theta, inputs, targets, *masks)
        near = 1e-12 if kind == "f8" else 2e-5
        assert isinstance(loss, float)
        assert gradient.dtype == theta.dtype
        assert loss == pytest.approx(expected[0], rel=near)
        assert gradient == pytest.approx(expected[1], rel=near, abs=near * float(abs(expected[1]).max()))
    assert not jax.config.jax_enable_x64, "what jax is set to stays as it is"  # pyright: ignore[reportAttributeAccessIssue]


@jax
def test_jax_trains():
    history, plain = (train(Network(2, 2, 1), SEVEN, SIGNS, Adam(0.05), steps=30, backend=one) for one in ("jax", "numpy"))
    assert history.losses == pytest.approx(plain.losses, rel=1e-9)


@jax
def test_jax_gives_a_gradient_alone():
    f, theta = loss_and_gradient(Network(2, 2, 1), backend="jax"), np.linspace(-1, 1, 9)
    assert f.gradient(theta, SEVEN, SIGNS) == pytest.approx(f(theta, SEVEN, SIGNS)[1], rel=1e-13)


@pytest.mark.parametrize(("name", "extra"), [("numba", "fast"), ("jax", "jax")])
def test_an_absent_library_is_named(monkeypatch, name, extra):
    """With None in its place among the modules, a library cannot be imported."""
    monkeypatch.setitem(sys.modules, name, None)
    for one in [*sys.modules]:
        if one in ("numeric.backends.rows", "numeric.backends.xla"):
            monkeypatch.delitem(sys.modules, one)
    with pytest.raises(DeriveError, match=rf"backend='{name}' needs {name}, as in pip install 'gradnotes\[{extra}\]'"):
        loss_and_gradient(Network(2, 2, 1), backend=name)
