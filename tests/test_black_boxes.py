"""Functions of which only the values are known: how often they are called, what is said where no slope can be compared, and why."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
import sympy
from sympy import Symbol

from derive import DeriveError, Network, differentiate, parse_graph
from numeric import check, check_gradient, check_graph, check_network
from numeric.reports import (
    AGREES,
    AT_A_KINK,
    NO_DERIVATIVE,
    NOT_DETERMINISTIC,
    NOT_RESOLVABLE,
    WITHIN_ACCURACY,
    WRONG,
)
from numeric.testing import assert_gradients

NAN, INF = math.nan, math.inf


def verdicts(report):
    return [found.verdict for found in report.values()]


# ---- how often a function is called


def rosenbrock(v):
    return (1 - v[0]) ** 2 + 100 * (v[1] - v[0] ** 2) ** 2


SMOOTH = {
    "sine": (math.sin, math.cos, 0.3),
    "a large number": (lambda x: x * x, lambda x: 2 * x, 1e8),
    "a small slope": (lambda x: 300 + 1e-3 * math.sin(x), lambda x: 1e-3 * math.cos(x), 1.0),
    "rosenbrock": (rosenbrock, lambda v: [-2 * (1 - v[0]) - 400 * v[0] * (v[1] - v[0] ** 2), 200 * (v[1] - v[0] ** 2)], [-1.2, 1.0]),
    "logsumexp": (lambda v: float(np.log(np.exp(v).sum())), lambda v: np.exp(v) / np.exp(v).sum(), np.linspace(-2, 2, 9)),
    "cubes": (lambda v: float((v**3).sum()), lambda v: 3 * v * v, np.linspace(0.01, 2, 400)),
    "a constant": (lambda v: 2.5, lambda v: [0.0, 0.0], [1.0, 2.0]),
}


@pytest.mark.parametrize(("fun", "grad", "at"), SMOOTH.values(), ids=SMOOTH)
def test_a_smooth_function_is_called_twelve_times_a_coordinate_at_most(fun, grad, at):
    calls = []
    report = check_gradient(lambda x: calls.append(1) or fun(x), grad, at)
    assert set(verdicts(report)) == {AGREES}
    assert len(calls) <= 12 * len(report)


def test_the_calls_of_a_point_grow_with_its_entries_and_it_is_not_shared():
    def calls(count):
        seen = []

        def fun(p):
            seen.append(1)
            value = float((p["W"] ** 2).sum()) + p["b"]
            p["W"] *= 0  # a function may spoil what it is given
            return value

        at = {"W": np.linspace(0.5, 2, count).reshape(-1, 2), "b": 3.0}
        assert_gradients(fun, lambda p: {"W": 2 * p["W"], "b": 1.0}, at)
        assert at["W"].any()
        return len(seen)

    assert calls(400) < 4.4 * calls(100)


# ---- no finite number, and no derivative


ROOTS = {
    "sqrt": (lambda x: float(np.sqrt(x).sum()), [0.0, 1.0], 0.5),
    "sqrt of max": (lambda x: float(np.sqrt(max(x[0], 0.0)) + x[1]), [0.0, 1.0], 1.0),
    "log where positive": (lambda x: float(np.where(x > 0, np.log(np.where(x > 0, x, 1)), 0).sum()), np.array([0.0, 1.0]), 1.0),
    "cbrt": (lambda x: float(np.cbrt(x[0] - 1) + x[1]), [1.0, 1.0], 1.0),
    "smooth": (lambda x: x[0] ** 2 + x[1], [3.0, 1.0], 1.0),
    "a kink": (lambda x: abs(x[0]) + x[1], [0.0, 1.0], 1.0),
}


@pytest.mark.parametrize("lost", [NAN, INF, -INF], ids=str)
@pytest.mark.parametrize(("fun", "at", "other"), ROOTS.values(), ids=ROOTS)
def test_what_is_no_finite_number_is_wrong_wherever_there_is_a_value(fun, at, other, lost):
    report = check_gradient(fun, [lost, other], at)
    assert verdicts(report) == [WRONG, AGREES]
    assert report[0].cause == "it is no finite number"
    assert not report.ok
    with pytest.raises(AssertionError, match="no finite number"):
        assert_gradients(fun, [lost, other], at)


def test_what_is_no_finite_number_is_wrong_in_every_check():
    report = check_gradient(lambda x: float(np.float32(x[0]) ** 2 + np.float32(x[1])), [NAN, 1.0], np.array([3, 2], np.float32), bits=24)
    assert verdicts(report) == [WRONG, AGREES]
    rng = np.random.default_rng(0)
    report = check_network(Network(2, 2, 2), rng.normal(size=12), rng.normal(size=(3, 2)), rng.random((3, 2)), np.full(12, NAN))
    assert set(verdicts(report)) == {WRONG}
    assert verdicts(check_graph(parse_graph("y = sqrt(x)"), "y", ["x"], {"x": 0.25}, {"x": INF})) == [WRONG]


@pytest.mark.parametrize("lost", [sympy.nan, sympy.zoo, sympy.oo, 1 / (Symbol("x") - 2), sympy.log(Symbol("x") - 3)], ids=str)
@pytest.mark.parametrize("digits", [None, 16])
def test_a_fact_without_a_number_is_wrong_where_its_difference_has_one(lost, digits):
    from test_checking import altered

    right = differentiate("x**2 + x", "x")
    found = check(altered(right, right.claim, value=lost), {"x": 2}, digits)[right.claim]
    assert found.verdict == WRONG
    assert "has no number" in found.cause


ENDLESS = {
    "a root": (lambda x: float(np.sqrt(x)), 0.0),
    "a cube root": (lambda x: float(np.cbrt(x)), 0.0),
    "a cube root beside": (lambda x: 3.0 + float(np.cbrt(x - 1.0)), 1.0),
    "a jump": (lambda x: float(x > 2.0), 2.0),
    "a sign": (lambda x: float(np.sign(x)), 0.0),
    "a hole": (lambda x: 5.0 if x == 0 else math.sin(x) / x, 0.0),
    "a root on one side": (lambda x: math.sqrt(max(x, 0.0)) - x, 0.0),
    "a small power": (lambda x: abs(x) ** 0.25, 0.0),
}


@pytest.mark.parametrize("printed", [0.0, 0.5, 123.0, -7.0])
@pytest.mark.parametrize(("fun", "x"), ENDLESS.values(), ids=ENDLESS)
def test_where_differences_grow_without_bound_there_is_no_derivative(fun, x, printed):
    report = check_gradient(fun, printed, x)
    assert verdicts(report) == [NO_DERIVATIVE], str(report)
    assert report["x"].cause.startswith("differences grow without bound")
    assert (report.ok, report.failed) == (False, True)


STEEP = {
    "a steep sigmoid": (lambda x: math.tanh(1e6 * x), lambda x: 1e6 / math.cosh(1e6 * x) ** 2, 0.0),
    "beside a root": (math.sqrt, lambda x: 0.5 / math.sqrt(x), 1e-10),
    "beside a pole": (lambda x: 1 / x, lambda x: -1 / x**2, 1e-10),
    "a smoothed cube root": (lambda x: x / (x * x + 1e-20) ** (1 / 3), lambda x: (x * x / 3 + 1e-20) / (x * x + 1e-20) ** (4 / 3), 0.0),
}


@pytest.mark.parametrize(("fun", "grad", "x"), STEEP.values(), ids=STEEP)
def test_a_steep_slope_is_one_all_the_same(fun, grad, x):
    report = check_gradient(fun, grad, x)
    assert verdicts(report) == [AGREES], str(report)
    assert verdicts(check_gradient(fun, lambda x: 1.01 * grad(x), x)) == [WRONG]


def test_a_slope_between_both_sides_of_a_kink_counts_as_seen():
    assert check_gradient(abs, 0.5, 0.0).ok
    report = check_gradient(lambda x: abs(x[0]) + x[1], [1.5, 1.0], [0.0, 1.0])
    assert (verdicts(report), report.ok) == ([WRONG, AGREES], False)


# ---- how exact a function is


def fixed_point(a, tolerance=1e-6):
    """x = cos(a x) by iteration, which stops where it changes little."""
    x = 1.0
    for _ in range(10_000):
        x, before = math.cos(a * x), x
        if abs(x - before) < tolerance:
            break
    return x


def slope_of_fixed_point(a):
    x = fixed_point(a, 0.0)
    return -math.sin(a * x) * x / (1 + a * math.sin(a * x))


def by_adaptive_steps(k, rtol=1e-3, atol=1e-6):
    """y(5) of y' = -k y + sin t, y(0) = 1, by steps of Bogacki and Shampine's method as long as the tolerance allows."""
    fun = lambda t, y: -k * y + math.sin(t)  # noqa: E731
    y, t, h = 1.0, 0.0, 0.1
    while t < 5:
        h = min(h, 5 - t)
        k1 = fun(t, y)
        k2 = fun(t + h / 2, y + h * k1 / 2)
        k3 = fun(t + 0.75 * h, y + 0.75 * h * k2)
        new = y + h * (2 * k1 + 3 * k2 + 4 * k3) / 9
        error = abs(h * (-5 * k1 / 72 + k2 / 12 + k3 / 9 - fun(t + h, new) / 8)) / (atol + rtol * max(abs(y), abs(new)))
        if error <= 1:
            t, y = t + h, new
        h *= min(10.0, max(0.2, 0.9 * error ** (-1 / 3))) if error else 10.0
    return y


def slope_of_solution(k):
    """The derivative by k of e^(-5k)·(1 + 1/(k² + 1)) + (k sin 5 - cos 5)/(k² + 1)."""
    decay, square = math.exp(-5 * k), k * k + 1
    return -5 * decay * (1 + 1 / square) - 2 * k * decay / square**2 + math.sin(5) / square - 2 * k * (k * math.sin(5) - math.cos(5)) / square**2


@pytest.mark.parametrize("a", np.linspace(0.3, 0.95, 12).tolist())
def test_the_exact_slope_of_an_iteration_that_stops_early_is_not_wrong(a):
    (found,) = check_gradient(fixed_point, slope_of_fixed_point, a).values()
    assert found.verdict in (WITHIN_ACCURACY, NOT_RESOLVABLE), str(found)
    assert found.error <= found.bound
    assert "the function is exact to about" in found.cause
    for wrong in (lambda a: -slope_of_fixed_point(a), lambda a: 1.01 * slope_of_fixed_point(a)):
        assert verdicts(check_gradient(fixed_point, wrong, a)) == [WRONG]


@pytest.mark.parametrize("k", np.linspace(0.5, 2.75, 10).tolist())
def test_the_exact_slope_of_a_solver_at_its_default_tolerance_is_not_wrong(k):
    (found,) = check_gradient(by_adaptive_steps, slope_of_solution, k).values()
    assert found.verdict in (WITHIN_ACCURACY, NOT_RESOLVABLE), str(found)
    assert verdicts(check_gradient(by_adaptive_steps, lambda k: -slope_of_solution(k), k)) == [WRONG]


def test_how_exact_a_function_is_can_be_said():
    """Euler's method with fixed steps jumps nowhere: its own slope is another than that of the solution."""
    euler = lambda k: (1 - k / 500) ** 500  # noqa: E731
    slope = lambda k: -math.exp(-k)  # noqa: E731
    assert verdicts(check_gradient(euler, slope, 1.0)) == [WRONG]
    (found,) = check_gradient(euler, slope, 1.0, accuracy=1e-3).values()
    assert found.verdict in (WITHIN_ACCURACY, NOT_RESOLVABLE)
    assert found.cause == "the function is exact to about 1e-3"
    sharper = lambda a: fixed_point(a, 1e-9)  # noqa: E731
    assert verdicts(check_gradient(sharper, slope_of_fixed_point, 0.7, accuracy=1e-9)) == [WITHIN_ACCURACY]
    assert assert_gradients(sharper, slope_of_fixed_point, 0.7, accuracy=1e-9)


