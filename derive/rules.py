"""RULES: the elementary laws of differentiation, one row each.

A row says how one head (a sum, a product, exp, …) is differentiated: as pairs (partial, argument), the
partial an ordered product. The chain rule is in how rows are applied: each partial is multiplied by the
derivative of its argument. ``elementary`` applies rows down to constants and records every application.

To add a law: one row in ``RULES``, its name as a sentence in each locale.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sympy import Abs, Add, Expr, Heaviside, Max, Min, Mul, Pow, S, Symbol, cos, cosh, diff, exp, log, sign, sin, sinh, tan, tanh

from .activations import Named, maximum
from .steps import Local, Step, Term

__all__ = ["RULES", "Rule", "elementary", "slope"]

Partials = Iterable[tuple[Term, Expr]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One law: for which expressions it holds, and the partial of each argument.

    ``when(expression, x)`` decides between rows of the same head; the first that holds is taken.
    """

    name: str
    head: type
    partials: Callable[[Expr, Symbol], Partials]
    when: Callable[[Expr, Symbol], bool] = lambda expression, x: True


def _constant_factor(product: Expr, x: Symbol) -> Partials:
    constants = tuple(factor for factor in product.args if not factor.has_free(x))
    (rest,) = (factor for factor in product.args if factor.has_free(x))
    return [(constants, rest)]


def _product(product: Expr, x: Symbol) -> Partials:
    for place, factor in enumerate(product.args):
        if factor.has_free(x):
            yield (*product.args[:place], *product.args[place + 1 :]), factor


def _quotient(ratio: Expr, x: Symbol) -> Partials:
    above, below = ratio.as_numer_denom()
    return [((1 / below,), above), ((-above / below**2,), below)]


def _one_by_one(function: Expr, x: Symbol) -> Partials:
    """For a function that knows its own partial derivatives."""
    return [((function.fdiff(place),), arg) for place, arg in enumerate(function.args, 1)]


def _named(function: Expr, x: Symbol) -> Partials:
    (argument,) = function.args
    return [(term, argument) for term in function.record.slope(argument, function)]


def _first_of_the_largest(largest: Expr, x: Symbol) -> Partials:
    return _one_by_one(maximum(*largest.args), x)


def _first_of_the_smallest(smallest: Expr, x: Symbol) -> Partials:
    """min(a, b) is −max(−a, −b), whose two signs cancel in the slope."""
    turned = maximum(*(-arg for arg in smallest.args))
    return [((turned.fdiff(place),), arg) for place, arg in enumerate(smallest.args, 1)]


def _single_dependence(product: Expr, x: Symbol) -> bool:
    return sum(factor.has_free(x) for factor in product.args) == 1


def _is_quotient(product: Expr, x: Symbol) -> bool:
    above, below = product.as_numer_denom()
    return above.has_free(x) and below.has_free(x)


