"""``python -m explain`` and the command ``explain``: the command line, loaded only here, so that Ctrl-C is quiet meanwhile too."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """The command ``explain`` as a process; never returns."""
    try:
        from .cli import main as run
    except KeyboardInterrupt:
        sys.stderr.write("explain: interrupted\n")
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
