from __future__ import annotations

import re
import traceback
from pathlib import Path

import pytest

from shared import settings
from shared.addresses import Access
from shared.errors import ConfigurationError
from shared.looks import LEVERS, LOOKS
from shared.sealing import make_pair
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


def test_a_server_of_openais_api_is_named_by_its_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "VALUEMILL_OLLAMA_HOSTS",
        "OpenAI+HTTP://gpu1:8000/v1/, openai+https://gpu2/v1#max_concurrent_tasks=64",
    )
    assert settings.load().gateways == (
        GatewaySettings(url="openai+http://gpu1:8000/v1", max_concurrent_tasks=4),
        GatewaySettings(url="openai+https://gpu2/v1", max_concurrent_tasks=64),
    )


def test_a_key_is_shown_to_whom_it_is_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("all", "own"):
        (tmp_path / name).write_text(f"sk-{name}\n")
    monkeypatch.setenv("VALUEMILL_OPENAI_API_KEY_FILE", str(tmp_path / "all"))
    hosts = f"g0:11434,openai+http://g1,openai+http://g2#key_file={tmp_path}/own"
    monkeypatch.setenv("VALUEMILL_OLLAMA_HOSTS", f"{hosts},openai+http://g3#key_file=")
    read = settings.load()
    assert [gateway.access.token for gateway in read.gateways] == ["", "sk-all", "sk-own", ""]
    assert [read.access_of(gateway.url).token for gateway in read.gateways] == [
        "", "sk-all", "sk-own", "",
    ]  # fmt: skip
    # Gateways that only other processes name, as the API meets them.
    assert read.access_of("openai+https://elsewhere/v1").token == "sk-all"
    assert read.access_of("https://elsewhere") == Access()
    assert "sk-" not in repr(read)


@pytest.mark.parametrize("key", ["two words", "sch\u00f6n", "a\nb"])
def test_what_is_no_key_is_refused_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: str
) -> None:
    (tmp_path / "key").write_text(key)
    monkeypatch.setenv("VALUEMILL_OPENAI_API_KEY_FILE", str(tmp_path / "key"))
    with pytest.raises(ConfigurationError, match="OPENAI_API_KEY") as of_all:
        settings.load()
    with pytest.raises(ConfigurationError, match="no API key") as of_one:
        parse_gateway(f"openai+http://x#key_file={tmp_path}/key", default_slots=4)
    assert key not in f"{of_all.value} {of_one.value}"


def test_without_keys_and_hosts_there_are_no_customers_databases() -> None:
    read = settings.load()
    assert (read.connector_public_key, read.connector_keys) == (None, ())
    assert read.connector_hosts.entries == ()


def test_the_keys_of_connectors_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    new, old = make_pair(), make_pair()
    (tmp_path / "keys").write_text(f"{new.private.reveal()}\n{old.private.reveal()}\n")
    monkeypatch.setenv("VALUEMILL_CONNECTOR_KEY_FILE", str(tmp_path / "keys"))
    monkeypatch.setenv("VALUEMILL_CONNECTOR_PUBLIC_KEY", f" {new.public}")
    monkeypatch.setenv("VALUEMILL_CONNECTOR_HOSTS", "db.example:5432, 10.0.0.0/8")
    read = settings.load()
    assert read.connector_public_key == new.public
    assert read.connector_keys == settings.load_connector_keys() == (new.private, old.private)
    assert len(read.connector_hosts.entries) == 2
    assert new.private.reveal() not in repr(read)


def test_keys_of_connectors_that_are_wrong_are_named_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    private, public = make_pair()
    monkeypatch.setenv("VALUEMILL_CONNECTOR_KEY", str(public))
    monkeypatch.setenv("VALUEMILL_CONNECTOR_PUBLIC_KEY", private.reveal())
    monkeypatch.setenv("VALUEMILL_CONNECTOR_HOSTS", "db.example:port")
    with pytest.raises(ConfigurationError) as raised:
        settings.load()
    told = "".join(traceback.format_exception(raised.value))
    for name in ("CONNECTOR_KEY: ", "CONNECTOR_PUBLIC_KEY: ", "CONNECTOR_HOSTS: 'db.example:port'"):
        assert f"VALUEMILL_{name}" in told
    assert private.reveal() not in told
    with pytest.raises(ConfigurationError, match="public key; workers need"):
        settings.load_connector_keys()


