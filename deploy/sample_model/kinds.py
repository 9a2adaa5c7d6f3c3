"""Which kind of value a text asks for. Pure functions.

No wording is expected: a kind is looked for by its aliases, first in the places where texts
usually name what they want.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from deploy.sample_model.avoiding import QUOTED
from deploy.sample_model.catalogue import KINDS, Kind, aliases, fold, singular
from deploy.sample_model.catalogue.base import words
from deploy.sample_model.locales import find_locale_words

ERROR_LIMIT = 600
SUBJECT_LIMIT = 80


class UnknownKind(LookupError):
    """The text asks for something that the catalogue does not have; the message is for people."""


_CLAUSE = re.compile(r"[.!?]+(?=\s|$)|\n+|;")
_LABEL = re.compile(r"\s*(?:[-*•]\s*)?[\"']?([A-Za-z][\w \-/]{0,40}?)[\"']?\s*[:=]\s*(?=\S)(.*)")
_KIND_LABEL = re.compile(
    r"(?:(?:data|value|field|column|item|semantic)[ _-]?)?(?:type|kind|category|field|column|topic|"
    r"subject|domain|semantics|data)(?:\s+of\s+(?:the\s+)?(?:data|values?|items?))?|what|of|wanted",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:give|generate|list|write|produce|create|make|provide|need|want|invent|name|return|show|"
    r"propose|suggest|think\s+of|come\s+up\s+with|please|output|supply|think)\b|\d",
    re.IGNORECASE,
)
_TALK = re.compile(r"description|about|values?|context|details?|notes?|task|request", re.IGNORECASE)
_HINT = re.compile(r"[^\W_]+|[^\w\s]")
# Words that say nothing about the kind.
_EMPTY = frozenset(
    word
    for line in (
        "a an the of for in on at by from with to and or as be is are must should may can will",
        "each every all any some one only just exactly about up least most more less than no not",
        "without please give generate list write produce create make provide need want invent",
        "return show propose suggest think come output supply me us i you your my we our it its",
        "this that these those them they their there where which who whose what how value item",
        "entry example sample string text different distinct unique various diverse varied",
        "realistic plausible real fake fictional random common typical popular possible new other",
        "such like similar good best high quality famous well known modern test data datum json",
        "array object schema format formatted line per comma separated numbered bullet plain set",
        "number count character char word letter long length maximum minimum max min limit",
        "duplicate repeat gender male female man woman boy girl men women masculine feminine",
        "unisex neutral country nationality language locale region origin following field column",
        "type kind category database table use using used response answer reply respond",
        "explanation comment commentary extra additional small large short simple single multi",
        "multiline human readable suitable valid fit between if when do does don t s so also but",
        "have has having person please",
    )
    for word in map(singular, line.split())
)
# Aliases that count only where nothing else is said.
_WEAK = frozenset(
    (word,)
    for word in words("""
        name, person, customer, employee, patient, number, place, role, prefix, position, location,
        land, text, word, order
    """)
)
# Kinds that more often are an attribute of the wanted values than the values themselves.
_ATTRIBUTES = frozenset(
    (word,)
    for word in words(
        "country, nationality, language, locale, gender, sex, region, age, state, year"
    )
)
_HEADS = frozenset(
    words("""
        name, title, code, number, id, identifier, type, label, term, list, group, class, index,
        token
    """)
)
_NAMELIKE = frozenset({"name", "title", "term", "label", "word", "text"})
_PREPOSITIONS = frozenset(
    words("""
        for, from, in, at, on, by, with, about, to, as, that, which, who, where, used, using,
        like, per
    """)
)
_COUNTED, _MAIN, _LATER, _WITHIN, _ATTRIBUTE = 5, 4, 3, 2, 1


@dataclass(frozen=True)
class _Hit:
    """An alias in a clause; `rank` says how surely it is what is wanted."""

    kind: Kind
    length: int
    rank: int
    begin: int

    @property
    def order(self) -> tuple[int, int, int]:
        """Rank first; the counted noun that comes first ("20 bios of 2 sentences"); else length."""
        return self.rank, 0 if self.rank == _COUNTED else self.length, -self.begin


def find_kind(text: str) -> Kind:
    """The kind that a text asks for: in the likeliest place, the longest alias.

    The likeliest place is a line such as "Data type: city"; next a quoted phrase or a sentence
    that asks for something; then any other. Labels of attributes ("Country: Italy") are none.
    """
    subject = ""
    for clause in _clauses(text):
        hits = _hits(clause)
        best = max(hits, key=lambda hit: hit.order, default=None)
        if best and (not subject or best.rank > _ATTRIBUTE):
            return best.kind
        own = _subject(clause)
        subject = subject or own
        if own and re.search(r"\d", clause):
            break  # it asks for something that is not in the catalogue
    raise UnknownKind(_unknown_message(subject or " ".join(text.split())))


def _clauses(text: str) -> list[str]:
    """The parts of a text in the order in which they are likely to name the kind."""
    named: list[str] = []
    asking: list[tuple[int, list[str]]] = []
    others: list[str] = []
    for raw in _CLAUSE.split(text):
        clause = raw.strip()
        label = _LABEL.fullmatch(clause)
        if label and _KIND_LABEL.fullmatch(label.group(1).strip()):
            if re.search("kind|type", label.group(1), re.IGNORECASE):
                return [label.group(2)]  # nothing can be plainer
            named.append(label.group(2))
        elif label and not _ASKS.search(label.group(1)):
            if _TALK.fullmatch(label.group(1).strip()):
                others.append(label.group(2))
            elif label.group(2).strip().isdigit():
                others.append(label.group(1))
            elif _says_nothing(label.group(1)):
                others.append(label.group(2))
        elif urgency := bool(_ASKS.search(clause)) * 2 + bool(re.search(r"\d", clause)):
            asking.append((-urgency, [*QUOTED.findall(clause), clause]))
        elif clause:
            others.append(clause)
    asking.sort(key=lambda each: each[0])
    return [*named, *(part for _, parts in asking for part in parts), *others]


def _says_nothing(label: str) -> bool:
    """Whether a label is as empty as "Each of them is a"; the names of attributes are not."""
    said = fold(label)
    return all(word in _EMPTY and (word,) not in _ATTRIBUTES for word in said)


def _hits(clause: str) -> list[_Hit]:
    tokens = _phrase_words(_without_locales(clause))
    content = [word for word in tokens if word.isalnum() and word not in _EMPTY]
    known = aliases()
    deepest = _deepest()
    hits: list[_Hit] = []
    at = 0
    while at < len(tokens):
        for size in range(min(deepest, len(tokens) - at), 0, -1):
            candidate = tuple(tokens[at : at + size])
            kind = known.get(candidate)
            if kind is None or _is_label(tokens, at, at + size):
                continue
            if candidate in _WEAK and not _stands_alone(candidate, content):
                continue
            rank = _ATTRIBUTE if candidate in _ATTRIBUTES else _rank(tokens, at, at + size)
            if rank:
                hits.append(_Hit(kind, sum(len(word) for word in candidate), rank, at))
                at += size - 1
                break
        at += 1
    return hits


@cache
def _deepest() -> int:
    """The number of words of the longest alias."""
    return max(map(len, aliases()))


def _without_locales(clause: str) -> str:
    for begin, end, _, _ in find_locale_words(clause):
        clause = clause[:begin] + " " * (end - begin) + clause[end:]
    return clause


def _phrase_words(clause: str) -> list[str]:
    """Folded words; punctuation that parts phrases becomes a comma, a colon stays one."""
    tokens: list[str] = []
    for piece in _HINT.findall(re.sub(r"['’]s\b|[-/]", " ", clause)):
        if piece[0].isalnum():
            tokens += fold(piece)
        elif piece in ":=":
            tokens.append(":")
        elif piece in ',()[]{}"“”':
            tokens.append(",")
    return tokens


def _is_label(tokens: list[str], begin: int, end: int) -> bool:
    """Whether the words stand as in ", country: Italy"."""
    starts = begin > 0 and tokens[begin - 1] == ","
    return starts and end + 1 < len(tokens) and tokens[end] == ":"


def _stands_alone(candidate: tuple[str, ...], content: list[str]) -> bool:
    return all(word in candidate or word.isdigit() for word in content)


def _rank(tokens: list[str], begin: int, end: int) -> int:
    """How surely the words begin..end are what is wanted; 0 where they only describe another."""
    follow = _run(tokens[end:])
    if follow and not (len(follow) == 1 and follow[0] in _NAMELIKE):
        return 0 if len(follow) <= 3 and follow[-1] in _HEADS else _WITHIN
    before = begin - 1
    while before >= 0 and tokens[before] in _EMPTY and tokens[before] not in _PREPOSITIONS:
        before -= 1
    if before >= 0 and tokens[before].isdigit():
        return _COUNTED
    seen_content = False
    for word in tokens[:begin]:
        if seen_content and word in _PREPOSITIONS:
            return _LATER
        seen_content |= word.isalpha() and word not in _EMPTY
    return _MAIN


def _run(tokens: list[str]) -> list[str]:
    """The words up to the end of the phrase."""
    run: list[str] = []
    for word in tokens:
        if not word.isalnum() or word in _EMPTY:
            break
        run.append(word)
    return run


def _subject(clause: str) -> str:
    """The longest run of tokens of a clause that could be the kind, as written."""
    runs: list[list[str]] = [[]]
    for piece in _HINT.findall(clause):
        folded = fold(piece)
        empty = all(word in _EMPTY or word.isdigit() for word in folded)
        if piece == "-" and runs[-1]:
            continue
        if empty or piece.lower() in _EMPTY:
            runs.append([])
        else:
            runs[-1].append(piece)
    longest: list[str] = max(runs, key=lambda run: len(run))
    return " ".join(longest)


def _unknown_message(subject: str) -> str:
    if len(subject) > SUBJECT_LIMIT:
        subject = subject[: SUBJECT_LIMIT - 1] + "…"
    head = f"sample-faker does not know how to make '{subject}'; it knows: "
    tail = ", ... (see /api/show)"
    listed = ""
    for name in KINDS:
        longer = f"{listed}, {name}" if listed else name
        if len(head) + len(longer) + len(tail) > ERROR_LIMIT:
            return head + listed + tail
        listed = longer
    return head + listed
