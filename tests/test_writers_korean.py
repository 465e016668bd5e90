"""Korean particles in context: every sentence that has one, with what usually stands before it.

``python -m tests.test_writers_korean`` prints them all, to be read by somebody who speaks the language.
"""

from __future__ import annotations

import re
from string import Formatter

import pytest

from explain.document import Document, Inline, Math, Paragraph, Text
from explain.formula import Fence, Formula, Fraction, Name, Number, Over, Prefix, Root, Script, Word, row
from explain.locales import locale
from explain.locales.particles import FORMS, final_sound, particle
from explain.writers import write

KOREAN = locale("ko")
PLACES = {key: [(name, form) for _, name, form, _ in Formatter().parse(sentence) if name] for key, sentence in KOREAN.sentences.items()}
WITH_PARTICLES = [key for key, places in PLACES.items() if any(form for _, form in places)]


def sub(letter: str, *below: Formula) -> Formula:
    return Script(Name(letter), row(*below))


def partial(of: Formula, by: Formula) -> Formula:
    return Fraction(row(Prefix("∂"), of), row(Prefix("∂"), by))


W1, W2, W3 = (sub("w", Number(str(place))) for place in (1, 2, 3))
H1 = (Name("h"), Number("1"))

# What may stand before a particle, as it is read aloud, and whether that ends in a vowel, in ㄹ or in another consonant.
READ: list[tuple[Formula | str, str, str]] = [
    *((Number(digit), said, final) for digit, said, final in zip("0123456789", "영일이삼사오육칠팔구", "cㄹvcvvcㄹㄹv", strict=True)),
    (Number("10"), "십", "c"), (Number("220"), "이백이십", "c"), (Number("1000"), "천", "c"), (Number("0.0409"), "영 점 영사영구", "v"),
    (Number("−0.2548"), "마이너스 영 점 이오사팔", "ㄹ"), (Number("1e-12"), "십의 마이너스 십이 승", "c"),
    (row(Number("3"), Script(Number("10"), sup=Number("−12"))), "삼 곱하기 십의 마이너스 십이 승", "c"),
    *((Name(letter), said, final) for letter, said, final in (
        ("a", "에이", "v"), ("f", "에프", "v"), ("h", "에이치", "v"), ("l", "엘", "ㄹ"), ("m", "엠", "c"), ("n", "엔", "c"), ("r", "아르", "v"),
        ("w", "더블유", "v"), ("x", "엑스", "v"), ("z", "제트", "v"), ("L", "엘", "ㄹ"), ("δ", "델타", "v"), ("ε", "엡실론", "c"), ("σ", "시그마", "v"),
    )),
    (W1, "더블유 일", "ㄹ"), (W2, "더블유 이", "v"), (W3, "더블유 삼", "c"), (sub("w", Number("10")), "더블유 십", "c"),
    (sub("net", *H1), "넷 에이치 일", "ㄹ"), (sub("out", *H1), "아웃 에이치 일", "ㄹ"), (sub("δ", Name("o"), Number("1")), "델타 오 일", "ㄹ"),
    (sub("t", Name("o"), Number("2")), "티 오 이", "v"), (sub("w", Name("n")), "더블유 엔", "c"), (sub("δ", Name("k")), "델타 케이", "v"),
    (Name("Loss"), "로스", "v"), (Name("net"), "넷", "c"), (Name("out"), "아웃", "c"), (Name("price"), "프라이스", "v"), (Name("total"), "토털", "ㄹ"),
    (Name("apple"), "애플", "ㄹ"), (Name("sum"), "섬", "c"), (Name("output"), "아웃풋", "c"), (Name("count"), "카운트", "v"),
    (Script(Name("x"), sup=Number("2")), "엑스 제곱", "c"), (Script(sub("w", Number("1")), sup=Number("2")), "더블유 일 제곱", "c"),
    (Script(Name("W"), sup=Fence(Number("1"))), "더블유 일", "ㄹ"), (Script(Name("W"), sup=Fence(Number("2"))), "더블유 이", "v"),
    (Script(Name("a"), Number("3"), Fence(Number("1"))), "에이 일의 삼", "c"), (Script(Name("W"), sup=Name("⊤", "upright")), "더블유 전치", "v"),
    (Script(Name("f"), sup=Name("′")), "에프 프라임", "c"), (Name("σ′"), "시그마 프라임", "c"),
    (Over(Name("m"), "^"), "엠 햇", "c"), (Over(Name("x"), "¯"), "엑스 바", "v"), (Root(Number("2")), "루트 이", "v"),
    (partial(Name("Loss"), W1), "라운드 로스 라운드 더블유 일", "ㄹ"), (partial(Name("Loss"), W2), "라운드 로스 라운드 더블유 이", "v"),
    (Fraction(Number("1"), Number("2")), "이분의 일", "ㄹ"), (row(Name("σ"), Fence(Name("z"))), "시그마 제트", "v"),
    (Word("우유"), "우유", "v"), (Word("빵"), "빵", "c"), (Word("쌀"), "쌀", "ㄹ"), (Word("우유(L)"), "우유 엘", "ㄹ"),
    ("momentum", "모멘텀", "c"), ("adam", "아담", "c"), ("xor", "엑스오아르", "v"), ("XOR", "엑스오아르", "v"), ("SGD", "에스지디", "v"),
    ("moons", "문스", "v"),
    ("w₁", "더블유 일", "ㄹ"), ("x²", "엑스 제곱", "c"), ("50%", "오십 퍼센트", "v"),
]  # fmt: skip

