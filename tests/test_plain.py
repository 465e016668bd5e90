"""What print shows: text that can be read again."""

from __future__ import annotations

from random import Random

import pytest
from random_expressions import text

from derive import Network, differentiate, parse_graph
from derive.errors import ParseError
from derive.parsing import parse_written
from derive.plain import plain


@pytest.mark.parametrize(
    "same",
    [
        "w1*i1 + w3*i2 + b1", "-x*(y - 1)/(2*z)**2", "a - (x - y) + y", "x/y/z*2", "x**(y**z)", "(x**y)**z", "(-x)**2", "-(x + y)", "a*(b*c)", "a/(b*c)",
        "a/(b/c)", "-(t*ln(o) + (1 - t)*ln(1 - o))", "max(x, 1)*abs(x) + step(x)", "sigmoid(z) + relu(z)", "x - (-y)", "2*(-x)", "exp(-x)", "sqrt(x + 1)/2",
    ],
)  # fmt: skip
def test_what_was_written_is_printed_as_it_was(same):
    assert plain(parse_written(same)) == same


@pytest.mark.parametrize("seed", range(200))
def test_printed_text_is_read_as_the_same(seed):
    try:
        written = parse_written(text(Random(seed)))
    except ParseError as error:
        assert "divides by zero" in str(error)  # noqa: PT017 (the one refusal of what is drawn here)
        return
    value, again = (getattr(one, "expression", one) for one in (written, parse_written(plain(written))))
    assert again == value


@pytest.mark.parametrize(
    "net",
    [
        Network(2, 2, 2),
        Network(2, 3, 2, 1, activation=("tanh", "relu"), output="identity", loss="squared_error"),
        Network(1, 2, 1, l2="lamda", skips=[(0, 2)]),
    ],
    ids=repr,
)
def test_a_printed_graph_is_a_graph(net):
    again = parse_graph(str(net.graph))
    assert [one.expression for one in again.definitions] == [one.expression for one in net.graph.definitions]
    assert str(again) == str(net.graph)


def test_softmax_is_printed_as_it_stands_on_the_page():
    lines = str(Network(1, 2, output="softmax", loss="categorical_cross_entropy").graph).splitlines()
    assert lines[2:] == [
        "out_o1 = exp(net_o1)/(exp(net_o1) + exp(net_o2))",
        "out_o2 = exp(net_o2)/(exp(net_o1) + exp(net_o2))",
        "Loss = -(t_o1*ln(out_o1) + t_o2*ln(out_o2))",
    ]


def test_a_printed_derivation_has_a_line_a_step():
    one = Network(2, 2, 2).derivation("w7")
    assert str(one).splitlines() == [
        "∂Loss/∂out_o1 = -t_o1/out_o1 + (1 - t_o1)/(1 - out_o1) = (out_o1 - t_o1)/(out_o1*(1 - out_o1))  (elementary, common denominator)",
        "dLoss/dout_o1 = ∂Loss/∂out_o1 = (out_o1 - t_o1)/(out_o1*(1 - out_o1))  (chain)",
        "∂out_o1/∂net_o1 = out_o1*(1 - out_o1)  (output)",
        "dLoss/dnet_o1 = dLoss/dout_o1*∂out_o1/∂net_o1 = out_o1 - t_o1  (chain, cancel)",
        "∂net_o1/∂w7 = out_h2  (elementary)",
        "dLoss/dw7 = dLoss/dnet_o1*∂net_o1/∂w7 = out_h2*(out_o1 - t_o1)  (chain)",
    ]


def test_a_record_on_the_prompt_is_short():
    net = Network(2, 2, 2)
    assert repr(net.graph) == "<Graph: 16 given, 9 defined>"
    assert repr(net.derivation("w1")) == "<Derivation of dLoss/dw1: 15 steps>"
    assert repr(net.matrix_derivation("W1").graph) == "<MatrixGraph: 6 given, 5 defined, samples in rows>"
    assert str(net.matrix_derivation("W1").graph).splitlines()[:2] == ["Z1 = X*W1 + b1", "A1 = sigmoid(Z1)"]


def test_a_claim_about_an_expression_is_in_brackets():
    assert [str(step.claim) for step in differentiate("x**2 + 1", "x").steps][-3:] == ["∂(x**2 + 1)/∂x", "∂y/∂x", "dy/dx"]
    assert "∂Z2/∂A1" in str(Network(2, 2, 2).matrix_derivation("W1"))
