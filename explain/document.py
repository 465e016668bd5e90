"""Document: the page before it has a format, as neutral blocks and inlines.

A writer prints each kind of block and inline with one short method named after it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

from .formula import Formula, Node

__all__ = [
    "Block", "Cite", "Code", "Document", "Emphasis", "Equation", "Figure", "Heading", "Inline", "Items",
    "Math", "Paragraph", "Strong", "Table", "Text",
]  # fmt: skip


class Inline(Node):
    """Any part of a line."""

    __slots__ = ()


class Block(Node):
    """Any part of a page."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Text(Inline):
    """Words, raw; the writer escapes them."""

    text: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Math(Inline):
    """A formula in the line."""

    formula: Formula


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Strong(Inline):
    """Something to be seen first."""

    parts: tuple[Inline, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Emphasis(Inline):
    """A reason or an aside."""

    parts: tuple[Inline, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Cite(Inline):
    """A reference to an equation by its label; printed as its number, "(3)"."""

    label: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Heading(Block):
    """A title; level 1 for the page, 2 for a derivation, 3 for a part of it."""

    level: int
    parts: tuple[Inline, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Paragraph(Block):
    """Running text. ``lead`` is a bold run-in title ("Chain rule."), empty where there is none.

    ``refuted`` where it says of something the page derives that it is refuted.
    """

    parts: tuple[Inline, ...]
    lead: tuple[Inline, ...] = ()
    refuted: bool = field(default=False, kw_only=True)

    def _key(self) -> tuple[object, ...]:
        return self.parts, self.lead


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Equation(Block):
    """A displayed formula (Lines for several aligned ones); numbered where it has a label.

    The label is unique in the document, ASCII letters, digits, ":", "-", "_" and "/" only. ``walk`` gives pictures of one
    size that stand above the formula where pages are turned: one for each left side, and where there is one more, the
    last is seen when all lines are.
    """

    formula: Formula
    label: str = ""
    walk: Callable[[], tuple[Figure, ...]] = tuple

    def _key(self) -> tuple[object, ...]:
        return self.formula, self.label


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Items(Block):
    """A list of blocks per item, numbered or not; ``start`` is the first number."""

    items: tuple[tuple[Block, ...], ...]
    numbered: bool = True
    start: int = 1


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Table(Block):
    """A head and rows of cells; ``align`` has one letter a column: l, c or r."""

    head: tuple[tuple[Inline, ...], ...]
    rows: tuple[tuple[tuple[Inline, ...], ...], ...]
    align: str
    caption: tuple[Inline, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Figure(Block):
    """A picture that is drawn only where a format can hold it.

    ``draw(suffix)`` gives the file's bytes for "pdf", "svg" or "png"; ``stem`` is a file name without
    suffix, derived from the content; ``alt`` says in words what is to be seen; ``size`` is its width and height in points.
    ``turned`` gives the picture that takes its place where pages are turned: one without numbers that are derived later.
    """

    draw: Callable[[str], bytes]
    stem: str
    alt: str
    caption: tuple[Inline, ...] = ()
    size: tuple[float, float] = (340.0, 200.0)
    turned: Callable[[], Figure | None] = lambda: None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Code(Block):
    """Source code, printed as it is."""

    source: str
    language: str = "python"


@dataclass(frozen=True)
class Document:
    """A title, a language ("en", "ko"), blocks in order, and ``record``, which makes the data that JSON prints."""

    title: tuple[Inline, ...]
    language: str
    blocks: tuple[Block, ...]
    record: Callable[[], Mapping[str, object]] = field(default=dict, compare=False)

    @property
    def refuted(self) -> bool:
        """Does the page say of something it derives that it is refuted?"""
        return any(isinstance(block, Paragraph) and block.refuted for block in self.blocks)

    def to(self, format: str, **options: Any) -> str | bytes:
        """The page in a format: text, or bytes for PDF. Pictures in files of their own are left out.

        ``options`` are those of ``explain.writers.Options``. Raises UnknownNameError for a format or an option
        that does not exist.
        """
        from .writers import write

        return write(self, format, **{"pictures": False, **options}).main

    def save(self, path: str | PathLike[str], format: str | None = None, **options: Any) -> None:
        """Write the page to a file, its pictures beside it; the suffix picks the format where none is named.

        Raises UnknownNameError for a format, suffix or option that does not exist, OSError where the system
        refuses to write; a file already there stays whole.
        """
        from .output import put
        from .writers import format_of, write

        put(write(self, format or format_of(path), **options), path)
