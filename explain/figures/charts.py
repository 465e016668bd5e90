"""A chart: what is plotted against two axes, as plain numbers and names, before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from ..document import Figure
from ..formula import Formula
from .canvas import plotted
from .scene import Point
from .style import INK, PLAIN, RULE, WIDTH, Line

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

__all__ = ["Area", "Axis", "Chart", "Curve", "Levels", "Rule", "Spot", "chart_picture", "rows_of"]

HEIGHT = 196.0
FAINT_LEVELS = Line(RULE, 0.6)
DIGITS = 7  # significant ones that are kept of a number: more cannot be seen, and last digits differ between machines


@dataclass(frozen=True, slots=True)
class Axis:
    """What stands at an axis; without limits it shows all that is plotted. ``ticks`` are the only marks, where given."""

    name: Formula | None = None
    low: float | None = None
    high: float | None = None
    log: bool = False
    ticks: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through points, named in the legend where it has a name; ``dots`` marks each point."""

    points: tuple[Point, ...]
    line: Line
    name: Formula | None = None
    dots: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """A point that is pointed out; ``open`` where it does not belong to the curve, ``small`` as one of many.

    Its name stands to the upper right, or as far off as ``away`` says.
    """

    at: Point
    name: Formula | None = None
    colour: str = INK
    open: bool = False
    away: Point = (5.0, 5.0)
    small: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line across the whole chart, upright or level."""

    at: float
    upright: bool = True
    line: Line = PLAIN
    name: Formula | None = None


@dataclass(frozen=True, slots=True)
class Levels:
    """Lines of equal value over a grid: ``rows[k][j]`` is the value at across[j], up[k]."""

    across: tuple[float, ...]
    up: tuple[float, ...]
    rows: tuple[tuple[float, ...], ...]
    at: tuple[float, ...]
    line: Line = FAINT_LEVELS


@dataclass(frozen=True, slots=True)
class Area:
    """Shades over a grid, from dark at ``low`` to light at ``high``; rows as for Levels. One with a name has a scale beside the last chart."""

    across: tuple[float, ...]
    up: tuple[float, ...]
    rows: tuple[tuple[float, ...], ...]
    low: float
    high: float
    name: Formula | None = None


Plotted = Curve | Spot | Rule | Levels | Area


@dataclass(frozen=True, slots=True)
class Chart:
    """Marks against two axes, later ones on top; ``equal`` where a unit is as long across as up; ``title`` stands above."""

    across: Axis
    up: Axis
    marks: tuple[Plotted, ...]
    equal: bool = False
    title: Formula | None = None


@dataclass(frozen=True)
class Sheet:
    """Charts side by side."""

    charts: tuple[Chart, ...]
    size: Point = field(default=(WIDTH, HEIGHT))


def chart_picture(stem: str, charts: Iterable[Chart], alt: str, height: float = HEIGHT) -> Figure:
    """The figure of charts side by side, as wide as the text of a page."""
    sheet = Sheet(tuple(map(_rounded, charts)), (WIDTH, height))
    return plotted(stem, sheet, partial(_paint, sheet), sheet.size, alt)


def _paint(sheet: Sheet, canvas: Canvas) -> None:
    from .plotting import paint  # the one module that knows matplotlib's axes

    paint(sheet.charts, sheet.size, canvas)


def _rounded(chart: Chart) -> Chart:
    return replace(chart, marks=tuple(_rounded_mark(mark) for mark in chart.marks))


def _rounded_mark(mark: Plotted) -> Plotted:
    if isinstance(mark, Curve):
        return replace(mark, points=tuple((_short(x), _short(y)) for x, y in mark.points))
    if isinstance(mark, Levels | Area):
        return replace(mark, rows=tuple(tuple(map(_short, row)) for row in mark.rows))
    return mark


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS - 1}e}")


def rows_of(values: Iterable[Iterable[float]]) -> tuple[tuple[float, ...], ...]:
    """A table of numbers, such as an array of two dimensions, as tuples of floats."""
    return tuple(tuple(map(float, row)) for row in values)
