"""Schedules: by how much the learning rate is multiplied in each step, counted from 1.

A schedule is any function of the number of the step. To add one: a frozen dataclass with ``__call__``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from derive.errors import DeriveError

__all__ = ["Cosine", "Exponential", "InverseTime", "StepDecay", "Warmup"]


@dataclass(frozen=True)
class _Schedule:
    """Refuses numbers that are not positive."""

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < math.inf:
                raise DeriveError(f"{one.name}={value!r} of {type(self).__name__} is not a positive number")


@dataclass(frozen=True)
class StepDecay(_Schedule):
    """factor^⌊(t − 1)/every⌋: the rate falls every so many steps."""

    every: int
    factor: float = 0.5

    def __call__(self, step: int) -> float:
        """The multiple of the rate in this step."""
        return self.factor ** ((step - 1) // self.every)


@dataclass(frozen=True)
class Exponential(_Schedule):
    """factor^(t − 1)."""

    factor: float = 0.999

    def __call__(self, step: int) -> float:
        """The multiple of the rate in this step."""
        return self.factor ** (step - 1)


@dataclass(frozen=True)
class InverseTime(_Schedule):
    """1/(1 + (t − 1)/half): half the rate after ``half`` steps (Robbins, Monro, 1951: Σ infinite, Σ of squares finite)."""

    half: float

    def __call__(self, step: int) -> float:
        """The multiple of the rate in this step."""
        return 1 / (1 + (step - 1) / self.half)


@dataclass(frozen=True)
class Cosine(_Schedule):
    """(1 + cos(π(t − 1)/steps))/2: from 1 to 0 in so many steps (Loshchilov, Hutter, 2017, without restarts)."""

    steps: int

    def __call__(self, step: int) -> float:
        """The multiple of the rate in this step."""
        return (1 + math.cos(math.pi * min(step - 1, self.steps) / self.steps)) / 2


@dataclass(frozen=True)
class Warmup(_Schedule):
    """min(1, t/steps): a linear rise in the first steps."""

    steps: int

    def __call__(self, step: int) -> float:
        """The multiple of the rate in this step."""
        return min(1.0, step / self.steps)
