"""JSON: valid, deterministic, exact numbers as text."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

from derive import Network, parse_expression
from explain import lecture
from explain.document import Document, Math, Text
from explain.formula import Name, Number, Script
from explain.writers import json as writer
from explain.writers.json import SCHEMA, plain
from tests.writers_sample import printed

TITLE = (Text("The slope of "), Math(Script(Name("w"), Number("1"))))


def record(data):
    return json.loads(printed(Document(TITLE, "ko", (), lambda: data), "json"), parse_constant=pytest.fail)


def test_the_record_opens_with_its_schema():
    page = printed(Document(TITLE, "ko", (), lambda: {"steps": []}), "json")
    assert list(json.loads(page)) == ["schema", "language", "title", "steps"]
    assert json.loads(page) == {"schema": SCHEMA, "language": "ko", "title": "The slope of w₁", "steps": []}
    assert page.endswith("}\n")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(3, 20), "3/20"),
        (0.1, 0.1),
        (-5e-324, -5e-324),
        (2**53, "9007199254740992"),
        (7, 7),
        (True, True),
        (None, None),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        ((1, ("a",)), [1, ["a"]]),
        ({Fraction(1, 2): (float("inf"),)}, {"1/2": ["inf"]}),
        ("우유 \u2028 </script>", "우유 \u2028 </script>"),
    ],
)
def test_values(value, shown):
    assert plain(value) == shown
    assert record({"v": value})["v"] == shown


def test_floats_come_back_as_they_were():
    assert record({"v": [0.1 + 0.2, 1 / 3, 1e308]})["v"] == [0.1 + 0.2, 1 / 3, 1e308]


def test_ascii():
    page = printed(Document(TITLE, "ko", (), lambda: {"label": "우유"}), "json", ascii=True)
    assert page.isascii()
    assert json.loads(page)["label"] == "우유"


def test_the_record_of_a_derivation_is_as_it_is_documented():
    network = Network(2, 2, 2)
    page = json.loads(printed(lecture(network.derivation("w1")), "json"))
    assert list(page) == ["schema", "language", "title", "graph", "samples", "derivations"]
    assert set(page["graph"]) == {"givens", "definitions"}
    (derivation,) = page["derivations"]
    assert set(derivation) == {"claim", "result", "expanded", "path_count", "proof", "mean", "steps"}
    last = derivation["steps"][-1]
    assert set(last) == {"claim", "rule", "terms", "because", "value", "number", "check"}
    assert set(last["check"]) == {"value", "difference", "h", "error", "bound", "verdict"}
    assert last["claim"] == derivation["claim"] == {"kind": "total", "of": "Loss", "wrt": "w1"}
    assert {one["name"]: one["expression"] for one in page["graph"]["definitions"]}["net_h1"] == "w1*i1 + w3*i2 + b1"
    assert parse_expression(derivation["result"]) == network.gradient("w1")
    documented = writer.__doc__ or ""
    assert all(key in documented for key in [*page, *page["graph"], *derivation, *last, *last["check"]])
