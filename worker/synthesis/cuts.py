"""Cuts: divide the tables into blocks that are each written in one transaction."""

from __future__ import annotations

from typing import Any

from shared.synthesis.schema import Table
from worker.synthesis.work import Work

#: Rows times columns of a block: some seconds of work, and what is done again after a loss.
DATAPOINTS = 1_000_000

#: Rows of a block, whatever its columns are, where nobody asks for fewer.
FEWEST, MOST = 1_000, 250_000

#: Blocks of a table, however few rows somebody asks for: each is a step that is kept.
MOST_BLOCKS = 10_000


def cut(work: Work) -> dict[str, Any]:
    """Count and cut every table that is copied.

    :returns: ``tables``: for each its ``schema``, ``name``, ``rows``, ``is_part`` and
        ``cuts``.
    """
    source = work.session.source(work.task.snapshot)
    found: list[dict[str, Any]] = []
    for table in work.session.included():
        if table.partitioned:
            continue
        count = source.count(table)
        wanted = rows_of(table, count, asked=work.session.run.request.get("data_batch_size"))
        found.append(
            {
                "schema": table.name.schema,
                "name": table.name.name,
                "rows": count,
                # A row whose key is another may belong to another part.
                "is_part": table.parent is not None,
                "cuts": [dict(each) for each in source.cuts(table, wanted)],
            }
        )
    work.tells.log("cut", tables=len(found), blocks=sum(len(each["cuts"]) for each in found))
    return {"tables": found}


def rows_of(table: Table, count: int, *, asked: int | None = None) -> int:
    """Rows of a block of a table that has so many.

    :param asked: so many are wanted.
    """
    if asked:
        return min(MOST, max(asked, -(-count // MOST_BLOCKS)))
    return max(FEWEST, min(MOST, DATAPOINTS // max(1, len(table.columns))))
