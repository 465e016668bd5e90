"""Pieces: formulas with what their neighbours must know, to put them in parentheses, join their signs and keep them apart."""

from __future__ import annotations

from typing import NamedTuple

from ..formula import Binary, Fence, Formula, Name, Number, Prefix, Row, Script, Times, Word, row

__all__ = ["ATOM", "POWER", "PRODUCT", "SUM", "Piece", "closed_function", "fenced", "needs_dot"]

SUM, PRODUCT, POWER, ATOM = 1, 2, 3, 4


class Piece(NamedTuple):
    """A formula with what its neighbours must know: how tightly it binds, and a minus sign taken off its front."""

    formula: Formula
    level: float = ATOM
    minus: bool = False


def fenced(body: Formula) -> Formula:
    """The body in parentheses; in brackets where it has parentheses of its own."""
    return Fence(body, "[", "]") if _has_fence(body) else Fence(body)


def _has_fence(body: Formula) -> bool:
    parts = body.items if isinstance(body, Row) else (body,)
    return any(isinstance(part, Fence) and part.open == "(" for part in parts)


def needs_dot(before: Formula, after: Formula) -> bool:
    """Would the two run together? A number after anything but a fence, and a fraction of numbers; a 0 or 1 is no coefficient either."""
    if before in (Number("0"), Number("1")):
        return True
    first = after.items[0] if isinstance(after, Row) else after
    base = first.base if isinstance(first, Script) else first
    if _is_word(before.base if isinstance(before, Script) else before) and _is_word(base):
        return True
    return isinstance(base, Number) or (isinstance(before, Fence) and isinstance(first, Fence) and _all_numbers(before) and _all_numbers(first))


def closed_function(body: Formula) -> Formula:
    """A function without parentheses gets them where something follows: ln(x) y, since ln x y says another thing."""
    match body:
        case Row((Name(_, "function") as name, Times(""), argument)):
            return row(name, fenced(argument))
    return body


def _is_word(node: Formula) -> bool:
    return isinstance(node, Word) or (isinstance(node, Name) and len(node.text) > 1 and node.style == "auto")


def _all_numbers(fence: Fence) -> bool:
    parts = fence.body.items if isinstance(fence.body, Row) else (fence.body,)
    return all(isinstance(part, Number | Prefix | Binary | Times) for part in parts)
