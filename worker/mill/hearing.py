"""Hear one answer of a model, from its first piece to its end."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from shared.generation.claim import Claim
from shared.generation.reports import Fault, Reason
from worker.mill import prompts
from worker.mill.answers import Reader
from worker.mill.looks import Look
from worker.mill.refine import Refined, Refiner
from worker.mill.stall import Stall
from worker.models.gateway import Gateway, Interrupted, PromptRefused
from worker.models.inflight import InFlight
from worker.models.prompt import Prompt

#: An answer is ended when so many of its values in a row ran away, or were cut by the grammar
#: before they could: such a model does not find back.
LOST_IN_A_ROW = 3

#: An escape in a JSON string, or the beginning of one; two of them may be one character.
_ESCAPE = re.compile(r"(?:\\u[0-9a-fA-F]{0,4}){1,2}|\\.?")

#: A piece of an answer is a token, or some where a server sends them together.
CHARACTERS_OF_A_TOKEN = 4

#: No token has more characters, but for rare ones.
LONGEST_TOKEN = 64

#: The part of an answer that is no matter when it is taken by what is no value.
CROWD = 0.1

#: A server that ends an answer well below what it was allowed has no more room to give.
FAR_BELOW = 0.8


@dataclass
class Heard:
    """An answer, as it came."""

    reader: Reader = field(default_factory=Reader)
    prompt_tokens: int = 0
    output_tokens: int = 0
    pieces: int = 0
    #: What the model thought.
    thoughts: Reader = field(default_factory=Reader)
    #: Why it gave less than it should have, where something went wrong.
    failure: str | None = None
    fault: Fault | None = None
    #: We ended it ourselves.
    cut_by_us: bool = False
    #: A value that ran away, which is why.
    run_away: Reason | None = None
    #: It ended because it had as many tokens as it might have, and they were as many.
    was_cut: bool = False
    was_short_of_room: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether the model, and nothing else, brought it to its end."""
        return self.failure is None and not self.cut_by_us

    @property
    def thinks(self) -> bool:
        """Whether the model shows that it thinks before it answers."""
        return bool(self.thoughts.text) or self.reader.is_thinking

    @property
    def characters(self) -> int:
        """All that came, said or thought."""
        return len(self.thoughts.text) + len(self.reader.text)

    @property
    def overhead(self) -> int:
        """About how many of its tokens were no values: its thinking, and talk ahead of its list."""
        besides = len(self.thoughts.text) + self.reader.lead
        return self.output_tokens * besides // self.characters if self.characters else 0

    @property
    def was_crowded_out(self) -> bool:
        """Whether what was no value took the room of values that had no place any more."""
        return self.was_cut and self.overhead > CROWD * self.output_tokens

    def says_none(self, prompt: Prompt) -> bool:
        """Whether it says that there are no values, where it was allowed to."""
        return prompt.schema["minItems"] == 0 and self.reader.says_none


@dataclass(frozen=True)
class Hearing:
    """What is to be heard, and by whom.

    :param stall: ends an answer when it has stopped to pay; None: it may go on.
    """

    claim: Claim
    gateway: Gateway
    in_flight: InFlight
    refiner: Refiner
    look: Look
    stall: Stall | None

    def hear(self, prompt: Prompt, report: Callable[[Refined], None]) -> Heard:
        """Send a prompt, and take its answer to its end.

        :param report: takes what came while the answer is still under way.
        :raises GatewayError: when nothing was said because the server could not or would not.
        """
        heard = Heard(reader=Reader(self.claim.asked))
        try:
            self._take(prompt, heard, report)
        except PromptRefused as error:
            self.in_flight.error = error
            heard.failure, heard.fault = str(error), "cut" if heard.characters else "refused"
        except Interrupted as error:
            # Silence after thoughts has cost something, too, or nothing would ever end it.
            if not heard.reader.text and (self.in_flight.for_our_sake or not heard.characters):
                raise
            self.in_flight.error = error
            heard.cut_by_us = self.in_flight.for_our_sake
            if not heard.cut_by_us:
                heard.failure, heard.fault = str(error), "cut"
        characters = heard.characters
        if characters and not heard.output_tokens:
            # The counts come with the end of an answer, and this one was cut before.
            heard.prompt_tokens = sum(prompts.tokens(each["content"]) for each in prompt.messages)
            heard.output_tokens = max(heard.pieces, characters // CHARACTERS_OF_A_TOKEN)
        used_up = heard.output_tokens >= FAR_BELOW * prompt.num_predict
        heard.was_short_of_room = heard.was_cut and used_up
        if not heard.reader.text.strip() and heard.thoughts.begins_a_list:
            # Servers that part what is thought from what is said may take all for thinking, where
            # the model was told not to think and never said that it had done.
            heard.reader, heard.thoughts = heard.thoughts, heard.reader
        return heard

    def _take(self, prompt: Prompt, heard: Heard, report: Callable[[Refined], None]) -> None:
        reader, look, stall = heard.reader, self.look, self.stall
        seed = self.gateway.sampling.seed(self.claim.batch_id)
        call = self.in_flight.call
        self.in_flight.timing = None
        room = _characters(self.claim) + prompt.num_predict
        for piece in self.gateway.chat(prompt, model=self.claim.model, seed=seed, call=call):
            self.in_flight.heard()
            self.in_flight.timing = piece.timing or self.in_flight.timing
            heard.prompt_tokens += piece.prompt_tokens
            heard.output_tokens += piece.output_tokens
            heard.thoughts.note(piece.thought)
            # A piece counts though it says nothing, or nothing would end an endless answer of them.
            # So does what is thought, of which an honest token has few characters.
            room -= max(1, len(piece.text), len(piece.thought) // LONGEST_TOKEN)
            heard.pieces += 1
            if items := reader.feed(piece.text):
                part = self.refiner.refine(items)
                lost = part.repeated + sum(part.rejected.values())
                if stall is not None:
                    stall.hear(part.values, lost=lost)
                if part.values or lost:
                    report(part)
            heard.run_away = _runs_away(reader.open_string, self.claim, look)
            is_lost = self.refiner.lost >= LOST_IN_A_ROW or (stall is not None and stall.has_come)
            if heard.run_away or self.refiner.gives_up or (is_lost and not reader.is_over):
                heard.cut_by_us = True
                return
            if room < 0:
                heard.failure = "the model did not stop talking; its answer was cut"
                heard.fault = "broken"
                return
        timing = self.in_flight.timing
        heard.was_cut = timing is not None and timing.is_cut


def _runs_away(text: str, claim: Claim, look: Look) -> Reason | None:
    """Why a string that the model is still at can never become a value."""
    # Twice the headroom: a grammar ends a string at once of it, and the answer goes on. A filter
    # may make any string short enough.
    longest = claim.max_value_length + 2 * prompts.HEADROOM
    if not claim.filter_characters and len(text) > longest and _plain_length(text) > longest:
        return "too_long"
    return "run_away" if look.runs_away(text) else None


def _plain_length(text: str) -> int:
    """At least so many characters a JSON string has that begins so, blanks around it left out."""
    return len(_ESCAPE.sub("x", text).strip())


def _characters(claim: Claim) -> int:
    """Far more than an honest answer has: each character may come as an escape of six."""
    return 8_192 + claim.asked * (claim.max_value_length + prompts.HEADROOM + 4) * 6
