"""One formula alone, for users who write the page themselves."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr

from derive.errors import DeriveError
from derive.graph import Graph
from derive.written import Written

from .notation import board_of
from .writers import latex as writer

__all__ = ["latex"]


def latex(expression: Expr | Written, graph: Graph | None = None, notation: str = "net-out", labels: Mapping[str, str] | None = None) -> str:
    """One expression as LaTeX for math mode (amsmath), its terms and factors in a hand's order.

    graph tells the layer of nodes such as z1_2 and of the deltas of a deep network; labels are display texts by
    name. Raises DeriveError for anything but an expression, and for an unknown notation or name.
    """
    if not isinstance(expression, Expr | Written):
        raise DeriveError(f"expression is {expression!r}; latex takes a SymPy expression, such as net.gradient('w1')")
    plain = expression.expression if isinstance(expression, Written) else expression
    return writer.formula(board_of(graph, notation, labels, names=map(str, plain.free_symbols)).formula(expression))
