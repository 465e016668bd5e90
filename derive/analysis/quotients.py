"""Kinds: how the difference quotient of each kind of function is worked, from the second line to the result.

To add a kind: a function that gives its lines, or None where it is not meant, and its row in ``KINDS``. The limits that
algebra alone does not give are named, in ``SPECIAL``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sympy import Expr, Mul, Poly, Pow, S, Symbol, cos, exp, expand, log, sin, sqrt

from ..errors import DeriveError
from ..written import Written, total

__all__ = ["KINDS", "MOST_DEGREES", "SPECIAL", "Form", "Line", "Special", "degree", "minus", "moved", "over"]

MOST_DEGREES = 12
Form = Written | Expr


@dataclass(frozen=True)
class Special:
    """A limit with a name: ``quotient`` goes to ``value`` as ``argument``, which goes to zero with h, does."""

    name: str
    argument: Expr
    quotient: Written
    value: Expr


SPECIAL: dict[str, Callable[[Expr], Special]] = {
    "exponential": lambda k: Special("exponential", k, Written("/", (Written("+", (_power_of_e(k), S.NegativeOne)), k)), S.One),
    "logarithm": lambda k: Special("logarithm", k, Written("/", (Written(log, (Written("+", (S.One, k)),)), k)), S.One),
    "sine": lambda k: Special("sine", k, Written("/", (sin(k), k)), S.One),
    "cosine": lambda k: Special("cosine", k, Written("/", (Written("+", (cos(k), S.NegativeOne)), k)), S.Zero),
}


@dataclass(frozen=True)
class Line:
    """One form of the difference quotient: ``form``, of which the limit as h goes to zero is still to be taken unless ``final``.

    reason says how it follows from the line before; special are the named limits that were used for it.
    """

    form: Form
    reason: str
    final: bool = False
    special: tuple[Special, ...] = ()

    @property
    def expression(self) -> Expr:
        """The form as SymPy keeps it."""
        return self.form.expression if isinstance(self.form, Written) else self.form


Lines = Sequence[Line] | None


def _polynomial(value: Expr, x: Symbol, h: Symbol) -> Lines:
    """(x + h)ⁿ multiplied out: what is left when f(x) is taken away has a factor h."""
    if degree(value, x) is None:
        return None
    grown = _by_powers(expand(value.xreplace({x: x + h})), h)
    still, first = grown.get(0) or S.Zero, grown.get(1) or S.Zero
    own = [Written("neg", (term,)) for term in _terms(still)]
    rest = [(power, share) for power, share in grown.items() if power > 0]
    left = total(tuple(_power_of(share, h, power) for power, whole in rest for share in _terms(whole)) or (S.Zero,))
    divided = total(tuple(_power_of(share, h, power - 1) for power, whole in rest for share in _terms(whole)) or (S.Zero,))
    expanded = [_power_of(share, h, power) for power, whole in sorted(grown.items()) for share in _terms(whole)]
    return [
        Line(over(total((*expanded, *own)), h), "expand"),
        Line(over(left, h), "cancel terms"),
        Line(divided, "cancel h"),
        Line(first, "h to zero", final=True),
    ]


def _reciprocal(value: Expr, x: Symbol, h: Symbol) -> Lines:
    """1/p: over a common denominator, p(x) − p(x + h) has a factor h."""
    if not (value.is_Pow and value.exp.is_Integer and value.exp < 0 and degree(1 / value, x)):
        return None
    below, grown = 1 / value, moved(1 / value, x, h)
    difference = expand(below - below.xreplace({x: x + h}))
    both = (below, grown)
    return [
        Line(over(minus(below, grown), Written("*", (h, *both))), "common denominator"),
        Line(over(_in_h(difference, h), Written("*", (h, *both))), "expand"),
        Line(over(_in_h(expand(difference / h), h), Written("*", both)), "cancel h"),
        Line(expand(difference / h).xreplace({h: S.Zero}) / below**2, "h to zero", final=True),
    ]


def _root(value: Expr, x: Symbol, h: Symbol) -> Lines:
    """√p: widened by the sum of the two roots, p(x + h) − p(x) has a factor h."""
    if not (value.is_Pow and value.exp == S.Half and degree(value.base, x)):
        return None
    inside, grown = value.base, moved(value.base, x, h)
    difference = expand(inside.xreplace({x: x + h}) - inside)
    roots = Written("+", (Written(sqrt, (grown,)), value))
    return [
        Line(over(Written("*", (minus(Written(sqrt, (grown,)), value), roots)), Written("*", (h, roots))), "conjugate"),
        Line(over(minus(grown, inside), Written("*", (h, roots))), "difference of squares"),
        Line(over(_in_h(difference, h), Written("*", (h, roots))), "expand"),
        Line(over(_in_h(expand(difference / h), h), roots), "cancel h"),
        Line(expand(difference / h).xreplace({h: S.Zero}) / (2 * value), "h to zero", final=True),
    ]


def _exponential(value: Expr, x: Symbol, h: Symbol) -> Lines:
    """e^(u + k) = eᵘ·eᵏ, so eᵘ stands before (eᵏ − 1)/h."""
    exponent = value.args[0] if isinstance(value, exp) else expand(value.exp * log(value.base)) if value.is_Pow and not value.base.has_free(x) else S.Zero
    rate = _rate(exponent, x)
    if rate is None:
        return None
    special = SPECIAL["exponential"](rate * h)
    grown = _power_of_e(rate * h)
    lines = [
        Line(over(minus(Written("*", (value, grown)), value), h), "exponential law"),
        Line(Written("*", (value, over(Written("+", (grown, S.NegativeOne)), h))), "take out"),
    ]
    if rate != 1:
        lines.append(Line(_scaled(rate, value, special.quotient), "widen"))
    return [*lines, Line(rate * value, "special limit", final=True, special=(special,))]


def _power_of_e(exponent: Expr) -> Expr:
    """e to the exponent; a power of another base where the exponent has its logarithm: 2ʰ for e^(h ln 2)."""
    base = next((one.args[0] for one in Mul.make_args(exponent) if isinstance(one, log)), None)
    return exp(exponent) if base is None else Pow(base, exponent / log(base))


def _scaled(rate: Expr, *forms: Form) -> Written:
    """The product with a rate in front; behind the first factor where it is no number, such as ln 2."""
    return Written("*", (rate, *forms) if rate.is_Rational or rate.is_Symbol else (forms[0], rate, *forms[1:]))


def _logarithm(value: Expr, x: Symbol, h: Symbol) -> Lines:
    """ln(u + k) − ln u = ln(1 + k/u)."""
    rate = _rate(value.args[0], x) if isinstance(value, log) else None
    if rate is None:
        return None
    u = value.args[0]
    special = SPECIAL["logarithm"](rate * h / u)
    return [
        Line(over(Written(log, (over(moved(u, x, h), u),)), h), "logarithm law"),
        Line(over(Written(log, (Written("+", (S.One, rate * h / u)),)), h), "divide"),
        Line(Written("*", (over(rate, u), special.quotient)), "widen"),
        Line(rate / u, "special limit", final=True, special=(special,)),
    ]


def _sine(value: Expr, x: Symbol, h: Symbol) -> Lines:
    """sin(u + k) = sin u cos k + cos u sin k."""
    rate = _rate(value.args[0], x) if isinstance(value, sin) else None
    return None if rate is None else _by_addition(value, cos(value.args[0]), rate, h)


def _cosine(value: Expr, x: Symbol, h: Symbol) -> Lines:
    """cos(u + k) = cos u cos k − sin u sin k."""
    rate = _rate(value.args[0], x) if isinstance(value, cos) else None
    return None if rate is None else _by_addition(value, -sin(value.args[0]), rate, h)


def _by_addition(value: Expr, turned: Expr, rate: Expr, h: Symbol) -> list[Line]:
    """value(u + k) = value·cos k + turned·sin k: two special limits."""
    k = rate * h
    flat, steep = SPECIAL["cosine"](k), SPECIAL["sine"](k)
    minus = turned.could_extract_minus_sign()
    plain = -turned if minus else turned

    def joined(first: Form, second: Form, *more: Form) -> Written:
        return Written("+", (first, Written("neg", (second,)) if minus else second, *more))

    lines = [
        Line(over(joined(Written("*", (value, cos(k))), Written("*", (plain, sin(k))), Written("neg", (value,))), h), "addition theorem"),
        Line(joined(Written("*", (value, over(Written("+", (cos(k), S.NegativeOne)), h))), Written("*", (plain, over(sin(k), h)))), "take out"),
    ]
    if rate != 1:
        lines.append(Line(joined(_scaled(rate, value, flat.quotient), _scaled(rate, plain, steep.quotient)), "widen"))
    known = joined(*(Written("*", (*((rate,) if rate != 1 else ()), one, limit)) for one, limit in ((value, flat.value), (plain, steep.value))))
    return [*lines, Line(known, "special limit", final=True, special=(flat, steep)), Line(rate * turned, "simplify", final=True)]


KINDS: tuple[Callable[[Expr, Symbol, Symbol], Lines], ...] = (_polynomial, _reciprocal, _root, _exponential, _logarithm, _sine, _cosine)


# ---- forms


def over(above: Form, below: Form) -> Written:
    """One form over another."""
    return Written("/", (above, below))


def minus(left: Form, right: Form) -> Written:
    """One form without another."""
    return Written("+", (left, Written("neg", (right,))))


def moved(form: Form, x: Symbol, h: Symbol) -> Form:
    """The form at x + h, written as it stands."""
    if isinstance(form, Written):
        return Written(form.head, tuple(moved(arg, x, h) for arg in form.args))
    if form == x:
        return Written("+", (x, h))
    if not form.has_free(x):
        return form
    if form.is_Add:
        return Written("+", tuple(moved(term, x, h) for term in form.as_ordered_terms()))
    if form.is_Mul:
        above, below = form.as_numer_denom()
        if below != 1:
            return over(moved(above, x, h), moved(below, x, h))
        return Written("*", tuple(moved(factor, x, h) for factor in form.as_ordered_factors()))
    if form.is_Pow:
        if form.exp == -1:
            return over(S.One, moved(form.base, x, h))
        return Written(sqrt, (moved(form.base, x, h),)) if form.exp == S.Half else Written("**", (moved(form.base, x, h), moved(form.exp, x, h)))
    return Written(form.func, tuple(moved(arg, x, h) for arg in form.args))  # type: ignore[arg-type]


def degree(value: Expr, x: Symbol) -> int | None:
    """The degree of a polynomial in x; None where it is none. Raises DeriveError where it is too high."""
    if not value.is_polynomial(x):
        return None
    degree = int(Poly(value, x).degree()) if value.has_free(x) else 0
    if degree > MOST_DEGREES:
        raise DeriveError(f"{value!s:.60} has the degree {degree} in {x}; at most {MOST_DEGREES} is worked line by line")
    return degree


def _rate(u: Expr, x: Symbol) -> Expr | None:
    """The a of u = ax + b; None where u is no such thing."""
    return Poly(u, x).coeff_monomial(x) if u.has_free(x) and u.is_polynomial(x) and Poly(u, x).degree() == 1 else None


def _by_powers(expression: Expr, h: Symbol) -> dict[int, Expr]:
    """The coefficients of a polynomial in h by their powers, rising."""
    return {power: share for (power,), share in sorted(Poly(expression, h).terms())}


def _terms(expression: Expr) -> list[Expr]:
    return expression.as_ordered_terms() if expression.is_Add else [expression]


def _power_of(share: Expr, h: Symbol, power: int) -> Form:
    """One term with a power of h behind it."""
    minus, plain = share.could_extract_minus_sign(), -share if share.could_extract_minus_sign() else share
    grown: Form = plain if power == 0 else h**power if plain == 1 else Written("*", (plain, h**power))
    return Written("neg", (grown,)) if minus else grown


def _in_h(expression: Expr, h: Symbol) -> Form:
    """A polynomial in h, its powers rising."""
    return total(tuple(_power_of(share, h, power) for power, whole in sorted(_by_powers(expression, h).items()) for share in _terms(whole)))
