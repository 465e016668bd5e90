"""Judging: is this equality true? Proved, refuted by a point, or undecided.

A claim is judged over the real numbers, where both sides are defined. Points come first: they refute and
never prove. Then proofs, the plainest first.

To add a proof: a function in ``PROOFS`` that gives its name, or None.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sympy import And, Expr, Ne, S, Symbol, cos, diff, expand_trig, false, sin, tan

from ..activations import defined
from ..deadlines import TooLongError, within
from ..proofs import FREE, REFUTED
from .cases import CASES, in_all_cases
from .conditions import Condition
from .domains import back, reduced
from .heads import KINKED
from .laws import LawfulTower
from .questions import Question
from .sampling import differ
from .text import Assumptions, Side, known, plain, read_claim
from .towers import OutsideError, TooLargeError
from .verdicts import Verdict

__all__ = ["judge"]

SECONDS = 1.0  # for one proof that SymPy's heuristics take part in
MOST_SECONDS = 3.0
MOST_SIGNS = 4  # of so many names the signs are tried
DEEPEST = 2  # kinks on kinks

Proof = tuple[str, tuple[Expr, ...]]


def judge(left: Any, right: Any, assuming: Any = ()) -> Verdict:
    """Whether left = right: proved, refuted with a counterexample, or undecided, and on which domain.

    The sides are text, in which ``diff(f, x)`` and ``limit(f, x, a)`` may stand (a may be oo), SymPy expressions
    or numbers; assuming is text such as "a > 0, 0 < x < 1, b = -theta", or SymPy's relations. Variables are
    real; the claim is judged where both sides are defined. e and pi are the constants, but for a claim that binds such a
    name or assumes something of it (see ``read_claim``). Raises DeriveError for what is no claim.
    """
    sides, given = read_claim(left, right, assuming)
    names = plain(sides, given.conditions)
    given = replace(given, conditions=(*(one.renamed(names) for one in given.conditions), *known(names)))
    try:
        with within(MOST_SECONDS):
            return _judged(_question([one.renamed(names) for one in sides], given))
    except (OutsideError, TooLargeError, TooLongError) as undecided:
        return Verdict("undecided", str(undecided))


def _question(sides: list[Side], given: Assumptions) -> Question:
    conditions = given.conditions
    for name, value in given.values:
        sides = [one.renamed({name: value}) for one in sides]
        conditions = tuple(one.renamed({name: value}) for one in conditions)
    left, right = sides
    return Question(left.value, right.value, tuple(dict.fromkeys((*conditions, *left.conditions, *right.conditions))))


def _judged(question: Question, depth: int = 0) -> Verdict:
    if question.doubles is None:
        return NOWHERE
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
            if any(one.renamed({name: value}).relation == false for one in question.conditions):
                return NOWHERE
            there = question.renamed({name: value})
            verdict = _judged(there, depth + 1)
            if verdict.status == "proved" and _more(verdict, there):
                return Verdict("undecided", "it is proved for a part of the kink only")
            if verdict.counterexample is not None:
                point = {Symbol(one): number for one, number in verdict.counterexample.items()}
                return replace(verdict, counterexample=dict(sorted({**verdict.counterexample, name.name: value.xreplace(point)}.items())))
            return verdict
    return Verdict("undecided", "the kink is not solved for a name")


def _more(verdict: Verdict, question: Question) -> set[Any]:
    """The conditions of a proof beyond those of the question."""
    return set(And.make_args(verdict.domain)) - set(And.make_args(question.domain))


def _part(question: Question) -> Any:
    """A condition under which a refuted claim is proved nevertheless; false where none was found in time."""
    try:
        with within(SECONDS):
            return _found_part(question)
    except TooLongError:
        return false


def _found_part(question: Question) -> Any:
    away = _proof(question)
    if away is not None:
        return And(question.domain, *(Ne(one, 0) for one in away[1]))
    for kink in dict.fromkeys((*question.symbols[:MOST_SIGNS], *_kinks(question))):
        for one in (kink, -kink):
            part = question.where(Condition(one, ">"))
            verdict = _judged(part, depth=1)
            if verdict.status == "proved":
                edge = _on(question, kink, depth=1)
                whole = question.where(Condition(one, ">=")) if edge.status == "proved" else part
                return And(whole.domain, *_more(verdict, part))
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
    facts = [(defined(one.expression).xreplace(known), one.kind == ">") for one in question.conditions if one.kind != "!="]
    facts = [fact for fact in facts if not fact[0].has(*KINKED)]
    laws: dict[str, None] = {}

    def holds(tower: LawfulTower) -> bool:
        equal = tower.is_zero(tower.value(left) - tower.value(right))
        laws.update(tower.laws)
        return equal

    kinks = in_all_cases(lambda more: LawfulTower(facts=(*facts, *more)), holds)
    return None if kinks is None else ("; ".join((CASES if kinks else FREE, *laws)), tuple(kinks))


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


NOWHERE = Verdict("undecided", "there is no point at which both sides are defined", false)
PROOFS: tuple[Callable[..., Proof | None], ...] = (_same, _free, _case_by_case, _trigonometric, _by_slopes)
