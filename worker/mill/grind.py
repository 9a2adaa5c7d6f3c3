"""One prompt, from claim to outcome."""

from __future__ import annotations

import random
from functools import lru_cache

from shared.db.claims import Claim
from shared.db.settle import Outcome
from shared.javaregex import JavaPattern, compile_java
from worker.heart import Pulse
from worker.mill import answers, prompts
from worker.mill.gateway import Gateway, Interrupted, PromptRefused
from worker.mill.refine import Rules, refine


def grind(claim: Claim, gateway: Gateway, pulse: Pulse) -> Outcome:
    """Prompt the model for a claim and make of the answer what can be made of it.

    :raises GatewayError: when nothing was said because the server could not or would not;
        what it refused or broke off after it had taken the prompt is an outcome instead.
    """
    prompt = prompts.write(claim, context_tokens=gateway.context_tokens)
    seed = random.getrandbits(31)
    text: list[str] = []
    room = _characters(claim)
    counts = {"prompt_tokens": 0, "output_tokens": 0}
    failure = None
    cut_by_us = False
    try:
        for piece in gateway.chat(prompt, model=claim.model, seed=seed, call=pulse.call):
            pulse.beat()
            text.append(piece.text)
            room -= len(piece.text)
            counts["prompt_tokens"] += piece.prompt_tokens
            counts["output_tokens"] += piece.output_tokens
            if room < 0:
                failure = "the model did not stop talking; its answer was cut"
                break
    except PromptRefused as error:
        failure = str(error)
    except Interrupted as error:
        if not text:
            raise
        cut_by_us = pulse.for_our_sake
        failure = None if cut_by_us else str(error)
    said = answers.read("".join(text))
    if not said and failure is None and not cut_by_us:
        failure = f"the model's answer holds no list of values; it begins: {_begin(text)}"
    refined = refine(said, _rules(claim))
    return Outcome(
        values=refined.values,
        repeated=refined.repeated,
        rejected=refined.rejected,
        failure=failure,
        said=len(said),
        cut_by_us=cut_by_us,
        **counts,
    )


def _characters(claim: Claim) -> int:
    """Far more than an honest answer has: each character may come as an escape of six."""
    return 4_096 + claim.asked * (claim.max_value_length + prompts.HEADROOM + 4) * 6


def _begin(text: list[str]) -> str:
    flat = " ".join("".join(c if c.isprintable() else " " for c in "".join(text[:50])).split())
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
