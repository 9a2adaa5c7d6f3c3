"""Text from elsewhere, made fit to stand in a terminal, a log or a message.

Names, values and error texts may hold anything that Unicode has. In a terminal, control
characters move the cursor, recolour and retitle; line breaks forge lines of a log; marks that
turn the direction of writing make a text look like another. None of that may come from data.
"""

from __future__ import annotations


def replace_hidden(text: str) -> str:
    """``text`` on one line, each character that is not seen replaced by U+FFFD."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def escape_hidden(text: str, *, keep: str = "") -> str:
    """``text`` with each character that is not seen spelt out, as ``\\x1b`` or ``\\u202e``.

    :param keep: characters to leave as they are.
    """
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c in keep else c.encode("unicode_escape").decode() for c in text
    )
