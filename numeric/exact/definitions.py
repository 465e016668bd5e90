"""Definitions in mpmath: the nodes of a graph from nothing but its definitions, in as many digits as a context has.

The second route behind the arbiter. It walks the expressions as they stand; no facts, no stable forms, no tape and no
compiled code are in it. To add a function whose mpmath form has another name, or a rule of its own: a row in ``HEADS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import frexp
from operator import ge, gt, le, lt
from typing import Any

from sympy import Expr, Symbol

from derive.errors import DeriveError
from derive.graph import Graph

__all__ = ["Definitions", "value_of"]

Read = Callable[[Symbol], Any]


class Definitions:
    """The numbers of a graph at one point, in an mpmath context that may take more and more digits."""

    def __init__(self, graph: Graph, given: Mapping[Symbol, Any], on: Any) -> None:
        self.graph, self.given, self.on = graph, given, on
        self._homes: dict[int, dict[Symbol, Any]] = {}

    @property
    def scale(self) -> int:
        """The power of two by which the smallest of the givens that are not 0 is below 1; 0 where none is."""
        sizes = [frexp(float(value))[1] for value in self.given.values() if value]
        return min([0, *sizes])

    def home(self) -> dict[Symbol, Any]:
        """The number of every node in the digits of now; NaN where it has none."""
        found = self._homes.get(self.on.dps)
        if found is None:
            found = self._homes[self.on.dps] = {one: number_in(self.on, value) for one, value in self.given.items()}
            self._run(self.graph.by_symbol, found)
        return found

    def moving(self, of: Any, wrt: Symbol, through: bool = True) -> Callable[[Any], Any]:
        """A node, or an expression, as a function of how far a node is moved; without ``through`` by its own definition, all else held."""
        named = of.is_Symbol
        cone = [] if of == wrt or not named else self._cone(of, wrt) if through else [of]

        def value(move: Any) -> Any:
            home = self.home()
            moved = {wrt: home[wrt] + move}
            self._run(cone, moved, home)
            if not named:
                return self._value(of, _reading(moved, home))
            return moved[of] if of in moved else home[of]

        return value

    def _cone(self, of: Symbol, wrt: Symbol) -> list[Symbol]:
        """The definitions between two nodes, in order."""
        changed, behind = {wrt}, {of}
        for one in self.graph.by_symbol:
            if one != wrt and not changed.isdisjoint(self.graph.reads[one]):
                changed.add(one)
        for one in reversed(self.graph.by_symbol):
            if one in behind:
                behind.update(self.graph.reads[one])
        return [one for one in self.graph.by_symbol if one in changed and one in behind and one != wrt]

    def _run(self, nodes: Any, into: dict[Symbol, Any], home: Mapping[Symbol, Any] | None = None) -> None:
        """The nodes in order, read from what was moved and else from home."""
        read = into.__getitem__ if home is None else _reading(into, home)
        for one in nodes:
            into[one] = self._value(self.graph.by_symbol[one].expression, read)

    def _value(self, expression: Expr, read: Read) -> Any:
        try:
            return value_of(expression, read, self.on)
        except (ArithmeticError, ValueError):
            return self.on.nan


def _reading(moved: Mapping[Symbol, Any], home: Mapping[Symbol, Any]) -> Read:
    return lambda one: moved[one] if one in moved else home[one]


def number_in(on: Any, value: Any) -> Any:
    """An exact number, or a float as it is, in as many digits as the context has."""
    return on.mpf(value.numerator) / value.denominator if isinstance(value, Fraction) else on.mpf(value)


def value_of(expression: Any, read: Read, on: Any) -> Any:
    """The number of an expression. Raises ArithmeticError or ValueError where it has no real one, DeriveError for what is unknown."""
    if expression.is_Symbol:
        return read(expression)
    if expression.is_number and (exact := _constant(expression, on)) is not None:
        return exact
    head = type(expression).__name__
    if head in _LAZY:
        return _LAZY[head](expression, read, on)
    definition = getattr(expression, "definition", None)
    if definition is not None:
        return value_of(definition, read, on)
    function = HEADS.get(head) or getattr(on, head, None)
    if function is None:
        raise DeriveError(f"the arbiter knows no {head}, as in {expression}")
    values = [value_of(one, read, on) for one in expression.args]
    found = function(on, *values) if head in HEADS else function(*values)
    if not isinstance(found, on.mpf | bool):
        raise ValueError(f"{expression} has no real value there")
    return found


def _constant(one: Any, on: Any) -> Any:
    """A number that is no operation on others."""
    if one.is_Rational:
        return on.mpf(one.p) / one.q
    if one.is_Float:
        return on.mpf(one._mpf_)
    return on.mpf(one._as_mpf_val(on.prec)) if one.is_NumberSymbol else None


def _product(expression: Expr, read: Read, on: Any) -> Any:
    """A product; with a factor 0 it is 0, whatever the logarithms: x·ln 0 is 0 where x is."""
    found, logs = on.one, [one for one in expression.args if type(one).__name__ == "log"]
    for one in expression.args:
        if one not in logs:
            found *= value_of(one, read, on)
    for one in logs if found else ():
        found *= value_of(one, read, on)
    return found


def _cases(expression: Expr, read: Read, on: Any) -> Any:
    """The first case whose condition holds."""
    for value, condition in expression.args:  # type: ignore[misc]
        if condition == True or (condition != False and value_of(condition, read, on)):  # noqa: E712 (SymPy's own truth values)
            return value_of(value, read, on)
    raise ValueError(f"{expression} says nothing here")


def _step(on: Any, z: Any, at_zero: Any) -> Any:
    return at_zero if z == 0 else on.mpf(z > 0)


def _logarithm(on: Any, z: Any) -> Any:
    if not z > 0:
        raise ValueError(f"log({on.nstr(z, 5)}) has no real value")
    return on.log(z)


_LAZY: Mapping[str, Callable[[Any, Read, Any], Any]] = {"Mul": _product, "Piecewise": _cases}
HEADS: Mapping[str, Callable[..., Any]] = {
    "Add": lambda on, *terms: on.fsum(terms),
    "Pow": lambda on, base, exponent: base**exponent,
    "Max": lambda on, *values: max(values),
    "Min": lambda on, *values: min(values),
    "Abs": lambda on, z: abs(z),
    "Heaviside": _step,
    "log": _logarithm,
    "StrictGreaterThan": lambda on, one, other: gt(one, other),
    "GreaterThan": lambda on, one, other: ge(one, other),
    "StrictLessThan": lambda on, one, other: lt(one, other),
    "LessThan": lambda on, one, other: le(one, other),
    "And": lambda on, *conditions: all(conditions),
    "Or": lambda on, *conditions: any(conditions),
    "Not": lambda on, condition: not condition,
}
