"""``python -m tests.load``: load the service, and tell what came of it."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

import click

from tests.chaos.page import fill
from tests.load import page, rush, site, soak
from tests.load.tally import Tally

#: Of a slot of the large operation's model server.
LARGE_SPEED = 200.0


@click.group()
def cli() -> None:
    """Load the whole service; exit with 1 when it breaks a promise."""


@cli.command("load")
@click.option("--clients", default=1000, show_default=True)
@click.option("--minutes", default=5.0, show_default=True)
@click.option("--queued", default=10_000, show_default=True, help="Operations that wait before.")
@click.option("--think", default=10.0, show_default=True, help="Seconds between requests of one.")
@click.option("--write/--no-write", default=True, help="Renew the page's figures.")
def load(clients: int, minutes: float, queued: int, think: float, write: bool) -> None:
    """Let many clients at it at once."""
    var = Path(tempfile.mkdtemp(prefix="valuemill-load-"))
    with site.running(var, tokens_per_second=LARGE_SPEED) as running:
        result = asyncio.run(
            rush.run(
                running,
                clients=clients,
                seconds=minutes * 60,
                queued=queued,
                think=think,
                report=click.echo,
            )
        )
    _tell(page.load_figures(result), result.tally, var=var, mark="load" if write else "")


@cli.command("soak")
@click.option("--clients", default=40, show_default=True)
@click.option("--minutes", default=60.0, show_default=True)
@click.option("--think", default=4.0, show_default=True, help="Seconds between requests of one.")
@click.option("--write/--no-write", default=True, help="Renew the page's figures.")
def soak_it(clients: int, minutes: float, think: float, write: bool) -> None:
    """Let a few clients at it for long, and see that nothing grows."""
    var = Path(tempfile.mkdtemp(prefix="valuemill-soak-"))
    with site.running(var, tokens_per_second=LARGE_SPEED) as running:
        result = asyncio.run(soak.run(running, clients=clients, seconds=minutes * 60, think=think))
    _tell(page.soak_figures(result), result.tally, var=var, mark="soak" if write else "")


def _tell(body: str, tally: Tally, *, var: Path, mark: str) -> None:
    """Print what came of it; into the page with it, unless something was wrong."""
    click.echo(body)
    page.violations(tally, click.echo)
    if tally.violations:
        click.echo(f"Logs are in {var}.")
        sys.exit(1)
    shutil.rmtree(var, ignore_errors=True)
    if mark:
        fill(mark, body)


if __name__ == "__main__":
    cli()
