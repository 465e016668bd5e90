"""Trainings: the page that says how a network was trained, what its loss came to, and what it predicts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sympy import Symbol

from numeric.compiling import compile_gradient, loss_and_gradient
from numeric.data import Samples
from numeric.optimizers import Optimizer
from numeric.training import History

from .document import Document, Math, Paragraph, Table
from .figures import losses
from .formula import Formula
from .locales import Locale, locale
from .notation import SUM, Board, board_of

__all__ = ["Training", "told"]

HALF = 0.5  # what tells a predicted 1 from a predicted 0


@dataclass(frozen=True)
class Training:
    """A finished training: what happened, and from which samples, optimizer and seed."""

    history: History
    samples: Samples
    optimizer: Optimizer
    seed: int

    @cached_property
    def loss(self) -> float:
        """The mean loss with the parameters that came out."""
        return loss_and_gradient(self.history.net)(self.history.parameters, self.samples.inputs, self.samples.targets)[0]

    @cached_property
    def predictions(self) -> list[tuple[float, ...]]:
        """The outputs of the trained network for every sample."""
        net = self.history.net
        parameters = net.named([float(one) for one in self.history.parameters])
        outputs = [compile_gradient(net.graph, one, net.inputs[:1]) for one in net.outs(net.layers[-1])]
        rows = zip(self.samples.inputs, self.samples.targets, strict=True)
        points = [parameters | _named(net.inputs, inputs) | _named(net.targets, targets) for inputs, targets in rows]
        return [tuple(output(point)[0] for output in outputs) for point in points]

    @property
    def right(self) -> tuple[int, int]:
        """How many predictions lie on the same side of 1/2 as their targets, and how many there are."""
        targets, outputs = ([one for row in rows for one in row] for rows in (self.samples.targets, self.predictions))
        return sum((target > HALF) == (output > HALF) for target, output in zip(targets, outputs, strict=True)), len(targets)


def told(training: Training, *, language: str = "en", **board: Any) -> Document:
    """The page of a training; board is notation, labels and precision as for ``lecture``, which says what is refused."""
    net, words, place = training.history.net, locale(language), board_of(training.history.net.graph, **board)
    how = words.say(
        "training.how",
        sizes="-".join(map(str, net.sizes)), count=str(len(net.parameters)), data=training.samples.name,
        steps=str(training.history.steps), optimizer=str(training.optimizer), seed=str(training.seed),
    )  # fmt: skip
    ends = words.say("training.losses", first=_number(place, training.history.losses[0]), last=_number(place, training.loss))
    right, count = training.right
    score = words.say("training.right", right=str(right), count=str(count))
    blocks = (Paragraph(how), losses(training.history.losses, words), Paragraph(ends), _predicted(training, place, words), Paragraph(score))
    return Document(words.say("training.title", data=training.samples.name), language, blocks, lambda: _data(training))


def _predicted(training: Training, board: Board, words: Locale) -> Table:
    """A row for every sample: its inputs, its targets, and what the network makes of it."""
    net, samples = training.history.net, training.samples
    outputs = net.outs(net.layers[-1])
    head = (*((Math(board.name(one)),) for one in (*net.inputs, *net.targets)), *(words.say("training.prediction", of=board.name(one)) for one in outputs))
    rows = zip(samples.inputs, samples.targets, training.predictions, strict=True)
    cells = tuple(tuple((Math(_number(board, one)),) for part in row for one in part) for row in rows)
    return Table(head, cells, "r" * len(head))


def _number(board: Board, value: float) -> Formula:
    return board.inside(board.number(value), SUM)


def _named(symbols: Iterable[Symbol], values: Iterable[float]) -> dict[str, float]:
    return {one.name: value for one, value in zip(symbols, values, strict=True)}


def _data(training: Training) -> dict[str, object]:
    net, history = training.history.net, training.history
    return {
        "network": repr(net),
        "data": training.samples.name,
        "optimizer": {"name": training.optimizer.name, **training.optimizer.numbers},
        "seed": training.seed,
        "losses": history.losses,
        "loss": training.loss,
        "parameters": net.named([float(one) for one in history.parameters]),
        "predictions": [list(one) for one in training.predictions],
    }
