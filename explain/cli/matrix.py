"""``explain matrix``: the derivation of a whole layer, or the gradient of a matrix expression, with shapes, numbers and check."""

from __future__ import annotations

from dataclasses import fields
from math import inf
from typing import Any

import click
from click.core import ParameterSource

from .choices import Later, TakesFormula
from .endings import verdict
from .examples import examples
from .options import At, Net, Sheet, at_options, detail_option, naming, net_options, option, sheet_options

__all__ = ["command"]

EXAMPLES = examples(
    "explain matrix W1 --format text",
    "explain matrix W2 --net 3-4-2 --layout columns -o layer2.html",
    'explain matrix "norm2(A*x - b)^2" --wrt x --shape b=vector --format text',
    """explain matrix "tr(X'*X)" --wrt X --at "X=[[1,2],[3,4]]" --language ko -o trace.html""",
)


LAYOUT = "rows: one sample a row, Z = XW + b; columns: Z = WX + b. With --wrt: denominator or numerator."


@click.command("matrix", cls=TakesFormula, short_help="The derivation of a layer, or the gradient of a matrix expression.", epilog=EXAMPLES)
@click.argument("name", metavar="NAME|EXPRESSION")
@option("--wrt", metavar="LETTER", help="The letter by which an EXPRESSION is differentiated.")
@option("--shape", multiple=True, metavar="LETTER=KIND", help="Of a letter in EXPRESSION: 2x3, vector, scalar, 'symmetric matrix 3', … Repeatable.")
@net_options()
@option("--layout", default="rows", type=Later("layout", "derive.matrix", "LAYOUTS"), help=LAYOUT)
@at_options
@detail_option
@option("--check/--no-check", default=True, help="Hold every entry against a central difference.")
@sheet_options
@click.pass_context
def command(
    context: click.Context, name: str, wrt: str | None, shape: tuple[str, ...], net: Net, layout: str, at: At, detail: str, check: bool, sheet: Sheet
) -> int:
    """Derive ∂L/∂NAME for a whole layer: W1, b1, W2, … or the inputs X, an inner Z1 or A1, a learned alpha1.

    Where units have several affine maps, as in maxout, each has its own: W1_1, W1_2, b1_1, Z1_1, …

    L is the mean loss of a batch; several samples in the FILE of --at are its rows. The shape stands on every line. Wide layers have no numbers.

    With --wrt, an EXPRESSION such as "x'*A*x" or "sum(log(X*w))" is differentiated instead: a, …, g are numbers, h, …, z
    column vectors, A, …, Z matrices unless --shape says otherwise; .* ./ .^ work entry by entry, a quote transposes, and
    there are tr, det, logdet, inv, diag, sum, norm1, norm2, softmax and the functions of one number. --at gives rows: A=[[1,2],[3,4]].
    """
    sheet.form()
    if wrt is not None:
        _refuse_network(context)
        chosen = layout if context.get_parameter_source("layout") == ParameterSource.COMMANDLINE else "denominator"
        return _of_expression(name, wrt, shape, chosen, at, {"detail": detail, "check": check}, sheet)
    if not name.isidentifier():
        _refuse_without_letter(name, shape)
    for typed in ("shape", "detail"):
        if context.get_parameter_source(typed) == ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{typed} belongs to an expression and its --wrt LETTER, which is missing")
    return _of_layer(name, net, layout, at, check, sheet)


def _of_layer(name: str, net: Net, layout: str, at: At, check: bool, sheet: Sheet) -> int:
    """The page of a layer of a network."""
    from derive.matrix import matrix_graph

    from ..pages.matrix import has_numbers, matrix_lecture

    network = net.network(most_weights=inf)
    points = at.points(network.graph) if has_numbers(network) else None
    document, reports = matrix_lecture(network, name, points, layout=layout, check=check, **sheet.told(matrix_graph(network)))
    sheet.deliver(document)
    return verdict(reports, document.refuted, "entry")


def _of_expression(text: str, wrt: str, shape: tuple[str, ...], layout: str, at: At, told: dict[str, Any], sheet: Sheet) -> int:
    """The page of a gradient in matrices."""
    from derive.functions import CONSTANTS
    from derive.matrices.differential import matrix_gradient
    from derive.matrices.reading import letters_in
    from derive.matrices.sizes import kind_of

    from ..matrix_points import declarations, matrix_values
    from ..pages.matrix_expression import matrix_expression_page

    values = matrix_values(at.at) if at.at else None
    declared = declarations(shape)
    with naming("EXPRESSION"):
        given = {name: kind_of(name) for name in CONSTANTS if name in letters_in(text) and name in (values or ())}
        derivation = matrix_gradient(text, wrt, {**given, **declared})
    names = [str(one) for one in derivation.graph.givens]
    document, reports = matrix_expression_page(derivation, values, layout=layout, **told, **sheet.told(names))
    sheet.deliver(document)
    return verdict(reports, document.refuted, "entry")


def _refuse_without_letter(text: str, shape: tuple[str, ...]) -> None:
    """No matrix of a network has such a name: it is an expression, and by which of its letters is not said."""
    from derive.errors import listed
    from derive.matrices.functions import matrix_function

    from ..matrix_points import declarations

    with naming("EXPRESSION"):
        letters = matrix_function(text, declarations(shape)).givens
    which = f"it has {listed(letters)}; write such as --wrt {letters[0]}" if letters else "it has none"
    raise click.UsageError(f"{text!r:.80} is a matrix expression, which is differentiated by a letter; {which}")


def _refuse_network(context: click.Context) -> None:
    """What is about networks has no place beside an expression."""
    typed = next((one for one in (*(one.name for one in fields(Net)), "seed") if context.get_parameter_source(one) == ParameterSource.COMMANDLINE), None)
    if typed:
        raise click.UsageError(f"--{typed} belongs to a layer of a network; beside --wrt there is an expression")
