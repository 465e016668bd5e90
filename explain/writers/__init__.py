"""Writers: one module per format, each turns a Document into a Page.

To add a format: a module here with ``write(document, options) -> Page``, and its rows in ``formats``. The module
holds a ``Writer`` with one short method for each kind of block and inline, and, where it prints formulas in its
own way, a ``Formulas`` with one for each kind of node. A class that lacks a method is refused where it is defined.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from importlib import import_module
from typing import Any, ClassVar

from ..document import Block, Document, Equation, Figure, Heading, Inline, Items
from ..formats import SUFFIXES, WRITERS, among, format_of
from ..formula import Formula

__all__ = [
    "SUFFIXES",
    "WRITERS",
    "Formulas",
    "Options",
    "Page",
    "Remembering",
    "Writer",
    "equation_numbers",
    "figures",
    "format_of",
    "one_line",
    "titled",
    "write",
]


@dataclass(frozen=True, slots=True)
class Options:
    """What a reader may choose about the form of a page, whatever is on it.

    ``ascii`` keeps a text page to ASCII; ``width`` is the number of columns of a text page (80 where None);
    ``pictures`` is False where no file can stand beside the page, so that pictures in files are left out.
    """

    ascii: bool = False
    width: int | None = None
    pictures: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """A finished page: its main text or bytes, the files beside it, name -> bytes, and what its writer has to say about it.

    ``refuted`` as that of a ``Document``, where the page comes from none.
    """

    main: str | bytes
    companions: Mapping[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    refuted: bool = False


class Dispatch:
    """Calls the method named after the kind of a node; subclasses say with ``kinds`` what they must know."""

    kinds: ClassVar[tuple[type, ...]] = ()

    def __init_subclass__(cls, *, abstract: bool = False, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        names = sorted({kind.__name__.lower() for base in cls.kinds for kind in base.__subclasses__()})
        missing = [] if abstract else [name for name in names if not callable(getattr(cls, name, None))]
        if missing:
            raise TypeError(f"{cls.__name__} has no method {', '.join(missing)}")

    def __call__(self, node: Any) -> Any:
        """What the method named after the node's kind gives."""
        return getattr(self, type(node).__name__.lower())(node)


class Formulas(Dispatch, abstract=True):
    """Prints formulas: one method for each kind of node, named after it in lower case."""

    kinds = (Formula,)


class Remembering(Formulas, abstract=True):
    """Does each node once and keeps it as long as it lives itself: one is made for each formula that is folded."""

    def __init__(self) -> None:
        # The node is kept beside what was made of it, so that its id is not given to another one.
        self._made: dict[int, tuple[Formula, Any]] = {}

    def __call__(self, node: Any) -> Any:
        """What the method named after the node's kind gives."""
        known = self._made.get(id(node))
        if known is None:
            known = self._made[id(node)] = (node, super().__call__(node))
        return known[1]


class Writer(Dispatch, abstract=True):
    """Prints blocks and inlines: one method for each kind, named after it in lower case."""

    kinds = (Block, Inline)

    def line(self, parts: Iterable[Inline]) -> str:
        """The inlines printed side by side."""
        return "".join(self(part) for part in parts)

    def body(self, blocks: Iterable[Block], between: str = "\n\n") -> str:
        """The blocks printed below each other; a block that prints nothing leaves no gap."""
        return between.join(filter(None, map(self, blocks)))


def write(document: Document, format: str, **options: Any) -> Page:
    """The page of a document in a format, as text or bytes with the files that belong beside it.

    ``options`` are the fields of Options. Raises UnknownNameError for a format or an option that does not exist.
    """
    from ..locales import locale  # a locale is loaded where a page is told, and the names here are wanted without one
    from ..locales.numerals import localized

    module, _, function = among(WRITERS, format, "format").partition(":")
    page = localized(document, locale(document.language).point)
    return getattr(import_module(module, __name__), function or "write")(page, _options(options))


def _options(chosen: Mapping[str, Any]) -> Options:
    known = {one.name: one.name for one in fields(Options)}
    return Options(**{among(known, name, "option of a page"): value for name, value in chosen.items()})


def blocks_within(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks and those inside their items, in reading order."""
    for block in blocks:
        yield block
        if isinstance(block, Items):
            for item in block.items:
                yield from blocks_within(item)


def equation_numbers(document: Document) -> dict[str, str]:
    """The number, as text, of every equation that has a label, in reading order from 1."""
    labels = [block.label for block in blocks_within(document.blocks) if isinstance(block, Equation) and block.label]
    return {label: str(number) for number, label in enumerate(labels, 1)}


def cited(numbers: Mapping[str, str], label: str) -> str:
    """The number of the equation with this label; raises UnknownNameError where the document has none."""
    return numbers[label] if label in numbers else numbers[among({one: one for one in numbers}, label, "equation labelled")]


def figures(document: Document, suffix: str) -> dict[str, bytes]:
    """The files of the document's pictures in one picture format, name -> bytes."""
    return {f"{block.stem}.{suffix}": block.draw(suffix) for block in blocks_within(document.blocks) if isinstance(block, Figure)}


def titled(document: Document) -> tuple[Block, ...]:
    """The blocks of the document, opened by its title where they do not open with a heading of level 1 themselves."""
    first = document.blocks[0] if document.blocks else None
    has_title = not document.title or (isinstance(first, Heading) and first.level == 1)
    return document.blocks if has_title else (Heading(1, document.title), *document.blocks)


_DROPPED = frozenset({"Cc", "Cs", "Co"})
_REORDERING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def one_line(text: str) -> str:
    """The text with any white space as one blank and without control characters: a label cannot end a line or hide in one."""
    if not text.isprintable():
        blank = "".join(" " if char.isspace() else char for char in text)
        text = "".join(char for char in blank if unicodedata.category(char) not in _DROPPED and char not in _REORDERING)
    return re.sub("  +", " ", unicodedata.normalize("NFC", text))
