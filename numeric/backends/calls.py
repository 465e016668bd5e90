"""Calls: a text of NumPy whose calls cost less, for batches so small that calling takes longer than computing.

``np.add(1.0, x, out=room)`` looks up a name in a module, pairs a keyword and makes an array of a number, each time
for a tenth of a microsecond. Here the same function gets the same things by position, under a name of its own.
"""

from __future__ import annotations

import ast
from typing import Any

import numpy as np

__all__ = ["bound"]

NAMED = ("minimum", "maximum")  # which take no array for their result by position


def bound(source: str, dtype: str, operators: bool = False) -> dict[str, Any]:
    """Everything that a source defines, by name, as ``definitions_of``; numbers in calls have the type dtype.

    With ``operators`` those beside +, -, * and / have it too, for a source in which these stand between arrays and numbers only.
    """
    binder = _Binder(dtype, operators)
    tree = ast.fix_missing_locations(binder.visit(ast.parse(source)))
    exec(compile(tree, "<source>", "exec"), binder.room)  # noqa: S102 (the printers' own text: arithmetic on checked names)
    return binder.room


class _Binder(ast.NodeTransformer):
    def __init__(self, dtype: str, operators: bool) -> None:
        self.dtype, self.operators = dtype, operators
        self.room: dict[str, Any] = {}

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        """``np.copyto(a, b)`` is ``a[...] = b``, which takes a third of the time."""
        self.generic_visit(node)
        if isinstance(node.value, ast.Call) and ast.unparse(node.value.func) == "np_copyto":
            into, value = node.value.args
            return ast.Assign([ast.Subscript(into, ast.Constant(...), ast.Store())], value)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.BinOp:
        self.generic_visit(node)
        if self.operators and not isinstance(node.op, ast.Pow):
            node.left, node.right = self.number(node.left), self.number(node.right)
        return node

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        path = ast.unparse(node.func).split(".")
        if path[0] != "np":
            return node
        function: Any = np
        for part in path[1:]:
            function = getattr(function, part)
        if isinstance(function, np.ufunc) and function.nout == 1 and function is not np.power:  # a power knows whole exponents
            node.args = [self.number(one) for one in node.args]
            if path[-1] not in NAMED and len(node.args) == function.nin:
                node.args += [one.value for one in node.keywords if one.arg == "out"]
                node.keywords = [one for one in node.keywords if one.arg != "out"]
        node.func = self.named("_".join(path), function)
        return node

    def number(self, node: ast.expr) -> ast.expr:
        """The operand as an array without axes, where it is a number."""
        if not isinstance(node, ast.Constant) or isinstance(node.value, bool):
            return node
        value: Any = node.value
        return self.named(f"np_{value!r}", np.array(value, self.dtype))

    def named(self, name: str, value: Any) -> ast.Name:
        self.room[name] = value
        return ast.Name(name, ast.Load())
