"""Names that come from a table of the house: refused with the names there are, completed by the shell."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

__all__ = ["Among", "Later"]


class Later(click.ParamType):
    """A name from a table whose module loads sympy: read for the shell's completion, else left to the command."""

    def __init__(self, kind: str, module: str, table: str) -> None:
        self.name, self.module, self.table = kind, module, table

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """What stands for the name in the help."""
        return "NAME"

    def names(self) -> Sequence[str]:
        """The names in the table."""
        return list(getattr(import_module(self.module), self.table))

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The names that start with what is typed so far."""
        return [CompletionItem(name) for name in self.names() if name.startswith(incomplete)]


class Among(Later):
    """A name from a table that is light to load: the help lists the names, and another one is refused at once."""

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """The names, as the help shows them."""
        return f"[{'|'.join(self.names())}]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name itself; click's BadParameter with the names there are for any other."""
        if value not in self.names():
            from derive.errors import UnknownNameError

            self.fail(str(UnknownNameError(self.name, value, self.names())), param, ctx)
        return value
