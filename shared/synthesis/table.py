"""Tables and columns of a source, as an engine keeps them. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from shared.db.rows import read_row
from shared.synthesis.plans import Finding, Generator
from shared.synthesis.schema import TableName


@dataclass(frozen=True, kw_only=True)
class SourceColumn:
    """A column, and what becomes of it.

    :param finding: None: nothing personal was found, or nobody has looked yet.
    :param by_hand: set by a person: no scan and no other mode changes its generator.
    """

    id: uuid.UUID
    table_id: uuid.UUID
    ordinal: int
    name: str
    settings: Mapping[str, Any]
    finding: Finding | None
    generator: Generator
    by_hand: bool

    @classmethod
    def from_row(cls, row: Mapping[Any, Any]) -> Self:
        """Read a row of ``source_columns``."""
        finding = row["finding"]
        return read_row(
            cls,
            row,
            finding=Finding.from_json(finding) if finding else None,
            generator=Generator.from_json(row["generator"]),
        )


@dataclass(frozen=True, kw_only=True)
class SourceTable:
    """A table with its columns."""

    id: uuid.UUID
    database_id: uuid.UUID
    ordinal: int
    schema_name: str
    name: str
    row_count: int | None
    is_excluded: bool
    settings: Mapping[str, Any]
    columns: tuple[SourceColumn, ...]

    @property
    def table_name(self) -> TableName:
        """Its name in what was read of the source."""
        return TableName(self.schema_name, self.name)

    @classmethod
    def from_row(cls, row: Mapping[Any, Any], *, columns: tuple[SourceColumn, ...]) -> Self:
        """Read a row of ``source_tables``."""
        return read_row(cls, row, columns=columns)
