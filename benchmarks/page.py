"""The interactive page in Chromium: its size, what a drag costs, engine and whole page, and 10,000 steps of training on XOR.

    python -m benchmarks.page

A drag recomputes the forward values, every fact of every derivation, the gradient, all central differences and the
next update; it is to take no more than a frame, 16 ms. The text is to be made in the time of a derivation, and the
training to take less than a second. Times are medians, of the first calls too: a reader's first drag is not warm.

Of the whole page the time of the thread is counted, in scripts and in layout apart, so that what else the machine does is
not taken for the page's.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from derive import Network
from explain.interactive.engine import engine_source
from explain.interactive.page import interactive_page
from numeric import initialize
from numeric.data import data, default_point
from numeric.optimizers import OPTIMIZERS

NETS = {
    "2-2-2": Network(),
    "2-2-2 gelu": Network(activation="gelu"),
    "2-3-2 softmax": Network(2, 3, 2, output="softmax"),
    "2-4-4-1": Network(2, 4, 4, 1),
    "4-8-3": Network(4, 8, 3),
}
DRAG = """(given) => { %s
  const values = Float64Array.from(given), times = [];
  for (let turn = 0; turn < 60; turn += 1) {
    const begun = performance.now();
    values[2] += 0.01;
    engine.forward(values);
    engine.values(values);
    engine.gradient(values);
    engine.places.wrt.forEach((place) => engine.difference(values, place));
    engine.step(values, 0.5);
    times.push(performance.now() - begun);
  }
  return [times[0], times.sort((a, b) => a - b)[30]];
}"""
HAND = """(value) => new Promise((done) => {
  const slider = document.getElementById("slide-w1");
  slider.value = value;
  slider.dispatchEvent(new Event("input", { bubbles: true }));
  requestAnimationFrame(() => setTimeout(done, 0));
})"""
TRAIN = """(given) => { %s
  const trainer = engine.trainer(given.start, given, given.rate), begun = performance.now();
  const losses = trainer.step(10000);
  return [performance.now() - begun, losses[losses.length - 1]];
}"""


def drags(browser: Browser, net: Network, language: str) -> str:
    """What 100 drags of a whole page cost, as a line of the table."""
    text = str(interactive_page(net, language=language)[0].main)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_text(text, encoding="utf-8")
        tab = browser.new_page()
        tab.goto(path.as_uri())
        scripts, layouts = zip(*_spent(tab, [-1 + place / 50 for place in range(100)]), strict=True)
    first, usual, late, worst = scripts[0], *(sorted(scripts)[place] for place in (50, 95, -1))
    return f"{len(text.encode()) / 1000:6.1f} kB {first:6.2f} {usual:8.2f} {late:8.2f} {worst:8.2f} ms {sorted(layouts)[50]:8.2f} ms"


def _spent(tab: Page, values: Sequence[float]) -> Iterator[tuple[float, float]]:
    """Milliseconds of the thread in scripts and in layout, for each value that a slider takes."""
    counters = tab.context.new_cdp_session(tab)
    counters.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})
    counters.send("Performance.enable")
    before = None
    for value in [values[0] - 1, *values]:
        if before is not None:
            tab.evaluate(HAND, value)
        now = {one["name"]: 1000 * one["value"] for one in counters.send("Performance.getMetrics")["metrics"]}
        if before is not None:
            yield now["ScriptDuration"] - before["ScriptDuration"], now["LayoutDuration"] - before["LayoutDuration"]
        before = now


def main() -> None:
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        print(f"{'network':16} {'text':>9} {'made in':>9} {'first drag':>12} {'drag':>9}")
        for name, net in NETS.items():
            begun = time.perf_counter()
            facts = [step.claim for one in net.parameters for step in net.derivation(one).steps]
            text = engine_source(net, net.loss, net.parameters, facts)
            made = time.perf_counter() - begun
            first, usual = browser.new_page().evaluate(DRAG % text, [float(one) for one in default_point(net).values()])
            print(f"{name:16} {len(text) / 1000:6.1f} kB {made * 1000:6.0f} ms {first:9.2f} ms {usual:6.2f} ms")
        print(f"\n{'page':20} {'text':>9} {'first':>6} {'median':>8} {'95 %':>8} {'most':>8} {'layout':>14}")
        for name, net, language in (("2-2-2", Network(), "en"), ("2-2-2 in Korean", Network(), "ko"), ("3-4-2", Network(3, 4, 2), "en")):
            print(f"{name:20} {drags(browser, net, language)}")
        xor, net = data("xor"), Network(2, 2, 1)
        print(f"\n{'10,000 steps of XOR':22} {'time':>8} {'last loss':>12}")
        for name, kind in OPTIMIZERS.items():
            text = engine_source(net, net.loss, net.parameters, optimizers=[kind()])
            given = {"start": initialize(net, 0).tolist(), "inputs": xor.inputs, "targets": xor.targets, "rate": kind().rate}
            took, loss = browser.new_page().evaluate(TRAIN % text, given)
            print(f"{name:22} {took:5.0f} ms {loss:12.3g}")
        browser.close()


if __name__ == "__main__":
    main()
