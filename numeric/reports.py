"""What a check finds: one fact beside its difference, its verdict, and the table of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from .checks.causes import NONE, Cause
from .checks.operations import FLOATS, Arithmetic, Pair
from .differences import Difference
from .values import SPECK

__all__ = ["AGREES", "AT_A_KINK", "NOT_RESOLVABLE", "UNDEFINED", "WRONG", "Check", "Report", "aligned", "brief", "counted", "excess", "judged", "summary"]

VERDICTS = AGREES, WRONG, AT_A_KINK, NOT_RESOLVABLE, UNDEFINED = "agrees", "wrong", "at a kink", "not resolvable", "undefined"
CERTAIN = 5e-4  # the bound, relative to the slope, above which agreement would say nothing
FAINT = 2.0**-26  # the same for a slope of 0, relative to a usual slope
LOOSE = 1e-6  # the bound, relative to the slope, above which the summary says that fewer than six digits are certain


@dataclass(frozen=True, slots=True)
class Check:
    """One fact and its difference.

    terms: the number of the printed terms; value: of the closed form; difference: the central difference with step
    h; error: the larger distance of the two from it; bound: what the error can be at most where the fact is right;
    left, right: the one-sided slopes at a kink; cause: for a wrong fact, the likely reason; for one that is undefined, why.
    """

    claim: Any
    terms: float
    value: float
    difference: float
    h: float
    error: float
    bound: float
    verdict: str
    left: float | None = None
    right: float | None = None
    cause: Cause = NONE

    @property
    def name(self) -> str:
        """What the claim is about, as a name: of a partial derivative, its variable."""
        return str(self.claim).removeprefix("∂/∂")

    @property
    def printed(self) -> float:
        """The number that is farther from the difference: of the terms or of the closed form."""
        return self.terms if abs(self.terms - self.difference) > abs(self.value - self.difference) else self.value

    def __str__(self) -> str:
        slope = f"slopes {self.left:.9g} and {self.right:.9g} on the two sides" if self.left is not None else f"central difference {self.difference:.12g}"
        numbers = f"{self.printed:.12g} against {slope}, h = {self.h:.3g}, error {self.error:.1e}, bound {self.bound:.1e}"
        return f"{self.claim} {self.verdict}: {numbers}" + (f"; {self.cause}" if self.cause else "")


@dataclass(frozen=True, eq=False)
class Report(Mapping[Any, Check]):
    """A table from each claim to its Check; ``print(report)`` shows it. ``kind`` names what is counted in the summary."""

    checks: dict[Any, Check]
    kind: str = "step"

    def __getitem__(self, claim: Any) -> Check:
        return self.checks[claim]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.checks)

    def __len__(self) -> int:
        return len(self.checks)

    @property
    def ok(self) -> bool:
        """Is nothing wrong? What could not be resolved, or is undefined, is not wrong; the summary counts it."""
        return not self.having(WRONG)

    def having(self, verdict: str) -> list[Check]:
        """The checks with that verdict, in order."""
        return [one for one in self.checks.values() if one.verdict == verdict]

    @cached_property
    def worst(self) -> Check | None:
        """The wrong check farthest outside its bound; where none is wrong, the agreeing one with the largest error."""
        wrong = self.having(WRONG)
        return max(wrong, key=lambda one: excess(one.error, one.bound)) if wrong else max(self.having(AGREES), key=lambda one: one.error, default=None)

    @property
    def counted(self) -> str:
        """The word for what is counted, in its number."""
        return counted(self.kind, len(self))

    @property
    def summary(self) -> str:
        """One line: how many agree, the largest error with its bound, and what else was found."""
        agreeing = self.having(AGREES)
        largest = max(agreeing, key=lambda one: one.error, default=None)
        loose = sum(one.bound > LOOSE * abs(one.difference) > 0 for one in agreeing)
        return summary({one: len(self.having(one)) for one in VERDICTS}, self.kind, (largest.error, largest.bound) if largest else None, loose)

    def __str__(self) -> str:
        rows = [_HEADINGS, *(_row(one) for one in self.checks.values())]
        undefined = [f"{one.claim} is undefined: {one.cause}" for one in self.having(UNDEFINED) if one.cause.key != "rests"]
        return "\n".join([*aligned(rows, _WORDS), *map(str, self.having(WRONG)), *undefined, self.summary])


def counted(kind: str, count: int) -> str:
    """The word for so many of this kind."""
    return kind if count == 1 else _PLURALS.get(kind, f"{kind}s")


def summary(counts: Mapping[str, int], kind: str, largest: tuple[float, float] | None, loose: int = 0) -> str:
    """One line: how many of each verdict, the largest error among those that agree, with its bound, and how many agree to few digits."""
    total = sum(counts.values())
    errors = f" (largest error {brief(largest[0])}, bound {brief(largest[1])})" if largest else ""
    line = f"{counts[AGREES]} of {total} {counted(kind, total)} agree{'s' if total == 1 else ''} with central differences{errors}"
    few = [f"{loose} of them certain to fewer than 6 digits"] if loose else []
    return "; ".join([line, *few, *(f"{counts[verdict]} {words}" for verdict, words in _OTHERS.items() if counts.get(verdict))])


_PLURALS = {"entry": "entries"}
_OTHERS = {
    WRONG: "wrong",
    AT_A_KINK: "at a kink, the declared slope between the one-sided ones",
    NOT_RESOLVABLE: "not resolvable at this point",
    UNDEFINED: "undefined at this point",
}
_HEADINGS = ("fact", "terms", "value", "central difference", "h", "error", "bound", "verdict")
_WORDS = (0, 7)  # the columns of words, set to the left


def _row(one: Check) -> tuple[str, ...]:
    long = [f"{number:.10g}" for number in (one.terms, one.value, one.difference)]
    return (str(one.claim), *long, f"{one.h:.1e}", brief(one.error), brief(one.bound), one.verdict)


def brief(number: float) -> str:
    """An error as a page shows it: one digit and its power of ten."""
    return f"{number:.0e}".replace("e-0", "e-") if number else "0"


def aligned(rows: Sequence[tuple[str, ...]], words: tuple[int, ...]) -> list[str]:
    """The rows as lines with their cells below each other: those of words set to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) if place in words else cell.rjust(width) for place, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in rows
    ]


