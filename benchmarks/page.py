"""The engine of the interactive page in Chromium: its size, what a drag costs, and 10,000 steps of training on XOR.

    python -m benchmarks.page

A drag recomputes the forward values, every fact of every derivation, the gradient, all central differences and the
next update; it is to take no more than a frame, 16 ms. The text is to be made in the time of a derivation, and the
training to take less than a second. Times are medians, of the first calls too: a reader's first drag is not warm.
"""

from __future__ import annotations

import shutil
import time

from playwright.sync_api import sync_playwright

from derive import Network
from explain.interactive.engine import engine_source
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
TRAIN = """(given) => { %s
  const trainer = engine.trainer(given.start, given, given.rate), begun = performance.now();
  const losses = trainer.step(10000);
  return [performance.now() - begun, losses[losses.length - 1]];
}"""


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
