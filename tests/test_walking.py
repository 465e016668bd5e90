"""Walks on slides: the picture of a network edge by edge, each with its factor, nothing moving between the clicks."""

from __future__ import annotations

import re

import pytest

from derive import Local, Network
from explain import lecture
from explain.document import Figure, Math
from explain.figures import network
from explain.figures.style import LIT
from explain.walking import backwards
from explain.writers import write


def figure(net: Network, name: str) -> Figure:
    return next(block for block in lecture(net.derivation(name)).blocks if isinstance(block, Figure))


@pytest.mark.parametrize(
    ("sizes", "name", "edges"),
    [
        ((1, 1), "w1", "out_o1-Loss net_o1-out_o1 w1-net_o1"),
        (
            (2, 2, 2), "w1",
            "out_o1-Loss net_o1-out_o1 out_h1-net_o1 out_o2-Loss net_o2-out_o2 out_h1-net_o2 net_h1-out_h1 w1-net_h1",
        ),
        (
            (1, 1, 2, 1), "w1",
            "a3_1-Loss z3_1-a3_1 a2_1-z3_1 z2_1-a2_1 a1_1-z2_1 a2_2-z3_1 z2_2-a2_2 a1_1-z2_2 z1_1-a1_1 w1-z1_1",
        ),
        ((2, 2, 1), "b1", "out_o1-Loss net_o1-out_o1 out_h1-net_o1 net_h1-out_h1 b1-net_h1"),
    ],
)  # fmt: skip
def test_the_way_back_takes_every_edge_once(sizes, name, edges):
    derivation = Network(*sizes).derivation(name)
    found = list(backwards(derivation))
    assert " ".join(f"{start}-{end}" for start, end in found) == edges
    assert {Local(end, start) for start, end in found} == {step.claim for step in derivation.steps if isinstance(step.claim, Local)}


def test_a_picture_for_every_factor_and_one_for_the_result():
    whole = figure(Network(), "w1")
    walk = whole.walk()
    assert len(walk) == 9
    assert all(len(one.caption) == 1 and isinstance(one.caption[0], Math) for one in walk)
    assert len({one.stem for one in walk}) == 9
    assert walk[-1].stem == whole.stem
    sizes = {re.search(r'viewBox="([^"]*)"', one.draw("svg").decode())[1] for one in (whole, *walk[:2])}  # type: ignore[index]
    assert len(sizes) == 1


@pytest.mark.parametrize(("name", "lit"), [("w1", ("w1", "net_h1")), ("b1", ("b1", "net_h1")), ("w1", ("net_h1", "out_h1")), ("w5", ("out_o1", "Loss"))])
def test_what_is_lit_is_seen(name, lit):
    net = Network()
    edge = net.graph.node(lit[0]), net.graph.node(lit[1])
    plain, marked = (network(net, net.derivation(name), lit=one).draw("svg").decode().count(LIT.colour) for one in ([], [edge]))
    assert (plain, marked) == (0, 1)


@pytest.mark.parametrize("name", ["w1", "i1"])
def test_where_the_paths_are_too_many_the_picture_stands_still(name):
    assert figure(Network(2, 3, 3, 2), name).walk() == ()


def test_a_slide_turns_from_picture_to_picture():
    page = write(lecture(Network(2, 2, 1).derivation("b1")), "beamer")
    frame = next(one for one in str(page.main).split(r"\begin{frame}") if "includegraphics" in one)
    turns = re.findall(r"\\only<([\d-]+)(?:\|handout:0)?>\{\\includegraphics\[[^]]*\]\{([^}]*)\}\}", frame)
    assert [turn for turn, _ in turns] == ["-1", "2", "3", "4", "5", "6", "7-"]
    assert {file for _, file in turns} == set(page.companions)
    assert re.findall(r"\\only<([\d-]+)(?:\|handout:0)?>\{(?:\$|\{)", frame) == [turn for turn, _ in turns]
    assert r"\only<6|handout:0>{$\displaystyle \frac{\partial\mathrm{net}_{h1}}{\partial b_1} = 1$}" in frame


@pytest.mark.parametrize("format", ["latex", "html", "markdown", "typst"])
def test_where_no_page_is_turned_there_is_one_picture(format):
    page = write(lecture(Network(2, 2, 1).derivation("b1")), format)
    assert len(page.companions) <= 1


def test_without_pictures_nothing_is_drawn():
    page = write(lecture(Network().derivation("w1")), "beamer", pictures=False)
    assert not page.companions
    assert "includegraphics" not in str(page.main)


@pytest.mark.tex
def test_the_slides_compile(tmp_path, compile_tex):
    lecture(Network().derivation("w1")).save(tmp_path / "slides.tex", format="beamer")
    compiled = compile_tex(tmp_path / "slides.tex")
    assert [box for box in compiled.overfull if box[0] > 5] == []
