"""How few values are asked of a model that repeats itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure, Row, told
from tests.bench.service import Model, Service, sample_model, service

KIND = "full name"
NAMES = 5_000
FAVOURITES = {"favourites": 1.0, "vocabulary": NAMES}
LOOK_SECONDS = 0.5
#: An operation that takes longer than this many seconds is cancelled.
PATIENCE = 90.0


def unique(folder: Path) -> Iterator[Figure]:
    """Values over values asked for."""
    with (
        sample_model(slots=4, model="four", **FAVOURITES) as four,
        sample_model(slots=16, model="sixteen", **FAVOURITES) as sixteen,
        service(folder, four, sixteen) as running,
    ):
        yield _unique_per_asked(running, four, "four", 500, speed=100, target=0.90)
        yield _unique_per_asked(running, sixteen, "sixteen", 500, speed=100, target=0.90)
        yield _unique_per_asked(running, four, "four", 2_500, speed=400, target=0.75)
        yield _unique_per_asked(running, four, "four", 4_500, speed=1_000, target=None)


def _unique_per_asked(
    running: Service, model: Model, name: str, count: int, *, speed: float, target: float | None
) -> Figure:
    """One operation on one model; without a target it has to complete, and no more."""
    model.knobs.turn(tokens_per_second=speed)
    before = model.knobs.stats()["values"]
    operation = running.generate_for(count, KIND, seconds=PATIENCE, llm_model_name=name)
    given = model.knobs.stats()["values"] - before
    statistics = running.api.statistics({"target_id": operation["id"]})
    got, asked = operation["generated_count"], statistics["asked"]
    completed = operation["status"] == "COMPLETED"
    return Figure(
        case=f"{count} values, {model.slots} slots",
        value=f"{got / asked:.3f} ({operation['status']}: {got} of {asked} asked; "
        f"{got / given:.3f} of the {given} in whole answers by the model's count)",
        target="completes" if target is None else f"at least {target:g}",
        met=completed and (target is None or got / asked >= target),
    )


def beyond(folder: Path) -> Iterator[Figure]:
    """What is found, and said, of a list that the model cannot fill."""
    count = 6_000
    with (
        sample_model(slots=4, tokens_per_second=1_000, **FAVOURITES) as model,
        service(folder, model) as running,
    ):
        job = running.api.submit(count, KIND)
        estimates = _watch(running, job)
        operation, status = running.api.operation(job), running.api.job(job)["status"]
        values = running.values(operation)
        asked = running.api.statistics(job)["asked"]
    found = len(known_names() & set(values))
    kept = len(values) == operation["generated_count"]
    yield Figure(
        case="found",
        value=f"{found} of {NAMES}, asked {asked}; {len(values) - found} more are none of the "
        "model's names",
        target="at least 4800",
        met=found >= 4_800,
    )
    yield Figure(
        case="end",
        value=f"job {status}, {len(values)} of {operation['generated_count']} values can be read",
        target="FAILED by the tolerance, all kept",
        met=status == "FAILED" and kept,
    )
    yield from judge_estimates(estimates)


def _watch(running: Service, job: dict[str, Any]) -> list[tuple[int, float]]:
    """Look at an operation until its end: how many values it had at each estimate.

    One that does not end in time is cancelled.
    """
    seen = []
    end = time.monotonic() + PATIENCE
    while "end_time" not in (operation := running.api.operation(job)):
        if time.monotonic() > end:
            running.api.post(f"ai/generate/{job['target_id']}/cancel")
        seen.append((operation["generated_count"], running.api.statistics(job).get("reachable")))
        time.sleep(LOOK_SECONDS)
    seen.append((operation["generated_count"], running.api.statistics(job).get("reachable")))
    return [(count, float(reachable)) for count, reachable in seen if reachable is not None]


def judge_estimates(estimates: list[tuple[int, float]]) -> Iterator[Figure]:
    """How good the last estimate is, and from when on all are tolerable.

    :param estimates: as they came, each with the number of values that were there by then.
    """
    target = "within 10% of 5000"
    if not estimates:
        yield Figure(case="estimate", value="none", target=target, met=False)
        return
    last = estimates[-1][1]
    yield Figure(
        case="estimate", value=f"{last:.0f}", target=target, met=abs(last - NAMES) <= 0.1 * NAMES
    )
    far = [index for index, (_, each) in enumerate(estimates) if abs(each - NAMES) > 0.2 * NAMES]
    first = far[-1] + 1 if far else 0
    since = f"from {estimates[first][0]} values on" if first < len(estimates) else "not at the end"
    yield told(
        "estimate within 20%",
        f"{since}; the first of all came at {estimates[0][0]} values",
    )


def known_names() -> set[str]:
    """The names that the sample model has, as it gives them: on one line."""
    from deploy.sample_model.pools import PoolKey, fill_pool
    from deploy.sample_model.reading import read_wish

    wish = read_wish(f"Kind of data: {KIND}")
    key = PoolKey(wish.kind, wish.locale, wish.gender, NAMES, 0)
    return {" ".join(name.split()) for name in fill_pool(key)}


UNIQUE = Row(
    name="unique",
    how="Full names, no attributes, from a model that knows 5,000 and favours some (Zipf, "
    "exponent 1.0); slots of 100 tokens/s for 500 values, 400 for 2,500 and 1,000 for 4,500, "
    "which are 90% of all. Values stored, over values asked for by the operation's statistics.",
    measure=unique,
)
BEYOND = Row(
    name="beyond",
    how="6,000 full names from the same model, 4 slots of 1,000 tokens/s, default tolerance. Found "
    "are the values that are among the model's 5,000 names; the estimate is the operation's "
    "`reachable` of its statistics, looked at twice a second.",
    measure=beyond,
)
