"""The card of an activation: its formula, its derivative rule by rule and in its own output, kinks, range, picture, numbers, check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any

from sympy import Add, Expr, Heaviside, Mul, Piecewise, Rational, Symbol, sign

from derive.activations import Activation, activation
from derive.graph import Definition, Graph
from derive.steps import Derivation, Local, Term
from numeric.checking import Report

from ..boards.heads import OWN_CONSTANTS
from ..document import Block, Document, Equation, Inline, Paragraph
from ..formula import Formula, Lines, Relation, row
from ..lessons.factors import same_parts
from ..lessons.lines import Line, equals
from ..lessons.record import check_data
from ..locales import Locale, locale
from ..notation import SUM, Board, board_of
from . import Point, Sampled, by_rule_blocks, checked, exact, interval, labelled, number, ruled, sampled, table, whole

__all__ = ["activation_card", "activation_names"]

Z, Y = Symbol("z"), Symbol("y")
LETTERS = {"slope": "a"}
LAYER = 3  # units of a layer whose outputs depend on each other
AT = tuple(map(Fraction, (-2, -1, 0, 1, 2)))
LAYER_AT = tuple(tuple(map(Fraction, one)) for one in ((0, 0, 0), (1, 2, 3), (3, -1, 1)))
BESIDE = Rational(1, 10**6)


class CardBoard(Board):
    """A board on which a setting that code spells out has a letter: a slope called slope would say two things."""

    def name(self, symbol: Symbol) -> Formula:
        """A symbol as it is named on the card."""
        return super().name(Symbol(LETTERS.get(symbol.name, symbol.name)) if symbol.name not in self.labels else symbol)


def activation_names(name: str) -> tuple[str, ...]:
    """The names on the card of that activation. Raises UnknownNameError where there is none of that name."""
    return tuple(one.name for one in Card(activation(name), Board(), locale("en")).graph.order)


def activation_card(
    name: str, *, language: str = "en", detail: str = "normal", pictures: bool = True, labels: Mapping[str, str] | None = None, **told: Any
) -> tuple[Document, Report]:
    """The card of the activation of that name, and the report of its checks.

    told is notation, precision and exact, as for ``lecture``. Raises UnknownNameError where there is none of that name.
    """
    words, board = locale(language), board_of(None, labels=labels, **told)
    plain = CardBoard(board.notation, labels=board.labels)
    card = Card(activation(name), plain, words, detail)
    parts = card.parts
    report = whole(parts)
    blocks = (
        *card.function(), *(card.picture() if pictures else []), *card.by_rules(), *card.in_output(), *card.kinks(), *card.steepest(), *card.numbers(),
    )  # fmt: skip
    told_of = labelled((*blocks, checked(parts, card.board, words)), name)
    return Document(words.say("card.activation", name=words.called("activation", card.record.name)), language, told_of, lambda: _data(card, report)), report


@dataclass(frozen=True)
class Card:
    """An activation with what is needed to tell it."""

    record: Activation
    plain: Board
    words: Locale
    detail: str = "normal"

    # ---- what it is about

    @cached_property
    def arguments(self) -> tuple[Symbol, ...]:
        """What it is applied to: z alone, or the units of a layer."""
        several = LAYER if self.record.whole else self.record.maps
        return (Z,) if several == 1 else tuple(Symbol(f"z{place + 1}") for place in range(several))

    @cached_property
    def settings(self) -> tuple[Symbol, ...]:
        """The settings by name."""
        return tuple(Symbol(one.name) for one in self.record.settings)

    @cached_property
    def outputs(self) -> dict[Symbol, Expr]:
        """Each output and what it is: one, or one for every unit of a layer."""
        if not self.record.whole:
            return {Y: self.record.function(*self.arguments, *self.settings)}
        return {Symbol(f"y{place + 1}"): self.record.function(one, *_others(one, self.arguments)) for place, one in enumerate(self.arguments)}

    @cached_property
    def graph(self) -> Graph:
        """The outputs as definitions."""
        return Graph((*self.arguments, *self.settings), [Definition(name, value) for name, value in self.outputs.items()])

    @property
    def first(self) -> Symbol:
        """The output that is differentiated."""
        return next(iter(self.outputs))

    @cached_property
    def wrt(self) -> tuple[Symbol, ...]:
        """By what it is differentiated: its argument; of a layer also another unit's; then its settings."""
        return (*self.arguments[:2], *self.settings)

    @cached_property
    def board(self) -> Board:
        """The board of the card: d where there is one variable only."""
        notation = self.plain.notation
        single = len(self.graph.givens) == 1
        return replace(self.plain, notation=replace(notation, partial=notation.total) if single else notation)

    @cached_property
    def definition(self) -> Expr:
        """The function spelt out."""
        spelt = self.record.spelt or self.record.definition
        own, *others = self.arguments
        return spelt(own, *others, *self.settings)

    def say(self, key: str, **parts: Any) -> tuple[Inline, ...]:
        """A sentence of the page's language."""
        return self.words.say(key, **parts)

    # ---- the function

    def function(self) -> list[Block]:
        """The definition, the settings and the range."""
        name, value = self.board.name(self.first), self.board.formula(self.outputs[self.first])
        formulas = dict.fromkeys([value, self.board.formula(self.definition)])
        values = self._values() or self.say("card.range", y=name, interval=interval(self.board, self.record.range, self.record.reached))
        sentences = [*self._settings(), *self._usual(self._constants()), values]
        lead = self.say("card.function")
        return [Paragraph((), lead), Equation(row(name, equals(*formulas)), "definition"), Paragraph(self.words.in_line(sentences))]

    def _values(self) -> tuple[Inline, ...]:
        """The values of a function that has only a few."""
        if not self.definition.is_Piecewise or not all(value.is_number for value, _ in self.definition.args):  # type: ignore[misc]
            return ()
        few = sorted((value for value, _ in self.definition.args), key=float)  # type: ignore[misc]
        return self.say("card.values", values=self.words.joined([self.board.formula(one) for one in few]))

    def _settings(self) -> Iterator[tuple[Inline, ...]]:
        for one, name in zip(self.record.settings, self.settings, strict=True):
            key = "card.setting.learned" if one.learned else "card.setting"
            yield self.say(key, name=self.board.name(name), value=number(self.board, exact(one.usual)))

    def _constants(self) -> list[Formula]:
        """What the letters of constants stand for that are this function's own."""
        own = (one for one in OWN_CONSTANTS if self.definition.has(one))
        return [row(self.board.formula(one), Relation("="), number(self.board, exact(one))) for one in own]

    def _usual(self, constants: Sequence[Formula] = ()) -> list[tuple[Inline, ...]]:
        """What the settings are in the numbers that follow, and constants beside them."""
        values = [*constants, *(row(self.board.name(name), Relation("="), number(self.board, self.usual[name])) for name in self.settings)]
        return [self.say("card.usual", settings=self.words.joined(values))] if values else []

    @cached_property
    def usual(self) -> Point:
        """The usual values of the settings."""
        return dict(zip(self.settings, (exact(one.usual) for one in self.record.settings), strict=True))

    def picture(self) -> list[Block]:
        """The function and its slope over z."""
        if len(self.arguments) > 1:
            return []
        from ..figures.slopes import activation as drawn

        return [drawn(self.record, notation=self.plain.notation, words=self.words)]

    # ---- the derivative

    @cached_property
    def ruled(self) -> Derivation:
        """The derivative of the definition by the laws."""
        return ruled(self.first, self.definition, self.arguments[0], self.graph.givens)

    def by_rules(self) -> list[Block]:
        """The derivative of the definition, law by law."""
        return by_rule_blocks(self.ruled, self.plain, self.words, self.detail)

    def in_output(self) -> list[Block]:
        """The derivative as it is used: in the output, and by cases where it has kinks; by other arguments too."""
        lines: list[Line] = []
        told = [one for one in self.wrt if one != self.arguments[0] or not self._is_told]
        for one in told:
            claim = Local(self.first, one)
            formulas = list(dict.fromkeys(self._forms(claim)))
            lines += [(self.board.claim(claim) if place == 0 else row(()), equals(formula), None) for place, formula in enumerate(formulas)]
        if not told:
            return []
        if self.arguments[0] not in told:
            lead = self.say("card.by", names=self.words.joined([self.board.name(one) for one in told]))
        else:
            lead = self.say("card.output" if self._uses_output else "card.slope")
        return [Paragraph((), lead), Equation(Lines(tuple(lines)), "slope")]

    @property
    def _is_told(self) -> bool:
        """Is the derivative used just as the laws have left it, up to the order of its parts?"""
        result = self.board.formula(self.ruled.result)
        return all(same_parts(result, one) for one in self._forms(Local(self.first, self.arguments[0])))

    @property
    def _uses_output(self) -> bool:
        claim = Local(self.first, self.arguments[0])
        return any(self.steps[claim].value.has_free(one) for one in self.outputs)

    @cached_property
    def steps(self) -> dict[Any, Any]:
        """The facts by claim."""
        return {step.claim: step for part in self.parts for step in part.derivation.steps}

    def _forms(self, claim: Local) -> Iterator[Formula]:
        own, step = claim.wrt == self.arguments[0], self.steps[claim]
        spelt = self.board.inside(self.board.terms(_spelt_out(step.terms, self._definitions)), SUM) if self._uses_output else None
        if own and (self.ruled.result.is_Piecewise or not self.record.kinks) and spelt not in self._on_the_way:
            yield self.board.formula(self.ruled.result)
        if own and self.record.kinks:
            yield self.board.formula(self.cases)
            return
        if spelt is not None and (own or self.record.whole):
            yield spelt
        yield self.board.inside(self.board.terms(step.terms), SUM)
        if own and self.record.in_output:
            yield self.board.formula(self.record.in_output(self.first))

    @cached_property
    def _definitions(self) -> dict[Symbol, Expr]:
        """The outputs spelt out."""
        if not self.record.whole:
            return {self.first: self.definition}
        return {name: self.record.definition(one, *_others(one, self.arguments)) for name, one in zip(self.outputs, self.arguments, strict=True)}

    @cached_property
    def _on_the_way(self) -> list[Formula]:
        """What the laws came by before the result."""
        step = self.ruled[Local(self.first, self.arguments[0])]
        return [self.board.formula(one) for one in (*(self.ruled[inner].value for inner in step.cited()), *(form for form, _ in step.via)) if one != step.value]

    # ---- kinks

    @cached_property
    def slopes(self) -> list[Expr]:
        """The slope between the kinks, from left to right."""
        kinks = sorted(self.record.kinks)
        inside = [kinks[0] - 1, *((low + high) / 2 for low, high in pairwise(kinks)), kinks[-1] + 1]
        slope = Add(*(Mul(*term) for term in self.record.slope(Z, Y, *self.settings)))
        return [_seen_from(slope, place) for place in inside]

    @cached_property
    def cases(self) -> Expr:
        """The slope by cases, with the value at each kink that is declared."""
        kinks = sorted(self.record.kinks)
        upper = [(self.slopes[place + 1], self._condition(kink, place)) for place, kink in enumerate(kinks)]
        return Piecewise(*reversed(upper), (self.slopes[0], True))

    def _condition(self, kink: Expr, place: int) -> Any:
        belongs = self.at(self.slopes[place + 1], kink) == self.record.at_kink(kink, *self.settings)
        return kink <= Z if belongs else kink < Z

    def at(self, slope: Expr, kink: Expr) -> Expr:
        """A one-sided slope at a kink."""
        return slope.xreplace({Y: self.record.definition(kink, *self.settings), Z: kink})

    def kinks(self) -> list[Block]:
        """What happens at each kink, and what is declared there."""
        sentences = [self._kink(kink, place) for place, kink in enumerate(sorted(self.record.kinks))]
        sentences += [self.say("card.tie")] if self.record.maps > 1 else []
        return [Paragraph(self.words.in_line(sentences), self.say("card.kinks"))] if sentences else []

    def _kink(self, kink: Expr, place: int) -> tuple[Inline, ...]:
        jumps = self._jumps(kink)
        ends = self._beside(kink) if jumps else [self.at(self.slopes[place + side], kink) for side in (0, 1)]
        left, right, declared = (self.board.formula(one) for one in (*ends, self.record.at_kink(kink, *self.settings)))
        where = row(self.board.name(Z), Relation("="), number(self.board, exact(kink)))
        said = self.say("card.kink.value" if jumps else "card.kink", at=where, left=left, right=right, declared=declared)
        usual = {name: one.usual for name, one in zip(self.settings, self.record.settings, strict=True)}
        if jumps or ends[0].xreplace(usual) != ends[1].xreplace(usual):
            return said
        values = self.words.joined([row(self.board.name(name), Relation("="), number(self.board, self.usual[name])) for name in self.settings])
        return self.words.in_line([said, self.say("card.kink.none", settings=values)])

    def _beside(self, kink: Expr) -> list[Expr]:
        """The values close to a kink, on its left and on its right."""
        return [self.record.definition(kink + side, *self.record.values()) for side in (-BESIDE, BESIDE)]

    def _jumps(self, kink: Expr) -> bool:
        left, right = self._beside(kink)
        return bool(abs(right - left) > 1000 * BESIDE)

    def steepest(self) -> list[Block]:
        """The largest slope, and what it means for what comes back through the unit."""
        largest, place = self.record.largest, self.record.steepest
        if largest is None:
            return []
        size = number(self.board, exact(largest))
        if place is None:
            found = self.say("card.largest", slope=size)
        elif place.is_infinite:
            found = self.say("card.largest.far", slope=size, z=self.board.name(Z))
        else:
            found = self.say("card.largest.at", slope=size, at=row(self.board.name(Z), Relation("="), number(self.board, exact(place))))
        effect = "nothing" if largest == 0 else "shrinks" if largest < 1 else "passes" if largest == 1 else "grows"
        return [Paragraph(self.words.in_line([*self._usual(), found, self.say(f"card.largest.{effect}")]), self.say("card.steepness"))]

    # ---- numbers

    @cached_property
    def points(self) -> list[Point]:
        """The points at which numbers are shown."""
        if len(self.arguments) > 1:
            return [{**dict(zip(self.arguments, one, strict=False)), **self.usual} for one in LAYER_AT]
        jumps = {exact(kink) for kink in self.record.kinks if self._jumps(kink)}  # where there is no slope to be shown
        places = sorted({*AT, *(exact(kink) for kink in self.record.kinks)} - jumps)
        return [{Z: place, **self.usual} for place in places]

    @cached_property
    def parts(self) -> list[Sampled]:
        """The derivatives by every variable, checked at the points."""
        return [sampled(self.graph.derivation(self.first, one), self.points) for one in self.wrt]

    def numbers(self) -> list[Block]:
        """The numbers at the points, each derivative beside its central difference."""
        shown = self.parts if self.detail == "full" else self.parts[: len(self.arguments[:2])]
        tables = [table(one, self.board, self.words, self.settings) for one in shown]
        rounding = self.say("card.rounding", places=self.board.notation.decimals)
        return [Paragraph(self.words.in_line([rounding, *self._usual()]), self.say("point")), *tables]


