"""The wheel: it holds every file of the three packages and nothing else, and runs without the checkout."""

from __future__ import annotations

import email
import os
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("derive", "numeric", "explain")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def wheel(python, tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    done = python("-c", "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])", str(folder))
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def files(folder, *under):
    paths = (path for one in under for path in (folder / one).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix() for path in paths if path.suffix != ".pyc"}


def test_it_holds_the_packages_and_nothing_else(wheel):
    (metadata,) = wheel.glob("*.dist-info")
    assert {path.name for path in wheel.iterdir()} == {*PACKAGES, metadata.name}
    assert files(wheel, *PACKAGES) == files(ROOT, *PACKAGES)
    assert {f"{package}/py.typed" for package in PACKAGES} <= files(wheel, *PACKAGES)


def test_it_says_what_it_is(wheel):
    (metadata,) = wheel.glob("*.dist-info")
    fields = email.message_from_string((metadata / "METADATA").read_text("utf-8"))
    assert (fields["Name"], fields["Version"], fields["License-Expression"]) == (PROJECT["name"], PROJECT["version"], "MIT")
    entries = (metadata / "entry_points.txt").read_text("utf-8").split("\n")
    assert [line for line in entries if line] == ["[console_scripts]", "explain = explain.__main__:main", "[pytest11]", "gradnotes = numeric.plugin"]
    assert (metadata / "licenses" / "LICENSE").is_file()


def test_it_runs_outside_the_checkout(wheel, python, tmp_path):
    program = "import explain, sys; print(explain.__file__, file=sys.stderr); from explain.cli import main; main()"
    done = python("-c", program, "gradient", "w1", cwd=tmp_path, PYTHONPATH=os.fspath(wheel))
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith(os.fspath(wheel))
    assert "w_" in done.stdout


def test_the_version_stands_in_one_place():
    """A second version number is one that somebody forgets."""
    texts = [ROOT / name for name in ("README.md", "CITATION.cff", "CONTRIBUTING.md")] + [path for one in PACKAGES for path in (ROOT / one).rglob("*.py")]
    assert [path.name for path in texts if f'"{PROJECT["version"]}"' in path.read_text("utf-8") or "__version__ =" in path.read_text("utf-8")] == []
