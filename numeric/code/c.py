"""C: the scalar printer with another table of names, and the functions that programs become; ``math.h`` is all they need.

Where Python's floats raise (1/0, the logarithm of 0), C goes on with inf and nan.

To add a function: a row in ``functions`` or ``forms`` of ``C``.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Abs, Symbol, erf

from derive.written import Written

from .printers import SCALAR, Code, Dialect, Form, printed
from .programs import Program
from .sources import Groups

__all__ = ["C", "pointwise", "samplewise"]

C = Dialect(
    "C",
    "#include <math.h>",
    {**SCALAR.functions, Abs: "fabs", erf: "erf"},
    {
        **SCALAR.forms,
        "larger": "{a} >= {b} ? {a} : {b}",
        "smaller": "{a} <= {b} ? {a} : {b}",
        "positive": "{x} > 0.0 ? 1.0 : 0.0",
        "step": "{x} > 0.0 ? 1.0 : {x} == 0.0 ? {at_zero} : 0.0",
        "sign": "{x} > 0.0 ? 1.0 : {x} < 0.0 ? -1.0 : 0.0",
        "xlogy": "{x} != 0.0 ? {x} * log({y}) : 0.0",
        "sigmoid exp": "exp({x} > {limit} ? {limit} : {x})",
        "sigmoid top": "{x} > 0.0 ? {x} : 0.0",
        "sigmoid gap": "log1p({x} < 0.0 ? {exp} : 1.0 / {exp})",
    },
    power="pow({x}, {y})",
    whole="{n}.0",  # 1 / 2 is 0 there
)

# What means something in C, in math.h or in the text made here, and so is no name for a symbol; so are the names of numbers there, such as M_PI.
WORDS = frozenset(
    """auto bool break case char const constexpr continue default do double else enum extern false float for goto if inline int long nullptr register
    restrict return short signed sizeof static struct switch thread_local true typedef typeof union unsigned void volatile while asm linux unix i386
    NAN HUGE SING fabs hypot pow gradient sample_loss_and_gradient slopes signgam""".split()
)


def pointwise(code: Program) -> str:
    """``double gradient(double a, double b, …, double *slopes)``: the value; every derivative is written into slopes."""
    names = [f"double {_spelt(one)}" for one in code.givens.values()]
    return _program("gradient", names, [], code)


def samplewise(code: Program, groups: Groups) -> str:
    """``double sample_loss_and_gradient(theta, inputs, targets, slopes)`` of one sample, all four arrays: the loss; slopes is filled."""
    opening = [f"const double {_spelt(code.givens[one])} = {name}[{place}];" for name, members in groups.items() for place, one in enumerate(members)]
    return _program("sample_loss_and_gradient", [f"const double *{name}" for name in groups], opening, code)


def _program(name: str, arguments: Sequence[str], opening: Sequence[str], code: Program) -> str:
    body = [*opening]
    for line in code.lines:
        body.append(f"const double {_spelt(line.name)} = {_value(line.code)};" + (f" // {line.note}" if line.note else ""))
    body += [f"slopes[{place}] = {_value(one)};" for place, one in enumerate(code.results)]
    inner = "\n".join(f"    {line}" for line in [*body, f"return {_value(code.value)};"])
    return f"{C.header}\n\ndouble {name}({', '.join([*arguments, 'double *slopes'])})\n{{\n{inner}\n}}\n"


# ---- names and numbers


def _spelt(name: Symbol) -> Symbol:
    """The name in C: with an underscore at its end, which no name of a graph has, where it means something there."""
    macro = name.name.isupper() and (len(name.name) > 3 or "_" in name.name)
    return Symbol(f"{name.name}_") if macro or name.name in WORDS else name


def _value(code: Code) -> str:
    return printed(_renamed(code), C)


def _renamed(code: Code) -> Code:
    if isinstance(code, Form):
        return Form(code.name, {key: _renamed(value) for key, value in code.values.items()})  # type: ignore[misc]
    if isinstance(code, Written):
        return Written(code.head, tuple(map(_renamed, code.args)))  # type: ignore[arg-type]
    return code.xreplace({one: _spelt(one) for one in code.free_symbols})  # type: ignore[arg-type]
