"""What is different in a source since it was looked at. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from shared.synthesis.schema import Column, Schema, Table


def differences(before: Schema, now: Schema) -> list[str]:
    """A sentence for each thing that a plan was made for and that is not so any more."""
    return list(_differences(before, now))


def _differences(before: Schema, now: Schema) -> Iterator[str]:
    known = {table.name: table for table in before}
    there = {table.name: table for table in now}
    for name in known.keys() | there.keys():
        if name not in there:
            yield f"the table {name} is gone"
        elif name not in known:
            yield f"the table {name} is new"
    for name in sorted(known.keys() & there.keys()):
        yield from _of_table(known[name], there[name])


def _of_table(before: Table, now: Table) -> Iterator[str]:
    known = {column.name: column for column in before.columns}
    there = {column.name: column for column in now.columns}
    for name in [*known, *(name for name in there if name not in known)]:
        if name not in there:
            yield f"the column {now.name}.{name} is gone"
        elif name not in known:
            yield f"the column {now.name}.{name} is new"
        else:
            yield from _of_column(str(now.name), known[name], there[name])
    for what, one, other in (
        ("primary key", before.primary_key, now.primary_key),
        ("foreign keys", set(before.foreign_keys), set(now.foreign_keys)),
        ("unique constraints", set(before.uniques), set(now.uniques)),
        ("checks", set(before.checks), set(now.checks)),
    ):
        if one != other:
            yield f"the {what} of {now.name} changed"


def _of_column(table: str, before: Column, now: Column) -> Iterator[str]:
    changed = [
        field.name
        for field in fields(Column)
        if getattr(before, field.name) != getattr(now, field.name)
    ]
    if changed:
        yield f"the column {table}.{now.name} changed in: {', '.join(changed)}"
