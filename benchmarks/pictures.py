"""Every picture of ``explain figure``, warm: what it takes to make it (training included) and to draw it in each format.

    python -m benchmarks.pictures

Each is to take no more than a second. Times are the least of three, after a first drawing that loads matplotlib's fonts.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from derive import Network, parse_graph
from explain.locales import locale
from explain.notation import NOTATIONS
from explain.pictures import PICTURES, Wish, draw
from numeric.data import default_point

SHOP = "apples = apple * count\noranges = orange * many\nsum1 = apples + oranges\nprice = sum1 * tax"
SHOPPING = {"apple": 100, "count": 2, "orange": 150, "many": 3, "tax": 1.1}
WHAT: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "network": (("w1",), {}),
    "network --values": (("w1",), {"values": True}),
    "graph": (("shop.txt",), {"of": "price", "wrt": "apple"}),
    "activation": (("swish",), {}),
    "tangent": (("w1",), {}),
    "secants": (("w1",), {}),
    "differences": (("w1",), {}),
    "gradient_sizes": ((), {}),
    "losses": ((), {}),
    "descent": ((), {}),
    "descent --wrt": ((), {"wrt": "w1,w5"}),
    "decision": (("moons",), {}),
    "balls": ((), {}),
}


def wish(name: str, language: str, what: tuple[str, ...], more: dict[str, Any]) -> Wish:
    sizes = [int(one) for one in PICTURES[name].sizes.split("-")]
    words = locale(language)
    look = {"notation": NOTATIONS["net-out"], "words": words}
    options = {"of": None, "wrt": None, **more}
    return Wish(what, lambda: Network(*sizes), lambda _: parse_graph(SHOP), point=lambda graph: default_point(graph) if graph.roles else SHOPPING, words=words,
                look=look, labels={}, **options)  # fmt: skip


def least(work: Callable[[], object], rounds: int = 3) -> float:
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def main() -> None:
    draw("activation", wish("activation", "ko", ("tanh",), {})).draw("pdf")
    print(f"{'seconds':18} {'made':>6} {'svg':>6} {'pdf':>6} {'png':>6}   in Korean: {'svg':>6}")
    for title, (what, more) in WHAT.items():
        name = title.split()[0]
        made = least(lambda: draw(name, wish(name, "en", what, more)))  # noqa: B023 (called at once)
        one, other = (draw(name, wish(name, language, what, more)) for language in ("en", "ko"))
        times = [least(lambda: one.draw(suffix)) for suffix in ("svg", "pdf", "png")]  # noqa: B023
        print(f"{title:18} {made:6.2f} {' '.join(f'{each:6.2f}' for each in times)}              {least(lambda: other.draw('svg')):6.2f}")  # noqa: B023


if __name__ == "__main__":
    main()
