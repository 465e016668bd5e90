"""The layer-level page: golden pages, both languages, shapes on every line, proof, check, refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from golden import hold

from derive import DeriveError, Network
from derive.matrix import LAYOUTS
from explain.document import Equation, Text
from explain.formula import Binary, Lines, Matrix, Number, Prefix, Relation
from explain.pages.matrix import matrix_lecture
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


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", ["X", "Z1", "A1", "A2"])
def test_every_entry_of_every_sample_is_checked(name: str, layout: str) -> None:
    document, (report,) = matrix_lecture(NET, name, BATCH, layout=layout)
    assert [(str(claim.wrt)[-1], sample) for claim, sample in report] == [("1", 1), ("2", 1), ("1", 2), ("2", 2)]
    assert [one.verdict for one in report.values()] == ["agrees"] * 4
    assert [one["sample"] for one in json.loads(str(document.to("json")))["entries"]] == [1, 1, 2, 2]


def test_the_proof_is_told_and_counted() -> None:
    document, _ = matrix_lecture(NET, "W1")
    assert "Proof, for N = 2: each of the 4 entries equals" in " ".join(str(document.to("text")).split())
    assert json.loads(str(document.to("json")))["proof"]["entries"] == 4
    assert "Proof" not in str(matrix_lecture(NET, "W1", check=False)[0].to("text"))
    assert "Proof" not in str(matrix_lecture(Network(6, 6, 6), "W1")[0].to("text"))  # too many to be multiplied out


@pytest.mark.parametrize(
    ("options", "said"),
    [({"activation": "z*sigmoid(z)"}, "A₁ = Z₁ ⊙ σ(Z₁)"), ({"output": "identity", "loss": "mse"}, "A₂ = Z₂"), ({"skips": [(0, 2)]}, "Z₂ = A₁ W₂ + b₂ + X"),
     ({"activation": "maxout"}, "A₁ = max(Z_1,1, Z_1,2)"), ({"dropout": "0.5"}, "K₁ = 2 M₁ ⊙ A₁"),
     ({"activation": "selu"}, "𝟙[Z₁ ≤ 0] ⊙ (α λ + A₁) + λ 𝟙[Z₁ > 0]"),
     ({"activation": "prelu"}, "A₁ = PReLU(Z₁, α₁)"), ({"output": "tanh", "loss": "mse"}, "= ─ (A₂ − T) ⊙ (1 − A₂ ⊙ A₂)")],
)  # fmt: skip
def test_definitions_and_slopes_as_a_hand_writes_them(options: dict[str, Any], said: str) -> None:
    assert said in str(matrix_lecture(Network(2, 2, 2, **options), "b2" if "maxout" in options.values() else "W1")[0].to("text"))


@pytest.mark.parametrize("fixed", [None, [[1, 0]]])
def test_a_fixed_mask_is_the_same_for_every_sample(fixed: Any) -> None:
    net = Network(2, 2, 1, dropout="0.5", masks=fixed)
    document, (report,) = matrix_lecture(net, "W1", [default_point(net), {**default_point(net), "i1": 0}])
    assert report.ok
    assert ("the same for every sample" in " ".join(str(document.to("text")).split())) == (fixed is not None)


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
