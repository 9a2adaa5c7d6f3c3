"""What MySQL's types are, and the text forms of their values.

Values come as the bytes of the text protocol. Of binary types, bits and geometries the text form is
hexadecimal; of all others it is what the server says, in UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from shared.connectors.mysql import quoting
from shared.synthesis.schema import Column, Kind

_KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "bigint", "year"), Kind.INTEGER),
    **dict.fromkeys(("decimal", "float", "double"), Kind.NUMBER),
    **dict.fromkeys(("char", "varchar", "tinytext", "text", "mediumtext", "longtext"), Kind.TEXT),
    **dict.fromkeys(
        ("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"), Kind.BINARY
    ),
    "date": Kind.DATE,
    "time": Kind.TIME,
    **dict.fromkeys(("datetime", "timestamp"), Kind.TIMESTAMP),
    "json": Kind.JSON,
    "enum": Kind.ENUM,
    "uuid": Kind.UUID,
}

_BITS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64}

#: What has a length, as the data type says it.
_GEOMETRIES = frozenset(
    {
        *("geometry", "point", "linestring", "polygon", "multipoint", "multilinestring"),
        *("multipolygon", "geometrycollection", "geomcollection"),
    }
)

_LABEL = re.compile(r"'((?:[^'\\]|''|\\.)*)'", re.DOTALL)
_ESCAPED = re.compile(r"''|\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "Z": "\x1a"}


def kind_of(data_type: str) -> Kind:
    """Of ``information_schema``'s ``data_type``."""
    return _KINDS.get(data_type, Kind.OTHER)


def range_of(data_type: str, column_type: str) -> tuple[int | None, int | None]:
    """The lowest and the highest number of an integer type; None: it is none."""
    if data_type == "year":
        return 1901, 2155
    bits = _BITS.get(data_type)
    if bits is None:
        return None, None
    if "unsigned" in column_type:
        return 0, 2**bits - 1
    return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1


def labels_of(column_type: str) -> tuple[str, ...]:
    """Of an enum, as ``enum('a','it''s')``; the server writes a backslash twice."""
    return tuple(_ESCAPED.sub(_unescaped, label) for label in _LABEL.findall(column_type))


def _unescaped(found: re.Match[str]) -> str:
    return _ESCAPES.get(found[1], found[1]) if found[1] else "'"


def base_of(column: Column) -> str:
    """The name of a column's type alone."""
    return re.split(r"[( ]", column.type.lower(), maxsplit=1)[0]


def is_bytes(column: Column) -> bool:
    """Whether its values are bytes, and no characters."""
    base = base_of(column)
    return column.kind == Kind.BINARY or base == "bit" or base in _GEOMETRIES


def selected(column: Column) -> str:
    """How a column is read, so that nothing of it is lost.

    Of a ``float`` the server says six digits, as a double all of them.
    """
    name = quoting.name(column.name)
    return f"({name} + 0e0)" if column.type.lower().split(" ")[0] == "float" else name


def as_text(column: Column) -> str:
    """An expression whose value is the text form of a column, in bytes that sort as such."""
    if is_bytes(column):
        return f"CAST(LOWER(HEX({quoting.name(column.name)})) AS BINARY)"
    return f"CAST(CONVERT({selected(column)} USING utf8mb4) AS BINARY)"


def decode(column: Column, values: list[bytes | None]) -> list[str | None]:
    """The text forms of values as they came."""
    if is_bytes(column):
        return [None if each is None else each.hex() for each in values]
    return [None if each is None else each.decode() for each in values]


def literals(column: Column, values: list[str | None]) -> list[bytes]:
    """How values in their text form are written in a statement.

    :raises ValueError: for what is no hexadecimal number, where bytes are wanted.
    """
    if is_bytes(column):
        return raw_literals(column, [None if v is None else bytes.fromhex(v) for v in values])
    return [b"NULL" if v is None else quoting.text(v.encode()) for v in values]


def raw_literals(column: Column, values: list[bytes | None]) -> list[bytes]:
    """The same for values as they came."""
    quote = quoting.binary if is_bytes(column) else quoting.text
    return [b"NULL" if each is None else quote(each) for each in values]
