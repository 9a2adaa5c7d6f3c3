"""TLS: what is said to be encrypted is, and to whom is checked; nothing falls back silently."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import httpx
import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from sqlalchemy import text

from deploy.local.stack import LocalInfo, LocalStack
from shared.db.engine import Database
from shared.errors import Unavailable
from shared.models.catalogue import Catalogue
from shared.queue.wakeups import QUEUE, WakeUps, create_celery
from shared.tls import secured_broker, ssl_context
from tests.support.tls import Authority, Relay, make_authority, relay


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


def through(address: str, running: Relay, *, scheme: str, **query: str) -> str:
    """An address that leads through the relay."""
    parts = urlsplit(address)
    user = parts.netloc.rpartition("@")[0]
    return parts._replace(
        scheme=scheme, netloc=f"{user}@127.0.0.1:{running.port}", query=urlencode(query)
    ).geturl()


def test_postgresql_over_tls(backing: LocalInfo, authority: Authority) -> None:
    port = urlsplit(backing.database_url).port or 0

    def connect(**query: str) -> int | None:
        url = through(backing.database_url, running, scheme="postgresql", **query)
        with Database(url, pool_size=1) as database, database.transaction() as connection:
            return connection.scalar(text("SELECT 1"))

    with relay(authority, to=port, postgres=True) as running:
        assert connect(sslmode="verify-full", sslrootcert=str(authority.ca)) == 1
        assert running.encrypted == 1
        with pytest.raises(Unavailable):
            connect(sslmode="verify-full", sslrootcert=str(authority.stranger))


def test_postgresql_without_tls_is_refused_where_tls_is_required(backing: LocalInfo) -> None:
    with (
        Database(f"{backing.database_url}?sslmode=require", pool_size=1) as database,
        pytest.raises(Unavailable) as refused,
    ):
        database.ping()
    assert "does not support SSL" in str(refused.value.__cause__)


def test_wake_ups_over_tls(backing: LocalInfo, authority: Authority) -> None:
    port = urlsplit(backing.broker_url).port or 0
    with relay(authority, to=port) as running, Redis.from_url(backing.broker_url) as plain:
        plain.delete(QUEUE)
        address = through(backing.broker_url, running, scheme="rediss")
        wakeups = WakeUps(create_celery(secured_broker(address, ca=str(authority.ca)), name="test"))
        wakeups.send(2)
        assert wakeups.waiting() == plain.llen(QUEUE) == 2
        assert running.encrypted >= 1
        plain.delete(QUEUE)


@pytest.mark.parametrize("known", [True, False])
def test_rate_limits_over_tls(backing: LocalInfo, authority: Authority, known: bool) -> None:
    port = urlsplit(backing.broker_url).port or 0
    with relay(authority, to=port) as running:
        address = through(backing.broker_url, running, scheme="rediss")
        ca = authority.ca if known else authority.stranger
        with Redis.from_url(secured_broker(address, ca=str(ca))) as client:
            if known:
                assert client.ping()
                assert running.encrypted == 1
            else:
                with pytest.raises(RedisConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
                    client.ping()


def test_no_wake_up_goes_to_a_stranger(backing: LocalInfo, authority: Authority) -> None:
    """Not even where the address says no more than `rediss`, which kombu would not check."""
    port = urlsplit(backing.broker_url).port or 0
    with relay(authority, to=port) as running, Redis.from_url(backing.broker_url) as plain:
        plain.delete(QUEUE)
        address = through(backing.broker_url, running, scheme="rediss")
        WakeUps(create_celery(secured_broker(address), name="test")).send(1)
        assert plain.llen(QUEUE) == 0


def test_model_servers_over_tls(stack: LocalStack, authority: Authority) -> None:
    with relay(authority, to=urlsplit(stack.info.model_urls[0]).port or 0) as running:
        url = f"https://127.0.0.1:{running.port}"
        (seen,) = Catalogue(ca=str(authority.ca)).look([url])
        assert seen.models
        assert running.encrypted >= 1
        for ca in (authority.stranger, ""):
            (unseen,) = Catalogue(ca=str(ca)).look([url])
            assert (
                unseen.problem == "its certificate is not one that VALUEMILL_OLLAMA_CA vouches for"
            )
            assert not unseen.models
        # The certificate is for this machine's names, not for whoever holds one of our authority.
        with (
            httpx.Client(verify=ssl_context(str(authority.ca)), trust_env=False) as http,
            pytest.raises(httpx.ConnectError, match="Hostname mismatch"),
        ):
            http.get(f"{url}/api/version", extensions={"sni_hostname": "elsewhere.example"})
