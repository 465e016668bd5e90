"""The page of numerical differentiation: what a scheme leaves out by Taylor's series, its errors measured, its best step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import factorial
from typing import Any

from sympy import Expr, Rational, Symbol

from derive.analysis.schemes import H, Scheme
from derive.differentiation import read_function, variable
from derive.errors import DeriveError
from numeric.points import Exact, point
from numeric.reports import Report

from ..boards.pieces import SUM, Piece
from ..cards import checked, sampled, whole
from ..document import Block, Document, Equation, Inline, Paragraph
from ..formula import Binary, Formula, Lines, Name, Number, Relation, row
from ..lessons.lines import Line, equals
from .scheme_board import Page
from .scheme_errors import best, data, errors, measure
from .telling import primed, telling, value_at

__all__ = ["scheme_page"]

FUNCTION, POINTS = "0.01*x**2 + 0.1*x", ({"x": 5}, {"x": 10})
SHOWN = Fraction(1, 10)  # the h that is put in


def scheme_page(schemes: Scheme | Sequence[Scheme], at: Any = None, *, of: str | Expr = FUNCTION, **options: Any) -> tuple[Document, list[Report]]:
    """The page of one scheme of numerical differentiation, or of several side by side, and the reports of its checks.

    of is a function of one name; at gives it a value, or is a list of such points: 5 and 10 for 0.01x² + 0.1x, the usual
    function, and 1 for another. options are those of ``lecture``. Raises DeriveError where f has no derivative at a point.
    """
    told = telling(**options)
    written, names = read_function(of)
    if len(names) != 1:
        raise DeriveError(f"of={of!s:.80}; a scheme is shown for a function of one name")
    x = variable(names[0], names)
    default: Any = POINTS if of == FUNCTION else ({x.name: 1},)
    given = default if at is None else [at] if isinstance(at, Mapping) else list(at)
    page = Page((schemes,) if isinstance(schemes, Scheme) else tuple(schemes), written, x, tuple(point([x], one) for one in given), told)
    if not page.points or any(value_at(one, here) is None for here in page.points for one in page.derivatives.values()):
        raise DeriveError(f"at={at!r:.80}; {page.function} and its derivatives must have values at every point, and there must be one")
    measured = [[measure(page, scheme, here) for scheme in page.schemes] for here in page.points]
    points: Any = page.points
    parts = [sampled(page.ruled, points)] if told.check else []
    blocks = [
        *_asked(page), *_series(page), *_function(page), *([] if told.brief else _put_in(page)), *best(page),
        *(block for here, one in zip(page.points, measured, strict=True) for block in errors(page, here, one)),
        *([checked(parts, told.board, told.words)] if parts else []),
    ]  # fmt: skip
    document = Document(page.say("scheme.title"), options.get("language", "en"), tuple(blocks), lambda: data(page, measured))
    return document, [whole(parts)] if parts else []


# ---- what is asked, and Taylor's series


def _asked(page: Page) -> list[Block]:
    h, slope = page.told.board.name(H), page.of(page.told.board.name(page.x), 1)
    lines: list[Line] = [(slope, row(Relation("≈"), _quotient(page, one)), page.in_words(one)) for one in page.schemes]
    wanted = page.say("scheme.want", f=Name(page.named), slope=primed(page.named, 1), h=h)
    return [Paragraph(wanted, page.say("want")), Equation(Lines(tuple(lines)), "schemes")]


def _quotient(page: Page, scheme: Scheme, x: Formula | None = None) -> Formula:
    """The quotient of a scheme in the letters f, x and h, or at a number."""
    return _over(page, scheme, [Piece(page.of(page.moved(place, x))) for place in scheme.places], Piece(page.told.board.name(H)))


def _over(page: Page, scheme: Scheme, values: Sequence[Piece], h: Piece) -> Formula:
    """The weights of a scheme times values of f, over h; all weights made whole numbers."""
    numbers = h.formula == Number(str(float(SHOWN)))
    board = page.told.board.with_numbers({}) if numbers else page.told.board
    terms = []
    for weight, value in zip(scheme.weights, values, strict=True):
        size = abs(weight * scheme.scale)
        whole = value._replace(minus=False) if size == 1 else board.product([board.number(size), value._replace(minus=False)])
        terms.append(whole._replace(minus=value.minus != bool(weight < 0)))
    return board.ratio(board.sum(terms), h if scheme.scale == 1 else board.product([board.number(scheme.scale), h])).formula


def _series(page: Page) -> list[Block]:
    """f beside x as a series, and what remains of it in each quotient."""
    most = max(one.order for one in page.schemes)
    places = sorted({place for one in page.schemes for place in one.places if place}, key=lambda place: (abs(place), -place))
    series: list[Line] = [(page.of(page.moved(place)), equals(_taylor(page, place, most)), page.say("scheme.taylor")) for place in places]
    left: list[Line] = [(_quotient(page, one), equals(_remainder(page, one)), _cancelled(page, one)) for one in page.schemes]
    return [
        Paragraph(page.say("scheme.why.here", x=page.told.board.name(page.x)), page.say("scheme.why")),
        Equation(Lines(tuple(series)), "series"),
        Paragraph(page.say("scheme.left")),
        Equation(Lines(tuple(left)), "remainders"),
        Paragraph(page.told.words.in_line([*_orders(page), *_why_central(page)])),
    ]


def _taylor(page: Page, place: int, most: int) -> Formula:
    terms = [_term(page, Rational(place**order, factorial(order)), order, order) for order in range(most + 1)]
    return row(page.told.board.sum(terms).formula, Binary("+"), Name("…"))


def _term(page: Page, size: Expr, power: int, order: int) -> Piece:
    """size·hᵖᵒʷᵉʳ·f⁽ᵒʳᵈᵉʳ⁾(x)."""
    board = page.told.board
    step = board.piece(abs(size) * H**power)
    value = Piece(page.of(board.name(page.x), order))
    return (value if step.formula == Number("1") else board.product([step, value]))._replace(minus=bool(size < 0))


def _remainder(page: Page, scheme: Scheme) -> Formula:
    leading = _term(page, scheme.moment(scheme.order), scheme.order - 1, scheme.order)
    return row(page.told.board.sum([Piece(page.of(page.told.board.name(page.x), 1)), leading]).formula, Binary("+"), Name("…"))


def _cancelled(page: Page, scheme: Scheme) -> tuple[Inline, ...]:
    gone = [primed(page.named, order) for order in range(scheme.order) if order != 1]
    return page.say("scheme.cancels.one" if len(gone) == 1 else "scheme.cancels", what=page.told.words.joined(gone))


def _orders(page: Page) -> Iterator[tuple[Inline, ...]]:
    """How fast the errors fall, schemes of one order together."""
    h = page.told.board.name(H)
    for power in dict.fromkeys(one.order - 1 for one in page.schemes):
        alike = page.told.words.joined([page.in_words(one) for one in page.schemes if one.order - 1 == power])
        yield page.say("scheme.order", scheme=alike, step=page.told.board.formula(H**power), much=page.told.board.formula(Rational(1, 10**power)), h=h)


def _why_central(page: Page) -> Iterator[tuple[Inline, ...]]:
    """What lying on both sides of x is good for, where there are schemes to compare."""
    orders = {one.order for one in page.schemes}
    if len(orders) > 1 and any(sum(one.places) == 0 for one in page.schemes):
        yield page.say("scheme.why central", h=page.told.board.name(H), x=page.told.board.name(page.x))


# ---- the function at hand


def _function(page: Page) -> list[Block]:
    """The derivatives that occur, and the leading errors with them."""
    x = page.told.board.name(page.x)
    lines: list[Line] = [(page.of(x), equals(page.told.board.formula(page.written)), None)]
    lines += [(page.of(x, order), equals(page.told.board.formula(one)), page.say("scheme.rules")) for order, one in page.derivatives.items()]
    errors: list[Line] = []
    for one in page.schemes:
        general = _term(page, one.moment(one.order), one.order - 1, one.order)
        found = page.told.board.formula(one.moment(one.order) * H ** (one.order - 1) * page.derivatives[one.order])
        errors.append((page.told.board.inside(general, SUM), equals(found), page.in_words(one)))
    exact = [one for one in page.schemes if page.derivatives[one.order] == 0]
    said = [page.say("scheme.exact", scheme=page.in_words(one), slope=primed(page.named, one.order)) for one in exact]
    return [
        Paragraph(page.say("scheme.function.here"), page.say("scheme.function")),
        Equation(Lines(tuple(lines)), "function"),
        Paragraph(page.say("scheme.errors.here")),
        Equation(Lines(tuple(errors)), "leading"),
        *([Paragraph(page.told.words.in_line(said))] if said else []),
    ]


def _put_in(page: Page) -> list[Block]:
    """Every quotient at every point with one step h put in, and how far from the slope it is."""
    blocks: list[Block] = [Paragraph(page.say("scheme.put in", h=page.told.given(H, SHOWN)), page.say("point"))]
    for here in page.points:
        x = here[page.x]
        slope = value_at(page.derivatives[1], here)
        lines: list[Line] = [_slope_line(page, here, slope)]
        lines += [line for one in page.schemes for line in _estimate(page, one, x, slope)]
        blocks.append(Equation(Lines(tuple(lines))))
    return blocks


def _slope_line(page: Page, here: Mapping[Symbol, Exact], slope: Any) -> Line:
    inserted = page.told.board.with_numbers(here).formula(page.derivatives[1])
    return page.of(page.told.number(here[page.x]), 1), equals(*dict.fromkeys([inserted, page.told.number(slope)])), page.say("scheme.true")


def _estimate(page: Page, scheme: Scheme, x: Exact, slope: Any) -> Iterator[Line]:
    """The numbers of one quotient, and its error beside the one that is predicted."""
    values = [value_at(page.function, {page.x: x + place * SHOWN}) for place in scheme.places]
    if None in values:
        return
    board = page.told.board.with_numbers({})
    estimate = sum(Fraction(int(w.p), int(w.q)) * _exact(v) for w, v in zip(scheme.weights, values, strict=True)) / SHOWN  # type: ignore[attr-defined]
    error = estimate - _exact(slope)
    shown = _over(page, scheme, [board.number(one) for one in values], board.number(SHOWN))
    called = _quotient(page, scheme, page.told.number(x))
    yield called, equals(shown, page.told.number(_as_before(estimate, values))), page.say("scheme.error", much=page.told.number(_as_before(error, values)))


def _exact(value: Any) -> Fraction:
    return value if isinstance(value, Fraction) else Fraction(value)


def _as_before(value: Fraction, values: Sequence[Any]) -> Any:
    """An exact number where all that it is made of are exact."""
    return value if all(isinstance(one, Fraction) for one in values) else float(value)
