"""What a claim sees when it decides what to ask for, and what it wants to hear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class UnderWay:
    """A prompt at which a worker is; its values are reported with some delay."""

    gateway_url: str
    #: Values stored so far, and values that are still to come.
    stored: int
    asked: int
    #: Seconds since it was claimed.
    age: float


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What a claim knows when it decides what to ask for; all counts are of values."""

    operation_number: int
    requested_count: int
    #: Of the operation: what no prompt asks for yet, and the prompts that are under way.
    open_count: int
    under_way: Sequence[UnderWay]
    #: Tokens and values of all answers that are over.
    output_tokens: int
    values_said: int
    #: The longest that a value may be, in code points.
    max_value_length: int
    multiline_values: bool
    allow_duplicates: bool
    #: Whether the model has put line breaks where there may be none.
    breaks_lines: bool
    #: The server that the prompt will go to, and the slots of all that could take it.
    model: str
    gateway_url: str
    slots: Mapping[str, int]
    #: Those of them that are free, this one included.
    free_slots: int
    #: The cell; see ``shared.db.schema``.
    cell_ordinal: int
    cell_open_count: int
    cell_quota: int
    cell_distinct: int
    cell_said: int
    cell_said_again: int
    cell_said_twice: int
    #: Focus and values still asked for, of the other prompts for this cell.
    beside: Sequence[tuple[str | None, int]]


class Share(Protocol):
    """What a prompt is to ask for."""

    @property
    def asked(self) -> int:
        """So many new values; what the cell lacks is the upper limit."""

    @property
    def focus(self) -> str | None:
        """The part of all values that it is steered to, as the worker writes it."""
