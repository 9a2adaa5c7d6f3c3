"""A file of SQLite that is filled."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain

from shared.connectors.differences import compare
from shared.connectors.errors import ConnectorError, DataRefused, NotSupported
from shared.connectors.interface import Chunk, Source
from shared.connectors.sqlite.catalogue import PROGRESS, quote
from shared.connectors.sqlite.database import SqliteDatabase, is_source
from shared.connectors.sqlite.files import telling
from shared.connectors.sqlite.values import Value, rows_of
from shared.synthesis.schema import Schema, Table

#: Everything that was made in a file, in an order in which it can be made.
_MADE = """
SELECT type, name, sql FROM sqlite_master
 WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> ?
 ORDER BY CASE type WHEN 'table' THEN 1 WHEN 'index' THEN 2 WHEN 'view' THEN 3 ELSE 4 END, rowid
"""

#: Numbers that programs keep in a file, and that belong to its schema.
_NUMBERS = ("user_version", "application_id")
_COMPLAINTS = 20


class SqliteTarget(SqliteDatabase):
    """See :class:`shared.connectors.interface.Target`."""

    _drops: Sequence[str] | None = None

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that writes; rolled back when the block raises."""
        with telling():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
            except BaseException:
                with suppress(sqlite3.Error):
                    self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")

    def is_empty(self) -> bool:
        """See :class:`shared.connectors.interface.Target`."""
        with telling():
            return self.connection.execute(_MADE, [PROGRESS]).fetchone() is None

    def has_rows(self, schema: Schema) -> list[str]:
        """See :class:`shared.connectors.interface.Target`."""
        with telling():
            return [
                str(table.name)
                for table in schema
                if self.connection.execute(
                    f"SELECT 1 FROM {quote(table.name.name)} LIMIT 1"  # noqa: S608 - quoted
                ).fetchone()
            ]

    def create(self, source: Source) -> None:
        """See :class:`shared.connectors.interface.Target`."""
        theirs = is_source(source)
        if theirs is None:
            raise NotSupported("A file of SQLite is created from a file of SQLite alone.")
        with telling():
            made = theirs.execute(_MADE, [PROGRESS]).fetchall()
            numbers = {
                name: int(theirs.execute(f"PRAGMA {name}").fetchone()[0]) for name in _NUMBERS
            }
        with self.changing() as connection:
            for _, _, statement in made:
                connection.execute(statement)
            for name, number in numbers.items():
                connection.execute(f"PRAGMA {name} = {number}")

    def differences(self, schema: Schema) -> list[str]:
        """See :class:`shared.connectors.interface.Target`."""
        return compare(schema, self.reflect())

    def bare(self, schema: Schema, *, drop_indexes: bool) -> list[str]:
        """See :class:`shared.connectors.interface.Target`.

        Keys are looked at in the end alone, and the indexes of constraints cannot be dropped.
        """
        names = {table.name.name for table in schema}
        with telling():
            found = self.connection.execute(
                "SELECT type, name, tbl_name, sql FROM sqlite_master"
                " WHERE type IN ('index', 'trigger') AND sql IS NOT NULL ORDER BY type, name"
            ).fetchall()
        wanted = [
            (kind, name, statement)
            for kind, name, table, statement in found
            if table in names and (kind == "trigger" or drop_indexes)
        ]
        self._drops = [f"DROP {kind.upper()} {quote(name)}" for kind, name, _ in wanted]
        # The marks of blocks go too, which a run that does not come to its end leaves.
        return [*(statement for _, _, statement in wanted), f"DROP TABLE IF EXISTS {PROGRESS}"]

    def lay_bare(self) -> None:
        """See :class:`shared.connectors.interface.Target`."""
        if self._drops is None:
            raise ValueError("what is taken away has to be listed before, by `bare`")
        with self.changing() as connection:
            for statement in self._drops:
                connection.execute(statement)

    def clear(self, schema: Schema) -> None:
        """See :class:`shared.connectors.interface.Target`."""
        with self.changing() as connection:
            for table in schema:
                connection.execute(f"DELETE FROM {quote(table.name.name)}")  # noqa: S608 - quoted
            if connection.execute(
                "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_sequence'"
            ).fetchone():
                connection.execute("DELETE FROM sqlite_sequence")
            connection.execute(f"DROP TABLE IF EXISTS {PROGRESS}")
            connection.execute(
                f"CREATE TABLE {PROGRESS} (run TEXT NOT NULL, table_name TEXT NOT NULL,"
                " block INTEGER NOT NULL, PRIMARY KEY (run, table_name, block)) WITHOUT ROWID"
            )

    def write(
        self,
        table: Table,
        columns: Sequence[str],
        chunks: Iterable[Chunk],
        *,
        run: str,
        block: int,
        bulk: bool = True,
    ) -> int | None:
        """See :class:`shared.connectors.interface.Target`; there is one way, ``bulk`` or not."""
        del bulk
        waiting = iter(chunks)
        first = next(waiting, None)
        written = 0
        with self.changing() as connection:
            if not self._mark(connection, table, run=run, block=block):
                return None
            if first is None:
                return 0
            generated = {each.name for each in table.columns if each.generated}
            plain = [name for name in columns if name in first.columns and name not in generated]
            names = [*plain, *first.opaque]
            for chunk in chain([first], waiting):
                _insert(connection, table, names, list(rows_of(chunk, plain)))
                written += chunk.rows
        return written

    @staticmethod
    def _mark(connection: sqlite3.Connection, table: Table, *, run: str, block: int) -> bool:
        try:
            done = connection.execute(
                f"INSERT OR IGNORE INTO {PROGRESS} VALUES (?, ?, ?)",  # noqa: S608 - ours
                [run, table.name.name, block],
            ).rowcount
        except sqlite3.OperationalError:
            raise ConnectorError(
                "The target is not being filled any more: the run's marks are gone."
            ) from None
        if connection.execute(
            f"SELECT 1 FROM {PROGRESS} WHERE run <> ? LIMIT 1",  # noqa: S608 - ours
            [run],
        ).fetchone():
            raise ConnectorError("Another run fills this target by now; this one writes no more.")
        return bool(done)

    def repair(self, statements: Sequence[str]) -> None:
        """See :class:`shared.connectors.interface.Target`."""
        failed = []
        for statement in statements:
            try:
                with self.changing() as connection:
                    connection.execute(statement)
            except ConnectorError as error:
                if "already exists" not in str(error):
                    failed.append(str(error))
        if failed:
            raise DataRefused("; ".join(failed))

    def finish(self, schema: Schema) -> None:
        """See :class:`shared.connectors.interface.Target`.

        SQLite counts its numbers on by itself. Statistics are renewed where there are any.
        """
        del schema
        with self.changing() as connection:
            connection.execute(f"DROP TABLE IF EXISTS {PROGRESS}")
        with telling():
            if self.connection.execute(
                "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat1'"
            ).fetchone():
                self.connection.execute("ANALYZE")

    def verify(self, schema: Schema) -> list[str]:
        """See :class:`shared.connectors.interface.Target`."""
        names = {table.name.name: table for table in schema}
        with telling():
            orphans = Counter(
                (table, key)
                for table, _, _, key in self.connection.execute("PRAGMA foreign_key_check")
                if table in names
            )
            said = self.connection.execute(f"PRAGMA integrity_check({_COMPLAINTS})").fetchall()
        found = [
            f"{count} rows of {table} refer to no row by {table} key {key}."
            for (table, key), count in sorted(orphans.items())
        ]
        return [*found, *(row[0] for row in said if row[0] != "ok")]


def _insert(
    connection: sqlite3.Connection,
    table: Table,
    names: Sequence[str],
    rows: Sequence[tuple[Value, ...]],
) -> None:
    into = f"INSERT INTO {quote(table.name.name)}"
    if not names:
        for _ in rows:
            connection.execute(f"{into} DEFAULT VALUES")
        return
    listed = ", ".join(map(quote, names))
    marks = ", ".join("?" * len(names))
    statement = f"{into} ({listed}) VALUES ({marks})"
    connection.execute("SAVEPOINT rows")
    try:
        connection.executemany(statement, rows)
    except UnicodeEncodeError:
        # Texts that are no UTF-8: they go as the bytes that they are, and are called texts.
        connection.execute("ROLLBACK TO rows")
        for row in rows:
            odd = [isinstance(v, str) and not _is_utf8(v) for v in row]
            marks = ", ".join("CAST(? AS TEXT)" if each else "?" for each in odd)
            connection.execute(
                f"{into} ({listed}) VALUES ({marks})",
                [
                    v.encode("utf-8", "surrogateescape") if is_odd and isinstance(v, str) else v
                    for v, is_odd in zip(row, odd, strict=True)
                ],
            )
    connection.execute("RELEASE rows")


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
