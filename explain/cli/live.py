"""``--interactive``: a page that a reader can take hold of, in the place of the one that stands still."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from .endings import delivered, verdict
from .options import Sheet, option

if TYPE_CHECKING:
    from derive.network import Network

    from ..points import Point

__all__ = ["MOST_CHOICES", "deliver_live", "interactive_option", "is_live", "refuse_other_formats"]

MOST_CHOICES = 40  # parameters of a network that gets such a page without being asked; the page itself takes no more


def interactive_option(usual: bool | None = False) -> Callable[..., Any]:
    """The argument ``interactive``; where ``usual`` is None, nothing typed is None."""
    words = "An HTML page whose numbers follow what its reader changes" + (" (what -o FILE.html gives)." if usual is None else ".")
    return option("--interactive/--no-interactive", default=usual, show_default=usual is not None, help=words)


def is_live(interactive: bool | None, sheet: Sheet, hints: bool, blank: bool) -> bool:
    """Is the page one to take hold of: as asked for, else where an HTML file is written? Raises as ``refuse_other_formats``."""
    if interactive:
        refuse_other_formats(sheet, hints, blank)
    return sheet.to_file and sheet.form() == "html" and not (hints or blank) if interactive is None else interactive


def refuse_other_formats(sheet: Sheet, hints: bool, blank: bool) -> None:
    """Raises click's UsageError for what an interactive page cannot be."""
    form = sheet.form("html")
    if form != "html":
        raise click.UsageError(f"--interactive makes an HTML page, and not {form}; write --format html, or -o FILE.html")
    if sheet.exact:
        raise click.UsageError("--interactive and --exact do not go together: the numbers that a reader changes are decimals")
    if hints or blank:
        raise click.UsageError(f"--interactive and {'--hints' if hints else '--blank'} are two kinds of pages; choose one")


def deliver_live(net: Network, names: Sequence[str], points: Sequence[Point], sheet: Sheet, told: dict[str, Any]) -> int:
    """Write the interactive page of a network and its derivatives by ``names``; gives the exit status."""
    from ..interactive.page import interactive_page

    page, reports = interactive_page(net, names, points, **told)
    delivered(page, sheet.file)
    return verdict(reports, page.refuted)
