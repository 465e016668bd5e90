"""Typst and PDF: pairs (formula, Typst), hostile text as text, and pages that the typesetters set."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.errors import DeriveError
from explain.document import Cite, Code, Document, Emphasis, Equation, Heading, Items, Math, Paragraph, Strong, Table, Text
from explain.formula import Cases, Fence, Fraction, Lines, Matrix, Name, Number, Over, Prefix, Relation, Root, Script, Times, UnderBrace, Word, row
from explain.writers import one_line, pdf, write
from explain.writers.typst import formula
from explain.writers.typst_formulas import escaped, joined, string
from tests.writers_sample import CHAIN, EVERYTHING, HOSTILE, PICTURE, equals, minus, net, one, page, partial, plus, printed, two, x, y


@pytest.mark.parametrize(
    ("node", "typst"),
    [
        (x, "x"),
        (net, '"net"'),
        (Name("δ"), "δ"),
        (Name("σ′"), "σ′"),
        (Name("W", "bold"), "bold(upright(W))"),
        (Name("ln", "function"), 'op("ln")'),
        (Name("lim", "function"), 'op("lim", limits: #true)'),
        (Number("-0.25"), "−0.25"),
        (Number("1e-07"), "10^(−7)"),
        (Number("nan"), '"nan"'),
        (Word('a"b\\'), r'"a\"b\\"'),
        (row(x, Times(), net, Times(), y), 'x thin"net"thin y'),
        (row(two, Times("·"), x), "2 dot.op x"),
        (row(Prefix("d"), x), "d x"),
        (row(Prefix("∂"), net), '∂"net"'),
        (row(x, minus, one), 'x class("binary", −)1'),
        (row(x, Relation("<"), y, Relation(","), one), r'x class("relation", lt)y\,thin 1'),
        (Fraction(x, y), "frac(x, y)"),
        (Script(x, one, two), "attach(x, b: 1, t: 2)"),
        (Root(x), "sqrt(x)"),
        (Root(x, Number("3")), "root(3, x)"),
        (Fence(x), r"\(x\)"),
        (Fence(x, "", "]"), r"x\]"),
        (Fence(Fraction(x, y)), r"lr(size: #2.2em, \(frac(x, y)\))"),
        (Fence(UnderBrace(x, y)), r"\(underbrace(x, y)\)"),
        (Over(y, "^"), "hat(y)"),
        (Matrix(((one, two), (x, y))), 'mat(delim: "[", 1, 2; x, y)'),
        (Matrix(((one, two), (x, y)), "[", ""), 'mat(delim: #("[", none), 1, 2; x, y)'),
        (Cases(((one, Word("if")),)), 'cases(1 &quad "if")'),
        (partial(Name("L"), Script(x, one)), "frac(∂L, ∂attach(x, b: 1))"),
    ],
)
def test_formula(node, typst):
    assert formula(node) == typst


@pytest.mark.parametrize(
    ("parts", "text"), [(["x", "y"], "x y"), (['"a"', "y"], '"a"y'), (["2", ".5"], "2 .5"), (["", "x", ""], "x"), (["dot.op", "\\("], "dot.op\\(")]
)
def test_parts_are_kept_apart_only_where_they_would_become_one(parts, text):
    assert joined(parts) == text


@given(st.text())
def test_a_string_holds_any_text(text):
    quoted = string(text)
    assert re.fullmatch(r'"(?:[^"\\\n]|\\["\\])*"', quoted)
    assert re.sub(r'\\(["\\])', r"\1", quoted[1:-1]) == one_line(text)


@pytest.mark.parametrize(
    ("text", "typst"),
    [
        ("#read <a> @b $x$", r"\#read \<a\> \@b \$x\$"),
        ("*a* _b_ `c` [d] ~", r"\*a\* \_b\_ \`c\` \[d\] \~"),
        ("a // b /* c", r"a \/\/ b \/\* c"),
        ("--a", r"\-#h(0pt);-a"),
        ("= title", r"\= title"),
        ("12. item", r"12\. item"),
        ("https://a", r"https\:\/\/a"),
        ("우유 − δ", "우유 − δ"),
    ],
)
def test_text_is_escaped(text, typst):
    assert escaped(text) == typst


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (Heading(2, (Text("A"), Math(x))), "== A$bold(x)$"),
        (Paragraph((Emphasis((Text("why"),)), Text("; (so)")), (Text("Lead."),)), "#strong[Lead.]; #emph[why];; (so)"),
        (Paragraph((Strong((Math(x),)),)), "#strong[$bold(x)$];"),
        (Equation(x), "$ x $"),
        (Equation(x, "a/b"), '#math.equation(block: true, numbering: "(1)", $ x $)#label("a/b")'),
        (Items(((Paragraph((Text("a"),)),),), start=3), "#enum(start: 3, tight: false,\n[a\n],)"),
        (Code('print("\\n")'), r'#raw(block: true, lang: "python", "print(\"\\n\")")'),
    ],
)
def test_blocks(block, text):
    assert text in printed(page(block), "typst")


def test_lines_carry_their_reasons():
    text = printed(page(Paragraph((Text("see "), Cite("c:1"))), Equation(CHAIN, "c:1")), "typst")
    assert '&class("relation", =)1 class("binary", +)2 & &quad #reason[(sum rule)]; \\\n' in text
    assert '#block(sticky: true)[see (#ref(label("c:1")))]' in text


def test_pictures_are_files_beside_the_page():
    done = write(page(PICTURE), "typst")
    assert set(done.companions) == {"net.svg"}
    assert 'image("net.svg", alt: "the \\"network\\" <b>")' in str(done.main)


FULL = Document((Text("T"),), "en", (*EVERYTHING.blocks, Table(((Text("a"),),), (((Text(HOSTILE),),),), "l")))


@pytest.mark.typst
def test_typst_sets_the_page_and_hostile_text_stays_text(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf, "ENGINES", ())
    first, second = write(FULL, "pdf").main, write(FULL, "pdf").main
    assert isinstance(first, bytes)
    assert first.startswith(b"%PDF")
    assert first == second
    if shutil.which("pdftotext"):
        (tmp_path / "page.pdf").write_bytes(first)
        shown = subprocess.run(["pdftotext", "-layout", tmp_path / "page.pdf", "-"], capture_output=True, text=True, check=True).stdout
        assert "root:" not in shown
        assert r"\input{/etc/passwd}" in shown
        assert "#read(" in shown


@pytest.mark.typst
def test_typst_refuses_a_character_that_no_font_has(monkeypatch):
    monkeypatch.setattr(pdf, "ENGINES", ())
    with pytest.raises(DeriveError, match="\U00013000"):
        write(page(Paragraph((Text("glyph \U00013000"),))), "pdf")


@pytest.mark.tex
def test_tex_sets_the_page():
    made = write(EVERYTHING, "pdf").main
    assert isinstance(made, bytes)
    assert made.startswith(b"%PDF")
    assert made == write(EVERYTHING, "pdf").main


@pytest.mark.tex
def test_tex_refuses_a_character_that_it_cannot_print(monkeypatch):
    monkeypatch.setattr(pdf, "find_spec", lambda name: None)
    with pytest.raises(DeriveError, match=r"pdflatex cannot set the page|has no glyph"):
        write(page(Paragraph((Text("glyph \U00013000"),))), "pdf")


@pytest.mark.parametrize("engine", ["xelatex", "lualatex"])
def test_the_other_engines_refuse_it_too(engine, monkeypatch):
    if not shutil.which(engine):
        pytest.skip(f"there is no {engine} on the PATH")
    monkeypatch.setattr(pdf, "ENGINES", (engine,))
    monkeypatch.setattr(pdf, "find_spec", lambda name: None)
    with pytest.raises(DeriveError, match=f"{engine} has no glyph for"):
        write(page(Paragraph((Text("glyph \U00013000"),))), "pdf")


@pytest.mark.typst
def test_hangul_without_a_font_is_refused_by_typst(monkeypatch):
    monkeypatch.setattr(pdf, "ENGINES", ())
    typesetter = pytest.importorskip("typst")
    compile_page = typesetter.compile
    monkeypatch.setattr(typesetter, "compile", lambda *given, **chosen: compile_page(*given, ignore_system_fonts=True, **chosen))
    with pytest.raises(DeriveError, match="우"):
        write(page(Paragraph((Text("우유"),))), "pdf")


def test_without_a_typesetter_both_ways_to_get_one_are_named(monkeypatch):
    monkeypatch.setattr(pdf, "ENGINES", ())
    monkeypatch.setattr(pdf, "find_spec", lambda name: None)
    with pytest.raises(DeriveError, match=r"gradnotes\[pdf\].*texlive"):
        write(page(Equation(row(x, equals, y, plus, one))), "pdf")


def test_an_engine_that_fails_says_why(monkeypatch, tmp_path):
    engine = tmp_path / "pdflatex"
    engine.write_text("#!/bin/sh\necho '! LaTeX Error: File amsmath.sty not found.'\nexit 1\n")
    engine.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setattr(pdf, "find_spec", lambda name: None)
    with pytest.raises(DeriveError, match=r"pdflatex cannot set the page: LaTeX Error: File amsmath\.sty not found"):
        write(page(Equation(x)), "pdf")


def test_a_numbered_formula_stays_on_one_page_unless_it_is_long():
    """Typst repeats the number on both pages of one that is broken."""

    def chain(count):
        return printed(page(Equation(Lines(tuple((x, row(equals, Number(str(k))), None) for k in range(count))), "e:1")), "typst")

    assert "#block(breakable: false)[#math.equation(block: true, numbering" in chain(4)
    assert "#block(breakable: false)" not in chain(40)


def test_a_table_that_is_too_wide_sets_the_first_cells_above_the_others():
    label = "a label that is forty-six letters long, no less"
    wide = Table(((Text("name"),), *(((Text("number"),),) * 5)), ((((Math(Word(label)),), *(((Math(Number("0.1234567890")),),) * 5)),)), "lrrrrr")
    text = printed(page(wide), "typst")
    assert "table(columns: 5" in text
    assert f'table.cell(colspan: 5, align: left)[$"{label}"$], [$0.1234567890$],' in text
