"""The command line ``explain``: one module a command, which loads sympy only once the command runs.

To add a command: a module here with a click command called ``command``, and a row in ``COMMANDS``. The options
that commands share, and what they become, are in ``options``; how a run ends is in ``endings``.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from .endings import ended

__all__ = ["COMMANDS", "explain", "main"]

COMMANDS: Mapping[str, str] = {
    "gradient": ".gradient",
    "network": ".network",
    "graph": ".graph",
    "rule": ".rule",
    "matrix": ".matrix",
    "activation": ".activation",
    "loss": ".loss",
    "optimizer": ".optimizer",
    "distance": ".distance",
    "claim": ".claim",
    "check": ".check",
    "train": ".train",
    "figure": ".figure",
    "code": ".code",
    "point": ".point",
}


EPILOG = """\b
explain COMMAND --help tells what a command takes, with examples.
The shell completes commands, options and names after
  eval "$(_EXPLAIN_COMPLETE=bash_source explain)"    (or zsh_source)
  _EXPLAIN_COMPLETE=fish_source explain | source"""


class Commands(click.Group):
    """Finds a command in its module, and ends every run with one line and an exit code of this house."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, the main job first."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        return import_module(COMMANDS[cmd_name], __name__).command if cmd_name in COMMANDS else None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first argument names. Raises click's UsageError, with the nearest name, where there is none."""
        if args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            from derive.errors import UnknownNameError

            raise click.UsageError(str(UnknownNameError("command", args[0], COMMANDS)), ctx)
        return super().resolve_command(ctx, args)

    def main(self, args: Sequence[str] | None = None, prog_name: str | None = None, *rest: Any, **extra: Any) -> NoReturn:
        """Run the command line and leave with its exit code, always."""
        run: Callable[..., object] = super().main
        sys.exit(ended(lambda: run(args, prog_name or "explain", *rest, **{**extra, "standalone_mode": False})))


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if not wanted:
        return
    from importlib.metadata import PackageNotFoundError, version

    try:
        click.echo(f"gradnotes {version('gradnotes')}")
    except PackageNotFoundError:
        raise click.ClickException("the version is unknown, since gradnotes is not installed here; pip install . in its folder installs it") from None
    ctx.exit()


@click.group(cls=Commands, invoke_without_command=True, epilog=EPILOG)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print the version and leave.")
@click.pass_context
def explain(ctx: click.Context) -> None:
    """Every gradient derived, explained and checked."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main() -> NoReturn:
    """The command ``explain`` as a process."""
    # Importing sympy makes half a million objects, none of them garbage: looking through them again and again, and once
    # more at the end, takes a quarter of the time of a short run.
    gc.set_threshold(1_000_000, 20, 100)
    try:
        explain.main()
    finally:
        gc.freeze()
