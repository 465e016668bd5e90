"""A page as an exercise: ``--hints`` one step at a time, ``--blank`` as a sheet with the answers at its end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import click

from .endings import delivered
from .options import Sheet, option

if TYPE_CHECKING:
    from ..document import Document

__all__ = ["deliver", "exercise_options"]


def exercise_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The arguments ``hints`` and ``blank``."""
    hints = option("--hints", is_flag=True, help="Ask step by step, each with a hint; a text page on a terminal waits for Enter.")
    return hints(option("--blank", is_flag=True, help="Leave the steps out as an exercise, the answers at the end.")(command))


def deliver(document: Document, sheet: Sheet, hints: bool, blank: bool) -> None:
    """Write the page as it was asked for. Raises click's UsageError where both are asked for, DeriveError and OSError as ``Sheet.deliver``."""
    if hints and blank:
        raise click.UsageError("--hints and --blank are two exercises; choose one")
    if not (hints or blank):
        sheet.deliver(document)
        return
    from .. import exercises

    made = exercises.hints(document) if hints else exercises.blank(document)
    if hints and sheet.form() == "text" and not sheet.to_file and _somebody_is_there():
        _step_by_step(exercises.stages(made), sheet)
    else:
        sheet.deliver(made)


def _somebody_is_there() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _step_by_step(stages: list[Document], sheet: Sheet) -> None:
    """Print what each stage adds, and wait for Enter in between; after the end of standard input nothing waits."""
    from ..writers import Page

    asked = True
    for place, text in enumerate(_additions(stages, sheet)):
        asked = asked and (place == 0 or _enter())
        delivered(Page(text), None)


def _additions(stages: list[Document], sheet: Sheet) -> Iterator[str]:
    shown = ""
    for stage in stages:
        whole = str(sheet.page(stage).main)
        yield whole.removeprefix(shown.rstrip("\n")).lstrip("\n") if shown else whole
        shown = whole


def _enter() -> bool:
    """Wait for a line on standard input; False where it has ended."""
    return bool(sys.stdin.readline())
