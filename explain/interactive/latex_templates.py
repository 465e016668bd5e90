"""The derivations as LaTeX with places for the live numbers, from the same formula trees as the page.

A place is a number that nobody writes, 98 with the row of a list behind the point: which number, what its place does to
it, how it is rounded, and the forms of a particle. It is as wide as the number that the script puts there. A condition stands
between two numbers with 917; angles are parentheses or brackets, as the numbers in them ask for.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .. import formula as f
from ..document import Block, Document, Text
from ..writers import equation_numbers
from ..writers.latex import Latex
from .live import FACTOR, PLAIN, WHOLE, Binary, Fraction, Number, Script
from .told import Particle, Section, When, WhenSaid
from .writing import Places

__all__ = ["packed", "templates"]

Slot = tuple[int, str, str, str]  # the number, what its place does to it, how it is rounded, the place of the forms of a particle


def templates(title: Sequence[Any], shared: Iterable[Block], sections: Iterable[Section], language: str, places: Places) -> dict[str, Any]:
    """The pieces of text, the slots, and for each section its pieces, each with the condition under which it stands."""
    pieces: dict[str, int] = {}
    slots: dict[Slot, int] = {}

    def listed(blocks: Iterable[Block]) -> list[tuple[int, int]]:
        blocks = tuple(blocks)
        writer = _Templates(equation_numbers(Document(tuple(title), language, blocks)), pictures=False, places=places)
        rows = []
        for block in blocks:
            text = writer.body([_with_places(block, places, slots)])
            condition = places.condition(*block.condition) if isinstance(block, When) else -1
            rows.append((condition, pieces.setdefault(text, len(pieces))))
        return rows

    opening = listed(shared)
    lists = [[*opening, *listed(one.blocks)] for one in sections]
    return {"pieces": list(pieces), "slots": [list(one) for one in slots], "lists": lists}


def packed(data: Any) -> str:
    """Data as deflated JSON in base64."""
    return base64.b64encode(zlib.compress(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode(), 9)).decode()


def _with_places(node: Any, places: Places, slots: dict[Slot, int]) -> Any:
    """The block, inline or formula with a place for every live thing in it."""

    def placed(one: Any) -> Any:
        if isinstance(one, tuple):
            return tuple(map(placed, one))
        put = _PUT.get(type(one))
        if put is not None:
            return put(one, places, slots, placed)
        if not hasattr(one, "__dataclass_fields__"):
            return one
        return type(one)(**{name: placed(getattr(one, name)) for name in one.__dataclass_fields__})

    return placed(node)


def _number(one: Number, places: Places, slots: dict[Slot, int], placed: Callable[[Any], Any]) -> f.Formula:
    return f.Number(_slot(slots, (places.number(one.origin), one.need, one.style, "")))


def _slot(slots: dict[Slot, int], slot: Slot) -> str:
    return f"98.{slots.setdefault(slot, len(slots)):03d}"


def _text(one: Text, places: Places, slots: dict[Slot, int], placed: Callable[[Any], Any]) -> Text:
    if not isinstance(one.text, Particle):
        return one
    return Text(_slot(slots, (places.number(one.text.origin), PLAIN, one.text.style, str(places.particle(one.text.forms)))))


def _fence(one: f.Fence, places: Places, slots: dict[Slot, int], placed: Callable[[Any], Any]) -> f.Fence:
    items = one.body.items if isinstance(one.body, f.Row) else (one.body,)
    inner = any(isinstance(item, Number) and item.need in (FACTOR, WHOLE) for item in items)
    chosen = inner and (one.open, one.close) == ("(", ")")
    return f.Fence(placed(one.body), "⟨" if chosen else one.open, "⟩" if chosen else one.close)


_PUT: dict[type, Callable[..., Any]] = {
    Number: _number,
    Binary: lambda one, places, slots, placed: f.Binary("+"),
    Fraction: lambda one, places, slots, placed: f.Fraction(placed(one.above), placed(one.below)),
    Script: lambda one, places, slots, placed: f.Script(placed(one.base), placed(one.sub), placed(one.sup)),
    f.Fence: _fence,
    Text: _text,
    When: lambda one, places, slots, placed: replace(one, parts=placed(one.parts), lead=placed(one.lead)),
    WhenSaid: lambda one, places, slots, placed: replace(one, parts=placed(one.parts)),
}


@dataclass(frozen=True)
class _Templates(Latex):
    """LaTeX that marks where a sentence stands under a condition."""

    places: Places = field(default_factory=Places)

    def when(self, block: When) -> str:
        """A paragraph under a condition; the list of pieces says which."""
        return self.paragraph(block)

    def whensaid(self, part: WhenSaid) -> str:
        """A sentence between two marks of its condition."""
        mark = f"917.{self.places.condition(*part.condition):04d}"
        return f"{mark}1{self.line(part.parts)}{mark}0"
