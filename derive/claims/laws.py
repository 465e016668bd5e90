"""Laws: a tower whose exponentials, logarithms and roots fall into their factors.

exp(u + v) = exp(u)·exp(v), ln(u·v) = ln(u) + ln(v), √(u·v) = √u·√v: applied where the factor that is taken
out is known to be positive. The symbols bring what is known of them as SymPy's assumptions.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sympy import QQ, Abs, Expr, Symbol, factorint, tanh
from sympy import exp as exponential
from sympy import log as logarithm

from .laurent import ONE, Laurent, Monomial, total
from .towers import MOST_WORK, Form, Tower

__all__ = ["LawfulTower"]

SUM = "exp(u + v) = exp(u)*exp(v)"
PRODUCT = "log(u*v) = log(u) + log(v)"
POWER = "log(u**c) = c*log(u)"
INVERSE = "log(exp(u)) = u"
ROOT = "sqrt(u*v) = sqrt(u)*sqrt(v)"
TANH = "tanh(u) = (exp(2*u) - 1)/(exp(2*u) + 1)"


class LawfulTower(Tower):
    """A tower that takes exp, log and roots apart; every symbol is real."""

    def __init__(self, wrt: Symbol | None = None, most_work: int = MOST_WORK, opaque: bool = False, facts: Iterable[tuple[Expr, bool]] = ()) -> None:
        super().__init__(wrt, most_work, opaque, facts)
        self._positive: dict[int, bool] = {}
        self._symbols: dict[int, Expr] = {}
        self._exponents: dict[int, Laurent] = {}
        self._logs: dict[int, Laurent] = {}
        self._radicands: dict[int, tuple[Laurent, int]] = {}

    def symbol(self, one: Expr) -> Laurent:
        """A generator, with what SymPy knows of its sign."""
        made = super().symbol(one)
        (number,) = made.generators
        self._symbols[number] = one
        self._positive[number] = bool(one.is_nonnegative)
        return made

    def function(self, one: Expr, form: Form | None = None) -> Laurent:
        """A generator; tanh is spelt out in exponentials."""
        if isinstance(one, tanh):
            self.laws[TANH] = None
            grown = exponential(2 * one.args[0])
            return self.value((grown - 1) / (grown + 1))
        return super().function(one, form)

    def one_plus_exponential(self, argument: Laurent) -> Laurent:
        """1 + exp(u), the exponential taken apart."""
        return ONE + self.exponential(argument)

    def known_sign(self, number: int) -> tuple[int, bool] | None:
        """1 or −1 where that sign of a generator is known, and whether it is known not to be zero."""
        if self._is_positive(number) or number in self._radicands:
            return 1, self._is_never_zero(number)
        return super().known_sign(number)

    def at_least_zero(self, expression: Expr) -> str:
        """ ">" where every term of the expression, multiplied out, is positive, ">=" where some may be zero, and "" where a sign is not known."""
        value = self.value(expression)
        if not self._all_positive(value):
            return ""
        return ">" if self._some_strictly(value) else ">="

    # ---- exponentials

    def exponential(self, argument: Laurent) -> Laurent:
        """exp of a sum: the product of the exp of its terms."""
        if len(argument) > 1:
            self.laws[SUM] = None
        result = ONE
        for monomial, value in argument.terms.items():
            result = self.times(result, self._exponential_of(monomial, QQ(value)))
        return result

    def _exponential_of(self, monomial: Monomial, value: Any) -> Laurent:
        """exp(c·m): a power or a root of exp(m), which is u where m is log(u)."""
        base = self._logs.get(monomial[0][0]) if len(monomial) == 1 and monomial[0][1] == 1 else None
        if base is None:
            base = self._kernel(("exp", monomial), lambda: self._exponential(Laurent({monomial: 1})))
        return self.power(base if value.denominator == 1 else self.root(base, int(value.denominator)), int(value.numerator))

    def _exponential(self, exponent: Laurent) -> Laurent:
        grown = self._generator(lambda: self.times(grown, self.slope(exponent)))
        (number,) = grown.generators
        self._exponents[number], self._positive[number] = exponent, True
        return grown

    # ---- logarithms

    def logarithm(self, argument: Laurent) -> Laurent:
        """log of a product: the sum of the logs of its factors, as far as these are positive."""
        ((monomial, value),) = self.standing(argument).terms.items()
        parts = [self._log_of_number(QQ(abs(value)))]
        rest = Laurent({(): 1 if value > 0 else -1})
        for number, power in monomial:
            part = self._log_of_power(number, power)
            if part is None:
                rest = self.times(rest, Laurent.generator(number, power))
            else:
                parts.append(part)
        if rest != ONE:
            parts.append(self._log(rest))
        if sum(map(bool, parts)) > 1:
            self.laws[PRODUCT] = None
        return total(parts)

    def _log_of_power(self, number: int, power: int) -> Laurent | None:
        """log(g**k) = k·log(g) where g is positive; with |g| for an even power of a symbol; None where g must stay inside."""
        if number in self._exponents:
            self.laws[INVERSE] = None
            return self.times(Laurent.constant(QQ(power)), self._exponents[number])
        if power != 1:
            self.laws[POWER] = None
        if number in self._radicands:
            base, index = self._radicands[number]
            return self.times(Laurent.constant(QQ(power, index)), self.logarithm(base))
        if self._is_positive(number):
            return self.times(Laurent.constant(QQ(power)), self._log(Laurent.generator(number)))
        if power % 2 == 0 and number in self._symbols:
            return self.times(Laurent.constant(QQ(power)), self.value(logarithm(Abs(self._symbols[number]))))
        return None

    def _log_of_number(self, value: Any) -> Laurent:
        primes = {**factorint(int(value.numerator), limit=1000), **{prime: -power for prime, power in factorint(int(value.denominator), limit=1000).items()}}
        return total(self.times(Laurent.constant(QQ(power)), self._log(Laurent.constant(QQ(prime)))) for prime, power in primes.items() if prime != 1)

    def _log(self, argument: Laurent) -> Laurent:
        made = super().logarithm(argument)
        (number,) = made.generators
        self._logs[number] = argument
        return made

    def _is_positive(self, number: int) -> bool:
        """Is the generator positive wherever it is not zero?"""
        if number not in self._positive:
            self._positive[number] = number in self._sums and self._all_positive(self._sums[number])
        return self._positive[number]

    def _all_positive(self, value: Laurent) -> bool:
        return all(factor > 0 and all(power % 2 == 0 or self._is_positive(one) for one, power in monomial) for monomial, factor in value.terms.items())

    def _some_strictly(self, value: Laurent) -> bool:
        """Is a term never zero?"""
        return any(all(self._is_never_zero(one) for one, _ in monomial) for monomial in value.terms)

    def _is_never_zero(self, number: int) -> bool:
        if number in self._symbols:
            return bool(self._symbols[number].is_positive)
        return number in self._exponents or (number in self._sums and self._some_strictly(self._sums[number]))

    # ---- roots

    def root(self, base: Laurent, index: int) -> Laurent:
        """The root of a product: the product of the roots of its factors, as far as these are positive."""
        if not base:
            return base
        ((monomial, value),) = self.standing(base).terms.items()
        result = self._root_of_number(QQ(abs(value)), index)
        rest = Laurent({(): 1 if value > 0 else -1})
        for number, power in monomial:
            if self._is_positive(number) or number in self._radicands:
                whole, left = divmod(power, index)
                factor = self.power(self._root(Laurent.generator(number), index), left) if left else ONE
                result = self.times(result, self.times(Laurent.generator(number, whole), factor))
            else:
                rest = self.times(rest, Laurent.generator(number, power))
        if len(monomial) + (abs(value) != 1) > 1:
            self.laws[ROOT] = None
        return result if rest == ONE else self.times(result, self._root(rest, index))

    def _root_of_number(self, value: Any, index: int) -> Laurent:
        result = ONE
        for number, turn in ((int(value.numerator), 1), (int(value.denominator), -1)):
            for prime, power in factorint(number, limit=1000).items():
                factor = self.power(Laurent.constant(QQ(prime)), power // index)
                if power % index:
                    factor = self.times(factor, self.power(self._root(Laurent.constant(QQ(prime)), index), power % index))
                result = self.times(result, self.power(factor, turn))
        return result

    def _root(self, base: Laurent, index: int) -> Laurent:
        """The root as a power of a finer root of the same base, or as a root of a coarser one, where there is one."""
        known = [one for kind, one, *of in self._kernels if kind == "root" and of == [base]]
        finer = next((one for one in known if one % index == 0), None)  # type: ignore[operator]
        if finer:
            return self.power(super().root(base, finer), finer // index)  # type: ignore[operator, arg-type]
        coarser = max((one for one in known if index % one == 0), default=1)  # type: ignore[operator]
        made = super().root(base if coarser == 1 else super().root(base, coarser), index // coarser)
        (number,) = made.generators
        self._radicands[number] = (base, index)
        return made
