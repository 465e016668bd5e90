"""What a page shows as arithmetic is arithmetic: the numbers on both sides of an equals sign agree, as they are printed."""

from __future__ import annotations

from typing import Any

import pytest
from arithmetic import apart, chains, contradictions, equalities, ranged

from derive import Network, difference_quotient, differentiate, parse_graph, variation
from explain import lecture
from explain.cards.activation import activation_card
from explain.cards.loss import loss_card
from explain.document import Document, Equation
from explain.formula import Binary, Lines, Number, Relation, Row, row
from explain.pages.distance import Distance
from numeric.data import default_point


def equation(*parts: Any) -> Document:
    return Document((), "en", (Equation(row(*parts)),))


def test_what_does_not_agree_is_found() -> None:
    right = equation(Number("0.6106"), Binary("+"), Number("1"), Relation("="), Number("1.6106"))
    wrong = equation(Number("0.6106"), Binary("+"), Number("1"), Relation("="), Number("1.6109"))
    assert (contradictions(right), len(list(equalities(right)))) == ([], 1)
    assert len(contradictions(wrong)) == 1


def test_a_line_without_a_left_side_goes_on() -> None:
    lines = Lines(((Number("2"), row(Relation("="), Number("2")), None), (Row(()), row(Relation("="), Number("3")), None)))
    assert len(contradictions(Document((), "en", (Equation(lines),)))) == 1


def test_a_rounded_number_stands_for_all_that_rounds_to_it() -> None:
    assert ranged([Number("0.25")], 4) == (0.25, 0.25)
    low, high = ranged([Number("0.2500")], 4) or (0, 0)
    assert low < 0.24996 < 0.25004 < high
    assert not apart((1.0, 2.0), (2.0, 3.0))
    assert list(chains(equation(Number("1")))) == [[[Number("1")]]]


NETWORKS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "sigmoid": ({}, {}),
    "squared error": ({"loss": "squared_error"}, {}),
    "tanh": ({"activation": "tanh", "output": "tanh", "loss": "squared_error"}, {"w1": -2, "i1": "-0.5"}),
    "softmax": ({"output": "softmax", "loss": "categorical_cross_entropy"}, {}),
    "relu": ({"activation": "relu", "output": "identity", "loss": "squared_error"}, {}),
    "weight decay": ({"l2": "0.01"}, {}),
    "saturated": ({}, {"b1": 40}),
    "a certain output": ({}, {"b4": 40}),
    "an impossible output": ({}, {"b3": -40}),
    "tiny": ({}, {"i1": "1e-9"}),
    "huge": ({"activation": "identity", "output": "identity", "loss": "squared_error"}, {"w1": 1000, "i1": 100000}),
    "nothing": ({}, {"i1": 0}),
}


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("precision", [2, 4, 7])
def test_the_numbers_of_a_gradient_agree_as_they_are_printed(name: str, precision: int) -> None:
    options, values = NETWORKS[name]
    net = Network(2, 2, 2, **options)
    at = default_point(net.graph) | values
    page = lecture(net.derivation("w1"), at, detail="full", pictures=False, precision=precision)
    assert contradictions(page, precision) == []
    assert len(list(equalities(page, precision))) >= 10


@pytest.mark.parametrize("name", ["sigmoid", "a certain output"])
def test_the_numbers_of_a_network_agree_as_they_are_printed(name: str) -> None:
    net = Network(2, 2, 2)
    page = lecture(net, default_point(net.graph) | NETWORKS[name][1], pictures=False)
    assert contradictions(page) == []
    assert len(list(equalities(page))) >= 15


@pytest.mark.parametrize(
    "record",
    [
        differentiate("x**3/(x + 1)", "x"), difference_quotient("x**2 + sin(x)"), variation("x**4 - 2*x**2"), variation("x*log(x)"), Distance("minkowski"),
        Distance("euclid", 3),
    ],
    ids=lambda one: type(one).__name__,
)  # fmt: skip
def test_the_numbers_of_other_pages_agree_too(record: Any) -> None:
    at = {"x": "1/3"} if type(record).__name__ == "Derivation" else None
    page = lecture(record, at, pictures=False)
    assert contradictions(page) == []


def test_the_numbers_of_a_graph_agree() -> None:
    graph = parse_graph("u = exp(x)\nv = log(y)\nm = max(u, v)\nr = 1/m\ns = r + u*v\np = s**2")
    page = lecture([graph.derivation("p", one) for one in "xy"], {"x": "0.5", "y": 3}, pictures=False)
    assert contradictions(page) == []
    assert len(list(equalities(page))) >= 12


@pytest.mark.parametrize("card", [activation_card("elu", pictures=False), loss_card("cross_entropy"), loss_card("rmse")], ids=["elu", "cross entropy", "rmse"])
def test_the_numbers_of_a_card_agree(card: Any) -> None:
    assert contradictions(card[0]) == []
