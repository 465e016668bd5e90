"""Patterns: parts of the page's expressions that overflow or cancel, and the code that stands in their place.

To add one: a function of the writer and an expression, whose parts are code already, that gives the code or None; and
its name in ``PATTERNS``, under the head that the expression has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sympy import Abs, Add, Expr, Max, Mul, Pow, Rational, S, erf, exp, log, sqrt

from derive.activations import SELU_ALPHA, SELU_SCALE, activation
from derive.written import Written

from .stable import folded, logarithm_of_rest, logsumexp, sigmoid, softmax, softplus, value_of

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
    found = next((one for pattern in PATTERNS.get(type(value), ()) if (one := pattern(writer, value)) is not None), code)
    return writer.meaning.get(found, found) if isinstance(found, Expr) else found


def _long(code: Written) -> bool:
    """Is this a sum or a product that no pattern can mean? (It is dear to build the expression of a long one.)"""
    if code.head == "+":
        return len(code.args) > 2
    return code.head == "*" and not any(isinstance(arg, log) for arg in code.args)


def _residual(writer: Writer, value: Expr) -> Written | None:
    """c·(y − t) where y is near the ends of its range, also among other terms: see ``_apart``."""
    if not value.is_Add:
        return None
    split = {term: term.as_coeff_Mul() for term in value.args}
    outputs = [term for term, (_, one) in split.items() if _kin(writer, one, "sigmoid", "softmax", "tanh", *LEAST)]  # type: ignore[arg-type]
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


def _cross_entropy(writer: Writer, value: Expr) -> Written | None:
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


def _cross_entropy_from_logits(writer: Writer, value: Expr) -> Written | None:
    """ln(1 + e^z) − t z = (max(z, 0) − t z) + ln(1 + e^(−|z|)): where t is 1, the first two cancel exactly."""
    if not (value.is_Add and len(value.args) == 2):
        return None
    for y, linear in (value.args, value.args[::-1]):
        known = _kin(writer, y, "softplus")
        if known is not None and _factor(-linear, known["x"]) is not None:
            return Written("+", (Written("+", (known["top"], Written("neg", (-linear,)))), known["gap"]))
    return None


def _categorical_from_logits(writer: Writer, value: Expr) -> Written | None:
    """ln Σe^z − Σ t z = Σ t·(max z − z) + ln(1 + the others), where the t sum to 1."""
    if not value.is_Add:
        return None
    for whole in value.args:
        known = _kin(writer, whole, "logsumexp")
        if known is not None and len(value.args) == len(known["layer"]) + 1:
            others = [one for one in value.args if one != whole]
            pairs = [(t, z) for z in known["layer"] for one in others if (t := _factor(-one, z)) is not None]
            if {t for t, _ in pairs} == set(writer.graph.shares) and len(pairs) == len(others):
                terms = tuple(Written("*", (t, Written("+", (known["top"], Written("neg", (z,)))))) for t, z in pairs)
                return Written("+", (*terms, known["gap"]))
    return None


def _kin(writer: Writer, one: Expr, *kinds: str) -> dict[str, Any] | None:
    """The kin of a name, if it is the value of such an activation."""
    known = writer.kin.get(one) if one.is_Symbol else None  # type: ignore[call-overload]
    return known if known is not None and known["kind"] in kinds else None


def _factor(product: Expr, one: Expr) -> Expr | None:
    """t where the product is t times that name, and t another name."""
    if not (product.is_Mul and len(product.args) == 2 and one in product.args):
        return None
    other = product.args[1] if product.args[0] == one else product.args[0]
    return other if other.is_Symbol else None


def _margin(writer: Writer, value: Expr) -> Expr | Written | None:
    """1 − t·y where y reaches ±1: (1 − |t|) + max(t, 0)·(1 − y) + max(−t, 0)·(1 + y), no term of which cancels."""
    if not (value.is_Add and len(value.args) == 2 and S.One in value.args):
        return None
    product = -(value - 1)
    for y in product.args if product.is_Mul else ():
        t = _factor(product, y)  # type: ignore[arg-type]
        if t is None or (known := _kin(writer, y, "sigmoid", "softmax", "tanh", "elu", "softsign")) is None:  # type: ignore[arg-type]
            continue
        if known["kind"] in ("sigmoid", "softmax"):
            return Written("+", (writer.named(1 - t), Written("*", (t, known["rest"]))))  # named, so that no sum of it can lose the order
        below, above = (writer.code(one) for one in (1 - y, 1 + y))  # type: ignore[operator]
        sides = (Written("*", (writer.code(Max(0, side)), end)) for side, end in ((t, below), (-t, above)))
        return Written("+", (writer.named(1 - Abs(t)), *sides))
    return None


def _ends(writer: Writer, value: Expr) -> Expr | None:
    """1 ± tanh z = 2σ(±2z)."""
    if not (value.is_Add and len(value.args) == 2 and S.One in value.args):
        return None
    y = value - 1
    known = _kin(writer, y, "tanh") or _kin(writer, -y, "tanh")
    if known is None:
        return None
    half = writer.kin[writer.code(sigmoid(2 * known["x"]))]  # type: ignore[index] (a name)
    return 2 * half["y" if y.is_Symbol else "rest"]


def _log_of_multiple(writer: Writer, value: Expr) -> Expr | None:
    """ln(c·y) where ln y is known."""
    if not (isinstance(value, log) and value.args[0].is_Mul):
        return None
    number, one = value.args[0].as_coeff_Mul()  # type: ignore[attr-defined]
    return log(number) + writer.meaning[log(one)] if number.is_positive and log(one) in writer.meaning else None


def _log_of_rest(writer: Writer, value: Expr) -> Expr | None:
    """ln(1 − p) of a softmax, which is finite where 1 − p underflows."""
    known = _rest_of(writer, value.args[0], "softmax") if isinstance(value, log) else None  # type: ignore[arg-type]
    return logarithm_of_rest(writer, known) if known and "layer" in known else None


def _rest_of(writer: Writer, one: Expr, kind: str) -> dict[str, Any] | None:
    """The kin of an activation of that kind whose 1 − y, or the like, this is."""
    known = writer.owned(one)
    return dict(known) if known and known["kind"] == kind and known.get("rest") == one else None


def _odds(writer: Writer, value: Expr) -> Expr | None:
    """p/(1 − q) of outputs of one softmax, from their logarithms: both ends may underflow."""
    for below in value.args if value.is_Mul else ():
        known = _rest_of(writer, below.base, "softmax") if below.is_Pow and below.exp == -1 else None  # type: ignore[attr-defined]
        if known is None or "layer" not in known:
            continue
        own = next((one for one in value.args if (kin := _kin(writer, one, "softmax")) and {*kin["layer"]} == {*known["layer"]}), None)  # type: ignore[arg-type]
        if own is not None:
            ratio = writer.part(exp(writer.meaning[log(own)] - logarithm_of_rest(writer, known)))
            return Mul(*(one for one in value.args if one not in (own, below))) * ratio
    return None


def _of_elu(writer: Writer, value: Expr) -> Expr | None:
    """1/(α + elu z) where it counts for z > 0 only: 1/(α + max(z, 0)), which is finite on the left too."""
    for below in value.args if value.is_Mul else ():
        known = _rest_of(writer, below.base, "elu") if below.is_Pow and below.exp == -1 else None  # type: ignore[attr-defined]
        if known is not None and writer.form("positive", {"x": known["x"]}) in value.args:
            return value / below / (known["s1"] + writer.form("larger", {"a": S.Zero, "b": known["x"]}))  # type: ignore[operator]
    return None


def _xlogy(writer: Writer, value: Expr) -> Expr | Written | None:
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


def _logistic(writer: Writer, value: Expr) -> Expr | Written | None:
    """1/(1 + e^(−z)) is the sigmoid, however it was written."""
    power = _one_plus(exp, value.base) if value.is_Pow and value.exp == -1 else None
    return None if power is None else writer.code(sigmoid(-power))


def _root_of_squares(writer: Writer, value: Expr) -> Expr | None:
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


def _direction(writer: Writer, value: Expr) -> Expr | None:
    """a·z/√(a² + b² + …) with a by the root first: a·z may be too small for a number where the quotient is not."""
    for below in value.args:
        known = _kin(writer, below.base, "root") if below.is_Pow and below.exp == -1 else None  # type: ignore[attr-defined]
        side = next((one for one in value.args if one in known["sides"]), None) if known is not None else None
        others = [one for one in value.args if one not in (side, below)]
        if side is not None and not all(one.is_number for one in others):
            return Mul(*others) * writer.named(side * below)  # type: ignore[operator]
    return None


def _softplus(writer: Writer, value: Expr) -> Expr | None:
    """ln(1 + e^z), which need not overflow."""
    power = _one_plus(exp, value.args[0]) if isinstance(value, log) else None
    return None if power is None else softplus(writer, activation("softplus").function(writer.named(power)))


def _log1p(writer: Writer, value: Expr) -> Expr | None:
    """ln(1 + y), which keeps what a small y has."""
    inner = value.args[0] - 1 if isinstance(value, log) and value.args[0].is_Add else None  # type: ignore[operator]
    if inner is None or not inner.is_Symbol:
        return None
    return writer.related(writer.form("log1p", {"x": inner}), "log1p", {"x": inner})


def _log_ratio(writer: Writer, value: Expr) -> Expr | None:
    """ln(1 + a) − ln(1 + b) = ±ln(1 + |a − b|/(1 + the smaller)), which keeps a small difference."""
    if not (value.is_Add and len(value.args) == 2):
        return None
    for one, other in (value.args, value.args[::-1]):
        a, b = _kin(writer, one, "log1p"), _kin(writer, -other, "log1p")  # type: ignore[operator]
        if a is not None and b is not None:
            apart = writer.named(writer.code(a["x"] - b["x"]))
            ratio = writer.named(Abs(apart) / (1 + writer.form("smaller", {"a": a["x"], "b": b["x"]})))
            return writer.named(writer.form("sign", {"x": apart}) * writer.form("log1p", {"x": ratio}))
    return None


def _beside_log1p(writer: Writer, value: Expr) -> Expr | None:
    """ln(1 + a) − c − y, its first two taken together: they may cancel exactly, and y may be small."""
    numbers = [one for one in value.args if one.is_number] if value.is_Add and len(value.args) > 2 else []
    own = next((one for one in value.args if _kin(writer, one, "log1p") or _kin(writer, -one, "log1p")), None) if numbers else None  # type: ignore[arg-type, operator]
    if own is None:
        return None
    others = (one for one in value.args if one != own and one not in numbers)
    return Add(writer.named(Add(own, *numbers)), *others)


def _logsumexp(writer: Writer, value: Expr) -> Expr | None:
    """ln Σ e^z, shifted by the largest z."""
    powers = _powers(value.args[0]) if isinstance(value, log) else None
    return None if powers is None else logsumexp(writer, [writer.named(one) for one in powers])


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
    """c + c·erf(z) = c·erfc(−z), which cancels on the left, also among other terms."""
    if not (isinstance(value, Add) and value.args[0].is_Rational):
        return None
    scale = value.args[0]
    term = next((one for one in value.args if isinstance(one / scale, erf)), None)
    if term is None:
        return None
    others = Add(*(one for one in value.args[1:] if one != term))
    return others + scale * writer.form("one plus erf", {"x": writer.named((term / scale).args[0])})


def _one_plus(function: type[Expr], value: Expr) -> Expr | None:
    """z where the value is 1 + f(z)."""
    if isinstance(value, Add) and len(value.args) == 2 and S.One in value.args:
        other = next(arg for arg in value.args if arg != S.One)
        return other.args[0] if isinstance(other, function) else None  # type: ignore[return-value]
    return None


OF_SUMS = (_residual, _cross_entropy, _cross_entropy_from_logits, _categorical_from_logits, _margin, _ends, _log_ratio, _beside_log1p, _expm1, _erfc)
OF_PRODUCTS = (_odds, _direction, _of_elu, _xlogy, _share)
OF_LOGARITHMS = (_log_of_multiple, _log_of_rest, _logsumexp, _softplus, _log1p)
PATTERNS: Mapping[type, tuple[Callable[[Any, Expr], Expr | Written | None], ...]] = {
    Add: OF_SUMS,
    Mul: OF_PRODUCTS,
    log: OF_LOGARITHMS,
    Pow: (_logistic, _root_of_squares),
}
