"""PostgreSQL: its cluster, made at the first start, and its server.

Listens on loopback TCP alone, with passwords (SCRAM). The role ``valuemill`` owns the database
``valuemill``; the API and the workers connect as roles of their own, which the migrations give
what they need. The superuser ``postgres`` has a password too, for repairs.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import Signals

from deploy.local.binaries import Binaries
from deploy.local.errors import LocalStackError, PartFailed
from deploy.local.files import open_private, tail
from deploy.local.part import Check
from deploy.local.secrets import Secrets
from deploy.local.unprivileged import Account, launch_command

OWNER = DATABASE = "valuemill"
API_ROLE = "valuemill_api"
WORKER_ROLE = "valuemill_worker"
SUPERUSER = "postgres"
#: The owner of a database to make a safe copy of, and its name; see deploy.shop.
SHOP = "shop"
SHOP_COPY = "shop_copy"
LOCALE = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
#: The server reads PG* variables of its caller; it gets none of them.
ENVIRONMENT: Mapping[str, str] = {"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath}

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "wal_compression": "on",
    "log_checkpoints": "off",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    # Parallel queries need /dev/shm, which is small in containers, and many
    # workers keep the processors busy as it is.
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
}
#: Safe when PostgreSQL is killed; not when the machine loses power. (With synchronous_commit off
#: a killed server would lose the last transactions, which tests that kill it would notice.)
FORGETFUL: Mapping[str, str] = {"fsync": "off", "full_page_writes": "off"}
#: For what a killed stack left running, in seconds.
ORPHAN_PATIENCE = 5.0


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """One data folder, and as whom its programs run."""

    data: Path
    log: Path
    binaries: Binaries
    account: Account
    #: The superuser's.
    password: str = field(repr=False)
    #: Statements, each on one line: for a new cluster, and for one that is there.
    first: Sequence[str] = field(default=(), repr=False)
    again: Sequence[str] = field(default=(), repr=False)
    durable: bool = True

    def command(self, port: int) -> tuple[str, ...]:
        """The server's command line."""
        settings = {**SETTINGS, **({} if self.durable else FORGETFUL), "port": str(port)}
        options = [f"-c{name}={value}" for name, value in settings.items()]
        return (str(self.binaries.postgres), "-D", str(self.data), *options)

    def prepare(self) -> None:
        """Make the cluster if there is none, and clear what a killed server left.

        :raises LocalStackError: when that fails.
        """
        if not self.data.exists():
            self._create()
        else:
            remove_stale_pid_file(self.data)
            if self.again:
                self._run_sql(self.data, self.again)

    def _create(self) -> None:
        """Build it under another name: an interrupted first start leaves no half cluster."""
        draft = self.data.with_name(f"{self.data.name}.new")
        password_file = self.data.with_name(f"{self.data.name}.password")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self.account.own(draft)
        try:
            password_file.unlink(missing_ok=True)
            with os.fdopen(open_private(password_file), "w") as file:
                file.write(self.password)
            self.account.own(password_file)
            self._initialise(draft, password_file)
        finally:
            password_file.unlink(missing_ok=True)
        self._run_sql(draft, self.first)
        draft.rename(self.data)

    def _initialise(self, folder: Path, password_file: Path) -> None:
        self._run(
            (
                str(self.binaries.initdb),
                f"--pgdata={folder}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--no-instructions",
                *LOCALE,
                *(() if self.durable else ("--no-sync",)),
            )
        )

    def _run_sql(self, folder: Path, statements: Sequence[str]) -> None:
        """Run statements in single-user mode: no server, no port, no password needed."""
        self._run(
            (
                *(str(self.binaries.postgres), "--single", "-D", str(folder)),
                *("-c", "exit_on_error=true", "-c", "log_statement=none"),
                # A failing statement is logged whole, and these hold passwords.
                *("-c", "log_min_error_statement=panic", "template1"),
            ),
            stdin="".join(f"{statement}\n" for statement in statements),
        )

    def _run(self, command: tuple[str, ...], *, stdin: str = "") -> None:
        log = open_private(self.log)
        try:
            code = subprocess.run(
                launch_command(command, account=self.account, death_signal=Signals.SIGKILL),
                input=stdin.encode(),
                stdout=log,
                stderr=log,
                env=ENVIRONMENT,
                cwd="/",
                check=False,
            ).returncode
        finally:
            os.close(log)
        if code:
            raise PartFailed(
                f"The database in {self.data} could not be set up (exit code {code}). "
                f"The end of {self.log}:\n{tail(self.log)}"
            )


