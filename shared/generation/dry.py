"""What becomes of cells whose model has nothing new to say, and how many values there may be."""

from __future__ import annotations

from sqlalchemy import Connection, RowMapping, text

from shared.generation import refusals
from shared.generation.cells import handover
from shared.generation.estimates import Tally, reachable

#: A cell is dry when this many values in a row were asked of it and none was new.
BARREN_LIMIT = 100

#: Estimates are looked at after every so many prompts of an operation.
REACH_EVERY = 4

#: Cells that an estimate looks at; more of them have few values each, and nothing to estimate.
MOST_CELLS = 200


def retire_if_dry(connection: Connection, operation: RowMapping, *, ordinal: int) -> None:
    """Hand what a dry cell still lacks to the cells that still give, where there are any."""
    number = operation["number"]
    cells = list(
        connection.execute(
            text(
                """
                SELECT ordinal, quota, open_count, barren FROM cells
                WHERE operation_number = :number
                    AND (ordinal = :ordinal AND barren >= :limit OR ordinal <> :ordinal AND NOT dry)
                ORDER BY ordinal
                """
            ),
            {"number": number, "ordinal": ordinal, "limit": BARREN_LIMIT},
        )
    )
    dry = next((cell for cell in cells if cell.ordinal == ordinal), None)
    others = [cell for cell in cells if cell.ordinal != ordinal]
    if dry is None or not others or dry.open_count == 0:
        return
    gains = handover(left=dry.open_count, accepted=[cell.quota for cell in others])
    connection.execute(
        text(
            """
            UPDATE cells SET dry = true, quota = quota - open_count, open_count = 0
            WHERE operation_number = :number AND ordinal = :ordinal
            """
        ),
        {"number": number, "ordinal": ordinal},
    )
    connection.execute(
        text(
            """
            UPDATE cells SET quota = quota + gain.gain, open_count = open_count + gain.gain
            FROM unnest(CAST(:ordinals AS int[]), CAST(:gains AS int[])) AS gain (ordinal, gain)
            WHERE operation_number = :number AND cells.ordinal = gain.ordinal AND gain.gain > 0
            """
        ),
        {"number": number, "ordinals": [cell.ordinal for cell in others], "gains": gains},
    )
    _warn(connection, number=number, refused=refusals.warning(operation))


def note_reach(connection: Connection, operation: RowMapping) -> None:
    """Estimate how many values the model can give, and warn while there is time to act on it.

    The warning also says what is wrong with values that are refused, where many are.
    """
    before = operation["prompts"] - 1
    if not operation["wasted"] or operation["prompts"] // REACH_EVERY == before // REACH_EVERY:
        return
    cells = connection.execute(
        text(
            """
            SELECT generated_count, said, said_again, said_twice, trend
            FROM cells WHERE operation_number = :number LIMIT :most
            """
        ),
        {"number": operation["number"], "most": MOST_CELLS + 1},
    ).all()
    limits = [
        reachable(
            Tally(
                found=cell.generated_count,
                said=cell.said,
                said_again=cell.said_again,
                said_twice=cell.said_twice,
            ),
            cell.trend,
        )
        for cell in cells[:MOST_CELLS]
    ]
    # A cell without a limit in sight takes over what the others lack.
    known = [limit for limit in limits if limit is not None]
    total = sum(known) if len(known) == len(cells) else None
    changed = connection.execute(
        text(
            """
            UPDATE operations SET reachable = :total
            WHERE number = :number AND reachable IS DISTINCT FROM :total
            """
        ),
        {"number": operation["number"], "total": total},
    )
    refused = refusals.warning(operation)
    if changed.rowcount or refused or operation["warning"]:
        _warn(connection, number=operation["number"], refused=refused)


def _warn(connection: Connection, *, number: int, refused: str | None) -> None:
    connection.execute(_WARN, {"number": number, "refused": refused})


_WARN = text(
    """
    UPDATE operations SET warning = nullif(concat_ws(' ',
        CASE WHEN dry.cells > 0 THEN
            'The model had no new values for ' || dry.cells || ' of ' || dry.all_cells
            || ' combinations of attributes; the others make up for them.'
        END,
        CASE WHEN reachable < requested_count THEN
            'The model is running out of new values: about ' || reachable || ' of the '
            || requested_count || ' asked for can be reached. Ask for fewer, add attributes, or '
            || 'take a larger model.'
        END,
        CAST(:refused AS text)
    ), '')
    FROM (
        SELECT count(*) FILTER (WHERE dry) AS cells, count(*) AS all_cells
        FROM cells WHERE operation_number = :number
    ) AS dry
    WHERE number = :number
    """
)
