"""The command line: ``valuemill``."""

from __future__ import annotations

import sys

import click
from alembic.util import CommandError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from shared import settings as settings_module
from shared.db import accounts
from shared.db.engine import Database
from shared.db.migrate import migrate as migrate_database
from shared.errors import ValuemillError
from shared.telemetry import configure_logging

#: Characters in the name of an account or a key.
MAX_LABEL = 200


@click.group()
@click.version_option(package_name="valuemill")
def cli() -> None:
    """Make lists of distinct, plausible test data with a model of your own.

    Settings come from environment variables VALUEMILL_*; see docs/operations.md.
    """


@cli.command()
@click.option("--to", "revision", default="head", show_default=True, help="A revision, or base.")
def migrate(revision: str) -> None:
    """Bring the database to this version's schema."""
    with _database() as database:
        migrate_database(database, revision=revision)
    click.echo(f"The database is at {revision}.", err=True)


@cli.command()
@click.option(
    "--name", default="worker", show_default=True, help="Tells the workers of one host apart."
)
def worker(name: str) -> None:
    """Run a worker until it is told to stop."""
    from worker.app import run_worker  # not needed, and slow to import, for the other commands

    settings = settings_module.load()
    configure_logging(log_format=settings.log_format, level=settings.log_level)
    run_worker(settings, name=name)


@cli.group()
def keys() -> None:
    """API keys."""


class Label(click.ParamType[str]):
    """A name that people read: something to see, on one line, and not too long."""

    name = "text"

    def convert(self, value: str, param: object, ctx: object) -> str:  # noqa: ARG002
        """Return the name without surrounding blanks, or refuse it."""
        value = value.strip()
        if not value or len(value) > MAX_LABEL or not value.isprintable():
            self.fail(f"must be 1 to {MAX_LABEL} printable characters on one line")
        return value


@keys.command("create")
@click.option(
    "--account",
    type=Label(),
    required=True,
    help="Whose key; the account is made when it is new.",
)
@click.option("--name", type=Label(), default="unnamed", help="What it is for, to tell keys apart.")
def create_key(account: str, name: str) -> None:
    """Make a key and print it. It is shown this once; only its hash is kept."""
    with _database() as database, database.transaction() as connection:
        key = accounts.create_key(connection, account=account, name=name)
    click.echo(key)


@keys.command("list")
def list_keys() -> None:
    """Show all keys, without their secrets."""
    with _database() as database, database.transaction() as connection:
        rows = accounts.list_keys(connection)
    table = Table("id", "account", "name", "created", "last used", "revoked")
    for row in rows:
        times = (row["created_at"], row["last_used_at"], row["revoked_at"])
        table.add_row(
            str(row["id"]),
            # As plain text: brackets in a name are no markup.
            Text(row["account"]),
            Text(row["name"]),
            *(time.strftime("%Y-%m-%d %H:%M") if time else "-" for time in times),
        )
    Console().print(table)


@keys.command("revoke")
@click.argument("key_id", type=int)
def revoke_key(key_id: int) -> None:
    """End a key at once."""
    with _database() as database, database.transaction() as connection:
        accounts.revoke_key(connection, key_id=key_id)
    click.echo(f"Key {key_id} is revoked.", err=True)


def _database() -> Database:
    url = settings_module.load_database_url()
    return Database(url, pool_size=1, application="valuemill-cli")


def main() -> None:
    """Run a command; an error of ours ends it with its message and status 1."""
    try:
        cli()
    except (ValuemillError, CommandError) as error:
        click.echo(f"valuemill: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
