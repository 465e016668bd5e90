"""A scene: the marks of a drawing with their places in points, before anything is drawn.

y grows upwards. Widths of words and formulas are the estimates of ``writers.widths``, so that a scene is
laid out, compared and tested without matplotlib.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import hypot

from ..formula import Formula, Word
from ..writers.widths import Widths
from .style import INK, MARGIN, PAPER, RIM, TEXT, Line

__all__ = ["Box", "Label", "Mark", "Pill", "Point", "Scene", "Stroke", "Tag", "along", "fitted", "framed", "size_of"]

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle."""

    left: float
    bottom: float
    right: float
    top: float

    @classmethod
    def around(cls, centre: Point, half_width: float, half_height: float) -> Box:
        """The box of that half width and half height around a point."""
        return cls(centre[0] - half_width, centre[1] - half_height, centre[0] + half_width, centre[1] + half_height)

    @property
    def head(self) -> Point:
        """The middle of its upper side."""
        return (self.left + self.right) / 2, self.top

    def meets(self, other: Box) -> bool:
        """Do the two share more than an edge?"""
        return self.left < other.right and other.left < self.right and self.bottom < other.top and other.bottom < self.top

    def cut_by(self, start: Point, end: Point) -> bool:
        """Does the segment from start to end run through the box? (Liang and Barsky, 1984)"""
        enter, leave = 0.0, 1.0
        for from_, to, low, high in ((start[0], end[0], self.left, self.right), (start[1], end[1], self.bottom, self.top)):
            if from_ == to:
                if not low < from_ < high:
                    return False
                continue
            one, other = sorted(((low - from_) / (to - from_), (high - from_) / (to - from_)))
            enter, leave = max(enter, one), min(leave, other)
        return enter < leave


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through some points, with an arrow's head at its end where ``head`` says so."""

    points: tuple[Point, ...]
    line: Line
    head: bool = False

    @property
    def box(self) -> Box:
        """The smallest box around it."""
        across, up = zip(*self.points, strict=True)
        return Box(min(across), min(up), max(across), max(up))


@dataclass(frozen=True, slots=True)
class Pill:
    """A disc, or where half_width is the larger one, a bar with round ends."""

    centre: Point
    half_width: float
    half_height: float
    line: Line = RIM
    fill: str = PAPER

    @property
    def box(self) -> Box:
        """The smallest box around it."""
        return Box.around(self.centre, self.half_width, self.half_height)

    def rim(self, towards: Point) -> Point:
        """Where the straight line from the centre to another point leaves it."""
        (x, y), radius = self.centre, self.half_height
        across, up = towards[0] - x, towards[1] - y
        length = hypot(across, up)
        across, up = across / length, up / length
        core = self.half_width - radius
        if abs(across) * radius <= core * abs(up):
            reach = radius / abs(up)
        else:
            # The round end: a circle about (±core, 0).
            reach = abs(across) * core + (radius**2 - (up * core) ** 2) ** 0.5
        return x + reach * across, y + reach * up


@dataclass(frozen=True, slots=True)
class Label:
    """A formula or, as a Word, plain text; ``at`` is its middle, or its left end where ``anchor`` is "left".

    ``halo`` puts paper behind it, so that it can stand on a line.
    """

    at: Point
    formula: Formula
    size: float = TEXT
    colour: str = INK
    bold: bool = False
    halo: bool = False
    anchor: str = "centre"

    @property
    def box(self) -> Box:
        """The smallest box around it, by the estimate of its width."""
        width, height = size_of(self.formula, self.size)
        middle = {"centre": 0.0, "left": width / 2, "right": -width / 2}[self.anchor]
        return Box.around((self.at[0] + middle, self.at[1]), width / 2, height / 2)


Mark = Stroke | Pill | Label


@dataclass(frozen=True, slots=True)
class Tag:
    """A name and what belongs to it, line under line around a middle."""

    at: Point
    lines: tuple[Formula, ...]
    size: float

    @property
    def box(self) -> Box:
        """The smallest box around it."""
        sizes = [size_of(line, self.size) for line in self.lines]
        return Box.around(self.at, max(width for width, _ in sizes) / 2, sum(height for _, height in sizes) / 2)

    def labels(self, colours: Iterable[str], bold: bool = False, halo: bool = False) -> Iterator[Label]:
        """The lines as labels, each in its colour; only the first is set in bold."""
        top = self.at[1] + 0.55 * self.size * (len(self.lines) - 1)
        for place, (line, colour) in enumerate(zip(self.lines, colours, strict=False)):
            yield Label((self.at[0], top - 1.1 * self.size * place), line, self.size, colour, bold and place == 0, halo)


@dataclass(frozen=True, slots=True)
class Scene:
    """Marks in the order in which they are drawn, later ones on top, and the frame that is seen of them."""

    frame: Box
    marks: tuple[Mark, ...]


def framed(marks: Iterable[Mark], margin: float = MARGIN) -> Scene:
    """The scene that shows all marks, and a margin around them; places are rounded to what can be seen."""
    kept = tuple(map(_rounded, marks))
    boxes = [mark.box for mark in kept]
    left, bottom = min(box.left for box in boxes), min(box.bottom for box in boxes)
    right, top = max(box.right for box in boxes), max(box.top for box in boxes)
    return Scene(Box(left - margin, bottom - margin, right + margin, top + margin), kept)


def _rounded(mark: Mark) -> Mark:
    if isinstance(mark, Stroke):
        return replace(mark, points=tuple(map(_near, mark.points)))
    if isinstance(mark, Pill):
        return replace(mark, centre=_near(mark.centre), half_width=round(mark.half_width, 2))
    return replace(mark, at=_near(mark.at))


def _near(place: Point) -> Point:
    # Adding zero turns a rounded −0.0 into 0.0, which is written otherwise.
    return round(place[0], 2) + 0.0, round(place[1], 2) + 0.0


def size_of(formula: Formula, size: float) -> tuple[float, float]:
    """The width and the height in points of a name or a word set in that size."""
    return Widths(display=False)(formula) * size, 1.1 * size


def fitted(formula: Formula, size: float, room: float) -> Formula:
    """The formula; of words that are wider than the room, the beginning and three dots."""
    if not isinstance(formula, Word) or size_of(formula, size)[0] <= room:
        return formula
    cuts = (Word(formula.text[:end].rstrip() + "…") for end in range(len(formula.text) - 1, 0, -1))
    return next((cut for cut in cuts if size_of(cut, size)[0] <= room), Word("…"))


def along(start: Point, end: Point, part: float) -> Point:
    """The point that lies that part of the way from start to end."""
    return start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])
