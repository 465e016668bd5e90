"""Narrate: facts, numbers, checks and figures become a Document, in the order in which a teacher tells them.

``lecture`` tells one derivation or several that share facts. What is told lives in the facts; the words
live in ``locales``; how a formula is set lives in ``notation`` and ``unfolding``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from derive.errors import DeriveError, UnknownNameError, listed
from derive.proofs import prove_gradient
from derive.steps import Claim, Derivation, Total
from numeric.checking import Report

from .document import Block, Document, Heading
from .lessons.chaining import chain_rule
from .lessons.closing import meaning, together
from .lessons.constants import names_apart
from .lessons.evidence import verdicts
from .lessons.factors import factors
from .lessons.lesson import DETAILS, Lesson, with_totals
from .lessons.opened import once
from .lessons.opening import definitions, overview, point, question
from .lessons.record import as_data
from .lessons.samples import mean_of_samples, mean_report, split_samples, with_mean
from .lessons.sharing import numbers_and_reports
from .locales import Locale, locale
from .notation import Board, Notation, board_of
from .pages import KINDS, page_of
from .pages.rules import is_by_rules, of_functions, rules

__all__ = ["board_of", "lecture", "lecture_with_reports", "lesson_of", "lessons_of"]

Point = Mapping[str, Any]
MOST_PICTURES = 4  # a page of more derivations has one picture for all


def lecture(derivation: Any, at: Any = None, **options: Any) -> Document:
    """The page that tells a derivation, or several of one graph that share facts; or another record that has a page.

    at gives every given a value by name (text such as "0.15" stays exact), or is a list of such points, one a
    sample; without it a network is shown at its default point and any other graph without numbers.
    options: language "en" | "ko", notation, detail "brief" | "normal" | "full", labels {name: text}, check,
    precision (decimals; 4 by default), exact (fractions stay fractions), pictures. The other records are a Network (forward,
    all gradients, one step), a difference quotient, a table of rising and falling, a scheme of numerical differentiation
    (or several), a Distance, and the gradient of a matrix expression (see ``pages``). Raises DeriveError for anything else,
    and for a point or an option that does not fit.
    """
    return lecture_with_reports(derivation, at, **options)[0]


def lecture_with_reports(derivation: Any, at: Any = None, **options: Any) -> tuple[Document, list[Report]]:
    """The page, and the reports of its checks; of derivations, one for each."""
    return (page_of(derivation) or _of_derivations)(derivation, at, **options)


def _of_derivations(
    derivation: Derivation | Sequence[Derivation],
    at: Point | Sequence[Point] | None = None,
    *,
    language: str = "en",
    notation: str | Notation = "net-out",
    detail: str = "normal",
    labels: Mapping[str, str] | None = None,
    check: bool = True,
    precision: int | None = None,
    exact: bool = False,
    pictures: bool = True,
) -> tuple[Document, list[Report]]:
    """The page of derivations of one graph, and the reports of their checks: one a derivation, and with several samples one of its mean."""
    several = isinstance(derivation, Iterable) and not isinstance(derivation, str | Mapping)
    derivations = _of_one_graph(list(derivation) if several else [derivation])  # type: ignore[list-item]
    graph = derivations[0].graph
    if detail not in DETAILS:
        raise UnknownNameError("detail", detail, DETAILS)
    words, board = locale(language), board_of(graph, notation, labels, precision, exact)
    samples = split_samples(graph, at)
    first = samples[0] if samples else None
    lessons = [with_mean(lesson, samples) for lesson in lessons_of(derivations, board, words, detail, first, check, pictures)]
    blocks = [*names_apart([one.name for one in graph.order], board, words), *once(_blocks(lessons, samples))]
    reports = [report for lesson in lessons for report in (lesson.report, mean_report(lesson)) if report is not None]
    return Document(_title(lessons), language, tuple(blocks), partial(as_data, lessons, samples)), reports


def lesson_of(derivation: Derivation, board: Board, words: Locale, detail: str, at: Point | None, check: bool, pictures: bool) -> Lesson:
    """The derivation with its board, numbers, checks and proof, ready to be told."""
    return lessons_of([derivation], board, words, detail, at, check, pictures)[0]


def lessons_of(derivations: Sequence[Derivation], board: Board, words: Locale, detail: str, at: Point | None, check: bool, pictures: bool) -> list[Lesson]:
    """The derivations of one graph, each ready to be told; what they share is evaluated and checked once."""
    lessons = []
    for one, (numbers, report) in zip(derivations, numbers_and_reports(derivations, at, check, board.notation.exact), strict=True):
        proof = prove_gradient(one) if check else None
        lesson = Lesson(one, with_totals(board, one), words, detail, numbers, report, proof, pictures)
        lessons.append(of_functions(lesson) if is_by_rules(lesson) else lesson)
    return lessons


def _blocks(lessons: list[Lesson], samples: Sequence[Point]) -> list[Block]:
    first = lessons[0]
    if len(lessons) == 1:
        return [*_whole(first), *mean_of_samples(first, samples)]
    crowded = len(lessons) > MOST_PICTURES
    blocks: list[Block] = [*(overview(first) if crowded else []), *point(first), *definitions(first, everything=True)]
    needed = {claim for lesson in lessons for claim in lesson.deltas_below()}
    told: dict[Total, str] = {}
    known: dict[Claim, str] = {}
    for lesson in lessons:
        here = replace(lesson.after(told, needed, known), pictures=lesson.pictures and not crowded)
        blocks += [Heading(2, here.say("section", wrt=here.x)), *_asked(here), *_argument(here), *mean_of_samples(here, samples)]
        told |= here.tells()
        known |= here.finds()
    return blocks


def _whole(lesson: Lesson) -> list[Block]:
    if lesson.detail == "brief" and not is_by_rules(lesson):
        return [*point(lesson), *_argument(lesson)]
    return [*_asked(lesson), *point(lesson), *definitions(lesson), *_argument(lesson)]


def _asked(lesson: Lesson) -> list[Block]:
    """What is asked; of a single expression there are no paths to show."""
    return [] if is_by_rules(lesson) else question(lesson)


def _argument(lesson: Lesson) -> list[Block]:
    if is_by_rules(lesson):
        return [*rules(lesson), *meaning(lesson), *verdicts(lesson)]
    if lesson.detail == "brief":
        return [*chain_rule(lesson), *together(lesson), *verdicts(lesson)]
    return [*chain_rule(lesson), *factors(lesson), *together(lesson), *meaning(lesson), *verdicts(lesson)]


def _title(lessons: list[Lesson]) -> Any:
    first = lessons[0]
    if len(lessons) == 1:
        return first.say("title.one", of=first.y, wrt=first.x)
    return first.say("title.many", of=first.y, wrt=first.words.joined([lesson.x for lesson in lessons]))


def _of_one_graph(derivations: list[Derivation]) -> list[Derivation]:
    if not derivations:
        raise DeriveError("derivation is an empty list; give one derivation or several of one graph")
    wrong = [one for one in derivations if not isinstance(one, Derivation)]
    if wrong:
        known = f"a Derivation, such as Network(2, 2, 2).derivation('w1'), or another record that has a page: {listed(KINDS)}"
        raise DeriveError(f"derivation is {wrong[0]!r:.200}; it is {known}")
    if any(one.graph is not derivations[0].graph for one in derivations):
        raise DeriveError("the derivations belong to different graphs; a page tells derivations of one graph")
    return derivations
