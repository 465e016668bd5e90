"""The numbers of matrix facts, entry by entry beside those of the scalar facts."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest

from derive import DeriveError, Network, Total
from derive.matrix import LAYOUTS, LOSS, matrix_graph
from numeric import evaluate
from numeric.data import random_point
from numeric.matrices import arrays_of_samples, evaluate_matrices
from numeric.matrix_values import transposed

NETWORKS = [
    Network(2, 2, 2),
    Network(3, 4, 2, activation="tanh", output="identity", loss="squared_error", numbering="by-target"),
    Network(2, 3, 2, 1, activation=["relu", "sigmoid"], biases="per-layer"),
    Network(2, 2, biases="none"),
    Network(2, 3, 2, activation="selu"),  # whose slopes have constants that are not rational
]
BEYOND = [
    Network(2, 2, 1, l1="lamda1", l2="lamda2", numbering="by-target"),
    Network(2, 3, 2, dropout="0.5", activation="prelu", biases="per-layer"),
    Network(2, 2, 2, dropout="0.25", masks=[[0, 1]], skips=[(0, 1), (0, 2)]),
    Network(2, 2, 2, activation="maxout(maps=3)", biases="per-layer"),
    Network(2, 2, 1, activation="z1*tanh(alpha*z2)", output="z*sigmoid(beta*z)", loss="mse"),
    Network(2, 3, 1, frozen=["w1", 2]),
    Network(2, 1, 1, l1="0.1"),  # one weight is a matrix too
]


def batch(net: Network, count: int) -> list[dict[str, Any]]:
    parameters = {one.name for one in (*net.all_parameters, *net.strengths)}
    first = random_point(net, 0)
    return [{name: first[name] if name in parameters else value for name, value in random_point(net, seed).items()} for seed in range(count)]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("net", NETWORKS, ids=str)
def test_every_matrix_holds_the_scalar_numbers(net: Network, layout: str) -> None:
    samples = batch(net, 3)
    for layer in net.layers:
        derivation = net.matrix_derivation(f"W{layer}", layout)
        graph: Any = derivation.graph
        numbers = evaluate_matrices(derivation, arrays_of_samples(graph, samples))
        found = numbers.facts[derivation.claim]
        assert float(numbers.nodes[LOSS][0][0]) == pytest.approx(sum(float(evaluate(net.derivation("i1"), at).nodes[net.loss]) for at in samples) / 3)
        for row in range(net.sizes[layer - 1]):
            for col in range(net.sizes[layer]):
                scalar = net.derivation(net.weight(layer, row + 1, col + 1))
                mean = sum(float(evaluate(scalar, at)[scalar.claim].value) for at in samples) / 3
                assert float(found[row][col] if layout == "rows" else found[col][row]) == pytest.approx(mean, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("net", BEYOND, ids=str)
def test_what_is_beyond_plain_layers_holds_the_scalar_numbers(net: Network, layout: str) -> None:
    samples = batch(net, 3)
    graph = matrix_graph(net, layout)
    arrays = arrays_of_samples(graph, samples)
    for node in graph.givens:
        if str(node) in ("X", "T") or str(node).startswith(("M", "lamda")):
            continue
        derivation = net.matrix_derivation(str(node), layout)
        numbers = evaluate_matrices(derivation, arrays)
        found = numbers.facts[derivation.claim]
        rows = found if isinstance(found, list) else [[found]]
        rows = rows if layout == "rows" else transposed(rows)
        for scalar, value in zip(chain(*graph.scalars(node)), chain(*rows), strict=True):
            one = net.derivation(scalar.name)  # type: ignore[attr-defined]
            assert float(value) == pytest.approx(sum(float(evaluate(one, at)[one.claim].value) for at in samples) / 3, rel=1e-12, abs=1e-15)
        assert float(numbers.nodes[LOSS][0][0]) == pytest.approx(sum(float(evaluate(net.derivation("i1"), at).nodes[net.loss]) for at in samples) / 3)


def test_samples_with_other_strengths_are_refused() -> None:
    net = Network(1, 1, l2="lamda", biases="none")
    with pytest.raises(DeriveError, match="sample 2 has lamda = 2, sample 1 has 1"):
        arrays_of_samples(matrix_graph(net), [{"i1": 1, "t_o1": 1, "w1": 1, "lamda": one} for one in (1, 2)])


def test_exact_values_stay_exact() -> None:
    net = Network(1, 1, output="identity", loss="squared_error", biases="none")
    derivation = net.matrix_derivation("W1")
    graph: Any = derivation.graph
    samples = [{"i1": 1, "t_o1": 1, "w1": "1/3"}, {"i1": 2, "t_o1": 3, "w1": "1/3"}]
    numbers = evaluate_matrices(derivation, arrays_of_samples(graph, samples))
    assert str(numbers.facts[Total(LOSS, graph.node("W1"))][0][0]) == "-8/3"  # ((1/3 − 1)·1 + (2/3 − 3)·2)/2


def test_samples_with_other_parameters_are_refused() -> None:
    net = Network(1, 1, biases="none")
    with pytest.raises(DeriveError, match="sample 2 has w1 = 2, sample 1 has 1"):
        arrays_of_samples(net.matrix_derivation("W1").graph, [{"i1": 1, "t_o1": 1, "w1": 1}, {"i1": 1, "t_o1": 1, "w1": 2}])  # type: ignore[arg-type]
