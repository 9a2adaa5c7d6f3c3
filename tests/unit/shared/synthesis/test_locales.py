from __future__ import annotations

from faker import Faker
from faker.config import AVAILABLE_LOCALES

from shared.synthesis.locales import FULL, LOCALES, SHORT, full_locale


def test_each_has_names_and_addresses_of_its_own() -> None:
    assert set(FULL) <= set(AVAILABLE_LOCALES)
    for code in FULL:
        # Where a part of Faker lacks a locale, it stands in another, and says so.
        used = {
            provider.__provider__.rpartition(".")[2]: provider.__lang__
            for provider in Faker(code).get_providers()
        }
        assert (code, used["person"], used["address"]) == (code, code, code)


def test_short_codes_stand_for_one_locale_each() -> None:
    assert full_locale("en") == "en_US"
    assert full_locale("de") == "de_DE"
    assert full_locale("de_AT") == "de_AT"
    assert set(SHORT) == {code[:2] for code in FULL}
    assert len(set(LOCALES)) == len(SHORT) + len(FULL)
