"""Beamer: what goes on which slide, what is uncovered when, and slides that nothing runs off."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explain.document import Block, Code, Document, Equation, Figure, Heading, Items, Math, Paragraph, Table, Text
from explain.formula import Lines, Matrix, Name, Number, Relation, Row, row
from explain.writers.frames import capacity, frames, height, steps
from tests.writers_sample import CHAIN, EVERYTHING, PICTURE, equals, one, page, plus, printed, x, y

ROOM = 34.0


def words(count):
    return Paragraph((Text("several words in a line " * count),))


def facts(count):
    return Lines(tuple(line for k in range(count) for line in ((Name(f"n{k}"), row(equals, one, plus, x), None), (Row(()), row(equals, Number("2")), None))))


def shown(*blocks: Block):
    return list(frames(blocks, ROOM))


def test_every_titled_paragraph_and_every_numbered_formula_has_its_slide():
    found = shown(Paragraph((Text("a"),), (Text("First."),)), Equation(x, "e:1"), Equation(y, "e:2"), Paragraph((Text("b"),), (Text("Second."),)))
    assert [(frame.title, len(frame.blocks)) for frame in found] == [((Text("First"),), 2), ((Text("First"),), 1), ((Text("Second"),), 1)]


def test_headings_open_slides_and_stand_above_those_that_follow():
    found = shown(Heading(1, (Text("T"),)), words(1), Heading(3, (Text("part"),)), words(1))
    assert [(frame.title, frame.heading, len(frame.blocks)) for frame in found] == [
        ((), (Text("T"),), 0),
        ((), (Text("T"),), 1),
        ((Text("part"),), (Text("T"),), 1),
    ]


def test_a_sentence_moves_on_with_the_formula_that_it_announces():
    found = shown(words(45), words(1), Equation(facts(4)))
    assert [type(block) for block in found[1].blocks] == [Paragraph, Equation]


def test_a_remark_takes_the_last_fact_of_its_formula_with_it():
    found = shown(Equation(facts(4)), words(9))
    assert [[type(block) for block in frame.blocks] for frame in found] == [[Equation], [Equation, Paragraph]]
    assert shown(Equation(facts(4)), Paragraph((*words(9).parts, Text("here it is:"))), Equation(facts(2)))[1].blocks[0] != found[1].blocks[0]


def test_a_picture_leaves_room_or_is_left_out():
    """Above a formula whose lines are too high for both there is none; its size is the same on every slide."""
    walk = tuple(Figure(lambda suffix: b"", f"p{k}", "", size=(300.0, 100.0)) for k in range(6))
    found = shown(Equation(facts(6), "e:1", lambda: walk))
    blocks = [block for frame in found for block in frame.blocks if isinstance(block, Equation)]
    assert [one.stem for block in blocks for one in dict.fromkeys(block.walk())] == [f"p{k}" for k in range(6)]
    high = Lines(tuple((x, row(equals, Matrix(((x,),) * 8)), None) for _ in walk))
    assert not any(block.walk() for frame in shown(Equation(high, "e:2", lambda: walk)) for block in frame.blocks if isinstance(block, Equation))


def test_a_long_formula_is_divided_between_facts_and_numbered_at_its_end():
    found = shown(Equation(facts(9), "e:1"))
    assert len(found) > 1
    assert [block.label for frame in found for block in frame.blocks if isinstance(block, Equation)] == [""] * (len(found) - 1) + ["e:1"]
    for frame in found:
        (block,) = frame.blocks
        assert isinstance(block, Equation)
        assert isinstance(block.formula, Lines)
        assert block.formula.rows[0][0] != Row(())


def test_a_chain_that_goes_on_says_again_what_it_is_about():
    chain = Lines((((Name("L"), row(equals, one), None)), *(((Row(()), row(equals, Number(str(k))), None)) for k in range(20))))
    formulas = [block.formula for frame in shown(Equation(chain)) for block in frame.blocks if isinstance(block, Equation)]
    rows = [formula.rows for formula in formulas if isinstance(formula, Lines)]
    assert len(rows) > 1
    assert all(part[0][0] == Name("L") for part in rows)
    assert sum(map(len, rows)) == 21


blocks = st.one_of(
    st.integers(1, 12).map(words),
    st.integers(1, 12).map(lambda count: Equation(facts(count), "e:1")),
    st.integers(1, 20).map(lambda count: Items(tuple((words(1),) for _ in range(count)), start=3)),
    st.integers(1, 30).map(lambda count: Table(((Text("h"),),), tuple(((Text(str(k)),),) for k in range(count)), "l")),
    st.integers(1, 40).map(lambda count: Code("x = 1\n" * count)),
)


@given(st.lists(blocks, min_size=1, max_size=6))
def test_nothing_is_higher_than_a_slide_and_nothing_is_lost(document):
    found = shown(*document)
    for frame in found:
        assert frame.blocks
        assert not frame.crowded
        assert sum(height(block, ROOM) for block in frame.blocks) <= capacity(frame, ROOM)
    placed = [block for frame in found for block in frame.blocks]
    for kind, count in ((Items, lambda one: len(one.items)), (Table, lambda one: len(one.rows)), (Code, lambda one: len(one.source.splitlines()))):
        assert sum(count(one) for one in placed if isinstance(one, kind)) == sum(count(one) for one in document if isinstance(one, kind))
    assert sum(isinstance(one, Paragraph) for one in placed) == sum(isinstance(one, Paragraph) for one in document)


def test_a_formula_that_is_higher_than_a_slide_goes_on_with_its_next_term():
    rows = ((x, row(equals, y), None), *((Row(()), row(plus, Matrix(((one,),) * 3)), None) for _ in range(9)), (Row(()), row(equals, one), None))
    found = shown(Equation(Lines(rows), "e:1"))
    parts = [block.formula.rows for frame in found for block in frame.blocks if isinstance(block, Equation) and isinstance(block.formula, Lines)]
    assert not any(frame.crowded for frame in found)
    assert len(parts) > 2
    assert parts[1][0] == rows[len(parts[0])]
    assert sum(map(len, parts)) == len(rows)


def test_what_cannot_be_divided_is_shrunk():
    (frame,) = shown(words(90))
    assert frame.crowded
    assert r"\begin{frame}[shrink]" in printed(page(words(90)), "beamer")


def test_lines_are_uncovered_one_by_one_and_a_broken_line_at_once():
    broken = Lines((*CHAIN.rows, (Row(()), row(plus, one), None), (y, row(equals, one), None)))
    assert steps(broken.rows) == (0, 1, 1, 2)
    text = printed(page(Paragraph((Text("a"),)), Equation(broken), Paragraph((Text("after"),))), "beamer")
    assert re.findall(r"\\uncover<(\d)->", text) == ["2", "2", "3", "3", "4"]
    assert r"\uncover<4->{after}" in text


def test_items_are_uncovered_one_by_one():
    text = printed(page(Items(((words(1),), (Equation(CHAIN),)), numbered=False)), "beamer")
    assert re.findall(r"\\item(<\d->)?", text) == ["", "<2->"]
    assert r"\uncover" not in text


def test_the_title_comes_first_and_korean_loads_its_package():
    text = printed(Document((Text("T & "), Math(x)), "ko", (PICTURE, words(1))), "beamer")
    assert "\\title{T \\& $x$}" in text
    assert "kotex" in text
    assert text.index("titlepage") < text.index("includegraphics")


@pytest.mark.tex
def test_slides_compile_and_nothing_runs_off_them(tmp_path, compile_tex):
    full = Document(EVERYTHING.title, "en", (*EVERYTHING.blocks, Equation(facts(30), "many:1"), words(60), Equation(row(x, Relation("→"), y), "last:1")))
    full.save(tmp_path / "slides.tex", format="beamer")
    compiled = compile_tex(tmp_path / "slides.tex")
    assert [box for box in compiled.overfull if box[0] > 5] == []
    assert [one for one in compiled.lost if "multiply" not in one] == []


@pytest.mark.parametrize("engine", ["xelatex", "lualatex"])
def test_slides_need_no_font_of_their_own_under_the_other_engines(engine, tmp_path):
    if not shutil.which(engine):
        pytest.skip(f"there is no {engine} on the PATH")
    page(Equation(CHAIN, "one:1")).save(tmp_path / "slides.tex", format="beamer")
    command = [engine, "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "slides.tex"]
    done = subprocess.run(command, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout[-800:]


def test_what_is_left_over_is_divided_evenly():
    rows = [
        len(block.formula.rows)
        for frame in shown(Equation(facts(6)))
        for block in frame.blocks
        if isinstance(block, Equation) and isinstance(block.formula, Lines)
    ]
    assert rows == [6, 6]
