"""Read values out of what a model says, while it says it, whatever else it says.

Answers come cut short, fenced, wrapped in chatter, or with the model's thinking in front. What
counts is a JSON array, of which every whole item is kept up to the first that is not. An answer
that begins with its array is read as it comes; any other when it is over. Where there is no array,
a list of another kind will do (``worker.mill.lists``).
"""

from __future__ import annotations

import json
import re

from worker.mill.lists import read_list

_THINKING = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
#: Where thinking ends whose beginning was not said, since the template of the prompt has it.
_THOUGHT = re.compile(
    r"</(?:think(?:ing)?|reason(?:ing)?|thought)>|<\|channel\|>final<\|message\|>", re.IGNORECASE
)
#: The one text that counts, where an object has several.
_TELLING = ("value", "name", "text", "item")
#: What may stand between items; a comma too many or too few is forgiven.
_BETWEEN = frozenset(" \t\r\n,")
#: And what follows a number that is whole.
_ENDS = frozenset(" \t\r\n,]")
#: In brackets it counts an item, or points to one, where text follows.
_REFERENCE = re.compile(r"\[\d{1,5}\]")
#: Brackets that are tried for an array of values; chatter has a few, nonsense has thousands.
MOST_ARRAYS = 50

# Not strict: models put raw line breaks into strings.
_decoder = json.JSONDecoder(strict=False)


class Reader:
    """Reads one answer, piece by piece.

    :param asked: how many values there should be; None: not known.
    """

    def __init__(self, asked: int | None = None) -> None:
        self._asked = asked
        self._text = ""
        #: Characters ahead of the first item.
        self.lead = 0
        # Where the next item of an array at the very beginning starts; 0: not seen yet.
        self._at = 0
        self._begun = False
        self._given = 0

    @property
    def text(self) -> str:
        """All that was said."""
        return self._text

    @property
    def given(self) -> int:
        """Items returned so far."""
        return self._given

    @property
    def open_string(self) -> str:
        """What there is of a string that is not whole yet, as it was written; empty: none."""
        if not self._at or self._text[self._at : self._at + 1] != '"':
            return ""
        return self._text[self._at + 1 :]

    @property
    def is_over(self) -> bool:
        """Whether an array that was read as it came has been closed."""
        return bool(self._at) and self._text[self._at : self._at + 1] == "]"

    @property
    def is_thinking(self) -> bool:
        """Whether it began with thinking that has not come to its end."""
        return _spoken(self._text).strip() == "" != self._text.strip()

    @property
    def says_none(self) -> bool:
        """Whether it is a list, with nothing in it."""
        return "".join(_spoken(self._text).split()) == "[]"

    @property
    def begins_a_list(self) -> bool:
        """Whether the first that there is of it is an array."""
        return self._text.lstrip()[:1] == "["

    def note(self, piece: str) -> None:
        """Take the next piece of the answer, to be read at its end."""
        self._text += piece

    def feed(self, piece: str) -> list[str]:
        """Take the next piece of the answer; return the items that became whole with it."""
        self._text += piece
        if not self._begun:
            start = self._text.lstrip()
            if not start:
                return []
            if start[0] == "[" and (start[1:].isdecimal() or start == "["):
                return []
            self._begun = True
            is_array = start[0] == "[" and not _REFERENCE.match(start)
            self._at = len(self._text) - len(start) + 1 if is_array else 0
        if not self._at:
            return []
        items, self._at = _items(self._text, self._at)
        self._given += len(items)
        return items

    def finish(self, *, is_cut: bool = False) -> list[str]:
        """The answer is over: return the items that were not returned yet.

        :param is_cut: whether there would have been more of it. Nothing tells then whether the
            last item of a plain list is whole.
        """
        if self._given:
            return []
        spoken = _spoken(self._text)
        items = _read_array(spoken)
        if not items:
            items = read_list(spoken, as_text=_as_text, asked=self._asked)
            if is_cut and not spoken.endswith("\n"):
                items = items[:-1]
        self._given = len(items)
        first = spoken.find(items[0]) if items else len(spoken)
        self.lead = len(self._text) - len(spoken) + max(0, first)
        return items


def read(text: str, *, asked: int | None = None) -> list[str]:
    """Return the items of the longest array of strings in ``text``, or else of a plain list.

    Numbers count as their text, objects with one text in them as that text. Never raises.

    :param asked: how many there should be; None: not known.
    """
    spoken = _spoken(text)
    return _read_array(spoken) or read_list(spoken, as_text=_as_text, asked=asked)


def _spoken(text: str) -> str:
    """What is said, and not thought."""
    text = _THINKING.sub("", text)
    ends = list(_THOUGHT.finditer(text))
    return text[ends[-1].end() :] if ends else text


def _read_array(text: str) -> list[str]:
    best: list[str] = []
    at = text.find("[")
    for _ in range(MOST_ARRAYS):
        if at < 0:
            break
        items, end = _items(text, at + 1)
        points = _REFERENCE.match(text, at) and text.strip() != text[at : end + 1]
        if len(items) > len(best) and not points:
            best = items
        at = text.find("[", end)
    return best


def _items(text: str, at: int) -> tuple[list[str], int]:
    """Read whole items from ``at`` on; return them and where the next one starts."""
    items: list[str] = []
    while True:
        while at < len(text) and text[at] in _BETWEEN:
            at += 1
        try:
            item, end = _decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return items, at
        value = _as_text(item)
        # A number at the very end may lack digits that are still to come.
        is_open = isinstance(item, int | float) and text[end : end + 1] not in _ENDS
        if value is None or is_open or (isinstance(item, dict) and end == len(text)):
            return items, at
        items.append(value)
        at = end


def _as_text(item: object) -> str | None:
    match item:
        case str():
            return item
        case bool() | None:
            return None
        case int() | float():
            return json.dumps(item)
        case dict():
            texts = [value for value in item.values() if isinstance(value, str)]
            telling = [item[key] for key in _TELLING if isinstance(item.get(key), str)]
            return texts[0] if len(texts) == 1 else next(iter(telling), None)
        case _:
            return None
