"""What a check of very many partial derivatives finds: arrays, from which the ``Check`` of one is made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from derive.errors import UnknownNameError

from ..reports import Check, aligned, brief, counted, summary
from .causes import NONE, Cause, Suspect, beside_kink, likely_cause, off_by
from .common_causes import Whole, common_cause
from .network_parts import Block
from .operations import FLOATS, arrays
from .stencils import Difference
from .verdicts import (
    AGREES,
    AT_A_KINK,
    LOOSE,
    NO_DERIVATIVE,
    NOT_DETERMINISTIC,
    NOT_RESOLVABLE,
    RESOLVED,
    VERDICTS,
    WITHIN_ACCURACY,
    WRONG,
    error_of,
    resolved,
    smoothed,
    verdict_of,
)

__all__ = ["BatchReport"]

CLOSE = 1e-7  # the bound, relative to the slope, above which an arbiter should look: a slip of a millionth is surely larger
SEEN = AGREES, WRONG, AT_A_KINK, NOT_RESOLVABLE  # of a network by layers; a compiled gradient that has no number is refused
LONGEST = 200  # rows; a longer table is given layer by layer
_ON = arrays()
_CODES = {verdict: code for code, verdict in enumerate(VERDICTS)}


@dataclass(frozen=True, eq=False)
class BatchReport(Mapping[Any, Check]):
    """A table from the name of each parameter, or what it is asked for by, to its Check; reads like a ``Report``.

    gradient and what is in ``differences`` are flat, like theta; rounding: of the gradient; natural: a usual size of a slope.
    settled: all of them agree, which the first look has shown. blocks are W1, b1, … of a network by layers, of which
    ``shaped`` gives the arrays; names are those of a graph or a point, index what they are asked for by, if that is another thing.
    variants gives what the usual slips would lead to; whole is what a cause of the gradient as a whole is looked for in.
    rough: where several kinks meet, a slope may lie outside the one-sided ones, so that at a kink nothing is called wrong.
    exact: the places whose slope is that of the arbiter, beside which nothing is too small to be seen. accuracy: how exact the
    function is where that decided, else 0; unsteady: where finer steps have shown other slopes, so that nothing is called wrong;
    two_calls: what the function gave at two calls, where that differs.
    """

    gradient: np.ndarray
    differences: Difference
    settled: bool = False
    blocks: tuple[Block, ...] = ()
    names: Sequence[str] | None = None
    index: Sequence[Hashable] | None = None
    variants: Callable[[], Iterator[tuple[Cause, np.ndarray]]] | None = None
    whole: Whole | None = None
    rough: bool = False
    exact: np.ndarray | None = None
    rounding: np.ndarray | float = 0.0
    natural: np.ndarray | float = 1.0
    accuracy: np.ndarray | None = None
    unsteady: np.ndarray | None = None
    two_calls: tuple[float, float] | None = None
    kind: str = "partial derivative"

    # ---- verdicts

    @cached_property
    def slopes(self) -> Difference:
        """The differences as the verdicts take them: one slope on both sides is no kink, and the bounds hold the rounding of the gradient."""
        found = smoothed(_ON, self.differences)
        return replace(found, bound=found.bound + self.rounding)

    @cached_property
    def error(self) -> np.ndarray:
        """How far each entry is from its difference; at a kink, from the interval between the one-sided slopes."""
        with np.errstate(invalid="ignore"):
            return error_of(_ON, self.slopes, self.gradient)

    @cached_property
    def verdicts(self) -> np.ndarray:
        """The place of each verdict in ``VERDICTS``."""
        if self.settled:
            return np.zeros(len(self.gradient), np.int8)
        if self.two_calls is not None:
            return np.where(np.isfinite(self.gradient), _CODES[NOT_DETERMINISTIC], _CODES[WRONG]).astype(np.int8)
        found = self.slopes
        with np.errstate(all="ignore"):
            sure = resolved(_ON, found, [(self.gradient, 0.0)], found.bound, self.natural)
            sure = sure if self.exact is None else sure | self.exact
            codes = verdict_of(_ON, found, (self.gradient, 0.0), self.error, found.bound, sure)
        doubtful = np.zeros(len(codes), bool) if self.unsteady is None else self.unsteady
        if self.rough and found.left is not None:
            doubtful = doubtful | (found.left == found.left)
        codes = np.where(doubtful & (codes == _CODES[WRONG]) & np.isfinite(self.gradient), _CODES[NOT_RESOLVABLE], codes)
        if self.accuracy is not None:
            codes = np.where((codes == _CODES[AGREES]) & (self.accuracy > 0), _CODES[WITHIN_ACCURACY], codes)
        return codes.astype(np.int8)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many have each verdict."""
        if self.settled:
            return dict.fromkeys(VERDICTS, 0) | {AGREES: len(self.gradient)}
        return dict(zip(VERDICTS, np.bincount(self.verdicts, minlength=len(VERDICTS)).tolist(), strict=True))

    @cached_property
    def _declared(self) -> np.ndarray:
        """Where there is no derivative, but a slope is declared."""
        return (self.verdicts == _CODES[NO_DERIVATIVE]) & self.slopes.jumps

    @property
    def failed(self) -> bool:
        """Is something wrong, or without a derivative though none is declared?"""
        undeclared = self.counts[NO_DERIVATIVE] and self.counts[NO_DERIVATIVE] > self._declared.sum()
        return bool(self.counts[WRONG] or self.counts[NOT_DETERMINISTIC] or undeclared)

    @property
    def ok(self) -> bool:
        """Was something resolved, is nothing wrong, and what could not be resolved at least within its bound?"""
        if self.settled:
            return True
        outside = (self.verdicts == _CODES[NOT_RESOLVABLE]) & (self.error > self.slopes.bound)
        seen = any(self.counts[verdict] for verdict in RESOLVED) or self._declared.any()
        return bool(seen and not self.failed and (not outside.any() or self._at_rough_kinks(outside)))

    def _at_rough_kinks(self, outside: np.ndarray) -> bool:
        """Do all of them lie where several kinks meet, whose one-sided slopes are no bound?"""
        return self.rough and self.slopes.left is not None and bool((self.slopes.left == self.slopes.left)[outside].all())

    def having(self, verdict: str, most: int | None = None) -> list[Check]:
        """The checks with that verdict, in order; of those that are wrong the worst, where there are more than ``most``."""
        return [self.check(int(place)) for place in self._having(verdict, most)]

    def _having(self, verdict: str, most: int | None) -> np.ndarray:
        places = np.flatnonzero(self.verdicts == _CODES[verdict])
        if most is None or len(places) <= most:
            return places
        return places[np.argsort(-self._excess[places], kind="stable")[:most]] if verdict == WRONG else places[:most]

    @cached_property
    def _excess(self) -> np.ndarray:
        """How many times its bound each error is."""
        with np.errstate(all="ignore"):
            times = self.error / self.slopes.bound
        return np.where(np.isnan(self.error), np.inf, np.where(self.error == 0, 0.0, times))

    @property
    def worst(self) -> Check | None:
        """The wrong check farthest outside its bound; where none is wrong, the agreeing one with the largest error."""
        wrong, agreeing = self._having(WRONG, 1), self._having(AGREES, None)
        return self.check(int(wrong[0])) if len(wrong) else self.check(int(agreeing[self.error[agreeing].argmax()])) if len(agreeing) else None

    @cached_property
    def loose(self) -> np.ndarray:
        """Which agree, but to fewer than six digits."""
        return self._agreeing_to(LOOSE)

    def _agreeing_to(self, digits: float) -> np.ndarray:
        size = np.abs(self.slopes.estimate)
        return (self.verdicts == 0) & (self.slopes.bound > digits * size) & (size > 0)

    @property
    def doubtful(self) -> np.ndarray:
        """The places that were not resolved, or agree to few digits: what an arbiter should look at."""
        return np.flatnonzero(self._agreeing_to(CLOSE) | (self.verdicts == _CODES[NOT_RESOLVABLE]))

    @property
    def zeros(self) -> np.ndarray:
        """The places that are 0 beside a difference that floats cannot tell from 0."""
        bound = self.slopes.bound
        return np.flatnonzero((self.gradient == 0) & (self.verdicts == 0) & (bound > 0) & (bound > CLOSE * np.abs(self.slopes.estimate)))

    # ---- one by one, and layer by layer

    def __len__(self) -> int:
        return len(self.gradient)

    def __iter__(self) -> Iterator[Any]:
        return map(self.name, range(len(self))) if self.index is None else iter(self.index)

    def __getitem__(self, name: Any) -> Check:
        return self.check(self.place(name))

    @cached_property
    def _places(self) -> dict[Any, int]:
        """The place of every key and name that is written down."""
        return {name: place for names in (self.names, self.index) for place, name in enumerate(names or ())}

    def name(self, place: int) -> str:
        """The name of the parameter in that place of theta."""
        if self.names is not None:
            return self.names[place]
        block = next(one for one in self.blocks if place < one.place.stop)
        return f"{block.name[0].lower()}{self._before(block) + place - block.place.start + 1}"

    def place(self, name: Any) -> int:
        """The place in theta of a parameter. Raises UnknownNameError where there is none of that name."""
        text = str(name)
        found = self._places.get(name, self._places.get(text))
        if found is not None:
            return found
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
        found, verdict = self.slopes, VERDICTS[self.verdicts[place]]
        printed, middle, bound, h, left, right = (
            float(np.broadcast_to(part, self.gradient.shape)[place])
            for part in (self.gradient, found.estimate, found.bound, found.h, *((np.nan, np.nan) if found.left is None else (found.left, found.right)))
        )
        sides = (left, right) if left == left else (None, None)
        jumps = bool(np.broadcast_to(found.jumps, self.gradient.shape)[place])
        error = float(self.error[place])
        return Check(f"∂/∂{self.name(place)}", printed, printed, middle, h, error, bound, verdict, *sides, self._why(place, verdict, sides), jumps)

    def _why(self, place: int, verdict: str, sides: tuple[Any, Any]) -> Cause:
        """The likely cause of what is wrong, or what is known of the function where nothing can be said of the slope."""
        if verdict == WRONG:
            return self.common or (beside_kink(float(self.gradient[place]), *sides) if sides[0] is not None else self._cause(place))
        if verdict == NOT_DETERMINISTIC and self.two_calls is not None:
            return Cause.of("not deterministic", first=f"{self.two_calls[0]:.9g}", second=f"{self.two_calls[1]:.9g}")
        if verdict == NO_DERIVATIVE:
            return Cause.of("no derivative")
        if self.accuracy is not None and self.accuracy[place] and verdict in (NOT_RESOLVABLE, WITHIN_ACCURACY):
            return Cause.of("accuracy", size=f"{self.accuracy[place]:.0e}".replace("e-0", "e-"))
        return NONE

    @cached_property
    def common(self) -> Cause:
        """The one cause that explains all of a wrong gradient; empty where none does."""
        wrong = self.verdicts == _CODES[WRONG]
        if self.whole is None or not wrong.any() or self.counts[WRONG] == 1:
            return NONE
        return common_cause(self.whole, self.gradient, self.slopes, wrong)

    def shaped(self, name: str) -> dict[str, np.ndarray]:
        """Of a block W1, b1, …: gradient, difference, error, bound and verdict (a place in ``VERDICTS``), each in its shape."""
        block = next((one for one in self.blocks if one.name == name), None)
        if block is None:
            raise UnknownNameError("matrix", name, [one.name for one in self.blocks], "this report has")
        arrays = {
            "gradient": self.gradient,
            "difference": self.slopes.estimate,
            "error": self.error,
            "bound": self.slopes.bound,
            "verdict": self.verdicts,
        }
        return {key: block.view(flat) for key, flat in arrays.items()}

    # ---- what went wrong

    def _cause(self, place: int) -> Cause:
        wrong, right = float(self.gradient[place]), float(self.slopes.estimate[place])
        suspect = Suspect(wrong, right, 2 * float(self.slopes.bound[place]) + 1e-8 * abs(right))
        return likely_cause(suspect) or self._variant(place, suspect) or self._swapped(place, suspect) or off_by(suspect)

    def _variant(self, place: int, suspect: Suspect) -> Cause:
        """The slip that gives this number, and another than the right one."""
        return next((cause for cause, flat in self._variants if abs(flat[place] - suspect.wrong) <= suspect.tolerance), NONE)

    @cached_property
    def _variants(self) -> list[tuple[Cause, np.ndarray]]:
        return list(self.variants()) if self.variants is not None else []

    def _swapped(self, place: int, suspect: Suspect) -> Cause:
        """Another place whose slope stands here, where that place is wrong as well: places that are right have not been swapped."""
        slopes = self.slopes.estimate
        near = (np.abs(slopes - suspect.wrong) <= suspect.tolerance) & (np.abs(slopes - suspect.right) > suspect.tolerance)
        others = np.flatnonzero(near & (self.verdicts == _CODES[WRONG]))
        return Cause.of("places", node=self.name(int(others[0]))) if len(others) else NONE

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
        return float(self.error[some][place]), float(self.slopes.bound[some][place])

    def digits(self, some: slice) -> int | None:
        """To how many digits the least certain of those that agree is known; None where all that agree are 0."""
        value, bound = np.abs(self.slopes.estimate[some]), self.slopes.bound[some]
        known = (self.verdicts[some] == 0) & (value > 0)
        return None if not known.any() else max(0, int(-np.log10(max((bound[known] / value[known]).max(), FLOATS.unit))))

    def __str__(self) -> str:
        rows = self._by_layer() if self.blocks and len(self) > LONGEST else self._by_parameter()
        failed = [*self.having(WRONG, 20), *(check for check in self.having(NO_DERIVATIVE, 20) if check.failed), *self.having(NOT_DETERMINISTIC, 1)]
        return "\n".join([*rows, *map(str, failed), self.summary])

    def _by_parameter(self) -> list[str]:
        rows = [("parameter", "gradient", "central difference", "h", "error", "bound", "verdict")]
        for place in range(min(len(self), LONGEST)):
            one = self.check(place)
            rows.append((one.name, f"{one.value:.10g}", f"{one.difference:.10g}", f"{one.h:.1e}", brief(one.error), brief(one.bound), one.verdict))
        return [*aligned(rows, (0, 6)), *([f"… and {len(self) - LONGEST} more"] if len(self) > LONGEST else [])]

    def _by_layer(self) -> list[str]:
        rows: list[tuple[str, ...]] = [("matrix", "shape", *SEEN, "largest error", "bound", "digits")]
        for block in self.blocks:
            counts = np.bincount(self.verdicts[block.place], minlength=len(VERDICTS))
            largest = self.largest(block.place)
            rows.append(
                (
                    block.name,
                    " × ".join(map(str, block.shape)),
                    *(str(counts[_CODES[verdict]]) for verdict in SEEN),
                    *(map(brief, largest) if largest else ("", "")),
                    str(self.digits(block.place) or ""),
                )
            )
        return aligned(rows, (0, 1))
