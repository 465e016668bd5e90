"""The opening of a lesson: what is asked, the numbers, the definitions on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sympy import Heaviside, Symbol

from derive.activations import Named
from derive.steps import Derivation

from ..boards.heads import INDICATOR
from ..document import Block, Equation, Figure, Inline, Paragraph
from ..formula import Binary, Fence, Formula, Fraction, Lines, Name, Number, Relation, row
from .lesson import FEW_PATHS, Lesson
from .lines import NOTHING, Line, equals, signed_number
from .walking import drawable, picture

__all__ = ["definition_lines", "definitions", "named_functions", "overview", "point", "question"]

MOST_IN_A_LINE = 8
MOST_GIVEN_LINES = 16


def question(lesson: Lesson) -> list[Block]:
    """What is asked, and along which paths the variable acts."""
    derivation, lead = lesson.derivation, lesson.say("want")
    count = derivation.path_count
    if count == 0:
        return [Paragraph(lesson.say("want.none", of=lesson.y, wrt=lesson.x), lead)]
    if count > FEW_PATHS:
        return [Paragraph(lesson.say("want.many", of=lesson.y, wrt=lesson.x, count=count), lead), *_picture(lesson)]
    words = lesson.say(f"count.{count}") if count > 1 else ()
    sentence = lesson.say("want.few" if count > 1 else "want.one", of=lesson.y, wrt=lesson.x, count=words)
    return [Paragraph(sentence, lead), Equation(Lines(tuple(_path(lesson, path) for path in derivation.paths))), *_picture(lesson)]


def overview(lesson: Lesson) -> list[Block]:
    """One picture for a page of many derivations: the graph with no path coloured."""
    return [replace(figure, caption=()) for figure in _figures(lesson, None)]


def _picture(lesson: Lesson) -> list[Block]:
    """The graph with the paths of the derivation coloured."""
    return [replace(figure, caption=lesson.say("figure.paths", wrt=lesson.x, of=lesson.y)) for figure in _figures(lesson, lesson.derivation)]


def _figures(lesson: Lesson, derivation: Derivation | None) -> list[Figure]:
    """The picture of the network, or of any other graph, where pictures are wanted and one can hold it."""
    if not drawable(lesson, derivation):
        return []
    whole = picture(lesson, derivation, lesson.numbers if derivation else None)
    return [whole if lesson.board.roles else replace(whole, turned=lambda: picture(lesson, derivation))]


def _path(lesson: Lesson, path: Sequence[Symbol]) -> Line:
    arrows = row(*(part for node in path[1:] for part in (Relation("→"), lesson.board.name(node))))
    return lesson.board.name(path[0]), arrows, None


def point(lesson: Lesson) -> list[Block]:
    """The values of the givens, and how numbers are printed."""
    if lesson.numbers is None:
        return []
    notation = lesson.board.notation
    rounding = lesson.say("point.rounding.exact" if notation.exact else "point.rounding", places=notation.decimals)
    lines = _given_values(lesson)
    if lesson.samples > 1:
        rounding = lesson.words.in_line([lesson.say("point.sample", count=lesson.samples), rounding])
    return [Paragraph(rounding, lesson.say("point")), Equation(Lines(tuple(lines[:MOST_GIVEN_LINES]))), *_left_out(lesson, lines[MOST_GIVEN_LINES:])]


def _left_out(lesson: Lesson, lines: list[Line]) -> list[Block]:
    return [Paragraph(lesson.say("point.more", count=len(lines)))] if lines else []


def _given_values(lesson: Lesson) -> list[Line]:
    groups: dict[tuple[str, object], list[Symbol]] = {}
    for one in lesson.derivation.graph.givens:
        role = lesson.board.roles.get(one)
        groups.setdefault((role.kind, None) if role else ("", one), []).append(one)
    lines: list[Line] = []
    for (kind, _), group in groups.items():
        chunks = [group[place : place + MOST_IN_A_LINE] for place in range(0, len(group), MOST_IN_A_LINE)]
        lines += [_assignment(lesson, chunk, lesson.say(f"given.{kind}") if kind and place == 0 else None) for place, chunk in enumerate(chunks)]
    return lines


def _assignment(lesson: Lesson, group: Sequence[Symbol], what: tuple[Inline, ...] | None) -> Line:
    assert lesson.numbers is not None
    numbers = [signed_number(lesson, lesson.numbers.nodes[one]) for one in group]
    names = [lesson.board.name(one) for one in group]
    if len(group) == 1:
        return names[0], equals(numbers[0]), what
    shown = names if len(names) <= 3 else [names[0], Name("…"), names[-1]]
    return _listed(shown), equals(_listed(numbers)), what


def _listed(formulas: Sequence[Formula]) -> Formula:
    return Fence(row(*(part for place, one in enumerate(formulas) for part in ([Relation(",")] if place else []) + [one])))


def definitions(lesson: Lesson, everything: bool = False) -> list[Block]:
    """The definitions on the paths (or all of the graph) with their numbers, and what the named functions are."""
    nodes = list(lesson.derivation.graph.by_symbol) if everything else lesson.definitions_passed()
    if not nodes:
        return []
    lines = [line for node in nodes for line in definition_lines(lesson, node)]
    lead = "card.function" if len(lesson.derivation.graph.definitions) == 1 else "definitions.all" if everything else "definitions"
    blocks: list[Block] = [Paragraph((), lesson.say(lead)), Equation(Lines(tuple(lines)))]
    asides = [] if everything else lesson.definitions_aside()
    notes = [*named_functions(lesson, [*nodes, *asides]), *_asides(lesson, asides)]
    return [*blocks, *([Paragraph(lesson.words.in_line(notes))] if notes else [])]


def _asides(lesson: Lesson, asides: Sequence[Symbol]) -> Iterator[tuple[Inline, ...]]:
    """Where the variable itself has its value from, and what is constant beside the paths."""
    start = lesson.definitions_of_start()
    for key, nodes in (("start", [one for one in asides if one in start]), ("aside", [one for one in asides if one not in start])):
        if nodes:
            single = ".one" if key == "aside" and lesson.derivation.path_count == 1 else ""
            yield lesson.say(f"definitions.{key}{single}", wrt=lesson.x, nodes=lesson.words.joined([_aside(lesson, node) for node in nodes]))


def definition_lines(lesson: Lesson, node: Symbol) -> list[Line]:
    """A definition as it is written, and with its numbers."""
    written = lesson.expression(node)
    name, formula = lesson.board.name(node), lesson.board.formula(written)
    if lesson.numbered is None or lesson.numbers is None:
        return [(name, equals(formula), None)]
    numbers = [lesson.numbered.formula(written), signed_number(lesson, lesson.numbers.nodes[node])]
    if numbers[0] == numbers[1] or not lesson.shows(written, lesson.numbers.nodes[node]):
        del numbers[0]
    if len(lesson.derivation.graph.reads[node]) == 1:
        return [(name, equals(formula, *numbers), None)]
    return [(name, equals(formula), None), (NOTHING, equals(*numbers), None)]


def _aside(lesson: Lesson, node: Symbol) -> Formula:
    parts = [lesson.board.formula(lesson.expression(node))]
    if lesson.numbers is not None:
        parts.append(signed_number(lesson, lesson.numbers.nodes[node]))
    return row(lesson.board.name(node), equals(*parts))


def named_functions(lesson: Lesson, nodes: Iterable[Symbol]) -> list[tuple[Inline, ...]]:
    """What the named functions among the definitions mean."""
    z = Symbol("z")
    parts = (part for node in nodes for part in lesson.derivation.graph.by_symbol[node].expression.atoms(Named) if not part.record.whole)
    applied = dict.fromkeys(part.func(z, *part.args[1:]) for part in parts)
    spelt = [row(lesson.board.formula(one), equals(lesson.board.formula(one.spelt))) for one in applied]
    said = [lesson.say("definitions.functions", definitions=lesson.words.joined(spelt))] if spelt else []
    steps = [step.value for step in lesson.derivation.steps]
    roles = [lesson.board.roles.get(node) for node in nodes]
    if any(role is not None and role.kind == "kept" for role in roles):
        p = Name("p")
        said.append(lesson.say("definitions.dropout", scale=Fraction(Number("1"), row(Number("1"), Binary("−"), p)), p=p))
    return [*said, *([lesson.say("definitions.indicator", sign=INDICATOR)] if any(one.has(Heaviside) for one in steps) else [])]
