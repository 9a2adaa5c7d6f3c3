"""A disk that is full under PostgreSQL, while the service works."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from deploy.local.secrets import Secrets
from shared.db.engine import Database
from shared.db.migrate import migrate
from shared.settings import Settings
from tests.support.contract import BASE
from tests.support.failover import Postgres
from tests.support.site import Site
from tests.support.stack import NEVER_TWICE
from tests.support.waiting import wait_until

pytestmark = pytest.mark.field

NO_ROOM = "the database has no room left"


@contextmanager
def objecting(server: Postgres, _: Path) -> Iterator[None]:
    """Each new value meets what PostgreSQL says when its disk is full."""
    server.ask(
        "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN RAISE disk_full; END $$"
    )
    server.ask(
        "CREATE TRIGGER no_room BEFORE INSERT ON operation_values EXECUTE FUNCTION no_room()"
    )
    yield
    server.ask("DROP TRIGGER no_room ON operation_values")
    server.ask("DROP FUNCTION no_room")


@contextmanager
def filling(server: Postgres, folder: Path) -> Iterator[None]:
    """The values stand on a small disk of their own, which something else fills."""
    disk = folder / "disk"
    disk.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=777", "none", str(disk)]
    try:
        subprocess.run(mounted, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no disk can be mounted here")
    try:
        space = disk / "space"
        space.mkdir()
        server.own(space)
        server.ask(f"CREATE TABLESPACE small LOCATION '{space}'")
        server.ask("ALTER TABLE operation_values SET TABLESPACE small")
        filler = disk / "filler"
        with suppress(OSError), filler.open("wb") as file:
            while True:
                file.write(bytes(4096))
                file.flush()
        yield
        filler.unlink()
    finally:
        server.ask("ALTER TABLE operation_values SET TABLESPACE pg_default")
        server.ask("DROP TABLESPACE small")
        subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Postgres]:
    server = Postgres(tmp_path / "data", secrets=Secrets()).start()
    yield server
    server.kill()


@pytest.mark.parametrize("fault", [objecting, filling])
def test_field_e6_a_full_disk_is_told_and_nothing_is_lost(
    settings: Settings,
    server: Postgres,
    project: Path,
    tmp_path: Path,
    fault: Callable[..., object],
) -> None:
    with Database(server.url(), pool_size=1) as database:
        migrate(database)
        site = Site(
            replace(settings, database_url=server.url()), database, project=project, folder=tmp_path
        )
        try:
            worker = site.start_worker()
            site.make()
            with fault(server, tmp_path):
                job = site.client.submit(requested_count=3_000, data_type=NEVER_TWICE)
                wait_until(lambda: NO_ROOM in site.client.job(job).get("warning_message", ""))
                assert site.client.job(job)["status"] in ("PENDING", "STARTED")
                readiness = site.readiness()
                assert readiness["status"] == "degraded"
                assert readiness["database"] == {"status": "full", "reason": NO_ROOM}
                # What reads goes on.
                assert site.client.get(f"{BASE}/ai/generate").status_code == 200
            wait_until(lambda: site.client.job(job)["status"] == "COMPLETED")
            wait_until(lambda: site.readiness()["status"] == "ok")
            with database.transaction() as connection:
                wasted = connection.scalar(text("SELECT sum(wasted) FROM operations"))
            assert wasted == 0
            assert worker.end() == 0
        finally:
            site.close()
