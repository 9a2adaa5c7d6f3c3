"""Databases as dictionaries, copied by rewriters, and the keys of both held against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.synthesis.generators import Choices, Context, Ranks, Rewriter, build, needs
from shared.synthesis.plans import Plan
from shared.synthesis.schema import Schema, TableName

#: The columns of each table, all of one length.
Database = dict[TableName, dict[str, list[str | None]]]

SECRET = b"s" * 32


def distinct(database: Database, table: TableName, column: str) -> list[str]:
    """All values of a column, sorted, as a source reads them."""
    return sorted({value for value in database[table][column] if value is not None})


def context_of(
    schema: Schema,
    plan: Plan,
    database: Database,
    choices: Choices | None = None,
    *,
    secret: bytes = SECRET,
    lists: Mapping[str, Sequence[str]] | None = None,
) -> Context:
    """All that rewriters need, made of a database."""
    choices = choices or Choices()
    ranks = {}
    for need in needs(schema, plan, choices).ranks:
        streams = [distinct(database, each.table, each.name) for each in need.columns]
        ranks[need.name] = Ranks(need, build(need, streams, secret), secret)
    return Context(
        schema=schema, plan=plan, choices=choices, secret=secret, ranks=ranks, lists=lists or {}
    )


def copied(database: Database, context: Context, *, block: int = 7) -> Database:
    """A copy, made in blocks of so many rows."""
    target: Database = {}
    for table in context.schema:
        rewriter = Rewriter(table, context)
        source = database[table.name]
        rows = max(map(len, source.values()), default=0)
        columns = {name: values for name, values in source.items() if name not in rewriter.omits}
        new: dict[str, list[str | None]] = {name: [] for name in columns}
        for start in range(0, rows, block):
            end = min(rows, start + block)
            read = {name: source[name][start:end] for name in rewriter.reads}
            written = rewriter.rewrite(read, rows=end - start, first_row=start)
            assert set(written) == set(rewriter.writes)
            for name in columns:
                new[name] += written.get(name, source[name][start:end])
        target[table.name] = new
    return target


def problems(schema: Schema, database: Database) -> list[str]:
    """What of a schema's keys and types a database does not meet."""
    found: list[str] = []
    for table in schema:
        columns = database[table.name]
        for key in (table.primary_key, *(each.columns for each in table.uniques)):
            if not key or any(name not in columns for name in key):
                continue
            rows = [
                row for row in zip(*(columns[name] for name in key), strict=True) if None not in row
            ]
            if len(set(rows)) < len(rows):
                found.append(f"{table.name} {key} is not unique")
        for reference in table.foreign_keys:
            parents = set(
                zip(*(database[reference.table][name] for name in reference.referred), strict=True)
            )
            for row in zip(*(columns[name] for name in reference.columns), strict=True):
                if None not in row and row not in parents:
                    found.append(f"{table.name} {reference.name} has an orphan")
                    break
        for column in table.columns:
            for value in columns.get(column.name, []):
                if value is None:
                    if not column.nullable:
                        found.append(f"{table.name}.{column.name} is null")
                elif column.length is not None and len(value) > column.length:
                    found.append(f"{table.name}.{column.name} is too long: {value!r}")
                elif column.lowest is not None and not (
                    column.lowest <= int(value) <= (column.highest or 0)
                ):
                    found.append(f"{table.name}.{column.name} is out of range: {value}")
    return found
