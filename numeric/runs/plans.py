"""Plans: the settings of a training, checked before anything is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.network import Network

from ..batches import Fitting
from ..compiling import CompiledLoss, loss_and_gradient
from ..initializers import whole_number
from ..optimizers import Optimizer

__all__ = ["Plan", "held_out"]


@dataclass(frozen=True)
class Plan:
    """The settings of a training, checked."""

    net: Network
    optimizer: Optimizer
    steps: int
    seed: int
    batch: int | None
    schedule: Callable[[int], float] | None
    held: Mapping[Any, Any] | None
    clip: float | None
    patience: int | None
    record: int | None
    backend: str

    def __post_init__(self) -> None:
        for name in ("batch", "patience", "record"):
            if getattr(self, name) is not None:
                whole_number(name, getattr(self, name), 1)
        if self.clip is not None and (isinstance(self.clip, bool) or not isinstance(self.clip, int | float) or not self.clip > 0):
            raise DeriveError(f"clip={self.clip!r} is not a positive number")
        if self.schedule is not None and not callable(self.schedule):
            raise DeriveError(f"schedule={self.schedule!r} is no function of the step; use one such as StepDecay(every=1000)")

    @cached_property
    def loss(self) -> CompiledLoss:
        """What is made small."""
        return loss_and_gradient(self.net, held=self.held, backend=self.backend)

    def rate(self, step: int) -> float:
        """The learning rate of a step."""
        multiple = 1.0 if self.schedule is None else self.schedule(step)
        if not 0 <= multiple < np.inf:
            raise DeriveError(f"schedule gives {multiple!r} in step {step}; it must give a finite number of at least 0")
        return self.optimizer.rate * multiple

    def told(self) -> dict[str, str]:
        """What must be the same where a training is taken up again."""
        schedule = getattr(self.schedule, "__qualname__", None) or repr(self.schedule)
        settings = {"net": repr(self.net), "optimizer": repr(self.optimizer), "seed": self.seed, "batch": self.batch, "schedule": schedule}
        settings |= {"held": dict(self.held or {}), "clip": self.clip, "patience": self.patience, "record": self.record}
        return {name: str(value) for name, value in settings.items()}


def held_out(net: Network, given: Sequence[Any], dtype: Any) -> tuple[np.ndarray, ...]:
    """The samples of validation as arrays that fit. Raises DeriveError where they do not."""
    try:
        inputs, targets = given
    except (TypeError, ValueError):
        raise DeriveError(f"validation={given!r} is no pair (inputs, targets)") from None
    try:
        fitting = Fitting.of(net)
        _, *arrays = fitting.checked(np.zeros(fitting.count, dtype), inputs, targets)
    except DeriveError as error:
        raise DeriveError(f"validation: {error}") from None
    return tuple(one.astype(dtype, copy=False) for one in arrays)
