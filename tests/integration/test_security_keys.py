"""API keys from the command line to the request: made, shown, rotated, ended; never stored."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from deploy import cli
from deploy.local import demo
from shared.db import accounts
from shared.db.engine import Database
from shared.errors import NotAuthenticated, NotFound
from shared.text import escape_hidden

Run = Callable[..., Result]


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``valuemill keys ...``."""
    monkeypatch.setenv("VALUEMILL_DATABASE_URL", database_url)
    return lambda *words: CliRunner().invoke(cli.cli, ["keys", *words])


def opens(database: Database, key: str) -> bool:
    try:
        with database.transaction() as connection:
            accounts.authenticate(connection, key=key)
    except NotAuthenticated:
        return False
    return True


def pass_time(database: Database, column: str) -> None:
    """Let a moment that lies ahead be a second ago."""
    with database.transaction() as connection:
        connection.execute(text(f"UPDATE api_keys SET {column} = now() - interval '1 second'"))


def test_only_hashes_are_stored(database: Database, run: Run) -> None:
    secrets = [run("create", "--account", "a").stdout.strip().split(".")[1]]
    secrets.append(run("rotate", "1").stdout.strip().split(".")[1])
    with database.transaction() as connection:
        for table in ("api_keys", "accounts"):
            for (row,) in connection.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t")):
                for secret in secrets:
                    assert secret not in row
                    assert secret.encode().hex() not in row


def test_a_secret_cannot_be_guessed(run: Run, database: Database) -> None:
    keys = {run("create", "--account", "a").stdout.strip() for _ in range(20)}
    secrets = {key.split(".")[1] for key in keys}
    assert len(secrets) == 20
    assert all(len(secret) >= 43 for secret in secrets)  # 256 bits in base64


