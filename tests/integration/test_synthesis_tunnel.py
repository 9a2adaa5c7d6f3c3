"""A copy whose databases are reached through an SSH server, by the whole service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from deploy.local.stack import LocalStack
from deploy.shop import loading
from shared.synthesis.modes import KeyMethod, Mode
from shared.synthesis.requests import ConnectionRequest, NewWorkspace
from shared.synthesis.run import Run
from tests.support.copies import Copies, counts, dump, open_copies, place, shop_stack
from tests.support.ssh import PASSWORD, USER, SshStand, ssh_server

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tunnelled")


@pytest.fixture(scope="module")
def site(var: Path) -> Iterator[LocalStack]:
    with shop_stack(var, workers=1, api=False) as stack:
        yield stack


@pytest.fixture
def copies(site: LocalStack, var: Path) -> Iterator[Copies]:
    loading.empty(site.info.shop_copy_url)
    with open_copies(site, var) as copies:
        yield copies


def through(stand: SshStand, url: str) -> ConnectionRequest:
    """The same database, by its SSH server."""
    plain = place(url)
    hooks = {"SSHTunnel": {"host": "127.0.0.1", "port": stand.port, "username": USER}}
    return replace(
        plain,
        address={**plain.address, "host": "localhost", "hooks_params": hooks},
        secrets={**plain.secrets, "ssh_password": PASSWORD},
    )


def create(copies: Copies, stand: SshStand) -> Run:
    request = NewWorkspace(
        name="through a tunnel",
        organization=None,
        source=through(stand, copies.info.shop_url),
        target=place(copies.info.shop_copy_url),
        mode=Mode.DEIDENTIFY,
        key_method=KeyMethod.DUPLICATE,
        locale="en",
    )
    engine, run = copies.engines.create(
        request, account_id=copies.account, owner_name="tests", trace_id="trace"
    )
    copies.succeed(run)
    return copies.start(engine.id)


@pytest.mark.field
def test_a_host_key_is_kept_when_its_server_is_first_met(copies: Copies) -> None:
    with ssh_server() as stand:
        run = copies.succeed(create(copies, stand))
        with copies.database.transaction() as connection:
            kept = connection.execute(
                text("SELECT role, ssh_host_key FROM engine_databases ORDER BY role")
            ).all()
        assert kept[-2:] == [("SOURCE", stand.written_key), ("TARGET", None)]
        port = urlsplit(copies.info.shop_url).port
        assert set(stand.asked) == {("localhost", port)}
    assert run.reason is None or "SSH" not in run.reason
    assert counts(copies.info.shop_copy_url) == counts(copies.info.shop_url)
    assert dump(copies.info.shop_copy_url) == dump(copies.info.shop_url)
