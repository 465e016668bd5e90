"""Guards: one operation on SymPy expressions, refused before it could be slow and after it gave no real number.

SymPy's constructors evaluate: ``9**9**9**9`` would be multiplied out, ``exp(10**9*log(2))`` too, ``log(0)``
gives a symbol for infinity and ``sqrt(-1)`` one for i. The parts of an expression are built here one by
one, so that whatever is refused can be pointed at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sympy import Add, Expr, Float, Heaviside, I, Mul, S, cosh, exp, log, nan, oo, sinh, zoo

from .errors import DeriveError
from .tokens import LARGEST_EXPONENT
from .written import operation

__all__ = ["build", "refuse_no_number"]

MOST_DIGITS = 200  # roots of longer numbers take SymPy minutes
MOST_BITS = 664
MOST_BITS_TOGETHER = 10_000  # of the numbers that one sum or product combines
FINEST_ROOT = 20_000  # SymPy writes (3/8)**(1/q) with 8**(q - 1)
LARGEST = 1e308  # beyond it a float overflows
LARGEST_GROWTH = 709  # exp of more overflows a float


def build(head: str | Callable[..., Expr], values: Sequence[Expr]) -> Expr:
    """The operation or function applied to the values, as ``Written.expression`` has it.

    Raises DeriveError where the result would be too large, or is no real number.
    """
    try:
        _BEFORE.get(head, _any)(*values)
        if head == "*" and S.Zero in values:  # SymPy would ask whether the other factors are finite
            return S.Zero
        value = operation(head)(*values)
        _refuse_size(value)
        if value.is_number and not value.is_Rational:
            _refuse_unreal(value)
    except DeriveError:
        raise
    except (TypeError, ValueError, RecursionError) as failed:  # such as SymPy's atan2 for log(erf(4)), now and then
        raise DeriveError("cannot be worked out: SymPy fails on it") from failed
    except ArithmeticError:
        raise DeriveError("is too close to zero to be told apart from it, or divides by what is") from None
    return value


def refuse_no_number(value: Expr) -> None:
    """Raise DeriveError where an infinity, an undefined value or the imaginary unit is left anywhere in the expression."""
    if value.has(nan, zoo, oo, -oo, I):
        raise DeriveError("has no real value")


def _any(*values: Expr) -> None:
    """For a function that cannot grow out of hand."""


def _bits(value: Expr) -> int:
    """How long the rational coefficients of an expression are, in binary digits."""
    return max((_length(term) for term in Add.make_args(value)), default=0)


def _length(term: Expr) -> int:
    coefficient = term.as_coeff_Mul()[0]
    return max(abs(coefficient.p).bit_length(), coefficient.q.bit_length()) if coefficient.is_Rational else 0


def _refuse_bits(bits: Expr | float, most: int = MOST_BITS) -> None:
    if bits > most:
        raise DeriveError(f"works out to a number of more than {MOST_DIGITS} digits")


def _combined(*values: Expr) -> None:
    _refuse_bits(sum(map(_bits, values)), MOST_BITS_TOGETHER)


def _quotient(above: Expr, below: Expr) -> None:
    if below == 0:
        raise DeriveError("divides by zero")
    _combined(above, below)


def _power(base: Expr, exponent: Expr) -> None:
    for term in Add.make_args(exponent):  # SymPy works out 2**(x + 10**12) in part
        if _size(term if term.is_number else term.as_coeff_Mul()[0]) > LARGEST_EXPONENT:
            raise DeriveError(f"has an exponent beyond ±{LARGEST_EXPONENT}")
    if base.is_number and not exponent.is_number and (base == 0 or base.evalf() < 0):
        raise DeriveError("has a variable exponent, and its base is not positive")
    if base == 0 and exponent.evalf() < 0:
        raise DeriveError("divides by zero")
    if exponent.is_Rational:
        _refuse_bits(_bits(base) * max(1, abs(exponent)))
        if exponent.q > 1 and _length(base) > 1 and _length(base) * exponent.q > FINEST_ROOT:
            raise DeriveError("takes too fine a root of a number; write the exponent with fewer digits")


def _growth(value: Expr) -> None:
    for term in Add.make_args(value):  # SymPy works out exp(x + n*log(2)) in part
        if term.is_number and _size(term) > LARGEST_GROWTH:
            raise DeriveError(f"is too large or too small for a float: its argument is beyond ±{LARGEST_GROWTH}")


def _logarithm(value: Expr, base: Expr | None = None) -> None:
    if base is not None and base.is_number and (base == 1 or not base.evalf() > 0):
        raise DeriveError("has a base that is not a positive number other than 1")


def _step(value: Expr, at_zero: Expr) -> None:
    if not at_zero.is_number:
        raise DeriveError("has no number as its value at 0")


_BEFORE: dict[object, Callable[..., None]] = {
    "+": _combined, "*": _combined, "/": _quotient, "**": _power, exp: _growth, sinh: _growth, cosh: _growth, log: _logarithm, Heaviside: _step,
}  # fmt: skip


def _size(value: Expr) -> Expr:
    return abs(value if value.is_Rational else value.evalf())


def _refuse_size(value: Expr) -> None:
    """Powers of powers are merged by SymPy, and exp(n*log(x)) becomes one."""
    _refuse_bits(_bits(value))
    for factor in Mul.make_args(value):
        if factor.is_Pow and factor.exp.is_Rational and abs(factor.exp) > LARGEST_EXPONENT:
            raise DeriveError(f"works out to an exponent beyond ±{LARGEST_EXPONENT}")


def _refuse_unreal(value: Expr) -> None:
    refuse_no_number(value)
    number = value.evalf(15, strict=True)
    if not isinstance(number, Float):
        raise DeriveError("is not a real number")
    if abs(number) > LARGEST:
        raise DeriveError("is too large for a float")
