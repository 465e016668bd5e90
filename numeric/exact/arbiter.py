"""The arbiter: derivatives to thirty digits or more, by a second route that shares nothing with the first.

Central differences in ever more digits, twice as many each time, until two runs agree; of a forward pass that is written
once more in plain mpmath (``forward``, for networks), or of the definitions of a graph as they stand (``definitions``).
No facts, no stable forms, no compiled code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from mpmath import MPContext
from sympy import Symbol

from derive.errors import DeriveError, UnknownNameError, listed
from derive.graph import Graph
from derive.network import Network

from ..points import number, point
from .definitions import Definitions
from .forward import Forward, Sample

__all__ = ["Slope", "arbitrate", "arbitrate_graph", "settled_slope", "slopes_of"]

FIRST_DIGITS, MOST_DIGITS = 60, 2000
FLOAT_DIGITS = 480  # with h = 10^(−160), a slope of 1e−308 still moves what these digits show
LASTING = 10  # digits to which a jump must be the same in two runs to be one


@dataclass(frozen=True, slots=True)
class Slope:
    """The slopes on the two sides, as mpmath numbers: one number where there is a derivative, NaN where there is none at all; h is the last step."""

    left: Any
    right: Any
    h: Any = 0

    @property
    def derivative(self) -> Any:
        """The derivative; None where there is none."""
        return self.right if self.left == self.right else None


def arbitrate(
    net: Network,
    theta: Iterable[Any],
    inputs: Any,
    targets: Any,
    wrt: Iterable[str | Symbol] | None = None,
    digits: int = 30,
    masks: Any = None,
    held: Mapping[Any, Any] | None = None,
) -> dict[str, Any]:
    """∂(mean loss)/∂p for parameters p of a network, by name, as mpmath numbers of which that many digits are right.

    theta, inputs, targets, masks and held are as for ``loss_and_gradient``, floats taken as they are, text and fractions
    exactly. wrt: by default all parameters. None stands for a slope that does not exist: at a kink, or where the loss has
    no value. Raises UnknownNameError for other names.
    """
    return {name: slope.derivative for name, slope in slopes_of(net, theta, inputs, targets, wrt, digits, masks, held)}


def slopes_of(
    net: Network,
    theta: Iterable[Any],
    inputs: Any,
    targets: Any,
    wrt: Iterable[str | Symbol] | None = None,
    digits: int = 30,
    masks: Any = None,
    held: Mapping[Any, Any] | None = None,
) -> Iterator[tuple[str, Slope]]:
    """The same one by one, with the slopes on both sides."""
    names = [one.name for one in net.parameters]
    theta = list(theta)
    if len(theta) != len(names):
        raise DeriveError(f"theta has {len(theta)} numbers; this network needs {len(names)}: {listed(names)}")
    if isinstance(digits, bool) or not isinstance(digits, int) or digits < 1:
        raise DeriveError(f"digits={digits!r}; how many digits are right is a whole number, 1 or more")
    values = {name: number(name, value) for name, value in zip(names, theta, strict=True)}
    values |= {str(key): number(str(key), value) for key, value in (held or {}).items()}
    forward = Forward(net, list(_samples(inputs, targets, masks)), MPContext())
    for name in names if wrt is None else map(str, wrt):
        if name not in names:
            raise UnknownNameError("parameter", name, names, "this network has")
        try:
            yield name, settled_slope(partial(forward.mean_loss, values, name), forward.on, digits)
        except DeriveError as error:
            raise DeriveError(f"∂/∂{name} at this point: {error}") from None


def _samples(inputs: Any, targets: Any, masks: Any) -> Iterator[Sample]:
    if not len(inputs) == len(targets) == (len(inputs) if masks is None or not len(masks) else len(masks)):
        raise DeriveError(
            f"inputs has {len(inputs)} rows and targets has {len(targets)}; every sample needs one row in each, and in masks where there are some"
        )
    left_out: Sequence[Any] = [()] * len(inputs) if masks is None or not len(masks) else masks
    for own, due, kept in zip(inputs, targets, left_out, strict=True):
        yield tuple([number(name, one) for one in part] for name, part in (("inputs", own), ("targets", due), ("masks", kept)))  # type: ignore[misc]


def arbitrate_graph(graph: Graph, of: str | Symbol, wrt: Iterable[str | Symbol], at: Mapping[Any, Any], digits: int = 30) -> dict[str, Slope]:
    """∂of/∂x for nodes x of any graph, by name, with the slopes on both sides, each to that many digits.

    at has a number for every given, text and fractions exactly. Raises DeriveError as ``evaluate`` does for other values.
    """
    known = Definitions(graph, point(graph.givens, at, graph.by_symbol, graph.shares), MPContext())
    found = {}
    for one in [graph.node(one) for one in wrt]:
        try:
            found[one.name] = settled_slope(known.moving(graph.node(of), one), known.on, digits, scale=known.scale)
        except DeriveError as error:
            raise DeriveError(f"∂{of}/∂{one} at this point: {error}") from None
    return found


# ---- one slope


class _Run(NamedTuple):
    """What the differences of one precision come to."""

    left: Any
    middle: Any
    right: Any
    h: Any


def settled_slope(value: Callable[[Any], Any], on: Any, digits: int = 30, for_floats: bool = False, scale: int = 0) -> Slope:
    """The slopes at 0 of a function in an mpmath context, in more and more digits until two runs agree.

    At a kink the jump is the same in both; that of rounding, and of a smooth bend, falls with every digit. A slope of which
    2,000 digits show nothing is 0; for_floats: of which 480 do, which show every float. Raises DeriveError where as many do not
    settle it. scale: the power of two by which the numbers that f starts from are small, and its steps with them.
    """
    before: _Run | None = None
    places = max(FIRST_DIGITS, 2 * digits)
    while places <= MOST_DIGITS:
        on.dps = places
        run = _run(value, on, scale)
        found = _settled(on, before, run, digits) if before is not None else None
        if found is not None:
            return found
        if for_floats and places >= FLOAT_DIGITS and _is_nothing(on, run, on.mpf(10) ** -310):
            return Slope(on.zero, on.zero, run.h)
        before, places = run, FLOAT_DIGITS if for_floats and places < FLOAT_DIGITS and _is_nothing(on, run, on.sqrt(run.h)) else 2 * places
    assert before is not None
    if max(map(abs, before[:3])) < on.sqrt(before.h):
        return Slope(on.zero, on.zero, before.h)  # where terms cancel, or f itself bends, what is left shrinks with h
    raise DeriveError(f"{MOST_DIGITS} digits do not settle this slope to {digits}")


def _run(value: Callable[[Any], Any], on: Any, scale: int = 0) -> _Run:
    """The differences with an h such that both of their errors are small; NaN where a value is missing."""
    h = on.ldexp(1, scale - on.prec // 3)
    nothing = _Run(on.nan, on.nan, on.nan, h)
    try:
        right, here, left = value(h), value(on.zero), value(-h)
    except (ArithmeticError, ValueError):
        return nothing
    if not all(isinstance(one, on.mpf) and on.isfinite(one) for one in (right, here, left)):
        return nothing
    return _Run((here - left) / h, (right - left) / (2 * h), (right - here) / h, h)


def _is_nothing(on: Any, run: _Run, small: Any) -> bool:
    """Is the slope that small, and no kink here? (Where f only bends, the slopes on the two sides differ by a multiple of h.)"""
    return abs(run.middle) < small and abs(run.right - run.left) < on.sqrt(run.h)


def _settled(on: Any, before: _Run, run: _Run, digits: int) -> Slope | None:
    """What two runs agree on, if they do."""
    if on.isnan(before.middle) or on.isnan(run.middle):
        return Slope(on.nan, on.nan, run.h) if on.isnan(before.middle) and on.isnan(run.middle) else None
    jumps = before.right - before.left, run.right - run.left
    if jumps[1] and _agree(on, *jumps, LASTING):
        size = max(abs(run.left), abs(run.right))  # one of them may be 0, and the rounding of the other all that is seen of it
        sides = all(abs(now - then) <= size * on.mpf(10) ** -digits for then, now in ((before.left, run.left), (before.right, run.right)))
        return Slope(run.left, run.right, run.h) if sides else None
    return Slope(run.middle, run.middle, run.h) if run.middle and _agree(on, before.middle, run.middle, digits) else None


def _agree(on: Any, before: Any, now: Any, digits: int) -> bool:
    return abs(now - before) <= abs(now) * on.mpf(10) ** -digits
