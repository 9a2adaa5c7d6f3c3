"""What becomes of each column under an initialization mode, before anybody changes it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.errors import InvalidRequest
from shared.synthesis.conditions import unreadable
from shared.synthesis.generators import check
from shared.synthesis.keys.domains import domains
from shared.synthesis.plans import ColumnName, Entity, Finding, Generator, GeneratorType, Plan
from shared.synthesis.schema import Column, Kind, Schema, Table


class Mode(StrEnum):
    """How the columns of an engine are treated until somebody says otherwise."""

    #: What is personal gets mockers, the rest is drawn from models of the tables.
    SYNTHESIZE = "SYNTHESIZE"
    #: Every column gets a mocker; nothing depends on the source's values.
    MOCK = "MOCK"
    #: What is personal gets mockers, the rest is masked.
    MOCK_OR_MASK = "MOCK_OR_MASK"
    #: What is personal is replaced; the rest stays as it is.
    DEIDENTIFY = "DEIDENTIFY"
    #: Nothing is suggested: all tables are left out.
    SCRATCH = "SCRATCH"


class KeyMethod(StrEnum):
    """What becomes of keys, and of what refers to them."""

    #: They stay as they are.
    DUPLICATE = "duplicate"
    #: One to one, to others of their shape.
    HASH = "hash"
    #: New ones, that tell nothing of the old.
    GENERATE = "generate"


#: What lists of a model are made of; all else is made up by rules, since digits have to fit.
LISTED = frozenset(
    {
        *(Entity.FIRST_NAME, Entity.LAST_NAME, Entity.PERSON),
        *(Entity.COMPANY, Entity.JOB_TITLE),
    }
)

#: What no value can be made up for.
OPAQUE = frozenset({Kind.OTHER, Kind.BINARY})


def initialize(
    schema: Schema,
    findings: Mapping[ColumnName, Finding],
    *,
    mode: Mode,
    locale: str = "en",
    key_method: KeyMethod = KeyMethod.DUPLICATE,
) -> Plan:
    """A generator for every column that can be written.

    What a generator needs to know besides (its locale, its cutoff) comes of the column's settings.

    :param findings: of :func:`shared.synthesis.recognise.scanning.scan`.
    :param locale: of what is made up; a column's own setting goes before.
    """
    del locale
    personal = _personal_keys(schema, findings)
    return {
        name: _Choice(table, column, findings.get(name), mode).generator(
            is_key=name in personal or _is_key(table, column),
            is_personal=personal.get(name, False),
            key_method=key_method,
        )
        for name, table, column in _columns(schema)
    }


def warnings(schema: Schema, plan: Plan) -> list[str]:
    """Sentences that people have to know of a plan: what it cannot look into, or may not hold."""
    found = []
    for name, table, column in _columns(schema):
        type_ = plan[name].type if name in plan else GeneratorType.EXCLUDE
        if type_ is GeneratorType.DUPLICATE and {column.kind, column.element} & OPAQUE:
            found.append(
                f"the column {name} is copied as it is, since nothing here can look into its type "
                f"{column.type}; choose null where it may hold what is personal"
            )
        if type_ in _MADE_UP and (checks := unreadable(table, column.name)):
            found.append(
                f"the column {name} gets made-up values, and its condition {checks[0].name} may "
                "not hold for them"
            )
    return found


def refusals(schema: Schema, plan: Plan) -> list[str]:
    """Sentences that say why a plan cannot be run, and how to mend it; without any, it can."""
    found = []
    for name, _, column in _columns(schema):
        type_ = plan[name].type if name in plan else GeneratorType.EXCLUDE
        required = not column.nullable
        if type_ is GeneratorType.NULL and required:
            found.append(
                f"the column {name} must have a value in each row, and none can be made up for its "
                f"type {column.type}; choose duplicate, or exclude its table"
            )
        if type_ is GeneratorType.EXCLUDE and required and not _fills_itself(column):
            found.append(
                f"the column {name} must have a value in each row, and has no generator; choose one"
            )
    return found


#: Values that a condition of the table may not hold for.
_MADE_UP = frozenset(
    {
        *(GeneratorType.MOCK, GeneratorType.LIST, GeneratorType.FORMAT_PRESERVING),
        *(GeneratorType.NOISE, GeneratorType.FREE_TEXT, GeneratorType.SYNTHESIZE),
    }
)


def _columns(schema: Schema) -> Iterator[tuple[ColumnName, Table, Column]]:
    for table in schema:
        for column in table.columns:
            if not column.generated:
                yield ColumnName(table.name, column.name), table, column


def _is_key(table: Table, column: Column) -> bool:
    return column.name in table.primary_key or any(
        column.name in key.columns for key in table.foreign_keys
    )


def _is_unique(table: Table, column: Column) -> bool:
    return any(column.name in each.columns for each in table.uniques) or (
        column.name in table.primary_key
    )


def _fills_itself(column: Column) -> bool:
    return column.default is not None or bool(column.identity)


def _personal_keys(
    schema: Schema, findings: Mapping[ColumnName, Finding]
) -> dict[ColumnName, bool]:
    """Columns that refer to others, or are referred to, and whether any of these is personal.

    An e-mail address that is a key is personal in each table that refers to it.
    """
    found: dict[ColumnName, bool] = {}
    for domain in domains(schema).all:
        tables = {each.name: each for each in schema}
        keys = [
            each
            for each in domain.columns
            if len(domain.columns) > 1 or _is_key(tables[each.table], tables[each.table][each.name])
        ]
        found |= dict.fromkeys(keys, any(each in findings for each in keys))
    return found


@dataclass(frozen=True)
class _Choice:
    table: Table
    column: Column
    finding: Finding | None
    mode: Mode

    def generator(self, *, is_key: bool, is_personal: bool, key_method: KeyMethod) -> Generator:
        """What becomes of the column.

        :param is_key: of its table or of another one.
        :param is_personal: it is a key that is personal itself: no method lets it be.
        """
        if self.mode is Mode.SCRATCH:
            return _of(GeneratorType.KEY if is_key else GeneratorType.EXCLUDE)
        if is_key:
            keeps = key_method is KeyMethod.DUPLICATE and is_personal
            return _of(GeneratorType.HASH if keeps else GeneratorType.KEY)
        if self.column.kind is Kind.JSON:
            return self._document()
        if self.column.kind is Kind.ARRAY and self.column.element is Kind.JSON:
            return self._texts()
        if self.finding is not None:
            return self._personal(self.finding.entity)
        return self._other()

    def _document(self) -> Generator:
        # Who asks for nothing of the source gets no document of it either.
        return self._nothing() if self.mode is Mode.MOCK else _of(GeneratorType.JSON)

    def _personal(self, entity: Entity) -> Generator:
        kind = self.column.kind
        if kind is Kind.ARRAY:
            return self._texts() if self.column.element is Kind.TEXT else self._nothing()
        if entity is Entity.FREE_TEXT:
            return self._texts()
        if kind in OPAQUE and entity not in {Entity.IP_ADDRESS, Entity.MAC_ADDRESS}:
            return self._nothing()
        if entity is Entity.CARDINALITY:
            if self.mode is Mode.MOCK:
                return _of(GeneratorType.MOCK)
            one_to_one = kind is Kind.TEXT
            return _of(GeneratorType.FORMAT_PRESERVING if one_to_one else GeneratorType.HASH)
        listed = entity in LISTED and kind is Kind.TEXT
        made = _of(GeneratorType.LIST if listed else GeneratorType.MOCK, entity)
        if self.mode is not Mode.MOCK:
            return made
        # Nothing depends on the source's values, not even which new value it is.
        return Generator(type=made.type, parameters={**made.parameters, "by": "row"})

    def _texts(self) -> Generator:
        if self.mode is Mode.MOCK:
            return self._nothing() if self.column.kind is Kind.ARRAY else _of(GeneratorType.MOCK)
        return _of(GeneratorType.FREE_TEXT)

    def _other(self) -> Generator:
        """A column in which nothing was found."""
        kind = self.column.kind
        if self.mode is Mode.DEIDENTIFY:
            return _of(GeneratorType.DUPLICATE)
        if kind in OPAQUE:
            return self._nothing()
        if unreadable(self.table, self.column.name):
            # No value of the source may stay here, and none that is made up need hold there.
            return self._nothing() if self.mode is Mode.MOCK else _of(GeneratorType.DUPLICATE)
        if self.mode is Mode.SYNTHESIZE:
            return _of(GeneratorType.SYNTHESIZE)
        if self.mode is Mode.MOCK:
            return self._nothing() if kind is Kind.ARRAY else _of(GeneratorType.MOCK)
        return self._masked()

    def _masked(self) -> Generator:
        kind = self.column.kind
        if kind in {Kind.BOOLEAN, Kind.ENUM}:
            # One of a few labels tells nobody from others.
            return _of(GeneratorType.DUPLICATE)
        if kind is Kind.UUID or (_is_unique(self.table, self.column) and kind is not Kind.TEXT):
            return _of(GeneratorType.HASH)
        if kind is Kind.TEXT:
            return _of(GeneratorType.FORMAT_PRESERVING)
        if kind is Kind.ARRAY:
            return self._texts() if self.column.element is Kind.TEXT else self._nothing()
        return _of(GeneratorType.NOISE)

    def _nothing(self) -> Generator:
        """No value; where there must be one, the database's own, any, or a refusal later."""
        if self.column.nullable:
            return _of(GeneratorType.NULL)
        if _fills_itself(self.column):
            return _of(GeneratorType.EXCLUDE)
        made = _of(GeneratorType.MOCK)
        try:
            check(made, self.column)
        except InvalidRequest:
            return _of(GeneratorType.NULL)
        return made


def _of(type_: GeneratorType, entity: Entity | None = None) -> Generator:
    return Generator(type=type_, parameters={"entity": entity.value} if entity else {})
