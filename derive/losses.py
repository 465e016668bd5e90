"""Losses: one record each, written as text in the target t and the prediction o of an output unit.

``sum(…)`` and ``mean(…)`` in the text go over the output units of one sample; a text with neither is the share of
one unit, and is summed. What a course may choose stands in the text as {over}, {half}, {base} or {delta}: see
``CHOICES``. All are losses: the smaller, the better, log likelihood and R² included, which stand here as −ln ℒ and
1 − R². The mean over the samples of a batch is no part of them.

To add one: a record in ``LOSSES``. Users bring their own as such a record or as text: ``loss="sum(abs(t - o)**3)"``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

from sympy import Expr, Function, Integer, S, Symbol

from .activations import ACTIVATIONS
from .choices import chosen, is_expression, spelling
from .errors import DeriveError, ParseError, UnknownNameError, listed
from .functions import TextFunction
from .named import REALS, Activation
from .own import text_in
from .parsing import parse_written
from .written import Written, total

__all__ = ["CHOICES", "LOSSES", "Loss", "loss"]

T, O = Symbol("t"), Symbol("o")  # noqa: E741 (o is the field's letter for a prediction)
UNIT = (S.Zero, S.One)


class summed(Function):
    """The sum over the output units, of a text that no unit has entered yet."""

    nargs = 1


class averaged(Function):
    """The mean over the output units, likewise."""

    nargs = 1


WORDS = {"sum": TextFunction("sum", summed), "mean": TextFunction("mean", averaged)}


def _positive(value: str) -> str:
    """A positive number, as text."""
    try:
        number = Fraction(value)
    except (ValueError, ZeroDivisionError):
        raise DeriveError(f"{value!r} is no number") from None
    if not 0 < number < 10**6:
        raise DeriveError(f"{value} is not between 0 and 1,000,000")
    return f"({number})" if number.denominator > 1 else str(number)


# What may be chosen, and what stands in the text for it.
CHOICES: Mapping[str, Mapping[str, str] | Callable[[str], str]] = {
    "over": {"sum": "sum", "mean": "mean"},
    "half": {"yes": "1/2*", "no": ""},
    "base": {"e": "log", "2": "log2", "10": "log10"},
    "delta": _positive,
}


@dataclass(frozen=True)
class Loss:
    """A loss of one sample.

    text: see above. domain: the open interval in which predictions must lie (the values of the output activation must
    fit into it); targets: the closed interval in which targets must lie, that of the domain where none is given. usual:
    the choices that the text leaves open, as they are made where nobody makes them; chosen: those made. shares: the
    targets of a sample sum to 1, and derivatives may use it. differ: they may not all be the same. instead: the name of the loss that is meant after a
    "softmax" output, or with "several" outputs. units: the least number of outputs.
    """

    name: str
    text: str
    domain: tuple[Expr, Expr] = REALS
    targets: tuple[Expr, Expr] | None = None
    usual: Mapping[str, str] = field(default_factory=dict)
    chosen: Mapping[str, str] = field(default_factory=dict)
    shares: bool = False
    differ: bool = False
    instead: Mapping[str, str] = field(default_factory=dict)
    units: int = 1

    # ---- what is chosen

    @property
    def conventions(self) -> dict[str, str]:
        """Every choice of this loss as it is made: such as {"over": "sum", "half": "yes"}."""
        return {**self.usual, **self.chosen}

    def having(self, **choices: object) -> Loss:
        """The same loss by other conventions: over "sum" or "mean", half "yes" or "no", base "e", "2" or "10", delta a number.

        Raises DeriveError for a choice that this loss does not leave, or a value that there is not.
        """
        made = {key: _word(value) for key, value in choices.items()}
        for key, value in made.items():
            if key not in self.usual:
                raise UnknownNameError("choice", key, self.usual, f"the loss {self.name!r} leaves")
            self._filled(key, value)
        other = {key: value for key, value in {**self.chosen, **made}.items() if value != self.usual[key]}
        return replace(self, name=spelling(self.name.partition("(")[0], other), chosen=other)

    def _filled(self, key: str, value: str) -> str:
        words = CHOICES[key]
        if isinstance(words, Mapping):
            if value not in words:
                raise UnknownNameError(f"{key} of the loss {self.name!r}:", value, words)
            return words[value]
        try:
            return words(value)
        except DeriveError as error:
            raise DeriveError(f"{key} of the loss {self.name!r}: {error}") from None

    def after(self, output: Activation, units: int) -> Loss:
        """The loss that is meant after this output activation and with this number of outputs, under the same name."""
        key = next((key for key, holds in (("softmax", output.whole is not None), ("several", units > 1)) if holds and key in self.instead), None)
        if key is None:
            return self
        meant = LOSSES[self.instead[key]]
        return replace(meant.having(**{one: value for one, value in self.chosen.items() if one in meant.usual}), name=self.name)

    # ---- what it is

    @property
    def formula(self) -> str:
        """The text with every choice made: "mean((t - o)**2)"."""
        return self.text.format(**{key: self._filled(key, value) for key, value in self.conventions.items()}) if self.usual else self.text

    @cached_property
    def whole(self) -> Written:
        """The loss in t and o, in the order of the text, with ``summed`` and ``averaged`` for sums and means over the units."""
        written = parse_written(self.formula, names=(T, O), also=WORDS)
        return written if _has_sum(written) else Written(summed, (written,))  # type: ignore[return-value]

    @property
    def shared(self) -> bool:
        """Is it a sum, or a mean, of one share for each output unit?"""
        return self._top[1].head in (summed, averaged)

    @property
    def _top(self) -> tuple[bool, Any]:
        """Whether a minus sign stands in front, and what stands behind it."""
        negative = self.whole.head == "neg" and isinstance(self.whole.args[0], Written)
        return negative, self.whole.args[0] if negative else self.whole

    def share(self, units: int) -> Written:
        """What one of so many units adds to the loss. Raises DeriveError where the loss is no sum or mean over the units."""
        negative, inner = self._top
        if not self.shared:
            raise DeriveError(f"the loss {self.name!r} is no sum of one share for each output unit: {self.text}")
        body = Written("neg", inner.args) if negative else inner.args[0]
        return Written("/", (body, Integer(units))) if inner.head is averaged and units > 1 else body

    def of(self, targets: Sequence[Expr], outputs: Sequence[Expr]) -> Written | Expr:
        """The loss of a whole output layer, sums and means written out unit by unit."""
        pairs = [{T: target, O: output} for target, output in zip(targets, outputs, strict=True)]
        return _spread(self.whole, pairs)

    # ---- where it fits

    def fits(self, output: Activation) -> bool:
        """Do all values of an output activation lie in the domain?"""
        (low, high), (least, most), (reaches_low, reaches_high) = self.domain, output.range, output.reached
        below = least < low or (least == low and reaches_low and low.is_finite)
        above = most > high or (most == high and reaches_high and high.is_finite)
        return not (below or above)

    def refuse_outside(self, output: str, record: Activation) -> None:
        """Raise DeriveError where predictions can leave the domain."""
        if not self.fits(record):
            wanted, given = (" and ".join(map(_short, ends)) for ends in (self.domain, record.range))
            including = " (these included)" if any(record.reached) else ""
            others = [one.name for one in ACTIVATIONS.values() if self.fits(one)]
            raise DeriveError(
                f"loss={self.name!r} needs predictions between {wanted}, but output={output!r} gives values between {given}{including}; "
                f"use an output among {listed(others)}, or loss='squared_error'"
            )


def _short(bound: Expr) -> str:
    """The end of a range in a message."""
    return str(bound).replace("oo", "∞") if bound.is_Rational or bound.is_infinite else f"{float(bound):.4g}"


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value).strip()


def _has_sum(written: Written | Expr) -> bool:
    return isinstance(written, Written) and (written.head in (summed, averaged) or any(map(_has_sum, written.args)))


def _renamed(written: Written | Expr, names: Mapping[Symbol, Expr]) -> Written | Expr:
    return written.renamed(names) if isinstance(written, Written) else names.get(written, written)  # type: ignore[call-overload]


def _spread(written: Written | Expr, pairs: Sequence[Mapping[Symbol, Expr]]) -> Written | Expr:
    """The writing with every sum and mean over the units written out, the innermost first."""
    if not isinstance(written, Written):
        return written
    args = tuple(_spread(arg, pairs) for arg in written.args)
    if written.head not in (summed, averaged):
        return Written(written.head, args)
    whole = total(tuple(_renamed(args[0], names) for names in pairs))
    return Written("/", (whole, Integer(len(pairs)))) if written.head is averaged and len(pairs) > 1 else whole


SUM, MEAN = {"over": "sum"}, {"over": "mean"}
BINARY = "{over}(-(t*{base}(o) + (1 - t)*{base}(1 - o)))"
CATEGORICAL = "-{over}(t*{base}(o))"
OF_LOGITS = "log(sum(exp(o))) - sum(t*o)"  # the categorical one, softmax included

LOSSES: dict[str, Loss] = {
    record.name: record
    for record in (
        Loss("squared_error", "{over}({half}(t - o)**2)", usual={**SUM, "half": "yes"}),
        Loss("cross_entropy", BINARY, UNIT, usual={**SUM, "base": "e"}, instead={"softmax": "categorical_cross_entropy"}),
        Loss("binary_cross_entropy", BINARY, UNIT, usual={**SUM, "base": "e"}),
        Loss("categorical_cross_entropy", CATEGORICAL, UNIT, usual={**SUM, "base": "e"}, shares=True),
        Loss(
            "cross_entropy_from_logits", "{over}(softplus(o) - t*o)", targets=UNIT, usual=SUM,
            instead={"several": "categorical_cross_entropy_from_logits"},
        ),
        Loss("binary_cross_entropy_from_logits", "{over}(softplus(o) - t*o)", targets=UNIT, usual=SUM),
        Loss("categorical_cross_entropy_from_logits", OF_LOGITS, targets=UNIT, shares=True),
        Loss("softmax_cross_entropy", OF_LOGITS, targets=UNIT, shares=True, instead={"softmax": "categorical_cross_entropy"}),
        Loss("log_likelihood", BINARY, UNIT, usual={**SUM, "base": "e"}, instead={"softmax": "categorical_cross_entropy"}),
        Loss("kl_divergence", "{over}(t*{base}(t/o))", UNIT, usual={**SUM, "base": "e"}, shares=True),
        Loss("mse", "{over}({half}(t - o)**2)", usual={**MEAN, "half": "no"}),
        Loss("rmse", "sqrt(mean((t - o)**2))"),
        Loss("mae", "{over}(abs(t - o))", usual=MEAN),
        Loss("huber", "{over}(huber(t - o, {delta}))", usual={**SUM, "delta": "1"}),
        Loss("rmsle", "sqrt(mean((log(1 + t) - log(1 + o))**2))", (-S.One, S.Infinity)),
        Loss("r2", "sum((t - o)**2)/sum((t - mean(t))**2)", units=2, differ=True),
        Loss("hinge", "{over}(max(0, 1 - t*o))", targets=(-S.One, S.One), usual=SUM),
    )
}  # fmt: skip


EXPLAINED = "a loss is a name such as 'mse', or an expression in the target t and the prediction o, as text or of SymPy"


def loss(spec: str | Expr | Loss, **choices: object) -> Loss:
    """The record that a name, a name with choices, an expression in t and o, or a record itself stands for.

    ``loss("mse")``, ``loss("mse", half=True)``, ``loss("mse(half=yes)")``, ``loss("sum(abs(t - o)**3)")``. Raises
    UnknownNameError with the names there are, and DeriveError for a choice or a text that is refused.
    """
    record = spec if isinstance(spec, Loss) else _read(spec)
    return record.having(**choices) if choices else record


def _read(spec: Any) -> Loss:
    if isinstance(spec, Expr):
        return _own(text_in(spec, (T, O)))
    if not isinstance(spec, str):
        raise DeriveError(f"no loss {str(spec)[:80]!r}; {EXPLAINED}")
    name, choices = chosen(spec)
    if name in LOSSES:
        return LOSSES[name].having(**choices) if choices else LOSSES[name]
    if choices or not is_expression(name):
        raise UnknownNameError("loss", name, LOSSES)
    return _own(name)


def _own(text: str) -> Loss:
    """A loss that a text in t and o writes. Raises DeriveError where it is malformed or does not read o."""
    record = Loss(text, text)
    try:
        whole = record.whole
    except ParseError as error:
        raise DeriveError(f"{error} ({EXPLAINED})") from None
    if O not in whole.expression.free_symbols:
        raise DeriveError(f"{text!r} does not read the prediction o; write such as 'sum(abs(t - o))'")
    left = _spread(whole, [{T: S.Zero, O: S.Zero}] * 2)
    bare = left.free_symbols if isinstance(left, Expr) else _letters(left)
    if bare & {T, O}:
        raise DeriveError(f"{text!r} reads t or o outside of sum(…) and mean(…); put them inside")
    return record


def _letters(written: Written | Expr) -> set[Any]:
    return set().union(*map(_letters, written.args)) if isinstance(written, Written) else set(written.free_symbols)
