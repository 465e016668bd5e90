"""Activations: definition, slopes, output form, kinks, range and largest slope of every record; a user's own."""

from __future__ import annotations

import random
from typing import Any

import mpmath
import pytest
from sympy import Add, Expr, Heaviside, Mul, Rational, S, Symbol, diff, exp, oo, symbols

from derive import DeriveError, Local, Network
from derive.activations import ACTIVATIONS, Activation, activation_of, defined, slope_in_output
from derive.claims.laws import LawfulTower
from derive.claims.towers import Tower
from derive.own import activation_from, unit
from derive.proofs import prove_gradient
from derive.rules import OUTSIDE, elementary
from tests.by_mpmath import close, slope, value

Z, Y = Symbol("z"), Symbol("y")
A, B, C = symbols("a b c")
SCALAR = [name for name, record in ACTIVATIONS.items() if not record.whole and record.maps == 1]
softmax = ACTIVATIONS["softmax"].function


def summed(terms) -> Expr:
    return Add(*(Mul(*term) for term in terms))


def proved(left: Expr, right: Expr, tower: Tower | None = None) -> bool:
    tower = tower or Tower()
    return tower.is_zero(tower.value(left) - tower.value(right))


def settings_of(record: Activation) -> tuple[Symbol, ...]:
    return tuple(Symbol(one.name) for one in record.settings)


def random_places(record: Activation, count: int = 100) -> list[Any]:
    """Random places with 50 digits, none of them near a kink."""
    draw = random.Random(record.name)
    places = (mpmath.mpf(draw.uniform(-6, 6)) for _ in range(2 * count))
    return [one for one in places if all(abs(one - float(kink)) > 1e-6 for kink in (*record.kinks, 0))][:count]


# ---- definition and slopes


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_rules_lead_from_the_definition_to_the_slope(name):
    record = ACTIVATIONS[name]
    settings = settings_of(record)
    steps = elementary(record.definition(Z, *settings), Z)
    assert OUTSIDE not in {step.rule for step in steps.values()}
    by_rules = steps[Local(record.definition(Z, *settings), Z)].value
    assert proved(by_rules, defined(summed(record.partial(0, (Z, *settings), record.definition(Z, *settings)))))


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if ACTIVATIONS[name].settings])
def test_the_rules_lead_to_the_slopes_by_the_settings_too(name):
    record = ACTIVATIONS[name]
    settings = settings_of(record)
    definition = record.definition(Z, *settings)
    for place, setting in enumerate(settings, 1):
        by_rules = elementary(definition, setting)[Local(definition, setting)].value
        assert proved(by_rules, summed(record.partial(place, (Z, *settings), definition)))


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if ACTIVATIONS[name].in_output])
def test_a_further_form_in_the_output_is_the_same(name):
    record = ACTIVATIONS[name]
    assert record.in_output is not None
    assert proved(defined(summed(record.slope(Z, Y))), record.in_output(record.definition(Z)))


@pytest.mark.parametrize("name", SCALAR)
def test_slope_and_spelling_at_a_hundred_places_with_fifty_digits(name):
    record = ACTIVATIONS[name]
    function, own = record.function(Z), summed(record.slope(Z, Y))
    with mpmath.workdps(50):
        for place in random_places(record):
            y = value(function, {Z: place})
            assert close(value(own, {Z: place, Y: y}), slope(lambda z: value(function, {Z: z}), place))
            if record.spelt:
                assert close(value(record.spelt(Z), {Z: place}), y, 45)


@pytest.mark.parametrize("name", [name for name in SCALAR if ACTIVATIONS[name].settings])
def test_settings_at_other_values(name):
    record = ACTIVATIONS[name]
    (setting,) = settings_of(record)
    function = record.function(Z, setting)
    with mpmath.workdps(50):
        for place in random_places(record, 10):
            for other in (mpmath.mpf("0.3"), mpmath.mpf(2)):
                known = {Z: place, setting: other, Y: value(function, {Z: place, setting: other})}
                for by, terms in ((Z, record.slope(Z, Y, setting)), (setting, record.partial(1, (Z, setting), Y))):
                    moved = slope(lambda one, by=by, known=known: value(function, {**known, by: one}), known[by])
                    assert close(value(summed(terms), known), moved)
                if record.spelt:
                    assert close(value(record.spelt(Z, setting), known), known[Y], 45)


# ---- kinks, range, largest slope


