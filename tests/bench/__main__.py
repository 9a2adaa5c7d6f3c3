"""``python -m tests.bench [ROW ...]``: measure, print a table, write docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from tests.bench.rows import ROWS, Row

PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"


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
        PAGE.write_text(_page(rows), encoding="utf-8")
        console.print(f"Written to docs/{PAGE.name}.")


def _page(rows: list[Row]) -> str:
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`. All figures are ratios of two things measured in the same run, "
        "because machines differ and are shared.",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}.",
        "",
        "| what | figure | how |",
        "|---|---|---|",
        *(f"| {row.name} | {row.figure} | {row.how} |" for row in rows),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
