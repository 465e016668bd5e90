"""Processes that a test speaks with while they run: none outlives its test, and nothing is waited for without end."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

__all__ = ["COMMAND", "PATIENCE", "ROOT", "Terminal", "started", "terminal", "until"]

ROOT = Path(__file__).resolve().parent.parent
COMMAND = (sys.executable, "-m", "explain")
PATIENCE = 120  # seconds: a machine that many share may be slow


@contextmanager
def started(*command: str, **options: Any) -> Iterator[subprocess.Popen[Any]]:
    """The process of a command, in the checkout; killed at the end if it still runs. ``options`` are those of ``Popen``."""
    with subprocess.Popen(command, cwd=ROOT, **options) as process:
        try:
            yield process
        finally:
            process.kill()


def until(happened: Callable[[], bool]) -> None:
    """Wait for what ``happened()`` tells. Fails after PATIENCE."""
    limit = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < limit
        time.sleep(0.02)


class Terminal:
    """Our end of a terminal; ``theirs`` is the other, to be given to a process and closed here."""

    def __init__(self) -> None:
        import pty

        self.ours, self.theirs = pty.openpty()

    def type(self, text: str) -> None:
        os.write(self.ours, text.encode())

    def shown(self, end: str = "") -> str:
        """What is shown, up to a text or else until no process has the terminal open any more. Fails after PATIENCE."""
        raw, limit = b"", time.monotonic() + PATIENCE
        while not (end and end in raw.decode("utf-8", "replace")):
            ready, _, _ = select.select([self.ours], [], [], limit - time.monotonic())
            assert ready, raw.decode("utf-8", "replace")
            try:
                chunk = os.read(self.ours, 65536)
            except OSError:  # how Linux says that the other end is closed
                chunk = b""
            if not chunk:
                assert not end, raw.decode("utf-8", "replace")
                break
            raw += chunk
        return raw.decode("utf-8", "replace")


@contextmanager
def terminal(*command: str, on: tuple[str, ...], **options: Any) -> Iterator[tuple[Terminal, subprocess.Popen[Any]]]:
    """A command whose streams ``on`` ("stdin", "stdout", "stderr") are a terminal."""
    screen = Terminal()
    try:
        with started(*command, **dict.fromkeys(on, screen.theirs), **options) as process:
            os.close(screen.theirs)
            yield screen, process
    finally:
        os.close(screen.ours)
