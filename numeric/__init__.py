"""Numbers: the value of every step, and every fact beside its central difference.

Names arrive when they are first asked for, so that importing the package loads neither sympy nor numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    name: module
    for module, names in {
        "checking": ("check", "check_gradient"),
        "compiling": ("compile_gradient", "loss_and_gradient"),
        "differences": ("Difference", "central_difference", "sweep"),
        "initializers": ("initialize",),
        "optimizers": ("GD", "SGD", "AdaGrad", "Adam", "AdamW", "Momentum", "Nesterov", "RMSProp"),
        "reports": ("Check", "Report"),
        "training": ("DivergedError", "History", "train"),
        "values": ("Numbers", "StepNumbers", "evaluate"),
    }.items()
    for name in names
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
