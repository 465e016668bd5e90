# ruff: noqa: D102 (each method prints the kind that it is named after)
"""The writer of the interactive page: the static page, its numbers and derivatives marked for the script.

Every element whose text depends on the setting carries the place of its number in a list of JavaScript expressions, which
this writer gathers as it goes: ``data-v`` the number itself, ``data-s`` its sign alone, ``data-w`` a condition, ``data-p`` the
number before a particle, with the place of its forms in another. ``data-c`` is the fact that a derivative states.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

from derive.steps import Claim

from .. import document as d
from .. import formula as f
from ..writers.folding import slashed
from ..writers.html import HtmlWriter
from ..writers.mathml import MathML
from .live import ABSOLUTE, FACTOR, PLAIN, WHOLE, Binary, Fraction, Number, Origin, Script
from .told import Particle, When, WhenSaid

__all__ = ["LiveHtml", "Places", "Shown"]

# Parentheses that are brackets where a number in them has parentheses: how they stand now.
ROUND, SQUARE = ("⟨", "⟩"), ("⟪", "⟫")
PRINTED = dict(zip((*ROUND, *SQUARE), "()[]", strict=True))
ROOM = 33.0  # ems of a line beside the picture


@dataclass(frozen=True)
class Places:
    """Which numbers, conditions and facts stand on a page, each once, in the order of first use."""

    quantities: dict[object, int] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    conditions: dict[str, int] = field(default_factory=dict)
    claims: dict[Claim, int] = field(default_factory=dict)
    forms: dict[str, int] = field(default_factory=dict)

    def number(self, origin: Origin) -> int:
        """The place of a number."""
        return self.numbers.setdefault(self.code(origin), len(self.numbers))

    def condition(self, test: str, origin: Origin) -> int:
        """The place of a condition."""
        code = TESTS[test].format(self.code(origin)) if test in TESTS else f"{self.code(origin)} === {test!r}"
        return self.conditions.setdefault(code, len(self.conditions))

    def particle(self, forms: Sequence[str]) -> int:
        """The place of the forms of a particle."""
        return self.forms.setdefault("/".join(forms), len(self.forms))

    def claim(self, claim: Claim) -> int:
        """The place of a fact."""
        return self.claims.setdefault(claim, len(self.claims))

    def code(self, origin: Origin) -> str:
        """The JavaScript that computes a number: e are the quantities, rate the learning rate, d(name, place) a central difference."""
        inner = [self.code(one) if isinstance(one, Origin) else one for one in origin.arguments]
        if origin.operation == "quantity":
            return f"e[{self._quantity(inner[0])}]"
        if origin.operation == "difference":
            of, wrt, part = inner
            return f'd("{wrt}",{self._quantity(of)}).{part}'
        return CODES[origin.operation].format(*inner)

    def _quantity(self, what: object) -> int:
        return self.quantities.setdefault(what, len(self.quantities))


CODES = {"rate": "rate", "start": "start", "-": "({0} - {1})", "*": "({0} * {1})", "abs": "Math.abs({0})"}
TESTS = {"up": "{} > 0", "down": "{} < 0", "flat": "{} === 0", "start": "{}"}


@dataclass(frozen=True)
class Shown:
    """A number in its parts, as it stands now."""

    minus: bool
    digits: str
    base: str
    power: str

    @classmethod
    def of(cls, text: str) -> Shown:
        """The parts of "−3.2·10^-5", "0.45" or "2^-17"."""
        minus, text = text.startswith("−"), text.removeprefix("−")
        found = re.fullmatch(r"(?:(.*?)·)?(10|2)\^(.*)", text)
        return cls(minus, found[1] or "", found[2], found[3].replace("-", "−")) if found else cls(minus, text, "", "")

    @property
    def power_of_ten(self) -> str:
        """Digits and power as MathML."""
        digits = f"<mn>{escape(self.digits)}</mn>" if self.digits else ""
        if not self.power:
            return digits
        return f"{digits}{'<mo>·</mo>' if digits else ''}<msup><mn>{self.base}</mn><mn>{self.power}</mn></msup>"


class LiveMathML(MathML):
    """MathML whose live numbers and derivatives are marked."""

    def __init__(self, display: bool, places: Places) -> None:
        super().__init__(display)
        self.places = places
        self.inner = self if not display else LiveMathML(False, places)

    def number(self, node: f.Number) -> str:
        if not isinstance(node, Number):
            return super().number(node)
        shown = Shown.of(node.text)
        marks = "".join(f' data-{name}="{value}"' for name, value in (("n", node.need), ("k", node.style.replace("n", ""))) if value)
        return f'<mrow data-v="{self.places.number(node.origin)}"{marks}>{_set(shown, node.need)}</mrow>'

    def binary(self, node: f.Binary) -> str:
        if not isinstance(node, Binary):
            return super().binary(node)
        return f'<mo form="infix" data-s="{self.places.number(node.origin)}">{node.sign}</mo>'

    def fraction(self, node: f.Fraction) -> str:
        return self._marked(super().fraction(node), node)

    def script(self, node: f.Script) -> str:
        return self._marked(super().script(node), node)

    def _marked(self, text: str, node: f.Formula) -> str:
        claim = node.claim if isinstance(node, Fraction | Script) else None
        return text if claim is None else re.sub("^<[a-z]+", lambda found: f'{found[0]} data-c="{self.places.claim(claim)}"', text, count=1)

    def fence(self, node: f.Fence) -> str:
        if node.open not in PRINTED and node.close not in PRINTED:
            return super().fence(node)
        half = "" if node.open and node.close else "open" if node.open else "close"
        text = super().fence(replace(node, open=PRINTED.get(node.open, ""), close=PRINTED.get(node.close, "")))
        return text.replace("<mrow", f'<mrow data-f="{half}"', 1)

    def prefix(self, node: f.Prefix) -> str:
        # ∂ and − open a row, where a browser takes them for prefixes by itself; a page has thousands of them.
        return '<mo lspace="0" rspace="0">∂</mo>' if node.sign == "∂" else super().prefix(node)


def with_live_fences(node: Any) -> Any:
    """The formula with parentheses that depend on the numbers in them marked as such, so that they stay so where they are broken."""
    if type(node) is tuple:
        return tuple(map(with_live_fences, node))
    if not isinstance(node, f.Formula) or isinstance(node, Number):
        return node
    same = type(node)(**{name: with_live_fences(getattr(node, name)) for name in node.__dataclass_fields__})  # type: ignore[attr-defined]
    return _live_fence(same) if isinstance(same, f.Fence) else same


def _live_fence(node: f.Fence) -> f.Fence:
    items = node.body.items if isinstance(node.body, f.Row) else (node.body,)
    if len(items) == 1 and isinstance(items[0], Number):
        return replace(node, body=replace(items[0], need=PLAIN))
    numbers = [one for one in items if isinstance(one, Number) and one.need in (FACTOR, WHOLE)]
    if not numbers or (node.open, node.close) != ("(", ")"):
        return node
    open, close = SQUARE if any(_in_parentheses(Shown.of(one.text), one.need) for one in numbers) else ROUND
    return replace(node, open=open, close=close)


def _in_parentheses(shown: Shown, need: str) -> bool:
    return (need in (FACTOR, WHOLE) and shown.minus) or (need == WHOLE and bool(shown.power))


def _set(shown: Shown, need: str) -> str:
    minus = '<mo form="prefix" lspace="0" rspace="0">−</mo>' if shown.minus and need != ABSOLUTE else ""
    body = minus + shown.power_of_ten
    if not _in_parentheses(shown, need):
        return body
    return f'<mo form="prefix" stretchy="false">(</mo>{body}<mo form="postfix" stretchy="false">)</mo>'


@dataclass(frozen=True)
class LiveHtml(HtmlWriter):
    """HTML of a page that a script keeps up to date."""

    places: Places = field(default_factory=Places)
    room: float = ROOM

    def formula(self, node: f.Formula, display: bool) -> str:
        # Displayed formulas get their style from the sheet, by where they stand.
        shown = with_live_fences(node)
        return f"<math>{LiveMathML(display, self.places)(shown if display else slashed(shown))}</math>"

    def text(self, part: d.Text) -> str:
        if not isinstance(part.text, Particle):
            return super().text(part)
        place, forms = self.places.number(part.text.origin), self.places.particle(part.text.forms)
        kind = f' data-k="{part.text.style}"' if part.text.style != "n" else ""
        return f'<span data-p="{place}"{kind} data-forms="{forms}">{escape(part.text)}</span>'

    def equation(self, block: d.Equation) -> str:
        kind = block.label.rpartition(":")[2]
        named = f'<div class="equation {kind}"' if kind in ("chain", "result") else '<div class="equation"'
        return super().equation(replace(block, formula=with_live_fences(block.formula))).replace('<div class="equation"', named, 1)

    def when(self, block: When) -> str:
        return super().paragraph(block).replace("<p>", f"<p {self._condition(block)}>", 1)

    def whensaid(self, part: WhenSaid) -> str:
        return f"<span {self._condition(part)}>{self.line(part.parts)}</span>"

    def _condition(self, one: When | WhenSaid) -> str:
        return f'data-w="{self.places.condition(*one.condition)}"{"" if one.now else " hidden"}'

    def body(self, blocks: Iterable[d.Block], between: str = "\n") -> str:
        return super().body(blocks, between)
