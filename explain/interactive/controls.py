"""What a reader moves: a slider and a field for every given, the buttons of the player, of training and of copying.

All of it is hidden until the script shows it, since nothing here does anything without.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from html import escape
from math import ceil
from typing import Any

from sympy import Symbol

from derive.graph import Graph

from ..document import Inline, Text
from ..locales import Locale
from ..notation import Board
from ..writers import one_line
from ..writers.mathml import mathml

__all__ = ["chooser", "player", "settings", "training"]

Bounds = Mapping[Symbol, tuple[float, float]]
MASK = (0.0, 1.0)  # where the values of a mask usually lie
FINE, WHOLE = "0.01", "1"  # steps of a slider; a mask is 1 or 0
REACH = 2  # of a slider to both sides, where its value lies within


def settings(graph: Graph, board: Board, at: Mapping[Symbol, Any], words: Locale, bounds: Bounds, samples: int = 1) -> str:
    """The form with a slider and a field for every given, those of one kind together; bounds are those of givens that have some.

    Of several samples one can be chosen.
    """
    groups: dict[str, list[Symbol]] = {}
    for one in graph.givens:
        groups.setdefault(graph.roles[one].kind if one in graph.roles else "", []).append(one)
    inside = "\n".join(_group(kind, group, board, at, words, bounds, group[0] in graph.shares) for kind, group in groups.items())
    reset = f'<button type="button" id="reset">{said(words, "page.reset")}</button>'
    legend = f'<summary id="setting">{said(words, "page.setting")}</summary><p class="how">{said(words, "page.setting.how")}</p>'
    legend += _sample(samples, words) if samples > 1 else ""
    kind = "settings worded" if board.labels else "settings"
    return f'<form class="{kind}" aria-labelledby="setting" autocomplete="off" hidden><details open>{legend}\n{inside}\n{reset}</details></form>'


def _sample(count: int, words: Locale) -> str:
    options = "".join(f"<option>{place + 1}</option>" for place in range(count))
    return f'<p class="fields"><label for="sample">{said(words, "page.sample")}</label><select id="sample">{options}</select></p>'


def _group(kind: str, group: Sequence[Symbol], board: Board, at: Mapping[Symbol, Any], words: Locale, bounds: Bounds, shared: bool) -> str:
    mask = kind == "mask"
    controls = "".join(_control(one, board, at[one], words, bounds.get(one, MASK if mask else None), WHOLE if mask else FINE) for one in group)
    return f"<fieldset>{f'<legend>{escape(_legend(kind, bounds.get(group[0]), shared, words))}</legend>' if kind else ''}{controls}</fieldset>"


def _legend(kind: str, bounds: tuple[float, float] | None, shared: bool, words: Locale) -> str:
    """What the givens of a kind are, and between which values they may lie."""
    called = plain(words, f"given.{kind}")
    if bounds is None:
        return called
    low, high = (f"{one:g}".replace("-", "−") for one in bounds)
    return plain(words, "page.shares", kind=called) if shared else plain(words, "page.within", kind=called, low=low, high=high)


def _control(name: Symbol, board: Board, value: Any, words: Locale, bounds: tuple[float, float] | None, step: str) -> str:
    low, high = _reach(value, bounds)
    called = escape(one_line(plain(words, "page.value", name=board.labels.get(name.name, name.name))))
    text = number_text(value)
    reach = f'min="{low:g}" max="{high:g}" step="{step}"'
    slider = f'<input type="range" id="slide-{name}" data-name="{name}" {reach} value="{text}" aria-label="{called}">'
    entry = f'<input type="text" inputmode="decimal" id="type-{name}" data-name="{name}" value="{text}" size="6" aria-describedby="bad-{name}">'
    bad = f'<span class="bad" id="bad-{name}" role="alert"></span>'
    return f'<div class="control"><label for="type-{name}">{mathml(board.name(name), False)}</label>{slider}{entry}{bad}</div>\n'


def _reach(value: Any, bounds: tuple[float, float] | None) -> tuple[float, float]:
    if bounds is not None and bounds[0] <= value <= bounds[1]:
        return bounds
    reach = max(REACH, ceil(abs(value)))
    return -reach, reach


def number_text(value: Any) -> str:
    """The shortest decimal that stands for the same float."""
    exact = float(Fraction(value))
    return f"{exact:.0f}" if exact == int(exact) and abs(exact) < 1e15 else repr(exact)


def chooser(variables: Sequence[Symbol], board: Board, words: Locale) -> str:
    """The list of variables, one of which is chosen."""
    rows = "".join(_choice(place, one, board) for place, one in enumerate(variables))
    return f'<fieldset class="chooser" hidden><legend>{said(words, "page.choose")}</legend>{rows}</fieldset>'


def _choice(place: int, name: Symbol, board: Board) -> str:
    chosen = " checked" if place == 0 else ""
    return f'<label><input type="radio" name="by" value="{name}"{chosen}><span>{mathml(board.name(name), False)}</span></label>'


def player(words: Locale) -> str:
    """The buttons that play the steps, and where the present step is said."""
    buttons = "".join(f'<button type="button" id="{one}">{said(words, f"page.{one}")}</button>' for one in ("back", "play", "next"))
    return f'<div class="player" role="group" hidden>{buttons}<span id="step" role="status"></span></div>'


def training(words: Locale, rate: Any, samples: Sequence[tuple[str, str]]) -> str:
    """The part of the page that trains: rate, samples, buttons, curve."""
    options = "".join(f'<option value="{value}">{escape(label)}</option>' for value, label in samples)
    fields = (
        f'<label for="rate">{said(words, "page.rate")} <math><mi>α</mi></math></label>'
        f'<input type="text" inputmode="decimal" id="rate" value="{number_text(rate)}" size="6" aria-describedby="bad-rate">'
        f'<span class="bad" id="bad-rate" role="alert"></span>'
        f'<label for="samples">{said(words, "page.samples")}</label><select id="samples">{options}</select>'
    )
    names = {f"train-{one}": f"page.train.{one}" for one in ("step", "run", "reset", "draw")}
    buttons = "".join(f'<button type="button" id="{one}">{said(words, key)}</button>' for one, key in names.items())
    across, up = said(words, "page.train.across"), said(words, "page.train.up")
    curve = (
        f'<svg id="curve" viewBox="0 0 480 150" role="img" aria-label="{said(words, "page.train.curve")}">'
        '<path class="axis" d="M46 8V122H472"/><polyline points=""/>'
        f'<text class="along" x="259" y="142">{across}</text><text class="along" transform="translate(14 65) rotate(-90)">{up}</text>'
        '<text class="most" x="40" y="18"></text><text class="least" x="40" y="122"></text><text class="count" x="472" y="142"></text></svg>'
    )
    status = f'<p id="trained" role="status">{said(words, "page.train.none")}</p>'
    title = f'<h2 id="training">{said(words, "page.training")}</h2>'
    inside = f'{title}<div class="fields">{fields}</div><div class="buttons">{buttons}</div>{curve}{status}'
    return f'<section class="training" aria-labelledby="training" hidden>{inside}</section>'


def said(words: Locale, key: str, **parts: str | int) -> str:
    """A sentence of words alone, escaped."""
    return escape(plain(words, key, **parts))


def plain(words: Locale, key: str, **parts: str | int) -> str:
    """A sentence of words alone."""
    return "".join(_texts(words.say(key, **parts)))


def _texts(parts: Sequence[Inline]) -> Iterator[str]:
    return (part.text for part in parts if isinstance(part, Text))
