"""Numbers: the value of every step, and every fact beside its central difference.

Names arrive when they are first asked for, so that importing the package loads neither sympy nor numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .checking import check, check_gradient
    from .compiling import compile_gradient, loss_and_gradient
    from .differences import Difference, central_difference, sweep
    from .initializers import initialize
    from .optimizers import GD, SGD, AdaGrad, Adam, AdamW, Momentum, Nesterov, RMSProp
    from .reports import Check, Report
    from .training import DivergedError, History, train
    from .values import Numbers, StepNumbers, evaluate

_HOME = {
    name: module
    for module, names in {
        "checks.batch_reports": ("BatchReport",),
        "checking": ("check", "check_gradient"),
        "compiling": ("compile_gradient", "loss_and_gradient"),
        "differences": ("Difference", "central_difference", "sweep"),
        "initializers": ("initialize",),
        "checks.network_checks": ("NetworkCheck", "check_graph", "check_network"),
        "optimizers": ("GD", "SGD", "AdaGrad", "Adam", "AdamW", "Momentum", "Nesterov", "RMSProp"),
        "reports": ("Check", "Report"),
        "training": ("DivergedError", "History", "train"),
        "values": ("Numbers", "StepNumbers", "evaluate"),
    }.items()
    for name in names
}

__all__ = [
    "GD",
    "SGD",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Check",
    "Difference",
    "DivergedError",
    "History",
    "Momentum",
    "Nesterov",
    "Numbers",
    "RMSProp",
    "Report",
    "StepNumbers",
    "central_difference",
    "check",
    "check_gradient",
    "compile_gradient",
    "evaluate",
    "initialize",
    "loss_and_gradient",
    "sweep",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
