"""What is typed: names that come from a table of the house, and formulas, which may open with a minus sign."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

__all__ = ["FILE", "Among", "GraphName", "Later", "NetworkName", "TakesFormula"]


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


class TakesFormula(click.Command):
    """A command with a formula as its argument: "-x**2" is one, not an option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """What click makes of the arguments, formulas last."""
        takes_value = {name for one in self.params if isinstance(one, click.Option) and not one.is_flag for name in one.opts}
        formulas = [one for before, one in zip(["", *args], args, strict=False) if _is_formula(one) and before not in takes_value]
        others = [one for one in args if one not in formulas]
        return super().parse_args(ctx, [*others, "--", *formulas] if formulas and "--" not in args else args)


def _is_formula(typed: str) -> bool:
    return bool(re.match(r"-[^-].*[*/()= ]", typed))


class NetworkName(click.ParamType):
    """A name in the network that the other options describe: completed by the shell, else left to the command."""

    name = "name"

    def __init__(self, inputs: bool = True) -> None:
        self.inputs = inputs

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The parameters, the inputs where they are meant too, and "all", as far as they start with what is typed."""
        from dataclasses import fields

        from .options import Net

        names: list[str] = []
        with suppress(ValueError, click.ClickException):  # where words are completed there is no place for a message
            network = Net(**{one.name: ctx.params[one.name] for one in fields(Net)}).network()
            names = [one.name for one in (*network.parameters, *(network.inputs if self.inputs else ()))]
        return [CompletionItem(name) for name in (*names, *(["all"] if param.nargs == -1 else [])) if name.startswith(incomplete)]


class GraphName(click.ParamType):
    """A name in the graph that FILE writes: completed by the shell, else left to the command."""

    name = "name"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The names in the file, as far as they start with what is typed; none where the graph comes from standard input."""
        from .graph import read

        # An option that waits for its name keeps click from seeing the arguments.
        source = ctx.params.get("source") or next(iter(ctx.args), None)
        names: list[str] = []
        if source not in (None, "-"):
            with suppress(OSError, ValueError):  # as above
                names = [one.name for one in read(source).order]
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]


class FileName(click.Path):
    """The name of a file. The system says what it refuses, in its own words and with the exit code for that."""

    def __init__(self) -> None:
        super().__init__(readable=False, allow_dash=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The name itself; click's BadParameter where it is empty, as a variable of the shell may be."""
        if value == "":
            self.fail("the name of the file is empty", param, ctx)
        return super().convert(value, param, ctx)


FILE = FileName()
