"""``explain network``: the forward pass of a whole network, all its gradients, and one step that uses them."""

from __future__ import annotations

import click

from .endings import verdict
from .examples import examples
from .exercise import deliver, exercise_options
from .live import MOST_CHOICES, deliver_live, interactive_option, is_live
from .options import At, Net, Sheet, at_options, detail_options, naming, net_options, option, sheet_options

__all__ = ["command"]

EXAMPLES = examples(
    "explain network --format text",
    "explain network --net 2-3-1 --activation tanh --rate 0.1 -o network.html",
    "explain network --l2 0.01 --frozen 1 --detail brief --language ko",
)


@click.command("network", short_help="A whole network: forward, all gradients, one step.", epilog=EXAMPLES)
@net_options()
@at_options
@option("--rate", default="0.5", metavar="NUMBER", help="The rate of the step against the gradient.")
@detail_options
@exercise_options
@interactive_option(None)
@sheet_options
def command(net: Net, at: At, rate: str, detail: str, check: bool, hints: bool, blank: bool, interactive: bool | None, sheet: Sheet) -> int:
    """Tell a whole network: the values forward, every gradient from the loss back, one step, and the loss before and after.

    Of several samples in the FILE of --at the first is worked through, and the step goes against the mean of their
    gradients. The page is LaTeX unless --format or the suffix of -o FILE says otherwise.
    """
    from ..pages.network import network_lecture, rate_of

    sheet.form()
    live = is_live(interactive, sheet, hints, blank)
    with naming("--rate"):
        step = rate_of(rate)
    network = net.network()
    points = at.points(network.graph)
    told = sheet.told(network.graph)
    if live and (interactive or len(network.parameters) <= MOST_CHOICES):
        names = [one.name for one in network.parameters]
        return deliver_live(network, names, points, sheet, {**told, "detail": detail, "check": check, "rate": step})
    document, reports = network_lecture(network, points, rate=step, detail=detail, check=check, pictures=sheet.pictured(), **told)
    deliver(document, sheet, hints, blank)
    return verdict(reports, document.refuted)
