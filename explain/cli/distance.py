"""``explain distance``: the page of a distance between two points, and of the similarity made of it."""

from __future__ import annotations

import re

import click

from .choices import Later
from .endings import verdict
from .examples import examples
from .options import At, Sheet, detail_options, naming, option, sheet_options, values_options

__all__ = ["command"]

EXAMPLES = examples(
    "explain distance euclid --format text",
    "explain distance L3 --at x1=0,x2=0,y1=1,y2=2 -o l3.html",
    "explain distance minkowski --dimensions 3 --language ko -o minkowski.html",
)
BY_POWER = {"1": "manhattan", "2": "euclid"}


@click.command("distance", short_help="The card of a distance: formula, gradient, kinks, unit ball.", epilog=EXAMPLES)
@click.argument("name", type=Later("distance", "derive.distances", "DISTANCES"))
@option("--dimensions", default=2, type=int, metavar="N", help="Coordinates of each point.")
@values_options
@detail_options
@sheet_options
def command(name: str, dimensions: int, at: At, detail: str, check: bool, sheet: Sheet) -> int:
    """Show the formula of the distance NAME (manhattan or L1, euclid or L2, minkowski or L3, L4, …), its gradient and kinks.

    The points are x1, x2, … and y1, y2, …, at two usual places unless --at says otherwise; m is 3 for minkowski. The page
    is LaTeX unless --format or the suffix of -o FILE says otherwise.
    """
    from ..pages.distance import Distance, distance_page

    sheet.form()
    with naming("NAME"):
        distance = Distance(*_called(name, dimensions))
    points = at.given(distance.graph)
    document, reports = distance_page(distance, points, detail=detail, check=check, pictures=sheet.pictured(), **sheet.told(distance.graph))
    sheet.deliver(document)
    return verdict(reports, document.refuted)


def _called(name: str, dimensions: int) -> tuple[str, int, str | int]:
    """The name of the house, and the power where L with a number is typed."""
    power = re.fullmatch("[lL]([1-9][0-9]{0,2})", name)
    if power is None:
        return name, dimensions, "m"
    return (BY_POWER[power[1]], dimensions, "m") if power[1] in BY_POWER else ("minkowski", dimensions, int(power[1]))
