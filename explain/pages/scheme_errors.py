"""The errors of schemes, measured beside what Taylor's series and rounding predict: the best step, a table, a picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log10
from typing import Any

from sympy import Add, Symbol

from derive.analysis.schemes import EPSILON, H, Scheme, best_step
from derive.errors import DeriveError
from numeric.compiling import compile_gradient
from numeric.points import Exact

from ..boards.quantities import small_number
from ..document import Block, Equation, Inline, Paragraph, Table, Text
from ..formula import Formula, Lines, Number, Relation, Script, row
from ..lessons.lines import Line, equals
from ..notation import Board
from .scheme_board import Page, SchemeBoard
from .scheme_picture import errors_drawn
from .telling import cell, value_at

__all__ = ["Measured", "best", "data", "errors", "measure"]

DECADES = range(1, 14)
SMALL = 0.01
UNIT = 2.0**-53  # what rounding to the nearest float changes at most, relatively
NEAR = (1.0, 1.013, 0.987, 1.029, 0.971, 1.047, 0.953)  # steps around one h: one of them may hit the slope by luck
FINE = [10.0 ** (-place / 4) for place in range(57)]


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


def measure(page: Page, scheme: Scheme, here: Mapping[Symbol, Exact]) -> Measured:
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


def best(page: Page) -> list[Block]:
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


def errors(page: Page, here: Mapping[Symbol, Exact], measured: Sequence[Measured]) -> list[Block]:
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


def _heads(page: Page) -> tuple[tuple[Inline, ...], ...]:
    return tuple(page.say(f"scheme.table.{one}") for one in ("scheme", "predicted", "found", "error"))


def _power_of_ten(place: int) -> Formula:
    return Script(Number("10"), sup=Number(str(-place)))


def _size(error: float | None) -> tuple[Inline, ...]:
    return (Text("–"),) if error is None else cell(small_number(error))


def _plain(parts: Sequence[Inline]) -> str:
    return "".join(part.text for part in parts if isinstance(part, Text))


def _found(page: Page, one: Measured) -> tuple[tuple[Inline, ...], ...]:
    predicted = cell(_step(page, one.predicted)) if one.predicted is not None else page.say("scheme.none")
    return page.in_words(one.scheme), predicted, cell(_step(page, one.best)), cell(small_number(one.errors[one.best]))


def _step(page: Page, h: float) -> Formula:
    """A step: a small one as a power of ten."""
    return small_number(h) if h < SMALL else page.told.number(float(f"{h:.1g}"))


def _meaning(page: Page, one: Measured) -> tuple[Inline, ...]:
    scheme = page.in_words(one.scheme)
    if one.predicted is None:
        return page.say("scheme.says.exact", scheme=scheme, h=page.told.board.name(H))
    apart = abs(log10(one.best / one.predicted))
    key = "scheme.says.agree" if apart <= 1 else "scheme.says.differ"
    return page.say(key, scheme=scheme, predicted=_step(page, one.predicted), found=_step(page, one.best))


def data(page: Page, measured: Sequence[Sequence[Measured]]) -> dict[str, object]:
    """The page as plain data: the schemes, their numbers and errors at every point."""
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