@pytest.mark.parametrize("accuracy", [0, -1e-6, NAN, INF, "small", True])
def test_accuracies_that_are_none_are_refused(accuracy):
    with pytest.raises(DeriveError, match="accuracy="):
        check_gradient(math.sin, math.cos, 1.0, accuracy=accuracy)
    with pytest.raises(DeriveError, match="accuracy="):
        assert_gradients(Network(2, 1), accuracy=1e-6)


@pytest.mark.parametrize("size", [1.0, 1e-3, 1e-6])
def test_a_function_that_is_not_deterministic_is_told(size):
    draw = random.Random(5)
    fun = lambda v: v[0] ** 2 + v[1] + size * draw.random()  # noqa: E731
    report = check_gradient(fun, lambda v: [2 * v[0], 1.0], [1.0, 2.0])
    assert verdicts(report) == [NOT_DETERMINISTIC] * 2
    assert report[0].cause.startswith("the function is not deterministic: two calls at this point gave ")
    assert not report.ok
    assert verdicts(check_gradient(fun, [NAN, 1.0], [1.0, 2.0])) == [WRONG, NOT_DETERMINISTIC]
    with pytest.raises(AssertionError, match="the function is not deterministic"):
        assert_gradients(fun, lambda v: [2 * v[0], 1.0], [1.0, 2.0])