# ---- the verdict


def judged(claim: Any, printed: list[Pair], slope: Difference, on: Arithmetic, natural: float) -> Check:
    """The verdict on the printed terms and the value, each with its own bound; ``natural`` is a usual size of such a slope."""
    slope = _smoothed(slope)
    errors = [_distance(slope, number) for number, _ in printed]
    bounds = [slope.bound + rounding for _, rounding in printed]
    worse = 0 if excess(errors[0], bounds[0]) >= excess(errors[1], bounds[1]) else 1
    verdict = _verdict(errors[worse], bounds[worse], slope, _resolved(printed, slope, bounds[worse], on, natural))
    left, right = (float(slope.left), float(slope.right)) if slope.at_kink else (None, None)
    terms, value, estimate, h, error, bound = map(float, (printed[0][0], printed[1][0], slope.estimate, slope.h, errors[worse], bounds[worse]))
    return Check(claim, terms, value, estimate, h, error, bound, verdict if abs(estimate) < math.inf else NOT_RESOLVABLE, left, right)


def _smoothed(slope: Difference) -> Difference:
    """One slope on both sides is no kink, whatever the cases say: their mean is the difference."""
    if not slope.at_kink or not abs(slope.right - slope.left) <= slope.bound:
        return slope
    return replace(slope, estimate=(slope.left + slope.right) / 2, left=None, right=None)


def _resolved(printed: list[Pair], slope: Difference, bound: Any, on: Arithmetic, natural: float) -> bool:
    """Is the bound small beside the slope, or, where the printed numbers are nothing at all, beside a usual slope?"""
    faint = FAINT * natural
    if slope.at_kink:
        return bound <= CERTAIN * max(abs(slope.left), abs(slope.right)) + faint
    size = max(abs(one) for one in (slope.estimate, *(number for number, _ in printed)))
    doubt = 0 if on is FLOATS else on.unit**0.5 * natural
    nothing = all(abs(number) + rounding <= SPECK or abs(number) <= rounding <= doubt for number, rounding in printed)
    return bound <= CERTAIN * size or (nothing and bound <= faint)


def _verdict(error: Any, bound: Any, slope: Difference, resolved: bool) -> str:
    if not bound < math.inf or (slope.at_kink and not resolved):
        return NOT_RESOLVABLE
    if not error <= bound:
        return WRONG
    return AT_A_KINK if slope.at_kink else AGREES if resolved else NOT_RESOLVABLE


def _distance(slope: Difference, printed: Any) -> Any:
    """How far a number is from the slope; at a kink, from the interval between the one-sided slopes."""
    if not slope.at_kink:
        return abs(printed - slope.estimate)
    low, high = sorted((slope.left, slope.right))
    slack = (high - low) * CERTAIN  # the kink may lie a little beside x, which bends the one-sided slopes
    return max(low - slack - printed, printed - high - slack, 0 * printed)


def excess(error: Any, bound: Any) -> float:
    """How many times its bound an error is."""
    if not error < math.inf:
        return math.inf
    return float(error / bound) if bound else math.inf if error else 0.0
