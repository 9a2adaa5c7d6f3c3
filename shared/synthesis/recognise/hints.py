"""Which patterns are worth a look in a text, told by its words. Pure.

A pattern that begins anywhere costs more than all words of a text together; most texts have none
of the words that it is about. What a word hints at is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntFlag
from functools import lru_cache

from shared.synthesis.recognise.addresses import STREET_ENDINGS, STREET_KEYS, STREET_WORDS
from shared.synthesis.recognise.tokens import Token
from shared.synthesis.recognise.words import fold


class Hint(IntFlag):
    """What may be in a text."""

    NOTHING = 0
    STREET = 1
    CODE = 2
    PASSWORD = 4
    INCOME = 8
    BIRTH = 16


_PATTERNS = (
    (
        Hint.CODE,
        r"pass|reisepass|pasaporte|paspo|paszport|driver|driving|fuhrerschein|fuehrerschein|permis|"
        r"rijbewijs|prawo|ssn|social|sozial|sin\Z|bsn|nino|national|id\Z|identity|personal|ausweis|"
        r"steuer|dni|ni[ef]\Z|cpf|pesel|nhs|codice|securite|rijks|cpr|aadhaar|curp|rut\Z|account|"
        r"acct|konto|compte|cuenta|conto|conta|rekening|rachunek|poli|versicherung|member|"
        r"mitglied|kunden|customer|client|patient|employee|mrn|imei|badge|student|licen|number|"
        r"kennzeichen|immatriculation|kenteken|card|kart|carte|tarjeta|carta|cv[vc]",
    ),
    (
        Hint.PASSWORD,
        r"password|passwort|kennwort|passwd|pwd|mot\Z|contrasena|senha|wachtwoord|haslo|pin\Z",
    ),
    (
        Hint.INCOME,
        r"salar|earn|income|wage|pa(?:id|ys)\Z|makes|payroll|bonus|pension|debt|owes|compensation|"
        r"gehalt|gehalter|verdien|lohn|einkommen|rente|schulden|gagne|revenu|remuneration|sueldo|"
        r"gana\Z|ingresos|nomina|stipendio|guadagna|reddito|ganha|rendimento|inkomen|loon|"
        r"wynagrodzenie|zarabia|pensja|dochod|netto|brutto|year|month|annum|p\Z|jahr|monat|an\Z|mois",
    ),
    (
        Hint.BIRTH,
        r"born|birth|dob|d\Z|geb|nee?\Z|naissance|nacid|nacimiento|nat[oa]\Z|nasc|urodz|ur\Z",
    ),
)
_COMPILED = tuple((hint, re.compile(pattern)) for hint, pattern in _PATTERNS)


def hints_of(tokens: Iterable[Token]) -> Hint:
    """All that the words of a text hint at."""
    found = 0
    for token in tokens:
        found |= _of_word(token.text)
    return Hint(found)


@lru_cache(maxsize=1 << 16)
def _of_word(word: str) -> int:
    key = fold(word)
    found = 0
    if word in STREET_WORDS or key in STREET_KEYS or key.endswith(STREET_ENDINGS):
        found |= Hint.STREET
    # Words with a hyphen or an apostrophe begin anew behind it.
    for part in re.split(r"['’-]", key):
        for hint, pattern in _COMPILED:
            if pattern.match(part):
                found |= hint
    return int(found)
