"""Pages: words, pictures and formats for derivations, their numbers and their checks.

Names arrive when they are first asked for, so that ``explain --help`` loads neither sympy nor numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .narrate import lecture
    from .typeset import latex

_HOME = {
    "latex": "typeset",
    "lecture": "narrate",
}

__all__ = [
    "latex",
    "lecture",
]


def load_ipython_extension(ipython: Any) -> None:
    """Show derivations, reports, trainings, pages and pictures in a notebook; what ``%load_ext explain`` calls."""
    from .notebook import load

    load(ipython)


def unload_ipython_extension(ipython: Any) -> None:
    """Show them as before; what ``%unload_ext explain`` calls."""
    from .notebook import unload

    unload(ipython)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
