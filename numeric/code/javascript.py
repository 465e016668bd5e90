"""JavaScript: the scalar printer with another table of names, and the functions that programs become.

The text holds arithmetic on checked names, ``Math`` and, where a program needs them, ``erf`` and ``erfc``, which JavaScript
lacks. Where Python's floats raise (1/0, the logarithm of 0), JavaScript goes on with Infinity and NaN.

To add a function: a row in ``functions`` or ``forms`` of ``JAVASCRIPT``, and its text beside ``ERF`` where ``Math`` has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sympy import Abs, Symbol, acos, acosh, asin, asinh, atan, atanh, cos, cosh, erf, exp, log, sin, sinh, tan, tanh

from derive.written import Written

from ..optimizers import Optimizer
from .printers import Code, Dialect, Form, printed
from .programs import Line, Program
from .sources import Groups
from .writer import names_in

__all__ = ["JAVASCRIPT", "arrays", "lacking", "pointwise", "samplewise", "update"]

_OF_MATH = (exp, log, sin, cos, tan, sinh, cosh, tanh, asin, acos, atan, asinh, acosh, atanh)

JAVASCRIPT = Dialect(
    "javascript",
    "",
    {**{one: f"Math.{one.__name__}" for one in _OF_MATH}, Abs: "Math.abs", erf: "erf"},
    {
        "sqrt": "Math.sqrt({x})",
        "expm1": "Math.expm1({x})",
        "log1p": "Math.log1p({x})",
        "one plus erf": "erfc(-{x})",
        "hypot": "Math.hypot({a}, {b})",
        "larger": "{a} >= {b} ? {a} : {b}",
        "smaller": "{a} <= {b} ? {a} : {b}",
        "positive": "{x} > 0 ? 1 : 0",
        "step": "{x} > 0 ? 1 : {x} === 0 ? {at_zero} : 0",
        "sign": "{x} > 0 ? 1 : {x} < 0 ? -1 : 0",
        "xlogy": "{x} !== 0 ? {x} * Math.log({y}) : 0",
        "sigmoid exp": "Math.exp({x} > {limit} ? {limit} : {x})",
        "sigmoid rest": "1 / (1 + {exp})",
        "sigmoid": "{exp} * {rest}",
        "sigmoid top": "{x} > 0 ? {x} : 0",
        "sigmoid gap": "Math.log1p({x} < 0 ? {exp} : 1 / {exp})",
        "sigmoid log": "{x} - {top} - {gap}",
        "sigmoid logrest": "-{top} - {gap}",
        "softmax log": "{x} - {top} - Math.log1p({tail})",
        "tanh": "Math.tanh({x})",
        "tanh rest": "4 * {exp} / ((1 + {exp}) * (1 + {exp}))",
    },
    power="Math.pow({x}, {y})",  # -x ** 2 is a syntax error there
)

# What means something in JavaScript, or in the text made here, and so is no name for a symbol.
WORDS = frozenset(
    """abstract arguments as async await boolean break byte case catch char class const continue debugger default delete do double else enum eval export
    extends false final finally float for function get goto if implements import in instanceof int interface let long native new null of package private
    protected public return set short static super switch synchronized this throw throws transient true try typeof undefined var void volatile while with
    yield Infinity Math NaN Float64Array Number Array Object""".split()
)

# erf by its series near 0 (Abramowitz, Stegun, 7.1.5); else erfc, by its Taylor series at the nearest quarter (7.1.19), and far out by its
# continued fraction (7.1.14), where the square in the exponent is split, so that its rounding is not lost.
ERF = """\
function erf(x) {
  const size = Math.abs(x);
  if (!(size < 0.5)) return x > 0 ? 1 - erfc(size) : x < 0 ? erfc(size) - 1 : x;
  let power = x;
  let sum = x;
  for (let n = 1; Math.abs(power) > 1e-17 * size; n += 1) {
    power *= -x * x / n;
    sum += power / (2 * n + 1);
  }
  return 1.1283791670955126 * sum;
}

