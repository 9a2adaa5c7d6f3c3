"""How often a scan is right about columns that its rules were not written by.

The bounds are a little under what was measured; ``python -m pytest -s`` shows the figures, and what
was wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.synthesis.plans import Entity
from shared.synthesis.recognise.scanning import scan
from shared.synthesis.schema import Column, Kind, Table, TableName

FILE = Path(__file__).with_name("held_out.txt")


@dataclass(frozen=True)
class HeldOut:
    """A column: what it holds, and whether its values alone are enough to tell."""

    table: str
    name: str
    locale: str
    entities: frozenset[Entity]
    blind: bool
    values: tuple[str, ...]


def read() -> list[HeldOut]:
    columns = []
    for block in FILE.read_text(encoding="utf-8").split("\n\n")[1:]:
        head, *lines = block.strip().splitlines()
        called, locale, entities, *blind = head.split()
        table, name = called.split(".")
        columns.append(
            HeldOut(
                table=table,
                name=name,
                locale=locale,
                entities=frozenset(Entity(each) for each in entities.split("|") if each != "-"),
                blind=bool(blind),
                values=tuple(each.strip() for line in lines for each in line.split(" | ")),
            )
        )
    return columns


def find(one: HeldOut, *, blind: bool) -> Entity | None:
    name, table = ("c17", "t1") if blind else (one.name, one.table)
    column = Column(name=name, type="text", kind=Kind.TEXT)
    held = Table(name=TableName("", table), columns=(column,))
    found = scan(held, {name: one.values}, locale=one.locale).get(name)
    return found.entity if found else None


@pytest.mark.parametrize(
    ("blind", "precision", "recall", "right"), [(False, 0.95, 0.95, 0.95), (True, 0.9, 0.85, 0.9)]
)
def test_most_columns_are_told_rightly(
    blind: bool, precision: float, recall: float, right: float
) -> None:
    columns = read()
    assert len(columns) > 60
    told = {f"{each.table}.{each.name}": (each, find(each, blind=blind)) for each in columns}
    hits = {name: pair for name, pair in told.items() if pair[1] and pair[0].entities}
    alarms = {name: entity for name, (one, entity) in told.items() if entity and not one.entities}
    missed = [
        name
        for name, (one, entity) in told.items()
        if one.entities and entity is None and (one.blind or not blind)
    ]
    others = {name: entity for name, (one, entity) in hits.items() if entity not in one.entities}
    figures = (
        len(hits) / (len(hits) + len(alarms)),
        len(hits) / (len(hits) + len(missed)),
        1 - len(others) / len(hits),
    )
    print(f"blind={blind}", [round(each, 3) for each in figures], alarms, missed, others)
    assert all(map(float.__ge__, figures, (precision, recall, right))), figures
