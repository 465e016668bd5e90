"""The pytest plugin: the fixture ``gradcheck``, and the options for how many points and which.

pytest loads this module in every project where the package is installed, so it imports nothing but pytest.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from .testing import assert_gradients

__all__ = ["gradcheck", "pytest_addoption", "pytest_report_header"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the fixture."""
    group = parser.getgroup("gradcheck", "gradients beside central differences")
    group.addoption("--gradcheck-points", type=_positive, default=1, metavar="N", help="check every gradient of the fixture gradcheck at N points (default: 1)")
    group.addoption("--gradcheck-seed", type=int, default=0, metavar="SEED", help="the seed of the points beyond the first (default: 0)")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def pytest_report_header(config: pytest.Config) -> str | None:
    """What the points are, where they are not the usual ones, so that a failure can be repeated."""
    points, seed = config.getoption("gradcheck_points"), config.getoption("gradcheck_seed")
    return f"gradcheck: {points} {'point' if points == 1 else 'points'}, seed {seed}" if (points, seed) != (1, 0) else None


@pytest.fixture
def gradcheck(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """``gradcheck(fun, grad, at)`` fails the test, with a table, where a gradient is wrong; see ``numeric.testing.assert_gradients``.

    points and seed are those of --gradcheck-points and --gradcheck-seed, unless the call gives its own.
    """
    option: Any = request.config.getoption
    return partial(assert_gradients, points=option("gradcheck_points"), seed=option("gradcheck_seed"))
