"""Markdown: what each dialect writes, and texts that stay text when a Markdown program reads them."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from explain.document import Cite, Code, Document, Emphasis, Equation, Heading, Items, Math, Paragraph, Strong, Table, Text
from explain.formula import Relation, Script, Word, row
from explain.writers import one_line, write
from explain.writers.markdown import MarkdownFormulas, escaped
from tests.writers_sample import CHAIN, EVERYTHING, HOSTILE, PICTURE, net, one, page, partial, printed, two, x, y

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
DIALECTS = ("markdown", "github", "myst", "quarto")


def shown(markdown):
    return unescape(re.sub("<[^>]*>", "", READER.render(markdown)))


@given(st.text())
def test_any_text_is_read_as_itself(text):
    assert shown(printed(page(Paragraph((Text("x" + text),))), "markdown")).strip() == one_line("x" + text).strip()


@given(st.text("0123456789.)-+=#>*_ \t`~|:[]a", min_size=1))
def test_a_paragraph_is_no_other_block(text):
    html = READER.render(printed(page(Paragraph((Text(text),))), "markdown"))
    assert not re.search("<(?!/?p>)", html)
    assert unescape(re.sub("<[^>]*>", "", html)).strip() == one_line(text).strip()


@pytest.mark.parametrize(
    "text", [HOSTILE, "~~a~~ ==b== @cite ^c^", "&lt; &amp;", "![a](b) [c]: d", "https://x.y www.x.y", ":::{note} :smile:", "--- ***", "a | b"]
)
def test_hostile_text_is_text(text):
    assert shown(escaped(text)).strip() == text
    table = READER.render(printed(page(Table(((Text(text),),), (((Text(text),),),), "l")), "markdown"))
    assert table.count("<td") == 1
    assert "<script" not in table


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("markdown", "see (1) and $\\partial y/\\partial x$\n\n$$\nx \\tag{1}\n$$\n"),
        ("github", "see (1) and $`\\partial y/\\partial x`$\n\n```math\nx \\tag{1}\n```\n"),
        ("myst", "see {eq}`w1:c` and {math}`\\partial y/\\partial x`\n\n```{math}\n:label: w1:c\n\nx\n```\n"),
        ("quarto", "see ([-@eq-w1-c]) and $\\partial y/\\partial x$\n\n$$\nx\n$$ {#eq-w1-c}\n"),
    ],
)
def test_dialects_write_equations_in_their_own_way(dialect, text):
    parts = (Text("see "), Cite("w1:c"), Text(" and "), Math(partial(y, x)))
    assert printed(page(Paragraph(parts), Equation(x, "w1:c")), dialect) == text


def test_lines_carry_their_reasons():
    lines = printed(page(Equation(CHAIN)), "markdown")
    assert lines == ("$$\n\\begin{aligned}\n\\frac{\\partial L}{\\partial x} &= 1 + 2 &&\\quad \\text{(sum rule)} \\\\\n &= 3\n\\end{aligned}\n$$\n")


@pytest.mark.parametrize(
    ("node", "tex"),
    [
        (Word("a_b & 5%"), r"\text{a}\_\text{b }\&\text{ 5}\%"),
        (Word(r"\x ~"), r"\backslash\text{x }\sim"),
        (row(x, Relation("<"), y), r"x \lt y"),
        (Script(net, Word("우유")), r"\mathrm{net}_{\text{우유}}"),
        (partial(y, row(x, Relation("<"), one)), r"\frac{\partial y}{\partial x \lt 1}"),
    ],
)
def test_formulas_use_what_browsers_know(node, tex):
    assert re.sub(" +(?=$|[}\\\\])", "", MarkdownFormulas()(node)) == re.sub(" +(?=$|[}\\\\])", "", tex)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_nothing_in_a_formula_is_left_for_markdown(dialect):
    text = printed(EVERYTHING, dialect, pictures=False)
    assert "ensuremath" not in text
    assert not re.search(r"(?<!\\)<script", re.sub(r"```python.*?```", "", text, flags=re.DOTALL))
    assert r"\input{/etc" not in re.sub(r"```python.*?```", "", text, flags=re.DOTALL)
    assert dialect == "github" or text.count("$$") % 2 == 0


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (Heading(2, (Text("A_b"),)), "## A\\_b"),
        (Paragraph((Text("x"),), (Text("Lead."),)), "**Lead.** x"),
        (Paragraph((Strong((Math(x),)), Emphasis((Text("why"),)))), "**$x$***why*"),
        (Items(((Paragraph((Text("a"),)), Paragraph((Text("b"),))), (Paragraph((Text("c"),)),)), start=9), "9. a\n\n   b\n\n10. c"),
        (Items(((Items(((Paragraph((Text("a"),)),),), numbered=False),),), start=2), "2. - a"),
        (Table(((Text("h"),), (Text("i"),)), (((Math(x),), (Text("a|b"),)),), "lr", (Text("cap"),)), "| h | i |\n| :--- | ---: |\n| $x$ | a\\|b |\n\n*cap*"),
        (Code("```\n"), "````python\n```\n````"),
    ],
)
def test_blocks(block, text):
    assert printed(page(block), "markdown") == text + "\n"


def test_figures_are_files_beside_the_page():
    done = write(page(PICTURE), "markdown")
    assert set(done.companions) == {"net.svg"}
    assert done.main == '![the "network" \\<b\\>](net.svg)\n\n*Both paths of $x$*\n'
    assert printed(page(PICTURE), "markdown", pictures=False) == "\n"
    assert ":alt: the" in printed(page(PICTURE), "myst")
    assert "fig-alt=\"the 'network' <b>\"" in printed(page(PICTURE), "quarto")


def test_a_dollar_sign_stands_beside_no_blank_and_no_digit():
    parts = (Text("about "), Math(row(Relation("≈"), one)), Text("0 of 5"), Math(x), Text("은"))
    assert printed(page(Paragraph(parts)), "markdown") == "about $\\approx 1$&#48; of 5$x$은\n"
    assert printed(page(Paragraph(parts)), "github") == "about $`\\approx 1`$&#48; of 5$`x`$은\n"


def test_labels_for_quarto_have_no_underscore():
    text = printed(page(Equation(x, "Loss/w_1:net_h1"), Paragraph((Cite("Loss/w_1:net_h1"),))), "quarto")
    assert "{#eq-Loss-w--1-net--h1}" in text
    assert "[-@eq-Loss-w--1-net--h1]" in text


def test_quarto_gets_its_title_and_language_in_front():
    titled = Document((Text('A "b": '), Math(Script(x, two))), "ko", (Paragraph((Text("c"),)),))
    assert printed(titled, "quarto") == '---\ntitle: "A \\"b\\": $x_2$"\nlang: ko\n---\n\nc\n'
    assert printed(titled, "markdown") == '# A "b": $x_2$\n\nc\n'
