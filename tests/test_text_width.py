"""Text pages are as wide as asked for: of many networks and graphs, in signs and in ASCII, no line sticks out."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import Network, differentiate, parse_graph
from explain import lecture
from explain.writers.boxes import cell_len

WIDTHS = (60, 80, 100)

# Closed forms with fences within fences, wide denominators, roots, powers and braces.
PAGES = {
    "two layers of gelu": lambda: lecture(Network(2, 2, 2, 1, activation="gelu").derivation("w1"), detail="full", precision=12),
    "maxout": lambda: lecture(Network(2, 2, 2, activation="maxout").derivation("w1"), language="ko"),
    "softmax": lambda: lecture(Network(2, 2, 3, output="softmax", loss="squared_error").derivation("w7")),
    "root": lambda: lecture(Network(output="softplus", loss="rmsle").derivation("w1"), detail="full"),
    "indexed": lambda: lecture(Network(2, 3, 3, 1).derivation("w1"), notation="indexed", detail="full"),
    "nested": lambda: lecture(
        parse_graph("u = x**2*sin(3*x) + exp(-x)\nv = log(1 + u**2)*sqrt(u**2 + 1)\nw = tanh(v)*u + v/(1+u**2)\nz = w**3 + u*v*w - sigmoid(w)*exp(u)/(1+v**2)")
        .derivation("z", wrt="x"),
        at={"x": "0.7"}, detail="full", precision=12,
    ),
    "rule": lambda: lecture(differentiate("x**2*sin(3*x)*exp(-x**2/2)/sqrt(1+x**2)", "x")),
    "label": lambda: lecture(Network().derivation("w1"), labels={"w1": "a label that is forty-six letters long, no less"}),
}  # fmt: skip


def widest(document, width, ascii):
    lines = document.to("text", width=width, ascii=ascii).split("\n")
    return max(lines, key=cell_len)


@pytest.mark.parametrize("name", PAGES)
def test_no_line_is_wider_than_the_page(name):
    document = PAGES[name]()
    for width, ascii in product(WIDTHS, (False, True)):
        assert cell_len(line := widest(document, width, ascii)) <= width, line


networks = st.builds(
    lambda hidden, activation, loss, notation: (Network(2, *hidden, 2, activation=activation, loss=loss[0], output=loss[1]), notation),
    st.lists(st.integers(1, 3), min_size=1, max_size=2),
    st.sampled_from(["sigmoid", "tanh", "relu", "swish", "elu", "gelu", "mish"]),
    st.sampled_from([("cross_entropy", "sigmoid"), ("squared_error", "identity"), ("huber", "tanh"), ("categorical_cross_entropy", "softmax")]),
    st.sampled_from(["net-out", "indexed", "delta"]),
)


@settings(max_examples=15, deadline=None)
@given(networks, st.sampled_from(["brief", "normal", "full"]), st.sampled_from([4, 12]), st.sampled_from(WIDTHS), st.booleans())
def test_no_line_of_any_network_is_wider_than_the_page(drawn, detail, precision, width, ascii):
    net, notation = drawn
    document = lecture(net.derivation("w1"), notation=notation, detail=detail, precision=precision, check=False, pictures=False)
    assert cell_len(line := widest(document, width, ascii)) <= width, line
