"""Surveys: the page that sets every gradient of a network beside its central difference, at one point or at many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sympy import Symbol

from derive.chain import derive
from derive.errors import DeriveError
from derive.network import Network
from derive.steps import Claim, Derivation, Total
from numeric.checking import Check, Report, check
from numeric.points import point as values_of
from numeric.reports import AGREES, UNDEFINED, WRONG
from numeric.values import Numbers

from ..boards.quantities import distance, limit, small_number
from ..document import Block, Document, Inline, Math, Paragraph, Table, Text
from ..formula import Formula
from ..lessons.causes import reasons
from ..lessons.lesson import Lesson
from ..lessons.opening import point
from ..lessons.record import check_data
from ..locales import locale
from ..notation import SUM, Board, board_of

__all__ = ["survey"]

Point = Mapping[str, Any]
Cells = tuple[tuple[Inline, ...], ...]


def survey(
    net: Network, points: Iterable[Point], names: Sequence[str] = (), *, arbiter: bool = False, language: str = "en", **told: Any
) -> tuple[Document, Report]:
    """The page with the gradients by ``names`` (all parameters where there are none), and the report of their checks.

    With one point a row of the table is a gradient and its difference; with several it is the worst of them. arbiter: beside
    slopes of thirty digits, which its own forward pass gives. told is notation, labels and precision, as for ``lecture``. The
    keys of the report are (claim, place of the point); it also holds any other step that is wrong. Raises DeriveError as
    ``check`` does, and where there is no point.
    """
    nodes = [net.derivation(one).claim.wrt for one in names] or list(net.parameters)
    derivation = _every_gradient(net, nodes)
    wanted = [Total(net.loss, one) for one in nodes]
    board = board_of(net.graph, **told)
    used: list[Point] = []
    checks: dict[tuple[Claim, int], Check] = {}
    for place, at in enumerate(points, 1):
        used.append(at)
        found = check(derivation, at, exact=arbiter)
        wrong = [claim for claim, one in found.items() if one.verdict == WRONG and claim not in wanted]
        checks |= {(claim, place): found[claim] for claim in (*wanted, *wrong)}
    if not used:
        raise DeriveError("points is an empty list; give at least one point")
    lesson = Lesson(derivation, board, locale(language), numbers=_given(net, used[0]) if len(used) == 1 else None)
    report = Report(checks, "gradient")
    return Document(lesson.say("survey.title", of=lesson.y), language, tuple(_blocks(lesson, report, len(used))), lambda: _data(net, used, report)), report


def _given(net: Network, at: Point) -> Numbers:
    """The values of the givens alone: what follows from them may have no number, which the checks then say."""
    return Numbers({}, values_of(net.graph.givens, at, net.graph.by_symbol, net.graph.shares))


def _every_gradient(net: Network, nodes: Sequence[Symbol]) -> Derivation:
    """One derivation that holds the steps of all the gradients, each step once."""
    return Derivation(net.graph, Total(net.loss, nodes[-1]), tuple(derive(net.graph, net.loss, nodes).values()))


def _blocks(lesson: Lesson, report: Report, count: int) -> list[Block]:
    agreeing = report.having(AGREES)
    largest = Math(small_number(max((one.error for one in agreeing), default=0.0)))
    sentence = lesson.say("survey.agreed" if agreeing else "survey.agreed.none", agreed=len(agreeing), count=len(report), error=largest)
    told = reasons(lesson.board, lesson.words, ((lesson.board.claim(one.claim), one) for one in report.values()))
    return [*point(lesson), _one_point(lesson, report) if count == 1 else _many_points(lesson, report), *told, Paragraph(sentence)]


def _one_point(lesson: Lesson, report: Report) -> Table:
    head = tuple(lesson.say(f"table.{key}") for key in ("gradient", "value", "difference", "error", "bound", "verdict"))
    return Table(head, tuple((*_row(lesson.board, one), lesson.say(f"verdict.{one.verdict}")) for one in report.values()), "lrrrrl")


def _row(board: Board, one: Check) -> Cells:
    if one.verdict == UNDEFINED:
        return ((Math(board.claim(one.claim)),), (), (), (), ())
    numbers = (_number(board, one.value), _number(board, one.difference))
    return ((Math(board.claim(one.claim)),), *((Math(number),) for number in numbers), distance(one), limit(one))


def _number(board: Board, value: float, decimals: int = 10) -> Formula:
    """A number with more decimals than the page has elsewhere: the two must be seen to agree."""
    finer = replace(board, notation=board.notation.with_numbers(decimals, board.notation.exact))
    return finer.inside(finer.number(value), SUM)


def _many_points(lesson: Lesson, report: Report) -> Table:
    head = tuple(lesson.say(f"table.{key}") for key in ("gradient", "worst", "bound", "point", "verdicts"))
    groups: dict[Claim, dict[int, Check]] = {}
    for (claim, place), one in report.items():
        groups.setdefault(claim, {})[place] = one
    return Table(head, tuple(_summary(lesson, Report(group)) for group in groups.values()), "lrrrl")


def _summary(lesson: Lesson, group: Report) -> Cells:
    """The worst check of one gradient, where it is, and how many points have which verdict."""
    place, worst = next(((place, one) for place, one in group.items() if one is group.worst), next(iter(group.items())))
    counts = Counter(one.verdict for one in group.values())
    verdicts = lesson.words.joined([(*lesson.say(f"verdict.{verdict}"), Text(f" ({count})")) for verdict, count in counts.items()])
    return (
        (Math(lesson.board.claim(worst.claim)),),
        *(((), ()) if worst.verdict == UNDEFINED else ((Math(small_number(one)),) for one in (worst.error, worst.bound))),
        (Text(str(place)),),
        verdicts,
    )


def _data(net: Network, points: Sequence[Point], report: Report) -> dict[str, object]:
    rows = [{"of": str(one.claim.of), "wrt": str(one.claim.wrt), "point": place, **check_data(one)} for (_, place), one in report.items()]
    return {"network": repr(net), "points": [dict(at) for at in points], "gradients": rows}