USUAL: dict[str, list[Formula | str]] = {
    "of": [Name("Loss"), Name("L"), Name("net")], "wrt": [W1, W2, W3], "x": [W1, W2, Name("n")], "value": [Number("0.0409"), Number("0.041"), Number("0.043")],
    "error": [Script(Number("10"), sup=Number("−12")), Number("0"), Number("2")], "optimizer": ["SGD", "adam", "nesterov"], "data": ["xor", "moons", "spiral"],
    "count": ["12", "3", "20"], "seed": ["0", "1", "2"], "sizes": ["2-2-2", "3-1", "4-3"], "laws": ["로그의 법칙", "덧셈정리", "sin² + cos² = 1"],
    "signature": ["loss(theta, x, t)"], "function": [Name("σ"), Name("tanh"), Name("softmax")],
}  # fmt: skip
OTHERS: list[Formula | str] = [W1, W2, W3]


def spoken(argument: Formula | str) -> list[Inline]:
    return [Text(argument) if isinstance(argument, str) else Math(argument)]


def in_context(key: str) -> list[str]:
    """The sentence with what usually stands in its places."""
    found = {}
    for turn in range(3):
        chosen = {name: (USUAL.get(name, OTHERS) * 3)[turn] for name, _ in PLACES[key]}
        document = Document((), "ko", (Paragraph(KOREAN.say(key, **chosen)),))
        found[" ".join(str(write(document, "text", width=10_000).main).split())] = None
    return list(found)


@pytest.mark.parametrize(("before", "reading", "final"), READ, ids=[reading for _, reading, _ in READ])
def test_a_particle_follows_the_reading(before, reading, final):
    """The reading itself is in Hangul, whose last syllable says what is right."""
    assert final_sound(reading) == {"v": "vowel", "c": "consonant"}.get(final, final)
    for form, after_vowel in FORMS.items():
        right = after_vowel if final == "v" or (final == "ㄹ" and form == "으로") else form
        assert particle(spoken(before), form) == right, f"{reading}{right}"


def test_no_particle_is_written_where_it_does_not_follow_the_sound():
    fixed = re.compile(r"\}(을|를|은|는|이|가|과|와|으로|로)(?=[ .,)]|$)")
    assert [key for key, sentence in KOREAN.sentences.items() if fixed.search(sentence)] == []


@pytest.mark.parametrize("key", WITH_PARTICLES)
def test_every_sentence_carries_its_particles(key):
    for line in in_context(key):
        assert not re.search("[{}]", line)
        for syllable, form in re.findall(r"([가-힣])(은|는|을|를|과|와)(?= )", line):
            after_consonant = (ord(syllable) - ord("가")) % 28 > 0
            # Endings such as 있는, 같은 and 구한 are no particles.
            assert form not in ("을", "를") or after_consonant == (form == "을"), line


if __name__ == "__main__":
    for one in WITH_PARTICLES:
        print(f"{one}:", *in_context(one), sep="\n    ")  # noqa: T201 (the list is what this is run for)
