"""Cases: a proof for what has kinks, once for every choice of the signs on which it depends."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import combinations, product
from typing import TypeVar

from sympy import Expr

from ..activations import defined
from .heads import KINKED
from .laurent import ZERO, total
from .towers import Fact, Tower

__all__ = ["CASES", "in_all_cases"]

CASES = "an identity of rational functions in free generators, in every case of the signs"
MOST_KINKS = 6

AnyTower = TypeVar("AnyTower", bound=Tower)


def in_all_cases(tower_of: Callable[[Iterable[Fact]], AnyTower], holds: Callable[[AnyTower], bool]) -> dict[Expr, None] | None:
    """The expressions that a proof takes not to be zero, where it holds for signs that are free, or for each choice of them; else None.

    ``tower_of(facts)`` gives a tower in which the facts are known, and ``holds(tower)`` whether the claim is
    proved there. A choice that cannot be is left out.
    """
    free = tower_of(())
    if holds(free):
        return free.kinks
    signs = [one for one in free.asked if one.free_symbols and not defined(one).has(*KINKED)]
    if not 0 < len(signs) <= MOST_KINKS:
        return None
    found = dict.fromkeys(one for one in signs if one in free.kinks)
    for turns in product((1, -1), repeat=len(signs)):
        facts = [(turn * one, True) for turn, one in zip(turns, signs, strict=True)]
        if _can_be(facts, tower_of(())):
            case = tower_of(facts)
            if not holds(case):
                return None
            found.update(case.kinks)
    return found


def _can_be(facts: Iterable[Fact], tower: Tower) -> bool:
    """Can all be positive? Not where some of them are together zero or a negative number: a − b, b − c and c − a."""
    values = [tower.value(one).normal for one, _ in facts]
    together = (total(some) for count in range(2, len(values) + 1) for some in combinations(values, count))
    return not any((-whole).at_least(ZERO) for whole in together)
