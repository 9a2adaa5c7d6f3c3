"""Safe copies from end to end: real databases, a worker, and what the API calls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.options import LocalOptions
from deploy.local.secrets import SecretsFile
from deploy.local.stack import LocalStack
from deploy.shop import loading
from shared.db.engine import Database
from shared.sealing import PublicKey
from shared.synthesis.modes import KeyMethod
from tests.support.copies import Copies, counts, dump

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("copies")


@pytest.fixture(scope="module")
def site(var: Path) -> Iterator[LocalStack]:
    """Our servers, one worker, and a server with databases of somebody's."""
    options = LocalOptions(
        var=var,
        workers=1,
        ollama_hosts="http://127.0.0.1:9",
        api=False,
        flower=False,
        shop=True,
        durable=False,
    )
    with LocalStack(options) as stack:
        loading.fill(stack.info.shop_url)
        yield stack


@pytest.fixture
def copies(site: LocalStack, var: Path) -> Iterator[Copies]:
    secrets, _ = SecretsFile(var).load()
    with Database(site.info.database_url, pool_size=2) as database:
        yield Copies(site.info, database, PublicKey.parse(secrets.connector_public_key))


@pytest.mark.parametrize("key_method", list(KeyMethod))
def test_a_shop_is_copied(copies: Copies, key_method: KeyMethod) -> None:
    source, target = copies.info.shop_url, copies.info.shop_copy_url
    loading.empty(target)
    engine, run = copies.create(source, target, key_method=key_method)
    copies.succeed(run)
    run = copies.succeed(copies.start(engine))
    assert counts(target) == counts(source)
    assert dump(target) == dump(source)
