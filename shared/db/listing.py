"""Pages of a long table in any order, by keyset: from the row that the last page ended with.

A page costs what it holds, however far in it lies, and rows that come and go meanwhile move no
other row across a boundary. The order is total: ties are broken by the row's own number. Nulls
come last, and first in descending order. Texts are in the order of their code points, by their
first ``TEXT_PREFIX`` characters: as much as an index entry holds, and a cursor carries.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, text, tuple_
from sqlalchemy import Uuid as UuidType
from sqlalchemy.types import DateTime, Text

from shared.errors import Unavailable

R = TypeVar("R")
S = TypeVar("S")

#: Characters of a text that an order compares.
TEXT_PREFIX = 600

#: How long a search may take; a filter that finds little may have to look at everything.
SEARCH_TIMEOUT = "10s"

#: Most bytes of a page: beyond, it ends early, and the next one goes on from there. A thousand
#: rows that are as large as rows can be would be many times as much.
PAGE_BYTES = 4 * 1024 * 1024

#: Rows fetched at once, however long the page.
FETCH_ROWS = 128

#: How long one stretch of a page may take to come, in seconds.
FETCH_SECONDS = 30.0


@dataclass(frozen=True)
class Order:
    """By which column, in which direction; ties by ``number``, in the same direction."""

    column: ColumnElement[Any]
    number: ColumnElement[int]
    descending: bool

    @property
    def key(self) -> ColumnElement[Any]:
        """What is compared first."""
        if isinstance(self.column.type, Text):
            return func.left(self.column, TEXT_PREFIX, type_=self.column.type)
        return self.column


@dataclass(frozen=True)
class Anchor:
    """The row that a page starts after, or ends before: its number, and its key then."""

    number: int
    value: Any

    def as_json(self) -> list[Any]:
        """For a cursor."""
        match self.value:
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


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which page: how many rows at most, in which order, on which side of which row.

    :param sort: a name of a column, with ``-`` in front for descending; empty: as they come.
    :param anchor: what an earlier page gave as ``first`` or ``last``; None starts at the start.
    :param backward: the page before the anchor instead of the one after it.
    """

    sort: str
    limit: int
    anchor: Any = None
    backward: bool = False


@dataclass(frozen=True, kw_only=True)
class Slice(Generic[R]):
    """Some rows in order, and how many rows there are on all pages.

    ``first`` is the anchor of the page before this one, ``last`` of the one after it; each is
    fit for JSON, and None where there is no such page.
    """

    rows: Sequence[R]
    total: int
    first: Any
    last: Any

    def map(self, make: Callable[[R], S]) -> Slice[S]:
        """The same page with something made of each row."""
        rows = [make(row) for row in self.rows]
        return Slice(rows=rows, total=self.total, first=self.first, last=self.last)


def read_slice(
    connection: Connection,
    query: Select[Any],
    *,
    columns: Mapping[str, ColumnElement[Any]],
    number: ColumnElement[int],
    wanted: Wanted,
) -> Slice[Mapping[Any, Any]]:
    """Read a page of ``query``; it ends early rather than being larger than ``PAGE_BYTES``.

    :param columns: what each ``sort`` stands for.
    :raises KeyError: when there is no such column.
    :raises Unavailable: when the rows take too long to come.
    """
    column = columns[wanted.sort.removeprefix("-")]
    order = Order(column, number, descending=wanted.sort.startswith("-"))
    descending = order.descending != wanted.backward
    anchor = None if wanted.anchor is None else Anchor.from_json(wanted.anchor, order)
    keyed = query.add_columns(order.key.label("_key"), number.label("_number"))
    ordered = keyed.order_by(
        *(key.desc() if descending else key.asc() for key in (order.key, number))
    )
    rows: list[Mapping[Any, Any]] = []
    room = PAGE_BYTES
    for stretch in _stretches(order, anchor, descending=descending):
        part = ordered if stretch is None else ordered.where(stretch)
        missing = wanted.limit + 1 - len(rows)
        if missing and room > 0:
            for row in _fetch(connection, part.limit(missing), count=missing):
                rows.append(row)
                room -= size_of(row.values())
                if room < 0 and len(rows) > 1:
                    break
    # A row too many shows that there are more: the last one asked for, or the one too large.
    kept = min(wanted.limit, len(rows) - (room < 0 and len(rows) > 1))
    more, rows = len(rows) > kept, rows[:kept]
    if wanted.backward:
        rows.reverse()
    behind = anchor is not None
    has_previous, has_next = (more, behind) if wanted.backward else (behind, more)
    return Slice(
        rows=rows,
        # After the page: of a list that grows, an earlier count might be less than the page holds.
        total=_count(connection, query),
        first=_anchor_of(rows[0]) if rows and has_previous else None,
        last=_anchor_of(rows[-1]) if rows and has_next else None,
    )


def _fetch(
    connection: Connection, query: Select[Any], *, count: int
) -> Iterator[Mapping[Any, Any]]:
    """Yield the rows, with few of them in memory at a time."""
    # A cursor on the server costs some round trips, which a short page can do without.
    options = {"yield_per": FETCH_ROWS} if count > FETCH_ROWS + 1 else {}
    deadline = monotonic() + FETCH_SECONDS
    with connection.execute(query, execution_options=options) as found:
        for row in found.mappings():
            yield row
            # The limit on a statement counts anew for each fetch from a cursor.
            if monotonic() > deadline:
                raise Unavailable("the list takes too long to read; ask for fewer items")


def size_of(values: Iterable[Any]) -> int:
    """About how many bytes the texts among these have as JSON, however deep they are."""
    size = 0
    for value in values:
        if isinstance(value, str):
            size += len(value) if value.isascii() else len(value.encode())
        elif isinstance(value, list):
            size += size_of(value) + 4 * len(value)
        elif isinstance(value, dict):
            size += size_of(value.values()) + 16 * len(value)
    return size


def _stretches(
    order: Order, anchor: Anchor | None, *, descending: bool
) -> list[ColumnElement[bool] | None]:
    """Where the rows beyond the anchor are, in their order.

    Those with a key and those without are stretches of their own, so that each is one range of
    an index on key and number.
    """
    if anchor is None:
        return [None]
    key, number = order.key, literal(anchor.number)
    if anchor.value is None:
        beyond = order.number < number if descending else order.number > number
        here = and_(key.is_(None), beyond)
        return [here, key.is_not(None)] if descending else [here]
    row, bound = tuple_(key, order.number), tuple_(literal(anchor.value, key.type), number)
    return [row < bound] if descending else [row > bound, key.is_(None)]


def _anchor_of(row: Mapping[Any, Any]) -> list[Any]:
    return Anchor(row["_number"], row["_key"]).as_json()


def _count(connection: Connection, query: Select[Any]) -> int:
    counted = query.with_only_columns(func.count(), maintain_column_froms=True)
    return int(connection.scalar(counted) or 0)


def limit_time(connection: Connection) -> None:
    """Let no statement of this transaction take longer than a search may."""
    connection.execute(text(f"SET LOCAL statement_timeout = '{SEARCH_TIMEOUT}'"))
