"""The page of a whole network: the forward pass, all gradients from the loss back, and one step that uses them.

It is read like the first hour of a lecture: values forward layer by layer, each δ once on the way back, the gradients that
follow from it, the picture with all numbers, every parameter after one step, and the loss before and after.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from derive.chain import derive
from derive.errors import DeriveError, UnknownNameError
from derive.graph import Graph
from derive.network import Network
from derive.steps import Claim, Derivation, Step, Total
from numeric.checking import Check, Report, check

from ..boards.notations import Notation
from ..boards.quantities import small_number
from ..document import Block, Document, Heading, Paragraph
from ..formula import Name
from ..lessons.constants import names_apart
from ..lessons.evidence import agreement
from ..lessons.factors import fact_group
from ..lessons.lesson import DETAILS, with_totals
from ..lessons.lines import Line, called, equals, signed_number
from ..lessons.opened import once
from ..lessons.record import graph_data, step_data
from ..lessons.samples import evaluated, split_samples
from ..lessons.unfolding import set_numbers, set_values
from ..lessons.whole_network import Point, Whole, equations, forward, layer_title, opening
from ..locales import locale
from ..notation import Board, board_of
from .network_step import RATE, Update, one_step, rate_of, updated

__all__ = ["network_lecture", "rate_of"]


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
    if detail not in DETAILS:
        raise UnknownNameError("detail", detail, DETAILS)
    graph = _citing(net)
    lesson = _lesson(net, graph, board_of(graph, notation, labels, precision, exact), language, detail, pictures)
    samples = split_samples(net.graph, at)
    tables = evaluated(lesson.derivation, samples)
    lesson = replace(lesson, numbers=tables[0], samples=len(samples))
    means: dict[Claim, Check] = {}
    if check:
        lesson, means = _checked(lesson, samples)
    update = updated(lesson, samples, tables, rate_of(rate))
    blocks = once([*opening(lesson), *forward(lesson), *_backward(lesson), *one_step(lesson, update), *_evidence(lesson, means)])
    blocks = [*names_apart(map(str, graph.order), lesson.board, lesson.words), *blocks]
    reports = [lesson.report] if lesson.report is not None else []
    reports += [Report({one.claim: one for one in means.values()}, "mean gradient")] if means else []
    sizes = "-".join(map(str, net.sizes))
    return Document(lesson.say("network.title", sizes=sizes), language, tuple(blocks), lambda: _data(lesson, samples, update, means)), reports


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
    whole = replace(lesson, report=check(lesson.derivation, samples[0], exact=lesson.board.notation.exact))
    if len(samples) < 2:
        return whole, {}
    from numeric.checks.sample_means import check_means  # most pages have one sample

    return whole, check_means(lesson.derivation, samples, lesson.claims.values(), lesson.board.notation.exact)


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
        blocks += [Paragraph((), layer_title(lesson, layer)), *_facts(here, groups)] if groups else []
        if ends:
            mixed = lesson.board.totals or lesson.net.learned(layer)
            blocks += [
                Paragraph(lesson.say("network.gradients.many" if mixed else "network.gradients", delta=Name("δ"))),
                *equations(_gradient(here, claim) for claim in ends),
            ]
    return [*blocks, *_picture(lesson)]


def _deltas(lesson: Whole, layer: int) -> list[Claim]:
    """The derivatives by the pre-activations of a layer, as far as anything rests on them."""
    return [claim for one in lesson.net.nets(layer) if (claim := Total(lesson.net.loss, one)) in lesson.derivation]


def _facts(lesson: Whole, groups: list[list[Step]]) -> list[Block]:
    if lesson.detail != "brief":
        return [block for group in groups for block in fact_group(lesson, group)]
    deltas = [step for group in groups for step in group if lesson.is_delta(step.claim)]
    return [*equations(_brief(lesson, step) for step in deltas)]


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
    from ..figures import networks  # laying out a picture takes time that a page without pictures need not spend

    board = lesson.board
    figure = networks.network(lesson.net, values=lesson.numbers, labels=board.labels, notation=board.notation, words=lesson.words)
    return [replace(figure, caption=lesson.say("network.picture", of=lesson.y))]


# ---- evidence and record


def _evidence(lesson: Whole, means: Mapping[Claim, Check]) -> list[Block]:
    blocks = agreement(lesson, "network.checked")
    if means:
        report = Report(dict(means))
        worst = max((one.error for one in report.values()), default=0.0)
        blocks.append(Paragraph(lesson.say("network.means", agreed=len(report.having("agrees")), count=len(report), error=small_number(worst))))
    return blocks


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
