"""Coordinates: a point of any form as one flat row of numbers, and the way back.

A point is a number, a flat or nested list, an array, or a table of such by name. An entry of an array has its name
and its indices: ``W[0, 1]``. To add an array library: a row in ``LIBRARIES`` under the name of its package. None is
imported here: an array that is given has its library loaded already.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any

import numpy as np

from derive.errors import DeriveError, listed

from ..points import number
from .readings import like_sequence, plain_number

__all__ = ["LIBRARIES", "Coordinates", "Library", "entries", "library_of"]


@dataclass(frozen=True, slots=True)
class Library:
    """An array library: how it makes an array like another from one of NumPy, and its own gradient of a function, if it has one."""

    name: str
    array: Callable[[ModuleType, np.ndarray, Any], Any]
    gradient: Callable[[ModuleType, Callable[[Any], Any], Any], Any] | None = None

    @property
    def module(self) -> ModuleType:
        """The library, which is loaded since an array of it exists."""
        return sys.modules[self.name]


def _by_torch(torch: Any, fun: Callable[[Any], Any], x: Any) -> Any:
    """What torch's backward pass gives; zeros for what fun does not read. Raises DeriveError where there is none."""
    leaves = {key: one.detach().clone().requires_grad_(True) for key, one in _parts(x).items()}
    value = fun(leaves if isinstance(x, Mapping) else leaves[""])
    if not getattr(value, "requires_grad", False):
        cut = "its result is cut off from at, as by detach(), item() or no_grad()"
        raise DeriveError(f"fun={fun!r:.80}: torch has no gradient of it, for {cut}; keep the result in torch's graph, or give grad")
    try:
        found = torch.autograd.grad(value, list(leaves.values()), allow_unused=True)
    except RuntimeError as refused:  # for a result that is no single real number, and for a tensor that was overwritten
        raise DeriveError(f"fun={fun!r:.80}: torch has no gradient of it: {str(refused).partition(chr(10))[0]}") from None
    slopes = {key: torch.zeros_like(leaf) if one is None else one for (key, leaf), one in zip(leaves.items(), found, strict=True)}
    return slopes if isinstance(x, Mapping) else slopes[""]


_JAX = Library("jax", lambda jax, values, like: jax.numpy.array(values, _float_type(like, "float32")), lambda jax, fun, x: jax.grad(fun)(x))
LIBRARIES: dict[str, Library] = {
    "numpy": Library("numpy", lambda numpy, values, like: values.astype(_float_type(like, "float64"), copy=False)),
    "torch": Library("torch", lambda torch, values, like: torch.tensor(values, dtype=like.dtype, device=like.device), _by_torch),
    "jax": _JAX,
    "jaxlib": _JAX,
}


def library_of(value: Any) -> Library | None:
    """The library that this value is an array of, told by the package of its type."""
    return LIBRARIES.get(type(value).__module__.partition(".")[0]) if hasattr(value, "dtype") else None


@dataclass(frozen=True)
class Coordinates:
    """A point ``like`` another one: ``flat`` has its numbers, float64, shape (n,).

    stem names a point that is no table; own_names, if there are any, name its entries. bits: of its least precise numbers,
    53 for float64 and Python's own, 24 for float32.
    """

    like: Any
    stem: str
    flat: np.ndarray
    bits: int
    own_names: tuple[str, ...] = ()

    @classmethod
    def of(cls, x: Any, names: str | Sequence[str] = "x", bits: int | None = None) -> Coordinates:
        """The coordinates of x; names are for the entries of a flat x, or one name for the whole. bits: not those of x.

        Raises DeriveError where there is no number to move, and for numbers that are not finite or not real.
        """
        if not isinstance(names, str | Sequence):
            raise DeriveError(f"names={names!r}; it is one name for the point, or a list with one for each of its numbers")
        stem = names if isinstance(names, str) else "x"
        parts = [_numbers(stem if not isinstance(x, Mapping) else str(key), part) for key, part in _parts(x).items()]
        flat = np.concatenate(parts) if parts else np.empty(0)
        if not len(flat):
            raise DeriveError(f"at={x!r} has no numbers; a gradient needs at least one")
        own = () if isinstance(names, str) else _distinct(names, len(flat))
        return cls(x, stem, flat, bits or min(map(_bits, _parts(x).values())), own)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The name of every entry."""
        return self.own_names or tuple(entries(self.like, self.stem))

    @property
    def libraries(self) -> set[Library | None]:
        """The array libraries of its parts; None stands for Python's own numbers."""
        return {library_of(part) for part in _parts(self.like).values()}

    @cached_property
    def shapes(self) -> dict[str, tuple[int, tuple[int, ...]]]:
        """The first place and the shape of each part that is an array, or such a list, by its name."""
        found, start = {}, 0
        for key, part in _parts(self.like).items():
            if library_of(part) is not None or isinstance(part, list | tuple):
                found[str(key) or self.stem] = (start, _shape(part))
            start += _size(part)
        return found

    def moved(self, place: int, value: float) -> Any:
        """The point with another number in one place; nothing of it is shared with another."""
        flat = self.flat.copy()
        flat[place] = value
        return flat if self._plain else self.point(flat)

    @cached_property
    def _plain(self) -> bool:
        """Is it a flat array of float64 itself?"""
        return type(self.like) is np.ndarray and self.like.dtype == np.float64 and self.like.ndim == 1

    def point(self, flat: np.ndarray) -> Any:
        """A point like this one with these numbers, which it may keep."""
        if not isinstance(self.like, Mapping):
            return _filled(self.like, flat)
        parts, start = {}, 0
        for key, part in self.like.items():
            end = start + self._sizes[key]
            parts[key] = _filled(part, flat[start:end])
            start = end
        return parts

    @cached_property
    def _sizes(self) -> dict[Any, int]:
        return {key: _size(part) for key, part in _parts(self.like).items()}

    def gradient(self, given: Any) -> np.ndarray:
        """The entries of a gradient in the order of the coordinates, float64; what is in it may be NaN or infinite.

        Raises DeriveError where its form is another, and for what is no number.
        """
        parts, own = _parts(given), _parts(self.like)
        if list(parts) == list(own) and all(_alike(parts[key], own[key]) for key in own):
            return np.concatenate([np.asarray(parts[key], float).ravel() for key in own])
        found = entries(given, self.stem)
        expected = list(entries(self.like, self.stem))
        if list(found) != expected and set(found) != set(expected):
            raise DeriveError(f"grad has entries for {listed(found)}; at has {listed(expected)}")
        values = {key: plain_number(found[key]) for key in expected}
        wrong = next((key for key, value in values.items() if value is None), None)
        if wrong is not None:
            raise DeriveError(f"grad[{wrong!r}] is {str(found[wrong])[:60]!r}; it must be one number")
        return np.array(list(values.values()), float)

    def around(self, by: Callable[[], float]) -> np.ndarray:
        """Other values: each times 1 + by()/4, so that signs stay; a zero becomes by()/4. float32 stays float32."""
        found = np.array([value + by() / 4 * (value or 1.0) for value in self.flat.tolist()])
        return found if self.bits == 53 else found.astype(np.float32).astype(float)


