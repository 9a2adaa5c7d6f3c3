from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.sample_model.answer import Question, compose
from deploy.sample_model.knobs import Knobs
from tests.unit.worker.mill.test_prompts import CLAIM
from worker.mill import prompts
from worker.mill.answers import read
from worker.mill.formats import Format, find_format

US = ((None, "American"),)
#: Kind, attributes, what has its form, and what has not.
FORMS: list[tuple[str, tuple[tuple[str | None, str], ...], str, str]] = [
    ("e-mail address", (), "anna.schmidt@example.org", "anna.schmidt"),
    ("work email", (), "j_doe@mail.example.co.uk", "a b@example.org"),
    ("IPv4 address", (), "192.168.0.1", "256.1.1.1"),
    ("MAC address", (), "00:1A:2B:3C:4D:5E", "00:1A:2B:3C:4D"),
    ("UUID", (), "123e4567-e89b-42d3-a456-426614174000", "123e4567"),
    ("hex colour", (), "#FF8800", "red"),
    ("ISO date", (), "2024-06-30", "2024-06-31"),
    ("date", (("Format", "DD.MM.YYYY"),), "28.02.1999", "1999-02-28"),
    ("date as YYYY-MM-DD", (), "1999-12-31", "31.12.1999"),
    ("timestamp", (("Format", "YYYY-MM-DD HH:MM:SS"),), "2024-01-31 23:59:59", "2024-01-31"),
    ("date of birth like 1987-06-05", (), "2001-11-30", "2001-13-01"),
    ("time of day", (), "23:59", "24:00"),
    ("URL", (), "https://www.example.com/shop", "example"),
    ("domain name", (), "mail.example.org", "example"),
    ("version number", (), "1.10.3", "1.10"),
    ("zip code", (), "90210", "9021"),
    ("credit card number", (), "4111111111111111", "1111111111111111"),
    ("card number", ((None, "American Express"),), "378282246310005", "4111111111111111"),
    ("EAN-13 barcode", (), "4006381333931", "400638133393"),
    ("ISBN", (), "978-0-306-40615-7", "0306406152"),
    ("IBAN", (("Country", "Germany"),), "DE89370400440532013000", "GB82WEST12345698765432"),
    ("German IBAN", (), "DE89370400440532013000", "DE89 3704"),
    ("postcode", ((None, "British"),), "SW1A 1AA", "10115"),
    ("postal code", (("Country", "Germany"),), "10115", "SW1A 1AA"),
    ("phone number", US, "(212) 555-0142", "+49 30 123456"),
    ("product code of three letters, a hyphen and four digits", (), "ABC-1234", "AB-1234"),
    ("serial number", (("Form", "2 letters followed by 6 digits"),), "AB123456", "AB12345"),
    ("order number like AB-1234x", (), "XY-0001q", "XY-0001"),
    ("order number", (("Form", "like AB-1234"),), "XY-0001", "XY-001"),
]


@pytest.mark.parametrize(("kind", "attributes", "right", "wrong"), FORMS)
def test_forms_are_known_by_their_names_and_by_what_spells_them(
    kind: str, attributes: tuple[tuple[str | None, str], ...], right: str, wrong: str
) -> None:
    form = find_format(kind, attributes, longest=255)
    assert form is not None
    assert form.matches(right)
    assert not form.matches(wrong)
    assert form.shortest <= len(right)


@pytest.mark.parametrize(
    "kind",
    [
        "first name",
        "e-mail subject",
        "phone number",
        "postcode",
        "date",
        "product code",
        "address",
        "name of at most 20 letters",
        "a number and a letter",
        "sentence about times like these",
        "book title like 1984",
        "robot name like R2D2",
        "colour",
    ],
)
def test_what_has_no_form_of_its_own_is_left_alone(kind: str) -> None:
    assert find_format(kind, (), longest=255) is None


def test_a_form_that_does_not_fit_the_limit_is_none() -> None:
    assert find_format("UUID", (), longest=36) is not None
    assert find_format("UUID", (), longest=35) is None


def _forms() -> list[Format]:
    found = [find_format(kind, attributes, longest=255) for kind, attributes, _, _ in FORMS]
    return [form for form in found if form is not None]


@pytest.mark.parametrize("form", _forms(), ids=lambda form: form.pattern[:20])
def test_patterns_keep_to_what_llama_cpp_reads(form: Format) -> None:
    assert not re.search(r"\\[dwsDWSb]|\(\?|[*+](?!\w)(?![-.\]])", form.pattern)
    assert '"' not in form.pattern


@pytest.mark.parametrize(("kind", "attributes"), [(row[0], row[1]) for row in FORMS[:2]])
def test_the_schema_forces_the_form(
    kind: str, attributes: tuple[tuple[str | None, str], ...]
) -> None:
    claim = replace(CLAIM, data_type=kind, attributes=attributes, max_value_length=60, asked=30)
    form = find_format(kind, attributes, longest=60)
    asked = prompts.write(claim, context_tokens=4096, form=form)
    question = Question(text=asked.messages[-1]["content"], form=asked.schema)
    said = read("".join(compose(question, Knobs()).tokens))
    assert len(said) == 30
    assert form is not None
    assert all(map(form.matches, said))


@given(kind=st.text(max_size=60), attribute=st.text(max_size=40), longest=st.integers(1, 400))
def test_any_words_will_do(kind: str, attribute: str, longest: int) -> None:
    form = find_format(kind, ((None, attribute),), longest=longest)
    assert form is None or re.compile(form.pattern)
