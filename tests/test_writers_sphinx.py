"""MyST through Sphinx, to HTML and to LaTeX: no warning, every equation with its label, every picture found."""

from __future__ import annotations

import pytest

from derive import Network
from explain import lecture
from explain.cards.activation import activation_card
from explain.cards.loss import loss_card
from explain.locales import LANGUAGES

CONF = 'project = "pages"\nextensions = ["myst_parser"]\n'


@pytest.mark.parametrize("language", LANGUAGES)
def test_sphinx_takes_the_pages_without_a_warning(language, tmp_path, python):
    for needed in ("sphinx", "myst_parser"):
        pytest.importorskip(needed, reason="Sphinx and MyST are no part of the tests' own environment")
    net = Network(2, 2, 2)
    pages = {
        "one": lecture(net.derivation("w1"), language=language),
        "two": lecture([net.derivation("w5"), net.derivation("b1")], language=language, labels={"w5": "우유: `x` {eq}`y` $z$ <b>"}),
        "activation": activation_card("gelu", language=language)[0],
        "loss": loss_card("cross_entropy", language=language)[0],
    }
    for name, document in pages.items():
        document.save(tmp_path / f"{name}.md", format="myst")
    (tmp_path / "conf.py").write_text(CONF, "utf-8")
    (tmp_path / "index.md").write_text("# Pages\n\n```{toctree}\n" + "\n".join(pages) + "\n```\n", "utf-8")
    for builder in ("html", "latex"):
        done = python("-m", "sphinx", "-q", "-W", "--keep-going", "-b", builder, str(tmp_path), str(tmp_path / f"_{builder}"), timeout=120)
        assert (done.returncode, done.stderr) == (0, ""), builder
    shown = (tmp_path / "_html" / "one.html").read_text("utf-8")
    assert shown.count('class="math notranslate nohighlight"') > 40
    assert shown.count('class="eqno"') == 8
    assert "<b>" not in (tmp_path / "_html" / "two.html").read_text("utf-8")
