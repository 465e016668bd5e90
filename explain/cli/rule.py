"""``explain rule``: the derivative of one expression, rule by rule."""

from __future__ import annotations

import click

from .choices import TakesFormula
from .endings import said, verdict
from .examples import examples
from .options import At, Sheet, detail_options, naming, option, sheet_options, values_options

__all__ = ["command"]

EXAMPLES = examples(
    'explain rule "x**2*sin(3*x)" --format text',
    'explain rule "tanh(z)" --wrt z --at z=0.5',
    'explain rule "exp(-a*t)" --wrt t --order 2 --language ko -o decay.html',
)


@click.command("rule", cls=TakesFormula, short_help="The derivative of an expression, rule by rule.", epilog=EXAMPLES)
@click.argument("expression", metavar="EXPRESSION")
@option("--wrt", multiple=True, metavar="NAME", help="By what; else by every name in EXPRESSION. Repeatable.")
@option("--order", default=1, type=click.IntRange(1, 12), metavar="N", help="The order of the derivative.")
@values_options
@detail_options
@sheet_options
def command(expression: str, wrt: tuple[str, ...], order: int, at: At, detail: str, check: bool, sheet: Sheet) -> int:
    """Derive the derivative of EXPRESSION, such as "tanh(z)" or "x*sin(x)", down to the elementary laws.

    The page states every law that is used and applies it, and has numbers where --at gives a value to every name. It is
    LaTeX unless --format or the suffix of -o FILE says otherwise.
    """
    from derive.differentiation import differentiate
    from derive.errors import DeriveError
    from derive.jacobians import gradient

    from ..narrate import lecture_with_reports

    sheet.form()
    with naming("EXPRESSION"):
        table = gradient(expression, wrt or None)
        if not table.wrt:
            raise DeriveError("it has no names; --wrt says by what it is differentiated")
        if order > 1 and len(table.wrt) > 1:
            raise DeriveError(f"a derivative of order {order} is by one name; --wrt says by which")
        derivations = table.derivations() if order == 1 else [differentiate(expression, one, order) for one in table.wrt]
    graph = derivations[0].graph
    points = at.given(graph)
    told = sheet.told(graph)
    document, reports = lecture_with_reports(derivations, points, detail=detail, check=check, pictures=sheet.pictured(), **told)
    sheet.deliver(document)
    if points is None:
        said(f"no values, so no numbers and no differences; --at {','.join(f'{one.name}=…' for one in graph.givens)} gives them")
        return 0
    return verdict(reports)