@pytest.mark.parametrize(("y", "d"), [(0.8099994594687496, 0.000331806342935678), (0.81, 3.3e-4), (0.5, 2e-4), (1.3, 7e-5), (0.9, 4.4e-4)])
def test_the_rounding_of_what_cancels_is_no_slope(y, d):
    graph = parse_graph("f = y/d\nb = -f + (1.1 + f)")
    assert check_graph(graph, "b", ["y", "d"], {"y": y, "d": d}, {"y": 0.0, "d": 0.0}).ok
    hidden = lambda v: -(v[0] / v[1]) + (1.1 + v[0] / v[1])  # noqa: E731
    assert not check_gradient(hidden, [0.0, 0.0], [y, d]).having(WRONG)


# ---- one cause for the whole gradient


POINT = np.array([0.7, -1.3, 2.1, -0.4, 1.7])
MATRIX = np.array([[0.3, -1.2, 0.8], [1.1, 0.4, -0.7], [-0.2, 0.9, 1.6]])


def cubes(x):
    return float((x**3).sum())


def slopes(x):
    return 3 * x * x


WHOLES = {
    "sign": (cubes, lambda x: -slopes(x), POINT, "the sign is the opposite"),
    "twelve times": (cubes, lambda x: 12 * slopes(x), POINT, "it is 12 times what it should be"),
    "a seventeenth": (cubes, lambda x: slopes(x) / 17, POINT, "it is 1/17 of what it should be"),
    "minus a third": (cubes, lambda x: -slopes(x) / 3, POINT, "it is −1/3 of what it should be"),
    "some factor": (cubes, lambda x: 1.2345678 * slopes(x), POINT, "it is 1.23457 times what it should be"),
    "a little more": (cubes, lambda x: (1 + 3e-6) * slopes(x), POINT, "it is 1 + 3e-6 times what it should be"),
    "zero": (cubes, lambda x: 0 * slopes(x), POINT, "it is zero, the slope is not"),
    "rolled": (cubes, lambda x: np.roll(slopes(x), 2), POINT, "its entries are rolled by 2"),
    "a rectifier": (cubes, lambda x: slopes(x) * (x > 0), POINT, "it is zero where its variable is negative, the slope is not"),
    "transposed": (lambda W: float((W**3).sum()), lambda W: slopes(W).T, MATRIX, "W is transposed"),
    "one of two parts transposed": (
        lambda p: float((p["W"] ** 3).sum() + p["b"].sum()),
        lambda p: {"W": slopes(p["W"]).T, "b": np.ones(2)},
        {"W": MATRIX, "b": np.ones(2)},
        "W is transposed",
    ),
}


