"""The main job, for people to watch: a request over HTTP, values as they come, two files."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from deploy.local.console import show_rows
from deploy.local.errors import LocalStackError
from deploy.local.options import PROJECT, LocalOptions
from deploy.local.running import running
from shared.text import escape_hidden
from valuemill import FileFormat, Job, Operation, Statistics, Valuemill

REQUEST: dict[str, Any] = {
    "name": "German first names",
    "description": "A list of 65 German first names",
    "data_type": "first name",
    "attributes": [
        {"label": "Gender", "values": ["male", "female"]},
        {"values": ["German"]},
    ],
    "max_value_length": 20,
    "requested_count": 65,
    "filter_characters": "[{}]",
    "allow_duplicates": False,
    "trim_values": True,
    "multiline_values": False,
    "retention_time": 3600,
    "error_tolerance": 500,
    "priority": 0,
}
FORMATS: tuple[FileFormat, ...] = ("JSON", "SECURE_LOOKUP")
POLL_SECONDS = 0.15
#: What people should know of whoever made the values, by the beginning of its name.
MAKERS = {
    "sample-faker": " (made-up values from Faker, not a language model)",
    "smollm2:135m": " (a real language model, but a very small one: its values are poor)",
}
#: A model that is loaded from a slow disk says nothing for minutes.
PATIENCE = 600.0


@dataclass(frozen=True)
class Outcome:
    """What the job has made; ``seconds`` from the request to its end."""

    operation: Operation
    statistics: Statistics
    seconds: float


def run_demo(options: LocalOptions, console: Console) -> None:
    """Do the main job once; uses the stack that runs on the folder, else brings one up.

    :raises LocalStackError: when the stack does not start, or no values come.
    :raises ClientError: when the job fails, or the API does.
    """
    out = Path(os.environ.get("VALUEMILL_OUT") or PROJECT / "out").expanduser().absolute()
    with (
        running(options, console) as info,
        # A proxy has no business between here and here.
        Valuemill(info.api_url, info.api_key, trust_env=False) as client,
    ):
        console.print(f"\nPOST {info.api_url}/dct/v3/ai/generate", highlight=False)
        console.print_json(data=REQUEST)
        outcome = _run_job(client, console)
        out.mkdir(parents=True, exist_ok=True)
        files = [client.download(outcome.operation.id, format_, out) for format_ in FORMATS]
        _show(console, outcome, files)


def _run_job(client: Valuemill, console: Console) -> Outcome:
    """Submit the request and show its values until the job has ended."""
    began = time.monotonic()
    job = client.submit(**REQUEST)
    with _progress(console) as progress:
        watcher = Watcher(client, console, progress)
        operation = client.wait(job, poll=POLL_SECONDS, on_progress=watcher.look)
    seconds = time.monotonic() - began
    return Outcome(operation, client.statistics(operation.id), seconds)


class Watcher:
    """Shows what is new about a job at every look."""

    def __init__(self, client: Valuemill, console: Console, progress: Progress) -> None:
        self._client = client
        self._console = console
        self._progress = progress
        self._total = REQUEST["requested_count"]
        self._task = progress.add_task(REQUEST["name"], total=self._total)
        self._count = 0
        self._warning = ""
        self._moved = time.monotonic()

    def look(self, job: Job) -> None:
        """Show values that have come, and what the job waits for.

        :raises LocalStackError: when nothing has come for too long.
        """
        self._show_values(job)
        if job.ended:
            return
        self._show_warning(job.warning_message or "")
        if time.monotonic() - self._moved > PATIENCE:
            raise LocalStackError(
                f"No new value for {PATIENCE:g} s. {self._warning or 'The logs may tell why.'}"
            )

    def _show_values(self, job: Job) -> None:
        # Few enough to read from the start each time.
        if values := list(islice(self._client.values(job.target_id), self._count, None)):
            self._count += len(values)
            self._moved = time.monotonic()
            self._progress.update(self._task, completed=self._count)
            heading = f"{self._count:>3} of {self._total}  "
            self._console.print(_line(heading, ", ".join(values)))

    def _show_warning(self, warning: str) -> None:
        if warning != self._warning:
            self._warning = warning
            self._console.print(_line("waiting  ", warning or "is over"))


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    )


def _line(heading: str, text: str) -> Text:
    # The text is a model's, and may hold what steers a terminal.
    return Text.assemble((heading, "bold"), escape_hidden(text), no_wrap=False)


def _show(console: Console, outcome: Outcome, files: list[Path]) -> None:
    operation, statistics = outcome.operation, outcome.statistics
    model = operation.llm_model_name or "unknown"
    rows = {
        "Values": operation.generated_count,
        "Time": f"{outcome.seconds:.1f} s from the request to the last value",
        "Prompts": statistics.prompts,
        "Values asked for": statistics.asked,
        "Repeats refused": statistics.duplicates,
        "Otherwise refused": statistics.rejected,
        "Made by": f"{model}{MAKERS.get(model, '')}",
        "Files": ", ".join(str(file) for file in files),
    }
    console.print()
    show_rows(console, rows)
