"""All kinds of values that the sample model can make, found by their names.

============ =======================================
``base``     what a kind of value is
``people``   names, and what else is said of persons
``places``   places, and how to find them
``business`` companies, their products and parts
``finance``  money, accounts and cards
``codes``    identifiers and numbers
``clock``    moments and the calendar
``internet`` addresses in networks
``culture``  cars, titles, languages
``nature``   animals, colours, planets
``table``    food and drink
``writing``  running text
============ =======================================
"""

from __future__ import annotations

import re
from functools import cache

from deploy.sample_model.catalogue import (
    business,
    clock,
    codes,
    culture,
    finance,
    internet,
    nature,
    people,
    places,
    table,
    writing,
)
from deploy.sample_model.catalogue.base import Draw, Gender, Kind

__all__ = ["KINDS", "Draw", "Gender", "Kind", "aliases", "fold", "singular"]

_SHELVES = (
    people,
    places,
    business,
    table,
    internet,
    finance,
    clock,
    codes,
    nature,
    culture,
    writing,
)
KINDS: dict[str, Kind] = {kind.name: kind for m in _SHELVES for kind in m.shelf.kinds}

_WORD = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-zß-ÿ])(?=[A-Z])")
_IRREGULAR = {
    "people": "person",
    "children": "child",
    "movies": "movie",
    "cookies": "cookie",
    "veggies": "veggie",
    "ids": "id",
    "ips": "ip",
    "uris": "uri",
    "haikus": "haiku",
}


def fold(text: str) -> tuple[str, ...]:
    """The words of a text in lower case and the singular; hyphens and underscores part words."""
    parted = _HUMP.sub(" ", text.replace("'s", "").replace("’s", ""))
    return tuple(singular(word.lower()) for word in _WORD.findall(parted))


@cache
def singular(word: str) -> str:
    """A crude singular: good enough to make both sides of a comparison equal."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "uses")):
        return word[:-2]
    return word[:-1]


@cache
def aliases() -> dict[tuple[str, ...], Kind]:
    """Every kind by the folded words of each of its names. The first to claim a name keeps it."""
    found: dict[tuple[str, ...], Kind] = {}
    for kind in KINDS.values():
        for alias in kind.aliases:
            found.setdefault(fold(alias), kind)
    return found
