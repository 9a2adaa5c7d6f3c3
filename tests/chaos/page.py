"""The figures in ``docs/reliability.md``, between two marks."""

from __future__ import annotations

import os
import platform
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from tests.chaos.run import Recovery, Result
from tests.chaos.schedule import KINDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"


def fill(mark: str, body: str, *, page: Path = PAGE) -> None:
    """Put ``body`` between ``<!-- mark -->`` and ``<!-- end of mark -->``."""
    text = page.read_text(encoding="utf-8")
    pattern = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- end of {mark} -->)", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"{page.name} has no place for the {mark}")
    filled = pattern.sub(lambda found: f"{found[1]}\n{body.strip()}\n\n{found[2]}", text)
    page.write_text(filled, encoding="utf-8")


def figures(results: Sequence[Result], *, seed: int, seconds: float) -> str:
    """What came of runs in which every invariant held, in Markdown."""
    totals = sum((result.totals for result in results), Counter())
    spent = totals.pop("seconds")
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}: {len(results)} seeds from "
        f"{seed} on, {seconds:g} seconds of faults each, {spent / 60:.0f} minutes in all. "
        "Every invariant held.",
        "",
        "| what | in all |",
        "|---|---|",
        *(f"| {name} | {count:,} |" for name, count in sorted(totals.items())),
        "",
        "What each fault cost, in seconds, median and longest, with others striking beside it: "
        "the longest pause, from before the fault to after it, without a new value anywhere and "
        "without a good answer of the API (clients ask about twenty times a second); and how long "
        "the prompts of a killed worker took to be given back, to be asked again.",
        "",
        "| fault | times | lasts | no new value | no answer | prompts given back |",
        "|---|---|---|---|---|---|",
    ]
    by_kind: dict[str, list[Recovery]] = defaultdict(list)
    for result in results:
        for recovery in result.recoveries:
            by_kind[recovery.kind].append(recovery)
    for kind in KINDS:
        found = by_kind[kind]
        columns = (
            [one.lasted for one in found],
            [one.values for one in found],
            [one.answers for one in found],
            [one.returned for one in found],
        )
        cells = " | ".join(map(_spread, columns))
        lines.append(f"| {kind} | {len(found)} | {cells} |")
    return "\n".join(lines)


def _spread(seconds: Sequence[float | None]) -> str:
    known = [each for each in seconds if each is not None]
    return f"{median(known):.1f}, {max(known):.1f}" if known else ""
