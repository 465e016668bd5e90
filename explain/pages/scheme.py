"""The page of numerical differentiation: what a scheme leaves out by Taylor's series, its errors measured, its best step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import factorial, log10
from typing import Any

from sympy import Add, Expr, Rational, Symbol

from derive.analysis.schemes import EPSILON, H, Scheme, best_step
from derive.differentiation import differentiate, read_function, variable
from derive.errors import DeriveError
from derive.steps import Derivation
from derive.written import Written
from numeric.compiling import compile_gradient
from numeric.points import Exact, point
from numeric.reports import Report

from ..boards.pieces import SUM, Piece
from ..boards.quantities import small_number
from ..cards import checked, ruled, sampled, whole
from ..document import Block, Document, Equation, Inline, Paragraph, Table, Text
from ..formula import Binary, Fence, Formula, Lines, Name, Number, Relation, Script, Word, row
from ..lessons.lines import Line, equals
from ..notation import Board
from .scheme_picture import errors_drawn
from .telling import Telling, applied, cell, function_name, primed, telling, value_at

__all__ = ["Measured", "scheme_page"]

FUNCTION, POINTS = "0.01*x**2 + 0.1*x", ({"x": 5}, {"x": 10})
SHOWN = Fraction(1, 10)  # the h that is put in
DECADES = range(1, 14)
SMALL = 0.01
UNIT = 2.0**-53  # what rounding to the nearest float changes at most, relatively
NEAR = (1.0, 1.013, 0.987, 1.029, 0.971, 1.047, 0.953)  # steps around one h: one of them may hit the slope by luck
FINE = [10.0 ** (-place / 4) for place in range(57)]


@dataclass(frozen=True)
class SchemeBoard(Board):
    """A board on which f2, f3, … are the sizes of the derivatives of f, and f its own."""

    named: str = "f"

    def name(self, symbol: Symbol) -> Formula:
        """A symbol as it is named on the board."""
        if symbol.name == "f" or (symbol.name[0] == "f" and symbol.name[1:].isdigit()):
            return Fence(primed(self.named, int(symbol.name[1:] or 0)), "|", "|")
        return super().name(symbol)


@dataclass(frozen=True)
class Measured:
    """The errors of one scheme at one point: the largest of some steps around each h, and where it is least.

    predicted is the step at which truncation and rounding together are least, None where nothing is truncated.
    """

    scheme: Scheme
    errors: Mapping[float, float]
    predicted: float | None
    expected: Callable[[float], float]

    @property
    def best(self) -> float:
        """The step with the least error."""
        return min(self.errors, key=lambda h: self.errors[h])


@dataclass(frozen=True)
class _Page:
    """Schemes, a function and points, with what is needed to tell them."""

    schemes: tuple[Scheme, ...]
    written: Written | Expr
    x: Symbol
    points: tuple[Mapping[Symbol, Exact], ...]
    told: Telling

    @property
    def function(self) -> Expr:
        return self.written.expression if isinstance(self.written, Written) else self.written

    @property
    def named(self) -> str:
        return function_name([self.x, H])

    @cached_property
    def derivatives(self) -> dict[int, Expr]:
        """The derivatives of f that the page is about, by their order."""
        return {order: differentiate(self.function, self.x, order).result for order in sorted({1, *(one.order for one in self.schemes)})}

    @cached_property
    def ruled(self) -> Derivation:
        return ruled(Symbol(self.named), self.written, self.x, [self.x])

    def say(self, key: str, **parts: Any) -> tuple[Inline, ...]:
        return self.told.say(key, **parts)

    def of(self, argument: Formula, times: int = 0) -> Formula:
        """f or a derivative at an argument."""
        return applied(primed(self.named, times), argument)

    def moved(self, place: int, x: Formula | None = None) -> Formula:
        """x + place·h."""
        start = x or self.told.board.name(self.x)
        step = row(*([Number(str(abs(place)))] if abs(place) > 1 else []), self.told.board.name(H))
        return row(start, Binary("+" if place > 0 else "−"), step) if place else start

    def say_error(self) -> Formula:
        """The word for an error, as the left side of a line."""
        return Word(self.told.words.sentences["scheme.error word"])

    def in_words(self, scheme: Scheme) -> tuple[Inline, ...]:
        """The name of a scheme."""
        return self.say(f"scheme.{scheme.name}")


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
    page = _Page((schemes,) if isinstance(schemes, Scheme) else tuple(schemes), written, x, tuple(point([x], one) for one in given), told)
    if not page.points or any(value_at(one, here) is None for here in page.points for one in page.derivatives.values()):
        raise DeriveError(f"at={at!r:.80}; {page.function} and its derivatives must have values at every point, and there must be one")
    measured = [[_measured(page, scheme, here) for scheme in page.schemes] for here in page.points]
    points: Any = page.points
    parts = [sampled(page.ruled, points)] if told.check else []
    blocks = [
        *_asked(page), *_series(page), *_function(page), *([] if told.brief else _put_in(page)), *_best(page),
        *(block for here, one in zip(page.points, measured, strict=True) for block in _errors(page, here, one)),
        *([checked(parts, told.words)] if parts else []),
    ]  # fmt: skip
    document = Document(page.say("scheme.title"), options.get("language", "en"), tuple(blocks), lambda: _data(page, measured))
    return document, [whole(parts)] if parts else []


# ---- what is asked, and Taylor's series


def _asked(page: _Page) -> list[Block]:
    h, slope = page.told.board.name(H), page.of(page.told.board.name(page.x), 1)
    lines: list[Line] = [(slope, row(Relation("≈"), _quotient(page, one)), page.in_words(one)) for one in page.schemes]
    wanted = page.say("scheme.want", f=Name(page.named), slope=primed(page.named, 1), h=h)
    return [Paragraph(wanted, page.say("want")), Equation(Lines(tuple(lines)), "schemes")]


def _quotient(page: _Page, scheme: Scheme, x: Formula | None = None) -> Formula:
    """The quotient of a scheme in the letters f, x and h, or at a number."""
    return _over(page, scheme, [Piece(page.of(page.moved(place, x))) for place in scheme.places], Piece(page.told.board.name(H)))


def _over(page: _Page, scheme: Scheme, values: Sequence[Piece], h: Piece) -> Formula:
    """The weights of a scheme times values of f, over h; all weights made whole numbers."""
    numbers = h.formula == Number(str(float(SHOWN)))
    board = page.told.board.with_numbers({}) if numbers else page.told.board
    terms = []
    for weight, value in zip(scheme.weights, values, strict=True):
        size = abs(weight * scheme.scale)
        whole = value._replace(minus=False) if size == 1 else board.product([board.number(size), value._replace(minus=False)])
        terms.append(whole._replace(minus=value.minus != bool(weight < 0)))
    return board.ratio(board.sum(terms), h if scheme.scale == 1 else board.product([board.number(scheme.scale), h])).formula


def _series(page: _Page) -> list[Block]:
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


def _taylor(page: _Page, place: int, most: int) -> Formula:
    terms = [_term(page, Rational(place**order, factorial(order)), order, order) for order in range(most + 1)]
    return row(page.told.board.sum(terms).formula, Binary("+"), Name("…"))


def _term(page: _Page, size: Expr, power: int, order: int) -> Piece:
    """size·hᵖᵒʷᵉʳ·f⁽ᵒʳᵈᵉʳ⁾(x)."""
    board = page.told.board
    step = board.piece(abs(size) * H**power)
    value = Piece(page.of(board.name(page.x), order))
    return (value if step.formula == Number("1") else board.product([step, value]))._replace(minus=bool(size < 0))


def _remainder(page: _Page, scheme: Scheme) -> Formula:
    leading = _term(page, scheme.moment(scheme.order), scheme.order - 1, scheme.order)
    return row(page.told.board.sum([Piece(page.of(page.told.board.name(page.x), 1)), leading]).formula, Binary("+"), Name("…"))


def _cancelled(page: _Page, scheme: Scheme) -> tuple[Inline, ...]:
    gone = [primed(page.named, order) for order in range(scheme.order) if order != 1]
    return page.say("scheme.cancels.one" if len(gone) == 1 else "scheme.cancels", what=page.told.words.joined(gone))


def _orders(page: _Page) -> Iterator[tuple[Inline, ...]]:
    """How fast the errors fall, schemes of one order together."""
    h = page.told.board.name(H)
    for power in dict.fromkeys(one.order - 1 for one in page.schemes):
        alike = page.told.words.joined([page.in_words(one) for one in page.schemes if one.order - 1 == power])
        yield page.say("scheme.order", scheme=alike, step=page.told.board.formula(H**power), much=page.told.board.formula(Rational(1, 10**power)), h=h)


def _why_central(page: _Page) -> Iterator[tuple[Inline, ...]]:
    """What lying on both sides of x is good for, where there are schemes to compare."""
    orders = {one.order for one in page.schemes}
    if len(orders) > 1 and any(sum(one.places) == 0 for one in page.schemes):
        yield page.say("scheme.why central", h=page.told.board.name(H), x=page.told.board.name(page.x))


# ---- the function at hand


def _function(page: _Page) -> list[Block]:
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


def _put_in(page: _Page) -> list[Block]:
    """Every quotient at every point with one step h put in, and how far from the slope it is."""
    blocks: list[Block] = [Paragraph(page.say("scheme.put in", h=page.told.given(H, SHOWN)), page.say("point"))]
    for here in page.points:
        x = here[page.x]
        slope = value_at(page.derivatives[1], here)
        lines: list[Line] = [_slope_line(page, here, slope)]
        lines += [line for one in page.schemes for line in _estimate(page, one, x, slope)]
        blocks.append(Equation(Lines(tuple(lines))))
    return blocks


def _slope_line(page: _Page, here: Mapping[Symbol, Exact], slope: Any) -> Line:
    inserted = page.told.board.with_numbers(here).formula(page.derivatives[1])
    return page.of(page.told.number(here[page.x]), 1), equals(*dict.fromkeys([inserted, page.told.number(slope)])), page.say("scheme.true")


def _estimate(page: _Page, scheme: Scheme, x: Exact, slope: Any) -> Iterator[Line]:
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


# ---- errors measured


def _measured(page: _Page, scheme: Scheme, here: Mapping[Symbol, Exact]) -> Measured:
    """The errors of the scheme in floats for steps from 1 down to 1e-14, and the step that theory calls best."""
    graph = page.ruled.graph
    compiled = compile_gradient(graph, graph.definitions[0].symbol, [page.x])
    x, slope = float(here[page.x]), float(value_at(page.derivatives[1], here) or 0)
    weights = [float(one) for one in scheme.weights]

    def error(h: float) -> float:
        values = [float(compiled({page.x.name: x + place * h})[0]) for place in scheme.places]
        return abs(sum(weight * value for weight, value in zip(weights, values, strict=True)) / h - slope)

    errors = {}
    for h in FINE:
        try:
            errors[h] = max(error(h * near) for near in NEAR)
        except DeriveError:
            continue  # f has no value that far from x
    size, bent = (abs(float(value_at(one, here) or 0)) for one in (page.function, page.derivatives[scheme.order]))
    truncated, weight = abs(float(scheme.moment(scheme.order))) * bent, sum(map(abs, weights))  # type: ignore[arg-type]
    named: dict[Any, Any] = {EPSILON: UNIT, Symbol("f"): size, Symbol(f"f{scheme.order}"): bent}
    predicted = float(best_step(scheme.name).xreplace(named)) if bent and size else None  # type: ignore[arg-type]
    return Measured(scheme, errors, predicted, lambda h: truncated * h ** (scheme.order - 1) + weight * UNIT * size / h)


def _best(page: _Page) -> list[Block]:
    """What rounding adds, and the step at which both errors together are least."""
    plain = page.told.board
    board = SchemeBoard(plain.notation, labels=plain.labels, named=page.named)
    bounds: list[Line] = [(page.say_error(), row(Relation("≤"), _bound(board, one)), page.in_words(one)) for one in page.schemes]
    steps: list[Line] = [(board.name(H), equals(board.formula(best_step(one.name))), page.in_words(one)) for one in page.schemes]
    h, epsilon = board.name(H), board.name(EPSILON)
    return [
        Paragraph(page.say("scheme.rounding.here", h=h, epsilon=row(epsilon, Relation("≈"), small_number(UNIT))), page.say("scheme.rounding")),
        Equation(Lines(tuple(bounds)), "bounds"),
        Paragraph(page.say("scheme.least", h=h)),
        Equation(Lines(tuple(steps)), "steps"),
    ]


def _bound(board: Board, scheme: Scheme) -> Formula:
    """Truncation and rounding together, in the letters of the page."""
    order = scheme.order
    truncated = abs(scheme.moment(order)) * H ** (order - 1) * Symbol(f"f{order}")
    rounded = Add(*map(abs, scheme.weights)) * EPSILON * Symbol("f") / H
    return board.sum([board.piece(truncated), board.piece(rounded)]).formula


def _errors(page: _Page, here: Mapping[Symbol, Exact], measured: Sequence[Measured]) -> list[Block]:
    """The errors in floats for ever smaller h, the picture of them, and the best steps predicted and found."""
    h = page.told.board.name(H)
    head = (cell(h), *(page.in_words(one.scheme) for one in measured))
    rows = tuple((cell(_power_of_ten(place)), *(_size(one.errors.get(FINE[4 * place])) for one in measured)) for place in DECADES)
    names = [_plain(page.in_words(one.scheme)) for one in measured]
    stem = f"schemes-{page.named}-{float(here[page.x]):g}"
    drawn = [errors_drawn(stem, measured, names, h, page.told.words)] if page.told.pictures else []
    table = [] if page.told.brief else [Table(head, rows, "r" * len(head))]
    return [
        Paragraph(page.say("scheme.measured.here", at=page.told.given(page.x, here[page.x]), h=h), page.say("scheme.measured")),
        *table,
        *drawn,
        Table(_heads(page), tuple(_found(page, one) for one in measured), "lrrr"),
        Paragraph(page.told.words.in_line([_meaning(page, one) for one in measured]), page.say("says")),
    ]


def _heads(page: _Page) -> tuple[tuple[Inline, ...], ...]:
    return tuple(page.say(f"scheme.table.{one}") for one in ("scheme", "predicted", "found", "error"))


def _power_of_ten(place: int) -> Formula:
    return Script(Number("10"), sup=Number(str(-place)))


def _size(error: float | None) -> tuple[Inline, ...]:
    return (Text("–"),) if error is None else cell(small_number(error))


def _plain(parts: Sequence[Inline]) -> str:
    return "".join(part.text for part in parts if isinstance(part, Text))


def _found(page: _Page, one: Measured) -> tuple[tuple[Inline, ...], ...]:
    predicted = cell(_step(page, one.predicted)) if one.predicted is not None else page.say("scheme.none")
    return page.in_words(one.scheme), predicted, cell(_step(page, one.best)), cell(small_number(one.errors[one.best]))


def _step(page: _Page, h: float) -> Formula:
    """A step: a small one as a power of ten."""
    return small_number(h) if h < SMALL else page.told.number(float(f"{h:.1g}"))


def _meaning(page: _Page, one: Measured) -> tuple[Inline, ...]:
    scheme = page.in_words(one.scheme)
    if one.predicted is None:
        return page.say("scheme.says.exact", scheme=scheme, h=page.told.board.name(H))
    apart = abs(log10(one.best / one.predicted))
    key = "scheme.says.agree" if apart <= 1 else "scheme.says.differ"
    return page.say(key, scheme=scheme, predicted=_step(page, one.predicted), found=_step(page, one.best))


def _data(page: _Page, measured: Sequence[Sequence[Measured]]) -> dict[str, object]:
    return {
        "function": str(page.function),
        "wrt": page.x.name,
        "schemes": [{"name": one.name, "order": one.order - 1, "best_step": str(best_step(one.name))} for one in page.schemes],
        "points": [
            {
                "x": str(here[page.x]),
                "measured": [
                    {"scheme": one.scheme.name, "predicted": one.predicted, "found": one.best, "errors": {f"{h:.3g}": error for h, error in one.errors.items()}}
                    for one in errors
                ],
            }
            for here, errors in zip(page.points, measured, strict=True)
        ],
    }
