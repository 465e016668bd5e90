"""Matrix facts: shapes in both layouts, and every kind of fact proved entry by entry against the scalar facts."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import ImmutableMatrix, Integer, MatrixSymbol, Symbol, symbols

from derive import DeriveError, Local, Network, Total
from derive.matrix import LAYOUTS, LOSS, SAMPLES, entrywise, matrix_graph, multiplied

COUNT = 2  # samples
NETWORKS = {
    "the default": Network(2, 2, 2),
    "squared error": Network(2, 3, 1, loss="squared_error", activation="tanh", output="identity"),
    "two hidden layers, kinks": Network(1, 2, 2, 1, activation=["relu", "sigmoid"], loss="squared_error"),
    "a bias a layer": Network(2, 2, 2, biases="per-layer"),
    "no biases, by target": Network(2, 3, 2, biases="none", numbering="by-target"),
    "no hidden layer": Network(3, 2),
    "softmax and cross entropy": Network(2, 2, 3, output="softmax"),
    "softmax and squared error": Network(1, 2, output="softmax", loss="squared_error"),
    "softmax and likelihood": Network(2, 2, output="softmax", loss="log_likelihood"),
}


def explicit(net: Network, layout: str) -> dict[Any, Any]:
    """Every matrix symbol as a matrix of scalar symbols, the batch ones with a sample number behind each name."""
    graph, values = matrix_graph(net, layout), {}

    def of_samples(name: str, nodes: tuple[Symbol, ...]) -> None:
        matrix = ImmutableMatrix(COUNT, len(nodes), lambda row, col: Symbol(f"{nodes[col]}_s{row}"))
        values[graph.node(name)] = matrix if layout == "rows" else matrix.T

    of_samples("X", net.inputs)
    of_samples("T", net.targets)
    for layer in net.layers:
        of_samples(f"Z{layer}", net.nets(layer))
        of_samples(f"A{layer}", net.outs(layer))
        weights = ImmutableMatrix(net.sizes[layer - 1], net.sizes[layer], lambda row, col, at=layer: net.weight(at, row + 1, col + 1))
        values[graph.node(f"W{layer}")] = weights if layout == "rows" else weights.T
        if net.bias_counts[layer - 1]:
            bias = ImmutableMatrix([net.bias_symbols[layer - 1]])
            values[graph.node(f"b{layer}")] = bias if layout == "rows" else bias.T
    return values


def counted(expression: Any) -> Any:
    return expression.xreplace({SAMPLES: Integer(COUNT)})


def scalar_total(net: Network, node: Symbol, sample: int) -> Any:
    """∂Loss/∂node of one sample, in the symbols of that sample."""
    per_sample = {one for one in net.graph.order if net.graph.roles[one].kind not in ("weight", "bias")}
    value = net.derivation(node).expanded
    return value.xreplace({one: Symbol(f"{one}_s{sample}") for one in per_sample})


def entries_by_samples(net: Network, nodes: tuple[Symbol, ...], layout: str) -> ImmutableMatrix:
    """The mean loss differentiated by the nodes of every sample: a sample acts on its own share only."""
    matrix = ImmutableMatrix(COUNT, len(nodes), lambda row, col: scalar_total(net, nodes[col], row) / COUNT)
    return matrix if layout == "rows" else matrix.T


def entries_of_parameters(net: Network, matrix: ImmutableMatrix) -> ImmutableMatrix:
    return matrix.applyfunc(lambda one: sum(scalar_total(net, one, sample) for sample in range(COUNT)) / COUNT)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", NETWORKS)
def test_every_total_is_entry_by_entry_the_scalar_fact(name: str, layout: str) -> None:
    net = NETWORKS[name]
    values, graph = explicit(net, layout), matrix_graph(net, layout)
    numbers = {counted(node): matrix for node, matrix in values.items()}
    scalar = {"X": net.inputs, **{f"Z{k}": net.nets(k) for k in net.layers}, **{f"A{k}": net.outs(k) for k in net.layers}}
    for node in [*graph.givens[:-1], *graph.by_symbol]:
        if node == LOSS:
            continue
        found = counted(net.matrix_derivation(str(node), layout).expanded).xreplace(numbers).doit().as_explicit()
        expected = entries_by_samples(net, scalar[str(node)], layout) if str(node) in scalar else entries_of_parameters(net, values[node])
        assert found.shape == expected.shape == tuple(COUNT if size == SAMPLES else size for size in node.shape)
        assert (found - expected).applyfunc(lambda one: one.expand()).is_zero_matrix, node


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", NETWORKS)
def test_definitions_have_the_shapes_of_their_symbols(name: str, layout: str) -> None:
    for definition in matrix_graph(NETWORKS[name], layout).definitions:
        shape = (1, 1) if definition.symbol == LOSS else definition.symbol.shape  # type: ignore[attr-defined]
        assert definition.expression.shape == shape  # type: ignore[attr-defined]


def test_the_formulas_of_both_layouts() -> None:
    rows, columns = (Network(3, 4, 2).matrix_derivation("W2", layout).result for layout in LAYOUTS)
    assert str(rows) == "A1.T*delta2"
    assert str(columns) == "delta2*A1.T"
    assert (rows.shape, columns.shape) == ((4, 2), (2, 4))  # type: ignore[attr-defined]
    assert str(Network(3, 4, 2).matrix_derivation("b1").result.shape) == "(1, 4)"  # type: ignore[attr-defined]


def test_the_delta_of_cross_entropy_and_sigmoid_is_the_difference() -> None:
    derivation = Network().matrix_derivation("Z2")
    assert str(derivation.result) == "1/N*(A2 - T)"
    assert derivation.steps[-1].because == "cancel"


def test_every_factor_is_an_expression_or_an_earlier_fact() -> None:
    seen = set()
    for step in Network(2, 3, 3, 1).matrix_derivation("W1").steps:
        assert set(step.cited()) <= seen
        seen.add(step.claim)


def test_only_what_is_needed_is_kept() -> None:
    claims = [step.claim for step in Network().matrix_derivation("W2").steps]
    assert not any(str(claim.wrt) in ("W1", "Z1", "A1", "b2") for claim in claims)
    assert isinstance(claims[0], Local)
    assert isinstance(claims[-1], Total)


def test_wrong_shapes_are_refused_with_both_shapes() -> None:
    with pytest.raises(DeriveError, match=r"A of shape \(2, 3\) times B of shape \(2, 3\): the inner sizes differ"):
        multiplied(MatrixSymbol("A", 2, 3), MatrixSymbol("B", 2, 3))


@pytest.mark.parametrize(
    ("name", "layout", "message"),
    [("W3", "rows", "no matrix 'W3'.*did you mean"), ("W1", "row", "no layout 'row'.*did you mean 'rows'"),
     ("T", "rows", "no layer rule for ∂L/∂T"), ("w1", "rows", "no matrix 'w1'")],
)  # fmt: skip
def test_other_names_are_refused(name: str, layout: str, message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        Network().matrix_derivation(name, layout)


def test_entries_of_any_expression() -> None:
    a, b = symbols("a b")
    left, right = MatrixSymbol("A", 2, 2), MatrixSymbol("B", 2, 2)
    shown = entrywise(3 * a * b**2 - a / b + 2, {a: left, b: right}, (2, 2)).doit().as_explicit()
    assert shown[0, 1] == 3 * left[0, 1] * right[0, 1] ** 2 - left[0, 1] / right[0, 1] + 2


def test_a_wide_network_costs_no_more() -> None:
    net = Network(784, 128, 10, activation="relu")
    net.matrix_derivation("W1")
    assert "graph" not in net.__dict__
    assert "weights" not in net.__dict__
