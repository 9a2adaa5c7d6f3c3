"""A MySQL database that is filled.

Statements that make or change tables end a transaction here, so each method can be repeated
instead: what it would do and finds done, it leaves. Keys to other tables are not looked at while
rows are written (a setting of the session alone), and all of them in the end. Indexes stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress

import pymysql

from shared.connectors.differences import compare
from shared.connectors.errors import (
    ConnectorError,
    DataRefused,
    NotPermitted,
    NotSupported,
)
from shared.connectors.interface import Address, Chunk, Limits, Secrets, Source
from shared.connectors.mysql import definitions, quoting, types
from shared.connectors.mysql.catalogue import PROGRESS
from shared.connectors.mysql.charsets import fit
from shared.connectors.mysql.database import MysqlDatabase
from shared.connectors.mysql.errors import code_of
from shared.connectors.mysql.source import FORM, MysqlSource
from shared.synthesis.schema import Column, ForeignKey, Schema, Table

#: An INSERT has at most so many bytes, or rows.
_BYTES = 2**20
_ROWS = 1_000

_NO_RIGHT = (1142, 1227)
_EXISTS_ALREADY = (1050, 1359)

#: How SHOW CREATE writes texts: with backslashes.
_DEFINING = "STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION"
_WRITING = f"{_DEFINING},NO_BACKSLASH_ESCAPES"

#: The mark of a creation that has not come to its end.
_CREATING = "creating"


class MysqlTarget(MysqlDatabase):
    """See :class:`shared.connectors.interface.Target`."""

    def __init__(self, address: Address, secrets: Secrets, *, limits: Limits) -> None:
        super().__init__(address, secrets, limits=limits)
        self._triggers: list[str] | None = None
        self._packet = _BYTES
        self._charsets: dict[str, dict[str, str]] = {}
        try:
            self.execute("SET SESSION foreign_key_checks = 0")
            packet = int(self.ask_one("SELECT @@max_allowed_packet"))
            self._packet = min(_BYTES, packet // 2)
        except BaseException:
            self._open.close()
            raise

    def is_empty(self) -> bool:
        """See :class:`shared.connectors.interface.Target`; so is one that is half made by us."""
        if self._is_half_made():
            return True
        here = "= DATABASE()"
        return (
            self.ask_one(
                "SELECT (SELECT COUNT(*) FROM information_schema.tables WHERE table_schema"
                f" {here} AND table_name <> '{PROGRESS}')"
                f" + (SELECT COUNT(*) FROM information_schema.routines WHERE routine_schema {here})"
                f" + (SELECT COUNT(*) FROM information_schema.events WHERE event_schema {here})"
            )
            == "0"
        )

    def has_rows(self, schema: Schema) -> list[str]:
        """See :class:`shared.connectors.interface.Target`."""
        return [
            str(table.name) for table in schema if self.ask(f"SELECT 1 FROM {_name(table)} LIMIT 1")
        ]

    def create(self, source: Source) -> None:
        """See :class:`shared.connectors.interface.Target`. Routines and events are not copied.

        What was interrupted is begun anew: a mark tells that all there is was made by us.
        """
        if not isinstance(source, MysqlSource):
            raise NotSupported("A MySQL target is created from a MySQL source alone.")
        if self.database == "":
            raise ConnectorError(f"{self.what} does not exist.")
        triggers = source.triggers()
        if triggers and self._is_powerful() and not self.limits.superusers:
            raise NotPermitted(
                f"The source has triggers ({', '.join(triggers[:10])}), which would run in the "
                "target as a user who may do more than fill it. Use a user who has rights on the "
                "target's database alone (or set VALUEMILL_CONNECTOR_SUPERUSERS, if the source is "
                "trusted as the target's server is)."
            )
        self._mark_creation()
        with self._mode(_DEFINING):
            names = [table.name.name for table in source.reflect()]
            for row in source.definitions("TABLE", names):
                self.execute(definitions.table(row[1] or "", name=row[0] or ""))
            self._make_views(source)
            for name in triggers:
                (row,) = source.definitions("TRIGGER", [name])
                self.execute(f"SET SESSION sql_mode = {_text(row[1] or '')}")
                self.execute(definitions.trigger(row[2] or "", name=name, database=source.database))
        self.execute(f"DROP TABLE {quoting.name(PROGRESS)}")

    def _make_views(self, source: MysqlSource) -> None:
        """Each after those that it reads; which these are, the server says by refusing."""
        waiting = {
            name: definitions.view(row[1] or "", name=name, database=source.database)
            for name in source.views()
            for row in source.definitions("VIEW", [name])
        }
        while waiting:
            refused: dict[str, str] = {}
            told: ConnectorError | None = None
            for name, statement in waiting.items():
                try:
                    self.execute(statement)
                except ConnectorError as error:
                    refused[name], told = statement, error
            if told is not None and len(refused) == len(waiting):
                raise told
            waiting = refused

    def _mark_creation(self) -> None:
        if self._is_half_made():
            self._remove_all()
        self._make_progress()
        self._insert_mark(_CREATING, "", 0)

    def _is_half_made(self) -> bool:
        return self._has_progress() and bool(
            self.ask(f"SELECT 1 FROM {quoting.name(PROGRESS)} WHERE run = '{_CREATING}' LIMIT 1")
        )

    def _remove_all(self) -> None:
        for name, kind in self.ask(
            "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema ="
            f" DATABASE() AND table_name <> '{PROGRESS}'"
        ):
            what = "VIEW" if kind == "VIEW" else "TABLE"
            self.execute(f"DROP {what} IF EXISTS {quoting.name(name or '')}")

    def _is_powerful(self) -> bool:
        """Whether we have rights on more than databases that were named to us."""
        grants = [row[0] or "" for row in self.ask("SHOW GRANTS")]
        everywhere = [each for each in grants if " ON *.* " in each]
        return any(not each.startswith("GRANT USAGE ON") for each in everywhere)

    def differences(self, schema: Schema) -> list[str]:
        """See :class:`shared.connectors.interface.Target`."""
        found = compare(schema, self.reflect())
        for name, engine in self.ask(
            "SELECT t.table_name, t.engine FROM information_schema.tables t"
            " JOIN information_schema.engines e USING (engine)"
            " WHERE t.table_schema = DATABASE() AND e.transactions <> 'YES'"
            " AND t.table_type = 'BASE TABLE' ORDER BY t.table_name"
        ):
            found.append(
                f"The table {name} of the target has the engine {engine}, which knows no "
                "transactions, so that a copy could not be taken up where it stopped. Use InnoDB."
            )
        return found

    def bare(self, schema: Schema, *, drop_indexes: bool) -> list[str]:  # noqa: ARG002
        """See :class:`shared.connectors.interface.Target`. Only triggers are taken away.

        :raises NotPermitted: when one could not be put back as its definer's.
        """
        self._triggers, putting = [], []
        for name, definer in self.ask(
            "SELECT trigger_name, definer FROM information_schema.triggers"
            " WHERE trigger_schema = DATABASE() ORDER BY event_object_table, action_timing,"
            " event_manipulation, action_order"
        ):
            if definer != self.ask_one("SELECT CURRENT_USER()") and not self._is_powerful():
                raise NotPermitted(
                    f"The trigger {name} of the target belongs to {definer}, so that it could not "
                    "be put back once it is taken away. Fill the target as this user."
                )
            (row,) = self.ask(f"SHOW CREATE TRIGGER {quoting.name(name or '')}")
            putting += [f"SET SESSION sql_mode = {_text(row[1] or '')}", row[2] or ""]
            self._triggers.append(name or "")
        # The marks of blocks go too, which a run that does not come to its end leaves.
        return [*putting, f"DROP TABLE IF EXISTS {quoting.name(PROGRESS)}"]

    def lay_bare(self) -> None:
        """See :class:`shared.connectors.interface.Target`."""
        if self._triggers is None:
            raise ValueError("what is taken away has to be listed before, by `bare`")
        for name in self._triggers:
            self.execute(f"DROP TRIGGER IF EXISTS {quoting.name(name)}")

    def clear(self, schema: Schema) -> None:
        """See :class:`shared.connectors.interface.Target`."""
        for table in schema:
            if not self._tried(f"TRUNCATE TABLE {_name(table)}", but=_NO_RIGHT):
                self.execute(f"DELETE FROM {_name(table)}")
        self._make_progress()

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
        """See :class:`shared.connectors.interface.Target`."""
        written = [table[name] for name in columns if not table[name].generated]
        self.execute("START TRANSACTION")
        try:
            if not self._insert_mark(run, str(table.name), block):
                self.execute("ROLLBACK")
                return None
            self._refuse_others(run)
            rows = 0
            for chunk in chunks:
                for statement in self._inserts(table, written, chunk, bulk=bulk):
                    self.execute(statement)
                rows += chunk.rows
            self.execute("COMMIT")
        except BaseException:
            with suppress(ConnectorError):
                self.execute("ROLLBACK")
            raise
        return rows

    def _inserts(
        self, table: Table, columns: Sequence[Column], chunk: Chunk, *, bulk: bool
    ) -> Iterator[bytes]:
        charsets = self._charsets_of(table)
        names = quoting.names([column.name for column in columns])
        head = f"INSERT INTO {_name(table)} ({names}) VALUES ".encode()
        most = _ROWS if bulk else 1
        gathered: list[bytes] = []
        size = len(head)
        literals = [_literals(each, chunk, charsets.get(each.name, "")) for each in columns]
        for values in zip(*literals, strict=True):
            row = b"(" + b",".join(values) + b")"
            if gathered and (len(gathered) >= most or size + len(row) > self._packet):
                yield head + b",".join(gathered)
                gathered, size = [], len(head)
            gathered.append(row)
            size += len(row) + 1
        if gathered:
            yield head + b",".join(gathered)

    def _charsets_of(self, table: Table) -> dict[str, str]:
        """The character sets of a table's columns, asked for once."""
        name = table.name.name
        if name not in self._charsets:
            self._charsets[name] = {
                column or "": charset or ""
                for column, charset in self.ask(
                    "SELECT column_name, character_set_name FROM information_schema.columns"
                    f" WHERE table_schema = DATABASE() AND table_name = {_text(name)}"
                    " AND character_set_name IS NOT NULL"
                )
            }
        return self._charsets[name]

    def repair(self, statements: Sequence[str]) -> None:
        """See :class:`shared.connectors.interface.Target`."""
        with self._mode(_WRITING):
            for statement in statements:
                self._tried(statement, but=_EXISTS_ALREADY)

    def finish(self, schema: Schema) -> None:
        """See :class:`shared.connectors.interface.Target`."""
        for table in schema:
            if any(column.identity for column in table.columns):
                # The server makes it the next number that is free.
                self.execute(f"ALTER TABLE {_name(table)} AUTO_INCREMENT = 1")
            self.ask(f"ANALYZE TABLE {_name(table)}")
        self.execute(f"DROP TABLE IF EXISTS {quoting.name(PROGRESS)}")

    def verify(self, schema: Schema) -> list[str]:
        """See :class:`shared.connectors.interface.Target`."""
        found = []
        for table in schema:
            for key in table.foreign_keys:
                orphans = int(self.ask_one(_orphans(table, key)))
                if orphans:
                    found.append(
                        f"{orphans} rows of {table.name} refer to no row of {key.table} by "
                        f"{', '.join(key.columns)} (the foreign key {key.name})."
                    )
        return found

    def _has_progress(self) -> bool:
        return bool(
            self.ask(
                "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE()"
                f" AND table_name = '{PROGRESS}'"
            )
        )

    def _make_progress(self) -> None:
        self.execute(f"DROP TABLE IF EXISTS {quoting.name(PROGRESS)}")
        self.execute(
            f"CREATE TABLE {quoting.name(PROGRESS)} (run varchar(100) NOT NULL, table_name"
            " varchar(200) NOT NULL, block bigint NOT NULL, PRIMARY KEY (run, table_name, block))"
            " ENGINE=InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
        )

    def _insert_mark(self, run: str, table: str, block: int) -> bool:
        """Waits for another transaction that writes the same block."""
        return bool(
            self.execute(
                f"INSERT IGNORE INTO {quoting.name(PROGRESS)}"
                f" VALUES ({_text(run)}, {_text(table)}, {block})"
            )
        )

    def _refuse_others(self, run: str) -> None:
        if self.ask(f"SELECT 1 FROM {quoting.name(PROGRESS)} WHERE run <> {_text(run)} LIMIT 1"):
            raise ConnectorError("Another run fills this target by now; this one writes no more.")

    @contextmanager
    def _mode(self, mode: str) -> Iterator[None]:
        """Another mode of the session for as long as the block runs, whatever it sets itself."""
        self.execute(f"SET SESSION sql_mode = '{mode}'")
        try:
            yield
        finally:
            self.execute(f"SET SESSION sql_mode = '{_WRITING}'")

    def _tried(self, statement: str, *, but: tuple[int, ...]) -> bool:
        """Whether a statement was executed; False where the server has one of these objections."""
        with self.telling(), self.connection.cursor() as cursor:
            try:
                cursor.execute(statement)
            except pymysql.err.Error as error:
                if code_of(error) not in but:
                    raise
                return False
        return True


