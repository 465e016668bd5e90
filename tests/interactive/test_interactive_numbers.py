"""The numbers of the interactive page are Python's, it prints what ``lecture`` prints, and it follows a hand in time."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from derive import Network, Total
from explain import lecture
from explain.boards.quantities import small_number, step_of_difference, twelve_decimals
from explain.interactive.live import flat
from explain.interactive.writing import Shown
from explain.locales import locale
from explain.writers import equation_numbers, titled
from explain.writers.html import HtmlWriter
from numeric import evaluate
from tests.interactive.tabs import NETS, page_of, points

pytestmark = pytest.mark.browser


def bare(text: str) -> str:
    """Text without blanks and what is not seen; where a line was folded a dot stands for a product."""
    return re.sub(r"[\s\u2061\u2062·]+", "", text)


@pytest.mark.parametrize(
    ("kind", "name", "options", "reach"),
    [
        ("default", "w1", {}, 2),
        ("default", "w5", {"language": "ko"}, 7),
        ("default", "i1", {"detail": "full"}, 2),
        ("tanh", "w2", {"detail": "brief"}, 3),
        ("relu", "w2", {"notation": "indexed", "precision": 2}, 2),
        ("deep", "w1", {"notation": "delta"}, 3),
        ("softmax", "b1", {"labels": {"w1": "milk"}}, 1),
        ("beyond", "w5", {}, 1),
        ("wide relu", "w5", {}, 2),
        ("maxout", "w2", {"language": "ko"}, 2),
        ("dropout", "w7", {}, 2),
        ("fixed masks", "w2", {}, 2),
    ],
)
def test_the_page_prints_what_the_lecture_prints_there(opened, kind, name, options, reach):
    net = NETS[kind]()
    tab, static = opened(page_of(net, (name,), **options)), opened("<!doctype html><title>x</title>")
    for at in points(net, 3, reach):
        tab.take(at)
        document = lecture(net.derivation(name), at=at, pictures=False, **options)
        html = HtmlWriter(equation_numbers(document), room=33.0).body(titled(document), "\n")
        theirs = static(
            "(html) => { document.body.innerHTML = html; return [...document.querySelectorAll('.equation, p')].map((one) => one.textContent); }", html
        )
        checked = bare(document_words(options).sentences["checked"])
        mine, wanted = (Counter(text for one in texts if not (text := bare(one)).startswith(checked)) for texts in (tab.printed(), theirs))
        assert mine == wanted


# The equations that are seen, without their numbers.
EQUATIONS = """(within) => [...document.querySelectorAll(`${within} .equation`)].map((one) => {
  const copy = one.cloneNode(true);
  copy.querySelectorAll(".number, [hidden]").forEach((one) => one.remove());
  return copy.textContent;
})"""


@pytest.mark.parametrize("kind", ["default", "wide relu", "fixed masks"])
def test_each_derivation_of_a_page_prints_what_its_lecture_prints(opened, kind):
    net = NETS[kind]()
    tab, static = opened(page_of(net)), opened("<!doctype html><title>x</title>")
    at = next(points(net, 1, 2, seed=5))
    tab.take(at)
    for one in net.parameters[::4]:
        tab("(name) => choose(page.by.findIndex((one) => one.name === name))", one.name)
        document = lecture(net.derivation(one), at=at, pictures=False)
        static("(html) => { document.body.innerHTML = html; }", HtmlWriter(equation_numbers(document), room=33.0).body(document.blocks, "\n"))
        mine, theirs = ([bare(text) for text in page(EQUATIONS, within)] for page, within in ((tab, ".derivation:not([hidden])"), (static, "")))
        assert set(mine) <= set(theirs)
        now = bare(tab('() => $("result").textContent'))
        assert now.startswith("∂Loss")
        assert (mine[-1] if mine else "=0").endswith(now[now.index("=") :])


def document_words(options: dict[str, Any]) -> Any:
    return locale(options.get("language", "en"))


@pytest.mark.parametrize("kind", NETS)
def test_the_numbers_are_pythons(opened, kind):
    net = NETS[kind]()
    tab = opened(page_of(net, tuple(one.name for one in net.parameters[:2])))
    names = tab("() => [...engine.names]")
    claims = [Total(net.loss, one) for one in net.parameters]
    settings = list(points(net, 100 if kind == "default" else 10, 2))
    found = tab(
        """(settings) => settings.map((at) => { take(Float64Array.from(engine.names, (name) => at[name]));
        return { nodes: [...engine.forward(setting.values)], slopes: [...engine.gradient(setting.values).slopes] }; })""",
        settings,
    )
    for at, mine in zip(settings, found, strict=True):
        assert names == list(at)
        numbers = {claim.wrt: evaluate(net.derivation(claim.wrt), at) for claim in claims[:2]}
        first = numbers[claims[0].wrt]
        assert mine["nodes"] == pytest.approx([float(first.nodes[one.symbol]) for one in net.graph.definitions], rel=1e-12, abs=1e-14)
        assert mine["slopes"][:2] == pytest.approx([float(numbers[one.wrt][one].value) for one in claims[:2]], rel=1e-12, abs=1e-14)
    printed = tab('() => [...document.querySelectorAll(".now mn")].length')
    assert printed > 0


@pytest.mark.parametrize("names", [("w5", "i1", "t_o2"), ("net_h1",)], ids="-".join)
def test_a_difference_is_taken_where_the_page_stands(opened, names):
    """By givens; of what is computed inside, the difference at the start is not told elsewhere."""
    net = Network(2, 2, 2)
    tab = opened(page_of(net, names))
    tab.take(next(points(net, 1, 2)))
    for place, name in enumerate(names):
        tab("(place) => choose(place)", place)
        said = tab('() => [...document.querySelectorAll(".derivation:not([hidden]) p")].pop().innerText').replace("−", "-")
        found = [float(one) for one in re.findall(r"-?\d\.\d{12}", re.sub(r"\s", "", said))]
        if name == "net_h1":
            assert found == []
        else:
            slope = tab("() => numbers[chosen().number]()")
            assert found == pytest.approx([slope, slope], abs=1e-8)
            assert "agrees" in said


def test_a_drag_takes_a_frame_of_script_at_most(tab):
    counters = tab.tab.context.new_cdp_session(tab.tab)
    # The time of the thread: other work of the machine is no work of the script.
    counters.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})
    counters.send("Performance.enable")
    spent = [sum(one["value"] for one in counters.send("Performance.getMetrics")["metrics"] if one["name"] == "ScriptDuration")]
    for at in range(20):
        tab(DRAG, -1 + at / 10)
        spent.append(sum(one["value"] for one in counters.send("Performance.getMetrics")["metrics"] if one["name"] == "ScriptDuration"))
    counters.detach()
    assert tab('() => setting.values[placeOf("w1")]') == pytest.approx(0.9)
    assert max(later - before for before, later in pairwise(spent)) <= 0.016


DRAG = """(value) => new Promise((done) => {
  const slider = document.getElementById("slide-w1");
  slider.value = value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  requestAnimationFrame(() => setTimeout(done, 0));
})"""


def test_the_page_follows_a_hand_once_a_frame(tab):
    drawn = tab("""async () => { let drawn = 0; const count = () => { drawn += 1; }; afterwards.push(count);
        const slider = document.getElementById("slide-w1");
        for (const value of [0.2, 0.3, 0.4]) { slider.value = value; slider.dispatchEvent(new Event("input", { bubbles: true })); }
        const before = drawn;
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
        afterwards.splice(afterwards.indexOf(count), 1);
        return [before, drawn, document.querySelector('#picture [data-part="w1"] .weight').textContent]; }""")
    assert drawn[:2] == [0, 1]
    assert drawn[2].endswith("0.4")


def test_what_is_folded_away_follows_when_it_is_unfolded(tab):
    tab('() => { $("forward").open = false; take(changed("b1", 0.625)); }')
    assert "0.625" not in tab('() => $("forward").textContent')
    tab('() => { $("forward").open = true; }')
    tab.until('() => $("forward").textContent.includes("0.625")')


@pytest.mark.parametrize("options", [{}, {"language": "ko"}])
def test_the_latex_has_the_numbers_that_are_set(opened, options):
    net = Network(2, 2, 2)
    tab = opened(page_of(net, ("w1",), **options))
    at = next(points(net, 1, 2))
    tab.take(at)
    latex = tab("() => latexNow()")
    assert not re.search(r"917\.\d{5}|98\.\d{3}\b|angle", latex)
    slope = lecture(net.derivation("w1"), at=at, pictures=False, **options).to("latex")
    numbers = re.findall(r"-?\d\.\d{4}\b", str(slope).split(r"\label{Loss/w1:chain}")[1].split(r"\label{Loss/w1:result}")[0])
    assert set(numbers) <= set(re.findall(r"-?\d\.\d{4}\b", latex))


@pytest.mark.tex
@pytest.mark.parametrize("at", [None, {"w5": -0.5, "w1": 1e-7}])
def test_the_latex_compiles(opened, compile_tex, tmp_path, at):
    tab = opened(page_of(Network(2, 2, 2)))
    if at:
        tab("(at) => { for (const [name, value] of Object.entries(at)) take(changed(name, value)); }", at)
    body = tab("() => latexNow()")
    (tmp_path / "tex").mkdir()
    page = tmp_path / "tex" / "page.tex"
    page.write_text("\\documentclass[11pt]{article}\n\\usepackage{amsmath}\n\\begin{document}\n" + body + "\\end{document}\n", encoding="utf-8")
    assert compile_tex(page).pdf.is_file()


def test_the_evidence_has_pythons_digits(tab):
    """Twelve decimals, one digit, a power of two: of sizes from all over, and of those that lie between two roundings."""
    sizes = [0.0, 1e-320, 3e-12, 0.5**13, 2.5e-3, 0.0099, 0.02345, 0.25, 2.5, 7.0, 1234.5, 9999.0, 12345.678, 1e-7, 9.9e-8, 0.5, 123456789.123, 2.5e9, 0.5**17]
    for style, python in (("t", twelve_decimals), ("s", small_number), ("p", step_of_difference)):
        wanted = [Shown.of(flat(python(size))) for size in sizes if style != "p" or size]
        found = tab(f"(sizes) => sizes.map((size) => shown(size, '{style}'))", [size for size in sizes if style != "p" or size])
        assert [(one["digits"], one["base"], one["power"]) for one in found] == [(one.digits, one.base, one.power) for one in wanted]


def test_numbers_whose_rounding_says_another_thing_are_not_put_in(opened):
    tab = opened(page_of(names=("w5",)))
    shown = """() => [...document.querySelectorAll("#forward .right")].filter((one) => !one.hidden).map((one) => one.textContent).join(" ")"""
    assert "(1−0.7452)" in bare_of(tab(shown))
    tab('() => { take(changed("t_o1", 0)); take(changed("b3", 12)); }')
    assert "1−1.0000" not in bare_of(tab(shown))
    assert bare_of(tab('() => $("forward").textContent')).count("1−1.0000") == 1
    tab("() => { take(Float64Array.from(page.start)); }")
    assert "(1−0.7452)" in bare_of(tab(shown))


def bare_of(text: str) -> str:
    return re.sub(r"\s", "", text)
