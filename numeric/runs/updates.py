"""Updates: the update of an optimizer as lines of code, with what is the same for all parameters written once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Symbol

from derive.written import Written

from ..code.printers import Dialect, printed
from ..optimizers import Optimizer

__all__ = ["Update"]

STEP = {Symbol("t"), Symbol("rate")}


class Update:
    """The update of an optimizer, name by name; what is the same for all parameters is computed once.

    ``before`` has the lines of what never changes, ``inside`` those of what changes from step to step: it reads t, the
    number of the step, and rate.
    """

    def __init__(self, optimizer: Optimizer, dialect: Dialect) -> None:
        self.dialect = dialect
        numbers = {Symbol(name): Symbol(f"the_{name}") for name in optimizer.numbers if name != "rate"}  # a network may learn a beta1
        self.assignments = [(name, _renamed(code, numbers)) for name, code in optimizer.assignments]
        self.fixed = set(numbers.values())
        self.before = [f"{numbers[Symbol(name)]} = {value!r}" for name, value in optimizer.numbers.items() if name != "rate"]
        self.inside: list[str] = []
        self.shared: dict[Any, Symbol] = {}

    def state(self, name: str, parameter: Symbol) -> Symbol:
        """What a state is called for one parameter."""
        return Symbol(f"{name}_{parameter}")

    def of(self, parameter: Symbol, slope: Symbol) -> list[str]:
        """The lines for one parameter."""
        names = {Symbol("w"): parameter, Symbol("g"): slope}
        names |= {name: self.state(name.name, parameter) for name, _ in self.assignments if name.name != "w"}
        return [f"{names[name]} = {printed(self._with(code, names), self.dialect)}" for name, code in self.assignments]

    def _with(self, code: Any, names: Mapping[Symbol, Symbol]) -> Any:
        if isinstance(code, Symbol):
            return names.get(code, code)
        read = code.expression.free_symbols if isinstance(code, Written) else code.free_symbols
        if read and read <= self.fixed | STEP:
            return self._once(code, read)
        if isinstance(code, Written):
            return Written(code.head, tuple(self._with(arg, names) for arg in code.args))
        return code.xreplace(names)

    def _once(self, code: Any, read: set[Symbol]) -> Symbol:
        if code not in self.shared:
            self.shared[code] = Symbol(f"once{len(self.shared) + 1}")
            (self.inside if read & STEP else self.before).append(f"{self.shared[code]} = {printed(code, self.dialect)}")
        return self.shared[code]


def _renamed(code: Any, names: Mapping[Symbol, Symbol]) -> Any:
    return Written(code.head, tuple(_renamed(arg, names) for arg in code.args)) if isinstance(code, Written) else code.xreplace(names)
