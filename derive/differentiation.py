"""Differentiation: one expression, rule by rule, down to constants; and again for higher orders.

The elementary steps are the derivation's own; what the laws leave is then put into a tidier form, proved
equal, in a step that says how. Every order is a definition of its graph: y, y1 = ∂y/∂x, y2 = ∂²y/∂x², …
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sympy import Expr, Symbol, sympify

from .errors import DeriveError
from .graph import Definition, Graph
from .guards import refuse_no_number
from .names import split, symbol
from .parsing import names_of, parse_written
from .reals import over_reals
from .rules import elementary
from .steps import Claim, Derivation, Local, Step, Total
from .tidying import tidied
from .written import Written

__all__ = ["MOST_ORDERS", "by_rules", "differentiate", "letter", "read_function", "variable"]

MOST_ORDERS = 12
LETTERS = ("y", "f", "g", "u", "v", "p", "q", "r", "s", "result")


def differentiate(expression: str | Expr, x: str | Symbol, order: int = 1, declared: Iterable[str | Symbol] = ()) -> Derivation:
    """The derivative of an expression by x, of the given order, rule by rule: ``.steps`` are the elementary laws, ``.result`` is tidy.

    expression is text, such as "x*sin(x)", or a SymPy expression of real symbols; what the laws do not cover is a
    step that says so ("by sympy.diff"). The graph of the derivation names the expression y (or f, g, … where y is
    taken), and its first derivatives y1, y2, … where the order asks for them. In text e and pi are the constants, unless
    differentiated by or ``declared`` to be names. Raises DeriveError for text that is no expression, a name that is none, or
    an order below 1 or above 12.
    """
    if isinstance(order, bool) or not isinstance(order, int) or not 1 <= order <= MOST_ORDERS:
        raise DeriveError(f"order={order!r}; it is a whole number from 1 to {MOST_ORDERS}")
    written, givens = read_function(expression, (x, *names_of("declared", declared)))
    wrt = variable(x, givens)
    names = [*givens, *([] if wrt in givens else [wrt])]
    name = letter(names)
    definitions = [Definition.of(Symbol(name), written)]
    steps: dict[Claim, Step] = {}
    for place in range(1, order + 1):
        by_rules(definitions[-1], wrt, steps)
        definitions.append(Definition(Symbol(f"{name}{place}"), steps[Total(definitions[-1].symbol, wrt)].value))
    graph = Graph(names, definitions[:-1])
    return Derivation(graph, Total(definitions[-2].symbol, wrt), tuple(steps.values()))


def by_rules(definition: Definition, x: Symbol, steps: dict[Claim, Step]) -> None:
    """Add the facts of ∂definition/∂x to the steps: the elementary ones, the tidy form of what they give, the total."""
    found = elementary(definition.written if definition.written is not None else definition.expression, x)
    for claim, step in found.items():
        steps.setdefault(claim, step)
    inner, local = Local(definition.expression, x), Local(definition.symbol, x)
    tidy = tidied(found[inner].value)
    steps[local] = Step(local, "definition", ((inner,),), tidy.value, tidy.ways[-1] if tidy.ways else "", tidy.forms[:-1])
    steps[Total(local.of, x)] = Step(Total(local.of, x), "chain", ((local,),), tidy.value)  # type: ignore[arg-type]


def read_function(expression: Any, declared: Iterable[Any] = ()) -> tuple[Written | Expr, list[Symbol]]:
    """An expression as it was written, and its symbols in the order in which they appear.

    ``declared`` are names of a text also where a constant has them. Raises DeriveError for what is neither text nor a SymPy expression over the real numbers.
    """
    if isinstance(expression, str):
        written = parse_written(expression, declared=[variable(name, ()) for name in declared])
        return written, list(dict.fromkeys(_symbols(written)))
    if isinstance(expression, bool) or not isinstance(expression, int | float | Expr):
        raise DeriveError(f"the expression is text or of SymPy, not {expression!r:.80}")
    value = over_reals(sympify(expression, strict=True))
    refuse_no_number(value)
    if getattr(value, "is_Matrix", False) or not all(isinstance(one, Symbol) for one in value.free_symbols):
        raise DeriveError(f"{value!s:.80} is no expression in plain symbols; for matrices there is derive.matrix")
    return value, sorted((symbol(one) for one in value.free_symbols), key=lambda one: one.name)  # type: ignore[arg-type]


def _symbols(written: Written | Expr) -> Iterator[Symbol]:
    if isinstance(written, Written):
        for arg in written.args:
            yield from _symbols(arg)
    else:
        yield from sorted(written.free_symbols, key=str)  # type: ignore[misc]


def variable(x: str | Symbol, givens: Iterable[Symbol]) -> Symbol:
    """The symbol of that name among the givens, or a new one. Raises DeriveError where it is no name."""
    if not isinstance(x, str | Symbol):
        raise DeriveError(f"differentiates by {x!r:.80}, which is no name")
    name = x.name if isinstance(x, Symbol) else x
    return next((one for one in givens if one.name == name), None) or symbol(x)


def letter(names: Iterable[Symbol]) -> str:
    """A letter for a result that none of the names begins with."""
    taken = {split(one.name)[0] for one in names}
    return next((one for one in LETTERS if one not in taken), "result" + "x" * max(map(len, taken), default=0))
