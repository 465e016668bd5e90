"""Several samples: one point each, and the mean of their derivatives with its check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from derive.errors import DeriveError, UndefinedError
from derive.graph import Graph
from derive.steps import Derivation
from numeric.checking import AGREES, Report
from numeric.values import Numbers, evaluate

from ..boards.quantities import small_number, step_of_difference, twelve_decimals
from ..document import Block, Inline, Math, Paragraph, Table, Text
from ..formula import Formula, Relation, row
from ..notation import SUM
from .lesson import Lesson

__all__ = ["evaluated", "mean_of_samples", "mean_report", "split_samples", "with_mean"]


def split_samples(graph: Graph, at: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None) -> list[Mapping[str, Any]]:
    """The points, one a sample; the default point of a network where none is given, none for another graph."""
    if at is None:
        from numeric.data import default_point

        return [default_point(graph)] if graph.roles else []
    samples = [at] if isinstance(at, Mapping) else list(at)
    if not samples:
        raise DeriveError("at is an empty list of samples; give at least one point")
    return samples


def evaluated(derivation: Derivation, samples: Sequence[Mapping[str, Any]]) -> list[Numbers]:
    """The numbers at every sample. Raises what ``evaluate`` does, with the number of the sample where there are several."""
    found = []
    for place, at in enumerate(samples, 1):
        try:
            found.append(evaluate(derivation, at))
        except UndefinedError as error:
            raise UndefinedError(f"sample {place}: {error}" if len(samples) > 1 else str(error)) from None
    return found


def with_mean(lesson: Lesson, samples: Sequence[Mapping[str, Any]]) -> Lesson:
    """The lesson with how many samples there are and, where it is checked, with the check of the mean over several."""
    if len(samples) < 2:
        return lesson
    from numeric.checks.sample_means import check_mean  # most pages have one sample

    return replace(
        lesson, samples=len(samples), mean=check_mean(lesson.derivation, samples, lesson.board.notation.exact) if lesson.report is not None else None
    )


def mean_report(lesson: Lesson) -> Report | None:
    """The check of the mean as a report of its own; None where there is none."""
    return None if lesson.mean is None else Report({lesson.mean.claim: lesson.mean}, "mean gradient")


def mean_of_samples(lesson: Lesson, samples: Sequence[Mapping[str, Any]]) -> list[Block]:
    """A table of the derivative at every sample, their mean, and its check. Empty for a single sample."""
    if len(samples) < 2:
        return []
    claim = lesson.derivation.claim
    numbers = evaluated(lesson.derivation, samples)
    rows = [(str(place), float(one.nodes[claim.of]), float(one[claim].value)) for place, one in enumerate(numbers, 1)]  # type: ignore[index]
    head = (lesson.say("mean.sample"), (Math(lesson.y),), (Math(lesson.board.claim(claim)),))
    body: list[tuple[tuple[Inline, ...], ...]] = [((Text(place),), _cell(lesson, loss), _cell(lesson, slope)) for place, loss, slope in rows]
    count = len(rows)
    means = (sum(loss for _, loss, _ in rows) / count, sum(slope for *_, slope in rows) / count)
    body.append((lesson.say("mean.mean"), *(_cell(lesson, mean) for mean in means)))
    words = lesson.say("mean.here", of=lesson.y, count=count)
    return [Paragraph(words, lesson.say("mean")), Table(head, tuple(body), "lrr"), *_checked(lesson)]


def _checked(lesson: Lesson) -> list[Block]:
    """The mean beside the central difference of the mean of what is differentiated."""
    mean = lesson.mean
    if mean is None:
        return []
    sentence = lesson.say(
        "mean.checked" if mean.verdict == AGREES else "mean.failed",
        of=lesson.y,
        wrt=lesson.x,
        quotient=twelve_decimals(mean.difference),
        value=twelve_decimals(mean.value),
        error=small_number(mean.error),
        bound=small_number(mean.bound),
        step=row(lesson.step, Relation("="), step_of_difference(mean.h)),
        verdict=lesson.say(f"verdict.{mean.verdict}"),
    )
    return [Paragraph(sentence, lesson.say("checked"))]


def _cell(lesson: Lesson, value: float) -> tuple[Inline, ...]:
    formula: Formula = lesson.board.inside(lesson.board.number(value), SUM)
    return (Math(formula),)
