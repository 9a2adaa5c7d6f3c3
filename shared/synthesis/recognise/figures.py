"""Addresses, numbers and amounts in a text that are somebody's. Pure.

Digits are found in groups; what is checked is never longer than a few of them, so that a text of
nothing but digits takes a time in proportion to its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from shared.synthesis.plans import Entity
from shared.synthesis.recognise import dictionaries
from shared.synthesis.recognise.addresses import PLACE, POSTCODE_AND_CITY, STREET
from shared.synthesis.recognise.numbers import (
    has_sure_ids,
    iban_length,
    is_card,
    is_iban,
    is_tax_id,
    looks_like_card,
    national_id,
)
from shared.synthesis.recognise.spans import Span
from shared.synthesis.recognise.values import is_ip, is_phone
from shared.synthesis.recognise.words import fold, listed

_LOCAL_PART = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}\Z")
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]{0,62})\.){1,8}[^\W\d_]{2,24}|\[[0-9.:a-fA-F]{3,45}\]")

_ACCOUNT = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d\d(?=[ -]?[A-Za-z0-9]{2})")
_GROUPS = re.compile(r"(?<![\w.,])[+(]{0,2}\d+(?:[ ()./\u00a0-]{1,3}\d+){0,11}(?![\w])")
_GROUP = re.compile(r"\d+")
_CODE = re.compile(r"(?<![\w-])[A-Za-z]{0,6}\d[\dA-Za-z./+-]{5,18}(?![\w-])")
_MAC = re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![\w:])")
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]?\d)")
_IPV6 = re.compile(r"(?<![\w:])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])")
_PROFILE = re.compile(
    r"(?:https?://)?(?:www\.)?(?:[a-z]{2}\.)?(?:linkedin\.com/in|facebook\.com|twitter\.com|x\.com|"
    r"instagram\.com|github\.com|t\.me|xing\.com/profile|tiktok\.com)/[\w.@%-]{2,64}",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w@./])@[A-Za-z_][\w.]{1,30}\b")

_DATE_FORM = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2}\.? (?:[^\W\d_]{3,10}\.?|de [^\W\d_]{3,10} de) \d{4}|"
    r"[^\W\d_]{3,10}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}"
)
_BORN = re.compile(
    r"\b(?:born|birth(?:day|date)?|d\.?o\.?b|geb(?:oren|urtsdatum|urtstag)?|née?|naissance|nacid[oa]|"
    r"nacimiento|nat[oa]|nascita|nascid[oa]|nascimento|geboortedatum|urodzon[ya]|ur)\b"
    r"[^\d\n]{0,24}?(?=\d|(?:January|February|March|April|May|June|July|August|September|October|"
    r"November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b)",
    re.IGNORECASE,
)

_DIALS = re.compile(
    r"(?:\b(?:tel|telephone|phone|call|mobile?|cell|fax|sms|whatsapp|handy|telefon|telefono|"
    r"teléfono|"
    r"telefone|téléphone|portable|móvil|movil|cellulare|telefoon|komórka|rufnummer|ruf|nummer|"
    r"number|dial|reach \w+)\b|☎|📞)[^\d\n]{0,16}\Z",
    re.IGNORECASE,
)
#: How far before a number its name may stand.
BEFORE = 28

_SAID: tuple[tuple[Entity, str], ...] = (
    (
        Entity.PASSPORT,
        "passport|reisepass|pass|passeport|pasaporte|passaporto|passaporte|paspoort|paszport|"
        "driver'?s? licen[cs]e|driving licen[cs]e|führerschein|permis|rijbewijs|prawo jazdy",
    ),
    (
        Entity.NATIONAL_ID,
        "ssn|social security|sin|bsn|nino|national insurance|national id|id card|identity card|"
        "personalausweis|ausweis|sozialversicherung\\w*|steuer-?id|dni|nie|nif|cpf|pesel|nhs|"
        "codice fiscale|sécurité sociale|rijksregister\\w*|personnummer|cpr|aadhaar|curp|rut",
    ),
    (
        Entity.CARDINALITY,
        "account|acct|konto\\w*|compte|cuenta|conto|conta|rekening\\w*|rachunek|policy|police|"
        "versicherungs\\w*|polizza|póliza|member(?:ship)?|mitglieds\\w*|kunden\\w*|customer|client|"
        "patient\\w*|employee|personal\\w*|mrn|imei|badge|student",
    ),
    (Entity.LICENSE_PLATE, "licen[cs]e plate|number plate|kennzeichen|immatriculation|kenteken"),
    (Entity.CREDIT_CARD, "card|karte|carte|tarjeta|carta|cvv|cvc"),
)
_NUMBER_WORD = r"(?:[ -]?(?:no|nr|number|nummer|num|numéro|numero|número|numer|id|code|n°|nº|#)\.?)"
_NAMED_CODE = re.compile(
    r"(?<!\w)(?:"
    + "|".join(f"(?P<{entity}>{words})" for entity, words in _SAID)
    + rf")(?P<worded>{_NUMBER_WORD}?)(?: (?:is|ist|est|es|è|é))?[ :=#]{{0,3}}"
    r"(?P<code>(?=[A-Za-z./-]{0,10}\d)[A-Za-z0-9][A-Za-z0-9./-]{2,24}[A-Za-z0-9])(?!\w)",
    re.IGNORECASE,
)
_PASSWORD = re.compile(
    r"\b(?:password|passwort|kennwort|passwd|pwd|mot de passe|contraseña|senha|wachtwoord|hasło|"
    r"pin)"
    r"(?: (?:is|ist|est|es|è|é|to))?[ :=]{1,3}[\"'„“]?(\S{3,64})",
    re.IGNORECASE,
)

_CURRENCY = (
    r"(?:EUR|USD|GBP|CHF|PLN|SEK|NOK|DKK|CAD|AUD|JPY|BRL|MXN|INR|CZK|HUF|euros?|dollars?|pounds?|"
    r"Franken|zł|kr|€|\$|£|¥)"
)
_NUMBER = r"\d{1,3}(?:[.,' \u00a0]\d{3}){1,4}(?:[.,]\d{1,2})?|\d{1,12}(?:[.,]\d{1,2})?"
_AMOUNT = re.compile(
    rf"(?<![\w.,])(?:{_CURRENCY} ?(?:{_NUMBER})(?: ?(?:k|K|m|M|mio|million)\b)?"
    rf"|(?:{_NUMBER}) ?(?:k|K|m|M|mio|million)? ?{_CURRENCY}(?!\w))"
)
_BARE_AMOUNT = re.compile(rf"(?<![\w.,-])(?:{_NUMBER})(?: ?[kK]\b)?(?![\w%-])")
_INCOME = re.compile(
    r"\b(?:"
    + "|".join(
        listed(
            "salar\\w* earn\\w* income wages? paid pays makes payroll bonus pension debts? owes "
            "compensation gehalt gehälter gehalts\\w* verdient verdienst lohn einkommen rente "
            "schulden salaires? gagne revenus? rémunération sueldo salario gana ingresos nómina "
            "stipendio guadagna reddito salário ganha rendimento salaris inkomen loon "
            "wynagrodzenie zarabia pensja dochód netto brutto"
        )
    )
    + r")\b|\b(?:per|a) (?:year|month|annum)\b|\bp\.a\.|im (?:jahr|monat)\b|par (?:an|mois)\b",
    re.IGNORECASE,
)
#: So far from a word of income an amount is taken for one.
NEAR = 48


def find_emails(text: str) -> Iterator[Span]:
    """E-mail addresses: what stands around each at sign."""
    at = text.find("@")
    while at >= 0:
        local = _LOCAL_PART.search(text, max(0, at - 64), at)
        domain = _DOMAIN.match(text, at + 1)
        if local and domain:
            start = local.start() + len(local[0]) - len(local[0].lstrip(".'/="))
            if start < at:
                yield Span(start, domain.end(), Entity.EMAIL, 1.0)
        at = text.find("@", at + 1)


def find_accounts(text: str) -> Iterator[Span]:
    """IBANs, with blanks too; those with wrong digits a little less sure."""
    for match in _ACCOUNT.finditer(text):
        length = iban_length(match[0][:2])
        if length is None:
            continue
        end, count = match.start(), 0
        while end < len(text) and count < length:
            if text[end].isalnum():
                count += 1
            elif text[end] not in " -\u00a0":
                break
            end += 1
        found = text[match.start() : end]
        if count < length or (end < len(text) and text[end].isalnum()):
            continue
        if is_iban(found.replace("\u00a0", " ")):
            yield Span(match.start(), end, Entity.IBAN, 1.0)
        elif sum(map(str.isdigit, found)) > length / 2:
            yield Span(match.start(), end, Entity.IBAN, 0.7)


def find_numbers(text: str, country: str) -> Iterator[Span]:
    """Cards, national ids and phones, in groups of digits."""
    for match in _GROUPS.finditer(text):
        digits = len("".join(_GROUP.findall(match[0])))
        if digits < 7:
            if digits >= 5 and _DIALS.search(text, max(0, match.start() - BEFORE), match.start()):
                yield Span(*match.span(), Entity.PHONE, 0.6)
            continue
        yield from _grouped(text, match, country)


def _grouped(text: str, match: re.Match[str], country: str) -> Iterator[Span]:
    groups = [each.span() for each in _GROUP.finditer(text, match.start(), match.end())]
    dialled = _DIALS.search(text, max(0, match.start() - BEFORE), match.start()) is not None
    first = 0
    while first < len(groups):
        for last in range(len(groups) - 1, first - 1, -1):
            start, end = groups[first][0], groups[last][1]
            if first == 0:
                start = match.start()
            found = _of_groups(text[start:end], last - first + 1, dialled, country)
            if found:
                yield Span(start, end, *found)
                first = last
                break
        first += 1


def _of_groups(found: str, groups: int, dialled: bool, country: str) -> tuple[Entity, float] | None:
    bare = "".join(_GROUP.findall(found))
    if len(bare) < 7:
        return None
    if found.lstrip("(")[:1] == "+":
        if len(bare) > 15:
            return None
        return Entity.PHONE, 0.9 if is_phone(found, country) else 0.75
    if 12 <= len(bare) <= 19 and looks_like_card(bare):
        if is_card(bare):
            return Entity.CREDIT_CARD, 0.95
        if groups == 4 and len(bare) == 16:
            return Entity.CREDIT_CARD, 0.6
    if (
        9 <= len(bare) <= 15
        and (has_sure_ids(country) or "-" in found)
        and national_id(found.strip("+("), country)[1]
    ):
        return Entity.NATIONAL_ID, 0.85
    if len(bare) > 15 or groups > MOST_GROUPS or _DATE_FORM.fullmatch(found):
        return None
    if _DECIMAL.fullmatch(found) and not dialled:
        return None
    if _NORTH_AMERICAN.fullmatch(found):
        return Entity.PHONE, 0.8
    if dialled or (groups > 1 and found.lstrip("(")[:1] == "0"):
        if is_phone(found, country):
            return Entity.PHONE, 0.85
        return (Entity.PHONE, 0.6) if dialled else None
    return None


#: A phone number is not written in more groups.
MOST_GROUPS = 7

_DECIMAL = re.compile(r"\d+[.,]\d+|\d{1,3}(?:[. ]\d{3})+")
_NORTH_AMERICAN = re.compile(r"(?:1[-. ])?(?:\(\d{3}\) ?|\d{3}[-.])\d{3}[-. ]\d{4}")


def find_codes(text: str, country: str) -> Iterator[Span]:
    """Numbers with letters in them, that states give to people."""
    for match in _CODE.finditer(text):
        code = match[0].rstrip(".-/+")
        end = match.start() + len(code)
        if national_id(code, country)[1]:
            yield Span(match.start(), end, Entity.NATIONAL_ID, 0.9)
        elif code[:2].isalpha() and is_tax_id(code, country):
            yield Span(match.start(), end, Entity.TAX_ID, 0.85)


def find_named_codes(text: str) -> Iterator[Span]:
    """Whatever is called a number of somebody's: ``passport no. X1234567``."""
    for match in _NAMED_CODE.finditer(text):
        entity = Entity(match.lastgroup if match.lastgroup in _GROUP_NAMES else _which(match))
        digits = sum(map(str.isdigit, match["code"]))
        # "Card 12" and "customer 2024-05-01" tell nothing; "account no. 1234" does.
        if digits >= (4 if match["worded"] else 6) and not _DATE_FORM.fullmatch(match["code"]):
            yield Span(*match.span("code"), entity, 0.7)


