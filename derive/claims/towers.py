"""Towers: an expression as a Laurent polynomial in free generators, and its derivative there.

Each symbol is a generator, and so is each exp(u), log(u), tanh(u), … that occurs; exp(−u) is the reciprocal of
exp(u). A sum that is divided by gets a generator that stands for it. What is equal while the generators are
free is equal for all values: this is how identities are proved. What is not equal so may still be equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sympy import Expr, Mul, Rational, Symbol
from sympy.core.function import Function

from ..errors import DeriveError
from .heads import OutsideError, reader
from .laurent import ONE, ZERO, Laurent, total

__all__ = ["OutsideError", "TooLargeError", "Tower"]

MOST_WORK = 100_000  # terms that are made or gone through, about 4 µs each

Form = Callable[[int], Laurent | None]
Fact = tuple[Expr, bool]


class TooLargeError(DeriveError):
    """A proof would take more products of terms than it may."""


class Tower:
    """The generators of one proof and their derivatives by ``wrt``.

    ``asked`` are the expressions u whose sign was asked for and not known; ``kinks`` those of them that can be zero:
    what is proved, is proved where none of them is.
    With ``opaque``, steps, signs, largest and smallest are generators of their own, and there are no kinks.
    ``facts`` are expressions that are positive, or at least not negative (False beside them). ``laws`` are the laws beyond arithmetic that were used.
    """

    def __init__(self, wrt: Symbol | None = None, most_work: int = MOST_WORK, opaque: bool = False, facts: Iterable[Fact] = ()) -> None:
        self.wrt, self.work_left, self.opaque = wrt, most_work, opaque
        self.asked: dict[Expr, None] = {}
        self.kinks: dict[Expr, None] = {}
        self.laws: dict[str, None] = {}
        self._facts, self._read = list(facts), list[tuple[Laurent, bool]]()
        self._sums: dict[int, Laurent] = {}
        self._signs: set[int] = set()
        self._values: dict[Expr, Laurent] = {}
        self._kernels: dict[tuple[object, ...], Laurent] = {}
        self._slopes: list[Callable[[], Laurent] | Laurent] = []
        self._forms: dict[int, Form] = {}

    # ---- expressions to polynomials

    def value(self, expression: Expr) -> Laurent:
        """The expression in generators. Raises OutsideError or TooLargeError."""
        known = self._values.get(expression)
        if known is None:
            known = self._values[expression] = reader(type(expression))(self, expression)
        return known

    def define(self, name: Symbol, expression: Expr, opened: bool = False) -> None:
        """Let a symbol stand for an expression: where only arithmetic makes it, as a generator that knows its derivative, unless ``opened``."""
        value = self.value(expression)
        if name == self.wrt or not (opened or expression.has(Function)):
            self._values[name] = self._generator(lambda: ONE if name == self.wrt else self.slope(value))
        else:
            self._values[name] = value

    def slope(self, value: Laurent) -> Laurent:
        """The derivative by ``wrt``: over all generators, the sum of the partial derivative times the generator's own."""
        return total([self.times(partial, self._slope_of(number)) for number, partial in value.partials()])

    def is_zero(self, value: Laurent) -> bool:
        """Is it zero whatever the generators are? What is divided by is taken not to be zero."""
        for number in sorted(self._forms, reverse=True):
            self._spend(len(value))
            lowest = value.lowest(number)
            if lowest < 0:
                value = self.times(value, Laurent.generator(number, -lowest))
            value = value.replaced(number, self._forms[number], self.times)
        return not value

    # ---- arithmetic

    def times(self, left: Laurent, right: Laurent) -> Laurent:
        """The product. Raises TooLargeError where it would take too long."""
        self._spend(len(left) * len(right))
        product = left * right
        for number in self._signs & product.generators if self._signs else ():
            product = product.replaced(number, self._forms[number], Laurent.__mul__)
        return product

    def _spend(self, work: int) -> None:
        self.work_left -= work
        if self.work_left < 0:
            raise TooLargeError("multiplying out takes too many terms")

    def power(self, base: Laurent, exponent: int) -> Laurent:
        """A whole power; a negative one of a sum is a power of the generator that stands for the sum."""
        if exponent < 0:
            return self.power(self.standing(base).inverse(), -exponent)
        result = ONE
        for _ in range(exponent):
            result = self.times(result, base)
        return result

    def standing(self, value: Laurent) -> Laurent:
        """The polynomial as one monomial, with a generator that stands for what cannot be one. Raises OutsideError for zero."""
        if not value:
            raise OutsideError("divides by zero")
        if value.single:
            return value
        common = tuple((number, lowest) for number in sorted(value.generators) if (lowest := value.lowest(number)))
        shared = Laurent({common: 1})
        rest = self.times(value, shared.inverse())
        leading = Laurent({(): rest.terms[max(rest.terms)]})
        inside = self.times(rest, leading.inverse())
        return self.times(self.times(leading, shared), self._kernel(("sum", inside), lambda: self._sum(inside)))

    def _sum(self, inside: Laurent) -> Laurent:
        stands = self._generator(lambda: self.slope(inside), lambda power: self.power(inside, power))
        self._sums[max(stands.generators)] = inside
        return stands

    # ---- generators

    def _generator(self, slope: Callable[[], Laurent], form: Form | None = None) -> Laurent:
        """A new generator with its derivative; ``form`` gives other forms of its powers, in earlier generators."""
        self._slopes.append(slope)
        number = len(self._slopes) - 1
        if form is not None:
            self._forms[number] = form
        return Laurent.generator(number)

    def _slope_of(self, number: int) -> Laurent:
        known = self._slopes[number]
        if not isinstance(known, Laurent):
            known = self._slopes[number] = known()
        return known

    def _kernel(self, key: tuple[object, ...], make: Callable[[], Laurent]) -> Laurent:
        if key not in self._kernels:
            self._kernels[key] = make()
        return self._kernels[key]

    def symbol(self, one: Expr) -> Laurent:
        """A generator of its own for a symbol or a constant such as pi."""
        return self._generator(lambda: ONE if one == self.wrt else ZERO)

    def function(self, one: Expr, form: Form | None = None) -> Laurent:
        """A generator of its own for a function, which knows its own partial derivatives."""
        values = [self.value(arg) for arg in one.args]

        def slope() -> Laurent:
            return total([self.times(self.value(one.fdiff(place)), self.slope(value)) for place, value in enumerate(values, 1)])

        return self._kernel((one.func, *values), lambda: self._generator(slope, form))

    def exponential(self, argument: Laurent) -> Laurent:
        """exp(u), the reciprocal of exp(−u)."""
        if not argument:
            return ONE
        if ("exp", argument) not in self._kernels:
            grown = self._generator(lambda: self.times(grown, self.slope(argument)))
            self._kernels["exp", argument], self._kernels["exp", -argument] = grown, self.power(grown, -1)
        return self._kernels["exp", argument]

    def one_plus_exponential(self, argument: Laurent) -> Laurent:
        """1 + exp(u): where exp(u) is new, the generator is s = 1/(1 + exp(u)), and exp(u) = (1 − s)/s."""
        if ("exp", argument) not in self._kernels:
            s = self._generator(lambda: -self.times(self.times(s, rest), self.slope(argument)))
            rest = self.standing(ONE - s)
            grown, shrunk = self.power(s, -1), self.power(rest, -1)
            self._kernels["exp", argument], self._kernels["exp", -argument] = self.times(rest, grown), self.times(s, shrunk)
            self._kernels["1+exp", argument], self._kernels["1+exp", -argument] = grown, shrunk
        return self._kernels.get(("1+exp", argument)) or ONE + self._kernels["exp", argument]

    def sign(self, argument: Expr) -> Laurent:
        """1 where u > 0 and −1 where u < 0: decided by the facts; else of a product the product of the signs; its own reciprocal."""
        value = self.value(argument)
        if not value:
            raise OutsideError(f"the sign of {argument} is the sign of zero")
        whole = self._decided(value)
        if whole:
            signs, settled = Laurent.constant(whole[0]), whole[1]
        else:
            signs, settled = self._signs_of_factors(value)
        if not settled:
            factors = [factor.as_base_exp()[0] for factor in Mul.make_args(argument)]
            self.asked.update(dict.fromkeys(factors))
            self.kinks.update({one: None for one in factors if not one.is_nonzero})
        return signs

    def _signs_of_factors(self, value: Laurent) -> tuple[Laurent, bool]:
        """The sign as a product, and whether it is known of every factor that it is not zero."""
        ((monomial, coefficient),) = self.standing(value).terms.items()
        result, settled = Laurent.constant(1 if coefficient > 0 else -1), True
        for number, power in monomial:
            known = self.known_sign(number)
            sign = Laurent.constant(known[0]) if known else self._sign_of(number)
            result = self.times(result, self.power(sign, power % 2))
            settled = settled and known is not None and known[1]
        return result, settled

    def known_sign(self, number: int) -> tuple[int, bool] | None:
        """1 or −1 where that sign of a generator is known, and whether it is known not to be zero."""
        return self._decided(self._sums.get(number, Laurent.generator(number)))

    def _decided(self, value: Laurent) -> tuple[int, bool] | None:
        """The sign of what is one of the facts, or so much more, and whether it is not zero."""
        for fact, strictly in self._known_facts():
            for sign, one in ((1, value), (-1, -value)):
                if one.normal.at_least(fact):
                    return sign, strictly
        return None

    def _known_facts(self) -> list[tuple[Laurent, bool]]:
        """The facts as polynomials; one that is being read knows those before it."""
        while self._facts:
            (fact, strictly), *self._facts = self._facts
            kinks, asked = dict(self.kinks), dict(self.asked)
            self._read.append((self.value(fact).normal, strictly))
            self.kinks, self.asked = kinks, asked
        return self._read

    def _sign_of(self, number: int) -> Laurent:
        """The sign of a generator, known to be its own reciprocal."""

        def form(power: int) -> Laurent | None:
            return ONE if power % 2 == 0 else sign

        sign = self._kernel(("sign", number), lambda: self._generator(lambda: ZERO, form))
        self._signs |= sign.generators
        return sign

    def logarithm(self, argument: Laurent) -> Laurent:
        """The natural logarithm of u."""
        slope = lambda: self.times(self.slope(argument), self.power(argument, -1))  # noqa: E731 (as short where it stands)
        return ZERO if argument == ONE else self._kernel(("log", argument), lambda: self._generator(slope))

    def root(self, base: Laurent, index: int) -> Laurent:
        """The root r of a base u: r to the index is u."""

        def slope() -> Laurent:
            return self.times(self.times(Laurent.constant(Rational(1, index)), self.power(root, 1 - index)), self.slope(base))

        def form(power: int) -> Laurent | None:
            return self.times(self.power(base, power // index), self.power(root, power % index)) if power >= index else None

        root = self._kernel(("root", index, base), lambda: self._generator(slope, form))
        return root
