"""One step of a whole network: every parameter against its gradient, and the loss before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from sympy import Symbol

from derive.errors import DeriveError
from derive.steps import Derivation, Total
from numeric.points import number
from numeric.values import Numbers, UndefinedError, evaluate

from ..document import Block, Equation, Heading, Inline, Math, Paragraph, Table
from ..formula import Binary, Fence, Formula, Name, Relation, Script, Times, row
from ..lessons.lines import equals, signed_number
from ..lessons.whole_network import Point, Whole

__all__ = ["RATE", "Update", "one_step", "rate_of", "updated"]

RATE = "0.5"
MOST_ROWS = 24  # in one table, so that a page can break between two


@dataclass(frozen=True)
class Update:
    """One step against the gradient, or against its mean over the samples: the rate, the values before and after, and the loss."""

    rate: Any
    now: Mapping[Symbol, Any]
    slopes: Mapping[Symbol, float]
    after: Mapping[Symbol, float]
    losses: tuple[float, float | None]


def rate_of(rate: Any) -> Any:
    """The rate of a step as a number. Raises DeriveError where it is none, or not positive."""
    found = number("rate", rate)
    if found <= 0:
        raise DeriveError(f"rate = {rate} does not descend; it is a positive number, such as 0.5")
    return found


def updated(lesson: Whole, samples: Sequence[Point], tables: Sequence[Numbers], rate: Any) -> Update:
    """One step from the values of the parameters; tables has the numbers at each sample."""
    count = len(tables)
    slopes = {one: sum(float(table[claim].value) for table in tables) / count for one, claim in lesson.claims.items()}
    now = {one: tables[0].nodes[one] for one in lesson.claims}
    after = {one: float(now[one]) - float(rate) * slope for one, slope in slopes.items()}
    before = sum(float(table.nodes[lesson.net.loss]) for table in tables) / count
    moved = [{**at, **{one.name: value for one, value in after.items()}} for at in samples]
    return Update(rate, now, slopes, after, (before, _mean_loss(lesson, moved)))


def _mean_loss(lesson: Whole, samples: Sequence[Point]) -> float | None:
    """The mean loss; None where there is none at one of the points."""
    forward = Derivation(lesson.derivation.graph, lesson.derivation.claim, ())
    try:
        return sum(float(evaluate(forward, at).nodes[lesson.net.loss]) for at in samples) / len(samples)
    except UndefinedError:
        return None


def one_step(lesson: Whole, update: Update) -> list[Block]:
    """The rule, every parameter before and after, and what becomes of the loss."""
    w, several = Name("w"), lesson.samples > 1
    alpha = row(Name("α"), Relation("="), lesson.board.number(update.rate).formula)
    slope = lesson.board.claim(Total(lesson.net.loss, Symbol("w")))
    rule = row(w, Relation("←"), w, Binary("−"), Name("α"), Times(""), slope)
    said = lesson.say("network.step.mean" if several else "network.step.here", rate=alpha, count=lesson.samples)
    frozen = [lesson.board.name(one) for one in lesson.net.all_parameters if one in lesson.net.frozen]
    held = [Paragraph(lesson.say("network.frozen", names=lesson.words.joined(frozen)))] if frozen else []
    return [Heading(2, lesson.say("network.step")), Paragraph(said), Equation(rule), *_tables(lesson, update), *held, *_losses(lesson, update, slope)]


def _tables(lesson: Whole, update: Update) -> Iterator[Table]:
    keys = ("network.parameter", "network.now", "mean.gradient" if lesson.samples > 1 else "table.gradient", "network.after")
    head = tuple(lesson.say(key) for key in keys)
    rows = [
        ((Math(lesson.board.name(one)),), *(_cell(lesson, value) for value in (update.now[one], update.slopes[one], update.after[one]))) for one in update.after
    ]
    tall = ceil(len(rows) / ceil(len(rows) / MOST_ROWS))  # tables of nearly the same height
    yield from (Table(head, tuple(rows[place : place + tall]), "lrrr") for place in range(0, len(rows), tall))


def _cell(lesson: Whole, value: Any) -> tuple[Inline, ...]:
    return (Math(signed_number(lesson, value)),)


def _losses(lesson: Whole, update: Update, slope: Formula) -> list[Block]:
    before, after = update.losses
    if after is None:
        return [Paragraph(lesson.say("network.loss.none", of=lesson.y))]
    key = "same" if after == before else "fell" if after < before else "rose"
    said = [lesson.say(f"network.loss.{key}", of=_of(lesson), before=_cell(lesson, before), after=_cell(lesson, after))]
    if lesson.detail != "brief" and after < before:
        fall = float(update.rate) * sum(one**2 for one in update.slopes.values())
        predicted = row(Name("α"), Times(""), Name("∑", "function"), Times(""), Script(Fence(slope), sup=lesson.board.number(2).formula))
        said.append(lesson.say("network.slope", predicted=row(predicted, equals(signed_number(lesson, fall))), really=signed_number(lesson, before - after)))
    return [Paragraph(lesson.words.in_line(said), lesson.say("says"))]


def _of(lesson: Whole) -> tuple[Inline, ...]:
    return lesson.say("network.mean", of=lesson.y) if lesson.samples > 1 else (Math(lesson.y),)
