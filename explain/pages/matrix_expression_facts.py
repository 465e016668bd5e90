"""The facts about a matrix expression as lines, forward and back, each with its law and its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from derive.matrices.backward import FreeEntries, Occurrence, arguments
from derive.matrices.forward import BY_NUMBER, JACOBIANS
from derive.matrices.parts import is_matrix
from derive.matrices.rules import MATRIX_RULES
from derive.steps import Step, Total
from numeric.checks.matrix_checks import is_row

from ..boards.matrix_expressions import Factor
from ..boards.pieces import SUM, Piece
from ..document import Block, Equation, Inline, Paragraph
from ..formula import Formula, Lines
from ..lessons.lines import Line, equals
from .matrix_expression_lesson import Page
from .telling import NOTHING

__all__ = ["backward", "fact", "forward"]

BACKWARD = {rule.name: rule.joined for rule in MATRIX_RULES}
FORWARD = {True: {rule.name: rule.joined for rule in JACOBIANS}, False: {rule.name: rule.joined for rule in BY_NUMBER}}


def forward(page: Page) -> list[Block]:
    """The parts on the way by their names, with shapes and numbers, and the whole: each in the arguments of its laws."""
    if not page.names:
        return []
    lines: list[Line] = []
    for part, name in (*page.names.items(), (page.function.expression, page.function.name)):
        whole = part == page.function.expression
        inner = arguments(part, page.wrt)
        board = replace(page.board, names={one: page.names[one] for one in inner if one in page.names})
        shown = board.formula(page.function.definitions[0].written if whole else part)
        values = page.value(page.numbers.of(part)) if page.numbers is not None else []
        beside = [] if is_matrix(part) else values  # a number stands on the same line
        lines.append((page.board.name(name), equals(shown, *beside), page.shape(part)))
        lines += [(NOTHING, equals(one), None) for one in values if not beside]
    return [Paragraph(page.say("matrix.parts"), page.say("definitions.all")), Equation(Lines(tuple(lines)), f"{page.function.name}:forward")]


def backward(page: Page) -> list[Block]:
    """Every fact on the way, the law by which it holds, its shape and its numbers."""
    steps = [step for step in page.derivation.steps if step.rule != "definition" and step != page.result]
    if not steps:
        return []
    ahead = is_matrix(page.function.expression)
    blocks: list[Block] = [Paragraph(page.say("matrix.forth" if ahead else "matrix.back", of=page.board.name(page.function.name)), page.say("factors"))]
    if any(isinstance(step.claim.wrt, Occurrence) for step in steps):
        blocks.append(Paragraph(page.say("matrix.places")))
    if any(isinstance(step.claim.wrt, FreeEntries) for step in steps):
        blocks.append(Paragraph(page.say("matrix.free", wrt=page.board.name(page.wrt))))
    return [*blocks, *(Equation(Lines(tuple(fact(page, step))), f"{page.function.name}:{place}") for place, step in enumerate(steps, 1))]


def fact(page: Page, step: Step) -> Iterator[Line]:
    """A derivative: what its law makes of it, what that comes to in letters, and its numbers."""
    forms: dict[Formula, tuple[Inline, ...]] = {}
    forms[page.board.inside(_terms(page, step), SUM)] = page.say("matrix.by", law=page.say(f"matrix.law.{_law_name(step)}"), shape=page.shape(step.value))
    forms.setdefault(page.board.formula(step.value), page.say(f"matrix.because.{step.because}") if step.because else ())
    if step == page.result or page.told.detail == "full":
        forms.setdefault(page.plain.formula(step.value), page.say("matrix.inserted") if page.names else ())
    called = page.board.claim(step.claim)
    for place, (formula, why) in enumerate(forms.items()):
        yield called if place == 0 else NOTHING, equals(formula), why or None
    shown = page.value(page.numbers.facts[step.claim]) if page.numbers is not None else []
    yield from ((NOTHING, equals(one), None) for one in shown if one not in forms)


def _law_name(step: Step) -> str:
    return "as a row" if is_row(step) else step.rule


def _terms(page: Page, step: Step) -> Piece:
    """The terms of a fact as its law joins them."""
    if not step.terms:
        return page.board.piece(step.value)
    claim: Any = step.claim
    table = BACKWARD if not is_matrix(claim.of) or claim.of == page.function.name else FORWARD[is_matrix(page.wrt)]
    way = "transposed" if is_row(step) else table.get(step.rule, "product")
    return page.board.sum([_term(page, way, term) for term in step.terms])


def _term(page: Page, way: str, term: tuple[Any, ...]) -> Piece:
    kept = [factor for factor in term if factor not in (1, -1)] or list(term[:1])
    minus = sum(factor == -1 for factor in term if factor not in kept) % 2 == 1
    piece = page.board.put_together(way, [_factor(page, one) for one in kept])
    return piece._replace(minus=piece.minus != minus)


def _factor(page: Page, factor: Any) -> Factor:
    """A factor, and whether it is a matrix."""
    if isinstance(factor, Total):
        return Piece(page.board.claim(factor)), is_matrix(page.derivation[factor].value)
    return page.board.piece(factor), is_matrix(factor)