@pytest.mark.parametrize(
    ("name", "at", "declared"),
    [
        ("relu", 0, 0), ("leaky_relu", 0, Rational(1, 100)), ("prelu", 0, Rational(1, 4)), ("elu", 0, 1), ("step", 0, 0),
        ("hard_sigmoid", -3, 0), ("hard_sigmoid", 3, 0), ("hard_tanh", -1, 0), ("hard_tanh", 1, 0),
        ("selu", 0, ACTIVATIONS["selu"].largest),
    ],
)  # fmt: skip
def test_the_value_that_is_declared_at_a_kink(name, at, declared):
    assert ACTIVATIONS[name].at_kink(S(at)) == declared


@pytest.mark.parametrize("name", [name for name in SCALAR if ACTIVATIONS[name].kinks])
def test_the_declared_value_lies_between_the_one_sided_slopes(name):
    record = ACTIVATIONS[name]
    with mpmath.workdps(50):
        for kink in record.kinks:
            near = mpmath.mpf(10) ** -30
            sides = []
            for place in (float(kink) - near, float(kink) + near):
                sides.append(value(summed(record.slope(Z, Y)), {Z: place, Y: value(record.function(Z), {Z: place})}))
            assert min(sides) - 1e-20 <= value(record.at_kink(kink), {}) <= max(sides) + 1e-20


def test_prelu_and_elu_take_the_slope_on_the_left():
    assert ACTIVATIONS["prelu"].at_kink(S.Zero, A) == A
    assert ACTIVATIONS["elu"].at_kink(S.Zero, A) == A


@pytest.mark.parametrize("name", SCALAR)
def test_range_and_largest_slope(name):
    record = ACTIVATIONS[name]
    low, high = record.range
    grid = [mpmath.mpf(place) / 16 + mpmath.mpf(1) / 1000 for place in range(-640, 640)]
    assert record.largest is not None
    with mpmath.workdps(30):
        function = record.function(Z)
        values = [value(function, {Z: z}) for z in grid]
        slopes = [value(summed(record.slope(Z, Y)), {Z: z, Y: y}) for z, y in zip(grid, values, strict=True)]
        assert all(float(low) - 1e-15 <= float(one) <= float(high) + 1e-15 for one in values)
        assert float(max(slopes)) <= float(record.largest) * (1 + 1e-15)
        for end, found in ((low, min(values)), (high, max(values))):
            assert not end.is_finite or abs(float(found) - float(end)) < 0.03  # softsign is slow
        if record.steepest is not None and record.steepest.is_finite and record.steepest not in record.kinks:
            place = value(record.steepest, {}) + mpmath.mpf(10) ** -29  # the kink of softsign's |z| is none of softsign
            steepest = value(summed(record.slope(Z, Y)), {Z: place, Y: value(function, {Z: place})})
            assert close(steepest, value(record.largest, {}), 27)


def test_exact_largest_slopes():
    assert {name: ACTIVATIONS[name].largest for name in ("sigmoid", "tanh", "relu", "step", "softmax")} == {
        "sigmoid": Rational(1, 4), "tanh": 1, "relu": 1, "step": 0, "softmax": Rational(1, 4),
    }  # fmt: skip
    assert ACTIVATIONS["softplus"].steepest == oo


# ---- softmax and maxout


def test_the_slopes_of_softmax_in_its_outputs_in_both_cases():
    p1, p2, p3 = symbols("p1 p2 p3")
    named = lambda function, own, args: {A: p1, B: p2, C: p3}[own]  # noqa: E731 (as short where it stands)
    assert slope_in_output(softmax(A, B, C), A, p1, named) == ("output", ((p1, 1 - p1),))
    assert slope_in_output(softmax(A, B, C), B, p1, named) == ("other output", ((-1, p1, p2),))
    assert slope_in_output(softmax(B, A, C), C, p2, named) == ("other output", ((-1, p2, p3),))


def test_the_jacobian_of_softmax_is_proved_and_its_rows_sum_to_zero():
    shares = [softmax(one, *({A, B, C} - {one})) for one in (A, B, C)]
    for own in shares:
        for by in (A, B, C):
            assert proved(diff(defined(own), by), defined(own.diff(by)), LawfulTower())
        assert proved(Add(*(defined(own.diff(by)) for by in (A, B, C))), S.Zero)
    assert proved(Add(*map(defined, shares)), S.One)


def test_softmax_does_not_change_when_all_are_shifted():
    assert proved(softmax(A + Z, B + Z, C + Z).definition, softmax(A, B, C).definition, LawfulTower())


@pytest.mark.parametrize(
    ("nets", "shares"),
    [
        ((1, 2, 0), (0.24472847, 0.66524096, 0.09003057)),
        ((-1, 0, 1), (0.09003057, 0.24472847, 0.66524096)),
        ((-10, 0, 10), (2.0610600e-9, 4.5397869e-5, 0.9999546)),
    ],
)
def test_shares_of_the_lecture(nets, shares):
    for own, share in enumerate(shares):
        others = [one for place, one in enumerate(nets) if place != own]
        assert float(softmax(S(nets[own]), *map(S, others)).evalf()) == pytest.approx(share, rel=1e-6)


