"""A claim: a prompt that is a worker's to send, and all that it needs to. Pure."""

from __future__ import annotations

from dataclasses import dataclass


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
