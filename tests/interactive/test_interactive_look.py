"""How the interactive page looks: no label on another, nothing wider than the window, contrast, less motion."""

from __future__ import annotations

import pytest

from derive import Network
from tests.interactive.tabs import page_of, usual

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("sizes", "options"), [((2, 2, 2), {}), ((2, 3, 1), {}), ((3, 4, 2), {}), ((2, 3, 3, 1), {}), ((2, 2, 2), {"skips": [(0, 2)]})], ids=str
)
def test_no_label_of_the_picture_lies_on_another(opened, sizes, options):
    tab = opened(page_of(Network(*sizes, **options), ("w1", "b1"), check=False))
    far = {name: (-1) ** place * (3.17 + place / 8) for place, name in enumerate(tab("() => [...engine.names]")) if name[0] in "wb"}
    for width in (1366, 390):
        tab.tab.set_viewport_size({"width": width, "height": 850})
        for at in ({}, far):
            tab("(at) => { take(Float64Array.from(engine.names, (name, place) => at[name] ?? page.start[place])); }", at)
            assert tab(MEETING) == [], (width, bool(at))
        assert tab('() => Math.min(...[...document.querySelectorAll("#picture text")].map((one) => one.getBoundingClientRect().height))') >= 8


# Texts that are seen and meet by more than a hair.


MEETING = """() => {
  const seen = [...document.querySelectorAll("#picture text")].filter((one) => getComputedStyle(one).visibility === "visible");
  const boxes = seen.map((one) => [one.textContent, one.getBBox()]), found = [];
  boxes.forEach(([name, a], at) => boxes.slice(at + 1).forEach(([other, b]) => {
    const wide = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x), high = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
    if (wide > 2 && high > 6) found.push([name, other, wide, high]);
  }));
  return found;
}"""


def test_nothing_is_wider_than_the_window(opened):
    tab = opened(usual("ko"))
    for width in (320, 390, 768, 960, 1280, 1920):
        tab.tab.set_viewport_size({"width": width, "height": 800})
        assert tab("() => document.documentElement.scrollWidth - innerWidth") <= 0


def test_paper_has_the_picture_and_everything_that_is_folded_away(tab):
    tab.tab.emulate_media(media="print")
    tab('() => { $("forward").open = false; dispatchEvent(new Event("beforeprint")); }')
    assert tab.tab.is_visible("#picture")
    assert tab.tab.locator("#forward .equation").first.is_visible()
    assert not tab.tab.is_visible(".settings")
    tab('() => { dispatchEvent(new Event("afterprint")); }')
    assert tab('() => $("forward").open') is False
    tab.tab.emulate_media(media="screen")


def test_with_forced_colours_what_is_chosen_and_what_is_lit_can_be_told_apart(opened):
    tab = opened(page_of(), forced_colors="active")
    ground = "(one) => getComputedStyle(document.querySelector(one)).backgroundColor"
    assert tab(ground, ".chooser input:checked + span") != tab(ground, ".chooser input:not(:checked) + span")
    tab.tab.click("#next")
    assert tab("() => getComputedStyle(beam).outlineStyle") == "solid"


def test_words_can_be_read_by_light_and_in_the_dark(tab):
    for scheme in ("light", "dark"):
        tab.tab.emulate_media(color_scheme=scheme)
        for name in ("text", "soft", "path", "lit", "back"):
            assert tab(CONTRAST, f"--{name}") >= 4.5, (scheme, name)


CONTRAST = """(name) => {
  const style = getComputedStyle(document.documentElement);
  const parts = (text) => { const context = document.createElement("canvas").getContext("2d");
    context.fillStyle = text; context.fillRect(0, 0, 1, 1); return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3); };
  const luminance = (text) => parts(text).map((one) => one / 255).map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
  const [a, b] = [name, "--ground"].map((one) => luminance(style.getPropertyValue(one))).sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}"""


def test_less_motion_is_respected(opened):
    tab = opened(page_of(), reduced_motion="reduce")
    assert tab("() => getComputedStyle(document.querySelector('#picture line')).transitionDuration") == "0s"
    assert tab("() => still()")
