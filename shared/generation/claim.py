"""A claim: a prompt that is a worker's to send, and all that it needs to. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from shared.generation.requests import Attribute


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A batch that is ours to prompt for, and all that is needed to do so."""

    batch_id: int
    #: New values wanted.
    asked: int
    focus: str | None
    operation_id: str
    operation_number: int
    cell_ordinal: int
    trace_id: str
    gateway_url: str
    model: str
    data_type: str
    #: ``(label, value)`` of the cell, without those left out.
    attributes: tuple[tuple[str | None, str], ...]
    max_value_length: int
    filter_characters: str
    allow_duplicates: bool
    trim_values: bool
    multiline_values: bool

    @classmethod
    def from_rows(
        cls,
        found: Mapping[Any, Any],
        cell: Mapping[Any, Any],
        *,
        batch_id: int,
        asked: int,
        focus: str | None,
    ) -> Self:
        """Read what a claim has found of an operation and its cell."""
        chosen = [
            (attribute.label, attribute.values[index])
            for attribute, index in zip(
                map(Attribute.from_json, found["attributes"]), cell["choice"], strict=True
            )
        ]
        return cls(
            batch_id=batch_id,
            asked=asked,
            focus=focus,
            operation_id=found["id"].hex,
            operation_number=found["number"],
            cell_ordinal=cell["ordinal"],
            trace_id=found["trace_id"],
            gateway_url=found["gateway_url"],
            model=found["model"],
            data_type=found["data_type"],
            attributes=tuple((label, value) for label, value in chosen if value != ""),
            max_value_length=found["max_value_length"],
            filter_characters=found["filter_characters"],
            allow_duplicates=found["allow_duplicates"],
            trim_values=found["trim_values"],
            multiline_values=found["multiline_values"],
        )
