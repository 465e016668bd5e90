"""Every fact beside its central difference: agrees, wrong, at a kink, not resolvable at this point, or undefined there.

A local fact is compared with the difference of its one definition, all other arguments held; a total fact
with the difference of the forward pass between its variable and its result. Both what the step prints (the
sum of its terms) and its closed form are compared. The bound adds the errors of the difference and of the
printed number, so "agrees" is a statement, not a tolerance: at least three digits of the slope are certain. A fact that has
no number at the point, such as the 0/0 of a root mean square error of 0, is undefined, and says where (``holes``).

Three checks, by what is checked: ``check`` a derivation step by step, in plain floats and, where they do not suffice, in
as many digits as it takes; ``check_gradient`` a gradient of any Python function, coordinate by coordinate;
``network_checks.check_network`` the compiled gradient of a network, or anybody's, with all parameters at once in
NumPy: a hundred thousand take some milliseconds (``check_graph`` is the same for any graph).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from derive.errors import DeriveError, listed
from derive.graph import Graph
from derive.steps import Derivation, Local, Step, Total

from .checks.bench import Bench
from .checks.causes import NONE, Cause, Suspect, beside_kink, likely_cause, off_by
from .checks.holes import missing
from .checks.operations import FLOATS, high_precision
from .checks.readings import in_floats, plain_number
from .checks.tape import Tape
from .checks.verdicts import CERTAIN
from .differences import checked_bits
from .points import MASKED, point
from .reports import AGREES, AT_A_KINK, NO_DERIVATIVE, NOT_RESOLVABLE, UNDEFINED, WRONG, Check, Report
from .values import DIGITS

if TYPE_CHECKING:  # a check of a derivation needs no arrays
    from .checks.batch_reports import BatchReport
    from .checks.coordinates import Coordinates

__all__ = ["AGREES", "AT_A_KINK", "NOT_RESOLVABLE", "UNDEFINED", "WRONG", "Check", "Report", "check", "check_flat", "check_gradient"]

FLOAT_DIGITS = 16
OPEN = NOT_RESOLVABLE, NO_DERIVATIVE  # what more digits may settle


def check(derivation: Derivation, at: Mapping[Any, Any], digits: int | None = None, exact: bool = False) -> Report:
    """Every step of a derivation beside its central difference at the values ``at`` of the givens.

    at is as for ``evaluate``. digits: 16 for plain floats only, more for that many decimal digits (mpmath); by default
    floats, and 50 to 400 digits for those steps that floats cannot resolve. exact: beside the slopes of the arbiter, which
    have thirty digits and come from the definitions by a route of their own; what 2,000 digits do not show stays open.
    Raises DeriveError for refused values.
    """
    if not isinstance(derivation, Derivation):
        raise DeriveError(f"derivation={derivation!r:.80} is no Derivation, such as net.derivation('w1'); check_network takes a network")
    if digits is not None and (isinstance(digits, bool) or not isinstance(digits, int) or digits < FLOAT_DIGITS):
        raise DeriveError(f"digits={digits!r}; a check takes at least {FLOAT_DIGITS} decimal digits (plain floats), or None")
    if exact and digits is not None:
        raise DeriveError(f"digits={digits} and exact=True; the arbiter takes as many digits as it needs, so choose one of the two")
    graph, tape = derivation.graph, Tape(derivation)
    given = point(graph.givens, at, graph.by_symbol, graph.shares)
    bench, *finer = _benches(graph, tape, given, digits, exact)
    bench = bench()
    checks = {claim: bench.check(places) for claim, places in tape.steps.items()}
    undefined = missing(derivation, bench, given, (claim for claim, found in checks.items() if found.verdict in OPEN))
    checks |= {claim: replace(checks[claim], verdict=UNDEFINED, cause=why) for claim, why in undefined.items()}
    for make in finer:
        open_ = [claim for claim, found in checks.items() if found.verdict in OPEN]
        if not open_:
            break
        better = make()
        checks |= {claim: better.check(tape.steps[claim]) for claim in open_}
    checks = {claim: _numbered(found, bench) if found.verdict == UNDEFINED else found for claim, found in checks.items()}
    return Report({claim: _with_cause(derivation, one, checks, bench) if one.verdict == WRONG else one for claim, one in checks.items()})


def _benches(graph: Graph, tape: Tape, given: Mapping[Any, Any], digits: int | None, exact: bool) -> list[Callable[[], Bench]]:
    """How to make the first bench, and those with more digits for what it leaves open."""
    if exact:
        from .exact import bench as of_arbiter  # mpmath takes time to load

        arbiter = of_arbiter.Arbiter(graph, given)
        return [partial(of_arbiter.ExactBench, graph, tape, given, high_precision(more), arbiter) for more in of_arbiter.DIGITS]
    first = high_precision(digits) if digits is not None and digits > FLOAT_DIGITS else FLOATS
    return [
        partial(Bench, graph, tape, given, first),
        *(lambda more=more: Bench(graph, tape, given, high_precision(more)) for more in DIGITS if digits is None),
    ]


def _numbered(found: Check, bench: Bench) -> Check:
    """A fact that has no number, and is wrong where its difference shows that there is a slope; at 0 a closed form may be 0/0 and right beside it."""
    slope = bench.slope(found.claim)
    if slope.at_kink or not slope.bound <= CERTAIN * abs(slope.estimate) < math.inf:
        return found
    error = math.nan if math.isnan(found.printed) else math.inf
    return replace(found, verdict=WRONG, difference=float(slope.estimate), h=float(slope.h), error=error, bound=float(slope.bound))


# ---- what went wrong


def _with_cause(derivation: Derivation, one: Check, checks: Mapping[Any, Check], bench: Bench) -> Check:
    """A wrong check with where it is wrong, and the slip that explains it."""
    if one.cause:  # why it has no number
        return one
    step = derivation[one.claim]
    cited = next((claim for claim in step.cited() if checks[claim].verdict == WRONG and _off(checks[claim], "value")), None)
    if cited is not None and _off(one, "terms"):
        return replace(one, cause=Cause.of("cites", fact=cited))

    if one.left is not None and one.right is not None:
        return replace(one, cause=beside_kink(one.printed, one.left, one.right))
    suspect = Suspect(
        one.printed,
        one.difference,
        2 * one.bound + 1e-8 * abs(one.difference),
        _left_out(derivation, step, bench),
        {claim: float(other.difference) for claim, other in checks.items() if isinstance(claim, Local) and claim != one.claim},
        {symbol: float(bench.env[slot][0]) for slot, symbol in bench.tape.nodes.items()},
    )
    slip = likely_cause(suspect) or off_by(suspect)
    place = {(True, False): Cause.of("terms"), (False, True): Cause.of("closed form")}.get((_off(one, "terms"), _off(one, "value")), NONE)
    return replace(one, cause=Cause.joined((place, slip)))


def _off(one: Check, part: str) -> bool:
    return not abs(getattr(one, part) - one.difference) <= one.bound


def _left_out(derivation: Derivation, step: Step, bench: Bench) -> dict[Cause, float]:
    """What each path that a total does not cite would add to it."""
    claim, graph = step.claim, derivation.graph
    if not isinstance(claim, Total):
        return {}
    cited = set(step.cited())
    edges = [Local(reader, claim.wrt) for reader in graph.readers.get(claim.wrt, ()) if Local(reader, claim.wrt) not in cited]
    slopes = ((edge, bench.slope(edge).estimate * bench.slope(Total(claim.of, edge.of)).estimate) for edge in edges)  # type: ignore[arg-type]
    return {Cause.of("path", node=edge.of): float(slope) for edge, slope in slopes}


# ---- any Python function


def check_gradient(fun: Callable[[Any], Any], grad: Any, x: Any, bits: int = 53, accuracy: float | None = None) -> BatchReport:
    """A hand-written gradient of any Python function beside the central differences, one Check a coordinate.

    fun takes what x is (one number, a flat list, tuple or array of length n, or a mapping from names to numbers) and
    gives one number; grad is the gradient at x, or a function of x that gives it, in the shape of x. The report is
    keyed by place or name. The rounding error of fun is measured, and nothing is called wrong unless smaller steps confirm the
    slope. bits: of the numbers that fun and grad compute with, 53 for float64 or 24 for float32. accuracy: how exact the
    values of fun are, beside their size or 1, whichever is larger, such as the tolerance of a solver; what it computes to fewer
    digits than it looks is noticed where it jumps, and else has to be said. Raises DeriveError where shapes do not fit.
    """
    from .checks.coordinates import Coordinates

    plain = in_floats(x)
    if not isinstance(plain, float) and not len(plain):
        raise DeriveError(f"x={x!r} has no numbers; a gradient needs at least one")
    at = Coordinates.of(plain, bits=checked_bits(bits))
    printed = _flat(grad(at.point(at.flat.copy())) if callable(grad) else grad, plain)
    keys = list(plain) if isinstance(plain, Mapping) else ["x"] if isinstance(plain, float) else list(range(len(plain)))
    return check_flat(fun, at, printed, keys, accuracy)


def check_flat(fun: Callable[[Any], Any], at: Coordinates, printed: Any, keys: Sequence[Any] | None = None, accuracy: float | None = None) -> BatchReport:
    """The same of a point of any form, and a gradient that is flat already: printed has the shape (n,)."""
    import numpy as np

    from .checks.batch_reports import BatchReport
    from .checks.black_boxes import BlackBox
    from .checks.common_causes import Whole

    if accuracy is not None and (isinstance(accuracy, bool) or not isinstance(accuracy, int | float) or not 0 < accuracy < math.inf):
        raise DeriveError(f"accuracy={accuracy!r}; how exact a function is is a positive number, such as 1e-6")
    box = BlackBox(fun, at, accuracy=accuracy)
    rounding = 0.0 if box.on.bits == FLOATS.bits else 8 * box.on.unit * np.abs(printed)
    found = box.beside(printed, rounding)
    shapes = at.shapes
    whole = Whole(
        at.flat,
        {name: (start, (shape[0], shape[1])) for name, (start, shape) in shapes.items() if len(shape) == 2},
        {name: (start, shape[0]) for name, (start, shape) in shapes.items() if len(shape) == 1},
    )
    known = found.accuracy if accuracy is None else np.full(len(printed), float(accuracy))
    seen = {"natural": box.natural, "accuracy": known, "unsteady": found.unsteady, "two_calls": found.two_calls}
    return BatchReport(printed, found.found, names=at.names, index=keys, whole=whole, rounding=rounding, **seen)


def _flat(grad: Any, x: Any) -> Any:
    """The entries of a gradient in the order of x, as an array."""
    import numpy as np

    entries, expected = _keyed(grad, "grad"), list(_keyed(x, "x"))
    if list(entries) != expected and set(entries) != set(expected):
        raise DeriveError(f"grad has entries for {listed(entries)}; x has {listed(expected)}")
    return np.array([_entry(key, entries[key]) for key in expected], float)


def _keyed(entries: Any, name: str) -> dict[Any, Any]:
    if isinstance(entries, Mapping):
        return dict(entries)
    if type(entries).__name__ in MASKED:
        raise DeriveError(f"{name} is a masked array; fill or drop its masked entries first, for example with {name}.filled(0)")
    if isinstance(entries, str | bytes | set):
        raise DeriveError(f"{name} is {str(entries)[:60]!r}; it must be a number, a list, an array or a table by name")
    if getattr(entries, "ndim", 0) > 1:
        raise DeriveError(f"{name} has the shape {entries.shape}; it must be flat: use {name}.ravel()")
    return dict(enumerate(entries)) if hasattr(entries, "__len__") and getattr(entries, "ndim", 1) else {"x": entries}


def _entry(key: Any, value: Any) -> float:
    found = plain_number(value)
    if found is None:
        raise DeriveError(f"grad[{key!r}] is {str(value)[:60]!r}; it must be one number")
    return found
