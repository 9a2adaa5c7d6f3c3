"""Users from the command line: made, shown, disabled; their passwords never on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deploy import cli
from shared import passwords
from shared.db import sessions, users
from shared.db.engine import Database
from shared.errors import Conflict, NotFound

Run = Callable[..., Result]

ANN = "ann@example.com"


@pytest.fixture
def run(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``valuemill users ...``."""
    monkeypatch.setenv("VALUEMILL_DATABASE_URL", database_url)
    return lambda *words, typed="": CliRunner().invoke(cli.cli, ["users", *words], input=typed)


def opens(database: Database, email: str, password: str) -> bool:
    with database.transaction() as connection:
        found = users.find(connection, email=email)
    return passwords.is_right(password, found[1] if found else None)


@pytest.fixture
def ann(database: Database, run: Run) -> None:
    words = ("create", ANN, "--account", "testing", "--password-file", "-")
    assert run(*words, typed="correct horse\n").exit_code == 0


def test_a_password_is_asked_for_twice_and_not_shown(database: Database, run: Run) -> None:
    typed = "correct horse\ncorrect horse\n"
    made = run("create", "Ann@Example.com", "--account", "testing", typed=typed)
    assert made.exit_code == 0, made.output
    assert "correct horse" not in made.output
    assert opens(database, ANN, "correct horse")


def test_a_password_that_is_typed_in_two_ways_is_asked_for_again(
    database: Database, run: Run
) -> None:
    made = run("create", ANN, "--account", "a", typed="correct horse\nconnect horse\n")
    assert made.exit_code != 0
    assert run("list").stdout.count("@") == 0


@pytest.mark.parametrize("end", ["\n", "\r\n", "", "\nsecond line\n"])
def test_a_password_comes_from_a_file(
    database: Database, run: Run, tmp_path: Path, end: str
) -> None:
    file = tmp_path / "password"
    file.write_bytes(f"correct hörse{end}".encode())
    assert run("create", ANN, "--account", "a", "--password-file", str(file)).exit_code == 0
    assert opens(database, ANN, "correct hörse")


def test_a_random_password_is_shown_once(database: Database, run: Run) -> None:
    made = [run("create", f"{n}@example.com", "--account", "a", "--random") for n in range(3)]
    shown = [each.stdout.strip() for each in made]
    assert len(set(shown)) == 3
    assert all(len(password) == 24 for password in shown)
    assert opens(database, "0@example.com", shown[0])
    assert not any(password in run("list").output for password in shown)


@pytest.mark.parametrize("password", ["", "seven77", "x" * 65])
def test_what_nobody_could_sign_in_with_is_refused(
    database: Database, run: Run, password: str
) -> None:
    words = ("--account", "a", "--password-file", "-")
    made = run("create", ANN, *words, typed=f"{password}\n")
    assert made.exit_code == 2
    assert "8 to 64 characters" in made.output


@pytest.mark.parametrize("email", ["", "ann", "a b@c.d", "ann@", "@c.d", f"{'x' * 255}@c.d"])
def test_what_is_no_address_is_refused(database: Database, run: Run, email: str) -> None:
    made = run("create", email, "--account", "a", "--random")
    assert made.exit_code == 2
    assert "e-mail address" in made.output


def test_no_command_takes_a_password_as_an_argument(run: Run) -> None:
    for command in ("create", "password"):
        told = run(command, "--help").output
        assert "--password " not in told
        assert "--password-file" in told


def test_a_user_who_is_there_is_given_the_password(database: Database, run: Run) -> None:
    words = ("create", ANN, "--account", "a", "--or-change", "--password-file", "-")
    for typed in ("first horse", "first horse", "second horse"):
        assert run(*words, typed=f"{typed}\n").exit_code == 0
        assert opens(database, ANN, typed)
    assert not opens(database, ANN, "first horse")
    assert run("list").stdout.count("@") == 1


def test_an_address_is_of_one_user(ann: None, run: Run) -> None:
    again = run("create", "ANN@example.com", "--account", "other", "--random")
    assert isinstance(again.exception, Conflict)


def test_the_list_shows_no_password(ann: None, database: Database, run: Run) -> None:
    shown = run("list").stdout
    assert ANN in shown
    assert "testing" in shown
    assert "active" in shown
    assert "argon2" not in shown
    run("disable", ANN)
    assert "disabled" in run("list").stdout
    run("enable", ANN)
    assert "active" in run("list").stdout


@pytest.mark.parametrize("command", ["disable", "password"])
def test_what_changes_a_user_ends_the_sessions(
    ann: None, database: Database, run: Run, command: str
) -> None:
    with database.transaction() as connection:
        found = users.find(connection, email=ANN)
        assert found is not None
        cookie = sessions.begin(connection, user_id=found[0].id, hashed=found[1])
    options = ("--password-file", "-") if command == "password" else ()
    assert run(command, ANN, *options, typed="another password\n").exit_code == 0
    with database.transaction() as connection:
        assert sessions.find(connection, cookie=str(cookie), idle_seconds=3600) is None
    assert not opens(database, ANN, "correct horse")
    assert opens(database, ANN, "another password") == (command == "password")


@pytest.mark.parametrize("command", ["disable", "enable", "password"])
def test_who_is_not_there_is_told(database: Database, run: Run, command: str) -> None:
    options = ("--random",) if command == "password" else ()
    assert isinstance(run(command, "bob@example.com", *options).exception, NotFound)
