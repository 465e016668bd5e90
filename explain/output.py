"""Output: a finished page to standard output, or to a file that is whole or not there at all."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EACCES, EISDIR
from pathlib import Path

from .writers import Page

__all__ = ["put"]


def put(page: Page, path: str | os.PathLike[str] | None = None) -> None:
    """Write a page to a file, its companions beside it, or its main part alone to standard output (None or "-").

    Every file is first written whole under another name in the same folder; then the companions take their
    places, the main file last. Where anything fails, the main file already there stays as it was. Raises OSError
    with the path as it was given where the system refuses, DeriveError where bytes would go to a terminal.
    """
    if path is None or str(path) == "-":
        _to_standard_output(page.main)
        return
    try:
        _to_files(page, Path(path))
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _to_files(page: Page, path: Path) -> None:
    # A link is followed: the file that it leads to is replaced, and the link stays.
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise OSError(EISDIR, os.strerror(EISDIR))
    if target.exists() and not target.is_file():
        # A device or a pipe is written to; a file in its place would take it away from everybody.
        target.write_bytes(_bytes(page.main))
        return
    wanted = [*((target.with_name(_beside(name)), data) for name, data in page.companions.items()), (target, _bytes(page.main))]
    with _temporary([one for one, _ in wanted]) as names:
        for name, (final, data) in zip(names, wanted, strict=True):
            _write_new(name, final, data)
        for name, (final, _) in zip(names, wanted, strict=True):
            os.replace(name, final)
    _settle(target.parent)


@contextmanager
def _temporary(finals: list[Path]) -> Iterator[list[Path]]:
    """Names for files to write first, one for each final one; those that still exist at the end are removed."""
    import secrets  # not at the top: it loads OpenSSL, which a page on standard output need not wait for

    names = [final.with_name(f".{secrets.token_hex(6)}.part") for final in finals]
    try:
        yield names
    finally:
        for name in names:
            with suppress(FileNotFoundError):
                name.unlink()


def _write_new(name: Path, final: Path, data: bytes) -> None:
    """Write a new file, down to the disk, with the permissions of the one whose place it is to take."""
    mode = stat.S_IMODE(final.stat().st_mode) if final.exists() else None
    if mode is not None and not os.access(final, os.W_OK):
        raise OSError(EACCES, os.strerror(EACCES))
    # Opened in this way a new file gets the permissions that the user's umask leaves.
    with open(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if mode is not None:
        os.chmod(name, mode)


def _settle(folder: Path) -> None:
    """Make the new names last as well, where a folder can be opened for that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _beside(name: str) -> str:
    """The name of a companion; raises ValueError where it would lead to another folder."""
    if Path(name).name != name:
        raise ValueError(f"a companion file is named without a folder, not {name!r}")
    return name


def _bytes(main: str | bytes) -> bytes:
    return main if isinstance(main, bytes) else main.encode()


def _to_standard_output(main: str | bytes) -> None:
    """Text in UTF-8 whatever the locale says; a stream without bytes, as in a notebook, is given the text itself."""
    stream = getattr(sys.stdout, "buffer", None)
    if isinstance(main, bytes) and (stream is None or sys.stdout.isatty()):
        from derive.errors import DeriveError

        raise DeriveError("this format is no text for a terminal; name a file with -o, or lead the output into one")
    sys.stdout.flush()
    if stream is None:
        sys.stdout.write(str(main))
    else:
        stream.write(_bytes(main))
    sys.stdout.flush()
