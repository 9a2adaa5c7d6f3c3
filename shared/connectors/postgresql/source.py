"""A PostgreSQL database that is read: one read-only transaction, from the first look to the last.

Its snapshot can be exported, so that other processes see the same. Who asks something else while
rows are being read ends that reading.
"""

from __future__ import annotations

import inspect
import random
from collections.abc import Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg import sql

from shared.connectors.errors import ConnectorError
from shared.connectors.interface import EVERYTHING, Address, Chunk, Cut, Limits, Secrets
from shared.connectors.postgresql import cutting, lines
from shared.connectors.postgresql.connecting import begin
from shared.connectors.postgresql.database import PostgresDatabase
from shared.connectors.postgresql.errors import telling
from shared.synthesis.schema import Table

#: Of how many rows a sample is drawn, at most: rows on one page are much alike, so it takes many.
_DRAWN_OF = 500_000


_T = TypeVar("_T")


class Reading(Iterator[_T]):
    """Rows on their way. A connection has one such way: who begins another ends this one."""

    def __init__(self, source: PostgresSource, rows: Generator[_T]) -> None:
        self._source = source
        self._rows = rows
        self._is_begun = self._is_abandoned = False

    def __next__(self) -> _T:
        if self._is_abandoned:
            raise ConnectorError("Something else was asked of the source before all was read.")
        if not self._is_begun:
            self._is_begun = True
            self._source.begin_reading(self)
        return next(self._rows)

    def close(self) -> None:
        """Read no more."""
        self._rows.close()

    def abandon(self) -> None:
        """Read no more, and let nobody take what was read for all there is."""
        self._is_abandoned = inspect.getgeneratorstate(self._rows) != inspect.GEN_CLOSED
        self._rows.close()


