from __future__ import annotations

from pathlib import Path

import pytest

from shared import settings
from shared.errors import ConfigurationError
from shared.settings import GatewaySettings, parse_gateway

NEEDED = {
    "VALUEMILL_DATABASE_URL": "postgresql://u:pw@h/db",
    "VALUEMILL_BROKER_URL": "redis://h",
    "VALUEMILL_SECRET_KEY": "0123456789abcdef",
}


@pytest.fixture(autouse=True)
def _needed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)


def test_hosts_have_the_default_slots_unless_they_say_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VALUEMILL_OLLAMA_HOSTS", "gpu1:11434, http://gpu2/#max_concurrent_tasks=9")
    assert settings.load().gateways == (
        GatewaySettings(url="http://gpu1:11434", max_concurrent_tasks=4),
        GatewaySettings(url="http://gpu2", max_concurrent_tasks=9),
    )


@pytest.mark.parametrize("host", ["ftp://x", "http://", "http://x#slots=3", "http://x#y"])
def test_an_address_that_is_none_is_refused(host: str) -> None:
    with pytest.raises(ConfigurationError, match="OLLAMA_HOSTS"):
        parse_gateway(host, default_slots=4)


@pytest.mark.parametrize("slots", ["0", "-1", "many", ""])
def test_slots_must_be_a_number_from_one_up(slots: str) -> None:
    with pytest.raises(ConfigurationError, match="from 1 up"):
        parse_gateway(f"http://x#max_concurrent_tasks={slots}", default_slots=4)


@pytest.mark.parametrize("name", NEEDED)
def test_a_missing_setting_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(ConfigurationError, match=name):
        settings.load()


def test_a_secret_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from-a-file-0123456789\n")
    monkeypatch.delenv("VALUEMILL_SECRET_KEY")
    monkeypatch.setenv("VALUEMILL_SECRET_KEY_FILE", str(secret))
    assert settings.load().secret_key == "from-a-file-0123456789"


@pytest.mark.parametrize("value", ["0", "-3", "soon"])
def test_times_must_make_sense(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALUEMILL_LEASE_SECONDS", value)
    with pytest.raises(ConfigurationError, match="LEASE_SECONDS"):
        settings.load()


def test_secrets_are_not_shown() -> None:
    shown = repr(settings.load())
    assert "pw" not in shown
    assert NEEDED["VALUEMILL_SECRET_KEY"] not in shown
