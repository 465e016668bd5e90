"""``explain train``: a network learns a small set of samples, on NumPy that is generated from its derived gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from .choices import FILE, Later
from .endings import DONE, INTERRUPTED, delivered, on_terminal, said
from .examples import examples
from .options import Net, Sheet, naming, net_options, option, picture_suffix, sheet_options

if TYPE_CHECKING:
    from numeric.data import Samples

__all__ = ["command"]

EXAMPLES = examples(
    "explain train xor",
    "explain train xor --optimizer adam --rate 0.05 --steps 500 --plot loss.svg",
    "explain train and --net 2-1 --format json",
)


@click.command("train", short_help="Train on generated NumPy, with progress.", epilog=EXAMPLES)
@click.argument("data", type=Later("data", "numeric.data", "DATA"))
@option("--steps", type=click.IntRange(1, 10_000_000), default=2000, metavar="N", help="How many steps are made.")
@option("--optimizer", default="gd", type=Later("optimizer", "numeric.optimizers", "OPTIMIZERS"), help="The rule of a step.")
@option("--rate", type=float, metavar="NUMBER", help="The learning rate; else the optimizer's own.")
@option("--seed", type=click.IntRange(min=0), default=0, metavar="N", help="Draws the parameters to start from.")
@option("--plot", type=FILE, metavar="FILE", help="Draw the loss step by step: .pdf, .svg or .png.")
@net_options("2-3-1")
@sheet_options
def command(data: str, steps: int, optimizer: str, rate: float | None, seed: int, plot: str | None, net: Net, sheet: Sheet) -> int:
    """Train a network on DATA (and, or, xor), then show its loss and its predictions.

    Ctrl-C ends the training early and shows what it has come to. The page is text unless --format or the suffix of
    -o FILE says otherwise.
    """
    from numeric.data import data as samples_of
    from numeric.training import train

    from ..figures import losses
    from ..locales import locale
    from ..trainings import Training, told
    from ..writers import Page

    sheet.form("text")
    suffix = picture_suffix(plot, "--plot") if plot is not None else ""
    network, samples, rule = net.network(), samples_of(data), _optimizer(optimizer, rate)
    _refuse_misfit(net.net, network.sizes, samples)
    words = sheet.told(network.graph)
    with _bar(steps) as watch:
        history = train(network, samples.inputs, samples.targets, rule, steps, seed, watch=watch)
    training = Training(history, samples, rule, seed)
    if plot is not None:
        delivered(Page(losses(history.losses, locale(sheet.language)).draw(suffix)), plot, "--plot")
    sheet.deliver(told(training, **words), "text")
    right, count = training.right
    done = "interrupted after " * history.interrupted + f"{history.steps} steps"
    said(f"{done}: mean loss {history.losses[0]:.4g} → {training.loss:.4g}; {right} of {count} predictions on the right side of 1/2")
    return INTERRUPTED if history.interrupted else DONE


def _optimizer(name: str, rate: float | None) -> Any:
    from derive.errors import UnknownNameError
    from numeric.optimizers import OPTIMIZERS

    if name not in OPTIMIZERS:
        raise UnknownNameError("optimizer", name, OPTIMIZERS)
    with naming("--rate"):
        return OPTIMIZERS[name]() if rate is None else OPTIMIZERS[name](rate)


def _refuse_misfit(typed: str, sizes: tuple[int, ...], samples: Samples) -> None:
    wanted = len(samples.inputs[0]), len(samples.targets[0])
    if (sizes[0], sizes[-1]) != wanted:
        fitting = "-".join(map(str, (wanted[0], *(sizes[1:-1] or (3,)), wanted[1])))
        raise click.BadParameter(
            f"{typed} does not fit {samples.name}, which has {wanted[0]} inputs and {wanted[1]} target; write such as {fitting}", param_hint="'--net'"
        )


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
