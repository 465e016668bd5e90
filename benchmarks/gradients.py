"""What a gradient costs: compiled facts beside the same thing by other means, all in one run, one thread.

    python benchmarks/gradients.py

Needs gcc for the loop in C; numba, jax and torch are measured where they are installed. Each line is the median and
the least of several runs; ratios are of the least, which other work on the machine disturbs least.
"""

# The number of threads is read when NumPy is imported (E402); every call is made in the loop that defines it (B023).
# ruff: noqa: E402, B023
from __future__ import annotations

import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import ctypes
import importlib.util
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import numpy as np
from sympy import Symbol, lambdify

from derive import Network
from numeric import GD, Adam, initialize, loss_and_gradient, train
from numeric.fused import stepwise
from numeric.sources import function_of

XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]), np.array([[0], [1], [1], [0.0]])


def there(library: str) -> bool:
    return importlib.util.find_spec(library) is not None


def seconds(call: Callable[[], object], least: float = 0.4) -> tuple[float, float]:
    """The median and the least time of a call."""
    call()
    start = time.perf_counter()
    call()
    once = time.perf_counter() - start
    number = max(1, int(2e-3 / max(once, 1e-9)))
    times = []
    end = time.perf_counter() + least
    while time.perf_counter() < end or len(times) < 5:
        start = time.perf_counter()
        for _ in range(number):
            call()
        times.append((time.perf_counter() - start) / number)
    return statistics.median(times), min(times)


def table(title: str, calls: dict[str, Callable[[], object]], unit: float, name: str, against: str) -> None:
    print(f"\n{title}")
    found = {label: seconds(call) for label, call in calls.items()}
    for label, (median, least) in found.items():
        print(f"  {label:32} median {median / unit:10.2f} {name}  least {least / unit:10.2f} {name}  × {least / found[against][1]:7.2f}")


# ---- the peers


def in_c() -> Callable[..., object]:
    library = Path(tempfile.mkdtemp()) / "loop.so"
    subprocess.run(["gcc", "-O3", "-ffast-math", "-march=native", "-shared", "-fPIC", "-o", library, HERE / "loop.c", "-lm"], check=True)
    function, pointer = ctypes.CDLL(str(library)).gradient, ctypes.POINTER(ctypes.c_double)

    def gradient(theta, inputs, targets):
        result = np.empty(12)
        function(*(one.ctypes.data_as(pointer) for one in (theta, inputs, targets)), ctypes.c_long(len(inputs)), result.ctypes.data_as(pointer))
        return result

    return gradient


def by_lambdify(net: Network) -> Callable[..., object]:
    loss = net.graph.substituted(net.loss)
    loss = loss.replace(lambda part: hasattr(part, "definition"), lambda part: part.definition)
    names: list[Symbol] = [*net.parameters, *net.inputs, *net.targets]
    function = lambdify(names, [loss.diff(one) for one in net.parameters], "numpy", cse=True)

    def gradient(theta, inputs, targets):
        return np.array([np.mean(one) for one in function(*theta, *inputs.T, *targets.T)])

    return gradient


def by_torch() -> Callable[..., object]:
    import torch

    torch.set_num_threads(1)

    def gradient(theta, inputs, targets):
        p, x, t = torch.tensor(theta, requires_grad=True), torch.from_numpy(inputs), torch.from_numpy(targets)
        out = torch.sigmoid(x @ p[0:4].reshape(2, 2) + p[4:6]) @ p[6:10].reshape(2, 2) + p[10:12]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(out, t, reduction="sum") / len(x)
        loss.backward()
        return loss.item(), p.grad.numpy()

    return gradient


def by_jax() -> Callable[..., object]:
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def loss(p, x, t):
        z = jax.nn.sigmoid(x @ p[0:4].reshape(2, 2) + p[4:6]) @ p[6:10].reshape(2, 2) + p[10:12]
        return (jax.nn.softplus(z) - t * z).sum() / len(x)

    both = jax.jit(jax.value_and_grad(loss))

    def gradient(theta, inputs, targets):
        value, slopes = both(jnp.asarray(theta), jnp.asarray(inputs), jnp.asarray(targets))
        return float(value), np.asarray(slopes)

    return gradient


def peers(net: Network) -> dict[str, Callable[..., object]]:
    found: dict[str, Callable[..., object]] = {}
    if there("jax"):
        found["jax.jit(value_and_grad)"] = by_jax()
    if there("torch"):
        found["torch eager"] = by_torch()
    found["lambdify(cse=True)"] = by_lambdify(net)
    return found


