"""How a run ends: the document on standard output, one line on standard error, and an exit code.

0: done, and every check holds; 1: a check failed, or the page says Refuted of what it derives; 2: bad usage, refused or
malformed input; 3: the system refused to read or write; 130: interrupted. A bug keeps its traceback.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from numeric.checking import Check, Report

    from ..writers import Page

__all__ = ["CHECK_FAILED", "DONE", "INTERRUPTED", "REFUSED", "SYSTEM", "UNCHECKED", "delivered", "ended", "on_terminal", "said", "verdict"]

DONE, CHECK_FAILED, REFUSED, SYSTEM, INTERRUPTED = 0, 1, 2, 3, 130
UNCHECKED = "nothing was checked"


def ended(run: Callable[[], object]) -> int:
    """The exit code of a run: what it gives where that is a code, else what its error means, which is said in one line."""
    stdout = sys.stdout
    try:
        code = run()
    except click.ClickException as error:
        said(_named(error))
        return REFUSED
    except (click.Abort, KeyboardInterrupt):
        said("explain: interrupted")
        return INTERRUPTED
    except SystemExit as error:
        # Where the reader of a help text has gone, click puts another stdout in place and leaves with 1.
        code = DONE if sys.stdout is not stdout else error.code
    except OSError as error:
        _settle()
        said(f"explain: {f'{error.filename}: ' if error.filename else ''}{error.strerror or error}")
        return SYSTEM
    except ValueError as error:
        from derive.errors import DeriveError

        if not isinstance(error, DeriveError):
            raise
        said(f"explain: {error}")
        return REFUSED
    return code if isinstance(code, int) else DONE


def delivered(page: Page, file: str | None, option: str = "-o") -> None:
    """Write a page to a file, or print it where there is none. A reader who has gone is no error.

    Raises OSError, with the option or "standard output" in it, and DeriveError as ``output.put``.
    """
    from ..output import put

    printed = file in (None, "-")
    place = "standard output" if printed else f"{option} {file}"
    if printed and sys.stdout is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF), place)
    try:
        put(page, file)
    except BrokenPipeError:
        _settle()
    except OSError as error:
        raise OSError(error.errno, error.strerror, place) from None
    for note in page.notes:
        said(note)


def said(line: str) -> None:
    """One line on standard error, if there is one to take it."""
    with suppress(OSError):
        click.echo(line, err=True)


def on_terminal() -> bool:
    """Does somebody watch standard error, so that progress is worth showing?"""
    return sys.stderr is not None and sys.stderr.isatty()


def verdict(reports: Sequence[Report], refuted: bool, kind: str = "step", unchecked: str = UNCHECKED) -> int:
    """Say in one line what the checks found, each fact counted once; the exit code that follows from it.

    refuted: does the page say so of what it derives? kind names what is counted as a step; reports of another kind are
    counted for themselves. unchecked is said where there are none.
    """
    if refuted:
        said("refuted: what the page derives is not the derivative")
    if not reports:
        said(unchecked)
        return CHECK_FAILED if refuted else DONE
    from numeric.checking import Report

    wholes: dict[str, dict[Any, Check]] = {}
    for report in reports:
        wholes.setdefault(kind if report.kind == "step" else report.kind, {}).update(report)
    said("; ".join(Report(checks, counted).summary for counted, checks in wholes.items()))
    return CHECK_FAILED if refuted or any(report.failed for report in reports) else DONE


def _named(error: click.ClickException) -> str:
    """The error in one line, opened by the command that it belongs to; where an argument is missing, how to learn more."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "explain"
    more = f" ({command} --help tells what it takes)" if isinstance(error, click.MissingParameter | click.NoSuchOption) else ""
    return f"{command}: {' '.join(error.format_message().split())}{more}"


def _settle() -> None:
    """Where standard output takes no more, let what still waits go nowhere: Python would complain at its own last flush."""
    try:
        sys.stdout.flush()
    except OSError:
        with open(os.devnull, "wb") as nowhere, suppress(OSError):
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
    except AttributeError:  # there is no standard output
        return
