"""The close of a lesson: the factors put together, and what the result says."""

from __future__ import annotations

from fractions import Fraction as Ratio
from typing import Any

from numeric.reports import NO_DERIVATIVE

from ..boards.quantities import jumps
from ..document import Block, Equation, Paragraph
from ..formula import Formula, Lines, Name, Relation, row
from ..notation import Piece
from .lesson import Lesson
from .lines import NOTHING, equals, signed_number
from .unfolding import set_numbers, set_values
from .walking import arrival

__all__ = ["RATE", "meaning", "says", "together"]

RATE = Ratio(1, 2)
LEARNT = ("weight", "bias", "slope")


def together(lesson: Lesson) -> list[Block]:
    """The factors put together: closed forms, numbers, result."""
    if lesson.derivation.path_count == 0:
        return []
    claim, node = lesson.derivation.claim, lesson.tree(lesson.derivation.claim)
    if lesson.is_direct and lesson.detail != "brief":
        return []  # the one factor that there is has said it all
    cited = set_values(node, lesson.board, lesson.cited_name)
    formulas = [cited, set_values(lesson.whole_tree(), lesson.board, lesson.value_name, ones=False)]
    if lesson.numbers is not None:
        ones = formulas[0] == formulas[1]  # a factor 1 that the letters have left behind does not come back as a number
        formulas += [
            set_numbers(node, lesson.board, lesson.value, ones=ones),
            set_numbers(node, lesson.board, lesson.value, collapsed=True, ones=ones),
            signed_number(lesson, lesson.value(claim)),
        ]
    if lesson.derivation.result == 0:
        formulas = [formulas[0], signed_number(lesson, 0)]  # where a factor is 0, the others need no numbers
    distinct = list(dict.fromkeys(formulas))
    lines = tuple((lesson.board.claim(claim) if place == 0 else NOTHING, equals(formula), None) for place, formula in enumerate(distinct))
    return [Paragraph((), lesson.say("together")), Equation(Lines(lines), lesson.label("result"), arrival(lesson))]


def meaning(lesson: Lesson) -> list[Block]:
    """What the sign says, and one step of descent for a parameter; nothing where the slope is only a declared one."""
    claim, report = lesson.derivation.claim, lesson.report
    if lesson.numbers is None or lesson.derivation.path_count == 0:
        return []
    if report is not None and (report[claim].verdict == NO_DERIVATIVE or jumps(report[claim])):
        return []
    slope = lesson.value(claim)
    return [says(lesson, "flat" if slope == 0 else "up" if slope > 0 else "down")]


def says(lesson: Lesson, sign: str, rate: Any = RATE) -> Paragraph:
    """What a slope of that sign says: "up", "down" or "flat"; one step of descent at that rate for a parameter that is learnt."""
    slope, role = lesson.value(lesson.derivation.claim), lesson.board.roles.get(lesson.derivation.claim.wrt)
    if role is None or role.kind not in LEARNT or role.fixed:
        size = [] if abs(slope) == 1 else [lesson.board.number(abs(slope))]
        much = lesson.board.product([*size, Piece(lesson.step)]).formula
        said = [lesson.say(f"says.input.{sign}", x=lesson.x, of=lesson.y, much=much, h=lesson.step)]
        held = [lesson.say("says.fixed", x=lesson.x)] if role is not None and role.fixed else []
        return Paragraph(lesson.words.in_line([*said, *held]), lesson.say("says"))
    shown = row(Name("α"), Relation("="), lesson.board.number(rate).formula)
    return Paragraph(lesson.say(f"says.{sign}", x=lesson.x, of=lesson.y, rate=shown, update=_update(lesson, slope, rate)), lesson.say("says"))


def _update(lesson: Lesson, slope: Any, rate: Any) -> Formula:
    assert lesson.numbers is not None
    board, now = lesson.board.with_numbers({}), lesson.numbers.nodes[lesson.derivation.claim.wrt]
    step = board.product([board.number(rate), board.number(slope)])
    after = 1.0 * now - rate * (1.0 * slope)
    return row(lesson.x, Relation("←"), board.sum([board.number(now), step._replace(minus=True)]).formula, equals(signed_number(lesson, after)))
