"""The interactive page in the tests: networks to show, settings to try, and a page that is open in Chromium."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from derive import Network
from explain.interactive.page import interactive_page

NETS: dict[str, Callable[[], Network]] = {
    "default": lambda: Network(2, 2, 2),
    "tanh": lambda: Network(2, 3, 1, activation="tanh", output="identity", loss="squared_error"),
    "relu": lambda: Network(2, 2, 2, activation="relu"),
    "deep": lambda: Network(2, 2, 2, 2),
    "softmax": lambda: Network(2, 2, 3, output="softmax"),
    "wide relu": lambda: Network(2, 3, 3, 1, activation="relu"),
    "maxout": lambda: Network(2, 2, 2, activation="maxout"),
    "dropout": lambda: Network(2, 3, 2, dropout="0.5"),
    "fixed masks": lambda: Network(2, 3, 2, dropout="0.5", masks=[[1, 0, 1]]),
    "beyond": lambda: Network(2, 2, 2, l2="lamda", activation="prelu", skips=[(0, 2)], frozen=["w1"]),
}


def page_of(net: Network | None = None, names: tuple[str, ...] = (), **options: Any) -> str:
    if net is None and not names and not options:
        return usual()
    page, _ = interactive_page(net or Network(2, 2, 2), names, **options)
    return str(page.main)


@cache
def usual(language: str = "en") -> str:
    """The page of the usual network, made once."""
    return str(interactive_page(Network(2, 2, 2), language=language)[0].main)


def points(net: Network, count: int, reach: float, seed: int = 0) -> Iterator[dict[str, float]]:
    draw = random.Random(seed)
    for _ in range(count):
        at = {one.name: draw.uniform(-reach, reach) for one in net.graph.givens}
        yield at | {one.name: float(draw.random() < 0.5) for one in (*net.targets, *net.masks)} | _one_hot(net, draw)


def _one_hot(net: Network, draw: random.Random) -> dict[str, float]:
    chosen = draw.choice(net.graph.shares) if net.graph.shares else None
    return {one.name: float(one == chosen) for one in net.graph.shares}


class Tab:
    """A page in Chromium, with everything it asked for and complained about."""

    def __init__(self, context: Any, path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.tab = context.new_page()
        self.tab.on("request", lambda request: self.asked.append(request.url))
        for kind, said in (("console", "text"), ("dialog", "message"), ("pageerror", "message")):
            self.tab.on(kind, lambda one, said=said: self.complaints.append(getattr(one, said)))
        self.url = path.as_uri()
        self.tab.goto(self.url)

    def __call__(self, script: str, argument: Any = None) -> Any:
        return self.tab.evaluate(script, argument)

    def take(self, at: dict[str, float]) -> None:
        assert self("(at) => take(Float64Array.from(engine.names, (name) => at[name]))", at)

    def until(self, script: str) -> None:
        """Wait until a script gives true; playwright's own way would need what the policy forbids."""
        for _ in range(100):
            if self(script):
                return
            self.tab.wait_for_timeout(50)
        pytest.fail(f"{script} did not come true")

    def again(self) -> None:
        """Everything as it was when the page was opened."""
        self.tab.set_viewport_size(WINDOW)
        self("""() => { halt(); begin(() => Float64Array.from(page.start)); history.replaceState(null, "", location.pathname); written = "";
            document.activeElement.blur(); restore(); }""")

    def close(self) -> None:
        """Close the page, which must have asked for nothing and complained of nothing."""
        assert {url.partition("#")[0] for url in self.asked if not url.startswith(("data:", "about:"))} == {self.url}
        assert self.complaints == []
        self.tab.close()

    def printed(self) -> list[str]:
        return self("""() => [...document.querySelectorAll("#forward .equation, #forward p, .derivation .equation, .derivation p")]
            .filter((one) => !one.closest("[hidden]")).map((one) => {
                const copy = one.cloneNode(true);
                copy.querySelectorAll("[hidden]").forEach((hidden) => hidden.remove());
                return copy.textContent;
            })""")


WINDOW: Any = {"width": 1366, "height": 850}


def close(found: Any, expected: Any) -> None:
    """Equal to 1e-12 relative; where terms cancel, to 1e-14 of terms of size 1."""
    np.testing.assert_allclose(np.array(found, float), np.array(expected, float), rtol=1e-12, atol=1e-14)
