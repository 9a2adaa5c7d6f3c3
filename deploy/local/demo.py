"""The main job, for people to watch: a request over HTTP, values as they come, two files."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from deploy.local.client import Client, Follower
from deploy.local.console import show_rows
from deploy.local.errors import AlreadyRunning, LocalStackError
from deploy.local.options import PROJECT, LocalOptions
from deploy.local.stack import LocalInfo, LocalStack, read_info

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
FORMATS = ("JSON", "SECURE_LOOKUP")
POLL_SECONDS = 0.15
#: A model that is loaded from a slow disk says nothing for minutes.
PATIENCE = 600.0
START_PATIENCE = 60.0


@dataclass(frozen=True)
class Outcome:
    """How the job ended; ``seconds`` from the request to its end."""

    job: dict[str, Any]
    operation: dict[str, Any]
    seconds: float


def run_demo(options: LocalOptions, console: Console) -> None:
    """Do the main job once; uses the stack that runs on the folder, else brings one up.

    :raises LocalStackError: when the stack does not start or the job does not complete.
    """
    out = Path(os.environ.get("VALUEMILL_OUT") or PROJECT / "out").expanduser().absolute()
    with (
        _stack(options, console) as info,
        Client(api_url=info.api_url, api_key=info.api_key) as client,
    ):
        console.print(f"\nPOST {info.api_url}/dct/v3/ai/generate", highlight=False)
        console.print_json(data=REQUEST)
        outcome = _run_job(client, console)
        _require_success(outcome)
        operation_id = outcome.operation["id"]
        files = [client.download(operation_id, format_=format_, folder=out) for format_ in FORMATS]
        _show(console, outcome, files)


@contextmanager
def _stack(options: LocalOptions, console: Console) -> Iterator[LocalInfo]:
    stack = LocalStack(options)
    try:
        info = stack.start()
    except AlreadyRunning:
        console.print(f"Using the stack that is running on {options.var}.", highlight=False)
        yield _await_info(options.var)
        return
    try:
        yield info
    finally:
        console.print("\nTaking the stack down ...")
        stack.stop()


def _await_info(var: Path) -> LocalInfo:
    deadline = time.monotonic() + START_PATIENCE
    while time.monotonic() < deadline:
        if info := read_info(var):
            return info
        time.sleep(0.2)
    raise LocalStackError(
        f"The stack on {var} has been starting for {START_PATIENCE:g} s. Look at what it says, "
        "or stop it with `make down`."
    )


def _run_job(client: Client, console: Console) -> Outcome:
    """Submit the request and show its values until the job has ended."""
    began = moved = time.monotonic()
    job = client.submit(REQUEST)
    follower = Follower(client, job["target_id"])
    total, count, warning = REQUEST["requested_count"], 0, ""
    with _progress(console) as progress:
        task = progress.add_task(REQUEST["name"], total=total)
        while True:
            job = client.job(job["id"])
            if values := follower.read_new():
                count, moved = count + len(values), time.monotonic()
                progress.update(task, completed=count)
                console.print(_line(f"{count:>3} of {total}  ", ", ".join(values)))
            if job["status"] not in ("PENDING", "STARTED"):
                break
            if (told := job.get("warning_message") or "") != warning:
                warning = told
                console.print(_line("waiting  ", warning or "is over"))
            if time.monotonic() - moved > PATIENCE:
                raise LocalStackError(
                    f"No new value for {PATIENCE:g} s. {warning or 'The logs may tell why.'}"
                )
            time.sleep(POLL_SECONDS)
    seconds = time.monotonic() - began
    return Outcome(job, client.operation(job["target_id"]), seconds)


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
    return Text.assemble((heading, "bold"), text, no_wrap=False)


def _require_success(outcome: Outcome) -> None:
    if outcome.job["status"] != "COMPLETED":
        reason = outcome.operation.get("failure_reason") or outcome.job.get("error_details")
        raise LocalStackError(
            f"The job ended as {outcome.job['status']}: {reason or 'no reason was given'}"
        )


def _show(console: Console, outcome: Outcome, files: list[Path]) -> None:
    operation = outcome.operation
    statistics = operation.get("statistics") or {}
    model = operation.get("llm_model_name") or "unknown"
    sample = " (made-up values from Faker, not a language model)" if "sample" in model else ""
    rows = {
        "Values": operation["generated_count"],
        "Time": f"{outcome.seconds:.1f} s from the request to the last value",
        "Prompts": statistics.get("prompts"),
        "Values asked for": statistics.get("asked"),
        "Repeats refused": statistics.get("duplicates"),
        "Otherwise refused": statistics.get("rejected"),
        "Made by": f"{model}{sample}",
        "Files": ", ".join(str(file) for file in files),
    }
    console.print()
    show_rows(console, {name: value for name, value in rows.items() if value is not None})
