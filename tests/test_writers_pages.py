"""Real pages in every format and language: the same facts, within their width and size, and labels that stay labels."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from unicodedata import normalize

import pytest

from derive import Network
from derive.activations import ACTIVATIONS
from derive.losses import LOSSES
from explain import lecture
from explain.cards.activation import activation_card
from explain.cards.loss import loss_card
from explain.cards.optimizer import optimizer_card
from explain.locales import LANGUAGES
from explain.writers import WRITERS, write
from explain.writers.boxes import cell_len
from numeric.optimizers import OPTIMIZERS

COLUMNS = 80
TEXTUAL = [name for name in WRITERS if name not in ("pdf", "json")]
CARDS = {
    **{f"activation {name}": (activation_card, name) for name in ACTIVATIONS},
    **{f"loss {name}": (loss_card, name) for name in LOSSES},
    **{f"optimizer {name}": (optimizer_card, name) for name in OPTIMIZERS},
}
NET = Network(2, 2, 2)
LABELS = {
    "w1": r"\input{/etc/passwd}",
    "i1": '#read("/etc/passwd")',
    "net_h1": "$x_1^2$ & 50% ~ {#1}",
    "out_h1": "![a](b) `c` | *d* <b>",
    "b1": "우유 [x]: y",
}


@pytest.fixture(scope="module", params=LANGUAGES)
def sample(request):
    return lecture(NET.derivation("w1"), language=request.param)


@pytest.mark.parametrize("format", TEXTUAL)
def test_every_format_tells_the_same(format, sample):
    page = write(sample, format)
    text = re.sub(r"<[^>]*>", "", str(page.main))
    for number in ("0.6106", "0.7452", "0.2548", "0.2378", "0.0409", "0.0795", "0.040916368491"):
        assert number in text, (format, number)
    assert len(page.companions) == {"html": 0, "text": 0}.get(format, 1) or format == "beamer"


@pytest.mark.parametrize("card", CARDS)
def test_no_card_is_wider_than_a_terminal(card):
    make, name = CARDS[card]
    document = make(name, language="en", **({} if make is optimizer_card else {"detail": "full"}))[0]
    for ascii in (False, True):
        text = str(write(document, "text", width=COLUMNS, ascii=ascii).main)
        assert [line for line in text.split("\n") if cell_len(line) > COLUMNS] == []
        assert not ascii or text.isascii()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whole_gradient_is_a_small_page(language):
    page = write(lecture([NET.derivation(one) for one in NET.parameters], language=language), "html").main
    assert len(str(page).encode()) < 300_000


def test_the_record_is_the_same_in_every_language():
    records = [json.loads(str(write(lecture(NET.derivation("w1"), language=language), "json").main)) for language in LANGUAGES]
    assert all(one["derivations"] == records[0]["derivations"] for one in records)


def labelled(language="en"):
    return lecture(NET.derivation("w1"), language=language, labels=LABELS, pictures=False)


def shown(pdf_file):
    if not shutil.which("pdftotext"):
        pytest.skip("there is no pdftotext on the PATH")
    return subprocess.run(["pdftotext", "-raw", pdf_file, "-"], capture_output=True, text=True, check=True).stdout


def bare(text):
    """Only what every font has: accents, underscores and quotes are drawn in many ways."""
    return re.sub(r"[^A-Za-z0-9가-힣\\/{}#$%&]", "", normalize("NFC", text))


def holds_the_labels(text):
    assert "root:" not in text
    for label in LABELS.values():
        assert bare(label) in bare(text), label


@pytest.mark.tex
def test_tex_shows_labels_and_reads_nothing(tmp_path, compile_tex):
    labelled().save(tmp_path / "page.tex", format="standalone")
    compiled = compile_tex(tmp_path / "page.tex")
    assert compiled.lost == []
    holds_the_labels(shown(compiled.pdf))


@pytest.mark.typst
def test_typst_shows_labels_and_reads_nothing(tmp_path):
    typesetter = pytest.importorskip("typst")
    labelled().save(tmp_path / "page.typ")
    typesetter.compile(str(tmp_path / "page.typ"), output=str(tmp_path / "page.pdf"), root=str(tmp_path))
    holds_the_labels(shown(tmp_path / "page.pdf"))


@pytest.mark.parametrize("format", ["markdown", "github", "myst", "quarto"])
def test_labels_in_markdown_open_nothing(format):
    text = str(write(labelled(), format).main)
    assert r"\input{" not in text
    assert "<b>" not in text
    assert "](b)" not in re.sub(r"\$.*?\$|\{math\}`.*?`", "", text)
