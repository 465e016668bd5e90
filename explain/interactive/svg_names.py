"""Names in the live picture: spans of SVG text that look as the same names do in a formula."""

from __future__ import annotations

from html import escape
from unicodedata import east_asian_width

from .. import formula as f
from ..writers import one_line
from ..writers.mathml import italic

__all__ = ["in_disc", "in_svg", "plain"]

LONGEST = 10  # characters of a display label
HALF_WIDTH = 7.5  # of a letter in a disc, about; a Hangul syllable takes two


def plain(node: f.Formula | None) -> str:
    """The text of a name, as it stands on one line."""
    match node:
        case None:
            return ""
        case f.Row(items):
            return "".join(map(plain, items))
        case f.Fence(body, open, close):
            return open + plain(body) + close
        case f.Script(base, sub, sup):
            return plain(base) + plain(sub) + plain(sup)
    return one_line(getattr(node, "text", "") or getattr(node, "sign", ""))


def in_svg(node: f.Formula) -> str:
    """A name as spans of text, what is below or above the line smaller."""
    if not isinstance(node, f.Script):
        text = plain(node)
        cut = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
        return escape(_slanted(node, cut))
    moved: list[str] = []
    for part, shift in ((node.sub, 4), (node.sup, -6)):
        if part is not None:
            moved.append(f'<tspan class="low" dy="{shift}">{escape(_letters(part))}</tspan><tspan dy="{-shift}">\u200b</tspan>')
    return escape(_letters(node.base)) + "".join(moved)


def in_disc(node: f.Formula, room: float) -> tuple[str, str]:
    """A name as spans of text, and the attributes that squeeze a wide one into that room."""
    text = plain(node)
    if isinstance(node, f.Script) or sum(2 if east_asian_width(one) in "FW" else 1 for one in text[:LONGEST]) * HALF_WIDTH <= room:
        return in_svg(node), ""
    return in_svg(node), f' textLength="{room:g}" lengthAdjust="spacingAndGlyphs"'


def _letters(node: f.Formula) -> str:
    """The text of a name, its single letters italic as in a formula."""
    if isinstance(node, f.Row):
        return "".join(map(_letters, node.items))
    return _slanted(node, plain(node))


def _slanted(node: f.Formula, text: str) -> str:
    return italic(text) if len(text) == 1 and isinstance(node, f.Name) and node.style != "upright" else text