def _others(one: Symbol, arguments: Sequence[Symbol]) -> tuple[Symbol, ...]:
    return tuple(other for other in arguments if other != one)


def _spelt_out(terms: tuple[Term, ...], definitions: Mapping[Symbol, Expr]) -> tuple[Term, ...]:
    """The terms with the definitions in the places of the outputs, each factor as it stands."""
    return tuple(tuple(factor.xreplace(dict(definitions)) for factor in term) for term in terms)  # type: ignore[union-attr]


def _seen_from(slope: Expr, place: Expr) -> Expr:
    """A slope as it is around a place: every step and sign is decided there."""
    stepped = slope.replace(Heaviside, lambda argument, *_: Rational(int(bool(argument.xreplace({Z: place}) > 0))))
    return stepped.replace(sign, lambda argument: sign(argument.xreplace({Z: place})))


def _data(card: Card, report: Report) -> dict[str, object]:
    record = card.record
    return {
        "activation": record.name,
        "definition": record.definition(card.arguments[0], *_others(card.arguments[0], card.arguments), *card.settings),
        "slope": card.steps[Local(card.first, card.arguments[0])].value,
        "range": list(record.range),
        "kinks": [{"at": kink, "declared": record.at_kink(kink)} for kink in record.kinks],
        "largest_slope": record.largest,
        "numbers": [_numbers(card.parts, claim, place, one) for (claim, place), one in report.items()],
    }


def _numbers(parts: Sequence[Sampled], claim: Any, place: int, one: Any) -> dict[str, object]:
    point = parts[0].points[place]
    at = {name.name: str(value) for name, value in point.items()}
    return {"at": at, "wrt": claim.wrt.name, **check_data(one)}
