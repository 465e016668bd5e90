"""Slashing: a formula as it stands in a line of text, where a fraction becomes a quotient with a slash, unless it is a factor or made of two numbers."""

from __future__ import annotations

from ..formula import Binary, Fence, Formula, Fraction, Number, Prefix, Relation, Row, Times, row

__all__ = ["items_of", "quotient", "slashed"]


def items_of(formula: Formula) -> tuple[Formula, ...]:
    """The nodes side by side that make up a formula."""
    return formula.items if isinstance(formula, Row) else (formula,)


def slashed(formula: Formula) -> Formula:
    """The formula as it stands in a line of text."""
    if isinstance(formula, Fence):
        return Fence(slashed(formula.body), formula.open, formula.close)
    items = items_of(formula)
    around = (None, *items, None)
    return row(*(_slashed(item, around[place], around[place + 2]) for place, item in enumerate(items)))


def _slashed(item: Formula, before: Formula | None, after: Formula | None) -> Formula:
    if not isinstance(item, Fraction):
        return slashed(item) if isinstance(item, Fence) else item
    factor = isinstance(before, Times | Fence) or isinstance(after, Times | Fence)
    if factor or (isinstance(item.above, Number) and isinstance(item.below, Number)):
        return item
    return quotient(item)


def quotient(fraction: Fraction) -> Formula:
    """The fraction with a slash, its parts in brackets where they would fall apart without."""
    above, below = _fenced(fraction.above, Binary, Relation, Fraction), _fenced(fraction.below, Binary, Relation, Fraction, Times)
    return row(above, Prefix("/"), below)


def _fenced(part: Formula, *kinds: type) -> Formula:
    return Fence(part) if any(isinstance(item, kinds) for item in items_of(part)) else part
