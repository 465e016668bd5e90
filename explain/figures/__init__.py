"""Pictures: each function gives a Figure of the document, drawn by matplotlib only when its bytes are asked for.

A picture is made in two steps. Pure functions decide what is to be seen (a ``Scene`` of marks with places in
points, or the numbers of a plot); ``canvas`` turns that into PDF, SVG or PNG, the same bytes every time. All
pictures share the sizes, colours and strokes of ``style``.

To add a picture: a function in a module here that returns ``canvas.picture(...)``, a row in ``_HOME``, and
its sentences in the locales.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# A module must not have the name of a function: once imported it would take its place here.
_HOME = {
    "activation": "slopes",
    "balls": "surfaces",
    "decision": "surfaces",
    "descent": "surfaces",
    "differences": "curves",
    "gradient_sizes": "curves",
    "graph": "graphs",
    "losses": "curves",
    "network": "networks",
    "secants": "slopes",
    "tangent": "slopes",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
