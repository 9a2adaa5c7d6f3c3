from __future__ import annotations

import traceback

import pytest

from shared.broker_address import BrokerAddress, read_broker
from shared.errors import ConfigurationError


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("redis://h", BrokerAddress(scheme="redis", hosts=(("h", 6379),))),
        (
            "rediss://me:p%40%2Fss@h:6380/3?ssl_cert_reqs=none",
            BrokerAddress(
                scheme="rediss",
                hosts=(("h", 6380),),
                username="me",
                password="p@/ss",
                database=3,
            ),
        ),
        (
            "sentinel://one:1;sentinel://:p%3Bw@two/2;sentinel://[::1]:3?master_name=mill",
            BrokerAddress(
                scheme="sentinel",
                hosts=(("one", 1), ("two", 26_379), ("::1", 3)),
                password="p;w",
                database=2,
                sentinel="mill",
            ),
        ),
        (
            "sentinel://one,two:2?sentinel_password=s%26s&sentinel_username=guard",
            BrokerAddress(
                scheme="sentinel",
                hosts=(("one", 26_379), ("two", 2)),
                sentinel="mymaster",
                sentinel_username="guard",
                sentinel_password="s&s",
            ),
        ),
    ],
)
def test_field_d6_a_broker_is_a_redis_or_its_sentinels(url: str, address: BrokerAddress) -> None:
    assert read_broker(url) == address
    for secret in address.secrets:
        assert secret not in f"{address!r} {address.place}"


def test_each_sentinel_is_told_to_kombu_with_all_that_opens_the_redis() -> None:
    address = read_broker("sentinel://one:1;sentinel://me:p%40ss@[::1]:2/3?master_name=mill")
    assert address.sentinel_url == "sentinel://me:p%40ss@one:1/3;sentinel://me:p%40ss@[::1]:2/3"


BROKEN = {
    "{}": "must look like redis://",
    "amqp://u:{}@h": "must look like redis://",
    "redis://:{}": "its port is no number",
    "redis://:x/{}@h": "write / as %2F",
    "redis://:x?{}@h": "write / as %2F",
    "redis://:x#{}@h": "write / as %2F",
    "redis://:x@{}@h": "@ as %40",
    "redis://:x#{}": "write / as %2F",
    "redis://:x y{}@h": "a blank or a line break",
    "redis://:x@[::1/{}": "must look like redis://",
    "redis://:x@h:{}": "its port is no number",
    "redis://:{}@h:0": "its port is no number",
    "redis://:{}@": "names no host",
    "redis://:{}@h,g": "names several hosts",
    "redis://:x@h/{}": "is no number such as 0",
    "redis://:x@h?{}=1": "has a parameter, and redis:// takes none",
    "redis://:x@h?socket_timeout={}": "has a parameter, and redis:// takes none",
    "rediss://:x@h?ssl_min_version={}": "a parameter that is none of",
    "REDIS://:{}@h": "must look like",
    "rediss://:x@h?ssl_cert_reqs={}": "its ssl_cert_reqs is none of",
    "redis://:{}@h;redis://g": "begin with sentinel:// can be several",
    "redis://:x;{}@h": "must look like",
    "sentinel://:{}@h;redis://g": "begin with sentinel:// can be several",
    "sentinel://:{}@h?master_name=": "its master_name is empty",
    "sentinel://:x@h?service={}": "a parameter that is none of master_name",
    "sentinel://:x@h;sentinel://:{}": "its port is no number",
}


@pytest.mark.parametrize("url", BROKEN)
def test_field_d6_what_is_wrong_with_a_broker_is_a_line_without_a_part_of_it(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_broker(url.format("hun%74er2"))
    assert BROKEN[url] in str(caught.value)
    assert "\n" not in str(caught.value)
    told = "".join(traceback.format_exception(caught.value, limit=-1))
    assert not any(part in told for part in ("hun%74er2", "hunter2", "er2"))
