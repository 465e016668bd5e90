"""The interactive page: one file with the static page, its picture, its controls and the script that keeps it up to date.

Without the script it is the static page, whole. The policy in it allows its own style and its own script by their hashes,
and nothing else: no request leaves the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from sympy import Symbol

from derive.errors import DeriveError, UnknownNameError
from derive.network import Network
from derive.steps import Total
from numeric.data import default_point
from numeric.points import point as complete

from ..document import Document, Heading
from ..figures.plans import plan
from ..formula import row
from ..lessons.closing import RATE
from ..lessons.lesson import DETAILS, Lesson
from ..lessons.lines import equals, signed_number
from ..lessons.samples import split_samples
from ..locales import Locale, locale
from ..notation import board_of
from ..writers import Page
from ..writers.html import allowed, sheet_for, whole
from ..writers.text import title_of
from . import controls
from .live import Measured, quantity
from .markup import Variants, shared_words, short
from .network_picture import Picture
from .parts import Parts
from .script import Script, own, training_samples
from .sections import printed
from .told import Told, tell
from .writing import LiveHtml, Places

__all__ = ["interactive_page"]

Point = Mapping[str, Any]
IN_NUMBERS = "0123456789.−·()[]+=∞–"  # what a formula has at one setting or another
MOST_CHOICES = 40  # derivations of one page


def interactive_page(
    net: Network,
    names: Sequence[str] = (),
    at: Point | Sequence[Point] | None = None,
    *,
    language: str = "en",
    notation: Any = "net-out",
    detail: str = "normal",
    labels: Mapping[str, str] | None = None,
    check: bool = True,
    precision: int | None = None,
    exact: bool = False,
    rate: Any = RATE,
) -> tuple[Page, list[Any]]:
    """The page on the gradient by ``names`` (all parameters where there are none), and the reports of its checks at the start.

    rate is the learning rate. at is a point, or several, one a sample: the first is shown, all can be trained on; without it the default point. The
    other options are those of ``lecture``. Raises DeriveError as it does, for ``exact``, and for more than 40 names.
    """
    if exact:
        raise DeriveError("exact=True: numbers that a reader drags are decimals; leave it out")
    if detail not in DETAILS:
        raise UnknownNameError("detail", detail, DETAILS)
    derivations = [net.derivation(name) for name in dict.fromkeys(names)] or [net.derivation(one.name) for one in net.parameters[: MOST_CHOICES + 1]]
    if len(derivations) > MOST_CHOICES:
        raise DeriveError(f"{len(names) or len(net.parameters)} derivations are too many to choose from; name at most {MOST_CHOICES}, such as w1 w2 b1")
    samples = split_samples(net.graph, at if at is not None else default_point(net))
    words, board = locale(language), board_of(net.graph, notation, labels, precision)
    told = tell(derivations, samples[0], board, words, detail, check, rate, net.graph.givens)
    made = _Made(net, told, words, complete(net.graph.givens, samples[0], net.graph.by_symbol, net.graph.shares), samples, rate)
    return made.page(), [one.lesson.report for one in told.sections if one.lesson.report is not None]


@dataclass(frozen=True)
class _Made:
    """A page as it is put together; ``places`` fills while its parts are printed."""

    net: Network
    told: Told
    words: Locale
    at: Mapping[Symbol, Any]
    samples: Sequence[Point]
    rate: Any = RATE
    places: Places = field(default_factory=Places)
    variants: Variants = field(default_factory=dict)

    @property
    def first(self) -> Lesson:
        """The lesson whose board and forward numbers stand for all."""
        return self.told.sections[0].lesson

    @property
    def language(self) -> str:
        """The language of the page."""
        return self.words.code

    def page(self) -> Page:
        """The finished page."""
        parts = Parts(self.net.graph, plan(self.net.graph))
        body = self._body(parts)
        samples = training_samples(self.net, self.samples)
        script = Script(self.net, self.told, self.words, self.at, self.rate, samples, self.places, parts, self._bounds, self.variants).text()
        style, notes = sheet_for(body, IN_NUMBERS)
        style += own("page.css")
        title = title_of(Document(self.told.title, self.language, ()))
        text = whole(self.language, title, style, f"script-src 'sha256-{allowed(script)}'", f"{body}\n<script>{script}</script>")
        return Page(text, notes=notes, refuted=any(section.lesson.refuted for section in self.told.sections))

    @property
    def _bounds(self) -> dict[Symbol, tuple[float, float]]:
        """Between which values the loss lets each target lie, where it does not take all."""
        low, high = map(float, self.net.loss_record.targets or self.net.loss_record.domain)
        return dict.fromkeys(self.net.targets, (low, high)) if isfinite(low) and isfinite(high) else {}

    # ---- what is seen

    def _picture(self, parts: Parts) -> Picture:
        values: dict[Any, Measured] = dict(self.first.numbers.nodes)  # type: ignore[union-attr, arg-type]
        slopes = {Total(self.net.loss, one): value for one, value in self._slopes().items()}
        shown = {**values, **{claim: Measured(value, quantity(claim)) for claim, value in slopes.items()}}
        return Picture(parts, self.first.board, self.words, shown, self.places, frozenset(one.wrt for one in self.told.sections))

    def _slopes(self) -> dict[Symbol, float]:
        from numeric.compiling import compile_gradient

        _, slopes = compile_gradient(self.net.graph, of=self.net.loss, wrt=list(self.net.parameters))(
            {one.name: float(value) for one, value in self.at.items()}
        )
        return {one: slopes[one.name] for one in self.net.parameters}

    def _body(self, parts: Parts) -> str:
        several = len(self.told.sections) > 1
        said = self._said
        elements = [
            f'<a class="skip" href="#derivations" hidden>{said("page.skip")}</a>',
            f"<header>{LiveHtml({})(Heading(1, self.told.title))}</header>",
            f'<div class="columns{" several" if several else ""}">\n<aside aria-label="{said("page.picture")}">\n<div class="stage">',
            self._picture(parts).svg(),
            f'<p class="how" hidden>{said("page.picture.how")}</p>' if several else "",
            *(f'<p class="how">{one}</p>' for one in self._about_the_picture(parts)),
            controls.player(self.words),
            "</div>",
            controls.settings(self.net.graph, self.first.board, self.at, self.words, self._bounds, len(self.samples)),
            '</aside>\n<main id="derivations" tabindex="-1">',
            '<p id="refused" role="alert"></p>\n<div class="bar">',
            controls.chooser([one.wrt for one in self.told.sections], self.first.board, self.words) if several else "",
            self._now(),
            '<p id="said" role="status" hidden></p>\n</div>',
            self._shared(),
            *printed(self.told.sections, self.words, self.places),
            f'<div class="copying" hidden><button type="button" id="copy">{said("page.copy")}</button> <span id="copied" role="status"></span></div>',
            controls.training(self.words, self.rate, list(self._choices_of_samples())),
            "</main>\n</div>",
        ]
        return short(shared_words("\n".join(filter(None, elements)), self.variants))

    def _about_the_picture(self, parts: Parts) -> Iterable[str]:
        """What the picture cannot say by itself: its second numbers, which parameters stay, which units are always left out."""
        writer, name = LiveHtml({}), self.first.board.name
        yield writer.line(self.first.say("page.picture.back", of=self.first.y))
        if self.net.frozen:
            yield writer.line(self.first.say("page.frozen", names=self.words.joined([name(one) for one in parts.graph.givens if one in self.net.frozen])))
        if parts.left_out:
            yield writer.line(self.first.say("page.masks.fixed", names=self.words.joined([name(one) for one in parts.left_out])))

    def _shared(self) -> str:
        writer = LiveHtml({}, places=self.places)
        return f'<details open id="forward"><summary>{self._said("page.forward.part")}</summary>\n{writer.body(self.told.shared)}\n</details>'

    def _now(self) -> str:
        """The result, which the script puts there, and the loss, where they are always seen."""
        lesson = self.first
        loss = row(lesson.y, equals(signed_number(lesson, lesson.numbers.nodes[self.net.loss])))  # type: ignore[union-attr]
        return f'<p class="now" hidden><math id="result"></math>{LiveHtml({}, places=self.places).formula(loss, True)}</p>'

    def _choices_of_samples(self) -> Iterable[tuple[str, str]]:
        yield "here", controls.plain(self.words, "page.samples.here")
        for name, rows in training_samples(self.net, self.samples).items():
            yield name, controls.plain(self.words, f"page.samples.{name}", count=len(rows["inputs"]))

    def _said(self, key: str) -> str:
        return controls.said(self.words, key)