function erfc(x) {
  if (!(x < 28)) return x > 0 ? 0 : x;
  if (x < 0.5) return x > -0.5 ? 1 - erf(x) : 2 - erfc(-x);
  if (x < 2.375) {
    const QUARTERS = [
      0.4795001221869535, 0.28884436634648486, 0.15729920705028513, 0.07709987174354177,
      0.033894853524689274, 0.013328328780817557, 0.004677734981047266, 0.0014627165866811518,
    ];
    const near = Math.round(4 * x) / 4;
    const slopes = [0, -1.1283791670955126 * Math.exp(-near * near)];
    for (let n = 0; n < 20; n += 1) slopes.push(-2 * (near * (n + 1) * slopes[n + 1] + n * slopes[n]) / ((n + 1) * (n + 2)));
    return QUARTERS[4 * near - 2] + slopes.reduceRight((sum, slope) => sum * (x - near) + slope, 0);
  }
  let rest = x;
  for (let n = Math.ceil(20 + 150 / (x * x)); n > 0; n -= 1) rest = x + n / 2 / rest;
  const head = Math.fround(x);
  return 0.5641895835477563 * Math.exp(-head * head) * Math.exp((head - x) * (head + x)) / rest;
}"""


def lacking(text: str) -> list[str]:
    """The texts of the functions that the text calls and JavaScript lacks."""
    return [ERF] if re.search(r"\berfc?\(", text) else []


# ---- programs as functions


def pointwise(code: Program) -> str:
    """``gradient(a, b, …)`` of a number for every given: [the value, [every derivative]]."""
    return _program("gradient", [_spelt(one).name for one in code.givens.values()], [], code)


def samplewise(code: Program, groups: Groups) -> str:
    """``sampleLossAndGradient(theta, inputs, targets)`` of one sample: [the loss, [every derivative]]."""
    unpacked = {group: ", ".join(_spelt(code.givens[one]).name for one in members) for group, members in groups.items() if members}
    return _program("sampleLossAndGradient", list(groups), [f"const [{names}] = {group};" for group, names in unpacked.items()], code)


def _program(name: str, arguments: Sequence[str], opening: Sequence[str], code: Program) -> str:
    returned = f"return [{_value(code.value)}, [{', '.join(map(_value, code.results))}]];"
    text = _function(f"function {name}", arguments, [*opening, *_statements(code.lines, remarks=True), returned])
    return "\n\n".join(['"use strict";', *lacking(text), text]) + "\n"


def arrays(name: str, givens: Sequence[Symbol], lines: Iterable[Line], results: Sequence[Code], value: Code | None = None) -> str:
    """A function ``name($v, $o)`` that reads the givens from the array $v in order and writes the results into $o; it returns the value.

    Without results it is ``name($v)``. The dollar stands in no name of a graph.
    """
    kept = list(lines)
    read = set().union(*(line.reads for line in kept), *(names_in(one) for one in (*results, value) if one is not None))
    body = [f"const {_spelt(one).name} = $v[{place}];" for place, one in enumerate(givens) if one in read]
    body += _statements(kept)
    body += [f"$o[{place}] = {_value(one)};" for place, one in enumerate(results)]
    body += [f"return {_value(value)};"] if value is not None else []
    return _function(f"function {name}", ["$v", "$o"] if results else ["$v"], body)


def update(optimizer: Optimizer) -> str:
    """A function ``update_name($w, $g, t, rate, $s)`` that makes one update of the arrays $w by the slopes $g; $s has an array a state."""
    states = {one: f"$s[{place}][$i]" for place, one in enumerate(optimizer.states)}
    others = dict.fromkeys(name.name for name, _ in optimizer.assignments if name.name not in {"w", *states})
    body = [f"const {name} = {value!r};" for name, value in optimizer.numbers.items() if name != "rate"]
    body += ["for (let $i = 0; $i < $w.length; $i += 1) {", "  const g = $g[$i];", "  let w = $w[$i];"]
    body += [f"  let {name} = {place};" for name, place in states.items()] + [f"  let {name};" for name in others]
    body += [f"  {name} = {printed(code, JAVASCRIPT)};" for name, code in optimizer.assignments]
    body += ["  $w[$i] = w;", *(f"  {place} = {name};" for name, place in states.items()), "}"]
    return _function(f"function update_{optimizer.name}", ["$w", "$g", "t", "rate", "$s"], body)


def _function(head: str, arguments: Sequence[str], body: Iterable[str]) -> str:
    inner = "\n".join(f"  {line}" for line in body)
    return f"{head}({', '.join(arguments)}) {{\n{inner}\n}}"


def _statements(lines: Iterable[Line], remarks: bool = False) -> list[str]:
    return [f"const {_spelt(one.name).name} = {_value(one.code)};" + (f" // {one.note}" if remarks and one.note else "") for one in lines]


def _value(code: Code) -> str:
    return printed(_renamed(code), JAVASCRIPT)


# ---- names


def _spelt(name: Symbol) -> Symbol:
    """The name in JavaScript: with an underscore at its end, which no name of a graph has, where it means something there."""
    return Symbol(f"{name.name}_") if name.name in WORDS else name


def _renamed(code: Any) -> Any:
    if isinstance(code, Form):
        return Form(code.name, {key: _renamed(value) for key, value in code.values.items()})
    if isinstance(code, Written):
        return Written(code.head, tuple(map(_renamed, code.args)))
    names = {one: _spelt(one) for one in code.free_symbols if one.name in WORDS}
    return code.xreplace(names) if names else code
