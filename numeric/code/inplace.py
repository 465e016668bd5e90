"""In place: lines of NumPy that allocate nothing, because every operation writes into a room kept for it.

``a * b + c`` becomes ``np.add(np.multiply(a, b, out=room1), c, out=room1)``. A room is used again as soon as what
it holds has been read for the last time, so that few of them stay in the cache.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .printers import noted

__all__ = ["Assignment", "Rooms", "inplace"]

NARROW = 8  # rows up to which a broadcast row takes longer to set up than a whole array of the number to read

_OPERATIONS: Mapping[type[ast.AST], str] = {
    ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide", ast.Pow: "power", ast.MatMult: "matmul", ast.USub: "negative",
}  # fmt: skip


_METHODS: Mapping[str, str] = {"sum": "add.reduce", "max": "maximum.reduce", "min": "minimum.reduce"}
_REDUCTIONS = ("np.hypot.reduce",)
ELEMENTWISE = frozenset(name for name in dir(np) if isinstance(getattr(np, name), np.ufunc)) - {"matmul", "vecdot", "matvec", "vecmat"}
COMPARING = ("minimum", "maximum", "greater")


@dataclass(frozen=True, slots=True)
class Assignment:
    """``name = text``, with a note; ``into`` is the array that it has to be written into, where there is one already."""

    name: str
    text: str
    note: str = ""
    into: str = ""


@dataclass
class Rooms:
    """The rooms by the number of their rows, those of them that are free, and arrays that hold one number throughout.

    ``turned`` has the numbers of rows for which samples lie one below the other, as in the batch. A constant is the number
    and how many rows it fills, 0 where it is a row for all.
    """

    turned: frozenset[int] = frozenset()
    rows: dict[str, int] = field(default_factory=dict)
    free: list[str] = field(default_factory=list)
    constants: dict[str, tuple[float, int]] = field(default_factory=dict)

    def take(self, rows: int) -> str:
        """A room with that many rows, which nothing else uses now."""
        found = next((one for one in reversed(self.free) if self.rows[one] == rows), None)
        if found is None:
            found = f"room{len(self.rows) + 1}"
            self.rows[found] = rows
        else:
            self.free.remove(found)
        return found

    def constant(self, number: float, rows: int) -> str:
        """An array of that number: NumPy compares with it twice as fast as with the number itself."""
        filled = rows if rows <= NARROW or rows in self.turned else 0
        own = f"{number:g}".replace("-", "minus_").replace(".", "_").replace("+", "")
        name = f"all_{own}_in_{filled}" if filled else f"row_of_{own}"
        self.constants[name] = number, filled
        return name


def inplace(lines: Sequence[Assignment], rows: Mapping[str, int], *, product: str = "matmul", turned: Iterable[int] = ()) -> tuple[list[str], Rooms]:
    """The lines with a room for every result, and the rooms that they need.

    rows says how many rows an array of samples has; an expression without any such array is left as it is. product is the
    function for matrices: ``dot`` is called in half the time, and writes only where the rows lie one after the other.
    """
    trees = [ast.parse(one.text, mode="eval").body for one in lines]
    held = {one.name: tree.id for one, tree in zip(lines, trees, strict=True) if isinstance(tree, ast.Name)}
    last = {_root(name, held): place for place, tree in enumerate(trees) for name in _names(tree)}
    rooms, where, texts = Rooms(frozenset(turned)), {}, []
    for place, (line, tree) in enumerate(zip(lines, trees, strict=True)):
        dying = [name for name in where if last.get(name, -1) == place]
        if isinstance(tree, ast.Name) or not _operation(tree) or not set(_names(tree)) & {*rows, *where}:
            texts.append(noted(f"np.copyto({line.into}, {line.text})" if line.into else f"{line.name} = {line.text}", line.note))
        else:
            reused = "" if line.into else next((name for name in _first_read(tree, held) if _root(name, held) in dying and _same(name, line, rows)), "")
            room = line.into or (where.pop(_root(reused, held)) if reused else rooms.take(rows[line.name]))
            text = _Writer(rooms, rows.get(line.name, 0), {*rows, *held, *where}, product).written(tree, room)
            texts.append(noted(text if line.into else f"{line.name} = {text}", line.note))
            if not line.into:
                where[line.name] = room
        rooms.free += [where.pop(name) for name in dying if name in where]
    return texts, rooms


def _root(name: str, held: Mapping[str, str]) -> str:
    while name in held:
        name = held[name]
    return name


def _same(name: str, line: Assignment, rows: Mapping[str, int]) -> bool:
    return rows.get(name) == rows.get(line.name)


def _names(tree: ast.AST) -> Iterator[str]:
    return (node.id for node in ast.walk(tree) if isinstance(node, ast.Name))


def _operation(node: ast.AST) -> tuple[str, list[ast.expr]] | None:
    """The operation of NumPy that a node stands for, and its operands."""
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        if isinstance(node.op, ast.Pow) and isinstance(node.right, ast.Constant) and node.right.value == 2:
            return "square", [node.left]
        return _OPERATIONS[type(node.op)], [node.left, node.right]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and not isinstance(node.operand, ast.Constant):
        return "negative", [node.operand]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
        return _METHODS[node.func.attr], [node.func.value]
    if isinstance(node, ast.Call) and ast.unparse(node.func) in _REDUCTIONS:
        return ast.unparse(node.func).removeprefix("np."), [node.args[0]]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(getattr(np, node.func.attr, None), np.ufunc):
        step_at_zero = node.func.attr == "heaviside" and isinstance(node.args[1], ast.Constant) and node.args[1].value == 0
        return ("greater", [node.args[0], ast.Constant(0.0)]) if step_at_zero else (node.func.attr, list(node.args))
    return None


def _first_read(tree: ast.AST, held: Mapping[str, str]) -> Iterable[str]:
    """The names that the operation carried out first reads, if nothing reads them later: their room may be written over."""
    found = _operation(tree)
    while found is not None:
        inner = next((one for one in found[1] if _operation(one)), None)
        if inner is None:
            break
        found = _operation(inner)
    counts = Counter(_root(name, held) for name in _names(tree))
    names = [one.id for one in found[1] if isinstance(one, ast.Name)] if found and found[0] in ELEMENTWISE else []
    return [name for name in names if counts[_root(name, held)] == 1]


@dataclass
class _Writer:
    rooms: Rooms
    rows: int
    arrays: set[str]
    product: str

    def computed(self, operand: ast.expr) -> bool:
        """Is this operand an array that has to be computed first?"""
        return _operation(operand) is not None and not self.arrays.isdisjoint(_names(operand))

    def written(self, node: ast.expr, room: str) -> str:
        """The node as calls that end in the room; other rooms are taken and given back where two parts are computed."""
        found = _operation(node)
        if found is None:
            return ast.unparse(node)
        texts, taken, first = [], [], True
        for operand in found[1]:
            if found[0] in COMPARING and isinstance(operand, ast.Constant):
                texts.append(self.rooms.constant(float(operand.value), self.rows))  # type: ignore[arg-type]
            elif not self.computed(operand):
                texts.append(ast.unparse(operand))
            elif first:
                texts.append(self.written(operand, room))
                first = False
            else:
                taken.append(self.rooms.take(self.rows))
                texts.append(self.written(operand, taken[-1]))
        self.rooms.free += taken
        texts += [f"{one.arg}={ast.unparse(one.value)}" for one in getattr(node, "keywords", ())] or (["axis=None"] if found[0] in _METHODS.values() else [])
        return f"np.{self.product if found[0] == 'matmul' else found[0]}({', '.join(texts)}, out={room})"
