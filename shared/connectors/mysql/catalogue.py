"""What ``information_schema`` says of a database's tables."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from shared.connectors.errors import NotSupported
from shared.connectors.mysql import quoting, types
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

#: A table of ours in a target, which belongs to no schema.
PROGRESS = "valuemill_progress"

Row = tuple[str | None, ...]
#: Rows of a query, as texts.
Ask = Callable[[str], list[Row]]

#: Bytes of UTF-8 in a character; the length of a ``text`` type is in bytes.
_MOST_BYTES = 4
_ENDLESS = 2**31 - 1

_JSON_CHECK = re.compile(r"json_valid\(`((?:[^`]|``)+)`\)")
_QUOTED = re.compile(r"`((?:[^`]|``)+)`")


def reflect(ask: Ask, *, database: str, mariadb: bool) -> Schema:
    """The tables of a database, sorted by their names.

    :raises NotSupported: for a foreign key that leads into another database.
    """
    columns = _columns(ask, database)
    keys = _indexes(ask, database)
    foreign = _foreign_keys(ask, database)
    checks = _checks(ask, database, mariadb=mariadb)
    tables = []
    for name, rows in ask(
        "SELECT table_name, table_rows FROM information_schema.tables WHERE table_schema ="
        f" {_text(database)} AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED')"
        " ORDER BY CAST(table_name AS BINARY)"
    ):
        if name is None or name == PROGRESS:
            continue
        names = {column.name for column in columns[name]}
        own_checks = tuple(
            Check(name=check, expression=said, columns=_named(said, names))
            for check, said in checks[name]
        )
        tables.append(
            Table(
                name=TableName("", name),
                columns=tuple(_with_json(columns[name], own_checks)),
                primary_key=keys[name].primary,
                uniques=tuple(keys[name].uniques),
                foreign_keys=tuple(foreign[name]),
                checks=own_checks,
                indexes=tuple(keys[name].others),
                rows=int(rows) if rows is not None else None,
            )
        )
    return Schema(tables=tuple(tables))


class _Keys:
    """The indexes of one table."""

    def __init__(self) -> None:
        self.primary: tuple[str, ...] = ()
        self.uniques: list[Unique] = []
        self.others: list[str] = []


def _columns(ask: Ask, database: str) -> defaultdict[str, list[Column]]:
    found: defaultdict[str, list[Column]] = defaultdict(list)
    for row in ask(
        "SELECT table_name, column_name, column_default, is_nullable, data_type, column_type,"
        " character_maximum_length, character_octet_length, numeric_precision, numeric_scale,"
        " extra, generation_expression FROM information_schema.columns"
        f" WHERE table_schema = {_text(database)} ORDER BY table_name, ordinal_position"
    ):
        table, name, default, nullable, data_type, column_type, *rest = (each or "" for each in row)
        length, octets, precision, scale, extra, expression = rest
        kind = types.kind_of(data_type)
        lowest, highest = types.range_of(data_type, column_type)
        found[table].append(
            Column(
                name=name,
                type=_without_width(column_type, data_type),
                kind=kind,
                nullable=nullable == "YES",
                length=_length(kind, data_type, length, octets),
                precision=int(precision) if data_type == "decimal" else None,
                scale=int(scale) if data_type == "decimal" and scale else None,
                lowest=lowest,
                highest=highest,
                labels=types.labels_of(column_type) if kind == Kind.ENUM else (),
                generated=bool(expression) or "GENERATED" in extra.split(),
                identity="by default" if "auto_increment" in extra else "",
                default=None if row[2] in (None, "NULL") else default,
            )
        )
    return found


def _without_width(column_type: str, data_type: str) -> str:
    """A type without the width that integers are shown in, which newer servers do not say."""
    if data_type.endswith("int") and "zerofill" not in column_type:
        return re.sub(r"\(\d+\)", "", column_type)
    return column_type


def _length(kind: Kind, data_type: str, length: str, octets: str) -> int | None:
    if kind not in (Kind.TEXT, Kind.BINARY) or not length:
        return None
    if data_type.endswith("text"):
        bound = int(octets) // _MOST_BYTES
        return bound if bound < _ENDLESS // _MOST_BYTES else None
    return int(length) if int(length) < _ENDLESS else None


def _indexes(ask: Ask, database: str) -> defaultdict[str, _Keys]:
    parts: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in ask(
        "SELECT table_name, index_name, non_unique, column_name, sub_part"
        f" FROM information_schema.statistics WHERE table_schema = {_text(database)}"
        " ORDER BY table_name, index_name, seq_in_index"
    ):
        parts[row[0] or "", row[1] or ""].append(row)
    found: defaultdict[str, _Keys] = defaultdict(_Keys)
    for (table, index), rows in parts.items():
        columns = tuple(row[3] for row in rows if row[3] is not None)
        if index == "PRIMARY":
            found[table].primary = columns
        elif rows[0][2] == "0":
            # A part that is an expression has no column.
            expression = "" if len(columns) == len(rows) else "an expression of the server's"
            found[table].uniques.append(Unique(name=index, columns=columns, expression=expression))
        else:
            found[table].others.append(index)
    return found


def _foreign_keys(ask: Ask, database: str) -> defaultdict[str, list[ForeignKey]]:
    parts: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in ask(
        "SELECT table_name, constraint_name, column_name, referenced_table_schema,"
        " referenced_table_name, referenced_column_name FROM information_schema.key_column_usage"
        f" WHERE table_schema = {_text(database)} AND referenced_table_name IS NOT NULL"
        " ORDER BY table_name, constraint_name, ordinal_position"
    ):
        parts[row[0] or "", row[1] or ""].append(row)
    found: defaultdict[str, list[ForeignKey]] = defaultdict(list)
    for (table, name), rows in parts.items():
        if rows[0][3] != database:
            raise NotSupported(
                f"The foreign key {name} of {table} leads into another database, which is not "
                "copied. Leave it out of the source, or copy a database that is whole."
            )
        found[table].append(
            ForeignKey(
                name=name,
                columns=_present(row[2] for row in rows),
                table=TableName("", rows[0][4] or ""),
                referred=_present(row[5] for row in rows),
            )
        )
    return found


def _checks(ask: Ask, database: str, *, mariadb: bool) -> defaultdict[str, list[tuple[str, str]]]:
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    if mariadb:
        query = (
            "SELECT table_name, constraint_name, check_clause"
            " FROM information_schema.check_constraints WHERE constraint_schema ="
            f" {_text(database)} ORDER BY 1, 2"
        )
    else:
        query = (
            "SELECT t.table_name, t.constraint_name, c.check_clause"
            " FROM information_schema.table_constraints t"
            " JOIN information_schema.check_constraints c"
            " USING (constraint_schema, constraint_name)"
            f" WHERE t.constraint_type = 'CHECK' AND t.table_schema = {_text(database)}"
            " ORDER BY 1, 2"
        )
    for table, name, clause in ask(query):
        found[table or ""].append((name or "", clause or ""))
    return found


def _with_json(columns: Sequence[Column], checks: Sequence[Check]) -> list[Column]:
    """MariaDB has JSON as a text that is checked."""
    json = {
        match[1].replace("``", "`")
        for check in checks
        if (match := _JSON_CHECK.fullmatch(check.expression))
    }
    return [
        Column(**{**vars(each), "kind": Kind.JSON, "length": None}) if each.name in json else each
        for each in columns
    ]


def _named(expression: str, columns: set[str]) -> tuple[str, ...]:
    found = {match.replace("``", "`") for match in _QUOTED.findall(expression)}
    return tuple(sorted(found & columns))


def _present(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(each for each in values if each is not None)


def _text(value: str) -> str:
    return quoting.text(value.encode()).decode()
