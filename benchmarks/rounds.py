"""Rounds: several ways to do the same, timed in turn, so that whatever else the machine does meets them all alike.

Times are those of the processor, of all threads together, which other programs do not take from. A ratio is the median of
the ratios of the rounds; a time is the median of the rounds, with the least beside it. Import this before NumPy: it asks
every library for one thread.
"""

from __future__ import annotations

import os

for library in ("OMP", "OPENBLAS", "MKL", "NUMBA"):
    os.environ[f"{library}_NUM_THREADS"] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import importlib.util  # noqa: E402 (the number of threads is read when libraries are imported)
import platform  # noqa: E402
import statistics  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable, Mapping, Sequence  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from importlib.metadata import version  # noqa: E402
from pathlib import Path  # noqa: E402

__all__ = ["Goal", "Rounds", "machine", "there"]

Calls = Mapping[str, Callable[[], object]]
PEERS = ("numpy", "numba", "jax", "torch", "sympy")
STRETCH = 3e-3  # seconds that a call, repeated, takes in a round, at least


def there(library: str) -> bool:
    return importlib.util.find_spec(library) is not None


def machine() -> str:
    """The machine and the versions; what is absent is named."""
    info = Path("/proc/cpuinfo")
    names = [line.partition(": ")[2] for line in info.read_text().splitlines() if line.startswith("model name")] if info.exists() else []
    versions = ", ".join(f"{one} {version(one)}" if there(one) else f"{one} is not installed" for one in PEERS)
    return f"{(names or [platform.processor()])[0]}, {platform.system()}, Python {platform.python_version()}; {versions}; one thread"


@dataclass(frozen=True)
class Goal:
    """A limit on the time of one way, or, with ``against``, on its ratio to that of another; with ``least`` from below."""

    of: str
    limit: float
    against: str = ""
    least: bool = False


@dataclass(frozen=True)
class Rounds:
    """How many rounds there are; each takes some milliseconds for each way."""

    number: int

    def table(self, title: str, calls: Calls, unit: float, name: str, goals: Sequence[Goal] = (), counts: Mapping[str, int] | None = None) -> None:
        """Time the calls and print a row for each, its ratio to the first, and what became of the goals.

        counts says of how many things a call consists, where that is more than one.
        """
        times = self.times(calls, unit, counts or {})
        base = next(iter(calls))
        print(f"\n{title}\n  {'':44} {'median':>10} {'least':>10}   ratio")
        for label, own in times.items():
            print(f"  {label:44} {statistics.median(own):7.2f} {name} {min(own):7.2f} {name} {_ratio(own, times[base]):7.2f}")
        for goal in goals:
            if goal.of in times and goal.against in {"", *times}:
                print(_judged(goal, times, name))

    def times(self, calls: Calls, unit: float, counts: Mapping[str, int]) -> dict[str, list[float]]:
        repeats = {label: max(1, int(STRETCH / _once(call))) for label, call in calls.items()}
        times: dict[str, list[float]] = {label: [] for label in calls}
        for _ in range(self.number):
            for label, call in calls.items():
                call()  # what it reads and writes is in the cache again
                start = time.process_time()
                for _ in range(repeats[label]):
                    call()
                times[label].append((time.process_time() - start) / repeats[label] / counts.get(label, 1) / unit)
        return times


def _once(call: Callable[[], object]) -> float:
    """The least of three calls, after one that compiles what has to be compiled."""
    call()
    times = []
    for _ in range(3):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return max(min(times), 1e-9)


def _ratio(own: Sequence[float], base: Sequence[float]) -> float:
    return statistics.median(one / other for one, other in zip(own, base, strict=True))


def _judged(goal: Goal, times: Mapping[str, Sequence[float]], name: str) -> str:
    found = _ratio(times[goal.of], times[goal.against]) if goal.against else statistics.median(times[goal.of])
    good = found >= goal.limit if goal.least else found <= goal.limit
    what = f"× {goal.against}" if goal.against else name
    return f"  {'reached' if good else 'missed '}  {goal.of}: {'≥' if goal.least else '≤'} {goal.limit:g} {what}, found {found:.2f}"
