"""Notebooks: how derivations, reports, trainings, pages and pictures are shown after ``%load_ext explain``.

What is shown is Markdown with formulas and pictures in it, which Jupyter sets itself. The records of derive and
numeric know nothing of it; nothing is loaded before something is shown.

To show another kind: a function that gives Markdown and a row in ``SHOWN``.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derive.steps import Derivation
    from numeric.reports import Report
    from numeric.training import History

    from .document import Document, Figure, Inline

__all__ = ["SHOWN", "derivation", "document", "figure", "history", "load", "report", "unload"]

MIME = "text/markdown"


def load(ipython: Any) -> None:
    """Tell IPython how to show what this house makes."""
    formatter = ipython.display_formatter.formatters[MIME]
    for (module, name), shown in SHOWN.items():
        formatter.for_type_by_name(module, name, shown)


def unload(ipython: Any) -> None:
    """Let IPython forget it."""
    formatter = ipython.display_formatter.formatters[MIME]
    for module, name in SHOWN:
        formatter.pop(f"{module}.{name}", None)


def document(page: Document) -> str:
    """A whole page, its pictures within it."""
    from .writers import write

    written = write(page, "markdown")
    text = str(written.main)
    for name, data in written.companions.items():
        text = text.replace(f"]({name})", f"](data:image/svg+xml;base64,{b64encode(data).decode()})")
    return text


def derivation(one: Derivation) -> str:
    """The chain rule and the closed form; of one expression what the rules make of it."""
    from .lessons.chaining import chain_rule
    from .lessons.closing import together
    from .lessons.lesson import Lesson
    from .locales import locale
    from .notation import board_of
    from .pages.rules import is_by_rules, of_functions, rules

    lesson = Lesson(one, board_of(one.graph), locale("en"), detail="brief")
    return _page([*rules(of_functions(lesson))] if is_by_rules(lesson) else [*chain_rule(lesson), *together(lesson)])


def report(found: Report) -> str:
    """Every fact beside its central difference, and what the check says as a whole."""
    from derive.steps import Local, Total

    from .boards.quantities import distance, small_number, twelve_decimals
    from .document import Math, Paragraph, Table, Text
    from .locales import locale
    from .notation import Board

    words, board = locale("en"), Board()

    def claim(one: Any) -> Inline:
        return Math(board.claim(one)) if isinstance(one, Local | Total) else Text(str(one))

    head = tuple(words.say(f"table.{key}") for key in ("step", "value", "difference", "error", "bound", "verdict"))
    rows = tuple(
        (
            (claim(one.claim),),
            *((Math(number),) for number in (twelve_decimals(one.printed), twelve_decimals(one.difference))),
            distance(one),
            (Math(small_number(one.bound)),),
            words.say(f"verdict.{one.verdict}"),
        )
        for one in found.values()
    )
    return _page([Table(head, rows, "lrrrrl"), Paragraph((Text(found.summary),))])


def history(run: History) -> str:
    """The curve of the losses, and how the training ended."""
    from .document import Paragraph, Text
    from .figures.curves import losses

    said = f"{run.steps} steps: loss {run.losses[0]:.4g} → {run.losses[-1]:.4g}" if run.losses else "0 steps"
    ended = f"; {run.stopped}" if run.stopped else ""
    return _page([*([losses(run.losses)] if run.losses else []), Paragraph((Text(said + ended),))])


def figure(picture: Figure) -> str:
    """A picture with its caption."""
    return _page([picture])


def _page(blocks: list[Any]) -> str:
    from .document import Document

    return document(Document((), "en", tuple(blocks)))


# Where each kind is at home, and how it is shown.
SHOWN: Mapping[tuple[str, str], Callable[[Any], str]] = {
    ("derive.steps", "Derivation"): derivation,
    ("numeric.reports", "Report"): report,
    ("numeric.runs.progress", "History"): history,
    ("explain.document", "Document"): document,
    ("explain.document", "Figure"): figure,
}
