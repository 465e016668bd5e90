"""The pytest plugin: right gradients pass, wrong ones fail with a table, and loading it costs nothing."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from derive import DeriveError, Network, differentiate
from numeric import loss_and_gradient
from numeric.reports import UNDEFINED
from numeric.testing import assert_gradients

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "testing.md").read_text("utf-8")


def block(language: str) -> str:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)[0]


def quadratic(x):
    return float(x @ x) / 2


# ---- right and wrong


POINTS = {
    "number": (math.sin, math.cos, 0.3),
    "list": (math.prod, lambda v: v[::-1], [3.0, 2.0]),
    "array": (quadratic, lambda x: x, np.array([0.5, -1.0, 2.0])),
    "whole numbers": (quadratic, lambda x: x, np.array([1, 2])),
    "matrix": (lambda m: float(np.linalg.det(m)), lambda m: np.linalg.det(m) * np.linalg.inv(m).T, np.array([[2.0, 1.0], [0.5, 3.0]])),
    "dict": (lambda p: float(p["a"] @ p["b"]) * p["c"], lambda p: {"c": p["a"] @ p["b"], "a": p["b"] * p["c"], "b": p["a"] * p["c"]},
             {"a": np.array([1.0, 2.0]), "b": np.array([-1.0, 0.5]), "c": 3}),
    "nested list": (lambda m: m[0][0] * m[1][1] - m[0][1] * m[1][0], lambda m: [[m[1][1], -m[1][0]], [-m[0][1], m[0][0]]], [[1.0, 2.0], [3.0, 5.0]]),
    "kink": (abs, np.sign, 0.0),
}  # fmt: skip


@pytest.mark.parametrize(("fun", "grad", "at"), POINTS.values(), ids=POINTS)
def test_right_gradients_pass(fun, grad, at):
    reports = assert_gradients(fun, grad, at, points=4, seed=3)
    assert len(reports) == 4
    assert all(report.ok for report in reports)


SLIPS = {
    "sign": (lambda g: -g, "the sign is the opposite"),
    "twice": (lambda g: 2 * g, "twice too large"),
    "half": (lambda g: g / 2, "half of what"),
    "zero": (lambda g: 0 * g, "it is zero"),
    "swapped": (lambda g: g[::-1], "the places are swapped"),
    "a millionth": (lambda g: g * (1 + 1e-6), "1 + 1e-6 times"),
    "not a number": (lambda g: g * np.nan, "no finite number"),
}


@pytest.mark.parametrize(("slip", "cause"), SLIPS.values(), ids=SLIPS)
def test_wrong_gradients_fail_with_a_table(slip, cause):
    at = np.array([0.5, -1.25, 2.0, 3.5])
    with pytest.raises(AssertionError) as raised:
        assert_gradients(quadratic, lambda x: slip(x), at, names=["a", "b", "c", "d"])
    head, *lines = str(raised.value).splitlines()
    assert head == "4 of 4 partial derivatives are wrong at point 1 of 1"
    start = lines.index("")
    titles, first = lines[start + 1 : start + 3]
    each = ["likely", "cause"] if start == 0 else []  # one cause for all of them is said once, above the table
    assert titles.split() == ["parameter", "gradient", "central", "difference", "error", "bound", *each]
    name, gradient, difference, error, bound, *words = first.split()
    right = dict(zip("abcd", at, strict=True))[name]
    assert float(difference) == pytest.approx(right)
    assert float(gradient) == pytest.approx(slip(at)["abcd".index(name)], nan_ok=True)
    assert math.isnan(float(error)) or float(error) > float(bound)
    assert cause in (" ".join(words) if each else lines[0])
    assert str(raised.value).count("sign is the opposite") == (cause == "the sign is the opposite")


def test_only_the_wrong_entry_is_named():
    at = {"W": np.arange(1.0, 7).reshape(2, 3), "b": 0.5}

    def wrong(p):
        slope = 2 * p["W"]
        slope[1, 2] += 1e-3
        return {"W": slope, "b": 1.0}

    with pytest.raises(AssertionError, match=re.escape("1 of 7 partial derivatives is wrong")) as raised:
        assert_gradients(lambda p: float((p["W"] ** 2).sum()) + p["b"], wrong, at)
    assert "W[1, 2]" in str(raised.value)
    assert "W[0, 0]" not in str(raised.value)


def test_what_is_right_at_one_point_is_wrong_at_another():
    grad = lambda x: 2 * x if x < 1.05 else 3 * x  # noqa: E731
    assert_gradients(lambda x: x * x, grad, 1.0)
    with pytest.raises(AssertionError, match=r"point \d+ of 20, seed 5"):
        assert_gradients(lambda x: x * x, grad, 1.0, points=20, seed=5)


def test_points_come_from_the_seed_alone():
    seen: list[float] = []

    def points(count, seed):
        seen.clear()
        assert_gradients(lambda x: x * x, lambda x: seen.append(x) or 2 * x, lambda random: random.uniform(1, 2), points=count, seed=seed)
        return tuple(seen)

    assert points(3, 7) == points(3, 7) == points(5, 7)[:3]
    assert points(3, 8) != points(3, 7)


def test_a_factor_allows_more_than_the_bound():
    wrong = lambda x: 2 * x * (1 + 1e-7)  # noqa: E731
    with pytest.raises(AssertionError):
        assert_gradients(lambda x: x * x, wrong, 1.5)
    (report,) = assert_gradients(lambda x: x * x, lambda x: 2 * x, 1.5)
    assert assert_gradients(lambda x: x * x, wrong, 1.5, factor=1e-6 / next(iter(report.values())).bound)


def test_nothing_seen_is_no_pass():
    faint = lambda p: p["a"] ** 2 + 1e-22 * p["b"] ** 3  # noqa: E731
    grad = lambda p: {"a": 2 * p["a"], "b": 3e-22 * p["b"] ** 2}  # noqa: E731
    assert_gradients(faint, grad, {"a": 1.0, "b": 2.0})
    with pytest.raises(AssertionError, match="could a difference resolve b: nothing is known"):
        assert_gradients(faint, grad, {"a": 1.0, "b": 2.0}, complete=True)
    with pytest.raises(AssertionError, match="could a difference resolve x: nothing is known"):
        assert_gradients(lambda x: x**1.5 if x >= 0 else math.nan, lambda x: 0, 0.0)


def test_where_there_is_no_derivative_no_gradient_passes():
    with pytest.raises(AssertionError, match="differences grow without bound"):
        assert_gradients(math.sqrt, lambda x: 0, 0.0)


def test_what_is_undefined_is_no_pass():
    """The inner function agrees, the derivative has no number: at another point it has one."""
    with pytest.raises(AssertionError, match=r"dy/dx is undefined: it rests on .* 1/sqrt\(x\) has no number where x = 0"):
        assert_gradients(differentiate("sqrt(x)", "x"), at={"x": 0})
    reports = assert_gradients(differentiate("sqrt(x)", "x"), at=lambda draw: {"x": draw.choice((0, 1))}, points=9)
    assert {len(report.having(UNDEFINED)) for report in reports} == {0, 3}


# ---- networks and derivations


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"activation": "relu", "output": "identity", "loss": "squared_error"},
        {"biases": "per-layer", "numbering": "by-target"},
        {"output": "softmax"},
        {"activation": "prelu", "dropout": 0.5},
    ],
    ids=str,
)
def test_networks_pass(options):
    assert_gradients(Network(2, 3, 2, **options), points=3)


def test_a_compiled_network_with_a_penalty_that_is_given():
    assert_gradients(loss_and_gradient(Network(2, 3, 2, l2=True), held={"lamda": 0.1}), points=2)


def test_a_network_with_someones_own_back_propagation():
    net, right = Network(2, 2, 2), loss_and_gradient(Network(2, 2, 2))
    rng = np.random.default_rng(0)
    at = (rng.normal(size=12), rng.normal(size=(5, 2)), rng.random((5, 2)))
    assert_gradients(net, lambda *batch: net.unpack(right(*batch)[1]), at, points=2)
    with pytest.raises(AssertionError) as raised:
        assert_gradients(net, lambda theta, inputs, targets: right(theta, inputs, targets)[1] * len(inputs), at)
    assert "w1" in str(raised.value)
    with pytest.raises(AssertionError, match=r"\bb4 .*the sign is the opposite"):
        assert_gradients(net, lambda *batch: right(*batch)[1] * np.array([1] * 11 + [-1]), at)


def test_every_step_of_a_derivation():
    net = Network(2, 2, 2)
    at = {one.name: "0.3" for one in net.graph.givens}
    reports = assert_gradients(net.derivation("w1"), at=at, points=2)
    assert [len(report) for report in reports] == [len(net.derivation("w1").steps)] * 2


# ---- other libraries


def test_the_arbiter_can_be_asked():
    network, at = Network(1, 1, loss="mse"), ([40.0, 0.0], [[1.0]], [[0.5]])
    with pytest.raises(AssertionError, match="nothing is known of them"):
        assert_gradients(network, at=at)
    assert len(assert_gradients(network, at=at, exact=True, complete=True)[0].having("agrees")) == 2
    with pytest.raises(AssertionError, match=r"1 \+ 1e-6 times what it should be"):
        assert_gradients(network, lambda *batch: loss_and_gradient(network)(*batch)[1] * (1 + 1e-6), at, exact=True)
    point = {"w1": -200, "b1": 0, "i1": 1, "t_o1": 0.5}
    assert assert_gradients(network.derivation("w1"), at=point, exact=True, complete=True)
    with pytest.raises(DeriveError, match="it is for a Network or a Derivation"):
        assert_gradients(lambda x: x, lambda x: 1, 2.0, exact=True)


def test_torch_functions():
    torch = pytest.importorskip("torch")
    x = torch.tensor([0.5, -1.0, 2.0], dtype=torch.float64)
    assert_gradients(lambda x: torch.logsumexp(x, 0), at=x, points=3)
    assert_gradients(lambda p: (p["w"] @ p["w"].T).trace() * 2, at={"w": x.reshape(1, 3), "unread": x})
    assert_gradients(lambda x: (x.sin() * x).sum(), lambda x: x.sin() + x * x.cos(), x.float(), points=3)

    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.exp()

        @staticmethod
        def backward(ctx, grad):
            return -grad * ctx.saved_tensors[0].exp()

    for precision in (x, x.float()):
        with pytest.raises(AssertionError, match="the sign is the opposite"):
            assert_gradients(lambda x: Wrong.apply(x).sum(), at=precision)


def test_torch_has_no_gradient_of_what_is_cut_off():
    torch = pytest.importorskip("torch")
    x = torch.tensor([0.5, -1.0], dtype=torch.float64)
    for cut in (lambda x: x.detach().sum(), lambda x: x.sum().item(), lambda x: torch.tensor(3.0), lambda x: float(x.detach().numpy().sum())):
        with pytest.raises(DeriveError, match="cut off from at"):
            assert_gradients(cut, at=x)
    with pytest.raises(DeriveError, match="torch has no gradient of it: grad can be implicitly created only for scalar outputs"):
        assert_gradients(lambda x: x * 2, at=x)
    with pytest.raises(AssertionError):
        assert_gradients(lambda x: (x * x.detach()).sum(), at=x)  # cut off in part: half the gradient


def test_jax_functions():
    jnp = pytest.importorskip("jax.numpy")
    at = {"w": jnp.array([[0.5, -1.0]]), "b": jnp.array(2.0)}
    fun = lambda p: jnp.sum(jnp.tanh(p["w"]) * p["b"])  # noqa: E731
    assert_gradients(fun, at=at, points=3)
    with pytest.raises(AssertionError, match="twice too large"):
        assert_gradients(fun, lambda p: {"w": 2 * p["b"] * (1 - jnp.tanh(p["w"]) ** 2), "b": jnp.sum(jnp.tanh(p["w"]))}, at)


# ---- what is refused


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        ((3, 3, 3), {}, "fun=3"),
        ((math.sin, math.cos), {}, "a point to check it at"),
        ((math.sin, None, 0.5), {}, "grad is missing"),
        ((math.sin, math.cos, "much"), {}, "x = 'much' is not a number"),
        ((math.sin, math.cos, math.nan), {}, "x = nan is not finite"),
        ((sum, [1, 1], [1.0, 2.0]), {"points": 2}, "grad is the gradient at one point"),
        ((sum, lambda v: [1, 1, 1], [1.0, 2.0]), {}, "grad has entries for x[0], x[1] and x[2]; at has x[0] and x[1]"),
        ((sum, [1, 1], [1.0, 2.0]), {"names": ["a"]}, "names=['a'] has 1 different names; at has 2 numbers"),
        ((sum, [1, 1], [1.0, 2.0]), {"names": ["a", "a"]}, "has 1 different names"),
        ((sum, [], []), {}, "has no numbers"),
        ((sum, [1], np.array([1.0], "float16")), {}, "float16"),
        ((sum, [1], np.array([1.0 + 1j])), {}, "is not a number"),
        ((sum, [1], np.ma.masked_array([1.0], [True])), {}, "masked array"),
        ((math.sin, math.cos, 0.5), {"points": 0}, "points=0"),
        ((math.sin, math.cos, 0.5), {"factor": 0.5}, "factor=0.5"),
        ((Network(1, 1).derivation("w1"),), {}, "at is missing"),
    ],
    ids=lambda one: None if isinstance(one, tuple) else str(one)[:30],
)
def test_arguments_that_do_not_fit_are_refused(arguments, options, said):
    with pytest.raises(DeriveError, match=re.escape(said)):
        assert_gradients(*arguments, **options)


# ---- the plugin


@pytest.fixture
def run_pytest(pytester, monkeypatch):
    """A run of pytest on some test files with this plugin and no other, whether or not the package is installed."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.syspath_prepend(ROOT)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return lambda *arguments: pytester.runpytest_subprocess("-p", "numeric.plugin", "-p", "no:cacheprovider", *arguments)


