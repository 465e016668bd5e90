"""How long the check of a whole gradient takes, own back-propagation included, against torch.autograd.gradcheck.

    python benchmarks/checks.py          half a minute; torch is measured where it is installed

Prints the machine, the versions, medians and ratios. One thread each. The check is prepared once, as a compiled
function is; torch checks its own gradient of the same loss at the same point, by central differences in float64.
"""

# The number of threads is read when NumPy is imported (E402).
# ruff: noqa: E402
from __future__ import annotations

import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import importlib.util
import platform
import statistics
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from derive import Network
from numeric import NetworkCheck

SIZES = ((2, 2, 2), (4, 8, 3), (784, 128, 10))
GOALS = {(2, 2, 2): "30 ×", (4, 8, 3): "60 ×", (784, 128, 10): "100 ms"}
TORCH = importlib.util.find_spec("torch") is not None


def medians(*works: Callable[[], object], rounds: int = 20, seconds: float = 0.1) -> list[float]:
    """The median time of a call of each in microseconds, taken in turn, so that what else the machine does meets all alike."""
    runs: list[list[float]] = [[] for _ in works]
    for one in range(rounds + 1):
        for work, own in zip(works, runs, strict=True):
            begin = time.perf_counter()
            while time.perf_counter() - begin < seconds:
                start = time.perf_counter()
                work()
                own.append(1e6 * (time.perf_counter() - start))
            if one == 0:
                own.clear()  # warm
    return [statistics.median(own) for own in runs]


def batch(sizes: tuple[int, ...], rows: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(0)
    count = sum((before + 1) * units for before, units in pairwise(sizes))
    return rng.normal(size=count) / np.sqrt(sizes[0] / 2), rng.normal(size=(rows, sizes[0])), rng.random((rows, sizes[-1]))


def ours(sizes: tuple[int, ...], rows: int) -> tuple[Callable[[], object], str]:
    """The check, and what it finds."""
    check, point = NetworkCheck(Network(*sizes)), batch(sizes, rows)
    return lambda: check(*point).ok, check(*point).summary


def prepared(sizes: tuple[int, ...], rows: int) -> float:
    """The same with the compilation, once and cold, in milliseconds."""
    start = time.perf_counter()
    assert NetworkCheck(Network(*sizes))(*batch(sizes, rows)).ok
    return 1e3 * (time.perf_counter() - start)


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


def main() -> None:
    """Run all and print a table."""
    print(f"{platform.machine()}, {platform.processor() or platform.system()}, Python {platform.python_version()}, NumPy {np.__version__}", end="")
    if TORCH:
        import torch

        print(f", torch {torch.__version__}")
    else:
        print("; torch is not installed, so its column stays empty (pip install torch)")
    print(f"{'network':>12} {'rows':>4} {'parameters':>10} {'ours µs':>10} {'gradcheck µs':>13} {'ratio':>7} {'goal':>8} {'cold ms':>8}")
    for sizes in SIZES:
        for rows in (1, 32):
            check, summary = ours(sizes, rows)
            took, *peers = medians(check, *([by_torch(sizes, rows)] if TORCH and sizes[0] < 100 else []))
            peer = peers[0] if peers else None
            columns = f"{peer:>13.0f} {peer / took:>6.0f}×" if peer else f"{'':>13} {'':>7}"
            count = len(batch(sizes, 1)[0])
            print(f"{'-'.join(map(str, sizes)):>12} {rows:>4} {count:>10} {took:>10.1f} {columns} {GOALS[sizes]:>8} {prepared(sizes, rows):>8.0f}")
            print(f"{'':>18}{summary}")


if __name__ == "__main__":
    main()