def test_a_key_file_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigurationError, match="'/no/such/file' cannot be read"):
        parse_gateway("openai+http://x#key_file=/no/such/file", default_slots=4)


@pytest.mark.parametrize(
    "host",
    [
        "openai+http://:sword/swordfish@x/v1",
        *("ftp://u:swordfish@x", "http://u:swordfish@x#y", "u:swordfish@x#y"),
        "http://u:swordfish@x#max_concurrent_tasks=many",
    ],
)
def test_a_password_in_an_address_that_is_refused_is_not_repeated(host: str) -> None:
    with pytest.raises(ConfigurationError, match="OLLAMA_HOSTS") as refused:
        parse_gateway(host, default_slots=4)
    assert "swordfish" not in str(refused.value)


@pytest.mark.parametrize(
    "host",
    [
        *("ftp://x", "http://", "http://x#slots=3", "http://x#y"),
        *("openai://x", "openai+ftp://x", "openai+http://", "http://x#key_file=y"),
    ],
)
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


@pytest.mark.parametrize(
    ("value", "on"),
    [("all", LOOKS), ("none", ()), ("echo, run_away", ("echo", "run_away"))],
)
def test_looks_can_be_turned_off(
    value: str, on: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.load().looks == LOOKS
    monkeypatch.setenv("VALUEMILL_LOOKS", value)
    assert settings.load().looks == on


def test_levers_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.load().levers == LEVERS
    monkeypatch.setenv("VALUEMILL_LEVERS", "arms,stall")
    assert settings.load().levers == ("arms", "stall")
    monkeypatch.setenv("VALUEMILL_LEVERS", "gravity")
    with pytest.raises(ConfigurationError, match=r"VALUEMILL_LEVERS: .* is no lever; .*arms"):
        settings.load()


@pytest.mark.parametrize("value", ["ecko", "echo,all", "", ","])
def test_a_look_that_there_is_not_is_named(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALUEMILL_LOOKS", value)
    with pytest.raises(ConfigurationError, match=r"VALUEMILL_LOOKS: .* is no look; .*off_shape"):
        settings.load()


def test_secrets_are_not_shown() -> None:
    shown = repr(settings.load())
    assert "pw" not in shown
    assert NEEDED["VALUEMILL_SECRET_KEY"] not in shown


def test_a_broker_with_tls_is_always_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALUEMILL_BROKER_URL", "rediss://:p%40ss@h:6380/1")
    assert settings.load().broker_url == "rediss://:p%40ss@h:6380/1?ssl_cert_reqs=required"
    # Who wants otherwise has to say so.
    monkeypatch.setenv("VALUEMILL_BROKER_URL", "rediss://h?ssl_cert_reqs=none")
    assert settings.load().broker_url == "rediss://h?ssl_cert_reqs=none"


def test_authorities_that_are_none_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for path in (tmp_path / "ca.pem", tmp_path / "missing.pem"):
        monkeypatch.setenv("VALUEMILL_OLLAMA_CA", str(path))
        with pytest.raises(ConfigurationError, match="VALUEMILL_OLLAMA_CA"):
            settings.load()
    monkeypatch.delenv("VALUEMILL_OLLAMA_CA")
    monkeypatch.setenv("VALUEMILL_BROKER_CA", str(tmp_path / "ca.pem"))
    with pytest.raises(ConfigurationError, match="does not begin with rediss"):
        settings.load()
    monkeypatch.setenv("VALUEMILL_BROKER_URL", "rediss://h")
    with pytest.raises(ConfigurationError, match="VALUEMILL_BROKER_CA"):
        settings.load()


@pytest.mark.parametrize(
    ("text", "seconds"), [("30m", 1800), ("1h30m", 5400), ("90", 90), ("-1", -1), ("0", 0)]
)
def test_a_duration_is_written_as_for_ollama(
    monkeypatch: pytest.MonkeyPatch, text: str, seconds: float
) -> None:
    monkeypatch.setenv("VALUEMILL_KEEP_ALIVE", text)
    assert settings.load().keep_alive == seconds


@pytest.mark.parametrize(
    ("name", "value"), [("TEMPERATURE", "-1"), ("MIN_P", "2"), ("MIN_P", "nan")]
)
def test_sampling_that_makes_no_sense_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"VALUEMILL_{name}", value)
    with pytest.raises(ConfigurationError, match=name):
        settings.load()


def test_nothing_is_pulled_and_no_seed_is_set_unless_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (settings.load().pull_models, settings.load().seed) == (False, None)
    monkeypatch.setenv("VALUEMILL_PULL_MODELS", "true")
    monkeypatch.setenv("VALUEMILL_SEED", "7")
    assert (settings.load().pull_models, settings.load().seed) == (True, 7)


def complaints() -> list[str]:
    """What is told of the environment as it is, a line for each."""
    with pytest.raises(ConfigurationError) as caught:
        settings.load()
    assert "hunter" not in "".join(traceback.format_exception(caught.value))
    return str(caught.value).splitlines()


def test_field_d6_all_that_is_missing_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NEEDED:
        monkeypatch.delenv(name)
    assert [line.split(" is not set; it is ")[0] for line in complaints()] == [*NEEDED]


def test_field_d6_all_that_is_wrong_is_told_at_once_a_line_each(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_bytes(b"\xff\xfe")
    wrong = {
        "DATABASE_URL": "postgresql://u:hunter/2@h/db",
        "BROKER_URL": "redis://:hunter/2@h",
        "BROKER_CA": "/no/such/file",
        "SECRET_KEY": "hunter2",
        "OPENAI_API_KEY_FILE": str(tmp_path / "secret"),
        "GATEWAY_MAX_CONCURRENT_TASKS": "0",
        "OLLAMA_HOSTS": "ftp://u:hunter2@x,http://u:hunter2,good:1,openai+http://x#key_file=hunter",
        "OLLAMA_CA": "/no/such/file",
        "LOOKS": "ecko",
        "LEVERS": "gravity",
        "KEEP_ALIVE": "99999999999999d",
        "SEED": "hunter2",
        "WORKER_CONCURRENCY": "9999",
        "CONTEXT_TOKENS": "",
        "TEMPERATURE": "inf",
        "MIN_P": "nan",
        "LEASE_SECONDS": "nan",
        "PULL_MODELS": "perhaps",
        "RATE_LIMIT": "hunter2",
        "MAX_OPEN_OPERATIONS": "-1",
        "LOG_FORMAT": "xml",
        "LOG_LEVEL": "loud",
    }
    for name, value in wrong.items():
        monkeypatch.setenv(f"VALUEMILL_{name}", value)
    told = [re.split(r"[ :]", line)[0].removeprefix("VALUEMILL_") for line in complaints()]
    expected = {*wrong} - {"BROKER_CA"}
    assert set(told) == expected
    assert told.count("OLLAMA_HOSTS") == 3
    assert len(told) == len(expected) + 2
    # What was hidden behind another fault comes next.
    monkeypatch.setenv("VALUEMILL_BROKER_URL", "rediss://h?ssl_ca_certs=/no/such/file")
    assert sum(line.startswith("VALUEMILL_BROKER_") for line in complaints()) == 1


@pytest.mark.parametrize(
    "path", ["/no/such/file", "/", "hunter2", "hunter2" * 1000, "/srv/hunter2/x"]
)
def test_field_d6_a_file_that_cannot_be_read_is_not_named(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """The secret itself may stand where its file should be named."""
    monkeypatch.setenv("VALUEMILL_SECRET_KEY_FILE", path)
    assert complaints() == [
        "VALUEMILL_SECRET_KEY_FILE must name a file of UTF-8 text that can be read"
    ]


def test_commands_on_the_database_need_its_address_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NEEDED:
        monkeypatch.delenv(name)
    with pytest.raises(ConfigurationError, match=r"^VALUEMILL_DATABASE_URL is not set"):
        settings.load_database_url()
    monkeypatch.setenv("VALUEMILL_DATABASE_URL", "postgres://u:pw@h/db")
    assert settings.load_database_url() == "postgres://u:pw@h/db"


@pytest.mark.parametrize("seconds", ["0", "-1", "604801", "an hour"])
def test_a_session_lasts_a_week_at_most(monkeypatch: pytest.MonkeyPatch, seconds: str) -> None:
    monkeypatch.setenv("VALUEMILL_SESSION_SECONDS", seconds)
    with pytest.raises(ConfigurationError, match="SESSION_SECONDS"):
        settings.load()
