"""The layer-level page: forward and backward pass in matrices, with shapes on every line, numbers and a check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from derive.errors import DeriveError
from derive.matrix import LOSS, MatrixGraph
from derive.network import Network
from derive.steps import Claim, Derivation, Local, Step, Total
from numeric.data import default_point
from numeric.matrices import MatrixNumbers, arrays_of_samples, check_entries, evaluate_matrices
from numeric.reports import AGREES, Report

from .document import Block, Document, Equation, Inline, Paragraph, Text
from .formula import Formula, Fraction, Lines, Name, Number, Relation, Row, Script, Times, Word, row
from .lines import equals
from .locales import Locale, Part, locale
from .matrix_board import MatrixBoard, matrix_board
from .notation import PRODUCT, SUM, Piece, board_of
from .quantities import small_number
from .record import check_data

__all__ = ["has_numbers", "matrix_lecture"]

NOTHING = Row(())
LARGEST = 6  # rows and columns of a matrix whose numbers are printed
Point = Mapping[str, Any]
Line = tuple[Formula, Formula, tuple[object, ...] | None]


@dataclass(frozen=True)
class _Lesson:
    """A layer-level derivation with what is needed to tell it."""

    derivation: Derivation
    graph: MatrixGraph
    board: MatrixBoard
    words: Locale
    numbers: MatrixNumbers | None
    report: Report | None

    def say(self, key: str, **parts: Part) -> tuple[Inline, ...]:
        return self.words.say(key, **parts)

    def formula(self, expression: Any) -> Formula:
        return self.board.formula(expression)

    def named(self, claim: Any) -> Piece:
        """A fact as the page calls it: δ where it has that name, else the derivative; an expression as it is."""
        if isinstance(claim, Total) and claim in self.graph.cited:
            return Piece(self.board.name(self.graph.cited[claim]))
        return Piece(self.board.claim(claim)) if isinstance(claim, Local | Total) else self.board.piece(claim)


def matrix_lecture(
    net: Network,
    name: str,
    at: Point | Sequence[Point] | None = None,
    *,
    layout: str = "rows",
    language: str = "en",
    check: bool = True,
    **board: Any,
) -> tuple[Document, list[Report]]:
    """The page that derives ∂L/∂name for a layer (W1, b1, X, …), and the report of the check of its entries.

    at is one point, or a list of points that share their parameters, one a sample of the batch; without it the
    default point. layout is "rows" or "columns"; board is notation, labels, precision and exact as for
    ``lecture``. Raises DeriveError for what does not exist or fit.
    """
    derivation: Any = net.matrix_derivation(name, layout)
    samples = _samples(net, at) if has_numbers(net) else []
    numbers = evaluate_matrices(derivation, arrays_of_samples(derivation.graph, samples)) if samples else None
    report = check_entries(derivation, numbers, samples) if check and numbers and net.entries(name) else None
    lesson = _Lesson(derivation, derivation.graph, matrix_board(derivation.graph, board_of(None, **board)), locale(language), numbers, report)
    blocks = [*_question(lesson), *_forward(lesson), *_backward(lesson), *_result(lesson), *_checked(lesson)]
    title = lesson.say("title.one", of=lesson.board.name(LOSS), wrt=lesson.board.name(derivation.claim.wrt))
    return Document(title, language, tuple(blocks), partial(_data, lesson)), [report] if report else []


def has_numbers(net: Network) -> bool:
    """Are the matrices of the network small enough to print their numbers?"""
    return max(net.sizes) <= LARGEST


def _samples(net: Network, at: Point | Sequence[Point] | None) -> list[Point]:
    samples: list[Point] = [default_point(net)] if at is None else [at] if isinstance(at, Mapping) else list(at)
    if not samples:
        raise DeriveError("at is an empty list of samples; give at least one point")
    return samples


# ---- the parts


def _question(lesson: _Lesson) -> list[Block]:
    wrt = lesson.derivation.claim.wrt
    words = lesson.say("matrix.want", of=lesson.board.name(LOSS), wrt=lesson.board.name(wrt), shape=lesson.board.shape(wrt.shape))  # type: ignore[attr-defined]
    layout = lesson.say(f"matrix.layout.{lesson.graph.layout}", samples=Name("N"))
    return [Paragraph((*words, Text(" "), *layout), lesson.say("want"))]


def _forward(lesson: _Lesson) -> list[Block]:
    lines = [line for one in lesson.graph.definitions if one.symbol != LOSS for line in _definition(lesson, one)]
    given = [_given(lesson, one) for one in lesson.graph.givens]
    loss = [(lesson.board.name(LOSS), equals(_mean_loss(lesson)), None), *_number_of(lesson, LOSS)]
    return [
        Paragraph(lesson.say("matrix.forward"), lesson.say("definitions.all")),
        Equation(Lines((*given, *lines))),
        Equation(Lines(tuple(loss))),
        Paragraph(lesson.say("matrix.mean", samples=Name("N"))),
    ]


def _given(lesson: _Lesson, symbol: Any) -> Line:
    name = lesson.board.name(symbol)
    if lesson.numbers is None:
        return name, row(Relation("∈"), Script(Name("ℝ"), sup=lesson.board.shape(symbol.shape))), None
    return name, equals(lesson.board.array(lesson.numbers.nodes[symbol])), _shape(lesson, symbol)


def _definition(lesson: _Lesson, definition: Any) -> list[Line]:
    stated = lesson.board.name(definition.symbol), equals(lesson.formula(definition.written)), _shape(lesson, definition.symbol)
    return [stated, *_number_of(lesson, definition.symbol)]


def _number_of(lesson: _Lesson, node: Any) -> list[Line]:
    if lesson.numbers is None:
        return []
    rows = lesson.numbers.nodes[node]
    number = lesson.board.inside(lesson.board.number(rows[0][0]), SUM) if node == LOSS else lesson.board.array(rows)
    return [(NOTHING, equals(number), None)] if len(rows) <= LARGEST else []


def _shape(lesson: _Lesson, symbol: Any) -> tuple[Inline, ...]:
    return lesson.say("matrix.shape", shape=lesson.board.shape(symbol.shape))


def _mean_loss(lesson: _Lesson) -> Formula:
    share = lesson.formula(lesson.graph.by_symbol[LOSS].written)
    over = Script(Name("Σ"), Word(lesson.words.sentences["matrix.entries"]))
    return row(Fraction(Number("1"), Name("N")), Times(), over, lesson.board.inside(Piece(share, SUM), PRODUCT))


def _backward(lesson: _Lesson) -> list[Block]:
    blocks = [Equation(Lines(tuple(_fact(lesson, step))), _label(lesson, step.claim)) for step in _told(lesson)[:-1]]
    return [Paragraph(lesson.say("matrix.backward", delta=Name("δ")), lesson.say("factors")), *blocks] if blocks else []


def _told(lesson: _Lesson) -> list[Step]:
    """The facts, without totals that are nothing but the local derivative just told; the result is the last."""
    return [step for step in lesson.derivation.steps if step.rule != "chain"]


def _label(lesson: _Lesson, claim: Claim) -> str:
    return f"L/{lesson.derivation.claim.wrt}:{claim.of}-{claim.wrt}"


def _fact(lesson: _Lesson, step: Step) -> list[Line]:
    board, (factors,) = lesson.board, step.terms
    called = lesson.named(step.claim).formula
    if isinstance(step.claim, Total) and step.claim in lesson.graph.cited:
        called = row(called, equals(board.claim(step.claim)))
    stated = board.inside(board.joined(step.rule, factors, lesson.named), SUM)
    forms = [(stated, _reason(lesson, step)), *((board.formula(one), _because(lesson, step, why)) for one, why in (*step.via, (step.value, step.because)))]
    kept = [one for place, one in enumerate(forms) if one[0] not in [other for other, _ in forms[:place]]]
    lines: list[Line] = [(called if place == 0 else NOTHING, equals(one), why) for place, (one, why) in enumerate(kept)]
    return [*lines, *_numbers(lesson, step)]


def _because(lesson: _Lesson, step: Step, why: str) -> tuple[Inline, ...]:
    return lesson.say(f"matrix.because.{why}") if why else _shape(lesson, step.value)


def _reason(lesson: _Lesson, step: Step) -> tuple[Inline, ...]:
    side = "left" if (str(step.claim.wrt)[0] == "W") == (lesson.graph.layout == "rows") else "right"
    key = f"matrix.rule.{step.rule}" + (f".{side}" if step.rule == "linear" else "")
    return lesson.say(key, shape=lesson.board.shape(step.value.shape), delta=Name("δ"))  # type: ignore[attr-defined]


def _numbers(lesson: _Lesson, step: Step) -> list[Line]:
    if lesson.numbers is None:
        return []
    rows = lesson.numbers.facts.get(step.claim, ())
    return [(NOTHING, equals(lesson.board.array(rows)), None)] if 0 < len(rows) <= LARGEST else []


def _result(lesson: _Lesson) -> list[Block]:
    step = _told(lesson)[-1]
    lines = _fact(lesson, step)
    expanded = lesson.formula(lesson.derivation.expanded)
    if expanded != lesson.formula(step.value):
        lines.insert(len(lines) - len(_numbers(lesson, step)), (NOTHING, equals(expanded), _shape(lesson, step.value)))
    return [Paragraph((), lesson.say("together")), Equation(Lines(tuple(lines)), _label(lesson, step.claim))]


# ---- the check


def _checked(lesson: _Lesson) -> list[Block]:
    if lesson.report is None:
        return []
    agreed, error = len(lesson.report.having(AGREES)), max(one.error for one in lesson.report.values())
    wrt = lesson.board.name(lesson.derivation.claim.wrt)
    words = lesson.say("matrix.checked", agreed=agreed, count=len(lesson.report), wrt=wrt, error=small_number(error))
    return [Paragraph(words, lesson.say("checked"))]


def _data(lesson: _Lesson) -> dict[str, object]:
    return {
        "layout": lesson.graph.layout,
        "claim": str(lesson.derivation.claim.wrt),
        "definitions": [{"name": one.symbol.name, "expression": str(one.written), "shape": _sizes(one.expression)} for one in lesson.graph.definitions],
        "steps": [_step_data(lesson, one) for one in lesson.derivation.steps],
        "entries": None if lesson.report is None else [_entry_data(name, one) for name, one in lesson.report.items()],
    }


def _sizes(expression: Any) -> list[str]:
    return [str(size) for size in getattr(expression, "shape", ())]


def _step_data(lesson: _Lesson, step: Step) -> dict[str, object]:
    data = {"claim": [str(step.claim.of), str(step.claim.wrt)], "rule": step.rule, "value": str(step.value), "shape": _sizes(step.value)}
    return data if lesson.numbers is None else {**data, "number": [[float(one) for one in line] for line in lesson.numbers.facts[step.claim]]}


def _entry_data(name: Any, check: Any) -> dict[str, object]:
    return {"entry": name.wrt.name, **check_data(check)}
