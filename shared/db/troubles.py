"""What the errors of PostgreSQL mean: which pass, which are told to whom, and in which words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

import psycopg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from shared.errors import Unavailable

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

CONTENDED = "others change the same rows at this moment; try again shortly"

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
