"""Judging equalities and gradients: what is true is proved, what is false refuted, and the domain is the right one."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from clock import at_most
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sympy import (
    Abs,
    And,
    Derivative,
    Expr,
    Heaviside,
    Integer,
    Max,
    Ne,
    Piecewise,
    Rational,
    S,
    Symbol,
    exp,
    expand_log,
    false,
    log,
    powdenest,
    sign,
    sqrt,
    symbols,
    tanh,
    true,
)

from derive import DeriveError, Network, judge, judge_gradient, parse_graph
from derive.activations import ACTIVATIONS
from derive.claims.sampling import differ, number
from derive.claims.text import split_claim
from derive.deadlines import TooLongError, within
from derive.errors import ParseError, UnknownNameError
from derive.graph import Definition, Graph
from derive.proofs import prove_gradient

a, b, c, n, x, y = symbols("a b c n x y")

PROVED = [
    # logarithms, with the conditions that are needed
    ("log(1, a)", "0", "", (a > 0) & Ne(a, 1)),
    ("log(a, a)", "1", "", (a > 0) & Ne(a, 1)),
    ("log(x*y, a)", "log(x, a) + log(y, a)", "", (a > 0) & Ne(a, 1) & (x > 0) & (y > 0)),
    ("log(x/y, a)", "log(x, a) - log(y, a)", "", (a > 0) & Ne(a, 1) & (x > 0) & (y > 0)),
    ("log(x**n, a)", "n*log(x, a)", "x > 0", (a > 0) & Ne(a, 1) & (x > 0)),
    ("log(x, a)", "log(x, b)/log(a, b)", "", (a > 0) & Ne(a, 1) & (b > 0) & Ne(b, 1) & (x > 0)),
    ("log(b, a)", "1/log(a, b)", "", (a > 0) & Ne(a, 1) & (b > 0) & Ne(b, 1)),
    ("a**log(x, a)", "x", "", (a > 0) & Ne(a, 1) & (x > 0)),
    ("log(a*b)", "log(a) + log(b)", "a > 0, b > 0", (a > 0) & (b > 0)),
    ("log(a*b)", "log(a) + log(b)", "", (a > 0) & (b > 0)),
    ("log(x**2)", "2*log(abs(x))", "", Ne(x, 0)),
    ("log(x**2)", "2*log(x)", "", x > 0),
    ("ln(8)", "3*ln(2)", "", true),
    ("log2(x)", "ln(x)/ln(2)", "", x > 0),
    ("lg(1000)", "3", "", true),
    ("log(x**2 - 1)", "log(x - 1) + log(x + 1)", "", x > 1),
    ("exp(log(x))", "x", "", x > 0),
    # powers and roots
    ("sqrt(x**2)", "abs(x)", "", true),
    ("sqrt(x)**2", "x", "", x >= 0),
    ("sqrt(a*b)", "sqrt(a)*sqrt(b)", "", (a >= 0) & (b >= 0)),
    ("x**(a + b)", "x**a*x**b", "", x > 0),
    ("x/x", "1", "", Ne(x, 0)),
    ("(x**2 - 1)/(x - 1)", "x + 1", "", Ne(x, 1)),
    ("0.1 + 0.2", "0.3", "", true),
    # activations
    ("diff(sigmoid(x), x)", "sigmoid(x)*(1 - sigmoid(x))", "", true),
    ("sigmoid(-x)", "1 - sigmoid(x)", "", true),
    ("diff(sigmoid(x), x)", "1/4 - (sigmoid(x) - 1/2)**2", "", true),
    ("tanh(x)", "(exp(x) - exp(-x))/(exp(x) + exp(-x))", "", true),
    ("tanh(x)", "2/(1 + exp(-2*x)) - 1", "", true),
    ("tanh(x)", "2*sigmoid(2*x) - 1", "", true),
    ("diff(tanh(x), x)", "1 - tanh(x)**2", "", true),
    ("diff(relu(x), x)", "step(x)", "", Ne(x, 0)),
    ("relu(x)", "x*step(x)", "", true),
    ("relu(x)", "(x + abs(x))/2", "", true),
    ("-log(sigmoid(x))", "log(1 + exp(-x))", "", true),
    ("exp(a + c)/(exp(a + c) + exp(b + c))", "exp(a)/(exp(a) + exp(b))", "", true),
    ("diff(exp(a)/(exp(a) + exp(b)), a)", "exp(a)*exp(b)/(exp(a) + exp(b))**2", "", true),
    # neurons and gates
    ("w*x - theta", "w*x + b", "b = -theta", true),
    ("step(w1*x1 + w2*x2 - theta)", "step(w1*x1 + w2*x2 + b)", "b = -theta", true),
    ("step(0.5*1 + 0.5*1 - 0.7)", "1", "", true),
    # what has kinks
    ("max(a, b)", "(a + b + abs(a - b))/2", "", true),
    ("max(a, b)", "a", "a > b", a > b),
    ("abs(x*y)", "abs(x)*abs(y)", "", true),
    ("max(-1, min(1, x))", "(abs(x + 1) - abs(x - 1))/2", "", true),
    ("log(abs(y**3))", "log(y**3)", "", y > 0),
    ("abs(x)", "x", "x >= 0", x >= 0),
    ("diff(abs(x), x)", "sign(x)", "", Ne(x, 0)),
    # calculus
    ("diff(x**n, x)", "n*x**(n - 1)", "", x > 0),
    ("diff(x**3, x, 2)", "6*x", "", true),
    ("limit((1 + 1/n)**n, n, oo)", "exp(1)", "", true),
    ("limit((sin(x + n) - sin(x))/n, n, 0)", "cos(x)", "", true),
    ("limit((log(x + n) - log(x))/n, n, 0)", "1/x", "", x > 0),
    ("limit((sqrt(x + n) - sqrt(x))/n, n, 0)", "1/(2*sqrt(x))", "", x > 0),
    ("limit((1/(x + n) - 1/x)/n, n, 0)", "-1/x**2", "", Ne(x, 0)),
    ("sin(2*x)", "2*sin(x)*cos(x)", "", true),
    ("cosh(x)**2 - sinh(x)**2", "1", "", true),
    ("atan(x) + atan(1/x)", "pi/2", "x > 0", x > 0),
    ("atanh(x)", "log((1 + x)/(1 - x))/2", "", (x > -1) & (x < 1)),
]


@pytest.mark.parametrize(("left", "right", "assuming", "domain"), PROVED, ids=[f"{row[0]} = {row[1]} [{row[2]}]" for row in PROVED])
def test_what_is_true_is_proved(left, right, assuming, domain):
    with at_most(3):
        verdict = judge(left, right, assuming)
    assert verdict.status == "proved", verdict
    assert set(And.make_args(verdict.domain)) == set(And.make_args(domain))
    assert verdict.counterexample is None
    assert verdict.method


REFUTED = [
    ("sqrt(x**2)", "x", "", {"x": -1}, x >= 0),
    ("log(a + b)", "log(a) + log(b)", "", {"a": 1, "b": 1}, false),
    ("max(a, b)", "a", "", {"a": -1, "b": 2}, a >= b),
    ("step(x)", "(1 + sign(x))/2", "", {"x": 0}, Ne(x, 0)),
    ("1/(1 - x)", "1/x", "", {"x": -1}, false),
    ("x**2", "x", "0 < x < 1", {"x": Rational(1, 2)}, false),
    ("sin(x)", "x", "", {"x": -1}, false),
    ("1", "2", "", {}, false),
    ("diff(sigmoid(x), x)", "sigmoid(x)*(1 + sigmoid(x))", "", {"x": -1}, false),
    ("abs(x + y)", "abs(x) + abs(y)", "", {"x": -1, "y": 2}, None),
    ("step(0.5*1 + 0.5*0 - 0.7)", "1", "", {}, false),
]


@pytest.mark.parametrize(("left", "right", "assuming", "point", "part"), REFUTED, ids=[f"{row[0]} = {row[1]}" for row in REFUTED])
def test_what_is_false_is_refuted(left, right, assuming, point, part):
    verdict = judge(left, right, assuming)
    assert verdict.status == "refuted"
    assert verdict.counterexample == point
    assert verdict.values is not None
    assert differ(*verdict.values)
    if part is not None:
        assert verdict.part == part


@pytest.mark.parametrize(
    ("left", "right", "why"),
    [
        ("log(x)", "log(-x)", "no point"),
        ("limit(abs(x)/x, x, 0)", "1", "does not exist"),
        ("limit(1/x**2, x, 0)", "1", "no real number"),
    ],
)
def test_what_cannot_be_judged_says_why(left, right, why):
    verdict = judge(left, right)
    assert verdict.status == "undecided"
    assert why in verdict.method


def test_a_part_never_holds_more_than_was_proved():
    verdict = judge(sign(sqrt(1 - x) / y), 1)
    assert verdict.status == "refuted"
    assert not _inside(verdict.part, {x: Integer(1), y: Integer(1)})


@pytest.mark.parametrize("name", [name for name, record in ACTIVATIONS.items() if getattr(record, "maps", 1) == 1 and not getattr(record, "whole", None)])
def test_the_slope_of_every_activation_is_proved(name):
    record, z = ACTIVATIONS[name], Symbol("z")
    verdict = judge(Derivative(record.definition(z), z), record.function(z).diff(z))
    assert verdict.status == "proved", verdict
    assert {kink for kink in (-3, -1, 0, 1, 3) if not _inside(verdict.domain, {z: Integer(kink)})} <= {*record.kinks, 0}


def test_a_verdict_reads_as_a_sentence():
    assert str(judge("sqrt(x**2)", "x")) == "refuted at x = -1: 1 is not -1; it holds where x ≥ 0"
    assert str(judge("x/x", "1")) == "proved: both sides are the same expression, where x ≠ 0"
    assert str(judge("1", "2")) == "refuted: 1 is not 2"


def test_expressions_of_sympy_are_judged_too():
    positive = Symbol("p", positive=True)
    assert judge(log(a * b), log(a) + log(b), [a > 0, b > 0]).status == "proved"
    assert judge(sqrt(positive**2), positive).domain == (Symbol("p") > 0)
    assert judge("a", 0.5, "a = 1/2").status == "proved"


@pytest.mark.parametrize(
    "assuming",
    ["a > 0, b > 0", "a > 0 and b > 0", ["a > 0", "b > 0"], "0 < a, 0 < b", [a > 0, b > 0], "a ≥ 1, b > 0"],
    ids=str,
)
def test_assumptions_are_read_in_several_forms(assuming):
    assert judge("log(a*b)", "log(a) + log(b)", assuming).status == "proved"


@pytest.mark.parametrize(
    ("left", "right", "assuming", "message"),
    [
        ("__import__('os')", "1", "", "is no name"),
        ("eval(1)", "1", "", "no function 'eval'"),
        ("x.real", "1", "", "a point stands only inside a number"),
        ("diff(x, 3)", "1", "", "which is no name"),
        ("diff(x**2, x, 99)", "1", "", "differentiates 99 times"),
        ("limit(x, 3, 0)", "1", "", "is no name"),
        ("x", None, "", "right is an expression"),
        ("x", "1", "x", "is no condition"),
        ("x", "1", "x > ", "is no condition"),
        ("x", "1", "x**2 = 1", "says of no name"),
        ("x", "1", 3, "assuming is text"),
        (Symbol("z", imaginary=True), "1", "", "not real"),
        ("log(-1)", "1", "", "no real"),
    ],
)
def test_what_is_no_claim_is_refused(left, right, assuming, message):
    with pytest.raises(DeriveError, match=message):
        judge(left, right, assuming)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a = b", ("a ", " b", "")),
        ("log(a*b) = log(a) + log(b) for a > 0, b > 0", ("log(a*b) ", " log(a) + log(b) ", " a > 0, b > 0")),
        ("a == b where a > b", ("a ", " b ", " a > b")),
    ],
)
def test_a_claim_in_one_line_is_split(text, parts):
    assert split_claim(text) == parts


@pytest.mark.parametrize("text", ["a", "a = b = c", "", "a + b for a > 0"])
def test_what_is_no_equation_is_refused(text):
    with pytest.raises(DeriveError, match="no claim"):
        split_claim(text)


# ---- time


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("diff(" + "*".join(f"sin({one}*x)" for one in range(1, 60)) + ", x, 8)", "0"),
        ("limit(" + "*".join(f"tanh({one}/x)" for one in range(1, 20)) + ", x, 0)", "0"),
        ("*".join(f"(x{one} + 1/x{one})" for one in range(40)), "1"),
        ("log((a + b + c + d)**99 + 1)", "0"),
        ("exp(exp(exp(exp(x))))", "x"),
    ],
    ids=["derivative", "limit", "product", "power", "tower"],
)
def test_every_claim_ends(left, right):
    with at_most(10):
        judge(left, right)


def _catch_everything(first: Callable[[], object] = object) -> None:
    first()
    while True:
        with contextlib.suppress(Exception):
            abs(1)


def test_a_deadline_ends_what_does_not_end_by_itself():
    with pytest.raises(TooLongError, match=r"longer than 0\.05 s"), within(0.05):
        _catch_everything()


class _Swallows:
    """Python ignores what a destructor raises."""

    def __del__(self) -> None:
        until = time.process_time() + 0.2
        while time.process_time() < until:
            pass


def test_a_deadline_that_was_swallowed_comes_again(monkeypatch):
    swallowed = []
    monkeypatch.setattr(sys, "unraisablehook", swallowed.append)
    with pytest.raises(TooLongError), within(0.05):
        _catch_everything(_Swallows)
    assert len(swallowed) == 1
    with pytest.raises(TooLongError, match=r"0\.05 s"), within(10), within(0.05):
        _catch_everything()


def test_what_ends_in_time_is_left_alone():
    threads = threading.active_count()
    for _ in range(200):
        with within(10):
            pass
    assert threading.active_count() == threads


def test_a_claim_is_judged_in_any_thread():
    found = []
    thread = threading.Thread(target=lambda: found.append(judge("sigmoid(-x)", "1 - sigmoid(x)").status))
    thread.start()
    thread.join()
    assert found == ["proved"]


# ---- gradients


@pytest.mark.parametrize("options", [{}, {"loss": "squared_error"}, {"activation": "tanh", "numbering": "by-target"}], ids=str)
def test_our_own_gradients_are_right_as_text(options):
    net = Network(2, 2, 2, **options)
    for one in net.parameters:
        with at_most(3):
            verdict = judge_gradient(net, one, str(net.gradient(one)))
        assert verdict.status == "proved", verdict
        assert verdict.slip is None


CROSS = "i1*out_h1*(1 - out_h1)*((out_o1 - t_o1)*w5 + (out_o2 - t_o2)*w6)"
W1, SECOND = "w1 → net_h1 → out_h1 → net_o1 → out_o1 → Loss", "w1 → net_h1 → out_h1 → net_o2 → out_o2 → Loss"

SLIPS = [
    ({}, "w1", f"-{CROSS}", "sign", ()),
    ({}, "w1", "i1*out_h1*(1 - out_h1)*((out_o1 - t_o1)*w5 - (out_o2 - t_o2)*w6)", "sign", (SECOND,)),
    ({}, "w1", "i1*out_h1*(1 - out_h1)*(out_o1 - t_o1)*w5", "missing path", (SECOND,)),
    ({}, "w1", "i1*out_h1*(1 - out_h1)*(out_o2 - t_o2)*w6", "missing path", (W1,)),
    ({}, "w1", "i1*((out_o1 - t_o1)*w5 + (out_o2 - t_o2)*w6)", "missing slope", ("∂out_h1/∂net_h1",)),
    ({}, "w1", "out_h1*(1 - out_h1)*((out_o1 - t_o1)*w5 + (out_o2 - t_o2)*w6)", "missing factor", ("∂net_h1/∂w1",)),
    ({}, "w1", "i1*out_h1*(1 - out_h1)*((out_o1 - t_o1)*w5 + (out_o2 - t_o2)*w7)", "transposed", ("w6",)),
    ({}, "w2", "i2*out_h1*(1 - out_h1)*((out_o1 - t_o1)*w5 + (out_o2 - t_o2)*w6)", "transposed", ("w2", "w3")),
    ({}, "w2", CROSS, "other parameter", ("w1",)),
    ({"loss": "squared_error"}, "w5", "2*(out_o1 - t_o1)*out_o1*(1 - out_o1)*out_h1", "factor", ("2",)),
    ({"loss": "squared_error"}, "w5", "(t_o1 - out_o1)*out_o1*(1 - out_o1)*out_h1", "sign", ()),
    ({"loss": "squared_error"}, "w5", "(out_o1 - t_o1)*out_h1", "missing slope", ("∂out_o1/∂net_o1",)),
    ({"loss": "squared_error"}, "b3", "(out_o1 - t_o1)*out_o1*(1 - out_o1)*out_h1", "other parameter", None),
    (
        {},
        "w1",
        "i1*out_h1*(1 - out_h1)*((out_o1 - t_o1)*(w5 - alpha*(out_o1 - t_o1)*out_h1) + (out_o2 - t_o2)*(w6 - alpha*(out_o2 - t_o2)*out_h1))",
        "updated too early",
        ("w5", "w6"),
    ),
    (
        {},
        "w1",
        "i1*out_h1*(1 - out_h1)*((out_o1 - t_o1)*(w5 - 0.5*(out_o1 - t_o1)*out_h1) + (out_o2 - t_o2)*(w6 - 0.5*(out_o2 - t_o2)*out_h1))",
        "updated too early",
        ("w5", "w6"),
    ),
]


@pytest.mark.parametrize(("options", "name", "claimed", "kind", "detail"), SLIPS, ids=[f"{row[1]} {row[3]}" for row in SLIPS])
def test_the_slip_behind_a_wrong_gradient_is_named(options, name, claimed, kind, detail):
    verdict = judge_gradient(Network(2, 2, 2, **options), name, claimed)
    assert verdict.status == "refuted"
    if detail is None:
        assert verdict.slip is None
        return
    assert verdict.slip is not None
    assert (verdict.slip.kind, verdict.slip.detail) == (kind, detail)
    assert str(verdict).endswith(str(verdict.slip))


PIECEWISE = {
    "mae": {"output": "identity", "loss": "mae"},
    "huber": {"output": "identity", "loss": "huber"},
    "hinge": {"output": "hard_tanh", "loss": "hinge"},
    **{one: {"activation": one} for one in ("abs(z)", "z*sign(z - 1/3)", "relu", "leaky_relu", "elu", "selu", "hard_sigmoid", "softsign", "maxout")},
    **{one: {"activation": one} for one in ("max(z, z**2)", "min(z, 1, z**3)", "z*step(z)")},
}


@pytest.mark.parametrize("options", PIECEWISE.values(), ids=PIECEWISE)
def test_a_wrong_gradient_is_refuted_where_the_graph_has_pieces(options):
    net = Network(2, 2, 2, **options)
    true = net.gradient("w1")
    for factor, kind in ((Integer(-1), "sign"), (Integer(2), "factor"), (Rational(2, 3), "factor")):
        verdict = judge_gradient(net, "w1", factor * true)
        assert (verdict.status, verdict.slip and verdict.slip.kind) == ("refuted", kind)
        assert verdict.counterexample
        assert verdict.values is not None
        assert differ(verdict.values[0], verdict.values[1])
        assert not differ(verdict.values[0], factor * verdict.values[1])


@pytest.mark.parametrize(
    "text",
    [
        "f = max(1, x, x**2)*exp(x)", "f = max(0, x, x**2)**2", "f = hard_sigmoid(x)*max(x, y, x*y)", "f = leaky_relu(x)*max(x, y, x*y)",
        "f = abs(x)*y + sign(y)*x", "u = min(x, y, 1)\nf = relu(u)*abs(u - 1/2)", "f = elu(x)*softsign(x)*step(x - y)",
    ],
)  # fmt: skip
def test_a_true_gradient_is_never_refuted_at_a_kink(text):
    graph = parse_graph(text)
    derivation = graph.derivation("f", "x")
    assert prove_gradient(derivation).status != "refuted"
    assert prove_gradient(derivation, derivation.expanded + 1).status == "refuted"


def test_cases_of_sympy_have_kinks_at_their_edges():
    cases = Piecewise((x**2, x > 1), (2 * x - 1, True))
    graph = Graph([x], [Definition(Symbol("f"), cases)])
    assert prove_gradient(graph.derivation("f", x), 2 * Max(x, 1) * Heaviside(x - 1, 0) + 2 * Heaviside(1 - x, 0)).status != "refuted"
    assert prove_gradient(graph.derivation("f", x), 2 * x).counterexample == {"x": -1}
    assert judge(Derivative(cases, x), Piecewise((2 * x, x > 1), (2, True))).domain == Ne(x, 1)


def test_a_gradient_that_no_usual_slip_explains_is_refuted_without_one():
    verdict = judge_gradient(Network(), "w1", "i1**3")
    assert verdict.status == "refuted"
    assert verdict.slip is None


def test_a_wrong_gradient_of_a_large_network_is_refuted_all_the_same():
    net = Network(*[6] * 6)
    with at_most(5):
        assert judge_gradient(net, "w1", "i1*a1_1").status == "refuted"
        assert judge_gradient(net, "w1", "i1*delta1_1").status == "undecided"


def test_a_gradient_may_spell_out_its_nodes_or_cite_deltas():
    spelt_out = "i1*sigmoid(w1*i1 + w3*i2 + b1)*(1 - sigmoid(net_h1))*((out_o1 - t_o1)*w5 + (out_o2 - t_o2)*w6)"
    assert judge_gradient(Network(), "w1", spelt_out).status == "proved"
    deep = Network(2, 3, 3, 1)
    assert judge_gradient(deep, "w1", "i1*a1_1*(1 - a1_1)*(delta2_1*w7 + delta2_2*w8 + delta2_3*w9)").status == "proved"
    assert judge_gradient(deep, "w1", "i1*delta1_1").status == "proved"
    wrong = judge_gradient(deep, "w1", "i1*a1_1*(1 - a1_1)*(delta2_1*w7 + delta2_2*w8)")
    assert wrong.slip is not None
    assert wrong.slip.kind == "missing path"


def test_a_gradient_is_read_from_sympy_too():
    net = Network()
    assert judge_gradient(net, "w1", net.gradient("w1")).status == "proved"
    relu = Network(activation="relu")
    assert judge_gradient(relu, "w1", relu.gradient("w1")).domain == Ne(Symbol("net_h1"), 0)
    with pytest.raises(UnknownNameError, match="no name 'w99'"):
        judge_gradient(net, "w1", Symbol("w99"))


GRAPH = "net = w_h*x + b\nh = sigmoid(net)\nL = (h - t)**2/2\nm = 3*h"


@pytest.mark.parametrize(
    ("of", "name", "claimed", "status"),
    [
        ("L", "w_h", "(h - t)*h*(1 - h)*x", "proved"),
        ("L", "w_h", "2*(h - t)*h*(1 - h)*x", "refuted"),
        (Symbol("h"), Symbol("b"), "h*(1 - h)", "proved"),
        (None, "w_h", "3*h*(1 - h)*x", "proved"),  # by the last definition
        (None, "h", 3, "proved"),
        (None, "t", 0.5, "refuted"),
        ("L", "L", Integer(1), "proved"),
    ],
)
def test_a_gradient_in_any_graph_is_judged(of, name, claimed, status):
    assert judge_gradient(parse_graph(GRAPH), name, claimed, of=of).status == status


def test_another_output_of_a_network_is_judged():
    assert judge_gradient(Network(), "w5", "out_h1*out_o1*(1 - out_o1)", of="out_o1").status == "proved"
    assert judge_gradient(Network(), "w5", "out_h1*(out_o1 - t_o1)", of="Loss").status == "proved"


@pytest.mark.parametrize(
    ("net", "name", "claimed", "of", "message"),
    [
        (parse_graph(GRAPH), "w9", "x", None, "no node 'w9'; this graph has w_h"),
        (parse_graph(GRAPH), "w_h", "x", "q", "no node 'q'; this graph has w_h"),
        (parse_graph(GRAPH), "w_h", "q*x", None, "no name 'q'; there are w_h"),
        (parse_graph(GRAPH), "w_h", Symbol("q"), None, "no name 'q'; there are w_h"),
        (parse_graph(GRAPH), "w_h", tanh, None, "claimed is an expression as text or of SymPy, not tanh"),
        (parse_graph(GRAPH), "w_h", S.NaN, None, "claimed=nan has no real value"),
        (parse_graph(GRAPH).derivation("L", "b"), "b", "x", None, "net=<Derivation .*a gradient is judged in a Network or a Graph"),
        ("y = x**2", "x", "2*x", None, "net='y = x..2'; a gradient is judged in a Network or a Graph"),
        (Network, "w1", "i1", None, "net=<class .*a gradient is judged in a Network or a Graph"),
        (Graph(["x"], []), "x", "1", None, "defines nothing"),
    ],
)
def test_a_gradient_of_nothing_is_refused(net, name, claimed, of, message):
    with pytest.raises(DeriveError, match=message):
        judge_gradient(net, name, claimed, of=of)


def test_unknown_names_are_refused():
    with pytest.raises(ParseError, match="no name 'w99'"):
        judge_gradient(Network(), "w1", "w99*i1")
    with pytest.raises(UnknownNameError, match="no parameter 'w99'"):
        judge_gradient(Network(), "w99", "i1")


# ---- proofs against numbers

LEAVES = st.sampled_from([x, y, Integer(2), Integer(-1), Rational(1, 3)])


STRANGE = (S.ComplexInfinity, S.NaN, S.Infinity, S.NegativeInfinity, S.ImaginaryUnit)
ONE = (exp, log, sqrt, Abs, sign, tanh, lambda u: u**2, lambda u: u**3)
TWO = (lambda u, v: u + v, lambda u, v: u - v, lambda u, v: u * v, lambda u, v: u / v, Max)


def _real(build: Callable[..., Expr], *args: Expr) -> Expr:
    """The expression; where it has no real value, its first argument."""
    try:
        made = build(*args)
    except ValueError:
        return args[0]
    return args[0] if made.has(*STRANGE) else made


def _composed(parts: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    return st.builds(_real, st.sampled_from(ONE), parts) | st.builds(_real, st.sampled_from(TWO), parts, parts)


EXPRESSIONS = st.recursive(LEAVES, _composed, max_leaves=5)
POSITIVE = {x: Symbol("x", positive=True), y: Symbol("y", positive=True)}
# Each is right for some values only: the verdict has to say for which.
BOLD = {
    "logarithms expanded": lambda one: expand_log(one, force=True),
    "powers of powers": lambda one: powdenest(one, force=True),
    "no absolute values": lambda one: one.replace(Abs, lambda u: u),
    "no signs": lambda one: one.replace(sign, lambda u: S.One),
    "all positive": lambda one: one.xreplace(POSITIVE).xreplace({double: name for name, double in POSITIVE.items()}),
    "tanh spelt out": lambda one: one.replace(tanh, lambda u: (exp(u) - exp(-u)) / (exp(u) + exp(-u))),
}


@settings(max_examples=50, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(EXPRESSIONS, st.sampled_from(sorted(BOLD)))
def test_numbers_never_contradict_a_proof(left, bold):
    right = _real(BOLD[bold], left)
    assume(left.free_symbols and right != left)
    verdict = judge(left, right)
    domain = {"proved": verdict.domain, "refuted": verdict.part}.get(verdict.status, false)
    for point in ({x: Rational(one, 2), y: Rational(other, 3)} for one in range(-4, 5) for other in (-5, -2, 0, 1, 6)):
        values = number(left, point), number(right, point)
        if None not in values and _inside(domain, point):
            assert not differ(*values), (left, right, verdict.status, domain, point)  # type: ignore[arg-type]


def _inside(domain: Any, point: dict[Symbol, Expr]) -> bool:
    return domain != false and all(one == true or bool(one.xreplace(point)) for one in And.make_args(domain))
