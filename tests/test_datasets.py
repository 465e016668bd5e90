"""Data sets: clouds by seed, and files with every kind of damage named by line and column."""

from __future__ import annotations

import numpy as np
import pytest

from derive import DeriveError, Network
from numeric import Adam, train
from numeric.runs.datasets import CLOUDS, dataset, read


@pytest.mark.parametrize("name", CLOUDS)
def test_the_same_seed_gives_the_same_cloud(name):
    first, second, other = (dataset(name, 31, 0.1, seed) for seed in (0, 0, 1))
    assert (first.inputs == second.inputs).all()
    assert (first.targets == second.targets).all()
    assert (first.inputs != other.inputs).any()
    assert len(first.inputs) == len(first.targets) == 31


@pytest.mark.parametrize(
    ("name", "equation"),
    [
        ("circles", lambda x, t: np.hypot(*x.T) - (1 - t / 2)),
        ("moons", lambda x, t: np.hypot(x[:, 0] - t, x[:, 1] - t / 2) - 1),
        ("spirals", lambda x, t: np.sin(np.arctan2(x[:, 1], x[:, 0]) - 2 * np.pi * np.hypot(*x.T) - np.pi * t)),
        ("line", lambda x, t: t - 2 * x[:, 0] - 1),
    ],
)
def test_clouds_without_noise_lie_on_their_curves(name, equation):
    cloud = dataset(name, 50, noise=0)
    assert equation(cloud.inputs, cloud.targets[:, 0]) == pytest.approx(np.zeros(50), abs=1e-12)
    assert name == "line" or set(cloud.targets[:, 0]) == {0, 1}


def test_moons_are_learnt():
    moons = dataset("moons", 100, 0.05)
    history = train(Network(2, 8, 1, activation="tanh"), moons.inputs, moons.targets, Adam(0.1), steps=400)
    assert history.losses[-1] < 0.05


def test_gates_are_there_too():
    assert dataset("xor").targets.ravel().tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("words", "arguments"),
    [
        ("did you mean 'moons'", {"name": "moon"}),
        ("samples=0 is no whole number", {"name": "moons", "samples": 0}),
        ("noise=-1 is not a number", {"name": "moons", "noise": -1}),
        ("seed=0.5 is no whole number", {"name": "moons", "seed": 0.5}),
    ],
)
def test_refusals(words, arguments):
    with pytest.raises(DeriveError, match=words):
        dataset(**arguments)


# ---- files


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("0,0,1\n0.5,1e-3,-2\n", ()),
        ("a,b,t\n0,0,1\n0.5,1e-3,-2", ("a", "b", "t")),
        ("a;b;t\r\n0;0;1\r\n\r\n0.5;1e-3;-2\r\n", ("a", "b", "t")),
        ("\ufeffa\tb\tt\n0\t0\t1\n0.5\t1e-3\t-2\n\n", ("a", "b", "t")),
        ('"x, y",b,t\n"0", 0 ,1\n0.5,0.001,-2', ("x, y", "b", "t")),
        ("가,나,다\n0,0,1\n0.5,1e-3,-2", ("가", "나", "다")),
    ],
)
def test_tables_as_people_write_them(tmp_path, text, names):
    (tmp_path / "a.csv").write_bytes(text.encode())
    found = read(tmp_path / "a.csv")
    assert found.columns == names
    assert found.inputs.tolist() == [[0, 0], [0.5, 1e-3]]
    assert found.targets.tolist() == [[1], [-2]]


def test_arrays_and_several_targets(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(8).reshape(2, 4))
    found = read(tmp_path / "a.npy", targets=2)
    assert found.inputs.tolist() == [[0, 1], [4, 5]]
    assert found.targets.tolist() == [[2, 3], [6, 7]]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\n1,2\n3\n", "line 3: it has 1 columns, the first line has 2"),
        (b"a,b\n1,2\n\n3,4,5\n", "line 4: it has 3 columns"),
        (b"1,2\n3,\n", "line 2, column 2: the entry is empty"),
        (b"1,2\n3,x\n", "line 2, column 2: the entry is 'x', which is no finite number"),
        (b"1,2\nnan,3\n", "line 2, column 1: the entry is 'nan'"),
        (b"1,2\n1,inf\n", "line 2, column 2: the entry is 'inf'"),
        (b"1,2\n1,1e999\n", "line 2, column 2"),
        (b"", "has no rows of numbers"),
        (b"a,b\n", "has no rows of numbers"),
        (b"1\n2\n", "has 1 columns; with targets=1 it needs at least 2"),
        (b"1,2\n\xff,3\n", "is not UTF-8: byte 4 is 0xff"),
    ],
)
def test_damage_is_named(tmp_path, content, words):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(DeriveError, match=words):
        read(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros(3), r"an array of float64 of shape \(3,\)"),
        (np.zeros((0, 2)), r"of shape \(0, 2\)"),
        (np.array([["a", "b"]]), "an array of <U1"),
        (np.array([[1, np.nan]]), r"the entry \[0, 1\] is nan"),
    ],
)
def test_arrays_that_hold_no_samples(tmp_path, array, words):
    np.save(tmp_path / "a.npy", array)
    with pytest.raises(DeriveError, match=words):
        read(tmp_path / "a.npy")


def test_objects_and_other_bytes_are_no_arrays(tmp_path):
    np.save(tmp_path / "a.npy", np.array([[print, 1]], dtype=object))
    (tmp_path / "b.npy").write_bytes(b"hello")
    for name in ("a.npy", "b.npy"):
        with pytest.raises(DeriveError, match=r"is no \.npy file of numbers"):
            read(tmp_path / name)


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr("numeric.runs.datasets.LARGEST", 10)
    (tmp_path / "a.csv").write_bytes(b"1,2\n" * 4)
    with pytest.raises(DeriveError, match="has more than 0 MiB"):
        read(tmp_path / "a.csv")


def test_the_system_says_why_it_refuses(tmp_path):
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "none.csv")
