"""The picture of the errors of numerical differentiation against the step, on logarithmic axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..document import Figure
from ..figures.charts import Axis, Chart, Curve, Plotted, chart_picture
from ..figures.style import FAINT, SERIES, Line
from ..figures.wording import Locale, sentence
from ..formula import Formula, Word

if TYPE_CHECKING:
    from .scheme_errors import Measured

__all__ = ["errors_drawn"]

HIGHEST = 10.0  # of an error that is drawn


def errors_drawn(stem: str, measured: Sequence[Measured], names: Sequence[str], h: Formula, words: Locale) -> Figure:
    """The figure of the errors of each scheme, as points, and of what theory expects, as thin lines."""
    marks: list[Plotted] = []
    low = min(error for one in measured for error in one.errors.values() if error > 0)
    for one, name, look in zip(measured, names, SERIES, strict=False):
        expected = tuple((step, one.expected(step)) for step in one.errors if low / 3 < one.expected(step) < HIGHEST)
        marks += [Curve(expected, Line(FAINT, 0.7))] if len(expected) > 1 else []
        marks.append(Curve(tuple((step, error) for step, error in one.errors.items() if error > 0), look, Word(name), dots=True))
    every = [step for one in measured for step in one.errors]
    chart = Chart(Axis(h, min(every), max(every), log=True), Axis(Word(sentence(words, "figure.differences.up")), log=True), tuple(marks))
    best = words.comma.join(f"{name} {words.number(float(one.best), 1)}" for one, name in zip(measured, names, strict=True))
    return chart_picture(stem, [chart], sentence(words, "figure.schemes", best=best))
