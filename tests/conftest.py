"""Fixtures for all tests: real servers, started once, and clean tables for each test.

What a fixture needs it imports itself: a test of a pure module loads none of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

if TYPE_CHECKING:
    from deploy.local.stack import LocalInfo, LocalStack
    from shared.db.engine import Database
    from shared.settings import Settings
    from tests.support.stack import Api, SampleModel

# How long an example takes says nothing on a machine that is shared.
hypothesis_settings.register_profile(
    "valuemill", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("valuemill")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show what tests that passed have told of themselves: ``record_property("told", text)``."""
    for report in terminalreporter.getreports("passed"):
        for name, text in report.user_properties:
            if name == "told":
                terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {text}")


@pytest.fixture(scope="session")
def backing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalInfo]:
    """PostgreSQL with the schema, and Redis; nothing of ours runs on them."""
    from deploy.local.options import LocalOptions
    from deploy.local.stack import LocalStack

    options = LocalOptions(
        var=tmp_path_factory.mktemp("backing"),
        workers=0,
        ollama_hosts="http://127.0.0.1:9",
        api=False,
        flower=False,
        durable=False,
    )
    with LocalStack(options) as stack:
        yield stack.info


@pytest.fixture(scope="session")
def database_url(backing: LocalInfo) -> str:
    """A migrated database on a real PostgreSQL."""
    return backing.database_url


@pytest.fixture(scope="session")
def settings(backing: LocalInfo) -> Settings:
    """Settings for the backing servers."""
    from shared.settings import Settings
    from tests.support.synthesis import PAIR

    return Settings(
        database_url=backing.database_url,
        broker_url=backing.broker_url,
        secret_key="a secret for tests only",
        # Requests may be as large as the contract allows; tests of limits set their own.
        max_account_values=0,
        connector_public_key=PAIR.public,
    )


@pytest.fixture(scope="session")
def _database(database_url: str) -> Iterator[Database]:
    from shared.db.engine import Database

    with Database(database_url, pool_size=4, application="tests") as database:
        yield database


@pytest.fixture
def database(_database: Database) -> Database:
    """The database, with empty tables."""
    from sqlalchemy import text

    from shared.db.schema import metadata

    tables = ", ".join(table.name for table in metadata.sorted_tables)
    with _database.transaction() as connection:
        connection.execute(text(f"TRUNCATE {tables} RESTART IDENTITY CASCADE"))
    return _database


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    """The whole service as `make up` runs it, with the sample model."""
    from deploy.local.options import LocalOptions
    from deploy.local.stack import LocalStack

    options = LocalOptions(
        var=tmp_path_factory.mktemp("stack"),
        workers=3,
        ollama_hosts="",
        durable=False,
        # Short enough for a test to see a lease, or a silence, come to its end.
        environment={
            "VALUEMILL_LEASE_SECONDS": "4",
            "VALUEMILL_FIRST_TOKEN_TIMEOUT": "6",
            "VALUEMILL_STALL_TIMEOUT": "3",
        },
    )
    with LocalStack(options) as running:
        yield running


@pytest.fixture
def model(stack: LocalStack) -> Iterator[SampleModel]:
    """The sample model of the stack, at full speed and without faults, before and after."""
    from tests.support.stack import SampleModel

    sample = SampleModel(stack.info.model_urls[0])
    sample.turn(**PLAIN_KNOBS)
    yield sample
    sample.turn(**PLAIN_KNOBS)


PLAIN_KNOBS = {"fault": {}, "slots": 16, "tokens_per_second": 0, "favourites": 0, "vocabulary": 0}


@pytest.fixture
def api(stack: LocalStack, model: SampleModel) -> Api:
    """A client of the stack; what earlier tests left running is cancelled."""
    from tests.support.stack import Api

    client = Api(stack.info)
    cancel_all(stack.info.database_url)
    return client


def cancel_all(database_url: str) -> None:
    """End all work and forget all levels, so that no test has to wait for an earlier one."""
    from sqlalchemy import text

    from shared.db.engine import Database
    from shared.errors import Conflict
    from shared.generation import operations

    with Database(database_url, pool_size=1) as database, database.transaction() as connection:
        # What faults have taught of a server is no part of the next test.
        connection.execute(text("UPDATE gateways SET level = NULL, busy_until = NULL"))
        running = connection.execute(
            text("SELECT id, account_id FROM operations WHERE end_time IS NULL")
        ).all()
        for row in running:
            with suppress(Conflict):  # it has ended meanwhile
                operations.cancel(connection, operation_id=row.id, account_id=row.account_id)


@pytest.fixture(scope="session")
def project() -> Path:
    """The folder of the project."""
    return Path(__file__).resolve().parents[1]
