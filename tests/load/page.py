"""The figures of a run, in Markdown: for the terminal and for ``docs/reliability.md``."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from tests.load import soak
from tests.load.client import NO_CONNECTION_BREAKS
from tests.load.rush import Result
from tests.load.sampling import Sample
from tests.load.site import cores
from tests.load.tally import Tally, percentile

SHARES = (0.5, 0.95, 0.99)


def head(what: str) -> str:
    """When, where and what."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {cores()} cores, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()}: {what}"
    )


def load_figures(result: Result) -> str:
    """What came of a run with many clients."""
    tally = result.tally
    steady = sum(len(found) for kind, found in tally.seconds.items() if kind not in _APART)
    lines = [
        head(
            f"{result.clients:,} clients for {result.seconds / 60:g} minutes, each thinking for "
            f"{result.habits.think:g} seconds before its next request "
            f"({steady / result.seconds:.0f} answers a second in all), with {result.queued:,} "
            "operations waiting when they came and one of 1,000,000 "
            f"values running, which had {result.large:,} in the end. {_verdict(tally)}"
        ),
        "",
        "Milliseconds from a request to the end of its answer, connecting included:",
        "",
        "| request | times | median | 95 % | 99 % | longest |",
        "|---|---|---|---|---|---|",
        *(_latency(kind, sorted(found)) for kind, found in sorted(tally.seconds.items()) if found),
        "",
        "| what | |",
        "|---|---|",
        *(f"| answers {status} | {count:,} |" for status, count in sorted(tally.statuses.items())),
        f"| answers 5xx | {sum(n for s, n in tally.statuses.items() if s >= 500):,} |",
        f"| connections refused or broken | {_cases(tally, NO_CONNECTION_BREAKS)} |",
        "| requests sent again because the server had just closed the connection that was kept | "
        f"{tally.counts['stale connections']:,} |",
        f"| requests accepted, and found in the end, once | {tally.counts['accepted']:,}, "
        f"{tally.counts['found']:,} |",
        f"| most connections kept at once | {result.strain.connected:,} |",
        f"| clients, of one core | {result.strain.processor:.0%} |",
        "| clients, milliseconds behind: 99 %, longest | "
        f"{_behind(result.strain.behind, 0.99)}, {_behind(result.strain.behind, 1)} |",
        "",
        _over_time(result),
    ]
    return "\n".join(lines)


_APART = ("submit, before", "submit, all at once")


def soak_figures(result: soak.Result) -> str:
    """What came of a long run."""
    tally = result.tally
    rate = sum(map(len, tally.seconds.values())) / result.seconds
    judged = (
        f"{_verdict(tally)} The last third may be larger than the second by "
        f"{soak.MEMORY_SHARE:.0%} and {soak.MEMORY_SLACK:g} MB for memory, {soak.TABLE_SHARE:.0%} "
        f"and {soak.TABLE_SLACK:g} MB for tables."
        if result.seconds >= soak.ENOUGH_SECONDS
        else f"{_verdict(tally)} Growth is not judged in less than "
        f"{soak.ENOUGH_SECONDS / 60:g} minutes."
    )
    last = result.samples[-1].tables if result.samples else {}
    lines = [
        head(
            f"{result.clients} clients for {result.seconds / 60:g} minutes, {rate:.0f} requests a "
            f"second, {tally.counts['accepted']:,} operations, kept for {soak.RETENTION} seconds. "
            f"{judged}"
        ),
        "",
        "| what | at first | second third | last third | at most |",
        "|---|---|---|---|---|",
        *(
            f"| {each.name}{f', {each.unit}' if each.unit else ''} | {each.first:.2f} | "
            f"{each.second:.2f} | {each.last:.2f}{' GROWS' if each.grows else ''} | "
            f"{each.limit:.2f} |"
            for each in result.series
        ),
        "",
        "In the end:",
        "",
        "| table | rows | dead rows | MB | of it indexes |",
        "|---|---|---|---|---|",
        *(
            f"| {name} | {table.rows:,} | {table.dead:,} | {table.whole:.2f} | "
            f"{table.indexes:.2f} |"
            for name, table in last.items()
        ),
    ]
    return "\n".join(lines)


def _over_time(result: Result) -> str:
    """Tenths of the run, so that what grows shows."""
    samples = result.samples
    parts = sorted({name for sample in samples for name in sample.memory})
    bounds = ", ".join(f"{part} {bound}" for part, bound in result.site.bounds.items())
    lines = [
        f"Connections to the database, at most (the pools allow {bounds}); operations that have "
        "not ended; wake-ups waiting in Redis, at most; memory (PSS, MB):",
        "",
        f"| second | {' | '.join(result.site.bounds)} | waiting or running | wake-ups | "
        f"{' | '.join(parts)} |",
        "|---" * (3 + len(result.site.bounds) + len(parts)) + "|",
    ]
    for some in _pieces(samples, 10):
        last = some[-1]
        cells = [
            f"{last.after:.0f}",
            *(str(max(s.connections.get(part, 0) for s in some)) for part in result.site.bounds),
            f"{last.queued:,}",
            str(max(sample.wakeups for sample in some)),
            *(f"{max(s.memory.get(part, 0.0) for s in some):.0f}" for part in parts),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _pieces(samples: Sequence[Sample], count: int) -> list[Sequence[Sample]]:
    size = max(1, -(-len(samples) // count))
    return [samples[start : start + size] for start in range(0, len(samples), size)]


def _latency(kind: str, found: Sequence[float]) -> str:
    cells = [f"{percentile(found, share) * 1000:.0f}" for share in SHARES]
    return f"| {kind} | {len(found):,} | {' | '.join(cells)} | {found[-1] * 1000:.0f} |"


def _behind(found: Sequence[float], share: float) -> str:
    return f"{percentile(sorted(found), share) * 1000:.0f}" if found else ""


def _cases(tally: Tally, rule: str) -> int:
    return tally.counts[f"violation: {rule}"]


def _verdict(tally: Tally) -> str:
    return "Every promise was kept." if not tally.violations else "PROMISES WERE BROKEN."


def violations(tally: Tally, say: Callable[[str], None]) -> None:
    """Tell what was broken, a few cases of each."""
    for rule, cases in tally.violations.items():
        say(f"VIOLATION, {_cases(tally, rule)} times: {rule}")
        for case in cases:
            say(f"    {case}")
