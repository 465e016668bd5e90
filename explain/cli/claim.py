"""``explain claim``: is this equality true, is this gradient right?"""

from __future__ import annotations

from dataclasses import fields, replace

import click
from click.core import ParameterSource

from .choices import NetworkName, TakesFormula
from .endings import CHECK_FAILED, DONE, said
from .examples import examples
from .options import Net, Sheet, net_options, option, sheet_options

__all__ = ["command"]

EXAMPLES = examples(
    'explain claim "diff(sigmoid(z), z) = sigmoid(z)*(1 - sigmoid(z))"',
    'explain claim "log(a*b) = log(a) + log(b)" --assuming "a > 0, b > 0" --format text',
    'explain claim "sqrt(x**2) = x" --format text',
    'explain claim --gradient w5 "out_h1*(out_o1 - t_o1)" --language ko',
)


@click.command("claim", cls=TakesFormula, short_help="Is an equality true? A proof, or a point where it fails.", epilog=EXAMPLES)
@click.argument("text", metavar='"A = B"|FORMULA')
@option("--assuming", multiple=True, metavar="CONDITIONS", help='Such as "a > 0, 0 < x < 1, b = -theta". Repeatable.')
@option("--gradient", type=NetworkName(), metavar="NAME", help="FORMULA is the gradient of the loss by NAME, in the nodes of the network.")
@net_options()
@sheet_options
@click.pass_context
def command(context: click.Context, text: str, assuming: tuple[str, ...], gradient: str | None, net: Net, sheet: Sheet) -> int:
    """Judge whether A = B wherever both sides are defined; diff(f, x) and limit(f, x, a) may stand in it.

    With --gradient a FORMULA for a gradient is judged, and where it is wrong the usual slip behind it is named. The
    exit code is 0 only where the claim is proved, and 1 where it is refuted or stays undecided.
    """
    sheet.form()
    if gradient is None:
        _refuse_network(context)
        from ..pages.claims import judged, names

        held = ", ".join(filter(None, assuming))
        document, verdict = judged(text, held, **sheet.told(names(text, held)))
    elif assuming:
        raise click.UsageError("--assuming belongs to a claim A = B; a gradient is judged for all values")
    else:
        from ..pages.claimed_gradients import judged_gradient

        network = net.network()
        document, verdict = judged_gradient(network, gradient, text, **sheet.told(network.graph))
    sheet.deliver(document)
    said(str(verdict if gradient is None else replace(verdict, counterexample=verdict.counterexample and {})))
    return DONE if verdict.status == "proved" else CHECK_FAILED


def _refuse_network(context: click.Context) -> None:
    typed = next((one.name for one in fields(Net) if context.get_parameter_source(one.name) == ParameterSource.COMMANDLINE), None)
    if typed:
        raise click.UsageError(f"--{typed} belongs to --gradient NAME, which is missing")
