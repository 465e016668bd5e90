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
    from .differential import matrix_gradient
    from .differentiation import differentiate
    from .extrema import variation
    from .jacobians import gradient, hessian, jacobian
    from .judging import judge
    from .limits import difference_quotient
    from .matrix_reading import parse_matrix
    from .slips import judge_gradient

# What scalar work does not need is loaded when it is asked for.
_LATE = {
    "difference_quotient": "limits", "differentiate": "differentiation", "gradient": "jacobians", "hessian": "jacobians", "jacobian": "jacobians",
    "judge": "judging", "judge_gradient": "slips", "matrix_gradient": "differential", "parse_matrix": "matrix_reading", "variation": "extrema",
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
