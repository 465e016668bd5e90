"""``--interactive``: a page that a reader can take hold of, in the place of the one that stands still."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from .endings import delivered
from .options import Sheet, option

if TYPE_CHECKING:
    from derive.network import Network

    from ..points import Point

__all__ = ["deliver_live", "interactive_option", "refuse_other_formats"]


def interactive_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The argument ``interactive``."""
    return option("--interactive/--no-interactive", default=False, help="An HTML page whose numbers follow what its reader changes.")(command)


def refuse_other_formats(sheet: Sheet, hints: bool, blank: bool) -> None:
    """Raises click's UsageError for what an interactive page cannot be."""
    form = sheet.form("html")
    if form != "html":
        raise click.UsageError(f"--interactive makes an HTML page, and not {form}; write --format html, or -o FILE.html")
    if hints or blank:
        raise click.UsageError(f"--interactive and {'--hints' if hints else '--blank'} are two kinds of pages; choose one")


def deliver_live(net: Network, names: Sequence[str], points: Sequence[Point], sheet: Sheet, told: dict[str, Any]) -> None:
    """Write the interactive page of a network and its derivatives by ``names``. Raises click's UsageError where this version has none."""
    # ``explain.interactive`` has ``page(net, names, points, **told)``, which gives the finished Page.
    make = getattr(import_module("explain.interactive"), "page", None)
    if make is None:
        raise click.UsageError("this version has no interactive page yet; leave --interactive out")
    delivered(make(net, names, points, **told), sheet.file)
