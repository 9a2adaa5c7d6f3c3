"""The two that make a list of the same kind: the service, and a plain loop."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import get_args

from shared.generation.reports import Reason
from tests.eval.kinds.kind import Kind
from tests.eval.meter import Answer, Meter
from tests.eval.plain_loop import make_list
from valuemill import ApiError, Operation, Statistics, Valuemill

#: Between two looks at a job, in seconds.
POLL = 0.1
#: What the service allows where no maximum is given.
LONGEST = 4000


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a side may spend on a list, alike for both."""

    seconds: float
    output_tokens: int


@dataclass(frozen=True, kw_only=True)
class Made:
    """What a side has made.

    :param seconds: from the request to the last value, or to the limit.
    :param end: ``all``, ``time``, ``tokens``, or why it ended early.
    :param refused: values that the service refused, by reason; empty where it does not say.
    """

    values: list[str]
    seconds: float
    end: str
    answers: list[Answer]
    refused: dict[str, int] = field(default_factory=dict)

    @property
    def output_tokens(self) -> int:
        """Made by the model for it."""
        return sum(answer.output_tokens for answer in self.answers)

    @property
    def prompt_tokens(self) -> int:
        """Read by the model for it, as far as the server has said."""
        return sum(answer.prompt_tokens for answer in self.answers)


Side = Callable[[Kind, Limits], Made]


def plain_loop(meter: Meter, model: str) -> Side:
    """The loop on the model behind the meter."""

    def make(kind: Kind, limits: Limits) -> Made:
        meter.reset()
        watch = _Watch(meter, limits)
        values = make_list(
            meter.url,
            model,
            kind.wish,
            count=kind.count,
            longest=kind.max_value_length or LONGEST,
            going=lambda: watch.spent() is None,
        )
        made = list(values)
        end = "all" if len(made) >= kind.count else watch.spent() or "rounds"
        return Made(values=made, seconds=watch.seconds, end=end, answers=meter.reset())

    return make


def service(client: Valuemill, meter: Meter, model: str) -> Side:
    """The service, whose only model server is the meter, through its API."""

    def make(kind: Kind, limits: Limits) -> Made:
        meter.reset()
        watch = _Watch(meter, limits)
        job = client.submit(
            name=kind.name, requested_count=kind.count, llm_model_name=model, **kind.request
        )
        spent = None
        while not client.job(job.id).ended:
            if spent := watch.spent():
                with suppress(ApiError):  # it has ended meanwhile
                    client.cancel(job.target_id)
                break
            time.sleep(POLL)
        seconds = watch.seconds
        operation = client.operation(job.target_id)
        statistics = client.statistics(job.target_id)
        answers = meter.reset()
        values = list(client.values(job.target_id))
        return Made(
            values=values,
            seconds=min(seconds, _took(operation) or seconds),
            end="all" if len(values) >= kind.count else spent or "failed",
            answers=answers,
            refused=refused_by_reason(statistics),
        )

    return make


class _Watch:
    """How much of its limits a side has spent."""

    def __init__(self, meter: Meter, limits: Limits) -> None:
        self._meter = meter
        self._limits = limits
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._began

    def spent(self) -> str | None:
        """Which of the limits is reached; None while neither is."""
        if self.seconds >= self._limits.seconds:
            return "time"
        if self._meter.output_tokens >= self._limits.output_tokens:
            return "tokens"
        return None


def _took(operation: Operation) -> float | None:
    """By the service's clock, so that looking now and then adds nothing."""
    if operation.submit_time is None or operation.end_time is None:
        return None
    return (operation.end_time - operation.submit_time).total_seconds()


def refused_by_reason(statistics: Statistics) -> dict[str, int]:
    """Values refused by reason, as far as the service counts the reason apart."""
    counts = {reason: statistics.raw.get(reason, 0) for reason in get_args(Reason)}
    return {reason: count for reason, count in counts.items() if count}
