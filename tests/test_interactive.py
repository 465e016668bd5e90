"""The interactive page in a real Chromium: its numbers are Python's, it prints what ``lecture`` prints, and it takes whatever is typed."""

from __future__ import annotations

import base64
import hashlib
import random
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from derive import DeriveError, Network, Total
from explain import lecture
from explain.cli import explain
from explain.formula import Number
from explain.interactive.page import interactive_page
from explain.quantities import small_number
from explain.writers import equation_numbers, titled
from explain.writers.html import HtmlWriter
from numeric import evaluate, train
from numeric.data import DATA
from numeric.optimizers import GD

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
NETS: dict[str, Callable[[], Network]] = {
    "default": lambda: Network(2, 2, 2),
    "tanh": lambda: Network(2, 3, 1, activation="tanh", output="identity", loss="squared_error"),
    "relu": lambda: Network(2, 2, 2, activation="relu"),
    "deep": lambda: Network(2, 2, 2, 2),
    "softmax": lambda: Network(2, 2, 3, output="softmax"),
    "beyond": lambda: Network(2, 2, 2, l2="lamda", activation="prelu", skips=[(0, 2)], frozen=["w1"]),
}


def page_of(net: Network | None = None, names: tuple[str, ...] = (), **options: Any) -> str:
    if net is None and not names and not options:
        return usual()
    page, _ = interactive_page(net or Network(2, 2, 2), names, **options)
    return str(page.main)


@cache
def usual(language: str = "en") -> str:
    """The page of the usual network, made once."""
    return str(interactive_page(Network(2, 2, 2), language=language)[0].main)


def points(net: Network, count: int, reach: float, seed: int = 0) -> Iterator[dict[str, float]]:
    draw = random.Random(seed)
    for _ in range(count):
        at = {one.name: draw.uniform(-reach, reach) for one in net.graph.givens}
        yield at | {one.name: float(draw.random() < 0.5) for one in net.targets} | _one_hot(net, draw)


def _one_hot(net: Network, draw: random.Random) -> dict[str, float]:
    chosen = draw.choice(net.graph.shares) if net.graph.shares else None
    return {one.name: float(one == chosen) for one in net.graph.shares}


# ---- the page as text


