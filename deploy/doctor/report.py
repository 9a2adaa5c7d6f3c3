"""The examination as a command: printed as it goes, or as one JSON object."""

from __future__ import annotations

import os
from collections.abc import Callable

import click

from deploy.doctor import findings
from deploy.doctor.examination import examine
from deploy.doctor.findings import Finding, problem
from shared.errors import ConfigurationError
from shared.settings import Settings
from shared.telemetry import configure_logging


def report(
    load: Callable[[], Settings], *, end_to_end: bool, patience: float, as_json: bool
) -> bool:
    """Examine and print; return whether there is no problem.

    :param load: reads the settings; what it raises is a finding too.
    """
    # What the parts would log of what they meet is told as findings.
    configure_logging(log_format="console", level="CRITICAL")
    found: list[Finding] = []

    def note(finding: Finding) -> None:
        found.append(finding)
        if not as_json:
            click.echo(findings.as_lines([finding]))

    try:
        settings = load()
    except ConfigurationError as error:
        for line in str(error).splitlines():
            note(problem("settings", line, "docs/operations.md lists all settings"))
    else:
        for finding in examine(
            settings, variables=os.environ, end_to_end=end_to_end, patience=patience
        ):
            note(finding)
    if as_json:
        click.echo(findings.as_json(found))
    return findings.is_healthy(found)
