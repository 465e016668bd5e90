"""Programs: recorded facts as a straight list of lines, each a name and its code, before any text is made.

A definition gives a line of the forward pass, a fact a line of the backward pass. Here, too, the forms of
the page are exchanged for those that neither overflow nor cancel: a node that is an activation has further
quantities beside its value (1 − y, ln y), each a line of its own, which stand wherever the page has them.

To add a stable form of an activation: its rows in ``STABLE``, and their templates in both dialects of
``printers``. An activation without rows is compiled from its definition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sympy import Expr, Heaviside, Max, Min, Mul, S, Symbol, erf, exp, log, sign

from derive.activations import Named, activation, activation_of, maximum, minimum
from derive.chain import derive
from derive.graph import Definition, Graph
from derive.steps import Claim, Local, Step, Total
from derive.written import Written, total

from .printers import Code, Form

__all__ = ["FORMS", "STABLE", "Kin", "Line", "Program", "Writer", "program"]

RESERVED = frozenset(
    ("np", "math", "theta", "inputs", "targets", "abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "erf", "exp", "log", "log1p")
) | {"sin", "sinh", "sqrt", "tan", "tanh"}


@dataclass(frozen=True, slots=True)
class Line:
    """``name = code``, with a note of the fact that it is."""

    name: Symbol
    code: Code
    note: str = ""

    @property
    def reads(self) -> set[Symbol]:
        """The names that the code needs."""
        return set().union(*(value.free_symbols for value in self.code.values.values())) if isinstance(self.code, Form) else _free(self.code)  # type: ignore[return-value]


@dataclass(frozen=True)
class Program:
    """Lines in order, each after all that it reads; ``givens`` has the name in the code of every given of the graph."""

    givens: Mapping[Symbol, Symbol]
    lines: tuple[Line, ...]
    value: Symbol
    results: tuple[Symbol, ...]


@dataclass(frozen=True, slots=True)
class Kin:
    """A quantity beside an activation's value y: the template that computes it, its name, and a note for the reader.

    ``means`` gives the page's form from the symbols of y and of the kin before it; None where the page has none.
    """

    form: str
    name: str
    note: str
    means: Callable[[Mapping[str, Symbol]], Expr] | None = None


STABLE: dict[str, tuple[Kin, ...]] = {
    "sigmoid": (
        Kin("sigmoid exp", "exp", "exp({x}), kept finite"),
        Kin("sigmoid rest", "rest", "1 - {y}", lambda k: 1 - k["y"]),
        Kin("sigmoid", "y", "sigmoid({x})"),
        Kin("sigmoid top", "top", "max({x}, 0)"),
        Kin("sigmoid gap", "gap", "log(1 + exp(-|{x}|))"),
        Kin("sigmoid log", "log", "log({y})", lambda k: log(k["y"])),
        Kin("sigmoid logrest", "logrest", "log(1 - {y})", lambda k: log(k["rest"])),
    ),
    "tanh": (
        Kin("tanh", "y", "tanh({x})"),
        Kin("tanh exp", "exp", "exp(-2|{x}|)"),
        Kin("tanh rest", "rest", "1 - {y}**2", lambda k: 1 - k["y"] ** 2),
    ),
}

OF_ARGUMENT = ("exp", "top", "gap")  # kin that are named for x, not for y

FORMS: dict[Callable[..., Expr], tuple[str, tuple[str, ...]]] = {
    Max: ("larger", ("a", "b")),
    maximum: ("larger", ("a", "b")),
    Min: ("smaller", ("a", "b")),
    minimum: ("smaller", ("a", "b")),
    Heaviside: ("step", ("x", "at_zero")),
    sign: ("sign", ("x",)),
    erf: ("erf", ("x",)),
}


def program(graph: Graph, of: Symbol, wrt: Iterable[Symbol]) -> Program:
    """The lines that give the value of a node and its derivatives: the definitions and the recorded facts, nothing else."""
    wanted = tuple(wrt)
    writer = Writer(graph, derive(graph, of, wanted))
    for definition in graph.definitions:
        writer.define(definition)
    last = set(wanted)
    for claim in writer.facts:
        if isinstance(claim, Total) and claim.wrt not in last:
            writer.claim(claim)
    results = tuple(writer.result(Total(of, one)) for one in wanted)
    value = writer.called(of)
    return Program({one: writer.called(one) for one in graph.givens}, _used(writer.lines, {value, *results}), value, results)


def _used(lines: list[Line], needed: set[Symbol]) -> tuple[Line, ...]:
    """The lines that the needed names depend on, in their order."""
    kept: list[Line] = []
    for line in reversed(lines):
        if line.name in needed:
            kept.append(line)
            needed |= line.reads
    return tuple(reversed(kept))


def _free(code: Written | Expr) -> set[Symbol]:
    if isinstance(code, Written):
        return set().union(*(_free(arg) for arg in code.args))
    return code.free_symbols  # type: ignore[return-value]


@dataclass
class Writer:
    """Writes the lines of one program, one by one; ``meaning`` says which expression has a name already."""

    graph: Graph
    facts: Mapping[Claim, Step] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    meaning: dict[Expr, Symbol] = field(default_factory=dict)
    claims: dict[Claim, Expr] = field(default_factory=dict)
    sigmoids: dict[Symbol, Mapping[str, Symbol]] = field(default_factory=dict)
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
        value = _value(code)
        if value.is_Symbol or value.is_Number:
            return value
        if value not in self.meaning:
            self.meaning[value] = self.part(code)
        return self.meaning[value]

    def part(self, code: Code) -> Symbol:
        """A line for a part of an expression; its name."""
        name = self.fresh(f"part{len(self.parts) + 1}")
        self.parts[name] = None
        return self.add(name, code)

    # ---- the forward pass

    def define(self, definition: Definition) -> None:
        """The line of a definition, in the order in which it was written."""
        record = activation_of(definition.expression)
        name = self.called(definition.symbol)
        if record is not None and record.name in STABLE:
            self.activate(record.name, self.code(definition.expression.args[0]), name)
        else:
            self.put(name, self.code(definition.written or definition.expression))

    def put(self, name: Symbol, code: Written | Expr, note: str = "") -> Symbol:
        """The line ``name = code``; a part that was just written for this alone takes the name itself."""
        if code in self.parts and self.lines[-1].name == code:
            last = self.lines.pop()
            del self.parts[code]  # type: ignore[arg-type]
            self.meaning.update({meant: name for meant, own in self.meaning.items() if own == code})
            return self.add(name, last.code, note)
        return self.add(name, code, note)

    def activate(self, kind: str, argument: Code, name: Symbol | None = None) -> Symbol:
        """The lines of an activation and of the quantities beside it; the name of its value."""
        x = self.named(argument)  # type: ignore[arg-type]
        applied = activation(kind).function(x)
        if applied in self.meaning:
            return self.meaning[applied] if name is None else self.add(name, self.meaning[applied])
        y = name or self.fresh(f"{kind}_{x}" if x.is_Symbol else kind)
        known: dict[str, Expr] = {"x": x, "y": y}
        for kin in STABLE[kind]:
            own = known.setdefault(kin.name, y if kin.name == "y" else self.fresh(f"{kin.name}_{x if kin.name in OF_ARGUMENT and x.is_Symbol else y}"))
            meant = kin.means(known) if kin.means else None  # type: ignore[arg-type]
            if meant is not None:
                self.meaning[meant] = own  # type: ignore[assignment]
            self.add(own, Form.of(kin.form, known), kin.note.format_map(known))  # type: ignore[arg-type]
        self.meaning[applied] = y
        if kind == "sigmoid":
            self.sigmoids[y] = known  # type: ignore[assignment]
        return y

    # ---- the page's form made stable

    def code(self, page: Written | Expr) -> Written | Expr:
        """The same value in names and stable forms, from the inside out; lines are added where parts need them."""
        if isinstance(page, Written):
            if not isinstance(page.head, str):
                return self.code(page.expression)
            return self.stable(Written(page.head, tuple(self.code(arg) for arg in page.args)))
        if page.is_Symbol:
            return self.called(page)  # type: ignore[arg-type]
        if not page.args:
            return page
        args = [_value(self.code(arg)) for arg in page.args]  # type: ignore[arg-type]
        if isinstance(page, Named) or page.func in FORMS or activation_of(page) is not None:
            return self.apply(page, args)
        return self.stable(page.func(*args))

    def apply(self, page: Expr, args: list[Expr]) -> Written | Expr:
        """A function that has lines of its own."""
        record = activation_of(page)
        if record is not None and record.name in STABLE:
            return self.activate(record.name, args[0])
        if page.func not in FORMS:
            return self.code(page.definition)  # type: ignore[attr-defined]
        form, keys = FORMS[page.func]
        first, *others = [self.named(arg) for arg in args]
        if keys == ("a", "b"):
            for other in others:
                first = self.form(form, {"a": first, "b": other})
            return first
        if form == "step" and others[0] == 0:
            return self.form("positive", {"x": first})
        return self.form(form, dict(zip(keys, (first, *others), strict=True)))

    def form(self, name: str, values: Mapping[str, Expr]) -> Symbol:
        """A line of its own for a form."""
        return self.part(Form.of(name, values))

    def stable(self, code: Written | Expr) -> Written | Expr:
        """The code itself, or what stands for it: a name with that meaning, a residual, x ln y, a logistic."""
        if isinstance(code, Written) and _plain(code):
            return code
        value = _value(code)
        if value in self.meaning:
            return self.meaning[value]
        if value.is_Add and -value in self.meaning:
            return Written("neg", (self.meaning[-value],))
        for pattern in (self._residual, self._cross_entropy, self._xlogy, self._logistic, self._softplus):
            found = pattern(value)
            if found is not None:
                return found
        return code

    def _residual(self, value: Expr) -> Written | None:
        """y − t = (1 − t)·y − t·(1 − y), which does not cancel where y is near 1."""
        if not (value.is_Add and len(value.args) == 2):
            return None
        for y, other in (value.args, value.args[::-1]):
            for back, (one, t) in ((False, (y, -other)), (True, (-y, other))):
                if isinstance(one, Symbol) and one in self.sigmoids and t.is_Symbol:
                    parts = [Written("*", (1 - t, one)), Written("*", (t, self.sigmoids[one]["rest"]))]
                    first, second = reversed(parts) if back else parts
                    return Written("+", (first, Written("neg", (second,))))
        return None

    def _cross_entropy(self, value: Expr) -> Written | None:
        """t ln σ(z) + (1 − t) ln(1 − σ(z)) = t z − max(z, 0) − ln(1 + e^(−|z|)), which takes one logarithm."""
        if not (value.is_Add and len(value.args) == 2):
            return None
        for known in self.sigmoids.values():
            t, rest = (value.coeff(known[name]) for name in ("log", "logrest"))
            scale = t + rest
            if t != 0 and rest != 0 and abs(scale) == 1:
                linear = Written("*", (t * scale, known["x"]))
                parts = (linear, Written("neg", (known["top"],)), Written("neg", (known["gap"],)))  # in this order, the first two cancel exactly
                return Written("+", parts) if scale == 1 else Written("neg", (Written("+", parts),))
        return None

    def _xlogy(self, value: Expr) -> Expr | None:
        """x ln y, which is 0 where x is."""
        logs = [one for one in value.args if isinstance(one, log)] if value.is_Mul else []
        if not logs or logs[0].args[0].is_number:
            return None
        x = Mul(*(one for one in value.args if one is not logs[0]))
        return None if x.is_number else self.form("xlogy", {"x": self.named(x), "y": self.named(logs[0].args[0])})

    def _logistic(self, value: Expr) -> Expr | None:
        """1/(1 + e^(−z)) is the sigmoid, however it was written."""
        power = _one_plus_exp(value.base) if value.is_Pow and value.exp == -1 else None
        return None if power is None else self.activate("sigmoid", -power)

    def _softplus(self, value: Expr) -> Expr | None:
        """ln(1 + e^z), which need not overflow."""
        power = _one_plus_exp(value.args[0]) if isinstance(value, log) else None
        return None if power is None else self.form("softplus", {"x": self.named(power)})

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
        if step.because == "cancel" or not any(step.cited()):
            return step
        only = step.terms[0][0] if len(step.terms) == 1 == len(step.terms[0]) else None
        return self.facts[only] if isinstance(only, Local) else None

    def _wish(self, claim: Claim) -> str:
        direct = isinstance(claim, Local) and Total(claim.of, claim.wrt) in self.facts  # type: ignore[arg-type]
        return f"d{claim.of}_d{claim.wrt}{'_direct' if direct else ''}"

    def _products(self, step: Step) -> Written | Expr:
        """The terms of a total as code: each a product of the names of facts."""
        named = ([self.claim(one) if isinstance(one, Local | Total) else one for one in term] for term in step.terms)
        return total(tuple(map(_product, named))) if step.terms else S.Zero


def _value(code: Written | Expr) -> Expr:
    return code.expression if isinstance(code, Written) else code


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


def _plain(code: Written) -> bool:
    """Is this a sum or a product that no pattern can mean? (It is dear to build the expression of a long one.)"""
    if code.head == "+":
        return len(code.args) > 2
    return code.head == "*" and not any(isinstance(arg, log) for arg in code.args)


def _one_plus_exp(value: Expr) -> Expr | None:
    """z where the value is 1 + e^z."""
    if value.is_Add and len(value.args) == 2 and S.One in value.args:
        (power,) = (one for one in value.args if one != 1)
        return power.args[0] if isinstance(power, exp) else None
    return None


def _note(claim: Claim) -> str:
    return f"∂{claim.of}/∂{claim.wrt}"
