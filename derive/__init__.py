"""Symbols only: networks and graphs, the rules of differentiation, and derivations as lists of facts."""

from .errors import DeriveError
from .graph import Definition, Graph, Role
from .network import Network
from .parsing import parse_expression, parse_graph
from .steps import Derivation, Local, Step, Total

__all__ = ["Definition", "Derivation", "DeriveError", "Graph", "Local", "Network", "Role", "Step", "Total", "parse_expression", "parse_graph"]
