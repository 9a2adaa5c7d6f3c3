"""Copies of files of SQLite: equal in all that a dump shows, whatever happens on the way."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pytest

from shared.connectors.errors import (
    ConnectorError,
    DataRefused,
    NotPermitted,
    NotReachable,
    NotSupported,
)
from shared.connectors.interface import Address, Limits, Secrets, Source, Target, refuse_same
from shared.connectors.opening import open_source, open_target
from shared.synthesis.schema import Kind, Schema, Table, TableName

WILD = Path(__file__).parents[1] / "support" / "schemas" / "wild.sqlite.sql"


@pytest.fixture
def limits(tmp_path: Path) -> Limits:
    folder = tmp_path / "files"
    folder.mkdir()
    with sqlite3.connect(folder / "source.db") as connection:
        connection.executescript(WILD.read_text())
    return Limits(folder=folder, lock_seconds=1)


def source_of(limits: Limits, name: str = "source.db") -> Source:
    return open_source(_address(name), Secrets(), limits=limits)


def target_of(limits: Limits, name: str = "target.db") -> Target:
    return open_target(_address(name), Secrets(), limits=limits)


def _address(name: str) -> Address:
    return Address(connector_type="sqlite", database=name)


def dump(limits: Limits, name: str) -> list[str]:
    """All statements that would make the file, and what each value is."""
    assert limits.folder is not None
    with sqlite3.connect(limits.folder / name) as connection:
        connection.text_factory = bytes
        tables = [
            row[0].decode()
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        found = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
        for table in tables:
            found += connection.execute(f'SELECT "{table}", * FROM "{table}"').fetchall()
        found += connection.execute("PRAGMA user_version").fetchall()
    return sorted(map(repr, found))


def copy(source: Source, target: Target, *, decode: bool = False, run: str = "one") -> None:
    schema = source.reflect()
    if target.is_empty():
        target.create(source)
    assert target.differences(schema) == []
    statements = target.bare(schema, drop_indexes=True)
    target.lay_bare()
    target.clear(schema)
    for table in schema:
        write(source, target, table, decode=decode, run=run)
    target.repair(statements)
    target.finish(schema)
    assert target.verify(schema) == []
    assert [source.count(table) for table in schema] == [target.count(table) for table in schema]


def write(
    source: Source, target: Target, table: Table, *, decode: bool = False, run: str = "one"
) -> None:
    names = [column.name for column in table.columns]
    decoded: Collection[str] = names if decode else names[1::2]
    for block, cut in enumerate(source.cuts(table, 40)):
        chunks = source.read(table, names, cut, decode=decoded)
        assert target.write(table, names, chunks, run=run, block=block)


def table_of(schema: Schema, name: str) -> Table:
    return schema[TableName("", name)]


@pytest.mark.parametrize("decode", [False, True], ids=["half", "all"])
def test_a_copy_is_equal_with_the_class_of_each_value(limits: Limits, decode: bool) -> None:
    with source_of(limits) as source, target_of(limits) as target:
        refuse_same(source, target)
        copy(source, target, decode=decode)
    expected = dump(limits, "source.db")
    # A number that was handed out and given up is no row's, so the copy goes on before it.
    before, after = (
        "(b'sqlite_sequence', b'departments', 20)",
        "(b'sqlite_sequence', b'departments', 19)",
    )
    assert dump(limits, "target.db") == sorted(
        after if line == before else line for line in expected
    )


def test_a_copy_can_be_made_again(limits: Limits) -> None:
    with source_of(limits) as source, target_of(limits) as target:
        copy(source, target)
        first = dump(limits, "target.db")
        copy(source, target, run="two")
    assert dump(limits, "target.db") == first


def test_a_block_is_written_once(limits: Limits) -> None:
    with source_of(limits) as source, target_of(limits) as target:
        schema = source.reflect()
        target.create(source)
        target.clear(schema)
        table = table_of(schema, "returns")
        for _ in range(2):
            target.write(table, ["o"], source.read(table, ["o"]), run="one", block=1)
        assert target.count(table) == source.count(table)
        with pytest.raises(ConnectorError, match="Another run"):
            target.write(table, ["o"], source.read(table, ["o"]), run="other", block=1)
        target.finish(schema)
        with pytest.raises(ConnectorError, match="marks are gone"):
            target.write(table, ["o"], source.read(table, ["o"]), run="one", block=2)
        assert target.count(table) == source.count(table)


def test_what_was_taken_away_comes_back_after_a_stop_at_any_time(limits: Limits) -> None:
    with source_of(limits) as source, target_of(limits) as target:
        target.create(source)
        whole = dump(limits, "target.db")
        schema = source.reflect()
        statements = target.bare(schema, drop_indexes=True)
        target.lay_bare()
        assert dump(limits, "target.db") != whole
    for statements_done in range(len(statements)):
        with target_of(limits) as target:
            target.repair(statements[:statements_done])
    with target_of(limits) as target:
        target.repair(statements)
        target.repair(statements)
    assert dump(limits, "target.db") == whole


def test_rows_that_do_not_fit_are_told_when_all_else_is_back(limits: Limits) -> None:
    with source_of(limits) as source, target_of(limits) as target:
        schema = source.reflect()
        target.create(source)
        statements = target.bare(schema, drop_indexes=True)
        target.lay_bare()
        target.clear(schema)
        table = table_of(schema, "employees")

        def doubled(chunk_source: Source):  # type: ignore[no-untyped-def]
            for chunk in chunk_source.read(table, ["id", "email"], decode=["email"]):
                chunk.replace("email", ["the same"] * chunk.rows)
                yield chunk

        target.write(table, ["id", "email"], doubled(source), run="one", block=0)
        with pytest.raises(DataRefused, match="UNIQUE constraint failed"):
            target.repair(statements)
    assert limits.folder is not None
    with sqlite3.connect(limits.folder / "target.db") as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    assert {"employees_born", "one_head", "stamp", "forbid"} <= names
    assert "employees_email" not in names


def test_orphans_are_counted(limits: Limits) -> None:
    with source_of(limits) as source, target_of(limits) as target:
        schema = source.reflect()
        target.create(source)
        target.bare(schema, drop_indexes=False)
        target.lay_bare()
        target.clear(schema)
        write(source, target, table_of(schema, "employees"))
        found = target.verify(schema)
    assert any(each.startswith("300 rows of employees refer to no row") for each in found)


def test_what_a_file_looks_like(limits: Limits) -> None:
    with source_of(limits) as source:
        schema = source.reflect()
    assert Schema.from_json(schema.to_json()) == schema
    employees = table_of(schema, "employees")
    assert employees["id"].identity == "by default"
    assert employees["bonus"].generated
    assert employees["twice"].generated
    assert (employees["salary"].precision, employees["salary"].scale) == (10, 2)
    assert employees["born"].kind is Kind.DATE
    assert employees["anything"].kind is Kind.OTHER
    assert employees.checks[0].columns == ("born",)
    assert {each.name: each.partial for each in employees.uniques} == {
        "employees_email": False,
        "one_head": True,
    }
    assert "lower(email)" in employees.uniques[0].expression
    departments = table_of(schema, "departments")
    assert departments["code"].length == 8
    assert [(check.name, check.columns) for check in departments.checks] == [
        ("short_code", ("code",))
    ]
    lines = table_of(schema, "Order Lines")
    assert lines.primary_key == ("Order", "select")
    (key,) = table_of(schema, "returns").foreign_keys
    assert (key.columns, key.table.name, key.referred) == (
        ("o", "line"),
        "Order Lines",
        ("Order", "select"),
    )


def test_cuts_hold_each_row_once(limits: Limits) -> None:
    with source_of(limits) as source:
        for table in source.reflect():
            names = [column.name for column in table.columns]
            for size in (1, 7, 1000):
                found = [
                    row
                    for cut in source.cuts(table, size)
                    for chunk in source.read(table, names, cut, decode=names)
                    for row in zip(*chunk.columns.values(), strict=True)
                ]
                assert len(found) == source.count(table)


def test_samples_are_the_same_for_a_seed_and_keys_are_sorted(limits: Limits) -> None:
    with source_of(limits) as source:
        table = table_of(source.reflect(), "employees")
        one = source.sample(table, ["id", "email"], 20, seed=3)
        assert one.rows == 20
        assert source.sample(table, ["id", "email"], 20, seed=3).columns == one.columns
        assert source.sample(table, ["id", "email"], 20, seed=4).columns != one.columns
        keys = [key for (key,) in source.distinct(table, ["anything"])]
        # An odd text has no form in UTF-8; the others are sorted by it.
        assert keys == sorted(keys, key=lambda key: key.encode("utf-8", "surrogateescape"))
        assert len(set(keys)) == len(keys)


# ---- what a file, or its name, must not do ------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../outside.db",
        "/etc/passwd",
        "link.db",
        "",
        ".",
        "a\0b",
        "file:../outside.db?mode=rwc",
        "missing/../../outside.db",
    ],
)
def test_a_file_outside_the_folder_is_none(limits: Limits, name: str) -> None:
    assert limits.folder is not None
    outside = limits.folder.parent / "outside.db"
    sqlite3.connect(outside).close()
    (limits.folder / "link.db").symlink_to(outside)
    before = outside.stat()
    for opener in (source_of, target_of):
        with pytest.raises((NotPermitted, NotReachable)):
            opener(limits, name).__enter__()
    assert outside.stat() == before


def test_without_a_folder_there_is_no_file(limits: Limits) -> None:
    with pytest.raises(NotPermitted, match="VALUEMILL_SQLITE_FOLDER"):
        source_of(replace(limits, folder=None))


def test_a_source_is_never_written(limits: Limits) -> None:
    assert limits.folder is not None
    path = limits.folder / "source.db"
    before = path.read_bytes()
    with source_of(limits) as source:
        schema = source.reflect()
        for statement in ("DELETE FROM returns", "PRAGMA user_version = 9", "CREATE TABLE x (y)"):
            with pytest.raises(sqlite3.Error):
                source.connection.execute(statement)  # type: ignore[attr-defined]
        assert source.count(schema.tables[0])
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "statement",
    [
        "ATTACH DATABASE '{outside}' AS other",
        "SELECT load_extension('{outside}')",
        "PRAGMA writable_schema = ON",
        "VACUUM INTO '{outside}'",
    ],
)
def test_other_files_and_extensions_are_out_of_reach(
    limits: Limits, tmp_path: Path, statement: str
) -> None:
    outside = tmp_path / "outside"
    with target_of(limits) as target, pytest.raises(sqlite3.DatabaseError):
        target.connection.execute(statement.format(outside=outside))  # type: ignore[attr-defined]
    assert not outside.exists()


def test_one_file_by_two_names_is_refused(limits: Limits) -> None:
    assert limits.folder is not None
    (limits.folder / "other.db").hardlink_to(limits.folder / "source.db")
    with (
        source_of(limits) as source,
        target_of(limits, "other.db") as target,
        pytest.raises(NotPermitted, match="same database"),
    ):
        refuse_same(source, target)


def test_what_cannot_be_copied_is_named(limits: Limits) -> None:
    assert limits.folder is not None
    with sqlite3.connect(limits.folder / "source.db") as connection:
        connection.execute("CREATE VIRTUAL TABLE found USING fts5(text)")
    with source_of(limits) as source, pytest.raises(NotSupported, match="found"):
        source.reflect()
    (limits.folder / "text.db").write_text("no database, and long enough to be looked at" * 99)
    with pytest.raises(NotReachable, match="no database"):
        source_of(limits, "text.db")
    with pytest.raises(NotReachable, match="no such file"):
        source_of(limits, "missing.db")


def test_drift_is_named(limits: Limits) -> None:
    assert limits.folder is not None
    with source_of(limits) as source, target_of(limits) as target:
        target.create(source)
        target.connection.execute("ALTER TABLE returns ADD COLUMN more")  # type: ignore[attr-defined]
        target.connection.execute("DROP TABLE strict_one")  # type: ignore[attr-defined]
        target.connection.execute("DROP INDEX one_head")  # type: ignore[attr-defined]
        found = "\n".join(target.differences(source.reflect()))
    assert "returns.more is in the target alone" in found
    assert "strict_one is not in the target" in found
    assert "one_head" in found
