"""Several model servers, of which some are slow, small, sick or gone, on the whole stack."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from deploy.local.options import LocalOptions
from deploy.local.stack import LocalStack
from shared.db.engine import Database
from tests.conftest import PLAIN_KNOBS, cancel_all
from tests.integration.test_faults import check_counts, check_the_books
from tests.support.stack import NEVER_TWICE, Api, SampleModel
from tests.support.waiting import wait_until

MOST = 8
KNOBS = PLAIN_KNOBS | {"load_seconds": 0, "queue": 512}


class ModelServer(SampleModel):
    """A sample model in a process of its own, to be killed and brought back at its address."""

    def __init__(self, *models: str, port: int = 0) -> None:
        self._models = models
        self._start(port)
        super().__init__(self.url)

    def _start(self, port: int) -> None:
        names = [option for model in self._models for option in ("--model", model)]
        command = [sys.executable, "-m", "deploy.sample_model", "--port", str(port), *names]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().split(" on ")[1].split()[0]

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def bring_back(self) -> None:
        self._start(int(self.url.rpartition(":")[2]))

    def unload(self, model: str) -> None:
        """Make it forget a model, as when another needs the memory."""
        body = {"model": model, "messages": [], "keep_alive": 0}
        httpx.post(f"{self.url}/api/chat", json=body, trust_env=False).raise_for_status()


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[ModelServer, ModelServer]]:
    """Two servers, with a model that both have and one each of their own."""
    with ExitStack() as end:
        started = []
        for own in ("only-first", "only-second"):
            started.append(ModelServer("both", own))
            end.callback(started[-1].kill)
        yield started[0], started[1]


@pytest.fixture(scope="module")
def running(
    servers: tuple[ModelServer, ModelServer], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LocalStack]:
    options = LocalOptions(
        var=tmp_path_factory.mktemp("gateways"),
        workers=2,
        ollama_hosts=",".join(server.url for server in servers),
        flower=False,
        durable=False,
        environment={
            "VALUEMILL_GATEWAY_MAX_CONCURRENT_TASKS": str(MOST),
            "VALUEMILL_PROBE_SECONDS": "1",
            "VALUEMILL_FIRST_TOKEN_TIMEOUT": "2",
            "VALUEMILL_PULL_MODELS": "true",
        },
    )
    with LocalStack(options) as stack:
        yield stack


@pytest.fixture
def first(servers: tuple[ModelServer, ModelServer]) -> Iterator[ModelServer]:
    yield from _plain(servers[0])


@pytest.fixture
def second(servers: tuple[ModelServer, ModelServer]) -> Iterator[ModelServer]:
    yield from _plain(servers[1])


def _plain(server: ModelServer) -> Iterator[ModelServer]:
    server.turn(**KNOBS)
    yield server
    server.turn(**KNOBS)


@pytest.fixture
def api(running: LocalStack, first: ModelServer, second: ModelServer) -> Api:
    cancel_all(running.info.database_url)
    with (
        Database(running.info.database_url, pool_size=1) as database,
        database.transaction() as connection,
    ):
        connection.execute(text("UPDATE gateways SET level = NULL, busy_until = NULL"))
    wait_until(
        lambda: {row["status"] for row in gateways(running)} == {"UP"},
        what=lambda: f"both servers to be up: {gateways(running)}",
    )
    return Api(running.info)


def gateways(stack: LocalStack) -> list[dict[str, Any]]:
    """The rows of the servers, the first one's first."""
    with (
        Database(stack.info.database_url, pool_size=1) as database,
        database.transaction() as connection,
    ):
        rows = connection.execute(
            text(
                """
                SELECT g.*, coalesce(level, max_concurrent_tasks) AS now
                FROM gateways g ORDER BY array_position(CAST(:urls AS text[]), url)
                """
            ),
            {"urls": stack.info.model_urls},
        )
        return [dict(row) for row in rows.mappings()]


def progress(api: Api, job: dict[str, Any], least: int) -> Callable[[], bool]:
    return lambda: api.operation(job)["generated_count"] >= least


def test_work_moves_away_from_a_server_that_dies(
    api: Api, running: LocalStack, first: ModelServer, second: ModelServer
) -> None:
    for server in (first, second):
        server.turn(tokens_per_second=200)
    job = api.submit(1500, llm_model_name="both")
    wait_until(lambda: second.stats()["active"] > 2, what="both to work")
    try:
        second.kill()
        made = api.operation(job)["generated_count"]
        wait_until(progress(api, job, made + 200), what="the first to go on")
        wait_until(lambda: gateways(running)[1]["status"] == "DOWN", what="it to be down")
    finally:
        second.bring_back()
    operation = api.wait(job)
    assert operation["status"] == "COMPLETED", str(operation)
    assert operation["generated_count"] == 1500
    check_counts(api, job)
    check_the_books(running)


