"""Judging: is this equality true? Proved, refuted by a point, or undecided.

A claim is judged over the real numbers, where both sides are defined. Points come first: they refute and
never prove. Then proofs, the plainest first.

To add a proof: a function in ``PROOFS`` that gives its name, or None.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sympy import Abs, And, Expr, Heaviside, Max, Min, Ne, S, Symbol, cos, diff, expand_trig, false, sign, sin, tan

from .activations import defined
from .claims import Assumptions, Side, assumptions, known, plain, side
from .deadlines import TooLongError, within
from .domains import Condition, back, doubles, reduced, stated
from .laws import LawfulTower
from .proofs import FREE
from .sampling import Bounds, differ, number, points
from .towers import OutsideError, TooLargeError
from .verdicts import Verdict

__all__ = ["judge"]

SECONDS = 1.0
MOST_SAMPLES = 24
MOST_SIGNS = 4  # of so many names the signs are tried
DEEPEST = 2  # kinks on kinks

Proof = tuple[str, tuple[Expr, ...]]


def judge(left: Any, right: Any, assuming: Any = ()) -> Verdict:
    """Whether left = right: proved, refuted with a counterexample, or undecided, and on which domain.

    The sides are text, in which ``diff(f, x)`` and ``limit(f, x, a)`` may stand (a may be oo), SymPy expressions
    or numbers; assuming is text such as "a > 0, 0 < x < 1, b = -theta", or SymPy's relations. Variables are
    real; the claim is judged where both sides are defined. Raises DeriveError for what is no claim.
    """
    sides, given = (side(left, "left"), side(right, "right")), assumptions(assuming)
    names = plain(sides, given.conditions)
    given = replace(given, conditions=(*(one.renamed(names) for one in given.conditions), *known(names)))
    try:
        return _judged(_question([one.renamed(names) for one in sides], given))
    except (OutsideError, TooLargeError, TooLongError) as undecided:
        return Verdict("undecided", str(undecided))


@dataclass(frozen=True)
class Question:
    """Two expressions, derivatives and limits worked out, and the conditions under which they are compared."""

    left: Expr
    right: Expr
    conditions: tuple[Condition, ...]

    @cached_property
    def symbols(self) -> tuple[Symbol, ...]:
        """All names, in alphabetical order."""
        found = self.left.free_symbols.union(self.right.free_symbols, *(one.expression.free_symbols for one in self.conditions))
        return tuple(sorted(found, key=lambda one: one.name))

    @cached_property
    def doubles(self) -> dict[Symbol, Expr] | None:
        """For each name a real symbol that knows its sign, or a bound and such a symbol; None where the conditions exclude each other."""
        return None if any(one.relation == false for one in self.conditions) else doubles(self.conditions, self.symbols)

    @property
    def domain(self) -> Any:
        """Where both sides are defined, as a SymPy condition."""
        return stated(self.conditions, self.doubles or {})

    @property
    def bounds(self) -> Bounds:
        """The least and the largest value of every name that has one."""
        found: dict[Symbol, tuple[Expr | None, Expr | None]] = {}
        for name, limit, side_ in (one.bound for one in self.conditions if one.bound and one.kind != "!="):
            least, largest = found.get(name, (None, None))
            if side_ > 0:
                found[name] = (limit if least is None else max(least, limit), largest)
            else:
                found[name] = (least, limit if largest is None else min(largest, limit))
        return found

    @cached_property
    def samples(self) -> list[tuple[dict[Symbol, Expr], Expr, Expr]]:
        """Points at which both sides are defined, and the two sides there; up to the first at which they differ."""
        found = []
        for point in points(self.symbols, self.bounds) if self.symbols else [{}]:
            if all(one.holds(point) for one in self.conditions):
                left, right = number(self.left, point), number(self.right, point)
                if left is not None and right is not None:
                    found.append((point, left, right))
                    if differ(left, right) or len(found) == MOST_SAMPLES:
                        break
        return found

    def where(self, *more: Condition) -> Question:
        """The same question with more conditions."""
        return Question(self.left, self.right, (*self.conditions, *more))

    def renamed(self, names: dict[Symbol, Expr]) -> Question:
        """The same question with other expressions in the places of some names."""
        return Question(self.left.xreplace(names), self.right.xreplace(names), tuple(one.renamed(names) for one in self.conditions))


def _question(sides: list[Side], given: Assumptions) -> Question:
    conditions = given.conditions
    for name, value in given.values:
        sides = [one.renamed({name: value}) for one in sides]
        conditions = tuple(one.renamed({name: value}) for one in conditions)
    left, right = sides
    return Question(left.value, right.value, tuple(dict.fromkeys((*conditions, *left.conditions, *right.conditions))))


def _judged(question: Question, depth: int = 0) -> Verdict:
    if question.doubles is None:
        return Verdict("undecided", "there is no point at which both sides are defined", false)
    if question.samples and differ(*question.samples[-1][1:]):
        point, *values = question.samples[-1]
        there = {one.name: value for one, value in point.items()}
        return Verdict("refuted", REFUTED, question.domain, there, (values[0], values[1]), _part(question) if depth == 0 else false)
    proof = _proof(question)
    if not question.samples:
        return Verdict("undecided", "no point was found at which both sides are defined", question.domain)
    if proof is None:
        return Verdict("undecided", "no proof was found, and no point at which the two sides differ", question.domain)
    return _beyond_kinks(question, *proof, depth)


def _beyond_kinks(question: Question, method: str, kinks: tuple[Expr, ...], depth: int) -> Verdict:
    """The verdict of a proof that holds away from kinks: on each of them the claim is judged again."""
    open_ = []
    for kink in kinks:
        verdict = _on(question, kink, depth)
        if verdict.status == "refuted":
            return replace(verdict, domain=question.domain, part=And(question.domain, Ne(kink, 0)))
        if verdict.status == "undecided" and verdict.domain != false:
            open_.append(Ne(kink, 0))
    return Verdict("proved", method, And(question.domain, *open_))


def _on(question: Question, kink: Expr, depth: int) -> Verdict:
    """The verdict where an expression is zero, by solving it for one of its names; undecided where that cannot be done."""
    for name in sorted(kink.free_symbols, key=str):
        slope = diff(kink, name)
        if slope.is_Rational and slope != 0 and depth < DEEPEST:
            value = name - kink / slope
            verdict = _judged(question.renamed({name: value}), depth + 1)
            if verdict.counterexample is not None:
                there = {Symbol(one): number for one, number in verdict.counterexample.items()}
                return replace(verdict, counterexample=dict(sorted({**verdict.counterexample, name.name: value.xreplace(there)}.items())))
            return verdict
    return Verdict("undecided", "the kink is not solved for a name")


def _part(question: Question) -> Any:
    """A condition under which a refuted claim is proved nevertheless; false where none was found."""
    away = _proof(question)
    if away is not None:
        return And(question.domain, *(Ne(one, 0) for one in away[1]))
    for kink in dict.fromkeys((*question.symbols[:MOST_SIGNS], *_kinks(question))):
        for one in (kink, -kink):
            part = question.where(Condition(one, ">"))
            if _judged(part, DEEPEST).status == "proved":
                edge = _on(question, kink, DEEPEST - 1).status == "proved"
                return question.where(Condition(one, ">=" if edge else ">")).domain
    return false


def _kinks(question: Question) -> list[Expr]:
    """The expressions whose sign matters to either side."""
    known = question.doubles or {}
    tower = LawfulTower()
    try:
        tower.value((question.left - question.right).xreplace(known))
    except (OutsideError, TooLargeError):
        return []
    return [one.xreplace(back(known)) for one in tower.kinks]


# ---- proofs


def _proof(question: Question) -> Proof | None:
    """The first proof that is found: its name, and the expressions that it takes not to be zero."""
    known = question.doubles or {}
    names = back(known)
    for prove in PROOFS:
        try:
            proof = prove(question.left.xreplace(known), question.right.xreplace(known), question, known)
        except (OutsideError, TooLargeError, TooLongError):
            continue
        if proof:
            return proof[0], tuple(one.xreplace(names) for one in proof[1])
    return None


def _same(left: Expr, right: Expr, *_: Any) -> Proof | None:
    return ("both sides are the same expression", ()) if left == right else None


def _free(left: Expr, right: Expr, *_: Any) -> Proof | None:
    return _in(LawfulTower(opaque=True), left, right)


def _case_by_case(left: Expr, right: Expr, question: Question, known: dict[Symbol, Expr]) -> Proof | None:
    if not (left - right).has(*KINKED) and not defined(left - right).has(*KINKED):
        return None
    facts = [one.expression.xreplace(known) for one in question.conditions if one.kind == ">"]
    return _in(LawfulTower(positive=facts), left, right)


def _trigonometric(left: Expr, right: Expr, *_: Any) -> Proof | None:
    if not (left - right).has(sin, cos, tan):
        return None
    with within(SECONDS):
        return _in(LawfulTower(opaque=True), expand_trig(left), expand_trig(right))


def _in(tower: LawfulTower, left: Expr, right: Expr) -> Proof | None:
    if not tower.is_zero(tower.value(left) - tower.value(right)):
        return None
    return "; ".join((FREE, *tower.laws)), tuple(tower.kinks)


def _by_slopes(left: Expr, right: Expr, question: Question, known: dict[Symbol, Expr]) -> Proof | None:
    """The same derivative by every name, and the same value at a point, where the domain is a box."""
    if not known or any(not one.bound or one.kind == "!=" for one in reduced(question.conditions, known)) or defined(left - right).has(*KINKED):
        return None
    with within(SECONDS):
        difference = defined(left - right)
        if not all(_in(LawfulTower(), diff(difference, one), S.Zero) for one in difference.free_symbols):
            return None
        for point, *_ in question.samples:
            if _in(LawfulTower(), difference.xreplace({double: name.xreplace(point) for double, name in back(known).items()}), S.Zero):
                place = ", ".join(f"{one} = {value}" for one, value in point.items())
                return f"both sides have the same derivative, and the same value at {place}", ()
    return None


KINKED = (Abs, Heaviside, Max, Min, sign)
REFUTED = "a point at which the two sides differ"
PROOFS: tuple[Callable[..., Proof | None], ...] = (_same, _free, _case_by_case, _trigonometric, _by_slopes)