def find_passwords(text: str) -> Iterator[Span]:
    """What is said to be a password."""
    for match in _PASSWORD.finditer(text):
        yield Span(*match.span(1), Entity.PASSWORD, 0.7)


_GROUP_NAMES = frozenset(entity.value for entity, _ in _SAID)


def _which(match: re.Match[str]) -> str:
    return next(name for name in _GROUP_NAMES if match[name] is not None)


def find_network(text: str) -> Iterator[Span]:
    """Addresses of machines, and profiles of people."""
    for match in _IPV4.finditer(text):
        if is_ip(match[0]):
            yield Span(*match.span(), Entity.IP_ADDRESS, 0.8)
    if text.count(":") > 1:
        for match in _MAC.finditer(text):
            yield Span(*match.span(), Entity.MAC_ADDRESS, 0.9)
        for match in _IPV6.finditer(text):
            if ("::" in match[0] or match[0].count(":") == 7) and is_ip(match[0]):
                yield Span(*match.span(), Entity.IP_ADDRESS, 0.8)


def find_profiles(text: str) -> Iterator[Span]:
    """Links to somebody's page."""
    for match in _PROFILE.finditer(text):
        yield Span(*match.span(), Entity.URL, 0.8)


def find_handles(text: str) -> Iterator[Span]:
    """Names that begin with an at sign."""
    for match in _HANDLE.finditer(text):
        yield Span(*match.span(), Entity.LOGIN, 0.6)


