"""What ``sys`` says of the tables of a schema."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from shared.connectors.errors import NotSupported
from shared.connectors.mssql.statements import KINDS, PROGRESS, RANGES
from shared.synthesis.schema import (
    Check,
    Column,
    ForeignKey,
    Kind,
    Schema,
    Table,
    TableName,
    Unique,
)

#: Rows of a query with parameters.
Ask = Callable[..., list[tuple[Any, ...]]]

_IN_SCHEMA = " JOIN sys.schemas s ON s.schema_id = t.schema_id AND s.name = ?"

_COLUMNS = (
    "SELECT t.name, c.name, y.name, c.max_length, c.precision, c.scale, c.is_nullable,"
    " c.is_identity, c.is_computed, d.definition FROM sys.tables t"
    f"{_IN_SCHEMA} JOIN sys.columns c ON c.object_id = t.object_id"
    " JOIN sys.types y ON y.user_type_id = c.system_type_id"
    " LEFT JOIN sys.default_constraints d ON d.object_id = c.default_object_id"
    " ORDER BY t.name, c.column_id"
)
_INDEXES = (
    "SELECT t.name, i.name, i.is_primary_key, i.is_unique, i.has_filter, c.name FROM sys.tables t"
    f"{_IN_SCHEMA} JOIN sys.indexes i ON i.object_id = t.object_id AND i.name IS NOT NULL"
    " JOIN sys.index_columns x ON x.object_id = t.object_id AND x.index_id = i.index_id"
    " AND x.is_included_column = 0"
    " JOIN sys.columns c ON c.object_id = t.object_id AND c.column_id = x.column_id"
    " ORDER BY t.name, i.index_id, x.key_ordinal"
)
_FOREIGN_KEYS = (
    "SELECT t.name, f.name, c.name, rs.name, r.name, rc.name FROM sys.tables t"
    f"{_IN_SCHEMA} JOIN sys.foreign_keys f ON f.parent_object_id = t.object_id"
    " JOIN sys.foreign_key_columns k ON k.constraint_object_id = f.object_id"
    " JOIN sys.columns c ON c.object_id = t.object_id AND c.column_id = k.parent_column_id"
    " JOIN sys.tables r ON r.object_id = f.referenced_object_id"
    " JOIN sys.schemas rs ON rs.schema_id = r.schema_id"
    " JOIN sys.columns rc ON rc.object_id = r.object_id AND rc.column_id = k.referenced_column_id"
    " ORDER BY t.name, f.name, k.constraint_column_id"
)
_CHECKS = (
    "SELECT t.name, c.name, c.definition FROM sys.tables t"
    f"{_IN_SCHEMA} JOIN sys.check_constraints c ON c.parent_object_id = t.object_id"
    " ORDER BY t.name, c.name"
)


def reflect(ask: Ask, schema: str) -> Schema:
    """The tables of a schema, sorted by their names.

    :raises NotSupported: for a foreign key that leads into another schema.
    """
    columns: defaultdict[str, list[Column]] = defaultdict(list)
    for table, *row in ask(_COLUMNS, schema):
        columns[table].append(_column(row))
    primary: defaultdict[str, list[str]] = defaultdict(list)
    uniques: defaultdict[str, dict[str, list[str]]] = defaultdict(dict)
    partial: set[tuple[str, str]] = set()
    others: defaultdict[str, list[str]] = defaultdict(list)
    for table, index, is_primary, is_unique, has_filter, column in ask(_INDEXES, schema):
        if is_primary:
            primary[table].append(column)
        elif is_unique:
            uniques[table].setdefault(index, []).append(column)
            if has_filter:
                partial.add((table, index))
        elif index not in others[table]:
            others[table].append(index)
    foreign = _foreign_keys(ask(_FOREIGN_KEYS, schema), schema)
    checks: defaultdict[str, list[Check]] = defaultdict(list)
    for table, name, definition in ask(_CHECKS, schema):
        named = tuple(each.name for each in columns[table] if f"[{each.name}]" in definition)
        checks[table].append(Check(name=name, expression=definition, columns=named))
    return Schema(
        tables=tuple(
            Table(
                name=TableName(schema, table),
                columns=tuple(columns[table]),
                primary_key=tuple(primary[table]),
                uniques=tuple(
                    # A null counts as a value here.
                    Unique(
                        name=name,
                        columns=tuple(parts),
                        partial=(table, name) in partial,
                        nulls_distinct=False,
                    )
                    for name, parts in uniques[table].items()
                ),
                foreign_keys=tuple(foreign[table]),
                checks=tuple(checks[table]),
                indexes=tuple(others[table]),
            )
            for table in sorted(columns)
            if table != PROGRESS
        )
    )


def _column(row: Sequence[Any]) -> Column:
    name, base, size, precision, scale, nullable, is_identity, is_computed, default = row
    kind = KINDS.get(base, Kind.OTHER)
    lowest, highest = RANGES.get(base, (None, None))
    length = None
    if kind in (Kind.TEXT, Kind.BINARY) and size > 0 and not base.endswith(("text", "image")):
        length = size // 2 if base.startswith("n") else size
    decimal = base in ("decimal", "numeric")
    return Column(
        name=name,
        type=_typed(base, length, size, precision, scale),
        kind=kind,
        nullable=bool(nullable),
        length=length,
        precision=precision if decimal else None,
        scale=scale if decimal else None,
        lowest=lowest,
        highest=highest,
        # The server counts row versions by itself.
        generated=bool(is_computed) or base in ("timestamp", "rowversion"),
        identity="always" if is_identity else "",
        default=default,
    )


def _typed(base: str, length: int | None, size: int, precision: int, scale: int) -> str:
    if base in ("decimal", "numeric"):
        return f"{base}({precision},{scale})"
    if base in ("datetime2", "datetimeoffset", "time"):
        return f"{base}({scale})"
    if base in ("char", "varchar", "nchar", "nvarchar", "binary", "varbinary"):
        return f"{base}({'max' if size < 0 else length})"
    return base


def _foreign_keys(
    rows: Sequence[tuple[Any, ...]], schema: str
) -> defaultdict[str, list[ForeignKey]]:
    parts: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for row in rows:
        parts.setdefault((row[0], row[1]), []).append(row)
    found: defaultdict[str, list[ForeignKey]] = defaultdict(list)
    for (table, name), pairs in parts.items():
        if pairs[0][3] != schema:
            raise NotSupported(
                f"The foreign key {name} of {table} leads into another schema, which is not copied."
            )
        found[table].append(
            ForeignKey(
                name=name,
                columns=tuple(pair[2] for pair in pairs),
                table=TableName(pairs[0][3], pairs[0][4]),
                referred=tuple(pair[5] for pair in pairs),
            )
        )
    return found
