"""What PostgreSQL's types are to the rest of the house. Pure.

A type is known by the catalogue and not by its name: a domain is what it is made of, and what an
extension brings is judged by its category.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.synthesis.schema import Kind

_KINDS = {
    **dict.fromkeys(("int2", "int4", "int8", "oid"), Kind.INTEGER),
    **dict.fromkeys(("numeric", "float4", "float8"), Kind.NUMBER),
    **dict.fromkeys(("text", "varchar", "bpchar", "name", "citext"), Kind.TEXT),
    "bool": Kind.BOOLEAN,
    "date": Kind.DATE,
    **dict.fromkeys(("time", "timetz"), Kind.TIME),
    **dict.fromkeys(("timestamp", "timestamptz"), Kind.TIMESTAMP),
    "uuid": Kind.UUID,
    **dict.fromkeys(("json", "jsonb"), Kind.JSON),
    "bytea": Kind.BINARY,
}

_RANGES = {
    "int2": (-(2**15), 2**15 - 1),
    "int4": (-(2**31), 2**31 - 1),
    "int8": (-(2**63), 2**63 - 1),
    "oid": (0, 2**32 - 1),
}

#: What PostgreSQL adds to the length in a type modifier.
_HEADER = 4


@dataclass(frozen=True, kw_only=True)
class Base:
    """A row of pg_type that is no domain, with the modifier that a column gives it.

    :param name: as in ``pg_type``; ``builtin``: whether it stands in ``pg_catalog``.
    :param type: ``typtype``; ``category``: ``typcategory``.
    """

    name: str
    builtin: bool
    type: str
    category: str
    modifier: int = -1


def kind_of(base: Base) -> Kind:
    """What values of the type are."""
    if base.type == "e":
        return Kind.ENUM
    if base.category == "A":
        return Kind.ARRAY
    if base.builtin or base.name == "citext":
        return _KINDS.get(base.name, Kind.OTHER)
    return Kind.OTHER


def length_of(base: Base) -> int | None:
    """The most characters of a value; None: no limit."""
    if base.builtin and base.name in ("varchar", "bpchar") and base.modifier >= _HEADER:
        return base.modifier - _HEADER
    return 63 if base.builtin and base.name == "name" else None


def digits_of(base: Base) -> tuple[int | None, int | None]:
    """All digits of a decimal number, and those behind the point, which may be negative."""
    if not (base.builtin and base.name == "numeric") or base.modifier < _HEADER:
        return None, None
    packed = base.modifier - _HEADER
    return (packed >> 16) & 0xFFFF, ((packed & 0x7FF) ^ 1024) - 1024


def range_of(base: Base) -> tuple[int | None, int | None]:
    """The least and the greatest value of an integer type."""
    return _RANGES.get(base.name, (None, None)) if base.builtin else (None, None)
