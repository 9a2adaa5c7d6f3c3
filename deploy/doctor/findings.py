"""What a check says, and how it is told: to people a line each, to machines as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import Enum

import click


class Level(Enum):
    """How bad it is. Only a problem keeps values from being made, or puts them at risk."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


COLOURS = {Level.OK: "green", Level.WARNING: "yellow", Level.PROBLEM: "red"}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    :param mend: what to do about it; empty where all is well.
    """

    check: str
    level: Level
    found: str
    mend: str = ""


def ok(check: str, found: str) -> Finding:
    """All is well."""
    return Finding(check, Level.OK, found)


def warning(check: str, found: str, mend: str) -> Finding:
    """It works, and could fail one day."""
    return Finding(check, Level.WARNING, found, mend)


def problem(check: str, found: str, mend: str) -> Finding:
    """It does not work, or loses something."""
    return Finding(check, Level.PROBLEM, found, mend)


def is_healthy(findings: Iterable[Finding]) -> bool:
    """Whether there is no problem."""
    return all(finding.level is not Level.PROBLEM for finding in findings)


def presentable(finding: Finding, *, secrets: Sequence[str]) -> Finding:
    """The same, fit for a terminal and a ticket: on one line, and without any secret.

    Much of what is told comes from servers and drivers, who may say anything.
    """

    def tidy(text: str) -> str:
        text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        for secret in secrets:
            text = text.replace(secret, "***")
        return text

    return Finding(finding.check, finding.level, tidy(finding.found), tidy(finding.mend))


def as_lines(findings: Iterable[Finding]) -> str:
    """A line for each."""
    return "\n".join(
        f"{click.style(f'{finding.level.value:8}', fg=COLOURS[finding.level])} "
        f"{finding.check}: {finding.found}{f' -> {finding.mend}' if finding.mend else ''}"
        for finding in findings
    )


def as_json(findings: Sequence[Finding]) -> str:
    """``{"healthy": ..., "findings": [{"check", "level", "found", "mend"}, ...]}``."""
    listed = [{**asdict(finding), "level": finding.level.value} for finding in findings]
    return json.dumps({"healthy": is_healthy(findings), "findings": listed}, indent=2)
