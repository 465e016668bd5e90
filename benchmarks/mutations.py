"""How far the checks can be trusted: every kind of wrong gradient on random networks, and right ones for false alarms.

    python benchmarks/mutations.py           two minutes; --networks 300 is the usual number

Two gradients are made wrong: the compiled one of a network over a batch, and the closed form of a derivation. Three
judges look at each: the arbiter (thirty digits, its own forward pass), the check in floats (``check_network`` for the
compiled gradient, ``check`` for the derivation), and the same check with ``exact=True``, where the arbiter looks at what
floats leave in doubt. "Open" is what a check calls not resolvable or at a kink, "in bound" what agrees with a
difference whose bound, though less than a thousandth, is larger than the slip; the report counts such entries as
certain to fewer than 6 digits.
"""

# The tests lend their random networks (E402).
# ruff: noqa: E402
from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from sympy import Add, Expr, Integer, Mul, Rational, S

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "tests")]

from random_networks import random_batch, random_network

from derive import Derivation, DeriveError, Network, Step
from numeric import NetworkCheck, check
from numeric.checks.operations import high_precision
from numeric.checks.tape import Tape
from numeric.exact.arbiter import Slope, arbitrate
from numeric.points import point
from numeric.reports import AGREES, VERDICTS, WRONG

SHOWN = 4  # parameters of each network that the arbiter looks at
SURE = 3e-7  # how far from the truth, relatively, a compiled gradient is wrong; rounding alone stays far below
FAINT = 1e-13  # what rounding leaves of a slope that is 0, beside the largest


# ---- the compiled gradient


class Remembering(NetworkCheck):
    """The check at one point, whose arbiter judges each parameter once, however many gradients are looked at."""

    def _slopes(self, names: Sequence[str], *batch: Any) -> Iterator[Slope]:
        known: dict[str, Slope] = self.__dict__.setdefault("known", {})
        new = [name for name in names if name not in known]
        known |= dict(zip(new, super()._slopes(new, *batch), strict=True))
        yield from (known[name] for name in names)


def swapped(g: np.ndarray) -> np.ndarray:
    return np.concatenate([g[1::-1], g[2:]]) if len(g) > 1 else g


def on_a_bias(g: np.ndarray, biases: list[int]) -> np.ndarray:
    out = g.copy()
    out[biases] += 1e-3 * np.abs(g).max()
    return out


SCALES: dict[str, float] = {"sign": -1.0, "twice": 2.0, "half": 0.5, "zero": 0.0, "× (1 + 1e-3)": 1 + 1e-3, "× (1 + 1e-6)": 1 + 1e-6}


