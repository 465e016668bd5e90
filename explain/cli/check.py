"""``explain check``: every gradient beside its central difference, at one point or at many random ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import click

from .choices import NetworkName
from .endings import CHECK_FAILED, DONE, on_terminal, said
from .examples import examples
from .options import At, Net, Sheet, at_options, chosen, net_options, option, sheet_options

if TYPE_CHECKING:
    from derive.network import Network
    from numeric.reports import Report

    from ..document import Document
    from ..pages.wide_surveys import Findings

__all__ = ["command"]

MOST_WEIGHTS = 10_000_000
MOST_ROWS = 200  # a table of more is not read row by row
MOST_NAMED = 2_000  # weights of a network up to which a gradient is derived, and checked step by step, to be shown

EXAMPLES = examples(
    "explain check",
    "explain check w1 w5 --points 100 --seed 1",
    "explain check --at b1=-40 --exact",
    "explain check --net 784-128-10 --activation relu",
    "explain check --net 3-2-1 --format latex -o check.tex",
)


@click.command("check", short_help="Every gradient beside its central difference, as a table.", epilog=EXAMPLES)
@click.argument("names", nargs=-1, type=NetworkName(), metavar="[NAME…]")
@net_options()
@at_options
@option("--points", type=click.IntRange(min=1), metavar="N", help="At N random points, drawn from --seed (0 unless given).")
@sheet_options
def command(names: tuple[str, ...], net: Net, at: At, points: int | None, sheet: Sheet) -> int:
    """Set the gradients by all parameters, or by each NAME, beside their central differences.

    With --points, or a file of several samples, a row shows the worst of a gradient. More than 200 parameters are summed up
    layer by layer, at values as a training starts with. --exact has an arbiter of thirty digits judge, so that nothing stays
    open that floats cannot resolve. The page is text unless --format or the suffix of -o FILE says otherwise.
    """
    sheet.form("text")
    network = net.network(most_weights=MOST_WEIGHTS)
    if points is not None and at.at:
        raise click.UsageError("--points draws all values and --at gives them; choose one")
    count = sum(before * units for before, units in pairwise(network.sizes))
    by_layer = count > (MOST_NAMED if names and "all" not in names else MOST_ROWS)
    document, found = (_by_layer if by_layer else _one_by_one)(network, names, at, points, sheet)
    sheet.deliver(document, "text")
    said(found.summary)
    return CHECK_FAILED if found.failed else DONE


def _one_by_one(network: Network, names: tuple[str, ...], at: At, points: int | None, sheet: Sheet) -> tuple[Document, Report]:
    from numeric.data import random_points

    from ..pages.surveys import survey

    at_points = at.points(network.graph) if points is None else _watched(random_points(network.graph, at.seed or 0, points), points)
    return survey(network, at_points, chosen(network, names or ("all",)), arbiter=sheet.exact, **sheet.told(network.graph))


def _by_layer(network: Network, names: tuple[str, ...], at: At, points: int | None, sheet: Sheet) -> tuple[Document, Findings]:
    from numeric.runs.datasets import random_sample

    from ..pages.wide_surveys import wide_survey

    told = sheet.told([one.name for one in (*network.parameters, network.loss)] if sheet.label else ())
    asked, seed = tuple(dict.fromkeys(names)) if "all" not in names else (), at.seed or 0
    if at.at:
        return wide_survey(network, (_batch(network, one) for one in at.points(network.graph)), asked, arbiter=sheet.exact, **told)
    drawn = (random_sample(network, seed + place) for place in range(points or 1))
    return wide_survey(network, _watched(drawn, points or 1), asked, seed=seed, arbiter=sheet.exact, **told)


def _batch(network: Network, at: Mapping[str, Any]) -> tuple[Any, ...]:
    """The values of one sample as arrays."""
    theta, *rows = ([float(at[one.name]) for one in group] for group in (network.parameters, network.inputs, network.targets, network.masks))
    return theta, *([row] for row in rows)


def _watched(points: Iterable[Any], count: int) -> Iterable[Any]:
    """The points one by one, with a bar on a terminal where there are several."""
    if count == 1 or not on_terminal():
        return points
    from rich.console import Console
    from rich.progress import track

    return track(points, "points", total=count, console=Console(stderr=True), transient=True)
