"""Losses: one record each, written as text in the target t and the prediction o of one output unit.

To add one: a record in ``LOSSES``. The loss of a network is the sum of the text over its output units.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sympy import Expr, S, Symbol

from .errors import DeriveError, UnknownNameError
from .parsing import parse_written
from .written import Written, total

__all__ = ["LOSSES", "Loss", "loss"]

T, O = Symbol("t"), Symbol("o")  # noqa: E741 (o is the field's letter for a prediction)


@dataclass(frozen=True)
class Loss:
    """A loss of one sample, summed over the output units.

    text: the share of one unit, in its target t and its prediction o. domain: the open interval in which
    predictions must lie (the range of the output activation must fit into it).
    """

    name: str
    text: str
    domain: tuple[Expr, Expr] = (S.NegativeInfinity, S.Infinity)

    @cached_property
    def written(self) -> Written:
        """The share of one unit, in the order of the text."""
        written = parse_written(self.text)
        assert isinstance(written, Written)
        return written

    def of(self, targets: tuple[Symbol, ...], outputs: tuple[Symbol, ...]) -> Written | Expr:
        """The loss of a whole output layer, written unit by unit."""
        return total(tuple(self.written.renamed({T: target, O: output}) for target, output in zip(targets, outputs, strict=True)))

    def refuse_outside(self, output: str, values: tuple[Expr, Expr]) -> None:
        """Raise DeriveError where predictions in ``values`` can leave the domain."""
        if values[0] < self.domain[0] or values[1] > self.domain[1]:
            raise DeriveError(
                f"loss={self.name!r} needs predictions between {self.domain[0]} and {self.domain[1]}, but output={output!r} gives values "
                f"between {values[0]} and {values[1]}; use output='sigmoid', or loss='squared_error'"
            )


LOSSES: dict[str, Loss] = {
    record.name: record
    for record in (
        Loss("squared_error", "1/2*(t - o)**2"),
        Loss("cross_entropy", "-(t*log(o) + (1 - t)*log(1 - o))", domain=(S.Zero, S.One)),
    )
}


def loss(name: str) -> Loss:
    """The record of that name. Raises UnknownNameError with the names there are."""
    try:
        return LOSSES[name]
    except (KeyError, TypeError):
        raise UnknownNameError("loss", name, LOSSES) from None
