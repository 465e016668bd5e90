"""``explain code``: the source that runs, to be read, or to be led into a file and used."""

from __future__ import annotations

from pathlib import PurePath

import click

from .choices import FILE, GraphName, Later
from .endings import delivered, said
from .examples import examples
from .graph import read
from .options import At, Net, Sheet, net_options, option, sheet_options, values_options

__all__ = ["command"]

EXAMPLES = examples(
    "explain code > network.py",
    "explain code --lang python --net 2-3-1 -o network.py",
    "explain code --l2 lamda --at lamda=0.01 --frozen w1",
    "explain code shop.txt --of price --wrt apple",
    "explain code --lang javascript --activation gelu -o network.js",
    "explain code --format markdown",
)


@click.command("code", short_help="The source that runs, as a program or on a page.", epilog=EXAMPLES)
@click.argument("source", type=FILE, metavar="[FILE|-]", required=False)
@option("--of", type=GraphName(), metavar="NAME", help="With FILE: what is differentiated; else the last name that is defined.")
@option("--wrt", multiple=True, type=GraphName(), metavar="NAME", help="With FILE: by what; else by every name that is given. Repeatable.")
@option(
    "--lang", default="numpy", type=Later("lang", "explain.pages.listings", "LANGS"), metavar="[numpy|python|javascript|c]",
    help="numpy for arrays, python, javascript and c for plain floats.",
)  # fmt: skip
@net_options()
@values_options
@sheet_options
def command(source: str | None, of: str | None, wrt: tuple[str, ...], lang: str, net: Net, at: At, sheet: Sheet) -> None:
    """Print the source of the loss of a network and its gradient, or of a graph that FILE writes.

    It is a program by itself unless --format or the suffix of -o FILE asks for a page. What is not learnt (--frozen
    parameters, a --l1 or --l2 that has a name) stands in it as a number: the default one, or that of --at.
    """
    from ..pages.listings import LANGS, of_graph, of_network

    plain = sheet.format is None and (sheet.file in (None, "-") or PurePath(str(sheet.file)).suffix == LANGS[lang].suffix)
    if not plain:
        sheet.form()
    if source is None and (of or wrt):
        raise click.UsageError("--of and --wrt belong to a graph, and its FILE is missing")
    if source is not None and at.at:
        raise click.UsageError("--at gives numbers to what a network does not learn; the source of a graph takes all of its values when it is called")
    if source is None:
        network = net.network()
        listing = of_network(network, lang, at.held(network))
    else:
        graph = read(source, at.declared(wrt))
        listing = of_graph(graph, of or graph.definitions[-1].symbol.name, dict.fromkeys(wrt) or [one.name for one in graph.givens], lang)
    if plain:
        from ..writers import Page

        delivered(Page(listing.source), sheet.file)
    else:
        sheet.deliver(listing.page(sheet.language))
    said(f"{listing.source.count(chr(10))} lines of {lang}; call {listing.signature}")
