"""Gates: truth tables of single neurons and of XOR, and which tables one neuron can give."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp

from derive import DeriveError, judge, parse_graph
from numeric.gates import COMPOSED, GATES, SIGMOID_COMPOSED, SIGMOID_GATES, Gate, gate, separable, truth_table

CORNERS = list(product((0, 1), repeat=2))
TRUTH = {
    "and": lambda a, b: a and b,
    "nand": lambda a, b: not (a and b),
    "or": lambda a, b: a or b,
    "nor": lambda a, b: not (a or b),
    "not": lambda a: not a,
    "xor": lambda a, b: a != b,
    "xnor": lambda a, b: a == b,
}


EVERY = [*GATES.values(), *COMPOSED.values(), *SIGMOID_GATES.values(), *SIGMOID_COMPOSED.values()]


@pytest.mark.parametrize("one", EVERY, ids=lambda one: f"{one.name}-{type(one).__name__}")
def test_truth_tables(one):
    for row in truth_table(one):
        assert round(row.out) == int(TRUTH[one.name](*row.inputs))


@pytest.mark.parametrize(
    ("name", "sums"),
    [
        ("and", ("-0.7", "-0.2", "-0.2", "0.3")),
        ("nand", ("0.7", "0.2", "0.2", "-0.3")),
        ("or", ("-0.2", "0.3", "0.3", "0.8")),
        ("not", ("0.5", "-0.5")),
    ],
)
def test_the_weighted_sums_are_exact(name, sums):
    assert [row.net for row in truth_table(GATES[name])] == [Fraction(one) for one in sums]


def test_the_weights_of_the_book():
    """Saitoh, Deep Learning from Scratch, 2.3."""
    book = {"and": (0.5, 0.5, -0.7), "nand": (-0.5, -0.5, 0.7), "or": (0.5, 0.5, -0.2)}
    assert {name: (*map(float, GATES[name].weights), float(GATES[name].bias)) for name in book} == book


def test_threshold_and_bias_are_judged_the_same():
    """w₁x₁ + w₂x₂ − θ is w₁x₁ + w₂x₂ + b with b = −θ, for all numbers, and so both fire together."""
    graph = parse_graph("theta = 0 - b\nover = w1*x1 + w2*x2 - theta\nnet = w1*x1 + w2*x2 + b")
    assert judge(str(graph.substituted("over")), str(graph.substituted("net"))).status == "proved"
    for one in GATES.values():
        assert Gate.by_threshold(one.name, one.weights, one.threshold) == one


def test_xor_shows_its_inner_answers():
    assert [row.inner for row in truth_table(gate("xor"))] == [(1, 0), (1, 1), (1, 1), (0, 1)]


def test_a_sigmoid_gate_saturates():
    outs = [row.out for row in truth_table(SIGMOID_GATES["and"])]
    assert outs == pytest.approx([9.357622968839299e-14, 4.5397868702434395e-05, 4.5397868702434395e-05, 0.9999546021312976])


def test_sigmoid_gates_as_numbers():
    """Ng, Machine Learning, lecture 8: -30 + 20x1 + 20x2; here beside mpmath."""
    for one in SIGMOID_GATES.values():
        for row in truth_table(one):
            with mp.workdps(40):
                assert row.out == pytest.approx(float(1 / (1 + mp.exp(-mp.mpf(int(row.net))))), rel=1e-15)
    assert [row.net for row in truth_table(SIGMOID_GATES["and"])] == [-30, -10, -10, 10]


def test_sigmoids_that_read_sigmoids():
    table = truth_table(SIGMOID_COMPOSED["xnor"])
    assert [row.inner for row in table] == [pytest.approx(one, abs=5e-5) for one in [(0, 1), (0, 0), (0, 0), (1, 0)]]
    assert table[1].net == pytest.approx(-10 + 40 * 4.5397868702434395e-05)


@given(st.tuples(*[st.fractions(-2, 2)] * 2), st.fractions(-2, 2))
def test_a_threshold_is_a_bias(weights, threshold):
    one = Gate.by_threshold("a", weights, threshold)
    assert one.threshold == threshold
    for inputs in CORNERS:
        assert one.row(inputs).out == int(sum(w * x for w, x in zip(weights, inputs, strict=True)) > threshold)


@pytest.mark.parametrize("outputs", list(product((0, 1), repeat=4)))
def test_separable_agrees_with_a_search_of_weights(outputs):
    table: dict = dict(zip(CORNERS, outputs, strict=True))
    grid = np.linspace(-2, 2, 9)
    found = any(all((w1 * a + w2 * b + bias > 0) == out for (a, b), out in table.items()) for w1 in grid for w2 in grid for bias in grid)
    assert separable(table) == found


@pytest.mark.parametrize(
    ("words", "call"),
    [
        ("did you mean 'xor'", lambda: gate("xorr")),
        ("the weight 'a' is no finite number", lambda: Gate.of("x", ("a", 1), 0)),
        ("the bias 'nan' is no finite number", lambda: Gate.of("x", (1, 1), "nan")),
        ("the threshold 'inf'", lambda: Gate.by_threshold("x", (1, 1), "inf")),
        (r"inputs=\(1,\) of a gate with 2 inputs", lambda: GATES["and"].row((1,))),
        (r"inputs=\(1, 2\)", lambda: GATES["and"].row((1, 2))),
        (r"needed are the outputs at \(0, 0\)", lambda: separable({(0, 0): 1})),
    ],
)
def test_refusals(words, call):
    with pytest.raises(DeriveError, match=words):
        call()
