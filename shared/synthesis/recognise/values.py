"""What a single value is, by itself. Pure.

*Sure* are patterns that chance hardly makes: an e-mail address, a valid IBAN. What has *names* is
told by dictionaries, and only of many values together. Whether a value *fits* tells whether a
column's name may be believed.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache

import phonenumbers

from shared.synthesis.plans import Entity
from shared.synthesis.recognise import dictionaries
from shared.synthesis.recognise.addresses import is_postcode, is_street
from shared.synthesis.recognise.numbers import is_tax_id, kind_of_number, national_id
from shared.synthesis.recognise.words import fold

#: Longer values are texts, and no single thing.
LONGEST = 254

_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]]{1,64}@(?:[^\W_](?:[\w-]{0,62})\.){1,8}[^\W\d_]{2,24}")
_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}")
_IP = re.compile(r"[0-9A-Fa-f:.]{3,45}(?:/\d{1,3})?")
_URL = re.compile(r"(?:https?|ftp)://\S{3,}|www\.[^\s.]+\.\S{2,}", re.IGNORECASE)
_UUID = re.compile(r"\{?[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}\}?", re.IGNORECASE)
_PHONE = re.compile(r"\+?[\d\s().\u00a0/-]{6,24}(?:\s?(?:x|ext\.?|#)\s?\d{1,6})?", re.IGNORECASE)
_DIALLED = re.compile(r"^\+\d|^\(?0\d|^00\d|^\(\d{3}\)|^1?[-. ]?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?")
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")
_NO_NAME = re.compile(r"[\d/\\_@#<>{}\[\]=:;|%&+*]")
_SIGNED = re.compile(r"(?:[^\W\d_]\.[ -]?){1,3}[^\W\d_][^\W\d_'’-]{1,24}")
_COORDINATE = re.compile(r"-?\d{1,3}\.\d{2,}")

#: Years of birth of people who may live.
OLDEST = 1900


def is_uuid(value: str) -> bool:
    """Whether a value is a UUID: of nobody, whatever the column is called."""
    return _UUID.fullmatch(value) is not None


def sure_kind(value: str, country: str) -> Entity | None:
    """What a whole value is beyond chance; None: nothing that is known."""
    value = value.strip()
    if not 5 <= len(value) <= LONGEST:
        return None
    if "@" in value:
        return Entity.EMAIL if is_email(value) else None
    if "." in value and _URL.fullmatch(value):
        return Entity.URL
    if is_uuid(value):
        return None
    if _MAC.fullmatch(value):
        return Entity.MAC_ADDRESS
    if is_ip(value):
        return Entity.IP_ADDRESS
    if not any(map(str.isdigit, value)):
        return None
    if len(value) <= 40:
        kind = kind_of_number(value, country)
        if kind is not None:
            return kind
        if _DIALLED.match(value) and is_phone(value, country):
            return Entity.PHONE
    return Entity.STREET_ADDRESS if is_street(value) else None


def is_email(value: str) -> bool:
    """Whether a value is an e-mail address, with a domain behind it."""
    return _EMAIL.fullmatch(value) is not None


def is_ip(value: str) -> bool:
    """Whether a value is an address of IPv4 (four numbers) or IPv6, or a network of these."""
    if not _IP.fullmatch(value) or (value.count(".") != 3 and value.count(":") < 2):
        return False
    try:
        ipaddress.ip_interface(value)
    except ValueError:
        return False
    # Versions of software have four parts too, and the first is small.
    return ":" in value or int(value.split(".")[0]) >= 5


@lru_cache(maxsize=65536)
def is_phone(value: str, country: str) -> bool:
    """Whether a value is a number that can be dialled, from a country or with a code of one."""
    if not _PHONE.fullmatch(value) or _DATE.fullmatch(value):
        return False
    try:
        number = phonenumbers.parse(value, country.upper())
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number)


def looks_like_phone(value: str) -> bool:
    """Whether a value is written like a number to be dialled, in whatever country."""
    return 6 <= _digits(value) <= 15 and _PHONE.fullmatch(value) is not None


def is_birthday(value: str) -> bool:
    """Whether a date, or a year, may be of somebody's birth."""
    if value.isdigit() and len(value) == 4:
        return OLDEST <= int(value) <= date.today().year
    found = _DATE.match(value)
    return found is not None and OLDEST <= int(found[1]) <= date.today().year


