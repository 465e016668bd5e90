"""HTML: every kind of node as MathML, nothing that runs or fetches, and pages opened in a real browser."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from explain.document import Code, Document, Equation, Items, Math, Paragraph, Table, Text
from explain.formula import Cases, Fence, Fraction, Matrix, Name, Number, Over, Prefix, Relation, Root, Script, Times, UnderBrace, Word, row
from explain.writers import fonts, write
from explain.writers.html import NO_FONT
from explain.writers.mathml import MathML, mathml
from tests.writers_sample import CHAIN, EVERYTHING, HOSTILE, PICTURE, equals, minus, net, one, page, partial, plus, printed, two, x, y


@pytest.mark.parametrize(
    ("node", "element"),
    [
        (x, "<mi>x</mi>"),
        (net, "<mi>net</mi>"),
        (Name("d", "upright"), '<mi mathvariant="normal">d</mi>'),
        (Name("𝟙"), '<mi mathvariant="normal">𝟙</mi>'),
        (Name("W", "bold"), '<mi mathvariant="normal">𝐖</mi>'),
        (Name("ab", "italic"), "<mi>𝑎𝑏</mi>"),
        (Name("σ′"), '<mrow><mi>σ</mi><mo lspace="0" rspace="0">′</mo></mrow>'),
        (Name("<b>"), "<mi>&lt;b&gt;</mi>"),
        (Number("-0.25"), "<mn>−0.25</mn>"),
        (Number("2.5e-07"), "<mrow><mn>2.5</mn><mo>·</mo><msup><mn>10</mn><mn>−7</mn></msup></mrow>"),
        (Word(" if "), "<mtext>\u00a0if\u00a0</mtext>"),
        (row(x, minus, one), '<mi>x</mi><mo form="infix">−</mo><mn>1</mn>'),
        (row(Prefix("−"), x), '<mo form="prefix" lspace="0" rspace="0">−</mo><mi>x</mi>'),
        (row(Prefix("d"), x), "<mi>d</mi><mi>x</mi>"),
        (Prefix("/"), '<mo form="prefix" stretchy="false" lspace="0" rspace="0">/</mo>'),
        (row(two, Times("·"), x), "<mn>2</mn><mo>·</mo><mi>x</mi>"),
        (row(x, Times(), y), '<mi>x</mi><mo lspace="0" rspace="0.17em">\u2062</mo><mi>y</mi>'),
        (row(Name("ln", "function"), Times(), x), '<mi>ln</mi><mo lspace="0" rspace="0.17em">\u2061</mo><mi>x</mi>'),
        (row(x, Relation("→"), y), '<mi>x</mi><mo stretchy="false">→</mo><mi>y</mi>'),
        (Fraction(x, row(one, minus, x)), '<mfrac><mi>x</mi><mrow><mn>1</mn><mo form="infix">−</mo><mi>x</mi></mrow></mfrac>'),
        (Script(x, one), "<msub><mi>x</mi><mn>1</mn></msub>"),
        (Script(x, one, two), "<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>"),
        (Script(Name("∑"), x), '<munder><mo movablelimits="false">∑</mo><mi>x</mi></munder>'),
        (Root(x), "<msqrt><mi>x</mi></msqrt>"),
        (Root(x, Number("3")), "<mroot><mi>x</mi><mn>3</mn></mroot>"),
        (Fence(x), '<mrow><mo form="prefix" stretchy="false">(</mo><mi>x</mi><mo form="postfix" stretchy="false">)</mo></mrow>'),
        (Fence(x, "", ")"), '<mrow><mi>x</mi><mo form="postfix" stretchy="false">)</mo></mrow>'),
        (Over(y, "^"), '<mover accent="true"><mi>y</mi><mo stretchy="false">^</mo></mover>'),
        (UnderBrace(x, y), '<munder><munder><mi>x</mi><mo stretchy="true">⏟</mo></munder><mi>y</mi></munder>'),
    ],
)
def test_formula(node, element):
    assert MathML(True)(node) == element


def test_a_fence_around_a_brace_is_no_higher_than_what_stands_above_the_brace():
    assert 'maxsize="2.2em"' in mathml(Fence(UnderBrace(Fraction(x, y), one)), True)
    assert "maxsize" not in mathml(Fence(Matrix(((one,), (two,)))), True)


@pytest.mark.parametrize("display", [True, False])
def test_every_formula_is_well_formed(display):
    for block in EVERYTHING.blocks:
        if isinstance(block, Equation):
            ElementTree.fromstring(mathml(block.formula, display))
    ElementTree.fromstring(mathml(row(Cases(((one, Word("a < b")), (two, x))), plus, Matrix(((x,),)), equals, Word(HOSTILE)), display))


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def tags(text):
    parser = Tags()
    parser.feed(text)
    return parser.tags


FULL = Document(EVERYTHING.title, "en", (*EVERYTHING.blocks, PICTURE))


def test_nothing_runs_and_nothing_is_fetched():
    text = printed(FULL, "html")
    found = tags(text)
    assert not {tag for tag, _ in found} & {"script", "link", "iframe", "object", "embed", "base", "form", "b"}
    assert not [name for _, attributes in found for name in attributes if name.startswith("on") or name == "style"]
    addresses = [value or "" for _, attributes in found for name, value in attributes.items() if name in ("href", "src")]
    assert all(one.startswith(("#", "data:image/svg+xml,")) for one in addresses)
    assert not re.search(r"url\((?!data:)|@import|https?:(?!//scripts\.sil\.org|//www\.w3\.org/2000/svg)", text)


def test_the_policy_allows_exactly_the_style_of_the_page():
    text = printed(FULL, "html")
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    allowed = re.search(r"style-src 'sha256-([^']+)'", text)
    assert style
    assert allowed
    assert base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode() == allowed[1]
    assert "default-src 'none'" in text


def test_hostile_text_is_text():
    text = printed(FULL, "html")
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 5
    assert "<script" not in text
    assert 'alt="the &quot;network&quot; &lt;b&gt;"' in text


def test_blocks():
    text = printed(
        page(
            Paragraph((Text("a & b "), Math(partial(y, x))), (Text("Lead."),)),
            Equation(CHAIN, "w1:chain"),
            Items(((Paragraph((Text("c"),)),),), start=3),
            Table(((Text("h"),),), (((Text("d"),),),), "r", (Text("cap"),)),
            Code("if a < b:\n    pass"),
        ),
        "html",
    )
    assert "<p><strong>Lead.</strong> a &amp; b <math>" in text
    assert '<div class="equation" id="w1:chain">' in text
    assert '<span class="why">(sum rule)</span>' in text
    assert '<span class="number">(1)</span>' in text
    assert '<ol start="3">\n<li><p>c</p></li>\n</ol>' in text
    assert '<caption>cap</caption>\n<thead><tr><th scope="col" class="r">h</th></tr></thead>' in text
    assert '<code class="language-python">if a &lt; b:\n    pass</code>' in text


def test_without_the_extra_the_page_has_no_font_and_says_so(monkeypatch):
    monkeypatch.setattr(fonts, "find_spec", lambda name: None)
    done = write(page(Equation(x)), "html")
    assert done.notes == (NO_FONT,)
    assert "@font-face" not in str(done.main)


def test_a_page_without_formulas_needs_no_font():
    done = write(page(Paragraph((Text("words"),))), "html")
    assert done.notes == ()
    assert "@font-face" not in str(done.main)


def test_the_font_is_cut_to_the_page_and_keeps_what_stretches():
    pytest.importorskip("ziamath", reason="the extra [html] is not installed")
    from io import BytesIO

    from fontTools.ttLib import TTFont

    found = re.search(r"data:font/woff;base64,([^)]*)\)", printed(page(Equation(row(Fence(UnderBrace(Fraction(x, Name("δ")), one))))), "html"))
    assert found
    data = base64.b64decode(found[1])
    assert len(data) < 60_000
    with TTFont(BytesIO(data)) as font:
        assert {ord(char) for char in "xδ⏟(𝑥𝛿"} <= set(font.getBestCmap() or ())
        assert len({font["hmtx"][name][0] for name in roots(font)}) == 1  # else Chromium leaves a gap after a small root
        assert font["MATH"].table.MathVariants.HorizGlyphConstruction  # type: ignore[attr-defined]
        assert "Open Font License" in font["name"].getDebugName(13)  # type: ignore[attr-defined]
    assert fonts.math_font("xδ") == fonts.math_font("δx")


def roots(font):
    variants = font["MATH"].table.MathVariants
    found = variants.VertGlyphConstruction[variants.VertGlyphCoverage.glyphs.index(font.getBestCmap()[ord("√")])]
    return [one.VariantGlyph for one in found.MathGlyphVariantRecord] + [one.glyph for one in found.GlyphAssembly.PartRecords]


BRACED = Equation(row(Fence(UnderBrace(row(partial(y, net), Times(), partial(net, x)), Name("δ"))), equals, Fraction(one, two)), "a:b")
WIDE = Document((Text("T"),), "en", (BRACED, *FULL.blocks))


@pytest.mark.browser
@pytest.mark.parametrize("own_font", [True, False])
def test_a_page_in_a_browser(own_font, tmp_path, monkeypatch):
    sync_playwright = pytest.importorskip("playwright.sync_api").sync_playwright
    if not own_font:
        monkeypatch.setattr(fonts, "find_spec", lambda name: None)
    path = tmp_path / "page.html"
    WIDE.save(path)
    asked, complaints = [], []
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page(viewport={"width": 900, "height": 1000})
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("dialog", lambda dialog: complaints.append(dialog.message))
        tab.goto(path.as_uri())
        tab.wait_for_load_state("networkidle")
        sizes = tab.evaluate(MEASURE)
        read = tab.locator("#a\\:b").aria_snapshot()
        browser.close()
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
    assert complaints == []
    assert sizes["empty"] == []
    assert sizes["overlapping"] == []
    assert sizes["wider"] <= 0
    assert sizes["brace"] >= 0.9 * sizes["braced"] if own_font else sizes["brace"] > 0
    assert 1.3 * sizes["letter"] < sizes["fence"] < sizes["whole"]
    assert re.search(r"math|∂|δ", read)


# The page's formulas have a size, the parts of a line stand beside each other, nothing is wider than the window.
MEASURE = """() => {
  const box = (one) => one.getBoundingClientRect();
  const all = (selector) => [...document.querySelectorAll(selector)];
  const first = document.querySelector(".equation");
  const ink = (one) => { const range = document.createRange(); range.selectNodeContents(one); return range.getBoundingClientRect(); };
  const brace = [...first.querySelectorAll("munder > mo")][0];
  const cells = all(".equation > span").map(box);
  const crossing = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  return {
    empty: all("math").filter((one) => box(one).width < 1 || box(one).height < 1).map((one) => one.outerHTML),
    overlapping: cells.flatMap((a, i) => cells.slice(i + 1).filter((b) => crossing(a, b)).map((b) => [a, b])),
    wider: document.documentElement.scrollWidth - window.innerWidth,
    brace: box(brace.parentElement).width, braced: box(brace.previousElementSibling).width,
    fence: box(first.querySelector('mo[form="prefix"]')).height, letter: box(first.querySelector("mi")).height, whole: box(first.querySelector("math")).height,
  };
}"""
