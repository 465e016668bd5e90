"""``explain optimizer``: the card of one optimizer."""

from __future__ import annotations

import click

from .choices import Later
from .endings import CHECK_FAILED, DONE, said
from .examples import examples
from .options import Sheet, sheet_options

__all__ = ["command"]

EXAMPLES = examples(
    "explain optimizer adam --format text",
    "explain optimizer momentum --language ko -o momentum.html",
)


@click.command("optimizer", short_help="The card of one optimizer.", epilog=EXAMPLES)
@click.argument("name", type=Later("optimizer", "numeric.optimizers", "OPTIMIZERS"))
@sheet_options
def command(name: str, sheet: Sheet) -> int:
    """Show the update of NAME, its numbers by default and in its source, its first steps, and whether the code agrees.

    The page is LaTeX unless --format or the suffix of -o FILE says otherwise.
    """
    from ..cards.optimizer import optimizer_card, optimizer_names

    sheet.form()
    document, agreement = optimizer_card(name, **sheet.told(optimizer_names(name)))
    sheet.deliver(document)
    said(agreement.summary)
    return DONE if agreement.ok else CHECK_FAILED
