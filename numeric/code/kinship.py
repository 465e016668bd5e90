"""Kinship: what the parts of an expression are to each other, as patterns ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sympy import Add, Expr, S, exp

if TYPE_CHECKING:
    from .writer import Writer

__all__ = ["exponents", "factor_beside", "kin_of", "one_plus", "rest_of"]


def kin_of(writer: Writer, one: Expr, *kinds: str) -> dict[str, Any] | None:
    """The kin of a name, if it is the value of such an activation."""
    known = writer.kin.get(one) if one.is_Symbol else None  # type: ignore[call-overload]
    return known if known is not None and known["kind"] in kinds else None


def factor_beside(product: Expr, one: Expr) -> Expr | None:
    """t where the product is t times that name, and t another name."""
    if not (product.is_Mul and len(product.args) == 2 and one in product.args):
        return None
    other = product.args[1] if product.args[0] == one else product.args[0]
    return other if other.is_Symbol else None


def rest_of(writer: Writer, one: Expr, kind: str) -> dict[str, Any] | None:
    """The kin of an activation of that kind whose 1 − y, or the like, this is."""
    known = writer.owned(one)
    return dict(known) if known and known["kind"] == kind and known.get("rest") == one else None


def one_plus(function: type[Expr], value: Expr) -> Expr | None:
    """z where the value is 1 + f(z)."""
    if isinstance(value, Add) and len(value.args) == 2 and S.One in value.args:
        other = next(arg for arg in value.args if arg != S.One)
        return other.args[0] if isinstance(other, function) else None  # type: ignore[return-value]
    return None


def exponents(value: Expr) -> list[Expr] | None:
    """The z of a sum Σ e^z of several."""
    return [one.args[0] for one in value.args] if isinstance(value, Add) and all(isinstance(one, exp) for one in value.args) else None  # type: ignore[misc]
