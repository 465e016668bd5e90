"""How long the facts of whole gradients take, against sympy.diff of the substituted loss in the same run.

    python benchmarks/derive.py          a minute; --quick leaves the slowest peers out

Prints the machine, the versions, medians in milliseconds and ratios. SymPy's cache is cleared before each
run of the peer; ours runs warm, which is how a lecture or a server uses it, and once cold for comparison.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import sympy
from sympy.core.cache import clear_cache

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from derive import Network

GRADIENTS = ((2, 2, 2), (16, 16, 16), (64, 64, 10), (3, 3, 3, 3, 3, 3, 3))
AGAINST_DIFF = ((2, 2, 2), (5, 5, 5), (8, 8, 8))


def median(work: Callable[[], object], times: int, before: Callable[[], object] = lambda: None) -> float:
    """The median of some runs in milliseconds."""
    runs = []
    for _ in range(times):
        before()
        start = time.perf_counter()
        work()
        runs.append(1e3 * (time.perf_counter() - start))
    return statistics.median(runs)


def facts(sizes: tuple[int, ...]) -> float:
    """Our whole gradient, warm."""
    net = Network(*sizes)
    net.gradients()
    return median(net.gradients, 5 if len(net.parameters) > 1000 else 25)


def by_diff(sizes: tuple[int, ...], times: int) -> float:
    """sympy.diff of the substituted loss by every parameter, its cache cleared before each run."""
    net = Network(*sizes)
    from derive.activations import defined

    loss = defined(net.graph.substituted(net.loss))
    return median(lambda: [sympy.diff(loss, one) for one in net.parameters], times, clear_cache)


def operations_per_parameter(sizes: tuple[int, ...]) -> float:
    """Additions and multiplications of the facts, each counted once where it is shared, for each parameter."""
    net = Network(*sizes)
    values = list(net.gradients().values())
    shared, rest = sympy.cse(values, order="none")
    return sum(one.count_ops() for one in (*(value for _, value in shared), *rest)) / len(values)


def main() -> None:
    """Run all and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    print(f"{platform.machine()}, {platform.processor() or platform.system()}, Python {platform.python_version()}, SymPy {sympy.__version__}")
    print(f"{'network':>16} {'parameters':>10} {'ms':>9} {'µs each':>8}")
    for sizes in GRADIENTS:
        took, count = facts(sizes), len(Network(*sizes).parameters)
        print(f"{'-'.join(map(str, sizes)):>16} {count:>10} {took:>9.2f} {1e3 * took / count:>8.1f}")
    print(f"operations a parameter, 16-16-16: {operations_per_parameter((16, 16, 16)):.1f}")
    matrix = Network(784, 128, 10, activation="relu")
    wide, narrow = (median(lambda net=net: net.matrix_derivation("W1"), 9) for net in (matrix, Network()))
    print(f"matrix facts of 784-128-10: {wide:.1f} ms; of 2-2-2: {narrow:.1f} ms")
    print(f"{'network':>16} {'sympy.diff ms':>14} {'ours ms':>9} {'ratio':>7}")
    for sizes in AGAINST_DIFF[: 2 if quick else 3]:
        peer, ours = by_diff(sizes, 5 if sizes == (2, 2, 2) else 1), facts(sizes)
        print(f"{'-'.join(map(str, sizes)):>16} {peer:>14.1f} {ours:>9.2f} {peer / ours:>7.0f}")


if __name__ == "__main__":
    main()
