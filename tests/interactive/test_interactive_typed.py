"""What a reader types, into a field or into the address bar: taken, or refused beside the field with the last good state kept."""

from __future__ import annotations

import pytest

from derive import Network
from tests.interactive.tabs import NETS, page_of

pytestmark = pytest.mark.browser


TYPED = {
    "": "No number is typed", "abc": "“abc” is no number", "1e9": "1e9 is too large", "--1": "is no number", "0x10": "is no number",
    "NaN": "is no number", "Infinity": "is no number", "1,5": "after a point, as in 1.5;", ",5": "after a point, as in 0.5;", "1/0": "is no number",
    "1/2/3": "is no number", "1e400": "too large", "<b>": "“<b>” is no number",
}  # fmt: skip


def test_what_is_no_number_is_said_beside_its_field(tab):
    field = tab.tab.locator("#type-w1")
    for typed, said in TYPED.items():
        field.fill("0")
        field.fill(typed)
        field.press("Enter")
        assert said in tab.tab.inner_text("#bad-w1")
        assert "0 stays" in tab.tab.inner_text("#bad-w1")
        assert field.get_attribute("aria-invalid") == "true"
        assert tab('() => setting.values[placeOf("w1")]') == 0
    for typed, taken in {"1e3": 1000, "1/3": 1 / 3, "−1 / 2": -0.5, "½": 0.5, "+.5": 0.5, " ０．２５ ": 0.25, "2.": 2}.items():
        field.fill(typed)
        assert tab('() => setting.values[placeOf("w1")]') == taken
    field.fill("−0.25")
    assert tab('() => setting.values[placeOf("w1")]') == -0.25
    assert tab.tab.inner_text("#bad-w1") == ""
    assert field.get_attribute("aria-invalid") is None


@pytest.mark.parametrize(
    ("options", "reach", "typed", "taken"),
    [
        ({}, (0, 1), ["2", "-0.1", "1.0000001", "1e5"], "0.25"),
        ({"output": "tanh", "loss": "hinge"}, (-1, 1), ["-1.5", "2"], "-0.25"),
        ({"output": "identity", "loss": "squared_error"}, None, [], "25"),
    ],
)
def test_a_target_stays_where_the_loss_takes_it(opened, options, reach, typed, taken):
    tab = opened(page_of(Network(2, 2, 1, **options), ("w1",)))
    field, (low, high) = tab.tab.locator("#type-t_o1"), reach or (-2, 2)
    assert tab('() => [$("slide-t_o1").min, $("slide-t_o1").max].map(Number)') == [low, high]
    field.fill(taken)
    for one in typed:
        field.fill(one)
        field.press("Enter")
        assert tab.tab.inner_text("#bad-t_o1") == f"{one} is not between {low} and {high}, as Loss needs it; {taken.replace('-', '−')} stays.".replace(
            "between -", "between −"
        )
        assert tab("(part) => readAddress(part)", f"#t_o1={one}") == {"wrong": f"t_o1={one}"}
    assert tab('() => setting.values[placeOf("t_o1")]') == float(taken)


def test_the_limits_of_a_field_are_said_beside_it(opened):
    legends = "() => [...document.querySelectorAll('legend')].map((one) => one.textContent)"
    assert "targets (0 to 1)" in opened(page_of())(legends)
    assert "targets (−1 to 1)" in opened(page_of(Network(2, 2, 1, output="tanh", loss="hinge"), ("w1",)))(legends)
    assert "targets (0 to 1, together 1)" in opened(page_of(NETS["softmax"](), ("w1",)))(legends)
    dropping = opened(page_of(NETS["dropout"](), ("w1",)))
    assert dropping('() => [$("slide-m_h1").min, $("slide-m_h1").max, $("slide-m_h1").step]') == ["0", "1", "1"]


def test_a_setting_without_a_loss_is_refused(tab):
    before = tab("() => [...setting.values]")
    assert tab('() => take(changed("w1", Infinity))') is False
    assert tab("() => [...setting.values]") == before


def test_the_rate_is_positive(tab):
    tab.tab.fill("#rate", "-1")
    tab.tab.press("#rate", "Enter")
    assert "positive" in tab.tab.inner_text("#bad-rate")
    assert tab("() => rate") == 0.5


def test_shares_give_way_to_each_other(opened):
    tab = opened(page_of(NETS["softmax"](), ("w1",)))
    tab.tab.fill("#type-t_o2", "0.4")
    assert tab("() => page.shares.map((name) => setting.values[placeOf(name)])") == pytest.approx([0.6, 0.4, 0])
    tab.tab.fill("#type-t_o1", "-0.5")
    tab.tab.press("#type-t_o1", "Enter")
    assert "between 0 and 1" in tab.tab.inner_text("#bad-t_o1")
    tab.tab.fill("#type-t_o1", "0")
    assert sum(tab("() => page.shares.map((name) => setting.values[placeOf(name)])")) == pytest.approx(1)


def test_the_address_keeps_the_setting(opened):
    text = page_of()
    tab = opened(text)
    tab.tab.fill("#type-w3", "-0.75")
    tab.tab.fill("#rate", "0.1")
    tab.tab.select_option("#samples", "xor")
    tab.tab.check("input[value=b2]", force=True)
    tab.tab.wait_for_timeout(500)
    address = tab.tab.url
    assert address.endswith("#by=b2&w3=-0.75&rate=0.1&samples=xor")
    values = tab("() => [...setting.values]")
    tab.tab.goto("about:blank")
    for again in (lambda: tab.tab.goto(address), lambda: tab.tab.reload(), lambda: (tab.tab.goto("about:blank"), tab.tab.go_back())):
        again()
        assert tab("() => [[...setting.values], rate, chosen().name, $('samples').value]") == [values, 0.1, "b2", "xor"]
    assert tab.tab.is_visible("#by-b2")
    assert not tab.tab.is_visible("#by-w1")


MISFITS = ["w1=abc", "w99=1", "by=net", "rate=-1", "w1=1e99", "w1", "%3Cscript%3E", "%", "w1=1&w2=", "t_o1=Infinity", "=", "w1=1=1", "samples=toString"]


def test_an_address_that_does_not_fit_is_refused_and_said(opened):
    tab = opened(page_of(names=("w1",)))
    assert tab("(parts) => parts.filter((part) => readAddress('#' + part).wrong === undefined)", MISFITS) == []
    for part in MISFITS[:2]:
        tab("(part) => { location.hash = part; }", part)
        tab.until(f"() => $('refused').textContent.includes('{part}')")
        assert "does not fit" in tab.tab.inner_text("#refused")
        assert tab("() => setting.values.every((value, place) => value === page.start[place])")
    tab.tab.goto(f"{tab.url}#w1=0.75")
    assert tab.tab.inner_text("#refused") == ""
    assert tab('() => setting.values[placeOf("w1")]') == 0.75
