"""What every kind of database is to the rest of Valuemill. Pure.

Values travel as *columns of texts* in the text form of the source's database, in chunks of some
thousand rows. A column that nobody asked to decode stays *opaque*: it is carried in whatever form
the source's connector reads fastest, and only a target of the same kind takes it.

The way of a copy::

    with open_source(...) as source, open_target(...) as target:
        refuse_same(source, target)
        snapshot = source.export_snapshot()         # other processes: source.use_snapshot(snapshot)
        schema = source.reflect()
        if target.is_empty():
            target.create(source)
        assert not target.differences(schema)
        statements = target.bare(schema, drop_indexes=True)   # the caller keeps them somewhere safe
        target.lay_bare()
        target.clear(schema)
        for table in schema:
            for block, cut in enumerate(source.cuts(table, 50_000)):
                chunks = source.read(table, names, cut, decode=some)
                target.write(table, names, chunks, run=run, block=block)
        target.repair(statements)                             # also after any failure, at any time
        target.finish(schema)
        assert not target.verify(schema)
"""

from __future__ import annotations

import secrets as chance
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from shared.connectors.errors import NotPermitted
from shared.host_list import NOWHERE, HostList
from shared.synthesis.schema import Schema, Table

#: A part of a table's rows, as JSON: what :meth:`Source.cuts` made and :meth:`Source.read` takes.
#: An empty one is the whole table.
Cut = Mapping[str, Any]

EVERYTHING: Cut = {}


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a database is, and as whom it is opened.

    :param connector_type: ``postgresql``, ``sqlite``, ``mysql`` or ``mssql``.
    :param database: a name; of SQLite, a file within the operator's folder.
    :param schema_name: what is copied of it; empty: the usual one of this kind of database.
    :param hooks_params: ``SSHTunnel``, ``SSL`` and ``Kerberos``, without their secrets.
    """

    connector_type: str
    host: str = ""
    port: int | None = None
    database: str = ""
    schema_name: str = ""
    username: str = ""
    protocol: str = ""
    hooks_params: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, read: Mapping[str, Any], *, connector_type: str = "") -> Self:
        """What is kept of an address; names that are none of ours are left out."""
        named = {each.name for each in fields(cls)}
        known = {name: value for name, value in read.items() if name in named and value is not None}
        return cls(**{"connector_type": connector_type, **known})

    def with_host_key(self, host_key: str | None) -> Self:
        """The same with the key that its SSH server had when it was first met, which was kept.

        One that its client gave counts for more.
        """
        ssh = self.hooks_params.get("SSHTunnel")
        if not host_key or not ssh or ssh.get("host_key"):
            return self
        hooks = {**self.hooks_params, "SSHTunnel": {**ssh, "host_key": host_key}}
        return replace(self, hooks_params=hooks)


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """What proves that we may; the contents of files, never their names."""

    password: str = field(default="", repr=False)
    ssh_password: str = field(default="", repr=False)
    ssh_pkey: str = field(default="", repr=False)
    ssh_pkey_password: str = field(default="", repr=False)
    ssl_ca: str = field(default="", repr=False)
    ssl_cert: str = field(default="", repr=False)
    ssl_key: str = field(default="", repr=False)
    #: Of Kerberos, in Base64.
    keytab: str = field(default="", repr=False)

    @classmethod
    def from_json(cls, read: Mapping[str, Any]) -> Self:
        """What was sealed; names that are none of ours are left out."""
        named = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in read.items() if name in named and value})


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the operator allows, and where things are.

    :param hosts: where one may connect to; empty: nowhere.
    :param folder: the one in which files of SQLite may be; None: nowhere.
    :param programs: folders in which a ``pg_dump`` may be, besides those that are looked through.
    :param own_databases: addresses of our own, which are refused as source and as target, as are
        ``own_brokers``.
    :param superusers: whether the code of a source's schema may be run in a target by a superuser.
    :param connect_seconds: for a connection; ``statement_seconds`` for one statement of a target.
    """

    hosts: HostList = NOWHERE
    folder: Path | None = None
    programs: tuple[Path, ...] = ()
    own_databases: tuple[str, ...] = field(default=(), repr=False)
    own_brokers: tuple[str, ...] = field(default=(), repr=False)
    superusers: bool = False
    connect_seconds: int = 10
    statement_seconds: int = 3_600
    lock_seconds: int = 30


