"""The layer-level page: a golden page in each layout, both languages, shapes, check, refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from derive import DeriveError, Network
from derive.matrix import LAYOUTS
from explain.matrix_page import matrix_lecture
from numeric.data import default_point

PAGES = Path(__file__).parent / "pages"
NET = Network(2, 2, 2)
BATCH = [default_point(NET), {**default_point(NET), "i1": 1, "i2": 0, "t_o1": 0, "t_o2": 1}]


def page(name: str = "W1", at: Any = BATCH, **options: Any) -> str:
    return str(matrix_lecture(NET, name, at, **options)[0].to("text"))


def softmax_page() -> str:
    return str(matrix_lecture(Network(2, 2, 3, output="softmax"), "W2")[0].to("text"))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_golden_page_reads_as_it_was_reviewed(layout: str) -> None:
    # To review a change: python tests/test_matrix_page.py writes the pages anew.
    golden = (PAGES / f"matrix-W1-{layout}.txt").read_text(encoding="utf-8")
    assert page(layout=layout).split("Checked.")[0] == golden.split("Checked.")[0]


def test_softmax_goes_through_its_jacobian_to_the_difference() -> None:
    golden = (PAGES / "matrix-W2-softmax.txt").read_text(encoding="utf-8")
    assert softmax_page().split("Checked.")[0] == golden.split("Checked.")[0]


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


if __name__ == "__main__":
    for one in LAYOUTS:
        (PAGES / f"matrix-W1-{one}.txt").write_text(page(layout=one), encoding="utf-8")
    (PAGES / "matrix-W2-softmax.txt").write_text(softmax_page(), encoding="utf-8")
