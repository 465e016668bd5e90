"""Backends: what turns a compiled loss into a function of arrays, NumPy by default.

To add one: a module here with a class ``Backend`` of its own, and its row in ``BACKENDS``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from derive.errors import DeriveError, UnknownNameError

from ..printers import ARRAY, SINGLE, Dialect

if TYPE_CHECKING:
    from ..compiling import CompiledLoss

__all__ = ["BACKENDS", "Backend", "backend_of", "dialect_of"]

# The module and what has to be installed for it.
BACKENDS: Mapping[str, tuple[str, str]] = {
    "numpy": ("columns", ""),
    "numba": ("rows", "numba, as in pip install 'gradnotes[fast]'"),
}


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
