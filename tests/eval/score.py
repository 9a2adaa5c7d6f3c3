"""What a list is worth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.eval.dictionaries import fold
from tests.eval.junk import classify
from tests.eval.kinds.kind import Kind
from tests.eval.sides import Made


@dataclass(frozen=True, kw_only=True)
class Score:
    """One list, or several together, against what their scorers say.

    :param plausible: of ``values``, those that a person would keep, each once.
    :param complete: lists that have all their values.
    :param seconds: to all values, or to the limit.
    :param junk: the other values, by kind of junk.
    :param good: for each value of one list whether it is plausible; empty of several lists.
    """

    values: int
    plausible: int
    wanted: int
    complete: int
    seconds: float
    output_tokens: int
    prompt_tokens: int
    junk: Counter[str]
    refused: Counter[str]
    good: Sequence[bool] = ()

    @property
    def share(self) -> float:
        """Of what one is given, what one would keep; 0 of nothing."""
        return self.plausible / self.values if self.values else 0.0

    @property
    def per_100_tokens(self) -> float:
        """Plausible distinct values for 100 output tokens."""
        return 100 * self.plausible / self.output_tokens if self.output_tokens else 0.0

    @property
    def per_second(self) -> float:
        """Plausible distinct values for each second."""
        return self.plausible / self.seconds if self.seconds else 0.0


def score(kind: Kind, made: Made) -> Score:
    """Judge a list."""
    good = kind.verdicts(made.values)
    junk: Counter[str] = Counter()
    before: set[str] = set()
    for value, kept in zip(made.values, good, strict=True):
        if not kept:
            junk[classify(kind, value, before=before)] += 1
        before.add(fold(value))
    return Score(
        values=len(made.values),
        plausible=sum(good),
        wanted=kind.count,
        complete=int(len(made.values) >= kind.count),
        seconds=made.seconds,
        output_tokens=made.output_tokens,
        prompt_tokens=made.prompt_tokens,
        junk=junk,
        refused=Counter(made.refused),
        good=good,
    )


def together(scores: Iterable[Score]) -> Score:
    """All lists as one: sums, so that each value, token and second counts alike."""
    scores = list(scores)
    return Score(
        values=sum(each.values for each in scores),
        plausible=sum(each.plausible for each in scores),
        wanted=sum(each.wanted for each in scores),
        complete=sum(each.complete for each in scores),
        seconds=sum(each.seconds for each in scores),
        output_tokens=sum(each.output_tokens for each in scores),
        prompt_tokens=sum(each.prompt_tokens for each in scores),
        junk=sum((each.junk for each in scores), Counter()),
        refused=sum((each.refused for each in scores), Counter()),
    )
