"""What the next claims are likely to find: read without a lock, so that a planner can prepare.

Only likely: between this and the claim others claim, submit and settle.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ARRAY, ColumnElement, Connection, Integer, any_, literal, select, text, true

from shared.db.schema import operation_values, outcomes


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """A cell, and where its operation stands."""

    operation_number: int
    ordinal: int
    quota: int
    #: Values stored in the cell; said in it, repeats included; and said more than once.
    distinct: int
    said: int
    said_again: int
    #: Values stored in the whole operation: its last position.
    generated_count: int
    #: The last of its ``outcomes``; 0 where there is none.
    last_outcome: int


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Up to which position and outcome an operation was read."""

    position: int
    outcome: int


class Known(NamedTuple):
    """A value in the database."""

    position: int
    cell: int
    value: str


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a steered prompt: values asked for, said, and new."""

    cell: int
    focus: str
    asked: int
    said: int
    fresh: int


@dataclass(frozen=True, kw_only=True)
class News:
    """What was read of an operation, and up to where."""

    values: Sequence[Known]
    outcomes: Sequence[Outcome]
    position: int
    outcome: int


def next_cells(connection: Connection, operations: Collection[int], *, most: int) -> list[Ahead]:
    """Of the cells that claims of these operations would take, those in which values repeat.

    In their order, all of the most urgent operation that has work.
    """
    found = connection.execute(_NEXT, {"numbers": list(operations), "most": most})
    return [Ahead(**row) for row in found.mappings()]


def cells(connection: Connection, keys: Collection[tuple[int, int]]) -> list[Ahead]:
    """Cells by operation and ordinal, whatever repeats in them; without those that are gone."""
    if not keys:
        return []
    numbers, ordinals = zip(*keys, strict=True)
    found = connection.execute(_THESE, {"numbers": list(numbers), "ordinals": list(ordinals)})
    return [Ahead(**row) for row in found.mappings()]


def ended(connection: Connection, operations: Collection[int]) -> set[int]:
    """Those of these operations that have come to their end, or are gone."""
    rows = connection.execute(_GOING_ON, {"numbers": list(operations)})
    return set(operations) - set(rows.scalars())


def news(
    connection: Connection,
    stand: Ahead,
    *,
    known: Standing | None,
    unknown: Collection[int],
    limit: int,
    worker: str,
) -> News:
    """Read on in an operation, in all its cells, and all that there is of ``unknown`` ones.

    :param stand: of any cell of it.
    :param known: None where nothing of it is.
    :param limit: of the values of either.
    :param worker: who reads: what came of its own prompts it has learned from their answers.
    """
    number, until = stand.operation_number, stand.last_outcome
    position = stand.generated_count
    values: list[Known] = []
    came: list[Outcome] = []
    if known and position > known.position:
        values = newer(
            connection,
            operation_number=number,
            after=known.position,
            until=position,
            limit=limit,
        )
        if len(values) == limit:
            position = values[-1].position
    if known and until > known.outcome:
        came = newer_outcomes(
            connection,
            operation_number=number,
            after=known.outcome,
            until=until,
            not_of=worker,
        )
    if unknown:
        values += newer(
            connection,
            operation_number=number,
            cells=unknown,
            after=0,
            until=position,
            limit=limit,
        )
        came += newer_outcomes(
            connection, operation_number=number, cells=unknown, after=0, until=until
        )
    return News(values=values, outcomes=came, position=position, outcome=until)


def newer(
    connection: Connection,
    *,
    operation_number: int,
    cells: Collection[int] | None = None,
    after: int,
    until: int,
    limit: int,
) -> list[Known]:
    """Values beyond one position, up to another; the first ``limit``.

    :param cells: those of these alone.
    """
    rows = connection.execute(
        select(
            operation_values.c.position,
            operation_values.c.cell_ordinal.label("cell"),
            operation_values.c.value,
        )
        .where(
            operation_values.c.operation_number == operation_number,
            operation_values.c.position > after,
            operation_values.c.position <= until,
            _in(operation_values.c.cell_ordinal, cells),
        )
        .order_by(operation_values.c.position)
        .limit(limit)
    )
    return [Known(*row) for row in rows]


def newer_outcomes(
    connection: Connection,
    *,
    operation_number: int,
    cells: Collection[int] | None = None,
    after: int,
    until: int,
    not_of: str | None = None,
) -> list[Outcome]:
    """What came of steered prompts, beyond one ``outcomes.id`` up to another.

    :param cells: that of these alone.
    :param not_of: a worker whose own are left out.
    """
    rows = connection.execute(
        select(
            outcomes.c.cell_ordinal.label("cell"),
            outcomes.c.focus,
            outcomes.c.asked,
            outcomes.c.said,
            outcomes.c.fresh,
        )
        .where(
            outcomes.c.operation_number == operation_number,
            outcomes.c.id > after,
            outcomes.c.id <= until,
            _in(outcomes.c.cell_ordinal, cells),
            outcomes.c.worker.is_distinct_from(not_of),
        )
        .order_by(outcomes.c.id)
    )
    return [Outcome(**row) for row in rows.mappings()]


def _in(column: ColumnElement[int], cells: Collection[int] | None) -> ColumnElement[bool]:
    return true() if cells is None else column == any_(literal(list(cells), ARRAY(Integer)))


_COLUMNS = """
    c.operation_number, c.ordinal, c.quota, c.generated_count AS distinct, c.said, c.said_again,
    o.generated_count,
    (
        SELECT coalesce(max(id), 0) FROM outcomes WHERE operation_number = o.number
    ) AS last_outcome
"""

# As ``claims`` does; whether a free slot has the model is left out.
_NEXT = text(
    f"""
    WITH next AS MATERIALIZED (
        SELECT * FROM operations WHERE has_work AND number = ANY (:numbers)
        ORDER BY priority DESC, number
        LIMIT 1
    )
    SELECT {_COLUMNS} FROM next o JOIN LATERAL (
        SELECT * FROM cells
        WHERE operation_number = o.number AND open_count > 0
        ORDER BY open_count DESC, ordinal
        LIMIT :most
    ) c ON c.said_again > 0
    WHERE NOT o.allow_duplicates
    ORDER BY c.open_count DESC, c.ordinal
    """  # noqa: S608 - a constant
)

_THESE = text(
    f"""
    SELECT {_COLUMNS}
    FROM unnest(CAST(:numbers AS bigint[]), CAST(:ordinals AS int[])) AS this (number, ordinal)
    JOIN operations o ON o.number = this.number
    JOIN cells c ON c.operation_number = this.number AND c.ordinal = this.ordinal
    """  # noqa: S608 - a constant
)

_GOING_ON = text("SELECT number FROM operations WHERE number = ANY (:numbers) AND end_time IS NULL")
