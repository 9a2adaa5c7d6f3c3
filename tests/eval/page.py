"""The tables, in Markdown: for the terminal and for ``docs/quality.md``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.eval.junk import KINDS_OF_JUNK
from tests.eval.run import Outcome, Run
from tests.eval.score import Score, together

PAGE = Path(__file__).resolve().parents[2] / "docs" / "quality.md"


def summary(done: Run) -> str:
    """All kinds together, those to tune by and those held out apart, and each sort."""
    groups = {
        "all kinds": done.outcomes,
        "to tune by": [each for each in done.outcomes if not each.kind.held_out],
        "held out": [each for each in done.outcomes if each.kind.held_out],
    }
    for outcome in done.outcomes:
        groups.setdefault(outcome.kind.sort, []).append(outcome)
    lines = [
        "| kinds | lists | plausible share | for 100 tokens | for each second "
        "| complete lists | output tokens | prompt tokens |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, outcomes in groups.items():
        if outcomes:
            mill, loop = _sums(outcomes)
            lines.append(
                f"| {name} | {len(outcomes)} | {_figures(mill, loop)} "
                f"| {mill.complete}, {loop.complete} "
                f"| {mill.output_tokens:,}, {loop.output_tokens:,} "
                f"| {mill.prompt_tokens:,}, {loop.prompt_tokens:,} |"
            )
    return "\n".join(lines)


def each_kind(done: Run) -> str:
    """A line for each kind."""
    lines = [
        "| kind | | of | values | plausible share | for 100 tokens | for each second "
        "| seconds | ended by |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for outcome in done.outcomes:
        mill, loop = outcome.service, outcome.loop
        ends = ", ".join(outcome.made[side].end for side in ("service", "loop"))
        lines.append(
            f"| `{outcome.kind.name}` | {'held out' if outcome.kind.held_out else ''} "
            f"| {outcome.kind.count} | {mill.values}, {loop.values} | {_figures(mill, loop)} "
            f"| {mill.seconds:.1f}, {loop.seconds:.1f} | {ends} |"
        )
    return "\n".join(lines)


def junk(done: Run) -> str:
    """What was wrong with the values that nobody would keep, and what the service refused."""
    mill, loop = _sums(done.outcomes)
    lines = ["| junk | of the service | of the loop |", "|---|---|---|"]
    for name in KINDS_OF_JUNK:
        lines.append(f"| {name} | {mill.junk[name]} | {loop.junk[name]} |")
    lines.append(f"| in all, of | {mill.values} | {loop.values} |")
    if mill.refused:
        lines += ["", f"Refused by the service before it stored them: {_counts(mill.refused)}."]
    return "\n".join(lines)


def false_refusals(done: Run) -> str:
    """What the service's rules would refuse of true values, and of which kinds."""
    all_of = sum(each.refusals.values for each in done.outcomes)
    reasons = sum((each.refusals.refused for each in done.outcomes), Counter())
    text = (
        f"False refusals: {reasons.total()} of {all_of:,} true values "
        f"({reasons.total() / all_of:.2%})"
    )
    worst = sorted(done.outcomes, key=lambda each: each.refusals.share, reverse=True)
    named = [
        f"`{each.kind.name}` {each.refusals.share:.1%}" for each in worst if each.refusals.refused
    ]
    return f"{text}: {_counts(reasons)}; {', '.join(named)}." if named else f"{text}."


def whole(done: Run) -> str:
    """All tables of a run, with what to know of it."""
    settings = ", ".join(f"`{name}={value}`" for name, value in done.settings.items())
    return "\n".join(
        [
            f"{done.day}, {done.machine}, model `{done.model}`, {done.slots} prompts of the "
            f"service at once. Each side had {done.limits.seconds:g} seconds and "
            f"{done.limits.output_tokens:,} output tokens for a list; {len(done.outcomes)} kinds "
            f"took {done.seconds / 60:.0f} minutes."
            + (f" Run `{done.label}`." if done.label else "")
            + (f" Settings: {settings}." if settings else ""),
            "",
            "Two figures in a cell: the service, then the plain loop.",
            "",
            summary(done),
            "",
            each_kind(done),
            "",
            junk(done),
            "",
            false_refusals(done),
        ]
    )


def _counts(counted: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counted.most_common())


def _sums(outcomes: Sequence[Outcome]) -> tuple[Score, Score]:
    return together(each.service for each in outcomes), together(each.loop for each in outcomes)


def _figures(mill: Score, loop: Score) -> str:
    return (
        f"{mill.share:.2f}, {loop.share:.2f} "
        f"| {mill.per_100_tokens:.2f}, {loop.per_100_tokens:.2f} "
        f"| {mill.per_second:.2f}, {loop.per_second:.2f}"
    )
