"""What people read of a copy: its progress on one line, and what came of it."""

from __future__ import annotations

import json
from typing import Any, TextIO

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from deploy.synthesize.copying import Copied
from shared.text import escape_hidden

#: Columns of a line on a terminal that says of itself nothing.
WIDTH = 100

#: Where nobody watches, a line is written when it has come so much further, in percent.
STEP = 10


class ProgressLine:
    """One line that changes; where no terminal is, a line now and then."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._said: set[tuple[str, int]] = set()
        self._width = 0

    def progress(self, text: str, percent: int | None = None) -> None:
        """Say how far it is."""
        shown = escape_hidden(text if percent is None else f"{percent:3d} %  {text}")
        if self._is_terminal:
            shown = shown[: WIDTH - 1]
            self._stream.write("\r" + shown.ljust(self._width))
            self._width = len(shown)
        else:
            begins = text.partition(",")[0]
            now = (begins, (percent or 0) // STEP)
            if now in self._said:
                return
            self._said.add(now)
            self._stream.write(shown + "\n")
        self._stream.flush()

    def end(self) -> None:
        """Leave the line, so that others can write."""
        if self._is_terminal and self._width:
            self._stream.write("\n")
            self._width = 0
            self._stream.flush()


def show(copied: Copied, *, url: str, console: Console) -> None:
    """What came of a copy, table by table, and where more is told."""
    table = Table("table", Column("rows in the source", justify="right"))
    table.add_column("rows written", justify="right")
    table.add_column("columns changed")
    for name, counts in sorted(copied.tables.items()):
        written = counts.get("in_target")
        written = counts.get("written", 0) if written is None else written
        table.add_row(
            # As plain text: brackets in a name are no markup.
            Text(escape_hidden(name)),
            _count(counts.get("rows")),
            _count(written),
            escape_hidden(_changed(copied, name)),
        )
    console.print(table)
    for warning in copied.warnings:
        console.print(Text(f"Note: {escape_hidden(warning)}"), soft_wrap=True)
    console.print(
        Text(f"What became of each column and why: {report_url(copied, url=url)}"), soft_wrap=True
    )


def as_json(copied: Copied, *, url: str) -> str:
    """The same for programs."""
    return json.dumps(
        {
            "workspace": copied.workspace.pk,
            "engine_id": copied.workspace.engine_id,
            "job_id": copied.job.id,
            "status": copied.job.status,
            "tables": copied.tables,
            "warnings": list(copied.warnings),
            "report_url": report_url(copied, url=url),
            "report": copied.report,
        },
        indent=2,
    )


def report_url(copied: Copied, *, url: str) -> str:
    """Where the report of a run is read."""
    return f"{url}/synthesize/{copied.job.id}/report/"


def _count(number: Any) -> str:
    return f"{number:,}" if isinstance(number, int) else "?"


def _changed(copied: Copied, table: str) -> str:
    """The columns of a table that are not as they were in the source."""
    untouched = set(copied.report.get("not_touched", ()))
    names = [
        str(each["column"]).removeprefix(f"{table}.")
        for each in copied.report.get("columns", ())
        if str(each["column"]).startswith(f"{table}.") and each["column"] not in untouched
    ]
    return ", ".join(names) or "none"