def wrong_vectors(judge: NetworkCheck, batch: tuple[np.ndarray, ...], g: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Every kind of wrong gradient that this network can have."""
    yield from ((kind, g * factor) for kind, factor in SCALES.items())
    yield "swapped index", swapped(g)
    layers = judge.layers
    assert layers is not None
    biases = [block.place.start for block in layers.blocks if block.name[0] == "b"]
    if biases:
        yield "+ 1e-3·max|g| on a bias", on_a_bias(g, biases)
    for sentence, vector in layers.variants(*batch):
        if sentence.endswith("is missing"):
            yield ("missing slope" if "slope" in sentence else "missing path"), vector


def compiled(table: dict[str, Counter[str]], network: Network, batch: tuple[np.ndarray, ...]) -> None:
    """Count what both judges say about wrong compiled gradients, and about the right one."""
    judge = Remembering(network)
    g = judge.compiled(*batch)[1]
    faint = FAINT * max(np.abs(g).max(), 1e-3)
    names = [one.name for one in network.parameters][:: max(1, len(g) // SHOWN)]
    places = [[one.name for one in network.parameters].index(name) for name in names]
    truth = [None if one is None else float(one) for one in arbitrate(network, *batch, wrt=names).values()]
    for kind, wrong in (("none", g), *wrong_vectors(judge, batch, g)):
        counts, report = table[kind], judge(*batch, gradient=wrong)
        changed = np.ones(len(g), bool) if kind == "none" else np.abs(wrong - g) > SURE * np.abs(g) + faint
        counts["floats"] += int(changed.sum())
        counts["floats wrong"] += int((changed & (report.verdicts == VERDICTS.index(WRONG))).sum())
        agreeing = changed & (report.verdicts == VERDICTS.index(AGREES))
        counts["floats missed"] += int(agreeing.sum())
        counts["not said"] += int((agreeing & ~report.loose).sum()) if kind != "none" else 0
        closer = judge(*batch, gradient=wrong, exact=True)
        counts["exact wrong"] += int((changed & (closer.verdicts == VERDICTS.index(WRONG))).sum())
        counts["exact missed"] += int((changed & (closer.verdicts == VERDICTS.index(AGREES))).sum())
        for place, exact in zip(places, truth, strict=True):
            if exact is not None and changed[place]:
                counts["arbiter"] += 1
                counts["arbiter wrong"] += abs(wrong[place] - exact) > SURE * abs(exact) + faint


# ---- the derivation


def scaled(factor: Expr) -> Callable[[Step], Iterator[Expr]]:
    return lambda step: iter([factor * step.value])


def without_a_term(step: Step) -> Iterator[Expr]:
    expanded = step.value.expand()
    yield from (expanded - part for part in expanded.args if isinstance(expanded, Add))


def without_a_factor(step: Step) -> Iterator[Expr]:
    yield from (step.value / part for part in step.value.args if isinstance(step.value, Mul) and part.free_symbols)


def with_a_neighbour(step: Step) -> Iterator[Expr]:
    letters = sorted(step.value.free_symbols, key=str)
    yield from (step.value.xreplace({one: other, other: one}) for one, other in pairwise(letters))


SLIPS: dict[str, Callable[[Step], Iterator[Expr]]] = {
    "sign": scaled(Integer(-1)),
    "twice": scaled(Integer(2)),
    "half": scaled(Rational(1, 2)),
    "zero": scaled(S.Zero),
    "× (1 + 1e-3)": scaled(1 + Rational(1, 1000)),
    "× (1 + 1e-6)": scaled(1 + Rational(1, 10**6)),
    "swapped index": with_a_neighbour,
    "missing path": without_a_term,
    "missing slope": without_a_factor,
}


def exactly(derivation: Derivation, at: dict[str, Any]) -> Any:
    """The value of a derivation in 60 digits; NaN where it has none."""
    tape, on = Tape(derivation), high_precision(60)
    return on.rounded(tape.run(on, point(derivation.graph.givens, at))[tape.steps[derivation.claim].value])[0]


def symbolic(table: dict[str, Counter[str]], network: Network, batch: tuple[np.ndarray, ...]) -> None:
    """Count what both judges say about one derivation with a wrong closed form, and with the right one."""
    theta, inputs, targets = (one[0] if one.ndim > 1 else one for one in batch)
    symbols = (*network.parameters, *network.inputs, *network.targets)
    at = dict(zip((one.name for one in symbols), map(float, (*theta, *inputs, *targets)), strict=True))
    derivation = network.derivation(network.parameters[len(theta) // 2])
    truth = arbitrate(network, theta, [inputs], [targets], [str(derivation.claim.wrt)])[str(derivation.claim.wrt)]
    if truth is None:
        return
    step, right = derivation[derivation.claim], exactly(derivation, at)
    for kind, values in (("none", iter([step.value])), *((kind, slip(step)) for kind, slip in SLIPS.items())):
        for value in values:
            steps = tuple(replace(one, value=value) if one.claim == step.claim else one for one in derivation.steps)
            changed = replace(derivation, steps=steps)
            number = exactly(changed, at)
            if kind != "none" and not abs(number - right) > abs(right) * SURE:
                continue  # a factor 1 left out, or 2·3 for 3·2, is no slip
            verdict, closer = check(changed, at, digits=16)[step.claim].verdict, check(changed, at, exact=True)[step.claim].verdict
            table[kind].update({"floats": 1, "floats wrong": int(verdict == WRONG), "floats missed": int(verdict == AGREES)})
            table[kind].update({"exact wrong": int(closer == WRONG), "exact missed": int(closer == AGREES)})
            table[kind].update({"arbiter": 1, "arbiter wrong": int(not abs(number - truth) <= abs(truth) * 1e-25)})


# ---- all of it


WIDTHS = (8, 8, 8), (9, 8, 6, 10), (8, 8, 8)


def shown(title: str, table: dict[str, Counter[str]]) -> None:
    """A line for every kind."""
    print(f"\n{'':>26} | {'arbiter':^24} | {'floats':^33} | {'exact=True':^24}")
    groups = ("entries", "caught", "missed"), ("entries", "caught", "open", "in bound"), ("caught", "open", "missed")
    print(
        " | ".join(
            [f"{title:>26}", *("".join(f"{word:>{width}}" for word, width in zip(one, own, strict=True)) for one, own in zip(groups, WIDTHS, strict=True))]
        )
    )
    for kind, counts in table.items():
        entries, caught, agreeing = counts["floats"], counts["floats wrong"], counts["floats missed"]
        seen, judged, closer, missed = counts["arbiter"], counts["arbiter wrong"], counts["exact wrong"], counts["exact missed"]
        words = "right: false alarms" if kind == "none" else kind
        print(
            f"{words:>26} | {seen:>8}{judged:>8}{seen - judged:>8} | {entries:>9}{caught:>8}{entries - caught - agreeing:>6}{agreeing:>10}"
            f" | {closer:>8}{entries - closer - missed:>8}{missed:>8}"
        )
    print(f"{'':>26}   in bound, and not counted by the report as certain to fewer than 6 digits: {sum(one['not said'] for one in table.values())}")


def one_network(seed: int, scale: float, vectors: dict[str, Counter[str]], forms: dict[str, Counter[str]]) -> None:
    """Count what the judges say about one network."""
    network, rng = random_network(seed)
    batch = random_batch(network, rng, scale)
    try:
        with np.errstate(all="ignore"):
            compiled(vectors, network, batch)
            symbolic(forms, network, batch)
    except DeriveError as error:
        print(f"network {seed} left out: {error}")


def main() -> None:
    """Run all and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", type=int, default=300)
    parser.add_argument("--scale", type=float, default=2.0, help="how large parameters are")
    options = parser.parse_args()
    vectors, forms = (
        {kind: Counter() for kind in ("none", *kinds)}
        for kinds in ((*SCALES, "swapped index", "missing path", "missing slope", "+ 1e-3·max|g| on a bias"), SLIPS)
    )
    done = 0
    with suppress(KeyboardInterrupt):  # Ctrl-C shows what there is
        for done in range(options.networks):
            one_network(done, options.scale, vectors, forms)
            if sys.stderr.isatty():
                print(f"\r{done + 1} of {options.networks} networks", end="", file=sys.stderr)
        done += 1
    print(f"{done} networks")
    shown("compiled gradient", vectors)
    shown("derivation", forms)


if __name__ == "__main__":
    main()
