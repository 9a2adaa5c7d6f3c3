"""True values, in answers as a model would give them: nearly none may be refused."""

from __future__ import annotations

import random
import warnings
from collections import Counter
from collections.abc import Iterator

import pytest
from babel import Locale
from faker import Faker
from faker.config import AVAILABLE_LOCALES

from deploy.sample_model.catalogue import KINDS, Draw
from tests.other_model.words import SCRIPTS, make_words
from worker.mill.looks import Look, Profile, read_wording
from worker.mill.refine import Refiner, Rules

RULES = Rules(max_value_length=4000, multiline=True, trim=True, unique=False, unwanted=None)
ATTRIBUTES = (("Country", "Germany"), (None, "common"))
#: As many as one answer holds, and as one locale is asked for.
ANSWER = 20
LANGUAGES = ("en", "de", "fr", "es", "ru", "el", "ar", "hi", "ja", "zh")

#: Kinds as a user may name them, by what Faker calls them: those that each locale has its own of.
OF_LOCALES = {
    "first name": "first_name",
    "last name": "last_name",
    "full name": "name",
    "city": "city",
    "country": "country",
    "company name": "company",
    "job title": "job",
    "street": "street_address",
    "phone number": "phone_number",
    "電話": "phone_number",
    "e-mail address": "email",
    "colour name": "color_name",
    "Kennzeichen": "license_plate",
    "Haus": "building_number",
    "sentence": "sentence",
    "product review": "text",
}
#: Those that are much the same in all of them.
OF_ALL = {
    "user name": "user_name",
    "URL": "url",
    "domain name": "domain_name",
    "paragraph": "paragraph",
    "address": "address",
    "IBAN": "iban",
    "credit card": "credit_card_number",
    "Farbe": "hex_color",
    "currency code": "currency_code",
    "currency": "currency_name",
    "date": "date",
    "Geburtstag": "date",
    "time": "time",
    "UUID": "uuid4",
    "MAC address": "mac_address",
    "product code": "ean8",
    "Artikel": "ean13",
    "slogan": "bs",
    "catch phrase": "catch_phrase",
    "postcode": "postcode",
    "password": "password",
    "slug": "slug",
    "file path": "file_path",
    "MIME type": "mime_type",
}
EACH_TENTH = 10


def refused(kind: str, values: list[str], profile: Profile | None = None) -> Counter[str]:
    """Why values of a kind would be refused, answer by answer."""
    reasons: Counter[str] = Counter()
    for begin in range(0, len(values), ANSWER):
        look = Look(read_wording(kind, ATTRIBUTES), profile=profile)
        refiner = Refiner(RULES, look)
        for part in (refiner.refine(values[begin : begin + ANSWER]), refiner.finish()):
            reasons.update(part.rejected)
        if profile is not None:
            profile.join(look.learned)
    return reasons


@pytest.fixture(scope="module")
def fakers() -> list[Faker]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = [Faker(locale) for locale in sorted(AVAILABLE_LOCALES)]
    for faker in made:
        faker.seed_instance(7)
    return made


def test_fewer_than_one_in_a_hundred_of_any_kind_and_in_five_hundred_of_all(
    fakers: list[Faker],
) -> None:
    count, lost = 0, 0
    for kind, method in (OF_LOCALES | OF_ALL).items():
        values: list[str] = []
        of_kind: Counter[str] = Counter()
        for faker in fakers if kind in OF_LOCALES else fakers[::EACH_TENTH]:
            make = getattr(faker, method, None)
            if make is None:
                continue
            said = [str(make()) for _ in range(ANSWER)]
            values += said
            of_kind += refused(kind, said)
        assert of_kind.total() <= len(values) / 100, f"{kind}: {of_kind}"
        count, lost = count + len(values), lost + of_kind.total()
    assert lost < count / 500


@pytest.mark.parametrize("language", LANGUAGES)
def test_countries_and_languages_of_the_world(language: str) -> None:
    locale = Locale(language)
    for kind, names in (("country", locale.territories), ("language", locale.languages)):
        values = [name for code, name in sorted(names.items()) if not code.isdecimal()]
        reasons = refused(kind, values, Profile())
        assert reasons.total() <= len(values) / 100, f"{kind} in {language}: {reasons}"


def catalogue() -> Iterator[tuple[str, str, list[str]]]:
    for kind in KINDS.values():
        for locale in ("en_US", "de_DE", "ru_RU", "ja_JP", "ar_SA"):
            draw = Draw(random.Random(3), locale, None, 0.5)
            values = [kind.make(draw) for _ in range(2 * ANSWER)]
            for alias in kind.aliases[:2]:
                yield alias, locale, values


def test_the_sample_model_speaks_no_junk() -> None:
    for kind, locale, values in catalogue():
        assert not refused(kind, values, Profile()), (kind, locale)


@pytest.mark.parametrize("script", SCRIPTS)
def test_words_of_any_script_are_no_junk(script: str) -> None:
    assert not refused("first name", make_words(script, 1_500), Profile())
