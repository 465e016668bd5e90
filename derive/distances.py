"""Distances between two points, as graphs: sums of powers of the differences of their coordinates.

To add one: a row in ``DISTANCES``: its name and the text of d in the differences u1, u2, … of the coordinates.
"""

from __future__ import annotations

from collections.abc import Callable

from .errors import DeriveError, UnknownNameError
from .graph import Graph
from .parsing import parse_graph

__all__ = ["DISTANCES", "distance"]

MOST_DIMENSIONS = 100

# The kinks: of the Manhattan distance where two coordinates are equal, of the others only where both points are (there
# the slope of a root has no value); the Minkowski distance is meant for m ≥ 1.
DISTANCES: dict[str, Callable[[list[str], str], str]] = {
    "manhattan": lambda differences, power: " + ".join(f"abs({one})" for one in differences),
    "euclid": lambda differences, power: f"sqrt({' + '.join(f'{one}**2' for one in differences)})",
    "minkowski": lambda differences, power: f"({' + '.join(f'abs({one})**{power}' for one in differences)})**(1/{power})",
}


def distance(name: str = "euclid", dimensions: int = 2, power: str | int = "m") -> Graph:
    """The graph of a distance d between the points (x1, x2, …) and (y1, y2, …), and of the similarity s = 1/(1 + d).

    name is "manhattan" (L1), "euclid" (L2) or "minkowski" (L_m, with ``power`` for m: a name or a number from 1 on).
    Raises DeriveError for another name, power or number of dimensions.
    """
    if name not in DISTANCES:
        raise UnknownNameError("distance", name, DISTANCES)
    if isinstance(dimensions, bool) or not isinstance(dimensions, int) or not 1 <= dimensions <= MOST_DIMENSIONS:
        raise DeriveError(f"dimensions={dimensions!r}; it is a whole number from 1 to {MOST_DIMENSIONS}")
    if isinstance(power, bool) or not isinstance(power, str | int) or (isinstance(power, int) and power < 1):
        raise DeriveError(f"power={power!r}; it is a name or a whole number from 1 on")
    places = range(1, dimensions + 1)
    lines = [f"u{one} = x{one} - y{one}" for one in places]
    lines += [f"d = {DISTANCES[name]([f'u{one}' for one in places], str(power))}", "s = 1/(1 + d)"]
    return parse_graph("\n".join(lines))
