"""Ranks: read all values of some key columns, and keep the order that the secret gives them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shared.synthesis.generators import build, needs
from shared.synthesis.plans import ColumnName
from worker.synthesis.session import choices_of
from worker.synthesis.work import Work


def ranks(work: Work) -> dict[str, Any]:
    """Make one artifact, of the need that the parameters name."""
    choices = choices_of(work.session.run.settings, work.session.frozen)
    wanted = needs(work.session.schema, work.session.frozen.plan, choices)
    need = next(each for each in wanted.ranks if each.name == work.task.parameters["need"])
    source = work.session.source(work.task.snapshot)

    def values(column: ColumnName) -> Iterator[str]:
        table = work.session.schema[column.table]
        return (value for (value,) in source.distinct(table, [column.name]))

    work.tells.keep(need.name, build(need, map(values, need.columns), work.session.run.seed))
    return {}
