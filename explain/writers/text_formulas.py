# ruff: noqa: D102 (each method prints the kind of node that it is named after)
"""Formulas as characters: stacked in two dimensions when displayed, on one line within text.

A blank that must not end a line is a no-break space until the page is finished.
"""

from __future__ import annotations

import unicodedata

from .. import formula as f
from . import Remembering, one_line
from .boxes import Box, beside, cell_len, columns, fenced, stacked
from .folding import quotient, slashed
from .widths import LIMITS

__all__ = ["NO_BREAK", "TextFormulas", "to_ascii"]

NO_BREAK = "\u00a0"
TALL, HIGH = 2, 3  # a fence of the size of a fraction, and the lines that it has

_SUBS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPS = str.maketrans("0123456789+-−()niT⊤l′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿⁱᵀᵀˡ′")

_ASCII = {
    "−": "-", "·": "*", "×": "x", "÷": "/", "∂": "d", "→": "->", "←": "<-", "↔": "<->", "⇒": "=>", "⇔": "<=>", "≈": "~=", "≠": "!=", "≤": "<=",
    "≥": ">=", "≡": "==", "≔": ":=", "∈": "in", "∉": "not in", "∞": "inf", "∑": "sum", "∏": "prod", "∫": "int", "√": "sqrt", "⊙": ".*", "∘": "o",
    "⊗": "(x)", "⊕": "(+)", "‖": "||", "′": "'", "∇": "grad", "ℓ": "l", "ᵀ": "T", "𝟙": "1", "⊤": "T", "∝": "~", "…": "...", "⋯": "...", "°": " deg",
    "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "--", "¯": "mean", "•": "*", "±": "+-", "↗": "/", "↘": "\\", "∧": "and", "∨": "or", "¬": "not ",
    NO_BREAK: NO_BREAK,
}  # fmt: skip


def to_ascii(text: str) -> str:
    """The text in ASCII: signs as they are typed, Greek letters by name, anything else as an escape that names it.

    The no-break space stays; the page turns it into a blank.
    """
    return text if text.isascii() else "".join(map(_ascii, text))


def _ascii(char: str) -> str:
    if char.isascii() or char in _ASCII:
        return _ASCII.get(char, char)
    name = unicodedata.name(char, "")
    if name.startswith("GREEK") and " LETTER " in name:
        letter = name.split(" LETTER ")[1].split(" ")[0].replace("LAMDA", "LAMBDA")
        return letter.lower() if "SMALL" in name else letter.capitalize()
    plain = unicodedata.normalize("NFKD", char).encode("ascii", "ignore").decode()
    return plain if plain.isalnum() else char.encode("ascii", "backslashreplace").decode()


