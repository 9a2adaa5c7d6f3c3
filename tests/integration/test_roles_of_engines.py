"""The API's role suffices for all that clients do with engines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import text

from api.app import create_app
from api.parts import KEY
from deploy.local.postgres import API_ROLE, WORKER_ROLE
from deploy.local.stack import LocalInfo
from shared.db import accounts, migrate
from shared.db.engine import Database
from shared.db.roles import Side
from shared.settings import Settings
from tests.support.contract import Client
from tests.support.engines import EngineClient, Surveyor


@pytest.fixture
def ours(backing: LocalInfo, settings: Settings, database: Database) -> Iterator[EngineClient]:
    """A client of an API that has its own role, and no more."""
    # Other tests make the tables anew.
    migrate.grant(database, roles={Side.API: API_ROLE, Side.WORKER: WORKER_ROLE})
    with database.transaction() as connection:
        key = accounts.create_key(connection, account="ours", name="tests")
    app = create_app(replace(settings, database_url=backing.api_database_url))
    yield EngineClient(Client(app.test_client(), key=key))
    app.extensions[KEY].close()


def test_everything_is_done_with_it(
    ours: EngineClient, backing: LocalInfo, database: Database
) -> None:
    made = ours.make()
    with Database(backing.worker_database_url, pool_size=1) as worker:
        Surveyor(worker).look(made)
    engine_id = made["engine_id"]
    body = {"id": engine_id, "initialization_mode": "MOCK", "default_locale": "de"}
    ours.put(f"/engine/{engine_id}/update-settings/", body)
    database_id = ours.get(f"/engine/{engine_id}/")["source_database"]["id"]
    [table, _] = ours.get(f"/table/{database_id}/list/")["tables"]
    ours.put("/table/", {"id": table["id"], "is_excluded": True, "n_training_rows": 7})
    ours.put(f"/table/{database_id}/exclude/", is_excluded="false")
    column = table["columns"][1]["id"]
    ours.put("/column/", {"columns": [{"id": column, "generator": {"type": "null"}}]})
    scan = ours.post(f"/pii_scan/{database_id}/start/")
    ours.put(f"/jobs/{scan['id']}/cancel/")
    ours.delete(f"/jobs/{scan['id']}/")
    job = ours.post(f"/synthesize/{engine_id}/start/")
    for path in ("summary", "report"):
        ours.get(f"/synthesize/{job['id']}/{path}/")
    with database.transaction() as connection:
        connection.execute(
            text(
                """
                INSERT INTO repairs (engine_number, run_number, ordinal, statement)
                SELECT number, 1, 0, 'CREATE INDEX' FROM engines
                """
            )
        )
    # With something to be put back, in the midst of a run.
    ours.delete(f"/engine/{engine_id}/delete/")
    other = ours.make()
    ours.put(f"/jobs/{other['job_id']}/cancel/")
    ours.delete(f"/engine/{other['engine_id']}/delete/")
    assert ours.get("/workspaces/") == {"workspaces": []}
