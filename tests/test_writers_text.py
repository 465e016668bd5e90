"""Text for a terminal: formulas in two dimensions, pages that fit their width, ASCII that is ASCII."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explain.document import Document, Equation, Items, Math, Paragraph, Table, Text
from explain.formula import Binary, Cases, Fence, Fraction, Lines, Matrix, Name, Number, Over, Prefix, Relation, Root, Script, Times, UnderBrace, Word, row
from explain.writers.boxes import Box, beside, cell_len, fenced
from explain.writers.text import formula, wrapped
from explain.writers.text_formulas import NO_BREAK, TextFormulas, to_ascii
from tests.writers_sample import CHAIN, EVERYTHING, PICTURE, equals, minus, net, one, page, partial, plus, printed, two, x, y

w1 = Script(Name("w"), one)
loss = Name("Loss")


@pytest.mark.parametrize(
    ("node", "drawn"),
    [
        (w1, "w₁"),
        (Script(net, Name("h1")), "net_h1"),
        (Script(net, row(Name("h"), one)), "net_h1"),
        (Script(x, Name("i"), two), "x_i²"),
        (Script(Name("z"), one, Fence(Name("l"))), "z₁⁽ˡ⁾"),
        (Script(x, None, row(y, plus, one)), "x^(y+1)"),
        (Script(x, None, Name("T")), "xᵀ"),
        (row(w1, Times(), x, plus, Number("-0.5"), Times("·"), y), "w₁ x + −0.5 · y"),
        (Number("2.5e-12"), "2.5·10⁻¹²"),
        (Number("1e-12"), "10⁻¹²"),
        (row(Name("ln", "function"), Times(), Fence(x)), "ln(x)"),
        (row(Name("ln", "function"), x), "ln x"),
        (Over(y, "^"), "ŷ"),
        (Over(net, "¯"), "mean(net)"),
        (Root(x), "√x"),
        (Root(row(x, plus, one), Number("3")), "³√(x + 1)"),
        (Word("if"), "if"),
        (row(Prefix("−"), Fraction(x, y)), "  x\n− ─\n  y"),
        (partial(loss, w1), "∂Loss\n─────\n ∂w₁"),
        (Fence(Fraction(x, y)), "⎛x⎞\n⎜─⎟\n⎝y⎠"),
        (Fence(Fraction(x, y), "[", "]"), "⎡x⎤\n⎢─⎥\n⎣y⎦"),
        (Matrix(((one, two), (x, y))), "⎡1  2⎤\n⎣x  y⎦"),
        (Cases(((one, row(x, Relation("<"), y)), (two, Word("else")))), "⎧1   x < y\n⎩2   else"),
        (UnderBrace(row(x, plus, y, minus, one), Name("δ")), "x + y − 1\n╰───┬───╯\n    δ"),
        (Fence(UnderBrace(Fraction(net, net), x)), "⎛net⎞\n⎜───⎟\n⎝net⎠\n ╰┬╯\n  x"),
        (row(Script(Name("∑"), row(Name("k"), equals, one), Name("n")), Times(), x), "  n\n  ∑   x\n k=1"),
        (row(Fraction(Number("1"), two), Times(), Fraction(x, y)), "1 x\n─ ─\n2 y"),
    ],
)
def test_a_formula_in_two_dimensions(node, drawn):
    assert formula(node) == drawn


@pytest.mark.parametrize(
    ("node", "typed"),
    [
        (w1, "w_1"),
        (row(Name("δ"), Relation("≈"), Name("σ"), Fence(Name("Ω"))), "delta ~= sigma(Omega)"),
        (partial(loss, w1), "dLoss\n-----\ndw_1"),
        (Fence(Fraction(x, y)), "/x\\\n|-|\n\\y/"),
        (UnderBrace(row(x, plus, y), x), "x + y\n'-+-'\n  x"),
        (Root(x), "sqrt(x)"),
        (Number("2e-12"), "2e-12"),
        (row(x, Relation("→"), y, Relation("≤"), Name("∞")), "x -> y <= inf"),
        (Word("우유 “é”"), '\\uc6b0\\uc720 "e"'),
    ],
)
def test_a_formula_in_ascii(node, typed):
    assert formula(node, ascii=True) == typed


@given(st.text())
def test_ascii_is_ascii(text):
    assert to_ascii(text).replace(NO_BREAK, " ").isascii()


@pytest.mark.parametrize("ascii", [False, True])
@pytest.mark.parametrize("width", [44, 64, 80, 120])
def test_a_page_fits_its_width(width, ascii):
    text = printed(EVERYTHING, "text", width=width, ascii=ascii)
    lines = [line for line in text.splitlines() if "input{/etc/passwd} $x_1$ {%} #1 & ~^ <b>" not in line]  # source code is not wrapped
    assert max(map(cell_len, lines)) <= width
    assert not ascii or text.isascii()
    assert NO_BREAK not in text
    assert all(line == line.rstrip() for line in lines)


def test_a_page():
    document = Document(
        (Text("Title"),),
        "en",
        (
            Paragraph((Text("The formula "), Math(partial(y, x)), Text(" in a line.")), (Text("Lead."),)),
            Equation(CHAIN, "w1:chain"),
            PICTURE,
            Items(((Paragraph((Text("first"),)),), (Paragraph((Text("second item with words"),)),)), start=9),
            Table(((Text("step"),), (Text("value"),)), (((Math(w1),), (Text("0.5"),)), ((Text("우유"),), (Text("12.25"),))), "lr", (Text("caption"),)),
        ),
    )
    assert printed(document, "text", width=40) == dedent("""\
        Title
        ═════

        Lead. The formula ∂y/∂x in a line.

            ∂L
            ── = 1 + 2   (sum rule)
            ∂x

               = 3                           (1)

         9. first
        10. second item with words

         step   value
         ────────────
         w₁       0.5
         우유   12.25
        caption
        """)


def test_reasons_stand_in_a_column_or_below_their_line():
    short = (x, row(equals, one), (Text("short"),))
    rows = (short, (x, row(equals, Name("longer"), plus, one), (Text("second"),)))
    assert printed(page(Equation(Lines(rows))), "text", width=40) == "    x = 1            (short)\n    x = longer + 1   (second)\n"
    rows = (short, (x, row(equals, Name("longer"), plus, one), (Text("a reason of many words"),)))
    assert printed(page(Equation(Lines(rows))), "text", width=32) == "    x = 1   (short)\n\n    x = longer + 1\n        (a reason of many words)\n"


def test_a_minus_does_not_run_into_the_bar_of_a_fraction():
    assert "− ─" in formula(row(x, equals, Prefix("−"), Fraction(x, y)))


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("a bb ccc", 4, ["a bb", "ccc"]),
        ("우유 우유", 4, ["우유", "우유"]),
        ("a" * 9, 4, ["aaaa", "aaaa", "a"]),
        (f"x{NO_BREAK}={NO_BREAK}1 and", 6, [f"x{NO_BREAK}={NO_BREAK}1", "and"]),
        (f"long{NO_BREAK}formula", 6, ["long", "formul", "a"]),
        ("", 4, [""]),
    ],
)
def test_words_are_wrapped_by_cells(text, room, lines):
    assert wrapped(text, room) == lines


@given(st.lists(st.text("ab 우", min_size=1, max_size=12), max_size=8), st.integers(min_value=2, max_value=30))
def test_wrapping_keeps_every_word_and_fits(words, room):
    text = " ".join(words)
    lines = wrapped(text, room)
    assert all(cell_len(line) <= room for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_boxes_share_their_baseline():
    tall = Box(("1", "-", "2"), 1)
    assert beside(Box(("x+",)), tall).lines == ("  1", "x+-", "  2")
    assert fenced(beside(tall, Box(("y",))), "(", ")", False).lines == ("⎛1 ⎞", "⎜-y⎟", "⎝2 ⎠")


def test_every_line_of_a_formula_is_as_wide_as_the_box_says():
    boxed = TextFormulas(True, False)
    for block in EVERYTHING.blocks:
        if isinstance(block, Equation):
            box = boxed(block.formula)
            assert {cell_len(line) for line in box.lines} == {box.width}


def test_signs_and_blanks_between_terms():
    assert formula(row(x, Binary("⊙"), y)) == "x ⊙ y"
    assert formula(row(x, Relation(","), y)) == "x, y"


@pytest.mark.parametrize(("text", "cells"), [("abc", 3), ("우유", 4), ("x\u0304", 1), ("∂w₁ ─", 5), ("", 0)])
def test_cells(text, cells):
    assert cell_len(text) == cells


def test_a_script_in_brackets_has_one_pair_of_them_in_ascii() -> None:
    layer = Script(Name("z"), one, Fence(one))
    assert TextFormulas(True, ascii=True)(layer).lines == ("z_1^(1)",)
    assert TextFormulas(True, ascii=True)(Script(x, None, row(Fence(y), plus, Fence(one)))).lines == ("x^((y)+(1))",)


def test_a_table_breaks_its_heads_before_its_numbers() -> None:
    number = "−0.1234567891"
    head = tuple((Text(words),) for words in ("a name", "central difference", "value", "difference", "bound", "verdict"))
    cells = tuple((Text(words),) for words in ("∂out_o1/∂net_o1", number, number, "1 · 10⁻¹²", "1 · 10⁻¹⁰", "agrees"))
    told = printed(page(Table(head, (cells,), "lrrrrl")), "text")
    assert told.count(number) == 2
    assert max(map(cell_len, told.split("\n"))) <= 80
    assert "central\n" in told
