"""The elementary laws: each used once, held against sympy.diff and mpmath, every factor an earlier step."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Abs, Expr, Function, Heaviside, Max, Min, Symbol, cos, cosh, diff, exp, lambdify, log, sign, sin, sinh, sqrt, symbols, tan, tanh

from derive.activations import ACTIVATIONS, defined, maximum
from derive.rules import RULES, elementary, slope
from derive.steps import Local

x, y, n = symbols("x y n")
sigmoid = ACTIVATIONS["sigmoid"].function
relu = ACTIVATIONS["relu"].function

LAWS: list[tuple[str, Any, Any]] = [
    ("sum", x**2 + 3 * x, 2 * x + 3),
    ("constant factor", y * x, y),
    ("product", sin(x) * x, x * cos(x) + sin(x)),
    ("quotient", sin(x) / x, cos(x) / x - sin(x) / x**2),
    ("reciprocal", 1 / x, -(x**-2)),
    ("power", x**3, 3 * x**2),
    ("power", sqrt(x), 1 / (2 * sqrt(x))),
    ("power", x**n, n * x ** (n - 1)),
    ("exponential", 2**x, 2**x * log(2)),
    ("variable power", x**x, x * x ** (x - 1) + x**x * log(x)),
    ("exponential", exp(2 * x), 2 * exp(2 * x)),
    ("logarithm", log(x), 1 / x),
    ("sine", sin(x), cos(x)),
    ("cosine", cos(x), -sin(x)),
    ("tangent", tan(x), cos(x) ** -2),
    ("hyperbolic sine", sinh(x), cosh(x)),
    ("hyperbolic cosine", cosh(x), sinh(x)),
    ("hyperbolic tangent", tanh(x), 1 - tanh(x) ** 2),
    ("absolute value", Abs(x), sign(x)),
    ("maximum", maximum(x, y), Heaviside(x - y, 1)),
    ("maximum", maximum(y, x), Heaviside(x - y, 0)),
    ("minimum", Min(x, y), Heaviside(y - x, 1)),
    ("named function", sigmoid(3 * x), 3 * sigmoid(3 * x) * (1 - sigmoid(3 * x))),
    ("named function", relu(x), Heaviside(x, 0)),
    ("step", Heaviside(x, 0), 0),
    ("sign", sign(x), 0),
]


@pytest.mark.parametrize(("name", "expression", "expected"), LAWS)
def test_a_law_gives_its_derivative(name: str, expression: Expr, expected: Expr) -> None:
    step = elementary(expression, x)[Local(expression, x)]
    assert step.rule == name
    assert (step.value - expected).expand() == 0


def test_every_law_is_used_in_this_table() -> None:
    assert {rule.name for rule in RULES} == {name for name, *_ in LAWS}


def test_a_tie_goes_to_the_first_argument() -> None:
    at_tie = {x: 2, y: 2}
    assert slope(maximum(x, y), x).subs(at_tie) == 1
    assert slope(maximum(x, y), y).subs(at_tie) == 0
    assert slope(Max(x, y), x).subs(at_tie) + slope(Max(x, y), y).subs(at_tie) == 1
    assert slope(Min(x, y), x).subs(at_tie) + slope(Min(x, y), y).subs(at_tie) == 1


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_slope_of_an_activation_is_that_of_its_definition(name: str) -> None:
    record = ACTIVATIONS[name]
    value = lambdify(x, defined(record.function(x)), "mpmath")
    derivative = lambdify(x, defined(slope(record.function(x), x)), "mpmath")
    with mpmath.workdps(50):
        for place in (-3, -1, mpmath.mpf(-1) / 3, mpmath.mpf(1) / 7, 1, 2.5):
            assert mpmath.almosteq(derivative(mpmath.mpf(place)), mpmath.diff(value, place), rel_eps=mpmath.mpf(10) ** -20, abs_eps=mpmath.mpf(10) ** -25)


def test_a_function_outside_the_rules_gets_a_step_that_says_so() -> None:
    gamma_like = Function("g")(x)
    step = elementary(gamma_like * x, x)[Local(gamma_like, x)]
    assert step.rule == "by sympy.diff"
    assert slope(gamma_like * x, x) == gamma_like + x * diff(gamma_like, x)


def test_inner_steps_come_first() -> None:
    seen: set[object] = set()
    for claim, step in elementary(sin(exp(x) * x) / (1 + x**2), x).items():
        assert set(step.cited()) <= seen
        seen.add(claim)


ATOMS = st.sampled_from([x, y, 2 + x, x * y, 3 * x - y])
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds(lambda a, b: a + b, inner, inner),
        st.builds(lambda a, b: a * b, inner, inner),
        st.builds(lambda a: a**2, inner),
        st.builds(lambda a, f: f(a), inner, st.sampled_from([sin, cos, tanh, exp, lambda a: sigmoid(a), lambda a: 1 / (1 + a**2)])),
    ),
    max_leaves=6,
)


@given(EXPRESSIONS)
def test_any_expression_has_the_derivative_that_sympy_gives(expression: Expr) -> None:
    difference = defined(slope(expression, x)) - diff(defined(expression), x)
    for place in ({x: 0.3, y: -0.7}, {x: -1.1, y: 0.4}):
        number = difference.evalf(30, subs=place)
        assert abs(number) < 1e-18 or abs(number) < 1e-15 * abs(diff(defined(expression), Symbol("x")).evalf(30, subs=place))
