"""Gradients of matrix expressions in numbers: every fact evaluated, and every entry of it beside a central difference.

The difference moves one entry of a part of the expression and sees what the expression becomes; it shares nothing with the
rules but the value of the expression itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sympy import Transpose

from derive.errors import DeriveError, UnknownNameError, listed
from derive.matrices.backward import FreeEntries, Occurrence, arguments
from derive.matrices.functions import MatrixFunction
from derive.matrices.heads import SymmetricMatrix
from derive.matrices.parts import is_matrix
from derive.steps import Claim, Derivation, Step

from ..checking import check_gradient
from ..matrix_values import Value, Walk
from ..points import number
from ..reports import Check, Report

__all__ = ["FactNumbers", "check_facts", "evaluate_facts", "is_row", "usual_values"]

USUAL_SIZES = (2, 3, 2, 4, 3)
STEP = Fraction(1, 5)


@dataclass(frozen=True, eq=False)
class FactNumbers:
    """The number or matrix of every fact by its claim, and the walk that knows those of the letters."""

    facts: Mapping[Claim, Value]
    walk: Walk

    def of(self, expression: Any) -> Value:
        """The number or matrix of any part of the expression."""
        return self.walk.value(expression)


def usual_values(function: MatrixFunction) -> dict[str, Value]:
    """Small positive values for every letter, the same every time; square matrices have a determinant above 0.

    Open sizes are 2, 3, 2, 4, 3, in the order in which the letters have them.
    """
    sizes: dict[Any, int] = {}
    for one in function.givens:
        for size in getattr(one, "shape", ()):
            if size.is_Symbol and size not in sizes:
                sizes[size] = USUAL_SIZES[len(sizes) % len(USUAL_SIZES)]
    return {str(one): _usual(one, place, sizes) for place, one in enumerate(function.givens)}


def _usual(letter: Any, place: int, sizes: Mapping[Any, int]) -> Value:
    if not is_matrix(letter):
        return Fraction(place % 3 + 2, 4)
    rows, cols = (int(size.xreplace(dict(sizes))) for size in letter.shape)
    symmetric, more = isinstance(letter, SymmetricMatrix), 1 if rows == cols else 0

    def entry(row: int, col: int) -> Fraction:
        row, col = sorted((row, col)) if symmetric else (row, col)
        return STEP * ((3 * row + 2 * col + place) % 5 + 1) + (more if row == col else 0)

    return [[entry(row, col) for col in range(cols)] for row in range(rows)]


# ---- values


def evaluate_facts(derivation: Derivation, at: Mapping[str, Any] | None = None) -> FactNumbers:
    """The numbers of every fact of the gradient of a matrix expression.

    at gives every letter a number, or its rows as lists (a column may be a flat list); text such as "0.15" stays exact. By
    default ``usual_values``. Raises DeriveError for values that are missing or do not fit, and where something has no value.
    """
    function: Any = derivation.graph
    walk = _walk(function, usual_values(function) if at is None else at)
    facts = {step.claim: walk.value(step.value) for step in derivation.steps}
    walk.value(function.expression)
    return FactNumbers(facts, walk)


def _walk(function: MatrixFunction, at: Mapping[str, Any]) -> Walk:
    if not isinstance(at, Mapping):
        raise DeriveError(f"at={at!r:.80} is no table of values; use one such as {{'A': [[1, 2], [3, 4]], 'x': [1, 2]}}")
    letters = {str(one): one for one in function.givens}
    named = {str(key): value for key, value in at.items()}
    for name in named:
        if name not in letters:
            raise UnknownNameError("letter", name, letters, "values are for")
    missing = [name for name in letters if name not in named]
    if missing:
        raise DeriveError(f"there is no value for {listed(missing)}; values are needed for {listed(letters)}")
    sizes: dict[Any, int] = {}
    known = {letter: _read(letter, named[name], sizes) for name, letter in letters.items()}
    return Walk(known, sizes)


def _read(letter: Any, given: Any, sizes: dict[Any, int]) -> Value:
    """The value of one letter, in the shape that it has; open sizes become known by it."""
    if not is_matrix(letter):
        return number(str(letter), given)
    rows = _rows(str(letter), given.tolist() if hasattr(given, "tolist") else given, letter.shape[0] == 1)
    found = (len(rows), len(rows[0]))
    for size, own in zip(letter.shape, found, strict=True):
        wanted = sizes.setdefault(size, own) if size.is_Symbol else int(size)
        if wanted != own:
            raise DeriveError(f"{letter} is given with the shape {found}; here it has the shape {tuple(_known(one, sizes) for one in letter.shape)}")
    if isinstance(letter, SymmetricMatrix) and any(rows[row][col] != rows[col][row] for row in range(found[0]) for col in range(row)):
        raise DeriveError(f"{letter} is given with rows that are not symmetric, and it was declared symmetric")
    return rows


def _known(size: Any, sizes: Mapping[Any, int]) -> Any:
    return sizes.get(size, size)


def _rows(name: str, given: Any, flat_is_row: bool) -> list[list[Any]]:
    """Rows of exact numbers; a flat list is a column, or the row of a row vector."""
    if not isinstance(given, list | tuple) or not given:
        raise DeriveError(f"{name} = {given!r:.80} is no matrix; write its rows, such as [[1, 2], [3, 4]], or a column as [1, 2]")
    nested = [isinstance(one, list | tuple) for one in given]
    if any(nested) and not all(nested):
        raise DeriveError(f"{name} has rows and numbers side by side; write its rows, such as [[1, 2], [3, 4]]")
    rows = [list(one) for one in given] if all(nested) else [list(given)] if flat_is_row else [[one] for one in given]
    if len({len(line) for line in rows}) != 1 or not rows[0]:
        raise DeriveError(f"the rows of {name} have {listed(len(line) for line in rows)} entries; all have the same number of them")
    return [[number(f"{name}[{row + 1},{col + 1}]", one) for col, one in enumerate(line)] for row, line in enumerate(rows)]


# ---- checks


def check_facts(derivation: Derivation, numbers: FactNumbers) -> Report:
    """Every entry of every fact beside the central difference of the expression by that entry.

    Keys are (claim, row, column), from 1. The share of one of several places is checked in the sum of all. Raises
    DeriveError as ``evaluate_facts``.
    """
    steps = [step for step in derivation.steps if not isinstance(step.claim.wrt, Occurrence)]
    found = ((key, one) for step in steps for key, one in _entries(derivation, step, numbers))
    return Report(dict(found), "entry")


def _entries(derivation: Derivation, step: Step, numbers: FactNumbers) -> Iterator[tuple[Any, Check]]:
    """The checks of one fact: of each entry of what is differentiated, by each entry of what it is differentiated by."""
    function: Any = derivation.graph
    claim: Any = step.claim
    of = function.expression if claim.of == function.name else claim.of
    as_row = is_row(step)
    wrt = claim.wrt.of if isinstance(claim.wrt, FreeEntries) else claim.wrt.arg if as_row else claim.wrt
    moving, start = _function_of(wrt, of, derivation.claim.wrt, numbers.walk), numbers.of(wrt)
    value = numbers.facts[claim]
    rows = value if isinstance(value, list) else [[value]]
    for row, line in enumerate(rows):
        for col, entry in enumerate(line):
            output, moved = _places(of, wrt, as_row, row, col)
            symmetric = isinstance(wrt, SymmetricMatrix) and not isinstance(claim.wrt, FreeEntries)
            along = _along(moving, start, output, moved, symmetric)
            x = float(start[moved[0]][moved[1]] if isinstance(start, list) else start)
            (one,) = check_gradient(along, float(entry), x).values()
            yield (claim, row + 1, col + 1), one


def is_row(step: Step) -> bool:
    """Is it the derivative of a number by a column, written as a row: ∂s/∂xᵀ?"""
    wrt: Any = step.claim.wrt
    return isinstance(wrt, Transpose) and [(one.of, one.wrt) for one in step.cited()] == [(step.claim.of, wrt.arg)]


def _places(of: Any, wrt: Any, as_row: bool, row: int, col: int) -> tuple[Any, Any]:
    """Which entry of what is differentiated, and which of what it is differentiated by, an entry of a derivative belongs to."""
    if not is_matrix(of):
        return None, (col, row) if as_row else (row, col)
    return ((row, col), None) if not is_matrix(wrt) else ((row, 0), (col, 0))


def _function_of(part: Any, of: Any, letter: Any, walk: Walk) -> Callable[[Value], Value]:
    """An expression as a function of the value of a part: a letter moves wherever it stands, a part as an argument of laws."""
    wholes = {of: (letter,)} if part == letter else _wholes(of, part, letter)
    parts = {argument for inner in wholes.values() for argument in inner}
    still = {argument: walk.value(argument) for argument in parts if argument not in wholes}

    def value(there: Value) -> Value:
        known = {**still, part: there}
        for whole, inner in wholes.items():
            known[whole] = walk.with_known({argument: known[argument] for argument in inner}).value(whole)
        return known[of]

    return value


def _wholes(of: Any, part: Any, letter: Any) -> dict[Any, tuple[Any, ...]]:
    """What changes with a part, innermost first, each with its arguments."""
    found: dict[Any, tuple[Any, ...]] = {}

    def moves(node: Any) -> bool:
        if node in (part, letter):
            return node == part
        if node not in found:
            inner = arguments(node, letter)
            moving = [argument for argument in inner if moves(argument)]
            found[node] = inner if moving else ()
        return bool(found[node])

    moves(of)
    return {whole: inner for whole, inner in found.items() if inner}


def _along(
    function: Callable[[Value], Value],
    start: Value,
    output: Any,
    moved: Any,
    symmetric: bool,
) -> Callable[[float], float]:
    """One entry of a function's value by one entry of its argument, or by a pair of entries of a symmetric matrix."""

    def value(there: float) -> float:
        found = function(_moved(start, moved, there, symmetric))
        return float(found if output is None else found[output[0]][output[1]])

    return value


def _moved(start: Value, moved: Any, there: float, symmetric: bool) -> Value:
    if not isinstance(start, list):
        return there
    row, col = moved
    changed = [list(line) for line in start]
    if not symmetric or row == col:
        changed[row][col] = there
        return changed
    half = (there - float(start[row][col])) / 2  # the pair shares the step
    for one, other in ((row, col), (col, row)):
        changed[one][other] = start[one][other] + half
    return changed