def test_the_file_to_copy_passes(pytester, run_pytest):
    pytester.makepyfile(test_gradients=block("python"))
    found = run_pytest("--strict-config", "-W", "error", "--gradcheck-points=3").parseoutcomes()
    assert found["passed"] >= 6
    assert found.keys() <= {"passed", "skipped"}


def test_a_failure_says_what_the_page_shows(pytester, run_pytest):
    right, wrong = '"b": residual.sum()}', '"b": -residual.sum()}'
    assert block("python").count(right) == 1
    pytester.makepyfile(test_gradients=block("python").replace(right, wrong))
    result = run_pytest("-k", "dict_of_arrays")
    assert result.parseoutcomes()["failed"] == 1
    bounds = re.compile(r"\b\de-\d+|\d\.\de-\d+")  # the last digits of a bound differ from machine to machine
    shown = [bounds.sub("…", line.removeprefix("E").strip()) for line in result.outlines if line.startswith("E")]
    assert shown[0].removeprefix("AssertionError: ") == block("text").splitlines()[0]
    assert shown[1:] == [bounds.sub("…", line) for line in block("text").splitlines()[1:]]
    assert "def assert_gradients" not in result.stdout.str()


def test_options_reach_the_fixture(pytester, run_pytest):
    pytester.makepyfile("def test_points(gradcheck):\n    print('points:', len(gradcheck(lambda x: x * x, lambda x: 2 * x, 1.5)))")
    result = run_pytest("-s", "--gradcheck-points=7", "--gradcheck-seed=3")
    result.stdout.fnmatch_lines(["gradcheck: 7 points, seed 3", "*points: 7*"])


@pytest.mark.parametrize("option", ["--gradcheck-points=0", "--gradcheck-points=many", "--gradcheck-seed=x"])
def test_options_are_refused(run_pytest, option):
    result = run_pytest(option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{option.partition('=')[0]}*"])


def test_loading_the_plugin_loads_neither_sympy_nor_numpy(python):
    program = "import sys, numeric.plugin; print(sorted({'sympy', 'mpmath', 'numpy', 'torch', 'jax', 'derive'} & set(sys.modules)))"
    assert python("-c", program).stdout == "[]\n"


def test_a_project_without_gradients_loads_neither(python, tmp_path):
    (tmp_path / "test_plain.py").write_text("import sys\n\n\ndef test_nothing():\n    assert not {'sympy', 'numpy', 'derive'} & set(sys.modules)\n")
    done = python(
        "-m", "pytest", "-q", "-p", "numeric.plugin", "-p", "no:cacheprovider", cwd=tmp_path, PYTHONPATH=str(ROOT), PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"
    )
    assert done.returncode == 0, done.stdout


def test_the_entry_point_is_the_plugin():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"gradnotes": "numeric.plugin"}
