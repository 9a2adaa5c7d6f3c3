"""A worker that cannot do its work ends, so that whoever supervises it notices."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from deploy.local.stack import LocalInfo
from shared.db.engine import Database
from tests.support.waiting import PATIENCE


def test_a_worker_whose_start_fails_does_not_go_on_without_a_heartbeat(
    backing: LocalInfo, database: Database, project: Path
) -> None:
    """Here the database refuses it: the role of the API may not make gateways known."""
    worker = subprocess.run(
        [sys.executable, "-m", "deploy.cli", "worker", "--name", "stranger"],
        cwd=project,
        env={
            "PATH": os.environ["PATH"],
            "VALUEMILL_DATABASE_URL": backing.api_database_url,
            "VALUEMILL_BROKER_URL": backing.broker_url,
            "VALUEMILL_SECRET_KEY": "a secret for tests only",
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert worker.returncode == 1
    assert "permission denied" in worker.stderr
