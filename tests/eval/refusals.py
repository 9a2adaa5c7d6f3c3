"""What the service would refuse of true values: its rules are pure, and asked directly."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tests.eval.kinds.kind import Kind
from tests.eval.sides import LONGEST
from tests.eval.truths import truths
from worker.mill.looks import Look, read_wording
from worker.mill.refine import Refiner, Rules

#: About as many as one answer holds; the rules may look at values beside each other.
ANSWER = 20


@dataclass(frozen=True)
class Refusals:
    """Of so many true values those that were refused, and why."""

    values: int
    refused: Counter[str]

    @property
    def share(self) -> float:
        """0 where all is kept."""
        return sum(self.refused.values()) / self.values if self.values else 0.0


def false_refusals(kind: Kind) -> Refusals:
    """Have the worker's rules decide on true values of a kind, answer by answer."""
    rules = Rules(
        max_value_length=kind.max_value_length or LONGEST,
        multiline=kind.multiline_values,
        trim=True,
        unique=True,
        unwanted=None,
    )
    wording = read_wording(
        kind.data_type,
        tuple((each.get("label"), each["values"][0]) for each in kind.attributes),
    )
    values = truths(kind)
    refused: Counter[str] = Counter()
    for begin in range(0, len(values), ANSWER):
        refiner = Refiner(rules, Look(wording))
        refused.update(refiner.refine(values[begin : begin + ANSWER]).rejected)
        refused.update(refiner.finish().rejected)
    return Refusals(len(values), refused)