def accepts_connections(data: Path) -> Check:
    """Ready when the server says so in its pid file, as ``pg_ctl`` judges it."""

    def is_met(pid: int) -> bool:
        lines = _pid_file_lines(data)
        return len(lines) >= 8 and lines[0] == str(pid) and lines[7].strip() == "ready"

    return Check(f"say `ready` in {data / 'postmaster.pid'}", is_met)


def remove_stale_pid_file(data: Path) -> None:
    """Remove the pid file of a server that is gone, whose number another process may have now.

    A live server on this folder is one that a killed stack left: its end is awaited, then made.

    :raises LocalStackError: when it does not end.
    """
    lines = _pid_file_lines(data)
    if not lines or not lines[0].isdecimal() or not Path("/proc/self/cwd").exists():
        return
    pid = int(lines[0])
    for wish in (None, signal.SIGQUIT, signal.SIGKILL):
        if wish and serves(pid, data):
            with suppress(ProcessLookupError):
                os.kill(pid, wish)
        deadline = time.monotonic() + ORPHAN_PATIENCE
        while serves(pid, data) and time.monotonic() < deadline:
            time.sleep(0.05)
    if serves(pid, data):
        raise LocalStackError(
            f"Another PostgreSQL (process {pid}) uses {data} and does not end. "
            f"End it with `kill {pid}`, then start again."
        )
    (data / "postmaster.pid").unlink(missing_ok=True)


def serves(pid: int, data: Path) -> bool:
    """Whether ``pid`` is a live PostgreSQL on ``data``: its working folder is its data folder."""
    process = Path("/proc") / str(pid)
    try:
        return (process / "comm").read_text().strip() == "postgres" and (
            process / "cwd"
        ).readlink() == data.resolve()
    except OSError:
        return False


def _pid_file_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(errors="replace").splitlines()
    except OSError:
        return []


def passwords(secrets: Secrets) -> Mapping[str, str]:
    """The roles of the cluster with their passwords."""
    return {
        SUPERUSER: secrets.database_admin_password,
        OWNER: secrets.database_password,
        API_ROLE: secrets.api_database_password,
        WORKER_ROLE: secrets.worker_database_password,
    }


def house(secrets: Secrets) -> list[str]:
    """What a new cluster of the service is given: its roles, and its database."""
    return [*renewed(secrets), f"CREATE DATABASE {DATABASE} OWNER {OWNER}"]


def renewed(secrets: Secrets) -> list[str]:
    """Statements that make the roles that are missing, and give all of them their passwords."""
    return [line for role, known in passwords(secrets).items() for line in _role(role, known)]


def shop(secrets: Secrets) -> list[str]:
    """What the cluster of the shop is given: its owner, the shop, and a place for its copy."""
    return [
        *_role(SHOP, secrets.shop_password),
        *(f"CREATE DATABASE {name} OWNER {SHOP}" for name in (SHOP, SHOP_COPY)),
    ]


def _role(role: str, password: str) -> tuple[str, str]:
    return (
        # Asked first: in single-user mode even an error that is caught ends the server.
        f"DO $$ BEGIN IF to_regrole('{role}') IS NULL THEN CREATE ROLE {role} LOGIN; "
        "END IF; END $$",
        f"ALTER ROLE {role} PASSWORD '{password}'",
    )
