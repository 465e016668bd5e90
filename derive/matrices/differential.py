"""Gradients of matrix expressions by the method of differentials, as facts.

The shape of a derivative: by a matrix or vector, a number has a gradient of that shape; a column vector by a column
vector has a Jacobian, one row for each entry of the first; anything by a number has its own shape.

Not supported, and refused by name: derivatives with more than two indices (a matrix by a matrix, a vector by a
matrix), Jacobians through a matrix that varies (inv(diag(x))*y), single entries and blocks of matrices, Kronecker
products, functions of matrices that do not work on entries (matrix exponentials, eigenvalues), functions of several
numbers (max, min), complex numbers. det and inv are taken where X is invertible, logdet where det X > 0, norm2 where
it is not 0; at kinks (abs, relu, norm1) slopes have the values that ``derive.rules`` declares.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Expr

from ..errors import DeriveError
from ..functions import CONSTANTS
from ..steps import Claim, Derivation, Step, Total
from .backward import backward
from .forward import forward
from .functions import MatrixFunction, matrix_function
from .parts import is_matrix
from .reading import letters_in
from .sizes import kind_of

__all__ = ["matrix_gradient"]

SHAPES = "supported are a number by anything, a column vector by a column vector, and anything by a number"


def matrix_gradient(f: str | Expr, wrt: str | Expr, declared: Mapping[str, Any] | None = None) -> Derivation:
    """The derivative of a matrix expression by one of its letters, law by law: ``.steps`` are facts, ``.result`` is tidy.

    f is text in the notation of matrixcalculus.org, such as "norm2(A*x - b)^2", or a SymPy expression over
    MatrixSymbols (1×1 counts as a number). In text, a … g are numbers, h … z column vectors and A … Z matrices
    unless ``declared`` says otherwise: {"b": "vector", "S": "symmetric matrix", "A": "matrix 3 x 2"}; e and pi are the
    constants unless declared or differentiated by. The claims
    are Total(f, E) for every part E on the way, shaped like E. By a symmetric matrix, the gradient is the
    symmetric one. Raises DeriveError for text that is no expression, shapes that do not fit (with both), and for
    what is not supported, with what is.
    """
    if isinstance(f, str) and str(wrt) in CONSTANTS and str(wrt) in letters_in(f):
        declared = {str(wrt): kind_of(str(wrt)), **(declared or {})}
    function = matrix_function(f, declared)
    letter = function.node(wrt)
    steps = _steps(function, letter)
    claim: Any = Total(function.name, letter)
    return Derivation(function, claim, tuple(steps.values()))  # type: ignore[arg-type]


def _steps(function: MatrixFunction, letter: Any) -> dict[Claim, Step]:
    root = function.expression
    if not is_matrix(root):
        return backward(function.name, root, letter, function.definitions[0].written)
    columns = is_matrix(letter) and root.shape[1] == 1 == letter.shape[1]
    if not columns and is_matrix(letter):
        raise DeriveError(f"the derivative of {_shown(root)} by {_shown(letter)} is not supported; {SHAPES}{_hint(root, letter)}")
    steps = forward(root, letter)
    whole: Any = Total(root, letter)
    named: Any = Total(function.name, letter)
    return {**steps, named: Step(named, "definition", ((whole,),), steps[whole].value)}


def _shown(one: Any) -> str:
    return f"{one!s:.60} of shape {tuple(one.shape)}"


def _hint(root: Any, letter: Any) -> str:
    if 1 in root.shape and 1 in letter.shape:
        return "; take the transpose of the row vector"
    return "; a number made of it, such as its sum or its trace, has a gradient"
