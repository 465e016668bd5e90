"""FUNCTIONS: the functions that text may call, one row each, and the words that mean something in text.

The activations stand here by themselves, under the names of their records. To add another function: one
row in ``FUNCTIONS``, with the SymPy function that it means and the numbers of arguments it takes; one whose name
stays free for other things goes into ``PRINTED``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from sympy import (
    Abs,
    E,
    Expr,
    Heaviside,
    Integer,
    Max,
    Min,
    Rational,
    Symbol,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atanh,
    cos,
    cosh,
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

from .activations import ACTIVATIONS, HUBER, SELU_ALPHA, SELU_SCALE, Activation, maximum, minimum
from .errors import DeriveError, UnknownNameError, listed
from .names import symbol

__all__ = ["CONSTANTS", "FUNCTIONS", "PRINTED", "TextFunction", "Vocabulary", "constant_hint"]


@dataclass(frozen=True, slots=True)
class TextFunction:
    """A function by the name it has in text.

    It takes from ``least`` to ``most`` arguments. ``head`` is applied to them and then to ``after`` (the base of log2),
    less what is given of it beyond ``least``. ``weight`` says how dear ``head`` is to build, per node of its arguments.
    """

    name: str
    head: Callable[..., Expr]
    least: int = 1
    most: int = 1
    after: tuple[Expr, ...] = ()
    weight: int = 10

    def takes(self) -> str:
        """How many arguments it takes, in words."""
        if self.most == 1:
            return "1 argument"
        between = "to" if self.most > self.least + 1 else "or"
        return f"{self.least} {between} {self.most} arguments" if self.most > self.least else f"{self.most} arguments"


FUNCTIONS: dict[str, TextFunction] = {
    row.name: row
    for row in (
        TextFunction("sqrt", sqrt),
        TextFunction("exp", exp),
        TextFunction("log", log, most=2, weight=30),
        TextFunction("ln", log, weight=30),
        TextFunction("log2", log, after=(Integer(2),), weight=30),
        TextFunction("log10", log, after=(Integer(10),), weight=30),
        TextFunction("lg", log, after=(Integer(10),), weight=30),
        *(TextFunction(head.__name__, head) for head in (sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh, erf)),
        TextFunction("abs", Abs, weight=100),
        TextFunction("sign", sign),
        TextFunction("step", Heaviside, after=(Integer(0),), weight=150),
        TextFunction("max", maximum, least=2, most=100),
        TextFunction("min", minimum, least=2, most=100),
    )
}

# What stands in records, under the names that it is printed with, and is understood where it is called.
PRINTED: dict[str, TextFunction] = {
    row.name: row
    for row in (
        TextFunction("Heaviside", Heaviside, most=2, after=(Rational(1, 2),), weight=150),
        TextFunction("Max", Max, least=2, most=100, weight=150),
        TextFunction("Min", Min, least=2, most=100, weight=150),
        TextFunction("huber", HUBER.function, most=2, weight=20),
    )
}

# What a name means that a text neither defines nor declares.
CONSTANTS: dict[str, Expr] = {"e": E, "pi": pi, **{str(one): one for one in (SELU_SCALE, SELU_ALPHA)}}

EULER = "; Euler's number is written e"
CALLED = {"e": "Euler's number", "pi": "the number π"}


def constant_hint(name: object) -> str:
    """What is said beside the refusal of a name that is a constant where nothing declares it; else nothing."""
    if name not in CONSTANTS:
        return ""
    called = CALLED.get(str(name), "a constant of SELU")
    return f"; {name!r} is {called} where no text defines it, unless declared=[{str(name)!r}] makes it a name there"


@dataclass(frozen=True)
class Vocabulary:
    """The words of one text: its names (None: any valid one) and the functions that it may call besides the usual ones.

    ``declared`` are names that stand for themselves also where a constant has them.
    """

    names: Mapping[str, Symbol] | None = None
    also: Mapping[str, TextFunction] = field(default_factory=dict)
    declared: Collection[str] = ()
    _met: dict[str, Expr] = field(default_factory=dict, init=False, compare=False, repr=False)

    def function(self, name: str) -> TextFunction | None:
        """The function of that name, if there is one."""
        own = self.also.get(name) or FUNCTIONS.get(name)
        return own or (_of(ACTIVATIONS[name]) if name in ACTIVATIONS else None)

    def called(self, name: str) -> TextFunction | None:
        """The function that is meant where that name is called, if there is one."""
        return self.function(name) or PRINTED.get(name)

    @property
    def functions(self) -> tuple[str, ...]:
        """The names of all functions."""
        return tuple(sorted({*self.also, *FUNCTIONS, *ACTIVATIONS}))

    def meaning(self, name: str) -> Expr:
        """The constant or the symbol of that name. Raises DeriveError where it is neither, with what would work."""
        if name not in self._met:
            self._met[name] = self._meaning(name)
        return self._met[name]

    def _meaning(self, name: str) -> Expr:
        if self.function(name) is not None:
            raise DeriveError(f"{name!r} is a function: write {name}(…)")
        if self.is_constant(name):
            return CONSTANTS[name]
        if self.names is None:
            return symbol(name)
        if name not in self.names:
            raise DeriveError(str(UnknownNameError("name", name, self.names, "there are")) + (EULER if name == "E" else ""))
        return self.names[name]

    def is_constant(self, name: str) -> bool:
        """Does the name mean a constant here?"""
        return name in CONSTANTS and name not in self.declared and (self.names is None or name not in self.names)

    def fresh(self, name: str) -> Symbol:
        """The symbol that a text defines under that name. Raises DeriveError where it is no name, or a function's."""
        one = symbol(name)
        if self.function(name) is not None:
            raise DeriveError(f"{name!r} is a function here; define another name, such as '{name}1' (taken are {listed(self.functions, 200)})")
        return one


def _of(record: Activation) -> TextFunction:
    """The row of an activation, which says itself how many arguments it takes."""
    return TextFunction(record.name, record.function, *record.arguments, weight=20)
