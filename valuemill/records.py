"""What the API hands out, as typed values.

Fields that these classes do not know are in ``raw``; fields that an answer lacks have the
defaults given here. So a client and a service of different age get along.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, TypeVar

#: A job with another status has ended.
WORKING = frozenset({"PENDING", "STARTED"})

Record = TypeVar("Record", bound="_Record")


@dataclass(frozen=True, kw_only=True)
class _Record:
    #: The JSON object as it came.
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls: type[Record], data: Any) -> Record:
        """Read what the API sent.

        :raises ValueError: when it is something else.
        """
        try:
            found = {
                item.name: _READERS.get(item.name, _as_it_is)(data[item.name])
                for item in fields(cls)
                if item.name != "raw" and data.get(item.name) is not None
            }
            return cls(raw=data, **found)
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise ValueError(f"no {cls.__name__}: {error}") from error


@dataclass(frozen=True, kw_only=True)
class Statistics(_Record):
    """What an operation has cost so far; ``asked`` is what came out plus ``wasted``."""

    #: Prompts that the model answered, and values that those asked for.
    prompts: int = 0
    asked: int = 0
    #: Of the values asked for, those that came to nothing.
    wasted: int = 0
    #: Values given more than once; values that were unfit, or none of the kind asked for.
    duplicates: int = 0
    rejected: int = 0
    #: Of the rejected, for which reason.
    too_long: int = 0
    several_lines: int = 0
    empty: int = 0
    filter_timeout: int = 0
    #: Those that were none of the kind asked for: echoes of the request, markup, counting, ends in
    #: the middle, endless repeats, what was shaped like nearly no other value, and refusals to
    #: answer.
    echo: int = 0
    markup: int = 0
    counting: int = 0
    cut_off: int = 0
    run_away: int = 0
    off_shape: int = 0
    refusal: int = 0
    #: Prompts that went wrong: in all; without a list of values; refused by the server; cut.
    failed_prompts: int = 0
    broken_prompts: int = 0
    refused_prompts: int = 0
    cut_prompts: int = 0
    #: Prompts that a worker died with.
    lost_prompts: int = 0
    #: Read and written by the model.
    prompt_tokens: int = 0
    output_tokens: int = 0
    #: Without a prompt under way though there was work.
    waiting_seconds: float = 0.0
    #: Since when that is so again.
    waiting_since: datetime | None = None
    values_per_second: float | None = None
    #: Values stored for each value asked of the model.
    unique_per_asked: float | None = None
    #: Estimate to the end, while it works.
    seconds_left: float | None = None
    #: About so many values can be had of the model; None: no limit in sight.
    reachable: int | None = None
    #: Why the operation failed, or was cancelled; what did not go as asked.
    failure_reason: str | None = None
    warning_message: str | None = None


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """A property that some of the values shall have.

    Without a label each value is an adjective (``Italian``), with one a noun (``Country``:
    ``Italy``). The empty string leaves the attribute out of its share of the values.
    """

    values: tuple[str, ...]
    label: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Shape it as the API does: without a label where there is none."""
        label = {} if self.label is None else {"label": self.label}
        return {**label, "values": list(self.values)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Attribute:
        """Read what :meth:`as_json` made."""
        return cls(values=tuple(data["values"]), label=data.get("label"))


@dataclass(frozen=True, kw_only=True)
class Operation(_Record):
    """A list of values and how far it is; times know their zone (UTC), None: not (yet) known."""

    id: str
    #: ``PENDING``, ``STARTED``, ``FAILED`` or ``COMPLETED``.
    status: str = ""
    name: str = ""
    description: str | None = None
    data_type: str = ""
    attributes: tuple[Attribute, ...] = ()
    max_value_length: int = 0
    requested_count: int = 0
    generated_count: int = 0
    filter_characters: str = ""
    allow_duplicates: bool = False
    trim_values: bool = True
    multiline_values: bool = False
    account_id: str = ""
    submit_time: datetime | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    #: When it will be deleted; known from its end on, if it was given a retention time.
    expiration_time: datetime | None = None
    error_tolerance: int = 0
    llm_model_name: str | None = None
    priority: int = 0


@dataclass(frozen=True, kw_only=True)
class Tag(_Record):
    """A word on a job."""

    key: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Job(_Record):
    """What to poll: how an operation is getting on."""

    id: str
    #: It works while this is ``PENDING`` or ``STARTED``; ``COMPLETED`` is the good end.
    status: str
    #: The id of the operation.
    target_id: str
    target_name: str = ""
    type: str = ""
    error_details: str | None = None
    #: What it waits for, or what did not go as asked.
    warning_message: str | None = None
    #: When work began; until then, when it was submitted.
    start_time: datetime | None = None
    update_time: datetime | None = None
    #: Finds it in the logs of the service.
    trace_id: str = ""
    tags: tuple[Tag, ...] = ()
    account_id: int = 0
    account_name: str = ""
    #: 0 to 100; None when it cannot be told.
    percent_complete: int | None = None

    @property
    def ended(self) -> bool:
        """Whether it has ended, well or not."""
        return self.status not in WORKING


def _as_it_is(value: Any) -> Any:
    return value


#: How fields are read that JSON has no type for.
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "attributes": lambda items: tuple(map(Attribute.from_json, items)),
    "waiting_since": datetime.fromisoformat,
    "tags": lambda items: tuple(map(Tag.from_json, items)),
    "submit_time": datetime.fromisoformat,
    "start_time": datetime.fromisoformat,
    "update_time": datetime.fromisoformat,
    "end_time": datetime.fromisoformat,
    "expiration_time": datetime.fromisoformat,
}
