"""The mean derivative over several samples, beside the central difference of the mean itself.

One variable is moved in all samples at once, each sample's forward pass is run again, and the mean of what comes out
is what the difference is taken of: a second route, which knows nothing of the sum of derivatives. The arbiter takes the
slope of that mean from the definitions, to thirty digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from derive.errors import DeriveError, UnknownNameError
from derive.graph import Graph
from derive.steps import Claim, Derivation, Total

from ..checking import OPEN
from ..points import point
from ..reports import UNDEFINED, WRONG, Check, judged
from ..values import DIGITS
from .bench import Bench
from .causes import NONE, Cause, Suspect, beside_kink, likely_cause, off_by
from .holes import missing
from .operations import FLOATS, Arithmetic, Pair, high_precision
from .stencils import Difference
from .step_search import difference
from .tape import Tape, run_rows

__all__ = ["MeanOf", "check_mean", "check_means"]


@dataclass(frozen=True, slots=True)
class MeanOf:
    """The mean of a derivative over some samples, as what a check is about."""

    claim: Claim
    samples: int

    def __str__(self) -> str:
        return f"the mean of {self.claim} over {self.samples} samples"


def check_mean(derivation: Derivation, samples: Sequence[Mapping[Any, Any]], exact: bool = False) -> Check:
    """The mean of a derivation's result over the samples beside the difference of the mean; as ``check_means``."""
    return check_means(derivation, samples, [derivation.claim], exact)[derivation.claim]


def check_means(derivation: Derivation, samples: Sequence[Mapping[Any, Any]], claims: Iterable[Claim], exact: bool = False) -> dict[Claim, Check]:
    """The means of some facts over the samples, each a point as for ``check``, beside the differences of the means.

    A variable that has another value in each sample (an input, an inner node) is moved by the same distance in all.
    In floats, and in 50 to 400 digits where floats do not suffice; exact: beside the slopes of the arbiter. A mean is undefined
    where the fact is at one of the samples. Raises DeriveError for refused values and no samples.
    """
    if not samples:
        raise DeriveError("samples is an empty list; give at least one point")
    open_ = list(claims)
    for claim in open_:
        if claim not in derivation:
            raise UnknownNameError("step for", claim, (step.claim for step in derivation.steps), "this derivation has")
    graph, tape = derivation.graph, Tape(derivation)
    given = [point(graph.givens, at, graph.by_symbol, graph.shares) for at in samples]
    slope, arithmetics = (_of_arbiter if exact else _of_floats)(graph, given)
    found: dict[Claim, Check] = {}
    for place, on in enumerate(arithmetics):
        benches = [Bench(graph, tape, one, on()) for one in given] if open_ else []
        found |= {claim: _checked(claim, benches, slope) for claim in open_}
        if place == 0:
            undefined = _undefined(derivation, benches, given, [claim for claim in open_ if found[claim].verdict in OPEN])
            found |= {claim: replace(found[claim], verdict=UNDEFINED, cause=why) for claim, why in undefined.items()}
        open_ = [claim for claim in open_ if found[claim].verdict in OPEN]
    return {claim: _explained(one) for claim, one in found.items()}


Slopes = Callable[[Any, list[Bench]], Difference]


def _of_floats(graph: Graph, given: Sequence[Mapping[Any, Any]]) -> tuple[Slopes, list[Callable[[], Arithmetic]]]:
    """How the slope of a mean is found, and in which arithmetics, one after the other."""
    return _slope, [lambda: FLOATS, *(partial(high_precision, digits) for digits in DIGITS)]


def _of_arbiter(graph: Graph, given: Sequence[Mapping[Any, Any]]) -> tuple[Slopes, list[Callable[[], Arithmetic]]]:
    from ..exact import bench as exact_bench  # mpmath takes time to load

    arbiter = exact_bench.Arbiter(graph, *given)
    return lambda claim, benches: arbiter.difference(claim, benches[0].on), [partial(high_precision, digits) for digits in exact_bench.DIGITS]


def _undefined(derivation: Derivation, benches: list[Bench], given: Sequence[Mapping[Any, Any]], claims: list[Claim]) -> dict[Claim, Cause]:
    """The facts that have no number at one of the samples, with the first such sample and why."""
    found: dict[Claim, Cause] = {}
    for place, (bench, own) in enumerate(zip(benches, given, strict=True), 1):
        for claim, why in missing(derivation, bench, own, claims).items():
            found.setdefault(claim, Cause.joined((Cause.of("undefined sample", sample=place), why)))
    return found


def _explained(one: Check) -> Check:
    """A wrong mean with the slip that explains it."""
    if one.verdict != WRONG:
        return one
    if one.left is not None and one.right is not None:
        return replace(one, cause=beside_kink(one.printed, one.left, one.right))
    suspect = Suspect(one.printed, one.difference, 2 * one.bound + 1e-8 * abs(one.difference))
    count = one.claim.samples
    summed = Cause.of("sum", count=count) if suspect.repaired(suspect.wrong / count) else NONE
    return replace(one, cause=summed or likely_cause(suspect) or off_by(suspect))


def _checked(claim: Claim, benches: list[Bench], slope: Slopes) -> Check:
    tape, on = benches[0].tape, benches[0].on
    places = tape.steps[claim]
    printed = [_mean(on, [on.rounded(bench.pairs[slot]) for bench in benches]) for slot in (places.total, places.value)]
    sizes = [max(abs(float(bench.env[tape.slot(one)][0])) for bench in benches) for one in (claim.of, claim.wrt)]
    return judged(MeanOf(claim, len(benches)), printed, slope(claim, benches), on, max(sizes[0], 1) / max(sizes[1], 1))


def _slope(claim: Claim, benches: list[Bench]) -> Difference:
    """The difference of the mean over the benches, the variable of the claim moved in all of them at once."""
    tape, on = benches[0].tape, benches[0].on
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
