"""The tape: a derivation flattened into one straight list of operations, in which each slot is one number.

The tree walk happens once; a central difference then runs only those slots again that depend on what it
moves. A slot belongs to a given, a constant, a named node, a part of an expression, or a step.

To add a kind of expression whose arguments need arranging first: a row in ``_ARRANGED``. Anything else
is an operation of the same name in ``operations``, if it is SymPy's own or an activation of this house, or has a
``definition``, or is left to SymPy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

import sympy
from sympy import Expr, Mul, Piecewise, Pow, S, Symbol, log
from sympy.logic.boolalg import Boolean

from derive.activations import activation, maximum, minimum
from derive.errors import DeriveError, UnknownNameError
from derive.steps import Claim, Derivation, Local, Step, Total

from .operations import LONGEST, OPERATIONS, UNDEFINED, Arithmetic, Operation, Pair, by_sympy, constant

__all__ = ["Places", "Row", "Tape", "run_rows"]

Row = tuple[Operation, tuple[int, ...]]
_PLAIN = OPERATIONS["same"]


class Places(NamedTuple):
    """The slots of one step: its factors, term by term, the products, their sum, and the value."""

    step: Step
    factors: tuple[tuple[int, ...], ...]
    terms: tuple[int, ...]
    total: int
    value: int


class Tape:
    """The straight list of a derivation: ``rows[slot]`` is an operation on earlier slots, None for a number put in."""

    def __init__(self, derivation: Derivation) -> None:
        graph = derivation.graph
        self.rows: list[Row | None] = []
        self.labels: list[Any] = []
        self.slots: dict[Any, int] = {}
        self.constants: dict[int, Any] = {}
        self.steps: dict[Claim, Places] = {}
        for given in graph.givens:
            self.slots[given] = self._append(None, given)
        for definition in graph.definitions:
            self.slots[definition.symbol] = self._fresh(definition.expression, definition.symbol)
        self.nodes = {self.slots[one]: one for one in (*graph.givens, *graph.by_symbol)}
        for step in derivation.steps:
            self._add_step(step, graph.cited.get(step.claim) if isinstance(step.claim, Total) else None)

    # ---- laying it out

    def _append(self, row: Row | None, label: Any) -> int:
        self.rows.append(row)
        self.labels.append(label)
        return len(self.rows) - 1

    def _fresh(self, expression: Expr, label: Any) -> int:
        """A slot of the name's own, even where the expression has one: moving a node must not move its equals."""
        return self._append((_PLAIN, (self.slot(expression),)), label)

    def slot(self, expression: Any) -> int:
        """The slot of an expression, laid out now where it is new. Raises UnknownNameError for a symbol without a number."""
        found = self.slots.get(expression)
        if found is None:
            found = self.slots[expression] = self._laid(expression)
        return found

    def _laid(self, expression: Any) -> int:
        if expression.is_Symbol:
            raise UnknownNameError("number for", expression, (one for one in self.slots if one.is_Symbol), "there are numbers for")
        if not isinstance(expression, Expr | Boolean):
            raise DeriveError(f"{expression} is no expression that has a number")
        if _is_constant(expression):
            return self._constant(expression)
        head = type(expression)
        if head in _ARRANGED:
            return _ARRANGED[head](self, expression)
        if head in _NAMES:
            return self.apply(_NAMES[head], map(self.slot, expression.args), expression)
        definition = getattr(expression, "definition", None)
        if definition is not None:
            return self.slot(definition)
        symbols = sorted(expression.free_symbols, key=str)
        return self._append((by_sympy(expression, symbols), tuple(map(self.slot, symbols))), expression)

    def apply(self, name: str, args: Iterable[int], label: Any) -> int:
        """A slot for an operation on earlier slots."""
        return self._append((OPERATIONS[name], tuple(args)), label)

    def _constant(self, expression: Any) -> int:
        slot = self._append(None, expression)
        self.constants[slot] = Fraction(expression.p, expression.q) if getattr(expression, "is_Rational", False) else expression
        return slot

    def _add_step(self, step: Step, name: Symbol | None) -> None:
        self.slot(step.claim.of)
        factors = tuple(tuple(self._factor(step, one) for one in term) for term in step.terms)
        terms = tuple(self.apply("product", term or (self.slot(_ONE),), step.claim) for term in factors)
        total = self.apply("Add", terms, step.claim) if terms else self._constant(_ZERO)
        value = self._fresh(step.value, step.claim)
        self.steps[step.claim] = Places(step, factors, terms, total, value)
        if name is not None:
            self.slots[name] = value

    def _factor(self, step: Step, factor: Any) -> int:
        if not isinstance(factor, Local | Total):
            return self.slot(factor)
        if factor not in self.steps:
            raise DeriveError(f"the step for {step.claim} cites {factor}, which no earlier step states")
        return self.steps[factor].value

    # ---- running it

    def run(self, on: Arithmetic, given: Mapping[Symbol, Any]) -> list[Pair]:
        """The pair of every slot, exact as far as the numbers given and the operations are rational."""
        pairs: list[Pair] = []
        for slot, row in enumerate(self.rows):
            if row is not None:
                pairs.append(_run(on, row[0], [pairs[one] for one in row[1]]))
            elif slot in self.constants:
                pairs.append(_number(on, self.constants[slot]))
            else:
                pairs.append(_number(on, given[self.labels[slot]]))
        return pairs

    def frozen(self, on: Arithmetic, pairs: list[Pair]) -> list[Pair]:
        """All slots in inexact numbers, the nodes taken as exact: what a difference starts from."""
        env: list[Pair] = []
        for slot, row in enumerate(self.rows):
            if row is None or slot in self.nodes:
                value, error = on.rounded(pairs[slot])
                env.append((value, error * 0 if slot in self.nodes and value == value else error))
            else:
                env.append(run_row(on, row, env))
        return env

    # ---- what depends on what

    def behind(self, slot: int, through: bool) -> list[int]:
        """The slots that a slot is computed from, itself included, in order; with ``through`` also past nodes."""
        seen, stack = {slot}, [slot]
        while stack:
            row = self.rows[stack.pop()]
            for one in row[1] if row is not None else ():
                if one not in seen and (through or one not in self.nodes):
                    seen.add(one)
                    stack.append(one)
        return sorted(seen)

    def moved(self, slots: Iterable[int], by: Iterable[int]) -> list[tuple[int, Row]]:
        """Those of the slots, in order and with their rows, whose numbers change when the slots ``by`` do."""
        changed = set(by)
        moved: list[tuple[int, Row]] = []
        for slot in slots:
            row = self.rows[slot]
            if row is not None and slot not in changed and not changed.isdisjoint(row[1]):
                changed.add(slot)
                moved.append((slot, row))
        return moved

    def first_unnumbered(self, pairs: list[Pair], slot: int) -> int | None:
        """The first slot behind a slot that has no number where all its arguments, if any, have one; None where there is none."""
        for behind in self.behind(slot, through=True):
            row = self.rows[behind]
            if pairs[behind][0] != pairs[behind][0] and (row is None or all(pairs[arg][0] == pairs[arg][0] for arg in row[1])):
                return behind
        return None

    def unnumbered(self, pairs: list[Pair], slot: int) -> str:
        """Why a slot has no number: the first operation behind it that had none, with its arguments."""
        first = self.first_unnumbered(pairs, slot)
        if first is None:
            return f"{self.labels[slot]} is too large for a number"
        row = self.rows[first]
        if row is None:
            return f"{self.labels[first]} is no number"
        given = ", ".join(f"{self.labels[arg]} = {float(pairs[arg][0]):.6g}" for arg in row[1] if arg not in self.constants)
        return f"{self.labels[first]} has no number where {given}"


