"""What becomes of each column under an initialization mode, before anybody changes it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

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


def initialize(
    schema: Schema,
    findings: Mapping[ColumnName, Finding],
    *,
    mode: Mode,
    locale: str = "en",
    key_method: KeyMethod = KeyMethod.DUPLICATE,
) -> Plan:
    """A generator for every column that can be written.

    :param findings: of :func:`shared.synthesis.recognise.scanning.scan`.
    :param locale: of what is made up.
    """
    del mode, key_method
    return {
        name: _of(table, column, findings.get(name), locale)
        for name, table, column in _columns(schema)
    }


def warnings(schema: Schema, plan: Plan) -> list[str]:
    """Sentences that the people of an engine have to know of a plan: what it cannot protect."""
    del schema, plan
    return []


def refusals(schema: Schema, plan: Plan) -> list[str]:
    """Sentences that say why a plan cannot be run; without any, it can."""
    del schema, plan
    return []


def _columns(schema: Schema) -> Iterator[tuple[ColumnName, Table, Column]]:
    for table in schema:
        for column in table.columns:
            if not column.generated:
                yield ColumnName(table.name, column.name), table, column


def _of(table: Table, column: Column, finding: Finding | None, locale: str) -> Generator:
    if column.name in table.primary_key or any(
        column.name in key.columns for key in table.foreign_keys
    ):
        return Generator(type=GeneratorType.KEY)
    if column.kind is Kind.JSON:
        return Generator(type=GeneratorType.JSON, parameters={"locale": locale})
    if finding is None:
        return Generator(type=GeneratorType.DUPLICATE)
    if finding.entity is Entity.FREE_TEXT:
        return Generator(type=GeneratorType.FREE_TEXT, parameters={"locale": locale})
    return Generator(
        type=GeneratorType.MOCK, parameters={"entity": finding.entity, "locale": locale}
    )
