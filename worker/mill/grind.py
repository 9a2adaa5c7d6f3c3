"""One prompt, from claim to values."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from shared.generation.claim import Claim
from shared.generation.reports import Ended, Fault, Reason, Report
from shared.looks import LOOKS
from worker.mill import prompts
from worker.mill.answers import Reader
from worker.mill.check_digits import Mend
from worker.mill.filtering import Filter, Filters
from worker.mill.looks import Look, Profile, Profiles, read_wording
from worker.mill.refine import Refined, Refiner, Rules
from worker.mill.stall import Stall
from worker.models.gateway import Gateway, Interrupted, PromptRefused
from worker.models.inflight import InFlight
from worker.models.prompt import Prompt

#: An answer is ended when so many of its values in a row ran away, or were cut by the grammar
#: before they could: such a model does not find back.
LOST_IN_A_ROW = 3

#: A piece of an answer is a token, or some where a server sends them together.
CHARACTERS_OF_A_TOKEN = 4

#: An escape in a JSON string, or the beginning of one; two of them may be one character.
_ESCAPE = re.compile(r"(?:\\u[0-9a-fA-F]{0,4}){1,2}|\\.?")


def grind(
    claim: Claim,
    prompt: Prompt,
    gateway: Gateway,
    in_flight: InFlight,
    *,
    report: Callable[[Report], None],
    looks: Collection[str] = LOOKS,
    profiles: Profiles | None = None,
    filters: Filters | None = None,
    stall: Stall | None = None,
    mend: Mend | None = None,
) -> Report:
    """Prompt the model for a claim and make of the answer what can be made of it.

    :param report: takes what came while the answer is still under way.
    :param looks: the looks at each value that are on.
    :param profiles: what is known of the values of cells; this answer is learned from.
    :param filters: what filters have shown, those of this operation included.
    :param stall: ends the answer when it has stopped to pay; None: it may go on.
    :param mend: makes the check digits of values right.
    :returns: the last report.
    :raises GatewayError: when nothing was said because the server could not or would not;
        what it refused or broke off after it had taken the prompt is a report instead.
    """
    reader = Reader()
    cell = (claim.operation_number, claim.cell_ordinal)
    look = _look(claim, prompt, looks, profiles.read(cell) if profiles is not None else None)
    unwanted = _filter(claim, Filters() if filters is None else filters)
    refiner = Refiner(_rules(claim, unwanted, mend), look)

    def report_of(refined: Refined, ended: Ended | None = None) -> Report:
        return Report(
            batch_id=claim.batch_id,
            values=refined.values,
            repeated=refined.repeated,
            rejected=refined.rejected,
            ended=ended,
        )

    room = _characters(claim)
    tokens = {"prompt_tokens": 0, "output_tokens": 0}
    failure: str | None = None
    fault: Fault | None = None
    cut_by_us = False
    run_away: Reason | None = None
    pieces = 0
    seed = gateway.sampling.seed(claim.batch_id)
    try:
        for piece in gateway.chat(prompt, model=claim.model, seed=seed, call=in_flight.call):
            in_flight.heard()
            in_flight.timing = piece.timing
            tokens["prompt_tokens"] += piece.prompt_tokens
            tokens["output_tokens"] += piece.output_tokens
            # A piece counts though it says nothing, or nothing would end an endless answer of them.
            room -= max(1, len(piece.text))
            pieces += 1
            if items := reader.feed(piece.text):
                part = report_of(refiner.refine(items))
                if stall is not None:
                    stall.hear(part.values, lost=part.repeated + sum(part.rejected.values()))
                if not part.is_empty:
                    report(part)
            run_away = _runs_away(reader.open_string, claim, look)
            is_lost = refiner.lost >= LOST_IN_A_ROW or (stall is not None and stall.has_come)
            given_up = unwanted is not None and unwanted.is_given_up
            if run_away or given_up or (is_lost and not reader.is_over):
                cut_by_us = True
                break
            if room < 0:
                failure, fault = "the model did not stop talking; its answer was cut", "broken"
                break
    except PromptRefused as error:
        in_flight.error = error
        failure, fault = str(error), "cut" if reader.text else "refused"
    except Interrupted as error:
        if not reader.text:
            raise
        in_flight.error = error
        cut_by_us = in_flight.for_our_sake
        if not cut_by_us:
            failure, fault = str(error), "cut"
    if reader.text and not tokens["output_tokens"]:
        # The counts come with the end of an answer, and this one was cut before.
        tokens = {
            "prompt_tokens": sum(prompts.tokens(each["content"]) for each in prompt.messages),
            "output_tokens": max(pieces, len(reader.text) // CHARACTERS_OF_A_TOKEN),
        }
    last = refiner.refine(reader.finish())
    held = refiner.finish()
    rest = Refined(
        values=last.values + held.values,
        repeated=last.repeated + held.repeated,
        rejected=last.rejected + held.rejected,
    )
    if run_away:
        rest.rejected[run_away] += 1
    if profiles is not None:
        profiles.learn(cell, look.learned)
    said = reader.given + (run_away is not None)
    may_be_empty = prompt.schema["minItems"] == 0 and reader.says_none
    # A first string that is never closed may be a list without its quotation marks.
    unclosed = run_away == "too_long" and not reader.given
    if unclosed or not (said or failure is not None or cut_by_us or may_be_empty):
        failure = f"the model's answer holds no list of values; it begins: {_begin(reader.text)}"
        fault = "broken"
    hopeless = unwanted.reason if unwanted is not None and unwanted.is_given_up else None
    return report_of(
        rest,
        Ended(
            said=said,
            failure=failure,
            fault=fault,
            cut_by_us=cut_by_us,
            hopeless=hopeless,
            **tokens,
        ),
    )


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


def _look(claim: Claim, prompt: Prompt, on: Collection[str], profile: Profile | None) -> Look:
    wording = read_wording(claim.data_type, claim.attributes)
    limit = prompt.schema.get("items", {}).get("maxLength")
    return Look(wording, on=on, profile=profile, limit=limit)


def _characters(claim: Claim) -> int:
    """Far more than an honest answer has: each character may come as an escape of six."""
    return 8_192 + claim.asked * (claim.max_value_length + prompts.HEADROOM + 4) * 6


def _begin(text: str) -> str:
    flat = " ".join("".join(c if c.isprintable() else " " for c in text[:200]).split())
    return repr(flat[:80]) if flat else "nothing at all"


def _filter(claim: Claim, filters: Filters) -> Filter | None:
    source = claim.filter_characters
    return filters.of(claim.operation_number, source) if source else None


def _rules(claim: Claim, unwanted: Filter | None, mend: Mend | None) -> Rules:
    return Rules(
        max_value_length=claim.max_value_length,
        multiline=claim.multiline_values,
        trim=claim.trim_values,
        unique=not claim.allow_duplicates,
        unwanted=unwanted,
        mend=mend,
    )
