"""Real pages in Chromium: laid out, read aloud formula by formula, and labels that try to be more than text."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from derive import Network, parse_graph
from explain import lecture
from explain.cards.loss import loss_card
from explain.locales import LANGUAGES
from explain.pages.distance import Distance, distance_page
from explain.writers import fonts

pytestmark = pytest.mark.browser

POINT = {"t_o1": 1, "t_o2": 0}
LABELS = {
    "w1": "<img src=x onerror=alert(1)>",
    "i1": '"><script>alert(2)</script>',
    "net_h1": "</math></style></head><iframe src=//example.org></iframe>",
    "out_h1": "&lt;b&gt; javascript:alert(3)",
    "b1": "우유 {{7*7}} <!-- ",
}


@pytest.fixture(scope="module")
def chromium():
    sync_playwright = pytest.importorskip("playwright.sync_api").sync_playwright
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


class Tab:
    """A page that was opened, what it asked for and what it had to say."""

    def __init__(self, chromium, path) -> None:
        self.path, self.asked, self.said = path, [], []
        self.tab = chromium.new_page(viewport={"width": 900, "height": 1000})
        self.tab.on("request", lambda request: self.asked.append(request.url))
        self.tab.on("console", lambda message: self.said.append(message.text))
        self.tab.on("pageerror", lambda error: self.said.append(str(error)))
        self.tab.on("dialog", lambda dialog: (self.said.append(dialog.message), dialog.dismiss()))
        self.tab.goto(path.as_uri())
        self.tab.wait_for_load_state("networkidle")

    @property
    def quiet(self) -> bool:
        """Nothing was asked of anybody, and nothing ran or went wrong."""
        return [url for url in self.asked if not url.startswith("data:")] == [self.path.as_uri()] and self.said == []

    def tree(self) -> Node:
        """What a screen reader is given."""
        session = self.tab.context.new_cdp_session(self.tab)
        found = session.send("Accessibility.getFullAXTree")["nodes"]
        return Node(found[0], {one["nodeId"]: one for one in found})


class Node:
    """One element for a screen reader, with those within."""

    def __init__(self, raw, known) -> None:
        self.role = raw["role"]["value"]
        self.name = raw.get("name", {}).get("value", "")
        self.ignored = raw.get("ignored", False)
        self.children = [Node(known[one], known) for one in raw.get("childIds", []) if one in known]

    @property
    def text(self) -> str:
        """What is read of it."""
        return self.name if self.role == "StaticText" else "".join(one.text for one in self.children)

    def having(self, role: str) -> Iterator[Node]:
        """Those of a role, in reading order."""
        if self.role == role and not self.ignored:
            yield self
        for one in self.children:
            yield from one.having(role)

    def parts(self, role: str) -> list[tuple[str, ...]]:
        """Those of a role, each as the texts of its parts."""
        return [tuple(one.text.translate(SAID) for one in node.children) for node in self.having(role)]


# Letters in italics as the letters that they are; the sign of a product that is not shown.
SAID = {0x1D44E + place: chr(ord("a") + place) for place in range(26)} | {0x1D6FF: "δ", 0x210E: "h", 0x2062: " "}


def opened(chromium, document, tmp_path) -> Tab:
    path = tmp_path / "page.html"
    document.save(path)
    return Tab(chromium, path)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("own_font", [True, False])
def test_a_derivation_is_laid_out(chromium, language, own_font, tmp_path, monkeypatch):
    if not own_font:
        monkeypatch.setattr(fonts, "find_spec", lambda name: None)
    tab = opened(chromium, lecture(Network(2, 2, 2).derivation("w1"), language=language), tmp_path)
    assert tab.quiet
    found = tab.tab.evaluate(MEASURE)
    assert found["formulas"] > 60
    assert found["empty"] == []
    assert found["overlapping"] == []
    assert found["wider"] <= 0


def test_the_tree_reads_the_formulas(chromium, tmp_path):
    document = lecture(Network(2, 2, 2).derivation("w1"), language="en")
    tree = opened(chromium, document, tmp_path).tree()
    fractions = tree.parts("MathMLFraction")
    assert ("∂Loss", "∂w1") in fractions
    assert ("∂neth1", "∂w1") in fractions
    assert ("outo1−to1", "outo1 (1−outo1)") in fractions
    assert ("net", "h1") in tree.parts("MathMLSub")
    assert ("δ", "o1") in tree.parts("MathMLSub")
    assert ("10", "−12") in tree.parts("MathMLSup")
    braced = [one for one in tree.parts("MathMLUnder") if one[-1] == "δo1"]
    assert braced[0][0].startswith("∂Loss∂outo1")


def test_the_tree_names_headings_columns_and_the_picture(chromium, tmp_path):
    tree = opened(chromium, lecture(Network(2, 2, 2).derivation("w1"), language="en"), tmp_path).tree()
    assert tree.name == "The derivative of Loss with respect to w₁"
    assert [one.name for one in tree.having("heading")] == ["The derivative of Loss with respect to w₁"]
    (picture,) = tree.having("image")
    assert picture.name.startswith("A network with layers of 2, 2, 2 units")
    document, _ = loss_card("squared_error", language="en")
    tree = opened(chromium, document, tmp_path).tree()
    assert [one.name for one in tree.having("columnheader")][:4] == ["o", "t", "L", "∂L/∂o"]
    assert sum(1 for _ in tree.having("row")) > 3
    assert all(one.text for one in tree.having("cell"))


def test_labels_are_read_as_text(chromium, tmp_path):
    tab = opened(chromium, lecture(Network(2, 2, 2).derivation("w1"), labels=LABELS), tmp_path)
    assert tab.quiet
    read = tab.tree().text
    for label in LABELS.values():
        assert " ".join(label.split()) in read.replace("\u00a0", " "), label
    tags = set(tab.tab.evaluate("[...document.querySelectorAll('*')].map((one) => one.localName)"))
    assert not tags & {"script", "iframe", "b", "object", "embed", "link", "base", "form"}
    assert all(one.startswith("data:") for one in tab.tab.evaluate("[...document.images].map((one) => one.src)"))


# Every formula and its parts have a size, parts of one row stand beside each other, nothing is wider than the window.
MEASURE = """() => {
  const box = (one) => one.getBoundingClientRect();
  const all = (selector) => [...document.querySelectorAll(selector)];
  const shown = (one) => one.textContent.replace(/[\\u2061\\u2062]/g, "").trim() !== "";
  const crossing = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const among = (parts) => parts.flatMap((a, i) => parts.slice(i + 1).filter((b) => crossing(box(a), box(b))).map((b) => a.outerHTML + b.outerHTML));
  return {
    formulas: all("math").length,
    empty: all("math, mi, mn, mfrac, msub, msup, msqrt").filter((one) => shown(one) && (box(one).width < 1 || box(one).height < 1)).map((one) => one.outerHTML),
    overlapping: [...among(all(".equation > span")), ...all("mrow, mfrac").flatMap((one) => among([...one.children].filter(shown)))],
    wider: document.documentElement.scrollWidth - window.innerWidth,
  };
}"""


PAGES = {
    "hints": lambda: lecture(Network(2, 2, 2).derivation("w1"), detail="full"),
    "graph": lambda: lecture(parse_graph("orange_price = orange * number\nprice = apple + orange_price\ntotal = price * tax").derivation("total", "orange")),
    "distance": lambda: distance_page(Distance("minkowski", 3))[0],
    "loss": lambda: loss_card("huber", language="ko")[0],
}


@pytest.mark.parametrize("width", [320, 390, 700])
@pytest.mark.parametrize("name", PAGES)
def test_on_a_phone_nothing_lies_on_another_and_nothing_ends_unseen(chromium, name, width, tmp_path):
    tab = opened(chromium, PAGES[name](), tmp_path)
    tab.tab.set_viewport_size({"width": width, "height": 800})
    found = tab.tab.evaluate(MEASURE)
    assert found["wider"] <= 0
    assert tab.tab.evaluate(NUMBERS_ON_FORMULAS) == []
    assert tab.tab.evaluate(UNSEEN_ENDS) == []


# The numbers of equations that lie on a line, which is as wide as its formula.
NUMBERS_ON_FORMULAS = """() => [...document.querySelectorAll(".equation")].flatMap((equation) => {
  const number = equation.querySelector(":scope > .number")?.getBoundingClientRect();
  const ends = (one) => Math.max(...[one, ...one.querySelectorAll("*")].map((part) => part.getBoundingClientRect().right));
  const lies = (one, box) => box.top < number.bottom - 1 && number.top < box.bottom - 1 && ends(one) > number.left + 1;
  const lines = number ? [...equation.querySelectorAll(":scope > .right, :scope > .why")] : [];
  return lines.filter((one) => lies(one, one.getBoundingClientRect())).map((one) => one.textContent);
})"""

# What is wider than its place and has no shadow at its side.
UNSEEN_ENDS = """() => [...document.querySelectorAll(".equation, .table, pre")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1 && !getComputedStyle(one).backgroundImage.includes("gradient")).map((one) => one.textContent)"""


def test_on_paper_what_heads_an_equation_stays_with_it(chromium, tmp_path):
    tab = opened(chromium, lecture(Network(2, 2, 2).derivation("w1")), tmp_path)
    tab.tab.emulate_media(media="print")
    heads = "() => [...document.querySelectorAll('p:has(+ .equation)')].map((one) => getComputedStyle(one).breakAfter)"
    assert set(tab.tab.evaluate(heads)) == {"avoid"}
