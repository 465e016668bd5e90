"""Sources: the text of one whole function from a program, and the function that the text defines.

``pointwise`` takes every given for itself. The others take theta, inputs and targets: ``samplewise`` of one
sample, ``rowwise`` row by row in plain floats, ``columnwise`` with arrays over all rows. Means are over the rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from textwrap import fill
from typing import Any

from sympy import Symbol

from derive.written import Written

from .printers import ARRAY, SCALAR, Dialect, noted, printed
from .programs import Line, Program

__all__ = [
    "Groups", "columnwise", "defining", "definitions_of", "function_of", "indexed", "pointwise", "rowwise", "samplewise", "stated", "varying_names",
    "wrapped",
]  # fmt: skip

Groups = Mapping[str, Sequence[Symbol]]
WIDTH = 120
_MATH = re.compile(r"(?<![.\w])(acosh|acos|asinh|asin|atanh|atan|cosh|cos|erfc|erf|expm1|exp|hypot|log1p|log|sinh|sin|sqrt|tanh|tan)\(")


def function_of(source: str) -> Callable[..., Any]:
    """The last function that a source defines. A source is text that this package printed, never a user's."""
    return definitions_of(source)[re.findall(r"^def (\w+)", source, re.MULTILINE)[-1]]


def definitions_of(source: str) -> dict[str, Any]:
    """Everything that a source defines, by name."""
    room: dict[str, Any] = {}
    exec(compile(source, "<source>", "exec"), room)  # noqa: S102 (the printers' own text: arithmetic on checked names)
    return room


def pointwise(code: Program, dialect: Dialect) -> str:
    """``gradient(a, b, …)``: a number or an array for every given; the value, then every derivative; without any, the value alone."""
    lines = [stated(one, dialect) for one in code.lines]
    return defining("gradient", [one.name for one in code.givens.values()], lines, _listed(str(one) for one in (code.value, *code.results)), dialect)


def samplewise(code: Program, groups: Groups) -> str:
    """``sample_loss_and_gradient(theta, inputs, targets)`` of one sample, in plain floats."""
    lines = [*_unpacked(code, groups, {}), *(stated(one, SCALAR) for one in code.lines)]
    slopes = wrapped([one.name for one in code.results])
    return defining("sample_loss_and_gradient", list(groups), lines, f"{code.value.name}, ({slopes})", SCALAR)


def rowwise(code: Program, groups: Groups) -> str:
    """``loss_and_gradient(theta, inputs, targets)`` of lists, row by row in plain floats."""
    first, *others = groups
    varying = varying_names(code, groups)
    outs = (code.value, *code.results)
    lines = _unpacked(code, {first: groups[first]}, {})
    lines += [stated(one, SCALAR) for one in code.lines if one.name not in varying]
    lines += [f"sum_{one} = 0.0" for one in outs if one in varying]
    rows = _listed(f"({_listed(code.givens[one].name for one in groups[name])},)" for name in others)
    lines.append(f"for {rows} in zip({_listed(others)}):")
    inner = [stated(one, SCALAR) for one in code.lines if one.name in varying]
    inner += [f"sum_{one} += {one}" for one in outs if one in varying]
    lines += [*(f"    {line}" for line in inner), f"n = len({others[0]})"]
    means = [f"sum_{one} / n" if one in varying else str(one) for one in outs]
    return defining("loss_and_gradient", list(groups), lines, f"{means[0]}, [{wrapped(means[1:])}]", SCALAR)


def indexed(code: Program, groups: Groups, loss: bool = True) -> str:
    """``loss_and_gradient(theta, inputs, targets)`` of arrays with a column a sample, in a loop that calls ``gradient`` for each.

    That function stands above it: what is summed may be summed in any order, but not what a sample is made of.
    """
    first, *others = groups
    outs = [one.name for one in (code.value, *code.results)]
    place = {code.givens[one]: f"{name}[{column}, row]" for name in others for column, one in enumerate(groups[name])}
    place |= {code.givens[one]: code.givens[one].name for one in groups[first]}  # what is held beside these has a line in ``gradient``
    lines = [f"{code.givens[one]} = {first}[{number}]" for number, one in enumerate(groups[first])]
    summed = outs if loss else outs[1:]  # what is not summed, a compiler leaves out
    lines += [*(f"sum_{one} = 0.0" for one in summed), f"n = {others[0]}.shape[1]", "for row in range(n):"]
    lines.append(f"    {_listed(outs)} = gradient({_listed(place.get(one, '0.0') for one in code.givens.values())})")
    lines += [f"    sum_{one} += {one}" for one in summed]
    means = [f"sum_{one} / n" if one in summed else "0.0" for one in outs]
    text = defining("loss_and_gradient", list(groups), lines, f"{means[0]}, np.array([{wrapped(means[1:])}])", ARRAY)
    return f"{pointwise(code, SCALAR)}\n\n{text}"


