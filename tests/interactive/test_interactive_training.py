"""Training in the page: Python's steps and losses, a curve with its axes, a stop where the numbers end, a way back."""

from __future__ import annotations

import re
from typing import Any

import pytest

from derive import Network, Total
from numeric import evaluate, loss_and_gradient, train
from numeric.data import DATA, default_point
from numeric.optimizers import GD
from tests.interactive.tabs import page_of

pytestmark = pytest.mark.browser


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
    loss, _ = loss_and_gradient(net)(history.parameters, DATA["xor"].inputs, DATA["xor"].targets)
    assert tab.tab.inner_text("#trained") == f"Steps made: 1000; mean loss now: {loss:.4f}"


def _start(net: Network) -> dict[str, Any]:
    return default_point(net)


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


def test_a_step_makes_the_update_that_the_page_announces(tab):
    announced = re.search(r"w1←.*=(-?[0-9.]+)\.$", _plain(tab('() => document.querySelector(".derivation:not([hidden]) [data-w]:not([hidden])").innerText')))
    assert announced
    tab.tab.click("#train-step")
    assert float(announced[1]) == pytest.approx(tab('() => setting.values[placeOf("w1")]'), abs=5e-5)


def _plain(text: str) -> str:
    return re.sub(r"[\s\u2061\u2062]+", "", text.replace("𝑤", "w").replace("−", "-"))


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


def test_the_curve_says_what_its_axes_are_and_begins_anew(tab):
    words = "() => [...document.querySelectorAll('#curve text')].map((one) => one.textContent)"
    assert tab(words) == ["steps", "mean loss", "", "", ""]
    for _ in range(3):
        tab.tab.click("#train-step")
    assert tab(words) == ["steps", "mean loss", "1.84", "0", "3"]
    # After the last step the page stands where its loss is what the curve ends with.
    assert tab.tab.inner_text("#trained").split(": ")[-1] in tab.tab.inner_text(".now")
    tab.tab.select_option("#samples", "xor")
    tab.tab.click("#train-step")
    assert tab(words)[-1] == "1"
    tab.tab.click("#reset")
    assert tab(words) == ["steps", "mean loss", "", "", ""]
    assert tab.tab.inner_text("#trained") == "No step yet."
    assert tab("() => setting.values.every((value, place) => value === page.start[place])")


def test_a_sample_can_be_chosen(opened):
    start = {name: float(value) for name, value in default_point(Network(2, 2, 2)).items()}
    tab = opened(page_of(Network(2, 2, 2), ("w1",), at=[start, start | {"i1": 0.25, "t_o1": 0.0}]))
    tab.tab.select_option("#sample", "2")
    assert tab('() => ["i1", "t_o1"].map((name) => setting.values[placeOf(name)])') == [0.25, 0]
    tab.tab.fill("#type-i1", "3")
    tab.until('() => $("sample").value === ""')
    tab.tab.click("#reset")
    assert tab('() => $("sample").value') == "1"


def test_a_loss_that_grows_without_end_stops_the_training(opened):
    net = Network(2, 2, 1, activation="identity", output="identity", loss="squared_error")
    tab = opened(page_of(net, ("w1",), rate=1000))
    tab.tab.click("#train-run")
    tab.until("() => !train.running && train.losses.length > 0")
    assert re.match(r"After step \d+ the loss or a derivative is no finite number any more: training stopped", tab.tab.inner_text("#trained"))
    assert all(tab("() => [...setting.values].map(Number.isFinite)"))
