"""Where the units, lines and labels of a layered network are: places only, no marks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sympy import Symbol

from ..formula import Formula, Name, Row, Script
from ..notation import Board
from .places import Named, placed
from .plans import Link, Plan, Unit
from .routes import Edge, Route
from .scene import Box, Label, Pill, Point, fitted, size_of
from .style import RIM, SMALL, STRONG, TEXT, TINY, WIDTH

__all__ = ["TAIL", "Key", "Layout"]

RADIUS = 11.5
NARROWEST, COLUMN, ROOMY = 54.0, 96.0, 120.0  # between the middles of two layers; with words for names at most the last
ROWS = {1: 58.0, 2: 58.0, 3: 50.0}
ROW = 45.0  # between units of higher layers: a disc, its bias and a gap
LOSS_GAP = 0.8  # of the loss from the outputs, in columns
WIDEST = 0.62  # of a unit, in columns
TAIL = 9.0  # of a bias
MOST_NAMES = 12  # of weights between two layers; more of them would hide the lines
BOW = 24  # points of a curve

Key = Link | Unit  # of a line: a link, or an output unit on its way to the loss


@dataclass(frozen=True)
class Layout:
    """The places of what a plan shows, with the routes that are coloured and the symbol in question."""

    plan: Plan
    board: Board
    routes: tuple[Route, ...] = ()
    wrt: Symbol | None = None

    @cached_property
    def column(self) -> float:
        """The distance of two layers: as much as the page allows."""
        gaps = len(self.plan.sizes) - 1 + (LOSS_GAP if self.plan.loss is not None else 0)
        ends = RADIUS + (self.loss_width if self.plan.loss is not None else RADIUS) + 6
        return max(NARROWEST, min(ROOMY if self.board.labels else COLUMN, (WIDTH - ends) / gaps))

    @cached_property
    def row(self) -> float:
        """The distance of two units of a layer."""
        return ROWS.get(max(map(slots, self.plan.shown)), ROW)

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
        return self.numbers(self._drawn_by(key))

    def _drawn_by(self, key: Key) -> set[Edge]:
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
    def bows(self) -> dict[Edge, tuple[Point, ...]]:
        """The curves of what is read otherwise than from layer to layer: a skip connection, a weight that the loss reads."""
        lines = {edge for key in self.lines for edge in self._drawn_by(key)}
        inside = {(net, self.plan.outs[unit]) for unit, net in self.plan.nets.items()} | {(b, self.plan.nets[unit]) for unit, b in self.plan.biases.items()}
        target = {(one, self.plan.loss) for one in self.plan.targets.values()}
        ordered = [*self.plan.others, *sorted((edge for route in self.routes for edge in route), key=str)]
        found = {edge: (self._place(edge[0]), self._place(edge[1])) for edge in ordered if edge not in lines | inside | target}
        return {edge: self._bow(start, end) for edge, (start, end) in found.items() if start and end}

    def _place(self, symbol: Symbol) -> Box | None:
        """The box that shows a symbol, if it is shown."""
        unit = next((unit for table in (self.plan.outs, self.plan.nets) for unit, one in table.items() if one == symbol), None)
        if unit is not None:
            return self.units[unit].box
        if self.loss is not None and symbol == self.plan.loss:
            return self.loss.box
        labels = [label for link, label in self.link_labels.items() if self.plan.links[link] == symbol]
        labels += [label for unit, label in self.bias_labels.items() if self.plan.biases[unit] == symbol]
        return labels[0].box if labels else None

    def _bow(self, start: Box, end: Box) -> tuple[Point, ...]:
        (x, y), (end_x, end_y) = start.head, end.head
        top = max(pill.box.top for pill in self.units.values())
        middle, lift = (x + end_x) / 2, top + 0.75 * self.row
        parts = [step / BOW for step in range(BOW + 1)]
        return tuple(((1 - t) ** 2 * x + 2 * t * (1 - t) * middle + t**2 * end_x, (1 - t) ** 2 * y + 2 * t * (1 - t) * lift + t**2 * end_y) for t in parts)

    # ---- labels

    @cached_property
    def bias_labels(self) -> dict[Unit, Label]:
        """The name of each bias, at the foot of its tail below the unit."""
        return {unit: self._bias_label(unit, bias) for unit, bias in self.plan.biases.items()}

    def _bias_label(self, unit: Unit, bias: Symbol) -> Label:
        pill = self.units[unit]
        name = fitted(self.board.name(bias), TINY, WIDEST * self.column)
        return Label((pill.centre[0], pill.centre[1] - RADIUS - TAIL - TINY / 2), name, TINY)

    @cached_property
    def link_labels(self) -> dict[Link, Label]:
        """The name of each weight on its line; of a layer too crowded for all, the names on the paths."""
        labels: dict[Link, Label] = {}
        for layer in range(1, len(self.plan.sizes)):
            links = [link for link in self.plan.links if link[0] == layer]
            paths = [link for link in links if self.colours(link)] if self.wrt is not None else [links[0], links[-1]]
            places = (len(links) <= MOST_NAMES and self._placed(links, links)) or self._placed(paths, links) or {}
            labels |= {link: Label(at, self._link_name(link), SMALL, halo=True) for link, at in places.items()}
        return labels

    def _placed(self, named: list[Link], links: list[Link]) -> Mapping[Link, Point] | None:
        taken = [pill.box for pill in self.units.values()] + [label.box for label in self.bias_labels.values()]
        wanted = {link: Named(*self.lines[link], *self._room(link)) for link in named}
        return placed(wanted, taken, [self.lines[link] for link in links if link not in wanted])

    def _room(self, link: Link) -> tuple[float, float]:
        width, height = size_of(self._link_name(link), SMALL)
        return width + 2, height + 1

    def _link_name(self, link: Link) -> Formula:
        (x, _), (end, _) = self.lines[link]
        return fitted(self.board.name(self.plan.links[link]), SMALL, end - x - 20)


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