def test_the_policy_allows_its_own_script_and_style_alone():
    text = page_of()
    policy = re.search(r'content="([^"]*)"', text)
    assert policy
    script, style = re.search(r"<script>(.*)</script>", text, re.DOTALL), re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert script
    assert style
    for kind, body in (("script", script[1]), ("style", style[1])):
        assert f"{kind}-src 'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'" in policy[1]
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|\bfetch\(|XMLHttpRequest|import\(", script[1])
    assert not re.search(r"<[a-z][^>]* (?:on[a-z]+|style)=", text[: script.start()])


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_is_small(language):
    assert len(usual(language).encode()) <= 275_000


@pytest.mark.parametrize(
    ("names", "options", "message"),
    [
        (("w9",), {}, "w9"),
        (("w1",), {"exact": True}, "exact"),
        (("w1",), {"detail": "long"}, "long"),
        (("w1",), {"language": "fr"}, "fr"),
        (("w1",), {"at": {"w1": 1}}, "no value for"),
    ],
)
def test_what_has_no_such_page_is_refused(names, options, message):
    with pytest.raises(DeriveError, match=message):
        interactive_page(Network(2, 2, 2), names, **options)


def test_too_many_derivations_are_refused():
    with pytest.raises(DeriveError, match="at most 40"):
        interactive_page(Network(2, 20, 2))


@pytest.mark.parametrize(
    ("arguments", "live"),
    [
        ("network -o page.html", True),
        ("network --no-interactive -o page.html", False),
        ("network --hints -o page.html", False),
        ("network --net 2-20-2 -o page.html", False),
        ("gradient w1 -o page.html", False),
        ("gradient w1 --interactive -o page.html", True),
        ("gradient net_h1 i1 --interactive --language ko -o page.html", True),
    ],
)
def test_the_command_line_makes_it(arguments, live, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(explain, arguments.split())
    assert done.exit_code == 0, done.output
    assert ("<script>" in Path("page.html").read_text("utf-8")) is live


def test_other_formats_have_no_such_page():
    assert CliRunner().invoke(explain, ["gradient", "w1", "--interactive", "--format", "text"]).exit_code == 2


def test_an_error_without_a_bound_can_be_set():
    assert small_number(float("inf")) == Number("∞")


# ---- the page in a browser


class Tab:
    """A page in Chromium, with everything it asked for and complained about."""

    def __init__(self, context: Any, path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.tab = context.new_page()
        self.tab.on("request", lambda request: self.asked.append(request.url))
        for kind, said in (("console", "text"), ("dialog", "message"), ("pageerror", "message")):
            self.tab.on(kind, lambda one, said=said: self.complaints.append(getattr(one, said)))
        self.url = path.as_uri()
        self.tab.goto(self.url)

    def __call__(self, script: str, argument: Any = None) -> Any:
        return self.tab.evaluate(script, argument)

    def take(self, at: dict[str, float]) -> None:
        assert self("(at) => take(Float64Array.from(engine.names, (name) => at[name]))", at)

    def until(self, script: str) -> None:
        """Wait until a script gives true; playwright's own way would need what the policy forbids."""
        for _ in range(100):
            if self(script):
                return
            self.tab.wait_for_timeout(50)
        pytest.fail(f"{script} did not come true")

    def again(self) -> None:
        """Everything as it was when the page was opened."""
        self.tab.set_viewport_size(WINDOW)
        self("""() => { halt(); begin((place) => page.start[place]); history.replaceState(null, "", location.pathname); written = "";
            document.activeElement.blur(); restore(); }""")

    def close(self) -> None:
        """Close the page, which must have asked for nothing and complained of nothing."""
        assert {url.partition("#")[0] for url in self.asked if not url.startswith(("data:", "about:"))} == {self.url}
        assert self.complaints == []
        self.tab.close()

    def printed(self) -> list[str]:
        return self("""() => [...document.querySelectorAll("#forward .equation, #forward p, .derivation .equation, .derivation p")]
            .filter((one) => !one.closest("[hidden]")).map((one) => one.textContent)""")


WINDOW: Any = {"width": 1366, "height": 850}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_playwright = pytest.importorskip("playwright.sync_api").sync_playwright
    with sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def window(browser: Any) -> Any:
    """What all tabs with the usual options share."""
    return browser.new_context(viewport=WINDOW)


@pytest.fixture
def opened(browser: Any, window: Any, tmp_path: Path) -> Iterator[Callable[..., Tab]]:
    """``opened(text)`` opens a page; at the end it must have asked for nothing and complained of nothing."""
    tabs: list[Tab] = []
    contexts: list[Any] = []

    def open_(text: str, **options: Any) -> Tab:
        if options:
            contexts.append(browser.new_context(viewport=WINDOW, **options))
        tabs.append(Tab(contexts[-1] if options else window, tmp_path / f"page{len(tabs)}.html", text))
        return tabs[-1]

    yield open_
    for one in tabs:
        one.close()
    for one in contexts:
        one.close()


@pytest.fixture(scope="module")
def usual_tab(window: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    tab = Tab(window, tmp_path_factory.mktemp("usual") / "page.html", usual())
    yield tab
    tab.close()


@pytest.fixture
def tab(usual_tab: Tab) -> Tab:
    """The page of the usual network, opened once and as it was at first."""
    usual_tab.again()
    return usual_tab


def bare(text: str) -> str:
    """Text without blanks and what is not seen; where a line was folded a dot stands for a product."""
    return re.sub(r"[\s\u2061\u2062·]+", "", text)


@pytest.mark.browser
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


def document_words(options: dict[str, Any]) -> Any:
    from explain.locales import locale

    return locale(options.get("language", "en"))


@pytest.mark.browser
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


@pytest.mark.browser
def test_training_in_the_page_is_pythons(opened):
    net = Network(2, 2, 1)
    tab = opened(page_of(net))
    tab.tab.select_option("#samples", "xor")
    tab("() => { for (let n = 0; n < 10; n += 1) advance(100); }")
    found = tab("() => ({ theta: engine.wrt.map((name) => setting.values[placeOf(name)]), losses: train.losses })")
    start = [float(value) for name, value in _start(net).items() if name in {one.name for one in net.parameters}]
    history = train(net, DATA["xor"].inputs, DATA["xor"].targets, optimizer=GD(0.5), steps=1000, start=start)
    assert found["losses"] == pytest.approx(list(history.losses)[:1000], rel=1e-9)
    assert found["theta"] == pytest.approx(list(history.parameters), rel=1e-9)
    assert tab.tab.inner_text("#trained").startswith("1000 steps")


def _start(net: Network) -> dict[str, Any]:
    from numeric.data import default_point

    return default_point(net)


@pytest.mark.browser
def test_the_samples_of_a_page_can_be_trained_on(opened):
    net = Network(2, 2, 2)
    start = {name: float(value) for name, value in _start(net).items()}
    samples = [start, start | {"i1": -1.0, "t_o1": 0.0}, start | {"i2": 0.25, "t_o2": 1.0}]
    tab = opened(page_of(net, ("w1",), at=samples))
    assert tab.tab.locator("#samples option").all_inner_texts() == ["the inputs and targets above", "the 3 samples of this page", "XOR, four samples"]
    tab.tab.select_option("#samples", "file")
    tab.tab.click("#train-step")
    slope = [float(evaluate(net.derivation("w1"), one)[Total(net.loss, net.parameters[0])].value) for one in samples]
    assert tab('() => setting.values[placeOf("w1")]') == pytest.approx(0.1 - 0.5 * sum(slope) / 3, rel=1e-12)


@pytest.mark.browser
def test_a_step_makes_the_update_that_the_page_announces(tab):
    announced = re.search(r"w1←.*=(-?[0-9.]+)\.$", _plain(tab('() => document.querySelector(".derivation:not([hidden]) [data-w]:not([hidden])").innerText')))
    assert announced
    tab.tab.click("#train-step")
    assert float(announced[1]) == pytest.approx(tab('() => setting.values[placeOf("w1")]'), abs=5e-5)


def _plain(text: str) -> str:
    return re.sub(r"[\s\u2061\u2062]+", "", text.replace("𝑤", "w").replace("−", "-"))


@pytest.mark.browser
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


@pytest.mark.browser
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


@pytest.mark.browser
def test_what_is_folded_away_follows_when_it_is_unfolded(tab):
    tab('() => { $("forward").open = false; take(changed("b1", 0.625)); }')
    assert "0.625" not in tab('() => $("forward").textContent')
    tab('() => { $("forward").open = true; }')
    tab.until('() => $("forward").textContent.includes("0.625")')


TYPED = {
    "": "No number is typed", "abc": "“abc” is no number", "1e9": "1e9 is too large", "--1": "is no number", "0x10": "is no number",
    "NaN": "is no number", "Infinity": "is no number", "1,5": "is no number", "<b>": "“<b>” is no number",
}  # fmt: skip


@pytest.mark.browser
def test_what_is_no_number_is_said_beside_its_field(tab):
    field = tab.tab.locator("#type-w1")
    for typed, said in TYPED.items():
        field.fill("0")
        field.fill(typed)
        field.press("Enter")
        assert said in tab.tab.inner_text("#bad-w1")
        assert "0 stays" in tab.tab.inner_text("#bad-w1")
        assert field.get_attribute("aria-invalid") == "true"
        assert tab('() => setting.values[placeOf("w1")]') == 0
    field.fill("−0.25")
    assert tab('() => setting.values[placeOf("w1")]') == -0.25
    assert tab.tab.inner_text("#bad-w1") == ""
    assert field.get_attribute("aria-invalid") is None


@pytest.mark.browser
@pytest.mark.parametrize(
    ("options", "reach", "typed", "taken"),
    [
        ({}, (0, 1), ["2", "-0.1", "1.0000001", "1e5"], "0.25"),
        ({"output": "tanh", "loss": "hinge"}, (-1, 1), ["-1.5", "2"], "-0.25"),
        ({"output": "identity", "loss": "squared_error"}, None, [], "25"),
    ],
)
def test_a_target_stays_where_the_loss_takes_it(opened, options, reach, typed, taken):
    tab = opened(page_of(Network(2, 2, 1, **options), ("w1",)))
    field, (low, high) = tab.tab.locator("#type-t_o1"), reach or (-2, 2)
    assert tab('() => [$("slide-t_o1").min, $("slide-t_o1").max].map(Number)') == [low, high]
    field.fill(taken)
    for one in typed:
        field.fill(one)
        field.press("Enter")
        assert tab.tab.inner_text("#bad-t_o1") == f"{one} is not between {low} and {high}, as Loss needs it; {taken.replace('-', '−')} stays.".replace(
            "between -", "between −"
        )
        assert tab("(part) => readAddress(part)", f"#t_o1={one}") == {"wrong": f"t_o1={one}"}
    assert tab('() => setting.values[placeOf("t_o1")]') == float(taken)


@pytest.mark.browser
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


@pytest.mark.browser
def test_a_setting_without_a_loss_is_refused(tab):
    before = tab("() => [...setting.values]")
    assert tab('() => take(changed("w1", Infinity))') is False
    assert tab("() => [...setting.values]") == before


@pytest.mark.browser
def test_the_rate_is_positive(tab):
    tab.tab.fill("#rate", "-1")
    tab.tab.press("#rate", "Enter")
    assert "positive" in tab.tab.inner_text("#bad-rate")
    assert tab("() => rate") == 0.5


@pytest.mark.browser
def test_shares_give_way_to_each_other(opened):
    tab = opened(page_of(NETS["softmax"](), ("w1",)))
    tab.tab.fill("#type-t_o2", "0.4")
    assert tab("() => page.shares.map((name) => setting.values[placeOf(name)])") == pytest.approx([0.6, 0.4, 0])
    tab.tab.fill("#type-t_o1", "-0.5")
    tab.tab.press("#type-t_o1", "Enter")
    assert "between 0 and 1" in tab.tab.inner_text("#bad-t_o1")
    tab.tab.fill("#type-t_o1", "0")
    assert sum(tab("() => page.shares.map((name) => setting.values[placeOf(name)])")) == pytest.approx(1)


@pytest.mark.browser
def test_the_address_keeps_the_setting(opened):
    text = page_of()
    tab = opened(text)
    tab.tab.fill("#type-w3", "-0.75")
    tab.tab.fill("#rate", "0.1")
    tab.tab.check("input[value=b2]", force=True)
    tab.tab.wait_for_timeout(500)
    address = tab.tab.url
    assert address.endswith("#by=b2&w3=-0.75&rate=0.1")
    values = tab("() => [...setting.values]")
    tab.tab.goto("about:blank")
    tab.tab.goto(address)
    assert tab("() => [[...setting.values], rate, chosen().name]") == [values, 0.1, "b2"]
    assert tab.tab.is_visible("#by-b2")
    assert not tab.tab.is_visible("#by-w1")


MISFITS = ["w1=abc", "w99=1", "by=net", "rate=-1", "w1=1e99", "w1", "%3Cscript%3E", "%", "w1=1&w2=", "t_o1=Infinity", "=", "w1=1=1"]


@pytest.mark.browser
def test_an_address_that_does_not_fit_is_refused_and_said(opened):
    tab = opened(page_of(names=("w1",)))
    assert tab("(parts) => parts.filter((part) => readAddress('#' + part).wrong === undefined)", MISFITS) == []
    for part in MISFITS[:2]:
        tab("(part) => { location.hash = part; }", part)
        tab.until(f"() => $('refused').textContent.includes('{part}')")
        assert "does not fit" in tab.tab.inner_text("#refused")
        assert tab("() => setting.values.every((value, place) => value === page.start[place])")
    tab.tab.goto(f"{tab.url}#w1=0.75")
    assert tab.tab.inner_text("#refused") == ""
    assert tab('() => setting.values[placeOf("w1")]') == 0.75


@pytest.mark.browser
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


@pytest.mark.browser
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


@pytest.mark.browser
def test_a_factor_lights_its_place_and_a_place_its_factor(tab):
    tab.tab.hover(".derivation:not([hidden]) .chain [data-c] >> nth=4")
    lit = tab('() => [...document.querySelectorAll("#picture .lit")].map((one) => one.dataset.part)')
    assert lit == ["w5"]
    tab.tab.hover('#picture [data-part="w6"] .weight')
    assert tab('() => document.querySelectorAll(".derivation:not([hidden]) [data-c].lit").length') >= 2


@pytest.mark.browser
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


@pytest.mark.browser
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


@pytest.mark.browser
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


@pytest.mark.browser
def test_hostile_labels_are_inert(opened):
    tab = opened(page_of(names=("w1",), labels={"w1": HOSTILE, "i1": "우유"}))
    assert tab("() => document.querySelectorAll('img').length") == 0
    assert tab("() => document.querySelectorAll('script').length") == 1
    tab.tab.fill("#type-w1", "0.5")
    assert "alert(1)" in tab('() => document.querySelector(".derivation").textContent')
    tab("() => latexNow()")


@pytest.mark.browser
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


@pytest.mark.browser
def test_nothing_is_wider_than_the_window(opened):
    tab = opened(usual("ko"))
    for width in (375, 700, 1100, 1366):
        tab.tab.set_viewport_size({"width": width, "height": 800})
        assert tab("() => document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.browser
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


@pytest.mark.browser
def test_without_a_script_the_page_is_whole(opened):
    tab = opened(page_of(), java_script_enabled=False)
    assert tab.tab.locator("section.derivation").count() == 12
    assert all(one.is_visible() for one in tab.tab.locator("section.derivation").all())
    assert not any(one.is_visible() for one in tab.tab.locator("button, input, select").all())
    assert "The other factors are those of" in tab.tab.inner_text("#by-w2")


@pytest.mark.browser
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


@pytest.mark.browser
def test_less_motion_is_respected(opened):
    tab = opened(page_of(), reduced_motion="reduce")
    assert tab("() => getComputedStyle(document.querySelector('#picture line')).transitionDuration") == "0s"
    assert tab("() => still()")


@pytest.mark.browser
def test_training_runs_and_halts_and_goes_back(tab):
    tab.tab.click("#train-run")
    tab.until("() => train.losses.length > 20")
    tab.tab.click("#train-run")
    count = tab("() => train.losses.length")
    tab.tab.wait_for_timeout(150)
    assert tab("() => train.losses.length") == count
    assert tab('() => document.querySelector("#curve polyline").getAttribute("points").length') > 100
    tab.tab.click("#train-draw")
    assert not tab("() => setting.values.every((value, place) => value === page.start[place])")
    tab.tab.click("#train-reset")
    assert tab("() => setting.values.every((value, place) => value === page.start[place])")


@pytest.mark.browser
def test_a_loss_that_grows_without_end_stops_the_training(opened):
    net = Network(2, 2, 1, activation="identity", output="identity", loss="squared_error")
    tab = opened(page_of(net, ("w1",), rate=1000))
    tab.tab.click("#train-run")
    tab.until("() => !train.running && train.losses.length > 0")
    assert "stopped" in tab.tab.inner_text("#trained")
    assert all(tab("() => [...setting.values].map(Number.isFinite)"))
