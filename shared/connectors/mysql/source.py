"""A MySQL database that is read: one read-only transaction, from the first look to the last.

Its snapshot is consistent, for tables of transactional engines, and is this connection's alone.
While rows are being read, nothing else can be asked through the same connection.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, suppress
from typing import Any

import pymysql
from pymysql.cursors import SSCursor

from shared.connectors.errors import NotSupported
from shared.connectors.interface import EVERYTHING, Address, Chunk, Cut, Limits, Secrets
from shared.connectors.mysql import cutting, quoting, types
from shared.connectors.mysql.catalogue import Row
from shared.connectors.mysql.database import MysqlDatabase
from shared.synthesis.schema import Column, Table

FORM = "mysql"

#: A chunk ends with so many rows, or so many bytes.
_ROWS = 5_000
_BYTES = 4 * 2**20
_FETCHED = 200

#: From so many rows on, a sample is drawn of some of them alone.
_LARGE = 200_000


class MysqlSource(MysqlDatabase):
    """See :class:`shared.connectors.interface.Source`."""

    _read_only = True

    def __init__(self, address: Address, secrets: Secrets, *, limits: Limits) -> None:
        super().__init__(address, secrets, limits=limits)
        try:
            self.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        except BaseException:
            self._open.close()
            raise

    def export_snapshot(self) -> str | None:
        """None: no other connection can see what this one sees."""
        return None

    def use_snapshot(self, snapshot: str) -> None:  # noqa: ARG002
        """See :class:`shared.connectors.interface.Source`; there are none here."""
        raise NotSupported("MySQL has no snapshot that several connections see.")

    def cuts(self, table: Table, rows: int) -> list[Cut]:
        """See :class:`shared.connectors.interface.Source`."""
        return cutting.cuts(self.ask_raw, table, rows)

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
        decoded = [table[name] for name in columns if name in decode]
        opaque = [
            table[name] for name in columns if name not in decode and not table[name].generated
        ]
        query = (
            f"SELECT {', '.join(map(types.selected, [*decoded, *opaque]))}"
            f" FROM {quoting.name(table.name.name)}"
            f"{cutting.condition(table, cut)}{cutting.order(table)}"
        )
        for rows in self._rows(query):
            yield _chunk(rows, decoded, opaque)

    def _rows(self, query: str) -> Iterator[list[tuple[Any, ...]]]:
        """Rows as the server sends them, some at a time; none is kept for longer."""
        with self.telling(), closing(SSCursor(self.connection)) as cursor:
            cursor.execute(query)
            gathered: list[tuple[Any, ...]] = []
            size = 0
            while fetched := cursor.fetchmany(_FETCHED):
                gathered += fetched
                size += sum(len(value) for row in fetched for value in row if value is not None)
                if len(gathered) >= _ROWS or size >= _BYTES:
                    yield gathered
                    gathered, size = [], 0
            if gathered:
                yield gathered

    def sample(
        self, table: Table, columns: Sequence[str], rows: int, *, seed: int | None = None
    ) -> Chunk:
        """See :class:`shared.connectors.interface.Source`; drawn by a keyed hash of the rows."""
        seed = random.getrandbits(31) if seed is None else seed & 0x7FFFFFFF
        key = cutting.key_of(table) or tuple(column.name for column in table.columns)
        spread = f"CONCAT_WS(',', {seed}, {', '.join(types.as_text(table[each]) for each in key)})"
        share = ""
        if table.rows and table.rows > max(_LARGE, 4 * rows):
            share = f" WHERE CRC32({spread}) % {max(1, table.rows // (2 * rows))} = 0"
        read = [table[name] for name in columns]
        found = self.ask_raw(
            f"SELECT {', '.join(map(types.selected, read))} FROM {quoting.name(table.name.name)}"
            f"{share} ORDER BY MD5({spread}) LIMIT {rows}"
        )
        return _chunk(found, read, [])

    def distinct(self, table: Table, columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """See :class:`shared.connectors.interface.Source`."""
        texts = [types.as_text(table[name]) for name in columns]
        present = " AND ".join(f"{quoting.name(name)} IS NOT NULL" for name in columns)
        numbers = ", ".join(str(number) for number in range(1, len(texts) + 1))
        query = (
            f"SELECT DISTINCT {', '.join(texts)} FROM {quoting.name(table.name.name)}"
            f" WHERE {present} ORDER BY {numbers}"
        )
        for rows in self._rows(query):
            for row in rows:
                yield tuple(value.decode() for value in row)

    def definitions(self, kind: str, names: Sequence[str]) -> list[Row]:
        """What ``SHOW CREATE`` says of tables, views or triggers."""
        return [self.ask(f"SHOW CREATE {kind} {quoting.name(name)}")[0] for name in names]

    def views(self) -> list[str]:
        """The names of all views, such that each comes after those that it was made after."""
        return self._names(
            "SELECT table_name FROM information_schema.views WHERE table_schema = DATABASE()"
        )

    def triggers(self) -> list[str]:
        """The names of all triggers, in the order in which they run."""
        return self._names(
            "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema ="
            " DATABASE() ORDER BY event_object_table, action_timing, event_manipulation,"
            " action_order"
        )

    def _names(self, query: str) -> list[str]:
        return [row[0] for row in self.ask(query) if row[0] is not None]

    def _close(self) -> None:
        # Rows that nobody wants any more are not waited for.
        with suppress(pymysql.err.Error, OSError):
            _sever(self.connection)


def _sever(connection: Any) -> None:
    connection._force_close()


def _chunk(
    rows: list[tuple[Any, ...]], decoded: Sequence[Column], opaque: Sequence[Column]
) -> Chunk:
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else []
    columns = columns or [[] for _ in (*decoded, *opaque)]
    return Chunk(
        rows=len(rows),
        columns={
            column.name: types.decode(column, values)
            for column, values in zip(decoded, columns, strict=False)
        },
        opaque=tuple(column.name for column in opaque),
        rest=columns[len(decoded) :],
        form=FORM,
    )
