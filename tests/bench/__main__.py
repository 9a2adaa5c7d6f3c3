"""``python -m tests.bench [ROW ...]``: measure, print a table, write docs/benchmarks.md."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from tests.bench.page import PAGE, write_section
from tests.bench.rows import ROWS, Row


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(ROWS)))
def main(names: tuple[str, ...]) -> None:
    """Run the named measurements, or all."""
    console = Console()
    rows = []
    with tempfile.TemporaryDirectory(prefix="valuemill-bench-") as folder:
        for name in names or ROWS:
            with console.status(f"measuring {name} ..."):
                rows.append(ROWS[name](Path(folder)))
    table = Table("what", "figure", "how")
    for row in rows:
        table.add_row(row.name, row.figure, row.how)
    console.print(table)
    if not names:
        write_section("The whole service", _markdown(rows))
        console.print(f"Written to docs/{PAGE.name}.")


def _markdown(rows: list[Row]) -> str:
    lines = [
        "| what | figure | how |",
        "|---|---|---|",
        *(f"| {row.name} | {row.figure} | {row.how} |" for row in rows),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
