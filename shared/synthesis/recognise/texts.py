"""Texts in which anything may stand: where in them something personal does.

Every pattern looks at a bounded part from any place on, so a text takes time in proportion to its
length, whatever it says. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from shared.synthesis.plans import Entity
from shared.synthesis.recognise import figures
from shared.synthesis.recognise.dictionaries import PARTICLES, common_words
from shared.synthesis.recognise.hints import Hint, hints_of
from shared.synthesis.recognise.known import KnownValues
from shared.synthesis.recognise.numbers import country_of
from shared.synthesis.recognise.people import find_people
from shared.synthesis.recognise.rows import find_row_values
from shared.synthesis.recognise.spans import Span, settle
from shared.synthesis.recognise.tokens import Token, tokens_of


def find_in_text(
    text: str,
    *,
    locale: str = "en",
    row: Sequence[tuple[Entity, str]] = (),
    known: KnownValues | None = None,
) -> list[Span]:
    """What is personal in a text.

    :param locale: whose names, numbers and addresses are looked for first.
    :param row: personal values of the same row, such as the name that stands in another column:
        they are found wherever they stand, and so is each part of a name.
    :param known: values of the database's columns, which are found wherever they stand.
    :returns: spans in their order, none over another.
    """
    tokens = tokens_of(text)
    spans = list(_found(text, tokens, country_of(locale), locale[:2].lower()))
    if spans:
        spans += _again(text, tokens, spans)
    if row:
        spans += find_row_values(text, row)
    if known:
        spans += known.find(text)
    return _trimmed(text, settle(spans)) if spans else spans


def _trimmed(text: str, spans: Sequence[Span]) -> list[Span]:
    """Spans without the blanks and marks that are left where one was cut."""
    kept = []
    for span in spans:
        found = text[span.start : span.end]
        start = span.end - len(found.lstrip(" ,;\n\t\u00a0"))
        end = span.start + len(found.rstrip(" ,;\n\t\u00a0"))
        if start == span.start and end == span.end:
            kept.append(span)
        elif start < end:
            kept.append(Span(start, end, span.entity, span.confidence))
    return kept


def _again(text: str, tokens: Sequence[Token], spans: Sequence[Span]) -> Iterator[Span]:
    """Other places of what was found: who is named once in full is named by one name later."""
    words = common_words()
    names: set[str] = set()
    others: dict[str, Entity] = {}
    for span in spans:
        found = text[span.start : span.end]
        if span.entity in _NAMES:
            names.update(
                each.key
                for each in tokens_of(found)
                if len(each.key) > 2 and each.key not in words and each.key not in PARTICLES
            )
        elif len(others) < MOST_REPEATED and len(found) > 3:
            others[found] = span.entity
    for token in tokens:
        if token.key in names and token.capital:
            yield Span(token.start, token.end, Entity.PERSON, AGAIN)
    for found, entity in others.items():
        at = text.find(found)
        while at >= 0:
            yield Span(at, at + len(found), entity, AGAIN)
            at = text.find(found, at + len(found))


#: How sure a second place is: only what nothing else is found at.
AGAIN = 0.3

#: So many values of a text are looked for again, so that its time stays in proportion.
MOST_REPEATED = 20

_NAMES = frozenset({Entity.PERSON, Entity.FIRST_NAME, Entity.LAST_NAME})


def _found(text: str, tokens: Sequence[Token], country: str, language: str) -> Iterator[Span]:
    people = list(find_people(text, tokens, language))
    hints = hints_of(tokens)
    yield from people
    if "@" in text:
        yield from figures.find_emails(text)
        yield from figures.find_handles(text)
    if "/" in text:
        yield from figures.find_profiles(text)
    if hints & Hint.PASSWORD:
        yield from figures.find_passwords(text)
    if _DIGIT.search(text) is None:
        return
    yield from figures.find_accounts(text)
    yield from figures.find_numbers(text, country)
    yield from figures.find_codes(text, country)
    yield from figures.find_network(text)
    yield from figures.find_cities(text)
    yield from figures.find_amounts(text, people=bool(people), income=bool(hints & Hint.INCOME))
    if hints & Hint.CODE:
        yield from figures.find_named_codes(text)
    if hints & Hint.STREET:
        yield from figures.find_streets(text)
    if hints & Hint.BIRTH:
        yield from figures.find_birthdays(text)


_DIGIT = re.compile(r"\d")
