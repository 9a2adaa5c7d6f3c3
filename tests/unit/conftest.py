"""Gateways of both kinds on an odd model server, whose answers a test says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.odd_server import Kind, OddServer
    from worker.models.gateway import Gateway


@pytest.fixture
def odd() -> Iterator[OddServer]:
    """A server that answers as the test says."""
    from tests.support.odd_server import odd_server

    with odd_server() as server:
        yield server


@pytest.fixture(params=["ollama", "openai"])
def kind(request: pytest.FixtureRequest) -> Kind:
    """The API that it speaks: the test runs for each."""
    from tests.support.odd_server import KINDS

    return KINDS[request.param]


@pytest.fixture
def odd_gateway(odd: OddServer, kind: Kind) -> Iterator[Gateway]:
    """What a worker speaks to it by."""
    from tests.support.odd_server import gateway_at

    with closing(gateway_at(kind.gateway(odd.url))) as gateway:
        yield gateway
