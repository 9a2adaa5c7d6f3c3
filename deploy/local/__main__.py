"""``python -m deploy.local up | down | demo | demo-synthesis | doctor``."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from dataclasses import replace
from secrets import token_hex

import click
from rich.console import Console

from deploy.local.errors import LocalStackError
from deploy.local.lock import FolderLock
from deploy.local.model import OWN
from deploy.local.options import from_environment, var_folder
from deploy.local.signals import interrupting_signals
from deploy.local.stack import LocalInfo, LocalStack, read_info
from shared import settings
from shared.errors import ValuemillError
from valuemill import ClientError

DOWN_PATIENCE = 60.0
INTERRUPTED = 130

workers_option = click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=2,
    show_default=True,
    envvar="VALUEMILL_WORKERS",
    help="Worker processes.",
)

model_option = click.option(
    "--model",
    type=click.Choice(tuple(OWN)),
    help="Have this model make the values, whatever else is there.",
)


@click.group()
def cli() -> None:
    """Run all of Valuemill on this machine.

    Data, logs and secrets are in the folder that VALUEMILL_VAR names, else in var. Values come
    from the servers that VALUEMILL_OLLAMA_HOSTS names, else from Ollama on this machine, else
    from the sample model; --model names one of the stack's own.
    """


@cli.command()
@workers_option
@model_option
def up(workers: int, model: str | None) -> None:
    """Run it in the foreground until Ctrl-C."""
    from deploy.local.console import show_running

    console = Console(highlight=False)
    options = from_environment(workers=workers, report=_print_line, model=model)
    with interrupting_signals(watch_stdin=True):
        stack = LocalStack(options)
        try:
            began = time.monotonic()
            info = stack.start()
            _print_line(f"All parts are ready after {time.monotonic() - began:.1f} s.")
            show_running(console, info, var=options.var, story=stack.model_story)
            stack.wait()
            _print_line("Stopping (Ctrl-C again to hurry) ...")
        except KeyboardInterrupt:
            pass  # while it started: everything is stopped already
        finally:
            stack.stop()
        _print_line("Everything is stopped.")


@cli.command()
def down() -> None:
    """Stop the stack that runs on the folder."""
    var = var_folder()
    lock = FolderLock(var)
    pid = lock.holder()
    if pid is None:
        _print_line(f"Nothing is running on {var}.")
        return
    if pid == 0:
        raise LocalStackError(f"The stack on {var} has only just begun to start; try again.")
    try:
        os.kill(pid, signal.SIGTERM)
    except (ProcessLookupError, PermissionError) as error:
        raise LocalStackError(
            f"The stack on {var} is process {pid}, which cannot be told to stop: {error}. It may "
            "belong to another account or run in another container."
        ) from error
    _print_line(f"Stopping the stack on {var} (process {pid}) ...")
    deadline = time.monotonic() + DOWN_PATIENCE
    while lock.holder() == pid:
        if time.monotonic() > deadline:
            raise LocalStackError(f"Process {pid} has not stopped within {DOWN_PATIENCE:g} s.")
        time.sleep(0.1)
    _print_line("Stopped.")


@cli.command()
@click.option("--end-to-end", is_flag=True, help="Also have three values made.")
def doctor(end_to_end: bool) -> None:
    """Look over the stack that runs on the folder, as its API would."""
    # Slow to import, and of no use to the others.
    from deploy.doctor.report import report
    from shared.db.engine import Database
    from shared.db.inspection import internal_account

    info = read_info(var_folder())
    if info is None:
        raise LocalStackError(f"Nothing is running on {var_folder()}; start it with `make up`.")
    if end_to_end:
        with Database(info.database_url, pool_size=1) as database:
            database.run(internal_account)
    healthy = report(
        lambda: _settings_of(info), end_to_end=end_to_end, patience=60.0, as_json=False
    )
    sys.exit(0 if healthy else 1)


def _settings_of(info: LocalInfo) -> settings.Settings:
    read = settings.load(
        database_url=info.api_database_url, broker_url=info.broker_url, secret_key=token_hex(16)
    )
    gateways = tuple(
        settings.GatewaySettings(url=url, max_concurrent_tasks=1, access=read.access_of(url))
        for url in info.model_urls
    )
    return replace(read, gateways=gateways)


@cli.command()
@workers_option
@model_option
def demo(workers: int, model: str | None) -> None:
    """Make 65 German first names, from start to finish."""
    from deploy.local.demo import run_demo

    console = Console(highlight=False)
    options = from_environment(workers=workers, report=_print_line, model=model)
    with interrupting_signals():
        try:
            run_demo(options, console)
        except KeyboardInterrupt:
            _print_line("Interrupted; everything is stopped.")
            sys.exit(INTERRUPTED)


@cli.command()
@workers_option
@model_option
def demo_synthesis(workers: int, model: str | None) -> None:
    """Make a safe copy of a made-up shop, and show both."""
    from deploy.local.demo_synthesis import run_demo

    # Where nobody looks at it, lines are not folded to the width of a terminal.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    options = from_environment(workers=workers, report=_print_line, model=model)
    with interrupting_signals():
        try:
            run_demo(replace(options, shop=True), console)
        except KeyboardInterrupt:
            _print_line("Interrupted; everything is stopped.")
            sys.exit(INTERRUPTED)


def _print_line(line: str) -> None:
    with suppress(OSError):  # the terminal may be gone
        print(line, flush=True)


def main() -> None:
    """Run a command; an error of ours ends it with its message and status 1."""
    try:
        cli()
    except (ValuemillError, ClientError) as error:
        click.echo(f"valuemill: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
