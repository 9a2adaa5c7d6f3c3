"""How many values to ask for in one prompt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from shared.generation.outlook import Outlook, UnderWay
from worker.mill.prompts import ANSWER_SHARE

#: A prompt's own cost (sending it, reading it, the first token) may be this part of its answer.
OVERHEAD = 0.04

#: Within these bounds, in seconds: an answer is what a cancel, or more urgent work, waits for.
SHORTEST_SECONDS = 3.0
LONGEST_SECONDS = 15.0

#: Values of the first prompts to a server whose speed is not known yet.
FIRST = 20

#: A value takes no less, where the overhead of answers may have been thought too large.
LEAST_TOKENS = 3.0

#: Answers that have told enough of how many tokens a value takes.
ENOUGH_VALUES = 10

#: Near the end, where the rest is shared among all slots, an answer takes at least this many
#: times what its prompt costs.
WORTHWHILE = 1.0


@dataclass(frozen=True, kw_only=True)
class Speed:
    """What a model server has shown of one of its slots; None: nothing yet."""

    tokens_per_second: float | None
    #: From sending a prompt to the first token of its answer.
    first_token_seconds: float | None
    #: Tokens that an answer takes besides its values, as for the thinking of its model.
    overhead_tokens: int = 0

    @property
    def cost(self) -> float:
        """Seconds of a prompt until its first value."""
        thinking = self.overhead_tokens / self.tokens_per_second if self.tokens_per_second else 0.0
        return (self.first_token_seconds or 0.0) + thinking


def tokens_per_value(outlook: Outlook, *, overhead: int = 0) -> float:
    """Tokens that one value takes, with what stands around it.

    :param overhead: tokens of each answer that its values did not take.
    """
    if outlook.values_said >= ENOUGH_VALUES and outlook.output_tokens:
        of_values = max(0, outlook.output_tokens - outlook.prompts * overhead)
        return max(LEAST_TOKENS if overhead else 1.0, of_values / outlook.values_said)
    # Values are mostly far shorter than they may be.
    return 4 + min(outlook.max_value_length, 32 + outlook.max_value_length // 16) / 4


def batch_size(
    outlook: Outlook,
    *,
    speeds: Mapping[str, Speed],
    max_values: int,
    context_tokens: int,
) -> int:
    """Values to ask for, without regard to what the cell lacks.

    Long enough that the prompt's own cost does not matter; within the context window; and such
    that all slots finish the operation at the same time, each by its speed: what is left is cut
    into equal rounds, so that none is idle while one works through a long last answer.

    :param speeds: what is known of each server, by address.
    """
    own = speeds.get(outlook.gateway_url)
    a_value = tokens_per_value(outlook, overhead=own.overhead_tokens if own else 0)
    fitting = max(1, min(max_values, int(context_tokens * ANSWER_SHARE / a_value)))
    least = 1
    if own is None or not own.tokens_per_second:
        fitting = min(fitting, FIRST)
    else:
        seconds = a_value / own.tokens_per_second
        cost = own.cost
        target = min(max(cost / OVERHEAD, SHORTEST_SECONDS), LONGEST_SECONDS)
        fitting = max(1, min(fitting, round(target / seconds)))
        least = min(fitting, ceil(WORTHWHILE * cost / seconds))
    left = outlook.open_count + sum(_left(each, a_value, speeds) for each in outlook.under_way)
    share = left * _part(outlook, speeds)
    rounds = max(1, ceil(share / fitting))
    # How far others are is a guess: one value more, or crumbs are left over in the end.
    even = ceil(share / rounds) + (1 if outlook.under_way else 0)
    if rounds == 1:
        # The last round: who comes later shall not find less than who came first.
        even = min(even, ceil(outlook.open_count / outlook.free_slots))
    return max(1, least, min(fitting, even))


def _left(prompt: UnderWay, a_value: float, speeds: Mapping[str, Speed]) -> float:
    """Values still to come of a prompt: what it asks for, or less by the time that it has had."""
    speed = speeds.get(prompt.gateway_url)
    if speed is None or not speed.tokens_per_second:
        return prompt.asked
    had = (prompt.age - speed.cost) * speed.tokens_per_second / a_value
    return min(prompt.asked, max(0.0, prompt.stored + prompt.asked - had))


def _part(outlook: Outlook, speeds: Mapping[str, Speed]) -> float:
    """The part of the operation's work that falls to one slot of the chosen server."""
    known = [s.tokens_per_second for s in speeds.values() if s.tokens_per_second]
    usual = sum(known) / len(known) if known else 1.0

    def rate(url: str) -> float:
        speed = speeds.get(url)
        return (speed.tokens_per_second if speed else None) or usual

    total = sum(slots * rate(url) for url, slots in outlook.slots.items())
    return rate(outlook.gateway_url) / max(total, rate(outlook.gateway_url))
