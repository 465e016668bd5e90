"""No verdict is wrong: right gradients of random functions are never called so, and what agrees is within its bound.

VERDICTS=5000 pytest tests/test_verdicts.py   takes thousands of functions; a hundred otherwise.
"""

from __future__ import annotations

import math
import os

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_functions import Case, cases

from numeric import check_gradient
from numeric.reports import AGREES, AT_A_KINK, NO_DERIVATIVE, NOT_RESOLVABLE, WITHIN_ACCURACY, WRONG

MANY = settings(max_examples=int(os.environ.get("VERDICTS", "100")), deadline=None)


def report_of(case: Case, gradient):
    assume(math.isfinite(case(case.x)))
    return check_gradient(case, gradient, case.x, bits=24 if case.single else 53)


def declared(sides: tuple[float, float], between: float) -> float:
    """A slope between both sides; where there is none, 0 as somebody may declare it."""
    left, right = sides
    return left + between * (right - left) if math.isfinite(left) and math.isfinite(right) else 0.0


def holds(case: Case, gradient, report) -> None:
    """What the verdicts on these slopes say is true."""
    for place, ((left, right), printed) in enumerate(zip(case.slopes(), gradient, strict=True)):
        found = report[place]
        if any(term.inexact for term in case.terms[place]):
            continue  # the slope of what is computed is another one, and as true
        low, high = sorted((left, right))
        slack = 1e-9 * max(abs(low), abs(high)) if not case.single else 1e-5 * max(abs(low), abs(high))
        told = f"{case!r}\n{found}\ntrue slopes {left!r} and {right!r}"
        if found.verdict in (AGREES, WITHIN_ACCURACY):
            assert found.error <= found.bound, told
            assert low - found.bound - slack <= found.difference <= high + found.bound + slack, told
        if found.verdict == WRONG and math.isfinite(printed):
            assert not low <= printed <= high, told
        if found.verdict == NO_DERIVATIVE:
            assert math.isnan(left), told
        if found.verdict == AT_A_KINK:
            near = 1e-6 * max(1.0, abs(case.x[place]))  # on it, or so near that rounding hides which side it is
            kinks = [term.place for term in case.terms[place] if term.place is not None]
            assert left != right or any(abs(case.x[place] - kink) <= near for kink in kinks), told


@MANY
@given(cases(), st.sampled_from([0.0, 0.5, 1.0]))
def test_a_right_gradient_is_never_wrong(case, between):
    gradient = [declared(sides, between) for sides in case.slopes()]
    report = report_of(case, gradient)
    holds(case, gradient, report)
    if not any(math.isnan(left) for left, _ in case.slopes()):
        assert not report.having(WRONG), f"{case!r}\n{report}"


@MANY
@given(cases(single=True), st.sampled_from([0.0, 0.5, 1.0]))
def test_a_right_gradient_in_float32_is_never_wrong(case, between):
    gradient = [float(np.float32(declared(sides, between))) for sides in case.slopes()]
    report = report_of(case, gradient)
    if not any(math.isnan(left) for left, _ in case.slopes()):
        assert not report.having(WRONG), f"{case!r}\n{report}"


SLIPS = {
    "sign": lambda g: -g,
    "twice": lambda g: 2 * g,
    "half": lambda g: g / 2,
    "zero": lambda g: 0.0,
    "a thousandth": lambda g: g * (1 + 1e-3),
    "a millionth": lambda g: g * (1 + 1e-6),
}


@MANY
@given(cases(), st.sampled_from(list(SLIPS)))
def test_what_is_said_of_a_wrong_gradient_is_true(case, slip):
    gradient = [SLIPS[slip](declared(sides, 0.5)) for sides in case.slopes()]
    report = report_of(case, gradient)
    holds(case, gradient, report)
    assert report.failed == any(check.failed for check in report.values())


@MANY
@given(cases(), st.sampled_from([math.nan, math.inf, -math.inf]), st.data())
def test_what_is_no_finite_number_is_wrong(case, lost, data):
    gradient = [declared(sides, 0.5) for sides in case.slopes()]
    place = data.draw(st.integers(0, len(gradient) - 1))
    gradient[place] = lost
    report = report_of(case, gradient)
    assert report[place].verdict == WRONG, f"{case!r}\n{report}"
    assert not report.ok


@MANY
@given(cases(), st.sampled_from(list(SLIPS)))
def test_what_is_ok_was_resolved(case, slip):
    gradient = [SLIPS[slip](declared(sides, 0.5)) for sides in case.slopes()]
    report = report_of(case, gradient)
    if report.ok:
        assert any(check.verdict in (AGREES, WITHIN_ACCURACY, AT_A_KINK) for check in report.values())
        assert not any(check.error > check.bound for check in report.values() if check.verdict == NOT_RESOLVABLE)


# ---- a sweep towards a kink


KINKS = {
    "flat": (lambda x: max(x - 1.0, 0.0) + 1.0, lambda x: float(x > 1)),
    "steep": (lambda x: abs(x - 1.0) - 2.0, lambda x: float(np.sign(x - 1))),
    "leaky": (lambda x: max(x - 1.0, 0.01 * (x - 1.0)) + 3.0, lambda x: 1.0 if x > 1 else 0.01),
    "clipped": (lambda x: min(max(x, 0.0), 1.0) + 0.5 * x, lambda x: 1.5 if 0 < x < 1 else 0.5),
    "curved": (lambda x: math.exp(x) * max(x - 1.0, 0.0), lambda x: math.exp(x) * x if x > 1 else 0.0),
}


@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize("far", [k / 2 for k in range(2, 25)])
@pytest.mark.parametrize("kink", KINKS)
def test_at_no_distance_from_a_kink_is_a_right_gradient_wrong(kink, far, side):
    fun, grad = KINKS[kink]
    (found,) = check_gradient(fun, grad, 1 + side * 10.0**-far).values()
    assert found.verdict in ((AGREES,) if far <= 8 else (AGREES, AT_A_KINK, NOT_RESOLVABLE)), str(found)


@pytest.mark.parametrize("apart", [10.0**-far for far in range(1, 13)])
def test_the_largest_of_entries_that_nearly_tie(apart):
    at = np.array([1.0, 1 + apart, 0.3])
    report = check_gradient(lambda x: float(x.max()), lambda x: np.eye(3)[x.argmax()], at)
    assert report.ok, str(report)


def test_what_cancels_beside_a_kink_is_no_slope_of_zero():
    """x³ is lost beside 3x, which |x| takes away."""
    assert not check_gradient(lambda x: -3 * x**3 - 3 * x - 3 * abs(x), -9e-22, -1e-11).having(WRONG)