@pytest.mark.parametrize("queue", [512, 0])
def test_the_level_comes_down_to_the_slots_that_there_are(
    api: Api, running: LocalStack, first: ModelServer, queue: int
) -> None:
    """Two slots behind a queue, or behind none, where eight were promised."""
    first.turn(slots=2, queue=queue, tokens_per_second=150)
    job = api.submit(100_000, llm_model_name="only-first")
    wait_until(
        lambda: gateways(running)[0]["now"] <= 3,
        what=lambda: f"a lower level: {gateways(running)[0]}",
    )
    made = api.operation(job)["generated_count"]
    wait_until(progress(api, job, made + 100), what="it to go on")
    assert gateways(running)[0]["now"] <= 4
    first.turn(slots=16)
    wait_until(lambda: gateways(running)[0]["now"] >= 6, what="the level to rise again")
    api.post(f"/ai/generate/{job['target_id']}/cancel")
    assert api.statistics(job)["failed_prompts"] == 0


def test_a_cold_load_neither_times_out_nor_counts(
    api: Api, running: LocalStack, first: ModelServer
) -> None:
    wait_until(lambda: first.stats()["active"] == 0, what="earlier work to end")
    first.unload("only-first")
    first.turn(load_seconds=4)
    looks: set[Any] = set()

    def seen_by_all() -> bool:
        found = gateways(running)[0]
        if "only-first" in found["loaded"]:
            # A worker may have begun to load it again, for the work of the test before.
            looks.clear()
            first.unload("only-first")
        else:
            looks.add(found["seen_at"])
        # Each of the two workers looks once a second.
        return len(looks) >= 6

    wait_until(seen_by_all, what="both workers to see that it is not loaded")
    closed = first.stats()["closed_by_client"]
    job = api.submit(40, NEVER_TWICE, llm_model_name="only-first", error_tolerance=0)
    operation = api.wait(job)
    assert operation["status"] == "COMPLETED", str(operation)
    statistics = api.statistics(job)
    assert (statistics["wasted"], statistics["failed_prompts"]) == (0, 0)
    assert first.stats()["closed_by_client"] == closed
    wait_until(lambda: "only-first" in gateways(running)[0]["loaded"], what="it to be seen")


def test_a_sick_server_is_left_alone_and_the_other_takes_the_work(
    api: Api, running: LocalStack, first: ModelServer, second: ModelServer
) -> None:
    second.turn(tokens_per_second=300)
    first.turn(fault={"error_500": 1.0})
    before = first.stats()["requests"]
    job = api.submit(1000, llm_model_name="both", error_tolerance=300)
    wait_until(
        lambda: "left alone" in (gateways(running)[0]["status_reason"] or ""),
        what="it to be left alone",
    )
    operation = api.wait(job)
    assert operation["status"] == "COMPLETED", str(operation)
    # Three from each worker, what was under way by then, and a few to see whether it is well.
    assert first.stats()["requests"] - before < 60
    first.turn(fault={})
    again = api.submit(100_000, llm_model_name="only-first")
    wait_until(lambda: gateways(running)[0]["now"] == MOST, what="its level")
    wait_until(progress(api, again, 100), what="values from it")
    api.post(f"/ai/generate/{again['target_id']}/cancel")


def test_a_sick_server_that_is_alone_ends_the_operation_by_its_tolerance(
    api: Api, first: ModelServer
) -> None:
    first.turn(fault={"error_500": 1.0})
    job = api.submit(100, llm_model_name="only-first", error_tolerance=200)
    operation = api.wait(job)
    assert operation["status"] == "FAILED"
    assert api.statistics(job)["wasted"] > 200


def test_a_model_that_no_server_has_and_no_registry_is_named(api: Api, first: ModelServer) -> None:
    job = api.submit(10, NEVER_TWICE, llm_model_name="nobody-has-it", error_tolerance=0)

    # Each worker tries for itself, so the warning may go back to "is being pulled" for a moment.
    def refusal_is_told() -> bool:
        warning = api.job(job).get("warning_message", "")
        return (
            "the model nobody-has-it cannot be pulled" in warning
            and "the registry has no model of this name" in warning
        )

    wait_until(refusal_is_told, what=lambda: f"a warning on {api.job(job)}")
    first.turn(model=["both", "only-first", "nobody-has-it"])
    try:
        operation = api.wait(job)
    finally:
        first.turn(model=["both", "only-first"])
    assert operation["status"] == "COMPLETED"
    assert api.statistics(job)["wasted"] == 0
