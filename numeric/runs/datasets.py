"""Data sets: small clouds of points to learn, drawn by seed, and samples read from files.

To add a cloud: a row in ``CLOUDS``, a function of the generator, the number of samples and the noise.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from derive.errors import DeriveError, UnknownNameError
from derive.network import Network

from ..data import DATA
from ..initializers import initialize, whole_number

__all__ = ["CLOUDS", "SETS", "DataSet", "dataset", "random_sample", "read"]

LARGEST = 256 << 20  # bytes of a file

Cloud = Callable[[np.random.Generator, int, float], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True, eq=False)
class DataSet:
    """Samples: inputs of shape (N, inputs), targets of shape (N, targets), and the names of their columns where there are any."""

    name: str
    inputs: np.ndarray
    targets: np.ndarray
    columns: tuple[str, ...] = ()


def _moons(draw: np.random.Generator, count: int, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """Two half circles that reach into each other."""
    label = np.arange(count) % 2
    angle = np.pi * draw.random(count)
    points = np.column_stack([np.cos(angle) + label * (1 - 2 * np.cos(angle)), np.sin(angle) * (1 - 2 * label) + label / 2])
    return points + noise * draw.normal(size=points.shape), label[:, None].astype(float)


def _circles(draw: np.random.Generator, count: int, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """A circle of half the radius within another."""
    label = np.arange(count) % 2
    angle = 2 * np.pi * draw.random(count)
    points = (1 - label / 2)[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return points + noise * draw.normal(size=points.shape), label[:, None].astype(float)


def _spirals(draw: np.random.Generator, count: int, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """Two arms of a spiral that wind around each other once."""
    label = np.arange(count) % 2
    turn = np.sqrt(draw.random(count))
    angle = 2 * np.pi * turn + np.pi * label
    points = turn[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return points + noise * draw.normal(size=points.shape), label[:, None].astype(float)


def _line(draw: np.random.Generator, count: int, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """y = 2x + 1 with x in [−1, 1], for regression."""
    x = draw.uniform(-1, 1, (count, 1))
    return x, 2 * x + 1 + noise * draw.normal(size=x.shape)


CLOUDS: Mapping[str, Cloud] = {"moons": _moons, "circles": _circles, "spirals": _spirals, "line": _line}

SETS = (*DATA, *CLOUDS)  # every name that ``dataset`` knows


def dataset(name: str, samples: int = 200, noise: float = 0.1, seed: int = 0) -> DataSet:
    """The samples of that name: moons, circles, spirals (labels 0 and 1), line, or one of the gates (four samples, no noise).

    The same seed gives the same samples. Raises DeriveError for another name, and for numbers that make no cloud.
    """
    if name in DATA:
        return DataSet(name, np.array(DATA[name].inputs), np.array(DATA[name].targets))
    if name not in CLOUDS:
        raise UnknownNameError("data", name, SETS)
    if isinstance(noise, bool) or not isinstance(noise, int | float) or not 0 <= noise < np.inf:
        raise DeriveError(f"noise={noise!r} is not a number of at least 0")
    draw = np.random.default_rng(whole_number("seed", seed))
    return DataSet(name, *CLOUDS[name](draw, whole_number("samples", samples, 1), float(noise)))


def random_sample(net: Network, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """theta, inputs, targets and masks of one sample, for a network of any width: theta as a training starts, inputs from −1 to 1.

    Targets are the ends of what the loss takes, within ±1 (0 and 1 for cross entropy; one 1 where they must sum to 1). The
    same seed gives the same sample.
    """
    draw, loss, units = np.random.default_rng(whole_number("seed", seed)), net.loss_record, net.sizes[-1]
    inputs = draw.uniform(-1, 1, (1, net.sizes[0]))
    low, high = (min(max(float(one), -1.0), 1.0) for one in loss.targets or loss.domain)
    targets = np.eye(units)[[draw.integers(units)]] if loss.shares else draw.choice([low, high], (1, units))
    hidden = sum(net.sizes[1:-1]) if net.dropout is not None and not net.fixed_masks else 0
    return initialize(net, seed), inputs, targets, draw.integers(0, 2, (1, hidden)).astype(float)


def read(path: str | os.PathLike[str], targets: int = 1) -> DataSet:
    """The samples of a file, a row each; the last ``targets`` columns are the targets.

    A .npy file holds one array of shape (N, columns). Any other file is text in UTF-8 with commas, semicolons or tabs
    between the columns, and one line of names at the top if there is a word in it. Raises DeriveError, with line and
    column, for holes, ragged rows and what is no finite number; OSError where the system refuses to read.
    """
    file = Path(path)
    if file.stat().st_size > LARGEST:
        raise DeriveError(f"{str(file)!r} has more than {LARGEST >> 20} MiB; cut it into parts")
    columns, values = ((), _stored(file)) if file.suffix == ".npy" else _table(file)
    wanted = whole_number("targets", targets, 1)
    if values.shape[1] <= wanted:
        raise DeriveError(f"{str(file)!r} has {values.shape[1]} columns; with targets={wanted} it needs at least {wanted + 1}")
    return DataSet(file.stem, values[:, :-wanted], values[:, -wanted:], columns)


def _stored(file: Path) -> np.ndarray:
    try:
        found = np.load(io.BytesIO(file.read_bytes()), allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise DeriveError(f"{str(file)!r} is no .npy file of numbers: {error}") from None
    if not isinstance(found, np.ndarray) or found.ndim != 2 or not found.size or found.dtype.kind not in "biuf":
        raise DeriveError(f"{str(file)!r} holds {_described(found)}; needed is an array of numbers of shape (N, columns)")
    values = found.astype(float)
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        raise DeriveError(f"{str(file)!r}: the entry [{row}, {column}] is {values[row, column]}; all values must be finite")
    return values


def _described(found: object) -> str:
    return f"an array of {found.dtype} of shape {found.shape}" if isinstance(found, np.ndarray) else "no single array"


def _table(file: Path) -> tuple[tuple[str, ...], np.ndarray]:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DeriveError(f"{str(file)!r} is not UTF-8: byte {error.start} is {error.object[error.start]:#04x}") from None
    rows = list(_rows(text))
    if rows and any(_number(one) is None and one.strip() for one in rows[0][1]):
        names, rows = tuple(one.strip() for one in rows[0][1]), rows[1:]
    else:
        names = ()
    if not rows:
        raise DeriveError(f"{str(file)!r} has no rows of numbers")
    width = len(names or rows[0][1])
    return names, np.array([[_entry(file, line, place, one) for place, one in enumerate(_wide(file, line, cells, width), 1)] for line, cells in rows])


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The number and the cells of every line that is not empty."""
    head = text.lstrip().partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    for cells in reader:
        if any(one.strip() for one in cells):
            yield reader.line_num, cells


def _wide(file: Path, line: int, cells: list[str], width: int) -> list[str]:
    if len(cells) != width:
        raise DeriveError(f"{str(file)!r}, line {line}: it has {len(cells)} columns, the first line has {width}")
    return cells


def _entry(file: Path, line: int, column: int, text: str) -> float:
    value = _number(text)
    if value is None or not np.isfinite(value):
        what = "is empty" if not text.strip() else f"is {text.strip()[:40]!r}, which is no finite number"
        raise DeriveError(f"{str(file)!r}, line {line}, column {column}: the entry {what}")
    return value


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
