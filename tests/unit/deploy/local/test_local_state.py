"""Secrets, lock, ports, files: what a stack keeps, and keeps to itself."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.binaries import Binaries
from deploy.local.errors import AlreadyRunning, LocalStackError
from deploy.local.files import open_private, set_aside, tail, write_private
from deploy.local.lock import FolderLock
from deploy.local.options import PROJECT, LocalOptions, from_environment, var_folder
from deploy.local.parts import Commands, list_parts
from deploy.local.ports import Ports
from deploy.local.secrets import Secrets, SecretsFile
from deploy.local.site import PORT_NAMES, Site
from deploy.local.unprivileged import OURSELVES
from shared.sealing import PrivateKey, PublicKey, seal, unseal

HOLD_LOCK = """
import sys, time
from pathlib import Path
from deploy.local.lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
lock.acquire()
print("held", flush=True)
time.sleep(60)
"""


def test_secrets_come_back_as_they_were(tmp_path: Path) -> None:
    file = SecretsFile(tmp_path)
    _, complete = file.load()
    assert not complete
    made = Secrets()
    file.save(made)
    assert file.load() == (made, True)
    assert file.remember_key(made, "1.abc").api_key == "1.abc"
    kept, _ = file.load()
    assert (kept.api_key, kept.secret_key) == ("1.abc", made.secret_key)


def test_secrets_of_an_older_version_are_kept_and_completed(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text('{"database_password": "old"}')
    secrets, complete = SecretsFile(tmp_path).load()
    assert not complete
    assert secrets.database_password == "old"
    assert len(secrets.api_database_password) >= 24


def test_secrets_differ_and_stay_hidden(tmp_path: Path) -> None:
    one, other = Secrets(), Secrets()
    values = {one.database_password, one.redis_password, one.secret_key, other.secret_key}
    assert len(values) == 4
    assert one.database_password not in repr(one)
    assert one.connector_key not in repr(one)
    SecretsFile(tmp_path).save(one)
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_the_api_closes_what_only_workers_open() -> None:
    made = Secrets()
    box = seal(PublicKey.parse(made.connector_public_key), {"password": "p"}, context="c")
    assert unseal([PrivateKey.parse(made.connector_key)], box, context="c") == {"password": "p"}


@pytest.mark.parametrize("content", ["", "[]", '{"strange": 1}'])
def test_damaged_secrets_are_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "secrets.json").write_text(content)
    with pytest.raises(LocalStackError, match=r"secrets\.json is damaged"):
        SecretsFile(tmp_path).load()


def test_one_holder_a_lock(tmp_path: Path) -> None:
    first, second = FolderLock(tmp_path), FolderLock(tmp_path)
    assert first.holder() is None
    first.acquire()
    with pytest.raises(AlreadyRunning, match="VALUEMILL_VAR"):
        second.acquire()
    first.release()
    second.acquire()
    second.release()
    assert first.holder() is None


def test_lock_names_its_holder_and_dies_with_it(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path)
    command = [sys.executable, "-c", HOLD_LOCK, str(tmp_path)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert lock.holder() == other.pid
        with pytest.raises(AlreadyRunning) as caught:
            lock.acquire()
        assert f"process {other.pid}" in str(caught.value)
        other.send_signal(signal.SIGKILL)
        other.wait()
    lock.acquire()
    lock.release()


def test_a_server_can_use_a_reserved_port() -> None:
    ports = Ports(["one", "two"])
    assert len(set(ports.numbers.values())) == 2
    for _life in range(2):
        with socket.create_server(("127.0.0.1", ports.numbers["one"])):
            pass
    ports.release()
    ports.release()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not share bound ports")
def test_nobody_is_given_a_reserved_port() -> None:
    ports = Ports(["one"])
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", ports.numbers["one"]))
    ports.release()


def test_private_files(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_private(path, "eins")
    write_private(path, "zwei")
    assert path.read_text() == "zwei"
    assert [child.name for child in tmp_path.iterdir()] == ["file"]
    os.close(open_private(tmp_path / "log"))
    assert stat.S_IMODE((tmp_path / "log").stat().st_mode) == 0o600


def test_tail_and_set_aside(tmp_path: Path) -> None:
    log = tmp_path / "part.log"
    assert tail(log) == ""
    log.write_bytes(b"\xff\n" * 9 + b"".join(b"line %d\n" % number for number in range(5_000)))
    assert tail(log, lines=2) == "line 4998\nline 4999"
    set_aside(log)
    set_aside(log)
    assert [child.name for child in tmp_path.iterdir()] == ["part.log.1"]


def test_options_from_the_environment(tmp_path: Path) -> None:
    options = from_environment(
        workers=3,
        report=print,
        environment={
            "VALUEMILL_VAR": str(tmp_path),
            "VALUEMILL_WORKER_CONCURRENCY": "4",
            "VALUEMILL_OLLAMA_HOSTS": " ",
            "SAMPLE_MODEL_SLOTS": "2",
            "SMALL_MODEL_SLOTS": "3",
        },
    )
    assert (options.var, options.workers, options.worker_concurrency) == (tmp_path, 3, 4)
    assert options.ollama_hosts is None
    assert options.sample_model == {"SAMPLE_MODEL_SLOTS": "2"}
    assert options.small_model == {"SMALL_MODEL_SLOTS": "3"}
    assert options.small_model_slots == 3
    assert var_folder({}) == PROJECT / "var"


@pytest.mark.parametrize("text", ["0", "-1", "many"])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("VALUEMILL_WORKER_CONCURRENCY", "VALUEMILL_WORKER_CONCURRENCY"),
        ("SMALL_MODEL_THREADS", "SMALL_MODEL_.*--threads"),
    ],
)
def test_a_number_that_is_none_is_named(name: str, said: str, text: str) -> None:
    with pytest.raises(LocalStackError, match=said):
        from_environment(workers=1, report=print, environment={name: text})


def test_the_small_model_takes_the_place_of_the_sample_model(tmp_path: Path) -> None:
    site = Site(
        options=LocalOptions(var=tmp_path, small_model={"SMALL_MODEL_SLOTS": "3"}),
        binaries=Binaries(Path("/postgres"), Path("/initdb"), Path("/redis-server")),
        account=OURSELVES,
        ports={name: number for number, name in enumerate(PORT_NAMES, start=1)},
        ollama_hosts=None,
        secrets=Secrets(),
        model_part="small-model",
    )
    parts = {part.name: part for part in list_parts(site, Commands())}
    assert "sample-model" not in parts
    assert parts["small-model"].env["SMALL_MODEL_SLOTS"] == "3"
    assert "small-model" in parts["worker-1"].needs
    # The workers are told what it bears.
    port = site.ports["small-model"]
    hosts = parts["worker-1"].env["VALUEMILL_OLLAMA_HOSTS"]
    assert hosts == f"http://127.0.0.1:{port}#max_concurrent_tasks=3"


def test_parts_get_what_they_need_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PGSSLMODE", "GUNICORN_CMD_ARGS", "FLOWER_PORT", "VALUEMILL_DATABASE_URL_FILE"):
        monkeypatch.setenv(name, "elsewhere")
    monkeypatch.setenv("NO_PROXY", "example.org")
    site = Site(
        options=LocalOptions(var=tmp_path, environment={"VALUEMILL_LEASE_SECONDS": "3"}),
        binaries=Binaries(Path("/postgres"), Path("/initdb"), Path("/redis-server")),
        account=OURSELVES,
        ports=dict.fromkeys(PORT_NAMES, 1),
        ollama_hosts=None,
        secrets=Secrets(),
    )
    parts = {part.name: part for part in list_parts(site, Commands())}
    for part in parts.values():
        assert "elsewhere" not in part.env.values()
        assert set(part.needs) <= set(parts)
    for name in ("api", "worker-1", "worker-2", "flower", "sample-model"):
        assert parts[name].env["NO_PROXY"] == "example.org,127.0.0.1,localhost"
        assert parts[name].env["VALUEMILL_LEASE_SECONDS"] == "3"
    for name, role in {
        **{"migrations": "valuemill", "api-key": "valuemill", "api": "valuemill_api"},
        **{"worker-1": "valuemill_worker", "worker-2": "valuemill_worker"},
    }.items():
        assert f"//{role}:" in parts[name].env["VALUEMILL_DATABASE_URL"]
    assert "VALUEMILL_DATABASE_URL" not in parts["sample-model"].env
    assert site.secrets.database_password not in str(parts["flower"].env)
