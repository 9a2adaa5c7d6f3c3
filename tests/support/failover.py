"""Servers that change places, as operators make them do: PostgreSQL, PgBouncer, Redis.

PostgreSQL and Redis are the embedded ones. PgBouncer comes from Debian's archive where ``apt-get``
reaches one, unpacked into a folder and not installed.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from signal import Signals

import psycopg
from redis import Redis
from redis.exceptions import RedisError

from deploy.local.binaries import Binaries, find_binaries
from deploy.local.ports import Ports
from deploy.local.postgres import ENVIRONMENT, OWNER, SUPERUSER, Cluster, house, passwords
from deploy.local.secrets import Secrets
from deploy.local.unprivileged import OURSELVES, Account, choose_account, launch_command
from shared.settings import Settings
from tests.support.waiting import PATIENCE, wait_until

#: Held until the tests end, so that nobody else is given a port whose server is down just now.
_ports: list[Ports] = []


def free_port() -> int:
    """A loopback port that stays ours."""
    _ports.append(Ports(["one"]))
    return _ports[-1].numbers["one"]


class Program:
    """A program in the background, with its output in a file."""

    def __init__(
        self,
        *command: str,
        log: Path,
        account: Account = OURSELVES,
        env: Mapping[str, str] | None = None,
        cwd: str | Path = "/",
    ) -> None:
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                launch_command(command, account=account, death_signal=Signals.SIGKILL),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(env if env is not None else os.environ),
                cwd=cwd,
                start_new_session=True,
            )

    def end(self, signal: Signals = Signals.SIGTERM) -> int:
        """Ask it to end; its exit status. Killed, and all that it started, when it takes long."""
        with suppress(ProcessLookupError):
            self.process.send_signal(signal)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            return self.process.wait()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, Signals.SIGKILL)

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None


class Postgres:
    """One server and its data; made from nothing, or as another's hot standby."""

    def __init__(self, data: Path, *, secrets: Secrets, primary: Postgres | None = None) -> None:
        self.port = free_port()
        self._binaries: Binaries = find_binaries()
        self._account = choose_account(data=data, program=self._binaries.postgres)
        self._data = data
        self._log = data.with_name(f"{data.name}.log")
        self._secrets = secrets
        self._program: Program | None = None
        if primary is not None:
            self._copy(primary)

    @property
    def _cluster(self) -> Cluster:
        return Cluster(
            data=self._data,
            log=self._log,
            binaries=self._binaries,
            account=self._account,
            password=self._secrets.database_admin_password,
            first=house(self._secrets),
            durable=False,
        )

    def url(self, role: str = OWNER, database: str = "valuemill") -> str:
        """Its address for a role."""
        password = passwords(self._secrets)[role]
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/{database}"

    def own(self, path: Path) -> None:
        """Give a path to the account that it runs as."""
        self._account.own(path)

    def _copy(self, primary: Postgres) -> None:
        self._data.mkdir(mode=0o700)
        self._account.own(self._data)
        source = primary.url(SUPERUSER, "postgres")
        program = str(self._binaries.postgres.with_name("pg_basebackup"))
        Program(
            *(program, "--write-recovery-conf", "--checkpoint=fast", "--no-sync"),
            *(f"--pgdata={self._data}", f"--dbname={source}"),
            log=self._log,
            account=self._account,
            env=ENVIRONMENT,
        ).process.wait()

    def start(self) -> Postgres:
        """Start it, and return when it can be asked something."""
        self._cluster.prepare()
        self._program = Program(
            *self._cluster.command(self.port),
            log=self._log,
            account=self._account,
            env=ENVIRONMENT,
        )
        wait_until(self._answers, what=lambda: self._log.read_text())
        return self

    def _answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            self.ask("SELECT 1")
            return True
        return False

    def ask(self, statement: str) -> object:
        """As the superuser, in a transaction of its own; the first column of the first row."""
        with psycopg.connect(self.url(SUPERUSER), autocommit=True) as connection:
            cursor = connection.execute(statement)
            row = cursor.fetchone() if cursor.description else None
            return row and row[0]

    def follow(self, standby: Postgres) -> None:
        """Have each commit wait until a standby has it too."""
        self.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.ask("SELECT pg_reload_conf()")
        waits = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
        wait_until(lambda: self.ask(waits) == 1, what=lambda: standby._log.read_text())

    def promote(self) -> float:
        """Make a standby the primary; the moment at which it was ready to be written to."""
        self.ask("ALTER SYSTEM SET synchronous_standby_names = ''")
        self.ask("SELECT pg_promote(true, 60)")
        wait_until(lambda: self.ask("SELECT pg_is_in_recovery()") is False)
        return time.monotonic()

    def kill(self) -> None:
        """End it as a crash does."""
        if self._program is not None:
            self._program.end(Signals.SIGQUIT)


