"""What is wrong with a filter expression, and where."""

from __future__ import annotations

from shared.errors import InvalidRequest

#: Longest piece of an expression that a message repeats, in characters.
_LONGEST_QUOTE = 40


class FilterError(InvalidRequest):
    """A filter expression that cannot be read, or asks for what cannot be.

    :param message: what is wrong; it names the position.
    :param position: the character that it is about, counted from 1; one past the last where
        something is missing at the end.
    """

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message, field="filter_expression")
        self.position = position


def quote(text: str) -> str:
    """A piece of an expression, fit for a message of one line."""
    shown = text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 3] + "..."
    shown = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in shown)
    return f"'{shown}'"


def one_of(choices: list[str]) -> str:
    """``expected EQ``, ``expected one of EQ, NE``."""
    return f"expected {'one of ' if len(choices) > 1 else ''}{', '.join(choices)}"
