"""Condition: that an expression is positive, not negative or not zero."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from sympy import Abs, Add, Expr, Ge, Gt, Le, Lt, Mul, Ne, S, Symbol, asinh, atan, atanh, erf, exp, log, sinh, tanh
from sympy import sign as signum
from sympy.logic.boolalg import Boolean

from ..reals import put_in
from .sampling import number

__all__ = ["Condition"]

ODD = (tanh, sinh, asinh, atan, atanh, erf)  # functions that have the sign of their argument


@dataclass(frozen=True, slots=True)
class Condition:
    """``expression`` is positive (">"), not negative (">=") or not zero ("!=")."""

    expression: Expr
    kind: Literal[">", ">=", "!="]

    def holds(self, point: Mapping[Symbol, Expr]) -> bool:
        """Does it hold at the point? False where it cannot be seen."""
        value = number(self.expression, point)
        return value is not None and bool({">": value > 0, ">=": value >= 0, "!=": value != 0}[self.kind])

    def renamed(self, names: Mapping[Symbol, Expr]) -> Condition:
        """The condition with other expressions in the places of some symbols."""
        return Condition(put_in(self.expression, names), self.kind)

    @property
    def bound(self) -> tuple[Symbol, Expr, int] | None:
        """(x, c, 1) where it says x > c and (x, c, -1) where x < c, or ≥, ≤, ≠: it is about one symbol alone."""
        symbols = self.expression.free_symbols
        if len(symbols) != 1:
            return None
        (one,) = symbols
        factor = self.expression.diff(one) if self.expression.is_polynomial(one) else S.Zero
        if not factor.is_Rational or factor == 0:
            return None
        return one, -self.expression.xreplace({one: S.Zero}) / factor, 1 if factor > 0 else -1  # type: ignore[return-value]

    @property
    def relation(self) -> Boolean:
        """The condition as SymPy's relation, solved for the symbol where it is about one."""
        kinds = {">": (Gt, Lt), ">=": (Ge, Le), "!=": (Ne, Ne)}[self.kind]
        if self.bound:
            left, right, sign = self.bound
            return kinds[sign < 0](left, right)
        less = [term for term in Add.make_args(self.expression) if term.could_extract_minus_sign()]
        right = -Add(*less)
        left = self.expression + right
        return kinds[1](right, left) if left == 0 else kinds[0](left, right)

    @property
    def parts(self) -> Iterator[Condition]:
        """Simpler conditions that together say the same: a product is not zero where no factor is, log(u) is positive where u > 1."""
        one = self.expression
        if one.is_number:
            yield self
            return
        if self.kind == "!=":
            yield from self._nowhere_zero(one)
            return
        factors = [factor for factor in Mul.make_args(one) if not (factor.is_number or isinstance(factor, exp))]
        sign = 1 if Mul(*(factor for factor in Mul.make_args(one) if factor.is_number)).is_nonnegative else -1
        yield from self._signed(factors[0], sign) if len(factors) == 1 else [Condition(Mul(sign, *factors), self.kind)]

    def _nowhere_zero(self, one: Expr) -> Iterator[Condition]:
        for factor in Mul.make_args(one):
            base = factor.as_base_exp()[0] if factor.is_Pow else factor
            if isinstance(base, Mul):
                yield from self._nowhere_zero(base)
            elif isinstance(base, log):
                yield Condition(base.args[0] - 1, "!=")
            elif not (base.is_number and base.is_nonzero):
                yield Condition(base.args[0] if isinstance(base, Abs) else base, "!=")

    def _signed(self, one: Expr, sign: int) -> Iterator[Condition]:
        """One factor that is positive, or negative where sign is −1."""
        power = one.exp if one.is_Pow and one.exp.is_Integer else S.One
        if sign > 0 and self.kind == ">" and (isinstance(one, Abs) or power.is_even):
            yield from Condition(one.args[0], "!=").parts
        elif power != 1 and power.is_odd:
            yield from Condition(sign * one.base, ">" if power < 0 else self.kind).parts
        elif isinstance(one, log):
            yield Condition(sign * (one.args[0] - 1), self.kind)
        elif isinstance(one, ODD) or (isinstance(one, signum) and self.kind == ">"):
            yield from Condition(sign * one.args[0], self.kind).parts
        else:
            yield Condition(sign * one, self.kind)
