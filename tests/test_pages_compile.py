"""Cards, claims, exercises and listings as LaTeX documents: TeX takes them, and nothing runs off the page."""

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
