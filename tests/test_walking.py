"""Walks on slides: each fact under the picture of its graph, its edges lit, and no number before it is derived."""

from __future__ import annotations

import re
from functools import cache

import pytest

from derive import Local, Network, parse_graph
from explain import lecture
from explain.document import Equation, Figure
from explain.figures import network
from explain.figures.style import LIT
from explain.lessons.walking import MOST_STEPS, edges
from explain.locales import locale
from explain.narrate import lesson_of
from explain.notation import board_of
from explain.writers import write
from explain.writers.frames import facts_in

SHOP = parse_graph("total = apple * count\nprice = total * tax")
PRICES = {"apple": 100, "count": 2, "tax": "1.1"}
GRAPHS = {
    "network": (Network(2, 2, 1).derivation("b1"), None),
    "two paths": (Network().derivation("w1"), None),
    "deep": (Network(1, 2, 2, 1).derivation("w1"), None),
    "softmax": (Network(2, 1, 2, output="softmax", loss="categorical_cross_entropy").derivation("w1"), None),
    "shop": (SHOP.derivation("price", wrt="apple"), PRICES),
}


def lesson(derivation):
    return lesson_of(derivation, board_of(derivation.graph, "net-out", None), locale("en"), "normal", None, check=False, pictures=True)


def walked(document):
    return [block for block in document.blocks if isinstance(block, Equation) and block.walk()]


@pytest.mark.parametrize("name", GRAPHS)
def test_every_local_fact_lights_its_own_edge(name):
    derivation, _ = GRAPHS[name]
    told = lesson(derivation)
    found = [edges(told, step) for step in derivation.steps if isinstance(step.claim, Local)]
    assert found == [{(step.claim.wrt, step.claim.of)} for step in derivation.steps if isinstance(step.claim, Local)]


def test_a_total_fact_lights_the_factors_of_its_formula():
    told = lesson(Network().derivation("w1"))
    found = {str(step.claim.wrt): {f"{start}-{end}" for start, end in edges(told, step)} for step in told.derivation.steps if told.is_delta(step.claim)}
    assert found == {
        "net_o1": {"out_o1-Loss", "net_o1-out_o1"},
        "net_o2": {"out_o2-Loss", "net_o2-out_o2"},
        "net_h1": {"out_h1-net_o1", "out_h1-net_o2", "net_h1-out_h1"},
    }


@pytest.mark.parametrize("name", GRAPHS)
def test_every_fact_has_its_picture(name):
    derivation, at = GRAPHS[name]
    document = lecture(derivation, at=at)
    *factors, together = [block for block in document.blocks if isinstance(block, Equation) and block.label and not block.label.endswith(":chain")]
    assert factors
    for block in factors:
        assert len({one.stem for one in block.walk()}) == len(block.walk()) == facts_in(block.formula)
        assert len({one.size for one in block.walk()}) == 1
    assert len(together.walk()) == (2 if name == "shop" else 0)


def test_each_picture_marks_one_edge():
    net = Network()
    for edge in [("out_o1", "Loss"), ("net_o1", "out_o1"), ("out_h1", "net_o2"), ("w1", "net_h1")]:
        one = [tuple(map(net.graph.node, edge))]
        plain, marked = (network(net, net.derivation("w1"), lit=lit).draw("svg").decode().count(LIT.colour) for lit in ([], one))
        assert (plain, marked) == (0, 1)


def test_where_the_facts_are_too_many_the_picture_stands_still():
    assert not walked(lecture(Network(2, 4, 4, 3).derivation("w1")))
    assert len(walked(lecture(Network(2, 3, 3, 1).derivation("w1")))) > 4
    assert MOST_STEPS < 30


@cache
def slides(name):
    derivation, at = GRAPHS[name]
    return write(lecture(derivation, at=at), "beamer")


@pytest.mark.parametrize("name", GRAPHS)
def test_a_slide_turns_its_picture_with_the_line_that_is_uncovered(name):
    page = slides(name)
    frames = str(page.main).split(r"\begin{frame}")
    factors = [one for one in frames if r"\frametitle{Each factor}" in one]
    assert factors
    for frame in factors:
        turns = re.findall(r"\\only<(\d*)-(\d*)(?:\|handout:0)?>\{\\includegraphics", frame)
        assert frame.startswith("[t]") == ("includegraphics" in frame)
        assert [end for _, end in turns[:-1]] == [str(int(start) - 1) for start, _ in turns[1:]]
        clicks = {int(step) for step in re.findall(r"\\uncover<(\d+)->", frame)} | {1}
        assert {int(start) for start, _ in turns if start} <= clicks
    assert set(re.findall(r"\{([^{}]*\.pdf)\}", str(page.main))) == set(page.companions)


@pytest.mark.parametrize("name", GRAPHS)
def test_no_slide_is_there_twice(name):
    frames = [re.sub(r"\\label\{.*?\}", "", one) for one in str(slides(name).main).split(r"\begin{frame}")]
    assert len(set(frames)) == len(frames)


def test_no_picture_shows_a_number_before_it_is_derived():
    """The numbers that come back stand on the last click of the last formula only; those that go forward after the definitions."""
    derivation, at = GRAPHS["shop"]
    document = lecture(derivation, at=at)
    opening = next(block for block in document.blocks if isinstance(block, Figure))
    turned = opening.turned()
    assert turned is not None
    whole = walked(document)[-1].walk()[-1]
    assert whole.stem == opening.stem != turned.stem
    frames = str(write(document, "beamer").main).split(r"\begin{frame}")
    assert [place for place, one in enumerate(frames) if turned.stem in one] == [2]
    (last,) = [one for one in frames if whole.stem in one]
    assert r"\frametitle{Together}" in last
    assert rf"\only<4->{{\includegraphics[width=\linewidth,height=7.5em,keepaspectratio]{{{whole.stem}.pdf}}}}" in last


@pytest.mark.parametrize("format", ["latex", "html", "markdown", "typst"])
def test_where_no_page_is_turned_there_is_one_picture(format):
    derivation, at = GRAPHS["shop"]
    document = lecture(derivation, at=at)
    page = write(document, format)
    assert len(page.companions) <= 1
    assert all(name.startswith(next(block.stem for block in document.blocks if isinstance(block, Figure))) for name in page.companions)


def test_without_pictures_nothing_is_drawn():
    page = write(lecture(Network().derivation("w1")), "beamer", pictures=False)
    assert not page.companions
    assert "includegraphics" not in str(page.main)


@pytest.mark.tex
@pytest.mark.parametrize("name", ["two paths", "shop"])
def test_the_slides_compile(name, tmp_path, compile_tex):
    derivation, at = GRAPHS[name]
    lecture(derivation, at=at).save(tmp_path / "slides.tex", format="beamer")
    compiled = compile_tex(tmp_path / "slides.tex")
    assert [box for box in compiled.overfull if box[0] > 5] == []
