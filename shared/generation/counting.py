"""Count what reports have brought, in the same transaction that stores it.

Counters are added to by what was really inserted, never by what was asked for or said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, RowMapping, text

from shared.generation import estimates
from shared.generation.reports import Ended
from shared.generation.storing import Part, Told


def count(
    connection: Connection, parts: Sequence[Part], told: Mapping[int, Told]
) -> dict[int, RowMapping]:
    """Add to the counters what was really stored; return the operations as they are now."""
    totals: list[Counter[str]] = []
    cells: list[Counter[str]] = []
    trends: list[list[float]] = []
    for part in parts:
        total, of_cells, of_trends = _count(part, told[part.number])
        totals.append(total)
        cells += of_cells
        trends += of_trends
    reports = [(part, report) for part in parts for report in part.reports]
    going_on = [(part, report) for part, report in reports if report.ended is None]
    rows = connection.execute(
        _COUNT,
        {
            "over": [report.batch_id for _, report in reports if report.ended is not None],
            "open_batches": [report.batch_id for _, report in going_on],
            "open_stored": [told[part.number].stored[report.batch_id] for part, report in going_on],
            "numbers": [part.number for part in parts],
            **{name: [total[name] for total in totals] for name in _TOTALS},
            **{f"cell_{name}": [cell[name] for cell in cells] for name in _OF_CELLS},
            # Each an array in an array's own notation, since unnest would flatten arrays of arrays.
            "cell_trend": ["{" + ",".join(map(repr, trend)) + "}" for trend in trends],
        },
    )
    return {row["number"]: row for row in rows.mappings()}


def _count(part: Part, told: Told) -> tuple[Counter[str], list[Counter[str]], list[list[float]]]:
    """What a part adds to its operation, and to each of its cells, with the new trends of these."""
    total: Counter[str] = Counter()
    cells: dict[int, Counter[str]] = {}
    trends: dict[int, list[float]] = {}
    total["duplicates"] = told.known
    for report in part.reports:
        batch = part.ours[report.batch_id]
        ordinal = batch["cell_ordinal"]
        stored = told.stored[report.batch_id]
        asked, missed = stored, 0
        if report.ended is not None:
            missed = batch["asked"] - stored
            asked = batch["asked"]
            if report.ended.cut_by_us:
                asked = min(asked, max(stored, report.ended.said - batch["stored"]))
            total.update(prompts=1, **_costs(report.ended))
        total.update(stored=stored, asked=asked, missed=missed, duplicates=report.repeated)
        total.update(report.rejected)
        total.update(rejected=sum(report.rejected.values()))
        cell = cells.setdefault(
            ordinal,
            Counter(
                number=part.number,
                ordinal=ordinal,
                again=told.again[ordinal],
                twice=told.twice[ordinal],
            ),
        )
        cell.update(
            stored=stored,
            missed=missed,
            asked=asked,
            said=len(report.values) + report.repeated,
            prompts=report.ended is not None,
        )
        trend = trends.setdefault(ordinal, list(batch["trend"]))
        # What a prompt that failed did not bring says nothing of what there is, and neither does a
        # model that has not said one value that is fit.
        fit = batch["said"] + len(report.values) + report.repeated
        ended = report.ended
        if ended is not None and fit and not (ended.cut_by_us or ended.fault):
            trends[ordinal] = list(
                estimates.update(
                    trend,
                    found=batch["generated_count"] - batch["stored"],
                    asked=batch["asked"] + batch["stored"],
                    fresh=stored + batch["stored"],
                )
            )
    return total, list(cells.values()), list(trends.values())


_OF_CELLS = ("number", "ordinal", "stored", "asked", "missed", "prompts", "said", "again", "twice")
_TOTALS = (
    "stored", "asked", "missed", "prompts", "duplicates", "rejected", "failed", "prompt_tokens",
    "output_tokens", "too_long", "several_lines", "empty", "filter_timeout", "echo", "markup",
    "counting", "cut_off", "run_away", "off_shape", "refusal", "broken", "refused", "cut",
)  # fmt: skip


def _costs(ended: Ended) -> dict[str, int]:
    costs = {"prompt_tokens": ended.prompt_tokens, "output_tokens": ended.output_tokens}
    if ended.failure is not None:
        costs["failed"] = 1
    if ended.fault is not None:
        costs[ended.fault] = 1
    return costs


_COUNT = text(
    """
    WITH change AS MATERIALIZED (
        SELECT * FROM unnest(
            CAST(:cell_number AS bigint[]), CAST(:cell_ordinal AS int[]),
            CAST(:cell_stored AS int[]), CAST(:cell_asked AS int[]), CAST(:cell_missed AS int[]),
            CAST(:cell_prompts AS int[]), CAST(:cell_said AS int[]), CAST(:cell_again AS int[]),
            CAST(:cell_twice AS int[]), CAST(:cell_trend AS text[])
        ) AS change
            (number, cell, stored, asked, missed, prompts, said, again, twice, trend)
    ), total AS MATERIALIZED (
        SELECT * FROM unnest(
            CAST(:numbers AS bigint[]), CAST(:stored AS int[]), CAST(:asked AS int[]),
            CAST(:missed AS int[]), CAST(:prompts AS int[]), CAST(:duplicates AS int[]),
            CAST(:rejected AS int[]), CAST(:failed AS int[]), CAST(:prompt_tokens AS bigint[]),
            CAST(:output_tokens AS bigint[]), CAST(:too_long AS int[]),
            CAST(:several_lines AS int[]), CAST(:empty AS int[]),
            CAST(:filter_timeout AS int[]), CAST(:echo AS int[]),
            CAST(:markup AS int[]), CAST(:counting AS int[]), CAST(:cut_off AS int[]),
            CAST(:run_away AS int[]), CAST(:off_shape AS int[]), CAST(:refusal AS int[]),
            CAST(:broken AS int[]), CAST(:refused AS int[]), CAST(:cut AS int[])
        ) AS total
            (operation, stored, asked, missed, prompts, duplicates, rejected, failed,
            prompt_tokens, output_tokens, too_long, several_lines, empty, filter_timeout, echo,
            markup, counting, cut_off, run_away, off_shape, refusal, broken, refused, cut)
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
        WHERE operation_number = change.number AND ordinal = change.cell
    ), settled AS (
        DELETE FROM batches WHERE id = ANY (CAST(:over AS bigint[]))
    ), going_on AS (
        UPDATE batches SET asked = asked - report.stored, stored = batches.stored + report.stored
        FROM unnest(CAST(:open_batches AS bigint[]), CAST(:open_stored AS int[]))
            AS report (batch, stored)
        WHERE id = report.batch AND report.stored > 0
    )
    UPDATE operations SET
        open_count = open_count + total.missed,
        generated_count = generated_count + total.stored,
        folded_count = generated_count + total.stored,
        update_time = now(),
        prompts = operations.prompts + total.prompts,
        asked = operations.asked + total.asked,
        wasted = wasted + total.asked - total.stored,
        duplicates = operations.duplicates + total.duplicates,
        rejected = operations.rejected + total.rejected,
        too_long = operations.too_long + total.too_long,
        several_lines = operations.several_lines + total.several_lines,
        empty = operations.empty + total.empty,
        filter_timeout = operations.filter_timeout + total.filter_timeout,
        echo = operations.echo + total.echo,
        markup = operations.markup + total.markup,
        counting = operations.counting + total.counting,
        cut_off = operations.cut_off + total.cut_off,
        run_away = operations.run_away + total.run_away,
        off_shape = operations.off_shape + total.off_shape,
        refusal = operations.refusal + total.refusal,
        failed_prompts = failed_prompts + total.failed,
        broken_prompts = broken_prompts + total.broken,
        refused_prompts = refused_prompts + total.refused,
        cut_prompts = cut_prompts + total.cut,
        prompt_tokens = operations.prompt_tokens + total.prompt_tokens,
        output_tokens = operations.output_tokens + total.output_tokens,
        waiting_since = CASE
            WHEN EXISTS (
                SELECT FROM batches
                WHERE operation_number = total.operation AND id <> ALL (CAST(:over AS bigint[]))
            ) THEN waiting_since
            ELSE clock_timestamp()
        END
    FROM total WHERE number = total.operation
    RETURNING operations.*
    """
)
