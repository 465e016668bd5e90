"""Values: the numbers of steps, exact where they can be, and error bounds that hold."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from sympy import Float, Heaviside, Integer, Max, Min, Piecewise, Rational, Symbol, cos, exp, gamma, log, sin, sqrt

from derive import Definition, Derivation, DeriveError, Graph, Local, Network, Step, Total, parse_graph
from derive.activations import Activation
from derive.errors import UndefinedError, UnknownNameError
from numeric import evaluate
from numeric.checks.operations import FLOATS, high_precision
from numeric.checks.tape import Tape
from numeric.functions import FUNCTIONS, logsumexp, softmax, xlogy

SAMPLE = {"i1": "0.5", "i2": 1, "t_o1": 1, "t_o2": 0} | {f"w{n}": f"0.{n}" for n in range(1, 9)} | {f"b{n}": f"0.{n}" for n in range(1, 5)}
x, y, z = sympy.symbols("x y z")


def step_of(expression, *givens):
    """A derivation of one hand-made step, to evaluate one expression."""
    graph = Graph(givens or (x,), [])
    claim = Total(graph.givens[0], graph.givens[0])
    return Derivation(graph, claim, (Step(claim, "hand-made", ((expression,),), expression),))


def value_of(expression, **at):
    derivation = step_of(expression, *at)
    return evaluate(derivation, at)[derivation.claim]


# ---- functions that users bring


@pytest.mark.parametrize("name", ["power", "choice", "product", "sigmoid", "log", "Add", "same"])
def test_a_users_function_is_itself_whatever_its_name(name):
    own = Activation(name, lambda z: z**2 + 1, lambda z, y: ((Integer(2), z),))
    assert value_of(own.function(x), x=3).value == 10


# ---- the worked numbers


def test_the_sample_page():
    numbers = evaluate(Network(2, 2, 2).derivation("w1"), SAMPLE)
    nodes = {symbol.name: number for symbol, number in numbers.nodes.items()}
    printed = {"net_h1": 0.45, "out_h1": 0.6106, "net_o1": 1.0731, "out_o1": 0.7452, "net_o2": 1.3009, "out_o2": 0.7860, "Loss": 1.8359}
    assert {name: round(float(nodes[name]), 4) for name in printed} == printed
    rounded = {str(claim): round(float(one.value), 4) for claim, one in numbers.items()}
    factors = {"∂Loss/∂out_o1": -1.3420, "∂out_o1/∂net_o1": 0.1899, "dLoss/dnet_o1": -0.2548, "dLoss/dnet_o2": 0.7860, "dLoss/dout_h1": 0.3442}
    factors |= {"∂net_o1/∂out_h1": 0.5, "∂net_o2/∂out_h1": 0.6, "∂out_h1/∂net_h1": 0.2378, "∂net_h1/∂w1": 0.5, "dLoss/dw1": 0.0409}
    assert {claim: rounded[claim] for claim in factors} == factors
    assert float(numbers[Total(Symbol("Loss"), Symbol("w1"))].value) == pytest.approx(0.040916368491, abs=5e-13)


def test_factors_and_terms_follow_the_step():
    derivation = Network(2, 2, 2).derivation("w1")
    numbers = evaluate(derivation, SAMPLE)
    for step in derivation.steps:
        one = numbers[step.claim]
        assert [len(term) for term in one.factors] == [len(term) for term in step.terms]
        assert [float(np.prod([float(f) for f in factors])) for factors in one.factors] == pytest.approx([float(term) for term in one.terms])
        assert float(one.total) == pytest.approx(float(sum(one.terms)), rel=1e-15)
        assert abs(float(one.total) - float(one.value)) <= one.total_error + one.value_error
        for term, factors in zip(step.terms, one.factors, strict=True):
            for factor, number in zip(term, factors, strict=True):
                if isinstance(factor, Local | Total):
                    assert number == numbers[factor].value


EXAMPLES = json.loads((Path(__file__).parent / "worked_examples.json").read_text("utf-8"))["examples"]
GRAPHS = [example for example in EXAMPLES if "graph" in example]


@pytest.mark.parametrize("example", GRAPHS, ids=lambda example: example["id"])
def test_published_numbers(example):
    graph = parse_graph(example["graph"])
    for name, published in example["gradient"].items():
        derivation = graph.derivation(example["of"], name)
        numbers = evaluate(derivation, example["at"])
        assert float(numbers[derivation.claim].value) == pytest.approx(published, rel=1e-11, abs=1e-11)
        assert float(numbers.nodes[Symbol(example["of"])]) == pytest.approx(example["value"], rel=1e-11)


@pytest.mark.parametrize("example", [example for example in EXAMPLES if "softmax" in example], ids=lambda example: example["id"])
def test_published_softmax(example):
    assert softmax(*map(float, example["softmax"])) == pytest.approx(example["value"], rel=1e-6)


# ---- exactness


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        ("1.1", Fraction(11, 10)),
        ("11/10", Fraction(11, 10)),
        (Fraction(11, 10), Fraction(11, 10)),
        (Rational(11, 10), Fraction(11, 10)),
        ("1.1e0", Fraction(11, 10)),
    ],
)
def test_text_and_fractions_stay_exact(value, exact):
    derivation = parse_graph("fruit = apple * count\nprice = fruit * tax").derivation("price", "apple")
    numbers = evaluate(derivation, {"apple": 100, "count": np.int64(2), "tax": value})
    assert numbers.nodes[Symbol("price")] == 200 * exact
    assert numbers[derivation.claim].value == 2 * exact
    assert (numbers[derivation.claim].total_error, numbers[derivation.claim].value_error) == (0, 0)


@pytest.mark.parametrize("value", [0.1, np.float64(0.1), np.float32(0.5), Float(0.25), np.array(0.1)])
def test_a_float_is_the_float_that_it_is(value):
    number = value_of(x * 1, x=value).value
    assert type(number) is float
    assert number == float(value)


def test_rational_operations_are_exact_and_others_are_floats():
    assert value_of((x - 1) ** 3 / (x + 2) + Max(x, 0) * Min(x, 0) + Heaviside(x, 0), x="-1/2").value == Fraction(-27, 8) / Fraction(3, 2) - 0
    assert value_of(Piecewise((x**2, x > 1), (2 * x, True)), x="3/4").value == Fraction(3, 2)
    assert type(value_of(exp(x), x="1/2").value) is float


def test_an_endless_fraction_becomes_a_float():
    number = value_of(((x**40) ** 40) ** 40, x="1.0001")
    assert type(number.value) is float
    assert number.value == pytest.approx(1.0001**64000)


def test_a_cited_delta_has_the_number_of_its_total():
    network = Network(2, 2, 2, 1)
    derivation = network.derivation("w1")
    at = {one.name: Fraction(place + 1, 7) for place, one in enumerate(network.graph.givens)} | {"t1": 1}
    numbers = evaluate(derivation, at)
    numbered = {s: float(v) for s, v in numbers.nodes.items()}
    cited = {name: numbers[total].value for total, name in network.graph.cited.items() if name in derivation.result.free_symbols}
    assert cited
    assert float(numbers[derivation.claim].value) == pytest.approx(float(derivation.result.subs(numbered | cited)), rel=1e-14)
    assert float(numbers[derivation.claim].value) == pytest.approx(float(derivation.expanded.subs(numbered)), rel=1e-12)


# ---- where floats are not enough


@pytest.mark.parametrize(
    ("expression", "at", "right"),
    [
        ((1 - cos(x)) / x**2, {"x": 1e-8}, "0.5"),
        ((exp(x) - 1 - x) / x**2, {"x": 1e-9}, "0.5000000001666666"),
        (log(1 - 1 / (1 + exp(-x))), {"x": 60}, "-60"),
        (sqrt(x**2 + 1) - x, {"x": 1e12}, "5e-13"),
        (sin(x) * gamma(x), {"x": 5}, "-23.014182591915322"),
    ],
)
def test_lost_digits_are_taken_back(expression, at, right):
    number = value_of(expression, **at)
    assert number.value == pytest.approx(float(right), rel=1e-14)
    assert number.value_error <= 1e-9 * abs(number.value)


def test_a_saturated_network_keeps_its_digits():
    numbers = evaluate(Network(2, 2, 2).derivation("w5"), SAMPLE | {"b3": 60})
    delta = numbers[Total(Symbol("Loss"), Symbol("net_o1"))].value
    assert delta == pytest.approx(-float(1 / (1 + mpmath.exp(60 + 0.5 * numbers.nodes[Symbol("out_h1")] + 0.7 * numbers.nodes[Symbol("out_h2")]))), rel=1e-12)


@pytest.mark.parametrize(
    ("expression", "at", "said"),
    [
        (log(x), 0, "log"),
        (1 / x, 0, "1/x"),
        (sqrt(x), -1, "sqrt"),
        (x ** Rational(1, 3), -8, "x"),
        (exp(1000 * x), 1, "too large"),
        (log(x - 2), "3/2", "x - 2 = -0.5"),
    ],
)
def test_what_has_no_number_says_so(expression, at, said):
    with pytest.raises(UndefinedError, match="no number for") as raised:
        value_of(expression, x=at)
    assert said in str(raised.value)


def test_an_unused_branch_may_be_undefined():
    assert value_of(Piecewise((1 / x, x > 0), (x - 1, True)), x=0).value == -1
    assert value_of(x * log(y), x=0, y=0).value == 0


def test_unknown_functions_are_left_to_sympy():
    assert value_of(gamma(x) + sympy.besselj(0, x), x="5/2").value == pytest.approx(float(mpmath.gamma(2.5) + mpmath.besselj(0, 2.5)), rel=1e-15)


# ---- refused points


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (float("nan"), "not finite"),
        (float("inf"), "not finite"),
        (np.float64("-inf"), "not finite"),
        ("nan", "not a number"),
        ("inf", "not a number"),
        ("one", "not a number"),
        ("1/0", "not a number"),
        ("", "not a number"),
        ("1e999999999", "too large"),
        ("9" * 100, "too long"),
        (10**400, "larger than any float"),
        (True, "truth value"),
        (np.True_, "truth value"),
        (1j, "not a number"),
        (np.complex128(1j), "not a number"),
        (None, "not a number"),
        ([0.1], "not a number"),
        (np.array([0.1, 0.2]), "shape (2,)"),
        (sympy.pi, "not a number"),
        pytest.param(object(), "not a number", id="an object"),
    ],
    ids=repr,
)
def test_a_value_that_is_no_number_is_refused_by_name(value, said):
    with pytest.raises(DeriveError) as raised:
        evaluate(Network(2, 2, 2).derivation("w1"), SAMPLE | {"w7": value})
    assert "w7" in str(raised.value)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ({}, "there is no value for i1, i2"),
        ({key: value for key, value in SAMPLE.items() if key != "w4"}, "there is no value for w4"),
        (SAMPLE | {"w9": 1}, "did you mean 'w8'"),
        (SAMPLE | {"net_h1": 1}, "'net_h1' is computed"),
        ("w1=0.1", "no table of values"),
    ],
)
def test_a_point_must_fit(at, said):
    with pytest.raises(DeriveError) as raised:
        evaluate(Network(2, 2, 2).derivation("w1"), at)
    assert said in str(raised.value)


def test_a_step_must_cite_what_is_there():
    graph = Graph(["x"], [Definition(y, x**2)])
    claim = Total(y, x)
    with pytest.raises(DeriveError, match="cites ∂y/∂x, which no earlier step states"):
        evaluate(Derivation(graph, claim, (Step(claim, "chain", ((Local(y, x),),), 2 * x),)), {"x": 1})
    with pytest.raises(UnknownNameError, match="no number for 'z'"):
        evaluate(Derivation(graph, claim, (Step(claim, "chain", ((z,),), 2 * x),)), {"x": 1})


def test_numbers_name_the_claims_that_there_are():
    numbers = evaluate(Network(2, 2, 2).derivation("w1"), SAMPLE)
    with pytest.raises(UnknownNameError, match="did you mean 'dLoss/dw1'"):
        numbers[Total(Symbol("Loss"), Symbol("w2"))]
    assert Total(Symbol("Loss"), Symbol("w2")) not in numbers


# ---- the bounds hold


WHERE = {"log": (1e-3, 50), "sqrt": (0, 50), "asin": (-0.999, 0.999), "acos": (-0.999, 0.999), "atanh": (-0.999, 0.999), "acosh": (1.001, 50)}


@pytest.mark.parametrize("name", FUNCTIONS)
@given(data=st.data())
def test_a_primitive_stays_within_its_bound(name, data):
    low, high = WHERE.get(name, (-50, 50))
    point, error = data.draw(st.floats(low, high)), data.draw(st.sampled_from([0.0, 1e-12]))
    row, fine = FUNCTIONS[name], high_precision(60)
    near = row.value(point, FLOATS.functions)
    exactly = row.value(fine.number(point), fine.functions)
    assert abs(near - exactly) <= row.rounding * FLOATS.unit * abs(exactly) + 1e-320
    if error and low + error < point < high - error and abs(point) > 1e-3:
        slope = abs(row.slope(point, near, FLOATS.functions))
        moved = abs(row.value(fine.number(point) + error, fine.functions) - exactly)
        assert moved <= 1.01 * slope * error + 1e-18 * abs(near) + 1e-23


@given(st.lists(st.floats(-800, 800), min_size=1, max_size=5))
def test_logsumexp_and_softmax_do_not_overflow(scores):
    fine = high_precision(60)
    assert logsumexp(*scores) == pytest.approx(float(logsumexp(*map(fine.number, scores), m=fine.functions)), rel=1e-14, abs=1e-14)
    assert softmax(*scores) == pytest.approx([float(one) for one in softmax(*map(fine.number, scores), m=fine.functions)], rel=1e-13)


def test_xlogy_at_its_edge():
    assert xlogy(0.0, 0.0) == 0
    with pytest.raises(ValueError, match="math domain error"):
        xlogy(0.0, -1.0)


@given(st.lists(st.floats(-6, 6), min_size=14, max_size=14), st.booleans())
def test_the_running_error_covers_the_true_one(values, first):
    derivation = Network(2, 2, 2, activation="tanh").derivation("w1" if first else "b4")
    tape = Tape(derivation)
    point = dict(zip(derivation.graph.givens, [*values, 1.0, 0.0], strict=True))
    coarse, fine = tape.run(FLOATS, point), tape.run(high_precision(80), point)
    for (near, bound), (true, _) in zip(coarse, fine, strict=True):
        assert not abs(near - true) > bound


def _forward(m, at):
    """The 2-2-2 network written by hand, independent of graph and tape."""
    v = {name: m.mpf(value) for name, value in at.items()}
    s = lambda a: 1 / (1 + m.exp(-a))  # noqa: E731
    h1, h2 = s(v["w1"] * v["i1"] + v["w3"] * v["i2"] + v["b1"]), s(v["w2"] * v["i1"] + v["w4"] * v["i2"] + v["b2"])
    o1, o2 = s(v["w5"] * h1 + v["w7"] * h2 + v["b3"]), s(v["w6"] * h1 + v["w8"] * h2 + v["b4"])
    return -sum(t * m.log(o) + (1 - t) * m.log(1 - o) for t, o in ((v["t_o1"], o1), (v["t_o2"], o2)))


@given(st.lists(st.floats(-30, 30), min_size=14, max_size=14), st.sampled_from(["w1", "w4", "w6", "b2", "b3", "i2"]))
def test_values_agree_with_a_hand_written_pass(values, name):
    derivation = Network(2, 2, 2).derivation(name)
    at = dict(zip((one.name for one in derivation.graph.givens), [*values, 0.25, 1.0], strict=True))
    m = mpmath.MPContext()
    m.dps = 120
    slope = m.diff(lambda moved: _forward(m, at | {name: moved}), m.mpf(at[name]))
    number = evaluate(derivation, at)[derivation.claim]
    assert abs(number.value - slope) <= number.value_error + 1e-30
    assert number.value_error <= 1e-9 * abs(number.value) + 1e-290