@pytest.mark.parametrize("given", ["0", "999", "x", "1' OR '1'='1", "9" * 30, "", "1"])
def test_comparing_takes_the_same_steps_for_every_id(
    database: Database, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    with database.transaction() as connection:
        accounts.create_key(connection, account="a", name="n")
    compared: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest

    def spy(known: bytes, seen: bytes) -> bool:
        compared.append((known, seen))
        return real(known, seen)

    monkeypatch.setattr(accounts.hmac, "compare_digest", spy)
    assert not opens(database, f"{given}.wrong")
    assert [(len(known), len(seen)) for known, seen in compared] == [(32, 32)] * 2


def test_a_key_expires(database: Database, run: Run) -> None:
    key = run("create", "--account", "a", "--expires", "90d").stdout.strip()
    assert opens(database, key)
    with database.transaction() as connection:
        left = connection.scalar(text("SELECT expires_at - now() FROM api_keys"))
    assert timedelta(days=89) < left <= timedelta(days=90)
    pass_time(database, "expires_at")
    assert not opens(database, key)
    assert "expired" in run("list").stdout
    assert run("rotate", "1").exit_code != 0


def test_a_key_without_expiry_never_does(database: Database, run: Run) -> None:
    key = run("create", "--account", "a").stdout.strip()
    with database.transaction() as connection:
        connection.execute(text("UPDATE api_keys SET created_at = now() - interval '99 years'"))
    assert opens(database, key)


def test_a_rotated_key_opens_with_both_secrets_for_a_while(database: Database, run: Run) -> None:
    old = run("create", "--account", "a").stdout.strip()
    new = run("rotate", "1", "--grace", "24h").stdout.strip()
    assert re.fullmatch(r"1\.\S{43}", new)
    assert new != old
    assert opens(database, old)
    assert opens(database, new)
    assert "old secret until" in run("list").stdout
    pass_time(database, "previous_until")
    assert not opens(database, old)
    assert opens(database, new)
    assert "old secret" not in run("list").stdout


def test_of_two_old_secrets_one_opens(database: Database, run: Run) -> None:
    first = run("create", "--account", "a").stdout.strip()
    second = run("rotate", "1").stdout.strip()
    third = run("rotate", "1").stdout.strip()
    assert [opens(database, key) for key in (first, second, third)] == [False, True, True]


def test_without_grace_the_old_secret_ends_at_once(database: Database, run: Run) -> None:
    old = run("create", "--account", "a").stdout.strip()
    new = run("rotate", "1", "--grace", "0s").stdout.strip()
    assert [opens(database, key) for key in (old, new)] == [False, True]


def test_grace_is_no_way_past_an_expiry(database: Database, run: Run) -> None:
    old = run("create", "--account", "a", "--expires", "1h").stdout.strip()
    new = run("rotate", "1", "--grace", "2w", "--expires", "90d").stdout.strip()
    with database.transaction() as connection:
        row = connection.execute(
            text("SELECT previous_until - now() AS old, expires_at - now() AS new FROM api_keys")
        ).one()
    assert row.old <= timedelta(hours=1)
    assert row.new > timedelta(days=89)
    pass_time(database, "expires_at")
    assert [opens(database, key) for key in (old, new)] == [False, False]


def test_revoking_ends_both_secrets_at_once(database: Database, run: Run) -> None:
    old = run("create", "--account", "a").stdout.strip()
    new = run("rotate", "1").stdout.strip()
    assert run("revoke", "1").exit_code == 0
    assert [opens(database, key) for key in (old, new)] == [False, False]
    assert "revoked" in run("list").stdout
    for again in ("revoke", "rotate"):
        assert isinstance(run(again, "1").exception, NotFound)


def test_who_has_an_old_secret_learns_why_it_is_over(database: Database) -> None:
    with database.transaction() as connection:
        key = accounts.create_key(connection, account="a", name="n")
        accounts.revoke_key(connection, key_id=1)
    for given, word in ((key, "is revoked"), (f"{key}x", "is not valid")):
        with database.transaction() as connection, pytest.raises(NotAuthenticated, match=word):
            accounts.authenticate(connection, key=given)


def test_the_list_shows_use_and_no_secret(database: Database, run: Run) -> None:
    key = run("create", "--account", "acme", "--name", "engine", "--expires", "90d").stdout.strip()
    never = run("list").stdout
    assert opens(database, key)
    used = run("list").stdout
    assert never.count("-") < used.count("-")  # a date in place of a dash
    for word in ("acme", "engine", "expires", "last used", "active"):
        assert word in used
    assert key.split(".")[1] not in used


@pytest.mark.parametrize("span", ["90", "d", "-1d", "1y", "1.5d", "90 d", "999999d", ""])
def test_a_span_that_is_none_is_refused(database: Database, run: Run, span: str) -> None:
    outcome = run("create", "--account", "a", "--expires", span)
    assert outcome.exit_code == 2
    assert "90d" in outcome.stderr
    with database.transaction() as connection:
        assert connection.scalar(text("SELECT count(*) FROM api_keys")) == 0


HOSTILE = "\x1b]0;owned\x07\x1b[31mred\r\nforged\u202egnp.exe\x9b2J"


def test_what_the_command_line_prints_cannot_steer_a_terminal(database: Database, run: Run) -> None:
    # As an import or an older version may have left them: the command line takes no such names.
    with database.transaction() as connection:
        accounts.create_key(connection, account=HOSTILE, name=HOSTILE)
    shown = run("list").stdout
    assert "\\x1b[31mred" in shown
    assert all(line.isprintable() for line in shown.splitlines())
    assert run("create", "--account", HOSTILE).exit_code == 2


def test_what_the_demo_shows_of_a_model_cannot_steer_a_terminal() -> None:
    assert demo._line("1 of 2  ", HOSTILE).plain.isprintable()


def test_an_error_cannot_steer_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VALUEMILL_DATABASE_URL", f"{HOSTILE}://x")
    monkeypatch.setattr("sys.argv", ["valuemill", "keys", "list"])
    with pytest.raises(SystemExit):
        cli.main()
    told = capsys.readouterr().err
    assert told.startswith("valuemill: ")
    assert all(line.isprintable() for line in told.splitlines())


def test_hidden_characters_are_spelt_out() -> None:
    assert escape_hidden("Zoë 张伟") == "Zoë 张伟"
    assert escape_hidden("a\x1b\n\u202e\ud800") == "a\\x1b\\n\\u202e\\ud800"
    assert escape_hidden("a\nb\x07", keep="\n") == "a\nb\\x07"


def test_the_last_use_is_noted_once_a_minute(database: Database, run: Run) -> None:
    key = run("create", "--account", "a").stdout.strip()

    def noted() -> object:
        with database.transaction() as connection:
            return connection.scalar(text("SELECT last_used_at FROM api_keys"))

    assert noted() is None
    assert opens(database, key)
    first = noted()
    assert first is not None
    assert opens(database, key)
    assert noted() == first
    with database.transaction() as connection:
        connection.execute(
            text("UPDATE api_keys SET last_used_at = last_used_at - interval '61 seconds'")
        )
    assert opens(database, key)
    assert noted() > first  # type: ignore[operator]
