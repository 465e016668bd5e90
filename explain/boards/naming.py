"""Naming: how a symbol is named on the board, by its role where it has one.

To name the symbols of another role: a row in ``_ROLES``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from sympy import Symbol

from derive.functions import CONSTANTS
from derive.graph import Role
from derive.names import split

from ..formula import Fence, Formula, Name, Number, Relation, Script, row
from .notations import Notation

__all__ = ["named"]

MOST_PRIMES = 3

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η", "theta": "θ", "iota": "ι",
    "kappa": "κ", "lamda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ",
    "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lamda": "Λ", "Xi": "Ξ", "Pi": "Π",
    "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip


def named(symbol: Symbol, role: Role | None, notation: Notation) -> Formula:
    """The name of a symbol: the one that its role has in this notation, else its letters and subscripts."""
    setter = _ROLES.get(role.kind) if role is not None else None
    by_role = setter(notation, role, symbol) if setter and role else None
    if by_role is not None:
        return by_role
    if symbol.name in CONSTANTS:
        return Name(symbol.name)  # pi is a name here, and no π
    base, subscripts = split(symbol.name)
    return Script(_letters(base), _subscript(subscripts)) if subscripts else _letters(base)


def _letters(text: str) -> Formula:
    return Name(GREEK.get(text, text))


def _part(text: str) -> Formula:
    """One subscript: "1", "h1", "max"."""
    letters, digits = re.fullmatch(r"(.*?)(\d*)", text).groups()  # type: ignore[union-attr]
    return row(*([_letters(letters)] if letters else []), *([Number(digits)] if digits else []))


def _subscript(parts: Sequence[str]) -> Formula:
    return row(*(one for place, part in enumerate(parts) for one in ([Relation(",")] if place else []) + [_part(part)]))


def _unit(base: str, role: Role) -> Formula:
    """A unit of a layer: z with its number below, that of its map behind it where there are several, and its layer above."""
    below = _subscript([str(role.row), *([str(role.col)] if role.col else [])])
    return Script(Name(base), below, Fence(Number(str(role.layer))))


def _primed(function: Formula, times: int) -> Formula:
    """A derivative of a function: y′, y″, y‴, y⁽⁴⁾, …"""
    return Script(function, sup=Name("′" * times) if times <= MOST_PRIMES else Fence(Number(str(times))))


# How symbols are named by their role; None leaves the name that the user knows.
_ROLES: dict[str, Callable[[Notation, Role, Symbol], Formula | None]] = {
    "loss": lambda notation, role, symbol: Name(notation.loss) if notation.loss else None,
    "net": lambda notation, role, symbol: _unit("z", role) if notation.layered or symbol.name.startswith("z") else None,
    "out": lambda notation, role, symbol: _unit("a", role) if notation.layered or symbol.name.startswith("a") else None,
    "target": lambda notation, role, symbol: (
        Script(Name(notation.target or "t"), Number(str(role.row)))
        if notation.layered or (notation.target and "_" not in symbol.name)
        else Script(Name(notation.target), _subscript(split(symbol.name)[1]))
        if notation.target
        else None
    ),
    "input": lambda notation, role, symbol: Script(Name(notation.input), Number(str(role.row))) if notation.input else None,
    "derivative": lambda notation, role, symbol: _primed(_letters(split(symbol.name)[0]), role.layer),
}
