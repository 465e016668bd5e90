"""Patterns of quotients and roots whose parts overflow or underflow where they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import Abs, Add, Expr, Mul, S, exp, log, sqrt

from derive.activations import activation
from derive.written import Written

from .kinship import exponents, kin_of, one_plus, rest_of
from .stable import counted, folded, logarithm_of_rest, sigmoid, softmax

if TYPE_CHECKING:
    from .writer import Writer

__all__ = ["direction", "logistic", "odds", "of_elu", "root_of_squares", "share"]


def logistic(writer: Writer, value: Expr) -> Expr | Written | None:
    """1/(1 + e^(−z)) is the sigmoid, however it was written."""
    power = one_plus(exp, value.base) if value.is_Pow and value.exp == -1 else None
    return None if power is None else writer.code(sigmoid(-power))


def share(writer: Writer, value: Expr) -> Expr | Written | None:
    """e^z/Σe^z is the softmax, however it was written."""
    if not value.is_Mul:
        return None
    for below in value.args:
        powers = exponents(below.base) if below.is_Pow and below.exp == -1 else None
        above = next((one for one in value.args if isinstance(one, exp) and powers and one.args[0] in powers), None)
        if powers is not None and above is not None:
            own = above.args[0]
            names = [writer.named(one) for one in (own, *(one for one in powers if one != own))]
            return Mul(*(one for one in value.args if one not in (above, below))) * softmax(writer, activation("softmax").function, names, None)
    return None


def odds(writer: Writer, value: Expr) -> Expr | None:
    """p/(1 − q) of outputs of one softmax, from their logarithms: both ends may underflow."""
    for below in value.args if value.is_Mul else ():
        known = rest_of(writer, below.base, "softmax") if below.is_Pow and below.exp == -1 else None  # type: ignore[attr-defined]
        if known is None or "layer" not in known:
            continue
        own = next((one for one in value.args if (kin := kin_of(writer, one, "softmax")) and counted(kin["layer"]) == counted(known["layer"])), None)  # type: ignore[arg-type]
        if own is not None:
            ratio = writer.part(exp(writer.meaning[log(own)] - logarithm_of_rest(writer, known)))
            return Mul(*(one for one in value.args if one not in (own, below))) * ratio
    return None


def of_elu(writer: Writer, value: Expr) -> Expr | None:
    """1/(α + elu z) where it counts for z > 0 only: 1/(α + max(z, 0)), which is finite on the left too."""
    for below in value.args if value.is_Mul else ():
        known = rest_of(writer, below.base, "elu") if below.is_Pow and below.exp == -1 else None  # type: ignore[attr-defined]
        if known is not None and writer.form("positive", {"x": known["x"]}) in value.args:
            return value / below / (known["s1"] + writer.form("larger", {"a": S.Zero, "b": known["x"]}))  # type: ignore[operator]
    return None


def root_of_squares(writer: Writer, value: Expr) -> Expr | None:
    """√(c·(a² + b² + …)), and 1 by it, without the squares, which may be no numbers where the root is one."""
    if abs(value.exp) != S.Half:  # type: ignore[attr-defined]
        return None
    pairs = [one.as_coeff_Mul() for one in Add.make_args(value.base)]  # type: ignore[attr-defined]
    numbers, squares = {number for number, _ in pairs}, [one for _, one in pairs]
    if len(numbers) > 1 or not min(numbers).is_positive or not all(one.is_Pow and one.exp == 2 for one in squares):
        return None
    root = sqrt(value.base)  # type: ignore[attr-defined]
    if root not in writer.meaning:
        sides = [writer.named(one.base) for one in squares]
        length = folded(writer, "hypot", sides) if len(sides) > 1 else writer.named(Abs(sides[0]))
        factor = sqrt(numbers.pop())
        y = writer.meaning[root] = writer.named((factor if factor.is_Rational else factor.evalf(17)) * length)  # type: ignore[assignment]
        writer.related(y, "root", {"sides": sides})  # type: ignore[arg-type] (a name)
    return writer.meaning[root] if value.exp == S.Half else 1 / writer.meaning[root]  # type: ignore[attr-defined]


def direction(writer: Writer, value: Expr) -> Expr | None:
    """a·z/√(a² + b² + …) with a by the root first: a·z may be too small for a number where the quotient is not."""
    for below in value.args:
        known = kin_of(writer, below.base, "root") if below.is_Pow and below.exp == -1 else None  # type: ignore[attr-defined]
        side = next((one for one in value.args if one in known["sides"]), None) if known is not None else None
        others = [one for one in value.args if one not in (side, below)]
        if side is not None and not all(one.is_number for one in others):
            return Mul(*others) * writer.named(side * below)  # type: ignore[operator]
    return None
