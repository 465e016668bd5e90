"""Stable forms: what code computes in place of the forms of the page that overflow or cancel.

A node that is an activation has kin: further quantities beside its value, such as 1 − y and ln y, each a line of
its own, which stand wherever the page has them. What means the same without being a node is found by ``patterns``.

To add a stable form of an activation: a row of kin in ``STABLE``, under the name that its record has in ``stable``,
with templates in both dialects of ``printers`` where ordinary functions will not do. An activation without a row
is compiled from its definition.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sympy import Abs, Add, Expr, Heaviside, Max, Min, Piecewise, S, Symbol, exp, log, sign, tanh

from derive.activations import SELU_ALPHA, SELU_SCALE, activation, activation_of, maximum, minimum
from derive.written import Written, total

from .printers import Form

if TYPE_CHECKING:
    from .writer import Writer

__all__ = [
    "FORMS", "STABLE", "Kin", "Shifted", "applied", "counted", "folded", "logarithm_of_rest", "logsumexp", "shifted",
    "sigmoid", "softmax", "softplus", "value_of",
]  # fmt: skip

Known = Mapping[str, Expr]


@dataclass(frozen=True, slots=True)
class Kin:
    """A quantity beside an activation's value y, or that value itself (``name`` is "y").

    ``made`` is the name of the template that computes it, or gives its expression; ``note`` is for the reader.
    ``means`` is what the page writes for it. Both read x, y, the settings s1, s2 … and the kin before it.
    """

    name: str
    made: str | Callable[[Known], Expr]
    note: str
    means: Callable[[Known], Expr] | None = None


def sigmoid(z: Expr) -> Expr:
    """σ(z), which keeps its name."""
    return activation("sigmoid").function(z)


STABLE: dict[str, tuple[Kin, ...]] = {
    "sigmoid": (
        Kin("exp", "sigmoid exp", "exp({x}), kept finite"),
        Kin("rest", "sigmoid rest", "1 - {y}", lambda k: 1 - k["y"]),
        Kin("y", "sigmoid", "sigmoid({x})"),
        Kin("top", "sigmoid top", "max({x}, 0)"),
        Kin("gap", "sigmoid gap", "log(1 + exp(-|{x}|))"),
        Kin("log", "sigmoid log", "log({y})", lambda k: log(k["y"])),
        Kin("logrest", "sigmoid logrest", "log(1 - {y})", lambda k: log(k["rest"])),
    ),
    "tanh": (
        Kin("y", "tanh", "tanh({x})"),
        Kin("exp", lambda k: exp(-2 * Abs(k["x"])), "exp(-2|{x}|)"),
        Kin("rest", "tanh rest", "1 - {y}**2", lambda k: 1 - k["y"] ** 2),
    ),
    "elu": (
        Kin("y", lambda k: Max(0, k["x"]) + k["s1"] * (exp(Min(0, k["x"])) - 1), "elu({x})"),
        Kin("rest", lambda k: Max(0, k["x"]) + k["s1"] * exp(Min(0, k["x"])), "{y} + {s1}", lambda k: k["y"] + k["s1"]),
        Kin("log", lambda k: Min(0, k["x"]) + log(k["s1"] + Max(0, k["x"])), "log({rest})", lambda k: log(k["rest"])),
    ),
    "selu": (
        Kin("y", lambda k: SELU_SCALE * (Max(0, k["x"]) + SELU_ALPHA * (exp(Min(0, k["x"])) - 1)), "selu({x})"),
        Kin(
            "rest", lambda k: SELU_SCALE * (Max(0, k["x"]) + SELU_ALPHA * exp(Min(0, k["x"]))), "{y} + scale * alpha",
            lambda k: k["y"] + SELU_SCALE * SELU_ALPHA,
        ),
    ),
    "swish": (
        Kin("gate", lambda k: sigmoid(k["s1"] * k["x"]), "sigmoid({s1}*{x})"),
        Kin("y", lambda k: k["x"] * k["gate"], "swish({x})"),
        Kin(
            "slope", lambda k: k["gate"] * (1 + k["s1"] * k["x"] * (1 - k["gate"])), "the slope of {y}",
            lambda k: k["s1"] * k["y"] + k["gate"] * (1 - k["s1"] * k["y"]),
        ),
        Kin("by_beta", lambda k: k["x"] * k["y"] * (1 - k["gate"]), "the slope of {y} by {s1}", lambda k: k["y"] * (k["x"] - k["y"])),
    ),
    "mish": (Kin("y", lambda k: k["x"] * tanh(activation("softplus").function(k["x"])), "mish({x})"),),
    "softsign": (
        Kin("rest", lambda k: 1 / (1 + Abs(k["x"])), "1 - |{y}|", lambda k: 1 - Abs(k["y"])),
        Kin("y", lambda k: k["x"] * k["rest"], "softsign({x})"),
    ),
}  # fmt: skip

OF_ARGUMENT = ("exp", "top", "gap")  # kin that are named for x, not for y

# Functions that stand in lines of their own: the template, and what their arguments are called in it.
FORMS: dict[Callable[..., Expr], tuple[str, tuple[str, ...]]] = {
    Max: ("larger", ("a", "b")),
    maximum: ("larger", ("a", "b")),
    Min: ("smaller", ("a", "b")),
    minimum: ("smaller", ("a", "b")),
    Heaviside: ("step", ("x", "at_zero")),
    sign: ("sign", ("x",)),
}


def applied(writer: Writer, page: Expr, args: list[Expr], name: Symbol | None = None) -> Expr | Written:
    """The lines of a function that has lines of its own, at arguments that are code already; ``name`` is for its value."""
    record = activation_of(page)
    if record is None:
        return _formed(writer, page, [arg if (-arg).is_Symbol else writer.named(arg) for arg in args])
    if record.stable == "softmax" and len(args) > 1:
        return softmax(writer, page.func, [writer.named(arg) for arg in args], name)
    if record.stable == "softplus":
        return softplus(writer, page.func(writer.named(args[0])), name)
    if record.stable in STABLE:
        return _activated(writer, record.stable, page.func(*map(writer.named, args)), name)
    spelt = record.spelt(*page.args) if record.spelt is not None else None
    code = writer.code(page.definition if spelt is None or spelt.has(Piecewise) else spelt)  # type: ignore[attr-defined]
    return code if name is None else writer.put(name, code)


def _activated(writer: Writer, kind: str, page: Expr, name: Symbol | None) -> Symbol:
    """The lines of an activation and of its kin; the name of its value."""
    if page in writer.meaning:
        return writer.meaning[page] if name is None else writer.add(name, writer.meaning[page])
    x, record = page.args[0], activation_of(page)
    y = name or writer.fresh(_wish(kind, x))
    known: dict[str, Expr] = {"x": x, "y": y}
    known |= {f"s{place}": value for place, value in enumerate(record.values(page.args[1:]), 1)}  # type: ignore[union-attr]
    for kin in STABLE[kind]:
        known[kin.name] = _related(writer, kin, known)
        if kin.means is not None:
            writer.meaning[kin.means(known)] = known[kin.name]  # type: ignore[assignment]
    writer.meaning[page] = y
    return writer.related(y, kind, known)


def _related(writer: Writer, kin: Kin, known: dict[str, Expr]) -> Expr:
    """The name of one of the kin, its line written; where it is something that has a name already, that one."""
    code = None if isinstance(kin.made, str) else writer.code(kin.made(known))
    if isinstance(code, Symbol) and code not in writer.parts and kin.name != "y":
        return code
    stem = known["x"] if kin.name in OF_ARGUMENT and known["x"].is_Symbol else known["y"]
    own = known[kin.name] = known["y"] if kin.name == "y" else writer.fresh(f"{kin.name}_{stem}")
    note = kin.note.format_map(known)
    return writer.put(own, code, note) if code is not None else writer.add(own, Form.of(kin.made, known), note)  # type: ignore[arg-type]


def softplus(writer: Writer, page: Expr, name: Symbol | None = None) -> Expr:
    """The lines of ln(1 + e^z) = max(z, 0) + ln(1 + e^(−|z|)), which are kin of the sigmoid, its slope; ln 2 at 0."""
    if page in writer.meaning:
        return writer.meaning[page] if name is None else writer.add(name, writer.meaning[page])
    x = page.args[0]
    if x == 0:
        return log(2) if name is None else writer.add(name, log(2))
    slope = writer.kin[writer.code(sigmoid(x))]  # type: ignore[index] (a name)
    known = {one: slope[one] for one in ("x", "top", "gap")}
    y = name or writer.fresh(_wish("softplus", x))
    writer.add(y, Written("+", (known["top"], known["gap"])), f"softplus({x})")
    writer.meaning[page] = y
    return writer.related(y, "softplus", known)


def softmax(writer: Writer, function: Any, args: list[Expr], name: Symbol | None) -> Symbol:
    """The lines of e^z/Σe^z, shifted by the largest z, for one z of a layer; what the layer shares is written once.

    1 − p comes from the sum over the others. ln Σ is ln(1 + the sum over all but the largest), which is the least of
    those sums, so that ln p does not cancel where p is near 1 (after Blanchard, Higham, Higham, 2021).
    """
    page = function(*args)
    if page in writer.meaning:
        return writer.meaning[page] if name is None else writer.add(name, writer.meaning[page])
    shared = shifted(writer, args)
    y = name or writer.fresh(_wish("softmax", args[0]))
    writer.add(y, shared.exps[args[0]] / shared.total, f"softmax({args[0]})")
    rest = writer.add(writer.fresh(f"rest_{y}"), shared.others[args[0]] / shared.total, f"1 - {y}")
    values = {"x": args[0], "top": shared.top, "tail": shared.tail}
    writer.meaning |= {page: y, 1 - y: rest, log(y): writer.add(writer.fresh(f"log_{y}"), Form.of("softmax log", values), f"log({y})")}
    return writer.related(y, "softmax", {"rest": rest, "x": args[0], "layer": args})


@dataclass(frozen=True, slots=True)
class Shifted:
    """What the softmax of several numbers shares: the largest, e^(z − largest), their sum, the sums without each, the least of these."""

    top: Expr
    exps: dict[Expr, Symbol]
    total: Symbol
    others: dict[Expr, Symbol]
    tail: Expr


def shifted(writer: Writer, args: list[Expr]) -> Shifted:
    """The lines that the functions of all these numbers have in common, written once."""
    key = counted(args)
    if key not in writer.layers:
        top = folded(writer, "larger", args)
        exps = {one: writer.add(writer.fresh(_wish("exp", one)), exp(one - top), f"exp({one} - the largest)") for one in dict.fromkeys(args)}
        whole = writer.add(writer.fresh(_wish("total", args[0])), total(tuple(exps[one] for one in args)), "their sum")
        others = {one: tuple(exps[other] for other in _without(one, args)) for one in exps}
        sums = {one: writer.add(writer.fresh(_wish("others", one)), total(powers), f"their sum without {exps[one]}") for one, powers in others.items()}
        writer.layers[key] = Shifted(top, exps, whole, sums, folded(writer, "smaller", list(sums.values())))
    return writer.layers[key]


def counted(args: Iterable[Expr]) -> frozenset[tuple[Expr, int]]:
    """The numbers of a layer without their order, each with how often it stands there."""
    return frozenset(Counter(args).items())


def _without(own: Expr, args: list[Expr]) -> list[Expr]:
    """The numbers of a layer but for one, which may stand there twice."""
    place = args.index(own)
    return [*args[:place], *args[place + 1 :]]


def _wish(what: str, of: Expr) -> str:
    """What a line would be called for what it is of, if that has a name."""
    return f"{what}_{of}" if of.is_Symbol else what


def logsumexp(writer: Writer, args: list[Expr]) -> Symbol:
    """The lines of ln Σe^z, shifted by the largest z."""
    shared = shifted(writer, args)
    page = log(Add(*map(exp, args)))
    if page not in writer.meaning:
        gap = writer.form("log1p", {"x": shared.tail})
        y = writer.meaning[page] = writer.add(writer.fresh(_wish("logsumexp", args[0])), shared.top + gap, "log of the sum of all exp")
        writer.related(y, "logsumexp", {"layer": args, "top": shared.top, "gap": gap})
    return writer.meaning[page]


def logarithm_of_rest(writer: Writer, known: Mapping[str, Any]) -> Symbol:
    """The lines of ln(1 − p) of a softmax: the sum over the others has a largest z of its own."""
    page, args = log(known["rest"]), known["layer"]
    if page not in writer.meaning:
        shared, others = shifted(writer, args), _without(known["x"], args)
        top = folded(writer, "larger", others)
        gap = writer.form("log1p", {"x": shifted(writer, others).tail}) if len(others) > 1 else S.Zero
        whole = writer.form("log1p", {"x": shared.tail})
        terms = (top, Written("neg", (shared.top,)), gap, Written("neg", (whole,)))
        code = Written("+", tuple(one for one in terms if one != 0))
        writer.meaning[page] = writer.add(writer.fresh(f"log_{known['rest']}"), code, f"log({known['rest']})")
    return writer.meaning[page]


def folded(writer: Writer, form: str, args: Sequence[Expr]) -> Expr:
    """A form of two, such as the larger, of the first two, of that and the third, and so on."""
    first, *others = args
    for other in others:
        first = writer.form(form, {"a": first, "b": other})
    return first


def _formed(writer: Writer, page: Expr, names: list[Expr]) -> Expr:
    form, keys = FORMS[page.func]
    if keys == ("a", "b"):
        return folded(writer, form, names)
    if form == "step" and names[1] == 0:
        return writer.form("positive", {"x": names[0]})
    return writer.form(form, dict(zip(keys, names, strict=True)))


def value_of(code: Written | Expr) -> Expr:
    """The code as an expression, which may have another order."""
    return code.expression if isinstance(code, Written) else code
