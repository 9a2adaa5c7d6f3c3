"""A list is asked for by its kind, its language or country, and nothing else."""

from __future__ import annotations

import pytest
from babel import Locale

from shared.synthesis.generators.needs import ListNeed
from shared.synthesis.kinds import kind_of
from shared.synthesis.locales import LOCALES, full_locale
from shared.synthesis.plans import Entity


def need(entity: Entity, locale: str, gender: str | None = None) -> ListNeed:
    return ListNeed(name="n", entity=entity, locale=locale, count=5, gender=gender)


def test_a_first_name_is_asked_for_as_a_person_would_call_it() -> None:
    kind = kind_of(need(Entity.FIRST_NAME, "de", "female"))
    assert kind is not None
    assert kind.data_type == "first name"
    assert kind.attributes == (("Language", "German"), ("Gender", "female"))
    assert str(kind) == "first name, German, female"


@pytest.mark.parametrize("locale", LOCALES)
def test_languages_and_countries_have_the_names_that_people_know(locale: str) -> None:
    names = Locale("en")
    language, country = full_locale(locale).split("_")
    spoken, city = kind_of(need(Entity.LAST_NAME, locale)), kind_of(need(Entity.CITY, locale))
    assert spoken is not None
    assert city is not None
    assert spoken.attributes == (("Language", names.languages[language]),)
    assert city.attributes == (("Country", names.territories[country]),)


@pytest.mark.parametrize(
    "entity", [Entity.IBAN, Entity.CREDIT_CARD, Entity.NATIONAL_ID, Entity.PHONE, Entity.EMAIL]
)
def test_what_is_computed_is_asked_of_no_model(entity: Entity) -> None:
    assert kind_of(need(entity, "de")) is None
