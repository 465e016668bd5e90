"""What a check finds: one fact beside its difference, its verdict, and the table of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .checks.causes import NONE, Cause
from .checks.operations import Arithmetic, Pair
from .checks.stencils import Difference
from .checks.verdicts import (
    AGREES,
    AT_A_KINK,
    LOOSE,
    NO_DERIVATIVE,
    NOT_DETERMINISTIC,
    NOT_RESOLVABLE,
    RESOLVED,
    UNDEFINED,
    VERDICTS,
    WITHIN_ACCURACY,
    WRONG,
    error_of,
    resolved,
    smoothed,
    verdict_of,
)

__all__ = [
    "AGREES",
    "AT_A_KINK",
    "NOT_DETERMINISTIC",
    "NOT_RESOLVABLE",
    "NO_DERIVATIVE",
    "UNDEFINED",
    "VERDICTS",
    "WITHIN_ACCURACY",
    "WRONG",
    "Check",
    "Report",
    "aligned",
    "brief",
    "counted",
    "excess",
    "judged",
    "summary",
]


@dataclass(frozen=True, slots=True)
class Check:
    """One fact and its difference.

    terms: the number of the printed terms; value: of the closed form; difference: the central difference with step
    h; error: the larger distance of the two from it; bound: what the error can be at most where the fact is right;
    left, right: the one-sided slopes at a kink; cause: for a wrong fact, the likely reason; for one that is undefined or not
    resolvable, why; declared: where there is no derivative, is the printed slope one that is declared for a known jump?
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
    declared: bool = False

    @property
    def name(self) -> str:
        """What the claim is about, as a name: of a partial derivative, its variable."""
        return str(self.claim).removeprefix("∂/∂")

    @property
    def printed(self) -> float:
        """The number that is farther from the difference: of the terms or of the closed form."""
        return self.terms if abs(self.terms - self.difference) > abs(self.value - self.difference) else self.value

    @property
    def failed(self) -> bool:
        """Is it wrong, or of a kind that no slope can be right for?"""
        return self.verdict in (WRONG, NOT_DETERMINISTIC) or (self.verdict == NO_DERIVATIVE and not self.declared)

    @property
    def seen(self) -> bool:
        """Is it settled by its difference, or that there is none?"""
        return self.verdict in RESOLVED or (self.verdict == NO_DERIVATIVE and self.declared)

    @property
    def far(self) -> bool:
        """Is it farther from all that differences show than they are uncertain, though they resolve nothing?"""
        return self.verdict == NOT_RESOLVABLE and self.error > self.bound

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
    def failed(self) -> bool:
        """Is something wrong, or without a derivative though none is declared?"""
        return any(check.failed for check in self.checks.values())

    @property
    def ok(self) -> bool:
        """Was something resolved, is nothing wrong, and what could not be resolved at least within its bound?"""
        return not self.failed and any(check.seen for check in self.checks.values()) and not any(check.far for check in self.checks.values())

    def having(self, verdict: str) -> list[Check]:
        """The checks with that verdict, in order."""
        return [check for check in self.checks.values() if check.verdict == verdict]

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
        loose = sum(check.bound > LOOSE * abs(check.difference) > 0 for check in agreeing)
        return summary({verdict: len(self.having(verdict)) for verdict in VERDICTS}, self.kind, (largest.error, largest.bound) if largest else None, loose)

    def __str__(self) -> str:
        rows = [_HEADINGS, *(_row(check) for check in self.checks.values())]
        undefined = [f"{check.claim} is undefined: {check.cause}" for check in self.having(UNDEFINED) if check.cause.key != "rests"]
        return "\n".join([*aligned(rows, _WORDS), *(str(check) for check in self.checks.values() if check.failed), *undefined, self.summary])


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
    WITHIN_ACCURACY: "within the function's own accuracy",
    WRONG: "wrong",
    AT_A_KINK: "at a kink, the declared slope between the one-sided ones",
    NO_DERIVATIVE: "without a derivative at this point",
    NOT_RESOLVABLE: "not resolvable at this point",
    UNDEFINED: "undefined at this point",
    NOT_DETERMINISTIC: "of a function that is not deterministic",
}
_HEADINGS = ("fact", "terms", "value", "central difference", "h", "error", "bound", "verdict")
_WORDS = (0, 7)  # the columns of words, set to the left


def _row(check: Check) -> tuple[str, ...]:
    long = [f"{number:.10g}" for number in (check.terms, check.value, check.difference)]
    return (str(check.claim), *long, f"{check.h:.1e}", brief(check.error), brief(check.bound), check.verdict)


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
    slope = smoothed(on, slope)
    errors = [error_of(on, slope, number) for number, _ in printed]
    bounds = [slope.bound + rounding for _, rounding in printed]
    worse = 0 if excess(errors[0], bounds[0]) >= excess(errors[1], bounds[1]) else 1
    sure = resolved(on, slope, printed, bounds[worse], natural)
    verdict = VERDICTS[verdict_of(on, slope, printed[worse], errors[worse], bounds[worse], sure)]
    terms, value, estimate, h, error, bound = map(float, (printed[0][0], printed[1][0], slope.estimate, slope.h, errors[worse], bounds[worse]))
    shown = verdict if abs(estimate) < math.inf or verdict == NO_DERIVATIVE else NOT_RESOLVABLE  # no float is as large
    left, right = (float(slope.left), float(slope.right)) if slope.at_kink and slope.left == slope.left else (None, None)
    return Check(claim, terms, value, estimate, h, error, bound, shown, left, right, declared=verdict == NO_DERIVATIVE and bool(slope.jumps))


def excess(error: Any, bound: Any) -> float:
    """How many times its bound an error is."""
    if not error < math.inf:
        return math.inf
    return float(error / bound) if bound else math.inf if error else 0.0
