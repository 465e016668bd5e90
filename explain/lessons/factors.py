"""The factors of a lesson: every fact of the chain rule with its reason and its number, like ones together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sympy import Expr, Integer, Symbol

from derive.activations import activation_of
from derive.graph import Definition
from derive.rules import elementary
from derive.steps import Local, Step, Total
from derive.written import Written

from ..document import Block, Cite, Equation, Inline, Paragraph
from ..formula import Formula, Lines, Name, Node, Row, Times, row
from ..notation import SUM, Board, Piece
from .lesson import Lesson, is_simple
from .lines import NOTHING, Line, called, equals, signed_number
from .opened import opened
from .unfolding import set_derivatives, set_numbers, set_values
from .walking import MOST_STEPS, drawable, walk

__all__ = ["fact_group", "fact_lines", "factors", "same_parts"]

MOST_LIKEWISE = 6
OBVIOUS_RULES = ("constant", "variable", "sum", "constant factor", "named function")


def factors(lesson: Lesson) -> list[Block]:
    """Every factor of the chain rule with its reason and its number, like ones together."""
    groups = lesson.facts()
    walked = sum(map(len, groups)) <= MOST_STEPS and drawable(lesson, lesson.derivation)
    blocks = [block for group in groups for block in fact_group(lesson, group, walked)]
    cited = lesson.cites()
    before = []
    if cited:
        where = lesson.words.joined(list(dict.fromkeys(Cite(lesson.known[claim]) for claim in cited)))
        before = lesson.say("chain.known", known=lesson.words.joined([lesson.board.claim(claim) for claim in cited]), where=where)
    return [Paragraph(tuple(before), lesson.say("factors")), *blocks] if blocks or cited else []


def fact_group(lesson: Lesson, group: list[Step], walked: bool = False) -> list[Block]:
    """Facts of one kind: the first with all its lines, the others likewise; where they are walked, each with its picture."""
    first, others = group[0], group[1:]
    shown = others if lesson.detail == "full" else others[:MOST_LIKEWISE]
    lines = [*fact_lines(lesson, first), *(_likewise(lesson, step) for step in shown)]
    blocks: list[Block] = [Equation(Lines(tuple(lines)), lesson.label(lesson.slug(first)), walk(lesson, [first, *shown]) if walked else tuple)]
    if len(others) > len(shown):
        blocks.append(Paragraph(lesson.say("and so on", count=len(others) - len(shown))))
    opened_steps = [block for step in group[:1] if lesson.detail == "full" and isinstance(step.claim, Local) for block in opened(lesson, step)]
    return [*blocks, *opened_steps, *_insight(lesson, first)]


def fact_lines(lesson: Lesson, step: Step) -> list[Line]:
    """The lines of one fact: claim = terms = value = numbers, each with its reason."""
    told = _total_fact(lesson, step) if isinstance(step.claim, Total) else _local_fact(lesson, step)
    left = called(lesson, step.claim)
    return [(left if place == 0 else NOTHING, right, why or None) for place, (right, why) in enumerate(told)]


Told = list[tuple[Formula, tuple[Inline, ...]]]


def _local_fact(lesson: Lesson, step: Step) -> Told:
    formulas = [lesson.board.inside(lesson.board.terms(step.terms), SUM), lesson.board.formula(step.value)]
    if step.rule == "elementary" and not is_simple(step.value):
        formulas.insert(0, _by_the_laws(lesson, step))
    distinct = list(dict.fromkeys(formulas))
    if len(distinct) > 1 and not step.because and same_parts(distinct[-2], distinct[-1]):
        del distinct[-2]  # a line that only puts its parts in another order is no step
    told: Told = [(equals(formula), reason(lesson, step) if place == 0 else ()) for place, formula in enumerate(distinct)]
    if step.because:
        told[-1] = (told[-1][0], _said(lesson, step, step.because))
    return _with_numbers(lesson, step, told)


def same_parts(one: Formula, other: Formula) -> bool:
    """Do two formulas differ only in the order of their parts?"""
    return _signs(one) == _signs(other)


def _signs(node: Node) -> Counter[Node]:
    """How often each letter, number and sign stands in a formula, the sign of a product apart."""
    inner = [one for name in node.__slots__ for one in _nodes(getattr(node, name))]
    return sum(map(_signs, inner), Counter()) if inner else Counter([] if isinstance(node, Times) else [node])


def _nodes(part: Any) -> Iterator[Node]:
    if isinstance(part, Node):
        yield part
    elif isinstance(part, tuple):
        yield from (one for inner in part for one in _nodes(inner))


def _by_the_laws(lesson: Lesson, step: Step) -> Formula:
    """What the elementary laws give before anything is multiplied out, a product of slopes for each term."""
    board, x = lesson.board.with_numbers({}), step.claim.wrt
    terms = lesson.derivation.graph.by_symbol[step.claim.of].summands_with(x)  # type: ignore[index]
    return board.inside(board.sum([_by_law(board, Local(term, x), elementary(term, x)) for term in terms]), SUM)


def _by_law(board: Board, claim: Local, steps: Mapping[Local, Step]) -> Piece:
    step = steps[claim]
    if step.value.is_number:
        return board.piece(step.value)
    return board.terms(step.terms, lambda one: _by_law(board, one, steps) if isinstance(one, Local) else board.piece(one))  # type: ignore[arg-type]


def _total_fact(lesson: Lesson, step: Step) -> Told:
    tree = lesson.own_tree(step.claim)
    told: Told = [(equals(set_derivatives(tree, lesson.board, lesson.named)), ())]
    told.append((equals(set_values(tree, lesson.board, lesson.value_name, opened=True)), ()))
    if step.because:
        told += [(equals(lesson.board.formula(value)), _said(lesson, step, why)) for value, why in step.via]
        told.append((equals(lesson.board.formula(step.value)), _said(lesson, step, step.because)))
        return _with_numbers(lesson, step, list(dict(told).items()))
    if lesson.numbers is not None:
        told.append((equals(set_numbers(tree, lesson.board, lesson.value), _number_of(lesson, step)), ()))
    return told


def _said(lesson: Lesson, step: Step, why: str) -> tuple[Inline, ...]:
    """Why the terms of a step became what stands there, in words; nothing where they were only multiplied out."""
    if why == "cancel" and len(step.terms) > 1:
        return lesson.say("reason.cancel.each")
    return lesson.say(f"reason.{why}", what=_cancelled(lesson, step)) if why else ()


def _number_of(lesson: Lesson, step: Step) -> Formula:
    return signed_number(lesson, lesson.value(step.claim))


def _with_numbers(lesson: Lesson, step: Step, told: Told) -> Told:
    """The lines with the number of the fact: behind a simple value, else below with the numbers put in."""
    if lesson.numbered is None or step.value.is_number:
        return told
    number, inserted = _number_of(lesson, step), lesson.numbered.formula(step.value)
    if is_simple(step.value):
        right, why = told[-1]
        return [*told[:-1], (row(right, equals(number)), why)]
    shown = inserted != number and lesson.shows(step.value, lesson.value(step.claim))
    return [*told, (equals(inserted, number) if shown else equals(number), ())]


def _likewise(lesson: Lesson, step: Step) -> Line:
    shown = isinstance(step.claim, Total) and not step.because
    parts = [set_values(lesson.own_tree(step.claim), lesson.board, lesson.value_name) if shown else lesson.board.formula(step.value)]
    if lesson.numbers is not None and not step.value.is_number:
        parts.append(_number_of(lesson, step))
    return called(lesson, step.claim), equals(*parts), lesson.say("likewise")


def reason(lesson: Lesson, step: Step) -> tuple[Inline, ...]:
    """Why a local derivative is what it is, in a few words."""
    definition = lesson.derivation.graph.by_symbol[step.claim.of]  # type: ignore[index]
    if step.rule in BY_RECORD:
        return _of_record(lesson, step, definition)
    terms = definition.summands_with(step.claim.wrt)
    if definition.expression == step.claim.wrt:
        return lesson.say("reason.identity")
    if step.value == 1 and terms == (step.claim.wrt,):
        return lesson.say("reason.itself", x=lesson.board.name(step.claim.wrt))
    if len(terms) == 1 and not step.value.has_free(step.claim.wrt) and definition.expression.is_Add:
        return lesson.say("reason.linear", term=lesson.board.formula(_written_term(lesson, step, terms[0])), x=lesson.board.name(step.claim.wrt))
    if step.value.is_Symbol:
        return lesson.say("reason.factor")
    return lesson.words.joined([lesson.say(f"rule.{name}") for name in _laws(terms, step.claim.wrt)])


BY_RECORD = {"output": "reason.slope", "other output": "reason.other", "setting": "reason.setting"}


def _of_record(lesson: Lesson, step: Step, definition: Definition) -> tuple[Inline, ...]:
    """Why the slope of an activation is what its record says."""
    record = activation_of(definition.expression)
    assert record is not None
    key, declared = BY_RECORD[step.rule], None
    if step.rule == "output" and step.value.has_free(definition.symbol):
        key = "reason.output"
    elif step.rule == "output" and record.kinks:
        key, declared = "reason.kink", record.at_kink(record.kinks[0], *definition.expression.args[1:])
    parts = {} if declared is None else {"declared": lesson.board.empty.formula(declared)}
    return lesson.say(key, function=_function_name(lesson, definition.expression), x=lesson.board.name(step.claim.wrt), **parts)


def _written_term(lesson: Lesson, step: Step, term: Expr) -> Expr | Written:
    """The term of a definition as it was written, where that is known."""
    written = lesson.expression(step.claim.of)  # type: ignore[arg-type]
    return next((arg for arg in getattr(written, "args", ()) if getattr(arg, "expression", arg) == term), term)


def _laws(terms: Iterable[Expr], x: Symbol) -> list[str]:
    """The laws that a differentiation rests on, without those that need no mention; "chain" where arguments are inner functions."""
    steps = [step for term in terms for step in elementary(term, x).values()]
    laws = dict.fromkeys(step.rule for step in steps if step.rule not in OBVIOUS_RULES)
    chained = any(step.rule not in OBVIOUS_RULES and any(True for _ in step.cited()) for step in steps)
    names = [*laws, *(["chain"] if chained else [])]
    return names or list(dict.fromkeys(step.rule for step in steps if step.rule not in ("constant", "variable"))) or ["variable"]


def _cancelled(lesson: Lesson, step: Step) -> Formula:
    """What a denominator and a slope had in common."""
    below = Integer(1)
    for factor in (one for term in step.terms for one in term):
        value = lesson.derivation[factor].value if isinstance(factor, Local | Total) else factor
        below *= value.as_numer_denom()[1]
    return lesson.board.formula(below)


def _insight(lesson: Lesson, step: Step) -> list[Block]:
    if step.because not in ("cancel", "shares") or not lesson.is_delta(step.claim):
        return []
    local = next((one for one in step.cited() if isinstance(one, Local)), None)
    definition = lesson.derivation.graph.by_symbol.get(local.of) if local else None  # type: ignore[arg-type]
    record = activation_of(definition.expression) if definition else None
    if definition is None or record is None:
        return []
    name = Name(record.name) if record.whole else _function_name(lesson, definition.expression)
    return [Paragraph(lesson.say(f"insight.{step.because}", function=name))]


def _function_name(lesson: Lesson, application: Expr) -> Formula:
    whole = lesson.board.formula(application)
    return whole.items[0] if isinstance(whole, Row) else whole
