"""What a claim sees when it decides what to ask for, and what it wants to hear."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self


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
    #: Such answers.
    prompts: int
    #: The longest that a value may be, in code points.
    max_value_length: int
    multiline_values: bool
    allow_duplicates: bool
    #: Whether the model has put line breaks where there may be none.
    breaks_lines: bool
    #: The kind of data, as the user has named it.
    data_type: str
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
    #: Focus and values still asked for, of the other prompts for this cell.
    beside: Sequence[tuple[str | None, int]]

    @classmethod
    def from_rows(cls, found: Mapping[Any, Any], cell: Mapping[Any, Any]) -> Self:
        """Read what a claim has found of an operation, and of the cell that is next in it."""
        return cls(
            operation_number=found["number"],
            requested_count=found["requested_count"],
            open_count=found["open_count"],
            under_way=[
                UnderWay(gateway_url=url, stored=stored, asked=asked, age=age)
                for url, stored, asked, age in found["under_way"]
            ],
            output_tokens=found["output_tokens"],
            values_said=found["generated_count"]
            - found["stored_ahead"]
            + found["duplicates"]
            + found["rejected"],
            prompts=found["prompts"],
            max_value_length=found["max_value_length"],
            multiline_values=found["multiline_values"],
            allow_duplicates=found["allow_duplicates"],
            breaks_lines=found["several_lines"] > 0,
            data_type=found["data_type"],
            model=found["model"],
            gateway_url=found["gateway_url"],
            slots=found["slots"],
            free_slots=found["free_slots"],
            cell_ordinal=cell["ordinal"],
            cell_open_count=cell["open_count"],
            cell_quota=cell["quota"],
            cell_distinct=cell["generated_count"],
            cell_said=cell["said"],
            cell_said_again=cell["said_again"],
            beside=[(focus, asked) for focus, asked in cell["beside"]],
        )


class Share(Protocol):
    """What a prompt is to ask for."""

    @property
    def asked(self) -> int:
        """So many new values; what the cell lacks is the upper limit."""

    @property
    def focus(self) -> str | None:
        """The part of all values that it is steered to, as the worker writes it."""
