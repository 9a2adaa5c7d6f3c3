"""Texts, documents and arrays without what is personal in them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.synthesis.plans import Entity
from shared.synthesis.recognise.arrays import elements, with_elements
from shared.synthesis.recognise.known import KnownValues
from shared.synthesis.recognise.scrubbing import Scrubber
from shared.synthesis.recognise.spans import label

KEY = b"k" * 32


def scrubber(**options: object) -> Scrubber:
    return Scrubber(replacement=label, **options)  # type: ignore[arg-type]


def test_what_stands_behind_the_cutoff_never_passes() -> None:
    text = "fine words " * 10 + "Zebulon Quixworth, zq@example.com"
    for cutoff in range(0, len(text) + 5):
        left = scrubber(cutoff=cutoff).text(text, [(Entity.PERSON, "Zebulon Quixworth")])
        assert len(left) <= max(cutoff, len("<PERSON>, <EMAIL>") + 110)
        assert "Zeb" not in left
        assert "zq" not in left


def test_a_cut_leaves_no_half_of_a_number() -> None:
    text = "account DE89 3704 0044 0532 0130 00 is his"
    for cutoff in range(len(text)):
        assert "3704" not in scrubber(cutoff=cutoff).text(text)


def test_documents_keep_all_but_their_leaves() -> None:
    document = (
        '{ "name": {"first":"Ann","last":"Li"},  "age": 5.50, "customer":{"name":"Zyx Qux",'
        '"phone": 4915112345678}, "a@b.de": [1e3, null, true], "product":"Rose Garden",'
        '"salary": 123456.70, "emails":["x@y.zz"], "product":"twice" }'
    )
    assert scrubber().document(document) == (
        '{ "name": {"first":"<PERSON>","last":"<PERSON>"},  "age": 5.50, '
        '"customer":{"name":"<PERSON>","phone": 0}, "<EMAIL>": [1e3, null, true], '
        '"product":"Rose Garden","salary": 0, "emails":["<EMAIL>"], "product":"twice" }'
    )


def test_numbers_stay_numbers_when_made_up() -> None:
    made = Scrubber(replacement=lambda _entity, _found: "+49 (0) 30-1234")
    assert made.document('{"phone": 4915112345678}') == '{"phone": 490301234}'


def test_values_of_the_row_are_found_in_documents() -> None:
    row = [(Entity.PERSON, "Xq Vrr"), (Entity.CARDINALITY, "77889900")]
    left = scrubber().document('{"x": ["about Vrr", 77889900, {"Vrr": 1}]}', row)
    assert left == '{"x": ["about <PERSON>", 0, {"<PERSON>": 1}]}'


def test_what_is_no_json_does_not_pass() -> None:
    for broken in ('{"a": 1', '{"a" 1}}', "[1,]]", "nonsense", "", '"\\x"', "{]"):
        assert scrubber().document(broken) == "null"


def test_a_cut_document_is_whole() -> None:
    document = '{"note":"hello","list":[1,2,{"a":"bcdefgh","b":[1,"secret"]}],"z":987654}'
    for cutoff in range(len(document) + 1):
        left = json.loads(scrubber(cutoff=cutoff).document(document))
        if cutoff <= document.index("secret"):
            assert "secret" not in json.dumps(left)
        if cutoff <= document.index("987654"):
            assert "987654" not in json.dumps(left)
    assert scrubber(cutoff=len(document)).document(document) == document


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(JSON, st.integers(0, 80))
def test_any_document_stays_one(value: object, cutoff: int) -> None:
    document = json.dumps(value)
    json.loads(scrubber().document(document))
    json.loads(scrubber(cutoff=cutoff).document(document))


def test_a_document_may_be_nested_deep() -> None:
    deep = "[" * 200_000 + "]" * 200_000
    assert scrubber().document(deep) == deep


def test_tags_stay() -> None:
    text = (
        '<p class="x">To <b title="John Smith">John Smith</b>, '
        '<a href="mailto:j@s.com">j@s.com</a><br>ok &amp; fine</p>'
    )
    assert scrubber().text(text) == (
        '<p class="x">To <b title="&lt;PERSON&gt;">&lt;PERSON&gt;</b>, '
        '<a href="mailto:&lt;EMAIL&gt;">&lt;EMAIL&gt;</a><br>ok &amp; fine</p>'
    )


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        (
            "Kontakt: <Anna Schmidt Tel 0171 1234567 DE89 3704 0044 0532 0130 00>",
            ("Anna", "Schmidt", "1234567", "3704"),
        ),
        ("<p>Am 3.4. schrieb <anna.schmidt@example.org>:</p>", ("anna", "example")),
        ("<b>x</b> <mailto:a@b.example>", ("a@b",)),
        ("<p>x</p><?mail a@b.example ?>", ("a@b",)),
        ("<!DOCTYPE a@b.example><p>x</p>", ("a@b",)),
        ("<p title=a@b.example>x</p>", ("a@b",)),
        ("<p title\n=\n'Anna Schmidt'>x</p>", ("Anna", "Schmidt")),
        ("<p Anna Schmidt>x</p>", ("Anna", "Schmidt")),
        ("hello <Anna.Schmidt> <br>", ("Anna", "Schmidt")),
        ("hello <Anna_Schmidt> <br>", ("Anna", "Schmidt")),
        ("<Anna.Schmidt>x</Anna.Schmidt>", ("Anna", "Schmidt")),
        ("x</Anna Schmidt><br>", ("Anna", "Schmidt")),
        ("if a<b and anna.x@example.org>c <br>", ("anna", "example")),
    ],
)
def test_what_is_no_tag_does_not_pass_as_one(text: str, gone: tuple[str, ...]) -> None:
    left = scrubber(locale="de").text(text)
    assert not [each for each in gone if each in left]


@pytest.mark.parametrize(
    "text",
    [
        '<?xml version="1.0" encoding="UTF-8"?><order nr="12"><item sku="A1"/></order>',
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" '
        '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd"><p>x</p>',
        '<form><input type="checkbox" checked disabled/><br></form>',
        "<!DOCTYPE html><p>x <!-- y --> </p> <foo>",
    ],
)
def test_markup_of_nobody_stays_to_the_letter(text: str) -> None:
    assert scrubber().text(text) == text


def test_elements_are_known_by_their_names() -> None:
    text = "<customer><name>Zbx</name><lastName>Qrr</lastName><nr>12</nr></customer>"
    assert scrubber().text(text) == (
        "<customer><name>&lt;PERSON&gt;</name><lastName>&lt;PERSON&gt;</lastName><nr>12</nr></customer>"
    )


def test_cut_markup_is_closed() -> None:
    text = "<doc><p>" + "x" * 40 + "<b>Jane Miller</b><i>secret</i></p></doc>"
    for cutoff in range(len(text)):
        left = scrubber(cutoff=cutoff).text(text)
        assert left.count("<p>") == left.count("</p>")
        assert "Jane" not in left


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        ('{"Jane Doe",NULL,a@b.de}', "{<PERSON>,NULL,<EMAIL>}"),
        ('{{plain,"x \\"y\\""},{1,2}}', '{{plain,"x \\"y\\""},{1,2}}'),
        ("[0:1]={a@b.de,z}", "[0:1]={<EMAIL>,z}"),
        ("{}", "{}"),
    ],
)
def test_arrays_keep_their_shape(array: str, expected: str) -> None:
    assert scrubber().array(array) == expected


def test_documents_of_arrays_stay_documents() -> None:
    array = '{"{\\"phone\\": 4915112345678}","\\"a@b.de\\"",12}'
    left = scrubber().documents(array)
    assert [json.loads(each) for each in elements(left)] == [{"phone": 0}, "<EMAIL>", 12]


def test_elements_of_arrays_are_quoted_where_they_must_be() -> None:
    new = 'say "hi", {you}\\'
    written = with_elements("{a,b}", lambda element: new if element == "a" else element)
    assert list(elements(written)) == [new, "b"]


def test_known_values_are_found_anywhere() -> None:
    built = KnownValues.build(
        KEY, [(Entity.PERSON, "Zebulon Quixworth"), (Entity.LAST_NAME, "Brzk"), (Entity.CITY, "of")]
    )
    stored = built.to_bytes()
    assert b"Zebulon" not in stored
    # Besides the values their first words, of which one is that of two.
    assert len(stored) == 9 * (len(built) + 3)
    known = KnownValues.from_bytes(KEY, *built.parts())
    text = "zebulon   QUIXWORTH and Brzk of Quixworth, not brzk, of course"
    assert scrubber(known=known).text(text) == (
        "<PERSON> and <PERSON> of <PERSON>, not brzk, of course"
    )
    assert list(KnownValues.from_bytes(b"o" * 32, stored).find(text)) == []


def test_a_known_name_that_is_a_word_is_found_as_names_are_written() -> None:
    known = KnownValues.build(KEY, [(Entity.LAST_NAME, "Woods"), (Entity.PERSON, "Ann Price")])
    text = "Woods are dark, said Woods in the woods. Price and price of Price"
    found = [each.start for each in known.find(text)]
    assert found == [text.index("Woods in"), text.rindex("Price")]


def test_known_values_are_found_in_long_texts() -> None:
    known = KnownValues.build(KEY, [(Entity.PERSON, "Zebulon Quixworth")])
    for before in (1_020, 1_023, 1_024, 2_047):
        text = "word " * before + "Zebulon Quixworth" + " word" * 2_000
        found = {text[each.start : each.end] for each in known.find(text)}
        assert found == {"Zebulon Quixworth", "Zebulon", "Quixworth"}


def test_the_same_values_are_stored_alike() -> None:
    values = [(Entity.PERSON, "Aa Bb"), (Entity.EMAIL, "x@y.zz"), (Entity.LAST_NAME, "Quix")]
    assert (
        KnownValues.build(KEY, values).to_bytes() == KnownValues.build(KEY, values[::-1]).to_bytes()
    )


def test_accents_in_two_pieces_hide_nobody() -> None:
    assert "e\u0301" not in scrubber().text("Rene\u0301 Dupont called", [(Entity.PERSON, "René")])


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "Ab ",
        "1 ",
        "0/0-0.0 ",
        "a@",
        "<",
        '<a "',
        "<a b>",
        "<Anna x=",
        "salary 1000 EUR ",
        "John Smith ",
        "DE89 3704 ",
        "1:2:",
        "+1 (",
        "12 Ab ",
        "a-",
        "{",
        "Via AAAAAAAAAAAAAAAAAAAAAAAAAAAA ",
    ],
)
def test_a_hostile_text_ends(unit: str) -> None:
    scrubber().text(unit * (60_000 // len(unit)))


def test_what_stands_between_two_names_stays() -> None:
    scrubber = Scrubber(locale="de", replacement=lambda entity, found: f"[{entity}:{found}]")
    row = [(Entity.FIRST_NAME, "Anna"), (Entity.LAST_NAME, "Meyer")]
    assert scrubber.text("call Anna Meyer", row) == "call [FIRST_NAME:Anna] [LAST_NAME:Meyer]"


@pytest.mark.parametrize("before", range(40, 72, 3))
@pytest.mark.parametrize(
    "text",
    [
        '{"note": "%s Konto DE89 3704 0044 0532 0130 00 bitte", "more": 1}',
        '{"note": "%s an hubertine.zwick@mail.example bitte"}',
        "<p>%s Konto DE89 3704 0044 0532 0130 00 bitte</p>",
        "<p>%s an hubertine.zwick@mail.example bitte</p><b>x</b>",
    ],
)
def test_a_cut_leaves_no_half_of_what_is_personal(text: str, before: int) -> None:
    scrubbed = Scrubber(locale="de", replacement=label, cutoff=100).text(text % ("x" * before))
    assert "DE89" not in scrubbed
    assert "hubertine" not in scrubbed
    assert "zwick" not in scrubbed
