"""Values that are made up beforehand, for each kind and locale. Pure.

They come from Faker under a seed of their own, so a pool is the same in every process and run; what
is taken out of it for a value depends on the run's secret.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

import phonenumbers
from faker import Faker
from faker.providers import BaseProvider
from stdnum.de import idnr

from shared.synthesis.locales import full_locale
from shared.synthesis.plans import Entity

#: Values of a pool, where a locale has so many.
SIZE: Final = 2_000
#: No pool gets larger, whatever is asked for.
LARGEST: Final = 200_000

_METHODS: Final = {
    Entity.FIRST_NAME: "first_name",
    Entity.LAST_NAME: "last_name",
    Entity.STREET_ADDRESS: "street_address",
    Entity.CITY: "city",
    Entity.POSTCODE: "postcode",
    Entity.COMPANY: "company",
    Entity.JOB_TITLE: "job",
    Entity.NATIONAL_ID: "ssn",
    Entity.TAX_ID: "vat_id",
    Entity.PASSPORT: "passport_number",
    Entity.LICENSE_PLATE: "license_plate",
    Entity.FREE_TEXT: "sentence",
}


#: By the name of a column that nothing is known of: what Faker makes for it.
_NAMED: Final = (
    (re.compile(r"country_?(code|iso)|nationality", re.IGNORECASE), "country_code"),
    (re.compile(r"country|land$|pays", re.IGNORECASE), "country"),
    (re.compile(r"currency", re.IGNORECASE), "currency_code"),
    (re.compile(r"language|lang$|locale", re.IGNORECASE), "language_code"),
    (re.compile(r"(^|_)(state|region|province)", re.IGNORECASE), "state"),
    (re.compile(r"colou?r", re.IGNORECASE), "color_name"),
    (re.compile(r"mime|content_?type", re.IGNORECASE), "mime_type"),
    (re.compile(r"file_?name", re.IGNORECASE), "file_name"),
    (re.compile(r"time_?zone", re.IGNORECASE), "timezone"),
    (
        re.compile(r"note|comment|descr|text|body|remark|message|summary|bio", re.IGNORECASE),
        "sentence",
    ),
)
#: A column of at most so many characters gets words and no sentences.
_WORDS: Final = 40


@cache
def named(name: str, length: int | None, locale: str) -> tuple[str, ...]:
    """Texts for a column of which only the name is known."""
    is_short = length is not None and length < _WORDS
    method = next((method for pattern, method in _NAMED if pattern.search(name)), "word")
    made = faker(locale)
    if (method == "sentence" and is_short) or not hasattr(made, method):
        method = "word"
    made.seed_instance(f"{method} {full_locale(locale)}")
    values = tuple(_distinct(lambda: str(getattr(made, method)()), SIZE // 4))
    fitting = tuple(each for each in values if length is None or len(each) <= length)
    return fitting or values


@cache
def faker(locale: str) -> Faker:
    """A Faker of a locale, which may be a short code."""
    return Faker(full_locale(locale))


@cache
def pool(
    entity: Entity, locale: str, *, gender: str | None = None, size: int = SIZE
) -> tuple[str, ...]:
    """Different values of a kind, at most so many; none where nothing of the kind is known.

    :param gender: ``female`` or ``male``, of names; of a locale that tells none apart, all.
    """
    made = faker(locale)
    made.seed_instance(f"{entity} {full_locale(locale)} {gender}")
    names = _listed(made, entity, gender)
    if names:
        return tuple(names[: max(size, SIZE)])
    draw = _drawer(made, entity, locale)
    return () if draw is None else tuple(_distinct(draw, min(size, LARGEST)))


def country(locale: str) -> str:
    """The country of a locale."""
    return full_locale(locale).rpartition("_")[2]


def _listed(made: Faker, entity: Entity, gender: str | None) -> list[str]:
    """All names that a locale lists, in an order of their own."""
    if entity not in (Entity.FIRST_NAME, Entity.LAST_NAME):
        return []
    stem = f"{entity.value.lower()}s"
    for attribute in ([f"{stem}_{gender}"] if gender else []) + [stem]:
        for provider in made.get_providers():
            listed = getattr(provider, attribute, None)
            if listed:
                names = sorted({str(name).strip() for name in listed})
                made.random.shuffle(names)
                return names
    return []


def _drawer(made: Faker, entity: Entity, locale: str) -> Callable[[], str] | None:
    if entity is Entity.PHONE:
        return lambda: _phone(made, country(locale))
    if entity is Entity.NATIONAL_ID and country(locale) == "DE":
        return lambda: _german_id(made)
    method = _METHODS.get(entity)
    if method is None:
        return None
    own = entity not in (Entity.NATIONAL_ID, Entity.TAX_ID) or _is_own(made, method, locale)
    drawn: Any = getattr(made, method, None)
    if drawn is None or not own:
        return None
    return lambda: " ".join(str(drawn()).split())


def _is_own(made: Faker, method: str, locale: str) -> bool:
    """Whether it is the locale's own, and not what Faker falls back to."""
    providers: list[BaseProvider] = made.get_providers()
    found = next((each for each in providers if hasattr(each, method)), None)
    return found is not None and full_locale(locale) in type(found).__module__


def _distinct(draw: Callable[[], str], size: int) -> Iterator[str]:
    """Different values, until few new ones come."""
    seen: set[str] = set()
    misses = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        while len(seen) < size and misses < size + 1_000:
            try:
                value = draw()
            except Exception:
                # The locale lacks a part of it.
                return
            if value and value not in seen:
                seen.add(value)
                yield value
            else:
                misses += 1


def _phone(made: Faker, region: str) -> str:
    """A number that is valid in the region, in the international form; empty: try again.

    It differs from the example that the region's numbering plan gives in its last digits.
    """
    kind = made.random.choice(
        (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
    )
    example = phonenumbers.example_number_for_type(region, kind)
    if example is None:
        return ""
    number = str(example.national_number)
    free = max(4, len(number) - 4)
    drawn = "".join(made.random.choices("0123456789", k=free))
    zeros = "0" * (example.number_of_leading_zeros or 1) if example.italian_leading_zero else ""
    text = f"+{example.country_code}{zeros}{number[:-free]}{drawn}"
    read = phonenumbers.parse(text)
    return text if phonenumbers.is_valid_number(read) else ""


def _german_id(made: Faker) -> str:
    head = "".join(made.random.choices("123456789", k=1) + made.random.choices("0123456789", k=9))
    return next((head + last for last in "0123456789" if idnr.is_valid(head + last)), "")
