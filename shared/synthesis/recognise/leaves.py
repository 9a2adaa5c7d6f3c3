"""One leaf of a document: what becomes of it, by what it is called and by what it is. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared.synthesis.plans import Entity
from shared.synthesis.recognise import values
from shared.synthesis.recognise.known import KnownValues
from shared.synthesis.recognise.naming import UNSURE, judge
from shared.synthesis.recognise.numbers import country_of
from shared.synthesis.recognise.rows import find_row_values
from shared.synthesis.recognise.spans import Replacement, replace_in_text
from shared.synthesis.recognise.texts import find_in_text

#: What stands under a plain name, or is a name itself, is taken for a person with more care.
SURE_SPAN = 0.6

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")

_OF_NUMBERS = frozenset(
    {
        *(Entity.PHONE, Entity.NATIONAL_ID, Entity.TAX_ID, Entity.POSTCODE, Entity.CREDIT_CARD),
        *(Entity.PASSPORT, Entity.CARDINALITY, Entity.COORDINATE, Entity.DATE_OF_BIRTH),
        *(Entity.AMOUNT, Entity.PASSWORD, Entity.IBAN),
    }
)

#: What a name says of money; columns of such names are left as they are, leaves are not.
_MONEY = re.compile(
    r"salar|income|wage|earning|bonus|gehalt|lohn|einkommen|verdienst|sueldo|stipendio|reddito|"
    r"salaris|inkomen|wynagrodzeni|pensja|net.?worth|debt|pension",
    re.IGNORECASE,
)

#: So many characters behind the cutoff are looked at too, to tell what it would cut through.
MARGIN = 80


@dataclass(frozen=True)
class Leaves:
    """How leaves are treated.

    :param locale: whose names, numbers and addresses are looked for first.
    :param replacement: what is written instead of what is found.
    :param row: personal values of the row's other columns.
    :param known: personal values of the database.
    """

    locale: str
    replacement: Replacement
    row: Sequence[tuple[Entity, str]] = ()
    known: KnownValues | None = None

    def text(self, text: str, *, least: float = 0.0) -> str:
        """A text without what is personal in it, as sure as ``least``."""
        spans = find_in_text(text, locale=self.locale, row=self.row, known=self.known)
        if least:
            spans = [each for each in spans if each.confidence >= least]
        return replace_in_text(text, spans, self.replacement) if spans else text

    def cut(self, text: str, room: int) -> str:
        """At most so many characters of a text, and no half of what is personal at its end."""
        if len(text) <= room:
            return text
        room = max(0, room)
        seen = text[: room + MARGIN]
        for span in find_in_text(seen, locale=self.locale, row=self.row, known=self.known):
            if span.start < room < span.end:
                room = span.start
        return text[:room]

    def string(self, text: str, name: str = "", owner: str = "") -> str:
        """A leaf that is a text, by its name and that of what it is in."""
        if not text.strip():
            return text
        entity, plain = _called(name, owner)
        if entity is not None and values.fits(entity, text) and entity is not Entity.FREE_TEXT:
            return self.replacement(entity, text)
        kind = values.sure_kind(text, country_of(self.locale))
        if kind is not None and kind is not Entity.URL:
            return self.replacement(kind, text)
        return self.text(text, least=SURE_SPAN if plain else 0.0)

    def number(self, text: str, name: str = "", owner: str = "") -> str:
        """A leaf that is a number, and stays one."""
        entity, _ = _called(name, owner)
        if entity not in _OF_NUMBERS:
            found = next(find_row_values(text, self.row), None) if self.row else None
            if found is None and self.known is not None:
                found = next(self.known.find(text), None)
            if found is None:
                return text
            entity = found.entity
        return _as_number(self.replacement(entity, text), text)

    def name(self, text: str) -> str:
        """The name of a leaf, which may hold something personal itself."""
        return self.text(text, least=SURE_SPAN)


def _called(name: str, owner: str) -> tuple[Entity | None, bool]:
    """What a leaf's name says, and whether it says that nothing is personal."""
    if not name:
        return None, False
    if _MONEY.search(name):
        return Entity.AMOUNT, False
    guess = judge(name, owner)
    return (guess.entity if guess.confidence >= UNSURE else None), guess.plain


def _as_number(new: str, old: str) -> str:
    """A number out of what is written instead; with no digit in it, zero."""
    stripped = new.strip()
    if _NUMBER.fullmatch(stripped):
        return stripped
    digits = re.sub(r"\D", "", new)[: max(1, len(re.sub(r"\D", "", old)))].lstrip("0")
    return digits or "0"
