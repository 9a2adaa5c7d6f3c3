"""The description of the second API against the API: schemathesis, with all of its checks.

``VALUEMILL_SCHEMATHESIS_EXAMPLES=500`` tries so many random requests on each path, instead of the
few that there is time for in every run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from shared.db.engine import Database
from shared.settings import Settings
from tests.support.engines import EngineClient, Surveyor
from tests.support.serving import serve
from tests.support.synthesis import PAIR, V1, make_user

EXAMPLES = os.environ.get("VALUEMILL_SCHEMATHESIS_EXAMPLES", "2")


@pytest.mark.field
def test_it_does_as_it_says(
    settings: Settings,
    project: Path,
    database: Database,
    ours: EngineClient,
    surveyor: Surveyor,
    tmp_path: Path,
) -> None:
    make_user(database)
    made = ours.make()
    surveyor.look(made)
    engine = ours.get(f"/engine/{made['engine_id']}/")
    database_id = engine["source_database"]["id"]
    [table, _] = ours.get(f"/table/{database_id}/list/")["tables"]
    known = {
        "engine_id": engine["id"],
        "database_id": database_id,
        "table_id": table["id"],
        "column_id": table["columns"][0]["id"],
        "job_id": made["job_id"],
        "pk": made["pk"],
    }
    options = [
        *("--header", f"Authorization: apk {ours.client.key}"),
        *("--checks", "all", "--max-examples", EXAMPLES, "--continue-on-failure"),
        *("--request-timeout", "30", "--suppress-health-check", "all"),
    ]
    environment = {
        "VALUEMILL_RATE_LIMIT": "",
        "VALUEMILL_CONNECTOR_PUBLIC_KEY": str(PAIR.public),
    }
    with serve(settings, project=project, **environment) as server:
        run = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run"),
                *options,
                f"{server.url}{V1}/openapi.json",
            ],
            cwd=tmp_path,
            env={
                **os.environ,
                "PYTHONPATH": str(project),
                "SCHEMATHESIS_HOOKS": "tests.contract.synthesis_hooks",
                "VALUEMILL_TEST_IDS": json.dumps(known),
            },
            check=False,
            capture_output=True,
            text=True,
        )
    print(run.stdout)  # says how many cases it tried
    assert run.returncode == 0, run.stderr
