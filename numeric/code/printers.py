"""Expressions as Python text, in two dialects: plain floats with ``math``, and arrays with NumPy.

Only the node kinds listed here are printed, so what is run later holds nothing but arithmetic on names that
were checked. To add a function: a row in ``functions`` of both dialects, or, where its text must choose or
guard, in ``forms`` of both. To add a dialect: one ``Dialect``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sympy import Abs, Expr, Mul, Pow, S, Symbol, acos, acosh, asin, asinh, atan, atanh, cos, cosh, erf, exp, log, sin, sinh, tan, tanh

from derive.errors import DeriveError
from derive.written import Written

__all__ = ["ARRAY", "SCALAR", "SINGLE", "Code", "Dialect", "Form", "noted", "printed"]


@dataclass(frozen=True, slots=True)
class Form:
    """Code that each dialect writes in its own way: ``name`` is the template that ``values``, names or numbers, fill."""

    name: str
    values: Mapping[str, Expr]

    @classmethod
    def of(cls, name: str, values: Mapping[str, Expr]) -> Form:
        """The form with those of the values that its templates read."""
        read = dict.fromkeys(re.findall(r"{(\w+)}", SCALAR.forms[name] + ARRAY.forms[name]))
        return cls(name, {key: values[key] for key in read if key != "limit"})


Code = Written | Expr | Form
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(5)


@dataclass(frozen=True)
class Dialect:
    """How one kind of Python writes functions and choices.

    functions: SymPy's functions and what is called for them. forms: templates over names and numbers, with
    {limit} for a number whose exponential is finite. header: the import that the text needs. power: how x to the y is written;
    whole: how a whole number is.
    """

    name: str
    header: str
    functions: Mapping[Callable[..., Any], str]
    forms: Mapping[str, str]
    limit: str = "709.0"
    power: str = "{x} ** {y}"
    whole: str = "{n}"


_PLAIN = (exp, log, sin, cos, tan, sinh, cosh, tanh)
_INVERSE = (asin, acos, atan, asinh, acosh, atanh)

SCALAR = Dialect(
    "scalar",
    "from math import {names}",
    {**{one: one.__name__ for one in (*_PLAIN, *_INVERSE, erf)}, Abs: "abs"},
    {
        "sqrt": "sqrt({x})",
        "expm1": "expm1({x})",
        "log1p": "log1p({x})",
        "one plus erf": "erfc(-{x})",
        "hypot": "hypot({a}, {b})",
        "larger": "{a} if {a} >= {b} else {b}",
        "smaller": "{a} if {a} <= {b} else {b}",
        "positive": "1.0 if {x} > 0.0 else 0.0",
        "step": "1.0 if {x} > 0.0 else {at_zero} if {x} == 0.0 else 0.0",
        "sign": "1.0 if {x} > 0.0 else -1.0 if {x} < 0.0 else 0.0",
        "xlogy": "{x} * log({y}) if {x} != 0.0 else 0.0",
        "sigmoid exp": "exp({limit} if {x} > {limit} else {x})",
        "sigmoid rest": "1.0 / (1.0 + {exp})",
        "sigmoid": "{exp} * {rest}",
        "sigmoid top": "{x} if {x} > 0.0 else 0.0",
        "sigmoid gap": "log1p({exp} if {x} < 0.0 else 1.0 / {exp})",
        "sigmoid log": "{x} - {top} - {gap}",
        "sigmoid logrest": "-{top} - {gap}",
        "softmax log": "{x} - {top} - log1p({tail})",
        "tanh": "tanh({x})",
        "tanh rest": "4.0 * {exp} / ((1.0 + {exp}) * (1.0 + {exp}))",
    },
)

ARRAY = Dialect(
    "array",
    "import numpy as np",
    {
        **{one: f"np.{one.__name__}" for one in _PLAIN},
        **{one: f"np.arc{one.__name__[1:]}" for one in _INVERSE},
        Abs: "np.abs",
        erf: "np.vectorize(math.erf, otypes=[float])",
    },
    {
        "sqrt": "np.sqrt({x})",
        "expm1": "np.expm1({x})",
        "log1p": "np.log1p({x})",
        "one plus erf": "np.vectorize(math.erfc, otypes=[float])(-{x})",
        "hypot": "np.hypot({a}, {b})",
        "larger": "np.maximum({a}, {b})",
        "smaller": "np.minimum({a}, {b})",
        "positive": "np.heaviside({x}, 0.0)",
        "step": "np.heaviside({x}, {at_zero})",
        "sign": "np.sign({x})",
        "xlogy": "{x} * np.log(np.where({x} == 0.0, 1.0, {y}))",
        "sigmoid exp": "np.exp(np.minimum({x}, {limit}))",
        "sigmoid rest": "1.0 / (1.0 + {exp})",
        "sigmoid": "{exp} * {rest}",
        "sigmoid top": "np.maximum({x}, 0.0)",
        "sigmoid gap": "np.log1p(np.minimum({y}, {rest}) / np.maximum({y}, {rest}))",
        "sigmoid log": "{x} - {top} - {gap}",
        "sigmoid logrest": "-{top} - {gap}",
        "softmax log": "{x} - {top} - np.log1p({tail})",
        "layer top": "{x}.max(axis=0)",
        "layer least": "{x}.min(axis=0)",
        "layer total": "{x}.sum(axis=0)",
        "layer hypot": "np.hypot.reduce({x}, axis=0)",
        "layer sum over samples": "{x}.sum(axis=1)",
        "layer sum of all": "{x}.sum()",
        "tanh": "np.tanh({x})",
        "tanh rest": "4.0 * {exp} / ((1.0 + {exp}) * (1.0 + {exp}))",
    },
)

SINGLE = replace(ARRAY, limit="87.0")  # float32: e^88.7 is the largest


def printed(code: Code, dialect: Dialect) -> str:
    """The code as text of the dialect. Raises DeriveError, with the function's name, for what neither dialect has."""
    if isinstance(code, Form):
        template = _form(code.name, dialect)
        return template.format(limit=dialect.limit, **{key: _plain(value) for key, value in code.values.items()})
    return _text(code, dialect)[0]


