"""assert_gradients: a test that a gradient is right, which says on failure what is wrong, by how much, and probably why.

The check is that of ``checking``: nothing is compared with a tolerance, but with what the difference can be off by
at most. The fixture ``gradcheck`` of the pytest plugin is the same function with the options of the command line.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what a test loads before it checks anything stays as light as it was
    from .checks.batch_reports import BatchReport
    from .checks.coordinates import Coordinates
    from .reports import Check, Report

    AnyReport = Report | BatchReport

__all__ = ["assert_gradients"]

SHOWN = 20  # rows of a table that a reader still takes in


def assert_gradients(
    fun: Any,
    grad: Any = None,
    at: Any = None,
    *,
    names: str | Sequence[str] = "x",
    points: int = 1,
    seed: int = 0,
    factor: float = 1.0,
    complete: bool = False,
    exact: bool = False,
    accuracy: float | None = None,
) -> tuple[AnyReport, ...]:
    """Raise AssertionError, with a table of what is wrong, unless a gradient agrees with central differences; else give the reports.

    fun is a function of one argument that gives one number; ``at`` is such an argument: a number, a flat or nested list, an array,
    or a dict of these by name; or a function that makes one from a ``random.Random``. grad gives the gradient in the form
    of ``at``, or is that gradient. It may be left out where ``at`` holds arrays of torch or jax: then their own backward pass
    is checked. Arrays in float32 are checked as such.

    fun may also be a Network, or what ``loss_and_gradient`` made of one: then grad(theta, inputs, targets) is checked, by default
    the compiled one, at ``at=(theta, inputs, targets)`` or at random points, all parameters at once; or a Derivation,
    of which every step is checked.

    names: for the entries of a flat point, or one name for all of them. points: how many points; after ``at``
    itself they lie around it, each number changed by up to a quarter. factor: how many times its bound an error may
    be. complete: fail also where an entry could be resolved at none of the points. exact: for a Network or a Derivation, the arbiter
    looks at what floats leave open, with as many digits as that takes. accuracy: how exact the values of a function are, beside their
    size or 1, whichever is larger, where that is less than they look: the tolerance of a solver.

    One entry at least must have been resolved, and none may be undefined at all points. Raises DeriveError for arguments that do not fit together.
    """
    __tracebackhide__ = True
    from derive.errors import DeriveError

    if isinstance(points, bool) or not isinstance(points, int) or points < 1:
        raise DeriveError(f"points={points!r}; a gradient is checked at 1 point or more")
    if not isinstance(factor, int | float) or not 1 <= factor < float("inf"):
        raise DeriveError(f"factor={factor!r}; an error may be 1 or more times its bound")
    reports = []
    for place, report in enumerate(_reports(fun, grad, at, names, points, seed, exact, accuracy), 1):
        where = f"point {place} of {points}" + (f", seed {seed}" if place > 1 or at is None or callable(at) else "")
        _refuse_wrong(report, factor, where)
        reports.append(report)
    _refuse_unseen(reports, complete)
    return tuple(reports)


def _reports(fun: Any, grad: Any, at: Any, names: str | Sequence[str], points: int, seed: int, exact: bool, accuracy: float | None) -> Iterator[AnyReport]:
    """A report for every point, made when the one before has passed."""
    from derive import Derivation, DeriveError, Network

    from .compiling import CompiledLoss

    if accuracy is not None and isinstance(fun, Network | CompiledLoss | Derivation):
        raise DeriveError(f"accuracy={accuracy!r} is for a function of which only the values are known; a {type(fun).__name__} is computed to the last digit")
    if isinstance(fun, Network | CompiledLoss):
        return _of_network(fun, grad, at, points, seed, exact)
    if isinstance(fun, Derivation):
        return _of_derivation(fun, at, points, seed, exact)
    if exact:
        raise DeriveError("exact=True asks the arbiter, who knows definitions only: it is for a Network or a Derivation")
    return _of_function(fun, grad, at, names, points, seed, accuracy)


# ---- points


def _generators(seed: int, points: int) -> Iterator[random.Random]:
    """A generator for every point, so that the tenth point is the same however many there are."""
    return (random.Random(f"{seed}, {place}") for place in range(points))


def _around(at: Any, names: str | Sequence[str], points: int, seed: int) -> Iterator[Coordinates]:
    """The points: ``at`` itself and others around it, or what ``at`` makes."""
    from .checks.coordinates import Coordinates

    for place, generator in enumerate(_generators(seed, points)):
        home = Coordinates.of(at(generator) if callable(at) else at, names)
        yield home if callable(at) or place == 0 else replace(home, flat=home.around(lambda generator=generator: generator.uniform(-1, 1)))


# ---- what is checked


def _of_function(
    fun: Callable[[Any], Any], grad: Any, at: Any, names: str | Sequence[str], points: int, seed: int, accuracy: float | None
) -> Iterator[AnyReport]:
    from derive.errors import DeriveError

    from .checking import check_flat

    if not callable(fun) or at is None:
        wanted = "a function, a Network or a Derivation" if not callable(fun) else "a point to check it at"
        raise DeriveError(f"fun={fun!r}, at={at!r}: there must be {wanted}")
    for home in _around(at, names, points, seed):
        own = grad if grad is not None else _own_gradient(fun, home)
        _refuse_fixed(own, points)
        yield check_flat(fun, home, home.gradient(own(home.point(home.flat.copy())) if callable(own) else own), accuracy=accuracy)


def _refuse_fixed(grad: Any, points: int) -> None:
    from derive.errors import DeriveError

    if not callable(grad) and points > 1:
        raise DeriveError(f"points={points}, but grad is the gradient at one point; give a function")


def _own_gradient(fun: Callable[[Any], Any], home: Coordinates) -> Callable[[Any], Any]:
    """The gradient that the library of the arrays makes itself."""
    from derive.errors import DeriveError

    library = home.libraries.pop() if len(home.libraries) == 1 else None
    if library is None or library.gradient is None:
        raise DeriveError("grad is missing; it can be left out for a Network, and where all of at are arrays of torch or all of jax")
    gradient, module = library.gradient, library.module
    return lambda x: gradient(module, fun, x)


def _of_derivation(derivation: Any, at: Any, points: int, seed: int, exact: bool) -> Iterator[AnyReport]:
    from derive.errors import DeriveError

    from .checking import check

    if at is None:
        raise DeriveError(f"at is missing; {derivation.claim} is checked at values of its givens")
    for place, home in enumerate(_around(at, "x", points, seed)):
        yield check(derivation, at if place == 0 and not callable(at) else home.point(home.flat), exact=exact)


def _of_network(net: Any, grad: Any, at: Any, points: int, seed: int, exact: bool) -> Iterator[AnyReport]:
    from .checks.network_checks import NetworkCheck

    check = NetworkCheck(net)
    if grad is not None:
        _refuse_fixed(grad, points)
    for place, generator in enumerate(_generators(seed, points)):
        theta, inputs, targets, *masks = _given(at) if at is not None and place == 0 else _batch(check.compiled.fitting, generator)
        slopes = grad(*check.compiled.fitting.checked(theta, inputs, targets), *masks) if callable(grad) else grad
        yield check(theta, inputs, targets, slopes, *(masks or [None]), exact=exact)


def _given(at: Any) -> Sequence[Any]:
    from derive.errors import DeriveError

    if not isinstance(at, tuple | list) or len(at) not in (3, 4):
        raise DeriveError(f"at={at!r:.80}; a Network is checked at (theta, inputs, targets), with masks as the fourth where there is dropout")
    return at


def _batch(fitting: Any, generator: random.Random, samples: int = 3) -> tuple[list[Any], ...]:
    """Random parameters and a small batch, with targets that the loss takes, and masks where there is dropout."""
    net, low, high = fitting.net, max(fitting.low, -1.0), min(fitting.high, 1.0)
    theta = [generator.uniform(-2, 2) for _ in range(fitting.count)]
    inputs = [[generator.uniform(-2, 2) for _ in net.inputs] for _ in range(samples)]
    targets = [[generator.uniform(low, high) for _ in net.targets] for _ in range(samples)]
    if fitting.shares:
        targets = [[one / sum(row) for one in row] for row in targets]
    masks = [[generator.choice((0, 1)) for _ in net.masks] for _ in range(samples)]
    return (theta, inputs, targets, masks) if net.masks else (theta, inputs, targets)


# ---- what is said


def _refuse_wrong(report: AnyReport, factor: float, where: str) -> None:
    __tracebackhide__ = True
    from .reports import NO_DERIVATIVE, NOT_DETERMINISTIC, WRONG

    random_values = report.having(NOT_DETERMINISTIC)
    if random_values:
        raise AssertionError(f"{random_values[0].cause}; nothing can be said of its gradient at {where}: fix its seed")
    found = [*report.having(WRONG), *report.having(NO_DERIVATIVE)]
    wrong = sorted((check for check in found if check.failed and not check.error <= factor * check.bound), key=_excess, reverse=True)
    if not wrong:
        return
    allowed = f"; an error may be {factor:g} times its bound" if factor > 1 else ""
    head = f"{len(wrong)} of {len(report)} {report.counted} {'is' if len(wrong) == 1 else 'are'} wrong at {where}{allowed}"
    common = getattr(report, "common", None)
    reason = [f"all of them by one slip: {common}"] if common else []
    more = [f"… and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else []
    raise AssertionError("\n".join([head, *reason, "", *_table(wrong[:SHOWN], causes=not common), *more, "", report.summary]))


def _excess(check: Check) -> float:
    from .reports import excess

    return excess(check.error, check.bound)


def _table(wrong: list[Check], causes: bool) -> list[str]:
    """Both numbers, the error and its bound, and the likely cause where each has its own, a line each."""
    from .reports import aligned

    rows = [("parameter", "gradient", "central difference", "error", "bound", *(("likely cause",) if causes else ()))]
    for check in wrong:
        difference = f"{check.difference:.10g}" if check.left is None else f"{check.left:.6g} to {check.right:.6g}"
        numbers = (f"{check.printed:.10g}", difference, f"{check.error:.1e}", f"{check.bound:.1e}")
        rows.append((str(check.name), *numbers, *((check.cause or "unknown",) if causes else ())))
    return aligned(rows, words=(0, 5))


def _refuse_unseen(reports: list[AnyReport], complete: bool) -> None:
    """Fail where nothing was seen, or, where everything should be, something was not; and where something has no number anywhere."""
    __tracebackhide__ = True
    from .reports import NOT_RESOLVABLE, UNDEFINED

    unseen = {check.claim: check for check in _open(reports[0])}
    for report in reports[1:]:
        still = {check.claim for check in _open(report)} if unseen else set()
        unseen = {claim: check for claim, check in unseen.items() if claim in still}
    undefined = [f"{check.name} is undefined: {check.cause}" for check in unseen.values() if check.verdict == UNDEFINED]
    outside = [check for check in unseen.values() if check.verdict == NOT_RESOLVABLE and check.error > check.bound]
    if not unseen or (len(unseen) < len(reports[0]) and not complete and not undefined and not outside):
        return
    names = ", ".join(check.name for check in list(unseen.values())[:SHOWN]) + (" …" if len(unseen) > SHOWN else "")
    head = f"at no point could a difference resolve {names}: nothing is known of them; check at other points"
    far = [f"{check.name}: {check.printed:.10g} is farther than {check.bound:.1g} from all that differences show" for check in outside]
    known = [f"{check.name}: {check.cause}" for check in unseen.values() if check.verdict == NOT_RESOLVABLE and check.cause]
    raise AssertionError("\n".join([head, *undefined[:SHOWN], *far[:SHOWN], *known[:SHOWN], "", reports[0].summary]))


def _open(report: AnyReport) -> list[Check]:
    """What was not resolved, or has no number."""
    from .reports import NOT_RESOLVABLE, UNDEFINED

    return [*report.having(NOT_RESOLVABLE), *report.having(UNDEFINED)]
