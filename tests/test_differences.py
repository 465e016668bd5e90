"""Central differences: the bound holds, kinks are seen, and black boxes are measured."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from derive import DeriveError
from numeric import central_difference, sweep
from numeric.checks.operations import FLOATS, high_precision
from numeric.checks.step_search import difference


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


SMOOTH = [
    pytest.param(math.sin, 1.0, math.cos(1), id="sin"),
    pytest.param(math.exp, 0.1, math.exp(0.1), id="exp"),
    pytest.param(lambda x: 3 * x - 7, 0.0, 3, id="a line"),
    pytest.param(lambda x: 5.0, 2.0, 0, id="a constant"),
    pytest.param(lambda x: x * x, 1e8, 2e8, id="a large x"),
    pytest.param(math.log, 1e-9, 1e9, id="log near its pole"),
    pytest.param(lambda x: math.log(1 - x), 1 - 1e-9, -1 / (1 - (1 - 1e-9)), id="log(1 - x) near 1"),
    pytest.param(lambda x: math.sin(1e6 * x), 0.1, 1e6 * math.cos(1e5), id="fast waves"),
    pytest.param(math.tanh, math.atanh(math.sqrt(1 / 3)), 2 / 3, id="no third derivative here"),
    pytest.param(lambda x: x**5, 0.0, 0, id="no third derivative and no slope"),
    pytest.param(lambda x: -math.log(1 - sigmoid(x)), 25.0, sigmoid(25), id="cancellation inside"),
    pytest.param(lambda x: 1e12 + x, 1.0, 1, id="a large constant on top"),
    pytest.param(lambda x: (1 - math.cos(x)) / x**2, 1e-3, -1e-3 / 12, id="cancellation at a small x"),
    pytest.param(math.sqrt, 1 - 2.0**-53, 0.5, id="just below a power of two"),
    pytest.param(abs, 1e-3, 1, id="beside a kink"),
]


@pytest.mark.parametrize(("fun", "x", "slope"), SMOOTH)
def test_the_slope_lies_within_the_bound(fun, x, slope):
    found = central_difference(fun, x)
    assert not found.at_kink
    assert abs(found.estimate - slope) <= found.bound
    assert math.frexp(found.h)[0] == 0.5  # a power of two


@pytest.mark.parametrize(
    ("fun", "x", "slope"),
    [param for param in SMOOTH if param.id not in {"fast waves", "cancellation inside", "a large constant on top", "cancellation at a small x"}],
)
def test_the_bound_is_worth_having(fun, x, slope):
    found = central_difference(fun, x)
    assert found.bound <= 1e-7 * max(abs(slope), 1)


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=6), st.floats(-20, 20))
def test_polynomials_lie_within_the_bound(coefficients, x):
    found = central_difference(lambda z: math.fsum(c * z**k for k, c in enumerate(coefficients)), x)
    slope = math.fsum(k * c * x ** (k - 1) for k, c in enumerate(coefficients) if k)
    assert abs(found.estimate - slope) <= found.bound + 1e-14 * abs(slope)


@given(st.floats(0.1, 30), st.floats(-3, 3), st.floats(-3, 3))
@example(30.0, 1.0, 0.0)
def test_waves_and_saturation_lie_within_the_bound(speed, shift, x):
    for fun, slope in ((math.sin, math.cos), (math.tanh, lambda z: 1 / math.cosh(z) ** 2)):
        found = central_difference(lambda z, fun=fun: fun(speed * z + shift), x)
        assert abs(found.estimate - speed * slope(speed * x + shift)) <= found.bound


# ---- kinks and edges


@pytest.mark.parametrize(
    ("fun", "x", "left", "right"),
    [
        (abs, 0.0, -1, 1),
        (lambda x: max(0.0, x), 0.0, 0, 1),
        (lambda x: max(0.01 * x, x), 0.0, 0.01, 1),
        (lambda x: x**2 + abs(x - 3), 3.0, 5, 7),
        (lambda x: math.exp(x) - 1 if x > 0 else math.sin(2 * x), 0.0, 2, 1),
        (lambda x: 1 + max(0.0, x - 1), 1 + 1e-11, 0, 1),
    ],
)
def test_a_kink_gives_both_slopes(fun, x, left, right):
    found = central_difference(fun, x)
    assert found.at_kink
    assert found.left == pytest.approx(left, abs=found.bound + 1e-6)
    assert found.right == pytest.approx(right, abs=found.bound + 1e-6)


def test_a_kink_out_of_reach_is_stepped_around():
    found = central_difference(lambda x: abs(x - 1e-7) + 3 * x, 0.0)
    assert abs(found.estimate - 2) <= found.bound <= 1e-6


@pytest.mark.parametrize(("fun", "x"), [(math.sqrt, 0.0), (lambda x: math.acos(x), 1.0)])
def test_at_the_edge_of_a_domain_nothing_is_claimed(fun, x):
    found = central_difference(fun, x)
    assert math.isnan(found.estimate)
    assert found.bound == math.inf


# ---- shapes


def paraboloid(x):
    return x[0] ** 2 + 3 * x[1]


@pytest.mark.parametrize("x", [[2.0, 5.0], (2.0, 5.0), np.array([2.0, 5.0]), np.array([2, 5]), ["2", "5"]], ids=repr)
def test_a_flat_sequence_gives_one_difference_a_coordinate(x):
    before = list(x)
    kinds = set()

    def fun(z):
        kinds.add(type(z))
        return paraboloid(z)

    assert [one.estimate for one in central_difference(fun, x)] == pytest.approx([4, 3], abs=1e-9)
    assert kinds == {type(x)}
    assert list(x) == before


def test_a_mapping_gives_a_mapping():
    found = central_difference(lambda v: v["a"] * v["b"], {"a": 2, "b": 7})
    assert {key: one.estimate for key, one in found.items()} == pytest.approx({"a": 7, "b": 2})


@pytest.mark.parametrize("result", [np.float32(4), np.array(4.0), np.array([4.0]), 4], ids=repr)
def test_one_number_in_any_form_is_taken(result):
    assert central_difference(lambda x: result, 1.0).estimate == 0


@pytest.mark.parametrize(
    ("fun", "x", "options", "said"),
    [
        (math.sin, float("nan"), {}, "x = nan is not finite"),
        (math.sin, "abc", {}, "'abc' is not a number"),
        (math.sin, None, {}, "x = None"),
        (paraboloid, [1.0, None], {}, "x[1] = None"),
        (paraboloid, np.eye(2), {}, "shape (2, 2)"),
        (lambda x: [x], 1.0, {}, "must give one number"),
        (lambda x: 1j, 1.0, {}, "must give one number"),
        (lambda x: math.inf, 1.0, {}, "needs a finite number"),
        (math.sin, 1.0, {"h": 0}, "h=0"),
        (math.sin, 1.0, {"h": -1e-3}, "h=-0.001"),
    ],
)
def test_what_cannot_be_differenced_is_refused(fun, x, options, said):
    with pytest.raises(DeriveError) as raised:
        central_difference(fun, x, **options)
    assert said in str(raised.value)


def test_a_given_step_is_used():
    found = central_difference(math.exp, 0.0, h=0.25)
    assert found.h == 0.25
    assert found.estimate == pytest.approx(math.sinh(0.25) / 0.25)
    assert abs(found.estimate - 1) <= found.bound


def test_a_stated_noise_is_believed():
    assert central_difference(math.sin, 1.0, noise=1e-6).bound > 1e-5


# ---- the noise of a black box


@given(st.floats(-2, 2), st.integers(4, 12))
def test_the_noise_of_a_rounded_function_is_measured(x, places):
    assume(abs(math.cos(x)) > 0.1)
    found = central_difference(lambda z: round(math.sin(z), places), x)
    assert abs(found.estimate - math.cos(x)) <= found.bound


# ---- sampled functions with known errors, in floats and in many digits


@pytest.mark.parametrize("on", [FLOATS, high_precision(50), high_precision(120)], ids=["floats", "50 digits", "120 digits"])
def test_more_digits_give_a_smaller_bound(on):
    m = on.functions
    x = on.number(1) / 3
    found = difference(lambda z: (m.exp(z), on.unit * 4, ()), x, on)
    assert abs(found.estimate - m.exp(x)) <= found.bound <= float(on.unit) ** 0.55 if on.bits < 1000 else True


def test_known_sides_find_the_kink_that_the_numbers_hide():
    sample = lambda z: (1e-18 * abs(z), 1e-16, ((z > 0) - (z < 0),))  # noqa: E731
    assert difference(sample, 0.0).at_kink
    assert not difference(sample, 0.5).at_kink


# ---- extrapolated


@pytest.mark.parametrize(
    ("fun", "x", "slope"),
    [(math.exp, 2.0, math.exp(2)), (math.atan, 10.0, 1 / 101), (math.sin, 1.0, math.cos(1.0)), (lambda x: x**30, 1.0, 30.0), (math.log, 0.1, 10.0)],
    ids=["exp", "atan", "sin", "power", "log"],
)
def test_richardson_takes_more_digits(fun, x, slope):
    plain, extrapolated = central_difference(fun, x), central_difference(fun, x, extrapolated=True)
    assert abs(extrapolated.estimate - slope) <= extrapolated.bound <= 1e-11 * max(1, abs(slope))
    assert extrapolated.bound < plain.bound / 4
    assert extrapolated.h > plain.h


def test_richardson_at_a_given_step():
    plain, extrapolated = (central_difference(math.exp, 0.0, h=2**-6, extrapolated=one) for one in (False, True))
    assert plain.estimate - 1 == pytest.approx(2**-12 / 6, rel=1e-3)
    assert extrapolated.estimate - 1 == pytest.approx(-(2**-24) / 30, rel=1e-3)


# ---- the sweep


def test_the_error_falls_and_rises_again():
    rows = sweep(math.exp, 1.0)
    errors = [row.error for row in rows]
    best = errors.index(min(errors))
    assert 3 <= best <= 7
    assert errors[0] > 1e6 * errors[best]
    assert errors[-1] > 1e6 * errors[best]
    assert all(errors[k] / errors[k + 1] == pytest.approx(100, rel=0.1) for k in range(3))


def test_a_sweep_takes_its_steps_and_its_slope():
    rows = sweep(lambda x: x**3, 1, hs=[0.5, 0.25], slope=3)
    assert [(row.h, row.error) for row in rows] == [(0.5, 0.25), (0.25, 0.0625)]
    with pytest.raises(DeriveError, match="h=0"):
        sweep(math.sin, 1, hs=[0])
