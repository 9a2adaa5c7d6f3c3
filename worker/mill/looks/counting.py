"""Values that only count. Pure."""

from __future__ import annotations

import re

from worker.mill.looks.wording import Wording, word_list, words_of

_BARE = re.compile(r"(?=\D*\d)[\d\s!-;=?@^`~°§€£¥|–—-]+\Z")
_ENDS_IN_DIGITS = re.compile(r"\d[\W_]*\Z").search
_TEMPLATE = re.compile(r"(.*?)[\s_#.:-]*(\d{1,6})[\W_]*\Z", re.DOTALL)

#: ``Company A``, ``Company B``
_LETTERED = re.compile(r"(.*\w)[\s_-]+([A-Z])[\W_]*\Z", re.DOTALL)

#: A longer value is a text, and none of a row.
LONGEST_TEMPLATE = 48

_STEMS = frozenset(
    (word,)
    for word in word_list("value item name example sample test string entry text data user person")
)

#: A row that begins as counting does is told by so many values; others need more.
ROW = 3
ROW_FROM_ANYWHERE = 5


def is_bare_number(value: str) -> bool:
    """Whether there are digits in a value, and no letters."""
    return _BARE.match(value) is not None


class Rows:
    """Follows values that come one after another, and notes which of them count up."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording
        self._rows: dict[str, tuple[int, int, int]] = {}
        self._stem: str | None = None

    def counts_up(self, value: str) -> bool:
        """Whether this one goes on with a row, or is a word of the request with a number."""
        if len(value) <= LONGEST_TEMPLATE and (lettered := _LETTERED.match(value)):
            return self._goes_on(lettered[1].casefold(), ord(lettered[2]) - ord("A") + 1)
        if is_bare_number(value):
            digits = "".join(filter(str.isdecimal, value))
            stem, number = "", digits
        else:
            if len(value) > LONGEST_TEMPLATE or not _ENDS_IN_DIGITS(value[-4:]):
                return False
            found = _TEMPLATE.match(value)
            if found is None or not found[1]:
                return False
            stem, number = found[1].strip().casefold(), found[2]
            words = words_of(stem)
            if words and (words in _STEMS or all(w in self._wording.kind_forms for w in words)):
                return True
        if not number or len(number) > 6:
            return False
        return self._goes_on(stem, int(number))

    def _goes_on(self, stem: str, n: int) -> bool:
        start, last, length = self._rows.get(stem, (n, n, 1))
        if n == last + 1:
            length += 1
        elif n != last:
            start, length = n, 1
        if len(self._rows) < 256 or stem in self._rows:
            self._rows[stem] = (start, n, length)
        return length >= ROW_FROM_ANYWHERE or (start <= 2 and length >= ROW)
