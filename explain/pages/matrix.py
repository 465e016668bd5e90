"""The layer-level page: forward and backward pass in matrices, with shapes on every line, numbers, a proof and a check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from sympy import true

from derive.layers.definitions import LOSS
from derive.layers.proofs import prove_matrix
from derive.network import Network
from numeric.matrices import arrays_of_samples, check_entries, evaluate_matrices
from numeric.reports import AGREES, Report

from ..boards.layers import layer_board
from ..boards.quantities import small_number
from ..document import Block, Document, Equation, Inline, Paragraph
from ..formula import Formula, Fraction, Lines, Name, Number, Relation, Script, row
from ..lessons.lines import equals
from ..lessons.matrix_facts import facts, result
from ..lessons.matrix_lesson import Line, MatrixLesson, Point, has_numbers, samples_of
from ..lessons.matrix_record import data
from ..locales import locale
from ..notation import board_of

__all__ = ["has_numbers", "matrix_lecture"]


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
    words = locale(language)
    samples = samples_of(net, at) if has_numbers(net) else []
    numbers = evaluate_matrices(derivation, arrays_of_samples(derivation.graph, samples)) if samples else None
    report = check_entries(derivation, numbers, samples) if check and numbers else None
    own = layer_board(derivation, board_of(None, **board), words.sentences["matrix.entries"])
    lesson = MatrixLesson(derivation, derivation.graph, own, words, numbers, prove_matrix(derivation) if check else None, report)
    blocks = [*_question(lesson), *_forward(lesson), *facts(lesson), *result(lesson), *_checked(lesson)]
    title = lesson.say("title.one", of=lesson.board.name(LOSS), wrt=lesson.board.name(derivation.claim.wrt))
    return Document(title, language, tuple(blocks), partial(data, lesson)), [report] if report else []


# ---- the parts


def _question(lesson: MatrixLesson) -> list[Block]:
    wrt = lesson.derivation.claim.wrt
    of, name, matrix = lesson.board.name(LOSS), lesson.board.name(wrt), getattr(wrt, "is_Matrix", False)
    words = lesson.say("matrix.want" if matrix else "matrix.want.slope", of=of, wrt=name, shape=lesson.shape(wrt))
    layout = lesson.say(f"matrix.layout.{lesson.graph.layout}", samples=Name("N"))
    here = [lesson.say("matrix.sizes", sizes=_samples(lesson.numbers.samples))] if lesson.numbers else []
    return [Paragraph(lesson.words.in_line([words, layout, *here]), lesson.say("want"))]


def _samples(count: int) -> Formula:
    return row(Name("N"), equals(Number(str(count))))


def _forward(lesson: MatrixLesson) -> list[Block]:
    lines = [line for one in lesson.graph.definitions if one.symbol != LOSS for line in _definition(lesson, one)]
    given = [_given(lesson, one) for one in lesson.graph.givens]
    loss = _definition(lesson, lesson.graph.by_symbol[LOSS])
    return [
        Paragraph(lesson.words.in_line([lesson.say("matrix.forward"), *_unsaid(lesson)]), lesson.say("definitions.all")),
        Equation(Lines((*given, *lines))),
        Equation(Lines(tuple(loss))),
        Paragraph(lesson.words.in_line([lesson.say("matrix.mean", nth=Fraction(Number("1"), Name("N")), samples=Name("N")), *_penalties(lesson)])),
    ]


def _unsaid(lesson: MatrixLesson) -> Iterator[tuple[Inline, ...]]:
    """What the definitions leave unsaid, a sentence each: how a bias is added, and what a network has beyond plain layers."""
    net, board = lesson.graph.net, lesson.board
    if any(net.bias_counts):
        yield lesson.say("matrix.bias")
    if net.widths != net.sizes:
        yield lesson.say("matrix.maps.layered" if board.notation.layered else "matrix.maps")
    if net.skips:
        yield lesson.say("matrix.skips")
    learned = [one for layer in net.layers for one in net.learned(layer)]
    if learned:
        yield lesson.say(
            "matrix.learned", names=row(*(part for place, one in enumerate(learned) for part in ([Relation(",")] if place else []) + [board.name(one)]))
        )
    if net.dropout is not None:
        yield lesson.say("matrix.dropout.fixed" if net.fixed_masks else "matrix.dropout", mask=Name("M"), kept=Name("K"), out=Name("A"))


def _penalties(lesson: MatrixLesson) -> Iterator[tuple[Inline, ...]]:
    net = lesson.graph.net
    if net.l1 is not None or net.l2 is not None:
        yield lesson.say("matrix.penalties", samples=Name("N"))


def _given(lesson: MatrixLesson, symbol: Any) -> Line:
    name = lesson.board.name(symbol)
    if lesson.numbers is not None:
        ((_, number, _),) = lesson.number_lines(lesson.numbers.nodes[symbol]) or [(None, equals(name), None)]
        return name, number, lesson.shape(symbol)
    space = Name("ℝ")
    return name, row(Relation("∈"), Script(space, sup=lesson.board.shape(symbol.shape)) if symbol.is_Matrix else space), None


def _definition(lesson: MatrixLesson, definition: Any) -> list[Line]:
    stated = lesson.board.name(definition.symbol), equals(lesson.formula(definition.written)), lesson.shape(definition.symbol)
    if lesson.numbers is None:
        return [stated]
    value = lesson.numbers.nodes[definition.symbol]
    return [stated, *lesson.number_lines(value[0][0] if definition.symbol == LOSS else value)]


# ---- proof and check


def _checked(lesson: MatrixLesson) -> list[Block]:
    sentences = [*_proved(lesson), *_compared(lesson)]
    refuted = lesson.proof is not None and lesson.proof.status == "refuted"
    return [Paragraph(lesson.words.in_line(sentences), lesson.say("checked"), refuted=refuted)] if sentences else []


def _proved(lesson: MatrixLesson) -> Iterator[tuple[Inline, ...]]:
    proof = lesson.proof
    if proof is not None and proof.status == "proved":
        yield lesson.say("matrix.proved" if proof.domain == true else "matrix.proved.kinks", count=proof.entries, samples=_samples(proof.samples))
    elif proof is not None and proof.status == "refuted":
        yield lesson.say("checked.refuted", of=lesson.board.name(LOSS))


def _compared(lesson: MatrixLesson) -> Iterator[tuple[Inline, ...]]:
    if lesson.report is not None:
        agreed, error = len(lesson.report.having(AGREES)), max(one.error for one in lesson.report.values())
        wrt = lesson.board.name(lesson.derivation.claim.wrt)
        yield lesson.say("matrix.checked", agreed=str(agreed), count=len(lesson.report), wrt=wrt, error=small_number(error))
