"""Pages of whole gradients, from a dozen to five hundred parameters: what telling and writing cost, and by how much that grows.

    python -m benchmarks.pages

Both are to be linear in the facts that are told. Processor time, so that other programs do not count; the last columns are
microseconds for each fact, which are to stay the same from row to row. Pages are written with pictures left out.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from derive import Network
from explain import lecture
from explain.writers import write

SIZES = ((2, 2, 2), (4, 6, 3), (8, 10, 5), (12, 21, 10))
FORMATS = ("html", "latex", "text")


def timed(make: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.process_time()
    made = make()
    return time.process_time() - begun, made


def main() -> None:
    write(lecture(Network().derivation("w1"), pictures=False), "html")  # imports and the font's first reading belong to no row
    print(f"{'network':>10} {'parameters':>10} {'facts':>6} {'told':>8} " + " ".join(f"{name:>8} {'':>7}" for name in FORMATS) + "   µs a fact")
    for sizes in SIZES:
        net = Network(*sizes)
        derivations = [net.derivation(one) for one in net.parameters]
        facts = len({step.claim for one in derivations for step in one.steps})
        told, document = timed(lambda derivations=derivations: lecture(derivations, pictures=False, check=False))
        written = [timed(lambda name=name, document=document: write(document, name, pictures=False).main) for name in FORMATS]
        row = f"{'-'.join(map(str, sizes)):>10} {len(net.parameters):>10} {facts:>6} {told:>6.2f} s "
        row += " ".join(f"{took:>6.2f} s {len(page) / 1000:>4.0f} kB" for took, page in written)
        print(row + "  " + " ".join(f"{1e6 * took / facts:>5.0f}" for took in (told, *(took for took, _ in written))))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