class TextFormulas(Remembering):
    """A formula as a Box: of one line where ``display`` is False; in ASCII only where ``ascii`` is True."""

    def __init__(self, display: bool, ascii: bool) -> None:
        super().__init__()
        self.display, self.ascii = display, ascii
        self.inner = self if not display else TextFormulas(False, ascii)

    def flat(self, node: f.Formula) -> str:
        """The formula on one line."""
        return self.inner(slashed(node)).lines[0]

    def sign(self, text: str) -> str:
        """The characters, in ASCII where only that is wanted."""
        plain = one_line(text)
        return to_ascii(plain) if self.ascii else plain

    def row(self, node: f.Row) -> Box:
        around = (None, *node.items, None)
        return beside(*(self._placed(item, around[at], around[at + 2]) for at, item in enumerate(node.items)))

    def _placed(self, item: f.Formula, before: f.Formula | None, after: f.Formula | None) -> Box:
        """The item as it stands between its neighbours."""
        if isinstance(item, f.Fraction) and not self.display and (isinstance(before, f.Times | f.Fence) or isinstance(after, f.Times | f.Fence)):
            return fenced(self(item), "(", ")", self.ascii)
        if item == f.Times() and _is_function(before) and isinstance(after, f.Fence):
            return Box(("",))
        if isinstance(item, f.Fraction) and isinstance(before, f.Prefix) and self.display:
            return beside(Box((NO_BREAK,)), self(item))  # a minus would run into the fraction's bar
        applied = _is_function(before) and not isinstance(item, f.Times | f.Fence | f.Relation | f.Binary)
        return beside(Box((NO_BREAK,)), self(item)) if applied else self(item)

    def name(self, node: f.Name) -> Box:
        return Box((self.sign(node.text),))

    def number(self, node: f.Number) -> Box:
        digits, exponent, power = node.text.partition("e")
        if self.ascii or not exponent or not power.lstrip("+-−").isdigit():
            return Box((self.sign(node.text).replace("-", self.sign("−")),))
        ten = "10" + str(int(power.replace("−", "-"))).translate(_SUPS)
        return Box((ten if digits == "1" else f"{digits.replace('-', '−')}·{ten}",))

    def word(self, node: f.Word) -> Box:
        return Box((self.sign(node.text),))

    def binary(self, node: f.Binary) -> Box:
        return Box((f" {self.sign(node.sign)}{NO_BREAK}",))

    def prefix(self, node: f.Prefix) -> Box:
        return Box((self.sign(node.sign),))

    def times(self, node: f.Times) -> Box:
        return Box((f"{NO_BREAK}{self.sign(node.sign)}{NO_BREAK}" if node.sign else NO_BREAK,))

    def relation(self, node: f.Relation) -> Box:
        return Box((", " if node.sign == "," else f" {self.sign(node.sign)}{NO_BREAK}",))

    def fraction(self, node: f.Fraction) -> Box:
        if not self.display:
            return self(quotient(node))
        above, below = Box((self.flat(node.above),)), Box((self.flat(node.below),))
        bar = Box((("-" if self.ascii else "─") * max(above.width, below.width),))
        return stacked((above, bar, below), base=1)

    def script(self, node: f.Script) -> Box:
        base = self(node.base)
        sub, sup = ("" if one is None else self.flat(one).replace(" ", "").replace(NO_BREAK, "") for one in (node.sub, node.sup))
        if self.display and isinstance(node.base, f.Name) and node.base.text in LIMITS:
            whole = stacked([*([Box((sup,))] if sup else []), base, *([Box((sub,))] if sub else [])], base=1 if sup else 0)
            return beside(Box((" ",)), whole, Box((" ",)))
        low, high = self.subscript(sub) if sub else "", self.superscript(sup) if sup else ""
        return beside(base, _corner(low, base, base.height - 1), _corner(high, base, 0))

    def subscript(self, text: str) -> str:
        """Digits as small ones, anything else after an underscore."""
        if text.isdigit() and not self.ascii:
            return text.translate(_SUBS)
        return f"_{text}" if text.replace(",", "").isalnum() else f"_({text})"

    def superscript(self, text: str) -> str:
        """As small characters where all of them exist, otherwise after a caret."""
        if not self.ascii and all(ord(char) in _SUPS for char in text):
            return text.translate(_SUPS)
        if set(text) <= {"′", "'"}:
            return text
        bare = text.isdigit() or (text.isalnum() and not text[0].isdigit()) or _is_fenced(text)
        return f"^{text}" if bare else f"^({text})"

    def root(self, node: f.Root) -> Box:
        body = self(node.body)
        index = self.superscript(self.flat(node.index)).lstrip("^") if node.index else ""
        bare = isinstance(node.body, f.Name | f.Number) and not self.ascii
        return beside(Box((index + self.sign("√"),)), body if bare else fenced(body, "(", ")", self.ascii))

    def fence(self, node: f.Fence) -> Box:
        body = self(node.body)
        if node.tall >= TALL and body.height < HIGH:
            # The other end stands around a fraction, on another line.
            body = beside(body, Box(("",) * HIGH, HIGH // 2))
        return fenced(body, node.open, node.close, self.ascii)

    def underbrace(self, node: f.UnderBrace) -> Box:
        body, label = self(node.body), Box((self.flat(node.label),))
        if not self.display:
            return beside(body, Box((f"{NO_BREAK}[={NO_BREAK}{label.lines[0]}]",)))
        width = max(body.width, label.width, 3)
        ends, middle = ("''", "+") if self.ascii else ("╰╯", "┬")
        side = (width - 3) // 2
        line = "-" if self.ascii else "─"
        brace = ends[0] + line * side + middle + line * (width - 3 - side) + ends[1]
        whole = stacked((body.padded(width), Box((brace,)), label.padded(width)), body.base)
        return Box(whole.lines, body.base, 2 + body.hang)

    def over(self, node: f.Over) -> Box:
        body = self(node.body)
        if body.width == 1 and body.height == 1 and not self.ascii:
            return Box((unicodedata.normalize("NFC", body.lines[0] + {"¯": "\u0304", "^": "\u0302"}[node.mark]),))
        return beside(Box(({"¯": "mean", "^": "hat"}[node.mark],)), fenced(body, "(", ")", self.ascii))

    def matrix(self, node: f.Matrix) -> Box:
        if not self.display:
            return Box(("[" + ("; ".join(" ".join(map(self.flat, entries)) for entries in node.rows)).replace(" ", NO_BREAK) + "]",))
        cells = columns([[Box((self.flat(entry),)) for entry in entries] for entries in node.rows], gap=2)
        return fenced(cells, node.open, node.close, self.ascii)

    def cases(self, node: f.Cases) -> Box:
        if not self.display:
            return Box(("{" + "; ".join(f"{self.flat(value)},{NO_BREAK}{self.flat(when)}" for value, when in node.rows) + "}",))
        return beside(fenced(columns([[Box((self.flat(value),)), Box((self.flat(when),))] for value, when in node.rows], gap=3), "{", "", self.ascii))

    def lines(self, node: f.Lines) -> Box:
        rows = [(self(left), self(right)) for left, right, _ in node.rows]
        side = max(left.width for left, _ in rows)
        return stacked([beside(left.padded(side, 1), right) for left, right in rows], 0, 0)


def _is_function(node: f.Formula | None) -> bool:
    name = node.base if isinstance(node, f.Script) else node
    return isinstance(name, f.Name) and name.style == "function"


def _is_fenced(text: str) -> bool:
    """Does the bracket that opens the text close at its end?"""
    return text.startswith("(") and text.find(")") == len(text) - 1


def _corner(text: str, base: Box, line: int) -> Box:
    """A script at one line of its base."""
    return Box(tuple(text if at == line else " " * cell_len(text) for at in range(len(base.lines))), base.base, base.hang)
