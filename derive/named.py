"""Named functions: records of a definition and its slopes, and the SymPy functions that keep their names in formulas.

An ``Activation`` is such a record. Its ``function`` is a SymPy function of its name, whose derivatives are those
of the record; ``definition`` spells it out. Which activations there are stands in ``activations``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from mpmath.libmp import prec_to_dps
from sympy import Add, Dummy, Expr, Function, Heaviside, Max, Min, Mul, S

from .reals import put_in
from .steps import Term
from .written import Written

__all__ = ["REALS", "Activation", "Extremum", "Named", "Setting", "defined", "maximum", "minimum", "of_layer"]

DIGITS = (50, 400, 1_000)  # with which a number is evaluated that was 0 with fewer; e^(−709) is the smallest
REALS = (S.NegativeInfinity, S.Infinity)

Lookup = Callable[[Callable[..., Expr], Expr, tuple[Expr, ...]], Expr]


def of_layer(function: Callable[..., Expr], own: Expr, args: tuple[Expr, ...]) -> Expr:
    """A function of a whole layer, of the argument ``own`` among all the arguments, one of which may stand there twice."""
    place = args.index(own)
    return function(own, *args[:place], *args[place + 1 :])


class Named(Function):
    """A function that keeps its name in formulas; ``definition`` spells it out in elementary functions."""

    nargs = 1
    record: ClassVar[Activation]

    @classmethod
    def eval(cls, *args: Expr) -> Expr | None:
        """The number itself where all arguments are numbers and it is rational, as relu(0) is."""
        value = cls.record.definition(*args) if all(arg.is_number for arg in args) else None
        return value if value is not None and value.is_Rational else None

    @property
    def definition(self) -> Expr:
        """The same value in elementary functions of the arguments."""
        return self.record.definition(*self.args)

    @property
    def spelt(self) -> Expr:
        """The definition as a page spells it out: by cases, or in other named functions, where that reads better."""
        return (self.record.spelt or self.record.definition)(*self.args)

    def fdiff(self, argindex: int = 1) -> Expr:
        """The slope by one argument, written in the function itself where the record does so."""
        return Add(*(Mul(*term) for term in self.record.partial(argindex - 1, self.args, self)))

    def _eval_evalf(self, prec: int) -> Any:
        return _evaluated(self.definition, prec)

    def _eval_is_extended_real(self) -> bool | None:
        return True if self.is_number else None  # so that a step at such a number is decided

    _eval_is_finite = _eval_is_extended_real


def _evaluated(definition: Expr, prec: int) -> Expr:
    """The definition in so many binary digits; SymPy takes ln(1 + e^(−40)) for 0 where 1 + e^(−40) rounds to 1."""
    tries = (definition.evalf(digits, maxn=max(DIGITS)) for digits in (prec_to_dps(prec), *DIGITS))
    return next((value for value in tries if value != 0), S.Zero)


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
        return _evaluated(self.definition, prec)


class maximum(Extremum):
    """The largest of its arguments, in their order."""

    plain, turn = Max, 1


class minimum(Extremum):
    """The smallest of its arguments, in their order."""

    plain, turn = Min, -1


@dataclass(frozen=True)
class Setting:
    """A second argument of an activation, such as the α of ELU: its name, its usual value, and the slope by it.

    ``slope(z, y, *settings)`` is a sum of ordered products; where there is none, the rules give it. One that is
    ``learned`` is a parameter of a network.
    """

    name: str
    usual: Expr
    slope: Callable[..., tuple[Term, ...]] = lambda z, y, *settings: ()
    learned: bool = False


@dataclass(frozen=True)
class Activation:
    """An activation y = f(z), or f(z, settings): everything the house knows of it.

    definition: f in elementary functions, of z and of the values of its settings; ``spelt`` the form of the page where
    another reads better. slope: f′(z) as a sum of ordered products, given z, y = f(z) and the settings; without one it
    comes from the definition by the rules. range: the ends of its values, ``reached`` says which of them are values.
    kinks: the points where f′ (or f) jumps; the slope has there the value that this house declares. largest is the
    largest slope (the least upper bound), steepest a place where f has it. in_output: a further form of the slope, in y.

    whole(place, args, y, named) is for a function of a whole layer: the slope by the argument in that place, in the
    outputs that ``named`` gives for other own arguments. maps is the number of affine maps of each unit, which
    become the arguments. inline functions stand in formulas as their definition; native ones are SymPy's own. text is
    what a user wrote, in z or z1, z2, …: see ``own``. ``stable`` names the form in which code computes it where the
    definition overflows or cancels.
    """

    name: str
    definition: Callable[..., Expr]
    slope: Callable[..., tuple[Term, ...]] = field(default=None)  # type: ignore[assignment]
    range: tuple[Expr, Expr] = REALS
    kinks: tuple[Expr, ...] = ()
    native: type[Function] | None = None
    largest: Expr | None = None
    steepest: Expr | None = None
    settings: tuple[Setting, ...] = ()
    spelt: Callable[..., Expr] | None = None
    in_output: Callable[..., Expr] | None = None
    reached: tuple[bool, bool] = (False, False)
    whole: Callable[[int, tuple[Expr, ...], Expr, Lookup], tuple[Term, ...]] | None = None
    maps: int = 1
    inline: bool = False
    text: Written | Expr | None = None
    stable: str = ""

    def __post_init__(self) -> None:
        if self.slope is None:
            object.__setattr__(self, "slope", self._by_the_rules)

    @cached_property
    def function(self) -> Callable[..., Expr]:
        """The SymPy function of this name (for an inline one, its definition)."""
        if self.native is not None:
            return self.native
        if self.inline:
            return self.definition
        counts = None if self.whole else (1, 1 + len(self.settings)) if self.settings else 1
        kind = _OfLayer if self.whole else Named
        made: Any = type(self.name, (kind,), {"nargs": counts, "record": self, "__module__": __name__, "__doc__": f"The activation {self.name}."})
        return made

    @property
    def arguments(self) -> tuple[int, int]:
        """The least and the largest number of arguments that it takes."""
        return (self.maps, 100) if self.whole or self.maps > 1 else (1, 1 + len(self.settings))

    @property
    def learned(self) -> tuple[Setting, ...]:
        """The settings that are parameters of a network."""
        return tuple(one for one in self.settings if one.learned)

    def values(self, given: Iterable[Expr] = ()) -> tuple[Expr, ...]:
        """The values of the settings: those given, then the usual ones."""
        own = tuple(given)
        return (*own, *(one.usual for one in self.settings[len(own) :]))

    def partial(self, place: int, args: tuple[Expr, ...], y: Expr, named: Lookup = of_layer) -> tuple[Term, ...]:
        """The slope by the argument in that place, a sum of ordered products; y is the output."""
        if self.whole is not None:
            return self.whole(place, args, y, named)
        settings = self.values(args[1:])
        return (self.settings[place - 1].slope if place else self.slope)(args[0], y, *settings)

    def at_kink(self, kink: Expr, *settings: Expr) -> Expr:
        """The slope that is declared at a kink."""
        own = self.values(settings)
        return Add(*(Mul(*term) for term in self.slope(kink, self.definition(kink, *own), *own)))

    def _by_the_rules(self, z: Expr, y: Expr, *settings: Expr) -> tuple[Term, ...]:
        from .rules import slope  # the rules know named functions, so they load after them

        x = Dummy("z")
        return ((slope(self.definition(x, *settings), x).xreplace({x: z}),),)


class _OfLayer(Named):
    """A named function of one argument among others, whose order does not matter."""

    @classmethod
    def eval(cls, own: Expr, *others: Expr) -> Expr | None:
        """A number where ``Named`` gives one, else the same function with the others in one order."""
        ordered = tuple(sorted(others, key=lambda one: one.sort_key()))
        return super().eval(own, *others) if ordered == others else cls(own, *ordered)


def defined(expression: Expr) -> Expr:
    """The expression with every named function spelt out in elementary ones."""
    return put_in(expression, {}, _spelt_out)


def _spelt_out(expression: Expr) -> Expr:
    # Not simultaneously: SymPy then leaves the outer one of prelu(prelu(7)), whose inner one becomes a number.
    return expression.replace(_has_definition, lambda part: part.definition, simultaneous=False)


def _has_definition(part: Expr) -> bool:
    return isinstance(part, Named | Extremum)
