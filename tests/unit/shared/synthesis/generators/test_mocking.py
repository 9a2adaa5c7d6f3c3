"""Made-up values are valid, consistent, unique where they must be, and within their column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import iban, luhn

from shared.synthesis.generators import Choices
from shared.synthesis.generators.figures import account, card
from shared.synthesis.locales import FULL
from shared.synthesis.plans import ColumnName, Entity, Generator, GeneratorType
from shared.synthesis.schema import Check, Column, Kind, Schema, Table, TableName, Unique
from tests.unit.shared.synthesis.generators.copying import (
    Database,
    context_of,
    copied,
    problems,
)

TABLE = TableName("s", "people")

Values = Sequence[str | None]


def mocked(
    columns: dict[str, tuple[Entity | None, Values]],
    *,
    kinds: dict[str, dict[str, Any]] | None = None,
    unique: Sequence[str] = (),
    generator: GeneratorType = GeneratorType.MOCK,
    secret: bytes = b"s" * 32,
    lists: dict[str, list[str]] | None = None,
    checks: Sequence[Check] = (),
    name: TableName = TABLE,
    **parameters: Any,
) -> dict[str, list[str | None]]:
    """A table of these columns, copied with made-up values."""
    read = {"kind": Kind.TEXT, "type": "text"}
    table = Table(
        name=name,
        columns=tuple(
            Column(name=each, **{**read, **(kinds or {}).get(each, {})}) for each in columns
        ),
        uniques=tuple(Unique(name=each, columns=(each,)) for each in unique),
        checks=tuple(checks),
    )
    schema = Schema(tables=(table,))
    plan = {
        ColumnName(name, each): Generator(
            type=generator,
            parameters={**parameters, **({"entity": entity.value} if entity else {})},
        )
        for each, (entity, _) in columns.items()
    }
    source: Database = {name: {each: list(values) for each, (_, values) in columns.items()}}
    context = context_of(schema, plan, source, Choices(), secret=secret, lists=lists)
    target = copied(source, context)
    assert problems(schema, target) == []
    assert copied(source, context, block=3) == target
    return target[name]


@pytest.mark.parametrize("entity", list(Entity))
@pytest.mark.parametrize("by", ["value", "row"])
@pytest.mark.parametrize("locale", ["en", "ja_JP"])
def test_every_entity_is_made_up(entity: Entity, by: str, locale: str) -> None:
    old = [f"Value {number}" for number in range(30)] + ["Value 7"]
    new = mocked({"c": (entity, old)}, by=by, locale=locale)["c"]
    assert all(new)
    assert not set(new) & set(old)
    if by == "value":
        assert new[7] == new[30]
        assert mocked({"c": (entity, [*old, None])}, by=by, locale=locale)["c"] == [*new, None]
    if entity is not Entity.DATE_OF_BIRTH:
        assert mocked({"c": (entity, old)}, by=by, locale=locale, secret=b"t" * 32)["c"] != new


@pytest.mark.parametrize("entity", list(Entity))
@pytest.mark.parametrize("length", [4, 12, None])
def test_what_is_unique_stays_so_in_any_width(entity: Entity, length: int | None) -> None:
    old = [f"v{number:03x}" for number in range(600)]
    new = mocked(
        {"c": (entity, [*old, None, None])}, kinds={"c": {"length": length}}, unique=["c"]
    )["c"]
    assert len(set(new)) == len(old) + 1


@settings(max_examples=10, deadline=None)
@given(values=st.sets(st.text(min_size=1, max_size=12), max_size=200))
@pytest.mark.parametrize("entity", [Entity.EMAIL, Entity.PERSON, Entity.LOGIN, Entity.CITY])
def test_any_texts_stay_unique(entity: Entity, values: set[str]) -> None:
    old = sorted(values)
    new = mocked({"c": (entity, old)}, kinds={"c": {"length": 20}}, unique=["c"])["c"]
    assert len(set(new)) == len(old)


@pytest.mark.parametrize("locale", ["en_US", "de", "fr", "it_IT", "ja_JP"])
def test_numbers_are_valid(locale: str) -> None:
    ibans = mocked({"c": (Entity.IBAN, ["x1", "DE89370400440532013000"])}, locale=locale)["c"]
    assert all(iban.is_valid(str(each)) for each in ibans)
    cards = ["4111 1111 1111 1111", "378282246310005", "5555-5555-5555-4444"]
    for old, new in zip(cards, mocked({"c": (Entity.CREDIT_CARD, cards)})["c"], strict=True):
        assert luhn.is_valid(re.sub(r"\D", "", str(new)))
        assert re.sub(r"\d", "0", str(new)) == re.sub(r"\d", "0", old)
        assert str(new)[0] == old[0]
    phones = [f"+1212555{number:04d}" for number in range(50)]
    for new in mocked({"c": (Entity.PHONE, phones)}, locale=locale, unique=["c"])["c"]:
        assert phonenumbers.is_valid_number(phonenumbers.parse(str(new)))


@pytest.mark.parametrize("country", sorted({locale[-2:] for locale in FULL}))
def test_account_numbers_of_every_country_check(country: str) -> None:
    figure = account(country)
    numbers = [figure.write(number) for number in range(0, 10**10, 10**10 // 50)]
    assert len(set(numbers)) == len(numbers)
    assert all(iban.is_valid(each, check_country=False) for each in numbers)


def test_cards_are_different_and_of_their_brand() -> None:
    for like in ("4", "51", "37", "6011"):
        figure = card(like)
        numbers = [figure.write(number) for number in range(0, 10**12, 10**12 // 500)]
        assert len(set(numbers)) == len(numbers)
        assert all(luhn.is_valid(each) for each in numbers)


def test_the_names_of_a_row_agree() -> None:
    new = mocked(
        {
            "first_name": (Entity.FIRST_NAME, ["Jane", "José", "Jane"]),
            "last_name": (Entity.LAST_NAME, ["Doe", "Müller", "von Braun"]),
            "full": (Entity.PERSON, ["Doe, Jane", "Dr. José Müller", "Jane von Braun"]),
            "email": (Entity.EMAIL, ["jane.doe@a.com", "jmueller@b.de", "braun_j77@a.com"]),
            "login": (Entity.LOGIN, ["doej", "muellerj", "jane"]),
        }
    )
    (jane, jose, again), (doe, mueller, braun) = new["first_name"], new["last_name"]
    assert jane == again
    assert new["full"] == [f"{doe}, {jane}", f"Dr. {jose} {mueller}", f"{jane} {braun}"]
    small = [str(each).lower() for each in (jane, doe, jose, mueller)]
    assert str(new["email"][0]).startswith(f"{small[0]}.{small[1]}@")
    assert str(new["email"][1]).startswith(f"{small[2][0]}{small[3]}@")
    assert new["login"] == [f"{small[1]}{small[0][0]}", f"{small[3]}{small[2][0]}", small[0]]


def test_addresses_agree_with_names_of_other_tables() -> None:
    names = mocked(
        {
            "first": (Entity.FIRST_NAME, ["Jane", "Anna"]),
            "last": (Entity.LAST_NAME, ["Doe", "Smith"]),
        }
    )
    mails = mocked(
        {"mail": (Entity.EMAIL, ["jane.doe@x.com", "anna.smith@y.org"])},
        name=TableName("other", "newsletter"),
    )["mail"]
    for first, last, mail in zip(names["first"], names["last"], mails, strict=True):
        assert str(mail).startswith(f"{first}.{last}@".lower())


def test_the_names_of_a_row_agree_by_row_too_and_where_addresses_are_unique() -> None:
    new = mocked(
        {
            "first_name": (Entity.FIRST_NAME, ["a", "b", "c"]),
            "last_name": (Entity.LAST_NAME, ["a", "b", "c"]),
            "full_name": (Entity.PERSON, ["a", "b", "c"]),
            "email": (Entity.EMAIL, ["x@y.com", None, "z@y.com"]),
        },
        unique=["email"],
        by="row",
    )
    first, last, email = new["first_name"], new["last_name"], new["email"]
    assert new["full_name"] == [f"{one} {other}" for one, other in zip(first, last, strict=True)]
    assert email[1] is None
    for place in (0, 2):
        assert str(email[place]).startswith(f"{first[place]}.{last[place]}".lower())


def test_names_with_digits_in_them_agree_as_well() -> None:
    new = mocked(
        {
            "first_name": (Entity.FIRST_NAME, ["Anna7"]),
            "email": (Entity.EMAIL, ["anna7@a.com"]),
        }
    )
    assert str(new["email"][0]).startswith(f"{new['first_name'][0]}@".lower())


def test_umlauts_are_known_in_either_spelling() -> None:
    new = mocked(
        {
            "first_name": (Entity.FIRST_NAME, ["Leonie", "Leonie"]),
            "last_name": (Entity.LAST_NAME, ["Köhler", "Köhler"]),
            "email": (Entity.EMAIL, ["leonie.kohler@a.com", "lkoehler@a.com"]),
        }
    )
    first, last = str(new["first_name"][0]).lower(), str(new["last_name"][0]).lower()
    assert str(new["email"][0]).startswith(f"{first}.{last}@")
    assert str(new["email"][1]).startswith(f"{first[0]}{last}@")


def test_texts_are_made_up_by_the_name_of_their_column() -> None:
    old = ["x"] * 20
    new = mocked({"country": (None, old), "status": (None, old), "comment": (None, old)})
    assert all(str(each)[0].isupper() for each in new["country"])
    assert all(" " not in str(each) for each in new["status"])
    assert all(str(each).endswith(".") for each in new["comment"])


def test_days_of_birth_without_a_source_are_those_of_people() -> None:
    kinds = {"c": {"kind": Kind.TIMESTAMP, "type": "timestamp without time zone"}}
    new = mocked({"c": (Entity.DATE_OF_BIRTH, ["x"] * 50)}, kinds=kinds, by="row")["c"]
    assert all("1945-01-01" <= str(each) < "2006" for each in new)


def test_no_value_stays_what_it_is_by_chance() -> None:
    from shared.synthesis.generators.pools import pool

    for entity in (Entity.FIRST_NAME, Entity.LAST_NAME, Entity.JOB_TITLE):
        old = list(pool(entity, "en"))
        new = mocked({"c": (entity, old)})["c"]
        assert not [one for one, other in zip(old, new, strict=True) if one == other]


def test_addresses_are_nobodys_and_keep_company() -> None:
    new = mocked({"c": (Entity.EMAIL, ["a.b@one.com", "c.d@one.com", "info@two.com"])})["c"]
    domains = [str(each).partition("@")[2] for each in new]
    assert all(re.search(r"(^|\.)example\.(com|org|net)$", each) for each in domains)
    assert domains[0] == domains[1]
    assert str(new[2]).startswith("info@")


def test_one_address_becomes_one_in_every_table_though_it_is_unique_in_one() -> None:
    one, other = (
        Table(
            name=TableName("s", name),
            columns=(Column(name="mail", kind=Kind.TEXT, type="text"),),
            uniques=(Unique(name="u", columns=("mail",)),) if name == "one" else (),
        )
        for name in ("one", "other")
    )
    schema = Schema(tables=(one, other))
    mock = Generator(type=GeneratorType.MOCK, parameters={"entity": "EMAIL"})
    plan = {ColumnName(table.name, "mail"): mock for table in schema}
    mails = [f"jane.doe{number}@x.com" for number in range(50)]
    source: Database = {one.name: {"mail": list(mails)}, other.name: {"mail": mails[::-1] * 2}}
    target = copied(source, context_of(schema, plan, source))
    assert len(set(target[one.name]["mail"])) == 50
    assert target[other.name]["mail"] == target[one.name]["mail"][::-1] * 2


def test_a_column_of_genders_chooses_first_names() -> None:
    from faker.providers.person.en_US import Provider

    count = 40
    firsts = [f"Q{chr(97 + number % 26)}{number}" for number in range(count)]
    columns: dict[str, tuple[Entity | None, Values]] = {"first": (Entity.FIRST_NAME, firsts)}
    table = Table(
        name=TABLE,
        columns=tuple(Column(name=each, kind=Kind.TEXT, type="text") for each in ("first", "sex")),
    )
    schema = Schema(tables=(table,))
    plan = {
        ColumnName(TABLE, "first"): Generator(
            type=GeneratorType.MOCK, parameters={"entity": "FIRST_NAME"}
        )
    }
    source: Database = {TABLE: {"first": list(columns["first"][1]), "sex": ["F", "male"] * 20}}
    new = copied(source, context_of(schema, plan, source))[TABLE]
    assert set(new["first"][::2]) <= set(Provider.first_names_female)
    assert set(new["first"][1::2]) <= set(Provider.first_names_male)
    assert new["sex"] == source[TABLE]["sex"]


def test_a_postcode_lies_in_the_state_of_its_row() -> None:
    table = Table(
        name=TABLE,
        columns=tuple(Column(name=each, kind=Kind.TEXT, type="text") for each in ("zip", "state")),
    )
    schema = Schema(tables=(table,))
    plan = {
        ColumnName(TABLE, "zip"): Generator(
            type=GeneratorType.MOCK, parameters={"entity": "POSTCODE", "locale": "en"}
        )
    }
    source: Database = {
        TABLE: {
            "zip": ["35004", "99501-1234", "SW1A 1AA", None, "12345"],
            "state": ["AL", "alaska", "AL", "AL", "Nowhere"],
        }
    }
    new = copied(source, context_of(schema, plan, source))[TABLE]["zip"]
    assert 35_004 <= int(str(new[0])) <= 36_925
    assert re.fullmatch(r"99\d{3}-\d{4}", str(new[1]))
    assert new[3] is None
    assert re.fullmatch(r"\d{5}", str(new[4]))


def test_lists_of_the_mill_are_taken_where_they_are() -> None:
    names = [f"Mill{letter}" for letter in "abcdefghijklmnop"]
    new = mocked(
        {"c": (Entity.FIRST_NAME, ["Jane", "John", "Ann"])},
        generator=GeneratorType.LIST,
        lists={"FIRST_NAME:en_US": names},
    )["c"]
    assert set(new) <= set(names)


def test_a_list_that_is_too_short_is_combined() -> None:
    old = [f"Company {number}" for number in range(100)]
    new = mocked(
        {"c": (Entity.COMPANY, old)},
        generator=GeneratorType.LIST,
        lists={"COMPANY:en_US": [f"Mill {letter}" for letter in "abcdefghijkl"]},
        unique=["c"],
    )["c"]
    assert len(set(new)) == 100
    assert sum(str(each).startswith("Mill ") for each in new) == 100


def test_by_row_nothing_depends_on_the_source() -> None:
    for entity in Entity:
        one = mocked({"c": (entity, ["a", "b", "c"])}, by="row")
        assert one == mocked({"c": (entity, ["x", None, "z"])}, by="row")


KINDS: dict[str, dict[str, Any]] = {
    "smallint": {"kind": Kind.INTEGER, "lowest": -(2**15), "highest": 2**15 - 1},
    "numeric": {"kind": Kind.NUMBER, "precision": 4, "scale": 2},
    "float": {"kind": Kind.NUMBER},
    "text": {"kind": Kind.TEXT, "length": 5},
    "char": {"kind": Kind.TEXT, "length": 1},
    "boolean": {"kind": Kind.BOOLEAN},
    "date": {"kind": Kind.DATE},
    "time": {"kind": Kind.TIME},
    "timestamptz": {"kind": Kind.TIMESTAMP},
    "uuid": {"kind": Kind.UUID},
    "jsonb": {"kind": Kind.JSON},
    "bytea": {"kind": Kind.BINARY},
    "mood": {"kind": Kind.ENUM, "labels": ("sad", "ok")},
    "text[]": {"kind": Kind.ARRAY},
    "inet": {"kind": Kind.OTHER},
}


@pytest.mark.parametrize("type_", KINDS)
def test_every_kind_is_made_up_without_the_source(type_: str) -> None:
    kinds = {"c": {**KINDS[type_], "type": type_}}
    one = mocked({"c": (None, ["1", "2", None])}, kinds=kinds)["c"]
    assert one == mocked({"c": (None, ["7", None, "9"])}, kinds=kinds)["c"]
    assert None not in one
    if KINDS[type_]["kind"] is Kind.ENUM:
        assert set(one) <= {"sad", "ok"}
    if type_ == "numeric":
        assert all(re.fullmatch(r"\d{1,2}\.\d\d", str(each)) for each in one)


@pytest.mark.parametrize("type_", ["smallint", "numeric", "text", "date", "timestamptz", "uuid"])
def test_kinds_that_are_unique_stay_so(type_: str) -> None:
    kinds = {"c": {**KINDS[type_], "type": type_}}
    old = [f"{number}" for number in range(500)]
    assert len(set(mocked({"c": (None, old)}, kinds=kinds, unique=["c"])["c"])) == 500


def test_columns_too_narrow_for_a_number_stay_unique() -> None:
    old = [f"{one}{other}" for one in "abcdefghijkl" for other in "klmnopqrstuv"]
    for entity in (Entity.LOGIN, Entity.CITY, None):
        new = mocked({"c": (entity, old)}, kinds={"c": {"length": 2}}, unique=["c"])["c"]
        assert len(set(new)) == len(old)


def test_some_rows_have_no_value_where_that_is_asked_for() -> None:
    kinds = {"c": {**KINDS["smallint"], "type": "smallint"}}
    new = mocked({"c": (None, ["1"] * 1_000)}, kinds=kinds, null_share=0.3)["c"]
    assert 200 < sum(each is None for each in new) < 400


@pytest.mark.parametrize(
    ("expression", "low", "high"),
    [("c > 0", 1, 2**15), ("(c >= 5) AND (c <= 9)", 5, 9), ("c BETWEEN 3 AND 4", 3, 4)],
)
def test_conditions_that_are_plain_hold(expression: str, low: int, high: int) -> None:
    kinds = {"c": {**KINDS["smallint"], "type": "smallint"}}
    checks = [Check(name="k", expression=expression, columns=("c",))]
    old: list[str | None] = [str(number) for number in range(100)]
    for new in mocked({"c": (None, old)}, kinds=kinds, checks=checks)["c"]:
        assert low <= int(str(new)) <= high


def test_a_condition_of_few_values_leaves_these() -> None:
    checks = [
        Check(
            name="k", expression="((c)::text = ANY (ARRAY['a'::text, 'b'::text]))", columns=("c",)
        )
    ]
    assert set(mocked({"c": (None, ["x"] * 50)}, checks=checks)["c"]) == {"a", "b"}


def test_entities_of_numbers_and_dates_stay_numbers_and_dates() -> None:
    kinds = {
        "phone": {"kind": Kind.INTEGER, "type": "bigint", "lowest": -(2**63), "highest": 2**63 - 1},
        "born": {"kind": Kind.DATE, "type": "date"},
        "lat": {"kind": Kind.NUMBER, "type": "numeric(9,6)", "precision": 9, "scale": 6},
    }
    new = mocked(
        {
            "phone": (Entity.PHONE, ["491701234567"]),
            "born": (Entity.DATE_OF_BIRTH, ["1980-02-29"]),
            "lat": (Entity.COORDINATE, ["52.520008"]),
        },
        kinds=kinds,
    )
    assert len(str(int(str(new["phone"][0])))) == 12
    moved = abs(date.fromisoformat(str(new["born"][0])) - date(1980, 2, 29)).days
    assert 0 < moved <= 1_000
    assert -90 <= float(str(new["lat"][0])) <= 90
