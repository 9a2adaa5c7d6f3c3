"""What a plan makes of each column, all columns considered: which are keys, which are unique. Pure.

Columns of one key domain are treated alike, or references would break; a column of a unique key
gets a generator that is one to one, or the key would.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from shared.errors import InvalidRequest
from shared.synthesis.keys.domains import Domain, Domains, domains
from shared.synthesis.keys.maps import rank_need
from shared.synthesis.keys.ranks import Form, RankNeed
from shared.synthesis.locales import full_locale
from shared.synthesis.plans import ColumnName, Entity, Generator, GeneratorType, Plan
from shared.synthesis.schema import Column, Kind, Schema, Table

_MADE_UP: Final = frozenset({GeneratorType.MOCK, GeneratorType.LIST})
_SCRUBBED: Final = frozenset({GeneratorType.FREE_TEXT, GeneratorType.JSON})
#: What leaves nothing that could be equal or refer to something.
_EMPTY: Final = frozenset({GeneratorType.NULL, GeneratorType.EXCLUDE})

#: Of these the same value becomes the same everywhere, unique or not: their ranks are counted over
#: all columns of the entity. Names and places are words, which repeat.
_SHARED: Final = frozenset(Entity) - {
    Entity.FIRST_NAME,
    Entity.LAST_NAME,
    Entity.PERSON,
    Entity.CITY,
    Entity.POSTCODE,
    Entity.JOB_TITLE,
    Entity.FREE_TEXT,
    Entity.CARDINALITY,
    Entity.DATE_OF_BIRTH,
    Entity.COORDINATE,
    Entity.PASSWORD,
}
_NUMERIC: Final = frozenset({Kind.INTEGER, Kind.NUMBER})


@dataclass(frozen=True, kw_only=True)
class KeyUse:
    """How a key domain is mapped."""

    domain: Domain
    method: str
    keep: tuple[str, ...] = ()
    is_personal: bool = False


@dataclass(frozen=True, kw_only=True)
class Mocked:
    """A column that gets made-up values."""

    name: ColumnName
    column: Column
    entity: Entity | None
    locale: str
    by_row: bool
    is_list: bool
    is_unique: bool


class Outline:
    """A plan as it is done.

    :param locale: of columns that name none.
    :param personal: columns in which something personal was found.
    :raises InvalidRequest: the columns of a domain have generators that do not go together.
    """

    def __init__(
        self,
        schema: Schema,
        plan: Plan,
        *,
        key_method: str,
        locale: str,
        threshold: int,
        columns: Mapping[ColumnName, Mapping[str, Any]],
        personal: Collection[ColumnName] = (),
    ) -> None:
        self.schema, self.plan = schema, plan
        self.domains: Domains = domains(schema)
        self._key_method, self._locale, self._threshold = key_method, locale, threshold
        self._settings, self._personal = columns, frozenset(personal)
        self._unique = {
            ColumnName(table.name, column)
            for table in schema
            for key in (table.primary_key, *(each.columns for each in table.uniques))
            for column in key
        }
        self._columns = {
            ColumnName(table.name, column.name): column
            for table in schema
            for column in table.columns
        }
        self._referred = {
            ColumnName(key.table, column)
            for table in schema
            for key in table.foreign_keys
            for column in key.referred
        }
        for domain in self.domains.all:
            self._hold_together(domain)

    def generator(self, name: ColumnName) -> Generator | None:
        """A column's generator; None: it stays as it is, or is computed by the database."""
        column = self._columns.get(name)
        return None if column is None or column.generated else self.plan.get(name)

    def is_unique(self, name: ColumnName) -> bool:
        """Whether a column is a part of a key."""
        return name in self._unique

    def locale(self, name: ColumnName) -> str:
        """The locale of a column's values, language and country."""
        generator = self.plan.get(name)
        own = self._settings.get(name, {})
        named = generator.parameters.get("locale") if generator else None
        return full_locale(str(named or own.get("locale") or self._locale))

    def setting(self, name: ColumnName, setting: str, default: Any) -> Any:
        """A column's setting, which its generator's parameters may say instead."""
        generator = self.plan.get(name)
        parameters = generator.parameters if generator else {}
        value = parameters.get(setting, self._settings.get(name, {}).get(setting))
        return default if value is None else value

    def key_use(self, name: ColumnName) -> KeyUse | None:
        """How the keys of a column are mapped; None: it is no key, or stays as it is."""
        generator = self.generator(name)
        if generator is None:
            return None
        if generator.type is GeneratorType.HASH:
            method = "hash"
        elif generator.type is GeneratorType.KEY:
            method = self._method(name, generator)
        else:
            return None
        domain = self.domains.get(name) or self._alone(name)
        keep = {
            str(each)
            for column in domain.columns
            if (own := self.plan.get(column)) is not None
            for each in own.parameters.get("keep", ())
        }
        return KeyUse(
            domain=domain,
            method=method,
            keep=tuple(sorted(keep)),
            is_personal=not self._personal.isdisjoint(domain.columns),
        )

    def key_need(self, use: KeyUse) -> RankNeed | None:
        """What has to be known of a key domain's values."""
        need = rank_need(
            use.domain,
            use.method,
            threshold=self._threshold,
            keep=use.keep,
            is_personal=use.is_personal,
        )
        is_key = any(column in self.domains for column in use.domain.columns)
        # What is no key at all is permuted without a look at all values, where that can be.
        return need if need is None or is_key or need.texts else None

    def mocked(self, name: ColumnName) -> Mocked | None:
        """What is made up for a column; None: nothing."""
        generator = self.generator(name)
        if generator is None or generator.type not in _MADE_UP:
            return None
        named = generator.parameters.get("entity")
        entity = Entity(named) if named else None
        by = generator.parameters.get("by", "value" if entity else "row")
        domain = self.domains.get(name)
        if domain is not None and len(domain.columns) > 1:
            # What others refer to has to become the same there.
            by = "value"
        return Mocked(
            name=name,
            column=self._columns[name],
            entity=entity,
            locale=self.locale(name),
            by_row=by == "row",
            is_list=generator.type is GeneratorType.LIST,
            is_unique=self.is_unique(name),
        )

    def unique_need(self, mocked: Mocked) -> RankNeed | None:
        """What has to be known of a made-up column's values, so that new ones are unique."""
        return self._unique_needs.get(mocked.name)

    def unique_need_of(self, name: ColumnName) -> RankNeed | None:
        """The same of a column of texts that are looked through."""
        generator, column = self.generator(name), self._columns[name]
        if generator is None or generator.type not in _SCRUBBED or column.kind is not Kind.TEXT:
            return None
        if not self.is_unique(name):
            return None
        label = f"{name.table.name}.{name.name}"
        return RankNeed(name=f"unique:{name}", label=f"unique:{label}", columns=(name,))

    @cached_property
    def all_mocked(self) -> tuple[Mocked, ...]:
        """All columns that get made-up values."""
        found = (self.mocked(name) for name in self._columns)
        return tuple(each for each in found if each is not None)

    @cached_property
    def _unique_needs(self) -> dict[ColumnName, RankNeed]:
        needs: dict[ColumnName, RankNeed] = {}
        groups: dict[str, list[Mocked]] = {}
        for mocked in self.all_mocked:
            domain = self.domains.get(mocked.name)
            if domain is not None and len(domain.columns) > 1:
                needs[mocked.name] = self._need(
                    f"unique:{domain.name}", domain.label, [mocked], domain.owners
                )
            elif mocked.entity in _SHARED and mocked.column.kind not in _NUMERIC:
                groups.setdefault(f"{mocked.entity}:{mocked.locale}", []).append(mocked)
            elif mocked.is_unique:
                label = f"{mocked.name.table.name}.{mocked.name.name}"
                needs[mocked.name] = self._need(
                    f"unique:{mocked.name}", label, [mocked], (mocked.name,)
                )
        for group, members in groups.items():
            if any(each.is_unique for each in members):
                names = tuple(sorted(each.name for each in members))
                need = self._need(f"unique:{group}", group, members, names)
                needs.update({each.name: need for each in members})
        return needs

    def _need(
        self, name: str, label: str, members: Sequence[Mocked], columns: tuple[ColumnName, ...]
    ) -> RankNeed:
        kinds = {each.column.kind for each in members}
        caseless = any("citext" in each.column.type.lower() for each in members)
        form = Form.NUMBER if kinds <= _NUMERIC else Form.CASELESS if caseless else Form.PLAIN
        return RankNeed(name=name, label=f"unique:{label}", columns=columns, form=form)

    def _method(self, name: ColumnName, generator: Generator) -> str:
        own = generator.parameters.get("method")
        if own is not None:
            return str(own)
        domain = self.domains.get(name)
        said = {
            each.parameters["method"]
            for column in (domain.columns if domain else ())
            if (each := self.plan.get(column)) is not None and "method" in each.parameters
        }
        return str(said.pop()) if len(said) == 1 else self._key_method

    def _alone(self, name: ColumnName) -> Domain:
        """A column that is no key, as a domain of its own; the same everywhere for its kind."""
        table = Table(name=name.table, columns=(self._columns[name],), primary_key=(name.name,))
        (domain,) = domains(Schema(tables=(table,))).all
        return Domain(**{**domain.__dict__, "label": f"any {domain.kind}"})

    def _hold_together(self, domain: Domain) -> None:
        if len(domain.columns) < 2:
            return
        treatments: dict[tuple[Any, ...], list[ColumnName]] = {}
        for name in domain.columns:
            generator = self.generator(name)
            if generator is not None and generator.type in _EMPTY and name not in self._referred:
                continue
            treatments.setdefault(self._treatment(name, generator), []).append(name)
        if len(treatments) > 1:
            said = "; ".join(
                f"{treatment[0]}: {', '.join(map(str, names))}"
                for treatment, names in treatments.items()
            )
            raise InvalidRequest(
                "columns that refer to each other have different generators, which would break "
                f"their references ({said}); give all of them the same, such as key"
            )

    def _treatment(self, name: ColumnName, generator: Generator | None) -> tuple[Any, ...]:
        if generator is None or generator.type is GeneratorType.DUPLICATE:
            return ("duplicate",)
        if generator.type in (GeneratorType.KEY, GeneratorType.HASH):
            use = self.key_use(name)
            method = use.method if use else ""
            return ("duplicate",) if method == "duplicate" else ("key", method)
        if generator.type in _MADE_UP:
            return (str(generator.type), generator.parameters.get("entity"), self.locale(name))
        return (str(generator.type),)


def is_one_to_one(generator: Generator) -> bool:
    """Whether a generator keeps values apart, with ranks or without."""
    return generator.type is not GeneratorType.NOISE
