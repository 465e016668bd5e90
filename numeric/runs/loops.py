"""Loops: many whole steps of training as one function of arrays, for a compiler of machine code.

The same code for a sample as everywhere, and the same update as everywhere, in one loop over the steps: what is
between two steps of a small network would take longer than the steps.
"""

from __future__ import annotations

from sympy import Symbol

from ..code.printers import ARRAY, SCALAR
from ..code.programs import Program
from ..code.sources import Groups, defining, pointwise
from ..optimizers import Optimizer
from .updates import Update

__all__ = ["looped"]


def looped(code: Program, groups: Groups, optimizer: Optimizer, rows: int | None = None) -> str:
    """The text of ``steps(theta, states, rates, first, clip, inputs, targets, losses, norms)``, and of ``gradient`` that it calls for a sample.

    theta (P,) and states (number of states, P) are changed; an update is made with each of the rates, the first of
    them number ``first``. inputs (B, n_in, N) has the samples of step after step, a column each; the last of them serve
    all further steps. losses and norms, as long as rates, are filled. The number of the steps that were made comes
    out: not all of them where a loss or a norm is not finite, and theta is then the one where that is so.

    rows is N where that is known: the loop over the samples can then be written out by the compiler.
    """
    parameters, *others = groups
    count, outs = len(groups[parameters]), [one.name for one in (code.value, *code.results)]
    place = {code.givens[one]: f"{parameters}[{number}]" for number, one in enumerate(groups[parameters])}
    place |= {code.givens[one]: f"{name}[take, {column}, row]" for name in others for column, one in enumerate(groups[name])}
    update, w, g = Update(optimizer, ARRAY), Symbol("w"), Symbol("g")
    changes = update.of(w, g)
    states = {place: update.state(name, w) for place, name in enumerate(optimizer.states)}
    body = ["rate, t, take = rates[step], float(first + step), min(step, last)", *update.inside, *(f"sum_{one} = 0.0" for one in outs)]
    body += [f"for row in range({rows or 'n'}):"]
    body += [f"    {', '.join(outs)} = gradient({', '.join(place.get(one, '0.0') for one in code.givens.values())})"]  # what is held has a line there
    body += [f"    sum_{one} += {one}" for one in outs]
    body += [f"slopes[{number}] = sum_{one} / n" for number, one in enumerate(outs[1:])]
    body += ["square = 0.0", f"for i in range({count}):", "    square += slopes[i] * slopes[i]"]
    body += [f"losses[step], norms[step] = sum_{outs[0]} / n, np.sqrt(square)"]
    body += ["if not np.isfinite(losses[step] + norms[step]):", "    return step"]
    body += ["shorter = clip / norms[step] if norms[step] > clip else 1.0", f"for i in range({count}):"]
    body += [f"    {w}, {g} = {parameters}[i], shorter * slopes[i]", *(f"    {name} = states[{place}, i]" for place, name in states.items())]
    body += [f"    {line}" for line in changes]
    body += [f"    {parameters}[i] = {w}", *(f"    states[{place}, i] = {name}" for place, name in states.items())]
    lines = [f"n, last, slopes = {others[0]}.shape[2], {others[0]}.shape[0] - 1, np.empty({count})", *update.before]
    lines += ["for step in range(len(rates)):", *(f"    {line}" for line in body)]
    arguments = [parameters, "states", "rates", "first", "clip", *others, "losses", "norms"]
    return f"{pointwise(code, SCALAR)}\n\n{defining('steps', arguments, lines, 'len(rates)', ARRAY)}"
