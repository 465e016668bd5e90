"""The examples in the help of every command are run, as they stand there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from explain.cli import COMMANDS, explain
from explain.cli.endings import CHECK_FAILED, DONE

SHOP = "total = apple * count\nprice = total * tax\n"
REFUTED = 'claim "sqrt(x**2) = x"'  # what an example shows to be false


def of_help(name: str) -> list[str]:
    """The lines under "Examples:" in the help of a command."""
    text = CliRunner().invoke(explain, [name, "--help"]).stdout
    _, _, shown = text.partition("\n  Examples:\n")
    return [line.strip() for line in shown.splitlines() if line.startswith("    ")]


EXAMPLES = [line for name in COMMANDS for line in of_help(name)]


def run(line: str) -> tuple[Result, Path | None]:
    """What a line does that the shell would run: its input, its output, and the file that it writes."""
    words = shlex.split(line)
    typed = None
    if "|" in words:
        assert words[0] == "echo"
        typed, words = words[1] + "\n", words[words.index("|") + 1 :]
    into = words[words.index(">") + 1] if ">" in words else None
    words = words[: words.index(">")] if into else words
    assert words[0] == "explain"
    done = CliRunner().invoke(explain, words[1:], input=typed)
    if into:
        Path(into).write_bytes(done.stdout_bytes)
    written = into or (words[words.index("-o") + 1] if "-o" in words else None)
    return done, Path(written) if written else None


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_examples_of_its_own(name):
    assert len(of_help(name)) >= 2
    assert all(f"explain {name} " in f"{line} " for line in of_help(name))


@pytest.mark.parametrize("line", EXAMPLES)
def test_an_example_does_what_it_shows(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("shop.txt").write_text(SHOP, "utf-8")
    done, written = run(line)
    assert done.exit_code == (CHECK_FAILED if REFUTED in line else DONE), done.output
    if written is None:
        assert len(done.stdout) > 40
    else:
        assert written.stat().st_size > 40
    assert len(done.stderr.splitlines()) == (0 if line.startswith("explain point") else 1)


@pytest.mark.parametrize("line", [line for line in EXAMPLES if line.endswith(".py")])
def test_source_that_is_written_is_python(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, written = run(line)
    assert written is not None
    compile(written.read_text("utf-8"), written.name, "exec")


def test_no_example_is_wider_than_a_terminal():
    assert [line for line in EXAMPLES if len(line) > 90] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_shared_options_are_the_same_everywhere(name):
    command = explain.get_command(click.Context(explain), name)
    assert command is not None
    texts = {one: {str(option.help) for option in command.params if isinstance(option, click.Option) and one in option.opts} for one in SHARED}
    assert {one: found for one, found in texts.items() if found and not found <= SHARED[one]} == {}


SHARED = {
    "--language": {"Of the words."},
    "--label": {"Words in the place of a name, such as w1=milk. Repeatable."},
    "--precision": {"Decimals; 4 unless the notation says otherwise."},
    "--net": {"Units of each layer, inputs first."},
    "-o": {
        "Write the page to a file instead of standard output.",
        "Write the picture to a file instead of standard output.",
        "Write the values to a file instead of standard output.",
    },
}


def test_the_help_says_how_the_shell_learns_to_complete():
    text = CliRunner().invoke(explain, ["--help"]).stdout
    for line in re.findall(r"_EXPLAIN_COMPLETE=(\w+)_source", text):
        assert line in ("bash", "zsh", "fish")
    assert 'eval "$(_EXPLAIN_COMPLETE=bash_source explain)"' in text


def test_no_help_loads_anything_heavy(python):
    program = (
        "import sys, click; from explain.cli import COMMANDS, explain; context = click.Context(explain); "
        "texts = [explain.get_command(context, name).get_help(context) for name in COMMANDS]; "
        "print(len(texts), {'sympy', 'numpy', 'matplotlib', 'rich'} & set(sys.modules))"
    )
    done = python("-c", program)
    assert done.stdout.strip() == f"{len(COMMANDS)} set()", done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (["claim", "x + x = 2*x"], {"numpy", "matplotlib", "rich"}),
        (["gradient", "w1", "--blank", "--format", "text"], {"numpy", "matplotlib", "rich"}),
        (["code", "--lang", "python"], {"matplotlib", "rich"}),
        (["activation", "tanh"], {"matplotlib", "rich"}),
        (["loss", "huber"], {"numpy", "matplotlib", "rich"}),
        (["optimizer", "adam"], {"matplotlib", "rich"}),
    ],
)
def test_a_command_loads_what_it_needs(python, arguments, unwanted):
    watch = f"print('loaded:', *({unwanted!r} & set(sys.modules)), file=sys.stderr)"
    done = python("-c", f"import sys; from explain.cli import explain\ntry: explain.main(sys.argv[1:])\nfinally: {watch}", *arguments)
    assert done.stderr.splitlines()[-1] == "loaded:", done.stderr
