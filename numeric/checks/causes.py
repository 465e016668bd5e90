"""Causes: why a derivative is probably wrong, or has no number, as an English sentence that a page can say in its own language.

The usual slips are each tried against the central difference. To add one: a function in ``_SLIPS`` that takes a ``Suspect``
and gives a ``Cause``, or nothing; its sentence in ``SENTENCES``, and under "cause." and its key in every locale.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["NONE", "SENTENCES", "Cause", "Suspect", "any_factor", "beside_kink", "factor_cause", "likely_cause", "off_by"]

WIDE = 1e-3  # a factor known to less than three digits is none

SENTENCES: Mapping[str, str] = {
    "no number": "it is no finite number",
    "path": "the path through {node} is missing",
    "path of unit": "the path through unit {unit} of layer {layer} is missing",
    "zero": "it is zero, the slope is not",
    "sign": "the sign is the opposite",
    "double": "it is twice too large: a factor 2 too many, or ½ missing",
    "half": "it is half of what it should be: a factor 2 missing, or ½ too many",
    "factor missing": "the factor {factor} = {value} is missing",
    "factor extra": "the factor {factor} = {value} is there once too often",
    "misplaced": "{node} stands where {other} belongs",
    "places": "it is ∂/∂{node}: the places are swapped",
    "sum": "it is the sum over the {count} samples, not their mean",
    "slope": "the slope of the activation of layer {layer} is missing",
    "transposed": "{matrix} is transposed",
    "rolled": "its entries are rolled by {count}",
    "cut": "it is zero where its variable is negative, the slope is not",
    "times": "it is {ratio} times what it should be",
    "fraction": "it is {ratio} of what it should be",
    "above": "it is 1 + {little} times what it should be",
    "below": "it is 1 − {little} times what it should be",
    "kink": "the slope jumps here from {left} to {right}, and it lies outside",
    "cites": "it cites {fact}, which is wrong",
    "terms": "the terms differ, the closed form does not",
    "closed form": "the closed form differs, the terms do not",
    "no derivative": "differences grow without bound as their step shrinks, so that there is no slope to compare with",
    "accuracy": "the function is exact to about {size}",
    "not deterministic": "the function is not deterministic: two calls at this point gave {first} and {second}",
    "undefined": "{part} has no number at this point",
    "undefined where": "{part} has no number where {where}",
    "undefined sample": "in sample {sample} it is undefined",
    "rests": "it rests on {fact}, which is undefined",
}


class Cause(str):
    """A cause as an English sentence; ``parts`` has what it is made of: the key of each clause and the values that stand in it.

    A value is a whole number, text, a claim, a symbol or an expression, or a tuple of equations (name, number).
    """

    parts: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    @property
    def key(self) -> str:
        """The key of the first clause; empty where there is none."""
        return self.parts[0][0] if self.parts else ""

    @classmethod
    def of(cls, key: str, **values: Any) -> Cause:
        """The cause of that key."""
        return cls._having(((key, values),))

    @classmethod
    def joined(cls, causes: Iterable[Cause]) -> Cause:
        """Several as one, in their order."""
        return cls._having(tuple(part for one in causes for part in one.parts))

    @classmethod
    def _having(cls, parts: tuple[tuple[str, Mapping[str, Any]], ...]) -> Cause:
        made = cls("; ".join(SENTENCES[key].format(**{name: _shown(value) for name, value in values.items()}) for key, values in parts))
        made.parts = parts
        return made


NONE = Cause()


def _shown(value: Any) -> str:
    return ", ".join(f"{name} = {number:.6g}" for name, number in value) if isinstance(value, tuple) else str(value)


@dataclass(frozen=True, slots=True)
class Suspect:
    """A wrong number beside the right one.

    tolerance: how far from ``right`` a repaired number may lie; missing: what each left-out path would add, by its
    cause; slopes and nodes: numbers that may be missing as a factor, or stand in each other's place, by claim or name.
    """

    wrong: float
    right: float
    tolerance: float
    missing: Mapping[Cause, float] = field(default_factory=dict)
    slopes: Mapping[Any, float] = field(default_factory=dict)
    nodes: Mapping[Any, float] = field(default_factory=dict)

    def repaired(self, number: float) -> bool:
        """Is this the right number?"""
        return abs(number - self.right) <= self.tolerance


def likely_cause(suspect: Suspect) -> Cause:
    """The first usual slip that explains the wrong number; empty where none does."""
    return next((found for slip in _SLIPS if (found := slip(suspect))), NONE)


def beside_kink(wrong: float, left: float, right: float) -> Cause:
    """Why a number is wrong where the slopes on the two sides differ: no factor explains it there."""
    return Cause.of("kink", left=f"{left:.6g}", right=f"{right:.6g}") if abs(wrong) < float("inf") else Cause.of("no number")


def off_by(suspect: Suspect) -> Cause:
    """By which short factor, or by which 1 and a little, the wrong number is off; empty where it is none.

    The last resort, where no slip of ``likely_cause`` or of the caller's own explains it.
    """
    if not suspect.right:
        return NONE
    cause, near = factor_cause(suspect.wrong / suspect.right, suspect.tolerance / abs(suspect.right) * max(1.0, abs(suspect.wrong / suspect.right)))
    return cause if near and suspect.repaired(suspect.wrong / near) else NONE


def factor_cause(ratio: float, off: float, samples: int = 1) -> tuple[Cause, float]:
    """What a factor that is known up to ``off`` is, and its exact value: a sign, a whole number, one over it, or a short decimal; else nothing.

    samples: how many a mean goes over, whose number tells of a sum in its place.
    """
    if not abs(ratio) < math.inf or off > WIDE * max(1.0, abs(ratio)):
        return NONE, ratio
    whole, part, little = round(ratio), round(1 / ratio) if ratio else 0, float(f"{ratio - 1:.1g}")
    named = {-1: Cause.of("sign"), 0: Cause.of("zero"), 2: Cause.of("double")} | ({samples: Cause.of("sum", count=samples)} if samples > 1 else {})
    if abs(ratio - whole) <= off < 0.1:
        return (NONE if whole == 1 else named.get(whole) or Cause.of("times", ratio=str(whole))), float(whole)
    if part and abs(ratio - 1 / part) <= off < 0.1 * ratio**2:
        return Cause.of("half") if part == 2 else Cause.of("fraction", ratio=f"1/{part}" if part > 0 else f"−1/{-part}"), 1 / part
    near = float(f"{ratio:.3g}")
    if near != 1.0 and abs(ratio - near) <= off:
        return Cause.of("times", ratio=f"{near:g}"), near
    if little and abs(ratio - 1 - little) <= off and abs(little) < 1e-2:
        return Cause.of("above" if little > 0 else "below", little=f"{abs(little):.0e}".replace("e-0", "e-")), 1 + little
    return NONE, ratio


def any_factor(ratio: float) -> Cause:
    """The cause of a factor that is no short number, to six digits of it or two of what it is off by; empty for 1."""
    if abs(ratio - 1) >= 1e-5:
        return Cause.of("times", ratio=f"{ratio:.6g}")
    little = f"{abs(ratio - 1):.1e}".replace("e-0", "e-")
    return Cause.of("above" if ratio > 1 else "below", little=little) if ratio != 1 else NONE


def _not_a_number(s: Suspect) -> Cause:
    return NONE if abs(s.wrong) < float("inf") else Cause.of("no number")


def _path(s: Suspect) -> Cause:
    return next((cause for cause, part in s.missing.items() if part and s.repaired(s.wrong + part)), NONE)


def _zero(s: Suspect) -> Cause:
    return Cause.of("zero") if s.wrong == 0 else NONE


def _sign(s: Suspect) -> Cause:
    return Cause.of("sign") if s.repaired(-s.wrong) else NONE


def _double(s: Suspect) -> Cause:
    return Cause.of("double") if s.repaired(s.wrong / 2) else NONE


def _half(s: Suspect) -> Cause:
    return Cause.of("half") if s.repaired(s.wrong * 2) else NONE


def _missing_factor(s: Suspect) -> Cause:
    return next((Cause.of("factor missing", factor=name, value=f"{part:.6g}") for name, part in _factors(s) if s.repaired(s.wrong * part)), NONE)


def _extra_factor(s: Suspect) -> Cause:
    return next((Cause.of("factor extra", factor=name, value=f"{part:.6g}") for name, part in _factors(s) if part and s.repaired(s.wrong / part)), NONE)


def _factors(s: Suspect) -> Iterable[tuple[Any, float]]:
    return ((name, part) for name, part in (*s.slopes.items(), *s.nodes.items()) if abs(part) not in (0.0, 1.0))


def _swapped(s: Suspect) -> Cause:
    for name, part in s.nodes.items():
        for other, instead in s.nodes.items():
            if part and instead and part != instead and s.repaired(s.wrong / part * instead):
                return Cause.of("misplaced", node=name, other=other)
    return NONE


_SLIPS: tuple[Callable[[Suspect], Cause], ...] = (_not_a_number, _path, _zero, _sign, _double, _half, _missing_factor, _extra_factor, _swapped)
