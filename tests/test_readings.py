"""What a function of anybody takes and gives: read as it is meant, or refused with name and value, and never warned of."""

from __future__ import annotations

import math
from array import array
from collections import namedtuple

import numpy as np
import pytest

from derive import DeriveError
from numeric import central_difference, check_gradient
from numeric.testing import assert_gradients

Pair = namedtuple("Pair", "a b")


def squares(x):
    return float(np.sum(np.asarray(x, float) ** 2))


def doubled(x):
    return 2 * np.asarray(x, float)


@pytest.mark.parametrize(
    "x",
    [
        range(1, 3),
        array("d", [1, 2]),
        np.arange(8.0)[1::3],
        np.ones(2, np.longdouble),
        np.array([3, 250], np.uint8),
        [np.array(1.0), np.float32(2)],
        (1, "2"),
        np.array([1, 2], object),
        np.asfortranarray(np.ones(3)),
    ],
    ids=repr,
)
def test_what_holds_numbers_is_read(x):
    assert check_gradient(squares, doubled, x).ok


def test_arrays_that_may_not_be_written_stay_as_they_are():
    x = np.arange(1.0, 4)
    x.setflags(write=False)
    assert check_gradient(squares, doubled, x).ok
    assert_gradients(squares, doubled, x)
    assert x.tolist() == [1, 2, 3]


@pytest.mark.parametrize("check", [check_gradient, assert_gradients])
def test_a_named_tuple_keeps_its_names(check):
    check(lambda p: p.a**2 + p.b, lambda p: Pair(2 * p.a, 1), Pair(3.0, 2.0))
    with pytest.raises(AssertionError):
        assert_gradients(lambda p: p.a**2 + p.b, lambda p: Pair(2 * p.a, 2), Pair(3.0, 2.0))


def test_a_list_of_arrays_stays_one_in_its_precision():
    """A network's parameters as a list of float32 matrices: in float64 the same bound would cry wolf."""
    at = [np.full((2, 2), 1.3, np.float32), np.ones(2, np.float32)]

    def fun(parts):
        assert all(part.dtype == np.float32 for part in parts)
        return (parts[0] ** 3).sum() + (parts[0] @ parts[1]).sum()

    def grad(parts):
        return [3 * parts[0] ** 2 + parts[1], parts[0].sum(axis=0)]

    assert_gradients(fun, grad, at)
    with pytest.raises(AssertionError):
        assert_gradients(fun, lambda parts: [grad(parts)[0] * np.float32(1.01), grad(parts)[1]], at)


MASKED = np.ma.array([1.0, 2.0], mask=[False, True])


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (MASKED, "x is a masked array; fill or drop"),
        ({1, 2}, r"x = \{1, 2\} is not a number"),
        (b"12", "x = b'12' is not a number"),
        ([], r"x=\[\] has no numbers"),
        ({}, r"x=\{\} has no numbers"),
        (np.ones((2, 2)), r"x has the shape \(2, 2\); it must be flat"),
        ([1.0, np.ma.masked], r"x\[1\] = masked is masked"),
    ],
    ids=repr,
)
def test_points_that_are_refused(x, said):
    with pytest.raises(DeriveError, match=said):
        check_gradient(squares, doubled, x)


@pytest.mark.parametrize(
    ("grad", "said"),
    [
        (MASKED, "grad is a masked array; fill or drop"),
        (np.array([2 + 0j, 4]), r"grad\[0\] is '\(2\+0j\)'; it must be one number"),
        ([None, 4], r"grad\[0\] is 'None'; it must be one number"),
        (["2", 4], r"grad\[0\] is '2'; it must be one number"),
        ("24", "grad is '24'; it must be a number"),
        ([2, np.ma.masked], r"grad\[1\] is '--'; it must be one number"),
        (np.array([[2.0], [4.0]]), r"grad has the shape \(2, 1\)"),
        (lambda x: None, "grad has entries for x; x has 0 and 1"),
    ],
)
def test_gradients_that_are_refused(grad, said):
    with pytest.raises(DeriveError, match=said):
        check_gradient(squares, grad, [1.0, 2.0])


@pytest.mark.parametrize("large", [10**400, -(10**400), math.inf])
def test_an_entry_too_large_for_a_float_is_no_finite_number(large):
    report = check_gradient(squares, [large, 4], [1.0, 2.0])
    assert report[0].cause == "it is no finite number"
    assert report[1].verdict == "agrees"


@pytest.mark.parametrize(
    ("fun", "said"),
    [
        (3, "fun=3 is no function"),
        (lambda x: "3", "must give one number, not '3'"),
        (lambda x: np.ma.masked, "must give one number, not '--'"),
        (lambda x: np.array([1.0, 2.0]), "must give one number"),
        (lambda x: 1 / 0, r"no number at x=\[1.0, 2.0\]: ZeroDivisionError: division by zero"),
        (lambda x: math.log(-x[0]), "no number at x="),
        (lambda x: 10**400, r"gives inf at x=\[1.0, 2.0\]"),
    ],
)
def test_functions_that_are_refused(fun, said):
    with pytest.raises(DeriveError, match=said):
        check_gradient(fun, [0, 0], [1.0, 2.0])


def test_one_entry_arrays_are_numbers():
    assert check_gradient(lambda x: np.array([x[0] ** 2]), lambda x: [np.array(2 * x[0])], [1.0]).ok


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"h": 1e-300}, "h=1e-300 is nothing beside x=1.0"),
        ({"noise": -1}, "noise=-1; the rounding error of a function is 0 or more"),
        ({"noise": math.nan}, "noise = nan is not finite"),
        ({"noise": "much"}, "noise = 'much' is not a number"),
    ],
)
def test_steps_and_noise_that_are_refused(options, said):
    with pytest.raises(DeriveError, match=said):
        central_difference(squares, [1.0, 2.0], **options)


@pytest.mark.parametrize(
    ("fun", "slope", "at"),
    [
        (lambda x: np.sqrt(x) + x, lambda x: 0.5 / np.sqrt(x) + 1, np.float64(1e-9)),
        (lambda x: np.log(x), lambda x: 1 / x, np.float64(1e-7)),
        (lambda x: np.exp(x), lambda x: np.exp(x), np.float64(690)),
        (lambda x: 1 / x, lambda x: -1 / x**2, np.float64(1e-6)),
    ],
)
def test_numpy_does_not_warn_of_what_lies_beside_the_point(fun, slope, at):
    """The steps reach over the end of the domain: no warning (they are errors here), and smaller steps."""
    assert check_gradient(lambda x: fun(np.float64(x)), lambda x: slope(np.float64(x)), float(at))["x"].verdict == "agrees"
