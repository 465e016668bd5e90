"""Boxes of characters with a baseline: what a formula in two dimensions is laid out from on a terminal.

Widths are in terminal cells: Hangul takes two, a combining mark none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

__all__ = ["Box", "beside", "cell_len", "columns", "fenced", "stacked"]


def cell_len(text: str) -> int:
    """How many cells of a terminal the text takes."""
    # Rich has this too, but takes as long to import as a whole page to be written.
    return len(text) if text.isascii() or _NARROW.fullmatch(text) else sum(map(_cells, text))


# What formulas are made of; every one of these characters takes one cell.
_NARROW = re.compile("[ -~\u00a0-\u02ffα-ωΑ-Ω−·×∂√∑∏∞→←≤≥≠≈∈⊙∘⊤′‖…₀-₉⁰⁴-⁾¹²³⎛-⎳─│═╰╯┬]*")


def _cells(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


@dataclass(frozen=True, slots=True)
class Box:
    """Lines of equal width; ``base`` counts the lines above the baseline, ``hang`` those at the foot that fences leave out."""

    lines: tuple[str, ...]
    base: int = 0
    hang: int = 0

    @property
    def width(self) -> int:
        """The width in cells."""
        return cell_len(self.lines[0])

    @property
    def height(self) -> int:
        """The number of lines that fences enclose."""
        return len(self.lines) - self.hang

    def padded(self, width: int, share: float = 0.5, trail: int = 0) -> Box:
        """The box in the middle of a wider one, with blanks after it; share 0 keeps it at the left, 1 moves it to the right."""
        room = max(width - self.width, 0)
        left = int(room * share)
        return Box(tuple(" " * left + line + " " * (room - left + trail) for line in self.lines), self.base, self.hang)


def beside(*boxes: Box) -> Box:
    """The boxes side by side on one baseline."""
    if all(len(box.lines) == 1 for box in boxes):
        return Box(("".join(box.lines[0] for box in boxes),))
    above = max((box.base for box in boxes), default=0)
    below = max((len(box.lines) - box.base for box in boxes), default=1)
    enclosed = max((box.height - box.base for box in boxes), default=1)
    grown = [_grown(box, above, below) for box in boxes]
    return Box(tuple("".join(row) for row in zip(*grown, strict=True)) or ("",), above, below - enclosed)


def _grown(box: Box, above: int, below: int) -> list[str]:
    blank = " " * box.width
    top, foot = above - box.base, below - (len(box.lines) - box.base)
    return [blank] * top + list(box.lines) + [blank] * foot


def stacked(boxes: Sequence[Box], base: int, share: float = 0.5) -> Box:
    """The boxes below each other, centred, with the given line as baseline."""
    width = max(box.width for box in boxes)
    return Box(tuple(chain.from_iterable(box.padded(width, share).lines for box in boxes)), base)


_PIECES = {
    "(": ("(", "⎛", "⎜", "⎜", "⎝"), ")": (")", "⎞", "⎟", "⎟", "⎠"),
    "[": ("[", "⎡", "⎢", "⎢", "⎣"), "]": ("]", "⎤", "⎥", "⎥", "⎦"),
    "{": ("{", "⎧", "⎪", "⎨", "⎩"), "}": ("}", "⎫", "⎪", "⎬", "⎭"),
    "|": ("|", "│", "│", "│", "│"), "‖": ("‖", "║", "║", "║", "║"),
}  # fmt: skip

_PLAIN_PIECES = {
    "(": ("(", "/", "|", "|", "\\"), ")": (")", "\\", "|", "|", "/"),
    "[": ("[", "[", "[", "[", "["), "]": ("]", "]", "]", "]", "]"),
    "{": ("{", "/", "|", "<", "\\"), "}": ("}", "\\", "|", ">", "/"),
    "|": ("|", "|", "|", "|", "|"), "‖": ("||", "||", "||", "||", "||"),
}  # fmt: skip


def fenced(body: Box, open: str, close: str, ascii: bool) -> Box:
    """The body between fences as high as it is, less what hangs below it."""
    pieces = _PLAIN_PIECES if ascii else _PIECES
    ends = (Box(_fence(pieces[one], body.height), body.base) if one in pieces else Box((one,)) for one in (open, close))
    first, last = ends
    return beside(first, body, last)


def _fence(pieces: tuple[str, ...], height: int) -> tuple[str, ...]:
    single, top, middle, waist, foot = pieces
    if height == 1:
        return (single,)
    inner = [waist if 2 * line == height - 1 else middle for line in range(1, height - 1)]
    return (top, *inner, foot)


def columns(rows: Sequence[Sequence[Box]], gap: int) -> Box:
    """Boxes in rows and columns, each in the middle of its place; the middle line is the baseline."""
    widths = [max(box.width for box in column) for column in zip(*rows, strict=True)]
    last = len(widths) - 1
    placed = [beside(*(box.padded(width, trail=gap * (at < last)) for at, (box, width) in enumerate(zip(row, widths, strict=True)))) for row in rows]
    whole = stacked(placed, 0)
    return Box(whole.lines, (len(whole.lines) - 1) // 2)
