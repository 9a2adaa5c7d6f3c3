"""Remove operations that were deleted, or are past their retention, with all that is theirs."""

from __future__ import annotations

from sqlalchemy import text

from shared.db.engine import Database

#: Rows removed in one transaction; keeps locks and the write-ahead log in small pieces.
CHUNK = 10_000


def expire(database: Database) -> int:
    """Mark the operations whose retention is over as deleted; return how many.

    A transaction for each account, because its end locks the account's row: who holds several
    would have to take them in the order that ``settle`` does.
    """
    with database.transaction() as connection:
        accounts = list(connection.execute(_EXPIRING).scalars())
    return sum(_expire(database, account) for account in accounts)


def _expire(database: Database, account: int) -> int:
    with database.transaction() as connection:
        return connection.execute(_EXPIRE, {"account": account}).rowcount


def remove_deleted(database: Database) -> int:
    """Remove what deleted operations left, a chunk of values at a time; return the operations.

    The operation itself goes last, and only when nothing of it is left: who finds it finds the
    rest, however often this was interrupted. Prompts that still run keep it for that long.
    """
    with database.transaction() as connection:
        numbers = list(
            connection.execute(
                text("SELECT number FROM operations WHERE deleted_at IS NOT NULL LIMIT 100")
            ).scalars()
        )
    return sum(_remove(database, number) for number in numbers)


def _remove(database: Database, number: int) -> int:
    """Remove one operation; 1 when it is gone."""
    parameters = {"number": number, "chunk": CHUNK}
    left = 1
    while left:
        with database.transaction() as connection:
            left = connection.execute(_REMOVE_VALUES, parameters).rowcount
    with database.transaction() as connection:
        connection.execute(_REMOVE_REPEATS, parameters)
        connection.execute(_REMOVE_OUTCOMES, parameters)
        connection.execute(_REMOVE_CELLS, parameters)
        return connection.execute(_REMOVE_OPERATION, parameters).rowcount


_EXPIRING = text(
    """
    SELECT DISTINCT account_id FROM operations
    WHERE expiration_time <= now() AND deleted_at IS NULL
    """
)

_EXPIRE = text(
    """
    WITH over AS MATERIALIZED (
        SELECT number FROM operations
        WHERE expiration_time <= now() AND deleted_at IS NULL AND account_id = :account
        ORDER BY number FOR NO KEY UPDATE
    )
    UPDATE operations SET deleted_at = now() WHERE number IN (SELECT number FROM over)
    """
)

# By a range of positions, which is a range of the primary key: a plan that needs no statistics.
_REMOVE_VALUES = text(
    """
    DELETE FROM operation_values
    WHERE operation_number = :number AND position < :chunk + (
        SELECT min(position) FROM operation_values WHERE operation_number = :number
    )
    """
)

_REMOVE_REPEATS = text("DELETE FROM repeats WHERE operation_number = :number")

_REMOVE_OUTCOMES = text("DELETE FROM outcomes WHERE operation_number = :number")

_REMOVE_CELLS = text(
    """
    DELETE FROM cells WHERE operation_number = :number
        AND NOT EXISTS (SELECT FROM batches WHERE operation_number = :number)
    """
)

_REMOVE_OPERATION = text(
    """
    DELETE FROM operations WHERE number = :number AND deleted_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM batches WHERE operation_number = :number)
        AND NOT EXISTS (SELECT FROM cells WHERE operation_number = :number)
        AND NOT EXISTS (SELECT FROM operation_values WHERE operation_number = :number)
    """
)
