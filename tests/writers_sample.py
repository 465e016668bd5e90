"""One page with every kind of block, inline and node in it, and texts that try to be more than text."""

from __future__ import annotations

from explain.document import Block, Cite, Code, Document, Emphasis, Equation, Figure, Heading, Items, Math, Paragraph, Strong, Table, Text
from explain.formula import (
    Binary,
    Cases,
    Fence,
    Formula,
    Fraction,
    Lines,
    Matrix,
    Name,
    Number,
    Over,
    Prefix,
    Relation,
    Root,
    Row,
    Script,
    Times,
    UnderBrace,
    Word,
    row,
)
from explain.writers import write

x, y, net, one, two = Name("x"), Name("y"), Name("net"), Number("1"), Number("2")
plus, minus, equals = Binary("+"), Binary("−"), Relation("=")


def partial(of: Formula, by: Formula) -> Fraction:
    return Fraction(row(Prefix("∂"), of), row(Prefix("∂"), by))


def printed(document: Document, format: str, **options: object) -> str:
    page = write(document, format, **options).main
    assert isinstance(page, str)
    return page


def page(*blocks: Block) -> Document:
    return Document((), "en", blocks)


def between(sign: Formula, parts: list[Formula]) -> Formula:
    return row(*[node for part in parts for node in (sign, part)][1:])


HOSTILE = r"""\input{/etc/passwd} $x_1$ {%} #1 & ~^ <b>"q"</b> | `t` \end{document} <script>alert(1)</script> #read("/etc/passwd") *s* _e_ [l](u) 우유 − δ --"""

CHAIN = Lines(((partial(Name("L"), x), row(equals, one, plus, two), (Text("sum rule"),)), (Row(()), row(equals, Number("3")), None)))

WEIGHTED = [row(Script(Name("w"), Number(str(k))), Times(), Script(Name("out"), Name(f"h{k}"))) for k in range(24)]

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><circle cx="4" cy="4" r="3"/></svg>'

EVERYTHING = Document(
    (Text("Title " + HOSTILE),),
    "en",
    (
        Heading(2, (Text(HOSTILE), Math(x))),
        Paragraph((Text(HOSTILE), Math(partial(y, Script(net, Word(HOSTILE[:12])))), Strong((Text("s"), Math(x))), Cite("odd:1")), (Text(HOSTILE),)),
        Equation(Lines(((Word(HOSTILE[:20]), row(equals, Word(HOSTILE[:20])), (Text(HOSTILE), Math(x))), (Row(()), row(equals, one), (Text("r"),)))), "odd:1"),
        Equation(row(y, equals, between(plus, WEIGHTED)), "odd:2"),
        Equation(row(y, equals, Fraction(between(plus, WEIGHTED), net))),
        Equation(row(y, equals, between(Times(), [partial(x, net)] * 30))),
        Equation(row(y, equals, Fence(between(Relation(","), [Number(f"-0.{k}") for k in range(60)])))),
        Equation(
            row(Matrix(((one, two), (x, y))), plus, Cases(((one, row(x, Relation("<"), y)), (two, Word("else")))), plus, Root(Fraction(x, y), Number("3")))
        ),
        Equation(
            row(Fence(UnderBrace(row(partial(y, x), Times(), partial(x, net)), Name("δ"))), Times(), Over(net, "^"), Over(x, "¯"), Prefix("−"), Number("1e-12"))
        ),
        Equation(row(Script(Name("∑"), row(Name("k"), equals, one), Name("n")), Times(), Script(Fence(row(x, minus, y), "‖", "‖"), None, two))),
        Items(
            ((Paragraph((Text("[a]"), Emphasis((Text(HOSTILE),)))), Items(((Equation(CHAIN, "in:1"),), (Code(HOSTILE + "\n\n   x = 'a'"),)), numbered=False)),),
            start=7,
        ),
        Table(
            ((Text("["),), (Text(HOSTILE[:40]),)),
            (((Text("*"),), (Math(partial(y, x)),)), ((Text("[1]"),), (Text("many words " * 20),))),
            "cl",
            (Text(HOSTILE),),
        ),
        Table(((Text("step"),),), tuple(((Text(str(k)),),) for k in range(40)), "r"),
    ),
)

PICTURE = Figure(lambda suffix: {"svg": SVG, "pdf": b"%PDF-", "png": b"PNG"}[suffix], "net", 'the "network" <b>', (Text("Both paths of "), Math(x)))
