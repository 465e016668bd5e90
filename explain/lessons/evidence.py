"""The evidence of a lesson: proof, central difference, and the check of every step."""

from __future__ import annotations

from collections.abc import Container, Iterable

from sympy import true

from derive.steps import Claim
from numeric.checking import Check, Report
from numeric.reports import AGREES, NO_DERIVATIVE, WRONG

from ..boards.quantities import distance, jumps, limit, small_number, step_of_difference, ten_decimals, twelve_decimals
from ..document import Block, Inline, Math, Paragraph, Table
from ..formula import Binary, Fence, Formula, Fraction, Number, Relation, Times, row
from .conditions import kinks
from .lesson import Lesson
from .lines import equals, signed_number

__all__ = ["agreement", "proved", "quotient", "summary", "verdicts"]


def verdicts(lesson: Lesson) -> list[Block]:
    """The proof, the result beside its central difference, and what the check of all steps says."""
    sentences = [*proved(lesson), *compared(lesson), *summary(lesson)]
    if not sentences:
        return []
    before = _told_before(lesson) if lesson.detail == "full" else ()
    checked = Paragraph(lesson.words.in_line(sentences), lesson.say("checked"), refuted=lesson.refuted)
    return [checked, *_doubts(lesson, before)]


def proved(lesson: Lesson) -> list[tuple[Inline, ...]]:
    """What the proof says, as one sentence or none."""
    proof = lesson.proof
    if proof is None or proof.status == "undecided":
        return []
    if lesson.refuted:
        return [lesson.say("checked.refuted", of=lesson.y)]
    whole = ".whole" if len(lesson.derivation.graph.definitions) == 1 else ""
    if proof.domain == true:
        return [lesson.say(f"checked.proof{whole}", of=lesson.y)]
    return [lesson.say(f"checked.proof{whole}.kinks", of=lesson.y, domain=kinks(lesson.board, lesson.words, proof.domain))]


def compared(lesson: Lesson) -> list[tuple[Inline, ...]]:
    """The result beside its central difference, as one sentence or none."""
    if lesson.report is None:
        return []
    mine = lesson.report[lesson.derivation.claim]
    if mine.verdict == NO_DERIVATIVE:
        return [lesson.say("checked.jump" if mine.declared else "checked.none", value=signed_number(lesson, mine.value))]
    kink = jumps(mine)
    sentence = lesson.say(
        "checked.kink" if kink else _COMPARED.get(mine.verdict, "checked.doubt"),
        quotient=row(quotient(lesson), equals(twelve_decimals(mine.difference))),
        value=signed_number(lesson, mine.value) if kink else twelve_decimals(mine.value),
        error=small_number(mine.error),
        bound=small_number(mine.bound),
        step=row(lesson.step, Relation("="), step_of_difference(mine.h)),
        verdict=lesson.say(f"verdict.{mine.verdict}"),
    )
    return [sentence]


# What is said of a result beside its central difference; where nothing can be resolved, none of these.
_COMPARED = {AGREES: "checked.difference", WRONG: "checked.failed"}


def agreement(lesson: Lesson, key: str) -> list[Block]:
    """How many steps agree, in the sentence of that key, and their table where one does not or the page is told in full."""
    report = lesson.report
    if report is None:
        return []
    largest = small_number(max((one.error for one in report.values()), default=0.0))
    sentence = lesson.say(key, agreed=_agreed(report), count=len(report), error=largest)
    return [Paragraph(sentence, lesson.say("checked")), *_doubts(lesson)]


def summary(lesson: Lesson, some: str = "checked.some") -> list[tuple[Inline, ...]]:
    """How many steps agree with their central differences, as one sentence; where not all do, in the one of the key ``some``.

    None where the result is the only step: what is to be said of it has been said.
    """
    report = lesson.report
    if report is None or (len(report) == 1 and lesson.derivation.claim in report):
        return []
    agreed, largest = _agreed(report), max((one.error for one in report.values()), default=0.0)
    return [lesson.say("checked.all" if agreed == len(report) else some, agreed=agreed, count=len(report), error=small_number(largest))]


def _doubts(lesson: Lesson, before: Container[Claim] = ()) -> list[Block]:
    """The table of all checks, where one does not agree or the page is told in full; without those that agreed in a table before."""
    report = lesson.report
    if report is None or (lesson.detail != "full" and _agreed(report) == len(report)):
        return []
    shown = [one for claim, one in report.items() if claim not in before or one.verdict != AGREES]
    return [_table(lesson, shown, "checked.table" if len(shown) == len(report) else "checked.table.new")]


def _told_before(lesson: Lesson) -> set[Claim]:
    """The facts that stand in the tables of the derivations told before: their deltas, and what these rest on."""
    found: set[Claim] = set()
    waiting: list[Claim] = [claim for claim in lesson.told if claim in lesson.derivation]
    while waiting:
        claim = waiting.pop()
        if claim not in found:
            found.add(claim)
            waiting += lesson.derivation[claim].cited()
    return found


def _agreed(report: Report) -> int:
    return sum(one.verdict == AGREES for one in report.values())


def quotient(lesson: Lesson) -> Formula:
    """The difference quotient of the claim, in letters."""
    h = lesson.step
    sides = [row(lesson.y, Fence(row(lesson.x, Binary(sign), h))) for sign in ("+", "−")]
    return Fraction(row(sides[0], Binary("−"), sides[1]), row(Number("2"), Times(), h))


def _table(lesson: Lesson, checks: Iterable[Check], caption: str) -> Table:
    head = tuple(lesson.say(f"table.{key}") for key in ("step", "value", "difference", "error", "bound", "verdict"))
    rows = tuple(
        (
            (Math(lesson.board.claim(one.claim)),),
            (Math(ten_decimals(one.value)),),
            (Math(ten_decimals(one.difference)),),
            distance(one),
            limit(one),
            lesson.say(f"verdict.{one.verdict}"),
        )
        for one in checks
    )
    # What reaches the result directly only is two facts, a local one and a total one, that read the same.
    return Table(head, tuple(dict.fromkeys(rows)), "lrrrrl", lesson.say(caption))
