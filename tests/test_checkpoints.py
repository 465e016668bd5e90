"""Checkpoints: what was saved comes back, damage is seen, and a killed write loses nothing."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from derive import DeriveError
from numeric.runs.checkpoints import load, save

ARRAYS = {"theta": np.linspace(0, 1, 7), "m": np.zeros((2, 3), dtype="f4"), "empty": np.zeros(0)}
RECORD = {"step": 17, "losses": [0.1, 1e-300], "net": "Network(2, 2, 1)"}


def test_what_was_saved_comes_back(tmp_path):
    save(tmp_path / "a.npz", RECORD, ARRAYS)
    record, arrays = load(tmp_path / "a.npz")
    assert record == RECORD
    assert set(arrays) == set(ARRAYS)
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        assert (arrays[name] == array).all()
    assert [one.name for one in tmp_path.iterdir()] == ["a.npz"]


@pytest.mark.parametrize("seed", range(40))
def test_every_damage_is_seen(tmp_path, seed):
    save(tmp_path / "a.npz", RECORD, ARRAYS)
    whole = (tmp_path / "a.npz").read_bytes()
    dice = random.Random(seed)
    place = dice.randrange(len(whole))
    broken = whole[:place] if seed % 2 else whole[:place] + bytes([whole[place] ^ (1 << dice.randrange(8))]) + whole[place + 1 :]
    (tmp_path / "a.npz").write_bytes(broken)
    assert "a.npz" in told(tmp_path / "a.npz")


def told(path):
    """What is said of a damaged file; a bit that nothing depends on, such as a date, may pass."""
    try:
        record, arrays = load(path)
    except DeriveError as error:
        return str(error)
    assert record == RECORD
    assert all((arrays[name] == array).all() for name, array in ARRAYS.items())
    return f"{path} holds what was saved"


def test_an_array_that_was_exchanged_is_seen(tmp_path):
    save(tmp_path / "a.npz", RECORD, ARRAYS)
    with np.load(tmp_path / "a.npz") as archive:
        held = dict(archive)
    np.savez(tmp_path / "a.npz", **held)
    assert load(tmp_path / "a.npz")[0] == RECORD
    np.savez(tmp_path / "a.npz", **{**held, "theta": np.nextafter(held["theta"], 2)})
    with pytest.raises(DeriveError, match="was changed after it was written"):
        load(tmp_path / "a.npz")


@pytest.mark.parametrize("content", [b"", b"PK", b"hello", b"\x93NUMPY\x01\x00v\x00"])
def test_what_is_no_checkpoint_is_refused(tmp_path, content):
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(DeriveError, match=r"a.npz' is no checkpoint"):
        load(tmp_path / "a.npz")


def test_pickled_objects_are_not_loaded(tmp_path):
    np.savez(tmp_path / "a.npz", record=np.array([{"version": 1}], dtype=object))
    with pytest.raises(DeriveError, match="is no checkpoint"):
        load(tmp_path / "a.npz")


def test_another_version_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("numeric.runs.checkpoints.VERSION", 2)
    save(tmp_path / "a.npz", RECORD, ARRAYS)
    monkeypatch.undo()
    with pytest.raises(DeriveError, match="version 2; this program reads version 1"):
        load(tmp_path / "a.npz")


def test_the_system_says_why_it_refuses(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.npz")
    with pytest.raises(FileNotFoundError):
        save(tmp_path / "no" / "a.npz", RECORD, ARRAYS)


WRITER = """
import sys
import numpy as np
from numeric.runs.checkpoints import save
for step in range(10**9):
    save(sys.argv[1], {"step": step}, {"theta": np.full(200_000, float(step))})
    if step == 0: print("ready", flush=True)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 on this system")
def test_killed_writes_lose_nothing(tmp_path):
    path = tmp_path / "a.npz"
    for kill in range(int(os.environ.get("KILLS", "3"))):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, cwd=Path(__file__).parent.parent)
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(random.Random(kill).uniform(0, 0.05))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        record, arrays = load(path)
        assert (arrays["theta"] == record["step"]).all()
