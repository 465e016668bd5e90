"""The elementary laws: each used once, held against sympy.diff and mpmath, every factor an earlier step."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import (
    Abs,
    Derivative,
    Expr,
    Function,
    Heaviside,
    Max,
    Min,
    Mul,
    Piecewise,
    Rational,
    Symbol,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atanh,
    cos,
    cosh,
    diff,
    erf,
    exp,
    gamma,
    lambdify,
    log,
    pi,
    polygamma,
    re,
    sign,
    sin,
    sinh,
    sqrt,
    symbols,
    tan,
    tanh,
)

from derive.activations import ACTIVATIONS, defined, maximum, minimum
from derive.parsing import parse_written
from derive.rules import OUTSIDE, RULES, Rule, elementary, slope, stated
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
    ("root", sqrt(x), 1 / (2 * sqrt(x))),
    ("reciprocal", 1 / (x * sin(x)), -(sin(x) + x * cos(x)) / (x * sin(x)) ** 2),
    ("power", x ** Rational(2, 3), Rational(2, 3) / x ** Rational(1, 3)),
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
    ("arcsine", asin(x), 1 / sqrt(1 - x**2)),
    ("arccosine", acos(x), -1 / sqrt(1 - x**2)),
    ("arctangent", atan(2 * x), 2 / (1 + 4 * x**2)),
    ("inverse hyperbolic sine", asinh(x), 1 / sqrt(x**2 + 1)),
    ("inverse hyperbolic cosine", acosh(x), 1 / (sqrt(x - 1) * sqrt(x + 1))),
    ("inverse hyperbolic tangent", atanh(x), 1 / (1 - x**2)),
    ("error function", erf(x), 2 * exp(-(x**2)) / sqrt(pi)),
    ("absolute value", Abs(x), sign(x)),
    ("maximum", maximum(x, y), Heaviside(x - y, 1)),
    ("maximum", maximum(y, x), Heaviside(x - y, 0)),
    ("minimum", minimum(x, y), Heaviside(y - x, 1)),
    ("minimum", minimum(y, x), Heaviside(y - x, 0)),
    ("maximum", Max(x, y), Heaviside(x - y, 1)),
    ("minimum", Min(x, y), Heaviside(y - x, 1)),
    ("cases", Piecewise((x**2, x > y), (sin(x), True)), Piecewise((2 * x, x > y), (cos(x), True))),
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
    assert slope(minimum(x, y), x).subs(at_tie) == 1
    assert slope(minimum(x, y), y).subs(at_tie) == 0


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_slope_of_an_activation_is_that_of_its_definition(name: str) -> None:
    record = ACTIVATIONS[name]
    value = lambdify(x, defined(record.function(x)), "mpmath")
    derivative = lambdify(x, defined(slope(record.function(x), x)), "mpmath")
    with mpmath.workdps(50):
        for place in (-3.5, -1.25, mpmath.mpf(-1) / 3, mpmath.mpf(1) / 7, 1.5, 2.5):  # none of them a kink
            assert mpmath.almosteq(derivative(mpmath.mpf(place)), mpmath.diff(value, place), rel_eps=mpmath.mpf(10) ** -20, abs_eps=mpmath.mpf(10) ** -25)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_definition_of_every_activation_is_within_the_rules_and_so_is_its_second_derivative(name: str) -> None:
    record = ACTIVATIONS[name]
    arguments = symbols("x y z")[: max(record.arguments[0], 2)] if record.maps > 1 or record.whole else (x,)
    for spelt in {record.definition(*arguments), record.function(*arguments), *([record.spelt(*arguments)] if record.spelt else [])}:
        for expression in (spelt, slope(spelt, x)):
            assert OUTSIDE not in {step.rule for step in elementary(expression, x).values()}


def test_named_functions_inside_each_other_are_all_spelt_out() -> None:
    prelu = ACTIVATIONS["prelu"].function
    assert defined(prelu(prelu(7)) + sigmoid(sigmoid(x))) == 7 + 1 / (1 + exp(-1 / (1 + exp(-x))))


def test_a_function_outside_the_rules_gets_a_step_that_says_so() -> None:
    unknown = Function("g")(x)
    step = elementary(unknown * x, x)[Local(unknown, x)]
    assert step.rule == OUTSIDE
    assert slope(unknown * x, x) == unknown + x * diff(unknown, x)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (gamma(x) * x, gamma(x) + x * gamma(x) * polygamma(0, x)),
        (x * re(x), 2 * x),
        (gamma(sigmoid(x)), gamma(sigmoid(x)) * polygamma(0, sigmoid(x)) * sigmoid(x) * (1 - sigmoid(x))),
        (Piecewise((gamma(x), x > 1), (x, True)), Piecewise((gamma(x) * polygamma(0, x), x > 1), (1, True))),
    ],
    ids=str,
)
def test_outside_the_rules_the_answer_is_still_right(expression: Expr, expected: Expr) -> None:
    steps = elementary(expression, x)
    assert OUTSIDE in {step.rule for step in steps.values()}
    assert slope(expression, x) == steps[Local(expression, x)].value
    assert not slope(expression, x).has(Derivative)
    assert abs((defined(slope(expression, x)) - defined(expected)).evalf(30, subs={x: Rational(7, 3)})) < 1e-25


@pytest.mark.parametrize("rule", [one for one in RULES if one.law is not None], ids=lambda rule: rule.name)
def test_a_stated_law_is_true_of_functions(rule: Rule) -> None:
    law = stated(rule)
    assert law is not None
    inside = x + 2 if rule.head is acosh else x / 8 + Rational(1, 3)
    told: dict[Any, Expr] = dict(zip(symbols("f g u a n c"), (x**2 + x + 2, x + 3, inside, Rational(5), Rational(7), Rational(11)), strict=True))
    value = sum(Mul(*(diff(told[one.of], x) if isinstance(one, Local) else one.xreplace(told) for one in term)) for term in law.terms)  # type: ignore[union-attr]
    difference = value - slope(law.of.xreplace(told), x)
    for place in (Rational(1, 2), Rational(9, 4)):
        assert abs(defined(difference).evalf(30, subs={x: place})) < 1e-25


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("x**2 + 3*x", (x**2, 3 * x)),
        ("3*x + x**2", (3 * x, x**2)),
        ("1 - x + x**3 - x**2", (-x, x**3, -(x**2))),
        ("y*x**2 - exp(-x)*y", (x**2 * y, -y * exp(-x))),
    ],
)
def test_the_terms_of_a_sum_stay_in_the_order_in_which_they_were_written(text: str, order: tuple[Expr, ...]) -> None:
    *_, last = elementary(parse_written(text), x).values()
    assert last.rule == "sum"
    assert tuple(claim.of for (claim,) in last.terms if isinstance(claim, Local)) == order


def test_the_factors_of_a_product_stay_in_the_order_in_which_they_were_written() -> None:
    steps = elementary(parse_written("5*x*sin(x)*exp(x)"), x)
    assert steps[Local(x * sin(x) * exp(x), x)].terms == ((sin(x), exp(x)), (x, exp(x), Local(sin(x), x)), (x, sin(x), Local(exp(x), x)))
    other = elementary(parse_written("exp(x)*sin(x)"), x)
    assert other[Local(sin(x) * exp(x), x)].terms == ((sin(x), Local(exp(x), x)), (exp(x), Local(sin(x), x)))


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
