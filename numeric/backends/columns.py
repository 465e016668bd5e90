"""NumPy: columns of the batch in blocks that stay in the cache; a few rows go one by one in plain floats."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from ..sources import columnwise, function_of, rowwise
from . import Backend, dialect_of

if TYPE_CHECKING:
    from ..compiling import CompiledLoss

__all__ = ["BLOCK", "FEW", "Columns", "backend"]

BLOCK = 8192  # rows whose columns fit into the second-level cache
FEW = 40  # rows up to which a call of NumPy takes longer than the arithmetic of a row in Python


class Columns(Backend):
    """The default backend."""

    def function(self, compiled: CompiledLoss, dtype: str) -> Callable[..., tuple[float, Any]]:
        """See ``Backend``; float32 always goes by columns, so that it is rounded as float32."""
        columns = function_of(columnwise(compiled.program, compiled.groups, dialect_of(dtype)))
        rows = function_of(rowwise(compiled.program, compiled.groups)) if dtype == "float64" else None

        def loss_and_gradient(theta: np.ndarray, *batch: np.ndarray) -> tuple[float, np.ndarray]:
            count = len(batch[0])
            if rows is not None and count <= FEW:
                with suppress(ArithmeticError, ValueError):  # floats raise where arrays go on with inf
                    loss, gradient = rows(theta.tolist(), *(one.tolist() for one in batch))
                    return loss, np.array(gradient)
            if count <= BLOCK:
                loss, gradient = columns(theta, *batch)
                return float(loss), gradient
            return _in_blocks(columns, theta, batch)

        return loss_and_gradient


def _in_blocks(columns: Callable[..., tuple[Any, Any]], theta: np.ndarray, batch: tuple[np.ndarray, ...]) -> tuple[float, np.ndarray]:
    """The means over all rows from the means over blocks of nearly equal size."""
    count = len(batch[0])
    loss, gradient = 0.0, np.zeros_like(theta)
    parts = -(-count // BLOCK)
    for part in range(parts):
        start, end = part * count // parts, (part + 1) * count // parts
        own, slopes = columns(theta, *(one[start:end] for one in batch))
        loss += float(own) * ((end - start) / count)
        gradient += slopes * ((end - start) / count)
    return loss, gradient


def backend() -> Backend:
    """The backend itself."""
    return Columns()
