"""Count what reports have brought, in the same transaction that stores it.

Counters are added to by what was really inserted, never by what was asked for or said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, text

from shared.generation import estimates
from shared.generation.reports import Ended, Report
from shared.generation.storing import Told


def count(
    connection: Connection,
    operation: RowMapping,
    ours: Mapping[int, RowMapping],
    reports: Sequence[Report],
    told: Told,
) -> RowMapping:
    """Add to the counters what was really stored; return the operation as it is now."""
    cells: dict[int, dict[str, Any]] = {}
    total: Counter[str] = Counter()
    over = [report for report in reports if report.ended is not None]
    for report in reports:
        batch = ours[report.batch_id]
        stored = told.stored[report.batch_id]
        asked, missed = stored, 0
        if report.ended is not None:
            missed = batch["asked"] - stored
            asked = batch["asked"]
            if report.ended.cut_by_us:
                asked = min(asked, max(stored, report.ended.said - batch["stored"]))
            total.update(prompts=1, **_costs(report.ended))
        total.update(stored=stored, asked=asked, missed=missed, repeated=report.repeated)
        total.update(report.rejected)
        cell = cells.setdefault(
            batch["cell_ordinal"],
            {
                "stored": 0,
                "asked": 0,
                "missed": 0,
                "prompts": 0,
                "said": 0,
                "found": batch["generated_count"],
                "trend": list(batch["trend"]),
            },
        )
        cell["stored"] += stored
        cell["missed"] += missed
        cell["asked"] += asked
        cell["said"] += len(report.values) + report.repeated
        cell["prompts"] += report.ended is not None
        if report.ended is not None and not report.ended.cut_by_us:
            cell["trend"] = estimates.update(
                cell["trend"],
                found=cell["found"] - batch["stored"],
                asked=batch["asked"] + batch["stored"],
                fresh=stored + batch["stored"],
            )
    return (
        connection.execute(
            _COUNT,
            {
                "number": operation["number"],
                "over": [report.batch_id for report in over],
                "open_batches": [r.batch_id for r in reports if r.ended is None],
                "open_stored": [told.stored[r.batch_id] for r in reports if r.ended is None],
                **_cell_columns(cells, told),
                **{name: total[name] for name in _TOTALS},
                "duplicates": total["repeated"] + told.known,
                "rejected": sum(sum(report.rejected.values()) for report in reports),
            },
        )
        .mappings()
        .one()
    )


_TOTALS = (
    "stored", "asked", "missed", "prompts", "failed", "prompt_tokens", "output_tokens",
    "too_long", "several_lines", "empty", "broken", "refused", "cut",
)  # fmt: skip


def _costs(ended: Ended) -> dict[str, int]:
    costs = {"prompt_tokens": ended.prompt_tokens, "output_tokens": ended.output_tokens}
    if ended.failure is not None:
        costs["failed"] = 1
    if ended.fault is not None:
        costs[ended.fault] = 1
    return costs


def _cell_columns(cells: Mapping[int, Mapping[str, Any]], told: Told) -> dict[str, list[Any]]:
    """The changes of each cell as the columns of one ``unnest``."""
    names = ("stored", "asked", "missed", "prompts", "said")
    return {
        "cells": list(cells),
        **{f"cell_{name}": [cell[name] for cell in cells.values()] for name in names},
        "cell_again": [told.again[ordinal] for ordinal in cells],
        "cell_twice": [told.twice[ordinal] for ordinal in cells],
        # Each an array in an array's own notation, since unnest would flatten arrays of arrays.
        "cell_trend": ["{" + ",".join(map(repr, cell["trend"])) + "}" for cell in cells.values()],
    }


_COUNT = text(
    """
    WITH change AS MATERIALIZED (
        SELECT * FROM unnest(
            CAST(:cells AS int[]), CAST(:cell_stored AS int[]), CAST(:cell_asked AS int[]),
            CAST(:cell_missed AS int[]), CAST(:cell_prompts AS int[]), CAST(:cell_said AS int[]),
            CAST(:cell_again AS int[]), CAST(:cell_twice AS int[]), CAST(:cell_trend AS text[])
        ) AS change (cell, stored, asked, missed, prompts, said, again, twice, trend)
    ), cell AS (
        UPDATE cells SET
            open_count = open_count + missed,
            generated_count = generated_count + stored,
            barren = CASE WHEN stored > 0 THEN 0 ELSE barren + change.asked END,
            asked = cells.asked + change.asked,
            prompts = cells.prompts + change.prompts,
            said = cells.said + change.said,
            said_again = said_again + again,
            said_twice = said_twice + twice,
            trend = CAST(change.trend AS double precision[])
        FROM change
        WHERE operation_number = :number AND ordinal = change.cell
    ), settled AS (
        DELETE FROM batches WHERE id = ANY (CAST(:over AS bigint[]))
    ), going_on AS (
        UPDATE batches SET asked = asked - report.stored, stored = batches.stored + report.stored
        FROM unnest(CAST(:open_batches AS bigint[]), CAST(:open_stored AS int[]))
            AS report (batch, stored)
        WHERE id = report.batch AND report.stored > 0
    )
    UPDATE operations SET
        open_count = open_count + :missed,
        generated_count = generated_count + :stored,
        update_time = now(),
        prompts = prompts + :prompts,
        asked = asked + :asked,
        wasted = wasted + :asked - :stored,
        duplicates = duplicates + :duplicates,
        rejected = rejected + :rejected,
        too_long = too_long + :too_long,
        several_lines = several_lines + :several_lines,
        empty = empty + :empty,
        failed_prompts = failed_prompts + :failed,
        broken_prompts = broken_prompts + :broken,
        refused_prompts = refused_prompts + :refused,
        cut_prompts = cut_prompts + :cut,
        prompt_tokens = prompt_tokens + :prompt_tokens,
        output_tokens = output_tokens + :output_tokens,
        waiting_since = CASE
            WHEN EXISTS (
                SELECT FROM batches
                WHERE operation_number = :number AND id <> ALL (CAST(:over AS bigint[]))
            ) THEN waiting_since
            ELSE clock_timestamp()
        END
    WHERE number = :number
    RETURNING *
    """
)
