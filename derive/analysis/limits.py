"""Limits: the derivative from its definition, the difference quotient worked line by line.

Each line is equal to the one before it, for every h that is not zero, or is its limit as h goes to zero; ``verdicts``
proves each. The kinds of functions that are worked so are those of ``derive.analysis.quotients``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sympy import Add, Expr, S, Symbol, expand

from ..claims.judging import judge
from ..claims.verdicts import Verdict
from ..differentiation import read_function, variable
from ..errors import DeriveError
from ..names import split
from ..parsing import names_of
from ..written import Written, summands, total
from .quotients import KINDS, MOST_DEGREES, Form, Line, degree, minus, moved, over

__all__ = ["Quotient", "difference_quotient"]


@dataclass(frozen=True)
class Quotient:
    """The derivative of ``function`` by x from the limit of its difference quotient, line by line.

    A sum or a multiple of functions is put down to ``parts``, each with lines of its own.
    """

    function: Form
    x: Symbol
    h: Symbol
    lines: tuple[Line, ...]
    parts: tuple[Quotient, ...] = ()

    @property
    def result(self) -> Expr:
        """The derivative."""
        return self.lines[-1].expression

    def verdicts(self) -> list[Verdict]:
        """What is known of each line: that it equals the one before, or is its limit; the parts' own lines first."""
        own = [_verdict(before, line, self) for before, line in zip(self.lines, self.lines[1:], strict=False)]
        return [*(verdict for part in self.parts for verdict in part.verdicts()), *own]


def difference_quotient(function: str | Expr, x: str | Symbol = "x", declared: Iterable[str | Symbol] = ()) -> Quotient:
    """The derivative of a function by x, worked from its definition: of polynomials in x up to degree 12, of 1/p and √p of
    such polynomials p, of eᵘ, aᵘ, ln u, sin u and cos u where u = ax + b, and of sums and constant multiples of these.

    ``declared`` is as for ``differentiate``. Raises DeriveError for any other function.
    """
    written, givens = read_function(function, (x, *names_of("declared", declared)))
    wrt = variable(x, givens)
    taken = {split(one.name)[0] for one in (*givens, wrt)}
    h = Symbol(next(one for one in ("h", "k", "epsilon", "tau", "hstep") if one not in taken))
    return _worked(written, wrt, h)


def _worked(function: Form, x: Symbol, h: Symbol) -> Quotient:
    value, multiples = _value(function), _multiples(function, x)
    if len(multiples) > 1 or multiples[0][0] != 1:
        return _of_parts(function, multiples, x, h)
    for kind in KINDS:
        lines = kind(value, x, h)
        if lines is not None:
            return Quotient(function, x, h, (_definition(function, x, h), *lines))
    raise _refused(value)


def _refused(value: Expr) -> DeriveError:
    kinds = f"polynomials up to degree {MOST_DEGREES}, 1/p and sqrt(p) of them, exp(u), a**u, log(u), sin(u) and cos(u) with u = a*x + b, and sums of these"
    return DeriveError(f"the limit of the difference quotient of {value!s:.80} is not worked line by line; it is for {kinds}")


def _multiples(function: Form, x: Symbol) -> list[tuple[Expr, Expr]]:
    """The function as a sum of multiples (c, g), in the order of its terms; its polynomial part is one of them."""
    terms = summands(function)
    polynomial = Add(*(term for term in terms if degree(term, x) is not None))
    found: list[Any] = [term.as_independent(x, as_Add=False) for term in terms if degree(term, x) is None]
    if polynomial != 0 or not found:
        found.insert(0, (S.One, polynomial))
    return found


def _of_parts(function: Form, multiples: list[tuple[Expr, Expr]], x: Symbol, h: Symbol) -> Quotient:
    parts = tuple(_worked(own, x, h) for _, own in multiples)
    shares = [_times(factor, part.lines[0].form) for (factor, _), part in zip(multiples, parts, strict=True)]
    value = Add(*(factor * part.result for (factor, _), part in zip(multiples, parts, strict=True)))
    lines = (_definition(function, x, h), Line(total(tuple(shares)), "linear"), Line(value, "parts", final=True))
    return Quotient(function, x, h, lines, parts)


def _times(factor: Expr, form: Form) -> Form:
    if factor.could_extract_minus_sign():
        return Written("neg", (_times(-factor, form),))
    return form if factor == 1 else Written("*", (factor, form))


def _value(form: Form) -> Expr:
    return form.expression if isinstance(form, Written) else form


def _definition(function: Form, x: Symbol, h: Symbol) -> Line:
    return Line(over(minus(moved(function, x, h), function), h), "definition")


# ---- proofs


def _verdict(before: Line, line: Line, whole: Quotient) -> Verdict:
    """What is known of a line: equal to the one before, or its limit, the special limits taken as known."""
    if line.reason == "parts":
        known = {part.lines[0].form: part.result for part in whole.parts}
        return judge(_value(_replaced(before.form, known)), line.expression)
    if before.final or not line.final:
        return _equal(before.form, line.form)
    if any(one.argument.xreplace({whole.h: S.Zero}) != 0 for one in line.special):
        return Verdict("refuted", "the argument of a special limit does not go to zero")
    known = {one.quotient: one.value for one in line.special}
    return judge(_value(_replaced(before.form, known)).xreplace({whole.h: S.Zero}), line.expression)


def _equal(left: Form, right: Form) -> Verdict:
    """Whether two forms are equal; where that is not seen as they stand, whether they are multiplied out, or part by part."""
    whole = judge(_value(left), _value(right))
    if whole.status == "undecided":
        whole = judge(expand(_value(left)), expand(_value(right)))
    if whole.status != "undecided" or not (
        isinstance(left, Written) and isinstance(right, Written) and (left.head, len(left.args)) == (right.head, len(right.args))
    ):
        return whole
    parts = [_equal(one, other) for one, other in zip(left.args, right.args, strict=True) if one != other]
    return parts[-1] if parts and all(one.status == "proved" for one in parts) else whole


def _replaced(form: Form, known: dict[Any, Expr]) -> Form:
    """The form with other things in the places of some of its parts."""
    if form in known:
        return known[form]
    return Written(form.head, tuple(_replaced(arg, known) for arg in form.args)) if isinstance(form, Written) else form
