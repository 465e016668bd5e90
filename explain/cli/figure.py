"""``explain figure``: one picture, as SVG, PDF or PNG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from ..pictures import PICTURES
from .choices import Among
from .endings import delivered, said
from .examples import examples
from .graph import read
from .options import At, Look, Net, at_options, look_options, net_options, option, picture_suffix

if TYPE_CHECKING:
    from derive.graph import Graph

    from ..points import Point

__all__ = ["command"]

EXAMPLES = examples(
    "explain figure network w1 -o network.svg",
    "explain figure activation tanh -o tanh.png",
    "explain figure tangent w1 --at w1=0.7 --language ko -o tangent.pdf",
    "explain figure descent gd momentum adam > descent.svg",
    "explain figure network --values -o values.svg",
)


class Figures(click.Command):
    """A command whose help lists the pictures."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The pictures, each with what is typed after its name."""
        with formatter.section("Figures"):
            formatter.write_dl([(name, picture.takes) for name, picture in PICTURES.items()])
        super().format_epilog(ctx, formatter)


@click.command("figure", cls=Figures, short_help="One picture: of the network, a graph, an activation.", epilog=EXAMPLES)
@click.argument("name", type=Among("figure", "explain.pictures", "PICTURES"), metavar="NAME")
@click.argument("what", nargs=-1)
@option("--of", metavar="NAME", help="With graph: what is differentiated; else the last name that is defined.")
@option(
    "--wrt",
    multiple=True,
    metavar="NAME",
    help="With graph: by what; its paths are coloured. With descent: two parameters, such as w1,w5. Repeatable.",
)
@option("--values", is_flag=True, help="With network: every value, and below it the derivative of the loss.")
@net_options()
@at_options
@look_options
@click.pass_context
def command(
    context: click.Context,
    name: str,
    what: tuple[str, ...],
    of: str | None,
    wrt: tuple[str, ...],
    values: bool,
    net: Net,
    at: At,
    look: Look,
) -> None:
    """Draw one picture: to FILE.svg, FILE.pdf or FILE.png, or as SVG on standard output.

    What is seen is said in one line on standard error: it is the picture's description for those who cannot see it.
    """
    suffix = look.format or (picture_suffix(str(look.file), "-o") if look.to_file else "svg")
    from ..boards.notations import notation_of
    from ..locales import locale
    from ..pictures import Wish, draw
    from ..writers import Page

    usual = context.get_parameter_source("net") != ParameterSource.COMMANDLINE
    sized = replace(net, net=PICTURES[name].sizes) if usual else net
    words = locale(look.language)
    set_in = {"notation": notation_of(look.notation), "words": words}
    wish = Wish(
        what,
        sized.network,
        lambda source: read(source, at.declared(one for text in wrt for one in text.split(","))),
        of,
        wrt,
        lambda graph: _point(at, graph),
        words,
        set_in,
        look.labels(),
        values,
    )
    figure = draw(name, wish)
    delivered(Page(figure.draw(suffix)), look.file)
    said(figure.alt)


def _point(at: At, graph: Graph) -> Point | None:
    points: Sequence[Point] | None = at.points(graph) if graph.roles else at.given(graph)
    return points[0] if points else None
