"""What a scan finds in tables, by names and by values."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from shared.synthesis.plans import Entity, Finding
from shared.synthesis.recognise.scanning import scan
from shared.synthesis.schema import Column, ForeignKey, Kind, Table, TableName

NAME = TableName("public", "things")


def text(name: str, **more: object) -> Column:
    return Column(name=name, type="text", kind=Kind.TEXT, **more)  # type: ignore[arg-type]


def find(
    column: Column, values: Sequence[str | None] = (), *, table: str = "things", **options: object
) -> Finding | None:
    one = Table(name=TableName("public", table), columns=(column,))
    return scan(one, {column.name: values}, **options).get(column.name)  # type: ignore[arg-type]


EMAILS = [f"user{number}@example.com" for number in range(50)]
IBANS = [
    "DE89370400440532013000",
    "GB82WEST12345698765432",
    "FR1420041010050500013M02606",
    "NL91ABNA0417164300",
    "BE68539007547034",
    "CH9300762011623852957",
]
NAMES = ["Anna", "Peter", "Maria", "Hans", "Julia", "Thomas", "Sofia", "Lukas", "Emma", "Paul"]
PEOPLE = [f"{first} {last}" for first in NAMES for last in ("Miller", "Fischer", "Rossi")]


def test_values_tell_what_a_name_does_not() -> None:
    assert find(text("c17"), EMAILS).entity is Entity.EMAIL  # type: ignore[union-attr]
    assert find(text("c17"), IBANS).entity is Entity.IBAN  # type: ignore[union-attr]
    assert find(text("c17"), NAMES).entity is Entity.FIRST_NAME  # type: ignore[union-attr]
    assert find(text("c17"), PEOPLE).entity is Entity.PERSON  # type: ignore[union-attr]


def test_names_tell_what_nobody_has_looked_at() -> None:
    found = find(text("email"))
    assert found is not None
    assert found.entity is Entity.EMAIL
    assert found.confidence < find(text("email"), EMAILS).confidence  # type: ignore[union-attr]


def test_evidence_is_in_words_and_holds_no_value() -> None:
    found = find(text("kontakt_mail"), EMAILS)
    assert found is not None
    said = " ".join(found.evidence)
    assert "100% of 50 distinct values are e-mail addresses" in said
    assert "its name says" in said
    assert not any(each in said for each in EMAILS)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("order_number", [f"ORD-2024-{number:06}" for number in range(100)]),
        ("sku", [f"AB-{number:05}-X" for number in range(100)]),
        ("price", [f"{number}.99" for number in range(100)]),
        ("c1", [f"{number}.99" for number in range(100)]),
        ("country", ["Germany", "France", "Spain", "Italy", "Poland", "Chile", "Jordan"]),
        ("status", ["OPEN", "CLOSED", "NEW", "PAID", "SENT", "LOST"]),
        ("color", ["Amber", "Jade", "Ruby", "Rose", "Violet", "Olive", "Scarlet"]),
        ("token", [f"3f2504e0-4f89-11d3-9a0c-{number:012x}" for number in range(30)]),
        ("email", ["Y", "N"]),
        ("phone_model", ["iPhone 12", "Pixel 7", "Galaxy S22", "Xperia 5", "Nokia 3310"]),
        ("seen_at", ["2024-01-02", "2024-02-03", "2024-03-04", "2024-04-05", "2024-05-06"]),
        ("barcode", [f"40063813339{number:02}" for number in range(50)]),
        ("month", ["January", "April", "May", "June", "August", "September"]),
    ],
)
def test_things_are_not_taken_for_people(column: str, values: list[str]) -> None:
    assert find(text(column), values) is None


def test_names_of_products_stay() -> None:
    values = ["Chai", "Chang", "Aniseed Syrup", "Tofu", "Konbu", "Pavlova", "Ikura", "Geitost"]
    assert find(text("product_name"), values, table="products") is None


def test_long_texts_are_free_texts_whatever_they_are_called() -> None:
    values = [f"The parcel number {number} came late and the box was open" for number in range(20)]
    assert find(text("c3"), values).entity is Entity.FREE_TEXT  # type: ignore[union-attr]


def test_a_text_of_any_length_is_told_by_its_beginning() -> None:
    huge = "jane@example.com 0151 2345678 " * 200_000
    found = find(text("c9"), [*(f"ref{number}" for number in range(30)), huge])
    assert found is not None
    assert found.entity is Entity.FREE_TEXT


def test_a_few_addresses_among_codes_make_a_column_to_look_through() -> None:
    values = [f"ref {number}" for number in range(90)] + EMAILS[:9]
    found = find(text("ref"), values)
    assert found is not None
    assert found.entity is Entity.FREE_TEXT
    assert "9% of its values hold e-mail addresses" in found.evidence


def test_what_was_masked_before_is_personal_by_its_name_still() -> None:
    assert find(text("email"), [f"xxxx{number}" for number in range(30)]) is not None


def test_numbers_are_personal_where_their_names_say_so() -> None:
    def number(name: str) -> Column:
        return Column(name=name, type="bigint", kind=Kind.INTEGER)

    assert find(number("phone"), ["4915112345678"]).entity is Entity.PHONE  # type: ignore[union-attr]
    assert find(number("ssn"), ["123456789"]).entity is Entity.NATIONAL_ID  # type: ignore[union-attr]
    assert find(number("amount"), ["4915112345678"]) is None
    assert find(number("email"), ["1"]) is None


def test_dates_of_birth_are_dates() -> None:
    def day(name: str) -> Column:
        return Column(name=name, type="date", kind=Kind.DATE)

    found = find(day("geb_datum"), ["1980-01-02", "1975-03-04"])
    assert found is not None
    assert found.entity is Entity.DATE_OF_BIRTH
    assert find(day("hire_date"), ["1980-01-02", "1975-03-04"]) is None


def test_elements_of_arrays_are_looked_at() -> None:
    column = Column(name="tags", type="text[]", kind=Kind.ARRAY, element=Kind.TEXT)
    assert find(column, ["{a@b.de,c@d.de}", "{e@f.de}", None]).entity is Entity.EMAIL  # type: ignore[union-attr]
    assert find(column, ["{red,blue}", "{}"]) is None


@pytest.mark.parametrize("kind", [Kind.ENUM, Kind.BOOLEAN, Kind.UUID])
def test_labels_and_keys_are_never_personal(kind: Kind) -> None:
    assert find(Column(name="email", type="x", kind=kind), ["a", "b"]) is None


def test_types_of_networks_are_personal() -> None:
    column = Column(name="c", type="inet", kind=Kind.OTHER)
    assert find(column, ["10.0.0.1/32"]).entity is Entity.IP_ADDRESS  # type: ignore[union-attr]
    several = Column(name="c", type="inet[]", kind=Kind.ARRAY, element=Kind.OTHER)
    assert find(several, ["{10.0.0.1}"]).entity is Entity.IP_ADDRESS  # type: ignore[union-attr]


def test_identifying_numbers_are_found_only_when_asked_for() -> None:
    chance = random.Random(1)
    values = [str(chance.randrange(10**9)) for _ in range(200)]
    column = Column(name="c", type="bigint", kind=Kind.INTEGER)
    assert find(column, values) is None
    found = find(column, values, cardinality_check=True)
    assert found is not None
    assert found.entity is Entity.CARDINALITY
    assert find(column, ["1", "2"] * 100, cardinality_check=True) is None


def test_keys_are_no_identifying_numbers() -> None:
    column = Column(name="id", type="bigint", kind=Kind.INTEGER)
    other = Column(name="owner", type="bigint", kind=Kind.INTEGER)
    table = Table(
        name=NAME,
        columns=(column, other),
        primary_key=("id",),
        foreign_keys=(ForeignKey(name="f", columns=("owner",), table=NAME, referred=("id",)),),
    )
    values = [str(number) for number in range(100)]
    assert scan(table, {"id": values, "owner": values}, cardinality_check=True) == {}


def test_lists_of_people_decide() -> None:
    assert find(text("email"), EMAILS, allow_list=["things.EMAIL"]) is None
    assert find(text("c"), EMAILS, allow_list=[each.upper() for each in EMAILS]) is None
    assert find(text("color"), ["red"], deny_list=["Color"]).confidence == 1.0  # type: ignore[union-attr]
    assert find(text("c"), ["red", "Secret"], deny_list=["secret"]) is not None
    assert find(text("email"), EMAILS, deselected_entities=["EMAIL"]) is None
    assert find(text("iban"), IBANS, deselected_entities=["EMAIL"]) is not None
