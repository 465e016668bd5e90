"""A Chromium for the tests of a file, and pages in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.interactive.tabs import WINDOW, Tab, usual


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_playwright = pytest.importorskip("playwright.sync_api").sync_playwright
    with sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def window(browser: Any) -> Any:
    """What all tabs with the usual options share."""
    return browser.new_context(viewport=WINDOW)


@pytest.fixture
def opened(browser: Any, window: Any, tmp_path: Path) -> Iterator[Callable[..., Tab]]:
    """``opened(text)`` opens a page; at the end it must have asked for nothing and complained of nothing."""
    tabs: list[Tab] = []
    contexts: list[Any] = []

    def open_(text: str, **options: Any) -> Tab:
        if options:
            contexts.append(browser.new_context(viewport=WINDOW, **options))
        tabs.append(Tab(contexts[-1] if options else window, tmp_path / f"page{len(tabs)}.html", text))
        return tabs[-1]

    yield open_
    for one in tabs:
        one.close()
    for one in contexts:
        one.close()


@pytest.fixture(scope="module")
def usual_tab(window: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    tab = Tab(window, tmp_path_factory.mktemp("usual") / "page.html", usual())
    yield tab
    tab.close()


@pytest.fixture
def tab(usual_tab: Tab) -> Tab:
    """The page of the usual network, opened once and as it was at first."""
    usual_tab.again()
    return usual_tab


@pytest.fixture(scope="module")
def run() -> Iterator[Callable[[str, str, Any], Any]]:
    """``run(script, body, given)``: what the body returns in a browser, where the script stands before it."""
    sync_playwright = pytest.importorskip("playwright.sync_api").sync_playwright
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_page()
        yield lambda script, body, given=None: tab.evaluate(f"(given) => {{\n{script}\n{body}\n}}", given)
        browser.close()
