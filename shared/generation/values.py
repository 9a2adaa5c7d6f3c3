"""Values: pages for programs, streams for files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import psycopg
from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    func,
    literal,
    select,
    tuple_,
)

from shared.db.schema import operation_values as table

#: Characters of a value in the index that sorts; see the migration.
SORT_PREFIX = 600

#: A stream fetches about so many characters at once, and never more rows than this.
STREAM_CHARACTERS = 500_000
STREAM_ROWS = 5_000


@dataclass(frozen=True)
class Page:
    """Some values in order.

    ``first`` is the position that the page before this one ends before, ``last`` the one that the
    next page starts after; each is None where there is no such page.
    """

    values: Sequence[str]
    first: int | None = None
    last: int | None = None


def page(
    connection: Connection,
    *,
    operation_number: int,
    limit: int,
    sort: str | None = None,
    anchor: int | None = None,
    backward: bool = False,
) -> Page:
    """Read up to ``limit`` values on one side of the value at position ``anchor``.

    :param sort: None for the order of generation, ``value`` or ``-value`` for code point order.
    :param anchor: the position of a value that the page starts after, or ends before.
    :param backward: the page before the anchor instead of the one after it.
    """
    of_operation = table.c.operation_number == operation_number
    key = _key(sort)
    descending = (sort == "-value") != backward
    query = select(table.c.position, table.c.value).where(of_operation)
    if anchor is not None:
        bound = select(*key).where(of_operation, table.c.position == anchor)
        at = connection.execute(bound).one_or_none()
        if at is None:  # deleted while it was being paged through
            return Page(values=[])
        query = query.where(_beyond(key, tuple(at), descending=descending))
    ordered = [column.desc() if descending else column.asc() for column in key]
    rows = connection.execute(query.order_by(*ordered).limit(limit + 1)).all()
    more, rows = len(rows) > limit, rows[:limit]
    if backward:
        rows = rows[::-1]
    behind = anchor is not None
    has_previous, has_next = (more, behind) if backward else (behind, more)
    return Page(
        values=[row.value for row in rows],
        first=rows[0].position if rows and has_previous else None,
        last=rows[-1].position if rows and has_next else None,
    )


def _key(sort: str | None) -> list[ColumnElement[object]]:
    if sort is None:
        return [table.c.position]
    prefix = func.left(table.c.value, SORT_PREFIX)
    return [prefix, table.c.value, table.c.position]


def _beyond(
    key: list[ColumnElement[object]], at: tuple[object, ...], *, descending: bool
) -> ColumnElement[bool]:
    bounds = [literal(value) for value in at]
    # The comparison of the first column alone follows from that of the row; it is said for the
    # planner, which finds the index by it.
    if descending:
        return and_(key[0] <= bounds[0], tuple_(*key) < tuple_(*bounds))
    return and_(key[0] >= bounds[0], tuple_(*key) > tuple_(*bounds))


def stream(connection: Connection, *, operation_number: int) -> Iterator[Sequence[str]]:
    """Yield all values in the order of generation, up to some thousands at a time.

    Uses a cursor on the server: memory stays flat however many there are, and however long. It is
    the driver's own, since rows made for SQLAlchemy take half as long again.

    :raises psycopg.Error: what the driver raises.
    """
    driver = cast(psycopg.Connection, connection.connection.driver_connection)
    with driver.cursor(name="values") as cursor:
        cursor.execute(
            "SELECT value FROM operation_values WHERE operation_number = %s ORDER BY position",
            (operation_number,),
        )
        wanted = STREAM_ROWS // 50
        while rows := cursor.fetchmany(wanted):
            chunk = [value for (value,) in rows]
            yield chunk
            usual = sum(map(len, chunk)) / len(chunk)
            wanted = max(1, min(STREAM_ROWS, wanted * 10, int(STREAM_CHARACTERS / usual)))
