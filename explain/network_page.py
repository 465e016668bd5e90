"""The page of a whole network: the forward pass, all gradients from the loss back, and one step that uses them.

It is read like the first hour of a lecture: values forward layer by layer, each δ once on the way back, the gradients that
follow from it, the picture with all numbers, every parameter after one step, and the loss before and after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sympy import Symbol

from derive.chain import derive
from derive.errors import DeriveError
from derive.graph import Graph
from derive.network import Network
from derive.steps import Claim, Derivation, Step, Total
from numeric.checking import Check, Report, check
from numeric.points import number
from numeric.values import Numbers, UndefinedError, evaluate

from .document import Block, Document, Equation, Heading, Inline, Math, Paragraph, Table
from .evidence import agreement
from .factors import fact_group
from .formula import Binary, Fence, Formula, Lines, Name, Relation, Script, Times, row
from .lesson import Lesson, with_totals
from .lines import Line, called, equals, signed_number
from .locales import locale
from .notation import Board, board_of
from .notations import Notation
from .opening import definition_lines, named_functions, overview, point
from .record import graph_data, step_data
from .samples import split_samples
from .unfolding import set_numbers, set_values

__all__ = ["network_lecture", "rate_of"]

Point = Mapping[str, Any]
RATE = "0.5"
MOST_LINES = 12  # in one equation, so that a page can break between two
MOST_ROWS = 24  # likewise in a table


@dataclass(frozen=True, kw_only=True)
class Whole(Lesson):
    """All gradients of a network as one lesson, in which every δ has its name."""

    net: Network

    @property
    def few_paths(self) -> bool:
        """Nothing is opened along paths: each δ is cited."""
        return False

    def value_name(self, claim: Claim) -> Formula | None:
        """A δ inside a value keeps its name."""
        return self.named(claim) if self.is_delta(claim) else None

    def label(self, part: str) -> str:
        """The label of an equation."""
        return f"{self.derivation.claim.of}/network:{part}"

    @cached_property
    def claims(self) -> dict[Symbol, Total]:
        """The derivative of the loss by each parameter that is learnt."""
        return {one: Total(self.net.loss, one) for one in self.net.parameters}


@dataclass(frozen=True)
class Update:
    """One step against the gradient, or against its mean over the samples: the rate, the values before and after, and the loss."""

    rate: Any
    now: Mapping[Symbol, Any]
    slopes: Mapping[Symbol, float]
    after: Mapping[Symbol, float]
    losses: tuple[float, float | None]


def network_lecture(
    net: Network,
    at: Point | Sequence[Point] | None = None,
    *,
    rate: Any = RATE,
    language: str = "en",
    notation: str | Notation = "net-out",
    detail: str = "normal",
    labels: Mapping[str, str] | None = None,
    check: bool = True,
    precision: int | None = None,
    exact: bool = False,
    pictures: bool = True,
) -> tuple[Document, list[Report]]:
    """The page of a network, and the reports of its checks.

    at is a point or several, one a sample, as for ``lecture``; of several the first is worked through, and the step goes
    against the mean of their gradients. rate is that of the step, a positive number. Raises DeriveError for a point, a rate
    or an option that does not fit, and where every parameter is frozen.
    """
    graph = _citing(net)
    lesson = _lesson(net, graph, board_of(graph, notation, labels, precision, exact), language, detail, pictures)
    samples = split_samples(net.graph, at)
    tables = [evaluate(lesson.derivation, one) for one in samples]
    lesson = replace(lesson, numbers=tables[0], samples=len(samples))
    means: dict[Claim, Check] = {}
    if check:
        lesson, means = _checked(lesson, samples)
    update = _update(lesson, samples, tables, rate_of(rate))
    blocks = [*_opening(lesson), *_forward(lesson), *_backward(lesson), *_step(lesson, update), *_evidence(lesson, means)]
    reports = [lesson.report] if lesson.report is not None else []
    reports += [Report({one.claim: one for one in means.values()}, "mean gradient")] if means else []
    sizes = "-".join(map(str, net.sizes))
    return Document(lesson.say("network.title", sizes=sizes), language, tuple(blocks), lambda: _data(lesson, samples, update, means)), reports


def rate_of(rate: Any) -> Any:
    """The rate of a step as a number. Raises DeriveError where it is none, or not positive."""
    found = number("rate", rate)
    if found <= 0:
        raise DeriveError(f"rate = {rate} does not descend; it is a positive number, such as 0.5")
    return found


def _citing(net: Network) -> Graph:
    """The graph in which every δ is cited by its name, also where the network is small enough to do without."""
    graph = net.graph
    cited = {Total(net.loss, one): delta for layer in net.layers for one, delta in zip(net.nets(layer), net.deltas(layer), strict=True)}
    return graph if graph.cited else Graph(graph.givens, graph.definitions, graph.roles, cited, graph.shares)


def _lesson(net: Network, graph: Graph, board: Board, language: str, detail: str, pictures: bool) -> Whole:
    if not net.parameters:
        raise DeriveError("every parameter of this network is frozen, so there is no gradient to take a step against")
    steps = tuple(derive(graph, net.loss, net.parameters).values())
    derivation = Derivation(graph, Total(net.loss, net.parameters[-1]), steps)
    return Whole(derivation, with_totals(board, derivation), locale(language), detail, pictures=pictures, net=net)


def _checked(lesson: Whole, samples: Sequence[Point]) -> tuple[Whole, dict[Claim, Check]]:
    whole = replace(lesson, report=check(lesson.derivation, samples[0]))
    if len(samples) < 2:
        return whole, {}
    from numeric.sample_means import check_means  # most pages have one sample

    return whole, check_means(lesson.derivation, samples, lesson.claims.values())


# ---- forward


def _opening(lesson: Whole) -> list[Block]:
    count = len(lesson.claims)
    return [Paragraph(lesson.say("network.want", of=lesson.y, count=str(count)), lesson.say("want")), *overview(lesson), *point(lesson)]


def _forward(lesson: Whole) -> list[Block]:
    blocks: list[Block] = [Heading(2, lesson.say("network.forward")), Paragraph(lesson.say("network.forward.here"))]
    spelt: list[tuple[Inline, ...]] = []
    for layer in (*lesson.net.layers, lesson.net.layers[-1] + 1):
        nodes = [one for one in lesson.derivation.graph.by_symbol if lesson.board.roles[one].layer == layer]
        blocks += [Paragraph((), _layer(lesson, layer)), *_equations(line for node in nodes for line in definition_lines(lesson, node))]
        new = [one for one in named_functions(lesson, nodes) if one not in spelt]
        blocks += [Paragraph(one) for one in new]
        spelt += new
    return blocks


def _layer(lesson: Whole, layer: int) -> tuple[Inline, ...]:
    last = lesson.net.layers[-1]
    return lesson.say("network.loss" if layer > last else "network.layer.output" if layer == last else "network.layer.hidden", layer=str(layer))


def _equations(lines: Iterator[Line]) -> Iterator[Equation]:
    """The lines in equations that are short enough for a page; a line that goes on stays with the one before."""
    chunk: list[Line] = []
    for line in lines:
        if len(chunk) >= MOST_LINES and line[0] != row():
            yield Equation(Lines(tuple(chunk)))
            chunk = []
        chunk.append(line)
    if chunk:
        yield Equation(Lines(tuple(chunk)))


# ---- backward


def _backward(lesson: Whole) -> list[Block]:
    words = [lesson.say("network.backward.here", delta=Name("δ"), of=lesson.y)]
    if lesson.board.totals:
        words.append(lesson.say("chain.totals"))
    blocks: list[Block] = [Heading(2, lesson.say("network.backward")), Paragraph(lesson.words.in_line(words))]
    told: dict[Total, str] = {}
    done: set[Claim] = set()
    for layer in reversed(lesson.net.layers):
        ends = [lesson.claims[one] for one in lesson.net.of_layer(layer) if one in lesson.claims]
        here = replace(lesson, told=dict(told))
        groups = [kept for group in here.facts(ends or _deltas(lesson, layer)) if (kept := [step for step in group if step.claim not in done])]
        done |= {step.claim for group in groups for step in group}
        told |= {step.claim: here.label(here.slug(group[0])) for group in groups for step in group if here.is_delta(step.claim)}  # type: ignore[misc]
        blocks += [Paragraph((), _layer(lesson, layer)), *_facts(here, groups)] if groups else []
        if ends:
            mixed = lesson.board.totals or lesson.net.learned(layer)
            blocks += [
                Paragraph(lesson.say("network.gradients.many" if mixed else "network.gradients", delta=Name("δ"))),
                *_equations(_gradient(here, claim) for claim in ends),
            ]
    return [*blocks, *_picture(lesson)]


def _deltas(lesson: Whole, layer: int) -> list[Claim]:
    """The derivatives by the pre-activations of a layer, as far as anything rests on them."""
    return [claim for one in lesson.net.nets(layer) if (claim := Total(lesson.net.loss, one)) in lesson.derivation]


def _facts(lesson: Whole, groups: list[list[Step]]) -> list[Block]:
    if lesson.detail != "brief":
        return [block for group in groups for block in fact_group(lesson, group)]
    deltas = [step for group in groups for step in group if lesson.is_delta(step.claim)]
    return [*_equations(_brief(lesson, step) for step in deltas)]


def _brief(lesson: Whole, step: Step) -> Line:
    value = lesson.board.formula(step.value) if step.because else set_values(lesson.own_tree(step.claim), lesson.board, lesson.cited_name)
    return called(lesson, step.claim), equals(value, signed_number(lesson, lesson.value(step.claim))), None


def _gradient(lesson: Whole, claim: Total) -> Line:
    """A gradient by what it rests on, in names, in numbers, and what they come to."""
    tree = lesson.tree(claim)
    cited = set_values(tree, lesson.board, lesson.cited_name, ones=False)
    parts = [cited, set_numbers(tree, lesson.board, lesson.value, ones=False), signed_number(lesson, lesson.value(claim))]
    return lesson.board.claim(claim), equals(*dict.fromkeys(parts)), None


def _picture(lesson: Whole) -> list[Block]:
    """The network with every value and, below it, the derivative of the loss by it."""
    if not lesson.pictures or lesson.numbers is None:
        return []
    from .figures import networks  # laying out a picture takes time that a page without pictures need not spend

    board = lesson.board
    figure = networks.network(lesson.net, values=lesson.numbers, labels=board.labels, notation=board.notation, words=lesson.words)
    return [replace(figure, caption=lesson.say("network.picture", of=lesson.y))]


# ---- one step


def _update(lesson: Whole, samples: Sequence[Point], tables: Sequence[Numbers], rate: Any) -> Update:
    count = len(tables)
    slopes = {one: sum(float(table[claim].value) for table in tables) / count for one, claim in lesson.claims.items()}
    now = {one: tables[0].nodes[one] for one in lesson.claims}
    after = {one: float(now[one]) - float(rate) * slope for one, slope in slopes.items()}
    before = sum(float(table.nodes[lesson.net.loss]) for table in tables) / count
    moved = [{**at, **{one.name: value for one, value in after.items()}} for at in samples]
    return Update(rate, now, slopes, after, (before, _mean_loss(lesson, moved)))


def _mean_loss(lesson: Whole, samples: Sequence[Point]) -> float | None:
    """The mean loss; None where there is none at one of the points."""
    forward = Derivation(lesson.derivation.graph, lesson.derivation.claim, ())
    try:
        return sum(float(evaluate(forward, at).nodes[lesson.net.loss]) for at in samples) / len(samples)
    except UndefinedError:
        return None


def _step(lesson: Whole, update: Update) -> list[Block]:
    w, several = Name("w"), lesson.samples > 1
    alpha = row(Name("α"), Relation("="), lesson.board.number(update.rate).formula)
    slope = lesson.board.claim(Total(lesson.net.loss, Symbol("w")))
    rule = row(w, Relation("←"), w, Binary("−"), Name("α"), Times(""), slope)
    said = lesson.say("network.step.mean" if several else "network.step.here", rate=alpha, count=str(lesson.samples))
    frozen = [lesson.board.name(one) for one in lesson.net.all_parameters if one in lesson.net.frozen]
    held = [Paragraph(lesson.say("network.frozen", names=lesson.words.joined(frozen)))] if frozen else []
    return [Heading(2, lesson.say("network.step")), Paragraph(said), Equation(rule), *_tables(lesson, update), *held, *_losses(lesson, update, slope)]


def _tables(lesson: Whole, update: Update) -> Iterator[Table]:
    keys = ("network.parameter", "network.now", "mean.gradient" if lesson.samples > 1 else "table.gradient", "network.after")
    head = tuple(lesson.say(key) for key in keys)
    rows = [
        ((Math(lesson.board.name(one)),), *(_cell(lesson, value) for value in (update.now[one], update.slopes[one], update.after[one]))) for one in update.after
    ]
    yield from (Table(head, tuple(rows[place : place + MOST_ROWS]), "lrrr") for place in range(0, len(rows), MOST_ROWS))


def _cell(lesson: Whole, value: Any) -> tuple[Inline, ...]:
    return (Math(signed_number(lesson, value)),)


def _losses(lesson: Whole, update: Update, slope: Formula) -> list[Block]:
    before, after = update.losses
    if after is None:
        return [Paragraph(lesson.say("network.loss.none", of=lesson.y))]
    key = "same" if after == before else "fell" if after < before else "rose"
    said = [lesson.say(f"network.loss.{key}", of=_of(lesson), before=_cell(lesson, before), after=_cell(lesson, after))]
    if lesson.detail != "brief" and after < before:
        fall = float(update.rate) * sum(one**2 for one in update.slopes.values())
        predicted = row(Name("α"), Times(""), Name("∑", "function"), Times(""), Script(Fence(slope), sup=lesson.board.number(2).formula))
        said.append(lesson.say("network.slope", predicted=row(predicted, equals(signed_number(lesson, fall))), really=signed_number(lesson, before - after)))
    return [Paragraph(lesson.words.in_line(said), lesson.say("says"))]


def _of(lesson: Whole) -> tuple[Inline, ...]:
    return lesson.say("network.mean", of=lesson.y) if lesson.samples > 1 else (Math(lesson.y),)


# ---- evidence and record


def _evidence(lesson: Whole, means: Mapping[Claim, Check]) -> list[Block]:
    blocks = agreement(lesson, "network.checked")
    if means:
        report = Report(dict(means))
        worst = max((one.error for one in report.values()), default=0.0)
        blocks.append(Paragraph(lesson.say("network.means", agreed=str(len(report.having("agrees"))), count=str(len(report)), error=_small(worst))))
    return blocks


def _small(value: float) -> Formula:
    from .quantities import small_number

    return small_number(value)


def _data(lesson: Whole, samples: Sequence[Point], update: Update, means: Mapping[Claim, Check]) -> dict[str, object]:
    return {
        "network": repr(lesson.net),
        **graph_data(lesson.derivation.graph, samples),
        "steps": [step_data(lesson, step) for step in lesson.derivation.steps],
        "update": {
            "rate": float(update.rate),
            "gradient": {one.name: slope for one, slope in update.slopes.items()},
            "after": {one.name: value for one, value in update.after.items()},
            "loss": list(update.losses),
        },
        "means": {claim.wrt.name: one.verdict for claim, one in means.items()},
    }
