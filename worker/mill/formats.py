"""Kinds of values that have a form, as patterns that a model's answer can be held to.

A form is known by the name of the kind (``IPv4 address``, ``UUID``), or is spelled in the request:
``YYYY-MM-DD``, ``three letters, a hyphen and four digits``, ``like AB-1234``. Patterns are in what
llama.cpp makes grammars of: no ``\\d``, no look-around, no repetition without an end. Digits that
others are checked by are computed afterwards (``check_digits``). Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_DAY_OF = (
    "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|"
    "02-(0[1-9]|1[0-9]|2[0-8]))"
)
_YEAR, _MONTH, _DAY = "(19|20)[0-9]{2}", "(0[1-9]|1[0-2])", "(0[1-9]|1[0-9]|2[0-8])"
_HOUR, _SIXTY = "([01][0-9]|2[0-3])", "[0-5][0-9]"
_NAME = "[a-z0-9]([a-z0-9-]{0,24}[a-z0-9])?"
_TOP = rf"(\.{_NAME}){{0,2}}\.[a-z]{{2,6}}"
_HEX = "[0-9a-f]"
_CARD = r"((credit|debit|payment|visa|mastercard|american express|amex) )*cards? numbers?"
_VISA, _MASTERCARD, _AMEX = "4[0-9]{15}", "5[1-5][0-9]{14}", "3[47][0-9]{13}"
_IBAN = r"(\w+ )?ibans?( numbers?)?"


@dataclass(frozen=True)
class Format:
    """A form of values: a pattern without anchors, and the characters of its shortest string."""

    pattern: str
    shortest: int

    def matches(self, value: str) -> bool:
        """Whether a value has the form."""
        return re.fullmatch(self.pattern, value) is not None


#: By what a data type is called, all of it; whoever asks for an "e-mail subject" has no address.
_NAMED: tuple[tuple[str, Format], ...] = (
    (
        r"(\w+ )?e-?mails?( address(es)?)?",
        Format(rf"[A-Za-z0-9]([A-Za-z0-9._-]{{0,30}}[A-Za-z0-9])?@{_NAME}{_TOP}", 6),
    ),
    (r"(\w+ )?(ipv4|ip)( address(es)?)?", Format(rf"{_OCTET}(\.{_OCTET}){{3}}", 7)),
    (r"(\w+ )?mac address(es)?", Format("[0-9A-F]{2}(:[0-9A-F]{2}){5}", 17)),
    (
        r"(\w+ )?(uuid|guid)s?( v(ersion )?4)?",
        Format(
            f"{_HEX}{{8}}-{_HEX}{{4}}-4{_HEX}{{3}}-[89ab]{_HEX}{{3}}-{_HEX}{{12}}",
            36,
        ),
    ),
    (
        r"(hex(adecimal)? colou?r( code)?|colou?r hex( code)?|html colou?r( code)?)s?",
        Format("#[0-9A-F]{6}", 7),
    ),
    (r"iso( 8601)? dates?", Format(f"{_YEAR}-{_DAY_OF}", 10)),
    (r"times?( of (the )?day)?|24-hour times?", Format(f"{_HOUR}:{_SIXTY}(:{_SIXTY})?", 5)),
    (
        r"(\w+ )?(url|web(site)? address|web page address)(s|es)?",
        Format(rf"https://(www\.)?{_NAME}{_TOP}(/[a-z0-9-]{{1,20}}){{0,3}}", 12),
    ),
    (r"(\w+ )?domain( name)?s?", Format(f"{_NAME}{_TOP}", 4)),
    (r"(semantic )?version( number)?s?", Format(r"[0-9]{1,2}(\.[0-9]{1,2}){2}", 5)),
    (r"(us |american )?zip codes?", Format("[0-9]{5}(-[0-9]{4})?", 5)),
    (_CARD, Format(f"({_VISA}|{_MASTERCARD}|{_AMEX})", 15)),
    (r"ean(-?13)?( (bar)?codes?| numbers?)?|gtin-13s?", Format("[0-9]{13}", 13)),
    (r"(ean|gtin)-?8( (bar)?codes?| numbers?)?", Format("[0-9]{8}", 8)),
    (r"upc(-a)?( (bar)?codes?| numbers?)?", Format("[0-9]{12}", 12)),
    (r"isbn(-?13)?( numbers?| codes?)?s?", Format("97[89]-[0-9]-[0-9]{3}-[0-9]{5}-[0-9]", 17)),
    (r"isbn-?10( numbers?| codes?)?s?", Format("[0-9]{9}[0-9X]", 10)),
    (r"issns?( numbers?)?", Format("[0-9]{4}-[0-9]{3}[0-9X]", 9)),
    (r"imeis?( numbers?)?", Format("[0-9]{15}", 15)),
)

#: By the kind, and by a country or a maker that attributes or the kind name.
_BY_NAME: tuple[tuple[str, str, Format], ...] = (
    (_CARD, "visa", Format(_VISA, 16)),
    (_CARD, "mastercard", Format(_MASTERCARD, 16)),
    (_CARD, "american express|amex", Format(_AMEX, 15)),
    (_IBAN, "germany?|de", Format("DE[0-9]{20}", 22)),
    (_IBAN, "austrian?|at", Format("AT[0-9]{18}", 20)),
    (_IBAN, "switzerland|swiss|ch", Format("CH[0-9]{19}", 21)),
    (_IBAN, "france|french|fr", Format("FR[0-9]{25}", 27)),
    (_IBAN, "spain|spanish|es", Format("ES[0-9]{22}", 24)),
    (_IBAN, "italy|italian|it", Format("IT[0-9]{2}[A-Z][0-9]{22}", 27)),
    (_IBAN, "netherlands|dutch|nl", Format("NL[0-9]{2}[A-Z]{4}[0-9]{10}", 18)),
    (_IBAN, "uk|british|united kingdom|gb", Format("GB[0-9]{2}[A-Z]{4}[0-9]{14}", 22)),
    (
        r"(\w+ )?(post(al)? ?code|zip( code)?)s?",
        r"uk|british|united kingdom|great britain|england",
        Format("[A-PR-UWYZ][A-HK-Y]?[0-9][0-9A-HJKMNP-Y]? [0-9][ABD-HJLNP-UW-Z]{2}", 6),
    ),
    (
        r"(\w+ )?(post(al)? ?code|zip( code)?)s?",
        r"us|usa|american|united states|germany?|france|french|italy|italian|spain|spanish",
        Format("[0-9]{5}", 5),
    ),
    (
        r"(\w+ )?((tele)?phone|mobile|fax)( number)?s?",
        r"us|usa|american|united states( of america)?|canada|canadian",
        Format(r"\([2-9][0-9]{2}\) [2-9][0-9]{2}-[0-9]{4}", 14),
    ),
)

#: Kinds whose values are written like one another. "Titles like 1984" are not all years.
_WRITTEN_ALIKE = re.compile(
    r"\b(?:number|code|id|identifier|key|sku|serial|date|time|plate|reference|version|token|tag)s?\b",
    re.IGNORECASE,
)

#: An example with fewer characters says little.
FEWEST_CHARACTERS = 4

#: What a spelled date or time is made of, longest first.
_SPELLED = {
    "YYYY": _YEAR,
    "MM": _MONTH,
    "DD": _DAY,
    "HH": _HOUR,
    "mm": _SIXTY,
    "SS": _SIXTY,
    "ss": _SIXTY,
}
_UNIT = f"(?:{'|'.join(_SPELLED)})"
_SPELLING = re.compile(rf"(?<![\w-])({_UNIT}(?:[-/.: T]?{_UNIT})+)(?![\w-])")
_EXAMPLE = re.compile(r"\b(?:like|such as|e\.g\.|for example)[: ]+[\"'“]?([\w#-]*\d[\w./:#-]*\w)")

_WORDS = "one two three four five six seven eight nine ten eleven twelve"
_NUMBERS = {word: number for number, word in enumerate(_WORDS.split(), start=1)} | {"a": 1, "an": 1}
_CLASSES = {
    "digit": "[0-9]",
    "letter": "[A-Z]",
    "lowercase letter": "[a-z]",
    "hex digit": "[0-9A-F]",
    "hyphen": "-",
    "dash": "-",
    "slash": "/",
    "dot": r"\.",
    "period": r"\.",
    "colon": ":",
    "underscore": "_",
    "space": " ",
}
_COUNT = rf"(?P<count>\d{{1,2}}|{'|'.join(_NUMBERS)})"
_PART = re.compile(
    rf"{_COUNT} (?:upper-?case |capital )?(?P<what>{'|'.join(sorted(_CLASSES, key=len)[::-1])})s?",
    re.IGNORECASE,
)
_JOINTS = re.compile(r"\s*(?:,|and|then|followed by|plus)?\s*(?:,|and|then|followed by|plus)?\s*")


@lru_cache(maxsize=512)
def find_format(
    data_type: str, attributes: Sequence[tuple[str | None, str]], *, longest: int
) -> Format | None:
    """The form that the values of a request have; None where none is known.

    :param longest: characters that a value may have.
    """
    said = [data_type, *(value for _, value in attributes)]
    found = next(filter(None, (_spelled(each, data_type) for each in said)), None) or _named(
        data_type, said[1:]
    )
    return found if found is not None and found.shortest <= longest else None


def _named(data_type: str, others: Sequence[str]) -> Format | None:
    kind = " ".join(data_type.casefold().replace("_", " ").split())
    said = [*others, kind]
    for kinds, names, form in _BY_NAME:
        if re.fullmatch(kinds, kind) and any(
            re.search(rf"\b({names})\b", each, re.IGNORECASE) for each in said
        ):
            return form
    return next((form for kinds, form in _NAMED if re.fullmatch(kinds, kind)), None)


def _spelled(text: str, data_type: str) -> Format | None:
    """A form that is written out: by letters for dates, in words, or by an example."""
    if spelling := _SPELLING.search(text):
        return _of_letters(spelling.group(1))
    if worded := _of_words(text):
        return worded
    if (example := _EXAMPLE.search(text)) and _WRITTEN_ALIKE.search(data_type):
        return _of_example(example.group(1))
    return None


def _of_letters(spelling: str) -> Format:
    if spelling.startswith("YYYY-MM-DD"):
        rest = spelling.removeprefix("YYYY-MM-DD")
        return Format(f"{_YEAR}-{_DAY_OF}{_letters(rest)}", len(spelling))
    return Format(_letters(spelling), len(spelling))


def _letters(spelling: str) -> str:
    # "HH:MM" has minutes where "YYYY-MM" has months.
    clock = re.sub(r"(?<=HH[:.])MM", "mm", spelling)
    parts = re.split(rf"({_UNIT})", clock)
    return "".join(_SPELLED.get(part) or _literal(part) for part in parts)


def _of_words(text: str) -> Format | None:
    first = _PART.search(text)
    if first is None:
        return None
    parts: list[tuple[int, str]] = []
    at = first.start()
    while part := _PART.match(text, at):
        count = part["count"].lower()
        number = _NUMBERS.get(count) or int(count)
        parts.append((number, _CLASSES[part["what"].lower()]))
        at = part.end()
        joint = _JOINTS.match(text, at)
        at = joint.end() if joint else at
    # One part alone may only be a limit: "at most 20 letters", "a number".
    if len(parts) < 2 or not any(cls.startswith("[") for _, cls in parts):
        return None
    pattern = "".join(cls if number == 1 else f"{cls}{{{number}}}" for number, cls in parts)
    return Format(pattern, sum(number for number, _ in parts))


def _of_example(example: str) -> Format | None:
    if len(example) < FEWEST_CHARACTERS:
        return None
    if re.fullmatch(f"{_YEAR}-{_DAY_OF}", example):
        return _of_letters("YYYY-MM-DD")
    return Format("".join(map(_like, example)), len(example))


def _like(character: str) -> str:
    for cls in ("[0-9]", "[A-Z]", "[a-z]"):
        if re.fullmatch(cls, character):
            return cls
    return _literal(character)


def _literal(text: str) -> str:
    return re.sub(r"([\^$.\[\](){}|*+?])", r"\\\1", text)
