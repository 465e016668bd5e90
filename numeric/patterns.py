"""Patterns: parts of the page's expressions that overflow or cancel, and the code that stands in their place.

To add one: a function of the writer and an expression, whose parts are code already, that gives the code or None; and
its name in ``PATTERNS``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sympy import Add, Expr, Mul, S, erf, exp, log

from derive.activations import activation
from derive.written import Written

from .stable import shifted, sigmoid, softmax, value_of

if TYPE_CHECKING:
    from .writer import Writer

__all__ = ["PATTERNS", "stable"]


def stable(writer: Writer, code: Written | Expr) -> Written | Expr:
    """The code itself, or what stands for it: a name that has this meaning, or the form of a pattern."""
    if isinstance(code, Written) and _long(code):
        return code
    value = value_of(code)
    if value in writer.meaning:
        return writer.meaning[value]
    if value.is_Add and -value in writer.meaning:
        return Written("neg", (writer.meaning[-value],))
    return next((found for pattern in PATTERNS if (found := pattern(writer, value)) is not None), code)


def _long(code: Written) -> bool:
    """Is this a sum or a product that no pattern can mean? (It is dear to build the expression of a long one.)"""
    if code.head == "+":
        return len(code.args) > 2
    return code.head == "*" and not any(isinstance(arg, log) for arg in code.args)


def _residual(writer: Writer, value: Expr) -> Written | None:
    """y − t = (1 − t)·y − t·(1 − y), which does not cancel where y is near 1."""
    if not (value.is_Add and len(value.args) == 2):
        return None
    for y, other in (value.args, value.args[::-1]):
        for back, (one, t) in ((False, (y, -other)), (True, (-y, other))):
            rest = writer.kin[one].get("rest") if one in writer.kin and writer.kin[one]["kind"].name in ("sigmoid", "softmax") else None  # type: ignore[union-attr]
            if rest is not None and t.is_Symbol:
                parts = [Written("*", (1 - t, one)), Written("*", (t, rest))]
                first, second = reversed(parts) if back else parts
                return Written("+", (first, Written("neg", (second,))))
    return None


def _cross_entropy(writer: Writer, value: Expr) -> Written | None:
    """t ln σ(z) + (1 − t) ln(1 − σ(z)) = t z − max(z, 0) − ln(1 + e^(−|z|)), which takes one logarithm."""
    if not (value.is_Add and len(value.args) == 2):
        return None
    for known in writer.kin.values():
        if "logrest" in known:
            t, rest = (value.coeff(known[name]) for name in ("log", "logrest"))
            scale = t + rest
            if t != 0 and rest != 0 and abs(scale) == 1:
                linear, top, gap = Written("*", (t * scale, known["x"])), known["top"], known["gap"]
                parts = (linear, Written("neg", (top,)), Written("neg", (gap,))) if scale == 1 else (top, Written("neg", (linear,)), gap)
                return Written("+", parts)  # in this order, the first two cancel exactly
    return None


def _xlogy(writer: Writer, value: Expr) -> Expr | None:
    """x ln y, which is 0 where x is."""
    logs = [one for one in value.args if isinstance(one, log)] if value.is_Mul else []
    if not logs or logs[0].args[0].is_number:
        return None
    x: Expr = Mul(*(one for one in value.args if one is not logs[0]))
    return None if x.is_number else writer.form("xlogy", {"x": writer.named(x), "y": writer.named(logs[0].args[0])})


def _logistic(writer: Writer, value: Expr) -> Expr | Written | None:
    """1/(1 + e^(−z)) is the sigmoid, however it was written."""
    power = _one_plus(exp, value.base) if value.is_Pow and value.exp == -1 else None
    return None if power is None else writer.code(sigmoid(-power))


def _softplus(writer: Writer, value: Expr) -> Expr | None:
    """ln(1 + e^z), which need not overflow."""
    power = _one_plus(exp, value.args[0]) if isinstance(value, log) else None
    return None if power is None else writer.form("softplus", {"x": writer.named(power)})


def _logsumexp(writer: Writer, value: Expr) -> Expr | None:
    """ln Σ e^z, shifted by the largest z."""
    powers = _powers(value.args[0]) if isinstance(value, log) else None
    if powers is None:
        return None
    shared = shifted(writer, [writer.named(one) for one in powers])
    return shared.top + writer.form("log1p", {"x": shared.tail})


def _share(writer: Writer, value: Expr) -> Expr | Written | None:
    """e^z/Σe^z is the softmax, however it was written."""
    if not value.is_Mul:
        return None
    for below in value.args:
        powers = _powers(below.base) if below.is_Pow and below.exp == -1 else None
        above = next((one for one in value.args if isinstance(one, exp) and powers and one.args[0] in powers), None)
        if powers is not None and above is not None:
            own = above.args[0]
            names = [writer.named(one) for one in (own, *(one for one in powers if one != own))]
            return Mul(*(one for one in value.args if one not in (above, below))) * softmax(writer, activation("softmax").function, names, None)
    return None


def _powers(value: Expr) -> list[Expr] | None:
    """The z of a sum Σ e^z of several."""
    return [one.args[0] for one in value.args] if isinstance(value, Add) and all(isinstance(one, exp) for one in value.args) else None  # type: ignore[misc]


def _expm1(writer: Writer, value: Expr) -> Expr | None:
    """c·e^z − c, which cancels near 0, also among other terms."""
    if not (isinstance(value, Add) and value.args[0].is_Number):
        return None
    scale = -value.args[0]
    power = next((term for term in value.args if isinstance(term / scale, exp)), None)
    if power is None:
        return None
    others = Add(*(term for term in value.args[1:] if term != power))
    return others + scale * writer.form("expm1", {"x": writer.named((power / scale).args[0])})


def _erfc(writer: Writer, value: Expr) -> Expr | None:
    """c + c·erf(z) = c·erfc(−z), which cancels on the left."""
    scale = value.args[0] if isinstance(value, Add) and value.args[0].is_Rational else S.One
    inner = _one_plus(erf, value / scale if scale == 1 else Add(*(one / scale for one in value.args)))
    return None if inner is None else scale * writer.form("one plus erf", {"x": writer.named(inner)})


def _one_plus(function: type[Expr], value: Expr, one: Expr = S.One) -> Expr | None:
    """z where the value is 1 + f(z)."""
    if isinstance(value, Add) and len(value.args) == 2 and one in value.args:
        other = next(arg for arg in value.args if arg != one)
        return other.args[0] if isinstance(other, function) else None  # type: ignore[return-value]
    return None


PATTERNS: tuple[Callable[[Any, Expr], Expr | Written | None], ...] = (
    _residual, _cross_entropy, _xlogy, _share, _logistic, _logsumexp, _softplus, _expm1, _erfc,
)  # fmt: skip
