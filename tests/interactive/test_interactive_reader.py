"""The interactive page in a reader's hands: by keyboard, by ear, in the picture, step by step, without a script."""

from __future__ import annotations

import re

import pytest

from derive import Network
from tests.interactive.tabs import NETS, page_of, usual

pytestmark = pytest.mark.browser


HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"


def test_every_control_is_reached_and_moved_by_keyboard_alone(tab):
    keys, seen = tab.tab.keyboard, []
    for _ in range(80):
        keys.press("Tab")
        here = tab("() => document.activeElement.id || document.activeElement.name || document.activeElement.dataset.part || document.activeElement.tagName")
        if here in seen and here not in ("by",):
            break
        seen.append(here)
        if here.startswith("slide-"):
            before = tab("(name) => setting.values[placeOf(name)]", here[6:])
            keys.press("ArrowLeft")
            assert tab("(name) => setting.values[placeOf(name)]", here[6:]) < before or before <= 0
        elif here.startswith("type-"):
            keys.type("0.5")
            assert tab("(name) => setting.values[placeOf(name)]", here[5:]) == 0.5
    names = tab("() => engine.names")
    wanted = {f"{kind}-{name}" for kind in ("slide", "type") for name in names} | {
        "back",
        "play",
        "next",
        "reset",
        "copy",
        "rate",
        "samples",
        "train-step",
        "train-draw",
        "train-run",
        "train-reset",
    }
    assert wanted <= set(seen)
    assert {"by", "w1", "SUMMARY", "mfrac"} <= set(seen)


def test_a_weight_is_chosen_in_the_picture_by_keyboard(tab):
    tab.tab.focus('#picture [data-part="w1"]')
    tab.tab.keyboard.press("ArrowRight")
    tab.tab.keyboard.press("Enter")
    name = tab("() => chosen().name")
    assert name != "w1"
    assert tab.tab.is_visible(f"#by-{name}")
    assert tab.tab.is_checked(f"input[value={name}]")
    # What both derivations share was brought to the one that is shown.
    assert tab("(name) => document.querySelectorAll(`#by-${name} .fact .equation`).length", name) >= 5


def test_a_factor_lights_its_place_and_a_place_its_factor(tab):
    tab.tab.hover(".derivation:not([hidden]) .chain [data-c] >> nth=4")
    lit = tab('() => [...document.querySelectorAll("#picture .lit")].map((one) => one.dataset.part)')
    assert lit == ["w5"]
    tab.tab.hover('#picture [data-part="w6"] .weight')
    assert tab('() => document.querySelectorAll(".derivation:not([hidden]) [data-c].lit").length') >= 2


@pytest.mark.parametrize(
    ("kind", "name", "path"),
    [
        ("dropout", "w1", {"w1", "out_h1", "w7", "w8", "out_o1", "out_o2", "out_o1_", "out_o2_"}),
        ("maxout", "w2", {"w2", "out_h1", "w9", "w10", "out_o1", "out_o2", "out_o1_", "out_o2_"}),
        ("fixed masks", "w2", set()),
    ],
)
def test_the_whole_path_is_coloured(opened, kind, name, path):
    tab = opened(page_of(NETS[kind](), (name, "b1")))
    assert set(tab('() => [...document.querySelectorAll("#picture .path")].map((one) => one.dataset.part)')) == path
    assert tab("(name) => document.querySelectorAll(`#picture .choice[data-part=${name}]`).length", name) == 1


def test_a_unit_that_is_left_out_looks_so(opened):
    dropped = '() => [...document.querySelectorAll("#picture .dropped")].map((one) => one.dataset.part)'
    tab = opened(page_of(NETS["dropout"](), ("w1", "b1")))
    tab('() => { for (const mask of ["m_h1", "m_h2", "m_h3"]) take(changed(mask, mask === "m_h3" ? 0 : 1)); }')
    assert tab(dropped) == ["out_h3"]
    fixed = opened(page_of(NETS["fixed masks"](), ("w1", "b1")))
    assert fixed(dropped) == ["out_h2"]
    assert re.search(r"Left out by dropout, here always:\s+out", fixed.tab.inner_text(".stage"))


