"""A PostgreSQL database that is filled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any, TypeVar

import psycopg
from psycopg import sql

from shared.connectors.differences import compare
from shared.connectors.errors import ConnectorError, DataRefused, NotPermitted, NotSupported
from shared.connectors.interface import Chunk, Source
from shared.connectors.postgresql import (
    baring,
    creating,
    dumping,
    finishing,
    lines,
    progress,
    rights,
    trusting,
)
from shared.connectors.postgresql.connecting import transaction
from shared.connectors.postgresql.database import PostgresDatabase
from shared.connectors.postgresql.errors import telling, translate
from shared.connectors.postgresql.source import PostgresSource
from shared.connectors.postgresql.wordings import in_short
from shared.synthesis.schema import Schema, Table

#: What is there already: a relation, a constraint or trigger, a second primary key.
_THERE = frozenset({"42P07", "42710", "42P16"})
#: Rows of one ``executemany``.
_ROWS = 1_000
#: Tables, or statements, of one transaction: a server has so many locks for all of them, and a
#: schema may have a thousand tables.
_AT_ONCE = 50


_T = TypeVar("_T")


class PostgresTarget(PostgresDatabase):
    """See :class:`shared.connectors.interface.Target`."""

    _bareness: baring.Bareness | None = None

    @contextmanager
    def changing(self) -> Iterator[psycopg.Connection[Any]]:
        """A transaction that writes. Code of the schema finds what it names without a schema."""
        with telling(self.what), transaction(self.connection, self.limits):
            path = sql.Identifier(self.schema_name).as_string(self.connection)
            self.connection.execute(
                "SELECT pg_catalog.set_config('search_path', %s, true)", [f"{path}, pg_catalog"]
            )
            yield self.connection

    def is_empty(self) -> bool:
        """See :class:`shared.connectors.interface.Target`."""
        with self.asking() as connection:
            return creating.is_empty(connection, self.schema_name, progress.PROGRESS)

    def has_rows(self, schema: Schema) -> list[str]:
        """See :class:`shared.connectors.interface.Target`."""
        found = []
        for tables in _some(schema.tables):
            with self.asking() as connection:
                found += [
                    str(table.name)
                    for table in tables
                    if connection.execute(
                        sql.SQL("SELECT FROM ONLY {} LIMIT 1").format(_name(table))
                    ).fetchone()
                    is not None
                ]
        return found

    def create(self, source: Source) -> None:
        """See :class:`shared.connectors.interface.Target`.

        All of it in one transaction, or nothing.
        """
        if not isinstance(source, PostgresSource):
            raise NotSupported("A PostgreSQL target is created from a PostgreSQL source alone.")
        if source.schema_name != self.schema_name:
            raise NotSupported(_other_schema(source.schema_name, self.schema_name))
        with self.asking() as connection:
            powerful = rights.is_superuser(connection) and not self.limits.superusers
        with source.asking() as connection:
            worries = trusting.worries(connection, source.schema_name) if powerful else []
            wanted = creating.extensions(connection, source.schema_name)
            numbers = creating.free_sequences(connection, source.schema_name)
            server = connection.info.server_version // 10_000
        if worries:
            raise NotPermitted(
                "The target's user is a superuser, and the source's schema holds code that would "
                "run as that user on the target's server. Use a user who owns the target "
                "database and is no superuser (or set VALUEMILL_CONNECTOR_SUPERUSERS, if the "
                f"source is trusted as its server is). It is about {'; '.join(worries[:10])}."
            )
        script = dumping.dump(
            dumping.find_program(server, self.limits.programs),
            source.way,
            source.schema_name,
            variables=source.variables,
            snapshot=source.snapshot,
            what=source.what,
            seconds=self.limits.statement_seconds,
        )
        with self.changing() as connection:
            creating.make(connection, self.schema_name, script, wanted=wanted, numbers=numbers)
        with telling(self.what):
            # What a dump sets for the objects that it makes, and a transaction does not end.
            self.connection.execute("RESET default_tablespace")
            self.connection.execute("RESET default_table_access_method")

    def differences(self, schema: Schema) -> list[str]:
        """See :class:`shared.connectors.interface.Target`."""
        names = {table.name.schema for table in schema} - {self.schema_name}
        if names:
            return [_other_schema(", ".join(names), self.schema_name)]
        return compare(schema, self.reflect(), meaning=in_short)

    def bare(self, schema: Schema, *, drop_indexes: bool) -> list[str]:
        """See :class:`shared.connectors.interface.Target`.

        Where marks cannot be made, primary keys stay: they tell which blocks are there.
        """
        with self.asking() as connection:
            if not rights.owns_all(connection, self.schema_name):
                self._bareness = baring.Bareness(taking=(), putting=())
                return self._without_marks(connection)
            self._bareness = baring.plan(
                connection,
                self.schema_name,
                [table.name.name for table in schema],
                drop_indexes=drop_indexes,
                drop_primary_keys=progress.may_create(connection, self.schema_name),
            )
            putting = [each.as_string(connection) for each in self._bareness.putting]
            return [*putting, *self._without_marks(connection)]

    def _without_marks(self, connection: psycopg.Connection[Any]) -> list[str]:
        """What removes the marks of blocks, which a run that does not come to its end leaves."""
        if not progress.may_create(connection, self.schema_name):
            return []
        return [progress.drop_statement(self.schema_name).as_string(connection)]

    def lay_bare(self) -> None:
        """See :class:`shared.connectors.interface.Target`."""
        if self._bareness is None:
            raise ValueError("what is taken away has to be listed before, by `bare`")
        for statements in _some(self._bareness.taking):
            with self.changing() as connection:
                for statement in statements:
                    connection.execute(statement)

    def clear(self, schema: Schema) -> None:
        """See :class:`shared.connectors.interface.Target`.

        All at once, since keys may go from each to each.
        """
        with self.changing() as connection:
            names = sql.SQL(", ").join(_name(table) for table in schema)
            if schema.tables:
                connection.execute(sql.SQL("TRUNCATE {}").format(names))
            if progress.may_create(connection, self.schema_name):
                progress.start(connection, self.schema_name)

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
        """See :class:`shared.connectors.interface.Target`.

        Rows of a partition go through its root, so that a changed key finds its partition.
        """
        waiting = iter(chunks)
        with self.changing() as connection:
            if not rights.owns_all(connection, self.schema_name):
                connection.execute("SET LOCAL session_replication_role = replica")
            marked = self._mark(connection, table, run=run, block=block)
            if marked is False:
                return None
            first = next(waiting, None)
            if first is None:
                return 0
            if marked is None and first.rows and _has_first(connection, table, first):
                return None
            names = _order(table, columns, first)
            into = self._root(connection, table)
            everything = chain([first], waiting)
            if bulk:
                return _copy(connection, into, names, everything)
            return _insert(connection, into, names, everything)

    def _mark(
        self, connection: psycopg.Connection[Any], table: Table, *, run: str, block: int
    ) -> bool | None:
        """Whether the block could be marked; None: there are no marks, and cannot be."""
        schema = self.schema_name
        if progress.exists(connection, schema):
            return progress.mark(connection, schema, run=run, table=table.name.name, block=block)
        if progress.may_create(connection, schema):
            raise ConnectorError(
                f"{self.what} is not being filled any more: the run's marks are gone."
            )
        return None

    @staticmethod
    def _root(connection: psycopg.Connection[Any], table: Table) -> sql.Composable:
        row = connection.execute(
            "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c"
            " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.oid = pg_catalog.pg_partition_root(%s::pg_catalog.regclass)",
            [_name(table).as_string(connection)],
        ).fetchone()
        return sql.Identifier(*row) if row else _name(table)

    def repair(self, statements: Sequence[str]) -> None:
        """See :class:`shared.connectors.interface.Target`."""
        failed: list[ConnectorError] = []
        for statement in statements:
            try:
                with transaction(self.connection, self.limits):
                    self.connection.execute(statement)
            except psycopg.Error as error:
                if error.sqlstate not in _THERE:
                    failed.append(translate(error, self.what))
        if failed:
            # The worst first: a lost connection says more than what came of it.
            told = "; ".join(dict.fromkeys(map(str, failed)))
            raise next(
                (type(each) for each in failed if type(each) is not DataRefused), DataRefused
            )(told)

    def finish(self, schema: Schema) -> None:
        """See :class:`shared.connectors.interface.Target`."""
        with self.asking() as connection:
            sequences = finishing.sequences(connection, self.schema_name)
        for some in _some(sequences):
            with self.changing() as connection:
                finishing.set_sequences(connection, self.schema_name, some)
        for tables in _some(schema.tables):
            with self.changing() as connection:
                finishing.analyze(connection, tables)
        with self.changing() as connection:
            finishing.refresh_views(connection, self.schema_name)
        with self.changing() as connection:
            if progress.exists(connection, self.schema_name):
                connection.execute(progress.drop_statement(self.schema_name))

    def verify(self, schema: Schema) -> list[str]:
        """See :class:`shared.connectors.interface.Target`."""
        with self.asking() as connection:
            found = list(finishing.not_valid(connection, self.schema_name))
        for tables in _some(schema.tables):
            with self.asking() as connection:
                found += finishing.orphans(connection, schema, tables)
        return found


def _some(things: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for first in range(0, len(things), _AT_ONCE):
        yield things[first : first + _AT_ONCE]


def _name(table: Table) -> sql.Identifier:
    return sql.Identifier(table.name.schema, table.name.name)


def _other_schema(source: str, target: str) -> str:
    return (
        f"The schema is called {source!r} in the source and {target!r} in the target; "
        "name the same schema for both."
    )


def _order(table: Table, columns: Sequence[str], chunk: Chunk) -> list[str]:
    """The columns that are written, decoded ones first. Generated ones are the database's."""
    generated = {column.name for column in table.columns if column.generated}
    plain = [name for name in columns if name in chunk.columns and name not in generated]
    return [*plain, *chunk.opaque]


