"""Texts and documents without what is personal in them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from shared.synthesis.generators.library import Library
from shared.synthesis.generators.mocking import drawn_by_value, making_of, mask_of
from shared.synthesis.generators.outline import Outline
from shared.synthesis.generators.rows import Maker, Rows
from shared.synthesis.plans import ColumnName, Entity
from shared.synthesis.recognise.spans import label, replace_in_text
from shared.synthesis.recognise.texts import find_in_text
from shared.synthesis.schema import Column, Kind, Table

#: Characters of a text that are looked at; the rest is dropped.
CUTOFF = 4_000


class _Surroundings(Protocol):
    @property
    def secret(self) -> bytes: ...
    @property
    def outline(self) -> Outline: ...
    @property
    def library(self) -> Library: ...


class Replacement:
    """Made-up values for what was found in texts; the same for the same, as in columns."""

    def __init__(self, secret: bytes, library: Library, locale: str) -> None:
        self._secret, self._library, self._locale = secret, library, locale

    def __call__(self, entity: Entity, found: str) -> str:
        """What is written instead."""
        names = self._library.names(self._locale)
        if entity is Entity.FIRST_NAME:
            return names.first(found)
        if entity is Entity.LAST_NAME:
            return names.last(found)
        if entity is Entity.PERSON:
            return names.whole(found)
        if entity is Entity.EMAIL:
            return names.email(found)
        if entity is Entity.LOGIN:
            return names.login(found)
        column = Column(name="", type="text", kind=Kind.TEXT)
        mask = mask_of(entity, column, self._secret, is_unique=False)
        if mask is None:
            making = making_of(entity, column, self._locale, self._library)
            if making is None:
                return label(entity, found)
            scope = f"{entity}:{self._locale}"
            mask = drawn_by_value(making, column, self._secret, scope)
        return mask([found])[0]


def scrubber(
    name: ColumnName, table: Table, context: _Surroundings, entities: Mapping[str, Entity]
) -> tuple[Maker, tuple[str, ...]]:
    """A maker of texts without what is personal in them, and the columns that it reads besides.

    :param entities: of the table's columns that get made-up values: those values of the same row
        are found wherever they stand in the text.
    """
    outline = context.outline
    locale = outline.locale(name)
    cutoff = int(outline.setting(name, "cutoff_length", CUTOFF))
    replacement = (
        Replacement(context.secret, context.library, locale)
        if outline.setting(name, "pii_mock_replace", True)
        else label
    )
    length = table[name.name].length

    def make(rows: Rows) -> list[str | None]:
        others = [(entity, rows.source[column]) for column, entity in entities.items()]
        drawn: list[str | None] = []
        for place, text in enumerate(rows.source[name.name]):
            if not text:
                drawn.append(text)
                continue
            row = [(entity, value) for entity, values in others if (value := values[place])]
            seen = text[:cutoff]
            spans = find_in_text(seen, locale=locale, row=row)
            drawn.append(replace_in_text(seen, spans, replacement)[:length])
        return drawn

    return make, tuple(entities)
