"""Claimed gradients: the page that says whether a gradient somebody wrote down is right, and which slip is behind a wrong one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sympy import Expr, Rational, Symbol, true

from derive.claims.slips import RATES, judge_gradient
from derive.claims.verdicts import Slip, Verdict
from derive.graph import Graph
from derive.network import Network
from derive.parsing import parse_written
from derive.steps import Derivation, Local
from derive.written import Written
from numeric.values import evaluate

from ..document import Block, Document, Equation, Inline, Paragraph
from ..formula import Formula, Lines, Relation, row
from ..lessons.conditions import told_domain
from ..lessons.lesson import Lesson
from ..lessons.lines import equals
from ..lessons.opening import point
from ..lessons.unfolding import set_values
from ..locales import locale
from ..notation import Board, board_of
from .claim_reasons import told_reason
from .claims import as_data, values_apart

__all__ = ["judged_gradient"]


def judged_gradient(net: Network, name: str, claimed: str, *, language: str = "en", **told: Any) -> tuple[Document, Verdict]:
    """The page of a claimed ∂Loss/∂name, and its verdict.

    claimed is text in the nodes of the network; told is notation, labels, precision and exact, as for ``lecture``.
    Raises DeriveError for an unknown name and for what is no formula.
    """
    derivation = net.derivation(name)
    verdict = judge_gradient(net, derivation.claim.wrt, claimed)
    lesson = Lesson(derivation, board_of(net.graph, **told), locale(language))
    title = lesson.say("slip.title", of=lesson.y, wrt=lesson.x)
    return Document(title, language, tuple(_blocks(lesson, claimed, verdict)), lambda: {"wrt": name, "claimed": claimed, **as_data(verdict)}), verdict


def _blocks(lesson: Lesson, claimed: str, verdict: Verdict) -> list[Block]:
    written = _written(lesson.derivation.graph, claimed)
    asked, told = Paragraph(lesson.say("slip.asked", of=lesson.y, wrt=lesson.x), lesson.say("claim")), _TOLD[verdict.status](lesson, verdict)
    formula = row(lesson.board.claim(lesson.derivation.claim), Relation("="), lesson.board.formula(written))
    return [asked, Equation(formula, lesson.label("claimed")), *told]


def _written(graph: Graph, claimed: str) -> Written | Expr:
    """The claimed formula in the order in which it is written."""
    return parse_written(claimed, [*graph.order, *graph.cited.values(), *(one for one in RATES if one not in graph.order)])


def _proved(lesson: Lesson, verdict: Verdict) -> list[Block]:
    if verdict.domain == true:
        return [Paragraph(lesson.say("slip.proved", of=lesson.y), lesson.say("claim.proved"))]
    where = told_domain(lesson.board, lesson.words, verdict.domain)
    return [Paragraph(lesson.say("slip.proved.where", of=lesson.y, domain=where), lesson.say("claim.proved"))]


def _undecided(lesson: Lesson, verdict: Verdict) -> list[Block]:
    return [Paragraph(told_reason(lesson.board, lesson.words, verdict.method), lesson.say("claim.undecided"))]


# ---- a wrong one


def _refuted(lesson: Lesson, verdict: Verdict) -> list[Block]:
    there = verdict.counterexample or {}
    return [
        *point(_at(lesson, there)),
        *_rates(lesson, there),
        Paragraph(lesson.say("slip.refuted", of=lesson.y), lesson.say("claim.refuted")),
        _values(lesson, verdict),
        Paragraph(_diagnosis(lesson, verdict.slip), lesson.say("slip")),
        Paragraph(lesson.say("slip.correct")),
        _correct(lesson),
    ]


def _at(lesson: Lesson, there: Mapping[str, Any]) -> Lesson:
    """The lesson with the values at the point where the claim fails."""
    givens = {one.name: Fraction(int(there[one.name].p), int(there[one.name].q)) for one in lesson.derivation.graph.givens}
    return Lesson(lesson.derivation, lesson.board, lesson.words, numbers=evaluate(lesson.derivation, givens))


def _rates(lesson: Lesson, there: Mapping[str, Any]) -> list[Block]:
    """The value of a learning rate that the claim uses."""
    graph = lesson.derivation.graph
    rates = [one for one in RATES if one.name in there and one not in graph.order]
    return [Equation(row(lesson.board.name(one), Relation("="), lesson.board.number(there[one.name]).formula)) for one in rates]


def _values(lesson: Lesson, verdict: Verdict) -> Equation:
    assert verdict.values is not None
    claimed, derived = values_apart(lesson.board, verdict.values)
    name = lesson.board.claim(lesson.derivation.claim)
    lines = ((name, equals(claimed), lesson.say("slip.claimed")), (name, equals(derived), lesson.say("slip.right")))
    return Equation(Lines(lines), lesson.label("values"))


def _correct(lesson: Lesson) -> Equation:
    closed = set_values(lesson.whole_tree(), lesson.board, lesson.value_name, ones=False)
    return Equation(row(lesson.board.claim(lesson.derivation.claim), Relation("="), closed), lesson.label("result"))


_TOLD = {"proved": _proved, "refuted": _refuted, "undecided": _undecided}


def _diagnosis(lesson: Lesson, slip: Slip | None) -> tuple[Inline, ...]:
    """The slip in words, what it concerns as formulas."""
    if slip is None:
        return lesson.say("slip.none")
    key = "slip.sign.of" if slip.kind == "sign" and slip.detail else f"slip.{slip.kind}"
    shown = [_concerned(lesson.board, lesson.derivation, one) for one in slip.detail]
    return lesson.say(key, what=lesson.words.joined(shown))


def _concerned(board: Board, derivation: Derivation, text: str) -> Formula:
    """What a slip names: a path, a derivative, a number or a name."""
    if " → " in text:
        first, *others = (board.name(Symbol(name)) for name in text.split(" → "))
        return row(first, *(part for other in others for part in (Relation("→"), other)))
    derivative = re.fullmatch(r"∂(\w+)/∂(\w+)", text)
    if derivative:
        return board.claim(Local(*map(Symbol, derivative.groups())))
    return board.name(Symbol(text)) if derivation.graph.roles.get(Symbol(text)) else board.number(Rational(text)).formula
