"""Order: the terms and factors of an expression as they were written, which SymPy does not keep."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sympy import Expr, Mul

from .steps import Term
from .written import Written

__all__ = ["in_order", "places_in"]


def places_in(written: Written | Expr, found: dict[Expr, int] | None = None) -> dict[Expr, int]:
    """Where each part of a written expression first stands."""
    found = {} if found is None else found
    whole = written.expression if isinstance(written, Written) else written
    found.setdefault(whole, len(found))
    if isinstance(written, Written):
        for arg in written.args:
            places_in(arg, found)
        if written.head == "/":
            below = written.args[1]
            for factor in Mul.make_args(below.expression if isinstance(below, Written) else below):
                found.setdefault(1 / factor, len(found))  # type: ignore[operator]
    return found


def in_order(expression: Expr, partials: Collection[tuple[Term, Expr]], places: Mapping[Expr, int]) -> Iterable[tuple[Term, Expr]]:
    """The partials of a sum or product in the order in which it was written, else as SymPy prints it."""
    if any(part not in places and not part.is_Number for part in expression.args):
        places = {part: place for place, part in enumerate(expression.as_ordered_terms() if expression.is_Add else expression.as_ordered_factors())}
    first = {part: -1 if part.is_Number else places.get(part, len(places)) for part in {*expression.args, *(one for partial, _ in partials for one in partial)}}
    return sorted(((tuple(sorted(partial, key=first.__getitem__)), argument) for partial, argument in partials), key=lambda pair: first.get(pair[1], 0))
