from __future__ import annotations

import pytest

from deploy.doctor import findings
from deploy.doctor.environment import check, secrets
from shared.settings import Settings


def settings(*, database_url: str = "postgresql://h/db", broker_url: str = "redis://h") -> Settings:
    return Settings(database_url=database_url, broker_url=broker_url, secret_key="0123456789abcdef")


@pytest.mark.parametrize(
    "read",
    [
        settings(database_url="postgres://u:hunter%2F2@h/db"),
        settings(database_url="host=h dbname=db user=u password=hunter/2"),
        settings(database_url="postgresql://h/db?sslpassword=hunter%2F2"),
        settings(broker_url="redis://:hunter%2F2@h"),
        settings(broker_url="sentinel://one;sentinel://:hunter%2F2@two"),
        settings(broker_url="sentinel://one?sentinel_password=hunter%2F2"),
    ],
)
def test_field_d6_no_form_of_a_password_is_shown(read: Settings) -> None:
    said = findings.ok("broker", "said hunter/2, and hunter%2F2")
    assert findings.presentable(said, secrets=secrets(read)).found == "said ***, and ***"


@pytest.mark.parametrize(
    ("broker_url", "hosts"),
    [
        ("redis://:pw@far", "far"),
        ("sentinel://:pw@far,127.0.0.1,farther", "far, farther"),
        ("rediss://:pw@far", ""),
        ("redis://:pw@127.0.0.1", ""),
    ],
)
def test_a_broker_that_is_far_and_not_encrypted_is_told(broker_url: str, hosts: str) -> None:
    told = [each.found for each in check(settings(broker_url=broker_url), {})]
    expected = f"the broker's password goes to {hosts} unencrypted"
    assert (expected in told) == bool(hosts)
    assert len(told) == 1 + bool(hosts)
