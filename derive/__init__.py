"""Symbols only: networks and graphs, the rules of differentiation, and derivations as lists of facts."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .errors import DeriveError
from .graph import Definition, Graph, Role
from .network import Network
from .parsing import parse_expression, parse_graph
from .steps import Derivation, Local, Step, Total

if TYPE_CHECKING:
    from .analysis.extrema import variation
    from .analysis.limits import difference_quotient
    from .claims.judging import judge
    from .claims.slips import judge_gradient
    from .differentiation import differentiate
    from .jacobians import gradient, hessian, jacobian
    from .matrices.differential import matrix_gradient
    from .matrices.reading import parse_matrix

# What scalar work does not need is loaded when it is asked for.
_LATE = {
    "difference_quotient": "analysis.limits", "differentiate": "differentiation", "gradient": "jacobians", "hessian": "jacobians",
    "jacobian": "jacobians", "judge": "claims.judging", "judge_gradient": "claims.slips", "matrix_gradient": "matrices.differential",
    "parse_matrix": "matrices.reading", "variation": "analysis.extrema",
}  # fmt: skip

__all__ = [
    "Definition", "Derivation", "DeriveError", "Graph", "Local", "Network", "Role", "Step", "Total",
    "difference_quotient", "differentiate", "gradient", "hessian", "jacobian", "judge", "judge_gradient", "matrix_gradient", "parse_expression",
    "parse_graph", "parse_matrix", "variation",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_LATE[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATE})
