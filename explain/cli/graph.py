"""``explain graph``: the derivatives in a computational graph that is written as text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from .choices import FILE, GraphName
from .endings import UNCHECKED, verdict
from .examples import examples
from .exercise import deliver, exercise_options
from .options import At, Sheet, detail_options, naming, option, sheet_options, values_options

if TYPE_CHECKING:
    from derive.graph import Graph

__all__ = ["command", "read"]

EXAMPLES = examples(
    "echo 'y = x**2 * exp(-x)' | explain graph - --at x=2 --format text",
    "explain graph shop.txt --wrt apple --at apple=100,count=2,tax=1.1 -o shop.html",
    "explain graph shop.txt --of price --wrt tax --blank -o exercise.tex",
)


@click.command("graph", short_help="The derivatives in a graph that is written as text.", epilog=EXAMPLES)
@click.argument("source", type=FILE, metavar="FILE|-")
@option("--of", type=GraphName(), metavar="NAME", help="What is differentiated; else the last name that is defined.")
@option("--wrt", multiple=True, type=GraphName(), metavar="NAME", help="By what; else by every name that is given. Repeatable.")
@values_options
@detail_options
@exercise_options
@sheet_options
def command(source: str, of: str | None, wrt: tuple[str, ...], at: At, detail: str, check: bool, hints: bool, blank: bool, sheet: Sheet) -> int:
    """Derive the derivatives in a computational graph: FILE has one "name = expression" a line, # begins a comment.

    The page has numbers where --at gives a value to every name that no line defines. It is LaTeX unless --format or
    the suffix of -o FILE says otherwise.
    """
    from ..narrate import lecture_with_reports

    sheet.form()
    if source == "-" and "-" in at.at:
        raise click.UsageError("FILE and --at are both standard input; give one of them as a file")
    graph = read(source, at.declared(wrt))
    points = at.given(graph)
    of = of or graph.definitions[-1].symbol.name
    derivations = [graph.derivation(of, one) for one in dict.fromkeys(wrt) or graph.givens]
    told = sheet.told(graph)
    document, reports = lecture_with_reports(derivations, points, detail=detail, check=check, pictures=sheet.pictured(), **told)
    deliver(document, sheet, hints, blank)
    missing = ",".join(f"{given.name}=…" for given in graph.givens)
    unvalued = f"no values, so no numbers and no differences; --at {missing} gives them"
    return verdict(reports, document.refuted, unchecked=unvalued if points is None else UNCHECKED)


def read(source: str, declared: Iterable[str] = ()) -> Graph:
    """The graph that a file writes, or standard input for "-"; ``declared`` is as for ``parse_graph``.

    Raises DeriveError and OSError, both with the file in the message.
    """
    from derive.parsing import parse_graph

    from ..points import text_of

    name = "standard input" if source == "-" else source
    try:
        with naming(name):
            return parse_graph(text_of(source), declared)
    except OSError as error:
        raise OSError(error.errno, error.strerror, name) from None
