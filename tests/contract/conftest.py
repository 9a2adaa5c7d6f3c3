"""The real application on a real database, called without a network in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

from api.app import create_app
from api.parts import KEY
from shared.db import accounts
from shared.db.engine import Database
from shared.settings import Settings
from tests.support.contract import Client, Mill
from tests.support.engines import EngineClient, Surveyor
from tests.support.synthesis import Browser, make_user


@pytest.fixture(scope="session")
def app(settings: Settings) -> Iterator[Flask]:
    """The application as a server would run it."""
    app = create_app(settings)
    yield app
    app.extensions[KEY].close()


@pytest.fixture
def client(app: Flask, database: Database) -> Client:
    """A client with a key of its own account."""
    return _client(app, database, account="ours")


@pytest.fixture
def stranger(app: Flask, database: Database) -> Client:
    """A client of another account."""
    return _client(app, database, account="theirs")


@pytest.fixture
def ours(client: Client) -> EngineClient:
    """The same client, in the second API."""
    return EngineClient(client)


@pytest.fixture
def surveyor(database: Database) -> Surveyor:
    """Looks at sources as a worker would."""
    return Surveyor(database)


@pytest.fixture
def mill(database: Database) -> Mill:
    """Stores values as a worker would."""
    return Mill(database)


def _client(app: Flask, database: Database, *, account: str) -> Client:
    with database.transaction() as connection:
        key = accounts.create_key(connection, account=account, name="tests")
    return Client(app.test_client(), key=key)


@pytest.fixture
def ann(database: Database) -> None:
    """Somebody who can sign in."""
    make_user(database)


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser that nobody has signed in with."""
    return Browser(app)


@pytest.fixture
def other_app(settings: Settings) -> Iterator[Callable[..., Flask]]:
    """Make an application with other settings."""
    made = []

    def make(**changes: object) -> Flask:
        made.append(create_app(replace(settings, **changes)))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for app in made:
        app.extensions[KEY].close()
