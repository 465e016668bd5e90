"""Examples at the end of a command's help; the tests run every one of them."""

from __future__ import annotations

__all__ = ["examples"]


def examples(*lines: str) -> str:
    """The epilog of a command: its examples, each on a line of its own."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