def names_in(value: str) -> Entity | None:
    """What a whole value looks like by dictionaries: a first name, a last name, a person.

    A word that is common besides counts too: the share over a column decides.
    """
    if not 2 <= len(value) <= 60 or _NO_NAME.search(value):
        return None
    words = _WORD.findall(value)
    if not 1 <= len(words) <= 5:
        return None
    parts = [
        folded
        for word in words
        if (folded := fold(word).strip(".'’")) not in dictionaries.TITLES
        and folded not in dictionaries.PARTICLES
    ]
    pieces = [piece for part in parts for piece in re.split(r"[-'’.]", part) if len(piece) > 1]
    if not pieces:
        return None
    firsts, lasts = dictionaries.first_names(), dictionaries.last_names()
    if _SIGNED.fullmatch(value):
        return Entity.PERSON
    if len(parts) == 1:
        if pieces[0] in firsts:
            return Entity.FIRST_NAME
        return Entity.LAST_NAME if pieces[-1] in lasts or pieces[0] in lasts else None
    if fold(value) in dictionaries.cities() or fold(value) in dictionaries.countries():
        return None
    comma = "," in value
    first, last = (pieces[-1], pieces[0]) if comma else (pieces[0], pieces[-1])
    if parts[-1] in dictionaries.company_endings():
        return None
    if first in firsts or (last in lasts and len(parts) <= 3 and _initial(words[0])):
        return Entity.PERSON
    return Entity.PERSON if first in lasts and last in firsts else None


def _initial(word: str) -> bool:
    return len(word.rstrip(".")) == 1


def is_city(value: str) -> bool:
    """Whether a value is a city that Faker knows."""
    return fold(value) in dictionaries.cities()


def is_country(value: str) -> bool:
    """Whether a value is a country, or a part of one."""
    return fold(value) in dictionaries.countries()


def is_company(value: str) -> bool:
    """Whether a value ends as companies' names do."""
    words = fold(value).replace(".", "").replace(",", " ").split()
    return len(words) > 1 and words[-1] in dictionaries.company_endings()


def is_job(value: str) -> bool:
    """Whether a value names a job."""
    words = fold(value).replace("/", " ").replace(",", " ").split()
    if not 1 <= len(words) <= 6:
        return False
    known = dictionaries.job_words()
    return words[-1] in known or words[0] in known


def is_number_of_people(value: str, country: str) -> bool:
    """Whether a number may be a person's, chance included."""
    return national_id(value, country)[0]


def _letters(value: str) -> bool:
    return any(map(str.isalpha, value)) and sum(map(str.isdigit, value)) <= 2


def _few_words(value: str) -> bool:
    return _letters(value) and len(value) <= 80


def _digits(value: str) -> int:
    return sum(map(str.isdigit, value))


def _code(value: str) -> bool:
    return _digits(value) >= 3 and len(value) <= 40


_FITS: Mapping[Entity, Callable[[str], bool]] = {
    Entity.FIRST_NAME: _few_words,
    Entity.LAST_NAME: _few_words,
    # Made-up ones are numbered ("Customer#000000001"), and still say whose row it is.
    Entity.PERSON: lambda value: any(map(str.isalpha, value)) and len(value) <= 120,
    Entity.EMAIL: lambda value: "@" in value,
    Entity.LOGIN: lambda value: " " not in value.strip() and len(value) >= 2,
    Entity.PASSWORD: lambda value: len(value) >= 4,
    Entity.PHONE: lambda value: 4 <= _digits(value) <= 20 and len(value) <= 40,
    Entity.STREET_ADDRESS: lambda value: len(value) <= 200,
    Entity.CITY: _few_words,
    Entity.POSTCODE: lambda value: len(value) <= 12 and (_digits(value) >= 2 or is_postcode(value)),
    Entity.COMPANY: lambda value: any(map(str.isalpha, value)) and len(value) <= 160,
    Entity.JOB_TITLE: _letters,
    Entity.IBAN: lambda value: _digits(value) >= 8,
    Entity.CREDIT_CARD: lambda value: _digits(value) >= 3,
    Entity.NATIONAL_ID: lambda value: _digits(value) >= 4,
    Entity.TAX_ID: lambda value: _digits(value) >= 5,
    Entity.PASSPORT: _code,
    Entity.LICENSE_PLATE: lambda value: len(value) <= 20 and any(map(str.isalnum, value)),
    Entity.DATE_OF_BIRTH: lambda value: _digits(value) >= 1,
    Entity.IP_ADDRESS: is_ip,
    Entity.MAC_ADDRESS: lambda value: _MAC.fullmatch(value) is not None,
    Entity.URL: lambda value: "." in value or "/" in value,
    Entity.COORDINATE: lambda value: _digits(value) >= 1,
    Entity.AMOUNT: lambda value: _digits(value) >= 1,
    Entity.CARDINALITY: _code,
    Entity.FREE_TEXT: lambda _value: True,
}


def fits(entity: Entity, value: str) -> bool:
    """Whether a value may be of a kind that a column's name says, read with good will."""
    return _FITS[entity](value.strip())


__all__ = [
    "LONGEST",
    "fits",
    "is_birthday",
    "is_city",
    "is_company",
    "is_country",
    "is_email",
    "is_ip",
    "is_job",
    "is_number_of_people",
    "is_phone",
    "is_postcode",
    "is_street",
    "is_tax_id",
    "is_uuid",
    "looks_like_phone",
    "names_in",
    "sure_kind",
]
