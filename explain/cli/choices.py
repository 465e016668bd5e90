"""What is typed: options of one value, names from a table of the house, formulas, which may open with a minus sign."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

__all__ = ["FILE", "Among", "GraphName", "Later", "NetworkName", "Once", "TakesFormula"]


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


class Once(click.Option):
    """An option that takes one value unless it is repeatable: a second, other one is refused, where click keeps the last."""

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Let click collect all values, so that none is lost."""
        if self.multiple or self.count:
            super().add_to_parser(parser, ctx)
        elif not self.is_flag:
            parser.add_option(obj=self, opts=self.opts, dest=self.name, action="append", nargs=self.nargs)
        else:
            for names, value in ((self.opts, True), (self.secondary_opts, False)):
                parser.add_option(obj=self, opts=names, dest=self.name, action="append_const", const=value)

    def handle_parse_result(self, ctx: click.Context, opts: Any, args: list[str]) -> tuple[Any, list[str]]:
        """What click makes of the one value. Raises click's UsageError where there are several."""
        typed = opts.get(self.name)
        if isinstance(typed, list) and not (self.multiple or self.count):
            several = list(dict.fromkeys(typed))
            if len(several) > 1 and not ctx.resilient_parsing:  # where words are completed there is no place for a message
                raise click.UsageError(self._twice(several), ctx)
            opts = {**opts, self.name: several[-1]}
        return super().handle_parse_result(ctx, opts, args)

    def _twice(self, values: list[Any]) -> str:
        if self.is_flag:
            return f"{self.opts[0]} and {self.secondary_opts[0]} are both given; choose one"
        said = f"{self.opts[0]} is given twice, with {values[0]!r:.60} and {values[1]!r:.60}; it takes one value"
        is_list = ",…" in (self.metavar or "")
        return f"{said}; write them with commas, {self.opts[0]} {','.join(values):.60}" if is_list else said


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
