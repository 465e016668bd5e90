"""Activations: one record each, from which formulas, code, cards and checks all come.

To add one: a record in ``ACTIVATIONS``: its name, its definition in z, and its slope as a sum of ordered
products in z and, where there is one, in the output y. Nothing else needs to know it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from sympy import Add, Expr, Function, Heaviside, Integer, Max, Min, Mul, S, exp, tanh

from .errors import UnknownNameError
from .steps import Term

__all__ = ["ACTIVATIONS", "Activation", "Extremum", "Named", "activation", "activation_of", "defined", "maximum", "minimum"]


class Named(Function):
    """A function that keeps its name in formulas; ``definition`` spells it out in elementary functions."""

    nargs = 1
    record: ClassVar[Activation]

    @property
    def definition(self) -> Expr:
        """The same value in elementary functions of the argument."""
        return self.record.definition(self.args[0])

    def fdiff(self, argindex: int = 1) -> Expr:
        """The slope, written in the function itself where the record does so."""
        return Add(*(Mul(*term) for term in self.record.slope(self.args[0], self)))

    def _eval_evalf(self, prec: int) -> Any:
        return self.definition._eval_evalf(prec)


class Extremum(Function):
    """The largest or the smallest of its arguments, whose order is kept: at a tie the slope goes to the first."""

    plain: ClassVar[type[Max] | type[Min]]  # SymPy's own, which forgets the order
    turn: ClassVar[int]

    @classmethod
    def eval(cls, *args: Expr) -> Expr | None:
        """The number itself where all arguments are numbers."""
        return cls.plain(*args) if all(arg.is_number for arg in args) else None

    @property
    def definition(self) -> Expr:
        """The same value as SymPy's Max or Min, which forget the order."""
        return self.plain(*self.args)

    def fdiff(self, argindex: int = 1) -> Expr:
        """1 where the argument is the first of the largest, or of the smallest, else 0."""
        mine = self.args[argindex - 1]
        ahead = ((self.turn * (mine - other), argindex - 1 < place) for place, other in enumerate(self.args) if place != argindex - 1)
        return Mul(*(Heaviside(lead, int(first)) for lead, first in ahead))

    def _eval_evalf(self, prec: int) -> Any:
        return self.definition._eval_evalf(prec)


class maximum(Extremum):
    """The largest of its arguments, in their order."""

    plain, turn = Max, 1


class minimum(Extremum):
    """The smallest of its arguments, in their order."""

    plain, turn = Min, -1


@dataclass(frozen=True)
class Activation:
    """A scalar activation y = f(z).

    definition: f in elementary functions. slope: f′ as a sum of ordered products, given z and y = f(z).
    range: the open interval of its values. kinks: the points where f′ jumps; slope has there the value
    that this house declares (0 for relu).
    """

    name: str
    definition: Callable[[Expr], Expr]
    slope: Callable[[Expr, Expr], tuple[Term, ...]]
    range: tuple[Expr, Expr]
    kinks: tuple[Expr, ...] = ()
    native: type[Function] | None = field(default=None)

    @cached_property
    def function(self) -> Callable[[Expr], Expr]:
        """The SymPy function of this name (for the identity, the argument itself)."""
        if self.native is not None:
            return self.native
        if self.name == "identity":
            return self.definition
        named: Any = type(self.name, (Named,), {"record": self, "__module__": __name__, "__doc__": f"The activation {self.name}."})
        return named


ONE = S.One

ACTIVATIONS: dict[str, Activation] = {
    record.name: record
    for record in (
        Activation("identity", lambda z: z, lambda z, y: ((ONE,),), (S.NegativeInfinity, S.Infinity)),
        Activation("sigmoid", lambda z: 1 / (1 + exp(-z)), lambda z, y: ((y, 1 - y),), (S.Zero, ONE)),
        Activation("tanh", lambda z: (exp(z) - exp(-z)) / (exp(z) + exp(-z)), lambda z, y: ((1 - y**2,),), (-ONE, ONE), native=tanh),
        Activation("relu", lambda z: Max(0, z), lambda z, y: ((Heaviside(z, 0),),), (S.Zero, S.Infinity), kinks=(Integer(0),)),
    )
}


_NATIVE = {record.native: record for record in ACTIVATIONS.values() if record.native is not None}


def activation(name: str) -> Activation:
    """The record of that name. Raises UnknownNameError with the names there are."""
    try:
        return ACTIVATIONS[name]
    except (KeyError, TypeError):
        raise UnknownNameError("activation", name, ACTIVATIONS) from None


def activation_of(expression: Expr) -> Activation | None:
    """The record of the activation that is applied at the top of the expression, if there is one."""
    if isinstance(expression, Named):
        return expression.record
    return _NATIVE.get(expression.func)


def defined(expression: Expr) -> Expr:
    """The expression with every named function spelt out in elementary ones."""
    return expression.replace(lambda part: isinstance(part, Named | Extremum), lambda part: part.definition)
