"""Runs: a training in progress, step by step, and the history that it leaves.

Which rows a step takes and which units it leaves out follow from the seed and the number of the step alone, so
a training that is taken up again from a checkpoint goes on exactly as if it had never stopped.
"""

from __future__ import annotations

import hashlib
import os
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import repeat
from typing import Any

import numpy as np

from derive.errors import DeriveError
from derive.network import Network

from ..backends import Leap, Leaping
from .checkpoints import load, save
from .plans import Plan

__all__ = ["DivergedError", "History", "Run"]

GATHERED = 1 << 16  # rows of many steps that are put together, at most
ORDER, MASKS = 1, 2  # what is drawn, beside the seed and the number of the epoch or step


@dataclass(frozen=True, repr=False)
class History:
    """What happened in a training: entry k of a list belongs to step k + 1, before its update.

    parameters is the vector theta of shape (P,) after the last step, or, with early stopping, the best one; losses
    are the mean losses over the rows of each step, penalties included; gradient_norms the Euclidean lengths of the
    gradients, before clipping. validation_losses has one entry an evaluation; path the parameters, one row each, that
    were recorded. ``stopped`` says why it ended.
    """

    net: Network
    parameters: np.ndarray
    losses: list[float]
    gradient_norms: list[float]
    stopped: str
    validation_losses: list[float] = field(default_factory=list)
    path: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    interrupted: bool = False

    @property
    def steps(self) -> int:
        """How many updates were made."""
        return len(self.losses)

    def __repr__(self) -> str:
        losses = f", losses from {self.losses[0]:.6g} to {self.losses[-1]:.6g}" if self.losses else ""
        return f"History({self.steps} step{'s' * (self.steps != 1)}{losses}, stopped: {self.stopped})"


class DivergedError(DeriveError):
    """The loss or the gradient stopped being finite; ``history`` holds everything up to the last good parameters."""

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history


