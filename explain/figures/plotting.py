"""Charts drawn with matplotlib's axes. Imported only when a chart is drawn."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, LogFormatterSciNotation, LogLocator, MaxNLocator, NullLocator, ScalarFormatter

from ..formula import Formula
from .canvas import line_looks, words
from .charts import Area, Axis, Chart, Curve, Levels, Rule, Spot
from .style import FAINT, INK, PAPER, SMALL, TINY

__all__ = ["paint"]

LEFT, RIGHT, BOTTOM, TOP, BETWEEN = 44.0, 12.0, 34.0, 10.0, 40.0  # what names and numbers need around charts, in points
TITLE = 14.0
SCALE, SCALE_AWAY, SCALE_ROOM = 6.0, 8.0, 26.0  # the width of a scale of shades, its distance, and what its numbers need
SPOT, SMALL_SPOT = 4.5, 2.8
ROOMY = 3  # names in a legend, up to which fractions are set in full size
SHADES = LinearSegmentedColormap.from_list("gradnotes", ["#4a7fb0", "#a9c1d3", "#e9e4d8", "#fdeccb"])  # ever lighter, in grey as well


def paint(charts: tuple[Chart, ...], size: tuple[float, float], canvas: Figure) -> None:
    """Draw the charts side by side on a canvas of that size in points."""
    width, height = size
    top = TOP + (TITLE if any(chart.title for chart in charts) else 0)
    shades = next((mark for mark in charts[-1].marks if isinstance(mark, Area) and mark.name is not None), None)
    right = RIGHT + (SCALE_AWAY + SCALE + SCALE_ROOM if shades else 0)
    inner = (width - LEFT - right - BETWEEN * (len(charts) - 1)) / len(charts)
    for place, chart in enumerate(charts):
        left = LEFT + place * (inner + BETWEEN)
        axes = canvas.add_axes((left / width, BOTTOM / height, inner / width, (height - BOTTOM - top) / height))
        _chart(axes, chart)
    if shades is not None:
        left = width - right + SCALE_AWAY
        _scale(canvas.add_axes((left / width, BOTTOM / height, SCALE / width, (height - BOTTOM - top) / height)), shades)


def _chart(axes: Axes, chart: Chart) -> None:
    for order, mark in enumerate(chart.marks):
        _MARKS[type(mark)](axes, mark, order + 2)
    _axis(axes, chart.across, "x")
    _axis(axes, chart.up, "y")
    if chart.equal:
        axes.set_aspect("equal", adjustable="box" if len(chart.marks) else "datalim")
    if chart.title is not None:
        _written(axes.set_title("", fontsize=SMALL, pad=5), chart.title)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=TINY, color=FAINT, width=0.6, length=3)
    _legend(axes, [mark for mark in chart.marks if isinstance(mark, Curve) and mark.name is not None])


def _axis(axes: Axes, axis: Axis, which: str) -> None:
    own = axes.xaxis if which == "x" else axes.yaxis
    if axis.log:
        axes.set(**{f"{which}scale": "log"})
        own.set_major_locator(LogLocator(numticks=8))
        own.set_major_formatter(LogFormatterSciNotation())
        own.set_minor_locator(NullLocator())
    else:
        own.set_major_locator(FixedLocator(axis.ticks) if axis.ticks is not None else MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
        own.set_major_formatter(ScalarFormatter(useOffset=False, useMathText=True))
    axes.set(**{f"{which}lim": (axis.low, axis.high)})
    if axis.name is not None:
        _written(axes.set_xlabel("", fontsize=SMALL) if which == "x" else axes.set_ylabel("", fontsize=SMALL), axis.name)


def _written(text: Any, formula: Formula, display: bool = False) -> None:
    """Puts a formula or words into a text that matplotlib has placed."""
    looks = words(formula, display)
    text.set_text(looks["s"])
    text.set_parse_math(looks.get("parse_math", True))
    if "family" in looks:
        text.set_family(looks["family"])


def _legend(axes: Axes, named: list[Curve]) -> None:
    if not named:
        return
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], **line_looks(curve.line), marker="o" if curve.dots else "", markersize=3) for curve in named]
    legend = axes.legend(
        handles, ["x"] * len(named), loc="best", frameon=True, framealpha=0.85, edgecolor="none", fontsize=TINY, handlelength=2.2, borderpad=0.2
    )
    for text, curve in zip(legend.get_texts(), named, strict=True):
        if curve.name is not None:
            _written(text, curve.name, display=len(named) <= ROOMY)


def _curve(axes: Axes, mark: Curve, order: int) -> None:
    across, up = zip(*mark.points, strict=True)
    axes.plot(across, up, **line_looks(mark.line), marker="o" if mark.dots else "", markersize=2.6, zorder=order)


def _spot(axes: Axes, mark: Spot, order: int) -> None:
    fill = PAPER if mark.open else mark.colour
    size, edge = (SMALL_SPOT, 0.6) if mark.small else (SPOT, 0.9)
    axes.plot(*([value] for value in mark.at), "o", markersize=size, markerfacecolor=fill, markeredgecolor=mark.colour, markeredgewidth=edge, zorder=order)
    if mark.name is not None:
        looks = words(mark.name)
        side = "left" if mark.away[0] > 0 else "right" if mark.away[0] < 0 else "center"
        text = looks.pop("s")
        axes.annotate(text, mark.at, mark.away, textcoords="offset points", fontsize=SMALL, color=mark.colour, ha=side, zorder=order, **looks)


def _rule(axes: Axes, mark: Rule, order: int) -> None:
    (axes.axvline if mark.upright else axes.axhline)(mark.at, **line_looks(mark.line), zorder=order)
    if mark.name is not None:
        looks = words(mark.name)
        frame = axes.get_xaxis_transform() if mark.upright else axes.get_yaxis_transform()
        at = (mark.at, 1.0) if mark.upright else (1.0, mark.at)
        text = looks.pop("s")
        shift, side = ((4, -2), "left") if mark.upright else ((-2, 3), "right")
        up = "top" if mark.upright else "bottom"
        axes.annotate(text, at, shift, frame, "offset points", fontsize=TINY, color=INK, ha=side, va=up, zorder=order, **looks)


def _levels(axes: Axes, mark: Levels, order: int) -> None:
    looks = line_looks(mark.line)
    axes.contour(
        mark.across, mark.up, mark.rows, levels=list(mark.at), colors=[looks["color"]], linewidths=looks["linewidth"], linestyles="solid", zorder=order
    )


def _area(axes: Axes, mark: Area, order: int) -> None:
    axes.contourf(mark.across, mark.up, mark.rows, levels=_heights(mark), cmap=SHADES, extend="both", zorder=order)


def _heights(mark: Area) -> list[float]:
    return [mark.low + (mark.high - mark.low) * part / 20 for part in range(21)]


def _scale(axes: Axes, mark: Area) -> None:
    """Which shade is which value."""
    heights = _heights(mark)
    axes.contourf([0.0, 1.0], heights, [[height, height] for height in heights], levels=heights, cmap=SHADES)
    axes.set_xticks([])
    axes.yaxis.tick_right()
    axes.yaxis.set_major_locator(FixedLocator([mark.low, (mark.low + mark.high) / 2, mark.high]))
    axes.tick_params(labelsize=TINY, color=FAINT, width=0.6, length=3)
    if mark.name is not None:
        _written(axes.set_title("", fontsize=SMALL, pad=5), mark.name)


_MARKS: dict[type, Any] = {Curve: _curve, Spot: _spot, Rule: _rule, Levels: _levels, Area: _area}
