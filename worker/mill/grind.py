"""One prompt, from claim to values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection

from shared.generation.claim import Claim
from shared.generation.reports import Ended, Report
from shared.looks import LOOKS
from worker.mill import prompts
from worker.mill.check_digits import Mend
from worker.mill.filtering import Filter, Filters
from worker.mill.hearing import Heard, Hearing
from worker.mill.looks import Look, Profile, Profiles, read_wording
from worker.mill.refine import Refined, Refiner, Rules
from worker.mill.stall import Stall
from worker.models.gateway import Gateway
from worker.models.inflight import InFlight
from worker.models.prompt import Prompt

#: So often one prompt is sent again with more room, for a model that has used up what it had before
#: it came to its values: where it shows that it thinks, and where it does not.
MOST_WIDENED = 3
WIDENED_ONCE = 1


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

    hearing = Hearing(claim, gateway, in_flight, refiner, look, stall)
    costs: Counter[str] = Counter()
    widened = 0
    while True:
        heard = hearing.hear(prompt, lambda part: report(report_of(part)))
        costs.update(prompt_tokens=heard.prompt_tokens, output_tokens=heard.output_tokens)
        last = refiner.refine(heard.reader.finish(is_cut=heard.was_cut or not heard.is_whole))
        if heard.is_whole and not heard.reader.given and not heard.says_none(prompt):
            # Nothing was said that could be lost: it is asked for again in a way that may bring
            # more, as long as there is one.
            wider = prompts.widen(prompt) if heard.was_short_of_room else None
            if wider is not None and widened < (MOST_WIDENED if heard.thinks else WIDENED_ONCE):
                prompt, widened = wider, widened + 1
                in_flight.ask_again()
                continue
            if not heard.was_cut and gateway.learn(claim.model, in_flight.call, has_values=False):
                in_flight.ask_again()
                continue
        break
    if heard.reader.given and heard.is_whole:
        gateway.learn(claim.model, in_flight.call, has_values=True)
        in_flight.overhead = heard.overhead
    elif heard.was_short_of_room and heard.thinks:
        in_flight.overhead = heard.output_tokens
    held = refiner.finish()
    rest = Refined(
        values=last.values + held.values,
        repeated=last.repeated + held.repeated,
        rejected=last.rejected + held.rejected,
    )
    if heard.run_away:
        rest.rejected[heard.run_away] += 1
    if profiles is not None:
        profiles.learn(cell, look.learned)
    said = heard.reader.given + (heard.run_away is not None)
    failure, fault = heard.failure, heard.fault
    # A first string that is never closed may be a list without its quotation marks.
    unclosed = heard.run_away == "too_long" and not heard.reader.given
    silent = not (said or failure is not None or heard.cut_by_us or heard.says_none(prompt))
    if unclosed or silent:
        failure, fault = _nothing(heard), "broken"
    return report_of(
        rest,
        Ended(
            said=said,
            failure=failure,
            fault=fault,
            # Where its thinking took the room that was meant for values, we have cut it.
            cut_by_us=heard.cut_by_us or (heard.was_crowded_out and said > 0),
            hopeless=unwanted.reason if unwanted is not None and unwanted.is_given_up else None,
            prompt_tokens=costs["prompt_tokens"],
            output_tokens=costs["output_tokens"],
        ),
    )


def _look(claim: Claim, prompt: Prompt, on: Collection[str], profile: Profile | None) -> Look:
    wording = read_wording(claim.data_type, claim.attributes)
    limit = prompt.schema.get("items", {}).get("maxLength")
    return Look(wording, on=on, profile=profile, limit=limit)


def _nothing(heard: Heard) -> str:
    """Why a whole answer has brought nothing."""
    if heard.was_cut and heard.thinks:
        return (
            f"the model used up its {heard.output_tokens} tokens, most of them on thinking, and "
            "came to no values"
        )
    if heard.was_cut and heard.output_tokens:
        ended = f"the model used up its {heard.output_tokens} tokens, and its answer"
    else:
        ended = "the model's answer"
    return f"{ended} holds no list of values; it begins: {_begin(heard.reader.text)}"


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
