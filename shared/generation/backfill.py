"""Give values of the version before, which compared them as they are, what they are folded to.

That version works on while hosts are upgraded, and what it stores has no folded digests. How many
values have been looked at is noted with their operation, so nothing is looked at twice.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from shared.equality import digest, fold


def fold_values(connection: Connection, *, number: int, after: int, until: int) -> None:
    """Note the folded digests of an operation's values beyond one position, up to another.

    Where that version has stored several that are equal, the first stands for all of them.
    """
    folded: dict[str, int] = {}
    parameters = {"number": number, "after": after, "until": until}
    for row in connection.execute(_NOT_PLAIN, parameters):
        if (common := fold(row.value)) != row.value:
            folded.setdefault(common, row.position)
    if folded:
        connection.execute(
            _NOTE,
            {
                "number": number,
                "positions": list(folded.values()),
                "folded": [digest(each) for each in folded],
            },
        )


# Printable ASCII with single blanks folds to itself; most values are no more than that.
_NOT_PLAIN = text(
    """
    SELECT position, value FROM operation_values
    WHERE operation_number = :number AND position > :after AND position <= :until
        AND value !~ '^[!-~]+( [!-~]+)*$'
    ORDER BY position
    """
)

_NOTE = text(
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
