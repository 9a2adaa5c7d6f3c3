"""Filters in PostgreSQL select the rows that the plain evaluator selects."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    cast,
    column,
    func,
    insert,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

from shared.db import schema
from shared.db.engine import Database
from shared.filters import Field, parse
from shared.filters.nodes import Expression
from shared.filters.sql import Members, to_sql
from shared.generation.fields import OPERATIONS
from shared.queue.fields import JOBS
from tests.unit.shared.filters.expressions import FIELDS, rows, trees, write
from tests.unit.shared.filters.referee import matches

_metadata = MetaData()
things = Table(
    "things",
    _metadata,
    Column("n", Integer, primary_key=True),
    Column("id", Uuid),
    Column("code", Uuid),
    Column("title", Text),
    Column("note", Text),
    Column("mode", Text),
    Column("small", Integer),
    Column("big", BigInteger),
    Column("flag", Boolean),
    Column("at", TIMESTAMP(timezone=True)),
    Column("labels", JSONB),
    Column("notes", JSONB),
    Column("sizes", JSONB),
    prefixes=["TEMPORARY"],
)
thing_tags = Table(
    "thing_tags",
    _metadata,
    Column("thing", Integer),
    Column("key", Text),
    Column("value", Text),
    prefixes=["TEMPORARY"],
)
_labels = (
    func.jsonb_to_recordset(things.c.labels)
    .table_valued(column("key", Text), column("value", Text))
    .render_derived(name="label", with_types=True)
)
_notes = func.jsonb_array_elements_text(things.c.notes).table_valued("value").alias("note")
_sizes = func.jsonb_array_elements_text(things.c.sizes).table_valued("value").alias("size")
COLUMNS: dict[str, Any] = {
    **{field.name: things.c[field.name] for field in FIELDS if field.type != "array"},
    "tags": Members(
        thing_tags,
        {"key": thing_tags.c.key, "value": thing_tags.c.value},
        thing_tags.c.thing == things.c.n,
    ),
    "labels": Members(_labels, {"key": _labels.c.key, "value": _labels.c.value}, true()),
    "notes": Members(_notes, {"": cast(_notes.c.value, Text)}, true()),
    "sizes": Members(_sizes, {"": cast(_sizes.c.value, BigInteger)}, true()),
}


@pytest.fixture(scope="module")
def connection(database_url: str) -> Iterator[Connection]:
    """One transaction with empty temporary tables, never committed."""
    with Database(database_url, pool_size=1) as database, database.engine.connect() as opened:
        opened.exec_driver_sql("SET idle_in_transaction_session_timeout = '5min'")
        # A filter may not depend on how the session shows things.
        opened.exec_driver_sql("SET timezone = 'Asia/Kathmandu'")
        opened.exec_driver_sql("SET datestyle = 'German'")
        _metadata.create_all(opened)
        yield opened
        opened.rollback()


def fill(connection: Connection, found: list[dict[str, Any]]) -> None:
    connection.execute(things.delete())
    connection.execute(thing_tags.delete())
    for n, row in enumerate(found):
        plain = {name: value for name, value in row.items() if name != "tags"}
        plain["id"] = uuid.UUID(row["id"])
        plain["code"] = row["code"] and uuid.UUID(row["code"])
        plain["labels"] = row["labels"]
        connection.execute(insert(things).values(n=n, **plain))
        for tag in row["tags"]:
            connection.execute(insert(thing_tags).values(thing=n, **tag))


def names(tree: Expression, fields: tuple[Field, ...] = FIELDS) -> set[str]:
    text = repr(tree)
    return {field.name for field in fields if f"Name(text='{field.name}'" in text} | {
        name for name in ("key", "value") if f"Name(text='{name}'" in text
    }


@settings(max_examples=45)
@given(
    found=st.lists(rows, min_size=6, max_size=12),
    wanted=st.lists(trees(FIELDS), min_size=20, max_size=30),
    seed=st.integers(0, 2**32),
)
def test_postgresql_agrees_with_the_referee(
    connection: Connection, found: list[dict[str, Any]], wanted: list[Expression], seed: int
) -> None:
    style = random.Random(seed)
    wanted = [tree for tree in wanted if len(names(tree)) <= 8]
    written = [write(tree, style) for tree in wanted]
    filters = [parse(text.ljust(5), FIELDS) for text in written]
    assert [f.tree for f in filters] == wanted

    fill(connection, found)
    conditions = [to_sql(f, COLUMNS).label(f"c{i}") for i, f in enumerate(filters)]
    answers = connection.execute(select(things.c.n, *conditions).order_by(things.c.n)).all()
    for row, answer in zip(found, answers, strict=True):
        for tree, text, is_selected in zip(wanted, written, answer[1:], strict=True):
            # `is`, since a condition that is NULL would be no false under NOT.
            assert is_selected is matches(tree, row), (text, row)


def test_times_are_compared_as_shown_at_the_edges_of_a_millisecond(connection: Connection) -> None:
    instants = [datetime(2026, 11, 5, 8, 15, 30, us, tzinfo=UTC) for us in (0, 1, 999, 1000, 1001)]
    blank = dict.fromkeys(("code", "title", "note", "mode", "small", "big", "flag"))
    empty = {**blank, "id": str(uuid.UUID(int=0)), "tags": [], "labels": []}
    found = [{**empty, "at": instant} for instant in [*instants, None]]
    fill(connection, found)
    digits = ("000", "000001", "000999", "000999999", "001", "001001", "002")
    filters = [
        parse(f"at {how} 2026-11-05T08:15:30.{fraction}Z", FIELDS)
        for how in ("EQ", "NE", "GT", "GE", "LT", "LE")
        for fraction in digits
    ]
    conditions = [to_sql(f, COLUMNS).label(f"c{i}") for i, f in enumerate(filters)]
    answers = connection.execute(select(things.c.n, *conditions).order_by(things.c.n)).all()
    expected = [[matches(f.tree, row) for f in filters] for row in found]
    assert [list(answer[1:]) for answer in answers] == expected


def test_every_operation_field_is_found_by_what_it_shows(database: Database) -> None:
    columns = {field.name: schema.operations.c[field.name] for field in OPERATIONS}
    identity = uuid.UUID("a638d976-6b7e-43f4-9212-90f4dc6d405c")
    moment = datetime(2026, 11, 5, 8, 15, 30, 250_999, tzinfo=UTC)
    with database.transaction() as connection:
        account = connection.scalar(
            insert(schema.accounts)
            .values(name="a", created_at=moment)
            .returning(schema.accounts.c.id)
        )
        connection.execute(
            insert(schema.operations).values(
                **dict.fromkeys(("name", "data_type", "filter_characters"), "50%_Straße"),
                **dict.fromkeys(("description", "llm_model_name"), "C:\\temp"),
                **dict.fromkeys(("requested_count", "max_value_length"), 2**31 - 1),
                **dict.fromkeys(("generated_count", "open_count", "error_tolerance"), 0),
                **dict.fromkeys(("allow_duplicates", "trim_values", "multiline_values"), True),
                **dict.fromkeys(("start_time", "end_time", "expiration_time"), moment),
                id=identity,
                account_id=account,
                attributes=[],
                priority=-(2**31),
                status="COMPLETED",
                submit_time=moment,
                update_time=moment,
            )
        )
        samples = {"boolean": "TRUE", "date-time": "2026-11-05T09:15:30.250+01:00"}
        texts = {
            "id": f"'{identity}'",
            "status": "'COMPLETED'",
            "description": r"'C:\\temp'",
            "llm_model_name": r"'C:\\temp'",
            "requested_count": "2147483647.0",
            "max_value_length": "2147483647",
            "priority": "-2147483648",
        }
        zero = ("generated_count", "error_tolerance")
        for field in OPERATIONS:
            value = texts.get(field.name) or samples.get(field.type)
            value = value or ("0" if field.name in zero else "'50%_Straße'")
            found = to_sql(parse(f"{field.name} EQ {value}", OPERATIONS), columns)
            missed = to_sql(parse(f"{field.name} NE {value}", OPERATIONS), columns)
            assert connection.execute(select(found, missed)).one() == (True, False), field
        for text in ("0%_sTRASS", "A638D976-", "147483648", "-21", "tRU", "t08:15:30.250z", "PLET"):
            found = to_sql(parse(f"SEARCH '{text}'", OPERATIONS), columns)
            assert connection.scalar(select(found)) is (text != "0%_sTRASS"), text


def test_jobs_can_be_filtered_by_all_their_fields(database: Database) -> None:
    jobs = schema.jobs.c
    columns: dict[str, Any] = {
        **{f.name: jobs[f.name] for f in JOBS if f.name in jobs},
        "target_id": jobs.target_id,
        "percent_complete": func.length(jobs.target_name),
        "tags": COLUMNS["labels"],
    }
    terms = [
        "id EQ '0'",
        "target_id EQ '0'",
        "percent_complete GE 0.5",
        *(f"{name} GT 'a'" for name in ("type", "status", "error_details", "trace_id")),
    ]
    with database.transaction() as connection:
        condition = to_sql(parse(" OR ".join(terms), JOBS), columns)
        assert connection.execute(select(jobs.id).where(condition)).all() == []


def test_the_deepest_and_longest_filters_run(connection: Connection) -> None:
    fill(connection, [])
    deepest = "small EQ 1"
    for _ in range(16):
        deepest = f"NOT (title EQ 'a' AND big EQ 2 OR {deepest})"
    longest = [
        deepest,
        " OR ".join(["big EQ 1"] * 4000),
        " AND ".join(f"big IN [{','.join(['1'] * 100)}]" for _ in range(200)),
        " OR ".join(["SEARCH 'aüſ1'"] * 50),
        f"SEARCH '{'éKs' * 16_000}'",
        f"title CONTAINS '{'x' * 49_000}'",
    ]
    for text in longest:
        condition = to_sql(parse(text, FIELDS), COLUMNS)
        assert connection.execute(select(things.c.n).where(condition)).all() == []
