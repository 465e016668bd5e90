"""Why a wrong derivative is probably wrong: the usual slips, each tried against the central difference.

To add one: a function in ``_SLIPS`` that takes a ``Suspect`` and gives a sentence, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

__all__ = ["Suspect", "likely_cause", "off_by"]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A wrong number beside the right one.

    tolerance: how far from ``right`` a repaired number may lie; missing: what each left-out path would add, by a
    sentence; slopes and nodes: numbers that may be missing as a factor, or stand in each other's place, by name.
    """

    wrong: float
    right: float
    tolerance: float
    missing: Mapping[str, float] = field(default_factory=dict)
    slopes: Mapping[str, float] = field(default_factory=dict)
    nodes: Mapping[str, float] = field(default_factory=dict)

    def repaired(self, number: float) -> bool:
        """Is this the right number?"""
        return abs(number - self.right) <= self.tolerance


def likely_cause(suspect: Suspect) -> str:
    """The first usual slip that explains the wrong number, as a sentence; empty where none does."""
    return next((found for slip in _SLIPS if (found := slip(suspect))), "")


def off_by(suspect: Suspect) -> str:
    """By which short factor, or by which 1 and a little, the wrong number is off, as a sentence; empty where it is none.

    The last resort, where no slip of ``likely_cause`` or of the caller's own explains it.
    """
    ratio = suspect.wrong / suspect.right if suspect.right else 0.0
    near, little = float(f"{ratio:.3g}"), float(f"{ratio - 1:.1g}")
    if near not in (0.0, 1.0) and suspect.repaired(suspect.wrong / near):
        return f"it is {near:g} times what it should be"
    if little and near == 1.0 and suspect.repaired(suspect.wrong / (1 + little)):
        return f"it is 1 {'+' if little > 0 else '−'} {abs(little):.0e} times what it should be".replace("e-0", "e-")
    return ""


def _not_a_number(s: Suspect) -> str:
    return "it is no finite number" if not abs(s.wrong) < float("inf") else ""


def _path(s: Suspect) -> str:
    return next((sentence for sentence, part in s.missing.items() if part and s.repaired(s.wrong + part)), "")


def _zero(s: Suspect) -> str:
    return "it is zero, the slope is not" if s.wrong == 0 else ""


def _sign(s: Suspect) -> str:
    return "the sign is the opposite" if s.repaired(-s.wrong) else ""


def _double(s: Suspect) -> str:
    return "it is twice too large: a factor 2 too many, or ½ missing" if s.repaired(s.wrong / 2) else ""


def _half(s: Suspect) -> str:
    return "it is half of what it should be: a factor 2 missing, or ½ too many" if s.repaired(s.wrong * 2) else ""


def _missing_factor(s: Suspect) -> str:
    return next((f"the factor {name} = {part:.6g} is missing" for name, part in _factors(s) if s.repaired(s.wrong * part)), "")


def _extra_factor(s: Suspect) -> str:
    return next((f"the factor {name} = {part:.6g} is there once too often" for name, part in _factors(s) if part and s.repaired(s.wrong / part)), "")


def _factors(s: Suspect) -> Iterable[tuple[str, float]]:
    return ((name, part) for name, part in (*s.slopes.items(), *s.nodes.items()) if abs(part) not in (0.0, 1.0))


def _swapped(s: Suspect) -> str:
    for name, part in s.nodes.items():
        for other, instead in s.nodes.items():
            if part and instead and part != instead and s.repaired(s.wrong / part * instead):
                return f"{name} stands where {other} belongs"
    return ""


_SLIPS: tuple[Callable[[Suspect], str], ...] = (_not_a_number, _path, _zero, _sign, _double, _half, _missing_factor, _extra_factor, _swapped)
