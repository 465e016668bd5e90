"""jax: the code for arrays, compiled by XLA for what it finds, a processor or a GPU, anew for every size of batch.

The same text as NumPy's, with the functions of ``jax.numpy`` in the place of NumPy's.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import reduce
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import jax  # pyright: ignore[reportMissingImports] (an extra)
import jax.numpy as jnp  # pyright: ignore[reportMissingImports]
import numpy as np
from jax.scipy.special import erf, erfc  # pyright: ignore[reportMissingImports]
from sympy import erf as ERF

from ..code.printers import Dialect
from ..code.sources import columnwise, definitions_of
from . import Backend, dialect_of

if TYPE_CHECKING:
    from ..compiling import CompiledLoss

__all__ = ["Xla", "backend"]


class Xla(Backend):
    """For large batches and wide networks, and for machines with a GPU."""

    def function(self, compiled: CompiledLoss, dtype: str, loss: bool = True) -> Callable[..., tuple[float, Any]]:
        """See ``Backend``. What jax is set to stays as it is: double precision holds for these calls only."""
        compute = _traceable(_text(compiled, dtype))
        run = jax.jit(compute if loss else lambda *arguments: (0.0, compute(*arguments)[1]))

        def loss_and_gradient(theta: np.ndarray, *batch: np.ndarray) -> tuple[float, np.ndarray]:
            with _double(dtype == "float64"), jax.default_matmul_precision("highest"):
                value, slopes = run(theta, *batch)
            return float(value), np.array(slopes)

        return loss_and_gradient


def _text(compiled: CompiledLoss, dtype: str) -> str:
    """The array code to be read: a line for every matrix fact, or for every scalar fact where there are none."""
    from ..code.layer_sources import readable  # SymPy's matrices take time to load

    dialect = _dialect(dialect_of(dtype))
    return readable(compiled.layers, dialect) if compiled.layers else columnwise(compiled.program, compiled.groups, dialect)


def _dialect(plain: Dialect) -> Dialect:
    forms = {"one plus erf": "erfc(-{x})", "layer hypot": "reduce(np.hypot, {x})"}
    return replace(plain, functions={**plain.functions, ERF: "erf"}, forms={**plain.forms, **forms})


def _traceable(text: str) -> Callable[..., Any]:
    """The function of a text as one that jax can follow: it makes no floats and no lists of what has no numbers yet."""
    room = definitions_of(text.replace("theta.tolist()", "theta"))
    room |= {"np": SimpleNamespace(**{**vars(jnp), "ascontiguousarray": jnp.asarray}), "float": jnp.asarray, "erf": erf, "erfc": erfc, "reduce": reduce}
    return room["loss_and_gradient"]


def _double(wanted: bool) -> AbstractContextManager[Any]:
    if hasattr(jax, "enable_x64"):
        return jax.enable_x64(wanted)
    from jax.experimental import enable_x64  # pyright: ignore[reportMissingImports, reportAttributeAccessIssue] (before jax 0.8)

    return enable_x64(wanted)


def backend() -> Backend:
    """The backend itself."""
    return Xla()
