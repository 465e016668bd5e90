"""``explain train``: a network learns samples, on NumPy that is generated from its derived gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from errno import EISDIR, ENOENT
from os import strerror
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from .choices import FILE, Later
from .endings import DONE, INTERRUPTED, delivered, on_terminal, said
from .examples import examples
from .options import At, Net, Sheet, as_record, naming, net_options, option, picture_suffix, sheet_options, values_options
from .trainers import held_apart, optimizer_of, schedule_of

if TYPE_CHECKING:
    from derive.network import Network
    from numeric.runs.datasets import DataSet

    from ..pages.trainings import Training

__all__ = ["command"]

EXAMPLES = examples(
    "explain train xor",
    "explain train xor --optimizer adam --rate 0.05 --steps 500 --plot loss.svg",
    "explain train moons --activation tanh --batch 20 --validation 0.2 --patience 20",
    'explain train line --noise 0.2 --schedule "step_decay(every=500)"',
    "explain train circles --steps 500 --checkpoint run.npz",
)


@dataclass(frozen=True, slots=True)
class How:
    """How the training goes, as it was typed."""

    steps: int
    optimizer: str
    rate: float | None
    schedule: str | None
    seed: int
    batch: int | None
    clip: float | None
    validation: float | None
    patience: int | None
    checkpoint: str | None
    every: int
    resume: str | None


how_options = as_record(
    How,
    "how",
    option("--steps", type=click.IntRange(1, 10_000_000), default=2000, metavar="N", help="How many steps are made in all."),
    option("--optimizer", default="gd", type=Later("optimizer", "numeric.optimizers", "OPTIMIZERS"), help="The rule of a step, such as adam(beta1=0.8)."),
    option("--rate", type=float, metavar="NUMBER", help="The learning rate; else the optimizer's own."),
    option("--schedule", metavar="NAME(…)", help="Of the rate: step_decay(every=500), exponential, inverse_time(half=100), cosine, warmup(steps=100)."),
    option("--seed", type=click.IntRange(min=0), default=0, metavar="N", help="Draws the parameters to start from, the order of the rows, the clouds."),
    option("--batch", type=click.IntRange(min=1), metavar="N", help="Rows a step; else all of them (one with sgd)."),
    option("--clip", type=float, metavar="NUMBER", help="Shorten longer gradients to that length."),
    option("--validation", type=click.FloatRange(0, 1, min_open=True, max_open=True), metavar="PART", help="Hold that part of the rows out."),
    option("--patience", type=click.IntRange(min=1), metavar="N", help="Stop after N epochs without a new least loss; the best parameters come out."),
    option("--checkpoint", type=FILE, metavar="FILE", help="Keep the state in FILE (npz): every so often, at the end, at Ctrl-C."),
    option("--every", type=click.IntRange(min=1), default=1000, metavar="N", help="How many steps lie between checkpoints."),
    option("--resume", type=FILE, metavar="FILE", help="Go on from a checkpoint, as if nothing had happened in between."),
)


@click.command("train", short_help="Train on generated NumPy, with progress.", epilog=EXAMPLES)
@click.argument("data", type=Later("data", "numeric.runs.datasets", "SETS"), metavar="DATA|FILE")
@option("--samples", type=click.IntRange(1, 1_000_000), metavar="N", help="How many samples a cloud has; 200 unless given.")
@option("--noise", type=float, metavar="NUMBER", help="The deviation of a cloud from its curve; 0.1 unless given.")
@option("--targets", type=click.IntRange(min=1), metavar="N", help="How many of the last columns of FILE are targets; 1 unless given.")
@how_options
@option("--plot", type=FILE, metavar="FILE", help="Draw the loss (.pdf, .svg, .png) and, of two inputs, the decision beside it.")
@net_options("2-3-1")
@values_options
@sheet_options
def command(data: str, samples: int | None, noise: float | None, targets: int | None, how: How, plot: str | None, net: Net, at: At, sheet: Sheet) -> int:
    """Train a network on DATA, then show its loss and its predictions.

    DATA is and, or, nand, xor, moons, circles, spirals or line, or a FILE of samples, one a row: CSV, or .npy with an
    array of two dimensions. Where no --net is given, one that fits is taken. Frozen parameters, and penalties that have a
    name, take the values of --at. Ctrl-C ends the training after the step in progress and shows what it has come to; with the
    same options and --resume, it goes on bit for bit. The page is text unless --format or the suffix of -o FILE says otherwise.
    """
    from ..pages.trainings import Training, told

    sheet.form("text")
    suffix = picture_suffix(plot, "--plot") if plot is not None else ""
    if how.checkpoint is not None:
        _refuse_unwritable(how.checkpoint)
    dataset = _dataset(data, how.seed, samples=samples, noise=noise, targets=targets)
    network = _fitting(net, dataset)
    words = sheet.told(network.graph)
    training = _trained(network, dataset, how, at.held(network), Training)
    notes = [training.summary]
    if plot is not None:
        notes += _drawn(training, plot, suffix, sheet.language)
    if training.history.interrupted and how.checkpoint is not None:
        notes.append(f"--resume {how.checkpoint} goes on from there")
    sheet.deliver(told(training, **words), "text")
    said("; ".join(notes))
    return INTERRUPTED if training.history.interrupted else DONE


def _trained(network: Network, dataset: DataSet, how: How, held: dict[str, float], training: type[Training]) -> Training:
    from numeric.training import train

    with naming("--optimizer" if how.rate is None else "--rate"):
        rule = optimizer_of(how.optimizer, how.rate)
    with naming("--schedule"):
        schedule = schedule_of(how.schedule, how.steps)
    seen, unseen = held_apart(dataset, how.validation, how.seed)
    with _bar(how.steps) as watch:
        history = train(
            network, seen.inputs, seen.targets, rule, how.steps, how.seed, watch=watch, batch=how.batch, schedule=schedule, clip=how.clip,
            validation=None if unseen is None else (unseen.inputs, unseen.targets), patience=how.patience,
            checkpoint=how.checkpoint, every=how.every, resume=how.resume, held=held or None,
        )  # fmt: skip
    return training(history, seen, rule, how.seed, unseen, held, how.schedule, how.batch)


def _dataset(data: str, seed: int, **typed: Any) -> DataSet:
    """The samples of that name, or of that file. Raises click's UsageError for an option that it does not take."""
    from numeric.data import DATA
    from numeric.runs.datasets import SETS, dataset, read

    given = {name: value for name, value in typed.items() if value is not None}
    is_file = data not in SETS and (bool(PurePath(data).suffix) or len(PurePath(data).parts) > 1 or Path(data).exists())
    takes = {"targets"} if is_file else set() if data in DATA else {"samples", "noise"}
    wrong = next((name for name in given if name not in takes), None)
    if wrong is not None and (is_file or data in SETS):
        raise click.UsageError(f"--{wrong} says nothing about {data}; it is for {'a FILE' if wrong == 'targets' else 'moons, circles, spirals and line'}")
    if is_file and Path(data).is_dir():
        raise IsADirectoryError(EISDIR, "this is a folder; name a file in it", data)
    return read(data, **given) if is_file else dataset(data, seed=seed, **given)


