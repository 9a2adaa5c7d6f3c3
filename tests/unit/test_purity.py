"""Pure modules load no client, driver or framework: their tests start at once, anywhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

#: What opens connections, or serves them, or describes what others do.
IMPURE = frozenset(
    {
        *("alembic", "psycopg", "psycopg_pool", "sqlalchemy"),
        *("celery", "kombu", "redis"),
        *("flask", "flask_limiter", "flask_smorest", "gunicorn", "marshmallow"),
        *("httpx", "ollama"),
    }
)

PURE = (
    "api.http.dialect",
    "api.http.proxies",
    "shared.addresses",
    "shared.backoff",
    "shared.broker_address",
    "shared.connectors.differences",
    "shared.connectors.errors",
    "shared.connectors.interface",
    "shared.connectors.opening",
    "shared.connectors.keytab",
    "shared.connectors.scratch",
    "shared.db.rows",
    "shared.equality",
    "shared.errors",
    "shared.filters.filter",
    "shared.generation.cells",
    "shared.generation.estimates",
    "shared.generation.exports",
    "shared.generation.fields",
    "shared.generation.operation",
    "shared.generation.outlook",
    "shared.generation.refusals",
    "shared.generation.reports",
    "shared.generation.requests",
    "shared.generation.statistics",
    "shared.guard",
    "shared.host_list",
    "shared.javaregex",
    "shared.looks",
    "shared.passwords",
    "shared.models.gateway",
    "shared.models.names",
    "shared.models.openai",
    "shared.models.sizes",
    "shared.models.tags",
    "shared.models.waiting",
    "shared.models.wording",
    "shared.queue.fields",
    "shared.queue.job",
    "shared.synthesis.engine",
    "shared.synthesis.frozen",
    "shared.synthesis.generators",
    "shared.synthesis.keys",
    "shared.synthesis.kinds",
    "shared.synthesis.locales",
    "shared.synthesis.modes",
    "shared.synthesis.recognise.asking",
    "shared.synthesis.recognise.plainness",
    "shared.synthesis.recognise.scanning",
    "shared.synthesis.recognise.scrubbing",
    "shared.synthesis.recognise.spans",
    "shared.synthesis.recognise.texts",
    "shared.synthesis.drift",
    "shared.synthesis.exclusion",
    "shared.synthesis.progress",
    "shared.synthesis.requests",
    "shared.synthesis.run",
    "shared.synthesis.setting_types",
    "shared.synthesis.settings",
    "shared.synthesis.table",
    "shared.synthesis.step",
    "shared.text",
    "shared.unseen",
    "worker.mill.answers",
    "worker.mill.looks",
    "worker.mill.arms",
    "worker.mill.book",
    "worker.mill.cell",
    "worker.mill.choosing",
    "worker.mill.check_digits",
    "worker.mill.filtering",
    "worker.mill.formats",
    "worker.mill.lists",
    "worker.mill.lore",
    "worker.mill.prompts",
    "worker.mill.stall",
    "worker.mill.survey",
    "worker.mill.words",
    "worker.mill.refine",
    "worker.mill.regions",
    "worker.mill.sizing",
    "worker.mill.strategy",
    "worker.models.bearing",
    "worker.models.chunks",
    "worker.models.learning",
    "worker.models.messages",
    "worker.models.plain",
    "worker.models.prompt",
    "worker.models.records",
    "worker.models.wording",
    "worker.synthesis.task",
    "worker.synthesis.under_way",
    "worker.synthesis.wire",
    "api.http.cursors",
    "api.http.filenames",
)


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_loads_nothing_that_talks_to_others(project: Path, module: str) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True
    ).stdout.split()
    assert IMPURE.isdisjoint(loaded), IMPURE & set(loaded)
