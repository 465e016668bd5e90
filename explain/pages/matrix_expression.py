"""The page of the gradient of a matrix expression: the laws of differentials, forward, back part by part, numbers, check."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

from sympy import Function, Symbol, preorder_traversal

from derive.errors import UndefinedError, UnknownNameError
from derive.functions import TextFunction
from derive.matrices.backward import FreeEntries, Occurrence
from derive.matrices.forward import BY_NUMBER, JACOBIANS
from derive.matrices.parts import is_matrix, transposed
from derive.matrices.reading import read_matrix
from derive.matrices.rules import MATRIX_RULES, MatrixRule, rules_of
from derive.matrices.sizes import kind_of
from derive.names import split
from derive.steps import Derivation, Step, Total
from numeric.checks.matrix_checks import FactNumbers, check_facts, evaluate_facts, is_row
from numeric.reports import AGREES, Report

from ..boards.matrix_expressions import DifferentialBoard, ExpressionBoard, Factor
from ..boards.pieces import SUM, Piece
from ..boards.quantities import small_number
from ..document import Block, Document, Equation, Inline, Paragraph
from ..formula import Fence, Formula, Lines, Name, Number, Relation, Script, row
from ..lessons.lines import Line, equals
from ..lessons.matrix_lesson import LARGEST
from .telling import NOTHING, Telling, telling

__all__ = ["LAYOUTS", "matrix_expression_page"]

LAYOUTS = ("denominator", "numerator")
LETTERS = {"matrix": ("U", "V", "P", "Q", "R"), "column": ("u", "v", "w", "p", "q"), "number": ("c", "e", "g", "a", "b")}
ALSO = {"f": TextFunction("f", Function("f")), "df": TextFunction("df", Function("df"))}
BACKWARD = {rule.name: rule.joined for rule in MATRIX_RULES}
FORWARD = {True: {rule.name: rule.joined for rule in JACOBIANS}, False: {rule.name: rule.joined for rule in BY_NUMBER}}


@dataclass(frozen=True)
class _Page:
    """A derivation of matrices with what is needed to tell it; ``layout`` says whether the result is printed as it is or turned."""

    derivation: Derivation
    told: Telling
    numbers: FactNumbers | None
    layout: str

    @property
    def function(self) -> Any:
        return self.derivation.graph

    @property
    def wrt(self) -> Any:
        return self.derivation.claim.wrt

    @cached_property
    def plain(self) -> ExpressionBoard:
        """The board of letters alone."""
        return ExpressionBoard(self.told.board.notation, {}, {}, self.told.board.labels)

    @cached_property
    def names(self) -> dict[Any, Symbol]:
        """Names for the parts on the way that are no letters, the smallest first."""
        parts = sorted({one for step in self.derivation.steps for one in self.parts(step)}, key=lambda one: (sum(1 for _ in preorder_traversal(one)), str(one)))
        taken = {split(str(one))[0] for one in (*self.function.givens, self.function.name)}
        letters = {kind: next((one for one in several if one not in taken), several[0] * 2) for kind, several in LETTERS.items()}
        kinds = [_kind(one) for one in parts]
        counted = dict.fromkeys(letters, 0)
        found: dict[Any, Symbol] = {}
        for one, kind in zip(parts, kinds, strict=True):
            counted[kind] += 1
            found[one] = Symbol(letters[kind] + (str(counted[kind]) if kinds.count(kind) > 1 else ""))
        return found

    def parts(self, step: Step) -> Iterator[Any]:
        """The parts of the expression that a fact is about."""
        claim: Any = step.claim
        wrt = claim.wrt.of if isinstance(claim.wrt, Occurrence | FreeEntries) else claim.wrt.arg if is_row(step) else claim.wrt
        for one in (claim.of, wrt):
            if one.args and one != self.function.expression and one not in self.function.givens and one != self.function.name:
                yield one

    @cached_property
    def board(self) -> ExpressionBoard:
        """The board on which parts have their names, and the whole is f."""
        whole = self.function.expression
        named = {} if whole in self.function.givens else {whole: self.function.name}
        return replace(self.plain, names={**self.names, **named})

    @cached_property
    def result(self) -> Step:
        """The fact of the derivative that is wanted: of a walk forward, the one before the name is put in."""
        last = self.derivation[self.derivation.claim]
        return self.derivation[next(last.cited())] if last.rule == "definition" else last

    def say(self, key: str, **parts: Any) -> tuple[Inline, ...]:
        return self.told.say(key, **parts)

    def shape(self, value: Any) -> tuple[Inline, ...]:
        """The shape of a matrix in signs, of a number in words."""
        return self.say("matrix.shape", shape=self.plain.shape(value.shape)) if is_matrix(value) else self.say("matrix.number")

    def value(self, value: Any) -> list[Formula]:
        """The numbers of a matrix that is small enough, or a number."""
        if not isinstance(value, list):
            return [self.told.number(value)]
        return [self.plain.array(value)] if len(value) <= LARGEST and len(value[0]) <= LARGEST else []


def _kind(one: Any) -> str:
    return "number" if not is_matrix(one) else "column" if one.shape[1] == 1 else "matrix"


def matrix_expression_page(derivation: Derivation, at: Any = None, *, layout: str = "denominator", **options: Any) -> tuple[Document, list[Report]]:
    """The page of the gradient of a matrix expression, as ``derive.matrix_gradient`` gives it, and the report of its check.

    at gives every letter a number or rows of numbers; without it usual small values, or no numbers where these have none.
    layout "denominator": the derivative of a number has the shape of what it is taken by; "numerator": its transpose. options
    are those of ``lecture``. Raises DeriveError for values that are missing or do not fit.
    """
    if layout not in LAYOUTS:
        raise UnknownNameError("layout", layout, LAYOUTS)
    told = telling(**options)
    page = _Page(derivation, told, _numbers(derivation, at), layout)
    report = check_facts(derivation, page.numbers) if told.check and page.numbers is not None else None
    blocks = [
        *_asked(page),
        *([] if told.brief else _laws(page)),
        *_forward(page),
        *_backward(page),
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


def _asked(page: _Page) -> list[Block]:
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


def _given(page: _Page, letter: Any) -> Iterator[Line]:
    name = page.board.name(letter)
    shown = page.value(page.numbers.of(letter)) if page.numbers is not None else []
    if shown:
        yield name, equals(*shown), page.shape(letter)
    else:
        power = Script(Name("ℝ"), sup=page.plain.shape(letter.shape)) if is_matrix(letter) else Name("ℝ")
        yield name, row(Relation("∈"), power), None


# ---- the laws


def _laws(page: _Page) -> list[Block]:
    """The differentials that are used, each once."""
    used = list(dict.fromkeys(step.rule for step in page.derivation.steps if not is_row(step)))
    whole = page.function.expression
    met = {rule for one in preorder_traversal(whole) for rule in rules_of(one)}
    rows = [rule for name in used for rule in MATRIX_RULES if rule.name == name and (rule in met or rule.name == "symmetric argument")]
    lines = [_law(page, rule) for rule in rows]
    return [Paragraph(page.say("matrix.laws.here", d=Name("d")), page.say("laws")), Equation(Lines(tuple(lines)))] if lines else []


def _law(page: _Page, rule: MatrixRule) -> Line:
    symmetric = "X" if rule.name == "symmetric argument" else ""
    left, right = (read_matrix(text, _declared(text, symmetric), ALSO) for text in rule.law)
    board = DifferentialBoard(page.told.board.notation)
    return board.differential(left.expression), equals(board.formula(right.written)), page.say(f"matrix.law.{rule.name}")


def _declared(text: str, symmetric: str) -> dict[str, str]:
    """The kinds of differentials: dX is of the kind of X."""
    return {one: "symmetric matrix" if one[-1] == symmetric else kind_of(one[-1]) for one in re.findall(r"\b(d?[A-Za-z])\b(?!\()", text)}


# ---- forward and back


def _forward(page: _Page) -> list[Block]:
    """The parts on the way by their names, with shapes and numbers, and the whole."""
    if not page.names:
        return []
    lines: list[Line] = []
    for part, name in (*page.names.items(), (page.function.expression, page.function.name)):
        whole = part == page.function.expression
        board = replace(page.board, names={one: other for one, other in page.names.items() if one != part})
        shown = board.formula(page.function.definitions[0].written if whole else part)
        values = page.value(page.numbers.of(part)) if page.numbers is not None else []
        beside = [] if is_matrix(part) else values  # a number stands on the same line
        lines.append((page.board.name(name), equals(shown, *beside), page.shape(part)))
        lines += [(NOTHING, equals(one), None) for one in values if not beside]
    return [Paragraph(page.say("matrix.parts"), page.say("definitions.all")), Equation(Lines(tuple(lines)), f"{page.function.name}:forward")]


def _backward(page: _Page) -> list[Block]:
    """Every fact on the way, the law by which it holds, its shape and its numbers."""
    steps = [step for step in page.derivation.steps if step.rule != "definition" and step != page.result]
    if not steps:
        return []
    forward = is_matrix(page.function.expression)
    blocks: list[Block] = [Paragraph(page.say("matrix.forth" if forward else "matrix.back", of=page.board.name(page.function.name)), page.say("factors"))]
    if any(isinstance(step.claim.wrt, Occurrence) for step in steps):
        blocks.append(Paragraph(page.say("matrix.places")))
    if any(isinstance(step.claim.wrt, FreeEntries) for step in steps):
        blocks.append(Paragraph(page.say("matrix.free", wrt=page.board.name(page.wrt))))
    return [*blocks, *(Equation(Lines(tuple(_fact(page, step))), f"{page.function.name}:{place}") for place, step in enumerate(steps, 1))]


def _fact(page: _Page, step: Step) -> Iterator[Line]:
    """A derivative: what its law makes of it, what that comes to in letters, and its numbers."""
    forms: dict[Formula, tuple[Inline, ...]] = {}
    forms[page.board.inside(_terms(page, step), SUM)] = page.say("matrix.by", law=page.say(f"matrix.law.{_law_name(step)}"), shape=page.shape(step.value))
    forms.setdefault(page.board.formula(step.value), page.say(f"matrix.because.{step.because}") if step.because else ())
    if step == page.result or page.told.detail == "full":
        forms.setdefault(page.plain.formula(step.value), page.say("matrix.inserted") if page.names else ())
    called = page.board.claim(step.claim)
    for place, (formula, why) in enumerate(forms.items()):
        yield called if place == 0 else NOTHING, equals(formula), why or None
    shown = page.value(page.numbers.facts[step.claim]) if page.numbers is not None else []
    yield from ((NOTHING, equals(one), None) for one in shown if one not in forms)


def _law_name(step: Step) -> str:
    return "as a row" if is_row(step) else step.rule


def _terms(page: _Page, step: Step) -> Piece:
    """The terms of a fact as its law joins them."""
    if not step.terms:
        return page.board.piece(step.value)
    claim: Any = step.claim
    table = BACKWARD if not is_matrix(claim.of) or claim.of == page.function.name else FORWARD[is_matrix(page.wrt)]
    way = "transposed" if is_row(step) else table.get(step.rule, "product")
    return page.board.sum([_term(page, way, term) for term in step.terms])


def _term(page: _Page, way: str, term: tuple[Any, ...]) -> Piece:
    kept = [factor for factor in term if factor not in (1, -1)] or list(term[:1])
    minus = sum(factor == -1 for factor in term if factor not in kept) % 2 == 1
    piece = page.board.put_together(way, [_factor(page, one) for one in kept])
    return piece._replace(minus=piece.minus != minus)


def _factor(page: _Page, factor: Any) -> Factor:
    """A factor, and whether it is a matrix."""
    if isinstance(factor, Total):
        return Piece(page.board.claim(factor)), is_matrix(page.derivation[factor].value)
    return page.board.piece(factor), is_matrix(factor)


# ---- the result


def _result(page: _Page) -> list[Block]:
    step = page.result
    lines = list(_fact(page, step))
    turned = page.layout == "numerator" and is_matrix(page.wrt) and not is_matrix(page.function.expression)
    if turned:
        value: Any = transposed(step.value)
        called = page.board.turned(Piece(Fence(page.board.claim(step.claim)))).formula
        lines.append((called, equals(page.plain.formula(value)), page.say("matrix.numerator", shape=page.plain.shape(value.shape))))
    return [Paragraph((), page.say("together")), Equation(Lines(tuple(lines)), f"{page.function.name}:result")]


def _meaning(page: _Page) -> list[Block]:
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


def _checked(page: _Page, report: Report | None) -> list[Block]:
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


def _data(page: _Page, report: Report | None) -> dict[str, object]:
    return {
        "function": str(page.function.expression),
        "claim": [str(page.derivation.claim.of), str(page.wrt)],
        "result": str(page.derivation.result),
        "steps": [_step_data(page, one) for one in page.derivation.steps],
        "agreed": None if report is None else [len(report.having(AGREES)), len(report)],
    }


def _step_data(page: _Page, step: Step) -> dict[str, object]:
    shape = [str(size) for size in step.value.shape] if is_matrix(step.value) else []  # type: ignore[attr-defined]
    data: dict[str, object] = {"claim": [str(step.claim.of), str(step.claim.wrt)], "rule": step.rule, "value": str(step.value), "shape": shape}
    if page.numbers is not None:
        data["number"] = _plain_numbers(page.numbers.facts[step.claim])
    return data


def _plain_numbers(value: Any) -> object:
    return [[float(one) for one in line] for line in value] if isinstance(value, list) else float(value)
