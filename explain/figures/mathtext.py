"""Formulas as mathtext, the part of LaTeX that matplotlib sets by itself.

It knows no matrices, cases or aligned lines, and its words are ASCII: labels in other letters are drawn as
text of their own (see ``canvas``).
"""

from __future__ import annotations

from derive.errors import DeriveError

from .. import formula as f
from ..writers import Formulas
from ..writers.latex_formulas import SIGNS
from ..writers.widths import tallness

__all__ = ["mathtext"]

_OWN = {"𝟙": r"\mathbb{1}", "‖": r"\Vert", "…": r"\dots"}
_SPACED = frozenset("+-=<>/,:;!?.()[]|*")


class _Mathtext(Formulas):
    def __init__(self, fraction: str = "frac") -> None:
        self.fractions = fraction

    def row(self, node: f.Row) -> str:
        return "".join(map(self, node.items))

    def name(self, node: f.Name) -> str:
        if node.style == "function":
            return rf"\operatorname{{{_signs(node.text)}}}"
        if node.style == "bold":
            return rf"\boldsymbol{{{_signs(node.text)}}}"
        italic = node.style == "italic" or (node.style == "auto" and len(node.text.rstrip("′")) == 1)
        if not node.text.isascii():
            return f"{{{_signs(node.text)}}}"
        if italic and len(node.text) == 1:
            # A bare letter is mathematical italics; \mathit would be the italics of text.
            return node.text
        return rf"\mathit{{{node.text}}}" if italic else rf"\mathrm{{{_signs(node.text)}}}"

    def number(self, node: f.Number) -> str:
        digits, _, power = node.text.partition("e")
        return digits + (rf"\cdot 10^{{{int(power)}}}" if power else "")

    def word(self, node: f.Word) -> str:
        if not node.text.isascii():
            raise DeriveError(f"{node.text!r} stands inside a formula; a picture sets words there in ASCII letters only")
        return rf"\mathrm{{{_signs(node.text)}}}"

    def binary(self, node: f.Binary) -> str:
        return f" {_signs(node.sign)} "

    def prefix(self, node: f.Prefix) -> str:
        return f"{{{_signs(node.sign)}}}" if node.sign in "-−+" else _signs(node.sign)

    def times(self, node: f.Times) -> str:
        return r"\cdot " if node.sign else r"\,"

    def relation(self, node: f.Relation) -> str:
        return ", " if node.sign == "," else f" {_signs(node.sign)} "

    def fraction(self, node: f.Fraction) -> str:
        return rf"\{self.fractions}{{{_Mathtext()(node.above)}}}{{{_Mathtext()(node.below)}}}"

    def script(self, node: f.Script) -> str:
        sub, sup = ("" if one is None else f"{mark}{{{self(one)}}}" for mark, one in (("_", node.sub), ("^", node.sup)))
        return f"{{{self(node.base)}}}{sub}{sup}"

    def root(self, node: f.Root) -> str:
        index = f"[{self(node.index)}]" if node.index else ""
        return rf"\sqrt{index}{{{self(node.body)}}}"

    def fence(self, node: f.Fence) -> str:
        open, close = (_FENCES.get(end, end) for end in (node.open, node.close))
        if tallness(node.body, display=False) == 0:
            return f"{open} {self(node.body)}{close} "
        return rf"\left{open or '.'} {self(node.body)} \right{close or '.'}"

    def underbrace(self, node: f.UnderBrace) -> str:
        return self(node.body)

    def over(self, node: f.Over) -> str:
        return rf"\{ {'¯': 'overline', '^': 'widehat'}[node.mark] }{{{self(node.body)}}}"

    def matrix(self, node: f.Matrix) -> str:
        raise _refused(node)

    def cases(self, node: f.Cases) -> str:
        raise _refused(node)

    def lines(self, node: f.Lines) -> str:
        raise _refused(node)


_FENCES = {"{": r"\{", "}": r"\}", "‖": r"\Vert"}


def _refused(node: f.Formula) -> DeriveError:
    return DeriveError(f"a picture's label cannot hold {type(node).__name__.lower()}; it sets names, numbers, fractions, scripts, roots and fences")


def _signs(text: str) -> str:
    return "".join(_sign(char) for char in text)


def _sign(char: str) -> str:
    if char.isascii():
        return "\\" + char if char in "$%#_{}&" else r"\ " if char == " " else char
    command = _OWN.get(char) or SIGNS.get(char, char)
    return command + " " if command.startswith("\\") and command[-1].isalpha() else command


def mathtext(formula: f.Formula, display: bool = False) -> str:
    """The formula between dollar signs, its fractions in full size for a display. Raises DeriveError for what mathtext does not know."""
    return f"${_Mathtext('dfrac' if display else 'frac')(formula)}$"
