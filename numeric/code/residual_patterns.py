"""Patterns of differences that cancel: a residual y − t, cross entropies, margins 1 − t·y, 1 ± tanh."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sympy import Abs, Expr, Max, Rational, S

from derive.activations import SELU_ALPHA, SELU_SCALE
from derive.written import Written

from .kinship import factor_beside, kin_of
from .stable import sigmoid, value_of

if TYPE_CHECKING:
    from .writer import Writer

__all__ = ["categorical_from_logits", "cross_entropy", "cross_entropy_from_logits", "ends", "margin", "residual"]


def residual(writer: Writer, value: Expr) -> Written | None:
    """c·(y − t) where y is near the ends of its range, also among other terms: see ``_apart``."""
    if not value.is_Add:
        return None
    split = {term: term.as_coeff_Mul() for term in value.args}
    outputs = [term for term, (_, one) in split.items() if kin_of(writer, one, "sigmoid", "softmax", "tanh", *LEAST)]  # type: ignore[arg-type]
    for term in outputs:
        number, y = split[term]
        targets = [other for other, (factor, t) in split.items() if factor == -number and t.is_Symbol and other not in outputs]
        if len(targets) == 1:
            upper, lower = (_beside_least if writer.kin[y]["kind"] in LEAST else _apart)(writer, y, split[targets[0]][1])  # type: ignore[arg-type, index]
            if number.is_negative:
                upper, lower = lower, upper
            parts: tuple[Any, ...] = (upper, Written("neg", (lower,)))
            others = tuple(one for one in value.args if one not in (term, targets[0]))
            if abs(number) == 1:
                return Written("+", (*parts, *others))
            product = Written("*", (abs(number), Written("+", parts)))
            return Written("+", (product, *others)) if others else product  # type: ignore[arg-type]
    return None


def _apart(writer: Writer, y: Expr, t: Expr) -> tuple[Written, Written]:
    """Two numbers whose difference is y − t: (1 − t)·y and t·(1 − y); for y between −1 and 1, (1 − t)·(1 + y)/2 and (1 + t)·(1 − y)/2."""
    known = writer.kin[y]  # type: ignore[index] (a name)
    if known["kind"] != "tanh":
        return Written("*", (1 - t, y)), Written("*", (t, known["rest"]))
    below, above = writer.code(1 + y), writer.code(1 - y)  # type: ignore[operator]
    return Written("*", (1 - t, value_of(below) / 2)), Written("*", (1 + t, value_of(above) / 2))


# How far below 0 the values of an activation end; y plus that is among its kin as ``rest``.
LEAST: Mapping[str, Callable[[Mapping[str, Any]], Expr]] = {"elu": lambda kin: kin["s1"], "selu": lambda kin: SELU_SCALE * SELU_ALPHA}


def _beside_least(writer: Writer, y: Expr, t: Expr) -> tuple[Expr, Expr]:
    """Two names whose difference is y − t, where y ends at −c: y + c and t + c where t is below −c/2, which takes no digits; else y and t."""
    known = writer.kin[y]  # type: ignore[index] (a name)
    end = LEAST[known["kind"]](known)
    low = writer.form("positive", {"x": writer.named(-end / 2 - t)})  # type: ignore[operator]
    upper = Written("+", (Written("*", (low, known["rest"])), Written("*", (writer.named(1 - low), y))))  # type: ignore[operator]
    return writer.named(upper), writer.named(Written("+", (t, *(Written("*", (low, one)) for one in _in_two(end)))))


def _in_two(number: Expr) -> tuple[Expr, ...]:
    """A float, and what it lacks: both are wanted where the float is taken away again. What is no number is itself."""
    if number.free_symbols:
        return (number,)
    high = Rational(float(number))
    return (high,) if number == high else (high, (number - high).evalf(17))  # type: ignore[return-value]


def margin(writer: Writer, value: Expr) -> Expr | Written | None:
    """1 − t·y where y reaches ±1: (1 − |t|) + max(t, 0)·(1 − y) + max(−t, 0)·(1 + y), no term of which cancels."""
    if not (value.is_Add and len(value.args) == 2 and S.One in value.args):
        return None
    product = -(value - 1)
    for y in product.args if product.is_Mul else ():
        t = factor_beside(product, y)  # type: ignore[arg-type]
        if t is None or (known := kin_of(writer, y, "sigmoid", "softmax", "tanh", "elu", "softsign")) is None:  # type: ignore[arg-type]
            continue
        if known["kind"] in ("sigmoid", "softmax"):
            return Written("+", (writer.named(1 - t), Written("*", (t, known["rest"]))))  # named, so that no sum of it can lose the order
        below, above = (writer.code(one) for one in (1 - y, 1 + y))  # type: ignore[operator]
        sides = (Written("*", (writer.code(Max(0, side)), end)) for side, end in ((t, below), (-t, above)))
        return Written("+", (writer.named(1 - Abs(t)), *sides))
    return None


def ends(writer: Writer, value: Expr) -> Expr | None:
    """1 ± tanh z = 2σ(±2z)."""
    if not (value.is_Add and len(value.args) == 2 and S.One in value.args):
        return None
    y = value - 1
    known = kin_of(writer, y, "tanh") or kin_of(writer, -y, "tanh")
    if known is None:
        return None
    half = writer.kin[writer.code(sigmoid(2 * known["x"]))]  # type: ignore[index] (a name)
    return 2 * half["y" if y.is_Symbol else "rest"]


def cross_entropy(writer: Writer, value: Expr) -> Written | None:
    """t ln σ(z) + (1 − t) ln(1 − σ(z)) = t z − max(z, 0) − ln(1 + e^(−|z|)), which takes one logarithm."""
    if not (value.is_Add and len(value.args) == 2):
        return None
    known = next((kin for one in value.free_symbols if "logrest" in (kin := writer.owned(one)) and kin["log"] == one), None)  # type: ignore[arg-type]
    if known is None:
        return None
    t, rest = (value.coeff(known[name]) for name in ("log", "logrest"))
    scale = t + rest
    if t == 0 or rest == 0 or abs(scale) != 1:
        return None
    linear, top, gap = Written("*", (t * scale, known["x"])), known["top"], known["gap"]
    parts = (linear, Written("neg", (top,)), Written("neg", (gap,))) if scale == 1 else (top, Written("neg", (linear,)), gap)
    return Written("+", parts)  # in this order, the first two cancel exactly


def cross_entropy_from_logits(writer: Writer, value: Expr) -> Written | None:
    """ln(1 + e^z) − t z = (max(z, 0) − t z) + ln(1 + e^(−|z|)): where t is 1, the first two cancel exactly."""
    if not (value.is_Add and len(value.args) == 2):
        return None
    for y, linear in (value.args, value.args[::-1]):
        known = kin_of(writer, y, "softplus")
        if known is not None and factor_beside(-linear, known["x"]) is not None:
            return Written("+", (Written("+", (known["top"], Written("neg", (-linear,)))), known["gap"]))
    return None


def categorical_from_logits(writer: Writer, value: Expr) -> Written | None:
    """ln Σe^z − Σ t z = Σ t·(max z − z) + ln(1 + the others), where the t sum to 1."""
    if not value.is_Add:
        return None
    for whole in value.args:
        known = kin_of(writer, whole, "logsumexp")
        if known is not None and len(value.args) == len(known["layer"]) + 1:
            others = [one for one in value.args if one != whole]
            pairs = [(t, z) for z in known["layer"] for one in others if (t := factor_beside(-one, z)) is not None]
            if {t for t, _ in pairs} == set(writer.graph.shares) and len(pairs) == len(others):
                terms = tuple(Written("*", (t, Written("+", (known["top"], Written("neg", (z,)))))) for t, z in pairs)
                return Written("+", (*terms, known["gap"]))
    return None
