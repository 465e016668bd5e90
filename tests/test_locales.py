"""Languages: the same sentences with the same places, and Korean particles by the sound of what precedes them."""

from __future__ import annotations

import re
from dataclasses import replace
from string import Formatter

import pytest

from explain.document import Math, Text
from explain.formula import Binary, Fence, Formula, Fraction, Name, Number, Prefix, Script, Word, row
from explain.locales import LANGUAGES, locale
from explain.locales.particles import FORMS, final_sound, particle

W1 = Script(Name("w"), Number("1"))
DELTA = Script(Name("δ"), row(Name("o"), Number("1")))


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_every_language_has_the_same_sentences(language: str) -> None:
    ours, theirs = locale("en").sentences, locale(language).sentences
    assert set(ours) == set(theirs)
    for key in ours:
        assert places(theirs[key]) <= places(ours[key]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_specification_is_a_particle_of_the_language(language: str) -> None:
    for key, sentence in locale(language).sentences.items():
        for _, _, specification, _ in Formatter().parse(sentence):
            assert not specification or (language == "ko" and specification in FORMS), key


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (W1, "w_1을"), (DELTA, "δ_o1은"), (Number("220"), "220이"), (Number("0.5"), "0.5를"), (Number("0.0409"), "0.0409를"), (Number("3"), "3으로"),
        (Number("1"), "1로"), (Number("2"), "2로"), (Script(Name("x"), sup=Number("2")), "x²을"), (Name("Loss"), "Loss는"), (Name("net"), "net은"),
        (Word("우유"), "우유를"), (Word("빵"), "빵을"), (Fraction(row(Prefix("∂"), Name("Loss")), row(Prefix("∂"), W1)), "∂Loss/∂w_1을"),
        (Script(Name("z"), Number("2"), Fence(Number("1"))), "z_2를"), (row(Number("1"), Binary("−"), Name("t")), "1 − t를"), (Name("α"), "α와"),
        (Name("l"), "l로"),
    ],
)  # fmt: skip
def test_a_particle_follows_the_sound(formula: Formula, expected: str) -> None:
    wanted = next(form for form in sorted((*FORMS, *FORMS.values()), key=len, reverse=True) if expected.endswith(form))
    asked = next(form for form, other in FORMS.items() if wanted in (form, other))
    assert particle([Math(formula)], asked) == wanted


@pytest.mark.parametrize(("text", "sound"), [("경로", "vowel"), ("길", "ㄹ"), ("값", "consonant"), ("10", "consonant"), ("model", "ㄹ"), ("", "vowel")])
def test_words_end_in_a_sound(text: str, sound: str) -> None:
    assert final_sound(text) == sound


def test_a_sentence_carries_its_particles() -> None:
    said = locale("ko").say("reason.cancel", what=W1)
    assert said == (Math(W1), Text("이"), Text(" 약분된다"))
    assert locale("en").say("reason.cancel", what=W1) == (Math(W1), Text(" cancels"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("agreed", "count", "key"), [(1, 4, "survey.agreed"), (1, 1, "survey.agreed.one"), (4, 4, "survey.agreed")])
def test_what_is_counted_decides_about_one_or_several(language: str, agreed: int, count: int, key: str) -> None:
    words = locale(language)
    error = Math(Number("0"))
    plain = {key: words.sentences[key], "unlike": ""}
    said = words.say("survey.agreed", agreed=agreed, count=count, error=error)
    assert said == replace(words, sentences=plain).say(key, agreed=agreed, count=count, error=error)


def test_lists_are_joined_as_the_language_does() -> None:
    assert "".join(part.text for part in locale("en").joined(["a", "b", "c"]) if isinstance(part, Text)) == "a, b and c"
    assert "".join(part.text for part in locale("ko").joined(["a", "b"]) if isinstance(part, Text)) == "a, b"


# ---- numbers and quotation marks


def test_the_point_of_a_number_is_the_one_of_the_language(monkeypatch) -> None:
    from derive import Network
    from explain import lecture, locales
    from explain.writers import write

    page = lecture(Network(2, 2, 2).derivation("w1"))
    comma = replace(locale("en"), point=",")
    monkeypatch.setattr(locales, "locale", lambda language: comma)
    for format in ("text", "latex", "html", "typst"):
        told = str(write(page, format).main).replace("{,}", ",").replace(r"\,", ",")
        told = re.sub(r"(?s)<(style|svg).*?</\1>|=\"[^\"]*\"", "", told)
        assert "0,0409" in told
        assert "1,8359" in told
        assert not re.search(r"0\.\d{4}", told), format
    assert "0,0409" not in str(write(page, "json").main)


def test_a_point_changes_nothing_else() -> None:
    from explain.document import Document, Equation
    from explain.locales.numerals import localized

    document = Document((Text("v 1.5"),), "en", (Equation(row(Number("1.5"), Name("a.b"), Number("12"))),))
    assert localized(document, ".") is document
    assert localized(document, ",").blocks == (Equation(row(Number("1,5"), Name("a.b"), Number("12"))),)
    assert localized(document, ",").title == document.title


@pytest.mark.parametrize(("language", "said"), [("en", "1,048,576 paths"), ("ko", "1,048,576개의 경로")])
def test_a_count_has_its_thousands_set_apart(language: str, said: str) -> None:
    words = locale(language)
    told = "".join(part.text for part in words.say("want.many", of="a", wrt="b", count=2**20) if isinstance(part, Text))
    assert said in told
    spaced = replace(words, thousands=" ").say("want.many", of="a", wrt="b", count=2**20)
    assert "1 048 576" in "".join(part.text for part in spaced if isinstance(part, Text))


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_are_quoted_as_the_language_does(language: str) -> None:
    words = locale(language)
    marks = set('"“”‘«»‹›„‚「」『』') - set(words.quotes)
    assert [key for key, sentence in words.sentences.items() if marks & set(sentence)] == []
    assert len(words.quotes) == 4


@pytest.mark.parametrize(
    ("value", "digits", "said"), [(-2.0, 4, "−2"), (0.04091636, 4, "0,04092"), (3.2e-11, 1, "3 · 10⁻¹¹"), (float("inf"), 4, "∞"), (-1.5e20, 2, "−1,5 · 10²⁰")]
)
def test_a_number_among_words_is_written_as_the_language_does(value: float, digits: int, said: str) -> None:
    comma = replace(locale("en"), point=",")
    assert comma.number(value, digits) == said


def test_the_description_of_a_picture_follows_the_language() -> None:
    from derive import Network
    from explain.figures import tangent
    from numeric.data import default_point

    net = Network(2, 2, 2)
    drawn = tangent(net.derivation("w1"), default_point(net.graph), words=replace(locale("en"), point=","))
    assert "w1 = 0,1 has the slope 0,04092" in drawn.alt
