"""Values that repeat a unit of themselves, or grow out of one another. Pure."""

from __future__ import annotations

import re
from collections import Counter

#: Units are looked for up to this many characters.
LONGEST_UNIT = 200

#: So often in a row, by the letters that the unit has.
TIMES = 3
TIMES_IF_SHORT = 5
TIMES_OF_A_LETTER = 9

#: Values that grow out of the one before so often in a row have run away; with digits, fewer.
GROWTHS = 4
GROWTHS_WITH_DIGITS = 2

#: A string that is still open has to show more: so many times, over so many characters.
OPEN_TIMES = 4
OPEN_CHARACTERS = 32

_SENTENCES = re.compile(r"[.!?。!?]+\s*|\n+")
_LONG_ENOUGH = 60


def repeats_itself(value: str) -> bool:
    """Whether a value ends in repeats of a unit, or says the same sentence thrice."""
    text = value.casefold()
    # With a blank, so that a word counts that has none behind the last of them.
    if _tail_repeats(text) or _tail_repeats(text + " "):
        return True
    if len(text) < _LONG_ENOUGH:
        return False
    sentences = Counter(each.strip() for each in _SENTENCES.split(text))
    return any(count >= TIMES and len(each) >= 12 for each, count in sentences.items())


def is_running_away(text: str) -> bool:
    """Whether a string that is not over yet has said one unit so often that it may be ended."""
    tail = text[-4 * LONGEST_UNIT :]
    return any(
        len(tail) >= max(OPEN_CHARACTERS, OPEN_TIMES * length)
        and tail[-1] == tail[-1 - length]
        and _run(tail, length) >= max(OPEN_CHARACTERS, OPEN_TIMES * length)
        for length in range(1, min(LONGEST_UNIT, len(tail) // OPEN_TIMES) + 1)
    )


def _tail_repeats(text: str) -> bool:
    size = len(text)
    for length in range(1, min(LONGEST_UNIT, size // 2) + 1):
        if text[-1] != text[-1 - length]:
            continue
        unit = text[-length:]
        letters = sum(map(str.isalpha, unit))
        if not letters:
            if length >= 6 and _run(text, length) >= 20 and 5 * _run(text, length) >= 11 * length:
                return any(map(str.isalpha, text))
            continue
        if len(set(unit)) == 1:
            times = -(-TIMES_OF_A_LETTER // length)
            letters = 1
        else:
            times = TIMES if letters >= 4 else TIMES_IF_SHORT
        # Long texts may end with a short refrain; short ones are made of it.
        covers = letters >= 4 or 2 * times * length >= size
        if covers and text.endswith(unit * times):
            return True
    return False


def _run(text: str, length: int) -> int:
    """How many characters at the end are periodic with this length."""
    at = len(text) - 1
    while at >= length and text[at] == text[at - length]:
        at -= 1
    return len(text) - 1 - at + length


class Growth:
    """Follows values that come one after another."""

    def __init__(self) -> None:
        self._last = ""
        self._growths = 0

    def is_too_much(self, value: str) -> bool:
        """Whether this value is one of a row that only grows at its end."""
        last, self._last = self._last, value
        if not (
            len(last) >= 3
            and len(value) > len(last)
            and value.startswith(last)
            and any(map(str.isalpha, last))
        ):
            self._growths = 0
            return False
        self._growths += 1
        added = value[len(last) :]
        glued = added[0].isdigit() or (last[-1].isdigit() and added[0].isalnum())
        return self._growths >= (GROWTHS_WITH_DIGITS if glued else GROWTHS)
