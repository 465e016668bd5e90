"""The network as a picture in the page itself: what can be chosen, what lights up, and numbers that stay live.

Every line and disc is a part (parts.py), called by the symbol that it shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import pairwise
from math import hypot

from sympy import Symbol

from derive.steps import Claim, Total

from .. import formula as f
from ..boards.numbers import numeral
from ..figures.places import NEAR_THE_SOURCE, Named, placed
from ..figures.plans import Link, Plan, Unit
from ..figures.scene import Box
from ..figures.wording import sentence
from ..locales import Locale
from ..notation import Board
from ..writers import one_line
from .live import Measured
from .parts import Parts, to_loss
from .svg_names import in_disc, in_svg, plain
from .writing import Places

__all__ = ["Picture"]

RADIUS, COLUMN, ROWS = 25, 168, {1: 124, 2: 160, 3: 126}
CROWDED = 88  # between the units of a layer of more than three
FEW_LAYERS, NARROW = 3, 128  # a deeper network has narrower columns, so that its numbers stay legible on a phone
BOW = 140  # how far the middle of a curve is pulled
TO_LOSS = 0.62  # of a column
LEFT, TOP, BOTTOM, RIGHT = 32, 72, 48, 36
LABEL, BIAS, AIM = (66, 36), (68, 36), (46, 16)  # the room of a name with its numbers
PLACES, OF_WEIGHTS = 3, 2  # decimals
APART = 11  # between the lines of one unit to the maps of another
VALUED, FEW_LINES = 3, 9  # units of a layer, and lines between two, up to which each has its number; else where it is lit or on the path
Where = tuple[float, float]


@dataclass(frozen=True)
class Picture:
    """The drawing of a graph with the roles of a network; numbers stand where ``values`` has some, ``choices`` can be chosen."""

    parts: Parts
    board: Board
    words: Locale
    values: Mapping[Symbol | Claim, Measured]
    places: Places
    choices: frozenset[Symbol]

    @property
    def _plan(self) -> Plan:
        return self.parts.plan

    @cached_property
    def _most(self) -> int:
        return max(map(len, self._plan.shown))

    def _row(self) -> int:
        return ROWS.get(self._most, CROWDED)

    def _at(self, unit: Unit) -> Where:
        layer, row = unit
        rows = self._plan.shown[layer]
        middle, height = TOP + (self._most - 1) * self._row() / 2, (self._most - 1) * self._row()
        pitch = min(ROWS.get(len(rows), CROWDED), height / max(len(rows) - 1, 1))
        return LEFT + layer * self._column, middle + (rows.index(row) - (len(rows) - 1) / 2) * pitch

    @cached_property
    def _column(self) -> float:
        return COLUMN if len(self._plan.sizes) <= FEW_LAYERS else NARROW

    @cached_property
    def _loss_at(self) -> Where:
        return LEFT + (len(self._plan.sizes) - 1 + TO_LOSS) * self._column, TOP + (self._most - 1) * self._row() / 2

    # ---- the drawing

    def svg(self) -> str:
        """The whole picture as an SVG element."""
        width, height = self._loss_at[0] + RIGHT, TOP + (self._most - 1) * self._row() + (BOTTOM if not self.parts.curved else BOW / 2 + 6)
        alt = sentence(self.words, "figure.network", sizes=", ".join(map(str, self._plan.sizes)))
        body = "\n".join((*self._links(), *self._bows(), *self._loss_lines(), *self._biases(), *self._units(), *self._ellipses(), *self._loss()))
        return f'<svg viewBox="0 0 {width:g} {height:g}" role="group" aria-label="{escape(alt)}" id="picture">\n{body}\n</svg>'

    def _links(self) -> Iterator[str]:
        for link, weights in sorted(self.parts.weights.items(), key=lambda one: self._cut(one[0])):
            layer, row, col = link
            start, end = self._at((layer - 1, row)), self._at((layer, col))
            for weight, (right, down) in zip(weights, _beside(start, end, len(weights)), strict=True):
                said = f"{self._words_of(weight)}: {self._words_of(self._plan.outs[layer - 1, row])} → {self._words_of(self._plan.outs[layer, col])}"
                label = self._label(weight, self._named_at[link]) if link in self._named_at else self._quiet_label(weight, _between(start, end, 0.5))
                drawn = _line((start[0] + right, start[1] + down), (end[0] + right, end[1] + down))
                yield self._part(weight, said, drawn + label)

    @cached_property
    def _named_at(self) -> dict[Link, Where]:
        """Where the weights have their labels at all times: between layers with few lines, if they have room."""
        found: dict[Link, Where] = {}
        taken = [box for unit in self._plan.outs for box in self._taken(unit)]
        for layer in range(1, len(self._plan.sizes)):
            lines = {
                link: Named(self._at((layer - 1, link[1])), self._at((layer, link[2])), *LABEL, 0.5 if link[1] == link[2] else NEAR_THE_SOURCE)
                for link, weights in self.parts.weights.items()
                if link[0] == layer and len(weights) == 1
            }
            if len(lines) <= FEW_LINES:
                found |= placed(lines, taken) or {}
        return found

    def _cut(self, link: Link) -> int:
        """How many other lines run through the label of a line; where some do, it is drawn after them."""
        if link not in self._named_at:
            return 0
        box = Box.around(self._named_at[link], LABEL[0] / 2, LABEL[1] / 2)
        return sum(box.cut_by(self._at((one[0] - 1, one[1])), self._at((one[0], one[2]))) for one in self._plan.links if one != link)

    def _taken(self, unit: Unit) -> Iterator[Box]:
        """The room of a unit, of its bias where that has its number, and of its target."""
        x, y = self._at(unit)
        yield Box.around((x, y), RADIUS, RADIUS)
        if unit in self._plan.biases and self._valued(unit[0]):
            yield Box.around((x, y - RADIUS - 26), BIAS[0] / 2, BIAS[1] / 2)
        if self._target(unit) is not None:
            yield Box.around((x, y + RADIUS + 12), AIM[0] / 2, AIM[1] / 2)

    def _valued(self, layer: int) -> bool:
        """Do the biases of a layer have their numbers at all times?"""
        single = all(len(group) == 1 for (at, _), group in self.parts.biases.items() if at == layer)
        return single and len(self._plan.shown[layer]) <= VALUED and len(self._plan.sizes) <= FEW_LAYERS

    def _target(self, unit: Unit) -> Symbol | None:
        return self._plan.targets.get(unit[1]) if unit[0] == len(self._plan.sizes) - 1 else None

    def _biases(self) -> Iterator[str]:
        for unit, biases in self.parts.biases.items():
            x, y = self._at(unit)
            label = self._label if self._valued(unit[0]) else self._quiet_label
            for bias, (right, _) in zip(biases, _beside((x, y), (x, y - RADIUS), len(biases)), strict=True):
                drawn = _line((x + right, y - RADIUS - 8), (x + right, y - RADIUS)) + label(bias, (x, y - RADIUS - 27))
                yield self._part(bias, f"{self._words_of(bias)}: {self._words_of(self._plan.outs[unit])}", drawn)

    def _loss_lines(self) -> Iterator[str]:
        last = len(self._plan.sizes) - 1
        for (layer, row), out in self._plan.outs.items():
            if layer == last and self._plan.loss is not None:
                yield f'<g class="part" data-part="{to_loss(out).name}">{_line(self._at((layer, row)), self._loss_at)}</g>'

    def _bows(self) -> Iterator[str]:
        """What is read otherwise than from layer to layer, as a curve over or under the units between."""
        for (read, reader), part in self.parts.curved.items():
            start, end = self._symbol_at(read), self._symbol_at(reader)
            lift = -BOW if start[1] <= self._loss_at[1] else BOW
            drawn = f"M{start[0]:g} {start[1]:g}Q{(start[0] + end[0]) / 2:g} {(start[1] + end[1]) / 2 + lift:g} {end[0]:g} {end[1]:g}"
            yield f'<g class="part" data-part="{part.name}"><path d="{drawn}"/></g>'

    def _symbol_at(self, symbol: Symbol) -> Where:
        units = (*self._plan.outs.items(), *self._plan.nets.items())
        return next((self._at(unit) for unit, one in units if one == symbol), self._loss_at)

    def _units(self) -> Iterator[str]:
        for unit, out in self._plan.outs.items():
            x, y = self._at(unit)
            name, squeezed = in_disc(self._unit_name(out), 2 * RADIUS - 6)
            disc = f'<circle cx="{x:g}" cy="{y:g}" r="{RADIUS}"/><text class="unit" x="{x:g}" y="{y - 4:g}"{squeezed}>{name}</text>'
            value = f'<text class="unit value" x="{x:g}" y="{y + 14:g}">{self._number(out)}</text>'
            target = self._target(unit)
            aim = f'<text class="target" x="{x:g}" y="{y + RADIUS + 17:g}">{self._named(target)} = {self._number(target)}</text>' if target is not None else ""
            kind = "part disc dropped" if out in self.parts.left_out else "part disc"
            yield f'<g class="{kind}" data-part="{out.name}">{disc}{value}{aim}</g>'

    def _loss(self) -> Iterator[str]:
        if self._plan.loss is None:
            return
        x, y = self._loss_at
        name, value = self._named(self._plan.loss), self._number(self._plan.loss)
        pill = f'<rect x="{x - 30:g}" y="{y - 22:g}" width="60" height="44" rx="16"/><text class="unit" x="{x:g}" y="{y - 3:g}">{name}</text>'
        yield f'<g class="part disc" data-part="{self._plan.loss.name}">{pill}<text class="unit value" x="{x:g}" y="{y + 13:g}">{value}</text></g>'

    def _ellipses(self) -> Iterator[str]:
        for layer, rows in enumerate(self._plan.shown):
            for before, after in pairwise(rows):
                if after > before + 1:
                    x, y = _between(self._at((layer, before)), self._at((layer, after)), 0.55)
                    yield f'<text class="unit" x="{x:g}" y="{y:g}">⋮</text>'

    def _part(self, symbol: Symbol, said: str, drawn: str) -> str:
        chosen = f' role="button" tabindex="-1" aria-label="{escape(said)}"' if symbol in self.choices else ""
        kind = "part choice" if symbol in self.choices else "part"
        return f'<g class="{kind}" data-part="{symbol.name}"{chosen}>{drawn}</g>'

    def _label(self, symbol: Symbol, at: Where) -> str:
        x, y = at
        slope = Total(self._plan.loss, symbol) if self._plan.loss is not None else None
        back = f'<text class="back" x="{x:g}" y="{y + 16:g}">{self._number(slope)}</text>' if slope in self.values else ""
        equals = " = " if len(self._plan.sizes) <= FEW_LAYERS else "="
        return f'<text class="weight" x="{x:g}" y="{y - 6:g}">{self._named(symbol)}{equals}{self._number(symbol, OF_WEIGHTS)}</text>{back}'

    def _quiet_label(self, symbol: Symbol, at: Where) -> str:
        """Where there are many weights, the name and the number of the chosen one only."""
        return f'<g class="quiet">{self._label(symbol, at)}</g>'

    def _number(self, what: Symbol | Claim | None, places: int = PLACES) -> str:
        value = self.values.get(what) if what is not None else None
        if value is None:
            return ""
        digits, power = numeral(value.value, places)
        if power is not None:  # a disc has no room for more than one digit and a power
            digits, power = numeral(value.value, 1)
        text = digits.replace("-", "−") + ("" if power is None else "·10" + str(power).translate(_RAISED))
        return f'<tspan data-v="{self.places.number(value.origin)}" data-t="{places}">{text}</tspan>'

    def _words_of(self, symbol: Symbol) -> str:
        return one_line(self.board.labels.get(symbol.name, symbol.name))

    def _unit_name(self, out: Symbol) -> f.Formula:
        """The name of a unit: the subscript of its output, or the output's own name."""
        name = self.board.name(out)
        if isinstance(name, f.Script) and name.sup is None and name.sub is not None and len(plain(name.base)) > 1:
            inner = name.sub.items if isinstance(name.sub, f.Row) else ()
            return f.Script(*inner) if len(inner) == 2 else name.sub
        return name

    def _named(self, symbol: Symbol) -> str:
        return in_svg(self.board.name(symbol))


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _between(start: Where, end: Where, share: float) -> Where:
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


def _line(start: Where, end: Where) -> str:
    ends = f'x1="{start[0]:g}" y1="{start[1]:g}" x2="{end[0]:g}" y2="{end[1]:g}"'
    return f'<line class="reach" {ends}/><line {ends}/>'


def _beside(start: Where, end: Where, count: int) -> list[Where]:
    """By how much each of some lines between two places is moved, so that they run beside each other."""
    length = hypot(end[0] - start[0], end[1] - start[1])
    across = (start[1] - end[1]) / length, (end[0] - start[0]) / length
    return [((place - (count - 1) / 2) * APART * across[0], (place - (count - 1) / 2) * APART * across[1]) for place in range(count)]
