"""Millions of values by SQL: the rows that the service would have written, without the wait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import psycopg

from tests.bench.service import Service

#: Spreads the order of the values over that of their generation; a prime, so that it shares no
#: factor with a count that has none but 2 and 5.
STRIDE = 7_919
MEMORY = "1GB"

INSERT = """
INSERT INTO operation_values (operation_number, position, cell_ordinal, digest, value)
SELECT %(number)s, position, 0, md5(position::text)::uuid,
    'value number ' || lpad((position::bigint * %(stride)s %% %(count)s)::text, 8, '0')
FROM {positions} AS position
"""


class Filled:
    """An operation of ``count`` values, of which some or all are there.

    Position p holds the value of rank ``p * STRIDE mod count`` (from 0) in code point order.
    """

    def __init__(self, running: Service, connection: psycopg.Connection[Any], count: int) -> None:
        self._connection = connection
        self._count = count
        job = running.api.submit(count)
        self.id = str(job["target_id"])
        self.number = self._operation_number()

    def put(self, positions: Sequence[int]) -> None:
        """Have the values at these positions, and no others."""
        self._clear()
        self._insert("unnest(%(positions)s::int[])", positions=list(positions))

    def put_all(self) -> None:
        """Have all values; the indexes are as the migrations make them."""
        self._clear()
        with self._connection.transaction():
            self._connection.execute(f"SET LOCAL maintenance_work_mem = '{MEMORY}'")
            rebuild = self._drop_indexes()
            # Reading is the same without a write-ahead log, and loading takes half the time.
            self._connection.execute("ALTER TABLE operation_values SET UNLOGGED")
            self._insert("generate_series(1, %(count)s)")
            for statement in rebuild:
                self._connection.execute(statement)
            self._connection.execute(
                "UPDATE operations SET generated_count = %s, open_count = 0 WHERE number = %s",
                [self._count, self.number],
            )
        # As autovacuum would in time: the visibility map, and what the planner goes by.
        self._connection.execute("VACUUM (ANALYZE) operation_values")

    def position_of_rank(self, rank: int) -> int:
        """Where the value is that ``rank`` others come before."""
        return rank * pow(STRIDE, -1, self._count) % self._count or self._count

    def _operation_number(self) -> int:
        row = self._connection.execute(
            "SELECT number FROM operations WHERE id = %s", [UUID(self.id)]
        ).fetchone()
        assert row
        return int(row[0])

    def _clear(self) -> None:
        self._connection.execute(
            "DELETE FROM operation_values WHERE operation_number = %s", [self.number]
        )

    def _insert(self, source: str, **parameters: Any) -> None:
        self._connection.execute(
            INSERT.format(positions=source),
            {"number": self.number, "stride": STRIDE, "count": self._count, **parameters},
        )

    def _drop_indexes(self) -> list[str]:
        """Drop all indexes of the values; return the statements that make them again."""
        table = "'operation_values'::regclass"
        keys = self._connection.execute(
            f"SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
            f"WHERE conrelid = {table} AND contype IN ('p', 'u')"
        ).fetchall()
        rebuild = []
        for name, definition in keys:
            self._connection.execute(f"ALTER TABLE operation_values DROP CONSTRAINT {name}")
            rebuild.append(f"ALTER TABLE operation_values ADD CONSTRAINT {name} {definition}")
        indexes = self._connection.execute(
            f"SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index "
            f"WHERE indrelid = {table}"
        ).fetchall()
        for name, definition in indexes:
            self._connection.execute(f"DROP INDEX {name}")
            rebuild.append(definition)
        return rebuild
