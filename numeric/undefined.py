"""Undefined: where a value or a slope is no finite number, it is said for which row or point, and no warning is left of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import isfinite
from typing import Any

import numpy as np

from derive.errors import UndefinedError

__all__ = ["entrywise", "settled", "settled_rows"]

QUIET = partial(np.errstate, divide="ignore", invalid="ignore", over="ignore")
Function = Callable[..., tuple[float, Any]]


def settled(function: Function, arrays: Sequence[np.ndarray], name: str) -> tuple[float, np.ndarray]:
    """What a function of theta and arrays with a row a sample gives.

    Raises UndefinedError, with the first row at which the loss of that name or a slope has no finite value, such as √0 in rmse.
    """
    with QUIET():
        loss, gradient = function(*arrays)
        if _finite(loss, gradient):
            return loss, gradient
        row = _first_row(function, arrays)
        raise _refused(row, function(arrays[0], *(one[row : row + 1] for one in arrays[1:]))[0], name)


def settled_rows(function: Callable[..., tuple[Any, Any]], arrays: Sequence[np.ndarray], name: str) -> tuple[np.ndarray, np.ndarray]:
    """The same of the losses and gradients of all rows."""
    with QUIET():
        losses, gradients = function(*arrays)
    good = np.isfinite(losses) & np.isfinite(gradients).all(axis=1)
    if not good.all():
        row = int(np.argmin(good))
        raise _refused(row, losses[row], name)
    return losses, gradients


def entrywise(function: Callable[..., Sequence[Any]], arrays: Sequence[np.ndarray]) -> tuple[Sequence[Any], tuple[int, ...] | None]:
    """What a function of arrays gives, and the first place at which something of it is not finite; None where there is none."""
    with QUIET():
        results = function(*arrays)
    if all(np.isfinite(one).all() for one in results):
        return results, None
    good = np.logical_and.reduce(np.broadcast_arrays(*(np.isfinite(one) for one in (*arrays, *results))))
    return results, tuple(int(one) for one in np.argwhere(~good)[0])


def _finite(loss: float, gradient: np.ndarray) -> bool:
    quick = isfinite(loss) and isfinite(np.vdot(gradient, gradient))  # squares may overflow where the numbers do not
    return quick or (isfinite(loss) and bool(np.isfinite(gradient).all()))


def _first_row(function: Function, arrays: Sequence[np.ndarray]) -> int:
    """The first row without a finite loss or gradient, by halving: the mean over some rows has one where each of them does."""
    theta, *batch = arrays
    start, stop = 0, len(batch[0])
    while stop - start > 1:
        middle = (start + stop) // 2
        if _finite(*function(theta, *(one[start:middle] for one in batch))):
            start = middle
        else:
            stop = middle
    return start


def _refused(row: int, loss: float, name: str) -> UndefinedError:
    if not isfinite(loss):
        return UndefinedError(f"the loss {name} has no finite value at row {row} of inputs and targets")
    return UndefinedError(f"the loss {name} is {loss:.6g} at row {row} of inputs and targets, and a slope of it is undefined there: it has no finite value")
