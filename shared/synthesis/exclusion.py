"""What becomes of references to tables that are left out. Pure.

A table that is left out stays empty in the target, so no row there can be referred to. Where a
reference may be null it is written as null, and people are told; where it may not, the plan is
refused before anything is written.
"""

from __future__ import annotations

from dataclasses import replace

from shared.errors import InvalidRequest
from shared.synthesis.frozen import Frozen, FrozenTable
from shared.synthesis.plans import Generator, GeneratorType
from shared.synthesis.schema import ForeignKey, Schema, Table


def leave_out(schema: Schema, frozen: Frozen) -> tuple[Frozen, list[str]]:
    """The plan in which no included table refers to an excluded one, and what to say of that.

    :raises InvalidRequest: names the keys that may not be null, and how to mend it.
    """
    excluded = {table.name for table in frozen.tables if table.is_excluded}
    nulls: dict[tuple[str, str], set[str]] = {}
    warnings: list[str] = []
    refused: list[str] = []
    for table in schema:
        if table.name in excluded:
            continue
        for key in table.foreign_keys:
            if key.table not in excluded:
                continue
            column = _nullable(table, key)
            if column is None:
                refused.append(
                    f"{table.name} refers to {key.table}, which is excluded, by "
                    f"{', '.join(key.columns)}, which may not be null"
                )
                continue
            nulls.setdefault((table.name.schema, table.name.name), set()).add(column)
            warnings.append(
                f"{table.name}.{column} is null in every row, because {key.table}, to which it "
                "refers, is excluded."
            )
    if refused:
        raise InvalidRequest(
            "Include these tables, or exclude those that refer to them: " + "; ".join(refused)
        )
    if not nulls:
        return frozen, warnings
    return Frozen(
        tuple(
            _with_nulls(table, nulls.get((table.name.schema, table.name.name), set()))
            for table in frozen.tables
        )
    ), warnings


def _nullable(table: Table, key: ForeignKey) -> str | None:
    """A column of a key that frees the whole key where it is null."""
    return next(
        (name for name in key.columns if table[name].nullable and name not in table.primary_key),
        None,
    )


def _with_nulls(table: FrozenTable, columns: set[str]) -> FrozenTable:
    null = Generator(type=GeneratorType.NULL)
    return replace(
        table,
        columns=tuple(
            replace(column, generator=null) if column.name in columns else column
            for column in table.columns
        ),
    )
