"""The command line: ``valuemill``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.command import Duration, Label, minute, open_database, transaction
from deploy.synthesize.options import synthesize
from deploy.users import users
from shared import sealing
from shared import settings as settings_module
from shared.db import accounts
from shared.db import migrate as migrations
from shared.db import roles as roles_module
from shared.db.roles import Side
from shared.db.troubles import DatabaseRefused, explain
from shared.errors import ValuemillError
from shared.synthesis import resealing
from shared.telemetry import configure_logging
from shared.text import escape_hidden


@click.group()
@click.version_option(package_name="valuemill")
def cli() -> None:
    """Make lists of distinct, plausible test data with a model of your own.

    Settings come from environment variables VALUEMILL_*; see docs/operations.md.
    """


def _role_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that name the roles of the API and of the workers."""
    for side in reversed(Side):
        command = click.option(
            f"--{side.value}",
            f"{side.value}_role",
            metavar="ROLE",
            envvar=f"VALUEMILL_{side.name}_ROLE",
            show_envvar=True,
            help=f"The role that the {side.value} connects as.",
        )(command)
    return command


def _named(**roles: str | None) -> dict[Side, str]:
    return {side: role for side in Side if (role := roles[side.value])}


@cli.command()
@click.option("--to", "revision", default="head", show_default=True, help="A revision, or base.")
@click.option("--yes", "confirmed", metavar="NAME", help="The database that base may empty.")
@_role_options
def migrate(
    revision: str, confirmed: str | None, api_role: str | None, worker_role: str | None
) -> None:
    """Bring the database to this version's schema, as the owner of its tables.

    Roles that are named get what they need of new tables, as from `valuemill roles`. `--to base`
    removes all tables: where there is something in them, it wants the database's name.
    """
    named = _named(api=api_role, worker=worker_role)
    with open_database() as database:
        if revision == "base":
            migrations.confirm_removal(database, name=confirmed)
        migrations.migrate(database, revision=revision, roles=named)
    click.echo(f"The database is at {revision}.", err=True)


@cli.command()
@_role_options
@click.option("--sql", is_flag=True, help="Print the statements instead, for whoever may.")
def roles(api_role: str | None, worker_role: str | None, sql: bool) -> None:
    """Give the roles of the API and the workers what they need, and nothing else.

    The roles exist already; run this as the owner of the tables, as often as you like.
    """
    named = _named(api=api_role, worker=worker_role)
    if not named:
        raise click.UsageError("name a role: --api ROLE, --worker ROLE, or both")
    if sql:
        lines = roles_module.statements(roles=named)
        click.echo("\n".join(["BEGIN;", *(f"{line};" for line in lines), "COMMIT;"]))
        return
    with open_database() as database:
        migrations.grant(database, roles=named)
    for side, role in named.items():
        click.echo(f"{role} has what the {side.value} needs, and nothing else.", err=True)


@cli.command()
@click.option(
    "--name", default="worker", show_default=True, help="Tells the workers of one host apart."
)
def worker(name: str) -> None:
    """Run a worker until it is told to stop."""
    from worker.app import run_worker  # not needed, and slow to import, for the other commands

    settings = settings_module.load()
    configure_logging(log_format=settings.log_format, level=settings.log_level)
    raise SystemExit(run_worker(settings, name=name))


@cli.command()
@click.option("--end-to-end", is_flag=True, help="Also have three values made; needs a worker.")
@click.option(
    "--patience",
    default=60.0,
    show_default=True,
    help="Seconds to wait for those values; a model may have to be loaded.",
)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def doctor(end_to_end: bool, patience: float, as_json: bool) -> None:
    """Look this deployment over, and say what to do about what is found.

    Exit code 1 when there is a problem; warnings alone are 0.
    """
    from deploy.doctor.report import report  # slow to import, like the worker

    healthy = report(
        settings_module.load, end_to_end=end_to_end, patience=patience, as_json=as_json
    )
    sys.exit(0 if healthy else 1)