def noted(text: str, note: str) -> str:
    """A line of Python with a remark after it, where there is one."""
    return f"{text}  # {note}" if note else text


def _plain(value: Expr) -> str:
    """A name, such a name with a minus, or a number as a float: what a template takes."""
    if isinstance(-value, Symbol):  # type: ignore[operator]
        return f"(-{_name((-value).name)})"  # type: ignore[operator]
    text = _name(value.name) if isinstance(value, Symbol) else repr(float(value))
    return f"({text})" if text.startswith("-") else text


def _form(name: str, dialect: Dialect) -> str:
    if name not in dialect.forms:
        raise DeriveError(f"{name} cannot be compiled for {dialect.name} code; it has {', '.join(dialect.forms)}")
    return dialect.forms[name]


def _at_least(level: int, code: Any, dialect: Dialect) -> str:
    text, own = _text(code, dialect)
    return text if own >= level else f"({text})"


def _text(code: Any, dialect: Dialect) -> tuple[str, int]:
    """The text and how strongly its outermost operation binds."""
    if isinstance(code, Written):
        return _WRITTEN[code.head](code.args, dialect) if isinstance(code.head, str) else _text(code.expression, dialect)
    if code.is_Symbol:
        return _name(code.name), _ATOM
    if code.is_number:
        return _number(code, dialect)
    if code.is_Add:
        return _sum(sorted(code.args, key=_negative), dialect)
    if code.is_Mul:
        return _mul(code, dialect)
    if code.is_Pow:
        return _power((code.base, code.exp), dialect)
    return _call(code.func, code.args, dialect)


def _name(name: str) -> str:
    if not _IDENTIFIER.fullmatch(name):
        raise DeriveError(f"{name[:80]!r} is no name that code can have")
    return name


def _negative(term: Expr) -> bool:
    return term.could_extract_minus_sign()


def _number(value: Any, dialect: Dialect) -> tuple[str, int]:
    if value.is_Integer and abs(value.p) <= 2**53:
        return dialect.whole.format(n=value.p), _ATOM if value >= 0 else _SIGN
    return repr(float(value)), _ATOM if value >= 0 else _SIGN


