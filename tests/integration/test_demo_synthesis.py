"""The made-up shop, copied by the whole service: what `make demo-synthesis` shows people."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing

import pytest
from rich.console import Console

from deploy.local.demo_synthesis import run_demo
from deploy.local.options import LocalOptions
from deploy.local.stack import LocalStack
from deploy.shop import comparing, loading
from deploy.synthesize.addresses import read_address
from deploy.synthesize.copying import Order, copy
from deploy.synthesize.engines import Engines

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> LocalOptions:
    return LocalOptions(
        var=tmp_path_factory.mktemp("shop"),
        workers=2,
        ollama_hosts="",
        flower=False,
        durable=False,
        shop=True,
    )


@pytest.fixture(scope="module")
def shop(options: LocalOptions) -> Iterator[LocalStack]:
    with LocalStack(options) as stack:
        yield stack


class Silent:
    def progress(self, text: str, percent: int | None = None) -> None:
        pass


@pytest.mark.usefixtures("shop")
def test_the_demo_shows_a_shop_and_a_copy_that_is_safe_and_whole(options: LocalOptions) -> None:
    written = io.StringIO()
    run_demo(options, Console(file=written, width=120))
    said = written.getvalue()
    assert "8 of 8 have as many rows" in said
    assert "no e-mail, login, IBAN or card number of the shop" in said
    assert "The shop" in said
    assert "Its copy" in said


@pytest.mark.field
@pytest.mark.parametrize("method", ["hash", "generate"])
def test_other_keys_lead_to_the_same_rows(shop: LocalStack, method: str) -> None:
    info = shop.info
    loading.fill(info.shop_url)
    loading.empty(info.shop_copy_url)
    order = Order(
        name=method,
        source=read_address(info.shop_url, read_file=str),
        target=read_address(info.shop_copy_url, read_file=str),
        mode="DEIDENTIFY",
        key_method=method,
        locale="en_GB",
        seed=7,
    )
    with closing(Engines(info.api_url, info.api_key)) as engines:
        copy(engines, order, Silent())
    found = comparing.compare(info.shop_url, info.shop_copy_url)
    assert found.is_safe_and_whole, found
    ids = [
        {row[0] for row in comparing.first_rows(url, count=1_000)}
        for url in (info.shop_url, info.shop_copy_url)
    ]
    assert ids[0] != ids[1]