def _literals(column: Column, chunk: Chunk, charset: str) -> list[bytes]:
    """A column's values in a chunk, as they are written in a statement.

    :param charset: of the column; empty: it has none.
    """
    if column.name in chunk.columns:
        try:
            return types.literals(column, fit(chunk.columns[column.name], charset))
        except ValueError:  # a UnicodeEncodeError too
            raise DataRefused(
                f"A new value for the column {column.name} is none that it could hold."
            ) from None
    if chunk.form != FORM:
        raise NotSupported("Rows that were not decoded go to a database of their own kind alone.")
    return types.raw_literals(column, chunk.rest[chunk.opaque.index(column.name)])


def _orphans(table: Table, key: ForeignKey) -> str:
    """How many rows refer to none, by all columns of a key being there and not found."""
    pairs = " AND ".join(
        f"p.{quoting.name(theirs)} = c.{quoting.name(ours)}"
        for ours, theirs in zip(key.columns, key.referred, strict=True)
    )
    present = " AND ".join(f"c.{quoting.name(ours)} IS NOT NULL" for ours in key.columns)
    return (
        f"SELECT COUNT(*) FROM {_name(table)} c WHERE {present} AND NOT EXISTS"
        f" (SELECT 1 FROM {quoting.name(key.table.name)} p WHERE {pairs})"
    )


def _name(table: Table) -> str:
    return quoting.name(table.name.name)


def _text(value: str) -> str:
    return quoting.text(value.encode()).decode()
