"""Cards: what the pages on one activation, one loss and one optimizer have in common.

A card is read off a record: formulas, kinks and numbers are computed from it, and every number stands beside its check.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import Any

from sympy import And, Expr, Symbol, true

from derive.claims.verdicts import Verdict
from derive.differentiation import by_rules
from derive.graph import Definition, Graph
from derive.names import split
from derive.proofs import prove_gradient
from derive.steps import Claim, Derivation, Step, Total
from derive.written import Written
from numeric.checking import Check, Report, check
from numeric.reports import AGREES
from numeric.values import evaluate

from ..boards.quantities import distance, jumps, small_number
from ..document import Block, Equation, Inline, Math, Paragraph, Table
from ..formula import Fence, Formula, Name, Prefix, Relation, row
from ..lessons.conditions import kinks
from ..lessons.lesson import Lesson
from ..locales import Locale
from ..notation import SUM, Board
from ..pages.rules import of_functions, rules

__all__ = ["Point", "Sampled", "by_rule_blocks", "checked", "exact", "interval", "labelled", "number", "ruled", "sampled", "table", "together", "whole"]

Point = Mapping[Symbol, Fraction]

MOST_COLUMNS = 3  # of givens


def ruled(name: Symbol, written: Written | Expr, x: Symbol, givens: Sequence[Symbol]) -> Derivation:
    """The derivative of one expression by x, rule by rule, under a name of its own."""
    steps: dict[Claim, Step] = {}
    definition = Definition.of(name, written)
    by_rules(definition, x, steps)
    return Derivation(Graph(givens, [definition]), Total(name, x), tuple(steps.values()))


def labelled(blocks: Iterable[Block], name: str) -> tuple[Block, ...]:
    """The blocks of a card with its name in front of every label, so that several cards may stand in one book."""
    stem = re.sub("[^A-Za-z0-9]+", "-", name).strip("-")
    return tuple(replace(one, label=f"{stem}:{one.label}") if isinstance(one, Equation) and one.label else one for one in blocks)


def by_rule_blocks(derivation: Derivation, board: Board, words: Locale, detail: str) -> list[Block]:
    """What the rules make of it, as the page of ``explain rule`` tells it."""
    lesson = Lesson(derivation, replace(board, roles=derivation.graph.roles).writing(derivation.graph), words, detail)
    return rules(of_functions(lesson))


# ---- numbers


@dataclass(frozen=True)
class Sampled:
    """One derivation checked at several points: ``reports`` has the check of every step at each of them."""

    derivation: Derivation
    points: tuple[Point, ...]
    reports: tuple[Report, ...]
    proof: Verdict

    @property
    def of(self) -> Symbol:
        """What is differentiated."""
        return self.derivation.claim.of  # type: ignore[return-value]

    @property
    def results(self) -> list[Check]:
        """The check of the claim itself, point by point."""
        return [report[self.derivation.claim] for report in self.reports]


def sampled(derivation: Derivation, points: Iterable[Point]) -> Sampled:
    """The derivation at the points, each beside its central differences, and its proof."""
    at = tuple(points)
    reports = tuple(check(derivation, {one.name: value for one, value in point.items()}) for point in at)
    return Sampled(derivation, at, reports, prove_gradient(derivation))


def whole(parts: Iterable[Sampled]) -> Report:
    """The checks of the claims at all points as one report."""
    found = {(one.derivation.claim, place): result for one in parts for place, result in enumerate(one.results)}
    return Report(found, "derivative")


def table(one: Sampled, board: Board, words: Locale, hidden: Collection[Symbol] = ()) -> Table:
    """A row for every point: the givens but for hidden ones, the value, the derivative, its central difference, the verdict.

    Where there are many givens, those with the same letter share a column, and the errors have none.
    """
    givens = [given for given in one.derivation.graph.givens if given not in hidden]
    many = len(givens) > MOST_COLUMNS
    groups = [list(group) for _, group in groupby(givens, key=lambda one: split(one.name)[0])] if many else [[given] for given in givens]
    said = [words.say(f"table.{key}") for key in ("difference", *([] if many else ["error"]), "verdict")]
    names = [(Math(together([board.name(given) for given in group])),) for group in groups]
    head = (*names, (Math(board.name(one.of)),), (Math(board.claim(one.derivation.claim)),), *said)
    rows = (_row(one, place, groups, board) for place in range(len(one.points)))
    verdicts = (words.say(f"verdict.{result.verdict}") for result in one.results)
    return Table(head, tuple((*cells, verdict) for cells, verdict in zip(rows, verdicts, strict=True)), "r" * (len(head) - 1) + "l")


def together(formulas: Sequence[Formula]) -> Formula:
    """A formula alone, or several as a tuple."""
    if len(formulas) == 1:
        return formulas[0]
    return Fence(row(*(part for place, one in enumerate(formulas) for part in ([Relation(",")] if place else []) + [one])))


def _row(one: Sampled, place: int, groups: Sequence[Sequence[Symbol]], board: Board) -> tuple[tuple[Inline, ...], ...]:
    result, point = one.results[place], one.points[place]
    value = evaluate(one.derivation, {given.name: number for given, number in point.items()}).nodes[one.of]
    at = [(Math(together([number(board, point[given]) for given in group])),) for group in groups]
    numbers = [(Math(number(board, entry)),) for entry in (value, result.value, result.difference)]
    errors = [] if any(len(group) > 1 for group in groups) else [distance(result)]
    return (*at, *numbers, *errors)


def checked(parts: Sequence[Sampled], board: Board, words: Locale) -> Paragraph:
    """What the proofs and the differences say, in a few words."""
    report = whole(parts)
    agreeing = report.having(AGREES)
    key = "card.agreed.alone" if len(agreeing) == len(report) == 1 else "card.agreed"
    kinked = [words.say("card.kinked")] if any(map(jumps, report.values())) else []
    sentences = [*_proved(parts, board, words), words.say(key, agreed=len(agreeing), count=len(report), error=small_number(_largest(agreeing))), *kinked]
    refuted = any(part.proof.status == "refuted" for part in parts)
    return Paragraph(words.in_line(sentences), words.say("checked"), refuted=refuted)


def _largest(checks: Iterable[Check]) -> float:
    return max((one.error for one in checks), default=0.0)


def _proved(parts: Sequence[Sampled], board: Board, words: Locale) -> list[tuple[Inline, ...]]:
    """What is proved of all of them, everywhere or away from kinks, or refuted of some."""
    refuted = [part for part in parts if part.proof.status == "refuted"]
    if refuted:
        return [words.say("card.refuted", claims=words.joined([board.claim(part.derivation.claim) for part in refuted]))]
    if any(part.proof.status != "proved" for part in parts):
        return []
    domain = And(*(part.proof.domain for part in parts))
    return [words.say("card.proof") if domain == true else words.say("card.proof.kinks", domain=kinks(board, words, domain))]


# ---- formulas


def number(board: Board, value: Any) -> Formula:
    """A number as the page prints numbers."""
    return board.inside(board.number(value), SUM)


def exact(value: Expr) -> Any:
    """A number of SymPy as the page prints it: a fraction stays exact, any other is a float."""
    return Fraction(int(value.p), int(value.q)) if value.is_Rational else float(value)  # type: ignore[attr-defined]


def interval(board: Board, ends: tuple[Expr, Expr], reached: tuple[bool, bool]) -> Formula:
    """All numbers between two ends, brackets where an end is reached."""
    low, high = (row(*([Prefix("−")] if one.is_extended_negative else []), Name("∞")) if one.is_infinite else number(board, exact(one)) for one in ends)
    return Fence(row(low, Relation(","), high), "[" if reached[0] else "(", "]" if reached[1] else ")")
