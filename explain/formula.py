"""The formula tree: what a formula looks like, before any writer prints it.

Notation builds these nodes from expressions and facts; each writer prints each kind with one short
method. Text inside is raw: escaping belongs to the writer.

To add a kind of node: a record here, one method in each file of ``writers``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "Binary", "Cases", "Fence", "Formula", "Fraction", "Lines", "Matrix", "Name", "Number",
    "Over", "Prefix", "Relation", "Root", "Row", "Script", "Times", "UnderBrace", "Word", "row",
]  # fmt: skip


class Node:
    """Equality, hash and text by kind and fields, shared by all kinds of nodes, blocks and inlines.

    A dataclass would generate them again for each of some forty kinds, which takes a tenth of the start of a
    short command.
    """

    __slots__ = ()

    def _key(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._key() == other._key()  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash((type(self), self._key()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self._key()))})"


class Formula(Node):
    """Any node of the tree."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Row(Formula):
    """Nodes side by side, nothing between them."""

    items: tuple[Formula, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Name(Formula):
    """A letter or a word that names something: one character is set in italics, more upright.

    ``text`` is Unicode ("w", "net", "δ", "𝟙"); ``style`` "bold" for matrices where a notation wants it,
    "upright" or "italic" to overrule the length; "function" for ln, exp, max, which are spaced as functions.
    """

    text: str
    style: Literal["auto", "upright", "italic", "bold", "function"] = "auto"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Number(Formula):
    """A number as it is printed, such as "0.45" or "1e-12"; a minus sign in front is part of it."""

    text: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Word(Formula):
    """Ordinary words inside a formula, in the page's text font ("if", "otherwise", a display label)."""

    text: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Binary(Formula):
    """A sign between two terms: "+" or "−" (spaced on both sides); also "⊙", "∘"."""

    sign: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Prefix(Formula):
    """A sign before one term: "−", "∂", "d" (no space after it)."""

    sign: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Times(Formula):
    """What stands between factors: "" (a thin space at most) or "·" (needed between numbers)."""

    sign: Literal["", "·"] = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Relation(Formula):
    """ "=", "≈", "→", "←", "<", ">", "≤", "≥", "≠", "∈" or ",": a line may be broken before it (after a comma)."""

    sign: str = "="


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Fraction(Formula):
    """above over below."""

    above: Formula
    below: Formula


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Script(Formula):
    """A base with a subscript, a superscript or both."""

    base: Formula
    sub: Formula | None = None
    sup: Formula | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Root(Formula):
    """The square root of the body, or the one of the given index."""

    body: Formula
    index: Formula | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Fence(Formula):
    """The body between "(" ")", "[" "]", "|" "|", "‖" "‖" or "{" "}"; fences grow with the body.

    ``tall`` is the least size, from 0 to 4, of an end whose other end stands on another line.
    """

    body: Formula
    open: str = "("
    close: str = ")"
    tall: int = 0


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class UnderBrace(Formula):
    """The body with a brace below it that carries a label: a part that gets a name."""

    body: Formula
    label: Formula


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Over(Formula):
    """A mark over the body: "¯" (a mean) or "^" (an estimate)."""

    body: Formula
    mark: Literal["¯", "^"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Matrix(Formula):
    """Rows of entries between square brackets; one that goes on in the next line, or comes from the one before, lacks a bracket there."""

    rows: tuple[tuple[Formula, ...], ...]
    open: str = "["
    close: str = "]"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Cases(Formula):
    """Alternatives behind one brace, each a value and its condition."""

    rows: tuple[tuple[Formula, Formula], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Lines(Formula):
    """Aligned lines: (left side, relation and right side, reason in words or None).

    The relations stand under each other; a continued chain has an empty left side. Only at the top of an
    equation, never inside another node.
    """

    rows: tuple[tuple[Formula, Formula, tuple[object, ...] | None], ...]


def row(*items: Formula | Iterable[Formula]) -> Formula:
    """The items side by side, rows inside rows flattened; one item stands alone."""
    flat: list[Formula] = []
    for item in items:
        for one in (item,) if isinstance(item, Formula) else item:
            flat.extend(one.items if isinstance(one, Row) else (one,))
    return flat[0] if len(flat) == 1 else Row(tuple(flat))
