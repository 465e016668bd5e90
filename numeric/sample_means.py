"""The mean derivative over several samples, beside the central difference of the mean itself.

One variable is moved in all samples at once, each sample's forward pass is run again, and the mean of what comes out
is what the difference is taken of: a second route, which knows nothing of the sum of derivatives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from derive.errors import DeriveError
from derive.steps import Claim, Derivation, Total

from .bench import Bench
from .differences import Difference, difference
from .operations import FLOATS, Arithmetic, Pair, high_precision
from .points import point
from .reports import NOT_RESOLVABLE, Check, judged
from .tape import Tape, run_rows
from .values import DIGITS

__all__ = ["MeanOf", "check_mean", "check_means"]


@dataclass(frozen=True, slots=True)
class MeanOf:
    """The mean of a derivative over some samples, as what a check is about."""

    claim: Claim
    samples: int

    def __str__(self) -> str:
        return f"the mean of {self.claim} over {self.samples} samples"


def check_mean(derivation: Derivation, samples: Sequence[Mapping[Any, Any]]) -> Check:
    """The mean of a derivation's result over the samples beside the difference of the mean; as ``check_means``."""
    return check_means(derivation, samples, [derivation.claim])[derivation.claim]


def check_means(derivation: Derivation, samples: Sequence[Mapping[Any, Any]], claims: Iterable[Claim]) -> dict[Claim, Check]:
    """The means of some facts over the samples, each a point as for ``check``, beside the differences of the means.

    A variable that has another value in each sample (an input, an inner node) is moved by the same distance in all.
    In floats, and in 50 to 400 digits where floats do not suffice. Raises DeriveError for refused values and no samples.
    """
    if not samples:
        raise DeriveError("samples is an empty list; give at least one point")
    graph, tape = derivation.graph, Tape(derivation)
    given = [point(graph.givens, at, graph.by_symbol, graph.shares) for at in samples]
    found: dict[Claim, Check] = {}
    open_ = list(claims)
    for on in (FLOATS, *map(high_precision, DIGITS)):
        benches = [Bench(graph, tape, one, on) for one in given] if open_ else []
        found |= {claim: _checked(claim, benches, on) for claim in open_}
        open_ = [claim for claim in open_ if found[claim].verdict == NOT_RESOLVABLE]
    return found


def _checked(claim: Claim, benches: list[Bench], on: Arithmetic) -> Check:
    tape = benches[0].tape
    places = tape.steps[claim]
    printed = [_mean(on, [on.rounded(bench.pairs[slot]) for bench in benches]) for slot in (places.total, places.value)]
    sizes = [max(abs(float(bench.env[tape.slot(one)][0])) for bench in benches) for one in (claim.of, claim.wrt)]
    return judged(MeanOf(claim, len(benches)), printed, _slope(claim, benches, on), on, max(sizes[0], 1) / max(sizes[1], 1))


def _slope(claim: Claim, benches: list[Bench], on: Arithmetic) -> Difference:
    """The difference of the mean over the benches, the variable of the claim moved in all of them at once."""
    tape = benches[0].tape
    end, start = tape.slot(claim.of), tape.slot(claim.wrt)
    rows = tape.moved(tape.behind(end, through=isinstance(claim, Total)), [start])
    kinks = [(row[0].side, row[1]) for _, row in rows if row[0].side is not None]
    envs = [list(bench.env) for bench in benches]
    starts = [env[start][0] for env in envs]

    def sample(x: Any) -> tuple[Any, Any, Any]:
        for env, own in zip(envs, starts, strict=True):
            moved = own + (x - starts[0])
            env[start] = (moved, on.unit * (abs(moved) + abs(x)) if own != starts[0] else on.unit * 0)
            run_rows(on, rows, env)
        sides = tuple(side(*(env[one][0] for one in args)) for env in envs for side, args in kinks)
        return *_mean(on, [env[end] for env in envs]), sides

    return difference(sample, starts[0], on)


def _mean(on: Arithmetic, pairs: list[Pair]) -> Pair:
    """The mean of numbers with their errors; each addition and the division round once."""
    value, error = pairs[0]
    for term, wrong in pairs[1:]:
        value += term
        error += wrong + on.unit * abs(value)
    mean = value / len(pairs)
    return mean, error / len(pairs) + on.unit * abs(mean) + on.tiny
