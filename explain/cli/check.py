"""``explain check``: every gradient beside its central difference, at one point or at many random ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

from .choices import NetworkName
from .endings import CHECK_FAILED, DONE, on_terminal, said
from .examples import examples
from .options import At, Net, Sheet, at_options, chosen, net_options, option, sheet_options

if TYPE_CHECKING:
    from derive.graph import Graph

__all__ = ["command"]

EXAMPLES = examples(
    "explain check",
    "explain check w1 w5 --points 100 --seed 1",
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

    With --points, or a file of several samples, a row shows the worst of a gradient. The page is text unless --format
    or the suffix of -o FILE says otherwise.
    """
    from ..surveys import survey

    sheet.form("text")
    network = net.network()
    if points is not None and at.at:
        raise click.UsageError("--points draws all values and --at gives them; choose one")
    at_points = at.points(network.graph) if points is None else _drawn(network.graph, at.seed or 0, points)
    document, report = survey(network, at_points, chosen(network, names or ("all",)), **sheet.told(network.graph))
    sheet.deliver(document, "text")
    said(report.summary)
    return DONE if report.ok else CHECK_FAILED


def _drawn(graph: Graph, seed: int, count: int) -> Iterable[Mapping[str, Any]]:
    """Random points one by one, with a bar on a terminal."""
    from numeric.data import random_points

    points = random_points(graph, seed, count)
    if not on_terminal():
        return points
    from rich.console import Console
    from rich.progress import track

    return track(points, "points", total=count, console=Console(stderr=True), transient=True)
