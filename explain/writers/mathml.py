# ruff: noqa: D102 (each method prints the kind of node that it is named after)
"""Formulas as MathML Core, which browsers set and read aloud without any script."""

from __future__ import annotations

from html import escape

from .. import formula as f
from . import Formulas, one_line
from .folding import slashed
from .text_formulas import NO_BREAK
from .widths import LIMITS, fence_size

__all__ = ["MathML", "italic", "mathml"]

_APPLY, _TIMES = "\u2061", "\u2062"  # what is said, and not shown, between a function and its argument, between two factors
_LARGEST = ("", "1.3em", "2.2em", "3em", "3.7em")  # of a fence; one that is as high as its body would take in a brace below it


def mathml(node: f.Formula, display: bool) -> str:
    """The math element of a formula, set as in a display or as in a line of text."""
    if display:
        return f'<math displaystyle="true">{MathML(True)(node)}</math>'
    return f"<math>{MathML(False)(slashed(node))}</math>"


def _text(text: str) -> str:
    return escape(one_line(text))


def _sign(sign: str, form: str = "infix") -> str:
    """A sign between terms; its form is said where a browser may take it for one before a term."""
    said = f' form="{form}"' if sign in _EITHER or form != "infix" else ""
    still = ' stretchy="false"' if sign in _STRETCHING else ""
    return f"<mo{said}{still}>{_text(sign)}</mo>"


_EITHER = frozenset("+−-±∓")
_STRETCHING = frozenset("→←↔⇒⇔↦↑↓/|‖()[]{}")
_TIGHT = ' lspace="0" rspace="0"'


class MathML(Formulas):
    """A formula as the content of a math element; ``display`` is False where it stands in a line of text."""

    def __init__(self, display: bool) -> None:
        self.display = display
        self.inner = self if not display else MathML(False)

    def one(self, node: f.Formula) -> str:
        """The node as exactly one element, which most places in MathML need."""
        return self(node) if isinstance(node, _SINGLE) else f"<mrow>{self(node)}</mrow>"

    def row(self, node: f.Row) -> str:
        around = (None, *node.items, None)
        return "".join(self._placed(item, around[at], around[at + 2]) for at, item in enumerate(node.items))

    def _placed(self, item: f.Formula, before: f.Formula | None, after: f.Formula | None) -> str:
        """The item, or what is said between a function and what it is applied to."""
        if not _is_function(before):
            return self(item)
        if item == f.Times():
            return _applied(after)
        return self(item) if isinstance(item, f.Times | f.Relation | f.Binary) else _applied(item) + self(item)

    def name(self, node: f.Name) -> str:
        text = one_line(node.text)
        single = len(text.rstrip("′")) == 1
        if node.style == "bold":
            return f'<mi mathvariant="normal">{escape("".join(map(_bold, text)))}</mi>'
        if node.style == "italic" and not single:
            return f"<mi>{escape(''.join(map(italic, text)))}</mi>"
        if single and len(text) > 1:
            return f"<mrow><mi>{escape(text[0])}</mi>{_primes(text[1:])}</mrow>"
        upright = single and (node.style == "upright" or not text.isalpha())
        return f"<mi{_NORMAL if upright else ''}>{escape(text)}</mi>"

    def number(self, node: f.Number) -> str:
        digits, exponent, power = one_line(node.text).replace("-", "−").partition("e")
        if not exponent or not power.lstrip("+−").isdigit():
            return f"<mn>{escape(digits + exponent + power)}</mn>"
        ten = f"<msup><mn>10</mn><mn>{escape(power.lstrip('+').replace('−0', '−').lstrip('0') or '0')}</mn></msup>"
        return ten if digits == "1" else f"<mrow><mn>{escape(digits)}</mn><mo>·</mo>{ten}</mrow>"

    def word(self, node: f.Word) -> str:
        text = one_line(node.text)
        blanks = len(text) - len(text.lstrip(" ")), len(text) - len(text.rstrip(" "))
        return f"<mtext>{NO_BREAK * blanks[0]}{escape(text.strip(' '))}{NO_BREAK * blanks[1]}</mtext>"

    def binary(self, node: f.Binary) -> str:
        return _sign(node.sign)

    def prefix(self, node: f.Prefix) -> str:
        if node.sign.isalpha() and node.sign.isascii():
            return f"<mi>{escape(node.sign)}</mi>"
        still = ' stretchy="false"' if node.sign in _STRETCHING else ""
        return f'<mo form="prefix"{still}{_TIGHT}>{_text(node.sign)}</mo>'

    def times(self, node: f.Times) -> str:
        return "<mo>·</mo>" if node.sign else f'<mo lspace="0" rspace="0.17em">{_TIMES}</mo>'

    def relation(self, node: f.Relation) -> str:
        return '<mo separator="true" lspace="0" rspace="0.2em">,</mo>' if node.sign == "," else _sign(node.sign)

    def fraction(self, node: f.Fraction) -> str:
        return f"<mfrac>{self.inner.one(node.above)}{self.inner.one(node.below)}</mfrac>"

    def script(self, node: f.Script) -> str:
        limits = self.display and isinstance(node.base, f.Name) and node.base.text in LIMITS
        base = self.one(node.base)
        if limits and isinstance(node.base, f.Name) and not node.base.text.isalpha():
            base = f'<mo movablelimits="false">{_text(node.base.text)}</mo>'
        if isinstance(node.sup, f.Name) and set(node.sup.text) == {"′"}:
            return f"<mrow>{self(f.Script(node.base, node.sub))}{_primes(node.sup.text)}</mrow>"
        parts = [self.inner.one(slashed(one)) for one in (node.sub, node.sup) if one is not None]
        tags = ("munder", "mover", "munderover") if limits else ("msub", "msup", "msubsup")
        tag = tags[2 if len(parts) == 2 else 0 if node.sub is not None else 1]
        return f"<{tag}>{base}{''.join(parts)}</{tag}>" if parts else base

    def root(self, node: f.Root) -> str:
        if node.index is None:
            return f"<msqrt>{self(node.body)}</msqrt>"
        return f"<mroot>{self.one(node.body)}{self.inner.one(node.index)}</mroot>"

    def fence(self, node: f.Fence) -> str:
        size = fence_size(node, self.display)
        return f"<mrow>{_fence(node.open, 'prefix', size)}{self(node.body)}{_fence(node.close, 'postfix', size)}</mrow>"

    def underbrace(self, node: f.UnderBrace) -> str:
        brace = '<mo stretchy="true">⏟</mo>'
        return f"<munder><munder>{self.one(node.body)}{brace}</munder>{self.inner.one(node.label)}</munder>"

    def over(self, node: f.Over) -> str:
        wide = "false" if isinstance(node.body, f.Name) and len(node.body.text) == 1 else "true"
        return f'<mover accent="true">{self.one(node.body)}<mo stretchy="{wide}">{node.mark}</mo></mover>'

    def matrix(self, node: f.Matrix) -> str:
        return f"<mrow>{_fence(node.open, 'prefix', 5)}{self._table(node.rows)}{_fence(node.close, 'postfix', 5)}</mrow>"

    def cases(self, node: f.Cases) -> str:
        return f"<mrow>{_fence('{', 'prefix', 5)}{self._table(node.rows, _CASES)}</mrow>"

    def lines(self, node: f.Lines) -> str:
        return self._table(tuple((left, right) for left, right, _ in node.rows), ' class="lines" displaystyle="true"')

    def _table(self, rows: tuple[tuple[f.Formula, ...], ...], kind: str = "") -> str:
        inner = self if kind.endswith('"true"') else self.inner
        cells = ("".join(f"<mtd>{inner(entry)}</mtd>" for entry in entries) for entries in rows)
        return f"<mtable{kind}>{''.join(f'<mtr>{row}</mtr>' for row in cells)}</mtable>"


