"""Plain text: expressions as ``parsing`` reads them, in the order in which they were written; what ``print`` shows.

It is no page: nothing here is set, shortened or explained.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sympy import Expr, Float, Symbol, pi
from sympy.printing.str import StrPrinter

from .functions import FUNCTIONS
from .written import Written

__all__ = ["plain"]

PI = {pi: Symbol("acos(-1)")}
_SUM, _PRODUCT, _POWER, _ATOM = range(4)
# The name of a function by its head and the arguments that its text does not show.
_NAMES = {(row.head.__name__, row.after): name for name, row in FUNCTIONS.items()}


class _Text(StrPrinter):
    """SymPy's text with the names that functions have in this house."""

    def _print_Function(self, expr: Any) -> str:
        return _call(expr.func, expr.args)

    _print_Heaviside = _print_log = _print_Abs = _print_Function

    def _print_Exp1(self, expr: Any) -> str:
        return "exp(1)"

    def _print_Float(self, expr: Any) -> str:
        """The shortest decimal that is this number, or all of its digits where it has more than a float."""
        near = repr(float(expr))
        return near if Float(near, precision=expr._prec) == expr else super()._print_Float(expr)


_PRINTER = _Text({"full_prec": True})


def plain(code: Written | Expr) -> str:
    """An expression as text that ``parse_expression`` reads, its names declared: ``w1*i1 + w3*i2 + b1``."""
    return _text(_apart(code))[0]


def _apart(code: Any) -> Any:
    """The same; beside a name pi, the number π is the arc cosine of −1."""
    leaves = list(_leaves(code))
    if not any(leaf.has(pi) for leaf in leaves) or not any(str(name) == "pi" for leaf in leaves for name in leaf.free_symbols):
        return code
    return code.renamed(PI) if isinstance(code, Written) else code.xreplace(PI)


def _leaves(code: Any) -> Iterator[Any]:
    if isinstance(code, Written):
        for arg in code.args:
            yield from _leaves(arg)
    else:
        yield code


def _text(code: Any) -> tuple[str, int]:
    """The text and how strongly its outermost operation binds."""
    if not isinstance(code, Written):
        return _PRINTER.doprint(code), _binding(code)
    if not isinstance(code.head, str):
        return _call(code.head, code.args), _ATOM
    if code.head == "+":
        return _sum(code.args), _SUM
    if code.head == "neg":
        return f"-{_at_least(_PRODUCT, code.args[0])}", _SUM
    level = _PRODUCT if code.head in "*/" else _ATOM
    first, *others = code.args
    return code.head.join((_at_least(level, first), *(_at_least(level + (level < _ATOM), other) for other in others))), min(level, _POWER)


def _call(head: Any, args: Sequence[Any]) -> str:
    own = head.__name__
    short = _NAMES.get((own, tuple(args[1:])))
    if short is not None and len(args) > 1:
        return f"{short}({_text(args[0])[0]})"
    name = _NAMES.get((own, ()), own) if len(args) == 1 or own != "log" else own
    return f"{name}({', '.join(_text(arg)[0] for arg in args)})"


def _sum(terms: Sequence[Any]) -> str:
    text = _at_least(_SUM, terms[0])
    for term in terms[1:]:
        negative = term.head == "neg" if isinstance(term, Written) else term.could_extract_minus_sign()
        rest = (term.args[0] if isinstance(term, Written) else -term) if negative else term
        text += f" {'-' if negative else '+'} {_at_least(_PRODUCT, rest)}"
    return text


def _at_least(level: int, code: Any) -> str:
    text, own = _text(code)
    return text if own >= level else f"({text})"


def _binding(code: Any) -> int:
    if code.is_Add or code.could_extract_minus_sign():
        return _SUM
    if code.is_Mul or (code.is_Rational and not code.is_Integer) or (code.is_Pow and code.exp.could_extract_minus_sign()):
        return _PRODUCT
    return _POWER if code.is_Pow else _ATOM
