"""The page of a derivative as a limit: the difference quotient line by line, then secants and their slopes in numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor, log10
from typing import Any

from sympy import Expr, Symbol

from derive.analysis.limits import Quotient
from derive.analysis.quotients import Form, Line, Special
from derive.claims.judging import judge
from derive.claims.verdicts import Verdict
from derive.errors import DeriveError
from derive.steps import Derivation
from numeric.checking import check_gradient
from numeric.points import Exact
from numeric.reports import AGREES, Report

from ..boards.pieces import PRODUCT, SUM, Piece
from ..boards.quantities import small_number, step_of_difference, twelve_decimals
from ..cards import ruled
from ..document import Block, Cite, Document, Equation, Inline, Paragraph, Table, Text
from ..formula import Binary, Formula, Lines, Name, Number, Prefix, Relation, Script, Times, row
from ..formula import Fraction as Over
from ..lessons.lines import equals
from ..notation import Board
from .telling import NOTHING, Telling, applied, at_one_point, cell, function_name, primed, telling, value_at

__all__ = ["LimitBoard", "limit_page"]

STEPS = tuple(Fraction(sign, 10**power) for sign, powers in ((1, range(5)), (-1, range(4, -1, -1))) for power in powers)
PLACES = tuple(map(Fraction, ("1", "2", "1/2", "3", "4", "-1", "0", "5", "10")))  # tried in this order where no x is given
MOST_REACH = Fraction(2)
H = Symbol("h")
LETTERS = ("f", "g", "p", "q", "F", "G")


@dataclass(frozen=True)
class LimitBoard(Board):
    """A board on which the difference quotients of the parts of a sum have their limits before them."""

    h: Symbol = H
    open: frozenset[Form] = frozenset()

    def piece(self, expression: Form) -> Piece:
        """An expression as a piece of a larger formula."""
        if expression in self.open:
            return Piece(self.limit(replace(self, open=self.open - {expression}).piece(expression)), PRODUCT)
        return super().piece(expression)

    def limit(self, piece: Piece) -> Formula:
        """The limit of a piece as h goes to zero."""
        return row(Script(Name("lim", "function"), sub=row(self.name(self.h), Relation("→"), Number("0"))), Times(), self.inside(piece, PRODUCT))


@dataclass(frozen=True)
class _Page:
    """A worked quotient with what is needed to tell it; ``at`` is the point of its numbers."""

    quotient: Quotient
    told: Telling
    at: Mapping[Symbol, Exact] | None
    names: tuple[str, ...]

    @property
    def x(self) -> Symbol:
        return self.quotient.x

    @property
    def board(self) -> LimitBoard:
        plain = self.told.board
        return LimitBoard(plain.notation, labels=plain.labels, h=self.quotient.h, open=frozenset(part.lines[0].form for part in self.quotient.parts))

    @property
    def named(self) -> str:
        return self.names[0]

    def say(self, key: str, **parts: Any) -> tuple[Inline, ...]:
        return self.told.say(key, **parts)

    def of(self, argument: Formula, times: int = 0) -> Formula:
        """f or its derivative at an argument."""
        return applied(primed(self.named, times), argument)

    @property
    def function(self) -> Expr:
        form = self.quotient.function
        return form if isinstance(form, Expr) else form.expression


def limit_page(quotient: Quotient, at: Any = None, **options: Any) -> tuple[Document, list[Report]]:
    """The page that works a derivative from its definition, and the report of its check.

    at gives x and every other name a value; without it x is a small number where f has a value, and where other names
    occur there are no numbers. options are those of ``lecture``. Raises DeriveError for a point at which f has no derivative.
    """
    told = telling(**options)
    names = {quotient.x, *_expression(quotient.function).free_symbols}
    page = _Page(quotient, told, _point(quotient, at), _free(names, 1 + len(quotient.parts)))
    report = _report(page) if told.check and page.at is not None else None
    verdicts = quotient.verdicts() if told.check else []
    blocks = [*_asked(page), *_special(page), *_parts(page), *_worked(page), *([] if told.brief else _numbers(page)), *_checked(page, verdicts, report)]
    title = page.say("limit.title", of=page.of(page.board.name(page.x)))
    return Document(title, options.get("language", "en"), tuple(blocks), lambda: _data(page, verdicts)), [report] if report else []


def _expression(form: Form) -> Expr:
    return form if isinstance(form, Expr) else form.expression


def _free(names: set[Any], count: int) -> tuple[str, ...]:
    """Names for f and its parts that are not those of the page."""
    first, taken = function_name(names), {one.name[0] for one in names}
    others = [one for one in LETTERS if one not in taken and one != first] + [f"{first}{place}" for place in range(1, count)]
    return (first, *others[: count - 1])


def _point(quotient: Quotient, at: Any) -> dict[Symbol, Exact] | None:
    names = [quotient.x, *sorted(_expression(quotient.function).free_symbols - {quotient.x}, key=str)]
    if at is None:
        return next(({quotient.x: one} for one in PLACES if _has_slope(quotient, {quotient.x: one})), None) if len(names) == 1 else None
    found = at_one_point(names, at)
    if not _has_slope(quotient, found):
        here = ", ".join(f"{name} = {value}" for name, value in found.items())
        raise DeriveError(f"at {here} the function {_expression(quotient.function)} has no derivative; choose another point")
    return found


def _has_slope(quotient: Quotient, at: Mapping[Symbol, Exact]) -> bool:
    return None not in (value_at(_expression(quotient.function), at), value_at(quotient.result, at))


# ---- what is asked, and what is known


def _asked(page: _Page) -> list[Block]:
    x, h, board = page.board.name(page.x), page.board.name(page.quotient.h), page.board
    above = row(page.of(row(x, Binary("+"), h)), Binary("−"), page.of(x))
    definition = row(page.of(x, 1), equals(board.limit(Piece(Over(above, h), PRODUCT))))
    function = row(page.of(x), equals(board.formula(page.quotient.function)))
    wanted = page.say("limit.want", x=x, h=h, other=row(x, Binary("+"), h))
    return [Paragraph(wanted, page.say("want")), Equation(Lines(((function, NOTHING, None), (definition, NOTHING, None))), "definition")]


def _special(page: _Page) -> list[Block]:
    """The named limits that are used, each with the reason why it is known."""
    found = sorted(dict.fromkeys(_specials(page.quotient)), key=lambda one: one.name == "cosine")  # which rests on the one of the sine
    if not found:
        return []
    lines = [(page.board.limit(page.board.piece(one.quotient)), equals(page.board.formula(one.value)), _known(page, one)) for one in found]
    blocks: list[Block] = [Paragraph((), page.say("limit.special")), Equation(Lines(tuple(lines)), "special")]
    return [*blocks, *([_evidence(page, found)] if page.told.detail == "full" else [])]


def _specials(quotient: Quotient) -> Iterator[Special]:
    for part in quotient.parts:
        yield from _specials(part)
    for line in quotient.lines:
        yield from line.special


def _known(page: _Page, special: Special) -> tuple[Inline, ...]:
    why = page.say(f"limit.special.{special.name}")
    if special.argument == page.quotient.h:
        return why
    goes = row(page.board.formula(special.argument), Relation("→"), Number("0"))
    return (*why, Text("; "), *page.say("limit.special.argument", argument=goes))


def _evidence(page: _Page, found: list[Special]) -> Table:
    """The special quotients for ever smaller h."""
    alone = [one for one in found if one.quotient.expression.free_symbols <= {page.quotient.h}]
    head = (cell(page.board.name(page.quotient.h)), *(cell(page.board.formula(one.quotient)) for one in alone))
    rows = tuple((cell(page.told.number(h)), *(_number(page, value_at(one.quotient.expression, {page.quotient.h: h})) for one in alone)) for h in STEPS[1:5])
    return Table(head, rows, "r" * len(head))


# ---- line by line


def _parts(page: _Page) -> list[Block]:
    """The parts of a sum, each worked by itself."""
    parts = [replace(page, quotient=part, names=(name,)) for part, name in zip(page.quotient.parts, page.names[1:], strict=True)]
    blocks: list[Block] = [Paragraph(page.say("limit.parts.here"), page.say("limit.parts"))] if parts else []
    return [*blocks, *(block for part in parts for block in _lines(part, stated=True))]


def _worked(page: _Page) -> list[Block]:
    return [Paragraph((), page.say("limit.worked")), *_lines(page)]


def _lines(page: _Page, stated: bool = False) -> list[Block]:
    """Every form of the quotient, with the reason why it is equal to the one before; ``stated`` says first what the function is."""
    x = page.board.name(page.x)
    lines: dict[Formula, tuple[Inline, ...]] = {}
    for line in page.quotient.lines:
        lines.setdefault(_set(page, line), page.say(f"limit.reason.{line.reason}", **_about(page)))  # nothing may be left to do in a line
    function = [(page.of(x), equals(page.board.formula(page.quotient.function)), None)] if stated else []
    shown = [(page.of(x, 1) if place == 0 else NOTHING, equals(formula), why) for place, (formula, why) in enumerate(lines.items())]
    return [Equation(Lines((*function, *shown)), f"limit:{page.named}")]


def _about(page: _Page) -> dict[str, Any]:
    return {"h": page.board.name(page.quotient.h), "f": page.of(page.board.name(page.x)), "where": Cite("special")}


def _set(page: _Page, line: Line) -> Formula:
    piece = page.board.piece(line.form)
    return page.board.inside(piece, SUM) if line.final or line.reason == "linear" else page.board.limit(piece)


# ---- numbers


def _numbers(page: _Page) -> list[Block]:
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


def _seen(page: _Page, slope: Exact) -> tuple[Inline, ...]:
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


def _change(page: _Page, x: Formula, h: Formula) -> Formula:
    return Over(row(page.of(row(x, Binary("+"), h)), Binary("−"), page.of(x)), h)


def _table(page: _Page, slope: Exact) -> Table:
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
        rows.append(tuple(_number(page, one) for one in (step, there, value, other, other - slope)))
    return Table(head, tuple(rows), "rrrrr")


def _secant(page: _Page) -> Expr:
    """The difference quotient, of which many digits are taken: the values of f are close to each other."""
    function, h = page.function, page.quotient.h
    return (function.xreplace({page.x: page.x + h}) - function) / h


def _number(page: _Page, value: Any) -> tuple[Inline, ...]:
    return cell(page.told.number(value)) if value is not None else (Text("–"),)


def _picture(page: _Page) -> list[Block]:
    """Secants that turn into the tangent."""
    if not page.told.pictures or page.at is None:
        return []
    from ..figures.slopes import secants

    steps = [_reach(page) / 2**halved for halved in range(3)]
    at = {name.name: value for name, value in page.at.items()}
    return [secants(_by_rules(page), at, steps=steps, notation=page.told.board.notation, words=page.told.words)]


def _reach(page: _Page) -> float:
    """The largest h of the picture: as far from x as the function has values on both sides, at most 2 or x itself."""
    assert page.at is not None
    x, parts = Fraction(page.at[page.x]), [Fraction(part, 4) for part in range(-4, 6)]
    most = max(MOST_REACH, abs(x))
    reaches = [most / 2**halved for halved in range(10)]
    free = (one for one in reaches if all(value_at(page.function, {**page.at, page.x: x + one * part}) is not None for part in parts))
    return float(next(free, reaches[-1]))


def _by_rules(page: _Page) -> Derivation:
    """The derivative by the rules, of a function with the name that it has here."""
    return ruled(Symbol(page.named), page.function, page.x, [page.x, *sorted(page.function.free_symbols - {page.x}, key=str)])  # type: ignore[list-item]


# ---- the check


def _report(page: _Page) -> Report | None:
    """The result at the point beside the central difference of f."""
    assert page.at is not None
    at, function = page.at, page.function
    slope = value_at(page.quotient.result, at)

    def value(there: float) -> float:
        found = value_at(function, {**at, page.x: there})
        return float("nan") if found is None else float(found)

    return check_gradient(value, float(slope), float(at[page.x])) if slope is not None else None


def _checked(page: _Page, verdicts: list[Verdict], report: Report | None) -> list[Block]:
    sentences = [*(_proved(page, verdicts) if verdicts else []), *([_difference(page, report)] if report is not None else [])]
    return [Paragraph(page.told.words.in_line(sentences), page.say("checked"))] if sentences else []


def _proved(page: _Page, verdicts: list[Verdict]) -> Iterator[tuple[Inline, ...]]:
    """How many lines are proved, and whether the rules say the same."""
    proved = sum(one.status == "proved" for one in verdicts)
    yield page.say("limit.proved" if proved == len(verdicts) else "limit.some", count=len(verdicts), proved=proved)
    other = _by_rules(page).result
    same = judge(other, page.quotient.result).status == "proved"
    yield page.say("limit.by rules") if same else page.say("limit.other", slope=page.told.board.formula(other))


def _difference(page: _Page, report: Report) -> tuple[Inline, ...]:
    """The result beside its central difference."""
    assert page.at is not None
    (one,) = report.values()
    h, x = page.board.name(page.quotient.h), page.told.number(page.at[page.x])
    sides = [page.of(row(x, Binary(sign), h)) for sign in ("+", "−")]
    quotient = Over(row(sides[0], Binary("−"), sides[1]), row(Number("2"), Times(), h))
    return page.say(
        "checked.difference" if one.verdict == AGREES else "checked.failed",
        quotient=row(quotient, equals(twelve_decimals(one.difference))),
        value=twelve_decimals(one.value),
        error=small_number(one.error),
        bound=small_number(one.bound),
        step=row(h, Relation("="), step_of_difference(one.h)),
        verdict=page.say(f"verdict.{one.verdict}"),
    )


def _data(page: _Page, verdicts: list[Verdict]) -> dict[str, object]:
    lines = [{"form": str(line.expression), "reason": line.reason, "final": line.final} for line in page.quotient.lines]
    return {
        "function": str(page.function),
        "wrt": page.x.name,
        "result": str(page.quotient.result),
        "lines": lines,
        "proofs": [one.status for one in verdicts],
        "at": None if page.at is None else {name.name: str(value) for name, value in page.at.items()},
    }
