"""What is found in texts, and what is left in them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.synthesis.plans import Entity
from shared.synthesis.recognise.spans import Span, label, replace_in_text, settle
from shared.synthesis.recognise.texts import find_in_text


def labelled(text: str, locale: str = "en") -> str:
    return replace_in_text(text, find_in_text(text, locale=locale), label)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail mark.smith@example.com now", "mail <EMAIL> now"),
        ("IBAN DE89 3704 0044 0532 0130 00.", "IBAN <IBAN>."),
        ("IBAN DE89 3704 0044 0532 0130 01.", "IBAN <IBAN>."),
        ("paid by 4111 1111 1111 1111 today", "paid by <CREDIT_CARD> today"),
        ("call +49 151 12345678 please", "call <PHONE> please"),
        ("tel: 612 345 678", "tel: <PHONE>"),
        ("SSN 123-45-6789", "SSN <NATIONAL_ID>"),
        ("passport no. X1234567", "passport no. <PASSPORT>"),
        ("account no 00123456 was closed", "account no <CARDINALITY> was closed"),
        ("his password is hunter2!x", "his password is <PASSWORD>"),
        ("from 192.168.1.55 at noon", "from <IP_ADDRESS> at noon"),
        ("born on 12 March 1980 there", "born on <DATE_OF_BIRTH> there"),
        ("DOB: 1980-03-12", "DOB: <DATE_OF_BIRTH>"),
        ("ship to 12 Baker Street today", "ship to <STREET_ADDRESS> today"),
        ("he earns 123,456 EUR a year", "he earns <AMOUNT> a year"),
        ("salary: 98500", "salary: <AMOUNT>"),
        ("Mr. Quixworth was here", "Mr. <PERSON> was here"),
        ("Spoke with Zebulon Quixworth today", "Spoke with <PERSON> today"),
        ("Mark called about it", "<PERSON> called about it"),
        ("I told Grace in June", "I told <PERSON> in June"),
        ("see linkedin.com/in/john-smith-123", "see <URL>"),
    ],
)
def test_what_is_somebodys_is_found(text: str, expected: str) -> None:
    assert labelled(text) == expected


@pytest.mark.parametrize(
    ("locale", "text", "expected"),
    [
        ("de", "Frau Müller-Lüdenscheidt hat angerufen", "Frau <PERSON> hat angerufen"),
        ("de", "Der Kunde Hans Meier bat darum", "Der Kunde <PERSON> bat darum"),
        ("de", "Rückruf unter 089/1234567", "Rückruf unter <PHONE>"),
        ("de", "wohnt Hauptstraße 12 in Ulm", "wohnt <STREET_ADDRESS> in Ulm"),
        ("fr", "M. Dupont habite 12 rue de la Paix", "M. <PERSON> habite <STREET_ADDRESS>"),
        ("es", "la señora García López llamó", "la señora <PERSON> llamó"),
        ("pl", "PESEL 44051401359", "PESEL <NATIONAL_ID>"),
        ("it", "Il codice RSSMRA85T10A562S va bene", "Il codice <NATIONAL_ID> va bene"),
    ],
)
def test_other_languages_too(locale: str, text: str, expected: str) -> None:
    assert labelled(text, locale) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Please mark this as urgent. Will deliver on May 5.",
        "Mark the box as fragile.",
        "Grace period ends in June. April showers. Rose garden tools. Hunter boots.",
        "Order ORD-2024-000123 shipped, tracking 1Z999AA10123456784",
        "Price 19.99, weight 12.5 kg, SKU AB-12345-X, version 1.2.3.4",
        "12 pieces at 25.00 EUR each",
        "furiously bold instructions sleep carefully. express deposits",
        "The meeting is on 2024-05-01 at 10:30:00",
        "Shipped from Germany to New York",
        "The flight from Paris with stops in London was late",
    ],
)
def test_what_is_nobodys_stays(text: str) -> None:
    assert labelled(text) == text


def test_nouns_of_german_are_no_names() -> None:
    text = "Die Lieferung der Ware an die Firma war in Ordnung. Bitte Rechnung senden."
    assert labelled(text, "de") == text


def test_who_is_named_once_in_full_is_found_by_one_name_later() -> None:
    text = "Spoke with Zebulon Quixworth. The parcel of Quixworth is late."
    assert "Quixworth" not in labelled(text)


def test_values_of_the_row_are_found_in_any_writing() -> None:
    row = [
        (Entity.PERSON, "Xq Vrr"),
        (Entity.CARDINALITY, "7788-9900-11"),
        (Entity.LOGIN, "zz_top"),
    ]
    text = "XQ VRR (zz_top), account 7788 990011; Vrr again, but not Vrrx or xzz_topx"
    found = find_in_text(text, row=row)
    written = replace_in_text(text, found, label)
    assert written == (
        "<PERSON> (<LOGIN>), account <CARDINALITY>; <PERSON> again, but not Vrrx or xzz_topx"
    )


def test_a_common_word_of_a_name_is_found_as_a_name_is_written() -> None:
    row = [(Entity.PERSON, "Mark Order")]
    text = "mark this order; Mark agreed"
    assert replace_in_text(text, find_in_text(text, row=row), label) == (
        "mark this order; <PERSON> agreed"
    )


def test_a_name_that_was_cut_leaves_its_blanks() -> None:
    text = "with Kasten von Quixworth today"
    found = find_in_text(text, row=[(Entity.LAST_NAME, "Quixworth")])
    assert replace_in_text(text, found, label) == "with <PERSON> <PERSON> today"


def test_names_say_which_part_they_are() -> None:
    found = find_in_text("Mr. Quixworth and Angelika met Angelika Schulze")
    assert [each.entity for each in found] == [
        Entity.LAST_NAME,
        Entity.FIRST_NAME,
        Entity.PERSON,
    ]


SPANS = st.builds(
    lambda start, length, entity, confidence: Span(start, start + length, entity, confidence),
    st.integers(0, 60),
    st.integers(1, 20),
    st.sampled_from(list(Entity)),
    st.sampled_from([0.4, 0.6, 0.9, 1.0]),
)


@given(st.lists(SPANS, max_size=90))
def test_settled_spans_lie_apart_and_lose_no_place(spans: list[Span]) -> None:
    settled = settle(spans)
    assert all(one.end <= other.start for one, other in pairwise(settled))
    covered = {place for span in spans for place in range(span.start, span.end)}
    assert {place for span in settled for place in range(span.start, span.end)} == covered


@pytest.mark.parametrize("first", list(Entity)[:12])
@pytest.mark.parametrize("second", list(Entity)[12:24])
def test_of_spans_that_are_alike_the_first_stays_in_every_process(
    first: Entity, second: Entity
) -> None:
    # What a set makes of these changes from process to process.
    assert settle([Span(0, 4, first, 0.9), Span(0, 4, second, 0.9)])[0].entity is first
    assert settle([Span(0, 4, second, 0.9), Span(0, 4, first, 0.9)])[0].entity is second


PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "Mr. ",
            "Jane Miller",
            "@",
            "a@b.co",
            "DE89 3704 0044 0532 0130 00",
            "+49 ",
            "0151 2345678",
            "12 Baker Street",
            "salary ",
            "1,000 EUR",
            "geb. 1.2.1980",
            "passport no. ",
            "\n",
            " ",
            "<b>",
            "ß",
            "İ",
            "\u0301",
        ]
    ),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join), st.sampled_from(["en", "de", "ja", "xx"]))
def test_any_text_is_borne(text: str, locale: str) -> None:
    spans = find_in_text(text, locale=locale)
    assert all(0 <= each.start < each.end <= len(text) for each in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    replaced = replace_in_text(text, spans, lambda _entity, _found: "\x00")
    left = text
    for span in reversed(spans):
        found = text[span.start : span.end]
        # Marks between two others say nothing, and stay.
        new = "\x00" if any(map(str.isalnum, found)) else found
        left = left[: span.start] + new + left[span.end :]
    assert replaced == left


CANARY = st.text("bcdfghjklmnpqrstvwxz", min_size=6, max_size=10)


@settings(max_examples=80, deadline=None)
@given(CANARY, CANARY, st.lists(PIECES, max_size=6).map(" ".join), st.sampled_from([0, 1, 2]))
def test_no_value_of_the_row_is_left(first: str, last: str, around: str, way: int) -> None:
    name = f"{first.title()} {last.title()}"
    written = [name, name.upper(), f"{last.title()}, {first.title()}"][way]
    text = f"{around} {written} {around}"
    left = replace_in_text(text, find_in_text(text, row=[(Entity.PERSON, name)]), label).lower()
    assert first not in left
    assert last not in left


@pytest.mark.parametrize("locale", ["en", "de", "es"])
def test_what_says_that_a_number_follows_is_no_name(locale: str) -> None:
    text = "according to the form, IBAN GB81XKGP19784140359256"
    found = find_in_text(text, locale=locale)
    assert [(each.entity, text[each.start :][:4]) for each in found] == [(Entity.IBAN, "GB81")]