def _is_constant(expression: Any) -> bool:
    """A number that needs no laying out: not a function, which may have a better form here than in SymPy."""
    if expression.is_Boolean:
        return not expression.args
    return expression.is_number and not expression.is_Function


def run_row(on: Arithmetic, row: Row, env: list[Pair]) -> Pair:
    """One inexact operation; UNDEFINED where it has no real value."""
    try:
        return row[0].run(on, *[env[one] for one in row[1]])
    except (ArithmeticError, ValueError):
        return UNDEFINED


def run_rows(on: Arithmetic, rows: list[tuple[int, Row]], env: list[Pair]) -> None:
    """Many inexact operations, each into its slot of env: one by one only where some part has no real value."""
    try:
        for slot, (operation, args) in rows:
            env[slot] = operation.run(on, *[env[one] for one in args])
    except (ArithmeticError, ValueError):
        for slot, row in rows:
            env[slot] = run_row(on, row, env)


def _run(on: Arithmetic, operation: Operation, pairs: list[Pair]) -> Pair:
    """One operation, exact where its arguments and its result are."""
    try:
        if operation.exact is not None and all(isinstance(value, Fraction | bool) for value, _ in pairs):
            result = operation.exact(*(value for value, _ in pairs))
            if isinstance(result, bool):
                return result, 0
            if result is not None:
                return _short(on, Fraction(result))
        return operation.run(on, *map(on.rounded, pairs))
    except (ArithmeticError, ValueError):
        return UNDEFINED


