"""The description of the API against the API: schemathesis, with all of its checks.

``VALUEMILL_SCHEMATHESIS_EXAMPLES=500`` tries so many random requests on each path, instead of the
few that there is time for in every run.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from shared.settings import Settings
from tests.support.contract import BASE, Client, Mill
from tests.support.serving import serve

EXAMPLES = os.environ.get("VALUEMILL_SCHEMATHESIS_EXAMPLES", "6")


def test_it_does_as_it_says(
    settings: Settings, project: Path, client: Client, mill: Mill, tmp_path: Path
) -> None:
    mill.fill(client, ["a", "b", "c"], name="something to find")
    options = [
        *("--header", f"Authorization: apk {client.key}"),
        *("--checks", "all", "--max-examples", EXAMPLES, "--continue-on-failure"),
        *("--request-timeout", "30", "--suppress-health-check", "all"),
    ]
    unlimited = {"VALUEMILL_RATE_LIMIT": "", "VALUEMILL_MAX_ACCOUNT_VALUES": "0"}
    with serve(settings, project=project, **unlimited) as server:
        run = subprocess.run(
            [
                sys.executable,
                "-m",
                "schemathesis.cli",
                "run",
                *options,
                f"{server.url}{BASE}/openapi.json",
            ],
            cwd=tmp_path,
            env={
                **os.environ,
                "PYTHONPATH": str(project),
                "SCHEMATHESIS_HOOKS": "tests.contract.schemathesis_hooks",
            },
            check=False,
            capture_output=True,
            text=True,
        )
    print(run.stdout)  # says how many cases it tried
    assert run.returncode == 0, run.stderr
