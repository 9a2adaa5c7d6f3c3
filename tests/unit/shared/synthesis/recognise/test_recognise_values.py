"""What single values are."""

from __future__ import annotations

import pytest

from shared.synthesis.plans import Entity
from shared.synthesis.recognise.numbers import country_of, is_card, is_iban, national_id
from shared.synthesis.recognise.values import is_birthday, is_uuid, names_in, sure_kind


@pytest.mark.parametrize(
    ("value", "country", "entity"),
    [
        ("a.b@example.com", "us", Entity.EMAIL),
        ("jürgen@müller.example", "de", Entity.EMAIL),
        ("DE89 3704 0044 0532 0130 00", "us", Entity.IBAN),
        ("GB82WEST12345698765432", "us", Entity.IBAN),
        ("4111 1111 1111 1111", "us", Entity.CREDIT_CARD),
        ("378282246310005", "us", Entity.CREDIT_CARD),
        ("123-45-6789", "us", Entity.NATIONAL_ID),
        ("44051401359", "pl", Entity.NATIONAL_ID),
        ("RSSMRA85T10A562S", "us", Entity.NATIONAL_ID),
        ("AB 12 34 56 C", "gb", Entity.NATIONAL_ID),
        ("DE136695976", "de", Entity.TAX_ID),
        ("+49 151 12345678", "us", Entity.PHONE),
        ("(206) 555-9857", "us", Entity.PHONE),
        ("0151 12345678", "de", Entity.PHONE),
        ("192.168.1.20", "us", Entity.IP_ADDRESS),
        ("2001:db8::1", "us", Entity.IP_ADDRESS),
        ("00:1A:2B:3C:4D:5E", "us", Entity.MAC_ADDRESS),
        ("https://example.com/x", "us", Entity.URL),
        ("12 Baker Street", "us", Entity.STREET_ADDRESS),
        ("Hauptstraße 12a", "de", Entity.STREET_ADDRESS),
        ("12 rue de la Paix", "fr", Entity.STREET_ADDRESS),
        ("Calle Mayor, 5", "es", Entity.STREET_ADDRESS),
        ("Via Roma 10", "it", Entity.STREET_ADDRESS),
        ("ul. Marszałkowska 10/12", "pl", Entity.STREET_ADDRESS),
    ],
)
def test_what_chance_hardly_makes_is_known(value: str, country: str, entity: Entity) -> None:
    assert sure_kind(value, country) is entity


@pytest.mark.parametrize(
    "value",
    [
        "DE88 3704 0044 0532 0130 00",
        "4111 1111 1111 1112",
        "0000 0000 0000 0000",
        "2024-01-02",
        "12.50",
        "1.2.3.4",
        "ORD-2024-000123",
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "12345678",
        "9781234567897",
        "Blue shirt, size 42",
        "Germany",
        "",
    ],
)
def test_what_is_nobodys_is_not(value: str) -> None:
    assert sure_kind(value, "us") is None
    assert sure_kind(value, "de") is None


@pytest.mark.parametrize(
    ("value", "entity"),
    [
        ("Anna", Entity.FIRST_NAME),
        ("Schneider", Entity.LAST_NAME),
        ("Jane Doe", Entity.PERSON),
        ("Doe, Jane", Entity.PERSON),
        ("J. Smith", Entity.PERSON),
        ("Dr. Hans von Müller", Entity.PERSON),
        ("Luís Gonçalves", Entity.PERSON),
        ("New York", None),
        ("Aniseed Syrup", None),
        ("Anna 2", None),
        ("Miller Inc.", None),
    ],
)
def test_names_are_told_by_dictionaries(value: str, entity: Entity | None) -> None:
    assert names_in(value) is entity


def test_nine_bare_digits_may_be_chance() -> None:
    assert national_id("111222333", "nl") == (True, False)
    assert national_id("123-45-6789", "de") == (True, True)
    assert national_id("1", "de") == (False, False)


def test_locales_stand_for_countries() -> None:
    assert [country_of(each) for each in ("en", "en_GB", "de", "pt_BR", "zz")] == [
        "us",
        "gb",
        "de",
        "br",
        "us",
    ]


def test_days_of_birth_are_of_people_who_may_live() -> None:
    assert is_birthday("1980-02-29")
    assert is_birthday("1954")
    assert not is_birthday("2999-01-01")
    assert not is_birthday("1066-10-14")


def test_checks_are_of_whole_numbers() -> None:
    assert is_iban("DE89370400440532013000")
    assert not is_iban("DE8937040044053201300")
    assert not is_card("41111111111111110")
    assert is_uuid("{3F2504E0-4F89-11D3-9A0C-0305E82C3301}")
