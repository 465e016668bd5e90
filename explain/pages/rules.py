"""Rule by rule: the page of one expression, each law stated and applied, the outermost first, and the result put in order.

It is told where a derivation has the elementary steps of its definitions itself, as those of ``derive.differentiate`` have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from sympy import Expr, Heaviside, Symbol

from derive.graph import Role
from derive.names import split
from derive.rules import RULES, Law, Rule, fraction, stated
from derive.steps import Claim, Factor, Local, Step, Term
from derive.written import Written

from ..boards.heads import INDICATOR
from ..document import Block, Equation, Inline, Paragraph
from ..formula import Formula, Fraction, Lines, Prefix, Times, row
from ..lessons.factors import same_parts
from ..lessons.lesson import Lesson
from ..lessons.lines import NOTHING, Line, equals, signed_number
from ..lessons.opened import laws_of
from ..notation import ATOM, PRODUCT, SUM, Board, Piece

__all__ = ["is_by_rules", "of_functions", "rules"]

LONG = 12  # operations in a definition whose derivative is called by its name
SILENT = ("constant", "variable", "definition")
LINEAR = ("constant", "variable", "sum", "constant factor", "product", "quotient")  # whose arguments are no inner functions
FUNCTIONS, CONSTANTS = ("f", "g", "u"), ("a", "c", "n")
LETTERS = {("f", "g"): ("f g", "p q", "F G"), ("u",): ("u", "v", "U"), ("a",): ("a", "b", "A"), ("c",): ("c", "k", "C"), ("n",): ("n", "m", "N")}

Place = Callable[[Factor], Piece]


def is_by_rules(lesson: Lesson) -> bool:
    """Does the derivation hold the elementary steps of its own definitions?"""
    return any(step.rule == "definition" for step in lesson.derivation.steps)


def of_functions(lesson: Lesson) -> Lesson:
    """The lesson as one about functions: d for ∂ where there is one variable only, and y′ for the definition of a derivative."""
    graph, board, notation = lesson.derivation.graph, lesson.board, lesson.board.notation
    found = {step.claim.of: step.value for step in lesson.derivation.steps if step.rule == "definition"}
    primes = {
        one.symbol: Role("derivative", place)
        for place, one in enumerate(graph.definitions)
        if place and found.get(graph.definitions[place - 1].symbol) == one.expression
    }
    if len(graph.givens) == 1:
        notation = replace(notation, partial=notation.total)
    return replace(lesson, board=replace(board, notation=notation, roles={**board.roles, **primes}))


def rules(lesson: Lesson) -> list[Block]:
    """The laws, how they are applied and what they give, for each definition in order; what they give alone where little is told."""
    pages = [_Page(lesson, step.claim.of) for step in lesson.derivation.steps if step.rule == "definition"]  # type: ignore[arg-type]
    if lesson.detail == "brief":
        return [block for page in pages for block in page.result()]
    laws = list(dict.fromkeys(law for page in pages for law in page.laws()))
    return [*_stated(lesson, laws), *(block for page in pages for block in (*page.applied(), *page.result()))]


# ---- the laws


def _stated(lesson: Lesson, laws: list[Law]) -> list[Block]:
    """The laws that are used, each once, as equations about functions."""
    if not laws:
        return []
    letters = _letters(lesson)
    here = [_renamed(law, letters, lesson.derivation.claim.wrt) for law in laws]
    lines = [_law_line(lesson, law) for law in here]
    met = {one for law in here for one in (*law.of.free_symbols, *(factor.of for term in law.terms for factor in term if isinstance(factor, Local)))}
    said = [
        _named(lesson, kind, [letters[one] for one in names if letters[one] in met]) for kind, names in (("functions", FUNCTIONS), ("constants", CONSTANTS))
    ]
    if any(one.has(Heaviside) for law in laws for term in law.terms for one in term if isinstance(one, Expr)):
        said.append(lesson.say("definitions.indicator", sign=INDICATOR))
    return [Paragraph(lesson.words.in_line([one for one in said if one]), lesson.say("laws")), Equation(Lines(tuple(lines)))]


def _letters(lesson: Lesson) -> dict[str, Symbol]:
    """For the letters of the laws others, where the page has the same."""
    taken = {part for one in lesson.derivation.graph.order for part in (one.name, split(one.name)[0])}  # u beside u₁ would say two things
    free = {one: next((other for other in others if taken.isdisjoint(other.split())), others[0]) for one, others in LETTERS.items()}
    return {letter: Symbol(other) for letters, others in free.items() for letter, other in zip(letters, others.split(), strict=True)}


def _renamed(law: Law, letters: dict[str, Symbol], x: Symbol) -> Law:
    names = {Symbol(one): other for one, other in letters.items()}
    terms = (tuple(Local(one.of.xreplace(names), x) if isinstance(one, Local) else one.xreplace(names) for one in term) for term in law.terms)  # type: ignore[union-attr]
    return Law(law.rule, law.of.xreplace(names), x, tuple(terms))


def _law_line(lesson: Lesson, law: Law) -> Line:
    board = lesson.board.empty
    right = _set(board, law.rule, law.of, law.wrt, law.terms, lambda one: Piece(board.claim(one)) if isinstance(one, Local) else board.piece(one))  # type: ignore[arg-type]
    return board.claim(Local(law.of, law.wrt)), equals(board.inside(right, SUM)), lesson.say(f"rule.{law.rule}")


def _named(lesson: Lesson, kind: str, names: list[Symbol]) -> tuple[Inline, ...]:
    number = "one" if len(names) == 1 else "many"
    return lesson.say(f"laws.{kind}.{number}", names=lesson.words.joined([lesson.board.name(one) for one in names]), x=lesson.x) if names else ()


def _row_of(step: Step) -> Rule | None:
    """The row that states the law of a step: of several with one name the one for its head."""
    rows = [rule for rule in RULES if rule.name == step.rule and rule.law is not None]
    return next((rule for rule in rows if rule.head is step.claim.of.func), rows[0] if rows else None)


# ---- one definition


@dataclass(frozen=True)
class _Page:
    """What is told of one definition."""

    lesson: Lesson
    node: Symbol

    @property
    def x(self) -> Symbol:
        return self.lesson.derivation.claim.wrt

    @property
    def board(self) -> Board:
        return self.lesson.board

    @cached_property
    def steps(self) -> dict[Local, Step]:
        """The elementary steps, the outermost first."""
        found: dict[Local, Step] = {}
        stack = list(self.lesson.derivation[Local(self.node, self.x)].cited())
        while stack:
            claim = stack.pop()
            if isinstance(claim, Local) and claim not in found:
                found[claim] = self.lesson.derivation[claim]
                stack.extend(reversed(list(found[claim].cited())))
        return found

    @cached_property
    def writings(self) -> dict[Expr, Written]:
        """How the parts of the definition were written."""
        return dict(_parts(self.lesson.derivation.graph.by_symbol[self.node].written))

    def shown(self) -> list[Step]:
        """The steps that are told: all of them in full, else without constants and variables where there are others."""
        told = [step for step in self.steps.values() if self.lesson.detail == "full" or step.rule not in SILENT]
        return told or list(self.steps.values())[:1]

    def laws(self) -> Iterator[Law]:
        """The laws of the steps that are told."""
        for step in self.shown():
            rule = _row_of(step)
            law = stated(rule) if rule is not None else None
            if law is not None:
                yield law

    def applied(self) -> list[Block]:
        """Each step: the derivative of a part, what its law makes of it, and the law's name."""
        lines = [(self.called(step.claim), equals(self.board.inside(self.by_its_rule(step, self.factor), SUM)), self.reason(step)) for step in self.shown()]
        here = self.lesson.board.name(self.node)
        several = sum(step.rule == "definition" for step in self.lesson.derivation.steps) > 1
        lead = self.lesson.say("rules.of", of=here) if several else self.lesson.say("rules")
        return [Paragraph((), lead), Equation(Lines(tuple(lines)), self.lesson.label(f"rules-{self.node}"))]

    def called(self, claim: Claim) -> Formula:
        """The derivative of a part; of the whole by its name where the whole is long."""
        whole = claim.of == self.lesson.derivation.graph.by_symbol[self.node].expression
        long = whole and claim.of.count_ops() > LONG
        return self.board.claim(Local(self.node, self.x)) if long else self.factor(claim).formula

    def result(self) -> list[Block]:
        """The parts put in their places, put in order, and the number."""
        lesson, claim = self.lesson, Local(self.node, self.x)
        step = lesson.derivation[claim]
        (inner,) = step.cited()
        inserted, tidy = self.board.inside(self.inserted(inner), SUM), self.board.formula(step.value)
        reordered = same_parts(inserted, tidy)
        told: dict[Formula, tuple[Inline, ...]] = {inserted: ()}
        if inserted != tidy:
            forms = [(lesson.derivation[inner].value, ""), *step.via, (step.value, step.because)]
            if lesson.derivation[inner].rule == "quotient" and len(forms) == 2 and _is_split(forms[0][0]):
                forms = [(step.value, "like terms" if step.because == "common denominator" else step.because)]
            if reordered:
                forms = []
            told |= {self.board.formula(form): self.lesson.say(f"reason.{way}") if way else () for form, way in forms}
        told |= dict.fromkeys(self.numbers(step, inner if reordered else None), ())
        lines = [(lesson.board.claim(claim) if place == 0 else NOTHING, equals(formula), why or None) for place, (formula, why) in enumerate(told.items())]
        return [Paragraph((), lesson.say("together")), Equation(Lines(tuple(lines)), lesson.label(f"result-{self.node}"))]

    def numbers(self, step: Step, inner: Claim | None) -> list[Formula]:
        """The numbers put in and what they come to, in the order of the laws where that of the result is another."""
        lesson = self.lesson
        if lesson.numbered is None or step.value.is_number:
            return []
        filled = replace(self, lesson=replace(lesson, board=lesson.numbered))
        shown = lesson.numbered.formula(step.value) if inner is None else filled.board.inside(filled.inserted(inner), SUM)  # type: ignore[arg-type]
        return list(dict.fromkeys([shown, signed_number(lesson, lesson.value(step.claim))]))

    # ---- formulas

    def claim(self, claim: Local) -> Formula:
        """The derivative of a part, in the order in which it was written."""
        written = self.writings.get(claim.of)
        if written is None:
            return self.board.claim(claim)
        sign = Prefix(self.board.notation.partial)
        level = PRODUCT if claim.of.is_Pow or claim.of.is_Function else ATOM
        return row(Fraction(sign, row(sign, self.board.name(claim.wrt))), Times(), self.board.inside(self.board.piece(written), level))

    def factor(self, factor: Factor) -> Piece:
        """A factor of a step, derivatives as they are called."""
        return Piece(self.claim(factor)) if isinstance(factor, Local) else self.board.piece(self.writings.get(factor, factor))  # type: ignore[arg-type]

    def inserted(self, factor: Factor) -> Piece:
        """A factor of a step, derivatives opened down to the last, nothing multiplied out."""
        if not isinstance(factor, Local):
            return self.factor(factor)
        step = self.steps[factor]
        if step.value.is_number:
            return self.board.piece(step.value)
        return self.by_its_rule(replace(step, terms=tuple(tuple(map(self.number_or, term)) for term in step.terms)), self.inserted)

    def number_or(self, factor: Factor) -> Factor:
        """A derivative that is a number as that number, anything else as it is."""
        step = self.steps.get(factor) if isinstance(factor, Local) else None
        return step.value if step is not None and step.value.is_number else factor

    def by_its_rule(self, step: Step, place: Place) -> Piece:
        return _set(self.board, step.rule, step.claim.of, self.x, step.terms, place)

    # ---- words

    def reason(self, step: Step) -> tuple[Inline, ...]:
        chained = step.rule not in LINEAR and any(True for _ in step.cited())
        keys = [*(f"rule.{law}" for law in laws_of(step)), *(["rule.chain"] if chained else [])]
        return self.lesson.words.joined([self.lesson.say(key) for key in keys])


def _is_split(value: Expr) -> bool:
    """Has a quotient come apart into a sum of fractions? Over one line it was nearer to what comes next."""
    return value.is_Add and all(not term.as_numer_denom()[1].is_number for term in value.args)


def _set(board: Board, rule: str, of: Expr, x: Symbol, terms: tuple[Term, ...], place: Place) -> Piece:
    """What a law makes of an expression; a quotient over one line."""
    if rule != "quotient":
        return board.terms(terms, place)
    above, below = fraction(of)
    slopes = [place(Local(one, x)) if one != x else None for one in (above, below)]
    products = [[place(other), *([slope] if slope else [])] for other, slope in zip((below, above), slopes, strict=True)]
    first, second = (board.product(one) for one in products)
    return board.ratio(board.sum([first, board.negative(second)]), board.piece(below**2))


def _parts(written: Written | Expr | None) -> Iterator[tuple[Expr, Written]]:
    if isinstance(written, Written):
        yield written.expression, written
        for arg in written.args:
            yield from _parts(arg)
