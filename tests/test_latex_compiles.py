"""Every standalone page that the command line writes is a page for TeX, and nothing sticks out of it."""

from __future__ import annotations

import pytest

WIDEST = 5.0  # points by which a line may stick out before a reader sees it

COMMANDS = [
    "gradient w1",
    "gradient w1 --detail brief",
    "gradient w1 --detail full",
    "gradient w7 b1 i1 net_h1",
    "gradient all --loss squared_error",
    "gradient all --numbering by-target --biases per-layer",
    "gradient all --numbering by-target --biases none",
    "gradient w1 --activation tanh --output identity --loss squared_error",
    "gradient w1 --activation relu --no-check",
    "gradient w1 --net 2-3-2-2",
    "gradient w1 --net 3-1",
    "gradient w1 --precision 12",
    "gradient w1 --precision 2",
    "gradient w1 --at w1=-1e-9,i1=12345.678",
    r"gradient w1 --label w1=50%_of_#1&{x}~\input{y}^$",
    "gradient w1 --label w1=우유,i1=사과",
]


@pytest.mark.tex
@pytest.mark.parametrize("command", COMMANDS)
def test_a_page_compiles_and_nothing_sticks_out(command, python, compile_tex, tmp_path):
    page = tmp_path / "page.tex"
    done = python("-m", "explain", *command.split(), "--format", "standalone", "-o", str(page))
    assert done.returncode == 0, done.stderr
    holds(compile_tex(page))


@pytest.mark.tex
def test_several_fragments_share_one_page(python, compile_tex, tmp_path):
    """The labels of their equations differ, so that a lecturer may put them into one file of her own."""
    for name in ("w1", "w5", "b1"):
        done = python("-m", "explain", "gradient", name, "-o", str(tmp_path / f"{name}.tex"))
        assert done.returncode == 0, done.stderr
    page = tmp_path / "own.tex"
    page.write_text(
        "\\documentclass{article}\n\\usepackage{amsmath,amssymb}\n\\begin{document}\n\\input{w1}\n\\input{w5}\n\\input{b1}\n\\end{document}\n", "utf-8"
    )
    assert compile_tex(page).lost == []


def holds(compiled):
    assert compiled.pdf.stat().st_size > 1000
    assert [line for points, line in compiled.overfull if points > WIDEST] == []
    assert compiled.lost == []


# The judges themselves: each must be able to say no.


@pytest.mark.tex
def test_what_sticks_out_is_seen(compile_tex, tmp_path):
    compiled = compile_tex(written(tmp_path, r"\noindent\hbox to 2\textwidth{wide}\par $\ref{nowhere}$"))
    assert [points > WIDEST for points, _ in compiled.overfull] == [True]
    assert "nowhere" in compiled.lost[0]


@pytest.mark.tex
@pytest.mark.parametrize(
    "body", [r"\undefinedcommand", r"\input{/etc/passwd}", r"\input{../outside}", r"$\frac{1}{2}"], ids=["unknown", "absolute", "outside", "unclosed"]
)
def test_what_does_not_compile_fails(body, compile_tex, tmp_path):
    (tmp_path / "outside.tex").write_text("reached", "utf-8")
    (tmp_path / "inner").mkdir()
    with pytest.raises(pytest.fail.Exception, match=r"page\.tex does not compile"):
        compile_tex(written(tmp_path / "inner", body))


def written(folder, body):
    page = folder / "page.tex"
    page.write_text(f"\\documentclass{{article}}\n\\begin{{document}}\n{body}\n\\end{{document}}\n", "utf-8")
    return page


@pytest.mark.parametrize(("ci", "outcome"), [("", "1 skipped"), ("true", "1 error")])
def test_without_tex_it_is_skipped_at_home_and_fails_in_ci(ci, outcome, python, tmp_path):
    done = python("-m", "pytest", "-q", "-p", "no:cacheprovider", f"{__file__}::test_what_sticks_out_is_seen", PATH=str(tmp_path), CI=ci)
    assert outcome in done.stdout.splitlines()[-1]
    assert "there is no pdflatex on the PATH" in done.stdout
