"""Cards, claims, exercises and listings, fragments and slides as LaTeX: TeX takes them, and nothing runs off a page or a slide."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from explain.cli import explain
from explain.cli.endings import CHECK_FAILED, DONE

PAGES = {
    "activation": "activation gelu --detail full",
    "activation-ko": "activation hard_sigmoid --language ko",
    "loss": "loss rmsle --language ko",
    "optimizer": "optimizer adamw",
    "claim": "claim sqrt(x**2)=x --language ko",
    "gradient": "claim --gradient w1 i1*out_h1*(1-out_h1)*(out_o1-t_o1)*w5",
    "hints": "gradient w1 b3 --hints --language ko",
    "blank": "gradient w1 --net 2-3-2-1 --blank",
    "code": "code",
}


@pytest.mark.tex
@pytest.mark.parametrize("name", PAGES)
def test_a_page_compiles_and_nothing_is_lost_or_too_wide(name, tmp_path, compile_tex):
    page = tmp_path / "page.tex"
    done = CliRunner().invoke(explain, [*PAGES[name].split(), "--format", "standalone", "-o", str(page)])
    assert done.exit_code in (DONE, CHECK_FAILED), done.output
    compiled = compile_tex(page)
    assert [one for one in compiled.overfull if one[0] > 5] == []
    assert compiled.lost == []


# The fragment in a class of its own, and slides, whose frames are boxes that TeX reports where something runs off them.
OTHERS = {
    "fragment": ("latex", "gradient w1 --net 3-6-5 --language ko"),
    "fragment-full": ("latex", "gradient w1 --detail full --precision 12"),
    "fragment-matrix": ("latex", "matrix W1 --layout columns --net 3-6-5"),
    "slides": ("beamer", "gradient w1 --language ko"),
    "slides-wide": ("beamer", "gradient w1 --net 3-6-5 --notation delta"),
    "slides-softmax": ("beamer", "gradient w1 --net 2-2-3 --output softmax --loss categorical_cross_entropy --language ko"),
    "slides-card": ("beamer", "activation gelu --detail full"),
    "slides-labels": ("beamer", "gradient w1 --label w1=우유우유우유우유 --label out_h1=a_very_long_label_of_a_hidden_unit"),
}
LABEL = "a_label_that_is_exactly_forty-six_letters_long"
OTHERS |= {
    "fragment-label": ("latex", f"gradient w1 --label w1={LABEL}"),
    "fragment-label-table": ("latex", f"check --label w1={LABEL}"),
    "slides-label-table": ("beamer", f"check --label w1={LABEL}"),
    "fragment-digits": ("latex", "matrix W1 --precision 12 --net 3-6-5"),
    "fragment-root": ("latex", "gradient w1 --loss rmsle --output softplus --language ko"),
    "slides-root": ("beamer", "gradient w1 --loss rmsle --output softplus --language ko"),
    "fragment-nested": ("latex", "rule x**2*sin(3*x)*exp(-x**2/2)/sqrt(1+x**2) --detail full"),
}
ARTICLE = "\\documentclass{article}\n\\usepackage{amsmath,graphicx,kotex}\n\\begin{document}\n\\input{part}\n\\end{document}\n"


@pytest.mark.tex
@pytest.mark.parametrize("name", OTHERS)
def test_nothing_runs_off_a_page_or_a_slide(name, tmp_path, compile_tex):
    format, command = OTHERS[name]
    page = tmp_path / ("part.tex" if format == "latex" else "slides.tex")
    done = CliRunner().invoke(explain, [*command.split(), "--format", format, "-o", str(page)])
    assert done.exit_code == DONE, done.output
    if format == "latex":
        page = tmp_path / "page.tex"
        page.write_text(ARTICLE, "utf-8")
    compiled = compile_tex(page)
    assert [one for one in compiled.overfull if one[0] > 5] == []
    assert compiled.lost == []


@pytest.mark.tex
def test_what_runs_off_a_slide_is_seen(tmp_path, compile_tex):
    page = tmp_path / "slides.tex"
    lines = "a line\\par\n" * 30
    page.write_text(f"\\documentclass{{beamer}}\n\\begin{{document}}\n\\begin{{frame}}\n{lines}\\end{{frame}}\n\\end{{document}}\n", "utf-8")
    assert [one for one in compile_tex(page).overfull if one[0] > 5]
