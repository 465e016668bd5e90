# ruff: noqa: D102 (each method prints the kind of node that it is named after)
"""Formulas and words as Typst.

Words in a formula are strings, and every sign that Typst would act on is escaped: an unknown name would be
an error there, and a bracket after a name a call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .. import formula as f
from . import Formulas, one_line
from .folding import slashed
from .widths import LIMITS, fence_size

__all__ = ["TypstFormulas", "escaped", "joined", "string"]

_SIGNS = {"<": "lt", ">": "gt", "/": r"\/", "-": "−", "·": "dot.op", "|": r"\|", "*": "ast", "#": r"\#", "$": r"\$", "_": r"\_", "^": r"\^", "&": r"\&"}
_SIGNS |= {"\\": "backslash", '"': r"\"", "'": r"\'", ",": r"\,", ";": r"\;", "~": r"\~", "`": r"\`", "(": r"\(", ")": r"\)", "[": r"\[", "]": r"\]"}
_SIGNS |= {"{": r"\{", "}": r"\}", ":": r"\:", "@": r"\@", "!": r"\!", "√": "sqrt"}
_SIZES = (0.0, 1.4, 2.2, 3.0, 3.6)  # of fences, in ems

_SPECIAL = re.compile(r"[\\*_`$#<>@~\[\]]|//|/\*|-(?=-)|:(?=/)")
_OPENS_BLOCK = re.compile(r"^(\s*)([-+=/](?=\s|$|=)|\d+(?=\.))")


def string(text: str) -> str:
    """A string of Typst that holds the text, whatever it contains."""
    return '"' + one_line(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def escaped(text: str) -> str:
    """Words as Typst prints them literally, whatever they contain."""
    plain = _SPECIAL.sub(_escape, one_line(text))
    return _OPENS_BLOCK.sub(lambda found: f"{found[1]}{found[2]}\\" if found[2].isdigit() else f"{found[1]}\\{found[2]}", plain)


def _escape(found: re.Match[str]) -> str:
    # The font would join two hyphens into a dash even where both are escaped; an empty space keeps them apart.
    return r"\-#h(0pt);" if found[0] == "-" else "".join(f"\\{char}" for char in found[0])


def joined(parts: Iterable[str]) -> str:
    """The parts side by side; a blank only where two names would become one, since beside words it would be seen."""
    out = ""
    for part in parts:
        out += f" {part}" if out and part and (out[-1].isalnum() or out[-1] == ".") and (part[0].isalnum() or part[0] == ".") else part
    return out


class TypstFormulas(Formulas):
    """A formula as Typst's mathematics; ``display`` is False where it stands in a line of text."""

    def __init__(self, display: bool = True) -> None:
        self.display = display
        self.inner = self if not display else TypstFormulas(False)

    def row(self, node: f.Row) -> str:
        around = (None, *node.items)
        return joined("" if item == f.Times() and _is_function(around[at]) else self(item) for at, item in enumerate(node.items))

    def name(self, node: f.Name) -> str:
        text = one_line(node.text)
        stem = text.rstrip("′")
        if node.style == "function" and len(stem) > 1:
            return f"op({string(text)}, limits: #true)" if text in LIMITS else f"op({string(text)})"
        shown = string(text) if len(stem) != 1 else _SIGNS.get(stem, stem) + text[1:]
        return {"bold": f"bold(upright({shown}))", "upright": f"upright({shown})", "italic": f"italic({shown})"}.get(node.style, shown)

    def number(self, node: f.Number) -> str:
        digits, exponent, power = one_line(node.text).replace("-", "−").partition("e")
        if not re.fullmatch(r"−?[0-9.,]+", digits) or (exponent and not re.fullmatch(r"[+−]?[0-9]+", power)):
            return string(node.text)
        plain = digits.replace(",", r"\,")
        if not exponent:
            return plain
        ten = f"10^({str(int(power.replace('−', '-'))).replace('-', '−')})"
        return ten if plain == "1" else f"{plain} dot.op {ten}"

    def word(self, node: f.Word) -> str:
        return string(node.text)

    def binary(self, node: f.Binary) -> str:
        return f'class("binary", {_sign(node.sign)})'

    def prefix(self, node: f.Prefix) -> str:
        return _sign(node.sign)

    def times(self, node: f.Times) -> str:
        return "dot.op" if node.sign else "thin"

    def relation(self, node: f.Relation) -> str:
        return r"\,thin" if node.sign == "," else f'class("relation", {_sign(node.sign)})'

    def fraction(self, node: f.Fraction) -> str:
        return f"frac({self.inner(node.above)}, {self.inner(node.below)})"

    def script(self, node: f.Script) -> str:
        below = f", b: {self.inner(slashed(node.sub))}" if node.sub else ""
        above = f", t: {self.inner(slashed(node.sup))}" if node.sup else ""
        return f"attach({self(node.base)}{below}{above})"

    def root(self, node: f.Root) -> str:
        return f"root({self.inner(node.index)}, {self(node.body)})" if node.index else f"sqrt({self(node.body)})"

    def fence(self, node: f.Fence) -> str:
        size = fence_size(node, self.display)
        open, close = (_sign(one) if one else "" for one in (node.open, node.close))
        inside = joined((open, self(node.body), close))
        if size == 0:
            return inside
        # A fixed size, because a brace below the body would count as part of its height.
        return f"lr(size: #{_SIZES[size]}em, {inside})" if size < len(_SIZES) else f"lr({inside})"

    def underbrace(self, node: f.UnderBrace) -> str:
        return f"underbrace({self(node.body)}, {self.inner(node.label)})"

    def over(self, node: f.Over) -> str:
        return f"{'overline' if node.mark == '¯' else 'hat'}({self(node.body)})"

    def matrix(self, node: f.Matrix) -> str:
        entries = "; ".join(", ".join(map(self.inner, entries)) for entries in node.rows)
        open, close = (string(end) if end else "none" for end in (node.open, node.close))
        delimiters = open if node.open and node.close else f"#({open}, {close})"
        return f"mat(delim: {delimiters}, {entries})"

    def cases(self, node: f.Cases) -> str:
        return f"cases({', '.join(f'{self.inner(value)} &quad {self.inner(when)}' for value, when in node.rows)})"

    def lines(self, node: f.Lines) -> str:
        return " \\\n".join(f"{self(left)} &{self(right)}" for left, right, _ in node.rows)


def _is_function(node: f.Formula | None) -> bool:
    name = node.base if isinstance(node, f.Script) else node
    return isinstance(name, f.Name) and name.style == "function" and len(name.text) > 1


def _sign(sign: str) -> str:
    plain = one_line(sign)
    return _SIGNS.get(plain, plain) if len(plain) == 1 else string(plain)
