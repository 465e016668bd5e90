"""Written: an expression in the order in which it was written, which SymPy does not keep.

A small tree beside the SymPy expression: used only to print a definition as its author wrote it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, cmp_to_key

from sympy import Abs, Add, Expr, Mul, Number, Pow, Symbol

from .reals import absolute

__all__ = ["Written", "operation", "product_of", "summands", "total"]

# The order in which SymPy keeps the factors of a product.
_MUL_ORDER = cmp_to_key(lambda left, right: Expr.compare(left, right))  # pyright: ignore[reportAttributeAccessIssue] sympy wraps it


@dataclass(frozen=True)
class Written:
    """One operation and its arguments in order.

    ``head`` is ``"+"`` (any number of terms), ``"neg"``, ``"*"`` (any number of factors), ``"/"``, ``"**"``,
    or the SymPy function that is applied.
    """

    head: str | Callable[..., Expr]
    args: tuple[Written | Expr, ...]

    def __str__(self) -> str:
        from .plain import plain  # the names of functions are read after this

        return plain(self)

    @cached_property
    def expression(self) -> Expr:
        """The SymPy expression, in SymPy's own order."""
        values = [arg.expression if isinstance(arg, Written) else arg for arg in self.args]
        return operation(self.head)(*values)

    @property
    def summands(self) -> tuple[Expr, ...]:
        """The terms of the whole taken as one sum, in order, signs, brackets and numbers below resolved."""
        if self.head == "+":
            return tuple(term for arg in self.args for term in summands(arg))
        if self.head == "neg":
            return tuple(-term for term in summands(self.args[0]))
        if self.head == "/" and isinstance(below := self.args[1], Number):
            return tuple(term / below for term in summands(self.args[0]))  # pyright: ignore[reportOperatorIssue] a Number
        return (self.expression,)

    def renamed(self, names: Mapping[Symbol, Written | Expr]) -> Written:
        """The same writing with other things in the places of some symbols."""
        return Written(self.head, tuple(arg.renamed(names) if isinstance(arg, Written) else names.get(arg, arg) for arg in self.args))  # type: ignore[call-overload]


def product_of(factors: Sequence[Expr]) -> Expr:
    """The product of the factors; quick where the last is a letter that the first does not hold as a factor.

    The result is the one of Mul(*factors), which gathers powers first and takes most of the time of a large
    gradient.
    """
    if len(factors) == 1:
        return factors[0]
    if len(factors) == 2 and factors[1].is_Symbol and factors[0].is_commutative:
        parts, letter = Mul.make_args(factors[0]), factors[1]
        if not parts[0].is_Number and all(part != letter and not (part.is_Pow and part.base == letter) for part in parts):
            return Mul._from_args(sorted((*parts, letter), key=_MUL_ORDER), True)
    return Mul(*factors)


OPERATIONS: dict[str | Callable[..., Expr], Callable[..., Expr]] = {
    "+": Add,
    "*": lambda *factors: product_of(factors),
    "neg": lambda value: -value,
    "/": lambda above, below: above / below,
    "**": Pow,
    Abs: absolute,
}


def operation(head: str | Callable[..., Expr]) -> Callable[..., Expr]:
    """What makes the expression of a head from its arguments: the head itself unless ``OPERATIONS`` has something else."""
    return OPERATIONS.get(head) or head  # type: ignore[return-value]


def summands(written: Written | Expr) -> tuple[Expr, ...]:
    """The terms of a written expression, or of a SymPy one in SymPy's order."""
    return written.summands if isinstance(written, Written) else Add.make_args(written)  # type: ignore[return-value]


def total(terms: tuple[Written | Expr, ...]) -> Written | Expr:
    """The sum of the terms; a single term stands alone."""
    return terms[0] if len(terms) == 1 else Written("+", terms)
