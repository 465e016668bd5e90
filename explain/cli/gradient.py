"""``explain gradient``: the derivation of one gradient or several, with numbers and check."""

from __future__ import annotations

import click

from .choices import NetworkName
from .endings import verdict
from .examples import examples
from .exercise import deliver, exercise_options
from .live import deliver_live, interactive_option, refuse_other_formats
from .options import At, Net, Sheet, at_options, chosen, detail_options, net_options, sheet_options

__all__ = ["command"]

EXAMPLES = examples(
    "explain gradient w1",
    "explain gradient w1 --format text --language ko",
    "explain gradient w1 w5 --at i1=0.5,w1=1/3 -o w1.html",
    "explain gradient all --net 2-3-1 --activation tanh --format beamer -o slides.tex",
    "explain gradient w1 --hints --format text",
)


@click.command("gradient", short_help="The derivation of a gradient, its numbers and its check.", epilog=EXAMPLES)
@click.argument("names", nargs=-1, required=True, type=NetworkName(), metavar="NAME…|all")
@net_options()
@at_options
@detail_options
@exercise_options
@interactive_option()
@sheet_options
def command(names: tuple[str, ...], net: Net, at: At, detail: str, check: bool, hints: bool, blank: bool, interactive: bool, sheet: Sheet) -> int:
    """Derive ∂Loss/∂NAME step by step, put numbers in, and check every step.

    NAME is a parameter (w1, b1), an input (i1) or an inner node (net_h1); "all" stands for all parameters. The page is
    LaTeX unless --format or the suffix of -o FILE says otherwise.
    """
    from ..narrate import lecture_with_reports

    sheet.form()
    if interactive:
        refuse_other_formats(sheet, hints, blank)
    network = net.network()
    points = at.points(network.graph)
    derivations = [network.derivation(name) for name in chosen(network, names)]
    told = sheet.told(network.graph)
    if interactive:
        return deliver_live(network, [one.claim.wrt.name for one in derivations], points, sheet, {**told, "detail": detail, "check": check})
    document, reports = lecture_with_reports(derivations, points, detail=detail, check=check, pictures=sheet.pictured(), **told)
    deliver(document, sheet, hints, blank)
    return verdict(reports, document.refuted)
