"""Which maker makes the new values of a column, by its generator. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from shared.errors import InvalidRequest
from shared.synthesis.generators.agreement import (
    companions,
    is_of_people,
    people_by_row,
    people_by_value,
)
from shared.synthesis.generators.kinds import draw_of
from shared.synthesis.generators.library import Library
from shared.synthesis.generators.limits import limits_of
from shared.synthesis.generators.masks import form_preserving, noise
from shared.synthesis.generators.mocking import (
    CODES,
    drawn_by_rank,
    drawn_by_value,
    making_of,
    mask_of,
)
from shared.synthesis.generators.outline import Mocked, Outline
from shared.synthesis.generators.places import in_state, state_column
from shared.synthesis.generators.pools import country, named
from shared.synthesis.generators.rows import Draw, Maker, Rows, by_value, row_key
from shared.synthesis.generators.scrubbing import scrubber
from shared.synthesis.generators.serials import serial_of
from shared.synthesis.keys.chance import derived
from shared.synthesis.keys.domains import Domain
from shared.synthesis.keys.maps import KeyMap
from shared.synthesis.keys.ranks import Ranks
from shared.synthesis.keys.texts import FormPreserving
from shared.synthesis.plans import ColumnName, Entity, GeneratorType, Plan
from shared.synthesis.recognise.known import KnownValues
from shared.synthesis.schema import Column, Kind, Table

#: A number moves by at most this share of itself, a date by so many days.
SHARE, DAYS = 0.1, 30

#: Made up by a number where the column is no text either.
_OF_OTHER_KINDS = frozenset({Entity.COORDINATE, Entity.DATE_OF_BIRTH})

_TEXTS = frozenset({Kind.TEXT, Kind.OTHER})


class Surroundings(Protocol):
    """What makers need of a run; see ``rewriter.Context``."""

    @property
    def plan(self) -> Plan: ...
    @property
    def secret(self) -> bytes: ...
    @property
    def ranks(self) -> Mapping[str, Ranks]: ...
    @property
    def outline(self) -> Outline: ...
    @property
    def library(self) -> Library: ...
    @property
    def known(self) -> KnownValues | None: ...


class Makers:
    """Makers for the columns of one table.

    :param entities: of its columns that get made-up values.
    :ivar reads: the columns that the makers given out so far have to read.
    """

    def __init__(self, table: Table, context: Surroundings, entities: dict[str, Entity]) -> None:
        self.reads: set[str] = set()
        self._table, self._context, self._entities = table, context, entities

    def maker(self, name: ColumnName) -> Maker | None:
        """What makes a column's values; None: they stay, or are not written.

        :raises InvalidRequest: the generator does not fit the column.
        """
        generator = self._context.outline.generator(name)
        if generator is None:
            return None
        column = self._table[name.name]
        if generator.type in (
            GeneratorType.DUPLICATE,
            GeneratorType.EXCLUDE,
            GeneratorType.SYNTHESIZE,
        ):
            return None
        if generator.type is GeneratorType.NULL:
            return lambda rows: [None] * rows.count
        mocked = self._context.outline.mocked(name)
        if mocked is not None:
            return self._mock(mocked)
        if generator.type in (GeneratorType.FREE_TEXT, GeneratorType.JSON):
            need = self._context.outline.unique_need_of(name)
            ranks = None if need is None else self._context.ranks[need.name]
            treat, reads = scrubber(name, self._table, self._context, self._entities, ranks)
            self.reads |= {name.name, *reads}
            return treat
        draw = self._mask(name)
        if draw is None:
            raise InvalidRequest(f"{name}: {generator.type} does not fit {column.type}")
        self.reads.add(name.name)
        return by_value(name.name, draw)

    def _mask(self, name: ColumnName) -> Draw | None:
        outline, column = self._context.outline, self._table[name.name]
        generator = outline.generator(name)
        domain = outline.domains.get(name)
        if domain is not None and len(domain.columns) > 1:
            return self._mask_of_domain(column, domain)
        scope = f"any {column.kind}"
        limits = limits_of(self._table, column)
        if generator is not None and generator.type is GeneratorType.NOISE:
            return noise(
                column,
                limits,
                self._context.secret,
                scope,
                share=float(generator.parameters.get("share", SHARE)),
                days=int(generator.parameters.get("days", DAYS)),
            )
        return form_preserving(column, self._context.secret, scope, limits)

    def _mask_of_domain(self, column: Column, domain: Domain) -> Draw | None:
        """Columns that refer to each other are masked alike, whatever their types and limits."""
        if domain.kind in (Kind.INTEGER, Kind.NUMBER):
            keys = KeyMap(
                replace(domain, label=f"form {domain.label}"), "hash", self._context.secret
            )
            return lambda values: [each or "" for each in keys(values)]
        return form_preserving(column, self._context.secret, domain.label)

    def _mock(self, mocked: Mocked) -> Maker:
        column, secret = mocked.column, self._context.secret
        need = self._context.outline.unique_need(mocked)
        ranks = None if need is None else self._context.ranks[need.name]
        if ranks is not None and column.kind is Kind.TEXT and _is_narrow(column, ranks.count):
            self.reads.add(column.name)
            return by_value(column.name, FormPreserving(secret, "narrow", ranks.need.label))
        limits = limits_of(self._table, column)
        if limits.values is not None and not mocked.by_row:
            # Whatever it is, only these few can stand there.
            allowed = form_preserving(column, secret, str(mocked.entity), limits)
            if allowed is not None:
                self.reads.add(column.name)
                return by_value(column.name, allowed)
        if mocked.entity is not None and limits.values is None:
            mask = mask_of(mocked.entity, column, secret, is_unique=mocked.is_unique)
            if mask is not None and (not mocked.by_row or mocked.is_unique):
                self.reads.add(column.name)
                return by_value(column.name, mask)
            if is_of_people(mocked.entity) and column.kind in _TEXTS:
                return self._people(mocked, ranks)
            if column.kind in _TEXTS or mocked.entity in _OF_OTHER_KINDS:
                return self._texts(mocked, ranks)
        return self._of_kind(mocked, ranks)

    def _texts(self, mocked: Mocked, ranks: Ranks | None) -> Maker:
        """Of an entity that needs no others of its row."""
        entity, column, secret = mocked.entity, mocked.column, self._context.secret
        assert entity is not None  # noqa: S101 - whoever calls has looked
        scope = f"{entity}:{mocked.locale}"
        making = making_of(
            entity,
            column,
            mocked.locale,
            self._context.library,
            count=ranks.count if ranks else 0,
            is_unique=ranks is not None,
        )
        if ranks is not None:
            drawn = drawn_by_rank(making or CODES, column, secret, scope, ranks.count)
            return self._ranked(column.name, drawn, ranks)
        if not mocked.by_row:
            self.reads.add(column.name)
            if making is None:
                return by_value(column.name, FormPreserving(secret, "form", scope))
            made = by_value(column.name, drawn_by_value(making, column, secret, scope))
            state = state_column(self._table)
            if entity is Entity.POSTCODE and country(mocked.locale) == "US" and state is not None:
                self.reads.add(state)
                return in_state(column.name, state, made, derived(secret, "postcode"))
            return made
        making = making or CODES
        usual, write = making.usual or making.size, making.write
        return self._by_row(mocked, lambda numbers: [write(each % usual, "") for each in numbers])

    def _people(self, mocked: Mocked, ranks: Ranks | None) -> Maker:
        names = self._context.library.names(mocked.locale)
        among = companions(mocked.column.name, self._table, self._entities)
        domain = self._context.outline.domains.get(mocked.name)
        if domain is not None and len(domain.columns) > 1:
            # Other tables refer to it, and have no such companions.
            among = companions(mocked.column.name, Table(name=self._table.name, columns=()), {})
        is_word = mocked.entity not in (Entity.EMAIL, Entity.LOGIN)
        if mocked.by_row and (ranks is None or not is_word):
            if ranks is not None:
                self.reads.add(mocked.column.name)
            return people_by_row(mocked, names, among, self._chance(mocked), ranks)
        self.reads |= {mocked.column.name, *among.reads}
        if ranks is not None and is_word:
            making = making_of(
                mocked.entity or Entity.PERSON,
                mocked.column,
                mocked.locale,
                self._context.library,
                count=ranks.count,
                is_unique=True,
            )
            if making is not None:
                scope = f"{mocked.entity}:{mocked.locale}"
                drawn = drawn_by_rank(
                    making, mocked.column, self._context.secret, scope, ranks.count
                )
                return self._ranked(mocked.column.name, drawn, ranks)
        return people_by_value(mocked, names, among, ranks)

    def _of_kind(self, mocked: Mocked, ranks: Ranks | None) -> Maker:
        column = mocked.column
        words = named(column.name, column.length, mocked.locale)
        limits = limits_of(self._table, column)
        if ranks is not None:
            serial = serial_of(column, limits, words, self._context.secret, ranks.count)
            if serial is None:
                # More values than can be counted out: each becomes another of its form.
                mask = form_preserving(column, self._context.secret, ranks.need.label, limits)
                if mask is None:
                    raise InvalidRequest(
                        f"{mocked.name}: no different values of {column.type} are known"
                    )
                self.reads.add(column.name)
                return by_value(column.name, mask)
            return self._ranked(column.name, lambda _, found: serial(found), ranks)
        draw = draw_of(column, limits, words)
        if draw is None:
            raise InvalidRequest(f"{mocked.name}: no values of {column.type} are known")
        key = row_key(self._context.secret, str(mocked.name))
        share = self._null_share(mocked)

        def make(rows: Rows) -> list[str | None]:
            return _with_nulls(draw(rows.chance(key)), rows, key, share)

        return make

    def _by_row(self, mocked: Mocked, write: Callable[[Sequence[int]], list[str]]) -> Maker:
        chance = self._chance(mocked)
        key = row_key(self._context.secret, str(mocked.name))
        share, length = self._null_share(mocked), mocked.column.length

        def make(rows: Rows) -> list[str | None]:
            made = write(chance(rows))
            return _with_nulls([each[:length] for each in made], rows, key, share)

        return make

    def _chance(self, mocked: Mocked) -> Callable[[Rows], Sequence[int]]:
        key = row_key(self._context.secret, str(mocked.name))

        def chance(rows: Rows) -> Sequence[int]:
            drawn: list[int] = rows.chance(key).tolist()
            return drawn

        return chance

    def _null_share(self, mocked: Mocked) -> float:
        generator = self._context.plan[mocked.name]
        return float(generator.parameters.get("null_share", 0)) if mocked.column.nullable else 0.0

    def _ranked(
        self,
        column: str,
        draw: Callable[[Sequence[str], Sequence[int]], list[str]],
        ranks: Ranks,
    ) -> Maker:
        self.reads.add(column)

        def by_rank(values: Sequence[str]) -> list[str]:
            found = ranks.find(values)
            # What is unknown was not there when ranks were made; its place is behind all others.
            found[found < 0] = ranks.count
            return draw(values, found.tolist())

        return by_value(column, by_rank)


def _is_narrow(column: Column, count: int) -> bool:
    """Whether not even a number for each value fits."""
    return column.length is not None and 10**column.length <= count


def _with_nulls(values: list[str], rows: Rows, key: int, share: float) -> list[str | None]:
    """Null in so many of all rows, by chance."""
    if not share:
        return list(values)
    is_null = (rows.chance(key ^ 0x6E756C6C) >> 11).astype(float) / 2**53 < share
    return [None if null else value for value, null in zip(values, is_null.tolist(), strict=True)]
