"""Matrix facts: shapes in both layouts, and every kind of fact proved entry by entry against the scalar facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Any

import pytest
from sympy import ImmutableMatrix, Integer, MatrixSymbol, Ne, Symbol, symbols, true

from derive import DeriveError, Local, Network, Total
from derive.layers.proofs import entries_beside_scalars, prove_matrix
from derive.matrices.heads import SumOfEntries
from derive.matrix import LAYOUTS, LOSS, SAMPLES, MatrixGraph, entrywise, matrix_facts, matrix_graph, multiplied
from derive.network import BIASES, NUMBERINGS

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
    "penalties": Network(2, 2, 1, l1="lamda1", l2="lamda2"),
    "dropout": Network(2, 2, 1, dropout="0.5", activation="tanh"),
    "fixed masks": Network(1, 2, 2, 1, dropout="0.25", masks=[[1, 0], [0, 1]]),
    "a skip beside a product": Network(2, 2, 1, skips=[(0, 1)]),
    "a skip over a layer": Network(2, 1, 2, skips=[(0, 2)], loss="squared_error"),
    "learned slopes": Network(2, 2, 1, activation="prelu", output="prelu", loss="squared_error"),
    "maxout": Network(2, 2, 1, activation="maxout"),
}
# Each with every numbering, bias choice and layout.
BEYOND: dict[str, dict[str, Any]] = {
    "l1": {"l1": "0.1"},
    "l2": {"l2": "lamda"},
    "both penalties": {"l1": True, "l2": True},
    "dropout": {"dropout": "0.5", "activation": "relu"},
    "fixed masks": {"dropout": "0.25", "masks": [[1, 0]]},
    "skips": {"skips": [(0, 1), (1, 2)]},
    "a skip over a layer": {"skips": [(0, 2)]},
    "learned slopes": {"activation": "prelu", "output": "prelu", "loss": "squared_error"},
    "maxout": {"activation": "maxout"},
    "maxout of three, in the output too": {"activation": "maxout(maps=3)", "output": "maxout", "loss": "squared_error"},
    "a gate that learns": {"activation": "z1*sigmoid(alpha*z2)"},
    "a text": {"activation": "z*sigmoid(beta*z)"},
    "all at once": {"activation": "z1*tanh(alpha*z2)", "skips": [(0, 1), (0, 2)], "dropout": "0.2", "l1": True, "l2": "0.3", "output": "softmax"},
}


def explicit(net: Network, layout: str) -> dict[Any, Any]:
    """Every matrix symbol as a matrix of scalar symbols, the batch ones with a sample number behind each name."""
    graph, values = matrix_graph(net, layout), {}
    for node in (*graph.givens, *graph.by_symbol):
        if not node.is_Matrix:
            continue
        rows = graph.scalars(node)
        if SAMPLES in node.shape:
            rows = [[one if one.is_number else Symbol(f"{one}_s{sample}") for one in rows[0]] for sample in range(COUNT)]
        values[node] = ImmutableMatrix(rows) if layout == "rows" else ImmutableMatrix(rows).T
    return values


def written_out(expression: Any, numbers: dict[Any, Any]) -> Any:
    """The entries of an expression, by SymPy's own way from matrix expressions to matrices."""
    found = counted(expression)
    if isinstance(found, SumOfEntries):
        return ImmutableMatrix([[sum(found.arg.xreplace(numbers).doit().as_explicit())]])
    return found.xreplace(numbers).doit().as_explicit()


def counted(expression: Any) -> Any:
    return expression.xreplace({SAMPLES: Integer(COUNT)})


def scalar_total(net: Network, node: Symbol, sample: int) -> Any:
    """∂Loss/∂node of one sample, in the symbols of that sample."""
    per_sample = {one for one in net.graph.order if net.graph.roles[one].kind not in ("weight", "bias", "slope", "strength")}
    value = net.derivation(node).expanded
    return value.xreplace({one: Symbol(f"{one}_s{sample}") for one in per_sample})


def entries_by_samples(net: Network, nodes: Sequence[Any], layout: str) -> ImmutableMatrix:
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
    for node in differentiable(graph):
        found = written_out(net.matrix_derivation(str(node), layout).expanded, numbers)
        scalars = graph.scalars(node)
        if node.is_Matrix and SAMPLES in node.shape:
            expected = entries_by_samples(net, tuple(scalars[0]), layout)
        else:
            expected = entries_of_parameters(net, ImmutableMatrix(scalars) if layout == "rows" else ImmutableMatrix(scalars).T)
        assert found.shape == expected.shape
        assert (found - expected).applyfunc(lambda one: one.expand()).is_zero_matrix, node


