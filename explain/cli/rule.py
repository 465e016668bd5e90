"""``explain rule``: the derivative of one expression, rule by rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from .choices import TakesFormula
from .endings import UNCHECKED, verdict
from .examples import examples
from .options import At, Sheet, detail_options, naming, option, sheet_options, values_options

if TYPE_CHECKING:
    from derive.steps import Derivation

__all__ = ["command"]

EXAMPLES = examples(
    'explain rule "x**2*sin(3*x)" --format text',
    'explain rule "tanh(z)" --wrt z --at z=0.5',
    'explain rule "exp(-a*t)" --wrt t --order 2 --language ko -o decay.html',
    'explain rule "sqrt(x)" --limit --at x=4 --format text',
    'explain rule "x**3 - 3*x" --extrema -o extrema.html',
)


@click.command("rule", cls=TakesFormula, short_help="The derivative of an expression, rule by rule.", epilog=EXAMPLES)
@click.argument("expression", metavar="EXPRESSION")
@option("--wrt", multiple=True, metavar="NAME", help="By what; else by every name in EXPRESSION. Repeatable.")
@option("--order", default=1, type=click.IntRange(1, 12), metavar="N", help="The order of the derivative.")
@option("--limit", is_flag=True, help="From the limit of the difference quotient instead, line by line.")
@option("--extrema", is_flag=True, help="Where it rises and falls, from the sign of its derivative.")
@values_options
@detail_options
@sheet_options
def command(expression: str, wrt: tuple[str, ...], order: int, limit: bool, extrema: bool, at: At, detail: str, check: bool, sheet: Sheet) -> int:
    """Derive the derivative of EXPRESSION, such as "tanh(z)" or "x*sin(x)", down to the elementary laws.

    The page states every law that is used and applies it, and has numbers where --at gives a value to every name. It is
    LaTeX unless --format or the suffix of -o FILE says otherwise.
    """
    sheet.form()
    told = {"detail": detail, "check": check}
    if limit or extrema:
        _refuse_both(limit, extrema, order)
        return (_limit if limit else _extrema)(expression, wrt, at, sheet, told)
    return _by_rules(expression, wrt, order, at, sheet, told)


def _refuse_both(limit: bool, extrema: bool, order: int) -> None:
    if limit and extrema:
        raise click.UsageError("--limit and --extrema are two pages; choose one")
    if order > 1:
        raise click.UsageError(f"--order {order} is for the rules; {'--limit' if limit else '--extrema'} is about the first derivative")


def _by_rules(expression: str, wrt: tuple[str, ...], order: int, at: At, sheet: Sheet, told: dict[str, Any]) -> int:
    """The page of laws."""
    from derive.differentiation import differentiate
    from derive.errors import DeriveError
    from derive.jacobians import gradient

    from ..narrate import lecture_with_reports

    declared = at.declared()
    with naming("EXPRESSION"):
        table = gradient(expression, wrt or None, declared=declared)
        if not table.wrt:
            raise DeriveError("it has no names; --wrt says by what it is differentiated")
        if order > 1 and len(table.wrt) > 1:
            raise DeriveError(f"a derivative of order {order} is by one name; --wrt says by which")
        derivations = table.derivations() if order == 1 else [differentiate(expression, one, order, declared) for one in table.wrt]
    graph = derivations[0].graph
    points = at.given(graph)
    document, reports = lecture_with_reports(derivations, points, pictures=sheet.pictured(), **told, **sheet.told(graph))
    sheet.deliver(document)
    missing = ",".join(f"{given.name}=…" for given in graph.givens)
    unvalued = f"no values, so no numbers and no differences; --at {missing} gives them"
    return verdict(reports, document.refuted, unchecked=unvalued if points is None else UNCHECKED)


def _limit(expression: str, wrt: tuple[str, ...], at: At, sheet: Sheet, told: dict[str, Any]) -> int:
    """The page of the difference quotient."""
    from derive.analysis.limits import difference_quotient

    from ..pages.limit import limit_page

    declared = at.declared()
    with naming("EXPRESSION"):
        derivation = _one(expression, wrt, declared)
        quotient = difference_quotient(expression, derivation.claim.wrt.name, declared)
    points = at.given(derivation.graph)
    document, reports = limit_page(quotient, points, pictures=sheet.pictured(), **told, **sheet.told(derivation.graph))
    sheet.deliver(document)
    return verdict(reports, document.refuted)


def _extrema(expression: str, wrt: tuple[str, ...], at: At, sheet: Sheet, told: dict[str, Any]) -> int:
    """The page of rising and falling."""
    from derive.analysis.extrema import variation

    from ..pages.extrema import extrema_page

    if at.at:
        raise click.UsageError("--extrema finds its points itself; --at has no use here")
    with naming("EXPRESSION"):
        derivation = _one(expression, wrt)
        table = variation(expression, derivation.claim.wrt.name)
    document, reports = extrema_page(table, pictures=sheet.pictured(), **told, **sheet.told(derivation.graph))
    sheet.deliver(document)
    return verdict(reports, document.refuted)


def _one(expression: str, wrt: tuple[str, ...], declared: Sequence[str] = ()) -> Derivation:
    """The derivative by the one name that is meant. Raises DeriveError where there are none or several."""
    from derive.differentiation import differentiate, read_function
    from derive.errors import DeriveError

    names = wrt or tuple(one.name for one in read_function(expression, declared)[1])
    if len(names) != 1:
        raise DeriveError(f"this page is about one name; --wrt says which{' of ' + ', '.join(names) if names else ''}")
    return differentiate(expression, names[0], declared=declared)
