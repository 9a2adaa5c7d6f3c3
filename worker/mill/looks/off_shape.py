"""How a value is shaped, and whether that sets it apart from all others of its cell. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache

#: So many others tell what the shape of a cell's values is, and so many of a hundred have it.
ENOUGH = 12
NEARLY_ALL = 95

#: A value is far longer than all others past this, and more so by this much.
TIMES_LONGER = 3
LONGER_BY = 24

#: No more of a value is looked at letter by letter.
MOST_CHARACTERS = 64

_DIGIT = re.compile(r"\d")
_GLUED = re.compile(r"[^\W\d_]{3,}\d{3,}")
_ODD = re.compile(r"[_\\=<>{}\[\]@#|~^$%*+]")
_EAST = frozenset(
    ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "KATAKANA-HIRAGANA", "IDEOGRAPHIC")
)


@lru_cache(maxsize=8_192)
def _script(letter: str) -> str:
    name = unicodedata.name(letter, "").split(" ", 1)[0]
    return f"script {'EAST' if name in _EAST else name}"


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What is compared of a value."""

    length: int
    words: int
    #: Features that it has; those of scripts begin with ``script``.
    features: frozenset[str]


def shape_of(value: str, word_count: int) -> Shape:
    """Measure a value."""
    features: set[str] = set()
    letters = [c for c in value[:MOST_CHARACTERS] if c.isalpha()]
    if value.isascii():
        if letters:
            features.add("script LATIN")
    else:
        features.update(map(_script, set(letters)))
    if _DIGIT.search(value):
        features.add("digits")
        if _GLUED.search(value):
            features.add("digits behind letters")
    if _ODD.search(value):
        features.add("odd marks")
    if "@" in value:
        features.add("at sign")
    if letters and value[0].islower():
        features.add("begins small")
    if len(letters) > 5 and value.isupper():
        features.add("all capitals")
    return Shape(length=len(value), words=word_count, features=frozenset(features))


@dataclass(kw_only=True)
class Shapes:
    """The shapes of a cell's values so far."""

    count: int = 0
    longest: int = 0
    most_words: int = 0
    features: Counter[str] = field(default_factory=Counter)

    def add(self, shape: Shape) -> None:
        """Learn from a value that was kept."""
        self.count += 1
        self.longest = max(self.longest, shape.length)
        self.most_words = max(self.most_words, shape.words)
        self.features.update(shape.features)

    def join(self, other: Shapes) -> None:
        """Learn all that another one knows."""
        self.count += other.count
        self.longest = max(self.longest, other.longest)
        self.most_words = max(self.most_words, other.most_words)
        self.features.update(other.features)

    def stands_apart(self, shape: Shape) -> bool:
        """Whether a value has a hard feature, or two soft ones, that nearly no other has.

        True lists have outliers, so one digit, one odd mark or a small letter is none.
        """
        if self.count < ENOUGH:
            return False
        scripts = {each for each in shape.features if each.startswith("script")}
        usual = {
            name
            for name, count in self.features.items()
            if name.startswith("script") and 100 * count >= NEARLY_ALL * self.count
        }
        if scripts and usual and scripts.isdisjoint(usual) and not self._has_any(scripts):
            return True
        far = (
            shape.length > TIMES_LONGER * self.longest + LONGER_BY
            and shape.words > TIMES_LONGER * self.most_words
        )
        odd = {
            each
            for each in shape.features
            if not each.startswith("script")
            and 100 * self.features[each] < (100 - NEARLY_ALL) * self.count
        }
        # The case of letters says little: beside a digit or an odd mark it decides nothing.
        return far or len(odd - {"begins small", "all capitals"}) >= 2

    def _has_any(self, scripts: set[str]) -> bool:
        return any(100 * self.features[each] > (100 - NEARLY_ALL) * self.count for each in scripts)
