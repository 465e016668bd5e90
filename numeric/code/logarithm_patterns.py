"""Patterns of logarithms, and of what cancels beside 1: ln(1 + y), e^z − 1, 1 + erf."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Abs, Add, Expr, Mul, erf, exp, log

from derive.activations import activation
from derive.written import Written

from .kinship import exponents, kin_of, one_plus, rest_of
from .stable import logarithm_of_rest
from .stable import logsumexp as log_of_sum
from .stable import softplus as form_of_softplus

if TYPE_CHECKING:
    from .writer import Writer

__all__ = ["beside_log1p", "erfc", "expm1", "log1p", "log_of_multiple", "log_of_rest", "log_ratio", "logsumexp", "softplus", "xlogy"]


def log_of_multiple(writer: Writer, value: Expr) -> Expr | None:
    """ln(c·y) where ln y is known."""
    if not (isinstance(value, log) and value.args[0].is_Mul):
        return None
    number, one = value.args[0].as_coeff_Mul()  # type: ignore[attr-defined]
    return log(number) + writer.meaning[log(one)] if number.is_positive and log(one) in writer.meaning else None


def log_of_rest(writer: Writer, value: Expr) -> Expr | None:
    """ln(1 − p) of a softmax, which is finite where 1 − p underflows."""
    known = rest_of(writer, value.args[0], "softmax") if isinstance(value, log) else None  # type: ignore[arg-type]
    return logarithm_of_rest(writer, known) if known and "layer" in known else None


def xlogy(writer: Writer, value: Expr) -> Expr | Written | None:
    """x ln y, which is 0 where x is; of a quotient whose lower part has a known logarithm, the two logarithms apart."""
    logs = [one for one in value.args if isinstance(one, log)] if value.is_Mul else []
    if not logs or logs[0].args[0].is_number:
        return None
    x: Expr = Mul(*(one for one in value.args if one is not logs[0]))
    if x.is_number:
        return None
    y: Expr = logs[0].args[0]  # type: ignore[assignment]
    below = next((one for one in y.args if one.is_Pow and one.exp == -1 and log(one.base) in writer.meaning), None) if y.is_Mul else None  # type: ignore[attr-defined]
    if below is None:
        return writer.form("xlogy", {"x": writer.named(x), "y": writer.named(y)})
    upper = writer.form("xlogy", {"x": writer.named(x), "y": writer.named(y / below)})
    return Written("+", (upper, Written("neg", (Written("*", (x, writer.meaning[log(below.base)])),))))  # type: ignore[attr-defined]


def softplus(writer: Writer, value: Expr) -> Expr | None:
    """ln(1 + e^z), which need not overflow."""
    power = one_plus(exp, value.args[0]) if isinstance(value, log) else None
    return None if power is None else form_of_softplus(writer, activation("softplus").function(writer.named(power)))


def log1p(writer: Writer, value: Expr) -> Expr | None:
    """ln(1 + y), which keeps what a small y has."""
    inner = value.args[0] - 1 if isinstance(value, log) and value.args[0].is_Add else None  # type: ignore[operator]
    if inner is None or not inner.is_Symbol:
        return None
    return writer.related(writer.form("log1p", {"x": inner}), "log1p", {"x": inner})


def log_ratio(writer: Writer, value: Expr) -> Expr | None:
    """ln(1 + a) − ln(1 + b) = ±ln(1 + |a − b|/(1 + the smaller)), which keeps a small difference."""
    if not (value.is_Add and len(value.args) == 2):
        return None
    for one, other in (value.args, value.args[::-1]):
        a, b = kin_of(writer, one, "log1p"), kin_of(writer, -other, "log1p")  # type: ignore[operator]
        if a is not None and b is not None:
            apart = writer.named(writer.code(a["x"] - b["x"]))
            ratio = writer.named(Abs(apart) / (1 + writer.form("smaller", {"a": a["x"], "b": b["x"]})))
            return writer.named(writer.form("sign", {"x": apart}) * writer.form("log1p", {"x": ratio}))
    return None


def beside_log1p(writer: Writer, value: Expr) -> Expr | None:
    """ln(1 + a) − c − y, its first two taken together: they may cancel exactly, and y may be small."""
    numbers = [one for one in value.args if one.is_number] if value.is_Add and len(value.args) > 2 else []
    own = next((one for one in value.args if kin_of(writer, one, "log1p") or kin_of(writer, -one, "log1p")), None) if numbers else None  # type: ignore[arg-type, operator]
    if own is None:
        return None
    others = (one for one in value.args if one != own and one not in numbers)
    return Add(writer.named(Add(own, *numbers)), *others)


def logsumexp(writer: Writer, value: Expr) -> Expr | None:
    """ln Σ e^z, shifted by the largest z."""
    powers = exponents(value.args[0]) if isinstance(value, log) else None
    return None if powers is None else log_of_sum(writer, [writer.named(one) for one in powers])


def expm1(writer: Writer, value: Expr) -> Expr | None:
    """c·e^z − c, which cancels near 0, also among other terms."""
    if not (isinstance(value, Add) and value.args[0].is_Number):
        return None
    scale = -value.args[0]
    power = next((term for term in value.args if isinstance(term / scale, exp)), None)
    if power is None:
        return None
    others = Add(*(term for term in value.args[1:] if term != power))
    return others + scale * writer.form("expm1", {"x": writer.named((power / scale).args[0])})


def erfc(writer: Writer, value: Expr) -> Expr | None:
    """c + c·erf(z) = c·erfc(−z), which cancels on the left, also among other terms."""
    if not (isinstance(value, Add) and value.args[0].is_Rational):
        return None
    scale = value.args[0]
    term = next((one for one in value.args if isinstance(one / scale, erf)), None)
    if term is None:
        return None
    others = Add(*(one for one in value.args[1:] if one != term))
    return others + scale * writer.form("one plus erf", {"x": writer.named((term / scale).args[0])})
