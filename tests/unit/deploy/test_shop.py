"""The made-up shop: the same rows every time, and fit to be loaded."""

from __future__ import annotations

from deploy.shop.rows import all_rows, managers


def test_its_rows_are_the_same_every_time() -> None:
    assert all_rows() == all_rows()


def test_rows_refer_to_rows_that_are_there() -> None:
    shop = all_rows()
    numbers = {table: len(rows) for table, (_, rows) in shop.items()}
    lines = {row[:2] for row in shop["order_lines"][1]}
    assert {row[0] for row in shop["employees"][1]} <= set(range(1, numbers["stores"] + 1))
    assert {row[0] for row in shop["orders"][1]} <= set(range(1, numbers["customers"] + 1))
    assert {row[:2] for row in shop["returns"][1]} <= lines
    assert {employee for _, employee in managers()} <= set(range(1, numbers["employees"] + 1))


def test_it_has_people_texts_and_documents() -> None:
    columns, rows = all_rows()["customers"]
    notes = [row[columns.index("notes")] for row in rows]
    assert any("{" in note for note in notes if note) is False
    assert sum(note is None for note in notes) < len(notes) / 2
