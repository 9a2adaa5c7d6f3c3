"""What the model is asked: the words, a JSON schema, and the room for the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from shared.generation.claim import Claim
from worker.mill import words
from worker.mill.formats import Format
from worker.mill.regions import EVERYTHING, MOST_REPETITIONS, Region
from worker.mill.words import Phrasing
from worker.models.prompt import Prompt

#: Strings end exactly at ``maxLength`` under a grammar, cut in the middle of a word. So the
#: schema leaves this much room above the limit, and what is too long is refused whole.
HEADROOM = 16

#: A value is expected to be no longer than this, whatever it may be, when room is reserved.
LONG_VALUE = 2_000

#: The part of the context window that one answer may take.
ANSWER_SHARE = 0.5

#: The part of the context window that naming known values may take.
AVOID_SHARE = 0.25

#: Context windows are asked for in steps, because a server loads the model anew for another one.
CONTEXT_STEP = 4_096
LARGEST_CONTEXT = 32_768

#: Tokens that the chat template puts around one message.
FRAME_TOKENS = 12

#: So many times the room has a prompt that is sent again because its model used up what it had
#: before it came to its values.
WIDER = 4


def write(
    claim: Claim,
    *,
    context_tokens: int,
    focus: Region | None = None,
    forced: bool = False,
    avoid: Sequence[str] = (),
    before: Sequence[str] = (),
    phrasing: Phrasing = Phrasing.GIVE,
    warmth: float = 1.0,
    loose: bool = False,
    least: int = 1,
    spare: int = 0,
    no_breaks: bool = False,
    form: Format | None = None,
    longest: int | None = None,
    example: bool = True,
    overhead: int = 0,
) -> Prompt:
    """Ask for ``claim.asked`` values of its cell.

    :param spare: values to ask for on top.
    :param context_tokens: the context window that models are run with.
    :param focus: ask for values of this region only.
    :param forced: make the schema enforce the focus; else only words ask for it.
    :param avoid: known values not to say again, the most important first.
    :param before: known values that stand as the model's own earlier answer.
    :param warmth: the temperature, in parts of the usual one.
    :param loose: let the model stop early; a forced count makes a dry model babble.
    :param least: but not before it has given so many values; with 0 it may say that it has none.
    :param no_breaks: make the schema forbid line breaks in values of one line. Only for a model
        that has put some in: the pattern that does it also forbids quotes and backslashes, and
        makes servers ignore ``maxLength``.
    :param form: make the schema force this form; a focus is then only said.
    :param longest: characters that values of the kind are believed to have at most; None: as many
        as the request allows.
    :param example: whether an example goes ahead of the request.
    :param overhead: tokens that answers of the model take besides values, as for its thinking.
    """
    count = claim.asked + spare
    messages = words.messages(
        claim,
        count,
        phrasing=phrasing,
        focus=focus,
        avoid=avoid,
        before=before,
        example=example,
    )
    needed = _needed(messages)
    longest = min(claim.max_value_length, longest or claim.max_value_length)
    a_value = _value_tokens(longest)
    context = context_tokens
    if needed + count * a_value > context_tokens and needed + a_value > context_tokens / 2:
        # One value alone is half of the window, or the request is: a larger one pays.
        wanted = needed + count * a_value
        context = max(context, _context(wanted))
    if overhead:
        # The room of the values, as far as answers have any by rights, is theirs.
        values = min(count * a_value, int(context * ANSWER_SHARE))
        if needed + values + overhead > context:
            context = max(context, _context(needed + values + overhead))
    return Prompt(
        messages=messages,
        schema=_schema(
            claim,
            count,
            focus=focus if forced else None,
            form=form,
            longest=min(longest + HEADROOM, MOST_REPETITIONS),
            least=least if loose else count,
            no_breaks=no_breaks,
        ),
        num_predict=max(64, min(count * a_value + overhead, context - needed)),
        num_ctx=context,
        warmth=warmth,
    )


def widen(prompt: Prompt) -> Prompt | None:
    """The prompt with several times the room for its answer; None where there is no more."""
    needed = _needed(prompt.messages)
    wanted = WIDER * prompt.num_predict
    context = max(prompt.num_ctx, _context(needed + wanted))
    room = min(wanted, context - needed)
    return replace(prompt, num_predict=room, num_ctx=context) if room > prompt.num_predict else None


def _needed(messages: Sequence[Mapping[str, str]]) -> int:
    """Tokens of a request."""
    return sum(FRAME_TOKENS + tokens(message["content"]) for message in messages)


def _context(wanted: int) -> int:
    """A context window for so many tokens, or the largest."""
    return min(LARGEST_CONTEXT, -(-wanted // CONTEXT_STEP) * CONTEXT_STEP)


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


def _schema(
    claim: Claim,
    count: int,
    *,
    focus: Region | None,
    form: Format | None,
    longest: int,
    least: int,
    no_breaks: bool,
) -> dict[str, Any]:
    value: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": longest}
    if not claim.multiline_values:
        pattern = f"^({form.pattern})$" if form else focus.pattern(longest) if focus else None
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


def _value_tokens(longest: int) -> int:
    """Tokens that room is kept for with each value, its quotes and comma included.

    Half the characters it may have, for values that may be long are seldom in a script with a
    token for each character; short ones may be, and have the room.
    """
    length = min(longest, LONG_VALUE)
    return min(length, 64) + max(0, length - 64) // 2 + 8
