"""``explain point``: the values in use, as a file to edit."""

from __future__ import annotations

from pathlib import PurePath

import click

from .choices import FILE
from .endings import delivered
from .examples import examples
from .options import At, Net, at_options, naming, net_options, option

__all__ = ["command"]

EXAMPLES = examples(
    "explain point -o point.toml",
    "explain point --seed 7 --format json",
    "explain point --net 3-2-1 --at w1=0.25",
)


@click.command("point", short_help="The values in use, as a file to edit.", epilog=EXAMPLES)
@net_options()
@at_options
@option("--format", "language", metavar="[toml|json]", help="Else the suffix of FILE decides; TOML on standard output.")
@option("-o", "file", type=FILE, metavar="FILE", help="Write the values to a file instead of standard output.")
def command(net: Net, at: At, language: str | None, file: str | None) -> None:
    """Write the values of all inputs, parameters and targets as a file for --at.

    explain point -o point.toml, change a value, explain gradient w1 --at point.toml
    """
    from ..point_files import written
    from ..writers import Page

    graph = net.network().graph
    suffix = PurePath(file or "").suffix.lower().removeprefix(".")
    points = at.points(graph)
    with naming("--format" if language else f"-o {file}"):
        page = Page(written(points, graph, language or suffix or "toml"))
    delivered(page, file)
