"""How long the check of a whole gradient takes, own back-propagation included, against torch.autograd.gradcheck.

    python benchmarks/checks.py [--quick]

torch is measured where it is installed; see ``rounds`` for what is printed. The check is prepared once, as a compiled
function is; torch checks its own gradient of the same loss at the same point, by central differences in float64.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rounds import Goal, Rounds, machine, there  # isort: skip (it asks for one thread before NumPy is imported)

import numpy as np

from derive import Network
from numeric import NetworkCheck

OURS, PEER = "gradnotes", "torch.autograd.gradcheck"
GOALS = {
    (2, 2, 2): [Goal(PEER, 30, OURS, least=True)],
    (4, 8, 3): [Goal(PEER, 60, OURS, least=True)],
    (784, 128, 10): [Goal(OURS, 100)],
}


def batch(sizes: tuple[int, ...], rows: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(0)
    count = sum((before + 1) * units for before, units in pairwise(sizes))
    return rng.normal(size=count) / np.sqrt(sizes[0] / 2), rng.normal(size=(rows, sizes[0])), rng.random((rows, sizes[-1]))


def prepared(sizes: tuple[int, ...], rows: int) -> float:
    """The check with the compilation, once and cold, in milliseconds."""
    start = time.process_time()
    assert NetworkCheck(Network(*sizes))(*batch(sizes, rows)).ok
    return 1e3 * (time.process_time() - start)


def by_torch(sizes: tuple[int, ...], rows: int) -> Callable[[], object]:
    """torch.autograd.gradcheck of the mean binary cross entropy."""
    import torch

    torch.set_num_threads(1)
    theta, inputs, targets = (torch.from_numpy(one) for one in batch(sizes, rows))
    parts, start = [], 0
    for before, units in pairwise(sizes):
        for shape in ((before, units), (units,)):
            size = int(np.prod(shape))
            parts.append(theta[start : start + size].reshape(shape).clone().requires_grad_(True))
            start += size

    def loss(*parts: torch.Tensor) -> torch.Tensor:
        outs = inputs
        for place in range(0, len(parts), 2):
            nets = outs @ parts[place] + parts[place + 1]
            outs = torch.sigmoid(nets)
        return torch.nn.functional.binary_cross_entropy(outs, targets, reduction="sum") / rows

    return lambda: torch.autograd.gradcheck(loss, parts)


def main(wanted: list[str]) -> None:
    """Time every network with one row and with many, and print what each check finds."""
    print(machine())
    for sizes, goals in GOALS.items():
        few = sizes[0] < 100
        for rows in (1, 32):
            check, point = NetworkCheck(Network(*sizes)), batch(sizes, rows)
            calls: dict[str, Callable[[], object]] = {OURS: lambda check=check, point=point: check(*point).ok}
            calls |= {PEER: by_torch(sizes, rows)} if few and there("torch") else {}
            title = f"the check of {'-'.join(map(str, sizes))}, {len(point[0]):,} parameters, N = {rows} ({'µs' if few else 'ms'})"
            Rounds(7 if "--quick" in wanted else 31).table(title, calls, *((1e-6, "µs") if few else (1e-3, "ms")), goals)
            print(f"  cold {prepared(sizes, rows):.0f} ms; {check(*point).summary}")


if __name__ == "__main__":
    main(sys.argv[1:])
