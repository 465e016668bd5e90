"""Activations: one record each, from which formulas, code, cards and checks all come.

To add one: a record in ``ACTIVATIONS``: its name, its definition in z, and its slope as a sum of ordered
products in z and, where there is one, in the output y. Nothing else needs to know it. What else a record
can say stands in ``named.Activation``. Users bring their own: see ``own``.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sympy import Expr, Float, Heaviside, Integer, Max, Min, NumberSymbol, Piecewise, Rational, S, erf, exp, log, pi, sign, sqrt, tanh

from .errors import UnknownNameError
from .named import REALS, Activation, Extremum, Lookup, Named, Setting, defined, maximum, minimum, of_layer
from .reals import absolute
from .steps import Term

__all__ = ["ACTIVATIONS", "HUBER", "Activation", "Extremum", "Named", "activation", "activation_of", "defined", "maximum", "minimum", "slope_in_output"]

ONE, ZERO, INFINITY = S.One, S.Zero, S.Infinity
QUARTER, SIXTH, HUNDREDTH = Rational(1, 4), Rational(1, 6), Rational(1, 100)


class _Decimal(NumberSymbol):
    """A positive constant that is given by its decimals and kept as one letter."""

    is_real = is_positive = True
    is_negative = is_zero = is_irrational = False
    decimals: ClassVar[str]

    def _as_mpf_val(self, prec: int) -> Any:
        return Rational(self.decimals)._as_mpf_val(prec)

    def _sympystr(self, printer: Any, *args: Any) -> str:
        return type(self).__name__


class selu_scale(_Decimal):
    """λ of SELU, which leads to mean 0 and variance 1: Klambauer et al., Self-Normalizing Neural Networks, 2017."""

    decimals = "1.0507009873554804934193349852946"


class selu_alpha(_Decimal):
    """α of SELU; the same source."""

    decimals = "1.6732632423543772848170429916717"


SELU_SCALE, SELU_ALPHA = selu_scale(), selu_alpha()


def _above(z: Expr) -> Expr:
    """1 for z > 0, else 0; the left side counts at 0."""
    return Heaviside(z, 0)


def _below(z: Expr) -> Expr:
    """1 for z ≤ 0, else 0."""
    return Heaviside(-z, 1)


def _grown(z: Expr) -> Expr:
    """e^z − 1 on the left of 0, and 0 on the right."""
    return exp(Min(0, z)) - 1


def _logistic(z: Expr) -> Expr:
    return 1 / (1 + exp(-z))


def _sigmoid(z: Expr) -> Expr:
    return SIGMOID.function(z)


def _softplus(z: Expr) -> Expr:
    return SOFTPLUS.function(z)


def _rectifier(name: str, setting: str, usual: Expr, learned: bool) -> Activation:
    """Leaky ReLU or PReLU: the identity on the right of 0, and on its left a slope, which is usually small."""

    def definition(z: Expr, slope: Expr = usual) -> Expr:
        return Max(0, z) + slope * Min(0, z)

    def slopes(z: Expr, y: Expr, slope: Expr = usual) -> tuple[Term, ...]:
        return ((_above(z),), (slope, _below(z)))

    def cases(z: Expr, slope: Expr = usual) -> Expr:
        return Piecewise((z, z > 0), (slope * z, True))

    own = Setting(setting, usual, lambda z, y, slope: ((Min(0, z),),), learned)
    return Activation(name, definition, slopes, kinks=(ZERO,), largest=ONE, steepest=ONE, settings=(own,), spelt=cases)


def _elu(z: Expr, alpha: Expr = ONE) -> Expr:
    return Max(0, z) + alpha * _grown(z)


def _selu_cases(z: Expr) -> Expr:
    return Piecewise((SELU_SCALE * z, z > 0), (SELU_SCALE * SELU_ALPHA * (exp(z) - 1), True))


def _swish(z: Expr, beta: Expr = ONE) -> Expr:
    return z / (1 + exp(-beta * z))


def _swish_slope(z: Expr, y: Expr, beta: Expr = ONE) -> tuple[Term, ...]:
    return ((beta, y) if beta != 1 else (y,), (_sigmoid(beta * z), 1 - beta * y))


def _gelu(z: Expr) -> Expr:
    return z * (1 + erf(z / sqrt(2))) / 2


def _gelu_slope(z: Expr, y: Expr) -> tuple[Term, ...]:
    return (((1 + erf(z / sqrt(2))) / 2,), (z, exp(-(z**2) / 2) / sqrt(2 * pi)))


def _mish_slope(z: Expr, y: Expr) -> tuple[Term, ...]:
    return ((tanh(_softplus(z)),), (z, _sigmoid(z), 1 - tanh(_softplus(z)) ** 2))


def _softmax(own: Expr, *others: Expr) -> Expr:
    if {*others} <= {own}:  # SymPy leaves e^(1 − sin 1)·e^(sin 1 − 1) as it is
        return Rational(1, 1 + len(others))
    return exp(own) / sum((exp(one) for one in others), exp(own))


def _softmax_partial(place: int, args: tuple[Expr, ...], y: Expr, named: Lookup) -> tuple[Term, ...]:
    """p_i(1 − p_i) by the own argument, −p_i·p_j by another."""
    if place == 0:
        return ((y, 1 - y),)
    return ((S.NegativeOne, y, named(SOFTMAX.function, args[place], args)),)


SIGMOID = Activation("sigmoid", _logistic, lambda z, y: ((y, 1 - y),), (ZERO, ONE), largest=QUARTER, steepest=ZERO, stable="sigmoid")
SOFTPLUS = Activation(
    "softplus", lambda z: log(1 + exp(z)), lambda z, y: ((_sigmoid(z),),), (ZERO, INFINITY),
    largest=ONE, steepest=INFINITY, in_output=lambda y: 1 - exp(-y), stable="softplus",
)  # fmt: skip
# Bridle, Probabilistic interpretation of feedforward classification network outputs, 1990.
SOFTMAX = Activation(
    "softmax", _softmax, lambda z, y: ((y, 1 - y),), (ZERO, ONE), largest=QUARTER, whole=_softmax_partial, stable="softmax"
)  # fmt: skip

ACTIVATIONS: dict[str, Activation] = {
    record.name: record
    for record in (
        Activation("identity", lambda z: z, lambda z, y: ((ONE,),), REALS, inline=True, largest=ONE, steepest=ZERO),
        SIGMOID,
        Activation(
            "tanh", lambda z: (exp(z) - exp(-z)) / (exp(z) + exp(-z)), lambda z, y: ((1 - y**2,),), (-ONE, ONE),
            native=tanh, largest=ONE, steepest=ZERO, stable="tanh",
        ),
        Activation(
            "relu", lambda z: Max(0, z), lambda z, y: ((_above(z),),), (ZERO, INFINITY),
            kinks=(ZERO,), reached=(True, False), largest=ONE, steepest=ONE,
        ),
        # Rosenblatt's perceptron: 1 beyond the threshold, and 0 at it. Its slope is 0: nothing can be learnt through it.
        Activation(
            "step", lambda z: Heaviside(z, 0), lambda z, y: ((ZERO,),), (ZERO, ONE),
            kinks=(ZERO,), reached=(True, True), inline=True, largest=ZERO, steepest=ONE, spelt=lambda z: Piecewise((ONE, z > 0), (ZERO, True)),
        ),
        # Maas, Hannun, Ng, Rectifier nonlinearities improve neural network acoustic models, 2013.
        _rectifier("leaky_relu", "slope", HUNDREDTH, learned=False),
        # He, Zhang, Ren, Sun, Delving deep into rectifiers, 2015: α is learnt, from 1/4.
        _rectifier("prelu", "alpha", QUARTER, learned=True),
        # Clevert, Unterthiner, Hochreiter, Fast and accurate deep network learning by exponential linear units, 2016.
        Activation(
            "elu", _elu, lambda z, y, alpha=ONE: ((_above(z),), (y + alpha, _below(z))), (-ONE, INFINITY), kinks=(ZERO,), largest=ONE, steepest=ONE,
            settings=(Setting("alpha", ONE, lambda z, y, alpha: ((_grown(z),),)),),
            spelt=lambda z, alpha=ONE: Piecewise((z, z > 0), (alpha * (exp(z) - 1), True)), stable="elu",
        ),
        Activation(
            "selu", lambda z: SELU_SCALE * (Max(0, z) + SELU_ALPHA * _grown(z)),
            lambda z, y: ((SELU_SCALE, _above(z)), (y + SELU_SCALE * SELU_ALPHA, _below(z))), (-SELU_SCALE * SELU_ALPHA, INFINITY),
            kinks=(ZERO,), largest=SELU_SCALE * SELU_ALPHA, steepest=ZERO, spelt=_selu_cases, stable="selu",
        ),
        # Ramachandran, Zoph, Le, Searching for activation functions, 2017. It is least, and steepest, where z·tanh(z/2) = ∓2.
        Activation(
            "swish", _swish, _swish_slope, (Float("-0.278464542761073795109358739023", 30), INFINITY), reached=(True, False),
            largest=Float("1.09983932012886691695818492432", 30), steepest=Float("2.39935728051546766783273969728", 30),
            settings=(Setting("beta", ONE, lambda z, y, beta: ((y, z - y),)),),
            spelt=lambda z, beta=ONE: z * _sigmoid(beta * z), stable="swish",
        ),
        # Hendrycks, Gimpel, Gaussian error linear units, 2016: z·Φ(z), exactly.
        Activation(
            "gelu", _gelu, _gelu_slope, (Float("-0.169971207479903661693868470982", 30), INFINITY), reached=(True, False),
            largest=(1 + erf(1)) / 2 + exp(-1) / sqrt(pi), steepest=sqrt(2), stable="gelu",
        ),
        SOFTPLUS,
        # Misra, Mish: a self regularized non-monotonic activation function, 2019.
        Activation(
            "mish", lambda z: z * tanh(log(1 + exp(z))), _mish_slope, (Float("-0.308843413017250406628760229042", 30), INFINITY), reached=(True, False),
            largest=Float("1.08849816125172786122829362739", 30), steepest=Float("1.49057117948542845929441890820", 30),
            spelt=lambda z: z * tanh(_softplus(z)), stable="mish",
        ),
        # The piecewise linear companions of sigmoid and tanh; of sigmoid, with the slope 1/6: Howard et al., MobileNetV3, 2019.
        Activation(
            "hard_sigmoid", lambda z: (Max(0, z + 3) - Max(0, z - 3)) / 6, lambda z, y: ((SIXTH, _above(z + 3)), (-SIXTH, Heaviside(z - 3, 1))), (ZERO, ONE),
            kinks=(Integer(-3), Integer(3)), reached=(True, True), largest=SIXTH, steepest=ZERO, spelt=lambda z: maximum(0, minimum(1, z / 6 + Rational(1, 2))),
        ),
        Activation(
            "hard_tanh", lambda z: Max(0, z + 1) - Max(0, z - 1) - 1, lambda z, y: ((_above(z + 1),), (-ONE, Heaviside(z - 1, 1))), (-ONE, ONE),
            kinks=(-ONE, ONE), reached=(True, True), largest=ONE, steepest=ZERO, spelt=lambda z: maximum(-1, minimum(1, z)),
        ),
        Activation(
            "softsign", lambda z: z / (1 + absolute(z)), lambda z, y: (((1 - absolute(y)) ** 2,),), (-ONE, ONE), largest=ONE, steepest=ZERO, stable="softsign"
        ),
        # Goodfellow et al., Maxout networks, 2013: the largest of several affine maps; at a tie the first of them.
        Activation("maxout", maximum, lambda z, y: ((ONE,),), REALS, maps=2, inline=True, largest=ONE),
        SOFTMAX,
    )
}  # fmt: skip


def _inside(e: Expr, delta: Expr) -> Expr:
    return Min(absolute(e), delta)


# Huber, Robust estimation of a location parameter, 1964: quadratic up to δ, linear beyond. It is a loss, and no activation
# of a layer.
HUBER = Activation(
    "huber",
    lambda e, delta=ONE: _inside(e, delta) * (absolute(e) - _inside(e, delta) / 2),
    lambda e, y, delta=ONE: ((sign(e), _inside(e, delta)),),
    settings=(Setting("delta", ONE, lambda e, y, delta: ((absolute(e) - _inside(e, delta),),)),),
    spelt=lambda e, delta=ONE: Piecewise((e**2 / 2, absolute(e) <= delta), (delta * (absolute(e) - delta / 2), True)),
)

_NATIVE = {record.native: record for record in ACTIVATIONS.values() if record.native is not None}


def activation(name: str) -> Activation:
    """The record of that name. Raises UnknownNameError with the names there are."""
    try:
        return ACTIVATIONS[name]
    except (KeyError, TypeError):
        raise UnknownNameError("activation", name, ACTIVATIONS) from None


def activation_of(expression: Expr) -> Activation | None:
    """The record of the activation that is applied at the top of the expression, if there is one."""
    if isinstance(expression, Named):
        return expression.record
    return _NATIVE.get(expression.func)


def slope_in_output(expression: Expr, x: Expr, y: Expr, named: Lookup = of_layer) -> tuple[str, tuple[Term, ...]] | None:
    """The slope of an activation by the argument x, in its output y and, for a layer's, in the outputs that ``named`` gives.

    With it the name of what it rests on: "output", "other output" (by another unit's argument) or "setting". None where
    the expression is no activation, or reads x otherwise than as one of its arguments.
    """
    record, args = activation_of(expression), expression.args
    if record is None or (place := _place(args, x)) is None:
        return None
    others = [arg for other, arg in enumerate(args) if other != place]
    if x in {*others} or any(arg.has_free(x) for arg in others if not arg.is_Symbol):
        return None
    return "output" if place == 0 else "other output" if record.whole else "setting", record.partial(place, args, y, named)


def _place(args: tuple[Expr, ...], x: Expr) -> int | None:
    """The first place of x; as a rule it is the very same object, which is seen at once among many."""
    for place, arg in enumerate(args):
        if arg is x:
            return place
    return args.index(x) if x in args else None