class Run:
    """A training in progress: the parameters, the states of the optimizer, and what has happened so far."""

    def __init__(self, plan: Plan, data: tuple[np.ndarray, ...], held: tuple[np.ndarray, ...] | None, theta: np.ndarray) -> None:
        self.plan, self.data, self.held, self.theta = plan, data, held, theta
        self.states = [np.zeros_like(theta) for _ in plan.optimizer.states]
        self.losses, self.norms = array("d"), array("d")
        self.held_losses: list[float] = []
        self.path: list[np.ndarray] = [theta] if plan.record else []
        self.good = self.best = theta
        self.least, self.waited = np.inf, 0
        self.why: str | None = None
        self.finish()

    @property
    def done(self) -> int:
        """How many steps are done."""
        return len(self.losses)

    @cached_property
    def compute(self) -> Callable[..., tuple[float, Any]]:
        """The loss and the gradient over a batch."""
        return self.plan.loss.unchecked(str(self.theta.dtype))

    def evaluate(self, inputs: np.ndarray, targets: np.ndarray) -> float:
        """The loss over samples with all units, that of the training otherwise."""
        masks = [np.full((len(inputs), len(self.plan.net.masks)), 1 - float(self.plan.net.dropout or 0), self.theta.dtype)]  # which 1/(1 − p) undoes
        return self.compute(self.theta, inputs, targets, *(masks if self.plan.net.masks else []))[0]

    @cached_property
    def rows(self) -> int:
        """How many rows a step takes."""
        count = len(self.data[0])
        return min(count, self.plan.batch or self.plan.optimizer.batch or count)

    @property
    def steps_per_epoch(self) -> int:
        """How many steps see every row once."""
        return -(-len(self.data[0]) // self.rows)

    def taken(self, step: int) -> tuple[np.ndarray, ...]:
        """The rows of a step, in the order that is drawn anew for every epoch."""
        if self.rows == len(self.data[0]):
            return self.data
        epoch, place = divmod(step - 1, self.steps_per_epoch)
        if place == 0 or not hasattr(self, "order"):
            self.order = np.random.default_rng((self.plan.seed, ORDER, epoch)).permutation(len(self.data[0]))
        chosen = self.order[place * self.rows : (place + 1) * self.rows]
        return tuple(one[chosen] for one in self.data)

    def masked(self, step: int, batch: tuple[np.ndarray, ...]) -> tuple[np.ndarray, ...]:
        """The batch with the masks of a step, where units are left out."""
        masks = self.plan.net.masks
        if not masks:
            return batch
        drawn = np.random.default_rng((self.plan.seed, MASKS, step)).random((len(batch[0]), len(masks)))
        return (*batch, (drawn >= float(self.plan.net.dropout)).astype(self.theta.dtype))  # type: ignore[arg-type]

    def step(self) -> None:
        """One update. Raises DivergedError where the loss or the gradient is not finite."""
        number = self.done + 1
        loss, gradient = self.compute(self.theta, *self.masked(number, self.taken(number)))
        norm = float(np.sqrt(gradient @ gradient))
        if not np.isfinite(loss + norm):
            raise self.diverged(number, loss, norm)
        self.good = self.theta
        if self.plan.clip is not None and norm > self.plan.clip:
            gradient = gradient * (self.plan.clip / norm)
        self.theta, *self.states = self.plan.optimizer.step(self.theta, gradient, number, self.plan.rate(number), *self.states)
        self.losses.append(loss)
        self.norms.append(norm)
        self.note()
        self.finish()

    @cached_property
    def leap(self) -> Leap | None:
        """Many steps at once, where the backend can do that."""
        what = Leaping(self.plan.optimizer, self.data, self.rows == len(self.data[0]), self.plan.clip)
        return self.plan.loss.backend.leap(self.plan.loss, what) if self.theta.dtype == np.float64 else None

    def stretch(self) -> int:
        """How many steps go by, at most, until something else than a step is due: a record, a judgement, a batch of another size."""
        plan, whole = self.plan, self.rows == len(self.data[0])
        place, full = self.done % self.steps_per_epoch, len(self.data[0]) // self.rows
        limits = [plan.steps - self.done]
        limits += [plan.record - self.done % plan.record] if plan.record else []
        limits += [self.steps_per_epoch - place] if self.held is not None or plan.patience is not None else []
        limits += [] if whole else [max(1, full - place)]
        limits += [] if whole and not plan.net.masks else [max(1, GATHERED // self.rows)]
        return min(limits)

    def advance(self, count: int) -> None:
        """At most that many steps: one, or many at once. Raises DivergedError as ``step``."""
        count = min(count, self.stretch())
        if self.leap is None:
            self.step()
        elif count == 1:
            if not self.leapt(self.leap, 1):
                self.step()
        else:
            for _ in range(1 if self.leapt(self.leap, count - 1) else count):
                self.advance(1)
        self.finish()

    def leapt(self, leap: Leap, count: int) -> bool:
        """Make that many steps at once, or none where one of them would leave the finite numbers.

        ``good`` is then the start of the leap; so the last step of many is a leap of its own.
        """
        steps = range(self.done + 1, self.done + 1 + count)
        once = self.rows == len(self.data[0]) and not self.plan.net.masks
        batches = [self.masked(one, self.taken(one)) for one in (steps[:1] if once else steps)]
        rates = [self.plan.rate(one) for one in steps] if self.plan.schedule else repeat(self.plan.optimizer.rate, count)
        found = leap(self.theta, self.states, rates, steps[0], [np.stack(one) for one in zip(*batches, strict=True)])
        if found is None:
            return False
        self.good = self.theta
        self.theta, self.states, losses, norms = found
        for kept, more in ((self.losses, losses), (self.norms, norms)):
            kept.frombytes(more.tobytes()) if isinstance(more, np.ndarray) else kept.extend(more)
        self.note()
        return True

    def note(self) -> None:
        """What is due after a step, beside the step: a record, a judgement."""
        if self.plan.record and self.done % self.plan.record == 0:
            self.path.append(self.theta)
        if self.done % self.steps_per_epoch == 0:
            self.judge()

    def judge(self) -> None:
        """At the end of an epoch: the loss of validation, and whether it is a new least one."""
        if self.held is not None:
            self.held_losses.append(self.evaluate(*self.held))
        if self.plan.patience is None:
            return
        now = self.held_losses[-1] if self.held is not None else self.losses[-1]
        if now < self.least:
            self.least, self.best, self.waited = now, self.theta if self.held is not None else self.good, 0
        else:
            self.waited += 1

    def finish(self) -> None:
        """See whether there is a reason to stop."""
        if self.plan.patience is not None and self.waited >= self.plan.patience:
            self.why = f"no new least loss in {self.waited} epochs"
        elif self.done >= self.plan.steps:
            self.why = f"{self.done} steps are done"

    def history(self, stopped: str = "", interrupted: bool = False) -> History:
        """Everything up to now."""
        final = self.good if stopped else self.theta if self.plan.patience is None or self.least == np.inf else self.best
        return History(
            self.plan.net, final, self.losses.tolist(), self.norms.tolist(), stopped or self.why or "", self.held_losses, np.array(self.path), interrupted
        )

    def diverged(self, step: int, loss: float, norm: float) -> DivergedError:
        """What is raised where the loss or the gradient of a step is not finite."""
        what, value = ("loss", loss) if not np.isfinite(loss) else ("gradient", norm)
        before = f" after {self.losses[-1]:.6g} in the step before" if self.losses else ""
        message = f"the {what} became {value} in step {step}{before}, with {self.plan.optimizer}; a smaller rate may help"
        return DivergedError(message, self.history(message))

    # ---- checkpoints

    @cached_property
    def digest(self) -> str:
        """A fingerprint of the data."""
        arrays = (*self.data, *(self.held or ()))
        return hashlib.sha256(b"".join(np.ascontiguousarray(one).tobytes() for one in arrays)).hexdigest()

    def keep(self, path: str | os.PathLike[str]) -> None:
        """Write the state to a file."""
        record = {"plan": self.plan.told(), "data": self.digest, "waited": self.waited, "dtype": str(self.theta.dtype)}
        arrays = {"theta": self.theta, "good": self.good, "best": self.best, "path": np.array(self.path), "least": np.array(self.least)}
        arrays |= {f"state_{name}": state for name, state in zip(self.plan.optimizer.states, self.states, strict=True)}
        arrays |= {"losses": np.array(self.losses), "norms": np.array(self.norms), "held_losses": np.array(self.held_losses)}
        save(path, record, arrays)

    def restore(self, path: str | os.PathLike[str]) -> None:
        """Take up the state from a file. Raises DeriveError where it belongs to another training."""
        record, arrays = load(path)
        _refuse_another(os.fspath(path), record, {"plan": self.plan.told(), "data": self.digest, "dtype": str(self.theta.dtype)})
        self.theta, self.good, self.best, self.least = arrays["theta"], arrays["good"], arrays["best"], float(arrays["least"])
        self.states = [arrays[f"state_{name}"] for name in self.plan.optimizer.states]
        self.losses, self.norms, self.held_losses = array("d", arrays["losses"]), array("d", arrays["norms"]), arrays["held_losses"].tolist()
        self.path, self.waited = list(arrays["path"]), record["waited"]
        self.why = None
        self.finish()


def _refuse_another(path: str, record: dict[str, Any], own: dict[str, Any]) -> None:
    plan = record.get("plan")
    if not isinstance(plan, dict):
        raise DeriveError(f"resume={path!r} holds no training")
    for name, value in own["plan"].items():
        if plan.get(name) != value:
            raise DeriveError(f"resume={path!r} was made with {name}={plan.get(name)}, and this training has {name}={value}")
    if record["data"] != own["data"] or record["dtype"] != own["dtype"]:
        raise DeriveError(f"resume={path!r} was made with other samples")
