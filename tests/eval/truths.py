"""True values of each kind, spelled as people spell them: what a gate must not refuse.

From Faker, with a seed, and from Babel and our lists. The judge of a kind has to keep them too.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable
from functools import cache

from babel import Locale
from faker import Faker

from tests.eval.dictionaries import LISTS, fold, read_list
from tests.eval.kinds.kind import Kind

#: Of a kind at most.
MOST = 200
_SEED = 7


def truths(kind: Kind) -> list[str]:
    """Distinct true values of a kind, up to ``MOST``, in an order of chance."""
    longest = kind.max_value_length or kind.longest
    found = sorted({each for each in (*kind.true, *_DRAWN[kind.name]()) if len(each) <= longest})
    random.Random(_SEED).shuffle(found)
    return found[:MOST]


@cache
def _faker(locale: str) -> Faker:
    return Faker(locale)


def _fake(locale: str, method: str, **options: object) -> Callable[[], list[str]]:
    """Values of one of Faker's methods."""

    @cache
    def draw() -> list[str]:
        faker = _faker(locale)
        faker.seed_instance(_SEED)
        return [str(getattr(faker, method)(**options)) for _ in range(2 * MOST)]

    return draw


def _all(*draws: Callable[[], Iterable[str]]) -> Callable[[], list[str]]:
    return lambda: [value for draw in draws for value in draw()]


def _spelled(name: str, separator: str | None = None) -> Callable[[], list[str]]:
    """A list of ours as it is written."""

    def read() -> list[str]:
        text = (LISTS / f"{name}.txt").read_text(encoding="utf-8")
        return [" ".join(word.split()) for word in text.split(separator) if word.strip()]

    return read


def _babel(language: str, table: str) -> Callable[[], list[str]]:
    """Names in a language; of countries and languages those that have no bracket."""

    def read() -> list[str]:
        names = getattr(Locale.parse(language), table)
        if table == "months":
            return list(names["format"]["wide"].values())
        wanted = 2 if table == "territories" else 3
        return [
            name
            for code, name in names.items()
            if len(code) <= wanted
            and code.isalpha()
            and "(" not in name
            and fold(code) not in read_list("no_codes")
        ]

    return read


def _said(*parts: str) -> Callable[[], list[str]]:
    """Every sentence that can be made of the parts; ``|`` is between the choices of one."""
    choices = [part.split("|") for part in parts]
    return lambda: ["".join(words) for words in itertools.product(*choices)]


_first = _fake("en_US", "first_name")
_last = _fake("en_US", "last_name")

_DRAWN: dict[str, Callable[[], Iterable[str]]] = {
    "german_first_names": _fake("de_DE", "first_name"),
    "first_names": _all(*(_fake(each, "first_name") for each in ("en_US", "fr_FR", "pl_PL"))),
    "italian_surnames": _spelled("last_names_it", ";"),
    "french_first_names": _spelled("first_names_fr"),
    "japanese_names": _all(_fake("ja_JP", "name"), _fake("ja_JP", "romanized_name")),
    "full_names": lambda: map(" ".join, zip(_first(), _last(), strict=True)),
    "german_cities": _spelled("cities_de", ";"),
    "countries": _babel("en", "territories"),
    "street_addresses": _fake("en_US", "street_address"),
    "us_states": _fake("en_US", "state"),
    "french_countries": _babel("fr", "territories"),
    "animals": _spelled("animals"),
    "colours": _all(_spelled("colours"), _fake("en_US", "color_name")),
    "currencies": _babel("en", "currencies"),
    "job_titles": _said(
        "|Senior |Junior |Chief |Assistant ",
        "Software Engineer|Nurse|Accountant|Graphic Designer|Data Analyst|Teacher|Electrician|"
        "Marketing Manager|Sales Representative|Project Manager|Civil Engineer|Product Designer",
    ),
    "companies": _fake("en_US", "company"),
    "languages": _babel("en", "languages"),
    "fruits": _spelled("fruits"),
    "spanish_animals": _spelled("animals_es"),
    "months": _all(_babel("it", "months"), _babel("es", "months")),
    "emails": _fake("en_US", "email"),
    "us_phones": _fake("en_US", "numerify", text="(3##) 555-01##"),
    "ipv4_addresses": _fake("en_US", "ipv4"),
    "iso_dates": _fake("en_US", "date"),
    "hex_colours": _fake("en_US", "hex_color"),
    "product_codes": _fake("en_US", "bothify", text="???-####", letters="ABCDEFGHJKLMNPRSTUVWXYZ"),
    "credit_cards": _fake("en_US", "credit_card_number", card_type="visa16"),
    "ean_codes": _fake("en_US", "ean13"),
    "urls": _fake("en_US", "url"),
    "times": _fake("en_US", "time", pattern="%H:%M"),
    "mac_addresses": _fake("en_US", "mac_address"),
    "uk_postcodes": _fake("en_GB", "postcode"),
    "licence_plates": _fake(
        "en_US", "bothify", text="B-?? %###", letters="ABCDEFGHJKLMNPRSTUVWXYZ"
    ),
    "ibans": _fake("de_DE", "iban"),
    "isbns": _fake("en_US", "isbn13"),
    "delivery_notes": _said(
        "Please leave the |Kindly hand over the |Do not drop the ",
        "parcel |package |fragile box |order ",
        "at the front door|with the neighbour|in the garage|at the reception on the ground floor",
        ".| and ring the bell.| after 5 pm.",
    ),
    "ticket_subjects": _said(
        "Cannot |Unable to |Error when I try to ",
        "log in|reset my password|open the app|download the invoice|connect to the server",
        "| since the update| on my phone| from the office",
    ),
    "product_reviews": _said(
        "I love this |Very happy with the |The quality is poor, I returned the ",
        "blender|coat|lamp|phone case|backpack",
        ". It works great!|, worth every cent.|. The colour is not what I expected.",
    ),
    "german_reviews": _said(
        "Ich bin mit dem |Leider war ich von dem |Wir sind von dem ",
        "Mixer|Toaster|Wasserkocher|Backofen",
        " sehr zufrieden| enttäuscht| begeistert",
        ".|, er ist leicht zu reinigen.|, aber der Preis ist zu hoch.",
    ),
    "postal_addresses": _said(
        "John Smith\n|Maria Lopez\n|Acme Inc.\n",
        "12 Elm Street\n|4501 N. Lake Shore Drive\n|77 Massachusetts Ave\n",
        "Springfield, IL 62704|New York, NY 10001|Austin, TX 78701",
    ),
}
