"""Names, values and queries within statements of SQL Server. Pure but for its package.

All values go as texts, in parameters: the server makes them from texts, and texts of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from shared.connectors.errors import NotSupported
from shared.connectors.interface import Cut
from shared.synthesis.schema import Column, ForeignKey, Kind, Table

PROGRESS = "valuemill_progress"

#: The style of a conversion in which nothing is lost, by the type's name.
_STYLES = {
    **dict.fromkeys(("float", "real"), 3),
    **dict.fromkeys(("money", "smallmoney"), 2),
    **dict.fromkeys(("binary", "varbinary", "image", "timestamp", "rowversion"), 1),
    **dict.fromkeys(("date", "time", "datetime", "datetime2", "smalldatetime"), 121),
    "datetimeoffset": 127,
}


def name(text: str) -> str:
    """A name, whatever is in it.

    :raises NotSupported: for what no server takes as a name.
    """
    if not text or "\0" in text:
        raise NotSupported(f"{text!r} is no name that SQL Server can have.")
    return "[" + text.replace("]", "]]") + "]"


def table_name(table: Table) -> str:
    """A table with its schema."""
    return f"{name(table.name.schema)}.{name(table.name.name)}"


def _style(column: Column) -> str:
    style = _STYLES.get(column.type.split("(")[0])
    return "" if style is None else f", {style}"


def as_text(column: Column) -> str:
    """An expression whose value is a column's text form."""
    return f"CONVERT(nvarchar(max), {name(column.name)}{_style(column)})"


def from_text(column: Column) -> str:
    """An expression that makes a value of a parameter with its text form."""
    return f"CONVERT({column.type}, ?{_style(column)})"


def key_of(table: Table) -> tuple[str, ...]:
    """Columns that tell each row from all others; none: there are no such."""
    return table.primary_key


def condition(table: Table, cut: Cut) -> tuple[str, list[str]]:
    """`` WHERE ...`` for the rows of a cut, and its parameters; empty for all."""
    parts, parameters = [], []
    for end, sign in (("after", ">"), ("until", "<=")):
        if end in cut:
            said, values = _beyond(table, cut[end], sign)
            parts.append(said)
            parameters += values
    return (f" WHERE {' AND '.join(parts)}" if parts else ""), parameters


def _beyond(table: Table, values: Sequence[str], sign: str) -> tuple[str, list[str]]:
    """A comparison of rows, which SQL Server has not, written out."""
    *before, last = zip(key_of(table), values, strict=True)
    said, parameters = f"{name(last[0])} {sign} {from_text(table[last[0]])}", [last[1]]
    for column, value in reversed(before):
        made = from_text(table[column])
        said = f"({name(column)} {sign[0]} {made} OR ({name(column)} = {made} AND {said}))"
        parameters = [value, value, *parameters]
    return said, parameters


def select(table: Table, columns: Sequence[Column], cut: Cut) -> tuple[str, list[str]]:
    """The rows of a cut, in the order of their key, as texts."""
    where, parameters = condition(table, cut)
    order = f" ORDER BY {', '.join(map(name, key_of(table)))}" if key_of(table) else ""
    return (
        f"SELECT {', '.join(map(as_text, columns))} FROM {table_name(table)}{where}{order}",
        parameters,
    )


def insert(table: Table, columns: Sequence[Column]) -> str:
    """A row of texts, as parameters."""
    return (
        f"INSERT INTO {table_name(table)} ({', '.join(name(each.name) for each in columns)})"
        f" VALUES ({', '.join(map(from_text, columns))})"
    )


def orphans(table: Table, key: ForeignKey) -> str:
    """How many rows refer to none."""
    pairs = " AND ".join(
        f"p.{name(theirs)} = c.{name(ours)}"
        for ours, theirs in zip(key.columns, key.referred, strict=True)
    )
    present = " AND ".join(f"c.{name(ours)} IS NOT NULL" for ours in key.columns)
    parent = f"{name(key.table.schema)}.{name(key.table.name)}"
    return (
        f"SELECT COUNT_BIG(*) FROM {table_name(table)} c WHERE {present}"
        f" AND NOT EXISTS (SELECT 1 FROM {parent} p WHERE {pairs})"
    )


#: What types are, over all databases.
KINDS = {
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint"), Kind.INTEGER),
    **dict.fromkeys(("decimal", "numeric", "money", "smallmoney", "float", "real"), Kind.NUMBER),
    **dict.fromkeys(("char", "varchar", "nchar", "nvarchar", "text", "ntext"), Kind.TEXT),
    **dict.fromkeys(("binary", "varbinary", "image"), Kind.BINARY),
    "bit": Kind.BOOLEAN,
    "date": Kind.DATE,
    "time": Kind.TIME,
    **dict.fromkeys(("datetime", "datetime2", "smalldatetime", "datetimeoffset"), Kind.TIMESTAMP),
    "uniqueidentifier": Kind.UUID,
}

RANGES = {
    "tinyint": (0, 255),
    "smallint": (-(2**15), 2**15 - 1),
    "int": (-(2**31), 2**31 - 1),
    "bigint": (-(2**63), 2**63 - 1),
}
