"""Training: moving the parameters of a network against the gradient that its facts give."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.network import Network

from .batches import Fitting
from .initializers import initialize, whole_number
from .optimizers import GD, Optimizer
from .runs.interrupts import interruptible
from .runs.plans import Plan, held_out
from .runs.progress import DivergedError, History, Run

__all__ = ["DivergedError", "History", "train"]

CHUNK, SOON = 1 << 16, 0.05  # steps, and about how many seconds, after which Ctrl-C is looked for


def train(
    net: Network,
    inputs: Any,
    targets: Any,
    optimizer: Optimizer | None = None,
    steps: int = 1000,
    seed: int = 0,
    start: Any = None,
    watch: Callable[[int, float], object] | None = None,
    *,
    batch: int | None = None,
    schedule: Callable[[int], float] | None = None,
    held: Mapping[Any, Any] | None = None,
    clip: float | None = None,
    validation: tuple[Any, Any] | None = None,
    patience: int | None = None,
    record: int | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    every: int = 1000,
    resume: str | os.PathLike[str] | None = None,
    backend: str = "numpy",
) -> History:
    """The history of training a network on samples, one row each in inputs (N, n_in) and targets (N, n_out).

    optimizer is GD() unless another is given; start is the first theta, drawn by ``initialize(net, seed)`` unless given;
    watch is called with the number of every step and its loss. The same arguments give the same history.

    batch is the number of rows a step, drawn without repetition in each epoch (None: all of them; 1 with SGD); schedule
    multiplies the rate (see ``schedules``); held is that of ``loss_and_gradient``; clip shortens longer gradients to
    that length. Where the network has dropout, masks are drawn anew for every step. validation is a pair (inputs,
    targets) whose loss is taken, with all units, at the end of every epoch. With patience, the training ends after so
    many epochs without a new least loss (of validation, else of the epoch's last step), and the best parameters come
    out. record keeps the parameters every so many steps in ``path``.

    checkpoint is a file that is written every so many steps (``every``), at the end, and at Ctrl-C, which ends the
    training after the step in progress. resume continues from such a file, up to ``steps`` steps in all.

    backend is that of ``loss_and_gradient``. With numba, small networks are trained in a loop that is compiled first,
    for a second or two: worth it from some 100,000 steps. What comes out is that of numpy up to rounding, as the
    exponential may differ in its last place and sums over samples have another order; it is the same at every run, and
    bit for bit the same after ``resume``.

    Raises DeriveError for arguments that do not fit, and DivergedError, which keeps the history, where the loss is no
    longer finite.
    """
    steps, seed, every = whole_number("steps", steps), whole_number("seed", seed), whole_number("every", every, 1)
    plan = Plan(net, _optimizer(optimizer), steps, seed, batch, schedule, held, clip, patience, record, backend)
    data = Fitting.of(net).checked(initialize(net, seed) if start is None else start, inputs, targets)
    unseen = None if validation is None else held_out(net, validation, data[0].dtype)
    run = Run(plan, data[1:], unseen, data[0])
    if resume is not None:
        run.restore(resume)
    pace = 64
    with np.errstate(all="ignore"), interruptible() as pressed:
        while run.why is None:
            begun = time.perf_counter()
            run.advance(1 if watch is not None else pace if checkpoint is None else min(pace, every - run.done % every))
            pace = min(CHUNK, 2 * pace) if time.perf_counter() - begun < SOON else max(1, pace // 2)
            if watch is not None:
                watch(run.done, run.losses[-1])
            if pressed():
                run.why = f"interrupted after step {run.done}"
            if checkpoint is not None and (run.why or run.done % every == 0):
                run.keep(checkpoint)
    return run.history(interrupted=pressed())


def _optimizer(given: Optimizer | None) -> Optimizer:
    if given is not None and not isinstance(given, Optimizer):
        raise DeriveError(f"optimizer={given!r} is no optimizer; use one such as GD(1.0) or Adam(0.05)")
    return given or GD()
