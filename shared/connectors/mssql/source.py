"""A SQL Server database that is read. Not run against a server."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Any

from shared.connectors.errors import NotSupported
from shared.connectors.interface import EVERYTHING, Address, Chunk, Cut, Limits, Secrets
from shared.connectors.mssql import statements
from shared.connectors.mssql.connecting import telling
from shared.connectors.mssql.database import MssqlDatabase
from shared.synthesis.schema import Column, Table

_ROWS = 5_000


class MssqlSource(MssqlDatabase):
    """See :class:`shared.connectors.interface.Source`."""

    def __init__(self, address: Address, secrets: Secrets, *, limits: Limits) -> None:
        super().__init__(address, secrets, limits=limits)
        try:
            ((allowed,),) = self.ask(
                "SELECT snapshot_isolation_state FROM sys.databases WHERE database_id = DB_ID()"
            )
            if allowed == 1:
                self.execute("SET TRANSACTION ISOLATION LEVEL SNAPSHOT")
                self.connection.autocommit = False
        except BaseException:
            self._open.close()
            raise

    def export_snapshot(self) -> str | None:
        """None: no other connection can see what this one sees."""
        return None

    def use_snapshot(self, snapshot: str) -> None:  # noqa: ARG002
        """See :class:`shared.connectors.interface.Source`; there are none here."""
        raise NotSupported("SQL Server has no snapshot that several connections see.")

    def cuts(self, table: Table, rows: int) -> list[Cut]:
        """See :class:`shared.connectors.interface.Source`; a table without a key is one cut."""
        name = statements.table_name(table)
        if not self.ask(f"SELECT TOP 1 1 FROM {name}"):
            return []
        key = statements.key_of(table)
        if not key:
            return [{}]
        texts = ", ".join(statements.as_text(table[each]) for each in key)
        order = ", ".join(map(statements.name, key))
        borders: list[list[str]] = []
        while True:
            where, parameters = statements.condition(table, _cut(borders[-1:], []))
            found = self.ask(
                f"SELECT {texts} FROM {name}{where} ORDER BY {order}"
                f" OFFSET {rows - 1} ROWS FETCH NEXT 1 ROWS ONLY",
                *parameters,
            )
            if not found:
                ends: list[list[list[str]]] = [[], *([border] for border in borders), []]
                return [_cut(after, until) for after, until in pairwise(ends)]
            borders.append(list(found[0]))

    def read(
        self,
        table: Table,
        columns: Sequence[str],
        cut: Cut = EVERYTHING,
        *,
        decode: Collection[str] = (),
    ) -> Iterator[Chunk]:
        """See :class:`shared.connectors.interface.Source`.

        Generated columns are left out, unless they are to be decoded. All others come as texts.
        """
        read = [table[name] for name in columns if name in decode or not table[name].generated]
        query, parameters = statements.select(table, read, cut)
        with telling(self.what):
            cursor = self.connection.execute(query, *parameters)
            while rows := cursor.fetchmany(_ROWS):
                yield _chunk(rows, read)

    def sample(
        self, table: Table, columns: Sequence[str], rows: int, *, seed: int | None = None
    ) -> Chunk:
        """See :class:`shared.connectors.interface.Source`; drawn by a keyed hash of the rows."""
        seed = random.getrandbits(31) if seed is None else seed & 0x7FFFFFFF
        key = statements.key_of(table) or tuple(each.name for each in table.columns)
        parts = ", '|', ".join(statements.as_text(table[each]) for each in key)
        read = [table[name] for name in columns]
        found = self.ask(
            f"SELECT TOP {rows} {', '.join(map(statements.as_text, read))}"
            f" FROM {statements.table_name(table)}"
            f" ORDER BY HASHBYTES('SHA2_256', CONCAT('{seed}|', {parts}))"
        )
        return _chunk(found, read)

    def distinct(self, table: Table, columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
        """See :class:`shared.connectors.interface.Source`; sorted here, all in memory."""
        texts = [statements.as_text(table[name]) for name in columns]
        exact = ", ".join(f"{text} COLLATE Latin1_General_BIN2" for text in texts)
        present = " AND ".join(f"{statements.name(name)} IS NOT NULL" for name in columns)
        found = self.ask(
            f"SELECT DISTINCT {exact} FROM {statements.table_name(table)} WHERE {present}"
        )
        yield from sorted(
            (tuple(map(str, row)) for row in found),
            key=lambda row: [part.encode("utf-8", "surrogatepass") for part in row],
        )


def _cut(after: list[list[str]], until: list[list[str]]) -> dict[str, list[str]]:
    """Each is the key of a row, or nothing."""
    ends = {"after": after, "until": until}
    return {name: key for name, found in ends.items() for key in found}


def _chunk(rows: Sequence[Any], columns: Sequence[Column]) -> Chunk:
    values: list[list[str | None]] = [list(each) for each in zip(*rows, strict=True)]
    values = values or [[] for _ in columns]
    return Chunk(
        rows=len(rows),
        columns={column.name: each for column, each in zip(columns, values, strict=True)},
    )
