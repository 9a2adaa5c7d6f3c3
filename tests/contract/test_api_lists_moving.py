"""Paging through a list that changes meanwhile: nothing twice, and nothing missed that stayed."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import insert, text, update

from shared.db import schema
from shared.db.engine import Database
from shared.generation.operations import SORTS
from tests.support.contract import BASE, GENERATE, Client

START = datetime(2026, 3, 1, tzinfo=UTC)
JOBS = f"{BASE}/jobs"

few = st.integers(0, 2)
maybe = st.none() | few
contents = st.fixed_dictionaries({"a": few, "b": maybe, "c": few, "d": maybe})
#: Sorts that jobs know, too.
COMMON = ("id", "status", "start_time", "account_id")


def operation_of(drawn: dict[str, Any]) -> dict[str, Any]:
    """A row with few different values in each column, so that most are ties or nulls."""
    a, b, c, d = (drawn[name] for name in "abcd")
    return {
        "account_id": 1,
        "name": "xX" * a,
        "description": None if b is None else "x" * (598 + b * 3),
        "data_type": "y" * c,
        "attributes": [],
        "max_value_length": a + 1,
        "requested_count": c + 1,
        "filter_characters": "z" * a,
        "allow_duplicates": a == 0,
        "trim_values": c == 0,
        "multiline_values": a == c,
        "error_tolerance": c,
        "priority": a - 1,
        "llm_model_name": None if d is None else f"m{d}",
        "status": ["PENDING", "STARTED", "COMPLETED"][a],
        "submit_time": START + timedelta(days=c),
        "start_time": None if b is None else START + timedelta(microseconds=b),
        "end_time": START if a == 2 else None,
        "expiration_time": None if d is None else datetime(9000 + d, 1, 1, tzinfo=UTC),
        "generated_count": min(a, c),
        "open_count": 0,
    }


class Moving(RuleBasedStateMachine):
    """One reader of a list that others write; made into a test below."""

    client: Client
    database: Database

    @initialize(
        rows=st.lists(contents, max_size=12),
        path=st.sampled_from([GENERATE, JOBS]),
        sort=st.sampled_from([sign + name for name in SORTS for sign in ("", "-")]),
        searching=st.booleans(),
    )
    def begin(self, rows: list[dict[str, Any]], path: str, sort: str, searching: bool) -> None:
        with self.database.transaction() as connection:
            connection.execute(text("TRUNCATE operations, jobs CASCADE"))
        if path == JOBS and sort.lstrip("-") not in COMMON:
            sort = "-start_time"
        self.path, self.sort, self.searching = path, sort, searching
        self.there: set[str] = set()
        self.added = 0
        for drawn in rows:
            self.add(drawn)
        self.start_over()

    @rule(drawn=contents)
    def add(self, drawn: dict[str, Any]) -> None:
        """Someone submits; the row may belong anywhere in the list."""
        self.added += 1
        row = {"id": self.new_id("operation"), **operation_of(drawn)}
        job = {
            "id": self.new_id("job"),
            "target_id": row["id"],
            "type": "AI_GENERATE_DATA",
            "target_name": row["name"],
            "trace_id": "t",
            **{name: row[name] for name in ("account_id", "status", "submit_time", "start_time")},
        }
        with self.database.transaction() as connection:
            connection.execute(insert(schema.operations).values(row))
            connection.execute(insert(schema.jobs).values(job))
        self.there.add(str(row["id"]) if self.path == GENERATE else job["id"].hex)

    def new_id(self, what: str) -> uuid.UUID:
        """In no order, but the same each time that an example is tried."""
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{what} {self.added}")

    @precondition(lambda self: self.there)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        """Someone deletes; perhaps just the row that the last page ended with."""
        likely = [i for i in (self.seen[-1:] + self.seen[:1]) if i in self.there]
        gone = data.draw(st.sampled_from(likely + sorted(self.there)))
        with self.database.transaction() as connection:
            if self.path == JOBS:
                connection.execute(schema.jobs.delete().where(schema.jobs.c.id == uuid.UUID(gone)))
            else:
                connection.execute(
                    update(schema.operations)
                    .where(schema.operations.c.id == uuid.UUID(gone))
                    .values(deleted_at=START)
                )
        self.there.discard(gone)
        self.stayed.discard(gone)

    @rule()
    def start_over(self) -> None:
        """Read the list from the start."""
        self.seen: list[str] = []
        self.stayed = set(self.there)
        self.cursor: str | None = None
        self.backward = False
        self.done = False

    @precondition(lambda self: not self.done)
    @rule(limit=st.integers(1, 5))
    def turn_the_page(self, limit: int) -> None:
        page = self.read(limit)
        found = [item["id"] for item in page["items"]]
        self.seen = found + self.seen if self.backward else self.seen + found
        metadata = page["response_metadata"]
        assert len(found) <= limit
        assert metadata["total"] == len(self.there)
        assert len(set(self.seen)) == len(self.seen), "something was shown twice"
        cursor = metadata.get("prev_cursor" if self.backward else "next_cursor")
        if cursor is None:
            assert self.stayed <= set(self.seen), "something was missed"
            self.turn_round(page)
        else:
            self.cursor = cursor

    def turn_round(self, page: dict[str, Any]) -> None:
        """At the end of the list: read it back from there."""
        cursor = page["response_metadata"].get("prev_cursor")
        if self.backward or cursor is None:
            self.done = True
            return
        self.backward, self.cursor = True, cursor
        self.stayed = set(self.there)
        self.seen = [item["id"] for item in page["items"]]

    def read(self, limit: int) -> dict[str, Any]:
        query = {"sort": self.sort, "limit": limit}
        if self.cursor is not None:
            query["cursor"] = self.cursor
        if self.searching:
            body = {"filter_expression": "NOT status EQ 'FAILED'"}
            answer = self.client.post(f"{self.path}/search", query_string=query, json=body)
        else:
            answer = self.client.get(self.path, query_string=query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found


def test_nothing_is_shown_twice_or_missed(client: Client, database: Database) -> None:
    Moving.client, Moving.database = client, database
    run_state_machine_as_test(
        Moving, settings=settings(max_examples=40, stateful_step_count=25, deadline=None)
    )
