"""What tests of safe copies share: our servers, two workers, and databases of somebody's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from deploy.local.stack import LocalStack
    from tests.support.copies import Copies
    from tests.support.copying import Databases


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Databases on a server of the module's own."""
    from deploy.local.secrets import Secrets
    from tests.support.copying import Databases
    from tests.support.failover import Postgres

    server = Postgres(tmp_path_factory.mktemp("bases") / "data", secrets=Secrets()).start()
    yield Databases(server)
    server.kill()


@pytest.fixture(scope="session")
def copying_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the stack of ``copying`` is."""
    return tmp_path_factory.mktemp("copying")


@pytest.fixture(scope="session")
def copying(copying_folder: Path) -> Iterator[LocalStack]:
    """Our servers with two workers, and a server with databases of somebody's."""
    from tests.support.copies import shop_stack

    with shop_stack(copying_folder, api=False) as stack:
        yield stack


@pytest.fixture
def copies(copying: LocalStack, copying_folder: Path) -> Iterator[Copies]:
    """A client of the service of engines; the target is empty."""
    from deploy.shop import loading
    from tests.support.copies import open_copies

    loading.empty(copying.info.shop_copy_url)
    with open_copies(copying, copying_folder) as opened:
        yield opened


@pytest.fixture
def somebodys(copying: LocalStack, copying_folder: Path) -> Iterator[tuple[str, str]]:
    """A source and a target of somebody's, by their URLs, both empty."""
    from deploy.local.secrets import SecretsFile
    from tests.support.copies import execute

    secrets, _ = SecretsFile(copying_folder).load()
    shop = copying.info.shop_url
    superuser = shop.replace(
        f"shop:{secrets.shop_password}", f"postgres:{secrets.database_admin_password}"
    )
    names = ("somebodys", "somebodys_copy")
    execute(superuser, *(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in names))
    execute(superuser, *(f"CREATE DATABASE {name} OWNER shop" for name in names))
    source, target = (shop.rpartition("/")[0] + f"/{name}" for name in names)
    yield source, target
    execute(superuser, *(f"DROP DATABASE {name} WITH (FORCE)" for name in names))
