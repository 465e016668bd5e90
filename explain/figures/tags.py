"""The names, and where there are numbers the numbers, of a layered network: where each stands, and the curves between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sympy import Symbol

from ..formula import Formula, Relation, row
from ..notation import SUM
from .layouts import RADIUS, WIDEST, Layout
from .places import Named, placed
from .plans import Link, Unit
from .readings import Readings
from .routes import Edge
from .scene import Box, Point, Tag, fitted
from .style import SMALL, TINY

__all__ = ["TAIL", "Tags"]

TAIL = 9.0  # of a bias
MOST_NAMES = 12  # of weights between two layers; more of them would hide the lines
BOW = 24  # points of a curve


@dataclass(frozen=True)
class Tags:
    """The tags of what a layout shows."""

    layout: Layout
    readings: Readings = field(default_factory=Readings)

    # ---- what they say

    def _lines(self, symbol: Symbol, room: float, size: float) -> tuple[Formula, ...]:
        """A name with its value, and below it the derivative by it."""
        name = fitted(self.layout.board.name(symbol), size, room)
        value, slope = (self._number(table, symbol) for table in (self.readings.forward, self.readings.backward))
        first = name if value is None else row(name, Relation("="), value)
        return (first,) if slope is None else (first, slope)

    def _number(self, table: Mapping[Symbol, object], symbol: Symbol) -> Formula | None:
        board = self.layout.board
        return board.inside(board.number(table[symbol]), SUM) if symbol in table else None

    @property
    def size(self) -> float:
        """Of the names on lines: smaller where numbers stand with them."""
        return TINY if self.readings.forward else SMALL

    # ---- units

    @cached_property
    def units(self) -> dict[Unit, Tag]:
        """The output of each unit and the derivative by it, below the unit."""
        return {unit: tag for unit, symbol in self.layout.plan.outs.items() if (tag := self._below(symbol, self.layout.units[unit].box))}

    @cached_property
    def loss(self) -> Tag | None:
        """The loss and its derivative by itself, below its bar."""
        return self._below(self.layout.plan.loss, self.layout.loss.box) if self.layout.loss and self.layout.plan.loss else None

    def _below(self, symbol: Symbol, box: Box) -> Tag | None:
        numbers = tuple(number for table in (self.readings.forward, self.readings.backward) if (number := self._number(table, symbol)))
        return Tag(((box.left + box.right) / 2, box.bottom - 2 - 0.55 * TINY * len(numbers)), numbers, TINY) if numbers else None

    @cached_property
    def biases(self) -> dict[Unit, Tag]:
        """Each bias at the foot of its tail: below the unit, or above it where numbers stand below."""
        return {unit: self._bias(unit, bias) for unit, bias in self.layout.plan.biases.items()}

    def _bias(self, unit: Unit, bias: Symbol) -> Tag:
        lines = self._lines(bias, WIDEST * self.layout.column, TINY)
        x, y = self.layout.units[unit].centre
        away = RADIUS + TAIL + 0.55 * TINY * len(lines)
        return Tag((x, y + away if self.readings.forward else y - away), lines, TINY)

    # ---- weights

    @cached_property
    def links(self) -> dict[Link, Tag]:
        """Each weight on its line; of a layer too crowded for all, those on the paths."""
        tags: dict[Link, Tag] = {}
        for layer in range(1, len(self.layout.plan.sizes)):
            links = [link for link in self.layout.plan.links if link[0] == layer]
            paths = [link for link in links if self.layout.colours(link)] if self.layout.wrt is not None else [links[0], links[-1]]
            tags |= (len(links) <= MOST_NAMES and self._placed(links, links)) or self._placed(paths, links) or {}
        return tags

    def _placed(self, named: list[Link], links: list[Link]) -> dict[Link, Tag] | None:
        tags = {link: self._tag(link) for link in named}
        wanted = {link: Named(*self.layout.lines[link], 2 * tag.box.right + 2, 2 * tag.box.top + 1) for link, tag in tags.items()}
        taken = [one.box for one in (*self.layout.units.values(), *self.units.values(), *self.biases.values())]
        places = placed(wanted, taken, [self.layout.lines[link] for link in links if link not in wanted])
        return None if places is None else {link: Tag(places[link], tag.lines, tag.size) for link, tag in tags.items()}

    def _tag(self, link: Link) -> Tag:
        (x, _), (end, _) = self.layout.lines[link]
        return Tag((0.0, 0.0), self._lines(self.layout.plan.links[link], end - x - 20, self.size), self.size)

    # ---- curves

    @cached_property
    def bows(self) -> dict[Edge, tuple[Point, ...]]:
        """The curves of what is read otherwise than from layer to layer: a skip connection, a weight that the loss reads."""
        edges = [*self.layout.plan.others, *sorted((edge for route in self.layout.routes for edge in route), key=str)]
        ends = {edge: (self._symbol_box(edge[0]), self._symbol_box(edge[1])) for edge in edges if edge not in self.layout.straight}
        return {edge: self._bow(start, end) for edge, (start, end) in ends.items() if start and end}

    def _bow(self, start: Box, end: Box) -> tuple[Point, ...]:
        """A parabola over the highest unit (Bézier's, of second degree)."""
        (x, y), (end_x, end_y) = start.head, end.head
        middle, lift = (x + end_x) / 2, max(pill.box.top for pill in self.layout.units.values()) + 0.75 * self.layout.row
        weights = [((1 - t) ** 2, 2 * t * (1 - t), t**2) for t in (step / BOW for step in range(BOW + 1))]
        return tuple((a * x + b * middle + c * end_x, a * y + b * lift + c * end_y) for a, b, c in weights)

    def _symbol_box(self, symbol: Symbol) -> Box | None:
        """The box that shows a symbol, if it is shown."""
        layout, plan = self.layout, self.layout.plan
        shown = {plan.outs[unit]: pill.box for unit, pill in layout.units.items()}
        shown |= {net: layout.units[unit].box for unit, net in plan.nets.items()}
        shown |= {plan.links[link]: tag.box for link, tag in self.links.items()}
        shown |= {plan.biases[unit]: tag.box for unit, tag in self.biases.items()}
        return layout.loss.box if layout.loss and symbol == plan.loss else shown.get(symbol)
