"""Elementary steps on the page: a local derivative opened down to constants and variables, each line with its law."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sympy import Expr, Symbol

from derive.activations import activation_of
from derive.rules import elementary
from derive.steps import Local, Step

from ..document import Block, Equation, Paragraph
from ..formula import Formula, Lines, row
from ..locales import Locale
from ..notation import SUM, Board
from .lesson import Lesson
from .lines import NOTHING, Line, equals

__all__ = ["law_lines", "laws_of", "once", "opened"]

SILENT = ("constant", "variable")
Z = Symbol("z")


def opened(lesson: Lesson, step: Step) -> list[Block]:
    """The elementary steps under a local derivative; for an activation, those of its definition."""
    definition = lesson.derivation.graph.by_symbol[step.claim.of]  # type: ignore[index]
    if step.rule == "output":
        return _activation(lesson, definition.expression)
    lines = [line for term in definition.summands_with(step.claim.wrt) for line in _told(lesson, term, step.claim.wrt)]
    return [Paragraph(lesson.say("opened.terms")), Equation(Lines(tuple(lines)))] if lines else []


def _told(lesson: Lesson, expression: Expr, x: Symbol) -> list[Line]:
    return law_lines(lesson.board, elementary(expression, x), lesson.words)


def _activation(lesson: Lesson, application: Expr) -> list[Block]:
    """The slope of an activation from its definition in z, and its value in the output."""
    record = activation_of(application)
    if record is None:
        return []
    board, function = lesson.board.empty, record.function(Z)
    definition = record.definition(Z)
    lines = law_lines(board, elementary(definition, Z), lesson.words)
    spelt_out, slope = (board.inside(board.terms(record.slope(Z, one)), SUM) for one in (definition, function))
    spelt = row(board.formula(function), equals(board.formula(definition)))
    output, claim = lesson.say("opened.output", function=board.formula(function)), board.claim(Local(function, Z))
    last = [(claim, equals(slope), output)] if spelt_out == slope else [(claim, equals(spelt_out), None), (NOTHING, equals(slope), output)]
    return [Paragraph(lesson.say("opened.activation", definition=spelt)), Equation(Lines((*lines, *last)))]


def once(blocks: Iterable[Block]) -> list[Block]:
    """The blocks without what is opened a second time: a paragraph and the formula below it that stand on the page already."""
    kept: list[Block] = []
    seen: set[tuple[object, Formula]] = set()
    for block in blocks:
        before = kept[-1] if kept else None
        if isinstance(block, Equation) and not block.label and isinstance(before, Paragraph):
            pair = (before.parts, block.formula)
            if pair in seen:
                del kept[-1]
                continue
            seen.add(pair)
        kept.append(block)
    return kept


def laws_of(step: Step) -> tuple[str, ...]:
    """The names of the laws behind an elementary step: with a sum whose terms are not all differentiated, that of the constant too."""
    of = step.claim.of
    constant = step.rule == "sum" and any(not part.has_free(step.claim.wrt) for part in of.args)
    return (step.rule, "constant") if constant else (step.rule,)


def law_lines(board: Board, steps: Mapping[Local, Step], words: Locale) -> list[Line]:
    """A line for every elementary step, innermost first: the derivative, the terms of its law, its value, and the law's name."""
    lines: list[Line] = []
    for step in steps.values():
        if step.rule not in SILENT:
            formulas = dict.fromkeys([board.inside(board.terms(step.terms), SUM), board.formula(step.value)])
            lines.append((board.claim(step.claim), equals(*formulas), words.joined([words.say(f"rule.{law}") for law in laws_of(step)])))
    return lines
