"""Trainings: the page that says how a network was trained, what its loss came to, and what it predicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from sympy import Symbol

from derive.network import Network
from numeric.checks.network_parts import value_function
from numeric.compiling import loss_and_gradient
from numeric.optimizers import Optimizer
from numeric.runs.datasets import DataSet
from numeric.training import History

from ..cards import number
from ..cards.optimizer import OptimizerBoard
from ..document import Document, Figure, Inline, Math, Paragraph, Table
from ..figures import decision, losses
from ..formula import Formula, Relation, row
from ..locales import Locale, locale
from ..notation import SUM, Board, board_of

__all__ = ["Training", "told"]

HALF = 0.5  # what tells a predicted 1 from a predicted 0
BETWEEN_0_AND_1 = (0, 1)  # the range of an output that has it, such as the sigmoid
MOST_SAMPLES = 20  # a table of more predictions is not read row by row


class Right(NamedTuple):
    """How many predictions are right, of how many: ``by`` class, one a sample, or by side of 1/2, one a target."""

    by: str
    right: int
    count: int


@dataclass(frozen=True)
class Training:
    """A finished training: what happened, from which samples, optimizer and seed, and the samples that were held out.

    schedule is that of the rate in the words in which it was asked for; batch has the rows a step, None for the optimizer's own.
    """

    history: History
    samples: DataSet
    optimizer: Optimizer
    seed: int
    unseen: DataSet | None = None
    held: Mapping[str, float] = field(default_factory=dict)
    schedule: str | None = None
    batch: int | None = None

    @property
    def rows(self) -> int:
        """How many samples a step sees."""
        count = len(self.samples.inputs)
        return min(self.batch or self.optimizer.batch or count, count)

    @cached_property
    def whole(self) -> Network:
        """The network as it answers: with all units, and with numbers for what was held."""
        net = self.history.net
        *hidden, output = net.activations
        like: dict[str, Any] = {"loss": net.loss_record, "numbering": net.numbering, "biases": net.biases, "skips": net.skips}
        fixed = {"dropout": net.dropout, "masks": net.fixed_masks} if net.fixed_masks else {}
        l1, l2 = (self.held[one.name] if isinstance(one, Symbol) else one for one in (net.l1, net.l2))
        return Network(*net.sizes, activation=hidden, output=output, l1=l1, l2=l2, **like, **fixed)

    @cached_property
    def parameters(self) -> dict[str, float]:
        """All parameters by name, the frozen ones among them."""
        return self.completed(self.history.parameters)

    def completed(self, theta: Any) -> dict[str, float]:
        """All parameters by name where those that are learnt have the values of theta."""
        learnt = self.history.net.named([float(one) for one in theta])
        return {one.name: learnt.get(one.name, self.held.get(one.name, 0.0)) for one in self.whole.parameters}

    @cached_property
    def theta(self) -> np.ndarray:
        """The parameters as an array."""
        return np.array(list(self.parameters.values()))

    @cached_property
    def loss(self) -> float:
        """The mean loss with the parameters that came out, with all units."""
        return float(loss_and_gradient(self.whole)(self.theta, self.samples.inputs, self.samples.targets)[0])

    @cached_property
    def predictions(self) -> np.ndarray:
        """The outputs of the trained network for every sample, a row each."""
        net, samples = self.whole, self.samples
        columns = dict(zip((*net.inputs, *net.targets), (*samples.inputs.T, *samples.targets.T), strict=True))
        given = [columns.get(one, self.parameters.get(one.name)) for one in net.graph.givens]
        found = [value_function(net.graph, out)(*given) for out in net.outs(net.layers[-1])]
        return np.column_stack([np.broadcast_to(one, len(samples.inputs)) for one in found])

    @cached_property
    def right(self) -> Right | None:
        """How many predictions are right, where it can be told; a tie is not.

        Where each row of several targets has a single 1, it is the class of the sample, and right where its output
        alone is the largest; where targets are 0 and 1 otherwise, and outputs between them, each is right on the side
        of its target.
        """
        targets, outputs = self.samples.targets, self.predictions
        if not np.isin(targets, (0, 1)).all():
            return None
        if targets.shape[1] > 1 and (targets.sum(axis=1) == 1).all():
            others = np.where(targets == 1, -np.inf, outputs).max(axis=1)
            return Right("class", int((outputs[targets == 1] > others).sum()), len(targets))
        output = self.history.net.activations[-1]
        if output.whole or output.range != BETWEEN_0_AND_1:
            return None
        return Right("side", int(((targets - HALF) * (outputs - HALF) > 0).sum()), targets.size)

    @property
    def plane(self) -> bool:
        """Can what it decides be drawn: are there two inputs, and outputs that decide?"""
        return self.samples.inputs.shape[1] == 2 and self.right is not None

    def decision(self, words: Locale) -> Figure:
        """The picture of what the network answers over its two inputs."""
        return decision(self.whole, {self.samples.name: self.theta}, self.samples.inputs, self.samples.targets, words=words)

    @property
    def summary(self) -> str:
        """One line: how it ended, the loss before and after, and how many predictions are right."""
        history = self.history
        ended = "interrupted after " * history.interrupted + f"{history.steps} steps" + (f" ({history.stopped})" if self._early else "")
        parts = [f"{ended}: mean loss {history.losses[0]:.4g} → {self.loss:.4g}"]
        if history.validation_losses:
            parts.append(f"of the rows held out {min(history.validation_losses):.4g} at best")
        if self.right is not None:
            parts.append(f"{self.right.right} of {self.right.count} {_RIGHT[self.right.by]}")
        return "; ".join(parts)

    @property
    def _early(self) -> bool:
        return not self.history.interrupted and "are done" not in self.history.stopped


_RIGHT = {"class": "samples classified right, by the largest output", "side": "predictions on the right side of 1/2"}


def told(training: Training, *, language: str = "en", **board: Any) -> Document:
    """The page of a training; board is notation, labels and precision as for ``lecture``, which says what is refused."""
    net, words, place = training.history.net, locale(language), board_of(training.history.net.graph, **board)
    how = words.say(
        "training.how",
        sizes="-".join(map(str, net.sizes)), count=len(net.parameters), data=training.samples.name,
        steps=training.history.steps, optimizer=type(training.optimizer).__name__, seed=str(training.seed),
    )  # fmt: skip
    count = len(training.samples.inputs)
    batches = [words.say("training.batches", rows=training.rows, count=count)] if training.rows < count else []
    ends = words.say("training.losses", first=_number(place, training.history.losses[0]), last=_number(place, training.loss))
    pictures = [losses(training.history.losses, words), *([training.decision(words)] if training.plane else [])]
    blocks = [
        Paragraph(words.in_line([how, *batches, _numbers(training, place, words)])),
        *pictures,
        Paragraph(words.in_line([ends, *([words.say("training.rose")] if training.loss > training.history.losses[0] else [])])),
        *([_predicted(training, place, words)] if len(training.samples.inputs) <= MOST_SAMPLES else []),
    ]
    if training.right is not None:
        by, right, count = training.right
        blocks.append(Paragraph(words.say(f"training.right.{by}", right=right, count=count)))
    return Document(words.say("training.title", data=training.samples.name), language, tuple(blocks), lambda: _data(training))


def _numbers(training: Training, board: Board, words: Locale) -> tuple[Inline, ...]:
    """The numbers of the optimizer under the letters of its card, and the schedule of its rate."""
    card = OptimizerBoard(board.notation)
    named = [row(card.name(Symbol(name)), Relation("="), number(board, value)) for name, value in training.optimizer.numbers.items()]
    if training.schedule is None:
        return words.say("training.numbers", numbers=words.joined(named))
    return words.say("training.numbers.schedule", numbers=words.joined(named), alpha=card.name(Symbol("rate")), schedule=training.schedule)


def _predicted(training: Training, board: Board, words: Locale) -> Table:
    """A row for every sample: its inputs, its targets, and what the network makes of it."""
    net, samples = training.history.net, training.samples
    outputs = net.outs(net.layers[-1])
    head = (*((Math(board.name(one)),) for one in (*net.inputs, *net.targets)), *(words.say("training.prediction", of=board.name(one)) for one in outputs))
    rows = np.hstack([samples.inputs, samples.targets, training.predictions]).tolist()
    return Table(head, tuple(tuple((Math(_number(board, one)),) for one in row) for row in rows), "r" * len(head))


def _number(board: Board, value: float) -> Formula:
    return board.inside(board.number(value), SUM)


def _data(training: Training) -> dict[str, object]:
    net, history = training.history.net, training.history
    return {
        "network": repr(net),
        "data": training.samples.name,
        "optimizer": {"name": training.optimizer.name, **training.optimizer.numbers},
        "seed": training.seed,
        "steps": history.steps,
        "stopped": history.stopped,
        "losses": history.losses,
        "validation_losses": history.validation_losses,
        "loss": training.loss,
        "parameters": training.parameters,
        "predictions": training.predictions.tolist(),
    }
