"""Settle: from the values of one prompt to rows that are counted once.

One transaction, fenced by the batch: whoever deletes the batch's row may count; everybody else
changes nothing. All inserts of one operation follow one another under its row lock, which is
what makes positions gapless and the count exact.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, text

from shared.cells import handover
from shared.db.endings import end_operation

#: A cell is dry when this many values in a row were asked of it and none was new.
BARREN_LIMIT = 100


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one prompt."""

    #: Fit to store, in the order said, each once; there may be more than were asked for.
    values: Sequence[str]
    #: Said more than once within this answer.
    repeated: int = 0
    #: Said, but empty, too long or on several lines.
    rejected: int = 0
    #: Items in the answer, fit or not.
    said: int = 0
    #: Why the prompt gave less than it should have, where something went wrong.
    failure: str | None = None
    #: We ended the prompt ourselves; what it did not come to say is not its fault.
    cut_by_us: bool = False
    prompt_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What settling changed."""

    #: Values stored.
    stored: int
    #: The operation's status after it.
    status: str
    #: The batch was no longer ours, and nothing was changed.
    late: bool = False


LATE = Settled(stored=0, status="", late=True)


def settle(
    connection: Connection,
    outcome: Outcome,
    *,
    batch_id: int,
    operation_number: int,
) -> Settled:
    """Store what is new among ``outcome.values``, count it, and end the operation if it is done."""
    operation = (
        connection.execute(
            text("SELECT * FROM operations WHERE number = :number FOR NO KEY UPDATE"),
            {"number": operation_number},
        )
        .mappings()
        .one_or_none()
    )
    batch = (
        connection.execute(
            text(
                """
                DELETE FROM batches WHERE id = :id AND operation_number = :number
                RETURNING cell_ordinal, asked, closing
                """
            ),
            {"id": batch_id, "number": operation_number},
        )
        .mappings()
        .one_or_none()
    )
    if operation is None or batch is None or batch["closing"]:
        return LATE
    known, stored = _store(connection, operation, batch, outcome.values)
    now = _count(connection, operation, batch, outcome, known=known, stored=stored)
    return Settled(stored=stored, status=_decide(connection, now, batch, outcome, stored))


def _store(
    connection: Connection, operation: RowMapping, batch: RowMapping, values: Sequence[str]
) -> tuple[int, int]:
    """Insert up to as many new values as were asked for; return (repeats, rows inserted)."""
    if not values:
        return 0, 0
    parameters = {
        "number": operation["number"],
        "cell": batch["cell_ordinal"],
        "asked": batch["asked"],
        "generated": operation["generated_count"],
        "values": list(values),
    }
    if operation["allow_duplicates"]:
        return 0, connection.execute(_INSERT_ALL, parameters).rowcount
    parameters["digests"] = [digest(value) for value in values]
    row = connection.execute(_INSERT_NEW, parameters).one()
    return row.known, row.stored


def digest(value: str) -> uuid.UUID:
    """128 bits of BLAKE2b (RFC 7693) over the value in UTF-8, in the shape of a UUID.

    Of a billion values, two share one with a probability of about 10^-21.
    """
    return uuid.UUID(bytes=hashlib.blake2b(value.encode(), digest_size=16).digest())


_INSERT_ALL = text(
    """
    INSERT INTO operation_values (operation_number, position, cell_ordinal, value)
    SELECT :number, :generated + said.ordinality, :cell, said.value
    FROM unnest(CAST(:values AS text[])) WITH ORDINALITY AS said (value, ordinality)
    WHERE said.ordinality <= :asked
    """
)

_INSERT_NEW = text(
    """
    WITH said AS MATERIALIZED (
        SELECT said.*, EXISTS (
            SELECT FROM operation_values v
            WHERE v.operation_number = :number AND v.digest = said.digest
        ) AS known
        FROM unnest(CAST(:values AS text[]), CAST(:digests AS uuid[]))
            WITH ORDINALITY AS said (value, digest, ordinality)
    ), inserted AS (
        INSERT INTO operation_values (operation_number, position, cell_ordinal, digest, value)
        SELECT :number, :generated + row_number() OVER (ORDER BY ordinality), :cell, digest, value
        FROM (SELECT * FROM said WHERE NOT known ORDER BY ordinality LIMIT :asked) AS fresh
        RETURNING 1
    )
    SELECT (SELECT count(*) FROM said WHERE known) AS known,
        (SELECT count(*) FROM inserted) AS stored
    """
)


def _count(
    connection: Connection,
    operation: RowMapping,
    batch: RowMapping,
    outcome: Outcome,
    *,
    known: int,
    stored: int,
) -> RowMapping:
    """Add to the counters what was really stored; return the operation as it is now."""
    missed = batch["asked"] - stored
    asked = min(batch["asked"], outcome.said) if outcome.cut_by_us else batch["asked"]
    return (
        connection.execute(
            _COUNT,
            {
                "number": operation["number"],
                "cell": batch["cell_ordinal"],
                "asked": asked,
                "stored": stored,
                "missed": missed,
                "duplicates": outcome.repeated + known,
                "rejected": outcome.rejected,
                "failed": int(outcome.failure is not None),
                "prompt_tokens": outcome.prompt_tokens,
                "output_tokens": outcome.output_tokens,
            },
        )
        .mappings()
        .one()
    )


_COUNT = text(
    """
    WITH cell AS (
        UPDATE cells SET
            open_count = open_count + :missed,
            generated_count = generated_count + :stored,
            barren = CASE WHEN :stored > 0 THEN 0 ELSE barren + :asked END
        WHERE operation_number = :number AND ordinal = :cell
    )
    UPDATE operations SET
        open_count = open_count + :missed,
        generated_count = generated_count + :stored,
        update_time = now(),
        prompts = prompts + 1,
        asked = asked + :asked,
        wasted = wasted + :asked - :stored,
        duplicates = duplicates + :duplicates,
        rejected = rejected + :rejected,
        failed_prompts = failed_prompts + :failed,
        prompt_tokens = prompt_tokens + :prompt_tokens,
        output_tokens = output_tokens + :output_tokens
    WHERE number = :number
    RETURNING *
    """
)


def _decide(
    connection: Connection, now: RowMapping, batch: RowMapping, outcome: Outcome, stored: int
) -> str:
    """End the operation when this batch decides it; return its status."""
    number = now["number"]
    if now["generated_count"] == now["requested_count"]:
        end_operation(
            connection, number=number, status="COMPLETED", reason=None, job_status="COMPLETED"
        )
        return "COMPLETED"
    if now["wasted"] * 100 > now["requested_count"] * now["error_tolerance"]:
        reason = _explain(now, outcome.failure)
        end_operation(
            connection, number=number, status="FAILED", reason=reason, job_status="FAILED"
        )
        return "FAILED"
    if stored == 0:
        _retire_if_dry(connection, number=number, ordinal=batch["cell_ordinal"])
    return str(now["status"])


def _explain(operation: RowMapping, failure: str | None) -> str:
    """Say in one paragraph why the tolerance was used up, and what would mend it."""
    allowed = operation["requested_count"] * operation["error_tolerance"] // 100
    parts = [
        f"Of {operation['asked']} values asked of the model {operation['generated_count']} could "
        f"be used and {operation['wasted']} were wasted, more than the {allowed} that "
        f"error_tolerance {operation['error_tolerance']}% of {operation['requested_count']} "
        f"allows. The model gave {operation['duplicates']} repeats and {operation['rejected']} "
        f"unfit values (empty, too long or on several lines); {operation['failed_prompts']} of "
        f"{operation['prompts']} prompts failed.",
    ]
    if failure:
        parts.append(f"The last failure: {failure}")
    elif operation["duplicates"] > operation["rejected"]:
        parts.append("Ask for fewer values, add attributes, or raise error_tolerance.")
    elif operation["rejected"]:
        parts.append("Check max_value_length, filter_characters and multiline_values.")
    return " ".join(parts)


def _retire_if_dry(connection: Connection, *, number: int, ordinal: int) -> None:
    """Hand what a dry cell still lacks to the cells that still give, where there are any."""
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
    connection.execute(
        text(
            """
            UPDATE operations SET warning =
                'The model had no new values for ' || dry.cells || ' of ' || dry.all_cells
                || ' combinations of attributes; the others make up for them.'
            FROM (
                SELECT count(*) FILTER (WHERE dry) AS cells, count(*) AS all_cells
                FROM cells WHERE operation_number = :number
            ) AS dry
            WHERE number = :number
            """
        ),
        {"number": number},
    )
