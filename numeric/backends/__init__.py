"""Backends: what turns a compiled loss into a function of arrays, NumPy by default.

To add one: a module here with a class ``Backend`` of its own, and its row in ``BACKENDS``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from derive.errors import DeriveError, UnknownNameError

from ..code.printers import ARRAY, SINGLE, Dialect

if TYPE_CHECKING:
    from ..compiling import CompiledLoss
    from ..optimizers import Optimizer

__all__ = ["BACKENDS", "Backend", "Leap", "Leaping", "backend_of", "dialect_of"]

# (theta, states, rates, number of the first step, batches) → the same two after a step with each of the rates, the losses
# and the norms of the gradients, lists or arrays. batches holds arrays of shape (B, N, columns), one for each step; the last is for all
# further steps. None comes out where a loss or a norm is not finite.
Leap = Callable[[Any, Sequence[Any], Iterable[float], int, Sequence[Any]], tuple[Any, list[Any], Any, Any] | None]


# The module and what has to be installed for it.
BACKENDS: Mapping[str, tuple[str, str]] = {
    "numpy": ("columns", ""),
    "numba": ("rows", "numba, as in pip install 'gradnotes[fast]'"),
    "jax": ("xla", "jax, as in pip install 'gradnotes[jax]'"),
}


@dataclass(frozen=True)
class Leaping:
    """What many steps of training at once are made of: the update, the samples, and the length that a gradient is cut to.

    ``whole`` says that every step takes all samples.
    """

    optimizer: Optimizer
    samples: Sequence[Any]
    whole: bool
    clip: float | None


class Backend(ABC):
    """A way to run compiled code."""

    @abstractmethod
    def function(self, compiled: CompiledLoss, dtype: str, loss: bool = True) -> Callable[..., tuple[float, Any]]:
        """The function (theta, inputs, targets, masks) → (mean loss, gradient) for arrays of that type which are known to fit.

        Without ``loss`` it need not be computed, and 0.0 stands in its place.
        """

    def single(self, compiled: CompiledLoss) -> Callable[..., tuple[float, Any] | None] | None:
        """A shorter way from arguments as they come, that gives None where they do not surely fit; None where there is none."""
        return None

    def leap(self, compiled: CompiledLoss, what: Leaping) -> Leap | None:
        """Many steps of training at once; None where single steps are the way."""
        return None


def backend_of(name: str) -> Backend:
    """The backend of that name. Raises DeriveError where there is none, or what it needs is not installed."""
    if name not in BACKENDS:
        raise UnknownNameError("backend", name, BACKENDS)
    module, needs = BACKENDS[name]
    try:
        return import_module(f".{module}", __name__).backend()
    except ModuleNotFoundError as error:
        raise DeriveError(f"backend={name!r} needs {needs} ({error})") from None


def dialect_of(dtype: Any) -> Dialect:
    """The array dialect for a type of floats."""
    return SINGLE if str(dtype) == "float32" else ARRAY