def _fitting(net: Net, dataset: DataSet) -> Network:
    """The network that was asked for; where only its data were, one with their sizes and a loss for them."""
    inputs, targets = dataset.inputs.shape[1], dataset.targets.shape[1]
    if not _typed("net"):
        few = len(dataset.inputs) <= 4
        net = replace(net, net=f"{inputs}-{3 if few else 8}-{targets}")
    within = dataset.targets.min() >= 0 and dataset.targets.max() <= 1
    if not within and not _typed("loss") and not _typed("output"):
        net = replace(net, output="identity", loss="mse")
    network = net.network()
    if (network.sizes[0], network.sizes[-1]) != (inputs, targets):
        fitting = "-".join(map(str, (inputs, *(network.sizes[1:-1] or (3,)), targets)))
        plural = "" if targets == 1 else "s"
        raise click.BadParameter(
            f"{net.net} does not fit {dataset.name}, which has {inputs} inputs and {targets} target{plural}; write such as {fitting}", param_hint="'--net'"
        )
    return network


def _typed(name: str) -> bool:
    return click.get_current_context().get_parameter_source(name) is not ParameterSource.DEFAULT


def _refuse_unwritable(file: str) -> None:
    """Say before the training, not after it, that a checkpoint cannot be written there."""
    if Path(file).is_dir():
        raise IsADirectoryError(EISDIR, "this is a folder; name a file in it", f"--checkpoint {file}")
    if not Path(file).parent.is_dir():
        raise FileNotFoundError(ENOENT, strerror(ENOENT), f"--checkpoint {file}")


def _drawn(training: Training, plot: str, suffix: str, language: str) -> list[str]:
    """Draw the loss step by step and, of two inputs, the decision in a file beside it; what there is to say about that file."""
    from ..figures import losses
    from ..locales import locale
    from ..writers import Page

    words = locale(language)
    delivered(Page(losses(training.history.losses, words).draw(suffix)), plot, "--plot")
    if not training.plane:
        return []
    beside = str(PurePath(plot).with_stem(f"{PurePath(plot).stem}-decision"))
    delivered(Page(training.decision(words).draw(suffix)), beside, "--plot")
    return [f"the decision is drawn in {beside}"]


@contextmanager
def _bar(steps: int) -> Iterator[Callable[[int, float], object] | None]:
    """What is called after every step: on a terminal it moves a bar, elsewhere there is nothing to call."""
    if not on_terminal():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("training", total=steps)
        every = max(steps // 200, 1)
        yield lambda step, loss: progress.update(task, completed=step, description=f"loss {loss:.4g}") if step % every == 0 else None
