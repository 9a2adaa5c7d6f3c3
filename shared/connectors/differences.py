"""In what a target's schema differs from the source's, in sentences. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace

from shared.synthesis.schema import Column, Schema, Table

#: What is said of a column where it differs.
_WORDS = {
    "type": "type",
    "kind": "kind of values",
    "nullable": "nullability",
    "length": "length",
    "precision": "precision",
    "scale": "scale",
    "labels": "labels",
    "element": "elements",
    "generated": "being generated",
    "identity": "identity",
    "default": "default",
}


def compare(source: Schema, target: Schema, *, meaning: Callable[[str], str] = str) -> list[str]:
    """A sentence for each difference that bears on rows; none: they are alike.

    Indexes that are not unique, and estimates of rows, may differ.

    :param meaning: what is compared of an expression.
    """
    source, target = _meant(source, meaning), _meant(target, meaning)
    theirs = {table.name: table for table in target}
    ours = {table.name for table in source}
    found = [
        f"The table {table.name} is not in the target."
        for table in source
        if table.name not in theirs
    ]
    found += [
        f"The table {table.name} is in the target alone."
        for table in target
        if table.name not in ours
    ]
    for table in source:
        if table.name in theirs:
            found += _compare_tables(table, theirs[table.name])
    return found


def _meant(schema: Schema, meaning: Callable[[str], str]) -> Schema:
    return Schema(
        tables=tuple(
            replace(
                table,
                columns=tuple(
                    replace(each, default=None if each.default is None else meaning(each.default))
                    for each in table.columns
                ),
                uniques=tuple(
                    replace(each, expression=meaning(each.expression)) for each in table.uniques
                ),
                checks=tuple(
                    replace(each, expression=meaning(each.expression)) for each in table.checks
                ),
            )
            for table in schema
        )
    )


def _compare_tables(source: Table, target: Table) -> Iterator[str]:
    yield from _compare_columns(source, target)
    for what, one, other in (
        ("primary key", [source.primary_key], [target.primary_key]),
        (
            "parent or partitioning",
            [source.parent, source.partitioned],
            [target.parent, target.partitioned],
        ),
    ):
        if one != other:
            yield f"The {what} of {source.name} is {_show(one)}, in the target {_show(other)}."
    yield from _compare_rules(source, "unique", source.uniques, target.uniques)
    yield from _compare_rules(source, "foreign key", source.foreign_keys, target.foreign_keys)
    yield from _compare_rules(source, "check", source.checks, target.checks)


def _compare_columns(source: Table, target: Table) -> Iterator[str]:
    theirs = {column.name: column for column in target.columns}
    ours = {column.name for column in source.columns}
    for column in source.columns:
        if column.name not in theirs:
            yield f"The column {source.name}.{column.name} is not in the target."
        else:
            yield from _compare_column(source, column, theirs[column.name])
    for name in theirs:
        if name not in ours:
            yield f"The column {source.name}.{name} is in the target alone."


def _compare_column(table: Table, source: Column, target: Column) -> Iterator[str]:
    for each in fields(Column):
        one, other = getattr(source, each.name), getattr(target, each.name)
        if one != other and each.name in _WORDS:
            yield (
                f"The {_WORDS[each.name]} of {table.name}.{source.name} differs: "
                f"{_show(one)}, in the target {_show(other)}."
            )


def _compare_rules(
    table: Table, what: str, source: Sequence[object], target: Sequence[object]
) -> Iterator[str]:
    """Rules are alike when all of them is, names included."""
    for rule in source:
        if rule not in target:
            yield f"The {what} {_name(rule)} of {table.name} is not in the target, or not so."
    named = {_name(rule) for rule in source}
    for rule in target:
        if _name(rule) not in named:
            yield f"The {what} {_name(rule)} of {table.name} is in the target alone."


def _name(rule: object) -> str:
    return str(getattr(rule, "name", ""))


def _show(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_show(each) for each in value) or "none"
    return "none" if value is None or value == "" else str(value)
