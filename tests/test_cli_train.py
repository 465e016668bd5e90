"""explain train: data of every kind, checkpoints, Ctrl-C, and one clear line for everything that is refused."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from processes import COMMAND, PATIENCE, started, until

from derive import Network
from explain.cli import explain
from explain.pages.trainings import Training
from numeric import GD
from numeric.runs.datasets import DataSet


def run(*arguments):
    result = CliRunner().invoke(explain, ["train", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def trained(*arguments):
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def csv(folder, text, name="data.csv"):
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


# ---- data


@pytest.mark.parametrize("name", ["and", "or", "nand"])
def test_gates_are_learnt(name):
    result = run(name, "--net", "2-1", "--optimizer", "adam", "--rate", "0.1", "--steps", "500")
    assert "4 of 4 predictions" in result.stderr


@pytest.mark.parametrize("name", ["moons", "circles", "spirals"])
def test_clouds_are_learnt(name):
    found = trained(
        name, "--net", "2-10-1", "--activation", "tanh", "--optimizer", "adam", "--rate", "0.05", "--steps", "600", "--samples", "60", "--noise", "0.02"
    )
    assert found["loss"] < 0.3 * found["losses"][0]
    assert len(found["predictions"]) == 60


def test_a_line_is_learnt_without_any_option():
    found = trained("line", "--noise", "0", "--optimizer", "adam", "--rate", "0.05")
    assert found["loss"] < 0.01
    assert "output='identity', loss='mse'" in found["network"]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_files_of_text(tmp_path, mark, separator):
    rows = "a,b,c\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n".replace(",", separator)
    found = trained(csv(tmp_path, mark + rows.encode()), "--steps", "50")
    assert found["losses"] == trained("xor", "--steps", "50")["losses"]


def test_files_of_numpy(tmp_path):
    np.save(tmp_path / "data.npy", np.random.default_rng(0).normal(size=(30, 5)))
    found = trained(tmp_path / "data.npy", "--targets", "2", "--steps", "20")
    assert np.shape(found["predictions"]) == (30, 2)
    assert found["network"].startswith("Network(3, 8, 2")


def test_the_decision_is_drawn_beside_the_loss(tmp_path):
    assert run("moons", "--steps", "20", "--samples", "20", "--plot", tmp_path / "a.svg").exit_code == 0
    assert all((tmp_path / name).read_bytes().startswith(b"<?xml") for name in ("a.svg", "a-decision.svg"))
    assert run("line", "--steps", "20", "--plot", tmp_path / "b.svg").exit_code == 0
    assert not (tmp_path / "b-decision.svg").exists()


# ---- how


@pytest.mark.parametrize(
    "options",
    [
        ("--batch", "7", "--optimizer", "nesterov", "--rate", "0.1"),
        ("--schedule", "cosine", "--clip", "0.5"),
        ("--schedule", "step_decay(every=100, factor=0.1)", "--optimizer", "adam(beta1=0.8)"),
        ("--l1", "0.001", "--l2", "0.001", "--dropout", "0.2"),
        ("--l2", "lamda", "--at", "lamda=0.01", "--frozen", "w1"),
        ("--skips", "0:2", "--net", "2-4-2-1"),
    ],
    ids=" ".join,
)
def test_every_option_has_its_effect(options):
    plain, found = (trained("moons", "--samples", "30", "--steps", "250", *more) for more in ((), options))
    assert found["losses"] != plain["losses"]
    assert found["loss"] < found["losses"][0]


def test_a_training_stops_early_and_says_so():
    result = run("moons", "--samples", "40", "--noise", "0.4", "--validation", "0.25", "--patience", "5", "--optimizer", "adam", "--rate", "0.3")
    assert result.exit_code == 0
    assert re.search(r"\d+ steps \(no new least loss in 5 epochs\).*of the rows held out", result.stderr)


# ---- which predictions are right

ONE_HOT = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


@pytest.mark.parametrize(
    ("options", "targets", "predictions", "expected"),
    [
        ({"output": "softmax"}, ONE_HOT, [[0.4, 0.3, 0.3], [0.4, 0.35, 0.25], [0.1, 0.1, 0.8]], ("class", 2, 3)),
        ({"output": "softmax"}, ONE_HOT, [[0.4, 0.4, 0.2], [0.3, 0.4, 0.3], [1 / 3, 1 / 3, 1 / 3]], ("class", 1, 3)),  # a tie is not right
        ({"output": "softmax"}, [[0.8, 0.2, 0], [0, 1, 0], [0, 0, 1]], ONE_HOT, None),  # shares, and no classes
        ({"output": "identity", "loss": "softmax_cross_entropy"}, ONE_HOT, [[-1, -2, -3], [5, 6, 7], [0, 0, 1]], ("class", 2, 3)),
        ({}, ONE_HOT, [[0.2, 0.1, 0.1], [0.9, 0.8, 0.1], [0.6, 0.6, 0.7]], ("class", 2, 3)),
        ({}, [[1, 1, 0], [0, 0, 0], [0, 1, 0]], [[0.6, 0.4, 0.4], [0.5, 0.4, 0.6], [0.1, 0.9, 0.2]], ("side", 6, 9)),  # 1/2 lies on neither side
        ({"output": "hard_sigmoid", "loss": "mse"}, [[1], [0]], [[0.6], [0.6]], ("side", 1, 2)),
        ({"output": "tanh", "loss": "mse"}, [[1], [0]], [[0.9], [0.1]], None),
        ({"output": "identity", "loss": "mse"}, [[1], [0]], [[0.9], [0.1]], None),
        ({"output": "identity", "loss": "mse"}, [[1.5, 2], [0, 1]], [[1.5, 2], [0, 1]], None),
    ],
)
def test_predictions_are_judged_by_class_or_by_side_where_that_can_be_told(options, targets, predictions, expected):
    inputs, net = np.zeros((len(targets), 2)), Network(2, len(targets[0]), **options)
    history: Any = SimpleNamespace(net=net)
    training = Training(history, DataSet("some", inputs, np.array(targets, dtype=float)), GD(), 0)
    training.__dict__["predictions"] = np.array(predictions, dtype=float)
    assert training.right == expected


@pytest.mark.parametrize(("language", "said"), [("en", "samples are classified right: the output of their class is the largest"), ("ko", "옳게 분류되었다")])
def test_a_file_of_classes_is_judged_by_the_largest_output(tmp_path, language, said):
    rows = [(x, y, *ONE_HOT[kind]) for kind, (x, y) in enumerate([(0, 0), (1, 0), (0, 1)]) for _ in range(4)]
    file = tmp_path / "classes.csv"
    file.write_text("".join(",".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
    how = (file, "--targets", "3", "--net", "2-3", "--output", "softmax", "--loss", "categorical_cross_entropy", "--steps", "3")
    largest = np.argmax(trained(*how)["predictions"], axis=1)
    right = int((largest == np.repeat([0, 1, 2], 4)).sum())
    result = run(*map(str, how), "--language", language)
    assert f"{right} of 12 samples classified right, by the largest output" in result.stderr
    assert said in " ".join(result.stdout.split())
    assert "1/2" not in result.stdout


# ---- checkpoints and Ctrl-C


def test_a_training_is_taken_up_bit_for_bit(tmp_path):
    how = ("moons", "--batch", "7", "--optimizer", "adam", "--dropout", "0.2", "--schedule", "exponential")
    whole = trained(*how, "--steps", "60")
    trained(*how, "--steps", "25", "--checkpoint", tmp_path / "run.npz")
    assert trained(*how, "--steps", "60", "--resume", tmp_path / "run.npz") == whole


def test_ctrl_c_finishes_the_step_and_keeps_everything(tmp_path):
    kept = tmp_path / "run.npz"
    command = (*COMMAND, "train", "moons", "--batch", "7", "--steps", "9000000", "--checkpoint", str(kept), "--every", "100")
    with started(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        until(kept.exists)
        process.send_signal(signal.SIGINT)
        page, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "predictions lie on the right side" in page
    (steps,) = map(int, re.findall(r"interrupted after (\d+) steps", said))
    assert f"--resume {kept} goes on from there" in said
    found = trained("moons", "--batch", "7", "--steps", steps + 10, "--resume", kept)
    assert found["losses"] == trained("moons", "--batch", "7", "--steps", steps + 10)["losses"]


# ---- what is refused


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1,2,0\n3,,1\n", "line 2, column 2: the entry is empty"),
        ("a,b,c\n1,2,0\n3,x,1\n", "line 3, column 2: the entry is 'x'"),
        ("1,2,0\n3,1\n", "line 2: it has 2 columns, the first line has 3"),
        ("1,2,nan\n", "line 1, column 3"),
        (b"1,\xff\n", "is not UTF-8: byte 2 is 0xff"),
        ("", "has no rows of numbers"),
        ("1\n2\n", "has 1 columns; with targets=1 it needs at least 2"),
    ],
)
def test_files_that_are_damaged(tmp_path, text, said):
    result = run(csv(tmp_path, text))
    assert result.exit_code == 2
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_file_that_is_too_large(tmp_path):
    with open(tmp_path / "data.csv", "wb") as file:
        file.truncate((256 << 20) + 1)
    result = run(tmp_path / "data.csv")
    assert result.exit_code == 2
    assert "has more than 256 MiB" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ("moon", 2, "did you mean 'moons'"),
        ("xor --noise 1", 2, "--noise says nothing about xor"),
        ("moons --noise -1", 2, "noise=-1.0 is not a number of at least 0"),
        ("moons --targets 2", 2, "it is for a FILE"),
        ("nowhere.csv", 3, "nowhere.csv: No such file"),
        (". --steps 3", 3, "this is a folder"),
        ("xor --schedule step_decay", 2, "step_decay needs its every"),
        ("xor --schedule cosin", 2, "did you mean 'cosine'"),
        ("xor --schedule warmup(steps=a)", 2, "steps=a is no whole number"),
        ("xor --schedule warmup(step=3)", 2, "no number 'step'"),
        ("xor --optimizer adam(beta1=1)", 2, "beta1=1.0 of Adam"),
        ("xor --validation 0.1", 2, "both parts need at least one"),
        ("xor --clip 0", 2, "clip=0.0 is not a positive number"),
        ("xor --checkpoint nowhere/run.npz", 3, "--checkpoint nowhere/run.npz: No such file"),
        ("xor --checkpoint .", 3, "this is a folder"),
        ("xor --resume nowhere.npz", 3, "nowhere.npz: No such file"),
        ("xor --rate 0", 2, "--rate: rate=0.0"),
        ("line --loss cross_entropy --output sigmoid", 2, "targets["),
    ],
)
def test_one_clear_line(arguments, code, said):
    result = run(*arguments.split())
    assert result.exit_code == code, result.output
    assert said in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_another_training_is_not_taken_up(tmp_path):
    kept = tmp_path / "run.npz"
    trained("moons", "--batch", "7", "--steps", "5", "--checkpoint", kept)
    for more, said in (
        (("--batch", "8"), "was made with batch=7"),
        (("--batch", "7", "--seed", "1"), "resume="),
        (("--net", "2-3-1", "--batch", "7"), "was made with net="),
    ):
        result = run("moons", "--steps", "9", "--resume", kept, *more)
        assert result.exit_code == 2
        assert said in result.stderr
    kept.write_bytes(kept.read_bytes()[:-200])
    assert "is no checkpoint, or was cut short" in run("moons", "--resume", kept).stderr


@pytest.mark.parametrize(
    ("typed", "said"),
    [("--optimizer sgd", "Each step sees 1 of the 4 samples"), ("--batch 3", "Each step sees 3 of the 4 samples"), ("--batch 9", ""), ("", "")],
)
def test_the_page_says_how_many_samples_a_step_sees(typed, said):
    done = CliRunner().invoke(explain, ["train", "xor", "--steps", "4", *typed.split()])
    assert done.exit_code == 0, done.output
    assert said in done.stdout if said else "Each step sees" not in done.stdout
