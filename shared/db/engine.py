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
from enum import Enum
from typing import Any, Self, TypeVar

import psycopg
import structlog
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool

from shared.backoff import Backoff, jittered
from shared.db.connecting import Connector
from shared.db.encoding import refuse_other_encodings
from shared.errors import Unavailable

log = structlog.get_logger(__name__)
T = TypeVar("T")

#: Serialization failure, deadlock: the same transaction may succeed when run again.
RETRYABLE_SQLSTATES = frozenset({"40001", "40P01"})

#: A lock or a statement took longer than the limits below.
BUSY_SQLSTATES = frozenset({"55P03", "57014"})

#: Class 53, insufficient resources: disk or memory are full, which somebody will mend.
FULL_CLASS = "53"

#: A prepared statement whose columns a migration has changed since.
OUTDATED_SQLSTATE = "0A000"

#: A write where none is taken: on a standby, in the middle of a failover, or because a role was
#: made read only. Other connections may lead to where writes are taken.
READ_ONLY_SQLSTATE = "25006"

#: For how long a trouble is believed to last that nobody has met again, in seconds. Whatever works
#: tries again more often.
TROUBLE_MEMORY = 10.0

#: How often in all a transaction is run that meets one of these, or one of the first two, every
#: time. The pauses between take less than a second.
TRIES = 5
RUN_AGAIN_BACKOFF = Backoff(first=0.05, longest=1.0)

CONTENDED = "others change the same rows at this moment; try again shortly"

#: What SQLAlchemy speaks through; where to, the connector knows.
DRIVER = "postgresql+psycopg://"

#: Slow readers of one process at a time: half of the threads that the API is run with.
MAX_READERS = 8

#: How long one more waits for another to end, in seconds.
READER_PATIENCE = 1.0

#: The database objects to what was to be stored; said again, it would object again.
DatabaseRefused = DBAPIError


class Trouble(Enum):
    """What keeps a database that answers from taking writes; the value says it to people."""

    READ_ONLY = "the database takes no writes at the moment"
    NO_ROOM = "the database has no room left"


class RunAgain(Unavailable):
    """The same transaction may succeed when it is run again at once.

    Others changed the same rows, or a migration what its connection had prepared; the next
    connections are new.
    """


class ReadOnly(RunAgain):
    """The server at the other end takes no writes; the next connections are new."""

    def __init__(self) -> None:
        super().__init__(f"{Trouble.READ_ONLY.value}; try again shortly")


class NoRoom(Unavailable):
    """Disk or memory of the database's server are full."""

    def __init__(self) -> None:
        super().__init__(f"{Trouble.NO_ROOM.value}; try again later")


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


@contextmanager
def telling_away() -> Iterator[None]:
    """Raise ``Unavailable`` for errors that say that the database cannot do it now."""
    try:
        yield
    except DBAPIError as error:
        if (away := _away(error)) is not None:
            raise away from error
        raise
    except psycopg.OperationalError as error:
        # From a cursor or a COPY of the driver, which do not pass through SQLAlchemy.
        if error.sqlstate in RETRYABLE_SQLSTATES:
            raise RunAgain(CONTENDED) from error
        raise Unavailable("the database does not answer; try again shortly") from error
    except PoolTimeout as error:
        raise Unavailable("the database is busy; try again shortly") from error


def _away(error: DBAPIError) -> Unavailable | None:
    """What to raise for a database that cannot do it now; None when it objects."""
    if sqlstate_of(error) in RETRYABLE_SQLSTATES:
        return RunAgain(CONTENDED)
    if sqlstate_of(error) == OUTDATED_SQLSTATE:
        return RunAgain("the database is being upgraded; try again shortly")
    if sqlstate_of(error) == READ_ONLY_SQLSTATE:
        return ReadOnly()
    if is_connection_error(error):
        return Unavailable("the database does not answer; try again shortly")
    if sqlstate_of(error) in BUSY_SQLSTATES:
        return Unavailable("the database is busy; try again shortly")
    if sqlstate_of(error).startswith(FULL_CLASS):
        return NoRoom()
    return None


def sqlstate_of(error: DBAPIError) -> str:
    """PostgreSQL's code for an error; empty when it is not PostgreSQL's."""
    return getattr(error.orig, "sqlstate", None) or ""


def explain(error: BaseException) -> str:
    """What went wrong, in a line for whoever runs us, with what PostgreSQL says of it."""
    if isinstance(error, DBAPIError):
        return f"PostgreSQL: {_first_line(error)}"
    cause = error.__cause__
    return f"{error} ({_first_line(cause)})" if isinstance(cause, DBAPIError) else str(error)


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).partition("\n")[0]


def _replace_useless_connections(context: ExceptionContext) -> None:
    """Replace all connections of the pool where one shows that all of them are of no use.

    A connection never forgets a statement it prepared, and one to a standby stays with it.
    """
    sqlstate = getattr(context.original_exception, "sqlstate", None)
    if sqlstate in (OUTDATED_SQLSTATE, READ_ONLY_SQLSTATE):
        context.is_disconnect = True


def is_connection_error(error: DBAPIError) -> bool:
    """Tell a database that is away, or going away, from one that objects to the statement."""
    sqlstate = sqlstate_of(error)
    # Class 08: connection; 57P01..57P05: shut down, crashed, starting up, dropped, idle; 53300:
    # too many connections; 25P03: we sat idle in a transaction for too long; 25006: a standby.
    if sqlstate.startswith(("08", "57P")) or sqlstate in ("53300", "25P03", READ_ONLY_SQLSTATE):
        return True
    return error.connection_invalidated or (
        not sqlstate and isinstance(error, OperationalError | InterfaceError)
    )
