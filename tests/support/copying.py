"""Databases to copy from and to, on a PostgreSQL of the tests' own, and what copies look like."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Collection, Iterator
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from deploy.local.postgres import SUPERUSER
from shared.connectors.interface import Address, Limits, Secrets, Source, Target, refuse_same
from shared.connectors.opening import open_source, open_target
from shared.connectors.postgresql.dumping import find_program
from shared.host_list import HostList
from shared.synthesis.schema import Schema, Table, TableName
from tests.support.failover import Postgres

SCHEMAS = Path(__file__).parent / "schemas"
WILD = (SCHEMAS / "wild.sql").read_text()

LIMITS = Limits(hosts=HostList.parse("127.0.0.1, localhost"), lock_seconds=5, statement_seconds=60)
PASSWORD = "the-loaders-own"

_numbers = count(1)


class Databases:
    """Databases on one server, of a role that is no superuser; and connections to them."""

    def __init__(self, server: Postgres) -> None:
        self.server = server
        self.admin = server.url(SUPERUSER, "postgres")
        self.make_role("loader")

    def make_role(self, name: str, options: str = "") -> str:
        """A role that can sign in, with :data:`PASSWORD`."""
        self.ask(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}' {options}")
        return name

    def ask(self, *statements: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """As the superuser; the rows of the last statement."""
        rows: list[tuple[object, ...]] = []
        url = self.server.url(SUPERUSER, database)
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement)
                rows = cursor.fetchall() if cursor.description else []
        return rows

    def make(self, script: str = "", *, owner: str = "loader") -> str:
        """A new database of the loader's, in which a script was run by its owner."""
        name = f"base{next(_numbers)}"
        self.ask(f"CREATE DATABASE {name} OWNER {owner}")
        if script:
            self.run(name, script, user=owner)
        return name

    def run(self, database: str, script: str, *, user: str = "loader") -> None:
        """Run a script."""
        with psycopg.connect(self.url(database, user), autocommit=True) as connection:
            connection.execute(script)

    def url(self, database: str, user: str = "loader") -> str:
        return f"postgresql://{user}:{PASSWORD}@127.0.0.1:{self.server.port}/{database}"

    def address(self, database: str, user: str = "loader", **more: object) -> Address:
        return Address(
            connector_type="postgresql",
            database=database,
            username=user,
            **{"host": "127.0.0.1", "port": self.server.port, **more},  # type: ignore[arg-type]
        )

    def source(
        self, database: str, user: str = "loader", *, limits: Limits = LIMITS, **more: object
    ) -> Source:
        return open_source(
            self.address(database, user, **more), Secrets(password=PASSWORD), limits=limits
        )

    def target(
        self, database: str, user: str = "loader", *, limits: Limits = LIMITS, **more: object
    ) -> Target:
        return open_target(
            self.address(database, user, **more), Secrets(password=PASSWORD), limits=limits
        )

    def schema_of(self, database: str) -> str:
        """What ``pg_dump --schema-only`` says of it."""
        return self._dump(database, "--schema-only")

    def rows_of(self, database: str) -> list[str]:
        """What ``pg_dump --data-only`` says of it, in an order of its own."""
        return sorted(self._dump(database, "--data-only").splitlines())

    def _dump(self, database: str, what: str) -> str:
        program = find_program(18, ()).path
        url = self.server.url(SUPERUSER, database)
        command = [str(program), what, "--no-owner", "--restrict-key=tests", f"--dbname={url}"]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def copy(
    source: Source,
    target: Target,
    *,
    drop_indexes: bool = True,
    bulk: bool = True,
    decode: Callable[[Table], Collection[str]] = lambda table: [
        column.name for column in table.columns[::2]
    ],
    run: str = "one",
) -> list[str]:
    """Copy all rows as they are; the statements that were to be kept."""
    refuse_same(source, target)
    schema = source.reflect()
    if target.is_empty():
        target.create(source)
    differences = target.differences(schema)
    assert differences == []
    statements = target.bare(schema, drop_indexes=drop_indexes)
    target.lay_bare()
    target.clear(schema)
    for table in schema:
        assert all(write_blocks(source, target, table, bulk=bulk, decode=decode(table), run=run))
    target.repair(statements)
    target.finish(schema)
    assert target.verify(schema) == []
    assert [source.count(table) for table in schema] == [target.count(table) for table in schema]
    return statements


def write_blocks(
    source: Source,
    target: Target,
    table: Table,
    *,
    bulk: bool = True,
    decode: Collection[str] = (),
    run: str = "one",
) -> Iterator[int | None]:
    """Write a table in blocks of about a hundred rows."""
    names = [column.name for column in table.columns]
    for block, cut in enumerate(source.cuts(table, 100)):
        chunks = source.read(table, names, cut, decode=decode)
        yield target.write(table, names, chunks, run=run, block=block, bulk=bulk)


def table_of(schema: Schema, name: str) -> Table:
    """A table of the schema ``public``."""
    return schema[TableName("public", name)]


def literal(text: str) -> str:
    """A text as SQL takes it."""
    return sql.Literal(text).as_string(None)
