"""One prompt, from claim to values."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from shared.generation.claim import Claim
from shared.generation.reports import Ended, Fault, Report
from shared.javaregex import JavaPattern, compile_java
from worker.mill import prompts
from worker.mill.answers import Reader
from worker.mill.refine import Refiner, Rules
from worker.models.gateway import Gateway, Interrupted, PromptRefused
from worker.models.inflight import InFlight
from worker.models.prompt import Prompt


def grind(
    claim: Claim,
    prompt: Prompt,
    gateway: Gateway,
    in_flight: InFlight,
    *,
    report: Callable[[Report], None],
) -> Report:
    """Prompt the model for a claim and make of the answer what can be made of it.

    :param report: takes what came while the answer is still under way.
    :returns: the last report.
    :raises GatewayError: when nothing was said because the server could not or would not;
        what it refused or broke off after it had taken the prompt is a report instead.
    """
    reader, refiner = Reader(), Refiner(_rules(claim))

    def report_of(items: list[str], ended: Ended | None = None) -> Report:
        refined = refiner.refine(items)
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
    seed = gateway.sampling.seed(claim.batch_id)
    try:
        for piece in gateway.chat(prompt, model=claim.model, seed=seed, call=in_flight.call):
            in_flight.heard()
            in_flight.timing = piece.timing
            tokens["prompt_tokens"] += piece.prompt_tokens
            tokens["output_tokens"] += piece.output_tokens
            # A piece counts though it says nothing, or nothing would end an endless answer of them.
            room -= max(1, len(piece.text))
            if items := reader.feed(piece.text):
                report(report_of(items))
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
    rest = reader.finish()
    may_be_empty = prompt.schema["minItems"] == 0 and reader.says_none
    if not reader.given and failure is None and not cut_by_us and not may_be_empty:
        failure = f"the model's answer holds no list of values; it begins: {_begin(reader.text)}"
        fault = "broken"
    return report_of(
        rest,
        Ended(said=reader.given, failure=failure, fault=fault, cut_by_us=cut_by_us, **tokens),
    )


def _characters(claim: Claim) -> int:
    """Far more than an honest answer has: each character may come as an escape of six."""
    return 8_192 + claim.asked * (claim.max_value_length + prompts.HEADROOM + 4) * 6


def _begin(text: str) -> str:
    flat = " ".join("".join(c if c.isprintable() else " " for c in text[:200]).split())
    return repr(flat[:80]) if flat else "nothing at all"


def _rules(claim: Claim) -> Rules:
    return Rules(
        max_value_length=claim.max_value_length,
        multiline=claim.multiline_values,
        trim=claim.trim_values,
        unique=not claim.allow_duplicates,
        unwanted=_pattern(claim.filter_characters) if claim.filter_characters else None,
    )


@lru_cache(maxsize=256)
def _pattern(source: str) -> JavaPattern:
    return compile_java(source)
