"""The one style of all pictures: sizes in points, colours, strokes, and what matplotlib is told of them.

The colours of paths are told apart by colour-blind eyes (Okabe and Ito, 2008), and in grey by their dashes.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "BACKWARD", "FAINT", "INK", "LIT", "MARGIN", "PAPER", "PATHS", "PLAIN", "RIM", "RULE", "SERIES", "SETTINGS", "SMALL", "STRONG",
    "TEXT", "TINY", "WIDTH", "Line",
]  # fmt: skip

WIDTH = 340.0  # of the widest picture: the text of LaTeX's article is 345 TeX points, 343.7 of these
MARGIN = 2.0
TEXT, SMALL, TINY = 10.0, 9.0, 8.0

INK, FAINT, RULE, PAPER = "#1a1a1a", "#666666", "#b0b0b0", "#ffffff"
BACKWARD = "#006d4e"  # of a number that comes back from the result


@dataclass(frozen=True, slots=True)
class Line:
    """How a line is drawn: its colour, its width and the lengths of its dashes and gaps, in points."""

    colour: str = INK
    width: float = 0.8
    dash: tuple[float, ...] = ()


PLAIN = Line(RULE, 0.7)
RIM = Line(FAINT, 0.8)
STRONG = Line(INK, 1.4)
LIT = Line("#ffdf6b", 9.0)  # what is spoken of now, as if by a marker: it is the darkest that leaves names on it easy to read
# Several curves in one chart: each colour has its own dash.
SERIES = (
    Line("#0072b2", 1.3),
    Line("#d55e00", 1.3, (4.2, 1.6)),
    Line("#00805f", 1.3, (6.0, 1.5, 1.2, 1.5)),
    Line("#a3527f", 1.3, (1.3, 1.3)),
    Line(INK, 1.3, (8.0, 2.0)),
    Line("#8a6d00", 1.3, (3.0, 1.2, 1.2, 1.2, 1.2, 1.2)),
)

PATHS = tuple(Line(one.colour, 1.7, one.dash) for one in SERIES[:4])

SETTINGS: dict[str, object] = {
    "mathtext.fontset": "cm",
    "font.family": ["STIXGeneral"],
    "font.size": SMALL,
    "svg.hashsalt": "gradnotes",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "pdf.compression": 9,
    "axes.linewidth": 0.6,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.formatter.use_mathtext": True,
    "text.color": INK,
}
