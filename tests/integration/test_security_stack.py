"""The running stack: Flower is closed, and no log holds a secret, whatever has gone wrong."""

from __future__ import annotations

import base64
import http.client
import json
import os
import subprocess
import sys
import traceback
import uuid
from pathlib import Path
from signal import Signals
from urllib.parse import quote, urlsplit

import httpx
import pytest

from deploy import flower
from deploy.flower import knows
from deploy.local.stack import LocalStack
from shared.db.engine import Database
from shared.errors import ValuemillError
from shared.queue.wakeups import QUEUE, TASK, WakeUps, create_celery
from tests.support.contract import BASE, GENERATE, PLAIN
from tests.support.stack import Api, SampleModel
from tests.support.synthesis import V1
from tests.support.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.stack

#: Each kind of path that Flower has, and some that it has not.
FLOWER_PATHS = (
    "/", "/workers", "/tasks", "/tasks/datatable", "/broker", "/task/x", "/worker/x",
    "/metrics", "/healthcheck", "/static/css/flower.css", "/login", "/logout",
    "/api/workers", "/api/tasks", "/api/task/types", "/api/queues/length",
    "/no/such/path", "/metrics/", "//metrics", "/%6detrics", "/metrics?x=1",
)  # fmt: skip


def status_of(url: str, path: str, *, method: str = "GET", authorization: str = "") -> int:
    """Ask for exactly this path; httpx would tidy it."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=PATIENCE)
    try:
        connection.request(method, path, headers={"Authorization": authorization})
        answer = connection.getresponse()
        assert "flower" not in answer.read().decode().replace("Flower needs", "").lower()
        return answer.status
    finally:
        connection.close()


def basic(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


@pytest.mark.parametrize("path", FLOWER_PATHS)
def test_nothing_of_flower_is_open(stack: LocalStack, path: str) -> None:
    info = stack.info
    assert status_of(info.flower_url, path) == 401
    assert status_of(info.flower_url, path, authorization=basic("valuemill:wrong")) == 401


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_no_method_opens_flower(stack: LocalStack, method: str) -> None:
    for path in ("/metrics", "/api/worker/shutdown/x", "/no"):
        assert status_of(stack.info.flower_url, path, method=method) == 401


def test_the_password_opens_flower(stack: LocalStack) -> None:
    info = stack.info
    with httpx.Client(
        base_url=info.flower_url,
        auth=(info.flower_user, info.flower_password),
        trust_env=False,
        timeout=PATIENCE,
    ) as known:
        assert known.get("healthcheck").text == "OK"
        assert "flower_" in known.get("metrics").text
        assert known.get("workers").status_code == 200
        assert known.get("no/such/path").status_code == 404


@pytest.mark.parametrize("password", ["", ":", "user", "user:", ":pw", "a:b,"])
def test_flower_does_not_start_without_a_password(
    monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    monkeypatch.setenv("FLOWER_BASIC_AUTH", password)
    with pytest.raises(SystemExit, match="FLOWER_BASIC_AUTH"):
        flower.main()


def test_only_a_whole_password_is_known() -> None:
    passwords = ("first:one", "second:zwölf")
    assert all(knows(basic(each), passwords) for each in passwords)
    assert knows(basic("first:one").replace("Basic", "basic"), passwords)
    wrong = [
        "", "Basic", "Basic ", "Basic !", "Bearer x", basic(""), basic("first"), basic("first:"),
        basic("first:on"), basic("first:one "), basic("first:one,second:zwölf"), "Basic \xe9",
        basic("first:one").removeprefix("Basic "),
    ]  # fmt: skip
    assert not any(knows(each, passwords) for each in wrong)
    assert not knows(basic(""), ())


def secrets_of(stack: LocalStack) -> dict[str, str]:
    """Every secret that the running stack has, by name."""
    var = stack._options.var
    found: dict[str, str] = json.loads((var / "secrets.json").read_text())
    key_id, _, secret = found["api_key"].partition(".")
    assert key_id
    return {**found, "api_key": secret, "flower_basic": basic_of(stack)}


def basic_of(stack: LocalStack) -> str:
    return basic(f"{stack.info.flower_user}:{stack.info.flower_password}").split()[1]


def logs_of(stack: LocalStack) -> dict[str, str]:
    return {log.name: log.read_text() for log in (stack._options.var / "logs").iterdir()}


def provoke(stack: LocalStack, api: Api, model: SampleModel) -> None:
    """Let go wrong what can go wrong with a secret at hand."""
    info = stack.info
    key_id, secret = info.api_key.split(".")
    url = info.api_url
    for header in (
        f"apk {key_id}.{secret}x",
        f"apk {secret}.{key_id}",
        f"Bearer {info.api_key}",
        basic(info.api_key),
    ):
        assert httpx.get(f"{url}{GENERATE}", headers={"Authorization": header}).status_code == 401
    for password, status in ((info.user_password, 201), (f"{info.user_password}x", 400)):
        body = {"email": info.user_email, "password": password}
        assert httpx.post(f"{url}{V1}/auth/", json=body).status_code == status
        assert httpx.post(f"{url}{V1}/auth/", json=body | {password: 1}).status_code == 422
    # A secret where it does not belong: in the address, and in a body that is refused.
    for path in (f"/{secret}", f"{GENERATE}?key={secret}", f"{GENERATE}/{secret}"):
        assert api.http.get(f"{url}{path}").status_code in (400, 404)
    assert api.http.post(f"{url}{GENERATE}", json=PLAIN | {secret: 1}).status_code == 400
    status_of(info.flower_url, f"/{quote(info.flower_password)}", authorization=basic("x:y"))
    # Every part that has a connection loses it, and says so.
    model.turn(fault={"refusal": 1.0})
    api.submit(3)
    for part in ("redis", "postgres"):
        stack.kill_part(part, Signals.SIGKILL)
        httpx.get(f"{url}{BASE}/jobs", headers={"Authorization": f"apk {info.api_key}"})
        httpx.get(f"{url}/readyz")
        stack.restart_part(part)
    wait_until(
        lambda: httpx.get(f"{url}/readyz").json()["status"] == "ok",
        what="the stack to be well again",
    )


def test_no_log_holds_a_secret(stack: LocalStack, api: Api, model: SampleModel) -> None:
    provoke(stack, api, model)
    logs = logs_of(stack)
    assert "request not" in logs["api.log"] or "not ready" in logs["api.log"]
    for log, text in logs.items():
        for name, secret in secrets_of(stack).items():
            assert secret not in text, f"{name} stands in {log}"


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return open, (self.path, "w")


def test_messages_of_the_broker_are_hints_and_nothing_more(
    stack: LocalStack, api: Api, tmp_path: Path
) -> None:
    """Whoever can write to Redis can wake workers up, and have them look into the database."""
    celery = create_celery(stack.info.broker_url, name="forger")
    before = dict(stack.info.pids)
    bomb = tmp_path / "exploded"
    ended = api.submit(3)
    values = list(api.values(api.wait(ended) and ended))
    forged: list[tuple[object, str, str]] = [
        ((Bomb(str(bomb)), {}, {}), TASK, "pickle"),
        (Bomb(str(bomb)), TASK, "pickle"),
        (([ended["target_id"]], {"status": "FAILED", "values": ["forged"]}, {}), TASK, "json"),
        (([], {}, {}), "os.system", "json"),
        ("nonsense", TASK, "json"),
        ({"task": TASK}, TASK, "json"),
        (([], {}), TASK, "json"),
    ]
    with celery.connection_for_write() as connection:
        for body, task, serializer in forged:
            connection.Producer().publish(
                body,
                serializer=serializer,
                routing_key=QUEUE,
                exchange=QUEUE,
                declare=[celery.amqp.queues[QUEUE]],
                headers={"task": task, "id": uuid.uuid4().hex, "lang": "py"},
            )
    wait_until(lambda: WakeUps(celery).waiting() == 0, what="them to be taken")
    assert api.wait(api.submit(3))["status"] == "COMPLETED"
    assert stack.info.pids == before, "a message has ended a worker"
    assert not bomb.exists()
    assert api.operation(ended)["status"] == "COMPLETED"
    assert list(api.values(ended)) == values


BROKEN = [
    "postgresql://user:hunter2@127.0.0.1:1/nowhere",
    "postgresql://user:hunter2@127.0.0.1:port/nowhere",
    "postgresql://user:hunter2@127.0.0.1:1/nowhere?sslmode=hunter2x",
    "mysql://user:hunter2@127.0.0.1/nowhere",
    "postgresql://user:hunter2@[::1/nowhere",
    "user:hunter2",
]


@pytest.mark.parametrize("database_url", BROKEN)
def test_a_broken_address_is_told_without_its_password(database_url: str) -> None:
    """In the error, in its causes and in their traces, all of which may be logged."""
    with pytest.raises(ValuemillError) as caught, Database(database_url) as database:
        database.ping()
    told = "".join(traceback.format_exception(caught.value))
    # The source lines of this test stand in the trace, the values of its variables do not.
    assert "hunter2@" not in told
    assert "user:hunter2" not in told.replace('"user:hunter2",', "")


@pytest.mark.parametrize("database_url", [BROKEN[0], BROKEN[-1]])
def test_the_command_line_tells_no_password(project: Path, database_url: str) -> None:
    outcome = subprocess.run(
        [sys.executable, "-m", "deploy.cli", "keys", "list"],
        cwd=project,
        env={**os.environ, "VALUEMILL_DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert outcome.returncode == 1
    assert "hunter2" not in outcome.stdout + outcome.stderr
