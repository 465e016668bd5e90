"""What a gradient and a step of training cost: compiled facts beside the same thing by other means, all in one run, one thread.

    python benchmarks/gradients.py [--quick] [batches] [calls] [steps] [wide] [generation]

Needs gcc for the loop in C; numba, jax and torch are measured where they are installed. See ``rounds`` for what is
printed. The peers compute the same numbers: that is tested first.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import repeat
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rounds import Goal, Rounds, machine, there  # isort: skip (it asks for one thread before NumPy is imported)

import numpy as np
from peers import by_jax, by_lambdify, by_scalars, by_torch, in_c, torch_steps

from derive import Network
from numeric import GD, Adam, initialize, loss_and_gradient, train
from numeric.backends import Leaping
from numeric.code.sources import function_of
from numeric.runs.fused import stepwise

Calls = dict[str, Callable[[], object]]
XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]), np.array([[0], [1], [1], [0.0]])
NUMPY, NUMBA, JAX, TORCH, LAMBDIFY = "gradnotes", "gradnotes, numba", "jax.jit(grad)", "torch eager", "lambdify(cse=True)"


def samples(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    return random.normal(size=12), random.normal(size=(count, 2)), random.integers(0, 2, (count, 2)) * 1.0


def batches(rounds: Rounds) -> None:
    """Many samples: the gradient alone, as the peers in C and lambdify compute it."""
    net, loop = Network(2, 2, 2), in_c()
    f, closed = loss_and_gradient(net), by_lambdify(net)
    for count in (100_000, 1_000_000):
        data = samples(count)
        expected = f.gradient(*data)
        calls: Calls = {"C loop": lambda data=data: loop(*data), NUMPY: lambda data=data: f.gradient(*data)}
        if there("numba"):
            fast = loss_and_gradient(net, backend="numba")
            calls |= {NUMBA: lambda data=data, fast=fast: fast.gradient(*data)}
        calls |= {f"{NUMPY}, with the loss": lambda data=data: f(*data)}
        calls |= {f"{NUMBA}, with the loss": lambda data=data, fast=fast: fast(*data)} if there("numba") else {}
        calls |= {JAX: by_jax(*data, loss=False)} if there("jax") else {}
        if there("jax"):
            xla = loss_and_gradient(net, backend="jax")
            calls |= {"gradnotes, jax": lambda data=data, xla=xla: xla.gradient(*data)}
        calls |= {TORCH: by_torch(*data)} if there("torch") else {}
        calls |= {LAMBDIFY: lambda data=data: closed(*data)}
        for label in calls.keys() & {"C loop", NUMBA, JAX, LAMBDIFY, "gradnotes, jax"}:
            assert np.allclose(np.asarray(calls[label]()), expected, rtol=1e-9), label
        faster = {JAX: 1.3 if count < 1_000_000 else 3, LAMBDIFY: 10, TORCH: 3}
        goals = [Goal(NUMPY, 2.5, "C loop"), Goal(NUMBA, 2, "C loop"), *(Goal(label, limit, NUMPY, least=True) for label, limit in faster.items())]
        rounds.table(f"mean gradient of 2-2-2, cross entropy, float64, N = {count:,} (ns a sample)", calls, 1e-9 * count, "ns", goals)


def calls(rounds: Rounds) -> None:
    """Few samples: loss and gradient, with all checks of the arguments."""
    net = Network(2, 2, 2)
    f, closed = loss_and_gradient(net), by_lambdify(net)
    for count, limit in ((1, 3.0), (32, 20.0), (1000, 40.0)):
        data = samples(count)
        timed: Calls = {NUMPY: lambda data=data: f(*data)}
        timed |= {"jax.jit(value_and_grad)": by_jax(*data, loss=True)} if there("jax") else {}
        timed |= {TORCH: by_torch(*data)} if there("torch") else {}
        timed |= {f"{LAMBDIFY}, the gradient alone": lambda data=data: closed(*data)}
        goals = [Goal(NUMPY, limit)]
        if count == 1:
            goals += [Goal("jax.jit(value_and_grad)", 2, NUMPY, least=True), Goal(TORCH, 30, NUMPY, least=True)]
        rounds.table(f"loss and gradient of 2-2-2, checks included, N = {count:,} (µs a call)", timed, 1e-6, "µs", goals)
    alone, w = function_of(f.scalar_source), samples(1)[0].tolist()
    rounds.table("the scalar function alone (µs a call)", {NUMPY: lambda: alone(w, [0.5, 1.0], [1.0, 0.0])}, 1e-6, "µs", [Goal(NUMPY, 1.2)])


def steps(rounds: Rounds) -> None:
    """XOR: a full step, the loss and the norm of the gradient recorded; torch and the scalars record nothing."""
    net, many = Network(2, 2, 1), 1000
    theta = initialize(net)
    for rule, limit in ((GD(1.0), 2.5), (Adam(0.05), 4.0)):
        f, states, adam = loss_and_gradient(net), [np.zeros_like(theta) for _ in rule.states], isinstance(rule, Adam)
        plain = function_of(stepwise(f.program, f.groups, rule, np.hstack(XOR).tolist()))
        rates = [rule.rate] * many
        timed: Calls = {NUMPY: lambda p=plain, r=rates, s=states: p(theta.tolist(), [one.tolist() for one in s], r, 1)}
        if there("numba"):
            fast = loss_and_gradient(net, backend="numba")
            leap = fast.backend.leap(fast, Leaping(rule, XOR, True, None))
            assert leap is not None
            batch = [one[None] for one in XOR]
            assert np.allclose(leap(theta, states, rates, 1, batch)[0], timed[NUMPY]()[0], rtol=1e-6)  # type: ignore[index]
            timed |= {NUMBA: lambda leap=leap, r=rule.rate, s=states, b=batch: leap(theta, s, repeat(r, 10 * many), 1, b)}
        title = f"a step of training XOR by {type(rule).__name__}, full batch of 4, 2-2-1 (µs a step)"
        timed |= {"the same scalars as objects (micrograd-like)": by_scalars(theta, *XOR, rule.rate, adam)}
        timed |= {TORCH: torch_steps(theta, *XOR, rule.rate, adam)} if there("torch") else {}
        counts = {NUMPY: many, NUMBA: 10 * many}
        rounds.table(title, timed, 1e-6, "µs", [Goal(NUMPY, limit), Goal(NUMBA, 0.15)], counts)
    whole: Calls = {NUMPY: lambda: train(net, *XOR, GD(1.0), steps=20_000)}
    rounds.table("training with everything around it, 20,000 steps by GD (µs a step)", whole, 1e-6, "µs", (), {NUMPY: 20_000})


def wide(rounds: Rounds) -> None:
    net = Network(784, 128, 10, output="softmax")
    f, random, start = loss_and_gradient(net), np.random.default_rng(0), initialize(net)
    products = "its five matrix products"
    for count, kind in ((128, "f8"), (1024, "f8"), (128, "f4"), (1024, "f4")):
        x, t = random.normal(size=(count, 784)).astype(kind), np.eye(10)[random.integers(0, 10, count)].astype(kind)
        theta = start.astype(kind)
        a, w1, d1 = (random.normal(size=shape).astype(kind) for shape in ((count, 128), (784, 128), (count, 128)))
        w2, d2 = random.normal(size=(128, 10)).astype(kind), random.normal(size=(count, 10)).astype(kind)
        timed: Calls = {
            products: lambda x=x, a=a, w1=w1, w2=w2, d1=d1, d2=d2: (x @ w1, a @ w2, a.T @ d2, d2 @ w2.T, x.T @ d1),
            NUMPY: lambda x=x, t=t, theta=theta: f(theta, x, t),
        }
        title = f"784-128-10, softmax, cross entropy and the loss, N = {count:,}, {np.dtype(kind).name} (ms a call)"
        rounds.table(title, timed, 1e-3, "ms", [Goal(NUMPY, 1.2, products)])


def generation(rounds: Rounds) -> None:
    for sizes in ((2, 2, 2), (16, 16, 16), (784, 128, 10)):
        timed: Calls = {"by layers": lambda sizes=sizes: loss_and_gradient(Network(*sizes)).source}
        if sizes[0] < 100:
            timed["by columns and rows"] = lambda sizes=sizes: loss_and_gradient(Network(*sizes)).scalar_source
        rounds.table(f"source of {'-'.join(map(str, sizes))} (ms)", timed, 1e-3, "ms", [Goal("by layers", 15)])


PARTS = (batches, calls, steps, wide, generation)


def main(wanted: list[str]) -> None:
    quick = "--quick" in wanted
    names = [one for one in wanted if one != "--quick"]
    unknown = set(names) - {part.__name__ for part in PARTS}
    if unknown:
        sys.exit(f"no part {', '.join(sorted(unknown))}; there are {', '.join(part.__name__ for part in PARTS)}")
    print(machine())
    for part in PARTS:
        if not names or part.__name__ in names:
            part(Rounds(7 if quick else 31))


if __name__ == "__main__":
    main(sys.argv[1:])
