"""The page itself: the golden pages, the numbers of the sample, what is told once, what is refused."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from derive import DeriveError, Network, parse_graph
from explain.narrate import lecture, lecture_with_reports

PAGES = Path(__file__).parent / "pages"
DECAY = parse_graph("net = w*x + b\no = tanh(net)\nE = 1/2*(t - o)**2 + 1/2*lamda*w**2")
DECAY_POINT = {"x": "0.5", "w": "0.3", "b": "0.1", "t": 1, "lamda": "0.1"}


def text(*arguments: Any, **options: Any) -> str:
    page = lecture(*arguments, **options).to("text")
    assert isinstance(page, str)
    return page


def _pages() -> dict[str, str]:
    net = Network()
    deep = Network(2, 3, 3, 1, activation=["tanh", "relu"], output="identity", loss="squared_error")
    return {
        "w1": text(net.derivation("w1")),
        "w1-full": text(net.derivation("w1"), detail="full"),
        "w1-brief": text(net.derivation("w1"), detail="brief"),
        "w7-squared-error": text(Network(loss="squared_error").derivation("w7")),
        "all": text([net.derivation(one) for one in net.parameters]),
        "deep-w1": text(deep.derivation("w1")),
        "wide-w1": text(Network(3, 6, 5, loss="squared_error").derivation("w1")),
        "weight-decay": text(DECAY.derivation("E", "w"), DECAY_POINT),
    }


@pytest.mark.parametrize("name", ["w1", "w1-full", "w1-brief", "w7-squared-error", "all", "deep-w1", "wide-w1", "weight-decay"])
def test_a_golden_page_reads_as_it_was_reviewed(name: str) -> None:
    # To review a change: PYTHONPATH=. python tests/test_narrate.py writes the pages anew; read the difference as a student would.
    assert _steady(_pages()[name]) == _steady((PAGES / f"{name}.txt").read_text(encoding="utf-8"))


def _steady(page: str) -> str:
    """The page without the last digits of differences, which another processor may round otherwise."""
    page = re.sub(r"\d+ · 10⁻\d+|\d+ · 10\^\(−\d+\)", "tiny", page)
    return re.sub(r"(?s)(Central difference:).*?(against)", r"\1 … \2", re.sub(r"\s+", " ", page))


SAMPLE = [
    "0.1 · 0.5 + 0.3 · 1 + 0.1 = 0.45", "σ(0.45) = 0.6106", "= 1.0731", "= 1.3009", "= 0.7452", "= 0.7860", "= 1.8359", "= −1.3420", "= 0.1899",
    "= −0.2548", "w₅ = 0.5", "w₆ = 0.6", "= 0.2378", "i₁ = 0.5", "[(−0.2548) · 0.5 + 0.7860 · 0.6] · 0.2378 · 0.5", "= 0.3442 · 0.2378 · 0.5", "= 0.0409",
    "w₁ ← 0.1 − 0.5 · 0.0409 = 0.0795", "0.040916368491",
]  # fmt: skip


def test_the_numbers_of_the_sample_come_out_in_their_order() -> None:
    page, place = text(Network().derivation("w1")), 0
    for number in SAMPLE:
        found = page.find(number, place)
        assert found >= 0, f"{number} does not follow what comes before it"
        place = found


def test_what_was_told_is_cited_and_not_told_again() -> None:
    net = Network()
    page = text([net.derivation("w1"), net.derivation("w2"), net.derivation("w5")])
    assert page.count("cancels)") == 1
    assert re.search(r"From \(4\) we have δ_o1 and δ_o2\.", page)
    assert re.search(r"From \(4\) we have δ_o1\.", page)


@pytest.mark.parametrize("detail", ["brief", "normal", "full"])
@pytest.mark.parametrize("net", [Network(), Network(2, 3, 5, output="softmax"), Network(2, 2, 2, 2)], ids=repr)
def test_a_page_of_several_cites_only_what_stands_on_it(net: Network, detail: str) -> None:
    page = text([net.derivation(one) for one in (net.parameters[0], net.parameters[-1], net.parameters[1])], detail=detail)
    assert "From (" in page


def test_direct_and_whole_derivatives_have_two_signs() -> None:
    page = text(DECAY.derivation("E", "w"), DECAY_POINT)
    assert "The sign d means the derivative through every path" in page
    assert "dE" in page


def test_without_a_point_a_graph_is_told_without_numbers() -> None:
    page = text(DECAY.derivation("E", "w"))
    assert "Central difference" not in page
    assert "The numbers" not in page


def test_no_path_is_said() -> None:
    page = text(parse_graph("a = x**2\nb = y + a").derivation("a", "y"), {"x": 1, "y": 2})
    assert "no path leads from one to the other" in " ".join(page.split())


def test_several_samples_end_with_their_mean() -> None:
    net = Network(1, 1, loss="squared_error", output="identity", biases="none")
    points = [{"i1": 1, "w1": "0.5", "t_o1": 1}, {"i1": 2, "w1": "0.5", "t_o1": 3}]
    page = text(net.derivation("w1"), points)
    assert re.search(r"mean\s+1\.0625\s+−2\.25", page)  # ((−0.5)·1 + (−2)·2)/2


def test_labels_replace_names_everywhere() -> None:
    page = text(Network().derivation("w1"), labels={"w1": "milk"})
    assert "milk" in page
    assert "w₁ " not in page


def test_equation_labels_are_prefixed_by_the_claim() -> None:
    main = lecture(Network().derivation("w1")).to("latex")
    labels = re.findall(r"\\label\{([^}]*)\}", str(main))
    assert labels
    assert all(label.startswith("Loss/w1:") for label in labels)
    assert len(set(labels)) == len(labels)


def test_a_failed_check_is_said_on_the_page() -> None:
    from dataclasses import replace

    derivation = Network().derivation("w1")
    wrong = replace(derivation, steps=(*derivation.steps[:-1], replace(derivation.steps[-1], value=-derivation.steps[-1].value)))
    document, reports = lecture_with_reports(wrong)
    page = " ".join(str(document.to("text")).split())
    assert not reports[0].ok
    assert "beyond the bound" in page
    assert "Every step beside its central difference" in page


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"detail": "norml"}, "did you mean 'normal'"),
        ({"language": "de"}, "no language 'de'"),
        ({"notation": "net-in"}, "no notation 'net-in'"),
        ({"precision": -1}, "precision=-1"),
        ({"precision": True}, "precision=True"),
        ({"labels": {"w99": "x"}}, "no node 'w99'"),
        ({"labels": {"w1": ""}}, "one line of text"),
        ({"at": []}, "empty list of samples"),
    ],
)
def test_options_that_do_not_fit_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(DeriveError, match=message):
        lecture(Network().derivation("w1"), **options)


def test_derivations_of_two_graphs_are_refused() -> None:
    with pytest.raises(DeriveError, match="different graphs"):
        lecture([Network().derivation("w1"), Network().derivation("w2")])


if __name__ == "__main__":
    for page_name, page_text in _pages().items():
        (PAGES / f"{page_name}.txt").write_text(page_text, encoding="utf-8")


@pytest.mark.parametrize(("activation", "slope"), [("leaky_relu", "0.01 𝟙[net_h1 ≤ 0] + 𝟙[net_h1 > 0]"), ("swish", "out_h1 + (1 − out_h1) σ(net_h1)")])
def test_a_line_that_only_changes_the_order_is_left_out(activation: str, slope: str) -> None:
    told = str(lecture(Network(2, 2, 1, activation=activation).derivation("w1"), check=False).to("text"))
    fact = told[told.index("∂out_h1\n    ───────", told.index("Each factor.")) :].split("\n\n    ∂")[0]
    assert f"─────── = {slope}" in fact
    assert fact.count(" = ") == 3  # the slope, its numbers, the number


def test_of_a_single_step_it_is_said_once_that_it_agrees():
    page = lecture(parse_graph("a = x*y\nb = z**2").derivation("b", wrt="x"), at={"x": 1, "y": 2, "z": 3})
    said = str(page.to("text"))
    assert "no path leads from one to the other" in said
    assert "within the bound" in said
    assert "Every step" not in said
