"""``explain matrix``: the derivation of a whole layer, with shapes, numbers and check."""

from __future__ import annotations

from math import inf

import click

from .choices import Later
from .endings import verdict
from .examples import examples
from .options import At, Net, Sheet, at_options, net_options, option, sheet_options

__all__ = ["command"]

EXAMPLES = examples(
    "explain matrix W1 --format text",
    "explain matrix W2 --net 3-4-2 --layout columns -o layer2.html",
)


@click.command("matrix", short_help="The derivation of a weight matrix or bias at layer level.", epilog=EXAMPLES)
@click.argument("name", metavar="NAME")
@net_options()
@option("--layout", default="rows", type=Later("layout", "derive.matrix", "LAYOUTS"), help="rows: one sample a row, Z = XW + b; columns: Z = WX + b.")
@at_options
@option("--check/--no-check", default=True, help="Hold every entry against a central difference.")
@sheet_options
def command(name: str, net: Net, layout: str, at: At, check: bool, sheet: Sheet) -> int:
    """Derive ∂L/∂NAME for a whole layer: W1, b1, W2, … or the inputs X, an inner Z1 or A1.

    L is the mean loss of a batch; several samples in the FILE of --at are its rows. The shape stands on every line. Wide layers have no numbers.
    """
    from derive.matrix import matrix_graph

    from ..matrix_page import has_numbers, matrix_lecture

    sheet.form()
    network = net.network(most_weights=inf)
    points = at.points(network.graph) if has_numbers(network) else None
    document, reports = matrix_lecture(network, name, points, layout=layout, check=check, **sheet.told(matrix_graph(network)))
    sheet.deliver(document)
    return verdict(reports, "entry")
