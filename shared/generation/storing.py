"""Insert what prompts have said: each new value once, and no more than the prompt still wants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, RowMapping, text

from shared.equality import digest, fold
from shared.generation.backfill import fold_values
from shared.generation.reports import Report


@dataclass(frozen=True, kw_only=True)
class Part:
    """Reports that are settled together: all of one operation."""

    operation: RowMapping
    #: Its batches that are still ours, by id.
    ours: Mapping[int, RowMapping]
    reports: Sequence[Report]

    @property
    def number(self) -> int:
        """Of the operation."""
        return int(self.operation["number"])


@dataclass(kw_only=True)
class Told:
    """What became of the values of a part: by batch, or by cell where noted so."""

    stored: Counter[int] = field(default_factory=Counter)
    known: int = 0
    #: By cell: values of that cell that were said for a second time, and the change in the
    #: number of those said exactly twice.
    again: Counter[int] = field(default_factory=Counter)
    twice: Counter[int] = field(default_factory=Counter)


def _room(batch: RowMapping, report: Report) -> int:
    return int(batch["asked"]) - (report.ended is None)


def store(connection: Connection, parts: Sequence[Part]) -> dict[int, Told]:
    """Insert up to as many new values as each batch still asks for.

    :returns: what became of them, by the number of the operation.
    """
    told = {part.number: Told() for part in parts}
    for part in parts:
        done, there = part.operation["folded_count"], part.operation["generated_count"]
        if done < there and not part.operation["allow_duplicates"]:
            fold_values(connection, number=part.number, after=done, until=there)
    for statement, allowed in ((_INSERT_ALL, True), (_INSERT_NEW, False)):
        chosen = [part for part in parts if part.operation["allow_duplicates"] == allowed]
        parameters = _parameters(chosen)
        if not parameters["values"]:
            continue
        for row in connection.execute(statement, parameters):
            found = told[row.number]
            found.known = row.known
            found.stored.update({int(batch): stored for batch, stored in row.stored.items()})
            found.again.update({int(cell): again for cell, again, _ in row.again})
            found.twice.update({int(cell): twice for cell, _, twice in row.again})
    return told


def _parameters(parts: Sequence[Part]) -> dict[str, list[Any]]:
    reports = [(part, report) for part in parts for report in part.reports]
    said = [(report.batch_id, value) for _, report in reports for value in report.values]
    batches = [(part, report, part.ours[report.batch_id]) for part, report in reports]
    digests = [digest(value) for _, value in said]
    folded = [
        whole if (common := fold(value)) == value else digest(common)
        for whole, (_, value) in zip(digests, said, strict=True)
    ]
    return {
        "values": [value for _, value in said],
        "digests": digests,
        "folded": folded,
        "batches": [batch for batch, _ in said],
        "ids": [report.batch_id for _, report, _ in batches],
        "rooms": [_room(batch, report) for _, report, batch in batches],
        "cells": [batch["cell_ordinal"] for _, _, batch in batches],
        "numbers": [part.number for part, _, _ in batches],
        "generated": [part.operation["generated_count"] for part, _, _ in batches],
    }


_SAID = """
    batch AS MATERIALIZED (
        SELECT * FROM unnest(
            CAST(:ids AS bigint[]), CAST(:rooms AS int[]), CAST(:cells AS int[]),
            CAST(:numbers AS bigint[]), CAST(:generated AS int[])
        ) AS batch (id, room, cell, number, generated)
    )
