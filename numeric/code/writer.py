"""The writer of programs: definitions and facts become lines, in names and in forms that hold for all numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sympy import Add, Expr, Mul, Pow, S, Symbol, Tuple

from derive.activations import Extremum, activation_of
from derive.graph import Definition, Graph
from derive.steps import Claim, Local, Step, Term, Total
from derive.written import Written, total

from .patterns import stable
from .printers import Code, Form
from .stable import FORMS, applied, value_of

__all__ = ["Line", "Writer", "denominators", "multiplied_out", "names_in"]

# What means something in the code, and so is no name for a symbol.
RESERVED = frozenset(
    (
        "np", "math", "theta", "inputs", "targets", "masks", "n", "row", "abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "erf",
        "erfc", "exp", "expm1", "gradient", "hypot", "len", "log", "log1p", "sin", "sinh", "sqrt", "tan", "tanh", "zip",
    )
)  # fmt: skip


SHORT = {"larger": "max", "smaller": "min"}  # how the lines of forms are called, where not by their own names


@dataclass(frozen=True, slots=True)
class Line:
    """``name = code``, with a note of the fact that it is."""

    name: Symbol
    code: Code
    note: str = ""

    @property
    def reads(self) -> set[Symbol]:
        """The names that the code needs."""
        return names_in(self.code)


def names_in(code: Code) -> set[Symbol]:
    """The names that a piece of code reads."""
    if isinstance(code, Expr):
        return code.free_symbols  # type: ignore[return-value]
    return set().union(*map(names_in, code.values.values() if isinstance(code, Form) else code.args))


@dataclass
class Writer:
    """Writes the lines of one program, one by one; ``meaning`` says which expression has a name already."""

    graph: Graph
    facts: Mapping[Claim, Step] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    meaning: dict[Expr, Symbol] = field(default_factory=dict)
    claims: dict[Claim, Expr] = field(default_factory=dict)
    kin: dict[Symbol, dict[str, Any]] = field(default_factory=dict)
    owner: dict[Expr, Symbol] = field(default_factory=dict)
    layers: dict[frozenset[tuple[Expr, int]], Any] = field(default_factory=dict)
    parts: dict[Symbol, None] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.taken |= RESERVED | {one.name for one in (*self.graph.order, *self.graph.cited.values())}

    # ---- names

    def called(self, name: Symbol) -> Symbol:
        """The name that a symbol of the graph has in the code: its own, unless that means something there."""
        if name.name in RESERVED and name not in self.meaning:
            self.meaning[name] = self.fresh(f"{name.name}1")
        return self.meaning.get(name, name)

    def fresh(self, wish: str) -> Symbol:
        """A name that nothing else has."""
        name, number = wish, 2
        while name in self.taken:
            name, number = f"{wish}_{number}", number + 1
        self.taken.add(name)
        return Symbol(name)

    def add(self, name: Symbol, code: Code, note: str = "") -> Symbol:
        """A line more; its name."""
        self.lines.append(Line(name, code, note))
        return name

    def named(self, code: Written | Expr) -> Expr:
        """A name for the code: itself where it is a name or a number."""
        value = value_of(code)
        if value.is_Symbol or value.is_Number:
            return value
        if value not in self.meaning:
            self.meaning[value] = self.part(code)
        return self.meaning[value]

    def related(self, y: Symbol, kind: str, known: Mapping[str, Any]) -> Symbol:
        """The name of the value of an activation, whose kin are written down as its own."""
        self.kin[y] = {"kind": kind, **known}
        for one in known.values():
            if isinstance(one, Symbol):
                self.owner.setdefault(one, y)
        return y

    def owned(self, one: Expr) -> Mapping[str, Any]:
        """All kin of the activation that has this among its kin; empty where there is none."""
        return self.kin[self.owner[one]] if one in self.owner else {}

    def part(self, code: Code, wish: str = "") -> Symbol:
        """A line for a part of an expression; its name."""
        name = self.fresh(wish or f"part{sum(one.startswith('part') for one in self.taken) + 1}")
        self.parts[name] = None
        return self.add(name, code)

    # ---- the forward pass

    def define(self, definition: Definition) -> None:
        """The line of a definition, in the order in which it was written."""
        name = self.called(definition.symbol)
        if activation_of(definition.expression) is None:
            self.put(name, self.code(definition.written or definition.expression))
        else:
            applied(self, definition.expression, [self.plain(arg) for arg in definition.expression.args], name)

    def put(self, name: Symbol, code: Written | Expr, note: str = "") -> Symbol:
        """The line ``name = code``; a part that was just written for this alone takes the name itself."""
        if code in self.parts and self.lines[-1].name == code:
            last = self.lines.pop()
            del self.parts[code]  # type: ignore[arg-type]
            self.kin |= {name: self.kin[code]} if code in self.kin else {}  # type: ignore[index]
            self.meaning.update({meant: name for meant, own in self.meaning.items() if own == code})
            return self.add(name, last.code, note)
        return self.add(name, code, note)

    # ---- the page's form made stable

    def code(self, page: Written | Expr) -> Written | Expr:
        """The same value in names and stable forms, from the inside out; lines are added where parts need them."""
        if isinstance(page, Written):
            if not isinstance(page.head, str):
                return self.code(page.expression)
            return stable(self, Written(page.head, tuple(self.code(arg) for arg in page.args)))
        if page.is_Symbol:
            return self.called(page)  # type: ignore[arg-type]
        if not page.args:
            return page
        args = [self.plain(arg) for arg in page.args]  # type: ignore[arg-type]
        if activation_of(page) is not None or isinstance(page, Extremum) or page.func in FORMS:
            return applied(self, page, args)
        return stable(self, page.func(*args))

    def plain(self, page: Written | Expr) -> Expr:
        """The same as an expression, which may have another order."""
        return value_of(self.code(page))

    def form(self, name: str, values: Mapping[str, Expr]) -> Symbol:
        """A line of its own for a form, written once."""
        form = Form.of(name, values)
        key = Tuple(Symbol(name), *form.values.values())
        if key not in self.meaning:
            self.meaning[key] = self.part(form, self._form_wish(form))  # type: ignore[index]
        return self.meaning[key]  # type: ignore[index]

    def _form_wish(self, form: Form) -> str:
        """What the line of a form would be called by what it does to one name: max_z, positive_z."""
        names = [one for one in form.values.values() if not one.is_number]
        inner = f"minus_{-names[0]}" if names and not names[0].is_Symbol else str(names[0]) if names else ""
        return f"{SHORT.get(form.name, form.name)}_{inner}" if len(names) == 1 and form.name.isalnum() and not inner.startswith("part") else ""

    # ---- the backward pass

    def result(self, claim: Total) -> Symbol:
        """The name of a total derivative, a line of its own even where it is a number or another name."""
        value = self.claim(claim)
        return value if value.is_Symbol else self.add(self.fresh(self._wish(claim)), value, _note(claim))  # type: ignore[return-value]

    def claim(self, claim: Claim) -> Expr:
        """The name of a fact, its line written now where it is new; a number or a name stands for itself."""
        if claim not in self.claims:
            self.claims[claim] = self._claim(self.facts[claim])
        return self.claims[claim]

    def _claim(self, step: Step) -> Expr:
        claim, direct = step.claim, self._direct(step)
        code = self.code(_locally(direct)) if direct else self._products(step)
        value = code if isinstance(code, Expr) else None
        if value is not None and isinstance(claim, Local) and (value.is_Number or (value.is_Symbol and value not in self.parts)):
            return value
        cited = self.graph.cited.get(claim) if isinstance(claim, Total) else None
        return self.put(cited or self.fresh(self._wish(claim)), code, _note(claim))

    def _direct(self, step: Step) -> Step | None:
        """The step whose own expression is the code: one without citations, or what a single citation says."""
        cited = tuple(step.cited())
        if not cited or (step.because and not self._through_weights(cited)):
            return step
        only = step.terms[0][0] if len(step.terms) == 1 == len(step.terms[0]) else None
        return self.facts[only] if isinstance(only, Local) else None

    def _through_weights(self, cited: tuple[Claim, ...]) -> bool:
        """Are all slopes names or numbers? Then what has been multiplied out is longer than what it came from."""
        return all(self.facts[one].value.is_Atom for one in cited if isinstance(one, Local)) and any(isinstance(one, Total) for one in cited)

    def _wish(self, claim: Claim) -> str:
        direct = isinstance(claim, Local) and Total(claim.of, claim.wrt) in self.facts  # type: ignore[arg-type]
        return f"d{claim.of.name}_d{claim.wrt.name}{'_direct' if direct else ''}"

    def _products(self, step: Step) -> Written | Expr:
        """The terms of a total as code: each a product of the names of facts."""
        terms = [inner for term in step.terms for inner in self._spread(term)]
        named = ([self.claim(one) if isinstance(one, Local | Total) else self.plain(one) for one in term] for term in terms)
        return total(tuple(map(_product, named))) if terms else S.Zero

    def _spread(self, term: Term) -> list[Term]:
        """A total times a slope, term by term where a denominator cancels in some of them: not ∞·0 where an output saturates."""
        wholes, slopes = ([one for one in term if isinstance(one, kind)] for kind in (Total, Local))
        if len(wholes) != 1 or len(slopes) != 1 or len(term) != 2:
            return [term]
        slope, spread, cancels = self.facts[slopes[0]].value, [], False
        if slope.is_Atom:
            return [term]
        inners = self.facts[wholes[0]].terms
        if all(one.is_Atom for inner in inners for one in self._local(inner)):  # names, which nothing is divided by
            return [term]
        for inner in inners:
            local: Expr = Mul(*self._local(inner))
            joined, shorter = multiplied_out(local, slope)
            cancels |= shorter
            spread.append((*(one for one in inner if isinstance(one, Total)), joined))
        return spread if cancels else [term]

    def _local(self, term: Term) -> Iterator[Expr]:
        """The factors of a term that are no totals, facts by their values."""
        return (self.facts[one].value if isinstance(one, Local) else one for one in term if not isinstance(one, Total))


def multiplied_out(arriving: Expr, slope: Expr) -> tuple[Expr, bool]:
    """The product, term by term, and whether something that was divided by has cancelled."""
    divisors = {one.base for one in arriving.atoms(Pow) if one.exp.is_negative}
    pieces = Add.make_args(_factored(slope)) if divisors else ()
    if not any(factor in divisors for piece in pieces for factor in Mul.make_args(piece)):
        return arriving * slope, False
    pairs = [(part, part * piece) for part in Add.make_args(arriving) for piece in pieces]
    return Add(*(product for _, product in pairs)), any(denominators(product) < denominators(part) for part, product in pairs)


def _locally(step: Step) -> Written | Expr:
    if step.because or not step.terms:
        return step.value
    return total(tuple(term[0] if len(term) == 1 else Written("*", term) for term in step.terms))  # type: ignore[arg-type]


def _product(factors: list[Expr]) -> Written | Expr:
    number: Expr = Mul(*(one for one in factors if one.is_Number))
    others = [one for one in factors if not one.is_Number]
    if number == 0 or not others:
        return number
    product = others[0] if len(others) == 1 else Written("*", tuple(others))
    if number == 1:
        return product
    return Written("neg", (product,)) if number == -1 else Written("*", (number, *others))


def _factored(slope: Expr) -> Expr:
    """The slope of tanh in two factors, either of which may cancel."""
    y = next(iter(slope.free_symbols), None) if slope.is_Add and len(slope.free_symbols) == 1 else None
    return (1 - y) * (1 + y) if y is not None and slope == 1 - y**2 else slope  # type: ignore[operator]


def denominators(value: Expr) -> int:
    """By how many factors the value is divided."""
    return sum(not factor.is_number for factor in Mul.make_args(value.as_numer_denom()[1]))


def _note(claim: Claim) -> str:
    return f"∂{claim.of.name}/∂{claim.wrt.name}"
