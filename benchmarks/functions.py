"""How long the check of the gradient of a Python function takes, against the plain loop of central differences.

    python benchmarks/functions.py [--quick]

The plain loop calls the function twice a coordinate and knows nothing of its error; see ``rounds`` for what is printed. The
function is the sum of the cubes of its entries, cheap beside the work of calling it once for each of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rounds import Goal, Rounds, machine  # isort: skip (it asks for one thread before NumPy is imported)

import numpy as np

from numeric import check_gradient
from numeric.testing import assert_gradients

PLAIN, CHECK, ASSERT = "plain loop", "check_gradient", "assert_gradients"
GOALS = {1_000: [Goal(CHECK, 0.5, ASSERT, least=True), Goal(PLAIN, 0.1, ASSERT, least=True)]}


def cubes(x: np.ndarray) -> float:
    return float((x * x * x).sum())


def slopes(x: np.ndarray) -> np.ndarray:
    return 3 * x * x


def plain(x: np.ndarray, h: float = 1e-6) -> np.ndarray:
    """The central differences with one step for all."""
    found = np.empty(len(x))
    for place in range(len(x)):
        right, left = x.copy(), x.copy()
        right[place] += h
        left[place] -= h
        found[place] = (cubes(right) - cubes(left)) / (2 * h)
    return found


def calls(count: int) -> float:
    """How often the function is called, a coordinate."""
    seen = 0

    def counted(x: np.ndarray) -> float:
        nonlocal seen
        seen += 1
        return cubes(x)

    assert check_gradient(counted, slopes, points(count)).ok
    return seen / count


def points(count: int) -> np.ndarray:
    return np.random.default_rng(0).uniform(0.5, 2, count)


def main(wanted: list[str]) -> None:
    """Time 100, 1,000 and 10,000 entries."""
    print(machine())
    for count in (100, 1_000, 10_000):
        x = points(count)
        work: dict[str, Callable[[], object]] = {
            ASSERT: lambda x=x: assert_gradients(cubes, slopes, x),
            CHECK: lambda x=x: check_gradient(cubes, slopes, x),
            PLAIN: lambda x=x: plain(x),
        }
        rounds = Rounds(3 if "--quick" in wanted or count > 1_000 else 15)
        rounds.table(f"{count:,} entries, {calls(count):.1f} calls a coordinate (ms)", work, 1e-3, "ms", GOALS.get(count, []))


if __name__ == "__main__":
    main(sys.argv[1:])