@dataclass(kw_only=True)
class Chunk:
    """Some rows of a table.

    :param rows: how many.
    :param columns: those that were decoded, each a list of ``rows`` texts or None.
    :param opaque: the names of those that were not, in the order of ``rest``.
    :param rest: what is in these, in a form that only connectors of the kind ``form`` know.
    """

    rows: int
    columns: dict[str, list[str | None]]
    opaque: tuple[str, ...] = ()
    rest: Any = None
    form: str = ""

    @property
    def decoded(self) -> frozenset[str]:
        """The names of the columns that are there as texts."""
        return frozenset(self.columns)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all columns, opaque ones last."""
        return (*self.columns, *self.opaque)

    def replace(self, name: str, values: list[str | None]) -> None:
        """Give a decoded column, or one that was not read, these values.

        :raises ValueError: for a column that is opaque (it had to be decoded), or for another
            number of values than there are rows.
        """
        if name in self.opaque:
            raise ValueError(f"the column {name!r} was not decoded, so it cannot be replaced")
        if len(values) != self.rows:
            raise ValueError(f"{len(values)} values for {self.rows} rows of the column {name!r}")
        self.columns[name] = values


class Database(Protocol):
    """A connection to a database that is somebody's; closed when its block ends."""

    kind: str

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def identity(self) -> str:
        """Of the server and the database in it, whatever they are called; empty: not known."""
        ...

    def is_replica(self) -> bool:
        """Whether it takes no writes because it repeats those of another."""
        ...

    def hold(self, token: int) -> AbstractContextManager[None]:
        """Leave a mark that every connection to this database sees, and nobody minds."""
        ...

    def sees(self, token: int) -> bool:
        """Whether somebody holds this mark in this database."""
        ...

    def reflect(self) -> Schema:
        """The tables of the schema that the address names, sorted by their names.

        :raises NotSupported: names what cannot be copied, such as a key into another schema.
        """
        ...

    def count(self, table: Table) -> int:
        """How many rows are stored in this table itself."""
        ...


class Source(Database, Protocol):
    """A database that is read, and never written: its transactions are read only."""

    def export_snapshot(self) -> str | None:
        """A name for what this connection sees; it holds for as long as the connection is open.

        None: this kind of database has none, so others see what they see.
        """
        ...

    def use_snapshot(self, snapshot: str) -> None:
        """See what the connection sees that exported it. Comes before all reading.

        :raises NotReachable: the exporting connection is gone.
        """
        ...

    def cuts(self, table: Table, rows: int) -> list[Cut]:
        """The table in parts of about so many rows, in a stable order; none for an empty table."""
        ...

    def read(
        self,
        table: Table,
        columns: Sequence[str],
        cut: Cut = EVERYTHING,
        *,
        decode: Collection[str] = (),
    ) -> Iterator[Chunk]:
        """The rows of a cut, in an order that is the same each time where the table has a key.

        :param columns: what to read of them.
        :param decode: those of them that are needed as texts.
        """
        ...

    def sample(
        self, table: Table, columns: Sequence[str], rows: int, *, seed: int | None = None
    ) -> Chunk:
        """At most so many rows from all over the table, all decoded; the same for a seed."""
        ...

    def distinct(self, table: Table, columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """Each combination of values once, in the order of their UTF-8 bytes; none with a null."""
        ...


class Target(Database, Protocol):
    """A database that is filled. Each method is whole in one transaction, or can be repeated."""

    def is_empty(self) -> bool:
        """Whether the schema of the address has no table, view, sequence, type or function."""
        ...

    def has_rows(self, schema: Schema) -> list[str]:
        """The tables that are not empty."""
        ...

    def create(self, source: Source) -> None:
        """Give an empty target all that the source's schema has but rows, owners and rights."""
        ...

    def differences(self, schema: Schema) -> list[str]:
        """What would keep rows of this schema from being written as they are; a sentence each."""
        ...

    def bare(self, schema: Schema, *, drop_indexes: bool) -> list[str]:
        """What :meth:`repair` needs to put back what :meth:`lay_bare` will take away.

        Changes nothing. The caller keeps it, for longer than this process lives, before
        it goes on.
        """
        ...

    def lay_bare(self) -> None:
        """Take away what hinders writing: triggers, keys, checks, and the indexes if so asked.

        What :meth:`bare` of this connection listed, and no more.
        """
        ...

    def clear(self, schema: Schema) -> None:
        """Remove all rows of these tables, and the progress of earlier runs."""
        ...

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
        """Write rows, and the mark that this block of this run was written, in one transaction.

        :param bulk: by the fastest way there is; else statement by statement.
        :returns: how many; None where the block was there already: nothing was read or written.
        """
        ...

    def repair(self, statements: Sequence[str]) -> None:
        """Put back what :meth:`bare` listed, whatever of it is there already.

        :raises DataRefused: where rows do not meet a constraint; all others are back then.
        """
        ...

    def finish(self, schema: Schema) -> None:
        """Sequences go on behind what was written; statistics; materialized views; no marks."""
        ...

    def verify(self, schema: Schema) -> list[str]:
        """What is wrong with the target after all: constraints that do not hold, orphans."""
        ...


def refuse_same(one: Database, other: Database) -> None:
    """Refuse two connections to one database, whatever it is called on the way to it.

    A mark that is held through one connection and seen through the other tells that they are the
    same, even without rights and through a pooler. A replica has marks of its own: it is known by
    the identity that it shares with its primary.

    :raises NotPermitted: they are the same, or a primary and its replica.
    """
    if one.kind != other.kind:
        return
    identity = one.identity()
    known = bool(identity) and identity == other.identity()
    token = chance.randbits(62)
    with one.hold(token):
        same = other.sees(token)
    if same or (known and (one.is_replica() or other.is_replica())):
        raise NotPermitted(
            "The source and the target are the same database, by whatever names they were given. "
            "Nothing was written. Name another database as the target."
        )
