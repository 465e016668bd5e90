"""The numbers of matrix facts, entry by entry beside those of the scalar facts."""

from __future__ import annotations

from typing import Any

import pytest

from derive import DeriveError, Network, Total
from derive.matrix import LAYOUTS, LOSS
from numeric import evaluate
from numeric.data import random_point
from numeric.matrices import arrays_of_samples, evaluate_matrices

NETWORKS = [
    Network(2, 2, 2),
    Network(3, 4, 2, activation="tanh", output="identity", loss="squared_error", numbering="by-target"),
    Network(2, 3, 2, 1, activation=["relu", "sigmoid"], biases="per-layer"),
    Network(2, 2, biases="none"),
    Network(2, 3, 2, activation="selu"),  # whose slopes have constants that are not rational
]


def batch(net: Network, count: int) -> list[dict[str, Any]]:
    parameters = {one.name for one in net.parameters}
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
