"""Where things are."""

from __future__ import annotations

import re

from tests.eval.dictionaries import (
    cities,
    countries,
    fold,
    read_list,
    states_of_the_usa,
    street_words,
)
from tests.eval.kinds.kind import Kind, attribute


def is_german_city(value: str) -> bool:
    """A city of Germany, under its German or English name, with its land or country or not."""
    known = read_list("cities_de", separator=";") | cities("de_DE")
    folded = fold(re.sub(r", ?(?:Germany|Deutschland)$", "", value, flags=re.IGNORECASE))
    spelled = folded.replace("ae", "a").replace("oe", "o").replace("ue", "u")
    return folded in known or folded.split(",")[0] in known or spelled in known


def is_country(value: str) -> bool:
    """As English has it; a dependent territory passes."""
    return fold(value) in countries("en")


def is_country_in_french(value: str) -> bool:
    """As French has it, with its article or not."""
    return re.sub(r"^(?:le |la |les |l')", "", fold(value)) in countries("fr")


def is_us_state(value: str) -> bool:
    """One of the fifty."""
    return fold(value) in states_of_the_usa()


def is_us_street_address(value: str) -> bool:
    """A number, a name, a word for a street; whatever follows a comma passes."""
    head = value.split(",")[0]
    found = re.fullmatch(r"(\d{1,6}[A-Za-z]?) ((?:[NSEW]{1,2}\.? )?[A-Za-z0-9'. -]+)", head)
    if not found:
        return False
    words = fold(found[2]).replace(".", "").split()
    return words == ["broadway"] or any(word in street_words() for word in words[1:])


def is_us_postal_address(value: str) -> bool:
    """Two lines or more, a street in one, a state and a ZIP code in another below it."""
    lines = [line.strip(" ,") for line in value.splitlines() if line.strip(" ,")]
    street = next((n for n, line in enumerate(lines) if is_us_street_address(line)), None)
    city = r"[A-Za-z.' -]+,? (?:[A-Z]{2}|[A-Z][a-z]+(?: [A-Z][a-z]+)?),? \d{5}(?:-\d{4})?"
    return street is not None and any(re.fullmatch(city, line) for line in lines[street + 1 :])


KINDS = (
    Kind(
        name="german_cities",
        sort="places",
        data_type="city",
        attributes=(attribute("Germany", label="Country"),),
        wish="cities in Germany",
        judge=is_german_city,
        true=(
            "München",
            "Muenchen",
            "Munich",
            "Frankfurt am Main",
            "Bad Homburg",
            "Berlin, Germany",
        ),
        false=("Germany", "Paris", "City", "Country: Germany", "Vienna"),
        longest=40,
    ),
    Kind(
        name="countries",
        sort="places",
        data_type="country",
        wish="countries",
        judge=is_country,
        true=(
            "Germany",
            "USA",
            "Ivory Coast",
            "Czech Republic",
            "Myanmar",
            "Bosnia and Herzegovina",
        ),
        false=("Berlin", "Europe", "Country", "World", "Countryland"),
        longest=50,
    ),
    Kind(
        name="street_addresses",
        sort="places",
        data_type="street address",
        attributes=(attribute("American"),),
        wish="American street addresses",
        judge=is_us_street_address,
        true=("123 Main St", "4567 N. Oak Avenue, Springfield, IL 62704", "12 Elm Street"),
        false=("Main Street", "American", "123", "street address 1", "42 Berlin"),
        longest=80,
    ),
    Kind(
        name="us_states",
        sort="places",
        data_type="US state",
        wish="states of the USA",
        judge=is_us_state,
        true=("Texas", "new york", "North Dakota"),
        false=("US state", "Chicago", "TX1", "United States"),
        longest=25,
        held_out=True,
    ),
    Kind(
        name="french_countries",
        sort="places",
        data_type="country",
        attributes=(attribute("French", label="Language"),),
        wish="names of countries in French",
        judge=is_country_in_french,
        true=("Allemagne", "L'Espagne", "États-Unis", "Pays-Bas", "France"),
        false=("Germany", "Spain", "French", "Paris", "pays"),
        longest=50,
        held_out=True,
    ),
)
