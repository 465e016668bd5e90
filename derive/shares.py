"""Shares: what a sum becomes when some of its symbols are known to sum to 1, as the targets of a classification are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sympy import Add, Expr, Mul, Symbol, expand_mul

from .steps import Step

__all__ = ["with_shares"]


def with_shares(step: Step, shares: Sequence[Symbol]) -> Step:
    """The step with its value written by Σ shares = 1, where that makes it shorter; the forms on the way are kept.

    The value is read as Σ a_k·t_k + rest. With c the commonest of the a_k it is c·Σ t_k + Σ (a_k − c)·t_k + rest,
    and the first sum is 1.
    """
    found = _coefficients(step.value, shares)
    if found is None:
        return step
    rest, coefficients = found
    commonest = [c for c, _ in Counter(coefficients.values()).most_common(2)]
    best = min((_taken_out(rest, coefficients, c) for c in commonest), key=lambda pair: (pair[1].count_ops(), len(pair[1].free_symbols)))
    if best[1].count_ops() >= step.value.count_ops():
        return step
    collected, value = best
    return replace(step, value=value, because="shares", via=((step.value, step.because), (collected, "like terms")))


def _taken_out(rest: Expr, coefficients: dict[Symbol, Expr], c: Expr) -> tuple[Expr, Expr]:
    """The value with c taken out of all shares, and the same where they sum to 1."""
    left = Add(rest, *((own - c) * one for one, own in coefficients.items()))
    return Add(Mul(c, Add(*coefficients)), left), Add(c, left)


def _coefficients(value: Expr, shares: Sequence[Symbol]) -> tuple[Expr, dict[Symbol, Expr]] | None:
    """What stands without a share, and what each share is multiplied by; None where the value is not linear in them."""
    rest: list[Expr] = []
    parts: dict[Symbol, list[Expr]] = {one: [] for one in shares}
    for term in Add.make_args(expand_mul(value)):
        inside = [one for one in Mul.make_args(term) if one in parts]
        own = Mul(*(one for one in Mul.make_args(term) if one not in parts))
        if len(inside) > 1 or not own.free_symbols.isdisjoint(parts):
            return None
        (parts[inside[0]] if inside else rest).append(own)  # type: ignore[index]
    return Add(*rest), {one: Add(*own) for one, own in parts.items()}
