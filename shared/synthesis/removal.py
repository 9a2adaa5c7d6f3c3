"""Remove what runs that have ended leave behind, and engines that were deleted."""

from __future__ import annotations

from sqlalchemy import text

from shared.db.engine import Database

#: Engines that are removed in one round.
MOST_AT_ONCE = 100


def remove_artifacts(database: Database) -> int:
    """Remove what steps of ended runs had left to later ones; return how many parts."""
    with database.transaction() as connection:
        return connection.execute(_ARTIFACTS).rowcount


def remove_deleted(database: Database) -> int:
    """Remove deleted engines with all that is theirs; return how many.

    Not while a run of theirs, or a process of one, is under way. What could not be put back in a
    target by then, the job of its run says.
    """
    with database.transaction() as connection:
        numbers = list(connection.execute(_DELETED, {"most": MOST_AT_ONCE}).scalars())
    for number in numbers:
        with database.transaction() as connection:
            for statement in _OF_ENGINE:
                connection.execute(statement, {"number": number})
    return len(numbers)


_ARTIFACTS = text(
    """
    DELETE FROM artifacts WHERE run_number IN (
        SELECT DISTINCT run_number FROM artifacts JOIN runs ON number = run_number
        WHERE ended_at IS NOT NULL
    )
    """
)

_DELETED = text(
    """
    SELECT e.number FROM engines e
    WHERE e.deleted_at IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM runs r WHERE r.engine_number = e.number AND (
                r.ended_at IS NULL
                OR EXISTS (SELECT FROM step_claims c WHERE c.run_number = r.number)
            )
        )
    ORDER BY e.number LIMIT :most
    """
)

_RUNS = "(SELECT number FROM runs WHERE engine_number = :number)"
_DATABASES = "(SELECT id FROM engine_databases WHERE engine_number = :number)"
_TABLES = f"(SELECT id FROM source_tables WHERE database_id IN {_DATABASES})"  # noqa: S608
_OF_ENGINE = tuple(
    text(statement)
    for statement in (
        f"DELETE FROM artifacts WHERE run_number IN {_RUNS}",  # noqa: S608
        f"DELETE FROM steps WHERE run_number IN {_RUNS}",  # noqa: S608
        "DELETE FROM repairs WHERE engine_number = :number",
        "DELETE FROM runs WHERE engine_number = :number",
        f"DELETE FROM source_columns WHERE table_id IN {_TABLES}",  # noqa: S608
        f"DELETE FROM source_tables WHERE database_id IN {_DATABASES}",  # noqa: S608
        "DELETE FROM engine_databases WHERE engine_number = :number",
        """
        WITH gone AS (DELETE FROM engines WHERE number = :number RETURNING workspace_pk)
        DELETE FROM workspaces WHERE pk IN (SELECT workspace_pk FROM gone)
        """,
    )
)
