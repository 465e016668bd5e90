"""``explain activation``: the card of one activation."""

from __future__ import annotations

import click

from .choices import Later
from .endings import verdict
from .examples import examples
from .options import Sheet, detail_option, sheet_options

__all__ = ["command"]

EXAMPLES = examples(
    "explain activation swish --format text",
    "explain activation elu -o elu.html",
    "explain activation softmax --language ko --detail brief",
)


@click.command("activation", short_help="The card of one activation function.", epilog=EXAMPLES)
@click.argument("name", type=Later("activation", "derive.activations", "ACTIVATIONS"))
@detail_option
@sheet_options
def command(name: str, detail: str, sheet: Sheet) -> int:
    """Show the formula of NAME, its derivative rule by rule, its range, kinks and picture, numbers and their check.

    The page is LaTeX unless --format or the suffix of -o FILE says otherwise.
    """
    from ..cards.activation import activation_card, activation_names

    sheet.form()
    document, report = activation_card(name, detail=detail, pictures=sheet.pictured(), **sheet.told(activation_names(name)))
    sheet.deliver(document)
    return verdict([report], document.refuted)
