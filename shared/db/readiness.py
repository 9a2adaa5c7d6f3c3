"""Whether this code can work on a database as it is, and what to do about it where it cannot."""

from __future__ import annotations

from sqlalchemy import text

from shared.db import migrate
from shared.db.engine import Database
from shared.errors import ConfigurationError


def check(database: Database) -> None:
    """See that the database has a schema that this code can work on.

    :raises ConfigurationError: when it has not; the message is the finding, a colon, and what to
        do about it.
    :raises Unavailable: when it does not answer.
    """
    if migrate.is_usable(database):
        return
    if found := migrate.revisions(database):
        raise ConfigurationError(
            f"at revision {', '.join(sorted(found))}, older than this version: run "
            "`valuemill migrate` as the owner of the tables"
        )
    with database.transaction() as connection:
        here = connection.scalar(text("SELECT CAST(current_schema() AS text)"))
        elsewhere = connection.scalars(_HOMES).all()
    if elsewhere:
        raise ConfigurationError(
            f"the tables are in the schema {' and in '.join(elsewhere)}, and the search_path does "
            f"not lead there: add ?options=-csearch_path={elsewhere[0]} to VALUEMILL_DATABASE_URL"
        )
    if here is None:
        raise ConfigurationError(
            "there is no such schema as the search_path names: make it with CREATE SCHEMA, then "
            "run `valuemill migrate`"
        )
    raise ConfigurationError(
        f"the database is empty (its schema {here}): run `valuemill migrate` as its owner"
    )


#: The schemas that hold tables of ours.
_HOMES = text(
    """
    SELECT CAST(n.nspname AS text)
    FROM pg_namespace n
    WHERE EXISTS (
            SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'alembic_version'
        ) AND EXISTS (
            SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'operations'
        )
    ORDER BY 1
    """
)
