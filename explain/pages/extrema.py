"""The page of a function's rising and falling: f′, its zeros, its signs, the table, the local extrema, a picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from sympy import Abs, CRootOf, Expr, Heaviside, Max, Min, Mul, Rational, Symbol, ceiling, factor, floor, oo, sign

from derive.activations import defined
from derive.analysis.extrema import Place, Stretch, Variation
from derive.errors import DeriveError
from derive.steps import Derivation
from derive.written import Written
from numeric.reports import Report

from ..boards.pieces import PRODUCT, Piece
from ..cards import by_rule_blocks, checked, ruled, sampled, whole
from ..document import Block, Document, Equation, Inline, Paragraph, Table, Text
from ..formula import Fence, Formula, Lines, Name, Number, Prefix, Relation, Row, row
from ..lessons.constants import names_apart
from ..lessons.lines import Line, equals
from ..notation import Board
from .extrema_picture import drawn
from .telling import NOTHING, Telling, applied, cell, function_name, primed, telling, value_at

__all__ = ["extrema_page"]

X, NO_PIECE = Symbol("x"), Piece(NOTHING)
WIDE = 2  # places up to which the table runs from left to right
SIGNS = {1: "+", -1: "−"}
ARROWS = {1: "↗", -1: "↘", 0: "→"}
RELATIONS = {1: ">", -1: "<"}
BENT = (Abs, sign, Heaviside, Max, Min)


@dataclass(frozen=True)
class _Inserted(Board):
    """A board on which a number that is no fraction, such as √2, stands in the place of x."""

    x: Symbol = X
    shown: Piece = NO_PIECE

    def leaf(self, symbol: Symbol) -> Piece:
        """The number for x, any other symbol as it is."""
        return self.shown if symbol == self.x else super().leaf(symbol)


@dataclass(frozen=True)
class _Page:
    """A table of rising and falling with what is needed to tell it."""

    variation: Variation
    told: Telling
    named: str

    @property
    def x(self) -> Symbol:
        return self.variation.derivation.claim.wrt

    @property
    def written(self) -> Written | Expr:
        definition = self.variation.derivation.graph.definitions[0]
        return definition.expression if definition.written is None else definition.written

    @property
    def function(self) -> Expr:
        return self.variation.derivation.graph.definitions[0].expression

    @property
    def slope(self) -> Expr:
        return self.variation.derivation.result

    @cached_property
    def derivation(self) -> Derivation:
        """The derivative by the rules, under the name of the page."""
        return ruled(Symbol(self.named), self.written, self.x, [self.x])

    @cached_property
    def tests(self) -> list[tuple[Stretch, Fraction, Any]]:
        """A simple point in every stretch where f has a value, and the slope there."""
        points = [(one, _inside(one)) for one in self.variation.stretches if one.direction is not None]
        return [(one, x, value_at(defined(self.slope), {self.x: x})) for one, x in points]

    def say(self, key: str, **parts: Any) -> tuple[Inline, ...]:
        return self.told.say(key, **parts)

    def formula(self, expression: Any) -> Formula:
        return self.told.board.formula(expression)

    def exact(self, value: Expr) -> Formula:
        """A number as it is; a root without radicals by its decimals."""
        if value in (oo, -oo):
            return row(*([Prefix("−")] if value == -oo else []), Name("∞"))
        return row(Relation("≈"), self.told.number(float(value))) if value.has(CRootOf) else self.formula(value)

    def at(self, x: Expr, times: int = 0) -> Formula:
        """f or f′ at a point."""
        return applied(primed(self.named, times), self.exact(x) if not x.has(CRootOf) else self.told.number(float(x)))

    def inserted(self, expression: Any, x: Any) -> Formula:
        """An expression with a point in the place of x."""
        plain = self.told.board
        if x.is_Rational or x.has(CRootOf):
            return plain.with_numbers({self.x: Fraction(int(x.p), int(x.q)) if x.is_Rational else float(x)}).formula(expression)
        return _Inserted(plain.notation, labels=plain.labels, numbers={}, x=self.x, shown=Piece(self.formula(x), PRODUCT)).formula(expression)


def extrema_page(variation: Variation, at: Any = None, **options: Any) -> tuple[Document, list[Report]]:
    """The page of where a function rises and falls and of its local extrema, and the report of its checks.

    options are those of ``lecture``. Raises DeriveError where a point is given: the page finds its points itself.
    """
    if at is not None:
        raise DeriveError(f"at={at!r:.80}; the page of rising and falling finds its points itself")
    name = variation.derivation.claim.wrt.name
    told = telling([name], **options)
    page = _Page(variation, told, function_name([variation.derivation.claim.wrt]))
    parts = [sampled(page.derivation, [{page.x: x} for _, x, _ in page.tests])] if told.check and page.tests else []
    slope = by_rule_blocks(page.derivation, told.board, told.words, told.detail)
    blocks = [
        *names_apart([name], told.board, told.words), *_asked(page), *slope, *_zeros(page),
        *([] if told.brief else _signs(page)), *_table(page), *_extrema(page), *_picture(page),
        *([checked(parts, told.board, told.words)] if parts else []),
    ]  # fmt: skip
    title = page.say("extrema.title", of=applied(Name(page.named), told.board.name(page.x)))
    return Document(title, options.get("language", "en"), tuple(blocks), lambda: _data(page)), [whole(parts)] if parts else []


def _inside(stretch: Stretch) -> Fraction:
    """A simple number strictly between two ends: a whole one near the middle, or a fraction with a small denominator."""
    left, right = stretch.left, stretch.right
    if left == -oo or right == oo:
        return Fraction(int(0 if left == -oo and right == oo else floor(left) + 1 if right == oo else ceiling(right) - 1))
    parts = 1
    while True:
        middle = Rational(int(floor((left + right) / 2 * parts + Rational(1, 2))), parts)
        if bool(left < middle) and bool(middle < right):
            return Fraction(int(middle.p), int(middle.q))
        parts *= 2


# ---- the parts


def _asked(page: _Page) -> list[Block]:
    x, f = page.told.board.name(page.x), Name(page.named)
    wanted = page.say("extrema.want", f=f, slope=primed(page.named, 1))
    return [Paragraph(wanted, page.say("want")), Equation(row(applied(f, x), equals(page.formula(page.written))), "function")]


def _zeros(page: _Page) -> list[Block]:
    """f′ in factors, and which of them is zero where."""
    called = applied(primed(page.named, 1), page.told.board.name(page.x))
    if page.slope.has(*BENT) or not page.slope.has_free(page.x):
        places = [row(page.told.board.name(page.x), *_being(page, one.x)) for one in page.variation.places]
        key = "extrema.places" if places else "extrema.no places"
        return [Paragraph(page.say(key, slope=called, places=page.told.words.joined(places)), page.say("extrema.zeros"))]
    forms = list(dict.fromkeys([page.formula(page.slope), page.formula(factor(page.slope))]))
    lines: list[Line] = [(called if place == 0 else NOTHING, equals(one), page.say("reason.factors") if place else None) for place, one in enumerate(forms)]
    slope, zeros = Equation(Lines(tuple(lines)), "slope"), tuple(_factors(page))
    if not zeros:
        return [Paragraph((), page.say("extrema.zeros")), slope, Paragraph(page.say("extrema.no places", slope=called))]
    return [Paragraph(page.say("extrema.zeros.here", slope=called), page.say("extrema.zeros")), slope, Equation(Lines(zeros), "zeros")]


def _being(page: _Page, value: Expr) -> tuple[Formula, ...]:
    exact = page.exact(value)
    return (exact,) if value.has(CRootOf) else (Relation("="), exact)


def _factors(page: _Page) -> Iterator[Line]:
    """Each factor, and the points at which it is zero."""
    x = page.told.board.name(page.x)
    for one in Mul.make_args(factor(page.slope)):
        power = one if one.is_Pow and not one.exp.has_free(page.x) else None  # type: ignore[attr-defined]
        base: Any = power.base if power is not None else one  # type: ignore[attr-defined]
        if not base.has_free(page.x) or (power is not None and power.exp.is_negative):  # type: ignore[attr-defined]
            continue
        here = [row(x, *_being(page, place.x)) for place in page.variation.places if _is_zero(base, page.x, place)]
        why = page.say("extrema.zero at", places=page.told.words.joined(here)) if here else page.say("extrema.never")
        yield page.formula(base), row(Relation("=" if here else "≠"), Number("0")), None if base == page.x else why
    for place in page.variation.places:
        if place.slope is None:
            yield x, row(*_being(page, place.x)), page.say("extrema.no slope", slope=primed(page.named, 1))


def _is_zero(expression: Expr, x: Symbol, place: Place) -> bool:
    return place.slope is not None and expression.xreplace({x: place.x}).equals(0) is True


def _signs(page: _Page) -> list[Block]:
    """f′ at one point of every stretch: its sign is that of the whole stretch."""
    lines: list[Line] = []
    for stretch, x, value in page.tests:
        direction = stretch.direction or 0
        shown = dict.fromkeys([page.inserted(page.slope, Rational(x.numerator, x.denominator)), page.told.number(value)])
        relation = (Relation(RELATIONS[direction]), Number("0")) if direction else ()
        why = page.say(f"extrema.{_word(stretch)}.on", f=Name(page.named), interval=_interval(page, stretch))
        lines.append((applied(primed(page.named, 1), page.told.number(x)), row(equals(*shown), *relation), why))
    return [Paragraph(page.say("extrema.signs.here", slope=primed(page.named, 1)), page.say("extrema.signs")), Equation(Lines(tuple(lines)), "signs")]


def _word(stretch: Stretch) -> str:
    return {1: "rising", -1: "falling", 0: "constant", None: "nothing"}[stretch.direction]


def _interval(page: _Page, stretch: Stretch) -> Formula:
    left, right = (page.exact(one) if not one.has(CRootOf) else page.told.number(float(one)) for one in (stretch.left, stretch.right))
    return Fence(row(left, Relation(","), right))


# ---- the table


def _table(page: _Page) -> list[Block]:
    """x, f′, f and what it means; from left to right where there are few points, else from top to bottom."""
    x = page.told.board.name(page.x)
    heads = (cell(x), cell(applied(primed(page.named, 1), x)), cell(applied(Name(page.named), x)), page.say("extrema.means", f=Name(page.named)))
    columns = list(_columns(page))
    if len(page.variation.places) <= WIDE:
        rows = tuple((heads[line], *(column[line] for column in columns)) for line in range(1, 4))
        table = Table((heads[0], *(column[0] for column in columns)), rows, "l" + "c" * len(columns))
    else:
        table = Table(heads, tuple(columns), "cccl")
    return [Paragraph(page.say("extrema.table.here"), page.say("extrema.table")), table]


def _columns(page: _Page) -> Iterator[tuple[tuple[Inline, ...], ...]]:
    for place, stretch in enumerate(page.variation.stretches):
        if place:
            yield _at_a_place(page, page.variation.places[place - 1])
        direction = stretch.direction
        sign = cell(Number("0") if direction == 0 else Name(SIGNS[direction])) if direction is not None else (Text("–"),)
        arrow = cell(Name(ARROWS[direction])) if direction is not None else (Text("–"),)
        yield cell(_interval(page, stretch)), sign, arrow, page.say(f"extrema.{_word(stretch)}")


def _at_a_place(page: _Page, one: Place) -> tuple[tuple[Inline, ...], ...]:
    values = (cell(page.exact(value)) if value is not None else (Text("–"),) for value in (one.slope, one.value))
    return (cell(page.exact(one.x)), *values, page.say(f"extrema.{one.kind}"))


# ---- the extrema


def _extrema(page: _Page) -> list[Block]:
    """Each local extremum: its value with the point put in, and why it is one."""
    found = [one for one in page.variation.places if one.kind in ("minimum", "maximum")]
    if not found:
        return [Paragraph(page.say("extrema.none", f=Name(page.named)), page.say("says"))]
    lines: list[Line] = []
    for one in found:
        assert one.value is not None
        forms = list(dict.fromkeys([page.inserted(page.written, one.x), page.exact(one.value)]))
        decimal = [Relation("≈"), page.told.number(float(one.value))] if not one.value.is_Rational and not one.value.has(CRootOf) else []
        shown = row(*(part for form in forms for part in ([] if _opens_with_relation(form) else [Relation("=")]) + [form]), *decimal)
        lines.append((page.at(one.x), shown, page.say(f"extrema.{one.kind}.why", slope=primed(page.named, 1))))
    return [Paragraph(page.say("extrema.found"), page.say("says")), Equation(Lines(tuple(lines)), "extrema")]


def _opens_with_relation(form: Formula) -> bool:
    return isinstance(form, Row) and isinstance(form.items[0], Relation)


def _picture(page: _Page) -> list[Block]:
    return [drawn(page.derivation, page.variation, page.told.board, page.told.words)] if page.told.pictures else []


def _data(page: _Page) -> dict[str, object]:
    return {
        "function": page.function,
        "slope": page.slope,
        "places": [{"x": one.x, "value": one.value, "slope": one.slope, "kind": one.kind} for one in page.variation.places],
        "stretches": [{"from": one.left, "to": one.right, "direction": one.direction} for one in page.variation.stretches],
    }
