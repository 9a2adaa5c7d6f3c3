"""What was to become of a database when a run began, whatever is changed later. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from shared.synthesis.plans import ColumnName, Generator, Plan
from shared.synthesis.schema import TableName


@dataclass(frozen=True, kw_only=True)
class FrozenColumn:
    """A column's generator, and those of the settings that are its own.

    :param is_personal: whether something personal was found in it.
    :param by_hand: whether a person has set its generator.
    """

    name: str
    generator: Generator
    settings: Mapping[str, Any]
    is_personal: bool = False
    by_hand: bool = False


@dataclass(frozen=True, kw_only=True)
class FrozenTable:
    """A table with its columns, and those of the settings that are its own."""

    name: TableName
    is_excluded: bool
    settings: Mapping[str, Any]
    columns: tuple[FrozenColumn, ...]


@dataclass(frozen=True)
class Frozen:
    """All tables of a source, those included that are left out."""

    tables: tuple[FrozenTable, ...]

    @property
    def plan(self) -> Plan:
        """The generators of all columns."""
        return {
            ColumnName(table.name, column.name): column.generator
            for table in self.tables
            for column in table.columns
        }

    def to_json(self) -> dict[str, Any]:
        """A mapping that :meth:`from_json` reads."""
        return {
            "tables": [
                {
                    "schema": table.name.schema,
                    "name": table.name.name,
                    "is_excluded": table.is_excluded,
                    "settings": dict(table.settings),
                    "columns": [
                        {
                            "name": column.name,
                            "generator": column.generator.to_json(),
                            "settings": dict(column.settings),
                            "is_personal": column.is_personal,
                            "by_hand": column.by_hand,
                        }
                        for column in table.columns
                    ],
                }
                for table in self.tables
            ]
        }

    @classmethod
    def from_json(cls, read: Mapping[str, Any]) -> Self:
        """What :meth:`to_json` wrote."""
        return cls(
            tuple(
                FrozenTable(
                    name=TableName(table["schema"], table["name"]),
                    is_excluded=table["is_excluded"],
                    settings=table["settings"],
                    columns=tuple(
                        FrozenColumn(
                            name=column["name"],
                            generator=Generator.from_json(column["generator"]),
                            settings=column["settings"],
                            # Runs that began before it was noted say nothing of it.
                            is_personal=column.get("is_personal", False),
                            by_hand=column.get("by_hand", False),
                        )
                        for column in table["columns"]
                    ),
                )
                for table in read["tables"]
            )
        )
