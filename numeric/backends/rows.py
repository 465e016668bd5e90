"""numba: the code for plain floats in a loop over the samples, compiled to machine code at the first call.

The exponential is written out here, in arithmetic that a compiler can do for several samples at once; a call of the
system's library would keep it to one at a time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import repeat
from operator import length_hint
from typing import TYPE_CHECKING, Any

import numba  # pyright: ignore[reportMissingImports] (an extra)
import numpy as np

from ..batches import parameter_count
from ..code.sources import definitions_of, indexed
from ..runs.loops import looped
from . import Backend, Leap, Leaping

if TYPE_CHECKING:
    from ..compiling import CompiledLoss

__all__ = ["Rows", "backend", "exponential", "logarithm_of_one_plus"]

# A sample is computed as it is written, a product and a sum in one at most. A function not told so would take over FAST from its caller.
EXACT: dict[str, Any] = {"error_model": "numpy", "fastmath": {"contract"}, "forceinline": True}
FAST = {"reassoc", "contract", "arcp", "nsz"}  # sums in any order; NaN and infinities keep their meaning
BLOCK = 8192  # samples
MOST = 2000  # parameters; the code grows with them, and the time to compile it faster than that
UPDATED = 500  # parameters up to which steps of training are compiled
WIDE = 8  # samples that a processor computes at once, at most

LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10  # Cody, Waite, 1980: k·LN2_HIGH is exact


@numba.njit(**EXACT)
def exponential(x: float) -> float:
    """e^x to within two units of the last place: 2^k·e^r with |r| ≤ ln 2/2. Beyond ±708 it is that of ±708.

    Sums of a few terms, and sums of those (Estrin, 1960), wait less for each other than one long chain.
    """
    y = min(max(x, -708.0), 709.0)
    k = math.floor(y * LOG2_E + 0.5)
    r = (y - k * LN2_HIGH) - k * LN2_LOW
    r2 = r * r
    r4 = r2 * r2
    a = (1.0 + r) + (1 / 2 + r * (1 / 6)) * r2
    b = (1 / 24 + r * (1 / 120)) + (1 / 720 + r * (1 / 5040)) * r2
    c = (1 / 40320 + r * (1 / 362880)) + (1 / 3628800 + r * (1 / 39916800)) * r2
    d = 1 / 479001600 + r * (1 / 6227020800)
    power = (a + b * r4) + (c + d * r4) * (r4 * r4)
    return power * np.int64((np.int64(k) + 1023) << 52).view(np.float64)  # 2^k, from the bits of its exponent


@numba.njit(**EXACT)
def logarithm_of_one_plus(x: float) -> float:
    """ln(1 + x) for x from 0 to 1, which is all that the stable forms ask for: 2 artanh(s) with s = x/(2 + x)."""
    s = x / (2.0 + x)
    u = s * s
    u2 = u * u
    u4 = u2 * u2
    a = (2.0 + u * (2 / 3)) + (2 / 5 + u * (2 / 7)) * u2
    b = (2 / 9 + u * (2 / 11)) + (2 / 13 + u * (2 / 15)) * u2
    c = (2 / 17 + u * (2 / 19)) + (2 / 21 + u * (2 / 23)) * u2
    d = (2 / 25 + u * (2 / 27)) + (2 / 29 + u * (2 / 31)) * u2
    return s * ((a + b * u4) + ((c + d * u4) + 2 / 33 * (u4 * u4)) * (u4 * u4))


class Rows(Backend):
    """For loops over many samples of a small network."""

    def function(self, compiled: CompiledLoss, dtype: str, loss: bool = True) -> Callable[..., tuple[float, Any]]:
        """See ``Backend``. Wide networks, and float32, go by NumPy."""
        if dtype != "float64" or parameter_count(compiled.net) > MOST:
            from .columns import Columns

            return Columns().function(compiled, dtype, loss)
        return _in_blocks(_machine_code(indexed(compiled.program, compiled.groups, loss), "loss_and_gradient"))

    def leap(self, compiled: CompiledLoss, what: Leaping) -> Leap | None:
        """See ``Backend``: for small networks; the code for a sample is the same as elsewhere, the sums of samples may have another order."""
        rows = len(what.samples[0]) if what.whole else 0
        rows = rows * max(1, WIDE // rows) if rows and WIDE % rows == 0 else rows
        if compiled.fitting.count > UPDATED or any(one.dtype != np.float64 for one in what.samples):
            return None
        text = looped(compiled.program, compiled.groups, what.optimizer, rows if 0 < rows <= 2 * WIDE else None)
        steps, clip = _machine_code(text, "steps"), np.inf if what.clip is None else float(what.clip)

        def leap(theta: np.ndarray, states: Any, rates: Any, first: int, batches: Any) -> tuple[Any, ...] | None:
            own, kept = theta.copy(), np.array(states).reshape(len(states), len(theta))
            columns = [np.ascontiguousarray(np.swapaxes(_filled(one), 1, 2)) for one in batches]
            rates = np.full(length_hint(rates), next(rates)) if isinstance(rates, repeat) else np.fromiter(rates, float)
            losses, norms = np.empty((2, len(rates)))
            whole = steps(own, kept, rates, first, clip, *columns, losses, norms) == len(rates) and np.isfinite(own).all()
            return (own, list(kept), losses, norms) if whole else None

        return leap


def _machine_code(text: str, name: str) -> Callable[..., Any]:
    """A function of a text, and ``gradient`` in it, compiled."""
    room = definitions_of(text)
    room |= {"exp": exponential, "log1p": logarithm_of_one_plus}
    room["gradient"] = numba.njit(**EXACT)(room["gradient"])
    return numba.njit(error_model="numpy", fastmath=FAST)(room[name])


def _filled(batches: np.ndarray) -> np.ndarray:
    """The same batches, each taken several times where they then fill the lanes of a processor: the means are the same."""
    rows = batches.shape[1]
    return np.tile(batches, (1, WIDE // rows, 1)) if WIDE % rows == 0 else batches


def _in_blocks(compute: Callable[..., tuple[float, Any]]) -> Callable[..., tuple[float, Any]]:
    """The function over blocks whose columns are copied next to each other, while they are in the cache."""

    def loss_and_gradient(theta: np.ndarray, *batch: np.ndarray) -> tuple[float, Any]:
        count = len(batch[0])
        if count <= BLOCK:
            return compute(theta, *(np.ascontiguousarray(one.T) for one in batch))
        loss, gradient = 0.0, np.zeros_like(theta)
        for start in range(0, count, BLOCK):
            columns = [np.ascontiguousarray(one[start : start + BLOCK].T) for one in batch]
            share = columns[0].shape[1] / count
            own, slopes = compute(theta, *columns)
            loss += own * share
            gradient += slopes * share
        return loss, gradient

    return loss_and_gradient


def backend() -> Backend:
    """The backend itself."""
    return Rows()
