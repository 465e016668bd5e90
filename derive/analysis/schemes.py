"""Schemes of numerical differentiation: their quotients, and the error that Taylor's series gives each.

To add one: a row in ``SCHEMES``: the multiples of h at which f is read, and the weights of what is read there.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial

from sympy import Add, Expr, Rational, S, Symbol

from ..differentiation import differentiate, read_function, variable
from ..errors import UnknownNameError
from ..steps import Derivation
from ..written import Written, total

__all__ = ["SCHEMES", "Scheme", "best_step", "leading_error"]

MOST_ORDERS = 8
EPSILON = Symbol("epsilon")
H = Symbol("h")


@dataclass(frozen=True)
class Scheme:
    """An estimate of f′(x): the sum of weight·f(x + place·h) over its places, divided by h."""

    name: str
    places: tuple[int, ...]
    weights: tuple[Expr, ...]

    def moment(self, order: int) -> Expr:
        """What the series of the estimate holds of f⁽ᵒʳᵈᵉʳ⁾·h^(order − 1)."""
        return Add(*(weight * place**order for weight, place in zip(self.weights, self.places, strict=True))) / factorial(order)

    @property
    def order(self) -> int:
        """The order of the derivative in the leading error: the error falls with h to one less."""
        return next(one for one in range(2, MOST_ORDERS) if self.moment(one) != 0)

    def quotient(self, expression: str | Expr, x: str | Symbol = "x") -> Written | Expr:
        """The estimate for an expression, as it is written."""
        written, givens = read_function(expression, (x,))
        wrt = variable(x, givens)
        plain = written if isinstance(written, Written) else Written("+", (written,))
        read = [plain.renamed({wrt: _moved(wrt, place)}) for place in self.places]
        terms = [_weighted(weight * self.scale, one) for weight, one in zip(self.weights, read, strict=True)]
        return Written("/", (total(tuple(terms)), H if self.scale == 1 else Written("*", (S(self.scale), H))))

    @property
    def scale(self) -> int:
        """What makes all weights whole numbers."""
        return max(int(Rational(one).q) for one in self.weights)


SCHEMES: dict[str, Scheme] = {
    one.name: one
    for one in (
        Scheme("forward", (1, 0), (S.One, S.NegativeOne)),
        Scheme("backward", (0, -1), (S.One, S.NegativeOne)),
        Scheme("central", (1, -1), (S.Half, -S.Half)),
        Scheme("five points", (2, 1, -1, -2), (Rational(-1, 12), Rational(2, 3), Rational(-2, 3), Rational(1, 12))),
    )
}


def leading_error(expression: str | Expr, x: str | Symbol = "x", scheme: str = "central") -> tuple[Expr, Derivation]:
    """The first term of the error of a scheme in powers of h, such as h²/6·f‴, and the derivation of the f⁽ᵏ⁾ in it.

    scheme is "forward", "backward", "central" or "five points". Raises UnknownNameError for another, DeriveError as ``differentiate``.
    """
    if scheme not in SCHEMES:
        raise UnknownNameError("scheme", scheme, SCHEMES)
    own = SCHEMES[scheme]
    derivation = differentiate(expression, x, own.order)
    return own.moment(own.order) * H ** (own.order - 1) * derivation.result, derivation


def best_step(scheme: str = "central") -> Expr:
    """The step h at which truncation and rounding together are least, in ε = the relative rounding error, f and f⁽ᵏ⁾.

    Truncation is c·|f⁽ᵏ⁾|·h^(k − 1), rounding at most w·ε·|f|/h with w the sum of the weights' sizes; their sum is least
    where h^k = w·ε·|f|/((k − 1)·c·|f⁽ᵏ⁾|). Source: Press et al., Numerical Recipes, 3rd ed., 5.7. Raises UnknownNameError.
    """
    if scheme not in SCHEMES:
        raise UnknownNameError("scheme", scheme, SCHEMES)
    own = SCHEMES[scheme]
    size = Add(*map(abs, own.weights))
    return (size * EPSILON * Symbol("f") / ((own.order - 1) * abs(own.moment(own.order)) * Symbol(f"f{own.order}"))) ** Rational(1, own.order)


def _moved(x: Symbol, place: int) -> Written | Expr:
    if place == 0:
        return x
    step = H if abs(place) == 1 else Written("*", (S(abs(place)), H))
    return Written("+", (x, step if place > 0 else Written("neg", (step,))))


def _weighted(weight: Expr, form: Written) -> Written | Expr:
    if weight < 0:
        return Written("neg", (_weighted(-weight, form),))
    return form if weight == 1 else Written("*", (weight, form))
