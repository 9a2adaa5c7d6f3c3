"""The Python client against the whole service."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from deploy.local.stack import LocalStack
from tests.support.stack import Api, SampleModel
from tests.support.waiting import PATIENCE, wait_until
from valuemill import ApiError, Attribute, Job, JobFailed, Unreachable, Valuemill


@pytest.fixture
def mill(api: Api, stack: LocalStack) -> Iterator[Valuemill]:
    """A client as a program makes it; ``api`` is here for a model without faults."""
    with Valuemill(stack.info.api_url, stack.info.api_key) as client:
        yield client


def test_from_request_to_files(mill: Valuemill, tmp_path: Path) -> None:
    job = mill.submit(
        name="Ünïque 東京/names?",
        data_type="full name",
        requested_count=25,
        attributes=[Attribute(values=("German",))],
    )
    seen: list[Job] = []
    operation = mill.wait(job, on_progress=seen.append)
    assert (operation.status, operation.generated_count) == ("COMPLETED", 25)
    assert operation.attributes == (Attribute(values=("German",)),)
    assert operation.llm_model_name == "sample-faker"
    assert operation.submit_time is not None
    assert operation.end_time is not None
    assert operation.submit_time.tzinfo is not None
    assert operation.submit_time <= operation.end_time
    statistics = mill.statistics(operation.id)
    assert statistics.asked == 25 + statistics.wasted
    assert seen[-1].percent_complete == 100

    values = list(mill.values(operation.id, limit=10))
    assert len(values) == len(set(values)) == 25
    assert list(mill.values(operation.id, sort="-value", limit=10)) == sorted(values, reverse=True)
    as_json = mill.download(operation.id, "JSON", tmp_path)
    assert as_json == tmp_path / "Ünïque 東京_names_.json"
    assert json.loads(as_json.read_text("utf-8")) == values
    as_lines = mill.download(operation.id, "SECURE_LOOKUP", tmp_path / "lines")
    assert as_lines.read_text("utf-8").split("\n") == values

    mill.delete(operation.id)
    with pytest.raises(ApiError, match="answered 404"):
        mill.operation(operation.id)


def test_a_failure_carries_its_reason(mill: Valuemill) -> None:
    job = mill.submit(name="Zorkmids", data_type="zorkmids of the grue", error_tolerance=100)
    with pytest.raises(JobFailed, match=r"ended as FAILED: .*sample-faker does not know") as caught:
        mill.wait(job, timeout=PATIENCE)
    assert caught.value.operation is not None
    reason = mill.statistics(caught.value.operation.id).failure_reason
    assert reason == caught.value.reason


@pytest.mark.parametrize(
    ("action", "status", "word"),
    [("cancel", "CANCELED", "cancelled"), ("abandon", "ABANDONED", "abandoned")],
)
def test_ending_a_job_early(
    mill: Valuemill, model: SampleModel, action: str, status: str, word: str
) -> None:
    model.turn(tokens_per_second=2)
    job = mill.submit(name="Slow", data_type="full name", requested_count=200)
    getattr(mill, action)(job.target_id if action == "cancel" else job.id)
    with pytest.raises(JobFailed, match=f"ended as {status}: .*{word}"):
        mill.wait(job, timeout=PATIENCE)
    with pytest.raises(ApiError, match="answered 409"):
        getattr(mill, action)(job.target_id if action == "cancel" else job.id)


def test_waiting_outlasts_an_api_that_is_killed(
    mill: Valuemill, model: SampleModel, stack: LocalStack
) -> None:
    model.turn(tokens_per_second=20)
    job = mill.submit(name="Names", data_type="full name", requested_count=300)
    before = stack.info.pids["api"]
    killed: list[int | None] = []

    def kill_once(seen: Job) -> None:
        if not killed and seen.percent_complete:
            killed.append(seen.percent_complete)
            stack.kill_part("api")
            model.turn(tokens_per_second=0)

    operation = mill.wait(job, timeout=PATIENCE, poll=0.2, on_progress=kill_once)
    assert operation.generated_count == 300
    assert killed[0] is not None
    assert killed[0] < 100
    assert stack.info.pids["api"] != before
    assert len(set(mill.values(operation.id))) == 300


def test_a_submit_outlasts_an_api_that_is_killed(mill: Valuemill, stack: LocalStack) -> None:
    before = stack.info.pids["api"]
    stack.kill_part("api")
    job = mill.submit(name="Few", data_type="city", requested_count=5)
    assert mill.wait(job, timeout=PATIENCE).generated_count == 5
    wait_until(lambda: stack.info.pids.get("api") != before, what="another process")


def test_a_key_makes_one_job(mill: Valuemill) -> None:
    key = uuid.uuid4().hex
    job = mill.submit(name="Few", data_type="city", requested_count=5, idempotency_key=key)
    again = mill.submit(name="Few", data_type="city", requested_count=5, idempotency_key=key)
    assert again.id == job.id
    with pytest.raises(ApiError, match="answered 409"):
        mill.submit(name="Other", data_type="city", idempotency_key=key)


def test_lists_and_searches(mill: Valuemill) -> None:
    name = f"list {uuid.uuid4().hex}"
    jobs = [mill.submit(name=name, data_type="city", requested_count=count) for count in (1, 2, 3)]
    found = list(mill.operations(f"name EQ '{name}'", sort="-requested_count", limit=2))
    assert [operation.id for operation in found] == [job.target_id for job in reversed(jobs)]
    assert found[0].name == name
    listed = {operation.id for operation in mill.operations(limit=20)}
    assert listed >= {job.target_id for job in jobs}
    wanted = f"target_name EQ '{name}'"
    assert {job.id for job in mill.jobs(wanted, limit=2)} == {job.id for job in jobs}
    newest = next(mill.jobs(sort="-start_time", limit=1))
    assert isinstance(newest, Job)
    with pytest.raises(ApiError, match="answered 400"):
        list(mill.operations("name LIKE 'x'"))


def test_a_download_without_its_last_bytes_leaves_nothing(
    mill: Valuemill, stack: LocalStack, tmp_path: Path
) -> None:
    job = mill.submit(name="Cut", data_type="city", requested_count=5)
    operation = mill.wait(job, timeout=PATIENCE)
    with (
        cutting_proxy(stack.info.api_url) as url,
        Valuemill(url, stack.info.api_key, patience=0, trust_env=False) as broken,
        pytest.raises(Unreachable, match="incomplete chunked read"),
    ):
        broken.download(operation.id, "JSON", tmp_path)
    assert list(tmp_path.iterdir()) == []


@contextmanager
def cutting_proxy(url: str) -> Iterator[str]:
    """Passes on one request, and all of its answer but what says that it is whole."""
    # With the end of the chunk before it: a header may end in a zero too.
    end = b"\r\n0\r\n\r\n"
    address = urlsplit(url)

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, socket.create_connection((address.hostname, address.port)) as upstream:
            upstream.sendall(connection.recv(65_536))
            answer = b""
            while not answer.endswith(end):
                answer += upstream.recv(65_536) or end
            connection.sendall(answer.removesuffix(end))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(timeout=PATIENCE)


def test_the_example_of_the_guide_runs(
    api: Api, stack: LocalStack, project: Path, tmp_path: Path
) -> None:
    guide = (project / "docs" / "client.md").read_text("utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", guide, flags=re.DOTALL)
    environment = {
        **os.environ,
        "PYTHONPATH": str(project),
        "VALUEMILL_URL": stack.info.api_url,
        "VALUEMILL_KEY": stack.info.api_key,
    }
    done = subprocess.run(
        [sys.executable, "-c", example],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (file,) = tmp_path.iterdir()
    assert len(file.read_text("utf-8").split("\n")) == 65
    assert str(file.name) in done.stdout


def test_importing_the_client_takes_httpx_and_nothing_else(project: Path) -> None:
    """Programs should not need the service's own libraries."""
    heavy = ["flask", "sqlalchemy", "celery", "marshmallow", "redis", "psycopg", "structlog"]
    command = f"import sys, valuemill; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", command], cwd=project, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
