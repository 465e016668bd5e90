"""Checkpoints: the state of a training in one file, written whole or not at all.

A file is an npz archive of arrays, with a record of everything else as JSON under ``record``; its checksum
covers both. It is written beside the old file and then takes its place, so a write that is killed leaves the
old one as it was. Nothing in it is ever executed.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from derive.errors import DeriveError

__all__ = ["load", "save"]

VERSION = 1
LARGEST = 1 << 31  # bytes; a file that claims to be larger is not opened


def save(path: str | os.PathLike[str], record: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Write a checkpoint in place of the file at path, in one step: at no time is there half a file.

    record is anything that JSON can hold. Raises OSError where the system refuses to write.
    """
    final = Path(path)
    whole = {"version": VERSION, **record, "checksum": ""}
    whole["checksum"] = _checksum(whole, arrays)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, array in {"record": np.frombuffer(json.dumps(whole).encode(), dtype=np.uint8), **arrays}.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)
    part = final.with_name(f".{final.name}.part")
    with open(part, "wb") as file:
        file.write(packed.getbuffer())
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, final)
    _settle(final.parent)


def load(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The record and the arrays of a checkpoint.

    Raises DeriveError for a file that is no checkpoint, was cut short or changed, or is of another version;
    OSError where the system refuses to read.
    """
    if os.path.getsize(path) > LARGEST:
        raise DeriveError(f"{os.fspath(path)!r} has more than {LARGEST} bytes, too many for a checkpoint")
    whole = io.BytesIO(Path(path).read_bytes())
    try:
        with zipfile.ZipFile(whole) as archive:
            _refuse_size(archive)
            arrays = {one.removesuffix(".npy"): np.load(io.BytesIO(archive.read(one)), allow_pickle=False) for one in archive.namelist()}
        record = json.loads(arrays.pop("record").tobytes().decode())
        version, kept = record["version"], record["checksum"]
    except Exception as error:  # a damaged archive fails in as many ways as it has parts
        raise DeriveError(f"{os.fspath(path)!r} is no checkpoint, or was cut short: {error}") from None
    if version != VERSION:
        raise DeriveError(f"{os.fspath(path)!r} is a checkpoint of version {version}; this program reads version {VERSION}")
    if _checksum({**record, "checksum": ""}, arrays) != kept:
        raise DeriveError(f"{os.fspath(path)!r} was changed after it was written: its checksum does not fit")
    return {key: value for key, value in record.items() if key not in ("version", "checksum")}, arrays


def _refuse_size(archive: zipfile.ZipFile) -> None:
    size = sum(one.file_size for one in archive.infolist())
    if size > LARGEST:
        raise ValueError(f"it would unpack to {size} bytes")


def _checksum(record: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> str:
    """SHA-256 of the record and of every array with its name, type and shape."""
    digest = hashlib.sha256(json.dumps(record, sort_keys=True).encode())
    for name in sorted(arrays):
        digest.update(f"{name} {arrays[name].dtype.str} {arrays[name].shape}".encode())
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()


def _settle(folder: Path) -> None:
    """Make the new name last through a power cut, where the system can do that for a folder."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
