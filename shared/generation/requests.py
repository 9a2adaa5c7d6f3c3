"""What a client asks for, once it has been found valid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

INT32_MAX = 2**31 - 1
INT32_MIN = -(2**31)
INT64_MAX = 2**63 - 1

DEFAULT_LENGTH = 255
DEFAULT_LENGTH_MULTILINE = 4000
MAX_LENGTH = 4000
DEFAULT_COUNT = 10
DEFAULT_TOLERANCE = 300


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
    def from_json(cls, data: dict[str, Any]) -> Attribute:
        """Read what :meth:`as_json` made."""
        return cls(values=tuple(data["values"]), label=data.get("label"))


@dataclass(frozen=True, kw_only=True)
class GenerateRequest:
    """A request for a list of values; lengths in code points, times in seconds."""

    name: str
    data_type: str
    multiline_values: bool
    description: str | None = None
    attributes: tuple[Attribute, ...] = ()
    max_value_length: int = DEFAULT_LENGTH
    requested_count: int = DEFAULT_COUNT
    filter_characters: str = ""
    allow_duplicates: bool = False
    trim_values: bool = True
    retention_time: int | None = None
    error_tolerance: int = DEFAULT_TOLERANCE
    priority: int = 0
    llm_model_name: str | None = None
