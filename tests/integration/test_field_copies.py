"""Copies on other versions of PostgreSQL, between versions, and through a pooler."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from signal import Signals

import psycopg
import pytest

from deploy.local.binaries import find_binaries
from deploy.local.postgres import ENVIRONMENT, OWNER, SUPERUSER
from deploy.local.secrets import Secrets
from deploy.local.unprivileged import choose_account, launch_command
from shared.connectors.errors import NotPermitted
from shared.connectors.interface import refuse_same
from tests.support.copying import LIMITS, WILD, Databases, copy
from tests.support.failover import (
    PgBouncer,
    Postgres,
    Program,
    free_port,
    unpack_from_debian,
)
from tests.support.waiting import wait_until

pytestmark = pytest.mark.field


class Server:
    """A server of some version; its superuser needs no password on loopback."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.port = free_port()
        self._folder = folder
        data = folder / "data"
        account = choose_account(data=data, program=programs / "postgres")
        data.mkdir(mode=0o700)
        account.own(data)
        make = (str(programs / "initdb"), f"--pgdata={data}", f"--username={SUPERUSER}")
        subprocess.run(
            launch_command(
                (*make, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"),
                account=account,
                death_signal=Signals.SIGKILL,
            ),
            check=True,
            env=ENVIRONMENT,
            cwd="/",
            stdout=subprocess.DEVNULL,
        )
        settings = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off")
        self._program = Program(
            *(str(programs / "postgres"), "-D", str(data), f"-cport={self.port}"),
            *(f"-c{setting}" for setting in settings),
            log=folder / "log",
            account=account,
            env=ENVIRONMENT,
        )
        wait_until(self._answers, what=lambda: (folder / "log").read_text())

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url(SUPERUSER, "postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@127.0.0.1:{self.port}/{database}"

    def kill(self) -> None:
        self._program.end(Signals.SIGQUIT)


def programs_of(version: int) -> Path | None:
    """The programs of a version, where this host or the embedded stack has it."""
    embedded = find_binaries().postgres.parents[2]
    candidates = [*embedded.glob("pginstall*/bin"), Path(f"/usr/lib/postgresql/{version}/bin")]
    for folder in candidates:
        if (folder / "initdb").exists():
            said = subprocess.run(
                [str(folder / "postgres"), "--version"], capture_output=True, text=True
            ).stdout
            if said.split()[2].startswith(f"{version}."):
                return folder
    return None


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Databases]]:
    """A server of each version that is to be had."""
    started: dict[int, Server] = {}
    for version in range(12, 19):
        if programs := programs_of(version):
            started[version] = Server(tmp_path_factory.mktemp(f"postgres{version}"), programs)
    yield {version: Databases(server) for version, server in started.items()}  # type: ignore[arg-type]
    for server in started.values():
        server.kill()


@pytest.mark.parametrize(
    ("version", "to"),
    [*((version, version) for version in range(12, 19)), (12, 18), (13, 17), (15, 18), (16, 18)],
)
def test_a_copy_is_equal(servers: dict[int, Databases], version: int, to: int) -> None:
    if version not in servers or to not in servers:
        pytest.skip(f"PostgreSQL {version} or {to} is not here")
    here, there = servers[version], servers[to]
    name, other = here.make(WILD), there.make()
    with here.source(name) as source, there.target(other) as target:
        copy(source, target)
        copy(source, target, run="two", bulk=False)
    assert rows(there, other) == rows(here, name)
    if version == to:
        assert there.schema_of(other) == here.schema_of(name)


def rows(bases: Databases, database: str) -> list[str]:
    return [line for line in bases.rows_of(database) if not line.startswith(("--", "SET"))]


@pytest.fixture(scope="module")
def pooler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Databases, PgBouncer]]:
    folder = tmp_path_factory.mktemp("pooled")
    program = None
    if not shutil.which("pgbouncer"):
        if not unpack_from_debian(folder, "pgbouncer", "libc-ares2", "libevent-2.1-7"):
            pytest.skip("there is no PgBouncer here, and no Debian to have it from")
        program = folder / "usr" / "sbin" / "pgbouncer"
    server = Postgres(folder / "data", secrets=Secrets()).start()
    pooler = PgBouncer(folder, server=server, role=OWNER, program=program)
    yield Databases(server), pooler
    pooler.stop()
    server.kill()


def test_a_copy_goes_through_a_pooler(pooler: tuple[Databases, PgBouncer]) -> None:
    bases, pool = pooler
    from shared.connectors.interface import Address
    from shared.connectors.interface import Secrets as Given
    from shared.connectors.opening import open_source, open_target

    password = pool.url.split(":")[2].partition("@")[0]

    def address(port: int) -> Address:
        return Address(
            connector_type="postgresql",
            host="127.0.0.1",
            port=port,
            database="valuemill",
            username=OWNER,
        )

    name = bases.make(WILD)
    secrets = Given(password=password)
    with (
        bases.source(name) as source,
        open_target(address(pool.port), secrets, limits=LIMITS) as target,
    ):
        copy(source, target)
        copy(source, target, run="two", bulk=False)
    assert bases.rows_of("valuemill") == bases.rows_of(name)
    other = bases.make()
    with (
        open_source(address(pool.port), secrets, limits=LIMITS) as source,
        bases.target(other) as target,
    ):
        copy(source, target)
    assert bases.rows_of(other) == bases.rows_of(name)
    with (
        open_source(address(pool.port), secrets, limits=LIMITS) as source,
        open_target(address(bases.server.port), secrets, limits=LIMITS) as target,
        pytest.raises(NotPermitted, match="same database"),
    ):
        refuse_same(source, target)
