"""Bring a database to the wanted version of the schema, while older code works on it.

A change of a table waits for whoever uses it, and everybody else then waits for the change. So a
migration gives up after a moment, lets the others pass, and tries again; see docs/operations.md
for what it may do to be safe.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from shared.db import roles as roles_module
from shared.db.engine import Database
from shared.db.roles import Side
from shared.db.troubles import BUSY_SQLSTATES, RETRYABLE_SQLSTATES, sqlstate_of
from shared.errors import ConfigurationError, Unavailable

log = structlog.get_logger(__name__)

#: Any number, the same in all versions: two hosts that migrate at once take turns.
MIGRATION_LOCK = 7_305_100_001

#: How long a change of a table may hold up others while it waits for its turn, in seconds.
LOCK_TIMEOUT = 1.0

#: How long to let the others pass before the next try, in seconds.
PAUSE = 1.0

#: How long to go on trying, in seconds; also how long to wait for another migration's end.
PATIENCE = 600.0


def migrate(
    database: Database,
    *,
    revision: str = "head",
    roles: Mapping[Side, str] | None = None,
    patience: float = PATIENCE,
) -> None:
    """Upgrade, or downgrade, to ``revision`` (an id, ``head`` or ``base``).

    :param roles: given what they need of the new tables; only at ``head``.
    :raises ConfigurationError: when there is no such revision, or no schema to make tables in.
    :raises Unavailable: when the tables are in use for all of ``patience`` seconds. Revisions
        that were reached stay; to run it again goes on from there.
    """
    with _turn(database, patience) as connection:
        _see_schema(connection)
        deadline = time.monotonic() + patience
        while not _try(connection, revision):
            if time.monotonic() > deadline:
                raise Unavailable(
                    "the tables are in use by a long transaction; pg_stat_activity shows whose. "
                    "Nothing is half done: run migrate again when it has ended"
                )
            log.info("tables in use; the migration lets others pass and tries again")
            time.sleep(PAUSE)
        if roles and revision == "head":
            with connection.begin():
                roles_module.grant(connection, roles=roles)


def confirm_removal(database: Database, *, name: str | None) -> None:
    """See that whoever has all tables removed means this database, where anything is in them.

    :param name: what was given as its name.
    :raises ConfigurationError: when it is another, or none was given.
    """
    with database.transaction() as connection:
        here = connection.scalar(text("SELECT CAST(current_database() AS text)"))
        held = [
            table
            for table in _TELLING
            if connection.scalar(text("SELECT to_regclass(:table)"), {"table": table})
            and connection.scalar(text(f"SELECT EXISTS (SELECT FROM {table})"))  # noqa: S608
        ]
    if held and name != here:
        raise ConfigurationError(
            f"the database {here!r} holds {', '.join(held)}, and base removes all of it for good: "
            f"say --yes {here} if that is what you want"
        )


#: Tables that say whether anybody has used the schema.
_TELLING = ("accounts", "api_keys", "operations", "jobs")


def grant(database: Database, *, roles: Mapping[Side, str]) -> None:
    """Give roles what they need, see ``shared.db.roles``; takes turns with migrations.

    :raises ConfigurationError: when the schema is not of this version, or a role is not fit.
    :raises NotFound: when there is no such role.
    """
    if not is_current(database):
        raise ConfigurationError("the schema is not current: run valuemill migrate first")
    with _turn(database, PATIENCE) as connection, connection.begin():
        roles_module.grant(connection, roles=roles)


def is_current(database: Database) -> bool:
    """Tell whether the database has the schema that this code was written for."""
    return set(revisions(database)) == set(newest_revisions())


def is_usable(database: Database) -> bool:
    """Tell whether this code works on the database's schema: on its own, and on a later one.

    A schema that this code does not know is a later one. It was migrated to while we run, or
    ahead of our going back; either way it holds all that the version before it needs.
    """
    found = set(revisions(database))
    return bool(found) and (found == set(newest_revisions()) or not found & set(known_revisions()))


def revisions(database: Database) -> tuple[str, ...]:
    """The revisions that the database is at; none before the first migration."""
    with database.transaction() as connection:
        return MigrationContext.configure(connection).get_current_heads()


def newest_revisions() -> tuple[str, ...]:
    """The revisions that this code was written for."""
    return tuple(ScriptDirectory.from_config(_config()).get_heads())


def known_revisions() -> tuple[str, ...]:
    """All revisions that this code can start from."""
    return tuple(step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions())


@contextmanager
def _turn(database: Database, patience: float) -> Iterator[Connection]:
    """A connection that no other migration runs beside.

    :raises ConfigurationError: through a pooler, which keeps no lock from one transaction to the
        next.
    """
    with database.engine.connect() as connection:
        if database.is_pooled:
            raise ConfigurationError(
                "migrations and roles need PostgreSQL itself, and a pooler such as PgBouncer "
                "stands before it here: give this command, and no other, the server's own address"
            )
        for name, value in {"statement_timeout": "0", "lock_timeout": f"{LOCK_TIMEOUT}s"}.items():
            connection.execute(text(f"SET {name} = '{value}'"))
        connection.commit()
        deadline = time.monotonic() + patience
        # Asked, not waited for: who waits holds a snapshot, for which an index that is built
        # beside running work would wait in turn.
        while not _locked(connection):
            if time.monotonic() > deadline:
                raise Unavailable("another migration is under way and does not end")
            time.sleep(0.1)
        try:
            yield connection
        finally:
            # Gives back the lock and the settings, whatever state it is in.
            connection.invalidate()


def _see_schema(connection: Connection) -> None:
    with connection.begin():
        path = connection.scalar(text("SHOW search_path"))
        if connection.scalar(text("SELECT current_schema()")) is None:
            raise ConfigurationError(
                f"the search_path ({path}) names no schema that there is, and that the role may "
                "use: make it with CREATE SCHEMA first"
            )


def _locked(connection: Connection) -> bool:
    key = {"key": MIGRATION_LOCK}
    with connection.begin():
        return bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), key))


def _try(connection: Connection, revision: str) -> bool:
    """Migrate as far as it goes; False when a table was in use."""
    config = _config()
    config.attributes["connection"] = connection
    step = command.downgrade if revision == "base" else command.upgrade
    try:
        step(config, revision)
        connection.commit()
    except CommandError as error:
        raise ConfigurationError(f"cannot migrate to {revision}: {error}") from error
    except DBAPIError as error:
        connection.rollback()
        if sqlstate_of(error) in BUSY_SQLSTATES | RETRYABLE_SQLSTATES:
            # A revision that was cut off may have changed it.
            connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}s'"))
            connection.commit()
            return False
        raise
    return True


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
