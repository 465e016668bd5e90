"""Calls: the text that is run in fewer steps gives the numbers of the text that is read."""

from __future__ import annotations

import numpy as np
import pytest

from numeric.backends.calls import bound
from numeric.code.sources import function_of

TEXTS = [
    "np.add(1.0, x, out=y)",
    "np.minimum(x, 0.5, out=y)",
    "np.power(x, 2.0, out=y)",
    "np.add.reduce(np.multiply(x, y, out=y), axis=0)",
    "np.dot(x.T, y)",
    "1.0 / (1.0 + np.exp(np.minimum(-x, 709.0)))",
    "-(2 * x - 0.25) / 3 + x ** 2",
    "np.where(x > 0.0, x, 0.5 * x)",
]


@pytest.mark.parametrize("kind", ["float64", "float32"])
@pytest.mark.parametrize("operators", [False, True])
@pytest.mark.parametrize("text", TEXTS)
def test_what_runs_gives_the_numbers_of_what_is_read(text, operators, kind):
    source = f"import numpy as np\n\n\ndef f(x, y):\n    np.copyto(y, 1 - x)\n    return {text}\n"
    x = np.linspace(-1, 2, 6).astype(kind).reshape(3, 2)
    wanted, found = (run(x, np.empty_like(x)) for run in (function_of(source), bound(source, kind, operators)["f"]))
    assert found.dtype == wanted.dtype == kind
    assert np.array_equal(found, wanted)


def test_whole_exponents_stay_whole():
    made = bound("import numpy as np\n\n\ndef f(x):\n    return x ** 3 + np.power(x, 2)\n", "float64", operators=True)
    assert not [name for name, value in made.items() if isinstance(value, np.ndarray)]
