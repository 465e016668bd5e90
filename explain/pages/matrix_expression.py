"""The page of the gradient of a matrix expression: the laws of differentials, forward, back part by part, numbers, check."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from sympy import Function, preorder_traversal

from derive.errors import UndefinedError, UnknownNameError
from derive.functions import TextFunction
from derive.matrices.parts import is_matrix, transposed
from derive.matrices.reading import read_matrix
from derive.matrices.rules import MATRIX_RULES, MatrixRule, rules_of
from derive.matrices.sizes import kind_of
from derive.steps import Derivation, Step
from numeric.checks.matrix_checks import FactNumbers, check_facts, evaluate_facts, is_row
from numeric.reports import AGREES, Report

from ..boards.matrix_expressions import DifferentialBoard
from ..boards.pieces import Piece
from ..boards.quantities import small_number
from ..document import Block, Document, Equation, Paragraph
from ..formula import Fence, Lines, Name, Number, Relation, Script, row
from ..lessons.constants import names_apart
from ..lessons.lines import Line, equals
from .matrix_expression_facts import backward, fact, forward
from .matrix_expression_lesson import Page
from .telling import telling

__all__ = ["LAYOUTS", "matrix_expression_page"]

LAYOUTS = ("denominator", "numerator")
ALSO = {"f": TextFunction("f", Function("f")), "df": TextFunction("df", Function("df"))}


def matrix_expression_page(derivation: Derivation, at: Any = None, *, layout: str = "denominator", **options: Any) -> tuple[Document, list[Report]]:
    """The page of the gradient of a matrix expression, as ``derive.matrix_gradient`` gives it, and the report of its check.

    at gives every letter a number or rows of numbers; without it usual small values, or no numbers where these have none.
    layout "denominator": the derivative of a number has the shape of what it is taken by; "numerator": its transpose. options
    are those of ``lecture``. Raises DeriveError for values that are missing or do not fit.
    """
    if layout not in LAYOUTS:
        raise UnknownNameError("layout", layout, LAYOUTS)
    names = [str(one) for one in derivation.graph.givens]
    told = telling(names, **options)
    page = Page(derivation, told, _numbers(derivation, at), layout)
    report = check_facts(derivation, page.numbers) if told.check and page.numbers is not None else None
    blocks = [
        *names_apart(names, told.board, told.words),
        *_asked(page),
        *([] if told.brief else _laws(page)),
        *forward(page),
        *backward(page),
        *_result(page),
        *_meaning(page),
        *_checked(page, report),
    ]
    title = page.say("title.one", of=page.board.name(page.function.name), wrt=page.board.name(page.wrt))
    return Document(title, options.get("language", "en"), tuple(blocks), partial(_data, page, report)), [report] if report else []


def _numbers(derivation: Derivation, at: Any) -> FactNumbers | None:
    """The numbers at the values that are given; at the usual ones, if there are some."""
    if at is not None:
        return evaluate_facts(derivation, at)
    try:
        return evaluate_facts(derivation)
    except UndefinedError:
        return None


# ---- what is asked


def _asked(page: Page) -> list[Block]:
    f, wrt = page.board.name(page.function.name), page.board.name(page.wrt)
    definition = page.function.definitions[0]
    lines: list[Line] = [(f, equals(page.plain.formula(definition.written)), page.shape(definition.expression))]
    lines += [line for one in page.function.givens for line in _given(page, one)]
    if not is_matrix(page.wrt):
        wanted = page.say("matrix.want.number", of=f, wrt=wrt)
    elif is_matrix(page.function.expression):
        wanted = page.say("matrix.want.jacobian", of=f, wrt=wrt, shape=page.plain.shape(page.derivation.result.shape))  # type: ignore[attr-defined]
    else:
        wanted = page.say("matrix.want", of=f, wrt=wrt, shape=page.plain.shape(page.wrt.shape))
    sizes = page.numbers.walk.sizes if page.numbers is not None else {}
    shown = page.told.words.joined([page.told.given(one, size) for one, size in sizes.items()])
    said = [wanted, *([page.say("matrix.sizes", sizes=shown)] if sizes else [])]
    return [Paragraph(page.told.words.in_line(said), page.say("want")), Equation(Lines(tuple(lines)), f"{page.function.name}:given")]


def _given(page: Page, letter: Any) -> Iterator[Line]:
    name = page.board.name(letter)
    shown = page.value(page.numbers.of(letter)) if page.numbers is not None else []
    if shown:
        yield name, equals(*shown), page.shape(letter)
    else:
        power = Script(Name("ℝ"), sup=page.plain.shape(letter.shape)) if is_matrix(letter) else Name("ℝ")
        yield name, row(Relation("∈"), power), None


# ---- the laws


def _laws(page: Page) -> list[Block]:
    """The differentials that are used, each once."""
    used = list(dict.fromkeys(step.rule for step in page.derivation.steps if not is_row(step)))
    whole = page.function.expression
    met = {rule for one in preorder_traversal(whole) for rule in rules_of(one)}
    rows = [rule for name in used for rule in MATRIX_RULES if rule.name == name and (rule in met or rule.name == "symmetric argument")]
    lines = [_law(page, rule) for rule in rows]
    return [Paragraph(page.say("matrix.laws.here", d=Name("d")), page.say("laws")), Equation(Lines(tuple(lines)))] if lines else []


def _law(page: Page, rule: MatrixRule) -> Line:
    symmetric = "X" if rule.name == "symmetric argument" else ""
    left, right = (read_matrix(text, _declared(text, symmetric), ALSO) for text in rule.law)
    board = DifferentialBoard(page.told.board.notation)
    return board.differential(left.expression), equals(board.formula(right.written)), page.say(f"matrix.law.{rule.name}")


def _declared(text: str, symmetric: str) -> dict[str, str]:
    """The kinds of differentials: dX is of the kind of X."""
    return {one: "symmetric matrix" if one[-1] == symmetric else kind_of(one[-1]) for one in re.findall(r"\b(d?[A-Za-z])\b(?!\()", text)}


# ---- the result


def _result(page: Page) -> list[Block]:
    step = page.result
    lines = list(fact(page, step))
    turned = page.layout == "numerator" and is_matrix(page.wrt) and not is_matrix(page.function.expression)
    if turned:
        value: Any = transposed(step.value)
        called = page.board.turned(Piece(Fence(page.board.claim(step.claim)))).formula
        lines.append((called, equals(page.plain.formula(value)), page.say("matrix.numerator", shape=page.plain.shape(value.shape))))
    return [Paragraph((), page.say("together")), Equation(Lines(tuple(lines)), f"{page.function.name}:result")]


def _meaning(page: Page) -> list[Block]:
    """Which entry counts most."""
    if page.numbers is None or is_matrix(page.function.expression):
        return []
    value, f, h = page.numbers.facts[page.derivation.claim], page.board.name(page.function.name), Name("h")
    if not isinstance(value, list):
        place, most = page.board.name(page.wrt), value
    else:
        places = [(abs(one), -row_, -col, one) for row_, line in enumerate(value) for col, one in enumerate(line)]
        _, above, beside, most = max(places)
        index = Number(str(1 - above)) if page.wrt.shape[1] == 1 else row(Number(str(1 - above)), Relation(","), Number(str(1 - beside)))
        place = Script(page.board.name(page.wrt), index)
    sign = "flat" if most == 0 else "up" if most > 0 else "down"
    size = [] if abs(most) == 1 else [page.told.board.number(abs(most))]
    much = page.told.board.product([*size, Piece(h)]).formula
    said = [page.say("matrix.most", entry=place, wrt=page.board.name(page.wrt))] if isinstance(value, list) and most != 0 else []
    return [Paragraph(page.told.words.in_line([*said, page.say(f"says.input.{sign}", x=place, of=f, much=much, h=h)]), page.say("says"))]


def _checked(page: Page, report: Report | None) -> list[Block]:
    if report is None:
        return []
    agreeing = report.having(AGREES)
    own = [one for key, one in report.items() if key[0] == page.derivation.claim]
    error = small_number(max((one.error for one in agreeing), default=0.0))
    agreed = sum(one.verdict == AGREES for one in own)
    sentences = [page.say("matrix.expression.checked", agreed=agreed, count=len(own), wrt=page.board.name(page.wrt))]
    if len(own) < len(report):
        sentences.append(page.say("matrix.expression.all", agreed=len(agreeing), count=len(report), error=error))
    return [Paragraph(page.told.words.in_line(sentences), page.say("checked"))]


def _data(page: Page, report: Report | None) -> dict[str, object]:
    return {
        "function": str(page.function.expression),
        "claim": [str(page.derivation.claim.of), str(page.wrt)],
        "result": str(page.derivation.result),
        "steps": [_step_data(page, one) for one in page.derivation.steps],
        "agreed": None if report is None else [len(report.having(AGREES)), len(report)],
    }


def _step_data(page: Page, step: Step) -> dict[str, object]:
    shape = [str(size) for size in step.value.shape] if is_matrix(step.value) else []  # type: ignore[attr-defined]
    data: dict[str, object] = {"claim": [str(step.claim.of), str(step.claim.wrt)], "rule": step.rule, "value": str(step.value), "shape": shape}
    if page.numbers is not None:
        data["number"] = _plain_numbers(page.numbers.facts[step.claim])
    return data


def _plain_numbers(value: Any) -> object:
    return [[float(one) for one in line] for line in value] if isinstance(value, list) else float(value)
