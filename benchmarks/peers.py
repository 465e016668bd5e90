"""The peers of ``gradients.py``: the same gradients, and the same steps of training, by other means."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scalar_autograd import Value
from sympy import Symbol, lambdify

from derive import Network

__all__ = ["by_jax", "by_lambdify", "by_scalars", "by_torch", "in_c", "torch_steps"]

HERE = Path(__file__).resolve().parent
Arrays = tuple[np.ndarray, np.ndarray, np.ndarray]
Call = Callable[[], object]


def in_c() -> Callable[..., Any]:
    """The loop in C; its arguments are theta, inputs, targets."""
    library = Path(tempfile.mkdtemp()) / "loop.so"
    subprocess.run(["gcc", "-O3", "-ffast-math", "-march=native", "-shared", "-fPIC", "-o", library, HERE / "loop.c", "-lm"], check=True)
    function, pointer = ctypes.CDLL(str(library)).gradient, ctypes.POINTER(ctypes.c_double)

    def gradient(theta, inputs, targets):
        result = np.empty(12)
        function(*(one.ctypes.data_as(pointer) for one in (theta, inputs, targets)), ctypes.c_long(len(inputs)), result.ctypes.data_as(pointer))
        return result

    return gradient


def by_lambdify(net: Network) -> Callable[..., Any]:
    """The derivatives of the whole closed form, by SymPy; lambdify does not know numbers from columns, so NumPy has to."""
    loss = net.graph.substituted(net.loss)
    loss = loss.replace(lambda part: hasattr(part, "definition"), lambda part: part.definition)
    names: list[Symbol] = [*net.parameters, *net.inputs, *net.targets]
    function = lambdify(names, [loss.diff(one) for one in net.parameters], "numpy", cse=True)
    return lambda theta, inputs, targets: np.array([np.mean(one) for one in function(*theta, *inputs.T, *targets.T)])


def by_torch(theta: np.ndarray, inputs: np.ndarray, targets: np.ndarray) -> Call:
    """Loss and gradient of the 2-2-2 network; the tensors are made before."""
    import torch

    torch.set_num_threads(1)
    p, x, t = torch.tensor(theta, requires_grad=True), torch.from_numpy(inputs), torch.from_numpy(targets)

    def both():
        p.grad = None
        out = torch.sigmoid(x @ p[0:4].reshape(2, 2) + p[4:6]) @ p[6:10].reshape(2, 2) + p[10:12]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(out, t, reduction="sum") / len(x)
        loss.backward()
        return loss.item(), p.grad

    return both


def by_jax(theta: np.ndarray, inputs: np.ndarray, targets: np.ndarray, *, loss: bool) -> Call:
    """The gradient of the 2-2-2 network, or both with ``loss``; the arrays are on their device before."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def cost(p, x, t):
        z = jax.nn.sigmoid(x @ p[0:4].reshape(2, 2) + p[4:6]) @ p[6:10].reshape(2, 2) + p[10:12]
        return (jax.nn.softplus(z) - t * z).sum() / len(x)

    run, arrays = jax.jit(jax.value_and_grad(cost) if loss else jax.grad(cost)), [jnp.asarray(one) for one in (theta, inputs, targets)]
    return lambda: jax.block_until_ready(run(*arrays))


def torch_steps(theta: np.ndarray, inputs: np.ndarray, targets: np.ndarray, rate: float, adam: bool) -> Call:
    """One step of training the 2-2-1 network, by torch's own optimizers."""
    import torch

    torch.set_num_threads(1)
    w1, b1, w2, b2 = (torch.tensor(part, requires_grad=True) for part in (theta[0:4].reshape(2, 2), theta[4:6], theta[6:8].reshape(2, 1), theta[8:9]))
    x, t = torch.from_numpy(inputs), torch.from_numpy(targets)
    rule = (torch.optim.Adam if adam else torch.optim.SGD)([w1, b1, w2, b2], lr=rate)

    def step():
        rule.zero_grad()
        out = torch.sigmoid(x @ w1 + b1) @ w2 + b2
        loss = torch.nn.functional.binary_cross_entropy_with_logits(out, t)
        loss.backward()
        rule.step()
        return loss

    return step


def by_scalars(theta: np.ndarray, inputs: np.ndarray, targets: np.ndarray, rate: float, adam: bool) -> Call:
    """The same step with an object for every number."""
    w = [Value(one) for one in theta.tolist()]
    rows = [([Value(one) for one in x], t) for x, (t,) in zip(inputs.tolist(), targets.tolist(), strict=True)]
    m, v, count = [0.0] * len(w), [0.0] * len(w), 0
    one, minus = Value(1.0), Value(-1.0)

    def step():
        nonlocal count
        loss, count = Value(0.0), count + 1
        for (i1, i2), t in rows:
            h1, h2 = (w[0] * i1 + w[2] * i2 + w[4]).sigmoid(), (w[1] * i1 + w[3] * i2 + w[5]).sigmoid()
            out = (w[6] * h1 + w[7] * h2 + w[8]).sigmoid()
            loss = loss + (out if t else one + minus * out).log()
        loss = loss * Value(-1 / len(rows))
        for weight in w:
            weight.grad = 0.0
        loss.backward()
        for k, weight in enumerate(w):
            g = weight.grad
            if adam:
                m[k], v[k] = 0.9 * m[k] + 0.1 * g, 0.999 * v[k] + 0.001 * g * g
                g = m[k] / (1 - 0.9**count) / ((v[k] / (1 - 0.999**count)) ** 0.5 + 1e-8)
            weight.data -= rate * g
        return loss.data

    return step
