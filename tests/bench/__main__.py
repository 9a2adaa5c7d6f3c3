"""``python -m tests.bench [ROW ...]``: measure, print a table, write docs/benchmarks.md.

Ends with status 1 when a row failed, or a figure missed its target.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from deploy.local.signals import interrupting_signals
from tests.bench.figures import Figure, Row
from tests.bench.page import PAGE, read_section, write_section
from tests.bench.rows import ROWS
from tests.bench.table import terminal_table, write

SECTION = "The whole service"
INTERRUPTED = 130
LONGEST_REASON = 300


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(ROWS)))
def main(names: tuple[str, ...]) -> None:
    """Measure the named rows, or all."""
    console = Console()
    measured: dict[str, list[Figure]] = {}
    began = time.monotonic()
    try:
        with (
            interrupting_signals(),
            tempfile.TemporaryDirectory(prefix="valuemill-bench-") as folder,
        ):
            for name in names or ROWS:
                measured[name] = _measure(console, ROWS[name], Path(folder))
    except KeyboardInterrupt:
        console.print("Interrupted; everything is stopped, and nothing is written.")
        sys.exit(INTERRUPTED)
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    text = write(ROWS.values(), measured, before=read_section(SECTION), day=day)
    write_section(SECTION, text)
    console.print(terminal_table(measured))
    seconds = time.monotonic() - began
    console.print(f"Measured in {seconds:.0f} s and written to docs/{PAGE.name}.")
    sys.exit(any(figure.met is False for each in measured.values() for figure in each))


def _measure(console: Console, row: Row, folder: Path) -> list[Figure]:
    """All figures of a row, with a last one that says why, if it failed."""
    figures = []
    began = time.monotonic()
    with console.status(f"measuring {row.name} ..."):
        for figure in _figures(console, row, folder):
            figures.append(figure)
            told = f" {figure.case}:" if figure.case else ""
            console.print(f"{row.name}:{told} {figure.value}", markup=False, highlight=False)
    console.print(f"{row.name} took {time.monotonic() - began:.0f} s", style="dim")
    return figures


def _figures(console: Console, row: Row, folder: Path) -> Iterator[Figure]:
    try:
        yield from row.measure(folder)
    except Exception as error:
        console.print_exception()
        reason = f"{type(error).__name__}: {error}"[:LONGEST_REASON]
        yield Figure(case="failed", value=reason, target="a figure", met=False)


if __name__ == "__main__":
    main()
