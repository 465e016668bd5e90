"""The facts of a layer-level derivation as blocks: line by line, each with its reason, its shape and its numbers.

To tell the facts of another rule: a sentence ``matrix.rule.…`` in each locale.
"""

from __future__ import annotations

from typing import Any

from derive.layers.definitions import LOSS
from derive.steps import Claim, Local, Step, Total

from ..document import Block, Equation, Inline, Paragraph
from ..formula import Formula, Lines, Name, row
from .lines import equals
from .matrix_lesson import NOTHING, Line, MatrixLesson

__all__ = ["facts", "result"]

_USUAL = {"all outputs": "jacobian"}  # why a value is what its factors give, where no other reason is recorded


def facts(lesson: MatrixLesson) -> list[Block]:
    """Every fact on the way, from the loss back."""
    blocks = [Equation(Lines(tuple(_fact(lesson, step))), _label(lesson, step.claim)) for step in _told(lesson)[:-1]]
    totals = lesson.say("chain.totals") if lesson.board.totals else ()
    return (
        [Paragraph(lesson.words.in_line([lesson.say("matrix.backward", delta=Name("δ")), *filter(None, [totals])]), lesson.say("factors")), *blocks]
        if blocks
        else []
    )


def result(lesson: MatrixLesson) -> list[Block]:
    """The last fact; where there is at most one hidden layer, with its δ put in."""
    step = _told(lesson)[-1]
    lines, numbers = _stated(lesson, step), _numbers(lesson, step)
    expanded = lesson.formula(lesson.derivation.expanded)
    if not lesson.graph.net.indexed and expanded != lesson.formula(step.value):
        lines.append((NOTHING, equals(expanded), lesson.shape(step.value)))
    return [Paragraph((), lesson.say("together")), Equation(Lines((*lines, *numbers)), _label(lesson, step.claim))]


def _told(lesson: MatrixLesson) -> list[Step]:
    """The facts, without totals that are nothing but the local derivative just told; the result is the last."""
    steps = lesson.derivation.steps
    return [step for step in steps if step.rule != "chain"] or list(steps[-1:])


def _label(lesson: MatrixLesson, claim: Claim) -> str:
    kind = "direct:" if isinstance(claim, Local) and claim.of == LOSS else ""
    return f"L/{lesson.derivation.claim.wrt}:{kind}{claim.of}-{claim.wrt}"


def _fact(lesson: MatrixLesson, step: Step) -> list[Line]:
    return [*_stated(lesson, step), *_numbers(lesson, step)]


def _stated(lesson: MatrixLesson, step: Step) -> list[Line]:
    """A fact in letters: the chain rule, the forms on the way, the value; each form once."""
    board = lesson.board
    called = lesson.named(step.claim).formula
    if isinstance(step.claim, Total) and step.claim in lesson.graph.cited:
        called = row(called, equals(board.claim(step.claim)))
    forms = [(board.stated(step, lesson.named), _reason(lesson, step))]
    forms += [(_form(lesson, step, one), _because(lesson, step, why)) for one, why in (*step.via, (step.value, step.because or _USUAL.get(step.rule, "")))]
    kept = [one for place, one in enumerate(forms) if one[0] not in [other for other, _ in forms[:place]]]
    return [(called if place == 0 else NOTHING, equals(one), why) for place, (one, why) in enumerate(kept)]


def _form(lesson: MatrixLesson, step: Step, value: Any) -> Formula:
    """A form of a value; behind a Jacobian, in the derivative that it is applied to."""
    if step.rule == "all outputs":
        arriving = next(one for one in step.cited() if isinstance(one, Total))
        return lesson.board.citing(lesson.derivation[arriving], value)
    return lesson.formula(value)


def _because(lesson: MatrixLesson, step: Step, why: str) -> tuple[Inline, ...]:
    return lesson.reason(f"matrix.because.{why}", step.value) if why else lesson.shape(step.value)


def _reason(lesson: MatrixLesson, step: Step) -> tuple[Inline, ...]:
    side = "left" if (str(step.claim.wrt)[0] == "W") == (lesson.graph.layout == "rows") else "right"
    key = f"matrix.rule.{step.rule}" + (f".{side}" if step.rule == "linear" else "")
    return lesson.reason(key, step.value, delta=Name("δ"), wrt=lesson.board.name(step.claim.wrt))


def _numbers(lesson: MatrixLesson, step: Step) -> list[Line]:
    if lesson.numbers is None or step.claim not in lesson.numbers.facts:
        return []
    return lesson.number_lines(lesson.numbers.facts[step.claim])
