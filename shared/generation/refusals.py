"""What was wrong with the values that were refused, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Reasons that the request can mend.
_UNFIT = {
    "too_long": "too long",
    "several_lines": "on several lines",
    "empty": "empty",
    "filter_timeout": "too slow to filter",
}

#: Reasons that the model has to answer for.
_JUNK = {
    "echo": "echoes of the request",
    "markup": "key names or markup",
    "counting": "mere counting",
    "cut_off": "cut off in the middle",
    "run_away": "run-aways that repeat themselves",
    "off_shape": "shaped like none of the others",
    "refusal": "refusals to answer",
}

#: Junk is what went wrong when it is so large a part of all that was said, in percent.
MUCH_JUNK = 20


def explain(operation: Mapping[Any, Any]) -> str:
    """Tell how many of an operation's values were refused, and why, the commonest reason first."""
    said = operation["generated_count"] + operation["duplicates"] + operation["rejected"]
    counts = {words: operation[name] for name, words in {**_UNFIT, **_JUNK}.items()}
    counts["unusable"] = operation["rejected"] - sum(counts.values())
    counts["repeats"] = operation["duplicates"]
    found = [
        f"{count} {'was' if count == 1 else 'were'} {words}"
        for words, count in sorted(counts.items(), key=lambda each: -each[1])
        if count > 0
    ]
    if not found:
        return f"The model said {said} values."
    return f"Of {said} values that the model said, {_join(found)}."


def hint(operation: Mapping[Any, Any]) -> str | None:
    """What would mend it, as far as refused values tell; None: they do not."""
    junk = sum(operation[name] for name in _JUNK)
    said = operation["generated_count"] + operation["duplicates"] + operation["rejected"]
    if junk and 100 * junk >= MUCH_JUNK * said:
        return (
            "The model may be too small for this kind of data: take a larger one, or say in "
            "simpler words what is wanted."
        )
    if 2 * operation["filter_timeout"] > operation["rejected"] - junk:
        return "Write filter_characters so that it takes less time."
    if operation["rejected"] > junk:
        return "Check max_value_length, filter_characters and multiline_values."
    return None


def _join(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
