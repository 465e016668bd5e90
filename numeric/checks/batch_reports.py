"""What a check of very many partial derivatives finds: arrays, from which the ``Check`` of one is made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from derive.errors import UnknownNameError

from ..reports import AGREES, AT_A_KINK, CERTAIN, FAINT, LOOSE, NOT_RESOLVABLE, VERDICTS, WRONG, Check, aligned, brief, counted, summary
from ..values import SPECK
from .causes import NONE, Cause, Suspect, beside_kink, likely_cause, off_by
from .ladders import UNIT
from .layer_differences import Estimate
from .network_parts import Block

__all__ = ["BatchReport"]

CLOSE = 1e-7  # the bound, relative to the slope, above which an arbiter should look: a slip of a millionth is surely larger
SEEN = VERDICTS[:4]  # a gradient that is brought has a number or is wrong; a compiled one that has none is refused
LONGEST = 200  # rows; a longer table is given layer by layer


@dataclass(frozen=True, eq=False)
class BatchReport(Mapping[str, Check]):
    """A table from the name of each parameter to its Check; reads like a ``Report``.

    gradient, and ``differences`` with value, bound, kink and step, are flat like theta. settled: all of them agree, which
    the first look has shown. blocks are W1, b1, … of a network by layers, of which ``shaped`` gives the arrays; names are
    those of a graph. variants gives what the usual slips would lead to; samples is the size of the batch. rough: where several
    kinks meet, a slope may lie outside the one-sided ones, so that at a kink nothing is called wrong. exact: the places whose
    slope is that of the arbiter, beside which nothing is too small to be seen.
    """

    gradient: np.ndarray
    differences: Estimate
    settled: bool = False
    blocks: tuple[Block, ...] = ()
    names: Sequence[str] | None = None
    variants: Callable[[], Iterator[tuple[Cause, np.ndarray]]] | None = None
    samples: int = 1
    rough: bool = False
    exact: np.ndarray | None = None
    kind: str = "partial derivative"

    # ---- verdicts

    @cached_property
    def error(self) -> np.ndarray:
        """How far each entry is from its difference; at a kink, from the interval between the one-sided slopes."""
        error = np.abs(self.gradient - self.differences.value)
        kink = self.differences.kink
        return error if kink is None else np.where(kink > 0, np.fmax(error - kink * (1 + CERTAIN), error * 0), error)

    @cached_property
    def verdicts(self) -> np.ndarray:
        """The place of each verdict in ``VERDICTS``."""
        if self.settled:
            return np.zeros(len(self.gradient), np.int8)
        value, bound, kink, _ = self.differences
        with np.errstate(invalid="ignore"):
            at_kink = np.zeros(len(value), bool) if kink is None else kink > 0
            known = np.isfinite(value) & np.isfinite(bound)
            largest = np.maximum(np.abs(value) + (0 if kink is None else kink), np.where(at_kink, 0.0, np.nan_to_num(np.abs(self.gradient), posinf=0)))
            resolved = (bound <= CERTAIN * largest) | ((np.abs(self.gradient) <= SPECK) & (bound <= FAINT)) | (False if self.exact is None else self.exact)
            found = np.where(self.error <= bound, np.where(at_kink, 2, np.where(resolved, 0, 3)), 1)
            open_ = ~known | (at_kink & ~resolved) | (at_kink & (found == 1) & self.rough)
            return np.where(open_, 3, found).astype(np.int8)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many have each verdict."""
        if self.settled:
            return dict.fromkeys(VERDICTS, 0) | {AGREES: len(self.gradient)}
        return dict(zip(VERDICTS, np.bincount(self.verdicts, minlength=len(VERDICTS)).tolist(), strict=True))

    @property
    def ok(self) -> bool:
        """Is nothing wrong? What could not be resolved is not wrong; the summary counts it."""
        return self.settled or not self.counts[WRONG]

    def having(self, verdict: str, most: int | None = None) -> list[Check]:
        """The checks with that verdict, in order; of those that are wrong the worst, where there are more than ``most``."""
        return [self.check(int(place)) for place in self._having(verdict, most)]

    def _having(self, verdict: str, most: int | None) -> np.ndarray:
        places = np.flatnonzero(self.verdicts == VERDICTS.index(verdict))
        if most is None or len(places) <= most:
            return places
        return places[np.argsort(-self._excess[places], kind="stable")[:most]] if verdict == WRONG else places[:most]

    @cached_property
    def _excess(self) -> np.ndarray:
        """How many times its bound each error is."""
        with np.errstate(all="ignore"):
            times = self.error / self.differences.bound
        return np.where(np.isnan(self.error), np.inf, np.where(self.error == 0, 0.0, times))

    @property
    def worst(self) -> Check | None:
        """The wrong check farthest outside its bound; where none is wrong, the agreeing one with the largest error."""
        wrong, agreeing = self._having(WRONG, 1), self._having(AGREES, None)
        return self.check(int(wrong[0])) if len(wrong) else self.check(int(agreeing[self.error[agreeing].argmax()])) if len(agreeing) else None

    @cached_property
    def loose(self) -> np.ndarray:
        """Which agree, but to fewer than six digits."""
        size = np.abs(self.differences.value)
        return (self.verdicts == 0) & (self.differences.bound > LOOSE * size) & (size > 0)

    @property
    def doubtful(self) -> np.ndarray:
        """The places that were not resolved, or agree to few digits: what an arbiter should look at."""
        size = np.abs(self.differences.value)
        few = (self.verdicts == 0) & (self.differences.bound > CLOSE * size) & (size > 0)
        return np.flatnonzero(few | (self.verdicts == VERDICTS.index(NOT_RESOLVABLE)))

    @property
    def zeros(self) -> np.ndarray:
        """The places that are 0 beside a difference that floats cannot tell from 0."""
        return np.flatnonzero(
            (self.gradient == 0) & (self.verdicts == 0) & (self.differences.bound > 0) & (self.differences.bound > CLOSE * np.abs(self.differences.value))
        )

    # ---- one by one, and layer by layer

    def __len__(self) -> int:
        return len(self.gradient)

    def __iter__(self) -> Iterator[str]:
        return map(self.name, range(len(self)))

    def __getitem__(self, name: str) -> Check:
        return self.check(self.place(name))

    def name(self, place: int) -> str:
        """The name of the parameter in that place of theta."""
        if self.names is not None:
            return self.names[place]
        block = next(one for one in self.blocks if place < one.place.stop)
        return f"{block.name[0].lower()}{self._before(block) + place - block.place.start + 1}"

    def place(self, name: Any) -> int:
        """The place in theta of a parameter. Raises UnknownNameError where there is none of that name."""
        text = str(name)
        if self.names is not None and text in self.names:
            return self.names.index(text)
        number = int(text[1:]) - 1 if text[:1] in ("w", "b") and text[1:].isdecimal() else -1
        for block in self.blocks:
            offset = number - self._before(block)
            if block.name[0].lower() == text[:1] and 0 <= offset < block.place.stop - block.place.start:
                return block.place.start + offset
        known = self.names if self.names is not None else [f"{self.name(one.place.start)} … {self.name(one.place.stop - 1)}" for one in self.blocks]
        raise UnknownNameError("parameter", text, known, "this report has")

    def _before(self, block: Block) -> int:
        """How many weights, or biases, the layers before have."""
        return sum(one.place.stop - one.place.start for one in self.blocks if one.name[0] == block.name[0] and one.layer < block.layer)

    def check(self, place: int) -> Check:
        """The Check of the parameter in that place of theta, with the likely cause where it is wrong."""
        value, bound, kink, step = self.differences
        printed, middle, half = float(self.gradient[place]), float(value[place]), 0.0 if kink is None else float(kink[place])
        verdict = VERDICTS[self.verdicts[place]]
        left, right = middle - half, middle + half
        h = float(step[place]) if isinstance(step, np.ndarray) else step
        cause = NONE if verdict != WRONG else beside_kink(printed, left, right) if half else self._cause(place)
        error, sides = float(self.error[place]), (left, right) if half else (None, None)
        return Check(f"∂/∂{self.name(place)}", printed, printed, middle, h, error, float(bound[place]), verdict, *sides, cause)

    def shaped(self, name: str) -> dict[str, np.ndarray]:
        """Of a block W1, b1, …: gradient, difference, error, bound and verdict (a place in ``VERDICTS``), each in its shape."""
        block = next((one for one in self.blocks if one.name == name), None)
        if block is None:
            raise UnknownNameError("matrix", name, [one.name for one in self.blocks], "this report has")
        arrays = {
            "gradient": self.gradient,
            "difference": self.differences.value,
            "error": self.error,
            "bound": self.differences.bound,
            "verdict": self.verdicts,
        }
        return {key: block.view(flat) for key, flat in arrays.items()}

    # ---- what went wrong

    def _cause(self, place: int) -> Cause:
        wrong, right = float(self.gradient[place]), float(self.differences.value[place])
        suspect = Suspect(wrong, right, 2 * float(self.differences.bound[place]) + 1e-8 * abs(right))
        return likely_cause(suspect) or self._variant(place, suspect) or self._swapped(place, suspect) or off_by(suspect)

    def _variant(self, place: int, suspect: Suspect) -> Cause:
        """The slip that gives this number, and another than the right one."""
        return next((cause for cause, flat in self._variants if abs(flat[place] - suspect.wrong) <= suspect.tolerance), NONE)

    @cached_property
    def _variants(self) -> list[tuple[Cause, np.ndarray]]:
        return list(self.variants()) if self.variants is not None else []

    def _swapped(self, place: int, suspect: Suspect) -> Cause:
        near = np.flatnonzero(np.abs(self.differences.value - suspect.wrong) <= suspect.tolerance)
        return Cause.of("places", node=self.name(int(near[0]))) if len(near) else NONE

    # ---- in words

    @property
    def counted(self) -> str:
        """The word for what is counted, in its number."""
        return counted(self.kind, len(self))

    @property
    def summary(self) -> str:
        """One line: how many agree, the largest error with its bound, and what else was found."""
        return summary(self.counts, self.kind, self.largest(slice(None)), int(self.loose.sum()))

    def largest(self, some: slice) -> tuple[float, float] | None:
        """The largest error among those that agree, and its bound."""
        agreeing = self.verdicts[some] == 0
        if not agreeing.any():
            return None
        place = np.where(agreeing, self.error[some], -1.0).argmax()
        return float(self.error[some][place]), float(self.differences.bound[some][place])

    def digits(self, some: slice) -> int | None:
        """To how many digits the least certain of those that agree is known; None where all that agree are 0."""
        value, bound = (np.abs(one[some]) for one in self.differences[:2])
        known = (self.verdicts[some] == 0) & (value > 0)
        return None if not known.any() else max(0, int(-np.log10(max((bound[known] / value[known]).max(), UNIT))))

    def __str__(self) -> str:
        rows = self._by_layer() if self.blocks and len(self) > LONGEST else self._by_parameter()
        return "\n".join([*rows, *map(str, self.having(WRONG, 20)), self.summary])

    def _by_parameter(self) -> list[str]:
        rows = [("parameter", "gradient", "central difference", "h", "error", "bound", "verdict")]
        for place in range(min(len(self), LONGEST)):
            one = self.check(place)
            rows.append((one.name, f"{one.value:.10g}", f"{one.difference:.10g}", f"{one.h:.1e}", brief(one.error), brief(one.bound), one.verdict))
        return [*aligned(rows, (0, 6)), *([f"… and {len(self) - LONGEST} more"] if len(self) > LONGEST else [])]

    def _by_layer(self) -> list[str]:
        rows: list[tuple[str, ...]] = [("matrix", "shape", *SEEN, "largest error", "bound", "digits")]
        for block in self.blocks:
            counts = np.bincount(self.verdicts[block.place], minlength=len(SEEN))
            largest = self.largest(block.place)
            rows.append(
                (
                    block.name,
                    " × ".join(map(str, block.shape)),
                    *map(str, counts),
                    *(map(brief, largest) if largest else ("", "")),
                    str(self.digits(block.place) or ""),
                )
            )
        return aligned(rows, (0, 1))


assert VERDICTS[:4] == SEEN == (AGREES, WRONG, AT_A_KINK, NOT_RESOLVABLE)  # the numbers in verdicts
