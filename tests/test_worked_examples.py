"""Worked examples that others published, each recomputed independently: value and gradient of every graph."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from derive import parse_graph
from numeric import check, evaluate

EXAMPLES = [example for example in json.loads((Path(__file__).parent / "worked_examples.json").read_text(encoding="utf-8"))["examples"] if "graph" in example]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["id"])
def test_value_and_gradient_are_the_published_ones(example: dict[str, Any]) -> None:
    graph = parse_graph(example["graph"])
    for name, expected in example["gradient"].items():
        derivation = graph.derivation(example["of"], name)
        numbers = evaluate(derivation, example["at"])
        assert float(numbers[derivation.claim].value) == pytest.approx(expected, abs=1e-9)
        assert float(numbers.nodes[graph.node(example["of"])]) == pytest.approx(example["value"], abs=1e-9)
        assert check(derivation, example["at"]).ok
