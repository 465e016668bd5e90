"""Losses that join the outputs of a sample, such as √mean(t − o)², as lines of code over a batch.

Such a loss is a function F of sums S = Σ f(t, o), one number a sample each. Its derivative by the outputs is
Σ ∂F/∂S · ∂f/∂o, entry by entry: every slope here is one of the rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sympy import Abs, Add, Dummy, Expr, Integer, S, Symbol, exp, log

from derive.losses import O, T, averaged, summed
from derive.rules import slope
from derive.written import Written

from .printers import Form

if TYPE_CHECKING:
    from .layers import LayerWriter

__all__ = ["JoinedLoss"]

TARGETS, ONE_NTH, LOSSES = Symbol("T"), Symbol("one_nth"), Symbol("losses")


class JoinedLoss:
    """The lines of the loss of every sample, and the derivative of their mean by the outputs."""

    def __init__(self, layers: LayerWriter) -> None:
        self.layers = layers
        self.out = Symbol(f"A{layers.net.layers[-1]}")
        self.units = layers.net.sizes[-1]
        self.sums: dict[Symbol, Expr] = {}
        self.roots: dict[Symbol, Expr] = {}
        self.whole: Expr = S.Zero

    def forward(self) -> Symbol:
        """The lines of the loss; the name of what has it for every sample."""
        whole = self.layers.net.loss_record.whole
        self.whole = self._read(whole)
        if self._from_logits:
            return self._categorical()
        if self._root():
            return self.layers.put(LOSSES, self.whole, 0, "the loss of every sample")
        for name, body in self.sums.items():
            terms = self.layers.put(Symbol(f"terms_{name}"), self._at(body), self.units, "")
            self.layers.line(name.name, Form("layer total", {"x": terms}), 0, f"sum of {body}")
        return self.layers.put(LOSSES, self._at(self.whole), 0, "the loss of every sample")

    def slope(self) -> Expr:
        """∂L/∂A, entry by entry."""
        if self._from_logits:
            return ONE_NTH * (self._shares - TARGETS)
        if self.roots:
            ((root, side),) = self.roots.items()
            shares = self.layers.put(Symbol(f"shares_{root}"), Symbol(f"sides_{root}") / root, self.units, "each by their root, which may be small")
            return ONE_NTH * slope(self.whole, root) * shares * self._at(slope(side, O))
        by_sum: dict[Symbol, Expr] = {}
        for name in reversed(self.sums):
            outer = slope(self.whole, name) if name in self.whole.free_symbols else S.Zero
            through = (by_sum[other] * slope(body, name) for other, body in self.sums.items() if name in body.free_symbols and other in by_sum)
            by_sum[name] = Add(outer, *(self._over_units(one) for one in through))
        return Add(*(ONE_NTH * self._at(by_sum[name]) * self._at(slope(body, O)) for name, body in self.sums.items() if O in body.free_symbols))

    def _root(self) -> bool:
        """Is it a multiple of √Σ r²? Then the lines of the root without the squares, which may be no numbers where the root is one."""
        number, square = next(iter(self.sums.values())).as_coeff_Mul() if len(self.sums) == 1 else (S.Zero, S.Zero)
        length = Dummy(positive=True)
        factor = self.whole.xreplace(dict.fromkeys(self.sums, number * length**2)) / length
        if not (number.is_positive and square.is_Pow and square.exp == 2 and factor.is_number):  # type: ignore[attr-defined]
            return False
        root, side, form = Symbol("root1"), square.base, "layer hypot"  # type: ignore[attr-defined]
        sides = self.layers.put(Symbol(f"sides_{root}"), self._at(side), self.units, "")
        if self.units == 1:
            sides, form = self.layers.put(Symbol(f"size_{root}"), Abs(sides), 1, ""), "layer total"
        self.layers.line(root.name, Form(form, {"x": sides}), 0, f"root of the sum of ({side})**2")
        self.roots, self.whole = {root: side}, (factor if factor.is_Rational else factor.evalf(17)) * root
        return True

    def _read(self, written: Any) -> Expr:
        """The writing as an expression in which every sum over the units has a name of its own."""
        if not isinstance(written, Written):
            return written
        args = [self._read(one) for one in written.args]
        if written.head not in (summed, averaged):
            return Written(written.head, tuple(args)).expression
        body = args[0] / Integer(self.units) if written.head is averaged else args[0]
        known = next((name for name, other in self.sums.items() if other == body), None)
        name = known or Symbol(f"sum{len(self.sums) + 1}")
        self.sums[name] = body
        return name

    def _at(self, expression: Expr) -> Expr:
        return expression.xreplace({T: TARGETS, O: self.out})

    def _over_units(self, expression: Expr) -> Expr:
        """The sum of an expression over the units, which is a line where they differ."""
        if expression.free_symbols.isdisjoint({T, O}):
            return self.units * expression
        name = f"sum_{len(self.layers.writer.lines)}"
        terms = self.layers.put(Symbol(f"terms_{name}"), self._at(expression), self.units, "")
        return self.layers.line(name, Form("layer total", {"x": terms}), 0, "their sum within each sample")

    # ---- ln Σe^o − Σ t·o, which is −Σ t·ln p for the softmax p of o where the t sum to 1

    @property
    def _from_logits(self) -> bool:
        powers = next((name for name, body in self.sums.items() if body == exp(O)), None)
        linear = next((name for name, body in self.sums.items() if body == T * O), None)
        if powers is None or linear is None or not self.layers.net.loss_record.shares:
            return False
        return self.whole == log(powers) - linear

    @property
    def _shares(self) -> Symbol:
        return Symbol("P")

    def _categorical(self) -> Symbol:
        self.layers.softmax(self.out, self._shares, self.units)
        return self.layers.put(Symbol("shares"), -TARGETS * log(self._shares), self.units, "the loss of every output and sample, as the targets sum to 1")
