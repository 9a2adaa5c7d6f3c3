"""What a prompt reports of its answer, and what settling made of it; see ``settle``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from shared.generation import estimates
from shared.generation.operation import OperationState

#: Why a value was rejected. ``unusable``: it cannot be stored; ``filter_timeout``: it took too long
#: to filter. Those from ``echo`` on are said by the look at each value: it is none of the kind that
#: was asked for.
Reason = Literal[
    "too_long",
    "several_lines",
    "empty",
    "unusable",
    "filter_timeout",
    "echo",
    "markup",
    "counting",
    "cut_off",
    "run_away",
    "off_shape",
    "refusal",
]

#: What went wrong with a prompt: there was no list of values in the answer; the server refused
#: it with an error; the answer broke off.
Fault = Literal["broken", "refused", "cut"]


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How an answer ended."""

    #: Values in the whole answer, fit or not.
    said: int
    #: Why it gave less than it should have, where something went wrong.
    failure: str | None = None
    fault: Fault | None = None
    #: We ended the prompt ourselves, or let the model end it where it liked; what it did not come
    #: to say is not its fault.
    cut_by_us: bool = False
    #: Why no prompt of the operation can bring anything; None: one may.
    hopeless: str | None = None
    prompt_tokens: int = 0
    output_tokens: int = 0


@dataclass(kw_only=True)
class Report:
    """What one prompt has brought since its last report."""

    batch_id: int
    #: Fit to store, in the order said, each once over all reports of the prompt; there may be
    #: more than were asked for.
    values: list[str] = field(default_factory=list)
    #: Said more than once within this answer.
    repeated: int = 0
    rejected: Counter[Reason] = field(default_factory=Counter)
    #: None while the answer is under way.
    ended: Ended | None = None
    #: Values that the prompt's earlier reports have stored, as far as its worker was told. Where
    #: there are more, this report was settled already, and only the answer to the commit was
    #: lost. None: not known.
    stored_before: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return not (self.values or self.repeated or self.rejected or self.ended)

    def split(self, most: int) -> Report:
        """Keep the first ``most`` values; return a report of the others."""
        later = Report(batch_id=self.batch_id, values=self.values[most:])
        del self.values[most:]
        return later

    def append(self, later: Report) -> None:
        """Join the prompt's next report to this one."""
        self.values += later.values
        self.repeated += later.repeated
        self.rejected += later.rejected
        self.ended = later.ended


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What settling changed."""

    #: The operation's status after it; None when it is gone.
    status: OperationState | None
    #: Values of the operation that now wait for a prompt; of no meaning once it has ended.
    open_count: int = 0
    #: There was nothing left to claim in the operation, and now there is.
    reopened: bool = False
    #: Values stored, for each batch that was still ours.
    stored: Mapping[int, int] = field(default_factory=dict)
    #: How the cells of these batches stand, by ordinal.
    cells: Mapping[int, estimates.Tally] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether the operation has come to its end, or is gone."""
        return self.status is None or not self.status.is_open