def test_what_is_not_learnt_is_said(opened):
    tab = opened(page_of(Network(2, 2, 2, frozen=["w1", "b1"])))
    assert "Not learnt:" in tab.tab.inner_text(".stage")
    assert tab("() => page.by.map((one) => one.name)")[0] == "w2"


def test_picking_in_the_picture_leads_to_the_derivation(opened):
    tab = opened(page_of(), has_touch=True)
    tab.tab.set_viewport_size({"width": 390, "height": 700})
    tab("() => scrollTo(0, 0)")
    tab.tab.tap('#picture [data-part="w4"] .weight')
    tab.until('() => { const { top } = $("by-w4").getBoundingClientRect(); return top >= 0 && top < 400; }')


def test_a_keyboard_gets_past_the_controls(opened):
    tab = opened(usual())
    tab.tab.keyboard.press("Tab")
    assert tab("() => document.activeElement.className") == "skip"
    assert tab("() => document.activeElement.getBoundingClientRect().top") >= 0
    address = tab.tab.url
    tab.tab.keyboard.press("Enter")
    assert tab("() => document.activeElement.localName") == "main"
    assert tab.tab.url == address
    tab.tab.keyboard.press("Tab")
    assert tab("() => document.activeElement.name") == "by"


def test_headings_have_their_formulas_in_their_names(tab):
    tree = tab.tab.locator("body").aria_snapshot()
    assert 'heading "The gradient of Loss" [level=1]' in tree
    assert 'heading "The derivative with respect to w₁" [level=2]' in tree


def test_the_steps_go_forward_and_then_back(opened):
    tab = opened(page_of(names=("w1",)))
    said = []
    tab.tab.click("#next")
    while len(said) < 40:
        text, lit = tab('() => [$("step").textContent, document.querySelectorAll("#picture .lit").length]')
        if not text:
            break
        said.append(text)
        assert lit >= 1
        tab('() => $("next").click()')
    tab.tab.click("#next")
    assert tab("""() => { for (let n = 0; n < page.forward.length - 1; n += 1) $("next").click();
        return [beam.offsetHeight < 0.6 * beam.parentElement.offsetHeight, document.querySelectorAll(".beam").length]; }""") == [True, 1]
    ways = [re.search("forward|backward", one)[0] for one in said]  # type: ignore[index]
    assert ways == sorted(ways, reverse=True)
    assert set(ways) == {"forward", "backward"}
    assert said[-1].endswith("∂Loss/∂w1")


def test_without_a_script_the_page_is_whole(opened):
    tab = opened(page_of(), java_script_enabled=False)
    assert tab.tab.locator("section.derivation").count() == 12
    assert all(one.is_visible() for one in tab.tab.locator("section.derivation").all())
    assert not any(one.is_visible() for one in tab.tab.locator("button, input, select").all())
    assert "The other factors are those of" in tab.tab.inner_text("#by-w2")


def test_a_screen_reader_reads_the_formula_and_hears_the_result(opened):
    tab = opened(page_of(names=("w1",)))
    read = tab.tab.locator(".derivation .chain").aria_snapshot()
    assert re.search(r"math|∂", read)
    tab.tab.fill("#type-w1", "0.5")
    tab.tab.wait_for_timeout(500)
    assert tab.tab.locator("#said").get_attribute("role") == "status"
    assert re.search(r"∂Loss/∂w1 is now 0\.0\d+", tab.tab.inner_text("#said"))
    labelled = tab(
        """() => [...document.querySelectorAll("input, select, button")]
        .filter((one) => !(one.labels?.length || one.getAttribute("aria-label") || one.textContent.trim())).length"""
    )
    assert labelled == 0


def test_hostile_labels_are_inert(opened):
    tab = opened(page_of(names=("w1",), labels={"w1": HOSTILE, "i1": "우유"}))
    assert tab("() => document.querySelectorAll('img').length") == 0
    assert tab("() => document.querySelectorAll('script').length") == 1
    tab.tab.fill("#type-w1", "0.5")
    assert "alert(1)" in tab('() => document.querySelector(".derivation").textContent')
    tab("() => latexNow()")
