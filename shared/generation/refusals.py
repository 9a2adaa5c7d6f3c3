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

#: What would mend them, and what has no count of its own.
_MEND = {
    "too_long": "Raise max_value_length, or say in the data type how long values are.",
    "several_lines": "Allow multiline_values, or ask for something that has one line.",
    "empty": "Check filter_characters, which may leave nothing.",
    "filter_timeout": "Write filter_characters so that it takes less time.",
    "unusable": (
        "They hold characters that cannot be stored, such as NUL: have filter_characters take "
        "them off, or take another model."
    ),
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

#: A warning is due when so large a part of what was said was refused, in percent, of so many.
MUCH_REFUSED = 30
ENOUGH_SAID = 20

#: Junk is what went wrong when it is so large a part of all that was said, in percent.
MUCH_JUNK = 20


def explain(operation: Mapping[Any, Any]) -> str:
    """Tell how many of an operation's values were refused, and why, the commonest reason first.

    The numbers add up to what was said.
    """
    counts = {words: operation[name] for name, words in {**_UNFIT, **_JUNK}.items()}
    counts["unusable"] = _unusable(operation)
    counts["repeats"] = operation["duplicates"]
    found = [
        f"{count} {'was' if count == 1 else 'were'} {words}"
        for words, count in sorted(counts.items(), key=lambda each: -each[1])
        if count > 0
    ]
    if not found:
        return f"The model said {said(operation)} values."
    if used := operation["generated_count"]:
        found.append(f"{used} could be used")
    return f"Of {said(operation)} values that the model said, {_join(found)}."


def hint(operation: Mapping[Any, Any]) -> str | None:
    """What would mend it, as far as refused values tell; None: they do not."""
    junk = sum(operation[name] for name in _JUNK)
    if junk and 100 * junk >= MUCH_JUNK * said(operation):
        return (
            "The model may be too small for this kind of data: take a larger one, or say in "
            "simpler words what is wanted."
        )
    counts = {name: operation[name] for name in _UNFIT} | {"unusable": _unusable(operation)}
    commonest = max(counts, key=lambda name: counts[name])
    return _MEND.get(commonest) if counts[commonest] > 0 else None


def warning(operation: Mapping[Any, Any]) -> str | None:
    """What is wrong with the values of an operation under way; None: not much."""
    in_all = said(operation)
    if in_all < ENOUGH_SAID or 100 * operation["rejected"] < MUCH_REFUSED * in_all:
        return None
    return " ".join(filter(None, (explain(operation), hint(operation))))


def said(operation: Mapping[Any, Any]) -> int:
    """Values that the model has said, of any worth."""
    return sum(operation[name] for name in ("generated_count", "duplicates", "rejected"))


def _unusable(operation: Mapping[Any, Any]) -> int:
    """Values that were refused for what has no count of its own."""
    return int(operation["rejected"] - sum(operation[name] for name in (*_UNFIT, *_JUNK)))


def _join(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