RULES: tuple[Rule, ...] = (
    Rule("sum", Add, lambda s, x: [((S.One,), term) for term in s.args]),
    Rule("constant factor", Mul, _constant_factor, _single_dependence),
    Rule("quotient", Mul, _quotient, _is_quotient),
    Rule("product", Mul, _product),
    Rule("reciprocal", Pow, lambda p, x: [((-1 / p.base**2,), p.base)], lambda p, x: p.exp == -1),
    Rule("power", Pow, lambda p, x: [((p.exp, p.base ** (p.exp - 1)), p.base)], lambda p, x: not p.exp.has_free(x)),
    Rule("exponential", Pow, lambda p, x: [((p, log(p.base)), p.exp)], lambda p, x: not p.base.has_free(x)),
    Rule("variable power", Pow, lambda p, x: [((p.exp, p.base ** (p.exp - 1)), p.base), ((p, log(p.base)), p.exp)]),
    Rule("exponential", exp, lambda e, x: [((e,), e.args[0])]),
    Rule("logarithm", log, lambda f, x: [((1 / f.args[0],), f.args[0])], lambda f, x: len(f.args) == 1),
    Rule("sine", sin, lambda f, x: [((cos(f.args[0]),), f.args[0])]),
    Rule("cosine", cos, lambda f, x: [((-sin(f.args[0]),), f.args[0])]),
    Rule("tangent", tan, lambda f, x: [((1 / cos(f.args[0]) ** 2,), f.args[0])]),
    Rule("hyperbolic sine", sinh, lambda f, x: [((cosh(f.args[0]),), f.args[0])]),
    Rule("hyperbolic cosine", cosh, lambda f, x: [((sinh(f.args[0]),), f.args[0])]),
    Rule("hyperbolic tangent", tanh, lambda f, x: [((1 - f**2,), f.args[0])]),
    Rule("absolute value", Abs, lambda f, x: [((sign(f.args[0]),), f.args[0])]),
    Rule("sign", sign, lambda f, x: [((S.Zero,), f.args[0])]),
    Rule("step", Heaviside, lambda f, x: [((S.Zero,), f.args[0])]),
    Rule("maximum", maximum, _one_by_one),
    Rule("maximum", Max, _first_of_the_largest),
    Rule("minimum", Min, _first_of_the_smallest),
    Rule("named function", Named, _named),
)

_BY_HEAD: dict[type, list[Rule]] = {head: [rule for rule in RULES if rule.head is head] for head in {rule.head for rule in RULES}}


def elementary(expression: Expr, x: Symbol) -> dict[Local, Step]:
    """Every elementary step of d(expression)/dx, innermost first; the last one is the expression's own.

    A step whose rule is "by sympy.diff" marks a function outside the rules.
    """
    steps: dict[Local, Step] = {}
    _record(expression, x, steps)
    return steps


def slope(expression: Expr, x: Symbol) -> Expr:
    """The value of d(expression)/dx by the same laws, without the record."""
    if expression.is_Mul and x in expression.args:
        others = [factor for factor in expression.args if factor != x]
        if all(factor.is_Symbol or not factor.has_free(x) for factor in others):
            return others[0] if len(others) == 1 else Mul(*others)
    claim = Local(expression, x)
    closed = _closed(claim)
    if closed is not None:
        return closed.value
    rule = _law(claim)
    assert rule is not None
    return Add(*(Mul(*partial, slope(argument, x)) for partial, argument in rule.partials(expression, x) if argument.has_free(x)))


def _record(expression: Expr, x: Symbol, steps: dict[Local, Step]) -> Step:
    claim = Local(expression, x)
    if claim not in steps:
        steps[claim] = _closed(claim) or _opened(claim, steps)
    return steps[claim]


def _closed(claim: Local) -> Step | None:
    """The step that needs no other: of a constant, of x itself, of something outside the rules."""
    if claim.of == claim.wrt:
        return Step(claim, "variable", ((S.One,),), S.One)
    if not claim.of.has_free(claim.wrt):
        return Step(claim, "constant", (), S.Zero)
    if _law(claim) is None:
        value = diff(claim.of, claim.wrt)
        return Step(claim, "by sympy.diff", ((value,),), value)
    return None


def _opened(claim: Local, steps: dict[Local, Step]) -> Step:
    """The step of a law, its partials multiplied by the derivatives of its arguments."""
    rule, x = _law(claim), claim.wrt
    assert rule is not None
    terms: list[Term] = []
    values: list[Expr] = []
    for partial, argument in rule.partials(claim.of, x):
        if argument.has_free(x):
            inner = _record(argument, x, steps)
            values.append(Mul(*partial, inner.value))
            terms.append(partial if argument == x else (*(one for one in partial if one != 1), inner.claim))
    return Step(claim, rule.name, tuple(terms), Add(*values))


def _law(claim: Local) -> Rule | None:
    head = Named if isinstance(claim.of, Named) else claim.of.func
    return next((rule for rule in _BY_HEAD.get(head, ()) if rule.when(claim.of, claim.wrt)), None)
