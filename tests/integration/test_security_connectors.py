"""The secrets of customers' databases: closed by the API, at rest, opened by workers, renewed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from deploy.cli import cli
from deploy.local.postgres import API_ROLE, WORKER_ROLE
from deploy.local.stack import LocalInfo
from shared.db import accounts, migrate
from shared.db.engine import Database
from shared.db.roles import Side
from shared.db.schema.synthesis import engine_databases, engines, workspaces
from shared.sealing import CannotUnseal, PublicKey, make_pair, parse_private_keys, seal, unseal

SECRETS = {"password": "Pq7-secret", "ssl_key": "-----BEGIN PRIVATE KEY-----"}
NEW, OLD, LOST = make_pair(), make_pair(), make_pair()
INSUFFICIENT_PRIVILEGE = "42501"


def add_connector(database: Database, key: PublicKey) -> uuid.UUID:
    """An engine's source, with these secrets."""
    connector_id, now = uuid.uuid4(), datetime.now(UTC)
    with database.transaction() as connection:
        made = accounts.create_key(connection, account="tester", name="")
        account_id = accounts.authenticate(connection, key=made).id
        workspace = connection.scalar(
            insert(workspaces)
            .values(account_id=account_id, name="w", owner_name="o", created_at=now)
            .returning(workspaces.c.pk)
        )
        engine = connection.scalar(
            insert(engines)
            .values(
                **{"id": uuid.uuid4(), "account_id": account_id, "workspace_pk": workspace},
                **{"settings": {}, "created_at": now, "updated_at": now},
            )
            .returning(engines.c.number)
        )
        connection.execute(
            insert(engine_databases).values(
                **{"id": uuid.uuid4(), "engine_number": engine, "role": "SOURCE"},
                **{"status": "CURRENT", "connector_id": connector_id},
                **{"connector_type": "postgresql", "address": {}},
                sealed=seal(key, SECRETS, context=str(connector_id)),
            )
        )
    return connector_id


def box_of(database: Database, connector_id: uuid.UUID) -> bytes:
    with database.transaction() as connection:
        box = connection.scalar(
            select(engine_databases.c.sealed).where(engine_databases.c.connector_id == connector_id)
        )
    assert box is not None
    return box


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run ``valuemill connector-key ...`` with both keys, the new one first."""
    monkeypatch.setenv("VALUEMILL_DATABASE_URL", database_url)
    keys = f"{NEW.private.reveal()},{OLD.private.reveal()}"
    monkeypatch.setenv("VALUEMILL_CONNECTOR_KEY", keys)
    return lambda *words: CliRunner().invoke(cli, ["connector-key", *words])


def test_a_new_pair_is_printed_as_settings(run: Callable[..., Result]) -> None:
    lines = run("create").stdout.splitlines()
    found = dict(line.split("=", 1) for line in lines)
    (private,) = parse_private_keys(found["VALUEMILL_CONNECTOR_KEY"])
    assert str(private.public) == found["VALUEMILL_CONNECTOR_PUBLIC_KEY"]
    assert run("create").stdout != "\n".join(lines)


def test_a_dump_of_the_database_tells_no_secret(database: Database) -> None:
    connector_id = add_connector(database, NEW.public)
    with database.transaction() as connection:
        rows = connection.execute(text("SELECT to_jsonb(t)::text FROM engine_databases t")).all()
    for secret in SECRETS.values():
        assert not any(secret in row[0] or secret.encode().hex() in row[0] for row in rows)
    # What the API has, a public key, does not open it; another connector's place neither.
    with pytest.raises(CannotUnseal):
        unseal([], box_of(database, connector_id), context=str(connector_id))
    with pytest.raises(CannotUnseal):
        unseal([NEW.private], box_of(database, connector_id), context=str(uuid.uuid4()))


def test_no_side_exchanges_a_sealed_box(database: Database, backing: LocalInfo) -> None:
    add_connector(database, NEW.public)
    migrate.grant(database, roles={Side.API: API_ROLE, Side.WORKER: WORKER_ROLE})
    for url in (backing.api_database_url, backing.worker_database_url):
        with (
            Database(url, pool_size=1) as side,
            pytest.raises(DBAPIError) as raised,
            side.transaction() as connection,
        ):
            connection.execute(text("UPDATE engine_databases SET sealed = '\\x00'"))
        assert raised.value.orig.sqlstate == INSUFFICIENT_PRIVILEGE  # type: ignore[union-attr]


def test_secrets_are_sealed_anew(database: Database, run: Callable[..., Result]) -> None:
    current, older = add_connector(database, NEW.public), add_connector(database, OLD.public)
    kept = box_of(database, current)
    result = run("reseal")
    assert result.exit_code == 0, result.output
    assert "1 sealed with" in result.stderr
    assert box_of(database, current) == kept
    # The old key can go now.
    opened = unseal([NEW.private], box_of(database, older), context=str(older))
    assert opened == SECRETS
    assert "0 sealed with" in run("reseal").stderr


def test_secrets_that_no_key_opens_are_named_and_stay(
    database: Database, run: Callable[..., Result]
) -> None:
    lost, older = add_connector(database, LOST.public), add_connector(database, OLD.public)
    kept = box_of(database, lost)
    result = run("reseal")
    assert result.exit_code == 1
    assert re.search(rf"{lost}.*{LOST.public.id}", result.stderr)
    assert box_of(database, lost) == kept
    assert unseal([NEW.private], box_of(database, older), context=str(older)) == SECRETS
    assert SECRETS["password"] not in result.output


def test_resealing_needs_a_key(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VALUEMILL_CONNECTOR_KEY")
    result = run("reseal")
    assert result.exit_code == 1
    assert "VALUEMILL_CONNECTOR_KEY is not set" in str(result.exception)