class RedisServer:
    """One Redis; told by commands what to be."""

    def __init__(self, folder: Path, *, port: int = 0) -> None:
        self.port = port or free_port()
        self._folder = folder
        self._program: Program | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self, *more: str) -> RedisServer:
        """Start it, and return when it answers.

        :param more: options, as on its command line.
        """
        program = str(find_binaries().redis_server)
        options = ("--port", str(self.port), "--bind", "127.0.0.1", "--save", "", *more)
        self._program = Program(
            program, *options, log=self._folder / f"redis-{self.port}.log", cwd=self._folder
        )
        wait_until(self._answers)
        return self

    def _answers(self) -> bool:
        try:
            return bool(self.command("PING"))
        except (RedisError, OSError):
            return False

    def command(self, *words: object) -> object:
        with Redis(port=self.port, socket_timeout=10) as client:
            return client.execute_command(*words)

    def kill(self) -> None:
        if self._program is not None:
            self._program.end(Signals.SIGKILL)


class Moving:
    """An address that leads to one server, and can be made to lead to another.

    As a name, or a service's address, is moved: who is connected stays so.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Of a Redis behind it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def move(self, port: int) -> None:
        self._target = port

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self._target))
                except OSError:
                    client.close()
                    continue
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    @staticmethod
    def _pass(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while piece := one.recv(65_536):
                other.sendall(piece)
        for each in (one, other):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def unpack_from_debian(folder: Path, *packages: str) -> bool:
    """Unpack packages into a folder; False where there is no Debian to have them from."""
    if sys.platform != "linux" or not (shutil.which("apt-get") and shutil.which("dpkg")):
        return False
    folder.mkdir(exist_ok=True)
    try:
        subprocess.run(
            ["apt-get", "download", *packages],
            cwd=folder, check=True, capture_output=True, timeout=PATIENCE,
        )  # fmt: skip
        for archive in folder.glob("*.deb"):
            subprocess.run(["dpkg", "-x", archive, folder], check=True, capture_output=True)
    except (subprocess.SubprocessError, OSError):
        return False
    return True


class PgBouncer:
    """PgBouncer in transaction mode before a server, for one of its roles.

    :param program: what :func:`unpack_from_debian` found; None: the one that is installed.
    """

    def __init__(
        self, folder: Path, *, server: Postgres, role: str, program: Path | None, **options: str
    ) -> None:
        self.port = free_port()
        self._server = server
        self._role = role
        password = server.url(role).split(":")[2].partition("@")[0]
        users = folder / f"users-{self.port}.txt"
        users.write_text(f'"{role}" "{password}"\n')
        config = folder / f"pgbouncer-{self.port}.ini"
        settings = {
            "listen_addr": "127.0.0.1",
            "listen_port": str(self.port),
            "unix_socket_dir": "",
            "auth_type": "scram-sha-256",
            "auth_file": str(users),
            "pool_mode": "transaction",
            "default_pool_size": "4",
            "max_client_conn": "200",
            **options,
        }
        lines = [f"{name} = {value}" for name, value in settings.items()]
        target = f"valuemill = host=127.0.0.1 port={server.port} dbname=valuemill"
        config.write_text("\n".join(["[databases]", target, "[pgbouncer]", *lines, ""]))
        # A script, so that its libraries are found by whoever it runs as.
        binary = folder / "pgbouncer"
        libraries = ":".join(map(str, program.parents[2].glob("usr/lib/*"))) if program else ""
        name = program or shutil.which("pgbouncer")
        binary.write_text(f'#!/bin/sh\nLD_LIBRARY_PATH={libraries} exec {name} "$@"\n')
        binary.chmod(0o755)
        account = choose_account(data=folder / "pgbouncer.data", program=binary)
        for path in (config, users):
            account.own(path)
        self._program = Program(
            str(binary),
            str(config),
            log=folder / "pgbouncer.log",
            account=account,
            env=ENVIRONMENT,
        )
        wait_until(self._answers, what=lambda: (folder / "pgbouncer.log").read_text())

    @property
    def url(self) -> str:
        return self._server.url(self._role).replace(f":{self._server.port}/", f":{self.port}/")

    def _answers(self) -> bool:
        with suppress(psycopg.OperationalError), psycopg.connect(self.url):
            return True
        return False

    def stop(self) -> None:
        self._program.end()


def start_worker(
    settings: Settings, *, project: Path, log: Path, name: str = "worker", **more: str
) -> Program:
    """A worker process with such settings; return when it can take work."""
    ready = log.with_suffix(".ready")
    ready.unlink(missing_ok=True)
    [gateway] = settings.gateways
    told = {
        "DATABASE_URL": settings.database_url,
        "BROKER_URL": settings.broker_url,
        "SECRET_KEY": settings.secret_key,
        "OLLAMA_HOSTS": gateway.url,
        "WORKER_CONCURRENCY": str(settings.worker_concurrency),
        "LEASE_SECONDS": str(settings.lease_seconds),
        "READY_FILE": str(ready),
        **more,
    }
    program = Program(
        sys.executable, "-m", "deploy.cli", "worker", "--name", name,
        log=log,
        env={**os.environ, **{f"VALUEMILL_{key}": value for key, value in told.items()}},
        cwd=project,
    )  # fmt: skip
    wait_until(
        lambda: ready.exists() or not program.is_alive, what=lambda: f"a worker: {log.read_text()}"
    )
    assert program.is_alive, log.read_text()
    return program


def with_gateway(settings: Settings, url: str) -> Settings:
    """Settings of a worker with one model server."""
    from shared.settings import GatewaySettings

    return replace(settings, gateways=(GatewaySettings(url=url, max_concurrent_tasks=4),))
