"""What an interactive page tells: the blocks of the static pages, over numbers that stay live.

Sentences that hold for some settings only are there in every variant, each with the condition under which it is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sympy import Symbol

from derive.steps import Claim, Derivation, Local, Total
from numeric.reports import AGREES, AT_A_KINK, NOT_RESOLVABLE, WRONG
from numeric.values import Numbers, StepNumbers

from ..document import Block, Emphasis, Inline, Math, Paragraph
from ..formula import Name, Number, Relation, Script, row
from ..lessons.chaining import chain_rule
from ..lessons.closing import RATE, says, together
from ..lessons.evidence import compared, proved, quotient, summary
from ..lessons.factors import factors
from ..lessons.lesson import Lesson
from ..lessons.lines import equals
from ..lessons.opened import once
from ..lessons.opening import definitions, point, question
from ..locales import Locale
from ..narrate import lesson_of
from ..notation import Board
from .live import NOWHERE, LiveBoard, Measured, Origin, measurement, quantity
from .live import Number as LiveNumber
from .roundings import LiveLesson

__all__ = ["Particle", "Section", "Told", "When", "WhenSaid", "tell"]

Condition = tuple[str, Origin]  # a test, and what it tests


@dataclass(frozen=True, eq=False, repr=False)
class When(Paragraph):
    """A paragraph that is shown under a condition; ``now`` says whether it holds at the start."""

    condition: Condition = ("", NOWHERE)
    now: bool = True


@dataclass(frozen=True, eq=False, repr=False)
class WhenSaid(Emphasis):
    """A sentence that is shown under a condition."""

    condition: Condition = ("", NOWHERE)
    now: bool = True


class Particle(str):
    """A particle after a live number: its forms after each last digit, 0 to 9, and after a power."""

    __slots__ = ("forms", "origin", "style")

    def __new__(cls, now: str, number: LiveNumber, forms: Sequence[str]) -> Particle:
        """The form that stands now, and the others."""
        particle = super().__new__(cls, now)
        particle.origin, particle.style, particle.forms = number.origin, number.style, tuple(forms)
        return particle


@dataclass(frozen=True)
class Section:
    """The derivation by one variable: what is asked and the chain rule, its factors, and what they give."""

    lesson: Lesson
    opening: tuple[Block, ...]
    factors: tuple[Block, ...]
    close: tuple[Block, ...]

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All of it, in order."""
        return (*self.opening, *self.factors, *self.close)

    @property
    def wrt(self) -> Symbol:
        """By which variable."""
        return self.lesson.derivation.claim.wrt


@dataclass(frozen=True)
class Told:
    """A page before it has a form: its title, what all derivations share, and the derivations."""

    title: tuple[Inline, ...]
    shared: tuple[Block, ...]
    sections: tuple[Section, ...]


def tell(
    derivations: Sequence[Derivation],
    at: Mapping[str, Any],
    board: Board,
    words: Locale,
    detail: str,
    check: bool,
    rate: Any = RATE,
    movable: Collection[Symbol] = (),
) -> Told:
    """The page of some derivations of one graph at a point, each complete in itself.

    movable are the variables by which the page computes central differences itself; the ones by others are told at the start only.
    Raises DeriveError for a point that does not fit.
    """
    words = replace(words, particle=_live_particle(words))
    lessons = [_live(lesson_of(one, board, words, detail, at, check, pictures=False)) for one in derivations]
    first = lessons[0]
    title = _title(lessons) if len(lessons) == 1 else first.say("page.title", of=first.y)
    several = len(lessons) > 1
    shared = [*point(first), *(definitions(first, everything=several) if several or detail != "brief" else ())]
    return Told(title, tuple(shared), tuple(_section(one, Measured(rate, Origin("rate")), one.derivation.claim.wrt in movable) for one in lessons))


def _title(lessons: Sequence[Lesson]) -> tuple[Inline, ...]:
    return lessons[0].say("title.one", of=lessons[0].y, wrt=lessons[0].x)


def _section(lesson: Lesson, rate: Measured, movable: bool) -> Section:
    brief = lesson.detail == "brief"
    opening, middle = ([], []) if brief else (question(lesson), once(factors(lesson)))
    close = [*together(lesson), *([] if brief else _meaning(lesson, rate)), *_evidence(lesson, movable)]
    return Section(lesson, (*opening, *chain_rule(lesson)), tuple(middle), tuple(close))


# ---- live numbers


def _live(lesson: Lesson) -> Lesson:
    assert lesson.numbers is not None
    return LiveLesson.of(lesson, board=LiveBoard.over(lesson.board), numbers=_live_numbers(lesson.derivation, lesson.numbers))


