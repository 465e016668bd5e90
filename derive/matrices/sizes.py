"""Sizes of vectors and matrices that nobody states: they follow from what is multiplied with and added to what.

Kinds of letters are those of matrixcalculus.org: a … g are numbers, h … z column vectors, A … Z matrices, until a
declaration says otherwise. To add a kind: one row in ``KINDS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sympy import Expr, Integer, MatrixSymbol, Symbol

from ..errors import DeriveError, UnknownNameError
from ..names import symbol
from .heads import SymmetricMatrix

__all__ = ["KINDS", "Shape", "Sizes", "kind_of", "letter"]

Shape = tuple[Any, Any] | None  # None: a number
NAMES = ("m", "n", "p", "q", "r", "s", *(f"n{place}" for place in range(1, 1000)))


class _Unknown:
    """A size that is not known yet."""


@dataclass
class Sizes:
    """The sizes in one text: which of them are the same, and which letter stands for those that stay open.

    An open size is never 1: whether something is a vector is seen from the text alone.
    """

    taken: Iterable[str] = ()
    _same: dict[Any, Any] = field(default_factory=dict)
    _letters: dict[Any, Symbol] = field(default_factory=dict)

    def open(self) -> Any:
        """A size that is not known yet."""
        return _Unknown()

    def known(self, size: Any) -> Any:
        """The number or letter of a size, or what stands for it until it is known."""
        while size in self._same:
            size = self._same[size]
        return size

    def agree(self, left: Any, right: Any) -> bool:
        """Make two sizes the same; False where they cannot be."""
        left, right = self.known(left), self.known(right)
        if left == right:
            return True
        if not isinstance(left, _Unknown):
            left, right = right, left
        if not isinstance(left, _Unknown) or right == 1:
            return False
        self._same[left] = right
        return True

    def fit(self, left: tuple[Any, Any], right: tuple[Any, Any]) -> bool:
        """Make two shapes the same; False where they cannot be, and then nothing has changed."""
        before = dict(self._same)
        if all(map(self.agree, left, right)):
            return True
        self._same = before
        return False

    def size(self, size: Any) -> Expr:
        """The size as it is written: a number or a letter; an open one gets the next letter that is free."""
        size = self.known(size)
        if isinstance(size, _Unknown):
            if size not in self._letters:
                used = {*self.taken, *(one.name for one in self._letters.values())}
                self._letters[size] = _size_symbol(next(one for one in NAMES if one not in used))
            return self._letters[size]
        return size if isinstance(size, Expr) else Integer(size)

    def shape(self, shape: Shape) -> tuple[Expr, Expr]:
        """Both sizes of a shape, as they are written; a number is 1×1."""
        return (Integer(1), Integer(1)) if shape is None else (self.size(shape[0]), self.size(shape[1]))


def _size_symbol(name: str) -> Symbol:
    return Symbol(name, integer=True, positive=True)


def _square(sizes: Sizes) -> Shape:
    size = sizes.open()
    return size, size


KINDS: dict[str, Callable[[Sizes], Shape]] = {
    "scalar": lambda sizes: None,
    "vector": lambda sizes: (sizes.open(), 1),
    "row vector": lambda sizes: (1, sizes.open()),
    "matrix": lambda sizes: (sizes.open(), sizes.open()),
    "square matrix": _square,
    "symmetric matrix": _square,
}
EXAMPLES = {
    "scalar": "scalar", "vector": "vector 3", "row vector": "row vector 3", "matrix": "matrix 3 x 2", "square matrix": "square matrix 3",
    "symmetric matrix": "symmetric matrix n",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Letter:
    """What a name stands for: its kind, and its shape as far as it is declared."""

    name: str
    kind: str
    shape: Shape

    def symbol(self, sizes: Sizes) -> Expr:
        """The SymPy symbol, once the sizes are known."""
        if self.shape is None:
            return symbol(self.name)
        head = SymmetricMatrix if self.kind == "symmetric matrix" else MatrixSymbol
        return head(self.name, *sizes.shape(self.shape))


def kind_of(name: str) -> str:
    """The kind that a name has by its first letter."""
    return "matrix" if name[0].isupper() else "scalar" if name[0] <= "g" else "vector"


def letter(name: str, declared: Mapping[str, Any], sizes: Sizes) -> Letter:
    """What a name stands for, by its declaration or its first letter.

    A declaration is a kind, with sizes or without: "vector", "vector 3", "matrix m x n", "symmetric matrix 3"; or
    a shape such as (3, 2). Raises DeriveError, with what would work, for anything else.
    """
    given = declared.get(name, kind_of(name))
    if isinstance(given, tuple) and len(given) == 2:
        if given == (1, 1):
            raise DeriveError(f"{name!r} is declared as (1, 1); what is 1×1 is declared 'scalar'")
        kind = "vector" if given[1] == 1 else "row vector" if given[0] == 1 else "matrix"
        return Letter(name, kind, _declared(name, kind, list(given), given, sizes))
    if not isinstance(given, str):
        raise DeriveError(f"{name!r} is declared as {given!r}; write a kind, such as 'vector' or 'matrix 3 x 2', or a shape, such as (3, 2)")
    words = [one for one in given.replace("×", " x ").split() if one != "x"]
    kind = next((one for one in sorted(KINDS, key=len, reverse=True) if words[: len(one.split())] == one.split()), None)
    if kind is None:
        raise UnknownNameError(f"kind for {name!r},", given, KINDS)
    return Letter(name, kind, _declared(name, kind, words[len(kind.split()) :], given, sizes))


def _declared(name: str, kind: str, stated: list[Any], given: object, sizes: Sizes) -> Shape:
    """The shape of a kind with the sizes that are stated: all, none, or the only one that there is."""
    shape = KINDS[kind](sizes)
    places = list(shape or ())
    chosen = [_size(name, one) for one in stated]
    if len(chosen) == 1:
        places = list(dict.fromkeys(one for one in places if one != 1))
    if chosen and (len(chosen) != len(places) or not all(map(sizes.agree, places, chosen))):
        raise DeriveError(f"{name!r} is declared as {given!r}; that is no size of a {kind}, which is declared such as {EXAMPLES[kind]!r}")
    return shape


def _size(name: str, stated: Any) -> Any:
    """A declared size: a number, or a letter."""
    text = str(stated)
    if text.isascii() and text.isdigit() and 1 <= int(text) < 10**9:
        return int(text)
    if isinstance(stated, Symbol):
        return stated
    if isinstance(stated, str) and text.isidentifier():
        return _size_symbol(symbol(text).name)
    raise DeriveError(f"{name!r} is declared with the size {stated!r}; a size is a whole number from 1, or a letter")
