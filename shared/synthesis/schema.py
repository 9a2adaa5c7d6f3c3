"""What a database looks like, whatever kind of database it is. Pure.

Connectors read it, plans are made of it, and it is kept as JSON beside the engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self


class Kind(StrEnum):
    """What values of a column are, over all databases."""

    INTEGER = "integer"
    #: Exact or floating: a number that may have a fraction.
    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    TIMESTAMP = "timestamp"
    UUID = "uuid"
    JSON = "json"
    BINARY = "binary"
    #: One of some labels that the type names.
    ENUM = "enum"
    ARRAY = "array"
    #: What nothing is known of; its values are texts that only the database understands.
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column.

    :param type: as the database writes it, such as ``character varying(30)``.
    :param length: the most characters that a value may have; None: no limit.
    :param precision: of a decimal number, all digits; of which ``scale`` are behind the point.
    :param lowest: of an integer type, and ``highest``: its range.
    :param labels: of an enum.
    :param element: what an array's elements are.
    :param generated: computed by the database; never written.
    :param identity: ``always`` or ``by default`` where the database numbers rows, else empty.
    """

    name: str
    type: str
    kind: Kind
    nullable: bool = True
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    lowest: int | None = None
    highest: int | None = None
    labels: tuple[str, ...] = ()
    element: Kind | None = None
    generated: bool = False
    identity: str = ""
    default: str | None = None


@dataclass(frozen=True, order=True)
class TableName:
    """A table within a database; ``schema`` is empty where there are none (SQLite)."""

    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name


@dataclass(frozen=True, kw_only=True)
class ForeignKey:
    """``columns`` of a table refer to ``referred`` columns of another, in this order.

    :param full: all of its columns are null, or none is (``MATCH FULL``).
    """

    name: str
    columns: tuple[str, ...]
    table: TableName
    referred: tuple[str, ...]
    full: bool = False


@dataclass(frozen=True, kw_only=True)
class Unique:
    """A unique constraint or index over columns; ``partial`` ones hold for some rows only.

    :param expression: what is unique where it is not the columns themselves, such as
        ``lower(email)``; empty: it is.
    :param nulls_distinct: whether rows may be equal when there is a null in them.
    """

    name: str
    columns: tuple[str, ...]
    partial: bool = False
    expression: str = ""
    nulls_distinct: bool = True


@dataclass(frozen=True, kw_only=True)
class Check:
    """A condition that each row meets, in the database's SQL, and the columns that it names."""

    name: str
    expression: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table, with what has to hold of its rows.

    :param primary_key: its columns in order; empty: there is none.
    :param rows: about how many there are; None: nobody knows.
    :param parent: the table that it inherits from, or is a partition of; rows are read and
        written where they are stored, so of a partitioned table only the leaves have any.
    """

    name: TableName
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    uniques: tuple[Unique, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[Check, ...] = ()
    indexes: tuple[str, ...] = ()
    rows: int | None = None
    parent: TableName | None = None
    partitioned: bool = False

    def __getitem__(self, column: str) -> Column:
        return next(each for each in self.columns if each.name == column)


@dataclass(frozen=True, kw_only=True)
class Schema:
    """All tables that an engine copies, in a stable order."""

    tables: tuple[Table, ...] = field(default_factory=tuple)

    def __iter__(self) -> Iterator[Table]:
        return iter(self.tables)

    def __getitem__(self, name: TableName) -> Table:
        return next(each for each in self.tables if each.name == name)

    def to_json(self) -> dict[str, Any]:
        """A mapping that :meth:`from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, read: Mapping[str, Any]) -> Self:
        """What :meth:`to_json` wrote."""
        return cls(tables=tuple(_table(each) for each in read["tables"]))


def _table(read: Mapping[str, Any]) -> Table:
    return Table(
        name=TableName(**read["name"]),
        columns=tuple(_column(each) for each in read["columns"]),
        primary_key=tuple(read["primary_key"]),
        uniques=tuple(
            Unique(**{**each, "columns": tuple(each["columns"])}) for each in read["uniques"]
        ),
        foreign_keys=tuple(
            ForeignKey(
                name=each["name"],
                columns=tuple(each["columns"]),
                table=TableName(**each["table"]),
                referred=tuple(each["referred"]),
                full=each["full"],
            )
            for each in read["foreign_keys"]
        ),
        checks=tuple(
            Check(**{**each, "columns": tuple(each["columns"])}) for each in read["checks"]
        ),
        indexes=tuple(read["indexes"]),
        rows=read["rows"],
        parent=TableName(**read["parent"]) if read["parent"] else None,
        partitioned=read["partitioned"],
    )


def _column(read: Mapping[str, Any]) -> Column:
    return Column(
        **{
            **read,
            "kind": Kind(read["kind"]),
            "labels": tuple(read["labels"]),
            "element": Kind(read["element"]) if read["element"] else None,
        }
    )
