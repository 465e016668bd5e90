"""Coordinates: a point of any form as named numbers, and the way back.

A point is a number, a flat or nested list, an array, or a table of such by name. An entry of an array has its name
and its indices: ``W[0, 1]``. To add an array library: a row in ``LIBRARIES`` under the name of its package. None is
imported here: an array that is given has its library loaded already.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from derive.errors import DeriveError, listed

from ..points import number
from .readings import like_sequence

__all__ = ["LIBRARIES", "Coordinates", "Library", "entries", "library_of"]


@dataclass(frozen=True, slots=True)
class Library:
    """An array library: how it makes an array like another from nested lists, and its own gradient of a function, if it has one."""

    name: str
    array: Callable[[ModuleType, Any, Any], Any]
    gradient: Callable[[ModuleType, Callable[[Any], Any], Any], Any] | None = None

    @property
    def module(self) -> ModuleType:
        """The library, which is loaded since an array of it exists."""
        return sys.modules[self.name]


def _by_torch(torch: Any, fun: Callable[[Any], Any], x: Any) -> Any:
    """What torch's backward pass gives; zeros for what fun does not read."""
    leaves = {key: one.detach().clone().requires_grad_(True) for key, one in _parts(x).items()}
    found = torch.autograd.grad(fun(leaves if isinstance(x, Mapping) else leaves[""]), list(leaves.values()), allow_unused=True)
    slopes = {key: torch.zeros_like(leaf) if one is None else one for (key, leaf), one in zip(leaves.items(), found, strict=True)}
    return slopes if isinstance(x, Mapping) else slopes[""]


_JAX = Library("jax", lambda jax, nested, like: jax.numpy.array(nested, _float_type(like, "float32")), lambda jax, fun, x: jax.grad(fun)(x))
LIBRARIES: dict[str, Library] = {
    "numpy": Library("numpy", lambda numpy, nested, like: numpy.array(nested, _float_type(like, "float64"))),
    "torch": Library("torch", lambda torch, nested, like: torch.tensor(nested, dtype=like.dtype, device=like.device), _by_torch),
    "jax": _JAX,
    "jaxlib": _JAX,
}


def library_of(value: Any) -> Library | None:
    """The library that this value is an array of, told by the package of its type."""
    return LIBRARIES.get(type(value).__module__.partition(".")[0]) if hasattr(value, "dtype") else None


@dataclass(frozen=True)
class Coordinates:
    """A point ``like`` another one: ``values`` has its numbers by name.

    bits: of its least precise numbers, 53 for float64 and Python's own, 24 for float32.
    """

    like: Any
    stem: str
    values: dict[str, float]
    bits: int

    @classmethod
    def of(cls, x: Any, names: str | Sequence[str] = "x") -> Coordinates:
        """The coordinates of x; names are for the entries of a flat x, or one name for the whole.

        Raises DeriveError where there is no number to move, and for numbers that are not finite or not real.
        """
        if not isinstance(names, str | Sequence):
            raise DeriveError(f"names={names!r}; it is one name for the point, or a list with one for each of its numbers")
        stem = names if isinstance(names, str) else "x"
        values = {key: float(number(key, value)) for key, value in entries(x, stem).items()}
        if not values:
            raise DeriveError(f"at={x!r} has no numbers; a gradient needs at least one")
        if not isinstance(names, str):
            values = dict(zip(_distinct(names, len(values)), values.values(), strict=True))
        return cls(x, stem, values, min(map(_bits, _parts(x).values())))

    @property
    def libraries(self) -> set[Library | None]:
        """The array libraries of its parts; None stands for Python's own numbers."""
        return {library_of(one) for one in _parts(self.like).values()}

    def point(self, values: Mapping[str, float]) -> Any:
        """A point like this one with these numbers."""
        supply = iter(values[key] for key in self.values)
        if isinstance(self.like, Mapping):
            return {key: _filled(part, supply) for key, part in self.like.items()}
        return _filled(self.like, supply)

    def keyed(self, gradient: Any) -> dict[str, Any]:
        """The entries of a gradient under the names of the coordinates. Raises DeriveError where its form is another."""
        found = entries(gradient, self.stem)
        expected = list(entries(self.like, self.stem))
        if list(found) != expected and set(found) != set(expected):
            raise DeriveError(f"grad has entries for {listed(found)}; at has {listed(expected)}")
        return {name: found[key] for name, key in zip(self.values, expected, strict=True)}

    def moved(self, by: Callable[[], float]) -> dict[str, float]:
        """Other values: each times 1 + by()/4, so that signs stay; a zero becomes by()/4. float32 stays float32."""
        rounded = self._rounded
        return {key: rounded(value + by() / 4 * (value or 1.0)) for key, value in self.values.items()}

    def _rounded(self, value: float) -> float:
        if not value or self.bits == 53:
            return value
        exponent = math.frexp(value)[1] - self.bits
        return math.ldexp(round(math.ldexp(value, -exponent)), exponent)


def entries(x: Any, stem: str) -> dict[str, Any]:
    """Every number of x by its name, in order."""
    if isinstance(x, Mapping):
        return {key: value for name, part in x.items() for key, value in _entries(str(name), _nested(part), ())}
    return dict(_entries(stem, _nested(x), ()))


def _entries(stem: str, nested: Any, index: tuple[int, ...]) -> Iterator[tuple[str, Any]]:
    if isinstance(nested, list | tuple):
        for place, one in enumerate(nested):
            yield from _entries(stem, _nested(one), (*index, place))
    else:
        yield (f"{stem}[{', '.join(map(str, index))}]" if index else stem), nested


def _nested(part: Any) -> Any:
    """An array as nested lists; what torch remembers of its making stays behind."""
    if library_of(part) is None:
        return part
    if type(part).__name__ == "MaskedArray":
        raise DeriveError("a masked array has entries without a value; fill or drop them first, for example with x.filled(0)")
    return (part.detach() if hasattr(part, "detach") else part).tolist()


def _filled(like: Any, supply: Iterator[float]) -> Any:
    """Something like this, with the next numbers of the supply."""
    library = library_of(like)
    nested = _refilled(_nested(like), supply)
    return nested if library is None else library.array(library.module, nested, like)


def _refilled(nested: Any, supply: Iterator[float]) -> Any:
    if isinstance(nested, list | tuple):
        return like_sequence(nested, (_filled(one, supply) for one in nested))
    return next(supply)


def _parts(x: Any) -> dict[Any, Any]:
    return dict(x) if isinstance(x, Mapping) else {"": x}


def _float_type(like: Any, other: str) -> Any:
    return like.dtype if "float" in str(like.dtype) else other


def _bits(part: Any) -> int:
    """How many bits a number of this part has, the least precise of several."""
    if isinstance(part, list | tuple):
        return min(map(_bits, part), default=53)
    name = str(part.dtype).rpartition(".")[2] if hasattr(part, "dtype") else "float64"
    if name in ("float16", "bfloat16"):
        raise DeriveError(f"at holds {name}, of which a difference leaves no digit; use float64, or float32")
    if library_of(part) is not None and library_of(part) is not LIBRARIES["numpy"] and "float" not in name:
        raise DeriveError(f"at holds {name}; a gradient needs float64 or float32")
    return 24 if name == "float32" else 53


def _distinct(names: Sequence[str], count: int) -> list[str]:
    found = [str(one) for one in names]
    if len(found) != count or len(set(found)) != count:
        raise DeriveError(f"names={found!r} has {len(set(found))} different names; at has {count} numbers")
    return found
