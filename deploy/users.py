"""``valuemill users``: people of an account, who sign in to ``/api/v1`` with a password."""

from __future__ import annotations

import re
import secrets
import sys
from collections.abc import Callable
from typing import Any, TextIO

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.command import Label, minute, transaction
from shared import passwords
from shared.db import users as rows
from shared.text import escape_hidden


@click.group()
def users() -> None:
    """People who sign in to /api/v1 with a password."""


class Email(click.ParamType[str]):
    """An e-mail address, as users have one."""

    name = "email"

    def convert(self, value: str, param: object, ctx: object) -> str:  # noqa: ARG002
        """Return it as it is kept, or refuse it."""
        value = rows.normal(value)
        fits = len(value) <= rows.MAX_EMAIL and value.isprintable()
        if not fits or not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
            self.fail(
                f"must be an e-mail address of at most {rows.MAX_EMAIL} characters, such as "
                "somebody@example.com"
            )
        return value


def _password_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Where a password comes from, which is never the command line: others can read that."""
    for option in (
        click.option(
            "--password-file",
            type=click.File(encoding="utf-8"),
            help="Read the password from its first line; - is the standard input. Else it is "
            "asked for.",
        ),
        click.option(
            "--random", "is_random", is_flag=True, help="Make a password up, and print it."
        ),
    ):
        command = option(command)
    return command


def _read_password(file: TextIO | None, *, is_random: bool) -> str:
    """A new password.

    :raises UsageError: when it is none.
    """
    if is_random and file is not None:
        raise click.UsageError("--random and --password-file: there can be one password")
    if is_random:
        return secrets.token_urlsafe(18)
    if file is not None:
        password = file.readline().removesuffix("\n").removesuffix("\r")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    if not passwords.MIN_LENGTH <= len(password) <= passwords.MAX_LENGTH or "\0" in password:
        raise click.UsageError(
            f"a password has {passwords.MIN_LENGTH} to {passwords.MAX_LENGTH} characters"
        )
    return password


@users.command("create")
@click.argument("email", type=Email())
@click.option(
    "--account",
    type=Label(),
    required=True,
    help="Whose user; the account is made when it is new.",
)
@click.option(
    "--or-change", is_flag=True, help="Give a user who is there already this password instead."
)
@_password_options
def create_user(
    email: str, account: str, or_change: bool, password_file: TextIO | None, is_random: bool
) -> None:
    """Make a user, who sees what the keys of the same account see."""
    password = _read_password(password_file, is_random=is_random)
    hashed = passwords.hash_password(password)
    with transaction() as connection:
        found = rows.find(connection, email=email) if or_change else None
        if found is None:
            rows.create(connection, account=account, email=email, password_hash=hashed)
        elif not passwords.is_right(password, found[1]):
            rows.change_password(connection, email=email, password_hash=hashed)
    click.echo(f"{email} can sign in.", err=True)
    if is_random:
        click.echo(password)


@users.command("list")
def list_users() -> None:
    """Show all users."""
    with transaction() as connection:
        found = rows.list_users(connection)
    table = Table("e-mail", "account", "created", "last seen", "state")
    for row in found:
        table.add_row(
            Text(escape_hidden(row["email"])),
            Text(escape_hidden(row["account"])),
            minute(row["created_at"]),
            minute(row["last_seen_at"]),
            "disabled" if row["disabled_at"] else "active",
        )
    Console(width=None if sys.stdout.isatty() else 200).print(table)


@users.command("disable")
@click.argument("email", type=Email())
def disable_user(email: str) -> None:
    """Let a user sign in no more, and end all sessions, at once."""
    with transaction() as connection:
        rows.disable(connection, email=email)
    click.echo(f"{email} cannot sign in any more; `valuemill users enable` undoes it.", err=True)


@users.command("enable")
@click.argument("email", type=Email())
def enable_user(email: str) -> None:
    """Let a user who was disabled sign in again."""
    with transaction() as connection:
        rows.enable(connection, email=email)
    click.echo(f"{email} can sign in again.", err=True)


@users.command("password")
@click.argument("email", type=Email())
@_password_options
def change_password(email: str, password_file: TextIO | None, is_random: bool) -> None:
    """Give a user another password, and end all sessions."""
    password = _read_password(password_file, is_random=is_random)
    hashed = passwords.hash_password(password)
    with transaction() as connection:
        rows.change_password(connection, email=email, password_hash=hashed)
    click.echo(f"{email} has another password, and has to sign in with it.", err=True)
    if is_random:
        click.echo(password)
