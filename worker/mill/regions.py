"""Parts of all the values there may be, told apart by how they begin.

Prompts that run at once are given regions that share no value, so their answers cannot repeat
each other. Regions are learned from the values so far, code point by code point: any script,
case and digits will do.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

#: Longest beginning that a region goes by, in code points.
DEPTH = 24

#: A region names at most so many beginnings, so that schema and words stay short.
MOST_PREFIXES = 24

#: In words at most so many are named; the pattern has them all.
MOST_WORDS = 40

#: llama.cpp refuses repetitions of 2,000 and more.
MOST_REPETITIONS = 1_999

#: What may follow in a JSON string without an escape. A pattern speaks of the raw JSON text.
_NOT_RAW = r'"\\\x00-\x1F\x7F'
_RAW = f"[^{_NOT_RAW}]"


@dataclass(frozen=True)
class Region:
    """The strings that begin as ``prefixes`` say; the longest beginning that fits decides.

    A string is in the region when the longest of ``prefixes`` and ``but`` that it begins with is
    one of ``prefixes``. The empty prefix begins every string, so ``Region(("",), ("A", "B"))`` is
    all that begin with neither.
    """

    prefixes: tuple[str, ...]
    but: tuple[str, ...] = ()

    def __contains__(self, value: str) -> bool:
        for length in self._lengths:
            inside = self._marks.get(value[:length])
            if inside is not None and len(value) >= length:
                return inside
        return False

    @cached_property
    def _marks(self) -> dict[str, bool]:
        return dict.fromkeys(self.but, False) | dict.fromkeys(self.prefixes, True)

    @cached_property
    def _lengths(self) -> list[int]:
        return sorted({len(mark) for mark in self._marks}, reverse=True)

    def pattern(self, max_length: int) -> str | None:
        """A regular expression for ``pattern`` in the schema; None when none can be made.

        What it matches is in the region; values that JSON has to escape are left out, and so are
        values that differ from a beginning in ``but`` only by the case of their first letter: a
        model that is forced off ``A`` would say ``anna``. llama.cpp knows neither look-around
        nor ``\\p``, wants both anchors, and fewer than 2,000 repetitions.

        :param max_length: characters that a value may have.
        """
        heads, whole = _spell("", self._marks.get("", False), self._marks)
        if not heads:
            return None
        rest = max(0, min(max_length, MOST_REPETITIONS) - max(1, min(map(len, self.prefixes))))
        pattern = f"({'|'.join(heads)}){_RAW}{{0,{rest}}}"
        return f"^({'|'.join([pattern, *whole])})$" if whole else f"^{pattern}$"

    def words(self) -> str:
        """The region, to stand behind a noun in the plural; empty where it is everything."""
        named = [prefix for prefix in self.prefixes if prefix]
        inside = f"beginning with {_either(named, 'or')}" if named else ""
        if not self.but:
            return inside
        outside = f"not {'' if inside else 'beginning '}with {_either(self.but, 'or')}"
        return f"{inside}, but {outside}," if inside else outside

    def dump(self) -> str:
        """As text, for the database."""
        return json.dumps([self.prefixes, self.but], ensure_ascii=False, separators=(",", ":"))

    @staticmethod
    def load(text: str) -> Region:
        """Read what :meth:`dump` wrote."""
        prefixes, but = json.loads(text)
        return Region(tuple(prefixes), tuple(but))


#: All values; forced, all that JSON need not escape.
EVERYTHING = Region(("",))


@dataclass(frozen=True)
class Part:
    """A region and the known values in it.

    The rest of a split also says how many values were ``split``, and how many beginnings among
    theirs are ``rare``: had by a single value. By their share (Good 1953) a further value begins
    in a way not seen yet. What is left of the values once each beginning is discounted for that is
    ``solid``: so many speak for more that begin like them.
    """

    region: Region
    values: tuple[str, ...]
    split: int = 0
    rare: int = 0
    solid: float = 0.0


def partition(known: Sequence[str], *, size: int) -> list[Part]:
    """Split all strings into regions that hold about ``size`` of the known values each.

    The regions share no string and leave none out. Longer beginnings are used where many values
    share the short ones; neighbours with few values are taken together; for each split, one
    region, last of its parts, has whatever begins in ways not seen yet.
    """
    return _split("", list(known), max(1, size))


def _split(prefix: str, values: list[str], size: int) -> list[Part]:
    stem = _plain_part(_stem(values)) if len(values) > size else ""
    children: defaultdict[str, list[str]] = defaultdict(list)
    rest: list[str] = []
    if len(values) > size and len(stem) < DEPTH:
        for value in values:
            begin = value[len(stem) : len(stem) + 1]
            (children[begin] if begin and _is_plain(begin) else rest).append(value)
    if not children:
        return [Part(Region((prefix,)), tuple(values), solid=len(values))]
    discount = _discount(map(len, children.values()))
    parts: list[Part] = []
    together: list[str] = []
    held: list[str] = []
    for begin in sorted(children):
        found = children[begin]
        if together and (len(held) + len(found) > size or len(together) >= MOST_PREFIXES):
            parts.append(_joined(together, held, discount))
            together, held = [], []
        if len(found) > size:
            parts += _split(stem + begin, found, size)
        else:
            together.append(stem + begin)
            held += found
    if together:
        parts.append(_joined(together, held, discount))
    but = tuple(stem + begin for begin in sorted(children))
    rare = sum(len(found) == 1 for found in children.values())
    parts.append(Part(Region((prefix,), but), tuple(rest), len(values), rare))
    return parts


def _joined(beginnings: Sequence[str], values: Sequence[str], discount: float) -> Part:
    solid = len(values) - discount * len(beginnings)
    return Part(Region(tuple(beginnings)), tuple(values), solid=solid)


def _discount(sizes: Iterable[int]) -> float:
    """What a beginning counts less than it has values, as one of which more will come.

    Absolute discounting (Ney, Essen and Kneser 1994, "On structuring probabilistic dependences in
    stochastic language modelling", Computer Speech and Language 8), with one added so that a few
    values do not discount all.

    :param sizes: values of each beginning.
    """
    found = list(sizes)
    once, twice = found.count(1), found.count(2)
    return once / (once + 2 * twice + 1)


def join(regions: Iterable[Region]) -> Region:
    """One region of several parts of the same partition."""
    parts = list(regions)
    prefixes = tuple(prefix for part in parts for prefix in part.prefixes)
    taken = set(prefixes)
    return Region(prefixes, tuple(each for part in parts for each in part.but if each not in taken))


def _is_plain(character: str) -> bool:
    """Whether it may stand in a pattern: seen by people, and by JSON as itself."""
    return character.isprintable() and character not in '"\\'


def _stem(values: Sequence[str]) -> str:
    """What all of them begin with."""
    first, last = min(values), max(values)
    same = next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), None)
    return first if same is None else first[:same]


def _plain_part(text: str) -> str:
    for at, character in enumerate(text):
        if not _is_plain(character):
            return text[:at]
    return text


def _spell(prefix: str, included: bool, marks: Mapping[str, bool]) -> tuple[list[str], list[str]]:
    """Patterns for what begins with ``prefix``, given whether that is in the region as such.

    :param marks: longer beginnings, with whether they are in the region.
    :returns: patterns that anything may follow, and values that end just where a longer beginning
        would have to go on.
    """
    spelled = "".join(map(_literal, prefix))
    below: defaultdict[str, dict[str, bool]] = defaultdict(dict)
    for mark, inside in marks.items():
        if len(mark) > len(prefix):
            below[mark[len(prefix)]][mark] = inside
    if not below:
        return ([spelled or _RAW] if included else []), []
    heads: list[str] = []
    whole: list[str] = []
    if included:
        barred = set(below) if prefix else {twin for each in below for twin in _cases(each)}
        heads.append(f"{spelled}[^{_members(barred)}{_NOT_RAW}]")
        whole += [spelled] if prefix else []
    entire: list[str] = []
    for begin in sorted(filter(_is_plain, below)):
        longer = prefix + begin
        inside = below[begin].pop(longer, included)
        if below[begin]:
            more_heads, more_whole = _spell(longer, inside, below[begin])
            heads += more_heads
            whole += more_whole
        elif inside:
            entire.append(begin)
    if len(entire) == 1:
        heads.append(spelled + _literal(entire[0]))
    elif entire:
        heads.append(f"{spelled}[{_members(entire)}]")
    return heads, whole


def _cases(character: str) -> set[str]:
    return {each for each in (character, character.lower(), character.upper()) if len(each) == 1}


def _literal(character: str) -> str:
    return f"\\{character}" if character in "^$.[](){}|*+?" else character


def _members(characters: Iterable[str]) -> str:
    return "".join(map(_member, sorted(characters)))


def _member(character: str) -> str:
    """As part of a class; llama.cpp's classes know few escapes, but all of them by number."""
    if character.isascii() and not character.isalnum():
        return f"\\x{ord(character):02X}"
    return character


def _either(prefixes: Iterable[str], word: str) -> str:
    quoted = [json.dumps(prefix, ensure_ascii=False) for prefix in prefixes][:MOST_WORDS]
    if len(quoted) == 1:
        return quoted[0]
    return f"{', '.join(quoted[:-1])} {word} {quoted[-1]}"