def _short(on: Arithmetic, value: Fraction) -> Pair:
    short = value.numerator.bit_length() <= LONGEST and value.denominator.bit_length() <= LONGEST
    return (value, 0) if short else on.pair(value)


def _number(on: Arithmetic, value: Any) -> Pair:
    if isinstance(value, Fraction):
        return value, 0
    if isinstance(value, float):
        return on.pair(value)
    return (bool(value), 0) if value.is_Boolean else constant(value, on)


def _product(tape: Tape, expression: Expr) -> int:
    """A product as the page has it: a sign, a quotient, x ln y where a logarithm is among the factors."""
    above: list[int] = []
    below: list[int] = []
    logs: list[Any] = []
    negative = False
    for factor in expression.args:
        if factor is _MINUS:
            negative = True
        elif factor.is_Pow and factor.exp is _MINUS:
            below.append(tape.slot(factor.base))
        elif isinstance(factor, log) and not logs:
            logs.append(factor)
        else:
            above.append(tape.slot(factor))
    slot = tape.apply("product", above, expression) if len(above) > 1 else above[0] if above else None
    if logs:
        slot = tape.slot(logs[0]) if slot is None else tape.apply("xlogy", (slot, tape.slot(logs[0].args[0])), expression)
    if below:
        divisor = tape.apply("product", below, expression) if len(below) > 1 else below[0]
        slot = tape.apply("quotient", (tape.slot(_ONE) if slot is None else slot, divisor), expression)
    assert slot is not None
    return tape.apply("negative", (slot,), expression) if negative else slot


def _power(tape: Tape, expression: Expr) -> int:
    base, exponent = expression.base, expression.exp
    if exponent is _MINUS:
        return tape.apply("quotient", (tape.slot(_ONE), tape.slot(base)), expression)
    if exponent is _HALF:
        return tape.apply("sqrt", (tape.slot(base),), expression)
    return tape.apply("power", (tape.slot(base), tape.slot(exponent)), expression)


def _piecewise(tape: Tape, expression: Expr) -> int:
    return tape.apply("choice", [tape.slot(part) for branch in expression.args for part in branch.args], expression)


_ZERO, _ONE, _MINUS, _HALF = S.Zero, S.One, S.NegativeOne, S.Half
_ARRANGED: dict[type, Callable[[Tape, Any], int]] = {Mul: _product, Pow: _power, Piecewise: _piecewise}

# The operation of every head that has one. A user's function is none of these, whatever its name.
_NAMES: dict[Any, str] = {getattr(sympy, name): name for name in OPERATIONS if isinstance(getattr(sympy, name, None), type)}
_NAMES |= {one: one.__name__ for one in (maximum, minimum)} | {activation(name).function: name for name in ("sigmoid", "softplus")}