def _sum(terms: Any, dialect: Dialect) -> tuple[str, int]:
    text = ""
    for place, term in enumerate(terms):
        negative, rest = _signed(term)
        part = _at_least(_PRODUCT, rest, dialect)
        text += f"{' - ' if negative else ' + '}{part}" if place else f"-{_at_least(_POWER, rest, dialect)}" if negative else part
    return text, _SUM


def _signed(term: Any) -> tuple[bool, Any]:
    if isinstance(term, Written):
        return (True, term.args[0]) if term.head == "neg" else (False, term)
    return (True, -term) if _negative(term) else (False, term)


def _mul(product: Expr, dialect: Dialect) -> tuple[str, int]:
    negative = _negative(product)
    coefficient, rest = (-product if negative else product).as_coeff_Mul()
    factors = [] if coefficient == 1 else [coefficient]
    below = []
    for factor in Mul.make_args(rest):
        if factor.is_Pow and factor.exp.is_Number and factor.exp.is_negative:
            below.append(Pow(factor.base, -factor.exp))
        else:
            factors.append(factor)
    text = _product(factors or [S.One], dialect)[0]
    if below:
        text += " / " + (_at_least(_POWER, below[0], dialect) if len(below) == 1 else f"({_product(below, dialect)[0]})")
    return (f"-{text}", _SIGN) if negative else (text, _PRODUCT)


def _product(factors: Any, dialect: Dialect) -> tuple[str, int]:
    parts = [_at_least(_PRODUCT if place == 0 else _SIGN, factor, dialect) for place, factor in enumerate(factors)]
    return " * ".join(parts), _PRODUCT if len(parts) > 1 else _text(factors[0], dialect)[1]


def _quotient(args: Any, dialect: Dialect) -> tuple[str, int]:
    return f"{_at_least(_PRODUCT, args[0], dialect)} / {_at_least(_POWER, args[1], dialect)}", _PRODUCT


def _power(args: Any, dialect: Dialect) -> tuple[str, int]:
    base, exponent = args
    if exponent == S.Half:
        return dialect.forms["sqrt"].format(x=_text(base, dialect)[0]), _ATOM
    if not isinstance(exponent, Written) and exponent.is_Number and exponent.is_negative:
        return _quotient((S.One, base if exponent == -1 else Written("**", (base, -exponent))), dialect)
    if exponent in (2, 3) and getattr(base, "is_Symbol", False):
        return " * ".join([base.name] * (2 if exponent == 2 else 3)), _PRODUCT
    return dialect.power.format(x=_at_least(_ATOM, base, dialect), y=_at_least(_ATOM, exponent, dialect)), _POWER


def _call(head: Callable[..., Any], args: Any, dialect: Dialect) -> tuple[str, int]:
    if head not in dialect.functions:
        known = ", ".join(getattr(one, "__name__", str(one)) for one in dialect.functions)
        raise DeriveError(f"{getattr(head, '__name__', head)} cannot be compiled; functions with code are {known}")
    return f"{dialect.functions[head]}({', '.join(_text(arg, dialect)[0] for arg in args)})", _ATOM


def _neg(args: Any, dialect: Dialect) -> tuple[str, int]:
    return f"-{_at_least(_SIGN, args[0], dialect)}", _SIGN


def _matrix_product(args: Any, dialect: Dialect) -> tuple[str, int]:
    return f"{_at_least(_PRODUCT, args[0], dialect)} @ {_at_least(_POWER, args[1], dialect)}", _PRODUCT


def _transposed(args: Any, dialect: Dialect) -> tuple[str, int]:
    return f"{_at_least(_ATOM, args[0], dialect)}.T", _ATOM


# "@" and "T" are for matrices, which have no expression; the rest are the heads of ``derive.written``.
_WRITTEN: dict[str, Callable[[Any, Dialect], tuple[str, int]]] = {
    "+": _sum, "*": _product, "/": _quotient, "**": _power, "neg": _neg, "@": _matrix_product, "T": _transposed,
}  # fmt: skip