"""

_INSERT_ALL = text(
    f"""
    WITH {_SAID}, allowed AS (
        SELECT said.*, batch.*,
            row_number() OVER (PARTITION BY said.batch ORDER BY said.ordinality) AS nth
        FROM unnest(CAST(:values AS text[]), CAST(:batches AS bigint[]))
            WITH ORDINALITY AS said (value, batch, ordinality)
        JOIN batch ON batch.id = said.batch
    ), fresh AS MATERIALIZED (
        SELECT *,
            generated + row_number() OVER (PARTITION BY number ORDER BY ordinality) AS place
        FROM allowed WHERE nth <= room
    ), inserted AS (
        INSERT INTO operation_values (operation_number, position, cell_ordinal, value)
        SELECT number, place, cell, value FROM fresh ORDER BY number, place
    )
    SELECT number, 0 AS known, jsonb_object_agg(batch, stored) AS stored, '[]'::jsonb AS again
    FROM (SELECT number, batch, count(*) AS stored FROM fresh GROUP BY number, batch) AS per_batch
    GROUP BY number
    """  # noqa: S608 - a constant
)

# Several prompts may say the same new value at once: the first of them gets it, for the others
# it is known. A value is known where the digest of what it folds to stands: as `digest` of a value
# that folds to itself, as `folded` of others. How often a value was said is noted only where its
# own cell says it again: what one cell says of another's tells nothing of how the other draws.
_INSERT_NEW = text(
    f"""
    WITH {_SAID}, said AS MATERIALIZED (
        SELECT said.*, batch.*, coalesce(v.position, f.position) AS position,
            coalesce(v.cell_ordinal, f.cell_ordinal) AS owner,
            row_number() OVER (
                PARTITION BY batch.number, said.folded ORDER BY said.ordinality
            ) AS turn
        FROM unnest(
            CAST(:values AS text[]), CAST(:digests AS uuid[]), CAST(:folded AS uuid[]),
            CAST(:batches AS bigint[])
        ) WITH ORDINALITY AS said (value, digest, folded, batch, ordinality)
        JOIN batch ON batch.id = said.batch
        LEFT JOIN operation_values v
            ON v.operation_number = batch.number AND v.digest = said.folded
        LEFT JOIN operation_values f
            ON f.operation_number = batch.number AND f.folded = said.folded
    ), fresh AS MATERIALIZED (
        SELECT *,
            generated + row_number() OVER (PARTITION BY number ORDER BY ordinality) AS place
        FROM (
            SELECT *, row_number() OVER (PARTITION BY batch ORDER BY ordinality) AS nth
            FROM said WHERE position IS NULL AND turn = 1
        ) AS candidate
        WHERE nth <= room
    ), inserted AS (
        INSERT INTO operation_values
            (operation_number, position, cell_ordinal, digest, folded, value)
        SELECT number, place, cell, digest, nullif(folded, digest), value
        FROM fresh ORDER BY number, place
    ), repeated AS MATERIALIZED (
        SELECT said.number, coalesce(said.position, fresh.place) AS position, said.cell,
            count(*) AS times
        FROM said LEFT JOIN fresh ON fresh.number = said.number AND fresh.folded = said.folded
        WHERE coalesce(said.owner, fresh.cell) = said.cell
            AND (said.position IS NOT NULL OR said.turn > 1)
        GROUP BY 1, 2, 3
    ), noted AS (
        INSERT INTO repeats AS r (operation_number, position, times)
        SELECT number, position, 1 + times FROM repeated ORDER BY number, position
        ON CONFLICT (operation_number, position) DO UPDATE
            SET times = r.times + excluded.times - 1
        RETURNING operation_number AS number, position, times
    ), per_cell AS (
        SELECT number, cell,
            count(*) FILTER (WHERE noted.times - repeated.times = 1) AS again,
            count(*) FILTER (WHERE noted.times = 2)
                - count(*) FILTER (WHERE noted.times - repeated.times = 2) AS twice
        FROM noted JOIN repeated USING (number, position)
        GROUP BY number, cell
    )
    SELECT operation.number,
        (
            SELECT count(*) FROM said
            WHERE number = operation.number AND (position IS NOT NULL OR turn > 1)
        ) AS known,
        (
            SELECT coalesce(jsonb_object_agg(batch, stored), '{{}}') FROM (
                SELECT batch, count(*) AS stored FROM fresh
                WHERE number = operation.number GROUP BY batch
            ) AS per_batch
        ) AS stored,
        (
            SELECT coalesce(jsonb_agg(jsonb_build_array(cell, again, twice)), '[]')
            FROM per_cell WHERE number = operation.number
        ) AS again
    FROM (SELECT DISTINCT number FROM batch) AS operation
    """  # noqa: S608 - a constant
)
