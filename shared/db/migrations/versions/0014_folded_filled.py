"""Values that were there before get their folded digests, where an operation still goes on."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Connection, text

from shared.equality import digest, fold

revision = "0014"
down_revision = "0013"

#: Values that are looked at in one transaction.
CHUNK = 10_000

# Others need none: nothing is compared with them any more.
NEXT = text(
    """
    SELECT number, folded_count, generated_count FROM operations
    WHERE end_time IS NULL AND NOT allow_duplicates AND folded_count < generated_count
    ORDER BY number LIMIT 1
    """
)

# Printable ASCII with single blanks folds to itself; most values are no more than that.
VALUES = text(
    """
    SELECT position, value FROM operation_values
    WHERE operation_number = :number AND position > :after AND position <= :until
        AND value !~ '^[!-~]+( [!-~]+)*$'
    ORDER BY position
    """
)

# The first of several that are equal stands for all.
FILL = text(
    """
    UPDATE operation_values v SET folded = older.folded
    FROM unnest(CAST(:positions AS int[]), CAST(:folded AS uuid[])) AS older (position, folded)
    WHERE v.operation_number = :number AND v.position = older.position
        AND NOT EXISTS (
            SELECT FROM operation_values
            WHERE operation_number = :number AND digest = older.folded
        )
        AND NOT EXISTS (
            SELECT FROM operation_values o
            WHERE o.operation_number = :number AND o.folded = older.folded
        )
    """
)

NOTE = text("UPDATE operations SET folded_count = :until WHERE number = :number")


def upgrade() -> None:
    # A chunk at a time, each by itself, so that nobody is held up. What is added meanwhile is left
    # to who settles the next values of the operation.
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        while (row := connection.execute(NEXT).one_or_none()) is not None:
            until = min(row.folded_count + CHUNK, row.generated_count)
            fill(connection, row.number, after=row.folded_count, until=until)
            connection.execute(NOTE, {"number": row.number, "until": until})


def fill(connection: Connection, number: int, *, after: int, until: int) -> None:
    folded: dict[str, int] = {}
    for row in connection.execute(VALUES, {"number": number, "after": after, "until": until}):
        if (common := fold(row.value)) != row.value:
            folded.setdefault(common, row.position)
    parameters = {"number": number, "positions": list(folded.values())}
    connection.execute(FILL, {**parameters, "folded": [digest(each) for each in folded]})


def downgrade() -> None:
    """Nothing: the column goes with a revision before."""
