"""Connections and transactions.

Every transaction here is short: none is held while a model or a client is waited for, except by
a download, which reads on a connection of its own. The time limits below turn a frozen process
into an error on its side only.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, Self, TypeVar

import psycopg
import structlog
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from shared.backoff import Backoff, jittered
from shared.db.connecting import Connector
from shared.db.encoding import refuse_other_encodings
from shared.db.troubles import (
    OUTDATED_SQLSTATE,
    READ_ONLY_SQLSTATE,
    NoRoom,
    ReadOnly,
    RunAgain,
    Trouble,
    telling_away,
)
from shared.errors import Unavailable

log = structlog.get_logger(__name__)
T = TypeVar("T")

#: For how long a trouble is believed to last that nobody has met again, in seconds. Whatever works
#: tries again more often.
TROUBLE_MEMORY = 10.0

#: How often in all a transaction is run that meets one of these, or one of the first two, every
#: time. The pauses between take less than a second.
TRIES = 5
RUN_AGAIN_BACKOFF = Backoff(first=0.05, longest=1.0)

#: What SQLAlchemy speaks through; where to, the connector knows.
DRIVER = "postgresql+psycopg://"

#: Slow readers of one process at a time: half of the threads that the API is run with.
MAX_READERS = 8

#: How long one more waits for another to end, in seconds.
READER_PATIENCE = 1.0


class Database:
    """A pool of connections to one PostgreSQL database.

    :param url: as libpq takes it; see ``shared.database_address``. Of several hosts the one is used
        that takes writes, unless ``target_session_attrs`` says otherwise.
    :param pool_size: connections kept open; as many again may be opened for a burst.
    :raises ConfigurationError: when ``url`` is not such an address.
    """

    def __init__(self, url: str, *, pool_size: int = 8, application: str = "valuemill") -> None:
        self._connector = Connector(url, application=application)
        self.pooled: Engine = create_engine(
            DRIVER,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=10,
            # A statement is a transaction of its own unless BEGIN is said before it, so that what
            # only reads is one round trip, and a BEGIN tells whether the connection still lives.
            isolation_level="AUTOCOMMIT",
            # One that was used just now has its statements prepared, and its caches warm.
            pool_use_lifo=True,
            # Values and key hashes are parameters; they have no place in logs.
            hide_parameters=True,
        )
        event.listen(self.pooled, "handle_error", _replace_useless_connections)
        # Before SQLAlchemy itself asks anything, and stumbles over the answer.
        event.listen(self.pooled, "connect", refuse_other_encodings, insert=True)
        #: Connections that were looked things up on, and are in no transaction: to give one back
        #: to the pool and take it out again costs more than to look something up.
        self._kept: list[Connection] = []
        self._keeps = pool_size
        #: For who keeps a connection of the pool for longer, and ends transactions himself.
        self.engine: Engine = self.pooled.execution_options(isolation_level="READ COMMITTED")
        self._reader_slots = threading.BoundedSemaphore(MAX_READERS)
        self._readers: Engine = create_engine(
            DRIVER,
            poolclass=NullPool,
            isolation_level="REPEATABLE READ",
            hide_parameters=True,
        )
        for opened in (self.pooled, self._readers):
            event.listen(opened, "do_connect", self._open)
        self._met: tuple[Trouble, float] | None = None

    def _open(self, *arguments: Any) -> psycopg.Connection[Any]:
        """What SQLAlchemy is to open connections by; the last argument is for the driver."""
        return self._connector.open(**arguments[-1])

    @property
    def is_pooled(self) -> bool:
        """Whether a pooler stands before the server, so that nothing can be kept in a session.

        Known once a connection was opened.
        """
        return self._connector.is_pooled

    @property
    def trouble(self) -> Trouble | None:
        """What has kept this process from writing a moment ago."""
        met = self._met
        return met[0] if met and time.monotonic() < met[1] + TROUBLE_MEMORY else None

    def warm_up(self, connections: int) -> None:
        """Open so many connections now, because opening one takes longer than using it.

        :raises Unavailable: when PostgreSQL cannot be reached.
        """
        self.ping()
        if self.is_pooled:
            # Its connections are open, and those who hold some wait for more.
            return
        with ExitStack() as opened:
            for _ in range(connections):
                opened.enter_context(self.transaction())

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Begin, yield the connection, and commit; roll back when the block raises.

        :raises Unavailable: when PostgreSQL cannot be reached, went away meanwhile, is too
            busy, takes no writes, or has no room left; :class:`RunAgain` where that helps.
            Whether a commit under way then took effect is not known.
        """
        with self._telling_away(), self._begun() as connection:
            yield connection
            connection.commit()

    @contextmanager
    def _telling_away(self) -> Iterator[None]:
        try:
            with telling_away():
                yield
        except ReadOnly:
            self._met = (Trouble.READ_ONLY, time.monotonic())
            self._keep_none()
            raise
        except NoRoom:
            self._met = (Trouble.NO_ROOM, time.monotonic())
            raise

    def _begun(self) -> Connection:
        """A connection in a transaction; where one has died in the pool, a new one."""
        try:
            return self._begin()
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            self._keep_none()
        return self._begin()

    def _begin(self) -> Connection:
        connection = self._connect()
        try:
            connection.exec_driver_sql(self._connector.begin)
        except BaseException:
            connection.close()
            raise
        return connection

    def read(self, work: Callable[[Connection], T]) -> T:
        """Call ``work(connection)``, which only reads, and return what it returns.

        No transaction, unless a pooler needs one: each statement sees what is committed when it
        begins. One whose connection
        turns out to be dead, or to have been prepared for an older schema, is run again with all
        of ``work``, once, on a new connection.

        :raises Unavailable: as :meth:`transaction`.
        """
        with self._telling_away():
            try:
                return self._read(work)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                log.info("read again on a new connection", cause=repr(error.orig))
            self._keep_none()
            return self._read(work)

    def _read(self, work: Callable[[Connection], T]) -> T:
        connection = self._connect()
        keep = False
        try:
            if self.is_pooled:
                connection.exec_driver_sql(self._connector.begin)
            found = work(connection)
            if self.is_pooled:
                connection.commit()
            keep = len(self._kept) < self._keeps and not connection.in_transaction()
        finally:
            if keep:
                self._kept.append(connection)
            else:
                connection.close()
        return found

    def _connect(self) -> Connection:
        try:
            return self._kept.pop()
        except IndexError:
            return self.pooled.connect()

    def _keep_none(self) -> None:
        """Give all connections back to the pool, which looks after those that have died."""
        with suppress(IndexError):
            while True:
                self._kept.pop().close()

    def run(self, work: Callable[[Connection], T], *, patience: float = 0.0) -> T:
        """Call ``work(connection)`` in a transaction of its own and return what it returns.

        A deadlock, a serialization failure and what met a migration are run again, ``TRIES``
        times in all; these and a database that is away also for ``patience`` seconds (for work
        that is fenced, and so harmless when done twice).

        :raises Unavailable: as :meth:`transaction`, when that has not helped.
        """
        deadline = time.monotonic() + patience
        failures = 0
        while True:
            try:
                with self.transaction() as connection:
                    return work(connection)
            except Unavailable as error:
                pause = jittered(RUN_AGAIN_BACKOFF.pause(failures))
                failures += 1
                at_once = isinstance(error, RunAgain) and failures < TRIES
                if not at_once and time.monotonic() + pause > deadline:
                    raise
                log.info("transaction run again", reason=str(error))
            time.sleep(pause)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One unchanging view of the data, for as long as a slow reader takes.

        The connection is its own, outside the pool, and there are at most ``MAX_READERS``, so
        that downloads never starve requests.

        :raises Unavailable: as :meth:`transaction`, and when too many read already.
        """
        if not self._reader_slots.acquire(timeout=READER_PATIENCE):
            raise Unavailable("too many downloads are under way; try again shortly")
        try:
            # Closed without a commit: there is nothing to commit, and one that was cut off cannot.
            with self._telling_away(), self._readers.connect() as connection:
                connection.execute(text("SET TRANSACTION READ ONLY"))
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = '5min'"))
                yield connection
        finally:
            self._reader_slots.release()

    def ping(self) -> None:
        """Raise ``Unavailable`` unless the database answers."""
        self.read(lambda connection: connection.execute(text("SELECT 1")))

    def check_writable(self) -> None:
        """Raise :class:`ReadOnly` where writes are not taken, and connect anew from then on.

        :raises Unavailable: as :meth:`transaction`.
        """
        with self.transaction() as connection:
            if connection.scalar(text("SELECT current_setting('transaction_read_only')")) == "on":
                self._keep_none()
                connection.invalidate()
                self.pooled.dispose()
                raise ReadOnly

    def close(self) -> None:
        """Close the pooled connections."""
        self._keep_none()
        self.pooled.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _replace_useless_connections(context: ExceptionContext) -> None:
    """Replace all connections of the pool where one shows that all of them are of no use.

    A connection never forgets a statement it prepared, and one to a standby stays with it.
    """
    sqlstate = getattr(context.original_exception, "sqlstate", None)
    if sqlstate in (OUTDATED_SQLSTATE, READ_ONLY_SQLSTATE):
        context.is_disconnect = True
