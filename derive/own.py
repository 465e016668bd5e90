"""Activations that a user brings: a name of the table, a name with choices, an expression, or a record.

An expression is text in z (``"z*sigmoid(z)"``) or one of SymPy, or in z1, z2, … for units of several affine maps
(``"z1*sigmoid(z2)"``, ``"max(z1, z2, z3)"``). The names alpha and beta in it are parameters that every layer learns for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sympy import Expr, Symbol

from .activations import ACTIVATIONS, activation, activation_of
from .choices import chosen, is_expression
from .errors import DeriveError, ParseError, UnknownNameError
from .functions import FUNCTIONS
from .named import REALS, Activation, Setting
from .names import valid
from .parsing import parse_written
from .plain import plain
from .reals import put_in
from .written import Written

__all__ = ["activation_from", "text_in", "unit"]

Z, MAPS = Symbol("z"), tuple(Symbol(f"z{number}") for number in range(1, 9))
LEARNED: Mapping[Symbol, Expr] = {  # with the value from which it is usually learnt
    Symbol("alpha"): ACTIVATIONS["prelu"].settings[0].usual,
    Symbol("beta"): ACTIVATIONS["swish"].settings[0].usual,
}
EXPLAINED = "an activation is a name such as 'relu', or an expression in z such as 'z*sigmoid(z)', as text or of SymPy"


def activation_from(spec: str | Expr | Activation) -> Activation:
    """The record that a name, a name with choices (``"leaky_relu(slope=0.1)"``), an expression or a record stands for.

    Raises UnknownNameError with the names there are, and DeriveError for a text, an expression or a record that is refused.
    """
    if isinstance(spec, Activation):
        return _of_user(spec)
    if isinstance(spec, Expr):
        text = text_in(spec, (Z, *MAPS, *LEARNED))
        return _read(text, text)
    if not isinstance(spec, str):
        raise DeriveError(f"no activation {str(spec)[:80]!r}; {EXPLAINED}")
    name, choices = chosen(spec)
    if choices:
        return _read(_with_choices(activation(name), choices), spec)
    return _read(spec, spec) if is_expression(spec) else activation(name)


def text_in(expression: Expr, names: Iterable[Symbol]) -> str:
    """The text of a SymPy expression in these names. Raises UnknownNameError where it reads another."""
    known = [one.name for one in names]
    other = next((str(one) for one in expression.free_symbols if str(one) not in known), None)
    if other is not None:
        raise UnknownNameError("name", other, known, "there are")
    return plain(expression)


def unit(record: Activation, nets: tuple[Symbol, ...], learned: tuple[Symbol, ...] = ()) -> Written | Expr:
    """The output of one unit with these pre-activations and learned parameters, as it is written."""
    if record.text is None:
        return record.function(*nets, *learned)
    names = dict(zip((*_letters(record.maps), *(Symbol(one.name) for one in record.settings)), (*nets, *learned), strict=True))
    return record.text.renamed(names) if isinstance(record.text, Written) else put_in(record.text, names)


def _letters(maps: int) -> tuple[Symbol, ...]:
    return MAPS[:maps] if maps > 1 else (Z,)


def _of_user(record: Activation) -> Activation:
    """The record itself. Raises DeriveError where its name stands for something else already."""
    if record.text is None and ACTIVATIONS.get(record.name) is not record:
        if record.name in ACTIVATIONS or record.name in FUNCTIONS:
            raise DeriveError(f"the name {record.name!r} belongs to a function of this house; give your own activation another one")
        valid(record.name)
    return record


def _with_choices(record: Activation, choices: Mapping[str, str]) -> str:
    """The expression of a record with its settings, or its number of maps, as chosen."""
    settings = {one.name: str(one.usual) for one in record.settings}
    known = ["maps"] if record.maps > 1 else list(settings)
    for key in choices:
        if key not in known:
            raise UnknownNameError("choice", key, known, f"the activation {record.name!r} leaves")
    if record.maps == 1:
        return f"{record.name}(z, {', '.join({**settings, **choices}.values())})"
    if choices["maps"] not in map(str, range(2, len(MAPS) + 1)):
        raise DeriveError(f"maps={choices['maps']} of the activation {record.name!r}; from 2 to {len(MAPS)} maps are possible")
    return f"{record.name}({', '.join(map(str, MAPS[: int(choices['maps'])]))})"


def _read(text: str, name: str) -> Activation:
    """The record of an expression. Its range is known where a function of the house is applied last."""
    try:
        written = parse_written(text, names=(Z, *MAPS, *LEARNED))
    except ParseError as error:
        raise DeriveError(f"{error} ({EXPLAINED})") from None
    whole = written.expression if isinstance(written, Written) else written
    maps, last = _maps(text, whole), activation_of(whole)
    settings = tuple(Setting(one.name, usual, learned=True) for one, usual in LEARNED.items() if whole.has_free(one))
    letters = (*_letters(maps), *(Symbol(one.name) for one in settings))
    usual = tuple(one.usual for one in settings)
    known = last is not None and len(whole.args) == 1
    return Activation(
        name,
        lambda *args: put_in(whole, dict(zip(letters, (*args, *usual[len(args) - maps :]), strict=True))),
        range=last.range if known else REALS,  # type: ignore[union-attr]
        reached=last.reached if known else (False, False),  # type: ignore[union-attr]
        settings=settings,
        maps=maps,
        inline=True,
        text=written,
    )


def _maps(text: str, whole: Expr) -> int:
    """How many affine maps an expression reads. Raises DeriveError where it reads none, or leaves one out."""
    read = [one for one in MAPS if whole.has_free(one)]
    if whole.has_free(Z) == bool(read) or read != list(MAPS[: len(read)]):
        raise DeriveError(f"{text!r} is no activation: it reads z, or z1, z2, … in turn for several maps ({EXPLAINED})")
    return len(read) or 1