def differentiable(graph: MatrixGraph) -> list[Any]:
    """What a loss is differentiated by: all but the targets, the masks and the strengths of penalties."""
    return [one for one in (*graph.givens, *graph.by_symbol) if str(one) not in ("T", "L") and not str(one).startswith(("M", "lamda"))]


@pytest.mark.parametrize("biases", BIASES)
@pytest.mark.parametrize("numbering", NUMBERINGS)
@pytest.mark.parametrize("name", BEYOND)
def test_what_is_beyond_plain_layers_is_entry_by_entry_the_scalar_fact(name: str, numbering: str, biases: str) -> None:
    net = Network(2, 2, 2, **BEYOND[name], numbering=numbering, biases=biases)
    for layout in LAYOUTS:
        for node in differentiable(matrix_graph(net, layout)):
            pairs = entries_beside_scalars(net.matrix_derivation(str(node), layout))
            assert len(pairs) == prod(COUNT if size == SAMPLES else size for size in getattr(node, "shape", ()))
            assert all((entry - scalar).expand() == 0 for entry, scalar in pairs), (layout, node)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", [one for one in BEYOND if "three" not in one])  # the scalar facts of three maps are not proved
def test_the_proof_reaches_the_substituted_loss(name: str, layout: str) -> None:
    net = Network(2, 2, 2, **BEYOND[name])
    for node in differentiable(matrix_graph(net, layout))[:2]:
        proof = prove_matrix(net.matrix_derivation(str(node), layout))
        assert (proof.status, proof.entries, proof.samples) == ("proved", 4, 2)


def test_kinks_are_left_out_of_a_proof() -> None:
    assert prove_matrix(Network().matrix_derivation("W1")).domain == true
    assert prove_matrix(Network(1, 1, output="relu", loss="squared_error").matrix_derivation("W1")).domain == Ne(Symbol("net_o1"), 0)
    assert prove_matrix(Network(2, 1, l1=1).matrix_derivation("W1")).domain == Ne(Symbol("w1"), 0) & Ne(Symbol("w2"), 0)


@pytest.mark.parametrize("sizes", [(784, 128, 10), (6, 6, 6)])
def test_no_proof_is_tried_where_it_would_take_long(sizes: tuple[int, ...]) -> None:
    net = Network(*sizes)
    proof = prove_matrix(net.matrix_derivation("W1"))
    assert (proof.status, proof.entries) == ("undecided", 0)
    assert "at most" in proof.method


@pytest.mark.parametrize("name", ["the default", "penalties", "maxout", "learned slopes", "a skip beside a product"])
def test_a_wrong_fact_is_not_proved(name: str) -> None:
    derivation = NETWORKS[name].matrix_derivation("W2")
    last = derivation.steps[-1]
    for wrong in (-last.value, last.value * SAMPLES, last.value + derivation.claim.wrt):
        slipped = replace(derivation, steps=(*derivation.steps[:-1], replace(last, value=wrong)))
        assert prove_matrix(slipped).status == "undecided"


def test_the_formulas_beyond_plain_layers() -> None:
    assert str(Network(2, 3, 1, l2="lamda").matrix_derivation("W1").result) == "lamda*W1 + X.T*delta1"
    assert str(Network(2, 2, 2, skips=[(0, 2)]).matrix_derivation("X").result) == "delta1*W1.T + delta2"
    assert str(Network(2, 2, 2, skips=[(0, 1)]).matrix_derivation("X", "columns").result) == "(I + W1.T)*delta1"
    assert str(Network(2, 2, 1, dropout="0.5").matrix_derivation("A1").result) == "2*(HadamardProduct(delta2*W2.T, M1))"
    assert str(Network(2, 2, 1, activation="maxout").matrix_derivation("X").result) == "delta1_1*W1_1.T + delta1_2*W1_2.T"
    assert [one.name for one in Network(2, 2, 1, activation="maxout").matrix_derivation("X").graph.givens[1:4]] == ["W1_1", "W1_2", "W2"]  # type: ignore[attr-defined]


def test_the_compiler_gets_only_the_layers_it_knows() -> None:
    for beyond in BEYOND.values():
        with pytest.raises(DeriveError, match="only plain layers"):
            matrix_facts(Network(2, 2, 2, **beyond))
    assert matrix_facts(Network(2, 2, 2, l2="lamda"), known=("penalties",))[1]


@pytest.mark.parametrize("net", [Network(2, 2, 2, activation="softmax"), Network(2, 2, output="identity", loss="rmse")], ids=repr)
def test_what_has_no_layer_rules_is_refused(net: Network) -> None:
    with pytest.raises(DeriveError, match=r"there are no layer rules for .*; derive by single parameters instead"):
        net.matrix_derivation("W1")


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