def entries(x: Any, stem: str) -> dict[str, Any]:
    """Every number of x by its name, in order."""
    if isinstance(x, Mapping):
        return {key: value for name, part in x.items() for key, value in _entries(str(name), _nested(part), ())}
    return dict(_entries(stem, _nested(x), ()))


def _entries(stem: str, nested: Any, index: tuple[int, ...]) -> Iterator[tuple[str, Any]]:
    if isinstance(nested, list | tuple):
        for place, part in enumerate(nested):
            yield from _entries(stem, _nested(part), (*index, place))
    else:
        yield (f"{stem}[{', '.join(map(str, index))}]" if index else stem), nested


def _nested(part: Any) -> Any:
    """An array as nested lists; what torch remembers of its making stays behind."""
    if library_of(part) is None:
        return part
    if type(part).__name__ == "MaskedArray":
        raise DeriveError("a masked array has entries without a value; fill or drop them first, for example with x.filled(0)")
    return (part.detach() if hasattr(part, "detach") else part).tolist()


def _numbers(name: str, part: Any) -> np.ndarray:
    """The numbers of one part, flat. Raises DeriveError, with the name of the entry, for one that is none."""
    if _plain(part) and np.isfinite(part).all():
        return np.asarray(part, float).ravel()
    return np.array([float(number(key, value)) for key, value in _entries(name, _nested(part), ())], float)


def _plain(part: Any) -> bool:
    """Is it an array of NumPy with nothing but real numbers?"""
    return type(part) is np.ndarray and part.dtype.kind in "fiu" and part.dtype.itemsize <= 8


def _alike(given: Any, like: Any) -> bool:
    """Is it an array of numbers of the same shape?"""
    return _plain(given) and _plain(like) and given.shape == like.shape


def _size(part: Any) -> int:
    """How many numbers a part has."""
    if library_of(part) is not None:
        return int(np.prod(tuple(part.shape), dtype=int))
    return sum(map(_size, part)) if isinstance(part, list | tuple) else 1


def _shape(part: Any) -> tuple[int, ...]:
    """The shape of an array, or of a list; without axes where the rows of a list are not alike."""
    if library_of(part) is not None:
        return tuple(part.shape)
    if not isinstance(part, list | tuple):
        return ()
    shapes = {_shape(row) for row in part}
    return (len(part), *shapes.pop()) if len(shapes) == 1 else ()


def _filled(like: Any, values: np.ndarray) -> Any:
    """Something like this, with these numbers."""
    library = library_of(like)
    if library is not None:
        return library.array(library.module, values.reshape(tuple(like.shape)), like)
    return _refilled(like, iter(values.tolist()))


def _refilled(like: Any, supply: Iterator[float]) -> Any:
    if library_of(like) is not None:
        return _filled(like, np.array([next(supply) for _ in range(_size(like))]))
    if isinstance(like, list | tuple):
        return like_sequence(like, [_refilled(part, supply) for part in like])
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


def _distinct(names: Sequence[str], count: int) -> tuple[str, ...]:
    found = tuple(map(str, names))
    if len(found) != count or len(set(found)) != count:
        raise DeriveError(f"names={list(found)!r} has {len(set(found))} different names; at has {count} numbers")
    return found
