"""Optimizers: one frozen record each, its update written once, in symbols; both the code and the card come from it.

w is a parameter, g the gradient, t the number of the step from 1; every other name is a number of the record
or a state, which starts at 0. The assignments of ``update`` are carried out in their order, entry by entry.

To add one: a frozen dataclass with its numbers as fields, ``update``, and as ``recommended`` those of its source.
"""

from __future__ import annotations

import math
import numbers
from abc import ABC
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, ClassVar

from sympy import Expr, Symbol

from derive.errors import DeriveError
from derive.names import symbol
from derive.parsing import parse_written
from derive.written import Written

from .code.printers import ARRAY, printed
from .code.sources import function_of

__all__ = ["GD", "OPTIMIZERS", "SGD", "AdaGrad", "Adam", "AdamW", "Momentum", "Nesterov", "Optimizer", "RMSProp"]

GIVEN = ("w", "g", "t", "rate")


@dataclass(frozen=True)
class Optimizer(ABC):
    """A rule that moves the parameters against the gradient; ``rate`` is the learning rate.

    The values of the fields are the defaults here; ``recommended`` are those that the source of the rule recommends,
    by name. Raises DeriveError for a rate that is not positive, and for numbers below 0, or not below 1 where
    ``below_one`` names them.
    """

    rate: float = 0.1
    update: ClassVar[str]
    recommended: ClassVar[Mapping[str, float]] = {}
    below_one: ClassVar[tuple[str, ...]] = ()
    batch: ClassVar[int | None] = None  # rows a step, where the training does not say

    def __post_init__(self) -> None:
        for one in fields(self):
            object.__setattr__(self, one.name, _number(self, one.name, getattr(self, one.name)))

    @property
    def name(self) -> str:
        """The name that it is asked for by: ``adam``."""
        return type(self).__name__.lower()

    @property
    def numbers(self) -> dict[str, float]:
        """The numbers of this optimizer, by name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    @cached_property
    def assignments(self) -> tuple[tuple[Symbol, Written | Expr], ...]:
        """The update as symbols and written expressions, in order."""
        lines = (line.partition(" = ") for line in self.update.split("\n"))
        return tuple((symbol(name), parse_written(text)) for name, _, text in lines)

    @cached_property
    def states(self) -> tuple[str, ...]:
        """The names of what is carried from step to step: assigned here, but read before that."""
        assigned = [name.name for name, _ in self.assignments]
        known, found = {*GIVEN, *self.numbers}, []
        for name, code in self.assignments:
            read = {one.name for one in (code.expression if isinstance(code, Written) else code).free_symbols}
            found += [one for one in assigned if one in read - known]
            known.update((name.name, *found))
        return tuple(found)

    @cached_property
    def source(self) -> str:
        """The update as readable NumPy: the new parameters first, then the new states."""
        lines = [f"{name} = {value!r}" for name, value in self.numbers.items() if name != "rate"]
        lines += [f"{name} = {printed(code, ARRAY)}" for name, code in self.assignments]
        lines.append(f"return {', '.join(('w', *self.states))}{',' * (not self.states)}")
        body = "\n".join(f"    {line}" for line in lines)
        return f"{ARRAY.header}\n\n\ndef update({', '.join((*GIVEN, *self.states))}):\n{body}\n"

    @cached_property
    def step(self) -> Callable[..., tuple[Any, ...]]:
        """``step(w, g, t, rate, *states)`` gives the new w and the new states."""
        return function_of(self.source)


def _number(owner: Optimizer, name: str, value: Any) -> float:
    number = float(value) if isinstance(value, numbers.Real) and not isinstance(value, bool) else math.nan
    if name == "rate" and not 0 < number < math.inf:
        raise DeriveError(f"rate={value!r} of {type(owner).__name__} is not a positive number; use one such as 0.1")
    if not 0 <= number < (1 if name in owner.below_one else math.inf):
        raise DeriveError(f"{name}={value!r} of {type(owner).__name__} is not a number {'from 0 to below 1' if name in owner.below_one else 'of at least 0'}")
    return number


@dataclass(frozen=True)
class GD(Optimizer):
    """Gradient descent (Cauchy, 1847)."""

    rate: float = 1.0
    update = "w = w - rate*g"


@dataclass(frozen=True)
class SGD(GD):
    """The same step from one sample, or a few, at a time (Robbins, Monro, 1951)."""

    batch = 1


@dataclass(frozen=True)
class Momentum(Optimizer):
    """Gradient descent with a velocity that remembers earlier steps (Polyak, 1964)."""

    momentum: float = 0.9
    update = "v = momentum*v - rate*g\nw = w + v"
    below_one = ("momentum",)


@dataclass(frozen=True)
class Nesterov(Momentum):
    """Momentum that looks ahead: w is the point ahead, where g is taken (Bengio et al., 2012, arXiv:1212.0901, eq. 7)."""

    update = "v = momentum*v - rate*g\nw = w + momentum*v - rate*g"


@dataclass(frozen=True)
class AdaGrad(Optimizer):
    """A rate of its own for every parameter, from the sum of its squared gradients (Duchi, Hazan, Singer, 2011)."""

    epsilon: float = 1e-8
    update = "h = h + g**2\nw = w - rate*g/(sqrt(h) + epsilon)"


@dataclass(frozen=True)
class RMSProp(Optimizer):
    """AdaGrad with a moving mean in place of the sum (Tieleman, Hinton, 2012, lecture 6e, whose formula has 0.9)."""

    rate: float = 0.01
    decay: float = 0.9
    epsilon: float = 1e-8
    update = "h = decay*h + (1 - decay)*g**2\nw = w - rate*g/(sqrt(h) + epsilon)"
    below_one = ("decay",)
    recommended: ClassVar[Mapping[str, float]] = {"decay": 0.9}


_MOMENTS = "m = beta1*m + (1 - beta1)*g\nv = beta2*v + (1 - beta2)*g**2\nm_hat = m/(1 - beta1**t)\nv_hat = v/(1 - beta2**t)\n"


@dataclass(frozen=True)
class Adam(Optimizer):
    """Moving means of the gradient and its square, corrected for their start at 0 (Kingma, Ba, 2015, algorithm 1)."""

    rate: float = 0.01
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float = 1e-8
    update = _MOMENTS + "w = w - rate*m_hat/(sqrt(v_hat) + epsilon)"
    below_one = ("beta1", "beta2")
    recommended: ClassVar[Mapping[str, float]] = {"rate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam that shrinks the parameters beside the step, not through the gradient (Loshchilov, Hutter, 2019).

    The rate multiplies the decay as well, as in PyTorch; in algorithm 2 of the paper it does not, and the decay is
    chosen for each experiment.
    """

    decay: float = 0.01
    update = _MOMENTS + "w = w - rate*(m_hat/(sqrt(v_hat) + epsilon) + decay*w)"


OPTIMIZERS: dict[str, type[Optimizer]] = {one.__name__.lower(): one for one in (GD, SGD, Momentum, Nesterov, AdaGrad, RMSProp, Adam, AdamW)}
