"""Texts and documents without what is personal in them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final, Protocol

from shared.synthesis.generators.library import Library
from shared.synthesis.generators.mocking import drawn_by_value, making_of, mask_of
from shared.synthesis.generators.outline import Outline
from shared.synthesis.generators.rows import Maker, Rows
from shared.synthesis.generators.wording import numbered
from shared.synthesis.keys.ranks import Ranks
from shared.synthesis.plans import ColumnName, Entity
from shared.synthesis.recognise.known import KnownValues
from shared.synthesis.recognise.scrubbing import Scrubber
from shared.synthesis.recognise.spans import label
from shared.synthesis.schema import Column, Kind, Table

#: Characters of a text that are looked at; the rest is dropped.
CUTOFF: Final = 4_000
#: So many replacements are remembered.
_MEMORY: Final = 20_000

_Row = Sequence[tuple[Entity, str]]


class _Surroundings(Protocol):
    @property
    def secret(self) -> bytes: ...
    @property
    def outline(self) -> Outline: ...
    @property
    def library(self) -> Library: ...
    @property
    def known(self) -> KnownValues | None: ...


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
    name: ColumnName,
    table: Table,
    context: _Surroundings,
    entities: Mapping[str, Entity],
    ranks: Ranks | None = None,
) -> tuple[Maker, tuple[str, ...]]:
    """A maker of texts without what is personal in them, and the columns that it reads besides.

    :param entities: of the table's columns that get made-up values: those values of the same row
        are found wherever they stand in the text.
    :param ranks: of the column's texts, where none may stand there twice: one that was changed is
        numbered.
    """
    outline, column = context.outline, table[name.name]
    locale = outline.locale(name)
    scrub = Scrubber(
        locale=locale,
        replacement=lru_cache(_MEMORY)(Replacement(context.secret, context.library, locale))
        if outline.setting(name, "pii_mock_replace", True)
        else label,
        cutoff=int(outline.setting(name, "cutoff_length", CUTOFF)),
        known=context.known,
    )
    kinds: dict[Kind, Callable[[str, _Row], str]] = {
        Kind.JSON: scrub.document,
        Kind.ARRAY: scrub.documents if column.element is Kind.JSON else scrub.array,
    }
    treat = kinds.get(column.kind, scrub.text)
    beside = {each: entity for each, entity in entities.items() if each != name.name}

    def make(rows: Rows) -> list[str | None]:
        others = [(entity, rows.source[each]) for each, entity in beside.items()]
        drawn: list[str | None] = []
        for place, text in enumerate(rows.source[name.name]):
            if not text:
                drawn.append(text)
                continue
            row = [(entity, value) for entity, values in others if (value := values[place])]
            treated = treat(text, row)
            if ranks is not None and treated != text:
                number = int(ranks.find([text])[0]) + 1
                drawn.append(numbered(f"{treated} ", number, column.length))
                continue
            # A made-up value may be longer than what stood there.
            drawn.append(treated[: column.length])
        return drawn

    return make, tuple(beside)
