"""Compiling: recorded facts become one straight-line Python function, with the names of the board.

``compile_gradient`` serves any graph, ``loss_and_gradient`` a network and a batch of samples. What runs is
``.source``, and nothing else: text that ``printers`` made from a ``Program``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any

from sympy import Symbol

from derive.errors import DeriveError, UndefinedError, UnknownNameError, listed
from derive.functions import constant_hint
from derive.graph import Graph
from derive.losses import LOSSES
from derive.network import Network

from .backends import Backend, backend_of, dialect_of
from .code.printers import ARRAY, SCALAR
from .code.programs import Program, program
from .code.sources import columnwise, function_of, pointwise, samplewise
from .points import number

if TYPE_CHECKING:
    from .batches import Fitting
    from .code.layers import Layered

__all__ = ["CompiledGradient", "CompiledLoss", "compile_gradient", "loss_and_gradient"]

_NAMES = {"d": "float64", "f": "float32"}  # of NumPy's types by their letters; str(dtype) takes microseconds


def compile_gradient(graph: Graph, of: str | Symbol, wrt: Iterable[str | Symbol]) -> CompiledGradient:
    """A function h of a table of values that gives (value of ``of``, {name: ∂of/∂name}) for the names of ``wrt``.

    ``h({"apple": 100, …})`` takes a value for every given of the graph. Plain numbers give floats; arrays are
    broadcast against each other, and every result has the common shape. h raises UndefinedError, naming the point, where
    the value or a derivative is no finite number. Raises DeriveError for unknown names.
    """
    if isinstance(wrt, str | Symbol):
        raise DeriveError(f"wrt is a list of names, such as wrt=[{str(wrt)!r}], not {wrt!r}")
    return CompiledGradient(graph, graph.node(of), tuple(graph.node(one) for one in wrt))


def loss_and_gradient(net: Network, *, held: Mapping[Any, Any] | None = None, backend: str = "numpy") -> CompiledLoss:
    """A function f(theta, inputs, targets) that gives (mean loss, gradient) of a batch of samples.

    theta has the shape (P,), in the order of ``net.parameters``; inputs (N, n_in); targets (N, n_out); the
    gradient has the shape of theta. ``f.source`` is the same in NumPy to be read and pasted, ``f.per_sample`` has the same arguments and
    gives the loss and the gradient of every row. A network with dropout takes masks, zeros and ones of shape
    (N, hidden units), as its last argument. held has the numbers of frozen parameters and of penalties that are givens,
    by name. backend is numpy; numba for many samples of a small network; or jax for large batches, also on a GPU.

    f raises DeriveError for shapes that do not fit and values that are no finite real numbers, and UndefinedError where
    the loss or a slope has no finite value; its arguments are never modified. The root of a mean square has none where all
    outputs of a sample are their targets: it is 0, and its derivative by an output 0/0, even where an output such as that of
    hard_tanh does not move. After softmax, squared errors are exact to a few roundings of their largest term: where targets
    are far outside [0, 1], they cancel, and the gradient has so many digits fewer.
    """
    return CompiledLoss(net, _held(net, held or {}), backend_of(backend))


def _held(net: Network, values: Mapping[Any, Any]) -> dict[Symbol, float]:
    """The numbers of all givens that a batch does not bring. Raises DeriveError where one is missing, or is none of them."""
    wanted = [*sorted(net.frozen, key=str), *net.strengths]
    named = {key.name if isinstance(key, Symbol) else key: value for key, value in values.items()}
    for name in named:
        if name not in {one.name for one in wanted}:
            raise UnknownNameError("frozen parameter or penalty", name, wanted, "held are")
    missing = [one for one in wanted if one.name not in named]
    if missing:
        raise DeriveError(f"held has no number for {listed(missing)}; give it, such as held={{{missing[0].name!r}: 0.1}}")
    return {one: float(number(one.name, named[one.name])) for one in wanted}


class CompiledGradient:
    """The value and the partial derivatives of a node of a graph, compiled. See ``compile_gradient``."""

    def __init__(self, graph: Graph, of: Symbol, wrt: tuple[Symbol, ...]) -> None:
        self.graph, self.of, self.wrt = graph, of, wrt
        self.program = program(graph, of, wrt)
        self._run = function_of(self.scalar_source)
        self._names = {one.name for one in graph.givens}

    @cached_property
    def scalar_source(self) -> str:
        """The code for plain floats: it needs ``math`` only."""
        return pointwise(self.program, SCALAR)

    @cached_property
    def source(self) -> str:
        """The code for arrays: it needs NumPy."""
        return pointwise(self.program, ARRAY)

    @cached_property
    def javascript_source(self) -> str:
        """The code for plain numbers in JavaScript."""
        from .code import javascript

        return javascript.pointwise(self.program)

    @cached_property
    def c_source(self) -> str:
        """The code for plain numbers in C: a file that needs ``math.h`` only."""
        from .code import c

        return c.pointwise(self.program)

    @cached_property
    def _run_arrays(self) -> Callable[..., Any]:
        return function_of(self.source)

    def __call__(self, values: Mapping[Any, Any]) -> tuple[Any, dict[str, Any]]:
        """The value, and the derivative by each name of ``wrt``, where the givens have these values."""
        named = self._complete(values)
        if any(_is_array(value) for value in named.values()):
            return self._of_arrays(named)
        floats = [float(number(name, value)) for name, value in named.items()]
        try:
            value, *slopes = self._results(self._run, floats)
        except (ArithmeticError, ValueError) as error:
            raise self._undefined(named, f": {error}") from None
        if not isfinite(sum(slopes, value)) and not all(map(isfinite, (value, *slopes))):  # a sum of finite numbers may be none
            raise self._undefined(named)
        return value, dict(zip((one.name for one in self.wrt), slopes, strict=True))

    def _results(self, run: Callable[..., Any], numbers: Iterable[Any]) -> tuple[Any, ...]:
        """The value and the derivatives; a function that has none gives its value alone."""
        return run(*numbers) if self.wrt else (run(*numbers),)

    def _complete(self, values: Mapping[Any, Any]) -> dict[str, Any]:
        """The values by name, in the order of the givens."""
        if not isinstance(values, Mapping):
            raise DeriveError(f"the values {values!r} are no table by name, such as {{{', '.join(f'{one.name!r}: 1' for one in self.graph.givens[:2])}}}")
        named = {key.name if isinstance(key, Symbol) else key: value for key, value in values.items()}
        for name in named:
            if name not in self._names:
                raise UnknownNameError("given", name, self.graph.givens, "this graph needs values for", constant_hint(name))
        missing = [one.name for one in self.graph.givens if one.name not in named]
        if missing:
            raise DeriveError(f"there is no value for {listed(missing)}; needed are {listed(self.graph.givens)}")
        return {one.name: named[one.name] for one in self.graph.givens}

    def _undefined(self, point: Mapping[str, Any], why: str = "") -> UndefinedError:
        return UndefinedError(f"{self.of} or a derivative of it has no finite value at {_shown(point)}{why}")

    def _of_arrays(self, named: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        from .batches import broadcast, filled  # NumPy is loaded where there are arrays only
        from .undefined import entrywise

        arrays, shape = broadcast(named)
        results, where = entrywise(lambda *given: self._results(self._run_arrays, given), arrays)
        if where is not None:
            raise self._undefined({name: filled(one, shape)[where] for name, one in zip(named, arrays, strict=True)}, f", entry {list(where)} of the arrays")
        value, *slopes = (filled(result, shape) for result in results)
        return value, dict(zip((one.name for one in self.wrt), slopes, strict=True))


class CompiledLoss:
    """The mean loss of a network over a batch, and its gradient, compiled. See ``loss_and_gradient``."""

    def __init__(self, net: Network, held: Mapping[Symbol, float], backend: Backend) -> None:
        self.net, self.held, self.backend = net, held, backend
        self._functions: dict[tuple[str, bool], Callable[..., Any]] = {}

    @cached_property
    def program(self) -> Program:
        """The lines that run, before they are text."""
        return program(self.net.graph, self.net.loss, self.net.parameters, self.held)

    @property
    def groups(self) -> dict[str, tuple[Symbol, ...]]:
        """The arguments of the function, and the givens that each of them holds."""
        masks = {"masks": self.net.masks} if self.net.masks else {}
        return {"theta": self.net.parameters, "inputs": self.net.inputs, "targets": self.net.targets} | masks

    @cached_property
    def layers(self) -> Layered | None:
        """The lines by matrix facts; None where there are none for this network."""
        from .code.layers import layered  # SymPy's matrices take time to load

        return layered(self.net)

    @cached_property
    def source(self) -> str:
        """The NumPy that runs on a batch of float64 samples, a line for every fact.

        What runs, ``inplace_source``, adds up and multiplies in an order that takes less time, so the last digits may
        differ: of the loss by 1e-14 relative, of every slope by 2e-13 times the mean size of the largest slope of a sample.
        """
        if self.layers is None:
            return columnwise(self.program, self.groups)
        from .code.layer_sources import readable

        return readable(self.layers)

    @property
    def inplace_source(self) -> str:
        """The same lines as they run on many samples: layer by layer, each operation writes into an array that is kept."""
        return self.source if self.layers is None else self.layer_source("float64")

    def layer_source(self, dtype: str, loss: bool = True) -> str:
        """The same for a type of floats, also of the gradient alone."""
        from .code.layer_sources import in_rooms

        assert self.layers is not None
        return in_rooms(self.layers, dialect_of(dtype), loss)

    @cached_property
    def scalar_source(self) -> str:
        """The same for one sample and plain floats: it needs ``math`` only."""
        return samplewise(self.program, self.groups)

    @cached_property
    def javascript_source(self) -> str:
        """The same for one sample in JavaScript."""
        from .code import javascript

        return javascript.samplewise(self.program, self.groups)

    @cached_property
    def c_source(self) -> str:
        """The same for one sample in C: a file that needs ``math.h`` only."""
        from .code import c

        return c.samplewise(self.program, self.groups)

    def __call__(self, theta: Any, inputs: Any, targets: Any, masks: Any = None) -> tuple[float, Any]:
        """The mean loss over the samples, and its gradient, an array of the shape of theta."""
        if masks is None and self._single is not None:
            found = self._single(theta, inputs, targets)
            if found is not None:
                return found
        return self._settled(self._checked(theta, inputs, targets, masks))

    @cached_property
    def _single(self) -> Callable[..., tuple[float, Any] | None] | None:
        """The shorter way, on which nothing is looked at afterwards: for what has a value everywhere."""
        record = self.net.loss_record
        known = LOSSES.get(record.name.partition("(")[0])
        everywhere = known is not None and known.text == record.text and record.shared and all(one.text is None for one in self.net.activations)
        return self.backend.single(self) if everywhere else None

    def gradient(self, theta: Any, inputs: Any, targets: Any, masks: Any = None) -> Any:
        """The gradient alone, where the loss is not wanted: a third less work for a small network."""
        return self._settled(self._checked(theta, inputs, targets, masks), loss=False)[1]

    def _settled(self, arrays: tuple[Any, ...], loss: bool = True) -> tuple[float, Any]:
        """What the function gives. Raises UndefinedError, with a row, where the loss or a slope has no value, such as √0 in rmse."""
        from .undefined import settled  # NumPy is loaded where there are arrays only

        return settled(self.unchecked(_NAMES[arrays[0].dtype.char], loss), arrays, self.net.loss_record.name)

    def per_sample(self, theta: Any, inputs: Any, targets: Any, masks: Any = None) -> tuple[Any, Any]:
        """The loss of every sample, shape (N,), and its gradient, shape (N, P)."""
        arrays = self._checked(theta, inputs, targets, masks)
        from .undefined import settled_rows

        function = function_of(columnwise(self.program, self.groups, dialect_of(str(arrays[0].dtype)), each=True))
        return settled_rows(function, arrays, self.net.loss_record.name)

    @cached_property
    def fitting(self) -> Fitting:
        """What the arguments must look like."""
        from .batches import Fitting  # NumPy is loaded where there are arrays only

        return Fitting.of(self.net)

    def _checked(self, theta: Any, inputs: Any, targets: Any, masks: Any) -> tuple[Any, ...]:
        arrays = self.fitting.checked(theta, inputs, targets)
        if not self.net.masks:
            return arrays
        from .batches import checked_masks

        return (*arrays, checked_masks(masks, len(arrays[1]), self.net.masks, arrays[0].dtype))

    def unchecked(self, dtype: str, loss: bool = True) -> Callable[..., tuple[float, Any]]:
        """The function itself, for arrays of that type ("float64") which are known to fit; without ``loss``, see ``Backend``."""
        if (dtype, loss) not in self._functions:
            self._functions[dtype, loss] = self.backend.function(self, dtype, loss)
        return self._functions[dtype, loss]


def _is_array(value: Any) -> bool:
    return isinstance(value, list | tuple) or getattr(value, "ndim", 0) > 0


def _shown(named: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in list(named.items())[:6]) + (" …" if len(named) > 6 else "")