# ---- the tables


def batches() -> None:
    net = Network(2, 2, 2)
    f, others, loop = loss_and_gradient(net), peers(net), in_c()
    random = np.random.default_rng(0)
    theta = random.normal(size=12)
    for count in (100_000, 1_000_000):
        data = random.normal(size=(count, 2)), random.integers(0, 2, (count, 2)) * 1.0
        assert np.allclose(f.gradient(theta, *data), loop(theta, *data), rtol=1e-9)
        calls = {"C loop": lambda: loop(theta, *data), "gradnotes, NumPy": lambda: f.gradient(theta, *data)}
        calls["gradnotes, NumPy, with the loss"] = lambda: f(theta, *data)
        if there("numba"):
            fast = loss_and_gradient(net, backend="numba")
            calls |= {"gradnotes, numba": lambda: fast.gradient(theta, *data), "gradnotes, numba, with the loss": lambda: fast(theta, *data)}
        calls |= {name: lambda call=call: call(theta, *data) for name, call in others.items()}
        table(f"mean gradient of 2-2-2, cross entropy, float64, N = {count:,} (ns a sample)", calls, 1e-9 * count, "ns", "C loop")
    for count in (1, 32, 1000):
        data = random.normal(size=(count, 2)), random.integers(0, 2, (count, 2)) * 1.0
        calls = {"gradnotes": lambda: f(theta, *data)}
        calls |= {name: lambda call=call: call(theta, *data) for name, call in others.items()}
        table(f"loss and gradient of 2-2-2, checks included, N = {count:,} (µs a call)", calls, 1e-6, "µs", "gradnotes")
    alone, w = function_of(f.scalar_source), theta.tolist()
    table("the scalar function alone (µs a call)", {"gradnotes": lambda: alone(w, [0.5, 1.0], [1.0, 0.0])}, 1e-6, "µs", "gradnotes")


def steps() -> None:
    net, samples, many = Network(2, 2, 1), np.hstack(XOR).tolist(), 1000
    f, theta = loss_and_gradient(net), initialize(net).tolist()
    calls: dict[str, Callable[[], object]] = {}
    for rule in (GD(1.0), Adam(0.05)):
        leap, states = function_of(stepwise(f.program, f.groups, rule, samples)), [[0.0] * len(theta) for _ in rule.states]
        calls[type(rule).__name__] = lambda leap=leap, states=states, rule=rule: leap(theta, states, rule.rate, 1, many)
    table("a step of training XOR, full batch of 4, 2-2-1, loss and norm recorded (µs a step)", calls, 1e-6 * many, "µs", "GD")
    table("the same with everything around it, 20,000 steps (µs a step)", {"GD": lambda: train(net, *XOR, GD(1.0), steps=20_000)}, 2e-2, "µs", "GD")


def wide() -> None:
    net = Network(784, 128, 10, output="softmax")
    f, random = loss_and_gradient(net), np.random.default_rng(0)
    start = initialize(net)
    for count, kind in ((128, "f8"), (1024, "f8"), (128, "f4"), (1024, "f4")):
        x, t = random.normal(size=(count, 784)).astype(kind), np.eye(10)[random.integers(0, 10, count)].astype(kind)
        theta = start.astype(kind)
        a, w1, d1 = (random.normal(size=shape).astype(kind) for shape in ((count, 128), (784, 128), (count, 128)))
        w2, d2 = random.normal(size=(128, 10)).astype(kind), random.normal(size=(count, 10)).astype(kind)
        calls = {
            "its five matrix products": lambda: (x @ w1, a @ w2, a.T @ d2, d2 @ w2.T, x.T @ d1),
            "gradnotes": lambda: f(theta, x, t),
        }
        table(f"784-128-10, softmax, cross entropy and the loss, N = {count}, {np.dtype(kind).name} (ms a call)", calls, 1e-3, "ms", "its five matrix products")


def generation() -> None:
    for sizes in ((2, 2, 2), (16, 16, 16), (784, 128, 10)):
        calls = {"by layers": lambda: loss_and_gradient(Network(*sizes)).source}
        if sizes[0] < 100:
            calls["by columns and rows"] = lambda: loss_and_gradient(Network(*sizes)).scalar_source
        table(f"source of {'-'.join(map(str, sizes))} (ms)", calls, 1e-3, "ms", "by layers")


if __name__ == "__main__":
    for part in (batches, steps, wide, generation):
        if len(sys.argv) < 2 or part.__name__ in sys.argv[1:]:
            part()
