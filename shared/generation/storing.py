"""Insert what prompts have said: each new value once, and no more than the prompt still wants."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, text

from shared.generation.reports import Report


@dataclass(frozen=True, kw_only=True)
class Told:
    """What became of the values: by batch, or by cell where noted so."""

    stored: Counter[int]
    known: int
    #: By cell: values of that cell that were said for a second time, and the change in the
    #: number of those said exactly twice.
    again: Counter[int]
    twice: Counter[int]


def _room(batch: RowMapping, report: Report) -> int:
    return int(batch["asked"]) - (report.ended is None)


def store(
    connection: Connection,
    operation: RowMapping,
    ours: Mapping[int, RowMapping],
    reports: Sequence[Report],
) -> Told:
    """Insert up to as many new values as each batch still asks for."""
    told = Told(stored=Counter(), known=0, again=Counter(), twice=Counter())
    said = [(report.batch_id, value) for report in reports for value in report.values]
    if not said:
        return told
    parameters = {
        "number": operation["number"],
        "generated": operation["generated_count"],
        "values": [value for _, value in said],
        "batches": [batch for batch, _ in said],
        "ids": [report.batch_id for report in reports],
        "rooms": [_room(ours[report.batch_id], report) for report in reports],
        "cells": [ours[report.batch_id]["cell_ordinal"] for report in reports],
    }
    if operation["allow_duplicates"]:
        rows = connection.execute(_INSERT_ALL, parameters)
        told.stored.update({row.batch: row.stored for row in rows})
        return told
    parameters["digests"] = [digest(value) for _, value in said]
    row = connection.execute(_INSERT_NEW, parameters).one()
    told.stored.update({int(batch): stored for batch, stored in row.stored.items()})
    told.again.update({int(cell): again for cell, again, _ in row.again})
    told.twice.update({int(cell): twice for cell, _, twice in row.again})
    return Told(stored=told.stored, known=row.known, again=told.again, twice=told.twice)


def digest(value: str) -> uuid.UUID:
    """128 bits of BLAKE2b (RFC 7693) over the value in UTF-8, in the shape of a UUID.

    Of a billion values, two share one with a probability of about 10^-21.
    """
    return uuid.UUID(bytes=hashlib.blake2b(value.encode(), digest_size=16).digest())


_SAID = """
    batch AS MATERIALIZED (
        SELECT * FROM unnest(
            CAST(:ids AS bigint[]), CAST(:rooms AS int[]), CAST(:cells AS int[])
        ) AS batch (id, room, cell)
    )
"""

_INSERT_ALL = text(
    f"""
    WITH {_SAID}, allowed AS (
        SELECT said.*, batch.cell, batch.room,
            row_number() OVER (PARTITION BY said.batch ORDER BY said.ordinality) AS nth
        FROM unnest(CAST(:values AS text[]), CAST(:batches AS bigint[]))
            WITH ORDINALITY AS said (value, batch, ordinality)
        JOIN batch ON batch.id = said.batch
    ), fresh AS MATERIALIZED (
        SELECT *, row_number() OVER (ORDER BY ordinality) AS place FROM allowed WHERE nth <= room
    ), inserted AS (
        INSERT INTO operation_values (operation_number, position, cell_ordinal, value)
        SELECT :number, :generated + place, cell, value FROM fresh ORDER BY place
    )
    SELECT batch, count(*) AS stored FROM fresh GROUP BY batch
    """  # noqa: S608 - a constant
)

# Several prompts may say the same new value at once: the first of them gets it, for the others
# it is known. How often a value was said is noted only where its own cell says it again: what
# one cell says of another's tells nothing of how the other draws.
_INSERT_NEW = text(
    f"""
    WITH {_SAID}, said AS MATERIALIZED (
        SELECT said.*, batch.cell, batch.room, v.position, v.cell_ordinal AS owner,
            row_number() OVER (PARTITION BY said.digest ORDER BY said.ordinality) AS turn
        FROM unnest(
            CAST(:values AS text[]), CAST(:digests AS uuid[]), CAST(:batches AS bigint[])
        ) WITH ORDINALITY AS said (value, digest, batch, ordinality)
        JOIN batch ON batch.id = said.batch
        LEFT JOIN operation_values v
            ON v.operation_number = :number AND v.digest = said.digest
    ), fresh AS MATERIALIZED (
        SELECT *, row_number() OVER (ORDER BY ordinality) AS place
        FROM (
            SELECT *, row_number() OVER (PARTITION BY batch ORDER BY ordinality) AS nth
            FROM said WHERE position IS NULL AND turn = 1
        ) AS candidate
        WHERE nth <= room
    ), inserted AS (
        INSERT INTO operation_values (operation_number, position, cell_ordinal, digest, value)
        SELECT :number, :generated + place, cell, digest, value FROM fresh ORDER BY place
    ), repeated AS MATERIALIZED (
        SELECT coalesce(said.position, :generated + fresh.place) AS position, said.cell,
            count(*) AS times
        FROM said LEFT JOIN fresh ON fresh.digest = said.digest
        WHERE coalesce(said.owner, fresh.cell) = said.cell
            AND (said.position IS NOT NULL OR said.turn > 1)
        GROUP BY 1, 2
    ), noted AS (
        INSERT INTO repeats AS r (operation_number, position, times)
        SELECT :number, position, 1 + times FROM repeated ORDER BY position
        ON CONFLICT (operation_number, position) DO UPDATE
            SET times = r.times + excluded.times - 1
        RETURNING position, times
    ), per_cell AS (
        SELECT cell,
            count(*) FILTER (WHERE noted.times - repeated.times = 1) AS again,
            count(*) FILTER (WHERE noted.times = 2)
                - count(*) FILTER (WHERE noted.times - repeated.times = 2) AS twice
        FROM noted JOIN repeated USING (position)
        GROUP BY cell
    )
    SELECT
        (SELECT count(*) FROM said WHERE position IS NOT NULL OR turn > 1) AS known,
        (
            SELECT coalesce(jsonb_object_agg(batch, stored), '{{}}')
            FROM (SELECT batch, count(*) AS stored FROM fresh GROUP BY batch) AS per_batch
        ) AS stored,
        (
            SELECT coalesce(jsonb_agg(jsonb_build_array(cell, again, twice)), '[]')
            FROM per_cell
        ) AS again
    """  # noqa: S608 - a constant
)
