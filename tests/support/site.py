"""The service as one who runs it sees it: an API, a worker, a model server and a broker."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from api.app import create_app
from api.parts import KEY
from shared.db import accounts
from shared.db.engine import Database
from shared.settings import Settings
from tests.integration.test_gateways import ModelServer
from tests.support.contract import BASE, Client
from tests.support.failover import Moving, Program, RedisServer, start_worker, with_gateway
from tests.support.stack import NEVER_TWICE
from tests.support.waiting import wait_until


class Site:
    """The API, one worker, a model server, and a Redis of its own."""

    def __init__(
        self, settings: Settings, database: Database, *, project: Path, folder: Path
    ) -> None:
        self.redis = RedisServer(folder).start()
        self.address = Moving(self.redis.port)
        self.model = ModelServer("faker")
        self.settings = replace(
            with_gateway(settings, self.model.url), broker_url=self.address.url, lease_seconds=4.0
        )
        self._project, self.log = project, folder / "worker.log"
        with database.transaction() as connection:
            key = accounts.create_key(connection, account="ours", name="tests")
        self.app = create_app(self.settings)
        self.client = Client(self.app.test_client(), key=key)
        self.worker: Program | None = None

    def start_worker(self) -> Program:
        self.worker = start_worker(self.settings, project=self._project, log=self.log)
        return self.worker

    def make(self, count: int = 20) -> float:
        """Submit, and wait for the end; the seconds that it took."""
        began = time.monotonic()
        job = self.client.submit(requested_count=count, data_type=NEVER_TWICE)
        wait_until(
            lambda: self.client.job(job)["status"] == "COMPLETED",
            what=lambda: f"{self.client.job(job)}: {self.log.read_text()[-5000:]}",
        )
        return time.monotonic() - began

    def jobs(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.client.get(f"{BASE}/jobs?limit=100").json["items"]
        return found

    def readiness(self) -> dict[str, Any]:
        answer = self.client.http.get("/readyz")
        assert answer.status_code == 200
        found: dict[str, Any] = answer.json
        return found

    def close(self) -> None:
        if self.worker is not None:
            self.worker.end()
        self.model.kill()
        self.redis.kill()
        self.address.close()
        self.app.extensions[KEY].close()
