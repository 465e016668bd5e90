"""Fused: many whole steps of training as one straight-line loop in plain floats, for a few samples and a small network.

The samples are constants of the code: what they make 0 or 1 falls away. So a step of a 2-2-1 network on the four
samples of XOR takes some microseconds in Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sympy import Expr, Float, Integer, Mul, S, Symbol

from derive.written import Written, total

from ..code.printers import SCALAR, Code, Form, printed
from ..code.programs import Program
from ..code.sources import Groups, defining, varying_names
from ..optimizers import Optimizer
from .updates import Update

__all__ = ["folded", "stepwise"]


def stepwise(code: Program, groups: Groups, optimizer: Optimizer, samples: Sequence[Sequence[float]]) -> str:
    """The text of ``steps(theta, states, rates, first)``, which makes an update with each of the rates, the first of them number ``first``.

    theta is a list of numbers, states a list of such lists; it returns both anew, and the lists of the losses and of
    the norms of the gradients. samples has a row each: the inputs, then the targets.
    """
    first, *others = groups
    parameters = [code.givens[one] for one in groups[first]]
    varying = varying_names(code, groups)
    body = [f"{line.name} = {printed(line.code, SCALAR)}" for line in code.lines if line.name not in varying]
    found: dict[Symbol, list[Any]] = {one: [] for one in (code.value, *code.results)}
    read = set().union(*(line.reads for line in code.lines))
    for number, row in enumerate(samples, 1):
        sample = _Sample(number, dict(zip((code.givens[one] for name in others for one in groups[name]), map(_constant, row), strict=True)))
        for line in code.lines:
            if line.name in varying:
                last = line.name in found and line.name not in read
                sample.put(line.name, line.code, kept=not last)
        body += sample.lines
        for one in found:
            found[one].append(sample.values.get(one, one))
    update = Update(optimizer, SCALAR)
    slopes = {one: Symbol(f"g_{one}") for one in parameters}
    body += [f"{slopes[one]} = {_mean(found[result])}" for one, result in zip(parameters, code.results, strict=True)]
    body += [f"losses.append({_mean(found[code.value])})", f"norms.append(hypot({', '.join(map(str, slopes.values()))}))"]
    after = [line for one in parameters for line in update.of(one, slopes[one])]
    lines = [f"{_names(parameters)} = theta"]
    lines += [f"{_names(update.state(name, one) for one in parameters)} = states[{place}]" for place, name in enumerate(optimizer.states)]
    lines += ["losses, norms = [], []", *update.before]
    lines += ["for t, rate in enumerate(rates, first):", *(f"    {line}" for line in [*body, *update.inside, *after])]
    states = "".join(f"[{_names(update.state(name, one) for one in parameters)}], " for name in optimizer.states)
    return defining("steps", ["theta", "states", "rates", "first"], lines, f"[{_names(parameters)}], [{states}], losses, norms", SCALAR)


def _constant(number: float) -> Expr:
    return Integer(int(number)) if number == int(number) else Float(number, 17)


def _names(symbols: Iterable[Symbol]) -> str:
    return "".join(f"{one}, " for one in symbols).rstrip()


def _mean(values: list[Any]) -> str:
    """The mean of what the samples give; each a piece of code."""
    terms = tuple(one for one in values if one != 0)
    text = printed(total(terms), SCALAR) if terms else "0.0"
    return f"({text}) / {len(values)}"


# ---- the samples


@dataclass
class _Sample:
    """The lines of one sample, with what its numbers make of them in ``values``."""

    number: int
    values: dict[Symbol, Any]
    lines: list[str] = field(default_factory=list)

    def put(self, name: Symbol, code: Code, kept: bool) -> None:
        """A line under the name of this sample, unless what comes out is a number or a name, or is wanted only once."""
        own = folded(code, self.values)
        if kept and not (isinstance(own, Expr) and (own.is_Number or own.is_Symbol)):
            self.values[name] = Symbol(f"s{self.number}_{name}")
            self.lines.append(f"{self.values[name]} = {printed(own, SCALAR)}")
        else:
            self.values[name] = own


def folded(code: Code, values: Mapping[Symbol, Any]) -> Code:
    """The code with values in the place of names; zeros and ones fall away, the order of the rest stays."""
    if isinstance(code, Form):
        return Form(code.name, {key: _expression(folded(value, values)) for key, value in code.values.items()})
    if isinstance(code, Expr):
        if code.is_Symbol:
            return values.get(code, code)  # type: ignore[arg-type]
        return code.xreplace({one: _expression(values[one]) for one in code.free_symbols if one in values})  # type: ignore[index]
    args = [folded(arg, values) for arg in code.args]
    return _FOLD.get(code.head, lambda args: Written(code.head, tuple(args)))(args)  # type: ignore[arg-type]


def _expression(code: Any) -> Expr:
    return code.expression if isinstance(code, Written) else code


def _sum(args: list[Any]) -> Code:
    terms = tuple(one for one in args if one != 0)
    return total(terms) if terms else S.Zero


def _negative(args: list[Any]) -> Code:
    (inner,) = args
    if isinstance(inner, Written):
        return inner.args[0] if inner.head == "neg" else Written("neg", (inner,))
    return -inner if inner.is_Number else Written("neg", (inner,))


def _product(args: list[Any]) -> Code:
    number: Expr = Mul(*(one for one in args if isinstance(one, Expr) and one.is_Number))
    others = [one for one in args if not (isinstance(one, Expr) and one.is_Number)]
    if number == 0 or not others:
        return number
    product = others[0] if len(others) == 1 else Written("*", tuple(others))
    return product if number == 1 else _negative([product]) if number == -1 else Written("*", (number, *others))


_FOLD = {"+": _sum, "neg": _negative, "*": _product}
