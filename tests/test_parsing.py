"""Text to expressions and graphs: what is read, in which order it is kept, and what every refusal says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Abs, Expr, Heaviside, Integer, Max, Min, Rational, Symbol, acosh, atanh, cos, erf, exp, log, pi, sin, sqrt, symbols, tan, tanh

from derive.activations import ACTIVATIONS, HUBER, maximum, minimum
from derive.errors import DeriveError, ParseError
from derive.functions import FUNCTIONS, TextFunction
from derive.parsing import parse_expression, parse_graph, parse_written
from derive.written import Written

a, b, c, x, y, z = symbols("a b c x y z")
sigmoid = ACTIVATIONS["sigmoid"].function

VALUES = [
    ("x", x),
    ("  x\t", x),
    ("\nx + 1\r\n", x + 1),
    ("12", Integer(12)),
    ("0", Integer(0)),
    ("0.15", Rational(3, 20)),
    (".5", Rational(1, 2)),
    ("5.", Integer(5)),
    ("1e-3", Rational(1, 1000)),
    ("1.5E+2", Integer(150)),
    ("6.8813735870195432", Rational(68813735870195432, 10**16)),
    ("1e100", Integer(10) ** 100),
    ("1e-100", Rational(1, 10**100)),
    ("9" * 40, Integer(10) ** 40 - 1),
    ("0.1 + 0.2", Rational(3, 10)),
    ("x + y - z", x + y - z),
    ("x - (y - z)", x - y + z),
    ("x - -y", x + y),
    ("+x", x),
    ("2*x/y*z", 2 * x * z / y),
    ("x/(y*z)", x / (y * z)),
    ("1/3", Rational(1, 3)),
    ("-x**2", -(x**2)),
    ("(-x)**2", x**2),
    ("x**-2", x**-2),
    ("x**y**z", x ** (y**z)),
    ("(x**y)**z", (x**y) ** z),
    ("2**(1/3)", Integer(2) ** Rational(1, 3)),
    ("2**0.5", sqrt(2)),
    ("8**(1/3)", Integer(2)),
    ("2**100", Integer(2) ** 100),
    ("x**100", x**100),
    ("0**0", Integer(1)),
    ("e*E*I*N*S", exp(1) * symbols("E") * symbols("I") * symbols("N") * symbols("S")),
    ("pi*x**2", pi * x**2),
    ("exp(1)", sympy.E),
    ("exp(-x)", exp(-x)),
    ("sqrt(x)", sqrt(x)),
    ("log(x) + ln(x)", 2 * log(x)),
    ("log(x, y)", log(x, y)),
    ("log2(8) + log10(100) + lg(x)", 5 + log(x) / log(10)),
    ("log(x, exp(1))", log(x)),
    ("tan(x)/cos(y)", tan(x) / cos(y)),
    ("atanh(1/2)", atanh(Rational(1, 2))),
    ("acosh(x)", acosh(x)),
    ("sin(pi/6)", Rational(1, 2)),
    ("abs(-3*x)", 3 * Abs(x)),
    ("step(z)", Heaviside(z, 0)),
    ("step(0)", Integer(0)),
    # as SymPy prints them, where they are called
    ("Heaviside(z)", Heaviside(z)),
    ("Heaviside(-z, 1)", Heaviside(-z, 1)),
    ("Max(a, 2, b) + Min(a, 1)", Max(a, 2, b) + Min(a, 1)),
    ("Max(Max, 1)*Heaviside*huber", Max(Symbol("Max"), 1) * symbols("Heaviside") * symbols("huber")),
    ("huber(z) - huber(z, 2)", HUBER.function(z) - HUBER.function(z, 2)),
    ("max(b, a)", maximum(b, a)),
    ("max(1, 2, 1/2)", Integer(2)),
    ("min(b, a)", minimum(b, a)),
    ("erf(x)", erf(x)),
    ("z*sigmoid(z)", z * sigmoid(z)),
    ("tanh(z)", tanh(z)),
    ("identity(z)", z),
    ("lamda + net_h1 + w10_2", symbols("lamda") + symbols("net_h1") + symbols("w10_2")),
    ("0.5*x*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x**3)))", x * (1 + tanh(sqrt(2) / sqrt(pi) * (x + Rational(44715, 10**6) * x**3))) / 2),
]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_text_is_read_as_this_value(text: str, value: Expr):
    assert parse_expression(text) == value


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_the_written_form_has_the_same_value(text: str, value: Expr):
    written = parse_written(text)
    assert (written.expression if isinstance(written, Written) else written) == value


plus, times, over, power, minus = (lambda *args, head=head: Written(head, args) for head in ("+", "*", "/", "**", "neg"))

ORDERS = [
    ("w*i + v*j + b", plus(times(Symbol("w"), Symbol("i")), times(Symbol("v"), Symbol("j")), b)),
    ("c + b + a", plus(c, b, a)),
    ("c - b + a", plus(c, minus(b), a)),
    ("c + (b + a)", plus(c, plus(b, a))),
    ("(c + b) + a", plus(plus(c, b), a)),
    ("c*b*a", times(c, b, a)),
    ("c*(b*a)", times(c, times(b, a))),
    ("(c*b)*a", times(times(c, b), a)),
    ("c*b/a", over(times(c, b), a)),
    ("c/b*a", times(over(c, b), a)),
    ("c/b/a", over(over(c, b), a)),
    ("c*(b/a)", times(c, over(b, a))),
    ("-c*b", minus(times(c, b))),
    ("-c*b/a", minus(over(times(c, b), a))),
    ("(-c)*b", times(minus(c), b)),
    ("-2*x", minus(times(2, x))),
    ("-2", Integer(-2)),
    ("a - 2", plus(a, minus(2))),
    ("a*-2", times(a, Integer(-2))),
    ("a**-2", power(a, Integer(-2))),
    ("-a**2", minus(power(a, 2))),
    ("1 - 1", plus(1, minus(1))),
    ("2*3", times(2, 3)),
    ("1/2", over(1, 2)),
    ("max(c, a, b)", Written(maximum, (c, a, b))),
    ("log2(c)", Written(log, (c, Integer(2)))),
    ("step(c)", Written(Heaviside, (c, Integer(0)))),
    ("sqrt(b + a)", Written(sqrt, (plus(b, a),))),
    ("-(y*ln(p) + (1 - y)*ln(1 - p))", None),
]


@pytest.mark.parametrize(("text", "written"), ORDERS)
def test_the_order_of_terms_and_factors_is_kept(text: str, written: Written | None):
    p = Symbol("p")
    expected = written or minus(plus(times(y, Written(log, (p,))), times(plus(1, minus(y)), Written(log, (plus(1, minus(p)),)))))
    assert parse_written(text) == expected


@pytest.mark.parametrize("name", sorted(ACTIVATIONS))
def test_every_activation_is_a_function_of_its_name(name: str):
    function = ACTIVATIONS[name].function
    given_ = symbols("u v w")[: ACTIVATIONS[name].arguments[1]]
    assert parse_expression(f"{name}({', '.join(map(str, given_))})") == function(*given_)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_takes_the_arguments_that_its_row_says(name: str):
    row = FUNCTIONS[name]
    given_ = symbols("u v")[: row.least]
    assert parse_expression(f"{name}({', '.join(map(str, given_))})") == row.head(*given_, *row.after)
    with pytest.raises(ParseError, match=rf"{name} takes .*, not {row.most + 1}"):
        parse_expression(f"{name}({', '.join('x' * (row.most + 1))})")


def test_functions_can_be_added_for_one_text():
    diff = TextFunction("diff", sympy.Derivative, least=2, most=2)
    assert parse_expression("diff(sin(x), x) - 1", also={"diff": diff}) == sympy.Derivative(sin(x), x) - 1
    with pytest.raises(ParseError, match="no function 'diff'"):
        parse_expression("diff(sin(x), x)")


def test_given_symbols_are_used_as_they_are():
    positive = Symbol("x", positive=True)
    assert parse_expression("sqrt(x**2)", names=[positive]) == positive
    assert parse_expression("x + y", names=["x", "y", "z"]) == x + y


def test_plain_names_have_no_assumptions():
    assert next(iter(parse_expression("x").free_symbols)).assumptions0 == Symbol("x").assumptions0


EXAMPLES = [one for one in json.loads((Path(__file__).parent / "worked_examples.json").read_text(encoding="utf-8"))["examples"] if "graph" in one]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one["id"])
def test_published_graphs_are_read(example: dict):
    graph = parse_graph(example["graph"])
    assert {one.name for one in graph.givens} == set(example["at"])
    point = {Symbol(name): Rational(text) for name, text in example["at"].items()}
    value = graph.substituted(example["of"]).xreplace(point)
    assert float(value.evalf()) == pytest.approx(example["value"], rel=1e-11)


def test_a_graph_keeps_its_order_and_skips_comments():
    graph = parse_graph("# shop: 가게\n\ntotal = count*apple  # 사과\r\n\tprice = total * tax\n   \n")
    assert [one.name for one in graph.givens] == ["count", "apple", "tax"]
    assert [one.symbol.name for one in graph.definitions] == ["total", "price"]
    assert graph.definitions[0].written == Written("*", (Symbol("count"), Symbol("apple")))
    assert graph.definitions[0].expression == Symbol("count") * Symbol("apple")


def test_a_name_that_cancels_is_still_given():
    assert [one.name for one in parse_graph("f = x - x + y").givens] == ["x", "y"]


def test_e_is_a_name_in_a_graph():
    assert parse_graph("e = c * d").definitions[0].symbol == Symbol("e")


ALL = "abs, acos, acosh, asin, asinh, atan, atanh, cos, cosh"  # the list goes on with the activations of the day

ERRORS = [
    # text, column, token, what
    ("", 1, "", "the expression is empty"),
    ("   ", 1, "", "the expression is empty"),
    ("x^2", 2, "^", "'^' is not allowed; a power is written **"),
    ("2x", 2, "x", "an operator is missing between '2' and 'x'; a product is written with *"),
    ("2 x", 3, "x", "an operator is missing between '2' and 'x'; a product is written with *"),
    ("x y", 3, "y", "an operator is missing between 'x' and 'y'; a product is written with *"),
    ("(x)(y)", 4, "(", "an operator is missing between ')' and '('; a product is written with *"),
    ("2(y)", 2, "(", "an operator is missing between '2' and '('; a product is written with *"),
    ("(x)2", 4, "2", "an operator is missing between ')' and '2'; a product is written with *"),
    ("1.2.3", 4, ".3", "an operator is missing between '1.2' and '.3'; a product is written with *"),
    ("x +", 4, "", "a number or a name is missing after '+', at the end"),
    ("-", 2, "", "a number or a name is missing after '-', at the end"),
    ("* x", 1, "*", "a number or a name is missing before '*'"),
    ("x + / y", 5, "/", "a number or a name is missing before '/'"),
    ("x // y", 4, "/", "a number or a name is missing before '/'"),
    ("()", 2, ")", "a number or a name is missing before ')'"),
    ("max(x,)", 7, ")", "a number or a name is missing before ')'"),
    ("max(,x)", 5, ",", "a number or a name is missing before ','"),
    ("((x)", 1, "(", "this '(' is never closed"),
    ("x)", 2, ")", "this ')' closes nothing"),
    ("1,5", 2, ",", "a ',' stands only between the arguments of a function; a decimal point is written '.'"),
    ("max((x, y), 1)", 7, ",", "a ',' stands only between the arguments of a function; a decimal point is written '.'"),
    ("sin()", 5, ")", "sin takes 1 argument, not 0"),
    ("sin(x, y)", 9, ")", "sin takes 1 argument, not 2"),
    ("log(x, y, z)", 12, ")", "log takes 1 or 2 arguments, not 3"),
    ("max(x)", 6, ")", "max takes 2 to 100 arguments, not 1"),
    ("min(x)", 6, ")", "min takes 2 to 100 arguments, not 1"),
    ("sin x", 1, "sin", "'sin' is a function: write sin(…)"),
    ("1 + sin", 5, "sin", "'sin' is a function: write sin(…)"),
    ("x = 3", 3, "=", "'=' is not allowed; an expression has no '='"),
    ("x != 3", 3, "!", "'!' is not allowed; factorials are not supported"),
    ("x\n+ y", 2, "\n", "'\\n' (a control character, U+000A) is not allowed; an expression stands on one line"),
    ("x.y", 2, ".", "'.' is not allowed; a point stands only inside a number, such as 0.5"),
    ("|x|", 1, "|", "'|' is not allowed; an absolute value is written abs(x)"),
    ("[x]", 1, "[", "'[' is not allowed; only ( ) group"),
    ("x $ y", 3, "$", "'$' is not allowed; only numbers, names of ASCII letters and the signs + - * / ** ( ) , make an expression"),
    ("lambda", 1, "lambda", "'lambda' is a word of Python; write 'lamda' instead"),
    ("x or y", 3, "or", "'or' is a word of Python; write 'or1' instead"),
    ("x_", 1, "x_", "'x_' is no name: ASCII letters, digits and inner underscores, a letter first, such as 'w1' or 'net_h1'"),
    ("007", 1, "007", "the number 007 starts with a zero too many; write 7"),
    ("00", 1, "00", "the number 00 starts with a zero too many; write 0"),
    ("00.5", 1, "00.5", "the number 00.5 starts with a zero too many; write 0.5"),
    ("1e101", 1, "1e101", "the number 1e101 has an exponent beyond ±100"),
    ("x**101", 1, "x**101", "'x**101' has an exponent beyond ±100"),
    ("x**-100.5", 1, "x**-100.5", "'x**-100.5' has an exponent beyond ±100"),
    ("1 + (x**100)**2", 5, "(x**100)**2", "'(x**100)**2' works out to an exponent beyond ±100"),
    ("x/0", 1, "x/0", "'x/0' divides by zero"),
    ("x/0.0", 1, "x/0.0", "'x/0.0' divides by zero"),
    ("y + 1/(1 - 1)", 5, "1/(1 - 1)", "'1/(1 - 1)' divides by zero"),
    ("1/(x - x)", 1, "1/(x - x)", "'1/(x - x)' divides by zero"),
    ("0**-1", 1, "0**-1", "'0**-1' divides by zero"),
    ("0**x", 1, "0**x", "'0**x' has a variable exponent, and its base is not positive"),
    ("(-2)**x", 1, "(-2)**x", "'(-2)**x' has a variable exponent, and its base is not positive"),
    ("2 + log(0)", 5, "log(0)", "'log(0)' has no real value"),
    ("log(x - x)", 1, "log(x - x)", "'log(x - x)' has no real value"),
    ("log(x, 1)", 1, "log(x, 1)", "'log(x, 1)' has a base that is not a positive number other than 1"),
    ("log(x, -2)", 1, "log(x, -2)", "'log(x, -2)' has a base that is not a positive number other than 1"),
    ("sqrt(-1)", 1, "sqrt(-1)", "'sqrt(-1)' has no real value"),
    ("(-8)**(1/3)", 1, "(-8)**(1/3)", "'(-8)**(1/3)' is not a real number"),
    ("asin(2)", 1, "asin(2)", "'asin(2)' is not a real number"),
    ("atanh(1)", 1, "atanh(1)", "'atanh(1)' has no real value"),
    ("tan(pi/2)", 1, "tan(pi/2)", "'tan(pi/2)' has no real value"),
    ("ln(1 - e)", 1, "ln(1 - e)", "'ln(1 - e)' has no real value"),
    ("Heaviside(x, y)", 1, "Heaviside(x, y)", "'Heaviside(x, y)' has no number as its value at 0"),
    ("Max(x)", 6, ")", "Max takes 2 to 100 arguments, not 1"),
    ("1/(sin(1)**2 + cos(1)**2 - 1)", 4, "sin(1)**2 + cos(1)**2 - 1",
     "'sin(1)**2 + cos(1)**2 - 1' is too close to zero to be told apart from it, or divides by what is"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "column", "token", "what"), ERRORS)
def test_an_error_names_the_place_the_token_and_what_would_work(text: str, column: int, token: str, what: str):
    with pytest.raises(ParseError) as refused:
        parse_expression(text)
    assert str(refused.value) == f"line 1, column {column}: {what}"
    assert (refused.value.line, refused.value.column, refused.value.token, refused.value.what) == (1, column, token, what)


def test_an_unknown_function_lists_those_there_are():
    with pytest.raises(ParseError) as refused:
        parse_expression("1 + sine(x)")
    assert refused.value.what.startswith(f"no function 'sine'; there are {ALL}, ")
    assert refused.value.what.endswith("; did you mean 'sin'?; a product is written sine*(…)")
    assert "sigmoid" in refused.value.what
    assert (refused.value.column, refused.value.token) == (5, "sine")


@pytest.mark.parametrize(
    ("text", "names", "what"),
    [
        ("w1 + q9", ["w1", "w2", "w3"], "no name 'q9'; there are w1 … w3"),
        ("w1 + w33", ["w1", "w2", "w3"], "no name 'w33'; there are w1 … w3; did you mean 'w3'?"),
        ("2*E", ["x"], "no name 'E'; there are x; Euler's number is written e"),
        ("x(y)", ["x", "y"], "'x' is a name, not a function; a product is written x*(…)"),
    ],
)
def test_names_outside_the_list_are_refused_with_the_list(text: str, names: list[str], what: str):
    with pytest.raises(ParseError) as refused:
        parse_expression(text, names=names)
    assert refused.value.what == what


def test_the_line_of_an_expression_counts_lines_above_it():
    with pytest.raises(ParseError, match=r"^line 3, column 5: '\^' is not allowed"):
        parse_expression("\n \n  x ^ 2")


GRAPH_ERRORS = [
    ("", 1, 1, "the text defines nothing; write one 'name = expression' a line"),
    ("# only\n\n", 1, 1, "the text defines nothing; write one 'name = expression' a line"),
    ("a + b", 1, 1, "'a + b' is no definition; write name = expression"),
    ("a = 1\n  b", 2, 3, "'b' is no definition; write name = expression"),
    ("a =", 1, 4, "the expression is empty"),
    ("a = # nothing", 1, 4, "the expression is empty"),
    ("a = b ^ 2", 1, 7, "'^' is not allowed; a power is written **"),
    ("a = 1\nc = a + 2 b", 2, 11, "an operator is missing between '2' and 'b'; a product is written with *"),
    ("a = b\n\n# c\nc = log(0)*a", 4, 5, "'log(0)' has no real value"),
    ("a = 1; b = 2", 1, 6, "';' is not allowed; one definition or expression stands on a line"),
    ("a == b", 1, 4, "'=' is not allowed; an expression has no '='"),
    ("a := 3", 1, 1, "'a :' is no name: ASCII letters, digits and inner underscores, a letter first, such as 'w1' or 'net_h1'"),
    ("a, b = 1, 2", 1, 1, "'a, b' is no name: ASCII letters, digits and inner underscores, a letter first, such as 'w1' or 'net_h1'"),
    ("  2 = x", 1, 3, "'2' is no name: ASCII letters, digits and inner underscores, a letter first, such as 'w1' or 'net_h1'"),
    ("= x", 1, 1, "'' is no name: ASCII letters, digits and inner underscores, a letter first, such as 'w1' or 'net_h1'"),
    ("lambda = 2", 1, 1, "'lambda' is a word of Python; write 'lamda' instead"),
    ("a = 1\na = 2", 2, 1, "'a' is defined already in line 1; a name is defined once"),
    ("a = b + 1\nb = 2", 1, 5, "'b' is read before it is defined in line 2; move that line up"),
    ("a = a + 1", 1, 5, "the definitions run in a circle: a → a"),
    ("a = x + c\nb = a\nc = 2*b", 1, 9, "the definitions run in a circle: a → c → b → a"),
    ("y = w1 + w_1", 1, 10, "the names 'w1' and 'w_1' would print alike; rename one of them"),
    ("w1 = x\nw_1 = x", 2, 1, "the names 'w1' and 'w_1' would print alike; rename one of them"),
]


@pytest.mark.parametrize(("text", "line", "column", "what"), GRAPH_ERRORS)
def test_a_graph_error_names_the_line(text: str, line: int, column: int, what: str):
    with pytest.raises(ParseError) as refused:
        parse_graph(text)
    assert (refused.value.line, refused.value.column, refused.value.what) == (line, column, what)


@pytest.mark.parametrize("name", ["exp", "max", "sigmoid"])
def test_functions_are_not_defined_anew(name: str):
    with pytest.raises(ParseError, match=rf"^line 2, column 1: '{name}' is a function here; define another name, such as '{name}1' \(taken are abs, "):
        parse_graph(f"a = 1\n{name} = 3")


@pytest.mark.parametrize("call", [parse_expression, parse_written, parse_graph])
@pytest.mark.parametrize("thing", [None, 3, b"x", x, ["x"]])
def test_only_text_is_read(call, thing):
    with pytest.raises(DeriveError, match="the text is a str, not"):
        call(thing)


def test_names_are_a_list():
    with pytest.raises(DeriveError, match="names is a list of names or Symbols, not 'xy'"):
        parse_expression("x", names="xy")


# Trees of operations that always have a real value: what is divided by is positive, what grows is not nested.
LEAVES = st.one_of(
    st.sampled_from([x, y, z]),
    st.integers(1, 99).map(Integer),
    st.tuples(st.integers(1, 999), st.sampled_from([10, 100, 1000])).map(lambda pair: Rational(*pair)),
)


def _branches(children: st.SearchStrategy) -> st.SearchStrategy:
    several = st.lists(children, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Written, st.sampled_from(["+", "*"]), several),
        st.builds(Written, st.just("neg"), st.tuples(children.filter(lambda one: isinstance(one, Written) or one.is_Symbol))),
        st.builds(Written, st.just("/"), st.tuples(children, LEAVES)),
        st.builds(Written, st.just("**"), st.tuples(children, st.integers(2, 3).map(Integer))),
        st.builds(Written, st.sampled_from([tanh, sigmoid, sympy.atan]), st.tuples(children)),
    )


TREES = st.recursive(LEAVES, _branches, max_leaves=8)


def _decimal(number: Expr) -> str:
    return str(number) if number.q == 1 else f"{number.p // number.q}.{number.p % number.q * (1000 // number.q):03d}"


def _text(tree: Written | Expr, space: str) -> str:
    if not isinstance(tree, Written):
        return tree.name if isinstance(tree, Symbol) else _decimal(tree)
    args = [one if "(" not in one and one.isalnum() else f"({one})" for one in (_text(arg, space) for arg in tree.args)]
    if tree.head == "neg":
        return f"-{space}{args[0]}"
    if isinstance(tree.head, str):
        return f"{space}{tree.head}{space}".join(args)
    return f"{tree.head.__name__}{space}({space}{args[0]}{space})"  # type: ignore[attr-defined]


@settings(deadline=None, max_examples=200)
@given(TREES, st.sampled_from(["", " ", "\t", "  "]))
def test_what_is_printed_by_hand_is_read_back(tree: Written | Expr, space: str):
    try:
        value = tree.expression if isinstance(tree, Written) else tree
        read = parse_written(_text(tree, space))
    except ParseError as refused:
        assert "digits" in refused.what or "exponent" in refused.what or "told apart" in refused.what  # noqa: PT017
        return
    assert read == tree
    assert parse_expression(_text(tree, space)) == value


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet="xyz019.e+-*/() ,sinlogmax=^\n#_[é", max_size=30))
def test_any_text_is_read_or_refused_with_a_place(text: str):
    for read in (parse_expression, parse_graph):
        try:
            read(text)
        except ParseError as refused:
            assert refused.line >= 1  # noqa: PT017
            assert refused.column >= 1  # noqa: PT017


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 10**20), st.integers(0, 20), st.integers(-30, 30))
def test_every_decimal_is_exact(digits: int, places: int, exponent: int):
    padded = str(digits).rjust(places + 1, "0")
    text = f"{padded[: len(padded) - places]}.{padded[len(padded) - places :]}e{exponent}"
    assert parse_expression(text) == Rational(digits) * Rational(10) ** (exponent - places)


@settings(deadline=None, max_examples=100)
@given(st.permutations(range(6)))
def test_definitions_are_read_in_any_good_order_only(order: list[int]):
    text = "\n".join(f"n{k} = x{k}" + (f" + n{k - 1}" if k else "") for k in order)
    if order == sorted(order):
        assert [one.symbol.name for one in parse_graph(text).definitions] == [f"n{k}" for k in order]
        return
    early = next(place for place, k in enumerate(order) if k and k - 1 not in order[:place])
    with pytest.raises(ParseError, match=rf"^line {early + 1}, column \d+: 'n{order[early] - 1}' is read before it is defined"):
        parse_graph(text)
