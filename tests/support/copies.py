"""Safe copies as tests make them: by the service, between databases of the shop server."""

from __future__ import annotations

import re
import subprocess
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from deploy.local.binaries import find_binaries
from deploy.local.options import LocalOptions
from deploy.local.secrets import SecretsFile
from deploy.local.stack import LocalInfo, LocalStack
from deploy.shop import loading
from shared.db import accounts
from shared.db.engine import Database
from shared.sealing import PublicKey
from shared.synthesis.modes import KeyMethod, Mode
from shared.synthesis.requests import ConnectionRequest, NewWorkspace, SynthesizeRequest
from shared.synthesis.run import Run
from shared.synthesis.service import Engines
from tests.support.waiting import PATIENCE, wait_until


@contextmanager
def shop_stack(var: Path, **options: Any) -> Iterator[LocalStack]:
    """Our servers with two workers and the sample model, and a server with the shop.

    :param options: of ``LocalOptions``, where they are to be others.
    """
    usual: dict[str, Any] = {
        "workers": 2,
        # The sample model, which makes the lists.
        "ollama_hosts": "",
        "flower": False,
        "durable": False,
        # Short enough for a test to see a lease come to its end.
        "environment": {"VALUEMILL_LEASE_SECONDS": "4", "VALUEMILL_SYNTHESIS_PROCESSES": "2"},
    }
    with LocalStack(LocalOptions(var=var, shop=True, **(usual | options))) as stack:
        loading.fill(stack.info.shop_url)
        yield stack


class NoWakeUps:
    """Workers look for work by themselves."""

    def send(self, count: int) -> None:
        """Nothing."""


@dataclass
class Copies:
    """A client of the service of engines, whose account has its lists from run to run."""

    info: LocalInfo
    database: Database
    public_key: PublicKey
    account: int = field(init=False)
    engines: Engines = field(init=False)

    def __post_init__(self) -> None:
        with self.database.transaction() as connection:
            key = accounts.create_key(connection, account="copies", name="")
            self.account = accounts.authenticate(connection, key=key).id
        self.engines = Engines(
            database=self.database, wake_ups=NoWakeUps(), public_key=self.public_key
        )

    def create(
        self,
        source: str,
        target: str,
        *,
        mode: Mode = Mode.DEIDENTIFY,
        key_method: KeyMethod = KeyMethod.DUPLICATE,
        locale: str = "en",
    ) -> tuple[uuid.UUID, Run]:
        """Make an engine between two databases, by their URLs; return it and its first run."""
        request = NewWorkspace(
            name="a copy",
            organization=None,
            source=place(source),
            target=place(target),
            mode=mode,
            key_method=key_method,
            locale=locale,
        )
        engine, run = self.engines.create(
            request, account_id=self.account, owner_name="tests", trace_id="trace"
        )
        return engine.id, run

    def start(self, engine: uuid.UUID, **fields: Any) -> Run:
        """Begin to fill the target."""
        return self.engines.synthesize(
            engine, SynthesizeRequest(**fields), account_id=self.account, trace_id="trace"
        )

    def set(self, engine: uuid.UUID, **settings: Any) -> None:
        """Change settings of an engine."""
        self.engines.update_settings(engine, settings, set_defaults=True, account_id=self.account)

    def run(self, run: Run) -> Run:
        """The run as it is now."""
        return self.engines.run(run.id, account_id=self.account)

    def wait(self, run: Run, *, seconds: float = 2 * PATIENCE) -> Run:
        """The run, once nothing of it is left to do."""
        wait_until(lambda: self.run(run).ended_at is not None, seconds=seconds)
        return self.run(run)

    def succeed(self, run: Run, **options: Any) -> Run:
        """The run, once it has ended well."""
        ended = self.wait(run, **options)
        assert ended.state == "SUCCESS", ended.reason
        return ended


@contextmanager
def open_copies(stack: LocalStack, folder: Path) -> Iterator[Copies]:
    """A client of a stack that runs in a folder."""
    secrets, _ = SecretsFile(folder).load()
    with Database(stack.info.database_url, pool_size=2) as database:
        yield Copies(stack.info, database, PublicKey.parse(secrets.connector_public_key))


def place(url: str) -> ConnectionRequest:
    """What a client says of a database, of the kind that the URL's scheme names."""
    parts = urlsplit(url)
    return ConnectionRequest(
        connector_type=parts.scheme,
        address={
            "host": parts.hostname,
            "port": parts.port,
            "database": parts.path.lstrip("/"),
            "username": parts.username,
        },
        secrets={"password": parts.password or ""},
    )


def dump(url: str, *options: str) -> str:
    """A database as ``pg_dump`` writes it; its schema alone, where nothing else is asked for."""
    program = find_binaries().postgres.parent / "pg_dump"
    done = subprocess.run(
        [str(program), *(options or ("--schema-only",)), url],
        check=True,
        capture_output=True,
        text=True,
    )
    # Newer ones write a random key around a dump.
    return re.sub(r"^\\(un)?restrict .*$", "", done.stdout, flags=re.MULTILINE)


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """What a database answers."""
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def execute(url: str, *statements: str) -> None:
    """Have a database do these, each by itself."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[arg-type]


def contents(url: str) -> dict[str, list[str]]:
    """The rows of each table of a database as texts, in an order of their own."""
    return {
        name: [row for (row,) in rows(url, f'SELECT t::text FROM "{name}" t ORDER BY 1')]
        for name in tables(url)
    }


def sequences(url: str) -> dict[str, tuple[int, bool]]:
    """Where the sequences of a database are: ``last_value`` and ``is_called``, by their names."""
    names = rows(url, "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")
    return {
        name: rows(url, f'SELECT last_value, is_called FROM "{name}"')[0]
        for (name,) in sorted(names)
    }


def tables(url: str) -> Sequence[str]:
    """The tables of a database."""
    return [
        name
        for (name,) in rows(
            url,
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1",
        )
    ]


def counts(url: str) -> dict[str, int]:
    """The rows of each table of a database."""
    return {name: rows(url, f'SELECT count(*) FROM "{name}"')[0][0] for name in tables(url)}
