"""Numbers that states and banks give to people, with digits to check them by. Pure.

python-stdnum knows their makings. Whether a number is checked by two digits, a date or letters
decides how much a valid one tells: of nine bare digits, one in ten is valid by chance.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import cast

from shared.synthesis.locales import LOCALES, full_locale
from shared.synthesis.plans import Entity
from shared.synthesis.recognise.words import listed

Check = Callable[[str], bool]

#: By country: its numbers of people. A ``!`` marks those that chance hardly makes.
_PEOPLE: Mapping[str, str] = {
    "ar": "ar.cuit",
    "at": "at.vnr",
    "au": "au.tfn",
    "be": "be.nn!",
    "bg": "bg.egn!",
    "br": "br.cpf!",
    "ca": "ca.sin",
    "ch": "ch.ssn!",
    "cl": "cl.rut",
    "cz": "cz.rc!",
    "de": "de.idnr",
    "dk": "dk.cpr",
    "ee": "ee.ik!",
    "es": "es.nif! es.nie!",
    "fi": "fi.hetu!",
    "fr": "fr.nir!",
    "gb": "gb.nhs",
    "gr": "gr.amka!",
    "hr": "hr.oib",
    "ie": "ie.pps!",
    "in": "in_.aadhaar in_.pan!",
    "it": "it.codicefiscale!",
    "lt": "lt.asmens!",
    "mx": "mx.curp!",
    "nl": "nl.bsn",
    "no": "no.fodselsnummer!",
    "pl": "pl.pesel!",
    "pt": "pt.nif pt.cc!",
    "ro": "ro.cnp!",
    "se": "se.personnummer!",
    "si": "si.emso!",
    "sk": "sk.rc!",
    "tr": "tr.tckimlik!",
    "us": "us.ssn",
    "za": "za.idnr!",
}

#: Of whatever country, by their length, since their letters make them unlike other numbers.
_ANYWHERE: Mapping[int, str] = {16: "it.codicefiscale", 18: "mx.curp", 11: "fi.hetu", 9: "es.nie"}

#: The European Union's, and what its tax numbers begin with.
_UNION = frozenset(
    listed(
        "AT BE BG CY CZ DE DK EE EL ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI EU"
    )
)

_TAXES: Mapping[str, str] = {
    "ar": "ar.cuit",
    "au": "au.abn",
    "br": "br.cnpj",
    "ch": "ch.uid ch.vat",
    "in": "in_.gstin",
    "mx": "mx.rfc",
    "no": "no.mva",
    "tr": "tr.vkn",
}

_SEPARATED_SSN = re.compile(r"(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}")
_NINO = re.compile(
    r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]"
)
_VAT = re.compile(r"[A-Z]{2}[0-9A-Z .+*-]{5,18}", re.IGNORECASE)
_DIGITS = re.compile(r"\d")
_JOINTS = str.maketrans("", "", " .-/\u00a0")

_CARD = re.compile(
    r"(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|2720\d{12}|3[47]\d{13}|"
    r"3(?:0[0-5]|[689]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|"
    r"(?:50|5[6-9]|6\d)\d{10,17}|62\d{14,17})"
)


def country_of(locale: str) -> str:
    """The country of a locale such as ``de`` or ``en_GB``, in lower case; ``us`` for others."""
    return full_locale(locale)[3:].lower() if locale in LOCALES else "us"


def is_card(value: str) -> bool:
    """Whether a payment card may have a number: by its first digits, its length and Luhn's sum."""
    bare = value.translate(_JOINTS)
    return (
        12 <= len(bare) <= 19
        and _CARD.fullmatch(bare) is not None
        and _luhn(bare)
        and len(set(bare)) > 1
    )


def looks_like_card(value: str) -> bool:
    """Whether a number has a card's first digits and length, whatever its last digit."""
    return _CARD.fullmatch(value.translate(_JOINTS)) is not None


def _luhn(digits: str) -> bool:
    doubled = (int(each) * 2 for each in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(x - 9 if x > 9 else x for x in doubled)) % 10 == 0


def is_iban(value: str) -> bool:
    """Whether an account may have a number: ISO 13616's check, and its country's length."""
    return _module("iban")(value.upper())


def iban_length(country: str) -> int | None:
    """How many characters IBANs of a country have; None: it has none."""
    return _lengths().get(country.upper())


@lru_cache(maxsize=1)
def _lengths() -> Mapping[str, int]:
    return {
        each[:2]: int(each[2:])
        for each in listed(
            "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 "
            "DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 "
            "HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 "
            "MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 "
            "RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 "
            "VA22 VG24 XK20 YE30"
        )
    }


def national_id(value: str, country: str) -> tuple[bool, bool]:
    """Whether a number may be a person's, and whether chance hardly makes such a one.

    :param country: whose numbers are meant, as :func:`country_of` gives it.
    """
    if not 8 <= len(value) <= 24 or not _DIGITS.search(value):
        return False, False
    if _SEPARATED_SSN.fullmatch(value):
        return True, True
    if country == "gb" and _NINO.fullmatch(value.upper()):
        return True, True
    anywhere = _ANYWHERE.get(len(value))
    if anywhere and not value.isdigit() and _module(anywhere)(value):
        return True, True
    found = False
    for name in _PEOPLE.get(country, "").split():
        if _module(name.rstrip("!"))(value):
            if name.endswith("!"):
                return True, True
            found = True
    return found, False


def has_sure_ids(country: str) -> bool:
    """Whether numbers of a country's people are told from others by themselves."""
    return "!" in _PEOPLE.get(country, "")


def is_tax_id(value: str, country: str) -> bool:
    """Whether a number may be a company's or a person's at the tax office.

    Numbers of the European Union with their country in front; others by country.
    """
    if not 8 <= len(value) <= 24:
        return False
    if (
        value[:2].upper() in _UNION
        and _VAT.fullmatch(value)
        and _DIGITS.search(value)
        and _module("eu.vat")(value)
    ):
        return True
    return any(_module(name)(value) for name in _TAXES.get(country, "").split())


def kind_of_number(value: str, country: str) -> Entity | None:
    """What of these a whole value surely is; None: nothing, or it may be chance."""
    if value[:2].isalpha() and value[2:4].isdigit() and is_iban(value):
        return Entity.IBAN
    if is_card(value):
        return Entity.CREDIT_CARD
    if national_id(value, country)[1]:
        return Entity.NATIONAL_ID
    return Entity.TAX_ID if is_tax_id(value, country) else None


@lru_cache(maxsize=128)
def _module(name: str) -> Check:
    return cast("Check", importlib.import_module(f"stdnum.{name}").is_valid)