def test_the_order_of_the_others_does_not_matter():
    assert softmax(A, B, C) == softmax(A, C, B) != softmax(B, A, C)


def test_a_tie_of_maxout_goes_to_the_first_map():
    largest = unit(ACTIVATIONS["maxout"], (A, B))
    assert [diff(largest, one) for one in (A, B)] == [Heaviside(A - B, 1), Heaviside(B - A, 0)]


# ---- a user's own


@pytest.mark.parametrize(
    ("text", "maps", "learned", "written"),
    [
        ("z*sigmoid(z)", 1, (), "a*sigmoid(a)"), ("leaky_relu(z, 0.1)", 1, (), "leaky_relu(a, 1/10)"), ("leaky_relu(slope=0.1)", 1, (), "leaky_relu(a, 1/10)"),
        ("elu(alpha=2)", 1, (), "elu(a, 2)"), ("max(alpha*z, z)", 1, ("alpha",), "maximum(a*c, a)"), ("maxout(maps=3)", 3, (), "maximum(a, b, c)"),
        ("z1*sigmoid(z2)", 2, (), "a*sigmoid(b)"), ("tanh(z)/2", 1, (), "tanh(a)/2"),
    ],
)  # fmt: skip
def test_an_activation_by_expression(text, maps, learned, written):
    record = activation_from(text)
    assert (record.maps, tuple(one.name for one in record.learned)) == (maps, learned)
    applied = unit(record, (A, B, C)[:maps], (C,) if learned else ())
    assert str(applied.expression) == written  # type: ignore[union-attr]


def test_the_range_of_an_expression_is_known_where_a_known_function_comes_last():
    assert activation_from("sigmoid(2*z)").range == (0, 1)
    assert activation_from("2*sigmoid(z)").range == (-oo, oo)
    assert Network(2, 2, 1, output="sigmoid(2*z)").loss_record.name == "cross_entropy"
    with pytest.raises(DeriveError, match="needs predictions between 0 and 1"):
        Network(2, 2, 1, output="2*sigmoid(z)")


def test_a_record_of_ones_own_needs_only_a_definition():
    mine = Activation("mine", lambda z: z / (1 + exp(-z)))
    assert prove_gradient(Network(2, 2, 1, activation=mine, output="identity", loss="squared_error").derivation("w1")).status == "proved"
    application = mine.function(A)
    assert activation_of(application) is mine
    assert proved(defined(application.fdiff()), diff(A / (1 + exp(-A)), A))


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("sigmoyd", "did you mean 'sigmoid'"),
        ("z*sigmoi(z)", "no function 'sigmoi'.*an activation is a name such as 'relu', or an expression in z"),
        ("x*z", "no name 'x'; there are z, z1 … z8, alpha and beta"),
        ("2*alpha", "is no activation: it reads z"),
        ("z + z1", "is no activation: it reads z"),
        ("z1 + z3", "z1, z2, … in turn"),
        ("leaky_relu(slop=0.1)", "no choice 'slop'; the activation 'leaky_relu' leaves slope"),
        ("sigmoid(x=1)", "no choice 'x'; the activation 'sigmoid' leaves none"),
        ("maxout(maps=1)", "from 2 to 8 maps"),
        ("leaky_relu(slope=__import__)", "no name"),
        (3, "no activation '3'"),
        (Activation("tanh", lambda z: z), "belongs to a function of this house"),
        (Activation("exp", lambda z: z), "belongs to a function of this house"),
        (Activation("my act", lambda z: z), "is no name"),
    ],
)
def test_what_is_no_activation_is_refused(spec, message):
    with pytest.raises(DeriveError, match=message):
        activation_from(spec)


@pytest.mark.parametrize(("name", "z"), [("softplus", "-40"), ("softplus", "-500"), ("mish", "-30"), ("elu", "-1e-30"), ("selu", "-1e-25"), ("gelu", "-9")])
def test_an_activation_of_a_number_keeps_its_digits_where_they_cancel(name: str, z: str) -> None:
    number = ACTIVATIONS[name].function(Rational(z))
    with mpmath.workdps(400):
        exact = value(ACTIVATIONS[name].definition(Rational(z)), {})
        for digits in (2, 15, 40):
            assert abs(number.evalf(digits)._to_mpmath(1500) - exact) <= abs(exact) * mpmath.mpf(10) ** (1 - digits)
