"""What clients meet, counted: answers by kind and status, how long they took, what was wrong."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

#: Of each rule that is broken so many cases are kept; one is enough to fail.
MOST_CASES = 5


@dataclass
class Tally:
    """Shared by all clients of a loop."""

    #: Seconds from the first byte sent to the last one read, by kind of request.
    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[int] = field(default_factory=Counter)
    #: Things that happened, by name.
    counts: Counter[str] = field(default_factory=Counter)
    #: What must not be: the rule, and what was found.
    violations: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def complain(self, rule: str, found: object) -> None:
        """Note that something is not as it must be."""
        self.counts[f"violation: {rule}"] += 1
        if len(self.violations[rule]) < MOST_CASES:
            self.violations[rule].append(repr(found)[:2000])

    @property
    def requests(self) -> int:
        """Answers of any kind."""
        return self.statuses.total()


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` (0..1) of them do not exceed: nearest rank."""
    rank = -(-len(sorted_values) * share // 1)
    return sorted_values[max(0, int(rank) - 1)]
