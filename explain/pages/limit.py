"""The page of a derivative as a limit: the difference quotient line by line, then secants and their slopes in numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from sympy import Expr, Symbol

from derive.analysis.limits import Quotient
from derive.analysis.quotients import Form, Line, Special
from derive.claims.judging import judge
from derive.claims.verdicts import Verdict
from derive.errors import DeriveError
from numeric.checking import check_gradient
from numeric.points import Exact
from numeric.reports import AGREES, Report

from ..boards.pieces import PRODUCT, SUM, Piece
from ..boards.quantities import small_number, step_of_difference, twelve_decimals
from ..document import Block, Cite, Document, Equation, Inline, Paragraph, Table, Text
from ..formula import Binary, Formula, Lines, Number, Relation, Times, row
from ..formula import Fraction as Over
from ..lessons.constants import names_apart
from ..lessons.lines import equals
from .limit_board import LETTERS, Page
from .limit_numbers import STEPS, by_rules, number, numbers
from .telling import NOTHING, at_one_point, cell, function_name, telling, value_at

__all__ = ["limit_page"]

PLACES = tuple(map(Fraction, ("1", "2", "1/2", "3", "4", "-1", "0", "5", "10")))  # tried in this order where no x is given


def limit_page(quotient: Quotient, at: Any = None, **options: Any) -> tuple[Document, list[Report]]:
    """The page that works a derivative from its definition, and the report of its check.

    at gives x and every other name a value; without it x is a small number where f has a value, and where other names
    occur there are no numbers. options are those of ``lecture``. Raises DeriveError for a point at which f has no derivative.
    """
    names = {quotient.x, *_expression(quotient.function).free_symbols}
    told = telling(map(str, names), **options)
    page = Page(quotient, told, _point(quotient, at), _free(names, 1 + len(quotient.parts)))
    report = _report(page) if told.check and page.at is not None else None
    verdicts = quotient.verdicts() if told.check else []
    blocks = [
        *names_apart(map(str, names), told.board, told.words), *_asked(page), *_special(page), *_parts(page), *_worked(page),
        *([] if told.brief else numbers(page)), *_checked(page, verdicts, report),
    ]  # fmt: skip
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


def _asked(page: Page) -> list[Block]:
    x, h, board = page.board.name(page.x), page.board.name(page.quotient.h), page.board
    above = row(page.of(row(x, Binary("+"), h)), Binary("−"), page.of(x))
    definition = row(page.of(x, 1), equals(board.limit(Piece(Over(above, h), PRODUCT))))
    function = row(page.of(x), equals(board.formula(page.quotient.function)))
    wanted = page.say("limit.want", x=x, h=h, other=row(x, Binary("+"), h))
    return [Paragraph(wanted, page.say("want")), Equation(Lines(((function, NOTHING, None), (definition, NOTHING, None))), "definition")]


def _special(page: Page) -> list[Block]:
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


def _known(page: Page, special: Special) -> tuple[Inline, ...]:
    why = page.say(f"limit.special.{special.name}")
    if special.argument == page.quotient.h:
        return why
    goes = row(page.board.formula(special.argument), Relation("→"), Number("0"))
    return (*why, Text("; "), *page.say("limit.special.argument", argument=goes))


def _evidence(page: Page, found: list[Special]) -> Table:
    """The special quotients for ever smaller h."""
    alone = [one for one in found if one.quotient.expression.free_symbols <= {page.quotient.h}]
    head = (cell(page.board.name(page.quotient.h)), *(cell(page.board.formula(one.quotient)) for one in alone))
    rows = tuple((cell(page.told.number(h)), *(number(page, value_at(one.quotient.expression, {page.quotient.h: h})) for one in alone)) for h in STEPS[1:5])
    return Table(head, rows, "r" * len(head))


# ---- line by line


def _parts(page: Page) -> list[Block]:
    """The parts of a sum, each worked by itself."""
    parts = [replace(page, quotient=part, names=(name,)) for part, name in zip(page.quotient.parts, page.names[1:], strict=True)]
    blocks: list[Block] = [Paragraph(page.say("limit.parts.here"), page.say("limit.parts"))] if parts else []
    return [*blocks, *(block for part in parts for block in _lines(part, stated=True))]


def _worked(page: Page) -> list[Block]:
    return [Paragraph((), page.say("limit.worked")), *_lines(page)]


def _lines(page: Page, stated: bool = False) -> list[Block]:
    """Every form of the quotient, with the reason why it is equal to the one before; ``stated`` says first what the function is."""
    x = page.board.name(page.x)
    lines: dict[Formula, tuple[Inline, ...]] = {}
    for line in page.quotient.lines:
        lines.setdefault(_set(page, line), page.say(f"limit.reason.{line.reason}", **_about(page)))  # nothing may be left to do in a line
    function = [(page.of(x), equals(page.board.formula(page.quotient.function)), None)] if stated else []
    shown = [(page.of(x, 1) if place == 0 else NOTHING, equals(formula), why) for place, (formula, why) in enumerate(lines.items())]
    return [Equation(Lines((*function, *shown)), f"limit:{page.named}")]


def _about(page: Page) -> dict[str, Any]:
    return {"h": page.board.name(page.quotient.h), "f": page.of(page.board.name(page.x)), "where": Cite("special")}


def _set(page: Page, line: Line) -> Formula:
    piece = page.board.piece(line.form)
    return page.board.inside(piece, SUM) if line.final or line.reason == "linear" else page.board.limit(piece)


# ---- the check


def _report(page: Page) -> Report | None:
    """The result at the point beside the central difference of f."""
    assert page.at is not None
    at, function = page.at, page.function
    slope = value_at(page.quotient.result, at)

    def value(there: float) -> float:
        found = value_at(function, {**at, page.x: there})
        return float("nan") if found is None else float(found)

    if slope is None:
        return None
    found = check_gradient(value, float(slope), float(at[page.x]))
    return Report(dict(found), found.kind)


def _checked(page: Page, verdicts: list[Verdict], report: Report | None) -> list[Block]:
    sentences = [*(_proved(page, verdicts) if verdicts else []), *([_difference(page, report)] if report is not None else [])]
    refuted = any(one.status == "refuted" for one in verdicts)
    return [Paragraph(page.told.words.in_line(sentences), page.say("checked"), refuted=refuted)] if sentences else []


def _proved(page: Page, verdicts: list[Verdict]) -> Iterator[tuple[Inline, ...]]:
    """How many lines are proved, and whether the rules say the same."""
    proved = sum(one.status == "proved" for one in verdicts)
    refuted = sum(one.status == "refuted" for one in verdicts)
    if refuted:
        yield page.say("limit.refuted", count=refuted, lines=len(verdicts))
    else:
        yield page.say("limit.proved" if proved == len(verdicts) else "limit.some", count=len(verdicts), proved=proved)
    other = by_rules(page).result
    same = judge(other, page.quotient.result).status == "proved"
    yield page.say("limit.by rules") if same else page.say("limit.other", slope=page.told.board.formula(other))


def _difference(page: Page, report: Report) -> tuple[Inline, ...]:
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


def _data(page: Page, verdicts: list[Verdict]) -> dict[str, object]:
    lines = [{"form": line.expression, "reason": line.reason, "final": line.final} for line in page.quotient.lines]
    return {
        "function": page.function,
        "wrt": page.x.name,
        "result": page.quotient.result,
        "lines": lines,
        "proofs": [one.status for one in verdicts],
        "at": None if page.at is None else {name.name: str(value) for name, value in page.at.items()},
    }
