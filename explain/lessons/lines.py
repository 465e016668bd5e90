"""Lines of a page: what the parts of a lesson share when they set equations."""

from __future__ import annotations

from derive.steps import Claim

from ..formula import Formula, Relation, Row, row
from ..notation import SUM
from .lesson import Lesson

__all__ = ["NOTHING", "Line", "called", "equals", "signed_number"]

Line = tuple[Formula, Formula, tuple[object, ...] | None]

NOTHING = Row(())


def equals(*formulas: Formula) -> Formula:
    """The formulas, each after an equals sign."""
    return row(*(part for one in formulas for part in (Relation("="), one)))


def signed_number(lesson: Lesson, value: object) -> Formula:
    """A number as the page prints it, with its sign in front."""
    return lesson.board.inside(lesson.board.number(value), SUM)


def called(lesson: Lesson, claim: Claim) -> Formula:
    """A fact as the left side of its equation; a δ is introduced as the derivative that it is."""
    called = lesson.board.claim(claim)
    return row(lesson.named(claim), Relation("="), called) if lesson.is_delta(claim) else called
