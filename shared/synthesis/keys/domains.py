"""Key domains: a key column and all columns that refer to it, which are mapped as one. Pure.

A foreign key says of pairs of columns that each value on its side stands on the other side too. All
columns that are joined by such pairs, over any number of keys, are one *domain*, and each domain is
mapped by one function that is one to one. So uniqueness and references hold whatever the graph is
like: cycles, self references, composite keys (a domain for each part), several keys to one table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from shared.synthesis.plans import ColumnName
from shared.synthesis.schema import Column, Kind, Schema


@dataclass(frozen=True, kw_only=True)
class Domain:
    """Columns whose values are the same keys.

    :param name: of the column that it begins at; unique within a schema.
    :param label: what it is keyed by: the same in another schema with the same tables.
    :param columns: all of them, sorted.
    :param owners: those that refer to no column of another table; every key stands in one of them.
    :param kind: what the keys are; ``OTHER`` where the columns disagree in earnest.
    :param lows: the lowest whole number that each column can hold, where that is known, and
        ``highs`` the highest; sorted.
    :param length: the most characters that all columns can hold; None: no limit.
    :param types: all types of the columns, as the database writes them.
    :param checks: the conditions that name one of the columns.
    :param scale: digits behind the point, of decimal numbers; None: any.
    :param referred: whether any column refers to another one.
    :param caseless: whether keys that differ in case alone are one.
    """

    name: str
    label: str
    columns: tuple[ColumnName, ...]
    owners: tuple[ColumnName, ...]
    kind: Kind
    lows: tuple[int, ...] = ()
    highs: tuple[int, ...] = ()
    length: int | None = None
    scale: int | None = None
    types: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    referred: bool = False
    caseless: bool = False


class Domains(Mapping[ColumnName, Domain]):
    """The domain of each column that is a part of a key."""

    def __init__(self, domains: Iterable[Domain]) -> None:
        self.all = tuple(domains)
        self._by_column = {column: each for each in self.all for column in each.columns}
        self._by_name = {each.name: each for each in self.all}

    def __getitem__(self, column: ColumnName) -> Domain:
        return self._by_column[column]

    def __iter__(self) -> Iterator[ColumnName]:
        return iter(self._by_column)

    def __len__(self) -> int:
        return len(self._by_column)

    def named(self, name: str) -> Domain:
        """The domain of this name."""
        return self._by_name[name]


def domains(schema: Schema) -> Domains:
    """The domains of all foreign keys, primary keys and unique columns, sorted by their names.

    A foreign key to a table that the schema does not have is left out.
    """
    known = {
        ColumnName(table.name, column.name): column for table in schema for column in table.columns
    }
    leads: dict[ColumnName, ColumnName] = {}
    refers: set[ColumnName] = set()

    def lead(column: ColumnName) -> ColumnName:
        while (ahead := leads.setdefault(column, column)) != column:
            leads[column] = leads[ahead]
            column = ahead
        return column

    for table in schema:
        for name in (*table.primary_key, *(name for key in table.uniques for name in key.columns)):
            if ColumnName(table.name, name) in known:
                lead(ColumnName(table.name, name))
        for key in table.foreign_keys:
            for near, far in zip(key.columns, key.referred, strict=True):
                one, other = ColumnName(table.name, near), ColumnName(key.table, far)
                if one not in known or other not in known:
                    continue
                if one != other:
                    leads[lead(one)] = lead(other)
                    refers.add(one)
    members: dict[ColumnName, list[ColumnName]] = {}
    for column in leads:
        members.setdefault(lead(column), []).append(column)
    checks = _checks(schema)
    return Domains(
        sorted(
            (_domain(sorted(each), known, refers, checks) for each in members.values()),
            key=lambda domain: domain.name,
        )
    )


def _checks(schema: Schema) -> dict[ColumnName, list[str]]:
    named: dict[ColumnName, list[str]] = {}
    for table in schema:
        for check in table.checks:
            for column in check.columns:
                named.setdefault(ColumnName(table.name, column), []).append(check.expression)
    return named


def _domain(
    columns: list[ColumnName],
    known: Mapping[ColumnName, Column],
    refers: set[ColumnName],
    checks: Mapping[ColumnName, list[str]],
) -> Domain:
    # In a cycle every column refers to another, so each may be the first to have a value.
    owners = [column for column in columns if column not in refers] or columns
    first, read = owners[0], [known[column] for column in columns]
    whole_numbers = all(each.kind is Kind.INTEGER or each.precision is not None for each in read)
    ranges = [_range(column) for column in read]
    return Domain(
        name=str(first),
        label=f"{first.table.name}.{first.name}",
        columns=tuple(columns),
        owners=tuple(owners),
        kind=_kind({column.kind for column in read}),
        lows=tuple(sorted(low for low, _ in ranges if low is not None)),
        highs=tuple(sorted(high for _, high in ranges if high is not None)),
        length=min((each.length for each in read if each.length is not None), default=None),
        scale=max((each.scale or 0 for each in read), default=None) if whole_numbers else None,
        caseless=any("citext" in each.type.lower() for each in read),
        types=tuple(sorted({each.type for each in read})),
        checks=tuple(sorted({check for column in columns for check in checks.get(column, ())})),
        referred=any(column in refers for column in columns),
    )


def _kind(kinds: set[Kind]) -> Kind:
    for together in (
        (Kind.INTEGER, Kind.NUMBER),
        (Kind.DATE, Kind.TIMESTAMP),
        (Kind.TEXT, Kind.UUID),
    ):
        if kinds <= set(together):
            return together[1] if together[1] in kinds else together[0]
    return kinds.pop() if len(kinds) == 1 else Kind.OTHER


def _range(column: Column) -> tuple[int | None, int | None]:
    if column.kind is Kind.NUMBER and column.precision is not None:
        most = int(10 ** max(0, column.precision - (column.scale or 0))) - 1
        return -most, most
    return column.lowest, column.highest
