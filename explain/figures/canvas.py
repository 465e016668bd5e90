"""From a scene, or a function that plots, to the bytes of a file: the only place that draws.

matplotlib is imported when bytes are asked for. No pyplot: no window, no choice of a backend, nothing global
that stays; the reader's own matplotlib settings are set aside while a picture is drawn. No date goes into the
file, so the same picture gives the same bytes.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from derive.errors import UnknownNameError

from ..document import Figure, Inline
from ..formula import Formula, Word
from ..writers import one_line
from .fonts import families
from .mathtext import mathtext
from .scene import Label, Mark, Pill, Scene, Stroke
from .style import PAPER, SETTINGS, Line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

__all__ = ["SUFFIXES", "line_looks", "picture", "plotted", "words"]

# What a file says about itself; None for what it would say about when and by what it was made.
SUFFIXES: dict[str, Callable[[str, str], dict[str, str | None]]] = {
    "pdf": lambda stem, alt: {"Title": alt, "CreationDate": None, "Creator": None, "Producer": None},
    "svg": lambda stem, alt: {"Title": alt, "Identifier": stem, "Date": None, "Creator": None},
    "png": lambda stem, alt: {"Title": alt, "Software": None},
}
DOTS_PER_INCH = 220
POINTS = 72.0
BOLD = 0.35  # the width of the ink around a bold name


def picture(stem: str, scene: Scene, alt: str, caption: tuple[Inline, ...] = ()) -> Figure:
    """The figure of a scene; its stem ends in a short hash of what is drawn."""
    frame = scene.frame
    size = (frame.right - frame.left, frame.top - frame.bottom)
    return plotted(stem, scene, partial(_paint, scene), size, alt, caption)


def plotted(stem: str, content: object, paint: Callable[[Canvas], None], size: tuple[float, float], alt: str, caption: tuple[Inline, ...] = ()) -> Figure:
    """The figure that ``paint`` draws on a matplotlib Figure of that size in points.

    content is all that decides the picture, as a value whose repr tells it whole: the stem ends in its hash.
    """
    stem = f"{stem}-{sha256(repr(content).encode()).hexdigest()[:8]}"
    return Figure(partial(_drawn, paint, size, stem, alt), stem, alt, caption, size)


def _drawn(paint: Callable[[Canvas], None], size: tuple[float, float], stem: str, alt: str, suffix: str) -> bytes:
    """The bytes of the file. Raises UnknownNameError for another suffix than "pdf", "svg" or "png"."""
    if suffix not in SUFFIXES:
        raise UnknownNameError("picture format", suffix, SUFFIXES)
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    with _settings():
        canvas = Canvas(figsize=(size[0] / POINTS, size[1] / POINTS), dpi=DOTS_PER_INCH)
        FigureCanvasAgg(canvas)
        paint(canvas)
        out = io.BytesIO()
        canvas.savefig(out, format=suffix, metadata=SUFFIXES[suffix](stem, alt), facecolor=PAPER)
    return out.getvalue()


@contextmanager
def _settings() -> Iterator[None]:
    """Matplotlib's own settings and ours, as long as a picture is drawn."""
    import matplotlib

    # It reports, on standard error, that the fonts of matplotlib are said to be very old.
    subsetter = logging.getLogger("fontTools")
    level = subsetter.level
    subsetter.setLevel(logging.ERROR)
    try:
        with matplotlib.rc_context():
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(SETTINGS)  # type: ignore[arg-type]
            yield
    finally:
        subsetter.setLevel(level)


def _paint(scene: Scene, canvas: Canvas) -> None:
    frame = scene.frame
    axes = canvas.add_axes((0, 0, 1, 1), xlim=(frame.left, frame.right), ylim=(frame.bottom, frame.top))
    axes.set_axis_off()
    for place, mark in enumerate(scene.marks):
        _PAINTERS[type(mark)](axes, mark, place + 1)


def _stroke(axes: Axes, mark: Stroke, order: int) -> None:
    from matplotlib.patches import Polygon

    points = list(mark.points)
    if mark.head:
        tip, (left, right), base = _head(points[-2], points[-1], 3.2 + 1.6 * mark.line.width)
        points[-1] = base
        axes.add_patch(Polygon([tip, left, right], closed=True, facecolor=mark.line.colour, edgecolor="none", zorder=order))
    across, up = zip(*points, strict=True)
    axes.plot(across, up, zorder=order, solid_capstyle="butt", dash_capstyle="butt", **line_looks(mark.line))


def _head(before: tuple[float, float], tip: tuple[float, float], length: float) -> tuple[Any, Any, Any]:
    from math import hypot

    across, up = tip[0] - before[0], tip[1] - before[1]
    far = hypot(across, up) or 1.0
    across, up = across / far, up / far
    base = (tip[0] - length * across, tip[1] - length * up)
    half = 0.36 * length
    return tip, ((base[0] - half * up, base[1] + half * across), (base[0] + half * up, base[1] - half * across)), base


def line_looks(line: Line) -> dict[str, Any]:
    """What matplotlib is told of a line; it counts dashes in widths of the line."""
    dash: Any = (0, tuple(length / line.width for length in line.dash)) if line.dash else "solid"
    return {"color": line.colour, "linewidth": line.width, "linestyle": dash}


def _pill(axes: Axes, mark: Pill, order: int) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path
    from numpy import asarray

    (x, y), radius, core = mark.centre, mark.half_height, mark.half_width - mark.half_height
    half = Path.arc(-90, 90)
    right = [(x + core + radius * across, y + radius * up) for across, up in asarray(half.vertices)]
    left = [(2 * x - across, 2 * y - up) for across, up in right]
    codes = [Path.MOVETO, *[Path.CURVE4] * (len(right) - 1)]
    outline = Path([*right, *left, right[0]], [*codes, Path.LINETO, *codes[1:], Path.CLOSEPOLY])
    axes.add_patch(PathPatch(outline, facecolor=mark.fill, edgecolor=mark.line.colour, linewidth=mark.line.width, zorder=order))


def _label(axes: Axes, mark: Label, order: int) -> None:
    side = {"centre": "center"}.get(mark.anchor, mark.anchor)
    # Names sit on one line whatever hangs below them, so the baseline is placed and not the middle of the ink.
    x, y = mark.at[0], mark.at[1] - 0.24 * mark.size
    looks = {**words(mark.formula), "fontsize": mark.size, "color": mark.colour, "ha": side, "va": "baseline", "zorder": order}
    text = axes.text(x, y, **looks)
    if mark.halo:
        text.set_bbox({"boxstyle": "round,pad=0.1,rounding_size=0.3", "facecolor": PAPER, "edgecolor": "none"})
    if mark.bold:
        # Computer Modern has no bold italics here: a thin outline in the same colour makes them.
        from matplotlib.patheffects import Stroke as Outline

        axes.text(x, y, **looks, path_effects=[Outline(linewidth=BOLD, foreground=mark.colour)])


def words(formula: Formula, display: bool = False) -> dict[str, Any]:
    """What ``Axes.text`` is told to set a formula: mathtext, or plain text in fonts that have its glyphs."""
    if isinstance(formula, Word):
        text = one_line(formula.text)
        return {"s": text, "family": families(text), "parse_math": False}
    return {"s": mathtext(formula, display)}


_PAINTERS: dict[type[Mark], Callable[[Axes, Any, int], None]] = {Stroke: _stroke, Pill: _pill, Label: _label}