def find_streets(text: str) -> Iterator[Span]:
    """Streets with numbers, and the postcodes and cities behind them."""
    for match in STREET.finditer(text):
        yield Span(*match.span(), Entity.STREET_ADDRESS, 0.8)
        place = PLACE.match(text, match.end())
        if place:
            lead = len(place[0]) - len(place[0].lstrip(", \n\r\t"))
            yield Span(place.start() + lead, place.end(), Entity.STREET_ADDRESS, 0.75)


def find_cities(text: str) -> Iterator[Span]:
    """Postcodes with a city behind them."""
    for match in POSTCODE_AND_CITY.finditer(text):
        if fold(match[2]) in dictionaries.cities() and not _YEAR.fullmatch(match[1]):
            yield Span(*match.span(1), Entity.POSTCODE, 0.7)
            yield Span(*match.span(2), Entity.CITY, 0.7)


_YEAR = re.compile(r"(?:19|20)\d\d")


def find_birthdays(text: str) -> Iterator[Span]:
    """Dates that are said to be of somebody's birth."""
    for match in _BORN.finditer(text):
        date = _DATE_FORM.match(text, match.end())
        if date:
            yield Span(*date.span(), Entity.DATE_OF_BIRTH, 0.85)


def find_amounts(text: str, *, people: bool, income: bool) -> Iterator[Span]:
    """Money that is said of somebody: of income, or in a text with somebody in it.

    :param people: whether anybody is named in the text.
    :param income: whether a word of it may be of income.
    """
    near = list(_around(text)) if income else []
    if not people and not near:
        return
    at = 0
    for match in _AMOUNT.finditer(text):
        while at < len(near) and near[at][1] < match.end():
            at += 1
        if at < len(near) and near[at][0] <= match.start():
            yield Span(*match.span(), Entity.AMOUNT, 0.8)
        elif people:
            yield Span(*match.span(), Entity.AMOUNT, 0.5)
    for start, end in near:
        for match in _BARE_AMOUNT.finditer(text, start, min(end, len(text))):
            if sum(map(str.isdigit, match[0])) >= 4 or match[0][-1] in "kK":
                yield Span(*match.span(), Entity.AMOUNT, 0.45)


def _around(text: str) -> Iterator[tuple[int, int]]:
    """The parts of a text around its words of income, none over another."""
    start = end = -1
    for match in _INCOME.finditer(text):
        if match.start() - NEAR > end:
            if end > 0:
                yield start, end
            start = max(0, match.start() - NEAR)
        end = match.end() + NEAR
    if end > 0:
        yield start, end
