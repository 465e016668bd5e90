"""NumPy: a network layer by layer over blocks of samples that stay in the cache; a few samples one by one in plain floats."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import hypot, sqrt
from struct import Struct
from typing import TYPE_CHECKING, Any

import numpy as np

from ..batches import LARGE, parameter_count
from ..code.sources import columnwise, function_of, rowwise
from ..runs.fused import stepwise
from . import Backend, Leap, Leaping, dialect_of
from .calls import bound

if TYPE_CHECKING:
    from ..compiling import CompiledLoss

__all__ = ["Columns", "backend"]

BLOCK, LEAST = 16384, 256  # samples in a block, at most and at least
CACHE = 1 << 18  # numbers that the rooms of a block hold together
FEW = 16  # samples up to which a call of NumPy takes longer than the arithmetic of a sample in Python
LONG = 400  # parameters up to which that holds
SAMPLES, PARAMETERS = 8, 64  # up to which whole steps of training are one piece of code
SIZES = 4  # sizes of batches for which rooms are kept

Function = Callable[..., tuple[float, Any]]
Quick = Callable[[Any, Any, Any], tuple[float, Any] | None]


class _Own(threading.local):
    """The rooms of a thread, by the number of samples."""

    def __init__(self) -> None:
        self.kept: dict[int, Any] = {}


class Columns(Backend):
    """The default backend."""

    def function(self, compiled: CompiledLoss, dtype: str, loss: bool = True) -> Function:
        """See ``Backend``; float32 always goes by arrays, so that it is rounded as float32."""
        many = _by_layers(compiled, dtype, loss) if compiled.layers else _by_columns(compiled, dtype)
        if dtype != "float64" or parameter_count(compiled.net) > LONG:
            return many
        few = function_of(rowwise(compiled.program, compiled.groups))

        def loss_and_gradient(theta: np.ndarray, inputs: np.ndarray, targets: np.ndarray, *masks: np.ndarray) -> tuple[float, np.ndarray]:
            if len(inputs) <= FEW:
                with suppress(ArithmeticError, ValueError):  # floats raise where arrays go on with inf
                    loss, gradient = few(*(one.tolist() for one in (theta, inputs, targets, *masks)))
                    return loss, np.array(gradient)
            return many(theta, inputs, targets, *masks) if masks else many(theta, inputs, targets)

        return loss_and_gradient

    def single(self, compiled: CompiledLoss) -> Quick | None:
        """See ``Backend``: every microsecond counts here, so what can be asked of Python's numbers is not asked of NumPy's."""
        fits, ready, ndarray = compiled.fitting, dict[str, Function](), np.ndarray
        if compiled.net.masks:
            return None
        surely, one = fits.surely, _one_sample(compiled) if fits.count <= LONG and not fits.shares else None
        double, shapes = np.dtype(float), ((fits.count,), (1, fits.widths[0]), (1, fits.widths[1]))

        def loss_and_gradient(theta: Any, inputs: Any, targets: Any) -> tuple[float, Any] | None:
            if one is not None and type(theta) is type(inputs) is type(targets) is ndarray and (theta.shape, inputs.shape, targets.shape) == shapes:
                return one(theta.tolist(), inputs.tolist()[0], targets.tolist()[0]) if theta.dtype is inputs.dtype is targets.dtype is double else None
            if not surely(theta, inputs, targets):
                return None
            compute = ready.get(theta.dtype.char)
            if compute is None:
                compute = ready[theta.dtype.char] = compiled.unchecked(str(theta.dtype))
            return compute(theta, inputs, targets)

        return loss_and_gradient

    def leap(self, compiled: CompiledLoss, what: Leaping) -> Leap | None:
        """See ``Backend``: a few samples and parameters in plain floats; an array for each operation would take longer."""
        few = what.whole and len(what.samples[0]) <= SAMPLES and compiled.fitting.count <= PARAMETERS
        if not few or compiled.net.masks or what.clip is not None or any(one.dtype != np.float64 for one in what.samples):
            return None
        steps = function_of(stepwise(compiled.program, compiled.groups, what.optimizer, np.hstack(what.samples).tolist()))

        def leap(theta: np.ndarray, states: Any, rates: Any, first: int, batches: Any) -> tuple[Any, ...] | None:
            try:
                theta, states, losses, norms = steps(theta.tolist(), [one.tolist() for one in states], rates, first)
            except (ArithmeticError, ValueError):  # floats raise where arrays go on with inf
                return None
            good = np.isfinite([*theta, *losses, *norms]).all()
            return (np.array(theta), [np.array(one) for one in states], losses, norms) if good else None

        return leap


def _one_sample(compiled: CompiledLoss) -> Quick:
    """The function of the numbers of one sample; None comes out where they do not surely fit, or are too much for floats."""
    fits, sample, empty = compiled.fitting, function_of(compiled.scalar_source), np.empty
    low, high, most, count = max(fits.low, -LARGE), min(fits.high, LARGE), sqrt(fits.small["d"]), fits.count
    pack = Struct(f"{count}d").pack_into

    def loss_and_gradient(theta: list[float], inputs: list[float], targets: list[float]) -> tuple[float, np.ndarray] | None:
        for number in targets:
            if not low <= number <= high:
                return None
        if not hypot(*theta, *inputs) < most:  # nor where one of them is NaN
            return None
        try:
            loss, slopes = sample(theta, inputs, targets)
        except (ArithmeticError, ValueError):  # floats raise where arrays go on with inf
            return None
        pack(gradient := empty(count), 0, *slopes)  # type: ignore[arg-type]  (an array is a buffer, which is not said before Python 3.12)
        return loss, gradient

    return loss_and_gradient


def _by_layers(compiled: CompiledLoss, dtype: str, loss: bool) -> Function:
    """The layers over blocks, in rooms that belong to the function, one set for each thread."""
    parts = bound(compiled.layer_source(dtype, loss), dtype)
    compute, rooms, own = parts["loss_and_gradient"], parts["rooms"], _Own()
    block = max(LEAST, min(BLOCK, CACHE // (_held(rooms(2)) - _held(rooms(1)))))

    def held(count: int) -> Any:
        kept = own.kept
        if count not in kept:
            if len(kept) == SIZES:
                del kept[next(iter(kept))]
            kept[count] = rooms(count, dtype)
        return kept[count]

    def loss_and_gradient(theta: np.ndarray, inputs: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
        count = len(inputs)
        if count <= block:
            return compute(theta, inputs, targets, held(count))
        total, gradient = compute(theta, inputs[:block], targets[:block], held(block), 1.0 / count)
        for start in range(block, count, block):
            x, t = inputs[start : start + block], targets[start : start + block]
            more, slopes = compute(theta, x, t, held(len(x)), 1.0 / count)
            total += more
            gradient += slopes
        return total, gradient

    return loss_and_gradient


def _held(rooms: Sequence[np.ndarray]) -> int:
    """How many numbers the rooms hold; some are parts of others."""
    whole = [one if one.base is None else one.base for one in rooms]
    return sum({id(one): one.size for one in whole}.values())


def _by_columns(compiled: CompiledLoss, dtype: str) -> Function:
    """The scalar facts over columns: for graphs that no layer rules describe."""
    compute = function_of(columnwise(compiled.program, compiled.groups, dialect_of(dtype)))

    def loss_and_gradient(theta: np.ndarray, *batch: np.ndarray) -> tuple[float, np.ndarray]:
        count = len(batch[0])
        parts = [[one[start : start + BLOCK // 4] for one in batch] for start in range(0, count, BLOCK // 4)]
        results = [(len(part[0]) / count, compute(theta, *part)) for part in parts]
        gradient = sum(share * slopes for share, (_, slopes) in results)
        return sum(share * float(loss) for share, (loss, _) in results), np.asarray(gradient, theta.dtype)

    return loss_and_gradient


def backend() -> Backend:
    """The backend itself."""
    return Columns()
