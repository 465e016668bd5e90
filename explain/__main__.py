"""``python -m explain``: the command line, as ``explain`` runs it."""

from __future__ import annotations

from .cli import main

if __name__ == "__main__":
    main()
