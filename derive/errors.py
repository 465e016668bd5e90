"""What is raised when something is refused. Every message names the argument, its value and what would work."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["DeriveError", "ParseError", "UndefinedError", "UnknownNameError", "listed"]


class DeriveError(ValueError):
    """Refused input: the message names the argument, its value and what would work."""


class UnknownNameError(DeriveError):
    """A name that is not among those that exist here; the message lists them, offers the nearest and ends with ``more``."""

    def __init__(self, kind: str, name: object, known: Iterable[object], where: str = "", more: str = "") -> None:
        names = [str(one) for one in known]
        # Two letters that share one, such as w9 and w8, are as near as they can be.
        nearest = get_close_matches(str(name), names, n=1, cutoff=0.5 if len(str(name)) < 4 else 0.55)
        hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
        place = where or "there is"
        super().__init__(f"no {kind} {str(name)!r}; {place} {listed(names)}{hint}{more}")


class ParseError(DeriveError):
    """Text that is refused: ``what`` is wrong with ``token``, which stands at ``line`` and ``column`` (both count from 1)."""

    def __init__(self, what: str, line: int, column: int, token: str = "") -> None:
        super().__init__(f"line {line}, column {column}: {what}")
        self.what, self.line, self.column, self.token = what, line, column, token


class UndefinedError(DeriveError):
    """A number was asked for where the expression has none, such as log(0) or 1/0."""


def listed(names: Iterable[object], limit: int = 24) -> str:
    """The names in a line: "a, b and c"; a numbered run of three or more is shortened to its ends ("w1 … w8")."""
    runs: list[list[str]] = []
    for name in map(str, names):
        if runs and _follows(runs[-1][-1], name):
            runs[-1].append(name)
        else:
            runs.append([name])
    shown = [part for run in runs for part in ([f"{run[0]} … {run[-1]}"] if len(run) > 2 else run)]
    if len(shown) > limit:
        shown = [*shown[:limit], f"… ({len(shown) - limit} more)"]
    return " and ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:]))) or "none"


def _follows(before: str, name: str) -> bool:
    stem = name.rstrip("0123456789")
    digits = name[len(stem) :]
    return bool(digits) and before == f"{stem}{int(digits) - 1}"
