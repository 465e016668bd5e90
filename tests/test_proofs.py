"""Proofs of gradients: ours hold, wrong ones are refuted, large ones end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from clock import at_most
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Expr, Ne, Rational, Symbol, diff

from derive import Definition, Derivation, Graph, Network, Total, parse_graph
from derive.activations import defined
from derive.claims.laurent import Laurent
from derive.claims.towers import TooLargeError, Tower
from derive.proofs import prove_gradient

LOSSES = [
    {"loss": "cross_entropy"},
    {"loss": "squared_error"},
    {"loss": "squared_error", "output": "identity"},
    {"loss": "squared_error", "output": "tanh"},
    {"loss": "squared_error", "output": "relu"},
]
DECAY = "net = w1*x + b\nout = sigmoid(net)\nLoss = 1/2*(t - out)**2 + 1/20*w1**2"


def with_result(derivation: Derivation, value: Expr) -> Derivation:
    return replace(derivation, steps=(*derivation.steps[:-1], replace(derivation.steps[-1], value=value)))


@pytest.mark.parametrize("loss", LOSSES, ids=str)
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "identity"])
def test_all_gradients_of_the_default_size_are_proved(activation, loss):
    net = Network(2, 2, 2, activation=activation, **loss)
    assert len(net.parameters) == 12
    assert {str(one): prove_gradient(net.derivation(one)).status for one in net.parameters} == {str(one): "proved" for one in net.parameters}


@pytest.mark.parametrize("sizes", [(1, 1), (2, 3, 1), (2, 3, 3, 1), (2, 2, 2, 2, 2), (16, 16, 16)], ids=str)
def test_other_sizes_are_proved(sizes):
    net = Network(*sizes)
    assert prove_gradient(net.derivation("w1")).status == prove_gradient(net.derivation("b1")).status == "proved"


@pytest.mark.parametrize("name", ["i1", "i2", "net_h1", "out_h2", "net_o1", "out_o2", "t_o1", "Loss"])
@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_inputs_and_inner_nodes_are_proved(name, activation):
    assert prove_gradient(Network(activation=activation).derivation(name)).status == "proved"


@pytest.mark.parametrize(
    ("text", "of", "wrt"),
    [
        pytest.param(DECAY, "Loss", "w1", id="a weight read twice"),
        pytest.param("total = apple*count\nprice = total*tax", "price", "apple", id="shop"),
        pytest.param("t = x + y\nz = t**2", "z", "x", id="square of a sum"),
        pytest.param("a = x*y\nb = sin(a)/x\nc = exp(b)*log(a)", "c", "x", id="elementary functions"),
        pytest.param("a = sqrt(x**2 + y**2)\nb = 1/(1 + a)", "b", "x", id="root"),
        pytest.param("m = max(x, y)\nz = m**2 + abs(x)", "z", "x", id="kinks"),
        pytest.param("e1 = exp(z1)\ne2 = exp(z2)\ns = e1 + e2\np = e1/s\nL = -log(p)", "L", "z1", id="softmax in pieces"),
        pytest.param("a = atan(x)\nb = cosh(a) + 2**x", "b", "x", id="other functions"),
    ],
)
def test_graphs_are_proved(text, of, wrt):
    verdict = prove_gradient(parse_graph(text).derivation(of, wrt))
    assert verdict.status == "proved", verdict


def test_what_has_kinks_is_judged_away_from_them():
    net_h1 = Symbol("net_h1")
    assert prove_gradient(Network(activation="relu").derivation("w1")).domain == Ne(net_h1, 0)
    assert prove_gradient(Network().derivation("w1")).domain == True  # noqa: E712 (SymPy's own truth)


WRONG = {
    "sign": lambda net: -net.gradient("w1"),
    "half": lambda net: net.gradient("w1") / 2,
    "a path is missing": lambda net: net.gradient("w1").subs("w6", 0),
    "a slope is missing": lambda net: net.gradient("w1").subs(Symbol("out_h1"), Rational(1, 2)) * 4,
    "of another weight": lambda net: net.gradient("w2"),
    "a tiny difference": lambda net: net.gradient("w1") + Rational(1, 10**12),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("activation", ["sigmoid", "relu"])
def test_wrong_gradients_are_refuted(wrong, activation):
    net = Network(activation=activation)
    verdict = prove_gradient(with_result(net.derivation("w1"), wrong(net)))
    assert verdict.status == "refuted"
    assert verdict.counterexample is not None
    assert set(verdict.counterexample) == {one.name for one in net.graph.givens}


def test_the_counterexample_can_be_followed():
    graph = parse_graph("y = a*x**2")
    verdict = prove_gradient(with_result(graph.derivation("y", "x"), Symbol("a") * Symbol("x")))
    point, values = verdict.counterexample, verdict.values
    assert point is not None
    assert values == (point["a"] * point["x"], 2 * point["a"] * point["x"])
    assert str(verdict) == "refuted at a = -1, x = -1: 1 is not 2"


def test_what_is_too_large_ends_at_once():
    derivation = Network(8, 8, 8, 8, 8, 8, 8).derivation("w1")
    with at_most(2):
        verdict = prove_gradient(derivation)
    assert verdict.status == "undecided"
    assert "paths" in verdict.method


def test_a_proof_that_takes_too_many_terms_is_given_up():
    with pytest.raises(TooLargeError, match="too many terms"):
        Tower(most_work=10).value((Symbol("a") + Symbol("b")) ** 9)


def test_the_tower_derives_as_sympy_does():
    """The derivative in free generators is the one of sympy.diff, for a whole substituted loss."""
    net = Network(2, 2, 2)
    loss = defined(net.graph.substituted("Loss"))
    for one in net.parameters:
        tower = Tower(one)
        assert tower.is_zero(tower.slope(tower.value(loss)) - tower.value(diff(loss, one)))


def test_a_first_order_fact_by_hand():
    x = Symbol("x")
    graph = Graph([x], [Definition(Symbol("y"), x**3)])
    assert graph.derivation("y", "x").claim == Total(Symbol("y"), x)
    assert prove_gradient(graph.derivation("y", "x")).status == "proved"


NUMBERS = st.integers(-3, 3)
MONOMIALS = st.dictionaries(st.integers(0, 3), NUMBERS.filter(bool), max_size=3).map(lambda powers: tuple(sorted(powers.items())))
POLYNOMIALS = st.dictionaries(MONOMIALS, NUMBERS.filter(bool), max_size=4).map(Laurent)


@settings(max_examples=60)
@given(POLYNOMIALS, POLYNOMIALS, POLYNOMIALS)
def test_laurent_polynomials_are_a_ring(a, b, c):
    assert a * (b + c) == a * b + a * c
    assert (a * b) * c == a * (b * c)
    assert not a - a
    assert a + b == b + a
    slopes_a, slopes_b, slopes = dict(a.partials()), dict(b.partials()), dict((a * b).partials())
    nothing = Laurent({})
    for number in range(4):
        assert slopes.get(number, nothing) == slopes_a.get(number, nothing) * b + a * slopes_b.get(number, nothing)
