"""The layer-level page: golden pages, both languages, shapes on every line, proof, check, refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from golden import hold

from derive import DeriveError, Network
from explain.document import Equation, Text
from explain.formula import Binary, Lines, Matrix, Number, Prefix, Relation
from explain.matrix_page import matrix_lecture
from numeric.data import default_point

NET = Network(2, 2, 2)
BATCH = [default_point(NET), {**default_point(NET), "i1": 1, "i2": 0, "t_o1": 0, "t_o2": 1}]


def page(name: str = "W1", at: Any = BATCH, **options: Any) -> str:
    return str(matrix_lecture(NET, name, at, **options)[0].to("text"))


GOLDEN: dict[str, Callable[[], Any]] = {
    "matrix-W1-rows": lambda: matrix_lecture(NET, "W1", BATCH)[0],
    "matrix-W1-columns": lambda: matrix_lecture(NET, "W1", BATCH, layout="columns")[0],
    "matrix-W2-softmax": lambda: matrix_lecture(Network(2, 2, 3, output="softmax"), "W2")[0],
    "matrix-W1-penalties": lambda: matrix_lecture(Network(2, 2, 1, l1="lamda", l2="0.1", dropout="0.5"), "W1")[0],
    "matrix-X-skips": lambda: matrix_lecture(Network(2, 2, 2, 2, skips=[(0, 2), (1, 2)]), "X", notation="delta")[0],
    "matrix-alpha1-ko": lambda: matrix_lecture(Network(2, 2, 1, activation="prelu"), "alpha1", language="ko")[0],
    "matrix-b1-maxout": lambda: matrix_lecture(Network(2, 2, 1, activation="maxout", biases="per-layer"), "b1", layout="columns")[0],
}


@pytest.mark.parametrize("name", GOLDEN)
def test_a_golden_page_reads_as_it_was_reviewed(name: str) -> None:
    hold(name, GOLDEN[name]().to("text"))


@pytest.mark.parametrize("name", GOLDEN)
def test_every_line_of_a_fact_has_a_shape(name: str) -> None:
    equations = [block for block in GOLDEN[name]().blocks if isinstance(block, Equation) and isinstance(block.formula, Lines)]
    assert len(equations) > 3
    for equation in equations:
        for _, right, reason in equation.formula.rows:  # type: ignore[union-attr]
            said = "".join(str(one.text) if isinstance(one, Text) else shape_of(one) for one in reason or ())
            assert reason is None or "×" in said or said.endswith(("a number", "수")), said
            assert reason is not None or is_number(right)


def shape_of(inline: Any) -> str:
    return "×" if any(isinstance(one, Binary) and one.sign == "×" for one in getattr(inline.formula, "items", ())) else ""


def is_number(right: Any) -> bool:
    """A matrix of numbers, whose shape is seen, or one number."""
    return all(isinstance(one, Relation | Matrix | Number | Prefix) for one in right.items)


def test_every_entry_is_checked() -> None:
    _, (report,) = matrix_lecture(NET, "W1", BATCH)
    assert report.ok
    assert [str(claim) for claim in report] == ["dLoss/dw1", "dLoss/dw2", "dLoss/dw3", "dLoss/dw4"]
    assert "4 of 4 entries" in " ".join(page().split())


def test_a_wrong_matrix_fact_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    right = Network.matrix_derivation

    def wrong(self: Network, name: str, layout: str = "rows") -> Any:
        derivation = right(self, name, layout)
        last = derivation.steps[-1]
        return replace(derivation, steps=(*derivation.steps[:-1], replace(last, value=-last.value)))

    monkeypatch.setattr(Network, "matrix_derivation", wrong)
    document, (report,) = matrix_lecture(NET, "W1", BATCH)
    assert not report.ok
    assert "0 of 4 entries" in " ".join(str(document.to("text")).split())


@pytest.mark.parametrize("name", ["b1", "W2", "X", "Z1", "A1", "Z2", "A2"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_matrix_of_the_network_has_a_page(name: str, language: str) -> None:
    assert "N" in page(name, language=language)


def test_a_layered_notation_puts_the_layer_above() -> None:
    assert "W⁽¹⁾" in page(notation="indexed")


def test_a_wide_network_has_a_page_without_numbers() -> None:
    document, reports = matrix_lecture(Network(784, 128, 10, activation="relu"), "W1")
    assert "784 × 128" in str(document.to("text"))
    assert reports == []


@pytest.mark.parametrize(("options", "message"), [({"layout": "row"}, "did you mean 'rows'"), ({"name": "W3"}, "no matrix 'W3'"), ({"at": []}, "empty list")])
def test_what_does_not_exist_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        page(**options)
