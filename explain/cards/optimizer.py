"""The card of an optimizer: its update, its numbers, and its first steps, by the formula and by the code that runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction as Ratio
from functools import cached_property
from typing import Any

from sympy import Expr, Rational, Symbol

from derive.errors import UnknownNameError
from derive.names import split
from derive.written import Written
from numeric.optimizers import OPTIMIZERS, Optimizer

from ..boards.quantities import small_number
from ..document import Block, Document, Equation, Inline, Math, Paragraph, Table, Text
from ..formula import Fence, Formula, Fraction, Lines, Name, Number, Over, Relation, row
from ..lessons.lines import Line, equals
from ..locales import Locale, locale
from ..notation import Board, Piece, board_of
from . import labelled, number

__all__ = ["Agreement", "optimizer_card", "optimizer_names"]

STEPS = 4
START = Ratio(2)
FLAT = 2  # how much flatter the bowl is than w²/2, on which a step at the rate 1 would be at the bottom at once
LETTERS = {"rate": "alpha", "momentum": "mu", "decay": "lamda"}
CLOSE = 1e-12


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the formula and the code compare: the largest distance of their numbers, and in how many."""

    count: int
    error: float

    @property
    def ok(self) -> bool:
        """Do they agree up to rounding?"""
        return self.error <= CLOSE

    @property
    def summary(self) -> str:
        """The same in a line."""
        return f"{self.count} numbers of the formula and of the code {'agree' if self.ok else 'do not agree'} (largest difference {self.error:.1g})"


class OptimizerBoard(Board):
    """A board on which the numbers of an optimizer have their usual letters, and estimates a hat."""

    def name(self, symbol: Symbol) -> Formula:
        """A symbol as it is named on the card."""
        base, subscripts = split(symbol.name)
        if subscripts == ("hat",) and symbol.name not in self.labels:
            return Over(Name(base), "^")
        return super().name(symbol if symbol.name in self.labels else Symbol(LETTERS.get(symbol.name, symbol.name)))


def optimizer_names(name: str) -> tuple[str, ...]:
    """The names on the card of that optimizer. Raises UnknownNameError where there is none of that name."""
    rule = _rule(name)
    return ("w", "g", "t", *rule.numbers, *rule.states, *(one.name for one, _ in rule.assignments))


def optimizer_card(name: str, *, language: str = "en", labels: Mapping[str, str] | None = None, **told: Any) -> tuple[Document, Agreement]:
    """The card of the optimizer of that name, with its numbers, and how its formula and its code compare.

    told is notation, precision and exact, as for ``lecture``. Raises UnknownNameError where there is none of that name.
    """
    words, plain = locale(language), board_of(None, labels=labels, **told)
    card = Card(_rule(name), OptimizerBoard(plain.notation, labels=plain.labels), words)
    blocks = (*card.update(), *card.constants(), *card.first_steps(), card.checked())
    return Document(words.say("card.optimizer", name=type(card.rule).__name__), language, labelled(blocks, name), card.data), card.agreement


def _rule(name: str) -> Optimizer:
    if name not in OPTIMIZERS:
        raise UnknownNameError("optimizer", name, OPTIMIZERS)
    return OPTIMIZERS[name]()