@pytest.mark.parametrize(("fun", "grad", "at", "cause"), WHOLES.values(), ids=WHOLES)
def test_one_cause_for_the_whole_is_said_once(fun, grad, at, cause):
    with pytest.raises(AssertionError) as raised:
        assert_gradients(fun, grad, at, names="W")
    assert str(raised.value).splitlines()[1] == f"all of them by one slip: {cause}"
    assert str(raised.value).count(cause) == 1


@pytest.mark.parametrize(
    ("fun", "grad", "at", "bits"),
    [
        (lambda x: x[0] ** 2, lambda x: [2 * x[0] * (1 + 5e-9)], [3.0], 53),
        (lambda x: x[0] ** 2 + x[1] ** 2, lambda x: [2 * x[0] * (1 + 5e-9), 2 * x[1]], [3.0, 3.0], 53),
        (lambda x: float(np.float32(x[0]) ** 2), lambda x: [1.03 * 2 * x[0] + 0.0123], [3.0], 24),
        (lambda x: x[0] ** 2 + 7.3 * x[1], lambda x: [7.3, 7.3], [3.0, 1.0], 53),
        (cubes, lambda x: slopes(x) + np.array([0.1, 0.27, -0.31, 0.43, 0.09]), POINT, 53),
    ],
    ids=["a little", "a tie", "float32", "a place that is right", "nothing"],
)
def test_where_nothing_fits_nothing_is_said(fun, grad, at, bits):
    report = check_gradient(fun, grad, at, bits)
    assert report.having(WRONG)
    assert not report.common
    assert all("swapped" not in found.cause for found in report.having(WRONG)), str(report)


def test_a_place_has_its_own_name():
    with pytest.raises(AssertionError, match=r"w\[0\] .* it is ∂/∂w\[2\]: the places are swapped"):
        assert_gradients(cubes, lambda x: slopes(x)[[2, 1, 0, 3, 4]], POINT, names="w")
    report = check_gradient(lambda p: p["a"] ** 2 * p["b"], {"a": 9.0, "b": 12.0}, {"a": 3.0, "b": 2.0})
    assert [found.cause for found in report.values()] == ["it is ∂/∂b: the places are swapped", "it is ∂/∂a: the places are swapped"]


def test_between_the_entries_that_tie_no_place_is_named():
    at = np.array([1.0, 1.0, 2.0])
    report = check_gradient(cubes, lambda x: np.array([3.0, 3.3, 12.0]), at)
    assert [found.cause for found in report.having(WRONG)] == ["it is 1.1 times what it should be"]
    assert report.having(AT_A_KINK) == []
