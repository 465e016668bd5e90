"""LaTeX: every kind of node as a pair (formula, LaTeX), every hostile text as text, and pages that compile."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive import parse_graph
from explain import lecture
from explain.document import Block, Cite, Code, Emphasis, Equation, Heading, Items, Math, Paragraph, Strong, Table, Text
from explain.formula import (
    Binary,
    Cases,
    Fence,
    Fraction,
    Lines,
    Matrix,
    Name,
    Number,
    Over,
    Prefix,
    Relation,
    Root,
    Row,
    Script,
    Times,
    UnderBrace,
    Word,
    row,
)  # fmt: skip
from explain.writers import write
from explain.writers.latex import formula
from explain.writers.latex_formulas import escaped, guarded
from explain.writers.widths import Widths
from tests.writers_sample import CHAIN, EVERYTHING, PICTURE, equals, minus, net, one, page, partial, plus, printed, two, x, y


@pytest.mark.parametrize(
    ("node", "latex"),
    [
        (x, "x"),
        (net, r"\mathrm{net}"),
        (Name("δ"), r"\delta"),
        (Name("Δw"), r"\mathrm{\Delta w}"),
        (Name("σ′"), r"\sigma'"),
        (Name("𝟙"), r"\mathbf{1}"),
        (Name("ε"), r"\varepsilon"),
        (Name("W", "bold"), r"\mathbf{W}"),
        (Name("σ", "bold"), r"\boldsymbol{\sigma}"),
        (Name("d", "upright"), r"\mathrm{d}"),
        (Name("ln", "function"), r"\ln"),
        (Name("softplus", "function"), r"\operatorname{softplus}"),
        (Name("argmax", "function"), r"\operatorname*{argmax}"),
        (Name("a_b"), r"\mathrm{a\text{\_}b}"),
        (Number("−0.25"), "-0.25"),
        (Number("0,25"), "0{,}25"),
        (Number("1e-12"), "10^{-12}"),
        (Number("2.5e+3"), r"2.5 \cdot 10^{3}"),
        (Number("nan"), "nan"),
        (Word(" if x_1 "), r"\text{ if x\_1 }"),
        (row(x, plus, y, minus, one), "x + y - 1"),
        (row(Prefix("−"), x), "-x"),
        (row(Prefix("∂"), x), r"\partial x"),
        (row(Prefix("∂"), net), r"\partial\mathrm{net}"),
        (row(two, Times("·"), x), r"2 \cdot x"),
        (row(x, Times(), y), r"x\,y"),
        (row(Name("ln", "function"), Times(), x), r"\ln x"),
        (row(x, Relation("→"), y, Relation(","), one), r"x \to y, 1"),
        (row(x, Relation("∈"), y), r"x \in y"),
        (row(x, Binary("⊙"), y), r"x \odot y"),
        (Fraction(x, two), r"\frac{x}{2}"),
        (Script(x, one), "x_1"),
        (Script(x, Name("h1"), two), r"x_{\mathrm{h1}}^2"),
        (Script(Script(x, one), None, two), "{x_1}^2"),
        (Script(Name("f"), None, Name("′")), "f'"),
        (Script(Name("∑"), row(Name("k"), equals, one), Name("n")), r"\sum_{k = 1}^n"),
        (Root(x), r"\sqrt{x}"),
        (Root(x, Number("3")), r"\sqrt[{3}]{x}"),
        (Fence(x), "(x)"),
        (Fence(row(Fence(x), minus, one), "[", "]"), r"\bigl[(x) - 1\bigr]"),
        (Fence(Fraction(x, y)), r"\Bigl(\frac{x}{y}\Bigr)"),
        (Fence(UnderBrace(x, y)), r"(\underbrace{x}_{y})"),
        (Fence(x, "|", "|"), r"\lvert x\rvert"),
        (Fence(x, "(", ""), "(x"),
        (Fence(Matrix(((one,), (two,)))), r"\mathopen{}\left( \begin{bmatrix} 1 \\ 2 \end{bmatrix} \right)\mathclose{}"),
        (UnderBrace(row(x, plus, y), Name("δ")), r"\underbrace{x + y}_{\delta}"),
        (Over(y, "^"), r"\hat{y}"),
        (Over(row(x, plus, y), "¯"), r"\overline{x + y}"),
        (Matrix(((one, two),), "", "]"), r"\left.\begin{matrix} 1 & 2 \end{matrix}\right]"),
        (Matrix(((one, two), (Fence(x, "[", "]"), y))), r"\begin{bmatrix} 1 & 2 \\ {}[x] & y \end{bmatrix}"),
        (Matrix((tuple([one] * 11),)), r"\left[\begin{array}{ccccccccccc} " + " & ".join("1" * 11) + r" \end{array}\right]"),
        (Cases(((one, row(x, Relation("≥"), y)), (two, Word("else")))), r"\begin{cases} 1 & x \ge y \\ 2 & \text{else} \end{cases}"),
        (Lines(((x, row(equals, one), None), (Row(()), row(equals, two), None))), "\\begin{aligned}\nx & = 1 \\\\\n & = 2\n\\end{aligned}"),
        (partial(Name("Loss"), Script(Name("w"), one)), r"\frac{\partial\mathrm{Loss}}{\partial w_1}"),
    ],
)
def test_formula(node, latex):
    assert formula(node) == latex


def test_fences_in_a_line_of_text_are_smaller():
    assert formula(Fence(Fraction(x, y)), display=False) == r"\bigl(\frac{x}{y}\bigr)"


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        (r"\input{/etc/passwd}", r"\textbackslash{}input\{/etc/passwd\}"),
        ("$x_1^2$ & 50% #1 ~", r"\$x\_1\textasciicircum{}2\$ \& 50\% \#1 \textasciitilde{}"),
        ("<b> a | b", r"\textless{}b\textgreater{} a \textbar{} b"),
        ("say \"yes\" and 'no'", "say ``yes'' and 'no'"),
        ("--dry ---x ''", "-{}-dry -{}-{}-x '{}'"),
        ("a\n\n\\par b", r"a \textbackslash{}par b"),
        ("−δ → ∞ …", r"\ensuremath{-}\ensuremath{\delta} \ensuremath{\to} \ensuremath{\infty} \ldots{}"),
        ("우유 é", "우유 é"),
        ("^^5c ^^M", r"\textasciicircum{}\textasciicircum{}5c \textasciicircum{}\textasciicircum{}M"),
        ("/".join(["path"] * 6), r"path/path/pa\allowbreak{}th/path/path\allowbreak{}/path"),
        ("`tick` ?`", r"\textasciigrave{}tick\textasciigrave{} ?\textasciigrave{}"),
    ],
)
def test_text_is_escaped(text, latex):
    assert escaped(text) == latex


@given(st.text())
def test_no_text_keeps_a_sign_that_tex_acts_on(text):
    printed = escaped(text)
    rest = re.sub(r"\\allowbreak\{\}|\\ensuremath\{(\\[A-Za-z]+(\{\w\})?|\^\{\\circ\}|[^\\{}]*)\}|\\[A-Za-z]+\{\}|\\[{}$&#%_]", "", printed)
    rest = rest.replace("{}", "").replace("~", "" if "\u00a0" in text else "~")
    assert not set(rest) & set("\\{}$&#%_^~\n\r\0")


@pytest.mark.parametrize(("cell", "shown"), [("[x] & 1", "{}[x] & 1"), ("*", "{}*"), (" [", "{} ["), ("x", "x"), ("", "")])
def test_a_cell_is_no_argument_of_the_line_before(cell, shown):
    assert guarded(cell) == shown


def fragment(*blocks: Block) -> str:
    return printed(page(*blocks), "latex")


def test_lines_carry_reasons_and_one_number():
    text = fragment(Paragraph((Text("so"), Text(" "), Cite("w1:chain"))), Equation(CHAIN, "w1:chain"))
    assert text == (
        "\\begingroup\\allowdisplaybreaks\\tolerance=2000\\emergencystretch=4em\\binoppenalty=5000\n\n"
        "so \\eqref{w1:chain}\n"
        "\\begin{alignat}{2}\n"
        "  \\frac{\\partial L}{\\partial x} &= 1 + 2 &\\qquad& \\text{\\small (sum rule)} \\notag \\\\\n"
        "   &= 3 \\label{w1:chain}\n"
        "\\end{alignat}\n\n\\par\\endgroup\n"
    )


def test_a_long_reason_goes_below_its_line_and_wraps():
    long = Lines(((x, row(equals, one), (Text("because of many words " * 6),)),))
    assert r"&\qquad \parbox{" in fragment(Equation(long))


@pytest.mark.parametrize(
    ("block", "latex"),
    [
        (Heading(1, (Text("A & B"),)), r"\section*{\raggedright A \& B}"),
        (Heading(3, (Math(x),)), r"\subsubsection*{\raggedright \boldmath $x$}"),
        (Paragraph((Text("text"),), (Text("Lead."),)), r"\medbreak\noindent\textbf{Lead.}\enspace text"),
        (Paragraph((Strong((Math(x),)), Emphasis((Text("why"),)))), r"\textbf{\boldmath $x$}\emph{why}"),
        (Paragraph((Math(partial(y, x)),)), r"$\partial y/\partial x$"),
        (Equation(x), "\\[\n  x\n\\]"),
        (Equation(x, "a:b_c"), "\\begin{equation}\\label{a:b_c}\n  x\n\\end{equation}"),
        (Items(((Paragraph((Text("[a]"),)),),), start=4), "\\begin{enumerate}\n\\setcounter{enumi}{3}\n\\item {}[a]\n\\end{enumerate}"),
        (Items(((Paragraph((Text("a"),)),),), numbered=False), "\\begin{itemize}\n\\item a\n\\end{itemize}"),
        (Code("a  = '{}'"), "{\\footnotesize\\ttfamily\\raggedright\\noindent\na\\ =\\ \\textquotesingle{}\\char123{}\\char125{}\\textquotesingle{}\\par}"),
        (Code("x_1 %"), "{\\footnotesize\\ttfamily\\raggedright\\noindent\nx\\char95{}1\\ \\char37{}\\par}"),
    ],
)
def test_blocks(block, latex):
    assert latex in fragment(block)


def test_a_nested_list_counts_with_its_own_counter():
    inner = Items(((Paragraph((Text("b"),)),),), start=2)
    assert "\\setcounter{enumii}{1}" in fragment(Items(((inner,),)))


def test_a_table_that_is_too_wide_is_wrapped_and_a_long_one_continued():
    wide = Table(((Text("a"),), (Text("b"),)), (((Text("1"),), (Text("many words " * 20),)),), "rl")
    assert re.search(r"\\begin\{tabular\}\{rp\{[\d.]+em\}\}", fragment(wide))
    long = Table(((Text("head"),),), tuple(((Text(str(k)),),) for k in range(70)), "l")
    assert fragment(long).count("head \\tabularnewline \\hline") == 3


def test_only_what_is_needed_is_loaded():
    def loaded(text: str) -> list[str]:
        return re.findall(r"\\usepackage(?:\[.*?\])?\{(.*?)\}", text)

    assert loaded(printed(page(Paragraph((Text("x"),))), "standalone")) == ["geometry", "amsmath"]
    full = page(PICTURE, Paragraph((Text("우유"),)))
    assert loaded(printed(full, "standalone")) == ["geometry", "amsmath", "graphicx", "kotex"]
    assert write(full, "standalone").companions == {"net.pdf": b"%PDF-"}
    assert loaded(fragment(PICTURE)) == []


@pytest.mark.tex
@pytest.mark.parametrize("size", [10, 11, 12])
def test_a_fragment_compiles_in_a_standard_class_with_amsmath_alone(size, tmp_path, compile_tex):
    EVERYTHING.save(tmp_path / "part.tex")
    main = tmp_path / "main.tex"
    main.write_text(rf"\documentclass[{size}pt]{{article}}\usepackage{{amsmath,kotex}}\begin{{document}}\input{{part}}\end{{document}}")
    compiled = compile_tex(main)
    assert [box for box in compiled.overfull if box[0] > 5] == []
    assert compiled.lost == []


@pytest.mark.tex
def test_a_standalone_page_compiles_and_shows_hostile_text_as_text(tmp_path, compile_tex):
    EVERYTHING.save(tmp_path / "page.tex", format="standalone")
    compiled = compile_tex(tmp_path / "page.tex")
    assert [box for box in compiled.overfull if box[0] > 5] == []
    assert compiled.lost == []
    shown = subprocess.run(["pdftotext", "-layout", compiled.pdf, "-"], capture_output=True, text=True, check=False).stdout if shutil.which("pdftotext") else ""
    assert not shown or (r"\input{/etc/passwd}" in shown and "root:" not in shown and "우유" in shown)


@pytest.mark.tex
def test_widths_are_estimated_within_a_tenth_and_rarely_too_small(tmp_path):
    nodes = [
        row(
            Name("Loss"), equals, Prefix("−"), Fence(row(Script(Name("t"), one), Times(), Name("ln", "function"), Times(), net), "[", "]"), plus, Number("0.25")
        ),
        row(Fence(UnderBrace(row(partial(y, net), Times(), partial(net, x)), Name("δ"))), Times(), partial(x, Name("out")), minus, Number("1e-12")),
        row(*(part for k in range(9) for part in (Script(Name("w"), Number(str(k))), Times("·"), Name("out"), plus)), x),
        row(Root(Fraction(x, y)), Relation("→"), Matrix(((one, two), (x, y))), plus, Cases(((one, row(x, Relation("<"), y)), (two, Word("otherwise"))))),
    ]
    boxes = "".join(f"\\setbox0\\hbox{{$\\displaystyle {formula(node)}$}}\\typeout{{W=\\the\\wd0}}" for node in nodes)
    (tmp_path / "w.tex").write_text(rf"\documentclass{{article}}\usepackage{{amsmath}}\begin{{document}}{boxes}\end{{document}}")
    done = subprocess.run(["pdflatex", "-interaction=nonstopmode", "w.tex"], cwd=tmp_path, capture_output=True, timeout=60, check=False)
    real = [float(found) / 10 for found in re.findall(rb"W=([\d.]+)pt", done.stdout)]
    assert len(real) == len(nodes)
    for node, width in zip(nodes, real, strict=True):
        assert 0.96 * width <= Widths()(node) <= 1.12 * width, formula(node)


@pytest.mark.parametrize(("engine", "korean"), [("xelatex", "xetexko.sty"), ("lualatex", "luatexko.sty")])
def test_the_other_engines_set_the_page_too(engine, korean, tmp_path):
    if not shutil.which(engine) or not subprocess.run(["kpsewhich", korean], capture_output=True, check=False).stdout:
        pytest.skip(f"there is no {engine} with {korean}")
    EVERYTHING.save(tmp_path / "page.tex", format="standalone")
    command = [engine, "-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error", "page.tex"]
    done = subprocess.run(command, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, timeout=240, check=False)
    log = (tmp_path / "page.log").read_text("utf-8", "replace")
    assert done.returncode == 0, log[-2000:]
    assert "Missing character" not in log
    assert [width for width in re.findall(r"^Overfull \\hbox \(([\d.]+)pt", log, re.MULTILINE) if float(width) > 5] == []


def test_a_total_and_a_local_derivative_have_labels_of_their_own():
    """Where both are told, as of a graph that reads a node directly and through others."""
    graph = parse_graph("u = x**2\nv = u**2 + x\nz = u*v")
    page = lecture(graph.derivation("z", wrt="x"), at={"x": 2}, detail="full").to("latex")
    labels = re.findall(r"\\label\{([^}]*)\}", str(page))
    assert "z/x:z-u" in labels
    assert "z/x:z-u-total" in labels
    assert len(set(labels)) == len(labels)


LONG = "a label that is forty-six letters long, no less"


def test_a_long_label_leaves_its_formula_where_a_line_may_break():
    text = str(page(Paragraph((Math(row(Word(LONG), Relation("←"), Name("x"))), Math(row(Name("y"), Relation("="), Word(LONG)))))).to("latex"))
    assert f"{LONG}${{}}\\leftarrow x$$y ={{}}${LONG}" in text
    assert r"\text{short}" in str(page(Paragraph((Math(Word("short")),))).to("latex"))


def test_a_table_that_no_size_is_small_enough_for_sets_the_first_cells_above_the_others():
    wide = Table(((Text("name"),), *(((Text("number"),),) * 5)), ((((Math(Word(LONG)),), *(((Math(Number("0.1234567890")),),) * 5)),)), "lrrrrr")
    text = str(page(wide).to("latex"))
    assert rf"\multicolumn{{5}}{{l}}{{{LONG}}} \tabularnewline" in text
    assert r"\begin{tabular}{rrrrr}" in text
