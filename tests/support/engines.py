"""Engines as a client makes them, and a worker without databases that looks at their sources."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, text, update
from werkzeug.test import TestResponse

from shared.db.engine import Database
from shared.db.schema import runs
from shared.synthesis import endings
from shared.synthesis.outcomes import outcome_of
from shared.synthesis.plans import ColumnName, Entity, Finding
from shared.synthesis.run import RunState, StepKind
from shared.synthesis.schema import (
    Check,
    Column,
    ForeignKey,
    Kind,
    Schema,
    Table,
    TableName,
    Unique,
)
from tests.support.contract import Client
from tests.support.synthesis import V1

#: Every secret that a connection may have; none of them may be seen again.
SECRETS = {
    "password": "canary-password",
    "tunnel": "canary-tunnel",
    "pkey": "canary-pkey",
    "pkey_password": "canary-pkey-password",
    "ca": "canary-ca",
    "cert": "canary-cert",
    "key": "canary-key",
    "keytab": "canary-keytab",
}

SOURCE: dict[str, Any] = {
    "connector_type": "postgresql",
    "host": "db.example",
    "port": 5432,
    "database": "shop",
    "schema_name": "public",
    "username": "reader",
    "password": SECRETS["password"],
    "protocol": "postgresql+psycopg",
    "is_source": True,
    "hooks_params": {
        "SSHTunnel": {
            "host": "jump.example",
            "port": 22,
            "username": "tunnel",
            "local_port": 0,
            "local_host": "127.0.0.1",
            "host_key": "SHA256:" + "k" * 43,
            "password": SECRETS["tunnel"],
            "pkey": SECRETS["pkey"],
            "pkey_password": SECRETS["pkey_password"],
        },
        "SSL": {
            "ca_filename": "ca.pem",
            "cert_filename": "cert.pem",
            "key_filename": "key.pem",
            "ssl_mode": "verify-full",
            "ca": SECRETS["ca"],
            "cert": SECRETS["cert"],
            "key": SECRETS["key"],
        },
        "Kerberos": {"principal": "reader@EXAMPLE", "keytab_file": SECRETS["keytab"]},
    },
}

TARGET: dict[str, Any] = {"connector_type": "sqlite", "database": "copy.db"}

CUSTOMERS = TableName("public", "customers")
ORDERS = TableName("public", "orders")

#: A small shop.
SHOP = Schema(
    tables=(
        Table(
            name=CUSTOMERS,
            columns=(
                Column(name="id", type="integer", kind=Kind.INTEGER, nullable=False),
                Column(name="name", type="character varying(30)", kind=Kind.TEXT, length=30),
                Column(name="email", type="text", kind=Kind.TEXT, nullable=False),
            ),
            primary_key=("id",),
            uniques=(Unique(name="customers_email", columns=("email",)),),
            checks=(Check(name="named", expression="name <> ''", columns=("name",)),),
            indexes=("customers_email",),
            rows=12,
        ),
        Table(
            name=ORDERS,
            columns=(
                Column(name="id", type="integer", kind=Kind.INTEGER, nullable=False),
                Column(name="customer_id", type="integer", kind=Kind.INTEGER),
            ),
            primary_key=("id",),
            foreign_keys=(
                ForeignKey(
                    name="orders_customer",
                    columns=("customer_id",),
                    table=CUSTOMERS,
                    referred=("id",),
                ),
            ),
            rows=40,
        ),
    )
)

FOUND: Mapping[ColumnName, Finding] = {
    ColumnName(CUSTOMERS, "email"): Finding(
        entity=Entity.EMAIL, confidence=0.9, evidence=("its name says so",)
    )
}


class EngineClient:
    """Does with engines what a client does, and fails where the answer is no success."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, path: str, **query: Any) -> Any:
        return _json(self.client.get(f"{V1}{path}", query_string=query))

    def post(self, path: str, body: Any = None, **query: Any) -> Any:
        options = {} if body is None else {"json": body}
        return _json(self.client.post(f"{V1}{path}", query_string=query, **options))

    def put(self, path: str, body: Any = None, **query: Any) -> Any:
        return _json(self.try_put(path, body, **query))

    def try_put(self, path: str, body: Any = None, **query: Any) -> TestResponse:
        # In ASCII, which is how half a character can be said at all.
        options = {"data": json.dumps(body), "content_type": "application/json"}
        return self.client.open(
            f"{V1}{path}",
            method="PUT",
            query_string=query,
            **({} if body is None else options),
        )

    def delete(self, path: str) -> Any:
        return _json(self.client.open(f"{V1}{path}", method="DELETE"))

    def make(self, **changes: Any) -> dict[str, Any]:
        """A new workspace."""
        body = {
            "name": "shop",
            "source_connection": SOURCE,
            "target_connection": TARGET,
            "initialization_mode": "DEIDENTIFY",
        }
        found: dict[str, Any] = self.post("/workspaces/", body | changes)
        return found


def _json(answer: TestResponse) -> Any:
    assert answer.status_code in (200, 201), answer.text
    return answer.json


class Surveyor:
    """Looks at sources as a worker does; what is there is said by the test."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def look(
        self,
        workspace: Mapping[str, Any],
        schema: Schema = SHOP,
        findings: Mapping[ColumnName, Finding] = FOUND,
    ) -> None:
        """End the first job of a workspace with this schema."""
        said: dict[TableName, dict[str, Any]] = defaultdict(dict)
        for name, finding in findings.items():
            said[name.table][name.name] = finding.to_json()
        found = [
            {"schema": table.schema, "name": table.name, "columns": columns}
            for table, columns in said.items()
        ]
        with self.database.transaction() as connection:
            run = (
                connection.execute(select(runs).where(runs.c.id == uuid.UUID(workspace["job_id"])))
                .mappings()
                .one()
            )
            for kind, result in (
                (StepKind.REFLECT, {"schema": schema.to_json(), "target": "EMPTY"}),
                (StepKind.SCAN, {"findings": found}),
            ):
                store = outcome_of(kind, result, settings=run["settings"]).store
                assert store is not None
                store(connection, run)
        self.end(workspace["job_id"])

    def end(self, job_id: str, *, reason: str | None = None, **values: Any) -> None:
        """End a job; it has failed where there is a reason."""
        with self.database.transaction() as connection:
            number = connection.execute(
                update(runs)
                .where(runs.c.id == uuid.UUID(job_id))
                .values(state=RunState.IN_PROGRESS, reason=reason, **values)
                .returning(runs.c.number)
            ).scalar_one()
            connection.execute(
                text("UPDATE steps SET state = 'DONE' WHERE run_number = :number"),
                {"number": number},
            )
            endings.conclude(connection, run_number=number)
