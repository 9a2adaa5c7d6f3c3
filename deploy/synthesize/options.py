"""The command, and what it can be told."""

from __future__ import annotations

import sys
from typing import Any

import click

from deploy.command import Label

#: As published. SYNTHESIZE waits for models of tables, and SCRATCH for what is said by the API.
MODES = ("DEIDENTIFY", "MOCK", "MOCK_OR_MASK")
KEY_METHODS = ("duplicate", "hash", "generate")


@click.command()
@click.option("--from", "source", metavar="URL", required=True, help="The database to copy.")
@click.option(
    "--to",
    "target",
    metavar="URL",
    required=True,
    help="The one to fill: empty, or with the same tables. What is in them is replaced.",
)
@click.option(
    "--mode",
    type=click.Choice(MODES, case_sensitive=False),
    metavar="|".join(MODES),
    required=True,
    help="What becomes of columns: of personal ones alone (DEIDENTIFY), or of all.",
)
@click.option(
    "--key-method",
    type=click.Choice(KEY_METHODS),
    default=KEY_METHODS[0],
    show_default=True,
    help="What becomes of keys.",
)
@click.option("--seed", type=click.IntRange(-(2**63), 2**63 - 1), help="Makes it repeatable.")
@click.option("--locale", default="en", show_default=True, help="Of made-up values, such as de.")
@click.option(
    "--parallel",
    type=click.IntRange(min=1, max=256),
    default=1,
    show_default=True,
    help="Processes that work on it at once, over all workers.",
)
@click.option("--name", type=Label(), help="Of the workspace; else those of the databases.")
@click.option(
    "--url",
    metavar="URL",
    envvar="VALUEMILL_URL",
    show_envvar=True,
    required=True,
    help="The service, such as http://127.0.0.1:8000.",
)
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def synthesize(source: str, target: str, url: str, as_json: bool, **how: Any) -> None:
    """Copy a database with nothing personal left.

    Addresses are postgresql://user@host/name, mysql://user@host/name or sqlite:folder/name.db.
    A password that is not in one is taken from VALUEMILL_SOURCE_PASSWORD, of the target from
    VALUEMILL_TARGET_PASSWORD; else from PGPASSWORD; else it is asked for. The API key is in
    VALUEMILL_KEY, or in the file that VALUEMILL_KEY_FILE names.

    Exit code 0: the copy is there; 1: it is not, and a line says why; 2: wrong options; 130: ended
    by Ctrl-C, and what was taken away from the target is put back.
    """
    from deploy.synthesize.command import run  # slow to import, like the worker

    sys.exit(run(source=source, target=target, url=url, as_json=as_json, **how))
