"""What can go wrong with a Java regular expression: it is refused, or it takes too long."""

from __future__ import annotations


class JavaRegexError(Exception):
    """The expression is refused: by Java, or because it cannot be carried over exactly.

    :param message: what is wrong, and how to mend it.
    :param position: the index of the offending character in the expression, counted in code
        points from 0.
    """

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} (at character {position})")
        self.message = message
        self.position = position


class JavaRegexTimeout(Exception):
    """The expression took longer on a text than it was given."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"the regular expression did not come to an end within {seconds:g} s; "
            "simplify it (repeated groups that can match the same text in several ways are slow)"
        )
        self.seconds = seconds
