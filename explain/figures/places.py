"""Where labels stand on the lines that they name, so that none covers another label, a node, or much of another line."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from .scene import Box, Point, along

__all__ = ["Named", "Segment", "placed"]

Segment = tuple[Point, Point]
K = TypeVar("K", bound=Hashable)

NEAR_THE_SOURCE = 0.31  # a third of the way, where the lines of a source have parted and those of a target not yet met
STEPS, FIRST, LAST = range(0, 48, 3), 0.1, 0.78  # hundredths of the way to try on both sides, and how near the ends
FAR, CROSSING = 5.0, 3.0  # what a whole length away from there counts, against one line that is covered
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Named:
    """A straight line, the size of the label that it wants, and where on its way it wants it."""

    start: Point
    end: Point
    width: float
    height: float
    near: float = NEAR_THE_SOURCE

    @property
    def parts(self) -> list[float]:
        """The parts of the way to try, the wished one first."""
        return [part for step in STEPS for sign in (1, -1) if FIRST <= (part := self.near + sign * step / 100) <= LAST]

    def box(self, part: float) -> Box:
        """The box of the label when it stands that part of the way along the line."""
        return Box.around(along(self.start, self.end, part), self.width / 2, self.height / 2)


def placed(lines: Mapping[K, Named], taken: Sequence[Box], unnamed: Sequence[Segment] = ()) -> dict[K, Point] | None:
    """The middle of each line's label; None where they cannot all stand free of each other and of what is taken.

    Each label in turn takes the best place that the others leave it; a few rounds let the first ones give way.
    """
    parts: dict[K, float | None] = dict.fromkeys(lines)
    for _ in range(ROUNDS):
        for key, line in lines.items():
            others = [lines[one].box(part) for one, part in parts.items() if one != key and part is not None]
            parts[key] = _best(line, [*taken, *others], [*unnamed, *((other.start, other.end) for one, other in lines.items() if one != key)])
    if None in parts.values():
        return None
    return {key: along(lines[key].start, lines[key].end, part) for key, part in parts.items() if part is not None}


def _best(line: Named, boxes: Sequence[Box], rivals: Sequence[Segment]) -> float | None:
    best, lowest = None, float("inf")
    for part in line.parts:
        box, cost = line.box(part), FAR * abs(part - line.near)
        if cost < lowest and not any(box.meets(one) for one in boxes):
            cost += CROSSING * sum(box.cut_by(*one) for one in rivals)
            if cost < lowest:
                best, lowest = part, cost
    return best
