"""Lines that routes run along: side by side in their colours where they share one."""

from __future__ import annotations

from collections.abc import Iterator
from math import hypot

from .scene import Point, Stroke, along
from .style import PATHS

__all__ = ["beside", "coloured", "rounded"]

APART = 3.2  # of two routes that share a line
CORNER = 9.0  # how far from a corner its rounding starts
ARC = 6  # points of a rounding


def coloured(points: tuple[Point, ...], routes: tuple[int, ...]) -> Iterator[Stroke]:
    """One stroke with an arrow's head for each route, by its number."""
    for place, route in enumerate(routes):
        yield Stroke(beside(points, APART * ((len(routes) - 1) / 2 - place)), PATHS[route], head=True)


def beside(points: tuple[Point, ...], side: float) -> tuple[Point, ...]:
    """The line moved sideways, to the left where ``side`` is positive."""
    moved = []
    for place, (x, y) in enumerate(points):
        (before_x, before_y), (after_x, after_y) = points[max(place - 1, 0)], points[min(place + 1, len(points) - 1)]
        length = hypot(after_x - before_x, after_y - before_y)
        moved.append((x - side * (after_y - before_y) / length, y + side * (after_x - before_x) / length))
    return tuple(moved)


def rounded(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """The line with its corners rounded (each by a parabola)."""
    smooth = [points[0]]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        start, end = _towards(corner, before), _towards(corner, after)
        steps = [step / ARC for step in range(ARC + 1)]
        smooth += [along(along(start, corner, t), along(corner, end, t), t) for t in steps]
    return (*smooth, points[-1])


def _towards(corner: Point, other: Point) -> Point:
    length = hypot(other[0] - corner[0], other[1] - corner[1])
    return along(corner, other, min(CORNER / length, 0.5)) if length else corner
