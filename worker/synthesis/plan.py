"""Plan: check all that can be checked before any row is read or written."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from shared.connectors.errors import SchemaDiffers
from shared.connectors.interface import Source, refuse_same
from shared.errors import InvalidRequest
from shared.synthesis import modes
from shared.synthesis.drift import differences
from shared.synthesis.exclusion import leave_out
from shared.synthesis.frozen import Frozen
from shared.synthesis.generators import check, needs
from shared.synthesis.plans import ColumnName, GeneratorType
from shared.synthesis.schema import Schema
from worker.synthesis.reading import read_by_model
from worker.synthesis.rebuild import repair
from worker.synthesis.reflect import look_at_target
from worker.synthesis.session import KNOWN, choices_of
from worker.synthesis.work import Work


def plan(work: Work) -> dict[str, Any]:
    """Hold the plan against both databases as they are now.

    :returns: the plan as it can be done (``frozen``), the names of ``ranks`` that are needed, the
        ``lists``.
    :raises SchemaDiffers: the source is not what it was; names what is different.
    :raises InvalidRequest: a generator does not fit its column; says how to mend it.
    """
    source, target = work.session.source(), work.session.target()
    refuse_same(source, target)
    now = source.reflect()
    if drift := differences(work.session.schema, now):
        raise SchemaDiffers(
            "The schema of the source has changed since the engine looked at it. Nothing was "
            "written. Make a new workspace for it, or undo the change:",
            drift,
        )
    # What an earlier run could not put back would look like another schema.
    repair(work)
    look_at_target(target, now)
    frozen, warnings = leave_out(work.session.schema, work.session.frozen)
    work.tells.warn(*warnings)
    included = {table.name for table in frozen.tables if not table.is_excluded}
    for table in work.session.schema:
        if table.name not in included:
            continue
        for column in table.columns:
            generator = frozen.plan.get(ColumnName(table.name, column.name))
            if generator is None or column.generated:
                continue
            try:
                check(generator, column)
            except InvalidRequest as error:
                raise InvalidRequest(f"{table.name}.{column.name}: {error}") from None
    copied = Schema(tables=tuple(each for each in work.session.schema if each.name in included))
    if refusals := modes.refusals(copied, frozen.plan):
        raise InvalidRequest("\n".join(refusals))
    work.tells.warn(*modes.warnings(copied, frozen.plan))
    counted = _counted(work.session.schema, source, frozen)
    wanted = needs(counted, frozen.plan, choices_of(work.session.run.settings, frozen))
    work.tells.warn(*wanted.warnings)
    knows = bool(wanted.known) or bool(read_by_model(frozen))
    return {
        "frozen": frozen.to_json(),
        "ranks": [*(need.name for need in wanted.ranks), *([KNOWN] if knows else [])],
        "lists": [asdict(need) for need in wanted.lists],
    }


def _counted(schema: Schema, source: Source, frozen: Frozen) -> Schema:
    """The schema with the number of rows where lists go by it, and nobody has counted them.

    A table that was never analysed says nothing of its size, and a list that is longer than its
    table is a model's time for nothing.
    """
    with_lists = {
        name.table
        for name, generator in frozen.plan.items()
        if generator.type is GeneratorType.LIST
    }
    return Schema(
        tables=tuple(
            replace(table, rows=source.count(table))
            if table.rows is None and table.name in with_lists
            else table
            for table in schema
        )
    )