def _copy(
    connection: psycopg.Connection[Any],
    into: sql.Composable,
    names: Sequence[str],
    chunks: Iterable[Chunk],
) -> int:
    rows = 0
    listed = sql.SQL(" ({})").format(sql.SQL(", ").join(map(sql.Identifier, names)))
    statement = sql.SQL("COPY {}{} FROM STDIN").format(into, listed if names else sql.SQL(""))
    with connection.cursor().copy(statement) as copy:
        for chunk in chunks:
            copy.write(lines.join(chunk, names))
            rows += chunk.rows
    return rows


def _insert(
    connection: psycopg.Connection[Any],
    into: sql.Composable,
    names: Sequence[str],
    chunks: Iterable[Chunk],
) -> int:
    rows = 0
    statement = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})").format(
        into,
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join([sql.Placeholder()] * len(names)),
    )
    if not names:
        statement = sql.SQL("INSERT INTO {} DEFAULT VALUES").format(into)
    with connection.cursor() as cursor:
        for chunk in chunks:
            rows += chunk.rows
            values = lines.rows_of(chunk, names) if names else iter([()] * chunk.rows)
            while some := [row for _, row in zip(range(_ROWS), values, strict=False)]:
                cursor.executemany(statement, some)
    return rows


def _has_first(connection: psycopg.Connection[Any], table: Table, chunk: Chunk) -> bool:
    """Whether the first row is there, by its primary key; so are all others of its block then.

    :raises NotPermitted: there is no key to tell it by.
    """
    if not table.primary_key or not set(table.primary_key) <= {*chunk.columns, *chunk.opaque}:
        raise NotPermitted(
            f"No table can be made in the target to note the progress in, and {table.name} has "
            "no primary key that would tell which rows are there. "
            f'Allow it: GRANT CREATE ON SCHEMA "{table.name.schema}" TO the user of the target.'
        )
    row = next(lines.rows_of(chunk, table.primary_key))
    same = sql.SQL(" AND ").join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Literal(value))
        for name, value in zip(table.primary_key, row, strict=True)
    )
    found = connection.execute(
        sql.SQL("SELECT FROM ONLY {} WHERE {}").format(_name(table), same)
    ).fetchone()
    return found is not None