class PostgresSource(PostgresDatabase):
    """See :class:`shared.connectors.interface.Source`."""

    _read_only = True

    def __init__(self, address: Address, secrets: Secrets, *, limits: Limits) -> None:
        self._begun = False
        self._reading: Reading[Any] | None = None
        self._snapshot: str | None = None
        self._exported: str | None = None
        super().__init__(address, secrets, limits=limits)

    @contextmanager
    def asking(self) -> Iterator[psycopg.Connection[Any]]:
        """The one transaction, begun when it is first needed."""
        self.begin_reading(None)
        with self._transaction() as connection:
            yield connection

    @contextmanager
    def _transaction(self) -> Iterator[psycopg.Connection[Any]]:
        with telling(self.what):
            if not self._begun:
                begin(self.connection, self.limits, read_only=True, snapshot=self._snapshot)
                self._begun = True
            yield self.connection

    def export_snapshot(self) -> str | None:
        """See :class:`shared.connectors.interface.Source`."""
        with self.asking() as connection:
            row = connection.execute("SELECT pg_catalog.pg_export_snapshot()").fetchone()
            self._exported = str(row[0]) if row else None
            return self._exported

    def use_snapshot(self, snapshot: str) -> None:
        """See :class:`shared.connectors.interface.Source`."""
        self.begin_reading(None)
        with telling(self.what):
            if self._begun:
                self.connection.execute("ROLLBACK")
                self._begun = False
            self._snapshot = snapshot
        with self.asking():
            pass

    @property
    def snapshot(self) -> str | None:
        """What others may use to see the same, if this connection has been told of one."""
        return self._snapshot or self._exported

    def cuts(self, table: Table, rows: int) -> list[Cut]:
        """See :class:`shared.connectors.interface.Source`."""
        self.begin_reading(None)
        with self._looking() as connection:
            return cutting.cuts(connection, table, rows)

    def read(
        self,
        table: Table,
        columns: Sequence[str],
        cut: Cut = EVERYTHING,
        *,
        decode: Collection[str] = (),
    ) -> Iterator[Chunk]:
        """See :class:`shared.connectors.interface.Source`.

        Generated columns are left out, unless they are to be decoded.
        """
        generated = {each.name for each in table.columns if each.generated}
        decoded = [name for name in columns if name in decode]
        opaque = [name for name in columns if name not in decode and name not in generated]
        query = sql.SQL("COPY (SELECT {} FROM ONLY {}{}) TO STDOUT").format(
            sql.SQL(", ").join(map(sql.Identifier, [*decoded, *opaque])),
            sql.Identifier(table.name.schema, table.name.name),
            cutting.condition(table, cut),
        )
        return Reading(self, self._chunks(query, decoded, opaque))

    def _chunks(
        self, query: sql.Composed, decoded: Sequence[str], opaque: Sequence[str]
    ) -> Generator[Chunk]:
        with self._copying(query) as blocks:
            for block in blocks:
                yield lines.split(block, decoded=decoded, opaque=opaque)

    @contextmanager
    def _looking(self) -> Iterator[psycopg.Connection[Any]]:
        """A part of the transaction that leaves nothing: no locks of tables, no error."""
        with self._transaction() as connection:
            connection.execute("SAVEPOINT looking")
            try:
                yield connection
            finally:
                if not connection.closed:
                    connection.execute("ROLLBACK TO SAVEPOINT looking")
                    connection.execute("RELEASE SAVEPOINT looking")

    @contextmanager
    def _copying(self, query: sql.Composed) -> Iterator[Iterator[bytes]]:
        """Blocks of rows. Who stops before the end loses none of the transaction."""
        with self._looking() as connection, connection.cursor().copy(query) as copy:
            yield lines.gather(copy)

    def begin_reading(self, reading: Reading[Any] | None) -> None:
        """End the reading before, if it is not at its end; it is not gone on with."""
        before, self._reading = self._reading, reading
        if before is not None:
            before.abandon()

    def count(self, table: Table) -> int:
        """See :class:`shared.connectors.interface.Database`."""
        self.begin_reading(None)
        with self._looking():
            return super().count(table)

    def sample(
        self, table: Table, columns: Sequence[str], rows: int, *, seed: int | None = None
    ) -> Chunk:
        """See :class:`shared.connectors.interface.Source`.

        Of a very large table some pages are read, and all rows on them; of these, some are drawn.
        """
        seed = random.getrandbits(31) if seed is None else seed & 0x7FFFFFFF
        name = sql.Identifier(table.name.schema, table.name.name)
        with self.asking() as connection:
            share = self._share(connection, name, rows)
            some = (
                sql.SQL(" TABLESAMPLE SYSTEM ({}) REPEATABLE ({})").format(
                    sql.Literal(share), sql.Literal(seed)
                )
                if share < 100
                else sql.SQL("")
            )
            query = sql.SQL(
                "COPY (SELECT {columns} FROM ONLY {name}{some}"
                " ORDER BY pg_catalog.hashint8extended("
                "   (ctid::pg_catalog.text::pg_catalog.point)[0]::pg_catalog.int8 * 1000"
                "   + (ctid::pg_catalog.text::pg_catalog.point)[1]::pg_catalog.int8, {seed})"
                " LIMIT {rows}) TO STDOUT"
            ).format(
                columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
                name=name,
                some=some,
                seed=sql.Literal(seed),
                rows=sql.Literal(rows),
            )
        with self._copying(query) as blocks:
            return lines.split(b"".join(blocks), decoded=list(columns), opaque=[])

    @staticmethod
    def _share(connection: psycopg.Connection[Any], name: sql.Identifier, rows: int) -> float:
        """The percentage of pages of which a sample is drawn; of most tables, all."""
        row = connection.execute(
            "SELECT reltuples FROM pg_catalog.pg_class WHERE oid = %s::pg_catalog.regclass",
            [name.as_string(connection)],
        ).fetchone()
        return 100.0 * max(_DRAWN_OF, rows * 20) / max(row[0] if row else 0, 1)

    def distinct(self, table: Table, columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """See :class:`shared.connectors.interface.Source`."""
        # As COPY writes it: a cast to text would cut blanks off a char(n), and more.
        texts = sql.SQL(", ").join(
            sql.SQL('pg_catalog.concat({}) COLLATE pg_catalog."C"').format(sql.Identifier(column))
            for column in columns
        )
        there = sql.SQL(" AND ").join(
            sql.SQL("{} IS NOT NULL").format(sql.Identifier(column)) for column in columns
        )
        places = sql.SQL(", ").join(sql.SQL(str(place + 1)) for place in range(len(columns)))
        query = sql.SQL(
            "COPY (SELECT DISTINCT {} FROM ONLY {} WHERE {} ORDER BY {}) TO STDOUT"
        ).format(texts, sql.Identifier(table.name.schema, table.name.name), there, places)
        return Reading(self, self._rows(query, columns))

    def _rows(self, query: sql.Composed, columns: Sequence[str]) -> Generator[tuple[str, ...]]:
        with self._copying(query) as blocks:
            for block in blocks:
                chunk = lines.split(block, decoded=columns, opaque=[])
                for row in lines.rows_of(chunk, columns):
                    yield tuple(value or "" for value in row)
