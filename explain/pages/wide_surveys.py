"""Wide surveys: the gradients of a network too large for a row each, beside their differences, summed up layer by layer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from sympy import Symbol

from derive.errors import DeriveError
from derive.network import Network
from derive.steps import Total
from numeric.checks.batch_reports import BatchReport
from numeric.checks.network_checks import NetworkCheck
from numeric.checks.network_parts import differs_by_layer
from numeric.reports import AGREES, VERDICTS, WRONG, Check, excess, summary

from ..boards.quantities import distance, limit, small_number
from ..document import Block, Document, Inline, Math, Paragraph, Table, Text
from ..formula import Formula
from ..lessons.causes import reasons
from ..locales import Locale, locale
from ..notation import SUM, Board, board_of

__all__ = ["Findings", "wide_survey"]

MOST_WHOLE = 5_000  # parameters of a network whose layers cannot be taken one by one
WORST = 5
Batch = Sequence[Any]  # theta, inputs, targets, masks


@dataclass(frozen=True)
class Findings:
    """The reports of one network, one a point; ``names`` are the parameters that were asked for, none where all are."""

    net: Network
    reports: tuple[BatchReport, ...]
    names: tuple[str, ...] = ()

    @cached_property
    def checks(self) -> list[tuple[int, Check]]:
        """What has a row of its own, with the number of its point: what was asked for, or the worst few."""
        if self.names:
            return [(place, report[name]) for name in self.names for place, report in enumerate(self.reports, 1)]
        found = [(place, one) for place, report in enumerate(self.reports, 1) for one in _worst(report)]
        return sorted(found, key=lambda one: (one[1].verdict != WRONG, -excess(one[1].error, one[1].bound)))[:WORST]

    @property
    def counts(self) -> dict[str, int]:
        """How many have each verdict."""
        if self.names:
            return {verdict: sum(one.verdict == verdict for _, one in self.checks) for verdict in VERDICTS}
        return {verdict: sum(report.counts[verdict] for report in self.reports) for verdict in VERDICTS}

    @property
    def failed(self) -> bool:
        """Is something wrong, or without a derivative though none is declared?"""
        return any(check.failed for _, check in self.checks) if self.names else any(report.failed for report in self.reports)

    @property
    def summary(self) -> str:
        """One line, as that of a report."""
        if self.names:
            agreeing = [(one.error, one.bound) for _, one in self.checks if one.verdict == AGREES]
            return summary(self.counts, "partial derivative", max(agreeing, default=None))
        loose = sum(int(report.loose.sum()) for report in self.reports)
        return summary(self.counts, "partial derivative", self.largest(slice(None)), loose)

    def largest(self, some: slice) -> tuple[float, float] | None:
        """The largest error among those that agree, and its bound."""
        return max((one for report in self.reports if (one := report.largest(some)) is not None), default=None)


def wide_survey(
    net: Network,
    points: Iterable[Batch],
    names: Sequence[str] = (),
    *,
    seed: int | None = None,
    arbiter: bool = False,
    language: str = "en",
    **told: Any,
) -> tuple[Document, Findings]:
    """The page that sums up the checks of all gradients layer by layer, or has a row for each of ``names``; and what was found.

    points are batches (theta, inputs, targets, masks); seed is that of the first where they were drawn. arbiter: what floats leave
    open is judged by it. told is notation, labels and precision, as for ``lecture``. Raises DeriveError where one by one would
    take too long, and UnknownNameError for names that are no parameters.
    """
    count = sum(before * units for before, units in zip(net.sizes, net.widths[1:], strict=False)) + sum(net.bias_counts)
    if not differs_by_layer(net) and count > MOST_WHOLE:
        raise DeriveError(f"this network has {count} parameters and more than plain layers; at most {MOST_WHOLE} such are checked")
    check = NetworkCheck(net)
    found = Findings(
        net,
        tuple(check(*batch[:3], masks=batch[3] if np.size(batch[3]) else None, exact=(names or True) if arbiter else False) for batch in points),
        tuple(names),
    )
    words, board = locale(language), board_of(None, **told)
    blocks = (
        Paragraph(_opening(found, words, seed, count)),
        *([] if names else [_by_layer(found, board, words)]),
        *_rows(found, board, words),
        _closing(found, board, words),
    )
    return Document(words.say("survey.title", of=board.name(net.loss)), language, blocks, lambda: _data(found)), found


def _worst(report: BatchReport) -> list[Check]:
    """Those that are wrong, the worst first; where none is, those that use up most of their bound."""
    if report.counts[WRONG]:
        return report.having(WRONG, WORST)
    used = np.where(report.verdicts == 0, report.error / np.maximum(report.slopes.bound, 1e-300), -1.0)
    return [report.check(int(place)) for place in np.argsort(-used, kind="stable")[:WORST] if used[place] >= 0]


def _opening(found: Findings, words: Locale, seed: int | None, count: int) -> tuple[Inline, ...]:
    sizes, points = "-".join(map(str, found.net.sizes)), len(found.reports)
    if seed is None:
        return words.say("survey.wide.given", sizes=sizes, count=count)
    return words.say("survey.wide" if points == 1 else "survey.wide.many", sizes=sizes, count=count, seed=str(seed), points=points)


def _by_layer(found: Findings, board: Board, words: Locale) -> Table:
    """A row for every matrix: how many of its entries have each verdict, the largest error with its bound, the certain digits."""
    first = found.reports[0]
    blocks = [(one.name, " × ".join(map(str, one.shape)), one.place) for one in first.blocks] or [("θ", str(len(first)), slice(0, len(first)))]
    verdicts = [verdict for verdict in VERDICTS if verdict == AGREES or found.counts[verdict]]
    heads = [words.say("table.matrix"), words.say("table.shape"), *(words.say(f"verdict.{one}") for one in verdicts)]
    heads += [words.say("table.worst"), words.say("table.bound"), words.say("table.certain")]
    rows = []
    for name, shape, place in blocks:
        counts = [sum(int((report.verdicts[place] == VERDICTS.index(verdict)).sum()) for report in found.reports) for verdict in verdicts]
        errors = [(Math(small_number(one)),) for one in found.largest(place) or ()] or [(), ()]
        digits = min((one for report in found.reports if (one := report.digits(place)) is not None), default=None)
        rows.append(
            (
                (Math(board.name(Symbol(name))),),
                (Text(shape),),
                *((Text(words.number(one)),) for one in counts),
                *errors,
                (Text("" if digits is None else str(digits)),),
            )
        )
    return Table(tuple(heads), tuple(rows), "ll" + "r" * (len(heads) - 2))


def _rows(found: Findings, board: Board, words: Locale) -> list[Block]:
    """The parameters that have a row of their own; where all of them are wrong, their likely causes stand below."""
    if not found.checks:
        return []
    several, wrong = len(found.reports) > 1, all(one.verdict == WRONG for _, one in found.checks)
    keys = ["gradient", *(["point"] if several else []), "value", "difference", "error", "bound", *([] if wrong else ["verdict"])]
    rows = []
    for place, one in found.checks:
        numbers = [(Math(_number(board, one.value)),), (Math(_number(board, one.difference)),), distance(one), limit(one)]
        point, verdict = [(Text(str(place)),)] if several else [], [] if wrong else [words.say(f"verdict.{one.verdict}")]
        rows.append(((_claim(found, board, one),), *point, *numbers, *verdict))
    table = Table(tuple(words.say(f"table.{key}") for key in keys), tuple(rows), "l" + "r" * (4 + several) + "l" * (not wrong))
    lead = [] if found.names else [Paragraph(words.say("survey.wrong" if found.failed else "survey.few"))]
    return [*lead, table, *reasons(board, words, ((_claim(found, board, one).formula, one) for _, one in found.checks))]


def _claim(found: Findings, board: Board, one: Check) -> Math:
    return Math(board.claim(Total(found.net.loss, Symbol(one.name))))


def _closing(found: Findings, board: Board, words: Locale) -> Paragraph:
    agreed, total = found.counts[AGREES], sum(found.counts.values())
    largest = (
        max((one.error for _, one in found.checks if one.verdict == AGREES), default=0.0) if found.names else (found.largest(slice(None)) or (0.0, 0.0))[0]
    )
    return Paragraph(words.say("survey.agreed" if agreed else "survey.agreed.none", agreed=agreed, count=total, error=Math(small_number(largest))))


def _number(board: Board, value: float, decimals: int = 7) -> Formula:
    finer = replace(board, notation=board.notation.with_numbers(decimals, False))
    return finer.inside(finer.number(value), SUM)


def _data(found: Findings) -> dict[str, object]:
    columns = ("value", "difference", "h", "error", "bound", "verdict", "cause")
    rows = [{"wrt": one.name, "point": place, **{key: getattr(one, key) for key in columns}} for place, one in found.checks]
    return {"network": repr(found.net), "points": len(found.reports), "counts": found.counts, "gradients": rows}