def _live_numbers(derivation: Derivation, numbers: Numbers) -> Numbers:
    """The numbers with their origins; what is the same at every setting stays as it is."""
    nodes = {one: Measured(value, quantity(_source(derivation, one))) for one, value in numbers.nodes.items()}
    return Numbers({claim: _live_step(derivation, claim, one) for claim, one in numbers.items()}, nodes)  # type: ignore[arg-type]


def _live_step(derivation: Derivation, claim: Claim, numbers: StepNumbers) -> StepNumbers:
    value = derivation[claim].value
    if value.is_number:
        return numbers
    return replace(numbers, value=Measured(numbers.value, quantity(_source(derivation, value if isinstance(value, Symbol) else claim))))


def _source(derivation: Derivation, what: Symbol | Claim) -> Symbol | Claim:
    """What something is another name of: two numbers that are always the same are one."""
    graph = derivation.graph
    if not isinstance(what, Symbol):
        factors = derivation[what].terms[0] if what in derivation and len(derivation[what].terms) == 1 else ()
        others = [one for one in factors if not (isinstance(one, Local | Total) and derivation[one].value == 1)]
        return _source(derivation, others[0]) if len(others) == 1 < len(factors) and isinstance(others[0], Local | Total) else what
    total = next((one for one, name in graph.cited.items() if name == what), None)
    if total is not None:
        return total
    definition = graph.by_symbol.get(what)
    return _source(derivation, definition.expression) if definition is not None and isinstance(definition.expression, Symbol) else what


def _live_particle(words: Locale) -> Any:
    def particle(before: Sequence[Inline], form: str) -> str:
        number = _last_number(before[-1]) if before else None
        now = words.particle(before, form)
        if number is None:
            return now
        ends = [Number(str(digit)) for digit in range(10)] + [Script(Number("10"), sup=Number("2"))]
        return Particle(now, number, [words.particle([Math(end)], form) for end in ends])

    return particle


def _last_number(part: Inline) -> LiveNumber | None:
    formula = part.formula if isinstance(part, Math) else None
    last = formula.items[-1] if formula is not None and hasattr(formula, "items") else formula  # type: ignore[attr-defined]
    return last if isinstance(last, LiveNumber) else None


# ---- sentences in their variants


def _meaning(lesson: Lesson, rate: Measured) -> Iterator[Block]:
    slope = lesson.value(lesson.derivation.claim)
    if lesson.derivation.path_count == 0 or not isinstance(slope, Measured):
        return
    now = "flat" if slope.value == 0 else "up" if slope.value > 0 else "down"
    for sign in ("up", "down", "flat"):
        said = says(lesson, sign, rate)
        yield When(said.parts, said.lead, (sign, slope.origin), sign == now)


def _evidence(lesson: Lesson, movable: bool) -> list[Block]:
    if lesson.report is None:
        return []
    at_start = [*([] if movable else compared(lesson)), *summary(lesson, "checked.counted")]
    said = [(WhenSaid(tuple(one), ("start", Origin("start"))),) for one in at_start]
    sentences = [*proved(lesson), *(_difference(lesson) if movable else ()), *said]
    return [Paragraph(lesson.words.in_line(sentences), lesson.say("checked"))]


def _difference(lesson: Lesson) -> Iterator[tuple[Inline, ...]]:
    """The central difference and the verdict, which is one word of the sentence."""
    assert lesson.report is not None
    claim = lesson.derivation.claim
    mine, slope = lesson.report[claim], lesson.value(claim)
    if not isinstance(slope, Measured):
        return
    found = {name: Measured(getattr(mine, attribute), Origin("difference", (claim, claim.wrt, name))) for name, attribute in _FIELDS.items()}
    origin = Origin("difference", (claim, claim.wrt, "verdict"))
    verdicts = [WhenSaid(lesson.say(f"verdict.{one}"), (one, origin), mine.verdict == one) for one in (AGREES, WRONG, AT_A_KINK, NOT_RESOLVABLE)]
    yield lesson.say(
        "checked.doubt",
        quotient=row(quotient(lesson), equals(measurement(found["slope"], "t"))),
        value=measurement(slope, "t"),
        error=measurement(found["error"], "s"),
        bound=measurement(found["bound"], "s"),
        step=row(Name("h"), Relation("="), measurement(found["h"], "p")),
        verdict=verdicts,
    )


_FIELDS = {"slope": "difference", "error": "error", "bound": "bound", "h": "h"}
