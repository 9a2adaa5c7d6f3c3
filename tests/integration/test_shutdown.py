"""Told to stop in the middle of their work: workers and the API, as processes, by SIGTERM."""

from __future__ import annotations

from collections.abc import Iterator
from signal import Signals
from typing import Any

import pytest
from sqlalchemy import text

from deploy.local.stack import LocalStack
from shared.db.engine import Database
from tests.integration.test_faults import check_counts, check_the_books
from tests.support.stack import Api, SampleModel
from tests.support.waiting import wait_until
from valuemill import ClientError


@pytest.fixture
def _workers_are_back(stack: LocalStack) -> Iterator[None]:
    yield
    names = {name for name in stack.info.pids if "worker" in name}
    wait_until(
        lambda: names == {name for name in stack.info.pids if "worker" in name},
        what="all workers to run again",
    )


def look(stack: LocalStack, query: str, **parameters: object) -> list[Any]:
    """Ask the database, as the owner of the tables."""
    with (
        Database(stack.info.database_url, pool_size=1) as database,
        database.transaction() as connection,
    ):
        result = connection.execute(text(query), parameters)
        return list(result) if result.returns_rows else []


def await_end(stack: LocalStack, part: str, pid: int) -> None:
    """Wait until a process has ended and another runs in its place."""
    wait_until(lambda: stack.info.pids.get(part) not in (pid, None), what=f"the end of {part}")


@pytest.mark.usefixtures("_workers_are_back")
def test_a_worker_keeps_what_was_said_and_gives_back_the_rest(
    api: Api, model: SampleModel, stack: LocalStack
) -> None:
    model.turn(tokens_per_second=20)  # so 20 names take about five seconds
    said = model.stats()["tokens_out"]
    job = api.submit(200)
    wait_until(
        lambda: model.stats()["tokens_out"] > said + 4 * 20,
        what="all slots to be in the middle of an answer",
    )
    holder = look(stack, "SELECT worker FROM batches LIMIT 1")[0].worker
    held = [b.id for b in look(stack, "SELECT id FROM batches WHERE worker = :w", w=holder)]
    before = api.operation(job)["generated_count"]
    part = holder.partition("@")[0]
    pid = stack.info.pids[part]
    stack.kill_part(part, Signals.SIGTERM)
    await_end(stack, part, pid)
    # It ended after what it held was settled or given back; no lease had to run out for that.
    assert look(stack, "SELECT id FROM batches WHERE id = ANY (:held)", held=held) == []
    assert api.operation(job)["generated_count"] > before
    check_the_books(stack)
    model.turn(tokens_per_second=0)
    operation = api.wait(job)
    assert operation["status"] == "COMPLETED"
    check_counts(api, job)
    assert api.statistics(job)["lost_prompts"] == 0


#: More than the sockets between the API and its client hold.
MANY, LONG = 100_000, 200


def test_the_api_answers_what_it_has_begun(api: Api, stack: LocalStack) -> None:
    job = api.submit(3)
    api.wait(job)
    (number,) = look(stack, "SELECT number FROM operations WHERE id = :id", id=job["target_id"])[0]
    look(
        stack,
        """
        INSERT INTO operation_values (operation_number, position, cell_ordinal, value)
        SELECT :number, 3 + n, 0, repeat('x', :long) FROM generate_series(1, :many) n
        """,
        number=number,
        many=MANY,
        long=LONG,
    )
    try:
        path = f"ai/generate/{job['target_id']}/download"
        with api.http.stream("GET", path, params={"format": "SECURE_LOOKUP"}) as response:
            pid = stack.info.pids["api"]
            stack.kill_part("api", Signals.SIGTERM)
            lines = b"".join(response.iter_bytes()).split(b"\n")
        assert len(lines) == 3 + MANY
        await_end(stack, "api", pid)
        wait_until(lambda: _answers(api, job), what="the API to answer again")
    finally:
        look(
            stack,
            "DELETE FROM operation_values WHERE operation_number = :number AND position > 3",
            number=number,
        )


def _answers(api: Api, job: dict[str, Any]) -> bool:
    try:
        return bool(api.job(job)["status"] == "COMPLETED")
    except ClientError:  # nobody listens there yet
        return False
