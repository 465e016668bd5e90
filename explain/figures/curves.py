"""The picture of a training: the mean loss step by step."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from ..document import Figure
from ..formula import Word
from .canvas import plotted
from .canvas import words as set_words
from .style import PATHS, SMALL, WIDTH
from .wording import Locale, english, sentence

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

__all__ = ["losses"]

HEIGHT = 190.0
SPREAD = 50.0  # from here on the largest loss hides the small ones, and a logarithmic scale shows both


def losses(values: Sequence[float], words: Locale | None = None) -> Figure:
    """The curve of the mean losses of a training, one a step; the scale is logarithmic where they spread widely."""
    told = words or english()
    axes = sentence(told, "figure.losses.across"), sentence(told, "figure.losses.up")
    first, last = (f"{value:.4g}" for value in (values[0], values[-1]))
    alt = sentence(told, "figure.losses", steps=str(len(values)), first=first, last=last)
    shown = tuple(map(float, values))
    return plotted("losses", (shown, axes), partial(_paint, shown, axes), (WIDTH, HEIGHT), alt)


def _paint(values: tuple[float, ...], names: tuple[str, str], canvas: Canvas) -> None:
    axes = canvas.add_axes((0.13, 0.2, 0.84, 0.76))
    low, high = min(values), max(values)
    axes.set_yscale("log" if low > 0 and high > SPREAD * low else "linear")
    axes.plot(range(1, len(values) + 1), values, color=PATHS[0].colour, linewidth=1.2)
    axes.set_xlim(1, max(len(values), 2))
    if axes.get_yscale() == "linear":
        axes.set_ylim(min(low, 0), None)
    for name, place in zip(names, (axes.set_xlabel, axes.set_ylabel), strict=True):
        looks = set_words(Word(name))
        place(looks.pop("s"), fontsize=SMALL, **looks)
    axes.tick_params(labelsize=SMALL)
    axes.spines[["top", "right"]].set_visible(False)
