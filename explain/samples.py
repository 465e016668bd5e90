"""Several samples: one point each, and the mean of their derivatives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from derive.errors import DeriveError
from derive.graph import Graph
from numeric.values import evaluate

from .document import Block, Inline, Math, Paragraph, Table, Text
from .formula import Formula
from .lesson import Lesson
from .notation import SUM

__all__ = ["mean_of_samples", "split_samples"]


def split_samples(graph: Graph, at: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None) -> list[Mapping[str, Any]]:
    """The points, one a sample; the default point of a network where none is given, none for another graph."""
    if at is None:
        from numeric.data import default_point

        return [default_point(graph)] if graph.roles else []
    samples = [at] if isinstance(at, Mapping) else list(at)
    if not samples:
        raise DeriveError("at is an empty list of samples; give at least one point")
    return samples


def mean_of_samples(lesson: Lesson, samples: Sequence[Mapping[str, Any]]) -> list[Block]:
    """A table of the derivative at every sample, and their mean. Empty for a single sample."""
    if len(samples) < 2:
        return []
    claim = lesson.derivation.claim
    numbers = [evaluate(lesson.derivation, at) for at in samples]
    rows = [(str(place), float(one.nodes[claim.of]), float(one[claim].value)) for place, one in enumerate(numbers, 1)]  # type: ignore[index]
    head = (lesson.say("mean.sample"), (Math(lesson.y),), (Math(lesson.board.claim(claim)),))
    body: list[tuple[tuple[Inline, ...], ...]] = [((Text(place),), _cell(lesson, loss), _cell(lesson, slope)) for place, loss, slope in rows]
    count = len(rows)
    means = (sum(loss for _, loss, _ in rows) / count, sum(slope for *_, slope in rows) / count)
    body.append((lesson.say("mean.mean"), *(_cell(lesson, mean) for mean in means)))
    words = lesson.say("mean.here", of=lesson.y, count=str(count))
    return [Paragraph(words, lesson.say("mean")), Table(head, tuple(body), "lrr")]


def _cell(lesson: Lesson, value: float) -> tuple[Inline, ...]:
    formula: Formula = lesson.board.inside(lesson.board.number(value), SUM)
    return (Math(formula),)
