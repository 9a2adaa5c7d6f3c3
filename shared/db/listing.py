"""Pages of a long table in any order, by keyset: from the row that the last page ended with.

A page costs what it holds, however far in it lies, and rows that come and go meanwhile move no
other row across a boundary. The order is total: ties are broken by the row's own number. Nulls
come last, and first in descending order.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Select,
    and_,
    false,
    func,
    literal,
    or_,
)
from sqlalchemy import Uuid as UuidType
from sqlalchemy.types import DateTime, Text

#: Characters of a text that an order compares first, and that a cursor carries.
TEXT_PREFIX = 600


@dataclass(frozen=True)
class Order:
    """By which column, in which direction; ties by ``number``, in the same direction."""

    column: ColumnElement[Any]
    number: ColumnElement[int]
    descending: bool

    @property
    def keys(self) -> list[ColumnElement[Any]]:
        """What is compared, in turn. A long text is found by its beginning, which is indexable."""
        if isinstance(self.column.type, Text):
            return [func.left(self.column, TEXT_PREFIX), self.column, self.number]
        return [self.column, self.number]


@dataclass(frozen=True)
class Anchor:
    """The row that a page starts after, or ends before: its number, and its value then."""

    number: int
    value: Any

    def as_json(self) -> list[Any]:
        """For a cursor. Of a long text only the beginning."""
        match self.value:
            case str():
                return [self.number, self.value[:TEXT_PREFIX]]
            case datetime():
                return [self.number, self.value.isoformat()]
            case uuid.UUID():
                return [self.number, self.value.hex]
            case _:
                return [self.number, self.value]

    @classmethod
    def from_json(cls, data: Any, order: Order) -> Anchor:
        """Read what :meth:`as_json` made for the same order."""
        number, value = data
        if value is not None and isinstance(order.column.type, DateTime):
            value = datetime.fromisoformat(value)
        elif value is not None and isinstance(order.column.type, UuidType):
            value = uuid.UUID(value)
        return cls(number=number, value=value)


@dataclass(frozen=True)
class Slice:
    """Some rows in order, and whether there are more on either side of them."""

    rows: Sequence[Mapping[Any, Any]]
    has_previous: bool
    has_next: bool


def read_slice(
    connection: Connection,
    query: Select[Any],
    *,
    order: Order,
    limit: int,
    anchor: Anchor | None = None,
    backward: bool = False,
) -> Slice:
    """Read up to ``limit`` rows of ``query`` on one side of ``anchor``."""
    descending = order.descending != backward
    if anchor is not None:
        values = _values(connection, order, anchor)
        query = query.where(_beyond(order.keys, values, descending=descending))
    query = query.order_by(*(key.desc() if descending else key.asc() for key in order.keys))
    rows = connection.execute(query.limit(limit + 1)).mappings().all()
    more, rows = len(rows) > limit, rows[:limit]
    behind = anchor is not None and bool(rows)
    if backward:
        return Slice(rows=rows[::-1], has_previous=more, has_next=behind)
    return Slice(rows=rows, has_previous=behind, has_next=more)


def _values(connection: Connection, order: Order, anchor: Anchor) -> list[Any]:
    """The anchor's value for each key."""
    if not isinstance(order.column.type, Text):
        return [anchor.value, anchor.number]
    whole = anchor.value
    if whole is not None and len(whole) == TEXT_PREFIX:
        # Perhaps longer than a cursor can carry. Texts do not change, so the row knows; where
        # it is gone, the beginning has to do.
        query = order.column.table.select().with_only_columns(order.column)
        whole = connection.scalar(query.where(order.number == anchor.number)) or whole
    return [anchor.value, whole, anchor.number]


def _beyond(
    keys: Sequence[ColumnElement[Any]], values: Sequence[Any], *, descending: bool
) -> ColumnElement[bool]:
    """Rows after the values, compared key by key; a row comparison that knows nulls."""
    if len(keys) == 1:
        return _after(keys[0], values[0], descending=descending)
    rest = _beyond(keys[1:], values[1:], descending=descending)
    return or_(
        _after(keys[0], values[0], descending=descending),
        and_(_same(keys[0], values[0]), rest),
    )


def _after(key: ColumnElement[Any], value: Any, *, descending: bool) -> ColumnElement[bool]:
    if descending:
        return key.is_not(None) if value is None else key < _bound(key, value)
    return false() if value is None else or_(key > _bound(key, value), key.is_(None))


def _same(key: ColumnElement[Any], value: Any) -> ColumnElement[bool]:
    return key.is_(None) if value is None else key == _bound(key, value)


def _bound(key: ColumnElement[Any], value: Any) -> ColumnElement[Any]:
    # A bare True would be rendered as a keyword, which SQLAlchemy does not compare by size.
    return literal(value, Boolean()) if isinstance(value, bool) else literal(value, key.type)


def order_by(
    sort: str, *, columns: Mapping[str, ColumnElement[Any]], number: ColumnElement[int]
) -> Order:
    """The order that a sort such as ``-name`` asks for.

    :raises KeyError: when there is no such column.
    """
    return Order(
        column=columns[sort.removeprefix("-")],
        number=number,
        descending=sort.startswith("-"),
    )


def count_rows(connection: Connection, query: Select[Any]) -> int:
    """How many rows a query has, without reading them."""
    counted = query.with_only_columns(func.count(), maintain_column_froms=True)
    return int(connection.scalar(counted) or 0)
