"""What the model is asked, in words and as a JSON schema.

What stays the same from prompt to prompt comes first, so that a server can keep it in its cache;
the count, the steering and the values to avoid come last. The count is the first number of the
request, unless the user's own words have one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from shared.generation.claim import Claim
from worker.mill.regions import EVERYTHING, MOST_REPETITIONS, Region
from worker.models.prompt import Prompt

SYSTEM = (
    "You make up realistic test data. You answer with a JSON array of strings and nothing else: "
    "no numbering, no comments, no explanations."
)

#: Strings end exactly at ``maxLength`` under a grammar, cut in the middle of a word. So the
#: schema leaves this much room above the limit, and what is too long is refused whole.
HEADROOM = 16

#: A value is expected to be no longer than this, whatever it may be, when room is reserved.
LONG_VALUE = 2_000

#: The part of the context window that naming known values may take.
AVOID_SHARE = 0.25

#: Context windows are asked for in steps, because a server loads the model anew for another one.
CONTEXT_STEP = 4_096
LARGEST_CONTEXT = 32_768

#: Tokens of the chat template, and of what the request says besides the user's words.
FRAME_TOKENS = 160


def write(
    claim: Claim,
    *,
    context_tokens: int,
    focus: Region | None = None,
    forced: bool = False,
    avoid: Sequence[str] = (),
    loose: bool = False,
    least: int = 1,
    spare: int = 0,
    no_breaks: bool = False,
) -> Prompt:
    """Ask for ``claim.asked`` values of its cell.

    :param spare: values to ask for on top.
    :param context_tokens: the context window that models are run with.
    :param focus: ask for values of this region only.
    :param forced: make the schema enforce the focus; else only words ask for it.
    :param avoid: known values not to say again, the most important first.
    :param loose: let the model stop early; a forced count makes a dry model babble.
    :param least: but not before it has given so many values; with 0 it may say that it has none.
    :param no_breaks: make the schema forbid line breaks in values of one line. Only for a model
        that has put some in: the pattern that does it also forbids quotes and backslashes, and
        makes servers ignore ``maxLength``.
    """
    count = claim.asked + spare
    request = _request(claim, count, focus=focus, avoid=avoid)
    needed = FRAME_TOKENS + tokens(request)
    a_value = _value_tokens(claim)
    context = context_tokens
    if needed + count * a_value > context_tokens and needed + a_value > context_tokens / 2:
        # One value alone is half of the window, or the request is: a larger one pays.
        wanted = needed + count * a_value
        context = max(context, min(LARGEST_CONTEXT, -(-wanted // CONTEXT_STEP) * CONTEXT_STEP))
    return Prompt(
        messages=[
            {"role": "system", "content": SYSTEM},
            {"role": "user", "content": request},
        ],
        schema=_schema(
            claim,
            count,
            focus=focus if forced else None,
            least=least if loose else count,
            no_breaks=no_breaks,
        ),
        num_predict=max(64, min(count * a_value, context - needed)),
        num_ctx=context,
    )


def avoid_budget(context_tokens: int) -> int:
    """Tokens that naming known values may take."""
    return int(context_tokens * AVOID_SHARE)


def tokens(text: str) -> int:
    """About how many tokens a text has, rather too many than too few.

    Latin text has three characters or more a token, other alphabets two, and scripts with a
    character for a word or a syllable one.
    """
    thirds = sum(1.0 if ord(c) < 0x250 else 1.5 if ord(c) < 0x2E80 else 3.0 for c in text)
    return int(thirds / 3) + 2


def _request(claim: Claim, count: int, *, focus: Region | None, avoid: Sequence[str]) -> str:
    values = f"{count} different values" if count > 1 else "1 value"
    lines = [f"Kind of data: {_flat(claim.data_type)}"]
    for label, value in claim.attributes:
        lines.append(f"{_flat(label)}: {_flat(value)}" if label else f"All of them: {_flat(value)}")
    lines.append(f"Write {values} of this kind as a JSON array of strings.")
    lines.append(f"At most {claim.max_value_length} characters each.")
    if claim.multiline_values:
        lines.append("Line breaks within a value are welcome.")
    else:
        lines.append("No line breaks.")
    if focus is not None and focus.words():
        lines.append(focus.words())
    if avoid:
        # Quoted as JSON: a value that has quotes or line breaks in it stays a value.
        lines.append(f"Not these: {', '.join(json.dumps(v, ensure_ascii=False) for v in avoid)}")
    return "\n".join(lines)


def _flat(text: str) -> str:
    """On one line: the user's words stay where they belong."""
    return " ".join(text.split())


def _schema(
    claim: Claim, count: int, *, focus: Region | None, least: int, no_breaks: bool
) -> dict[str, Any]:
    longest = min(claim.max_value_length + HEADROOM, MOST_REPETITIONS)
    value: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": longest}
    if not claim.multiline_values:
        pattern = focus.pattern(longest) if focus else None
        if pattern is None and no_breaks:
            pattern = EVERYTHING.pattern(longest)
        if pattern is not None:
            value = {"type": "string", "pattern": pattern}
    most = min(count, MOST_REPETITIONS)
    return {
        "type": "array",
        "items": value,
        "minItems": min(least, most),
        "maxItems": most,
    }


def _value_tokens(claim: Claim) -> int:
    """Tokens that room is kept for with each value, its quotes and comma included.

    Half the characters it may have, for values that may be long are seldom in a script with a
    token for each character; short ones may be, and have the room.
    """
    length = min(claim.max_value_length, LONG_VALUE)
    return min(length, 64) + max(0, length - 64) // 2 + 8
