"""The command line: what it prints where, its exit codes, and one clear line for whatever is refused."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from processes import COMMAND, PATIENCE, ROOT, started, terminal, until

from derive.activations import ACTIVATIONS
from derive.losses import LOSSES
from explain.cli import COMMANDS, explain
from explain.cli.endings import CHECK_FAILED, DONE, INTERRUPTED, REFUSED, SYSTEM
from explain.locales import LANGUAGES
from explain.writers import SUFFIXES, WRITERS
from numeric import Report
from numeric.reports import AGREES, WRONG, Check

unix = pytest.mark.skipif(sys.platform == "win32", reason="terminals and signals are those of Unix here")
PIPES: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}


def run(*arguments: str, input: str | bytes | None = None) -> Result:
    return CliRunner().invoke(explain, list(arguments), input=input)


def good(*arguments: str, input: str | None = None) -> Result:
    done = run(*arguments, input=input)
    assert done.exit_code == DONE, done.output
    return done


# ---- gradient


def test_the_document_is_on_standard_output_and_one_line_on_standard_error():
    done = good("gradient", "w1")
    assert r"\frac{\partial" in done.stdout
    assert "0.0409" in done.stdout
    assert re.fullmatch(r"(\d+) of \1 steps agree with central differences \(largest error \S+, bound \S+\)\n", done.stderr)


@pytest.mark.parametrize("format", [one for one in WRITERS if one not in ("pdf",)])
def test_every_format_is_printed(format):
    assert "0.04" in good("gradient", "w1", "--format", format).stdout


@pytest.mark.parametrize(("suffix", "format"), [pytest.param(*one, marks=pytest.mark.pdf if one[1] == "pdf" else ()) for one in SUFFIXES.items()])
def test_the_suffix_picks_the_format(tmp_path, suffix, format):
    path = tmp_path / f"page{suffix}"
    done = good("gradient", "w1", "-o", str(path))
    assert done.stdout == ""
    alone = good("gradient", "w1", "--format", format, "-o", str(tmp_path / "other.page"))
    assert alone.stdout == ""
    assert path.read_bytes()
    assert path.read_bytes() == (tmp_path / "other.page").read_bytes()


def test_several_names_share_a_page_and_all_means_every_parameter():
    record = json.loads(good("gradient", "w5", "i1", "w5", "--format", "json").stdout)
    assert [one["claim"]["wrt"] for one in record["derivations"]] == ["w5", "i1"]
    everything = json.loads(good("gradient", "all", "--format", "json").stdout)
    assert [one["claim"]["wrt"] for one in everything["derivations"]] == ["w1", "w2", "w3", "w4", "b1", "b2", "w5", "w6", "w7", "w8", "b3", "b4"]


def test_the_options_reach_the_network():
    options = ["--net", "3-2-1", "--activation", "tanh", "--loss", "squared_error", "--output", "identity", "--numbering", "by-target", "--biases", "per-layer"]
    record = json.loads(good("gradient", "w2", "--format", "json", *options).stdout)
    text = json.dumps(record["graph"])
    assert "i3" in text
    assert "tanh" in text
    assert "sigmoid" not in text
    assert "b3" not in text


def test_every_hidden_layer_may_have_its_own_activation():
    text = good("gradient", "w1", "--net", "2-2-2-1", "--activation", "tanh,relu", "--format", "json").stdout
    assert "tanh" in text
    assert "relu" in text


def test_no_check_says_so():
    done = good("gradient", "w1", "--no-check")
    assert done.stderr == "nothing was checked\n"
    assert "Checked" not in done.stdout


def test_labels_precision_and_language_reach_the_page():
    text = good("gradient", "w1", "--label", "w1=우유", "--precision", "6", "--format", "text").stdout
    assert "우유" in text
    assert "0.040916" in text
    if "ko" in LANGUAGES:
        assert "연쇄" in good("gradient", "w1", "--language", "ko", "--format", "text").stdout


def test_ascii_keeps_to_ascii():
    assert good("gradient", "w1", "--format", "text", "--ascii").stdout.isascii()


def test_words_without_ascii_are_refused_where_only_ascii_is_wanted():
    done = run("gradient", "w1", "--format", "text", "--ascii", "--language", "ko")
    assert (done.exit_code, done.stdout) == (REFUSED, "")
    assert "--ascii has no letters for --language ko" in done.stderr
    assert run("gradient", "w1", "--format", "html", "--ascii", "--language", "ko").exit_code == DONE


def test_an_interactive_page_has_no_fractions():
    done = run("gradient", "w1", "--interactive", "--exact", "--format", "html")
    assert (done.exit_code, done.stdout) == (REFUSED, "")
    assert "--interactive and --exact do not go together" in done.stderr


def test_the_page_is_the_same_every_time():
    assert good("gradient", "all").stdout == good("gradient", "all").stdout


# ---- the point


def test_the_point_is_printed_and_replaced():
    record = json.loads(good("gradient", "w1", "--at", "w1=1/3", "--at", "b1=-2,i1=0.25", "--format", "json").stdout)
    (sample,) = record["samples"]
    assert (sample["w1"], sample["b1"], sample["i1"], sample["w2"]) == ("1/3", -2, "1/4", "1/5")


def test_a_file_is_read_overridden_and_written_again(tmp_path):
    path = tmp_path / "point.toml"
    good("point", "--seed", "7", "-o", str(path))
    again = good("point", "--at", str(path), "--at", "w1=0.125").stdout
    before, after = tomllib.loads(path.read_text("utf-8")), tomllib.loads(again)
    assert after["weights"].pop("w1") == 0.125
    assert before["weights"].pop("w1") != 0.125
    assert after == before


@pytest.mark.parametrize("suffix", ["toml", "json"])
def test_a_point_goes_round_through_a_file_and_standard_input(tmp_path, suffix):
    path = tmp_path / f"point.{suffix}"
    good("point", "-o", str(path))
    assert good("point", "--at", str(path), "--format", suffix).stdout == path.read_text("utf-8")
    assert good("point", "--at", "-", "--format", suffix, input=path.read_text("utf-8")).stdout == path.read_text("utf-8")


def test_samples_are_shown_with_their_mean(tmp_path):
    one = tomllib.loads(good("point").stdout)
    samples = [{"inputs": {"i1": 0, "i2": 1}, "targets": one["targets"]}, {"inputs": one["inputs"], "targets": one["targets"]}]
    path = tmp_path / "samples.json"
    path.write_text(json.dumps({"weights": one["weights"], "biases": one["biases"], "samples": samples}), "utf-8")
    assert "mean" in good("gradient", "w2", "--at", str(path), "--format", "text").stdout
    assert tomllib.loads(good("point", "--at", str(path)).stdout)["samples"] == samples


def test_a_seed_draws_the_same_point_every_time():
    assert good("gradient", "w1", "--seed", "4").stdout == good("gradient", "w1", "--seed", "4").stdout != good("gradient", "w1", "--seed", "5").stdout


# ---- check and train


def test_check_sets_every_gradient_beside_its_difference():
    done = good("check")
    assert len(re.findall(r"∂Loss/∂\S+ .* agrees$", done.stdout, re.MULTILINE)) == 12
    assert done.stderr.startswith("12 of 12 gradients agree with central differences")


def test_check_at_many_points_shows_the_worst_of_each():
    done = good("check", "w1", "b4", "--points", "7", "--seed", "3", "--format", "json")
    rows = json.loads(done.stdout)["gradients"]
    assert [(one["wrt"], one["point"]) for one in rows] == [(name, place) for place in range(1, 8) for name in ("w1", "b4")]
    assert {one["verdict"] for one in rows} == {AGREES}
    assert "agrees (7)" in good("check", "w1", "--points", "7").stdout


def test_a_failed_check_is_exit_code_1(monkeypatch):
    import explain.pages.surveys

    def wrong(derivation, at, **options):
        return Report({step.claim: Check(step.claim, 1.0, 1.0, 2.0, 1e-3, 1.0, 1e-9, WRONG) for step in derivation.steps})

    monkeypatch.setattr(explain.pages.surveys, "check", wrong)
    done = run("check")
    assert done.exit_code == CHECK_FAILED
    assert "wrong" in done.stderr.splitlines()[-1]
    assert "wrong" in done.stdout


def test_training_learns_xor_by_default(tmp_path):
    plot = tmp_path / "loss.svg"
    done = good("train", "xor", "--format", "json", "--plot", str(plot))
    record = json.loads(done.stdout)
    assert [round(one) for (one,) in record["predictions"]] == [0, 1, 1, 0]
    assert record["loss"] < 0.02 < record["losses"][0]
    assert "4 of 4" in done.stderr
    assert plot.read_text("utf-8").lstrip().startswith("<?xml")


def test_a_training_tells_the_schedule_of_its_rate():
    text = " ".join(good("train", "and", "--steps", "9", "--schedule", "step_decay(every=3)").stdout.split())
    assert "and α changes from step to step by the schedule step_decay(every=3)." in text


def test_training_shows_its_predictions():
    text = good("train", "and", "--steps", "50", "--net", "2-1", "--optimizer", "adam", "--rate", "0.1").stdout
    assert "Here α = 0.1, β₁ = 0.9, β₂ = 0.999" in text
    assert "out_o1" in text


# ---- refusals


REFUSALS = {
    "gradient": "Missing argument",
    "gradient w9": "no parameter 'w9'; this network has w1 … w8 and b1 … b4; did you mean 'w8'",
    "gradint w1": "no command 'gradint'.*did you mean 'gradient'",
    "gradient w1 --sed 3": "--sed",
    "gradient w1 --format latx": "--format.*'latx'.*did you mean 'latex'",
    "gradient w1 --language kr": "--language.*'kr'; there is en",
    "gradient w1 --activation sigmod": "activation='sigmod'.*did you mean 'sigmoid'",
    "gradient w1 --activation tanh,relu": "names 2 layers",
    "gradient w1 --output all.tex": "--output.*-o all.tex",
    "gradient w1 --output identity": "needs predictions between 0 and 1",
    "gradient w1 --loss cross_entrpy": "loss='cross_entrpy'.*did you mean 'cross_entropy'",
    "gradient w1 --numbering by-sorce": "no numbering 'by-sorce'.*did you mean 'by-source'",
    "gradient w1 --biases no": "no biases 'no'; there is per-neuron, per-layer and none",
    "gradient w1 --notation net": "no notation 'net'",
    "gradient w1 --detail ful": "no detail 'ful'.*did you mean 'full'",
    "gradient w1 --precision 99": "--precision.*99",
    "gradient w1 --precision four": "--precision.*'four'",
    "gradient w1 --net 2-x": "--net.*'2-x'.*such as 2-2-2",
    "gradient w1 --net 2": "--net.*'2'",
    "gradient w1 --net 2-0-1": "--net.*'2-0-1'",
    "gradient w1 --net 9999-9999": "--net.*at most",
    "gradient w1 --seed -1": "--seed",
    "gradient w1 --label w1": "--label.*'w1' is no NAME=TEXT",
    "gradient w1 --label w99=x": "--label: no node 'w99'",
    "gradient w1 --label w1=a --label w1=b": "--label.*two labels, 'a' and 'b'",
    "gradient w1 --at w11=2": "--at w11=2: no value 'w11'.*did you mean 'w1'",
    "gradient w1 --at w1=nan": "--at w1=nan: w1 = 'nan'",
    "gradient w1 --at w1=1e400": "--at w1=1e400: .*larger than any float",
    "gradient w1 --at w1=inf": "--at w1=inf: w1 = 'inf'",
    "gradient w1 --at w1=0,5": "'5' is no name=value",
    "gradient w1 --at net_h1=1": "net_h1 is computed",
    "gradient w1 --at - --at -": "choose one",
    "gradient w1 --at - --seed 1": "--at - and --seed 1 each give all values",
    "gradient w1 -o page.docx": "-o page.docx: no format for the suffix '.docx'",
    "check w99": "no parameter 'w99'",
    "check --points 0": "--points",
    "check --points 3 --at w1=1": "--points draws all values",
    "point --format yaml": "'yaml'; there is toml and json",
    "point -o point.yaml": "-o point.yaml: .*'yaml'; there is toml and json",
    "train xr": "no data 'xr'.*did you mean 'xor'",
    "train xor --net 2-2-2": "--net.*2-2-2 does not fit xor.*2-2-1",
    "train xor --optimizer adm": "no optimizer 'adm'.*did you mean 'adam'",
    "train xor --rate -1": "--rate: rate=-1.0",
    "train xor --rate nan": "--rate: rate=nan",
    "train xor --steps 0": "--steps",
    "train xor --plot loss.gif": "--plot loss.gif: no picture format 'gif'",
}  # fmt: skip


@pytest.mark.parametrize("line", REFUSALS)
def test_bad_usage_is_one_line_and_exit_code_2(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run(*line.split())
    assert done.exit_code == REFUSED, done.output
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("explain")
    assert re.search(REFUSALS[line], done.stderr), done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_training_that_diverges_says_so():
    done = run("train", "xor", "--output", "identity", "--loss", "squared_error", "--activation", "relu", "--rate", "1e6")
    assert done.exit_code == REFUSED
    assert "a smaller rate may help" in done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("w1 = 1", "there is no value for i1"),
        ("[weights\n", "malformed TOML: .* column"),
        ('{"w1": }', "malformed JSON: .*line 1 column"),
        ("\0", "malformed TOML"),
    ],
)
def test_a_bad_file_is_named_in_the_message(tmp_path, text, said):
    path = tmp_path / "point"
    path.write_text(text, "utf-8")
    for source, piped in ((str(path), None), ("-", text)):
        done = run("gradient", "w1", "--at", source, input=piped)
        assert done.exit_code == REFUSED
        assert re.match(rf"explain: --at {re.escape(source)}: {said}", done.stderr)
        assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("gradient w1 --at missing.toml", "--at missing.toml: No such file.*name=value"),
        ("gradient w1 --at .", "--at .: Is a directory"),
        ("gradient w1 -o nowhere/page.tex", "-o nowhere/page.tex: No such file"),
        ("gradient w1 --format text -o .", "-o .: Is a directory"),
        ("point -o nowhere/point.toml", "-o nowhere/point.toml: No such file"),
        ("train xor --steps 3 --plot nowhere/loss.png", "--plot nowhere/loss.png: No such file"),
    ],
)
def test_what_the_system_refuses_is_one_line_and_exit_code_3(line, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = run(*line.split())
    assert done.exit_code == SYSTEM
    assert done.stdout == ""
    assert re.match(f"explain: {said}", done.stderr)
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_page_that_may_not_be_written_leaves_the_old_one(tmp_path):
    path = tmp_path / "page.tex"
    path.write_text("old", "utf-8")
    path.chmod(0o400)
    assert run("gradient", "w1", "-o", str(path)).exit_code == SYSTEM
    assert path.read_text("utf-8") == "old"


def test_a_bug_keeps_its_traceback(monkeypatch):
    import explain.narrate

    def broken(*_, **__):
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(explain.narrate, "lecture_with_reports", broken)
    assert isinstance(run("gradient", "w1").exception, ZeroDivisionError)


# ---- help, version, completion


def test_without_a_command_the_help_is_printed():
    assert good().stdout == good("--help").stdout
    assert all(name in good("--help").stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_a_short_one(name):
    assert "Usage: explain" in good(name, "--help").stdout
    command = explain.get_command(click.Context(explain), name)
    assert command is not None
    assert command.name == name
    assert command.get_short_help_str().endswith(".")


def test_the_help_lists_the_names_of_light_tables():
    text = good("gradient", "--help").stdout
    assert f"[{'|'.join(WRITERS)}]" in text
    assert f"[{'|'.join(LANGUAGES)}]" in text


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("explain gra", ["gradient", "graph"]),
        ("explain gradient w1 --activation ", list(ACTIVATIONS)),
        ("explain gradient w1 --loss cross", [one for one in LOSSES if one.startswith("cross")]),
        ("explain gradient w1 --format la", ["latex"]),
        ("explain train x", ["xor"]),
        ("explain gradient --net 2-1-1 b", ["b1", "b2"]),
        ("explain claim --gradient i", ["i1", "i2"]),
        ("explain activation hard_", ["hard_sigmoid", "hard_tanh"]),
        ("explain figure desc", ["descent"]),
        ("explain code --lang p", ["python"]),
    ],
)
def test_the_shell_completes_names(python, words, expected):
    place = len(words.split()) - (not words.endswith(" "))
    done = python("-m", "explain", _EXPLAIN_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(place))
    assert [line.partition(",")[2] for line in done.stdout.split()] == expected


# ---- as a process


def test_a_module_and_a_command_are_the_same(python):
    done = python("-m", "explain", "gradient", "w1", "--format", "text")
    assert done.returncode == DONE
    assert done.stdout == good("gradient", "w1", "--format", "text").stdout


@pytest.mark.parametrize(("arguments", "code"), [(["check", "w1"], DONE), (["gradient", "w9"], REFUSED), (["gradient", "w1", "--at", "missing.toml"], SYSTEM)])
def test_exit_codes_reach_the_shell(python, arguments, code):
    done = python("-m", "explain", *arguments)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_reader_who_goes_is_no_error():
    with started(*COMMAND, "gradient", "all", **PIPES) as process:
        assert process.stdout is not None
        process.stdout.close()
        process.stdout = None
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == DONE
    assert re.fullmatch(r"\d+ of \d+ steps agree.*\n", said.decode())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("arguments", [["gradient", "w1"], ["--help"]])
def test_a_full_disk_is_exit_code_3(arguments):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*COMMAND, *arguments], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, timeout=PATIENCE, check=False)
    assert done.returncode == SYSTEM
    assert done.stderr.decode().count("\n") == 1


@unix
def test_a_training_that_is_interrupted_shows_what_it_has_come_to(tmp_path):
    kept = tmp_path / "run.npz"
    with started(*COMMAND, "train", "xor", "--steps", "5000000", "--checkpoint", str(kept), **PIPES) as process:
        until(kept.exists)
        process.send_signal(signal.SIGINT)
        out, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == INTERRUPTED
    assert "The mean loss is" in out.decode()
    assert re.match(r"interrupted after \d+ steps", said.decode())


def test_an_interrupt_is_exit_code_130(monkeypatch):
    import explain.narrate

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(explain.narrate, "lecture_with_reports", interrupted)
    done = run("gradient", "w1")
    assert done.exit_code == INTERRUPTED
    assert (done.stdout, done.stderr.strip()) == ("", "explain: interrupted")


def test_an_interrupt_is_quiet_while_the_command_line_is_loaded(tmp_path):
    (tmp_path / "click.py").write_text("raise KeyboardInterrupt", encoding="utf-8")
    surroundings = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([*COMMAND, "gradient", "w1"], cwd=ROOT, capture_output=True, env=surroundings, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (INTERRUPTED, b"", b"explain: interrupted\n")


def test_pages_are_utf_8_whatever_the_locale_says():
    surroundings = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*COMMAND, "gradient", "w1", "--format", "text"], cwd=ROOT, capture_output=True, env=surroundings, timeout=PATIENCE, check=False)
    assert done.returncode == DONE
    assert "∂" in done.stdout.decode("utf-8")


def on_terminal(arguments: list[str], **env: str) -> tuple[str, str]:
    """Standard output, and what a terminal at standard error is sent."""
    surroundings = {**os.environ, "TERM": "xterm-256color", **env}
    with terminal(*COMMAND, *arguments, on=("stderr",), stdout=subprocess.PIPE, env=surroundings) as (screen, process):
        shown = screen.shown()
        out, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == DONE
    return out.decode(), shown


@unix
def test_progress_is_shown_on_a_terminal_only(python):
    arguments = ["train", "xor", "--steps", "1500"]
    out, shown = on_terminal(arguments)
    done = python("-m", "explain", *arguments)
    assert "loss" in shown.splitlines()[0] or "training" in shown
    assert "\x1b[" in shown
    assert "\x1b[3" in shown
    assert out == done.stdout
    assert "\x1b" not in done.stderr + done.stdout
    _, plain = on_terminal(arguments, NO_COLOR="1")
    assert "\x1b[3" not in plain.replace("\x1b[?", "")


@pytest.mark.parametrize("line", ["activation swish", "loss softmax_cross_entropy", "optimizer adam", "matrix W1", "rule tanh(z) --wrt z", "network"])
def test_what_the_command_line_promises_by_name_is_there(line):
    assert CliRunner().invoke(explain, line.split()).exit_code == DONE
