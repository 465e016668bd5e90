"""The derivatives of random expressions, rule by rule, beside what the texts mean, by differences of 120 digits.

    python benchmarks/derivatives.py [how many, 1000] [seed, 0]

prints how many agree, how long the derivations took, and every disagreement.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent.parent / room) for room in ("", "tests")]

from random_expressions import run  # noqa: E402 (it stands beside the tests)


def main() -> None:
    count, seed = (int(one) for one in (*sys.argv[1:], *("1000", "0")[len(sys.argv) - 1 :]))
    start = time.perf_counter()
    results = list(run(count, seed))
    places = [one for found in results for one in found]
    wrong = [one for one in places if not one.agrees]
    outside = sum(found[0].outside for found in results)
    print(f"{len(places) - len(wrong)} of {len(places)} derivatives of {count} expressions are right; {outside} outside the rules")
    seconds = sorted(found[0].seconds for found in results)
    print(f"derivations: {sum(seconds):.1f} s in all, median {1e3 * seconds[len(seconds) // 2]:.1f} ms, longest {1e3 * seconds[-1]:.0f} ms")
    print(f"with the numerical derivatives: {time.perf_counter() - start:.1f} s")
    for one in wrong:
        print(f"  {one}")


if __name__ == "__main__":
    main()
