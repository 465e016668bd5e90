"""A limit in numbers: secants and their slopes for smaller and smaller steps, and the picture of them."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, log10
from typing import Any

from sympy import Expr, Symbol

from derive.steps import Derivation
from numeric.points import Exact

from ..boards.quantities import small_number
from ..cards import ruled
from ..document import Block, Inline, Paragraph, Table, Text
from ..formula import Binary, Formula, Prefix, Relation, row
from ..formula import Fraction as Over
from ..lessons.lines import equals
from .limit_board import Page
from .telling import NOTHING, cell, value_at

__all__ = ["STEPS", "by_rules", "number", "numbers"]

STEPS = tuple(Fraction(sign, 10**power) for sign, powers in ((1, range(5)), (-1, range(4, -1, -1))) for power in powers)
MOST_REACH = Fraction(2)


def numbers(page: Page) -> list[Block]:
    """Secants and their slopes for steps of both signs, with the picture; nothing where there is no point."""
    if page.at is None:
        return []
    x, h, at = page.board.name(page.x), page.board.name(page.quotient.h), page.at
    slope = value_at(page.quotient.result, at)
    assert slope is not None
    here = page.told.words.joined([page.told.given(name, value) for name, value in at.items()])
    name = page.of(page.told.number(at[page.x]), 1)
    inserted = page.told.board.with_numbers(at).formula(page.quotient.lines[-1].expression)
    result = row(name, equals(*dict.fromkeys([inserted, page.told.number(slope)])))
    words = page.say("limit.numbers", at=here, h=h, slope=result, quotient=_change(page, x, h))
    return [
        Paragraph(words, page.say("point")),
        _table(page, slope),
        Paragraph(_seen(page, slope), page.say("says")),
        *_picture(page),
    ]


def _seen(page: Page, slope: Exact) -> tuple[Inline, ...]:
    """How near the secants with the smallest h come."""
    assert page.at is not None
    distances = {step: None if (secant := value_at(_secant(page), {**page.at, page.quotient.h: step})) is None else abs(secant - slope) for step in STEPS}
    known = {step: one for step, one in distances.items() if one is not None}
    if not any(known.values()):
        return page.say("limit.same", slope=page.told.number(slope))
    step = min(map(abs, known))
    reached = row(page.board.name(page.quotient.h), Relation("="), Prefix("±") if {step, -step} <= set(known) else NOTHING, page.told.number(step))
    much = small_number(_up(max(float(one) for h, one in known.items() if abs(h) == step)))
    return page.say("limit.seen", h=reached, much=much, slope=page.told.number(slope))


def _up(error: float) -> float:
    """The next larger number of one digit."""
    power = 10.0 ** floor(log10(error)) if error else 1.0
    return ceil(error / power - 1e-9) * power


def _change(page: Page, x: Formula, h: Formula) -> Formula:
    return Over(row(page.of(row(x, Binary("+"), h)), Binary("−"), page.of(x)), h)


def _table(page: Page, slope: Exact) -> Table:
    """The slopes of secants for h from 1 down to almost nothing, on both sides of x."""
    assert page.at is not None
    x, h = page.board.name(page.x), page.board.name(page.quotient.h)
    moved = row(x, Binary("+"), h)
    head = (cell(h), cell(moved), cell(page.of(moved)), cell(_change(page, x, h)), page.say("limit.distance", slope=page.of(x, 1)))
    start = value_at(page.function, page.at)
    rows = []
    for step in STEPS:
        there = page.at[page.x] + step
        value, other = value_at(page.function, {**page.at, page.x: there}), value_at(_secant(page), {**page.at, page.quotient.h: step})
        if value is None or start is None or other is None:
            continue  # on this side f has no value
        rows.append(tuple(number(page, one) for one in (step, there, value, other, other - slope)))
    return Table(head, tuple(rows), "rrrrr")


def _secant(page: Page) -> Expr:
    """The difference quotient, of which many digits are taken: the values of f are close to each other."""
    function, h = page.function, page.quotient.h
    return (function.xreplace({page.x: page.x + h}) - function) / h


def number(page: Page, value: Any) -> tuple[Inline, ...]:
    """A number of a table, or a dash."""
    return cell(page.told.number(value)) if value is not None else (Text("–"),)


def _picture(page: Page) -> list[Block]:
    """Secants that turn into the tangent."""
    if not page.told.pictures or page.at is None:
        return []
    from ..figures.slopes import secants

    steps = [_reach(page) / 2**halved for halved in range(3)]
    at = {name.name: value for name, value in page.at.items()}
    return [secants(by_rules(page), at, steps=steps, notation=page.told.board.notation, words=page.told.words)]


def _reach(page: Page) -> float:
    """The largest h of the picture: as far from x as the function has values on both sides, at most 2 or x itself."""
    assert page.at is not None
    x, parts = Fraction(page.at[page.x]), [Fraction(part, 4) for part in range(-4, 6)]
    most = max(MOST_REACH, abs(x))
    reaches = [most / 2**halved for halved in range(10)]
    free = (one for one in reaches if all(value_at(page.function, {**page.at, page.x: x + one * part}) is not None for part in parts))
    return float(next(free, reaches[-1]))


def by_rules(page: Page) -> Derivation:
    """The derivative by the rules, of a function with the name that it has here."""
    return ruled(Symbol(page.named), page.function, page.x, [page.x, *sorted(page.function.free_symbols - {page.x}, key=str)])  # type: ignore[list-item]
