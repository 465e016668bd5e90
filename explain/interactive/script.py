"""What runs in the interactive page: the engine, the numbers that are live, the data of the page, and its own scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.resources import files
from typing import Any

from sympy import Symbol

from derive.errors import DeriveError
from derive.network import Network
from derive.steps import Claim, Local, Total
from numeric.data import DATA

from ..document import Equation
from ..formula import Lines
from ..lessons.lines import NOTHING
from ..locales import Locale
from ..notation import Board
from .engine import engine_source, numbers_source
from .latex_templates import packed, templates
from .live import quantity
from .markup import Variants
from .parts import Parts
from .roundings import put_in
from .told import Section, Told
from .writing import Places

__all__ = ["Script", "own", "training_samples"]

SCRIPTS = ("state", "values", "roundings", "controls", "picture", "player", "training", "copying", "address", "start")
SAID_BY_KEY = ("way.forward", "way.backward")  # what the scripts say by a key that they put together
Rows = dict[str, list[list[float]]]


@dataclass(frozen=True)
class Script:
    """The script of one page; ``samples`` are those that can be trained on."""

    net: Network
    told: Told
    words: Locale
    at: Mapping[Symbol, Any]
    rate: Any
    samples: Mapping[str, Rows]
    places: Places
    parts: Parts
    bounds: Mapping[Symbol, tuple[float, float]]
    variants: Variants

    @property
    def board(self) -> Board:
        """The board of the page."""
        return self.told.sections[0].lesson.board

    def text(self) -> str:
        """All of it; the page must be printed before, since printing gathers what is live. Raises DeriveError where it would end its own element."""
        page = json.dumps(self._data(), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
        places = self.places
        thunks = ",".join(f"()=>{code}" for code in places.numbers)
        conditions = ",".join(f"()=>{code}" for code in places.conditions)
        engine = engine_source(self.net, self.net.loss, self.net.parameters, list(places.quantities))  # type: ignore[arg-type]
        inserted = put_in((one.lesson for one in self.told.sections), places)
        live = f"const numbers=[{thunks}];\nconst conditions=[{conditions}];\nconst putIn={inserted};"
        text = f'"use strict";\n{_lean(engine)}\n{_lean(numbers_source())}\nconst page={page};\n{live}\n{_scripts()}'
        if "</" in text or "<!--" in text:
            raise DeriveError("the script of this page would end its own element")
        return text

    def _data(self) -> dict[str, Any]:
        latex = packed(templates(self.told.title, self.told.shared, self.told.sections, self.words.code, self.places))
        words = {key: self.words.sentences[f"page.{key}"] for key in (*SAID_BY_KEY, *sorted(set(re.findall(r'say\("([^"]+)"', _scripts()))))}
        by = [self._of_section(one) for one in self.told.sections]
        claims = [{"said": self._called(one), "parts": self.parts.lit(one)} for one in self.places.claims]
        return {
            "places": self.board.notation.decimals,
            "rate": float(self.rate),
            "start": [float(value) for value in self.at.values()],
            "loss": self.net.loss.name,
            "shares": [one.name for one in self.net.graph.shares],
            "bounds": {one.name: bounds for one, bounds in self.bounds.items()},
            "masks": {mask.name: out.name for mask, out in self.parts.masks.items()},
            "claims": claims,
            "shows": [self._shows(code) for code in self.places.numbers],
            "by": by,
            "forward": list(self._forward()),
            "samples": self.samples,
            "words": words,
            "forms": list(self.places.forms),
            "variants": list(self.variants),
            "latex": latex,
        }

    def _called(self, claim: Claim) -> str:
        """A derivative as a line of plain text, with the sign that the page gives it."""
        text, sign = str(claim), self.board.notation
        return text if isinstance(claim, Local) or claim in self.board.totals else f"{sign.partial}{claim.of}/{sign.partial}{claim.wrt}"

    def _shows(self, code: str) -> list[Any]:
        """What a number lights: the parts of the picture, and the fact that it is the number of, or −1."""
        found = re.fullmatch(r"e\[(\d+)\]", code)
        what = list(self.places.quantities)[int(found[1])] if found else None
        if isinstance(what, Local | Total):
            return [self.parts.lit(what), self.places.claims.get(what, -1)]
        return [self.parts.own(what) if isinstance(what, Symbol) else [], -1]

    def _of_section(self, section: Section) -> dict[str, Any]:
        claim = section.lesson.derivation.claim
        places = {"number": self.places.number(quantity(claim)), "claim": self.places.claim(claim)}
        return {"name": section.wrt.name, "said": self._called(claim), "parts": self.parts.lit(claim), **places}

    def _forward(self) -> Iterable[dict[str, Any]]:
        """The definitions in the order of computing, each with its place among the lines of the forward part, or −1."""
        told = [block for block in self.told.shared if isinstance(block, Equation)]
        lines = told[-1].formula.rows if told and isinstance(told[-1].formula, Lines) else ()
        places = {left: place for place, left in enumerate(one[0] for one in lines if one[0] != NOTHING)}
        for node in self.net.graph.by_symbol:
            yield {"said": node.name, "parts": self.parts.computed(node), "line": places.get(self.board.name(node), -1)}


def training_samples(net: Network, points: Sequence[Mapping[str, Any]]) -> dict[str, Rows]:
    """The samples to train on beside the present one: those of the page where there are several, and XOR where it fits."""
    found: dict[str, Rows] = {}
    if len(points) > 1:
        found["file"] = {"inputs": _rows(net.inputs, points), "targets": _rows(net.targets, points)}
    if len(net.inputs) == 2 and len(net.targets) <= 2:
        found["xor"] = _xor(len(net.targets))
    return found


def _rows(names: Iterable[Symbol], points: Sequence[Mapping[str, Any]]) -> list[list[float]]:
    return [[float(Fraction(one[name.name])) for name in names] for one in points]


def _xor(outputs: int) -> Rows:
    """The four samples of XOR; of two outputs the second says the opposite of the first."""
    xor = DATA["xor"]
    return {"inputs": [list(one) for one in xor.inputs], "targets": [[one[0], 1 - one[0]][:outputs] for one in xor.targets]}


def _scripts() -> str:
    return "\n".join(own(f"{name}.js") for name in SCRIPTS)


def own(name: str) -> str:
    """A file of this room, lean."""
    return _lean(files("explain.interactive").joinpath(name).read_text("utf-8"))


def _lean(text: str) -> str:
    """A script or a style without the blanks and remarks that only its writers need."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))
