"""Both sides make each kind, one after the other, on one model."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from tests.bench.service import Model, service
from tests.eval import sides
from tests.eval.kinds.kind import Kind
from tests.eval.meter import Meter, metered
from tests.eval.plain_loop import make_list
from tests.eval.refusals import Refusals, false_refusals
from tests.eval.score import Score, score
from tests.eval.sides import Limits, Made, Side


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What both sides made of a kind, and what it is worth.

    :param refusals: what the service's rules say of true values.
    """

    kind: Kind
    service: Score
    loop: Score
    made: dict[str, Made]
    refusals: Refusals


@dataclass(frozen=True, kw_only=True)
class Run:
    """One evaluation.

    :param label: names the run where something is switched off; empty: as the service is.
    :param settings: of the service, that the environment changed.
    """

    model: str
    label: str
    day: str
    machine: str
    limits: Limits
    slots: int
    settings: dict[str, str]
    seconds: float
    outcomes: list[Outcome]


def run(
    kinds: Sequence[Kind],
    *,
    ollama: str,
    model: str,
    slots: int,
    limits: Limits,
    label: str,
    folder: Path,
    report: Callable[[Outcome], None],
) -> Run:
    """Evaluate the service on ``model`` of the Ollama at ``ollama``.

    :param slots: prompts that the service may have at once.
    :param folder: for what the service stores meanwhile.
    """
    began = time.monotonic()
    outcomes = []
    with _both_sides(ollama, model=model, slots=slots, folder=folder) as (mill, loop):
        for number, kind in enumerate(kinds):
            # Neither always comes second, to what the server still knows of the first.
            order: list[tuple[str, Side]] = [("loop", loop), ("service", mill)]
            made = {name: side(kind, limits) for name, side in order[:: (-1) ** number]}
            outcomes.append(
                Outcome(
                    kind=kind,
                    service=score(kind, made["service"]),
                    loop=score(kind, made["loop"]),
                    made=made,
                    refusals=false_refusals(kind),
                )
            )
            report(outcomes[-1])
    return Run(
        model=model,
        label=label,
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        machine=f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        limits=limits,
        slots=slots,
        settings={
            name: value
            for name, value in sorted(os.environ.items())
            if name.startswith("VALUEMILL_") and "SECRET" not in name and "URL" not in name
        },
        seconds=time.monotonic() - began,
        outcomes=outcomes,
    )


@contextmanager
def _both_sides(
    ollama: str, *, model: str, slots: int, folder: Path
) -> Iterator[tuple[Side, Side]]:
    with metered(ollama) as meter:
        _load(meter, model)
        with service(folder, Model(url=meter.url, slots=slots), workers=1, durable=False) as mill:
            yield (
                sides.service(mill.api.client, meter, model),
                sides.plain_loop(meter, model),
            )


def _load(meter: Meter, model: str) -> None:
    """Have the model in memory before the first list, so that neither side waits for it."""
    for _ in make_list(
        meter.url, model, "words", count=1, longest=100, going=lambda: not meter.output_tokens
    ):
        pass
    meter.reset()


def choose_model(ollama: str) -> str:
    """The first model of a server, by name.

    :raises ValueError: when it has none, or does not answer.
    """
    try:
        answer = httpx.get(f"{ollama}/api/tags", timeout=10, trust_env=False)
        names = sorted(each["name"] for each in answer.raise_for_status().json()["models"])
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise ValueError(f"{ollama} does not answer as Ollama does: {error}") from error
    if not names:
        raise ValueError(f"{ollama} has no model yet")
    return names[0]


def as_json(done: Run) -> str:
    """All that was said, and what was thought of it, for people who ask why."""
    return json.dumps(
        {
            "model": done.model,
            "label": done.label,
            "day": done.day,
            "machine": done.machine,
            "settings": done.settings,
            "kinds": [_as_json(each) for each in done.outcomes],
        },
        ensure_ascii=False,
        indent=1,
    )


def _as_json(outcome: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": outcome.kind.name,
        "held_out": outcome.kind.held_out,
        "false_refusals": outcome.refusals.refused,
    }
    for name, result in (("service", outcome.service), ("loop", outcome.loop)):
        made = outcome.made[name]
        found[name] = {
            "share": round(result.share, 3),
            "per_100_tokens": round(result.per_100_tokens, 2),
            "per_second": round(result.per_second, 2),
            "seconds": round(made.seconds, 2),
            "end": made.end,
            "output_tokens": made.output_tokens,
            "prompt_tokens": made.prompt_tokens,
            "junk": result.junk,
            "refused": result.refused,
            "values": [
                value if good else f"NO: {value}"
                for value, good in zip(made.values, result.good, strict=True)
            ],
            "answers": [
                {"prompt": answer.prompt, "text": answer.text, "whole": answer.whole}
                for answer in made.answers
            ],
        }
    return found