@dataclass(frozen=True)
class Card:
    """An optimizer with what is needed to tell it."""

    rule: Optimizer
    board: Board
    words: Locale

    def say(self, key: str, **parts: Any) -> tuple[Inline, ...]:
        """A sentence of the page's language."""
        return self.words.say(key, **parts)

    # ---- the update

    def update(self) -> list[Block]:
        """What it is, and the assignments of one step."""
        lines: list[Line] = [(self.board.name(name), row(Relation("←"), self.board.formula(code)), None) for name, code in self.rule.assignments]
        w, g = (self.board.name(Symbol(one)) for one in "wg")
        return [Paragraph(self._what()), Paragraph(self.say("card.step.here", w=w, g=g), self.say("card.step")), Equation(Lines(tuple(lines)), "update")]

    def _what(self) -> tuple[Inline, ...]:
        """In words; in those of the class where the language has none."""
        key = f"optimizer.{self.rule.name}"
        return self.say(key) if key in self.words.sentences else (Text(type(self.rule).__doc__ or ""),)

    def constants(self) -> list[Block]:
        """The numbers by letter, by their name in code, by default, and as the source of the rule recommends them."""
        columns = ["card.letter", "card.code", "card.default", *(["card.recommended"] if self.recommended else [])]
        rows = []
        for name, value in self.numbers.items():
            cells = [(Math(self.board.name(Symbol(name))),), (Text(name),), (Math(number(self.board, value)),)]
            if self.recommended:
                known = self.recommended.get(name)
                cells.append((Text("–") if known is None else Math(number(self.board, known)),))
            rows.append(tuple(cells))
        sentences = [self.say("card.t", t=self.board.name(Symbol("t")))] if self._counts else []
        if self.rule.states:
            states = self.words.joined([self.board.name(Symbol(one)) for one in self.rule.states])
            sentences.append(self.say("card.states", states=states))
        table = Table(tuple(map(self.say, columns)), tuple(rows), "llr" + "r" * bool(self.recommended))
        return [table, *([Paragraph(self.words.in_line(sentences))] if sentences else [])]

    @property
    def _counts(self) -> bool:
        """Does the update read the number of the step?"""
        return any(Symbol("t") in _expression(code).free_symbols for _, code in self.rule.assignments)

    @cached_property
    def numbers(self) -> dict[str, Ratio]:
        """The defaults as they are written in the class: 0.9, and not the float next to it."""
        return {one.name: Ratio(repr(getattr(self.rule, one.name))) for one in fields(self.rule)}

    @cached_property
    def recommended(self) -> dict[str, Ratio]:
        """What the source of the rule recommends, as far as it does, likewise."""
        return {name: Ratio(repr(value)) for name, value in self.rule.recommended.items()}

    # ---- the first steps

    @cached_property
    def path(self) -> list[dict[str, float]]:
        """The first steps on f(w) = w²/4, whose gradient is w/2, by the assignments themselves, to 30 digits."""
        values: dict[Symbol, Expr] = {Symbol(name): Rational(value.numerator, value.denominator) for name, value in self.numbers.items()}
        values |= {Symbol("w"): Rational(START), **{Symbol(one): Rational(0) for one in self.rule.states}}
        rows = []
        for step in range(1, STEPS + 1):
            values |= {Symbol("t"): Rational(step), Symbol("g"): values[Symbol("w")] / FLAT}
            for name, code in self.rule.assignments:
                values[name] = _expression(code).xreplace(values).evalf(30)
            rows.append({"t": step, **{name: float(values[Symbol(name)]) for name in self._shown}})
        return rows

    @property
    def _shown(self) -> tuple[str, ...]:
        return ("g", *dict.fromkeys(name.name for name, _ in self.rule.assignments))

    def first_steps(self) -> list[Block]:
        """The first steps as a table."""
        w = self.board.name(Symbol("w"))
        square = self.board.power(Piece(w), Piece(Number("2"))).formula
        bowl = row(Name("f"), Fence(w), equals(Fraction(square, Number(str(2 * FLAT)))))
        start = row(w, Relation("="), number(self.board, START))
        names = [self.board.name(Symbol(name)) for name in ("t", *self._shown)]
        rows = tuple(tuple((Math(number(self.board, one)),) for one in step.values()) for step in self.path)
        here = self.say("card.first.here", bowl=bowl, start=start)
        return [Paragraph(here, self.say("card.first")), Table(tuple((Math(one),) for one in names), rows, "r" * len(names))]

    # ---- the check

    @cached_property
    def agreement(self) -> Agreement:
        """The code beside the formula: every w and every state of the first steps."""
        pairs = list(self._pairs())
        return Agreement(len(pairs), max(abs(one - other) for one, other in pairs))

    def _pairs(self) -> Iterator[tuple[float, float]]:
        import numpy as np

        w, states = np.array([float(START)]), [np.zeros(1) for _ in self.rule.states]
        for row_ in self.path:
            w, *states = self.rule.step(w, w / FLAT, row_["t"], self.rule.rate, *states)
            for name, value in zip(("w", *self.rule.states), (w, *states), strict=True):
                yield float(value[0]), row_[name]

    def checked(self) -> Paragraph:
        """What the comparison says."""
        one = self.agreement
        key = "card.code.agrees" if one.ok else "card.code.differs"
        return Paragraph(self.say(key, count=one.count, error=small_number(one.error)), self.say("checked"))

    def data(self) -> dict[str, object]:
        """The card as plain data."""
        return {
            "optimizer": self.rule.name,
            "update": [{"name": name.name, "value": code} for name, code in self.rule.assignments],
            "numbers": {name: str(value) for name, value in self.numbers.items()},
            "recommended": {name: str(value) for name, value in self.recommended.items()},
            "states": list(self.rule.states),
            "steps": self.path,
            "code_error": self.agreement.error,
        }


def _expression(code: Written | Expr) -> Expr:
    return code.expression if isinstance(code, Written) else code
