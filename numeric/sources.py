"""Sources: the text of one whole function from a program, and the function that the text defines.

Three shapes: ``pointwise`` takes every given for itself, ``samplewise`` takes theta, inputs and targets of one
sample, ``batchwise`` has a row a sample in inputs and targets and returns means.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from textwrap import fill
from typing import Any

from sympy import Symbol

from .printers import ARRAY, SCALAR, Dialect, printed
from .programs import Line, Program

__all__ = ["batchwise", "function_of", "pointwise", "samplewise"]

Groups = Mapping[str, Sequence[Symbol]]
WIDTH = 120
_MATH = re.compile(r"(?<![.\w])(acosh|acos|asinh|asin|atanh|atan|cosh|cos|erf|exp|log1p|log|sinh|sin|sqrt|tanh|tan)\(")


def function_of(source: str) -> Callable[..., Any]:
    """The function that a source defines. A source is text that this package printed, never a user's."""
    room: dict[str, Any] = {}
    exec(compile(source, "<source>", "exec"), room)  # noqa: S102 (the printers' own text: arithmetic on checked names)
    return room[re.search(r"^def (\w+)", source, re.MULTILINE)[1]]  # type: ignore[index]


def pointwise(code: Program, dialect: Dialect) -> str:
    """``gradient(a, b, …)``: a number or an array for every given; the value, then every derivative."""
    lines = [_line(one, dialect) for one in code.lines]
    return _function("gradient", [one.name for one in code.givens.values()], lines, _listed(str(one) for one in (code.value, *code.results)), dialect)


def samplewise(code: Program, groups: Groups) -> str:
    """``sample_loss_and_gradient(theta, inputs, targets)`` of one sample, in plain floats."""
    lines = [*_unpacked(code, groups, {}), *(_line(one, SCALAR) for one in code.lines)]
    slopes = _lines([str(one) for one in code.results])
    return _function("sample_loss_and_gradient", list(groups), lines, f"{code.value}, ({slopes})", SCALAR)


def batchwise(code: Program, groups: Groups, dialect: Dialect = ARRAY) -> str:
    """``loss_and_gradient(theta, inputs, targets)``: the mean loss over the rows, and the mean gradient."""
    first, *others = groups
    lines = [*_unpacked(code, groups, dict.fromkeys(others, ".T")), *(_line(one, dialect) for one in code.lines)]
    varying = _varying(code, {code.givens[one] for name in others for one in groups[name]})
    means = [f"{one}.mean()" if one in varying else str(one) for one in (code.value, *code.results)]
    returned = f"{means[0]}, np.array([{_lines(means[1:])}], dtype={first}.dtype)"
    return _function("loss_and_gradient", list(groups), lines, returned, dialect)


def _varying(code: Program, varying: set[Symbol]) -> set[Symbol]:
    """The names whose value differs between samples."""
    for line in code.lines:
        if not varying.isdisjoint(line.reads):
            varying.add(line.name)
    return varying


def _function(name: str, arguments: list[str], lines: list[str], returned: str, dialect: Dialect) -> str:
    body = "\n".join(f"    {line}" for line in [*lines, f"return {returned}"])
    used = sorted(set(_MATH.findall(body)))
    header = dialect.header.format(names=", ".join(used)) if used or "{" not in dialect.header else ""
    return f"{'import math' if 'math.' in body else ''}\n{header}\n\n\ndef {name}({', '.join(arguments)}):\n{body}\n".lstrip()


def _unpacked(code: Program, groups: Groups, suffixes: Mapping[str, str]) -> list[str]:
    """The lines that give the members of a group their names."""
    names = {group: [code.givens[one].name for one in members] for group, members in groups.items() if members}
    return [f"{_listed(one)}{',' * (len(one) == 1)} = {group}{suffixes.get(group, '')}" for group, one in names.items()]


def _line(line: Line, dialect: Dialect) -> str:
    text = f"{line.name} = {printed(line.code, dialect)}"
    return f"{text}  # {line.note}" if line.note else text


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _lines(names: Sequence[str]) -> str:
    """The names with a comma each, in lines that a reader can take in."""
    text = fill(_listed(names) + ",", WIDTH, break_long_words=False, initial_indent=" " * 8, subsequent_indent=" " * 8)
    return f"\n{text}\n    "