_SINGLE = (f.Name, f.Number, f.Word, f.Fraction, f.Script, f.Root, f.Fence, f.UnderBrace, f.Over, f.Matrix, f.Cases, f.Lines)
_CASES = ' class="cases"'
_NORMAL = ' mathvariant="normal"'


def _is_function(node: f.Formula | None) -> bool:
    name = node.base if isinstance(node, f.Script) else node
    return isinstance(name, f.Name) and name.style == "function"


def _primes(text: str) -> str:
    # A prime stands high by itself; as a superscript it would be raised twice.
    return f"<mo{_TIGHT}>{text}</mo>"


def _applied(argument: f.Formula | None) -> str:
    gap = "0" if isinstance(argument, f.Fence) else "0.17em"
    return f'<mo lspace="0" rspace="{gap}">{_APPLY}</mo>'


def _fence(sign: str, form: str, size: int) -> str:
    """A fence with its form, without which a browser may take it for the other end of a pair and leave a gap inside."""
    if not sign:
        return ""
    if size == 0:
        return _sign(sign, form) if sign in "()[]{}" else f'<mo form="{form}" stretchy="false"{_TIGHT}>{_text(sign)}</mo>'
    largest = f' maxsize="{_LARGEST[size]}"' if size < len(_LARGEST) else ""
    smallest = f' minsize="{_LARGEST[1]}"' if size == 1 else ""
    return f'<mo form="{form}" stretchy="true"{smallest}{largest}{_TIGHT}>{_text(sign)}</mo>'


def _bold(char: str) -> str:
    """The bold letter among the mathematical ones, where there is one."""
    for first, last, start in (("A", "Z", 0x1D400), ("a", "z", 0x1D41A), ("0", "9", 0x1D7CE), ("Α", "Ω", 0x1D6A8), ("α", "ω", 0x1D6C2)):
        if first <= char <= last:
            return chr(start + ord(char) - ord(first))
    return char


def italic(char: str) -> str:
    """The italic letter among the mathematical ones, where there is one; h has its place elsewhere."""
    if char == "h":
        return "ℎ"
    for first, last, start in (("A", "Z", 0x1D434), ("a", "z", 0x1D44E), ("Α", "Ω", 0x1D6E2), ("α", "ω", 0x1D6FC)):
        if first <= char <= last:
            return chr(start + ord(char) - ord(first))
    return char
