"""What a model is told, in the words of a person.

One sentence asks for the values: adjectives before the noun, other attributes behind it. What
limits them, and what is known already, stands before the sentence; after it stands nothing, for
small models take what they read last for what they are asked to say. Examples go ahead, whose
answers are lists on one line: a model that has seen them does not indent its own, and spends half
as many tokens on a value. Figures are in ``docs/quality.md``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.generation.claim import Claim
from shared.generation.requests import DEFAULT_LENGTH, DEFAULT_LENGTH_MULTILINE
from worker.mill.regions import Region

SYSTEM = (
    "You make up realistic test data. You answer with a JSON array of strings and nothing else: "
    "no numbering, no comments, no explanations."
)


#: Examples that go ahead.
MOST_EXAMPLES = 2


class Phrasing(StrEnum):
    """The ways to ask for the same."""

    #: "Give me 15 different German first names as a JSON array of strings."
    GIVE = "give"
    #: "Write a list of 15 different German first names, as a JSON array of strings."
    LIST = "list"


@dataclass(frozen=True)
class _Example:
    """A request that nobody makes, and its answer."""

    noun: str
    values: tuple[str, ...]


#: Of each form two go ahead whose nouns are not in the request itself. Of different kinds: after
#: one alone a small model takes its kind for what it shall say.
_SHORT = (
    _Example("planet", ("Mars", "Venus", "Saturn")),
    _Example("musical instrument", ("violin", "flute", "harp", "drum")),
    _Example("river", ("Danube", "Nile", "Volga")),
)
_SENTENCES = (
    _Example(
        "weather report",
        (
            "Rain moves in from the west by noon, and the wind picks up.",
            "It stays dry and cold all day.",
        ),
    ),
    _Example(
        "diary entry",
        (
            "We walked to the old mill and were back before dark.",
            "The roof leaks again, so I called Martin.",
        ),
    ),
)
_LINES = (
    _Example("verse", ("The sea is grey,\nthe ships are near.", "A lamp, a chair,\nand rain.")),
    _Example("menu", ("Soup of the day\nBread and butter", "Baked trout\nPlum cake")),
)

#: Kinds that are said in sentences.
_PROSE = re.compile(
    r"\b(?:sentence|review|description|comment|note|message|text|story|summary|paragraph|feedback|"
    r"complaint|question|answer|instruction|biograph|bio\b|quote|letter|email body|report|remark|"
    r"satz|s\xe4tze|beschreibung|bewertung|phrase|testimonial|announcement|abstract)",
    re.IGNORECASE,
)

#: Attributes that a person says as an adjective though they have a label, and those that have a
#: preposition.
_ADJECTIVES = frozenset(
    ("gender", "sex", "nationality", "tone", "style", "mood", "sentiment", "size", "colour")
)
_PREPOSITIONS = {
    "country": "from",
    "region": "from",
    "state": "from",
    "city": "from",
    "continent": "from",
    "origin": "from",
    "language": "in",
    "topic": "about",
    "subject": "about",
}

#: Words behind which a phrase says more of the noun that stands before them.
_BEHIND_NOUN = re.compile(
    r"of|in|for|from|with|without|on|at|by|to|about|that|which|who|whose|used|as|per"
)
_WORD = re.compile(r"[A-Za-z][A-Za-z'/-]*")
#: A noun phrase has so many words at most; what is longer describes.
_MOST_WORDS = 6


def messages(
    claim: Claim,
    count: int,
    *,
    phrasing: Phrasing = Phrasing.GIVE,
    focus: Region | None = None,
    avoid: Sequence[str] = (),
    before: Sequence[str] = (),
    example: bool = True,
) -> list[dict[str, str]]:
    """The conversation that ends in the request for ``count`` values of the claim's cell.

    :param focus: ask for values of this region only.
    :param avoid: known values not to say again, the most important first.
    :param before: known values that stand as the model's own earlier answer; the request is then
        for more.
    :param example: whether an example goes ahead.
    """
    said = [("system", SYSTEM)]
    if example:
        for shown in _examples(claim):
            wanted = f"Give me {len(shown.values)} different {plural(shown.noun)}"
            said += [
                ("user", f"{wanted} as a JSON array of strings."),
                ("assistant", _array(shown.values)),
            ]
    if before:
        said += [
            ("user", request(claim, len(before), phrasing=phrasing)),
            ("assistant", _array(before)),
        ]
    asked = request(claim, count, phrasing=phrasing, focus=focus, avoid=avoid, more=bool(before))
    said.append(("user", asked))
    return [{"role": role, "content": content} for role, content in said]


def request(
    claim: Claim,
    count: int,
    *,
    phrasing: Phrasing = Phrasing.GIVE,
    focus: Region | None = None,
    avoid: Sequence[str] = (),
    more: bool = False,
) -> str:
    """The request alone, on one line."""
    sentences = [*_limits(claim), *_known(avoid)]
    values = _values(claim, count, more=more)
    if focus is not None and (place := focus.words()):
        values = f"{values} {place}"
    match phrasing:
        case Phrasing.GIVE:
            sentences.append(f"Give me {values} as a JSON array of strings.")
        case Phrasing.LIST:
            sentences.append(f"Write a list of {values}, as a JSON array of strings.")
    return " ".join(sentences)


def is_prose(claim: Claim) -> bool:
    """Whether the values of a claim are likely to be sentences."""
    return _PROSE.search(claim.data_type) is not None


def plural(phrase: str) -> str | None:
    """An English noun phrase in the plural; None for what does not look like one.

    A phrase of lower-case words is taken for one: nouns of other languages come with capitals or
    letters of their own, and an ending of English on those would be noise.
    """
    words = phrase.split()
    if not (0 < len(words) <= _MOST_WORDS) or not all(map(_WORD.fullmatch, words)):
        return None
    if words[0].lower() in _NOT_FIRST or words[-1] in _PRONOUNS:
        return None
    at = next(
        (i - 1 for i, word in enumerate(words) if i and _BEHIND_NOUN.fullmatch(word)),
        len(words) - 1,
    )
    noun = words[at]
    if noun.isupper() and len(noun) > 1:
        words[at] = f"{noun}s"
    elif noun.islower():
        words[at] = _plural(noun)
    else:
        return None
    return " ".join(words)


def _plural(noun: str) -> str:
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if noun in _UNCHANGED or (noun.endswith("s") and not noun.endswith(("ss", "us", "is"))):
        return noun
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    if noun.endswith("is") and len(noun) > 3:
        return f"{noun[:-2]}es"
    return f"{noun}es" if noun.endswith(("s", "x", "z", "ch", "sh")) else f"{noun}s"


_IRREGULAR = {
    "person": "persons",
    "man": "men",
    "woman": "women",
    "child": "children",
    "wife": "wives",
    "knife": "knives",
    "leaf": "leaves",
    "shelf": "shelves",
    "foot": "feet",
    "tooth": "teeth",
    "mouse": "mice",
}
_NOT_FIRST = frozenset(["a", "an", "the", "some", "any", "one"])
_PRONOUNS = frozenset(["me", "you", "us", "him", "her", "them", "it", "myself", "yourself"])
_UNCHANGED = frozenset(
    ["fish", "sheep", "deer", "species", "series", "aircraft", "data", "equipment", "furniture"]
)


def _examples(claim: Claim) -> Sequence[_Example]:
    examples = _LINES if claim.multiline_values else _SENTENCES if is_prose(claim) else _SHORT
    asked = claim.data_type.lower()
    return [each for each in examples if each.noun not in asked][:MOST_EXAMPLES]


def _limits(claim: Claim) -> Iterable[str]:
    # Who gives no limit has the default one: nothing that a model should think of.
    if claim.max_value_length not in (DEFAULT_LENGTH, DEFAULT_LENGTH_MULTILINE):
        yield f"Each has at most {claim.max_value_length} characters."
    if claim.multiline_values:
        yield "Each may have several lines."


def _known(avoid: Sequence[str]) -> Iterable[str]:
    if avoid:
        # Quoted as JSON: a value that has quotes or line breaks in it stays a value.
        yield f"Do not use these: {', '.join(json.dumps(v, ensure_ascii=False) for v in avoid)}."


def _values(claim: Claim, count: int, *, more: bool) -> str:
    """``15 different German female first names from Austria (Era: 1950s)``"""
    adjectives: list[str] = []
    places: list[str] = []
    others: list[str] = []
    for label, value in ((flat(label or ""), flat(value)) for label, value in claim.attributes):
        if not label or label.lower() in _ADJECTIVES:
            adjectives.append(value)
        elif preposition := _PREPOSITIONS.get(label.lower()):
            places.append(f"{preposition} {value}")
        else:
            others.append(f"{label}: {value}")
    kind = flat(claim.data_type)
    many = plural(kind)
    if many is None:
        kinds = f"example{'' if count == 1 else 's'} of {' '.join([*adjectives, kind])}"
        adjectives = []
    else:
        kinds = kind if count == 1 else many
    number = [str(count), *([] if count == 1 else ["more" if more else "different"])]
    said = [*number, *adjectives, kinds, *places]
    behind = f" ({'; '.join(others)})" if others else ""
    return f"{' '.join(said)}{behind}"


def _array(values: Sequence[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False, separators=(",", ":"))


def flat(text: str) -> str:
    """On one line: the user's words stay where they belong."""
    return " ".join(text.split())