@cli.group()
def keys() -> None:
    """API keys."""


@keys.command("create")
@click.option(
    "--account",
    type=Label(),
    required=True,
    help="Whose key; the account is made when it is new.",
)
@click.option("--name", type=Label(), default="unnamed", help="What it is for, to tell keys apart.")
@click.option("--expires", type=Duration(), help="After which it ends, as 90d; else never.")
def create_key(account: str, name: str, expires: timedelta | None) -> None:
    """Make a key and print it. It is shown this once; only its hash is kept."""
    with transaction() as connection:
        key = accounts.create_key(connection, account=account, name=name, expires=expires)
    click.echo(key)


@keys.command("list")
def list_keys() -> None:
    """Show all keys, without their secrets."""
    with transaction() as connection:
        rows = accounts.list_keys(connection)
    table = Table("id", "account", "name", "created", "last used", "expires", "state")
    for row in rows:
        times = (row["created_at"], row["last_used_at"], row["expires_at"])
        state = row["state"]
        if state == "active" and row["previous_until"]:
            state = f"active; old secret until {minute(row['previous_until'])}"
        table.add_row(
            str(row["id"]),
            # As plain text: brackets in a name are no markup.
            Text(escape_hidden(row["account"])),
            Text(escape_hidden(row["name"])),
            *map(minute, times),
            state,
        )
    # Where nobody looks at it, lines are not folded to the width of a terminal.
    Console(width=None if sys.stdout.isatty() else 200).print(table)


@keys.command("revoke")
@click.argument("key_id", type=int)
def revoke_key(key_id: int) -> None:
    """End a key at once."""
    with transaction() as connection:
        accounts.revoke_key(connection, key_id=key_id)
    click.echo(f"Key {key_id} is revoked.", err=True)


@keys.command("rotate")
@click.argument("key_id", type=int)
@click.option(
    "--grace",
    type=Duration(),
    default="24h",
    show_default=True,
    help="For how long the old secret still opens; 0s ends it at once.",
)
@click.option("--expires", type=Duration(), help="A new expiry, as 90d; else it stays as it is.")
def rotate_key(key_id: int, grace: timedelta, expires: timedelta | None) -> None:
    """Give a key a new secret and print it; the old one still opens for a while."""
    with transaction() as connection:
        key = accounts.rotate_key(connection, key_id=key_id, grace=grace, expires=expires)
    click.echo(key)


@cli.group("connector-key")
def connector_key() -> None:
    """The key that customers' passwords are sealed with."""


@connector_key.command("create")
def create_connector_key() -> None:
    """Print a new pair: the public key for the API, the private one for the workers alone."""
    private, public = sealing.make_pair()
    click.echo(f"VALUEMILL_CONNECTOR_PUBLIC_KEY={public}")
    click.echo(f"VALUEMILL_CONNECTOR_KEY={private.reveal()}")


@connector_key.command("reseal")
def reseal() -> None:
    """Seal all secrets with the first key of VALUEMILL_CONNECTOR_KEY, as the tables' owner.

    The others open what is sealed with them, and are not needed any more after this.
    """
    private_keys = settings_module.load_connector_keys()
    with transaction() as connection:
        done = resealing.reseal(connection, private_keys)
    click.echo(f"{done.resealed} sealed with {private_keys[0].id} now.", err=True)
    for connector_id, reason in done.left.items():
        click.echo(f"connector {connector_id}: {reason}", err=True)
    sys.exit(1 if done.left else 0)


cli.add_command(users)
cli.add_command(synthesize)


def main() -> None:
    """Run a command; an error of ours, or a refusal of the database, ends it with status 1.

    It is told in a line, or in one for each setting that is wrong.
    """
    try:
        cli()
    except (ValuemillError, DatabaseRefused) as error:
        for line in explain(error).splitlines():
            click.echo(f"valuemill: {escape_hidden(line)}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
