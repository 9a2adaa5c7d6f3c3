"""What SQLite says of the tables of a file."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from shared.connectors.errors import NotSupported
from shared.connectors.sqlite.statements import checks_of
from shared.synthesis.schema import Column, ForeignKey, Kind, Schema, Table, TableName, Unique

PROGRESS = "valuemill_progress"

_SIZED = re.compile(r"\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)")

#: What a declared type says of its values, in this order; SQLite itself looks at the same parts
#: of names ("Determination Of Column Affinity") and holds nobody to them.
_KINDS = (
    ("BOOL", Kind.INTEGER),
    ("UUID", Kind.UUID),
    ("GUID", Kind.UUID),
    ("JSON", Kind.JSON),
    ("DATETIME", Kind.TIMESTAMP),
    ("TIMESTAMP", Kind.TIMESTAMP),
    ("DATE", Kind.DATE),
    ("TIME", Kind.TIME),
    ("INT", Kind.INTEGER),
    ("CHAR", Kind.TEXT),
    ("CLOB", Kind.TEXT),
    ("TEXT", Kind.TEXT),
    ("STRING", Kind.TEXT),
    ("BLOB", Kind.BINARY),
    ("REAL", Kind.NUMBER),
    ("FLOA", Kind.NUMBER),
    ("DOUB", Kind.NUMBER),
    ("NUM", Kind.NUMBER),
    ("DEC", Kind.NUMBER),
)

Connection = sqlite3.Connection


def quote(name: str) -> str:
    """A name as SQL takes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def reflect(connection: Connection) -> Schema:
    """The tables of the file, sorted by name.

    :raises NotSupported: names virtual tables, whose rows are not where they seem to be.
    """
    found = connection.execute(
        "SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main'"
        " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> ? ORDER BY name",
        [PROGRESS],
    ).fetchall()
    virtual = [name for name, kind, _ in found if kind in ("virtual", "shadow")]
    if virtual:
        raise NotSupported(
            "Virtual tables, such as indexes of full texts, are not copied, and may hold copies of "
            f"what other tables have. Drop them first: {', '.join(virtual)}"
        )
    tables = [_table(connection, name) for name, kind, _ in found if kind == "table"]
    by_name = {table.name.name.lower(): table for table in tables}
    return Schema(tables=tuple(_with_keys(connection, table, by_name) for table in tables))


def has_rowid(connection: Connection, table: str) -> bool:
    """Whether its rows are numbered, and not kept by their key."""
    row = connection.execute(
        "SELECT wr FROM pragma_table_list WHERE schema = 'main' AND name = ?", [table]
    ).fetchone()
    return bool(row) and not row[0]


def rowid_of(table: Table) -> str | None:
    """A name by which the number of a row can be asked for; None: columns have taken all."""
    taken = {column.name.lower() for column in table.columns}
    return next((name for name in ("rowid", "_rowid_", "oid") if name not in taken), None)


def _table(connection: Connection, name: str) -> Table:
    statement = _statement(connection, name)
    described = connection.execute(f"PRAGMA table_xinfo({quote(name)})").fetchall()
    keys = sorted((row[5], row[1]) for row in described if row[5])
    primary_key = tuple(column for _, column in keys)
    alias = len(keys) == 1 and _is_rowid_alias(connection, name, described)
    columns = tuple(
        _column(row, numbered=alias and bool(row[5])) for row in described if row[6] != 1
    )
    names = [column.name for column in columns]
    uniques, indexes = _indexes(connection, name)
    return Table(
        name=TableName("", name),
        columns=columns,
        primary_key=primary_key,
        uniques=uniques,
        checks=checks_of(statement, names),
        indexes=indexes,
    )


def _statement(connection: Connection, name: str) -> str:
    row = connection.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", [name]
    ).fetchone()
    return str(row[0]) if row else ""


def _is_rowid_alias(
    connection: Connection, name: str, described: Sequence[Sequence[object]]
) -> bool:
    """Whether its key is the number of the row: ``INTEGER PRIMARY KEY``, which has no index."""
    of_key = [row for row in described if row[5]]
    return (
        str(of_key[0][2]).upper() == "INTEGER"
        and has_rowid(connection, name)
        and not any(
            row[3] == "pk" for row in connection.execute(f"PRAGMA index_list({quote(name)})")
        )
    )


def _column(row: Sequence[object], *, numbered: bool) -> Column:
    _, name, declared, not_null, default, key, hidden = row
    words = str(declared).upper()
    kind = next((kind for part, kind in _KINDS if part in words), Kind.OTHER)
    sized = _SIZED.search(words)
    first, second = (sized[1], sized[2]) if sized else (None, None)
    whole = kind is Kind.INTEGER
    return Column(
        name=str(name),
        type=str(declared),
        kind=kind,
        nullable=not (not_null or numbered),
        length=int(first) if first and kind is Kind.TEXT else None,
        precision=int(first) if first and kind is Kind.NUMBER else None,
        scale=int(second or 0) if first and kind is Kind.NUMBER else None,
        lowest=(0 if "BOOL" in words else -(2**63)) if whole else None,
        highest=(1 if "BOOL" in words else 2**63 - 1) if whole else None,
        generated=hidden in (2, 3),
        identity="by default" if numbered and key else "",
        default=None if default is None else str(default),
    )


def _indexes(connection: Connection, name: str) -> tuple[tuple[Unique, ...], tuple[str, ...]]:
    uniques: list[Unique] = []
    statements: list[str] = []
    for _, index, unique, origin, partial in connection.execute(
        f"PRAGMA index_list({quote(name)})"
    ).fetchall():
        parts = [
            row
            for row in connection.execute(f"PRAGMA index_xinfo({quote(index)})").fetchall()
            if row[5]
        ]
        row = connection.execute(
            "SELECT sql FROM sqlite_master WHERE type = 'index' AND name = ?", [index]
        ).fetchone()
        statement = str(row[0]) if row and row[0] else ""
        if statement:
            statements.append(statement)
        if unique and origin != "pk":
            expression = any(part[2] is None for part in parts)
            uniques.append(
                Unique(
                    name=index,
                    columns=tuple(part[2] for part in parts if part[2] is not None),
                    partial=bool(partial),
                    expression=statement if expression else "",
                )
            )
    return tuple(sorted(uniques, key=lambda each: each.name)), tuple(sorted(statements))


def _with_keys(connection: Connection, table: Table, by_name: dict[str, Table]) -> Table:
    """The table with its foreign keys; what refers to no table can hold in none."""
    parts: dict[int, list[Sequence[object]]] = {}
    for row in connection.execute(f"PRAGMA foreign_key_list({quote(table.name.name)})"):
        parts.setdefault(row[0], []).append(row)
    keys = []
    for number, rows in sorted(parts.items()):
        referred = by_name.get(str(rows[0][2]).lower())
        if referred is None:
            continue
        own = [_real(table, str(row[3])) for row in rows]
        theirs = [
            _real(referred, str(row[4])) if row[4] is not None else referred.primary_key[place]
            for place, row in enumerate(rows)
        ]
        keys.append(
            ForeignKey(
                name=f"{table.name.name} key {number}",
                columns=tuple(own),
                table=referred.name,
                referred=tuple(theirs),
            )
        )
    return replace(table, foreign_keys=tuple(keys))


def _real(table: Table, name: str) -> str:
    """A column's name as its table writes it."""
    return next((each.name for each in table.columns if each.name.lower() == name.lower()), name)
