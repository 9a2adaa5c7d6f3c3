"""Settle: from the values of prompts to rows that are counted once.

A prompt *reports* what it has brought, once or several times while its answer is under way, and
a last time when it is over. Reports of many prompts, of one operation or of many, are settled
together in one transaction, under the row locks of the operations: this is what makes positions
gapless and the count exact. Each is fenced by its batch: who finds no row for it changes nothing,
and whoever deletes the row with a last report is the only one who ever will. Those before the last
are fenced by how much their batch has stored.

Locks are taken in one order: first all operations by their numbers, then all batches by their ids,
and those of accounts, which the end of an operation takes at the commit, by theirs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from sqlalchemy import Connection, RowMapping, insert, text

from shared.db.schema import outcomes
from shared.generation import estimates, refusals
from shared.generation.counting import count
from shared.generation.dry import note_reach, retire_if_dry
from shared.generation.endings import end_operation
from shared.generation.operation import OperationState
from shared.generation.reports import Ended, Report, Settled
from shared.generation.storing import Part, Told, store
from shared.queue.job import JobState


def settle(connection: Connection, reports: Mapping[int, Sequence[Report]]) -> dict[int, Settled]:
    """Store what is new in the reports, count it, and end the operations that it decides.

    :param reports: by the number of their operation, at most one for each batch. While an answer
        is under way one value is held back for its last report, so that no operation completes
        before the costs of its last answer are known.
    :returns: what became of them, by the number of the operation.
    """
    operations = {
        row["number"]: row
        for row in connection.execute(_OPERATIONS, {"numbers": list(reports)}).mappings()
    }
    ours = _lock_batches(connection, operations, reports)
    settled = {number: Settled(status=None) for number in reports}
    parts: list[Part] = []
    late: list[int] = []
    for number, operation in operations.items():
        part = Part(
            operation=operation,
            ours={each: row for each, row in ours.items() if row["operation_number"] == number},
            reports=reports[number],
        )
        if operation["end_time"] is not None:
            late += [report.batch_id for report in part.reports if report.ended is not None]
            settled[number] = Settled(status=OperationState(operation["status"]))
            continue
        part, before = _without_settled(part)
        settled[number] = Settled(
            status=OperationState(operation["status"]),
            open_count=operation["open_count"],
            stored=before,
        )
        if part.reports:
            parts.append(part)
    if late:
        _let_go(connection, late)
    # Account by account, because their rows are locked in the order in which operations end.
    for _, of_account in groupby(sorted(parts, key=_account), key=_account):
        together: list[Part] = []
        in_turn: list[Part] = []
        for part in of_account:
            (in_turn if len(part.reports) > 1 and _may_fail(part) else together).append(part)
        if together:
            settled |= _settle_together(connection, together, settled)
        for part in in_turn:
            settled[part.number] = _settle_in_turn(connection, part, settled[part.number])
    return settled


def _lock_batches(
    connection: Connection,
    operations: Mapping[int, RowMapping],
    reports: Mapping[int, Sequence[Report]],
) -> dict[int, RowMapping]:
    """Lock the batches that are reported of, and all of the operations that this may end.

    Also those that are closing: a last report deletes them, and what is locked later than others
    is out of the order.

    :returns: those that are still ours, by id.
    """
    ids = [report.batch_id for number in operations for report in reports[number]]
    ending = [number for number, row in operations.items() if _may_end(row, reports[number])]
    rows = connection.execute(
        _OURS, {"ids": ids, "numbers": list(operations), "ending": ending}
    ).mappings()
    reported = set(ids)
    return {row["id"]: row for row in rows if row["id"] in reported and not row["closing"]}


def _account(part: Part) -> int:
    return int(part.operation["account_id"])


def _may_end(operation: RowMapping, reports: Sequence[Report]) -> bool:
    """Whether these reports could end the operation, whatever its batches ask for."""
    if _hopeless(reports):
        return True
    lacking = operation["requested_count"] - operation["generated_count"]
    asked = lacking - operation["open_count"]
    return sum(len(report.values) for report in reports) >= lacking or _exceeds(operation, asked)


def _may_fail(part: Part) -> bool:
    """Whether these reports together could use up the tolerance."""
    over = [report for report in part.reports if report.ended is not None]
    return _exceeds(part.operation, sum(part.ours[each.batch_id]["asked"] for each in over))


def _hopeless(reports: Sequence[Report]) -> str | None:
    """Why nothing can come of the operation any more, as one of its prompts has found."""
    reasons = (report.ended.hopeless for report in reports if report.ended is not None)
    return next((reason for reason in reasons if reason), None)


def _exceeds(operation: RowMapping, more: int = 0) -> bool:
    return bool(
        (operation["wasted"] + more) * 100
        > operation["requested_count"] * operation["error_tolerance"]
    )


def _without_settled(part: Part) -> tuple[Part, dict[int, int]]:
    """The part without reports that are not ours, or come for a second time.

    :returns: also what was stored by the latter; by batch.
    """
    ours = part.ours
    reports = [report for report in part.reports if report.batch_id in ours]
    before = _settled_before(ours, reports)
    return replace(part, reports=[each for each in reports if each.batch_id not in before]), before


def _settled_before(ours: Mapping[int, RowMapping], reports: Sequence[Report]) -> dict[int, int]:
    return {
        report.batch_id: ours[report.batch_id]["stored"] - report.stored_before
        for report in reports
        if report.ended is None
        and report.stored_before is not None
        and ours[report.batch_id]["stored"] > report.stored_before
    }


def _settle_together(
    connection: Connection, parts: Sequence[Part], before: Mapping[int, Settled]
) -> dict[int, Settled]:
    told = store(connection, parts)
    _note_outcomes(connection, parts, told)
    now = count(connection, parts, told)
    return {
        part.number: Settled(
            status=_decide(connection, now[part.number], part, told[part.number]),
            open_count=now[part.number]["open_count"],
            reopened=part.operation["open_count"] == 0 < now[part.number]["open_count"],
            stored={
                **before[part.number].stored,
                **{each.batch_id: told[part.number].stored[each.batch_id] for each in part.reports},
            },
            cells=_tallies(part, told[part.number]),
        )
        for part in parts
    }


def _settle_in_turn(connection: Connection, part: Part, before: Settled) -> Settled:
    """One after another, so that no operation wastes more than the prompt that decides it."""
    settled = [settle(connection, {part.number: [r]})[part.number] for r in part.reports]
    return Settled(
        status=settled[-1].status,
        open_count=settled[-1].open_count,
        reopened=any(each.reopened for each in settled),
        stored={
            **before.stored,
            **{batch: n for each in settled for batch, n in each.stored.items()},
        },
        cells={cell: tally for each in settled for cell, tally in each.cells.items()},
    )


def _tallies(part: Part, told: Told) -> dict[int, estimates.Tally]:
    found: Counter[int] = Counter()
    said: Counter[int] = Counter()
    for report in part.reports:
        cell = part.ours[report.batch_id]["cell_ordinal"]
        found[cell] += told.stored[report.batch_id]
        said[cell] += len(report.values) + report.repeated
    return {
        cell: estimates.Tally(
            found=row["generated_count"] + found[cell],
            said=row["said"] + said[cell],
            said_again=row["said_again"] + told.again[cell],
            said_twice=row["said_twice"] + told.twice[cell],
        )
        for row in part.ours.values()
        for cell in (row["cell_ordinal"],)
    }


_OPERATIONS = text(
    """
    SELECT * FROM operations WHERE number = ANY (:numbers) ORDER BY number FOR NO KEY UPDATE
    """
)

_OURS = text(
    """
    SELECT b.id, b.operation_number, b.cell_ordinal, b.asked, b.stored, c.generated_count, c.trend,
        b.focus, b.worker, b.closing, c.said, c.said_again, c.said_twice
    FROM batches b
    JOIN cells c ON c.operation_number = b.operation_number AND c.ordinal = b.cell_ordinal
    WHERE (b.id = ANY (:ids) OR b.operation_number = ANY (:ending))
        AND b.operation_number = ANY (:numbers)
    ORDER BY b.id
    FOR UPDATE OF b
    """
)


def _let_go(connection: Connection, batches: Sequence[int]) -> None:
    """The operation has ended, so nothing is counted, but these slots are free now."""
    connection.execute(text("DELETE FROM batches WHERE id = ANY (:ids)"), {"ids": list(batches)})


def _note_outcomes(connection: Connection, parts: Sequence[Part], told: Mapping[int, Told]) -> None:
    """Write down what came of steered prompts that are over."""
    rows = [
        {
            "operation_number": part.number,
            "cell_ordinal": batch["cell_ordinal"],
            "worker": batch["worker"],
            "focus": batch["focus"],
            # One that did not come to its end does not show that there is no more.
            "asked": report.ended.said
            if _is_cut(report.ended)
            else batch["asked"] + batch["stored"],
            "said": report.ended.said,
            "fresh": batch["stored"] + told[part.number].stored[report.batch_id],
        }
        for part in parts
        for report in part.reports
        for batch in (part.ours[report.batch_id],)
        if report.ended is not None and batch["focus"] is not None
        # That nothing came shows that there is no more, unless something went wrong.
        if report.ended.said or not _is_cut(report.ended)
    ]
    if rows:
        connection.execute(insert(outcomes), rows)


def _is_cut(ended: Ended) -> bool:
    return ended.cut_by_us or ended.fault is not None


def _decide(connection: Connection, now: RowMapping, part: Part, told: Told) -> OperationState:
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
        return OperationState.COMPLETED
    over = [report for report in part.reports if report.ended is not None]
    hopeless = _hopeless(part.reports)
    if hopeless or _exceeds(now):
        failures = [r.ended.failure for r in over if r.ended and r.ended.failure]
        reason = hopeless or _explain(now, failures[-1] if failures else None)
        end_operation(
            connection,
            number=number,
            status=OperationState.FAILED,
            reason=reason,
            job_status=JobState.FAILED,
        )
        return OperationState.FAILED
    touched = {part.ours[r.batch_id]["cell_ordinal"]: told.stored[r.batch_id] for r in over}
    for ordinal, stored in touched.items():
        if stored == 0:
            retire_if_dry(connection, now, ordinal=ordinal)
    if touched:
        note_reach(connection, now)
    return OperationState(now["status"])


def _explain(operation: RowMapping, failure: str | None) -> str:
    """Say in one paragraph why the tolerance was used up, and what would mend it."""
    allowed = operation["requested_count"] * operation["error_tolerance"] // 100
    parts = [
        f"Of {operation['asked']} values asked of the model {operation['generated_count']} could "
        f"be used and {operation['wasted']} were wasted, more than the {allowed} that "
        f"error_tolerance {operation['error_tolerance']}% of {operation['requested_count']} "
        f"allows. {refusals.explain(operation)}{_unsaid(operation)} "
        f"{operation['failed_prompts']} of {operation['prompts']} prompts failed.",
    ]
    if failure:
        parts.append(f"The last failure: {failure}")
    elif operation["duplicates"] > operation["rejected"]:
        parts.append("Ask for fewer values, add attributes, or raise error_tolerance.")
    elif hint := refusals.hint(operation):
        parts.append(hint)
    return " ".join(parts)


def _unsaid(operation: RowMapping) -> str:
    """How many values were asked for and never said, so that all numbers add up to what was asked.

    Prompts may ask for a few more than they count, so more may be said too.
    """
    unsaid = operation["asked"] - refusals.said(operation)
    return f" {unsaid} never came." if unsaid > 0 else ""
