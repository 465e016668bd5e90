"""The parts of a lesson as blocks: what we want, definitions, chain rule, factors, together, what it says, the check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction as Ratio

from sympy import Expr, Integer, Symbol, true

from derive.activations import Named, activation_of
from derive.graph import Definition
from derive.rules import elementary
from derive.steps import Claim, Local, Step, Total
from derive.written import Written
from numeric.checking import Check, Report

from .document import Block, Cite, Equation, Inline, Math, Paragraph, Table, Text
from .formula import Binary, Fence, Formula, Fraction, Lines, Name, Number, Relation, Row, Times, row
from .lesson import FEW_PATHS, Lesson, is_simple
from .notation import SUM, Board, Piece
from .quantities import small_number, step_of_difference, twelve_decimals
from .unfolding import Node, has_sum, leaves, set_derivatives, set_numbers, set_values

__all__ = ["chain_rule", "definitions", "factors", "meaning", "point", "question", "together", "verdicts"]

Line = tuple[Formula, Formula, tuple[object, ...] | None]

NOTHING = Row(())
MOST_LIKEWISE = 6
MOST_IN_A_LINE = 8
MOST_GIVEN_LINES = 16
RATE = Ratio(1, 2)
OBVIOUS_RULES = ("constant", "variable", "sum", "constant factor", "named function")


def equals(*formulas: Formula) -> Formula:
    """The formulas, each after an equals sign."""
    return row(*(part for one in formulas for part in (Relation("="), one)))


# ---- what we want


def question(lesson: Lesson) -> list[Block]:
    """What is asked, and along which paths the variable acts."""
    derivation, lead = lesson.derivation, lesson.say("want")
    count = derivation.path_count
    if count == 0:
        return [Paragraph(lesson.say("want.none", of=lesson.y, wrt=lesson.x), lead)]
    if count > FEW_PATHS:
        return [Paragraph(lesson.say("want.many", of=lesson.y, wrt=lesson.x, count=str(count)), lead), *_picture(lesson)]
    words = lesson.say(f"count.{count}") if count > 1 else ()
    sentence = lesson.say("want.few" if count > 1 else "want.one", of=lesson.y, wrt=lesson.x, count=words)
    return [Paragraph(sentence, lead), Equation(Lines(tuple(_path(lesson, path) for path in derivation.paths))), *_picture(lesson)]


def _picture(lesson: Lesson) -> list[Block]:
    """The network, or any other graph, with the paths coloured, where pictures are wanted and one can hold it."""
    if not lesson.pictures:
        return []
    from .figures import graphs, networks  # laying out a picture takes time that a page without pictures need not spend

    derivation, look = lesson.derivation, {"labels": lesson.board.labels, "notation": lesson.board.notation, "words": lesson.words}
    if lesson.board.roles:
        figure = networks.network(derivation.graph, derivation, **look)
    elif len(graphs.needed(derivation.graph, derivation)) <= graphs.MOST_NODES:
        figure = graphs.graph(derivation.graph, derivation, values=lesson.numbers, **look)
    else:
        return []
    return [replace(figure, caption=lesson.say("figure.paths", wrt=lesson.x, of=lesson.y))]


def _path(lesson: Lesson, path: Sequence[Symbol]) -> Line:
    arrows = row(*(part for node in path[1:] for part in (Relation("→"), lesson.board.name(node))))
    return lesson.board.name(path[0]), arrows, None


# ---- the point and the definitions


def point(lesson: Lesson) -> list[Block]:
    """The values of the givens, and how numbers are printed."""
    if lesson.numbers is None:
        return []
    rounding = lesson.say("point.rounding", places=str(lesson.board.notation.decimals))
    lines = _given_values(lesson)
    return [Paragraph(rounding, lesson.say("point")), Equation(Lines(tuple(lines[:MOST_GIVEN_LINES]))), *_left_out(lesson, lines[MOST_GIVEN_LINES:])]


def _left_out(lesson: Lesson, lines: list[Line]) -> list[Block]:
    return [Paragraph(lesson.say("point.more", count=str(len(lines))))] if lines else []


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
    numbers = [_signed_number(lesson, lesson.numbers.nodes[one]) for one in group]
    names = [lesson.board.name(one) for one in group]
    if len(group) == 1:
        return names[0], equals(numbers[0]), what
    shown = names if len(names) <= 3 else [names[0], Name("…"), names[-1]]
    return _listed(shown), equals(_listed(numbers)), what


def _signed_number(lesson: Lesson, value: object) -> Formula:
    return lesson.board.inside(lesson.board.number(value), SUM)


def _listed(formulas: Sequence[Formula]) -> Formula:
    return Fence(row(*(part for place, one in enumerate(formulas) for part in ([Relation(",")] if place else []) + [one])))


def definitions(lesson: Lesson, everything: bool = False) -> list[Block]:
    """The definitions on the paths (or all of the graph) with their numbers, and what the named functions are."""
    nodes = list(lesson.derivation.graph.by_symbol) if everything else lesson.definitions_passed()
    if not nodes:
        return []
    lines = [line for node in nodes for line in _definition(lesson, node)]
    blocks: list[Block] = [Paragraph((), lesson.say("definitions.all" if everything else "definitions")), Equation(Lines(tuple(lines)))]
    asides = [] if everything else lesson.definitions_aside()
    notes = [*_functions(lesson, [*nodes, *asides])]
    if asides:
        notes.append(lesson.say("definitions.aside", nodes=lesson.words.joined([_aside(lesson, node) for node in asides])))
    return [*blocks, *([Paragraph(_sentences(notes))] if notes else [])]


def _sentences(sentences: Iterable[tuple[Inline, ...]]) -> tuple[Inline, ...]:
    return tuple(part for place, one in enumerate(sentences) for part in ((Text(" "),) if place else ()) + one)


def _definition(lesson: Lesson, node: Symbol) -> list[Line]:
    written = lesson.expression(node)
    name, formula = lesson.board.name(node), lesson.board.formula(written)
    if lesson.numbered is None or lesson.numbers is None:
        return [(name, equals(formula), None)]
    numbers = [lesson.numbered.formula(written), _signed_number(lesson, lesson.numbers.nodes[node])]
    if numbers[0] == numbers[1]:
        numbers.pop()
    if len(lesson.derivation.graph.reads[node]) == 1:
        return [(name, equals(formula, *numbers), None)]
    return [(name, equals(formula), None), (NOTHING, equals(*numbers), None)]


def _aside(lesson: Lesson, node: Symbol) -> Formula:
    parts = [lesson.board.formula(lesson.expression(node))]
    if lesson.numbers is not None:
        parts.append(_signed_number(lesson, lesson.numbers.nodes[node]))
    return row(lesson.board.name(node), equals(*parts))


def _functions(lesson: Lesson, nodes: Iterable[Symbol]) -> list[tuple[Inline, ...]]:
    """What the named functions among the definitions mean."""
    z = Symbol("z")
    heads = {type(part): None for node in nodes for part in lesson.derivation.graph.by_symbol[node].expression.atoms(Named)}
    spelt = [row(lesson.board.formula(head(z)), equals(lesson.board.formula(head(z).definition))) for head in heads]
    return [lesson.say("definitions.functions", definitions=lesson.words.joined(spelt))] if spelt else []


# ---- the chain rule


def chain_rule(lesson: Lesson) -> list[Block]:
    """The chain rule in derivatives, opened along the paths or stated unit by unit."""
    if lesson.derivation.path_count == 0:
        return []
    first, *others = [(_called(lesson, claim), equals(_derivatives(lesson, claim)), None) for claim in lesson.opened()]
    formula = Lines((first, *others)) if others else row(*first[:2])
    return [Paragraph(_chain_words(lesson), lesson.say("chain")), Equation(formula, lesson.label("chain"))]


def _called(lesson: Lesson, claim: Claim) -> Formula:
    called = lesson.board.claim(claim)
    return row(lesson.named(claim), Relation("="), called) if lesson.is_delta(claim) else called


def _derivatives(lesson: Lesson, claim: Claim) -> Formula:
    return set_derivatives(lesson.tree(claim), lesson.board, lesson.named)


def _chain_words(lesson: Lesson) -> tuple[Inline, ...]:
    tree = lesson.tree(lesson.derivation.claim)
    known = list(dict.fromkeys(step.claim for step in leaves(tree) if step.claim in lesson.told))
    sentences = [lesson.say(_chain_key(lesson, tree), delta=Name("δ"))]
    if known:
        where = lesson.words.joined(list(dict.fromkeys(Cite(lesson.told[claim]) for claim in known)))  # type: ignore[index]
        sentences.insert(0, lesson.say("chain.known", known=lesson.words.joined([lesson.named(claim) for claim in known]), where=where))
    if lesson.board.totals:
        sentences.insert(0, lesson.say("chain.totals"))
    return _sentences(sentences)


def _chain_key(lesson: Lesson, tree: Node) -> str:
    if not lesson.few_paths:
        return "chain.many"
    if lesson.derivation.path_count == 1:
        return "chain.one"
    return "chain.few" if has_sum(tree) else "chain.shared"


# ---- the factors


def factors(lesson: Lesson) -> list[Block]:
    """Every factor of the chain rule with its reason and its number, like ones together."""
    blocks = [block for group in lesson.facts() for block in _group(lesson, group)]
    return [Paragraph((), lesson.say("factors")), *blocks] if blocks else []


def _group(lesson: Lesson, group: list[Step]) -> list[Block]:
    first, others = group[0], group[1:]
    shown = others if lesson.detail == "full" else others[:MOST_LIKEWISE]
    lines = [*_fact(lesson, first), *(_likewise(lesson, step) for step in shown)]
    blocks: list[Block] = [Equation(Lines(tuple(lines)), lesson.label(lesson.slug(first)))]
    if len(others) > len(shown):
        blocks.append(Paragraph(lesson.say("and so on", count=str(len(others) - len(shown)))))
    return [*blocks, *_insight(lesson, first)]


def _fact(lesson: Lesson, step: Step) -> list[Line]:
    """The lines of one fact: claim = terms = value = numbers, each with its reason."""
    told = _total_fact(lesson, step) if isinstance(step.claim, Total) else _local_fact(lesson, step)
    called = _called(lesson, step.claim)
    return [(called if place == 0 else NOTHING, right, why or None) for place, (right, why) in enumerate(told)]


Told = list[tuple[Formula, tuple[Inline, ...]]]


def _local_fact(lesson: Lesson, step: Step) -> Told:
    formulas = [lesson.board.terms(step.terms).formula, lesson.board.formula(step.value)]
    if step.rule == "elementary" and not is_simple(step.value):
        formulas.insert(0, _by_the_laws(lesson, step))
    distinct = list(dict.fromkeys(formulas))
    told: Told = [(equals(formula), reason(lesson, step) if place == 0 else ()) for place, formula in enumerate(distinct)]
    if step.because:
        told[-1] = (told[-1][0], _because(lesson, step))
    return _with_numbers(lesson, step, told)


def _by_the_laws(lesson: Lesson, step: Step) -> Formula:
    """What the elementary laws give before anything is multiplied out, a product of slopes for each term."""
    board, x = lesson.board.with_numbers({}), step.claim.wrt
    terms = lesson.derivation.graph.by_symbol[step.claim.of].summands_with(x)  # type: ignore[index]
    return board.inside(board.sum([_by_law(board, Local(term, x), elementary(term, x)) for term in terms]), SUM)


def _by_law(board: Board, claim: Local, steps: Mapping[Local, Step]) -> Piece:
    step = steps[claim]
    if step.value.is_number:
        return board.piece(step.value)
    products = []
    for term in step.terms:
        minus = term[0] == -1 and len(term) > 1
        factors = [_by_law(board, one, steps) if isinstance(one, Local) else board.piece(one) for one in term[minus:] if one != 1]  # type: ignore[arg-type]
        products.append(board.product(factors)._replace(minus=minus) if minus else board.product(factors))
    return board.sum(products)


def _total_fact(lesson: Lesson, step: Step) -> Told:
    tree = lesson.own_tree(step.claim)
    told: Told = [(equals(set_derivatives(tree, lesson.board, lesson.named)), ())]
    told.append((equals(set_values(tree, lesson.board, opened=True)), ()))
    if step.because:
        told.append((equals(lesson.board.formula(step.value)), _because(lesson, step)))
        return _with_numbers(lesson, step, told)
    if lesson.numbers is not None:
        told.append((equals(set_numbers(tree, lesson.board, lesson.value), _number_of(lesson, step)), ()))
    return told


def _because(lesson: Lesson, step: Step) -> tuple[Inline, ...]:
    return lesson.say(f"reason.{step.because}", what=_cancelled(lesson, step)) if step.because else ()


def _number_of(lesson: Lesson, step: Step) -> Formula:
    return _signed_number(lesson, lesson.value(step.claim))


def _with_numbers(lesson: Lesson, step: Step, told: Told) -> Told:
    """The lines with the number of the fact: behind a simple value, else below with the numbers put in."""
    if lesson.numbered is None or step.value.is_number:
        return told
    number, inserted = _number_of(lesson, step), lesson.numbered.formula(step.value)
    if is_simple(step.value):
        right, why = told[-1]
        return [*told[:-1], (row(right, equals(number)), why)]
    return [*told, (equals(inserted, number) if inserted != number else equals(number), ())]


def _likewise(lesson: Lesson, step: Step) -> Line:
    shown = isinstance(step.claim, Total) and not step.because
    parts = [set_values(lesson.own_tree(step.claim), lesson.board) if shown else lesson.board.formula(step.value)]
    if lesson.numbers is not None and not step.value.is_number:
        parts.append(_number_of(lesson, step))
    return _called(lesson, step.claim), equals(*parts), lesson.say("likewise")


def reason(lesson: Lesson, step: Step) -> tuple[Inline, ...]:
    """Why a local derivative is what it is, in a few words."""
    definition = lesson.derivation.graph.by_symbol[step.claim.of]  # type: ignore[index]
    if step.rule == "output":
        return lesson.say(_slope_key(definition, step), function=_function_name(lesson, definition.expression))
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


def _slope_key(definition: Definition, step: Step) -> str:
    record = activation_of(definition.expression)
    assert record is not None
    return "reason.output" if step.value.has_free(definition.symbol) else "reason.kink" if record.kinks else "reason.slope"


def _written_term(lesson: Lesson, step: Step, term: Expr) -> Expr | Written:
    """The term of a definition as it was written, where that is known."""
    written = lesson.expression(step.claim.of)  # type: ignore[arg-type]
    return next((arg for arg in getattr(written, "args", ()) if getattr(arg, "expression", arg) == term), term)


def _function_name(lesson: Lesson, application: Expr) -> Formula:
    whole = lesson.board.formula(application)
    return whole.items[0] if isinstance(whole, Row) else whole


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
    if step.because != "cancel" or not lesson.is_delta(step.claim):
        return []
    local = next((one for one in step.cited() if isinstance(one, Local)), None)
    definition = lesson.derivation.graph.by_symbol.get(local.of) if local else None  # type: ignore[arg-type]
    if definition is None or activation_of(definition.expression) is None:
        return []
    return [Paragraph(lesson.say("insight.cancel", function=_function_name(lesson, definition.expression)))]


# ---- together


def together(lesson: Lesson) -> list[Block]:
    """The factors put together: closed forms, numbers, result."""
    if lesson.derivation.path_count == 0:
        return []
    claim, node = lesson.derivation.claim, lesson.tree(lesson.derivation.claim)
    cited = set_values(node, lesson.board, lambda one: lesson.named(one) if one in lesson.closed else None)
    formulas = [cited, set_values(lesson.whole_tree(), lesson.board, ones=False)]
    if lesson.numbers is not None:
        formulas += [
            set_numbers(node, lesson.board, lesson.value),
            set_numbers(node, lesson.board, lesson.value, collapsed=True),
            _signed_number(lesson, lesson.value(claim)),
        ]
    distinct = list(dict.fromkeys(formulas))
    lines = tuple((lesson.board.claim(claim) if place == 0 else NOTHING, equals(formula), None) for place, formula in enumerate(distinct))
    return [Paragraph((), lesson.say("together")), Equation(Lines(lines), lesson.label("result"))]


# ---- what it says


def meaning(lesson: Lesson) -> list[Block]:
    """What the sign says, and one step of descent for a parameter."""
    if lesson.numbers is None or lesson.derivation.path_count == 0:
        return []
    slope, role = lesson.value(lesson.derivation.claim), lesson.board.roles.get(lesson.derivation.claim.wrt)
    sign = "flat" if slope == 0 else "up" if slope > 0 else "down"
    if role is None or role.kind not in ("weight", "bias"):
        size = [] if abs(slope) == 1 else [lesson.board.number(abs(slope))]
        much = lesson.board.product([*size, Piece(Name("h"))]).formula
        return [Paragraph(lesson.say(f"says.input.{sign}", x=lesson.x, of=lesson.y, much=much, h=Name("h")), lesson.say("says"))]
    key = f"says.{sign}"
    rate = row(Name("α"), Relation("="), lesson.board.number(RATE).formula)
    return [Paragraph(lesson.say(key, x=lesson.x, of=lesson.y, rate=rate, update=_update(lesson, slope)), lesson.say("says"))]


def _update(lesson: Lesson, slope: float) -> Formula:
    assert lesson.numbers is not None
    board, now = lesson.board.with_numbers({}), lesson.numbers.nodes[lesson.derivation.claim.wrt]
    step = board.product([board.number(RATE), board.number(slope)])
    after = float(now) - float(RATE) * float(slope)
    return row(lesson.x, Relation("←"), board.sum([board.number(now), step._replace(minus=True)]).formula, equals(_signed_number(lesson, after)))


# ---- the check


def verdicts(lesson: Lesson) -> list[Block]:
    """The proof, the result beside its central difference, and what the check of all steps says."""
    sentences = [*_proof(lesson), *_difference(lesson), *_summary(lesson)]
    return [Paragraph(_sentences(sentences), lesson.say("checked")), *_doubts(lesson)] if sentences else []


def _proof(lesson: Lesson) -> list[tuple[Inline, ...]]:
    proof = lesson.proof
    if proof is None or proof.status == "undecided":
        return []
    key = "checked.refuted" if proof.status == "refuted" else "checked.proof" if proof.domain == true else "checked.proof.kinks"
    return [lesson.say(key, of=lesson.y)]


def _difference(lesson: Lesson) -> list[tuple[Inline, ...]]:
    if lesson.report is None:
        return []
    mine = lesson.report[lesson.derivation.claim]
    sentence = lesson.say(
        "checked.difference" if mine.verdict == "agrees" else "checked.failed",
        quotient=row(_quotient(lesson), equals(twelve_decimals(mine.difference))),
        value=twelve_decimals(mine.value),
        error=small_number(mine.error),
        bound=small_number(mine.bound),
        step=row(Name("h"), Relation("="), step_of_difference(mine.h)),
        verdict=lesson.say(f"verdict.{mine.verdict}"),
    )
    return [sentence]


def _summary(lesson: Lesson) -> list[tuple[Inline, ...]]:
    report = lesson.report
    if report is None:
        return []
    agreed, largest = _agreed(report), max((one.error for one in report.values()), default=0.0)
    return [lesson.say("checked.all" if agreed == len(report) else "checked.some", agreed=str(agreed), count=str(len(report)), error=small_number(largest))]


def _doubts(lesson: Lesson) -> list[Block]:
    """The table of all checks, where one does not agree or the page is told in full."""
    report = lesson.report
    if report is None or (lesson.detail != "full" and _agreed(report) == len(report)):
        return []
    return [_table(lesson, report.values())]


def _agreed(report: Report) -> int:
    return sum(one.verdict == "agrees" for one in report.values())


def _quotient(lesson: Lesson) -> Formula:
    h = Name("h")
    sides = [row(lesson.y, Fence(row(lesson.x, Binary(sign), h))) for sign in ("+", "−")]
    return Fraction(row(sides[0], Binary("−"), sides[1]), row(Number("2"), Times(), h))


def _table(lesson: Lesson, checks: Iterable[Check]) -> Table:
    head = tuple(lesson.say(f"table.{key}") for key in ("step", "value", "difference", "error", "bound", "verdict"))
    rows = tuple(
        (
            (Math(lesson.board.claim(one.claim)),),
            *((Math(make(value)),) for make, value in _columns(one)),
            lesson.say(f"verdict.{one.verdict}"),
        )
        for one in checks
    )
    return Table(head, rows, "lrrrrl", lesson.say("checked.table"))


def _columns(one: Check) -> list[tuple[Callable[[float], Formula], float]]:
    return [(twelve_decimals, one.value), (twelve_decimals, one.difference), (small_number, one.error), (small_number, one.bound)]
