"""RULES: the elementary laws of differentiation, one row each.

A row says how one head (a sum, a product, exp, …) is differentiated: as pairs (partial, argument), the
partial an ordered product. The chain rule is in how rows are applied: each partial is multiplied by the
derivative of its argument. ``elementary`` applies rows down to constants and records every application.

To add a law: one row in ``RULES``, its name as a sentence in each locale. ``law`` is what it says of f, g and
u, which are functions of x, and of the constants a, c and n.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sympy import (
    Abs,
    Add,
    DiracDelta,
    Dummy,
    Expr,
    Function,
    Heaviside,
    Max,
    Min,
    Mul,
    Piecewise,
    Pow,
    S,
    Symbol,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atanh,
    cos,
    cosh,
    diff,
    erf,
    exp,
    log,
    pi,
    sign,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)

from .activations import Named, defined, maximum, minimum
from .arranged import in_order, places_in
from .steps import Local, Step, Term
from .written import Written

__all__ = ["OUTSIDE", "RULES", "Law", "Rule", "elementary", "fraction", "slope", "stated"]

OUTSIDE = "by sympy.diff"
ORDERED = ("sum", "constant factor", "product")  # whose terms and factors keep the order in which they were written

Partials = Iterable[tuple[Term, Expr]]

X, A, C, N = Symbol("x"), Symbol("a"), Symbol("c"), Symbol("n")
F, G, U = Function("f")(X), Function("g")(X), Function("u")(X)
LETTERS: Mapping[Expr, Symbol] = {F: Symbol("f"), G: Symbol("g"), U: Symbol("u")}


@dataclass(frozen=True, slots=True)
class Rule:
    """One law: for which expressions it holds, and the partial of each argument.

    ``when(expression, x)`` decides between rows of the same head; the first that holds is taken. No law is stated
    where ``law`` is None.
    """

    name: str
    head: type
    partials: Callable[[Expr, Symbol], Partials]
    when: Callable[[Expr, Symbol], bool] = lambda expression, x: True
    law: Expr | None = None


class Law(NamedTuple):
    """What a row says: the derivative by x of ``of`` is the sum of the products in ``terms``; f, g and u are functions of x."""

    rule: str
    of: Expr
    wrt: Symbol
    terms: tuple[Term, ...]


# ---- what the rows say


def _constant_factor(product: Expr, x: Symbol) -> Partials:
    constants, rest = _sorted_out(product, x)
    return [(tuple(constants), Mul(*rest))]


def _product(product: Expr, x: Symbol) -> Partials:
    for place, factor in enumerate(product.args):
        yield (*product.args[:place], *product.args[place + 1 :]), factor


def _quotient(ratio: Expr, x: Symbol) -> Partials:
    above, below = fraction(ratio)
    return [((1 / below,), above), ((S.NegativeOne, above, below**-2), below)]


def _one_over_a_product(ratio: Expr, x: Symbol) -> Partials:
    return [((-(ratio**2),), 1 / ratio)]


def _one_by_one(function: Expr, x: Symbol) -> Partials:
    """For a function that knows its own partial derivatives."""
    return [((function.fdiff(place),), arg) for place, arg in enumerate(function.args, 1)]


def _named(function: Any, x: Symbol) -> Partials:
    for place, argument in enumerate(function.args):
        if argument.has_free(x):
            yield from ((term, argument) for term in function.record.partial(place, function.args, function))


def _cases(cases: Any, x: Symbol) -> Partials:
    """Branch by branch; what holds at an edge decides there too. Inner steps could have no value off their branch."""
    return [((Piecewise(*((slope(branch, x), condition) for branch, condition in cases.args)),), x)]


def _of(slope_at: Callable[[Expr], Expr]) -> Callable[[Expr, Symbol], Partials]:
    """The row of a function of one argument u, from its slope at u."""
    return lambda function, x: [((slope_at(function.args[0]),), function.args[0])]


# ---- which row it is


def fraction(ratio: Expr) -> tuple[Expr, Expr]:
    """What stands above and what below the line of a quotient."""
    return Mul(*(factor for factor in ratio.args if not _below(factor))), Mul(*(1 / factor for factor in ratio.args if _below(factor)))


def _sorted_out(product: Expr, x: Symbol) -> tuple[list[Expr], list[Expr]]:
    """The factors without x, and those with it."""
    found: tuple[list[Expr], list[Expr]] = [], []
    for factor in product.args:
        found[factor.has_free(x)].append(factor)
    return found


def _has_constants(product: Expr, x: Symbol) -> bool:
    return any(not factor.has_free(x) for factor in product.args)


def _below(factor: Expr) -> bool:
    """Does the factor stand under the line?"""
    return factor.is_Pow and factor.exp.is_Number and factor.exp.is_negative  # type: ignore[return-value]


def _is_quotient(product: Expr, x: Symbol) -> bool:
    return any(map(_below, product.args))


def _is_one_over(product: Expr, x: Symbol) -> bool:
    return all(map(_below, product.args))


def _has_rules(cases: Any, x: Symbol) -> bool:
    return not any(step.rule == OUTSIDE for branch, _ in cases.args for step in elementary(branch, x).values())


RULES: tuple[Rule, ...] = (
    Rule("sum", Add, lambda s, x: [((S.One,), term) for term in s.args], law=F + G),
    Rule("constant factor", Mul, _constant_factor, _has_constants, law=C * F),
    Rule("reciprocal", Mul, _one_over_a_product, _is_one_over),
    Rule("quotient", Mul, _quotient, _is_quotient, law=F / G),
    Rule("product", Mul, _product, law=F * G),
    Rule("reciprocal", Pow, lambda p, x: [((-(p.base**-2),), p.base)], lambda p, x: p.exp == -1, law=1 / U),
    Rule("root", Pow, lambda p, x: [((1 / (2 * p),), p.base)], lambda p, x: p.exp == S.Half, law=sqrt(U)),
    Rule("power", Pow, lambda p, x: [((p.exp, p.base ** (p.exp - 1)), p.base)], lambda p, x: not p.exp.has_free(x), law=U**N),
    Rule("exponential", Pow, lambda p, x: [((p, log(p.base)), p.exp)], lambda p, x: not p.base.has_free(x), law=A**U),
    Rule("variable power", Pow, lambda p, x: [((p.exp, p.base ** (p.exp - 1)), p.base), ((p, log(p.base)), p.exp)], law=F**G),
    Rule("exponential", exp, lambda e, x: [((e,), e.args[0])], law=exp(U)),
    Rule("logarithm", log, _of(lambda u: 1 / u), law=log(U)),
    Rule("sine", sin, _of(cos), law=sin(U)),
    Rule("cosine", cos, _of(lambda u: -sin(u)), law=cos(U)),
    Rule("tangent", tan, _of(lambda u: cos(u) ** -2), law=tan(U)),
    Rule("arcsine", asin, _of(lambda u: 1 / sqrt(1 - u**2)), law=asin(U)),
    Rule("arccosine", acos, _of(lambda u: -1 / sqrt(1 - u**2)), law=acos(U)),
    Rule("arctangent", atan, _of(lambda u: 1 / (1 + u**2)), law=atan(U)),
    Rule("hyperbolic sine", sinh, _of(cosh), law=sinh(U)),
    Rule("hyperbolic cosine", cosh, _of(sinh), law=cosh(U)),
    Rule("hyperbolic tangent", tanh, lambda f, x: [((1 - f**2,), f.args[0])], law=tanh(U)),
    Rule("inverse hyperbolic sine", asinh, _of(lambda u: 1 / sqrt(u**2 + 1)), law=asinh(U)),
    Rule("inverse hyperbolic cosine", acosh, _of(lambda u: 1 / (sqrt(u - 1) * sqrt(u + 1))), law=acosh(U)),
    Rule("inverse hyperbolic tangent", atanh, _of(lambda u: 1 / (1 - u**2)), law=atanh(U)),
    Rule("error function", erf, _of(lambda u: 2 / sqrt(pi) * exp(-(u**2))), law=erf(U)),
    Rule("absolute value", Abs, _of(sign), law=Abs(U)),
    Rule("sign", sign, lambda f, x: [], law=sign(U)),
    Rule("step", Heaviside, lambda f, x: [], law=Heaviside(U, 0)),
    Rule("maximum", maximum, _one_by_one, law=maximum(F, G)),
    Rule("maximum", Max, lambda f, x: _one_by_one(maximum(*f.args), x)),
    Rule("minimum", minimum, _one_by_one, law=minimum(F, G)),
    Rule("minimum", Min, lambda f, x: _one_by_one(minimum(*f.args), x)),
    Rule("cases", Piecewise, _cases, _has_rules),
    Rule("named function", Named, _named),
)

_BY_HEAD: dict[type, list[Rule]] = {head: [rule for rule in RULES if rule.head is head] for head in {rule.head for rule in RULES}}


def stated(rule: Rule) -> Law | None:
    """The law that a row states of f, g and u, functions of x; None where it states none."""
    if rule.law is None:
        return None
    pairs = rule.partials(rule.law, X)
    pairs = in_order(rule.law, list(pairs), {}) if rule.name in ORDERED else pairs
    terms = ((*(one.xreplace(LETTERS) for one in partial if one != 1), Local(argument.xreplace(LETTERS), X)) for partial, argument in pairs)  # type: ignore[union-attr]
    return Law(rule.name, rule.law.xreplace(LETTERS), X, tuple(terms))


# ---- applying them


def elementary(expression: Expr | Written, x: Symbol) -> dict[Local, Step]:
    """Every elementary step of d(expression)/dx, innermost first; the last one is the expression's own.

    Terms and factors stand in the order of what is written, else in SymPy's order for printing. A step whose rule
    is "by sympy.diff" marks a function outside the rules.
    """
    steps: dict[Local, Step] = {}
    places = places_in(expression) if isinstance(expression, Written) else {}
    _record(expression.expression if isinstance(expression, Written) else expression, x, places, steps)
    return steps


def slope(expression: Expr, x: Symbol) -> Expr:
    """The value of d(expression)/dx by the same laws, without the record."""
    if expression.is_Mul and x in expression.args:
        others = [factor for factor in expression.args if factor != x]
        if all(factor.is_Symbol or not factor.has_free(x) for factor in others):
            return others[0] if len(others) == 1 else Mul(*others)
    if expression == x:
        return S.One
    if not expression.has_free(x):
        return S.Zero
    rule = _law(expression, x)
    if rule is None:
        return _by_sympy(expression, x)
    return Add(*(Mul(*partial, slope(argument, x)) for partial, argument in rule.partials(expression, x) if argument.has_free(x)))


def _record(expression: Expr, x: Symbol, places: Mapping[Expr, int], steps: dict[Local, Step]) -> Step:
    claim = Local(expression, x)
    if claim not in steps:
        steps[claim] = _closed(claim) or _opened(claim, places, steps)
    return steps[claim]


def _closed(claim: Local) -> Step | None:
    """The step that needs no other: of a constant, of x itself, of something outside the rules."""
    if claim.of == claim.wrt:
        return Step(claim, "variable", ((S.One,),), S.One)
    if not claim.of.has_free(claim.wrt):
        return Step(claim, "constant", (), S.Zero)
    if _law(claim.of, claim.wrt) is None:
        value = _by_sympy(claim.of, claim.wrt)
        return Step(claim, OUTSIDE, ((value,),), value)
    return None


def _opened(claim: Local, places: Mapping[Expr, int], steps: dict[Local, Step]) -> Step:
    """The step of a law, its partials multiplied by the derivatives of its arguments."""
    rule, x = _law(claim.of, claim.wrt), claim.wrt
    assert rule is not None
    terms: list[Term] = []
    values: list[Expr] = []
    partials = list(rule.partials(claim.of, x))
    for partial, argument in in_order(claim.of, partials, places) if rule.name in ORDERED else partials:
        if argument.has_free(x):
            inner = _record(argument, x, places, steps)
            values.append(Mul(*partial, inner.value))
            terms.append(partial if argument == x else (*(one for one in partial if one != 1), inner.claim))
    return Step(claim, rule.name, tuple(terms), Add(*values))


def _law(expression: Expr, x: Symbol) -> Rule | None:
    head = Named if isinstance(expression, Named) else expression.func
    return next((rule for rule in _BY_HEAD.get(head, ()) if rule.when(expression, x)), None)


def _by_sympy(expression: Expr, x: Symbol) -> Expr:
    """The derivative by SymPy over the real numbers; where something jumps, nothing is added."""
    real: dict[Expr, Expr] = {one: Dummy(one.name, real=True) for one in {*expression.free_symbols, x}}  # type: ignore[attr-defined]
    value = diff(defined(expression).xreplace(real), real[x])
    return value.replace(DiracDelta, lambda *jump: S.Zero).xreplace({double: one for one, double in real.items()})
