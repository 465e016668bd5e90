"""Training: the loop that moves the parameters of a network against the gradient that its facts give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.network import Network

from .batches import checked
from .compiling import loss_and_gradient
from .initializers import initialize, whole_number
from .optimizers import GD, Optimizer

__all__ = ["DivergedError", "History", "train"]


@dataclass(frozen=True)
class History:
    """What happened in a training: entry k of a list belongs to step k + 1, before its update.

    parameters is the vector theta of shape (P,) after the last step; losses the mean losses; gradient_norms the
    Euclidean lengths of the gradients; stopped says why it ended.
    """

    net: Network
    parameters: np.ndarray
    losses: list[float]
    gradient_norms: list[float]
    stopped: str

    @property
    def steps(self) -> int:
        """How many updates were made."""
        return len(self.losses)


class DivergedError(DeriveError):
    """The loss or the gradient stopped being finite; ``history`` holds everything up to the last good parameters."""

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history


def train(
    net: Network,
    inputs: Any,
    targets: Any,
    optimizer: Optimizer | None = None,
    steps: int = 1000,
    seed: int = 0,
    start: Any = None,
    watch: Callable[[int, float], object] | None = None,
) -> History:
    """The history of training a network on samples, one row each in inputs (N, n_in) and targets (N, n_out).

    optimizer is GD() unless another is given; start is the first theta, drawn by ``initialize(net, seed)`` unless
    given; watch is called with the number of every step and its loss. The same arguments give the same history.
    Raises DeriveError for arguments that do not fit, and DivergedError, which keeps the history, where the loss is no
    longer finite.
    """
    optimizer = _optimizer(optimizer)
    steps = whole_number("steps", steps)
    theta, inputs, targets = checked(net, initialize(net, seed) if start is None else start, inputs, targets)
    compute = loss_and_gradient(net).unchecked(theta.dtype)
    states = [np.zeros_like(theta) for _ in optimizer.states]
    losses: list[float] = []
    norms: list[float] = []
    with np.errstate(all="ignore"):
        for step in range(1, steps + 1):
            loss, gradient = compute(theta, inputs, targets)
            norm = float(np.sqrt(gradient @ gradient))
            if not np.isfinite(loss + norm):
                raise _diverged(step, float(loss), norm, optimizer, History(net, theta, losses, norms, "diverged"))
            theta, *states = optimizer.step(theta, gradient, step, optimizer.rate, *states)
            losses.append(float(loss))
            norms.append(norm)
            if watch is not None:
                watch(step, losses[-1])
    return History(net, theta, losses, norms, f"{steps} steps are done")


def _optimizer(given: Optimizer | None) -> Optimizer:
    if given is not None and not isinstance(given, Optimizer):
        raise DeriveError(f"optimizer={given!r} is no optimizer; use one such as GD(1.0) or Adam(0.05)")
    return given or GD()


def _diverged(step: int, loss: float, norm: float, optimizer: Optimizer, history: History) -> DivergedError:
    what, value = ("loss", loss) if not np.isfinite(loss) else ("gradient", norm)
    before = f" after {history.losses[-1]:.6g} in the step before" if history.losses else ""
    return DivergedError(f"the {what} became {value} in step {step}{before}, with {optimizer}; a smaller rate may help", history)