def columnwise(code: Program, groups: Groups, dialect: Dialect = ARRAY, each: bool = False) -> str:
    """``loss_and_gradient(theta, inputs, targets)`` with arrays: the means, or with ``each`` the values of every row."""
    varying = varying_names(code, groups)
    ends = set() if each else {one for one in code.results if one in varying} - set().union(*(line.reads for line in code.lines))
    lines = _unpacked(code, groups, {name: f"np.ascontiguousarray({name}.T)" for name in groups} | {"theta": "theta.tolist()"})
    lines.append("n = len(inputs)")
    lines += [_mean(one, dialect, varying) if one.name in ends else stated(one, dialect) for one in code.lines]
    if each:
        lines.append(f"gradient = np.empty((n, {len(code.results)}), dtype=theta.dtype)")
        lines += [f"gradient[:, {place}] = {one}" for place, one in enumerate(code.results)]
        return defining("losses_and_gradients", list(groups), lines, f"{code.value}{'' if code.value in varying else ' + np.zeros(n)'}, gradient", dialect)
    means = [f"{one}.sum() / n" if one in varying and one not in ends else str(one) for one in (code.value, *code.results)]
    return defining("loss_and_gradient", list(groups), lines, f"{means[0]}, np.array([{wrapped(means[1:])}], dtype=theta.dtype)", dialect)


def _mean(line: Line, dialect: Dialect, varying: set[Symbol]) -> str:
    """The line of a result as its mean: a product of two columns is one dot product."""
    code = line.code
    factors = code.args if isinstance(code, Written) and code.head == "*" else ()
    if len(factors) == 2 and all(isinstance(one, Symbol) and one in varying for one in factors):
        text = f"{factors[0]} @ {factors[1]}"
    else:
        text = f"{code}.sum()" if isinstance(code, Symbol) else f"({printed(code, dialect)}).sum()"
    return f"{line.name} = {text} / n  # {line.note}"


def varying_names(code: Program, groups: Groups) -> set[Symbol]:
    """The names whose value differs between samples."""
    _, *others = groups
    varying = {code.givens[one] for name in others for one in groups[name]}
    for line in code.lines:
        if not varying.isdisjoint(line.reads):
            varying.add(line.name)
    return varying


def stated(line: Line, dialect: Dialect) -> str:
    """A line of a program as a line of Python."""
    return noted(f"{line.name.name} = {printed(line.code, dialect)}", line.note)  # SymPy prints a symbol in the time of a line


def defining(name: str, arguments: list[str], lines: list[str], returned: str, dialect: Dialect, before: str = "") -> str:
    """The text that defines a function, with the import that it needs; ``before`` stands between the two."""
    body = "\n".join(f"    {line}" if line else "" for line in [*lines, f"return {returned}"])
    used = sorted(set(_MATH.findall(re.sub(r"#.*", "", body))))
    header = dialect.header.format(names=", ".join(used)) if used or "{" not in dialect.header else ""
    return f"{'import math' if 'math.' in body else ''}\n{header}\n\n\n{before}def {name}({', '.join(arguments)}):\n{body}\n".lstrip()


def _unpacked(code: Program, groups: Groups, sources: Mapping[str, str]) -> list[str]:
    """The lines that give the members of a group their names."""
    names = {group: [code.givens[one].name for one in members] for group, members in groups.items() if members}
    return [f"{_listed(one)}{',' * (len(one) == 1)} = {sources.get(group, group)}" for group, one in names.items()]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def wrapped(names: Sequence[str]) -> str:
    """The names with a comma each, in lines that a reader can take in: what stands in parentheses or brackets."""
    text = fill(_listed(names) + ",", WIDTH, break_long_words=False, initial_indent=" " * 8, subsequent_indent=" " * 8)
    return f"\n{text}\n    "
