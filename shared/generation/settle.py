"""Settle: from the values of prompts to rows that are counted once.

A prompt *reports* what it has brought, once or several times while its answer is under way, and
a last time when it is over. Reports of several prompts of one operation are settled together, in
one transaction under the operation's row lock: this is what makes positions gapless and the
count exact. Each is fenced by its batch: who finds no row for it changes nothing, and whoever
deletes the row with a last report is the only one who ever will. Those before the last are
fenced by how much their batch has stored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, RowMapping, insert, text

from shared.db.schema import outcomes
from shared.generation import estimates
from shared.generation.counting import count
from shared.generation.dry import note_reach, retire_if_dry
from shared.generation.endings import end_operation
from shared.generation.operation import OperationState
from shared.generation.reports import Ended, Report, Settled
from shared.generation.storing import Told, store
from shared.queue.job import JobState


def settle(connection: Connection, reports: Sequence[Report], *, operation_number: int) -> Settled:
    """Store what is new in the reports, count it, and end the operation if that decides it.

    :param reports: of one operation, at most one for each batch. While an answer is under way
        one value is held back for its last report, so that no operation completes before the
        costs of its last answer are known.
    """
    operation = (
        connection.execute(
            text("SELECT * FROM operations WHERE number = :number FOR NO KEY UPDATE"),
            {"number": operation_number},
        )
        .mappings()
        .one_or_none()
    )
    if operation is None:
        return Settled(status="")
    ours = {
        row["id"]: row
        for row in connection.execute(
            _OURS,
            {"number": operation_number, "ids": [report.batch_id for report in reports]},
        ).mappings()
    }
    over = [report.batch_id for report in reports if report.ended is not None]
    if operation["end_time"] is not None:
        _let_go(connection, over)
        return Settled(status=operation["status"])
    reports = [report for report in reports if report.batch_id in ours]
    before = _settled_before(ours, reports)
    reports = [report for report in reports if report.batch_id not in before]
    if not reports:
        return Settled(
            status=operation["status"], open_count=operation["open_count"], stored=before
        )
    if len(reports) > 1 and _may_fail(operation, ours, reports):
        return _settle_in_turn(connection, reports, operation_number, before)
    told = store(connection, operation, ours, reports)
    _note_outcomes(connection, operation, ours, reports, told)
    now = count(connection, operation, ours, reports, told)
    status = _decide(connection, now, ours, reports, told)
    return Settled(
        status=status,
        open_count=now["open_count"],
        reopened=operation["open_count"] == 0 < now["open_count"],
        stored=before | {report.batch_id: told.stored[report.batch_id] for report in reports},
        cells=_tallies(ours, reports, told),
    )


def _may_fail(
    operation: RowMapping, ours: Mapping[int, RowMapping], reports: Sequence[Report]
) -> bool:
    """Whether these reports together could use up the tolerance."""
    asked = sum(ours[report.batch_id]["asked"] for report in reports if report.ended is not None)
    return bool(
        (operation["wasted"] + asked) * 100
        > operation["requested_count"] * operation["error_tolerance"]
    )


def _settle_in_turn(
    connection: Connection,
    reports: Sequence[Report],
    operation_number: int,
    before: Mapping[int, int],
) -> Settled:
    """One after another, so that no operation wastes more than the prompt that decides it."""
    settled = [settle(connection, [r], operation_number=operation_number) for r in reports]
    return Settled(
        status=settled[-1].status,
        open_count=settled[-1].open_count,
        reopened=any(each.reopened for each in settled),
        stored={**before, **{batch: n for each in settled for batch, n in each.stored.items()}},
        cells={cell: tally for each in settled for cell, tally in each.cells.items()},
    )


def _tallies(
    ours: Mapping[int, RowMapping], reports: Sequence[Report], told: Told
) -> dict[int, estimates.Tally]:
    found: Counter[int] = Counter()
    said: Counter[int] = Counter()
    for report in reports:
        cell = ours[report.batch_id]["cell_ordinal"]
        found[cell] += told.stored[report.batch_id]
        said[cell] += len(report.values) + report.repeated
    return {
        cell: estimates.Tally(
            found=row["generated_count"] + found[cell],
            said=row["said"] + said[cell],
            said_again=row["said_again"] + told.again[cell],
            said_twice=row["said_twice"] + told.twice[cell],
        )
        for row in ours.values()
        for cell in (row["cell_ordinal"],)
    }


def _settled_before(ours: Mapping[int, RowMapping], reports: Sequence[Report]) -> dict[int, int]:
    """What was stored by those reports that come for a second time; by batch."""
    return {
        report.batch_id: ours[report.batch_id]["stored"] - report.stored_before
        for report in reports
        if report.ended is None
        and report.stored_before is not None
        and ours[report.batch_id]["stored"] > report.stored_before
    }


_OURS = text(
    """
    SELECT b.id, b.cell_ordinal, b.asked, b.stored, c.generated_count, c.trend,
        b.focus, b.worker, c.said, c.said_again, c.said_twice
    FROM batches b
    JOIN cells c ON c.operation_number = b.operation_number AND c.ordinal = b.cell_ordinal
    WHERE b.id = ANY (:ids) AND b.operation_number = :number AND NOT b.closing
    FOR UPDATE OF b
    """
)


def _let_go(connection: Connection, batches: Sequence[int]) -> None:
    """The operation has ended, so nothing is counted, but these slots are free now."""
    connection.execute(text("DELETE FROM batches WHERE id = ANY (:ids)"), {"ids": list(batches)})


def _note_outcomes(
    connection: Connection,
    operation: RowMapping,
    ours: Mapping[int, RowMapping],
    reports: Sequence[Report],
    told: Told,
) -> None:
    """Write down what came of steered prompts that are over."""
    rows = [
        {
            "operation_number": operation["number"],
            "cell_ordinal": batch["cell_ordinal"],
            "worker": batch["worker"],
            "focus": batch["focus"],
            # One that did not come to its end does not show that there is no more.
            "asked": report.ended.said
            if _is_cut(report.ended)
            else batch["asked"] + batch["stored"],
            "said": report.ended.said,
            "fresh": batch["stored"] + told.stored[report.batch_id],
        }
        for report in reports
        for batch in (ours[report.batch_id],)
        if report.ended is not None and batch["focus"] is not None
        # That nothing came shows that there is no more, unless something went wrong.
        if report.ended.said or not _is_cut(report.ended)
    ]
    if rows:
        connection.execute(insert(outcomes), rows)


def _is_cut(ended: Ended) -> bool:
    return ended.cut_by_us or ended.fault is not None


def _decide(
    connection: Connection,
    now: RowMapping,
    ours: Mapping[int, RowMapping],
    reports: Sequence[Report],
    told: Told,
) -> str:
    """End the operation when these reports decide it; return its status."""
    number = now["number"]
    if now["generated_count"] == now["requested_count"]:
        end_operation(
            connection,
            number=number,
            status=OperationState.COMPLETED,
            reason=None,
            job_status=JobState.COMPLETED,
        )
        return "COMPLETED"
    over = [report for report in reports if report.ended is not None]
    if now["wasted"] * 100 > now["requested_count"] * now["error_tolerance"]:
        failures = [r.ended.failure for r in over if r.ended and r.ended.failure]
        reason = _explain(now, failures[-1] if failures else None)
        end_operation(
            connection,
            number=number,
            status=OperationState.FAILED,
            reason=reason,
            job_status=JobState.FAILED,
        )
        return "FAILED"
    touched = {ours[r.batch_id]["cell_ordinal"]: told.stored[r.batch_id] for r in over}
    for ordinal, stored in touched.items():
        if stored == 0:
            retire_if_dry(connection, number=number, ordinal=ordinal)
    if touched:
        note_reach(connection, now)
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
