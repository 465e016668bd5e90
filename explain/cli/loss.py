"""``explain loss``: the card of one loss."""

from __future__ import annotations

import click

from .choices import Later
from .endings import verdict
from .examples import examples
from .options import Sheet, detail_option, sheet_options

__all__ = ["command"]

EXAMPLES = examples(
    "explain loss huber --format text",
    'explain loss "mse(half=yes)"',
    "explain loss categorical_cross_entropy --language ko -o loss.html",
)


@click.command("loss", short_help="The card of one loss function.", epilog=EXAMPLES)
@click.argument("name", type=Later("loss", "derive.losses", "LOSSES"))
@detail_option
@sheet_options
def command(name: str, detail: str, sheet: Sheet) -> int:
    """Show the formula of NAME, its derivative rule by rule, what becomes of it before the output activation, numbers and their check.

    The page is LaTeX unless --format or the suffix of -o FILE says otherwise.
    """
    from ..cards.loss import loss_card, loss_names

    sheet.form()
    document, report = loss_card(name, detail=detail, **sheet.told(loss_names(name)))
    sheet.deliver(document)
    return verdict([report], document.refuted)
