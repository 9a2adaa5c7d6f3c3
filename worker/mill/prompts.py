"""What the model is asked, in words and as a JSON schema.

The part that changes from prompt to prompt comes last, so that a server can keep the rest in its
cache.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shared.db.claims import Claim

SYSTEM = (
    "You make up realistic test data. You answer with a JSON array of strings and nothing else: "
    "no numbering, no comments, no explanations."
)

#: Strings end exactly at ``maxLength`` under a grammar, cut in the middle of a word. So the
#: schema leaves this much room above the limit, and what is too long is refused whole.
HEADROOM = 16

#: llama.cpp refuses repetitions of 2,000 and more.
SCHEMA_MAX = 1_999


@dataclass(frozen=True)
class Prompt:
    """Messages and schema of one call to ``/api/chat``, and the tokens its answer may have."""

    messages: list[dict[str, str]]
    schema: dict[str, Any]
    num_predict: int


def write(claim: Claim, *, context_tokens: int) -> Prompt:
    """Ask for ``claim.asked`` values of its cell.

    :param context_tokens: the model's context window; the answer is kept within it.
    """
    request = _request(claim)
    said = len(SYSTEM) + len(request)
    return Prompt(
        messages=[
            {"role": "system", "content": SYSTEM},
            {"role": "user", "content": request},
        ],
        schema=_schema(claim),
        num_predict=_budget(claim, room=context_tokens - said // 2),
    )


def _request(claim: Claim) -> str:
    count = f"{claim.asked} different values" if claim.asked > 1 else "1 value"
    lines = [f"Kind of data: {_flat(claim.data_type)}"]
    for label, value in claim.attributes:
        lines.append(f"{_flat(label)}: {_flat(value)}" if label else f"All of them: {_flat(value)}")
    lines.append(f"At most {claim.max_value_length} characters each.")
    if not claim.multiline_values:
        lines.append("No line breaks.")
    lines.append(f"Write {count} of this kind as a JSON array of strings.")
    return "\n".join(lines)


def _flat(text: str) -> str:
    """On one line: the user's words stay where they belong."""
    return " ".join(text.split())


def _schema(claim: Claim) -> dict[str, Any]:
    return {
        "type": "array",
        "items": {
            "type": "string",
            "minLength": 1,
            "maxLength": min(claim.max_value_length + HEADROOM, SCHEMA_MAX),
        },
        "minItems": claim.asked,
        "maxItems": claim.asked,
    }


def _budget(claim: Claim, *, room: int) -> int:
    """Tokens for the answer: two characters a token is more than any language needs.

    Short values have their quotes and comma; no value costs more than its length.
    """
    a_value = min(claim.max_value_length, 2_000) // 2 + 8
    return max(64, min(claim.asked * a_value, room))
