"""Where the units, lines and labels of a layered network are: places only, no marks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from sympy import Symbol

from ..formula import Formula, Name, Row, Script
from ..notation import Board
from .plans import Link, Plan, Unit
from .routes import Edge, Route
from .scene import Pill, Point, fitted, size_of
from .style import RIM, STRONG, TEXT, WIDTH

__all__ = ["RADIUS", "WIDEST", "Key", "Layout"]

RADIUS = 11.5
NARROWEST, COLUMN, ROOMY = 54.0, 96.0, 120.0  # between the middles of two layers; with words for names at most the last
ROWS = {1: 58.0, 2: 58.0, 3: 50.0}
ROW = 45.0  # between units of higher layers: a disc, its bias and a gap
VALUED = 84.0  # where numbers stand above and below
LOSS_GAP = 0.8  # of the loss from the outputs, in columns
WIDEST = 0.62  # of a unit, in columns

Key = Link | Unit  # of a line: a link, or an output unit on its way to the loss


@dataclass(frozen=True)
class Layout:
    """The places of what a plan shows, with the routes that are coloured and the symbol in question."""

    plan: Plan
    board: Board
    routes: tuple[Route, ...] = ()
    wrt: Symbol | None = None
    valued: bool = False

    @cached_property
    def column(self) -> float:
        """The distance of two layers: as much as the page allows."""
        gaps = len(self.plan.sizes) - 1 + (LOSS_GAP if self.plan.loss is not None else 0)
        ends = RADIUS + (self.loss_width if self.plan.loss is not None else RADIUS) + 6
        return max(NARROWEST, min(ROOMY if self.board.labels or self.valued else COLUMN, (WIDTH - ends) / gaps))

    @cached_property
    def row(self) -> float:
        """The distance of two units of a layer."""
        return VALUED if self.valued else ROWS.get(max(map(slots, self.plan.shown)), ROW)

    def at(self, layer: float, slot: float, count: int = 1) -> Point:
        """The middle of the slot, from 0 at the top, of a layer with so many slots."""
        return layer * self.column, self.row * ((count - 1) / 2 - slot)

    # ---- units

    @cached_property
    def on_routes(self) -> frozenset[Symbol]:
        """The symbols that a coloured path passes."""
        return frozenset(node for route in self.routes for edge in route for node in edge)

    @cached_property
    def units(self) -> dict[Unit, Pill]:
        """The disc of each shown unit."""
        return {
            (layer, row): self._unit((layer, row), self.at(layer, slot, slots(rows)))
            for layer, rows in enumerate(self.plan.shown)
            for row, slot in zip(rows, slots_of(rows), strict=True)
        }

    def _unit(self, unit: Unit, centre: Point) -> Pill:
        half = max(RADIUS, size_of(self.unit_name(unit), TEXT)[0] / 2 + 4)
        return Pill(centre, half, RADIUS, STRONG if self.plan.outs[unit] in self.on_routes else RIM)

    def unit_name(self, unit: Unit) -> Formula:
        """A unit is named by its output; where that is called out, by the subscript alone: h1 for out_h1."""
        name = fitted(self.board.name(self.plan.outs[unit]), TEXT, WIDEST * self.column - 8)
        if not (isinstance(name, Script) and name.base == Name("out") and name.sub is not None and name.sup is None):
            return name
        return Script(*name.sub.items) if isinstance(name.sub, Row) and len(name.sub.items) == 2 else name.sub

    @cached_property
    def loss_width(self) -> float:
        """Half the width of the bar of the loss."""
        return max(RADIUS, size_of(self.loss_name, TEXT)[0] / 2 + 6) if self.plan.loss is not None else 0.0

    @property
    def loss_name(self) -> Formula:
        """The name of the loss."""
        return fitted(self.board.name(self.plan.loss), TEXT, WIDEST * COLUMN) if self.plan.loss is not None else Name("")

    @cached_property
    def loss(self) -> Pill | None:
        """The bar of the loss, at the far right."""
        if self.plan.loss is None:
            return None
        centre = self.at(len(self.plan.sizes) - 1 + LOSS_GAP, 0)
        return Pill((centre[0] + self.loss_width - RADIUS, 0.0), self.loss_width, RADIUS, STRONG if self.plan.loss in self.on_routes else RIM)

    @cached_property
    def ellipses(self) -> tuple[Point, ...]:
        """The middle of each gap where units are left out."""
        return tuple(self.at(layer, slot, slots(rows)) for layer, rows in enumerate(self.plan.shown) for slot in gaps_of(rows))

    # ---- lines

    @cached_property
    def lines(self) -> dict[Key, tuple[Point, Point]]:
        """From rim to rim, each link, and each output on its way to the loss."""
        pairs: dict[Key, tuple[Pill, Pill]] = {link: (self.units[link[0] - 1, link[1]], self.units[link[0], link[2]]) for link in self.plan.links}
        last = len(self.plan.sizes) - 1
        if self.loss is not None:
            pairs |= {(last, row): (self.units[last, row], self.loss) for row in self.plan.shown[last]}
        return {key: (start.rim(end.centre), end.rim(start.centre)) for key, (start, end) in pairs.items()}

    def colours(self, key: Key) -> tuple[int, ...]:
        """The routes that run along a line, by their number."""
        return self.numbers(self.drawn_by(key))

    def drawn_by(self, key: Key) -> set[Edge]:
        """The edges of the graph that a line stands for: that of the signal, and that of the weight."""
        if len(key) == 2:
            return {(self.plan.outs[key], self.plan.loss)}  # type: ignore[arg-type]
        layer, row, col = key
        net = self.plan.nets[layer, col]
        return {(self.plan.outs[layer - 1, row], net), (self.plan.links[key], net)}

    def numbers(self, edges: set[Edge]) -> tuple[int, ...]:
        """The routes that have one of the edges, by their number."""
        return tuple(place for place, route in enumerate(self.routes) if not route.isdisjoint(edges))

    @cached_property
    def straight(self) -> frozenset[Edge]:
        """The edges of the graph that need no curve: they are drawn as lines, as tails, or lie inside a unit."""
        edges = {edge for key in self.lines for edge in self.drawn_by(key)}
        edges |= {(net, self.plan.outs[unit]) for unit, net in self.plan.nets.items()}
        edges |= {(bias, self.plan.nets[unit]) for unit, bias in self.plan.biases.items()}
        return frozenset(edges | {(target, self.plan.loss) for target in self.plan.targets.values()})  # type: ignore[arg-type]


def slots_of(rows: tuple[int, ...]) -> Iterator[int]:
    """The slot of each row, counted from 0; a gap between rows takes one slot."""
    slot = 0
    for place, row in enumerate(rows):
        slot += place and (2 if row - rows[place - 1] > 1 else 1)
        yield slot


def slots(rows: tuple[int, ...]) -> int:
    """How many slots the rows and the gaps between them take."""
    return list(slots_of(rows))[-1] + 1


def gaps_of(rows: tuple[int, ...]) -> Iterator[int]:
    """The slots of the gaps."""
    yield from sorted(set(range(slots(rows))) - set(slots_of(rows)))
