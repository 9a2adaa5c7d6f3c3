"""What the name of a column says of its values, beside the names of its table and its neighbours.

``name`` is a person's in ``customers``, and none in ``products``; ``nome`` beside ``cognome`` is a
first name. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from shared.synthesis.plans import Entity
from shared.synthesis.recognise import vocabulary as words_known
from shared.synthesis.recognise.words import listed, singular, without, words_of

#: How sure a name makes: a known phrase; one among words that nobody knows; a bare "name".
SURE, UNSURE, BARE = 0.9, 0.6, 0.75

#: Single words that mean so many things that they have to be all of a name.
_WHOLE = frozenset(
    listed("first last by via str ul cap cp cf rg bi ort run cc bill tin born rue contact author")
)

#: Titles are of jobs among people, and of books elsewhere.
_TITLES = frozenset({"title", "position", "role", "titel"})

#: Links are of anything; they may say whose they are where they are a person's.
_LINKS = frozenset({"url", "www", "link", "web"})

#: What a name ends with that holds a reference, and no value itself.
_REFERENCES = frozenset(listed("id ids uuid guid key ref fk pk oid code codes hash"))


@dataclass(frozen=True)
class Guess:
    """What a name says.

    :param entity: None: nothing personal.
    :param plain: it says what is held, and that this is not personal.
    :param reason: in words, for people.
    """

    entity: Entity | None = None
    confidence: float = 0.0
    plain: bool = False
    reason: str = ""


UNKNOWN = Guess()


def judge(column: str, table: str = "", neighbours: Collection[str] = ()) -> Guess:
    """What a column's name says.

    :param neighbours: names of the other columns.
    """
    owner = _canonical(table)
    words = without(_canonical(column), owner)
    if not words:
        return UNKNOWN
    found = _phrase(words)
    if found is not None:
        entity, at, length = found
        rest = [*words[:at], *words[at + length :]]
        guess = _weigh(entity, " ".join(words[at : at + length]), rest)
        if guess is not None:
            return guess
    return _bare_name(words, owner, neighbours) or _of_people(words, owner) or _plain(words)


@lru_cache(maxsize=4096)
def _canonical(identifier: str) -> tuple[str, ...]:
    found = []
    for word in words_of(identifier, words_known.VOCABULARY):
        one = word if word in words_known.VOCABULARY else singular(word)
        found.append(words_known.SAME.get(one, one))
    return tuple(found)


def _weigh(entity: Entity, phrase: str, rest: Sequence[str]) -> Guess | None:
    """A phrase beside the rest of its name; None: it is about something else."""
    if rest and rest[0] in {"is", "has", "can", "num", "allow", "requires", "require"}:
        return Guess(plain=True, reason=f'its name says whether or how many: "{rest[0]}"')
    if entity is Entity.LOGIN and "last" in rest:
        return Guess(plain=True, reason="its name says when somebody was last seen")
    others = [each for each in rest if each not in words_known.QUALIFIERS]
    marks = [each for each in rest if each in words_known.MARKS and each not in {"last", "created"}]
    if marks and entity is not Entity.FREE_TEXT:
        return Guess(plain=True, reason=f'its name says "{marks[0]}" of it')
    if rest and rest[-1] in _REFERENCES and entity not in {Entity.FREE_TEXT}:
        return Guess(plain=True, reason="its name says that it refers to something")
    if not others:
        return Guess(entity, SURE, reason=f'its name says "{phrase}"')
    if entity is Entity.FREE_TEXT:
        return Guess(entity, UNSURE, reason=f'its name says "{phrase}"')
    if phrase in _WHOLE or (len(phrase) < 4 and " " not in phrase):
        return None
    if singular(others[-1]) in words_known.THINGS and " " not in phrase:
        return None
    return Guess(entity, UNSURE, reason=f'its name says "{phrase}", among other words')


def _phrase(words: Sequence[str]) -> tuple[Entity, int, int] | None:
    """The longest phrase in a name, and of such ones the last; where it begins, and its length."""
    index = _index()
    for length in range(min(5, len(words)), 0, -1):
        for at in range(len(words) - length, -1, -1):
            phrase = tuple(words[at : at + length])
            entity = index.get(phrase)
            if entity is None:
                continue
            if length == 1 and phrase[0] in _WHOLE and len(words) > 1:
                continue
            return entity, at, length
    return None


@lru_cache(maxsize=1)
def _index() -> Mapping[tuple[str, ...], Entity]:
    return {
        tuple(words_known.SAME.get(word, word) for word in phrase): entity
        # Those that come first in the vocabulary are meant, where two have the same phrase.
        for entity, phrases in reversed(list(words_known.PHRASES.items()))
        for phrase in phrases
    }


def _bare_name(
    words: Sequence[str], owner: Sequence[str], neighbours: Collection[str]
) -> Guess | None:
    if words[-1] not in words_known.NAMES and words[0] not in words_known.NAMES:
        return None
    others = [each for each in words if each not in words_known.NAMES and len(each) > 1]
    subject = _subject(others)
    if subject is not None:
        return subject
    if others and not all(each in words_known.QUALIFIERS for each in others):
        return None
    beside = {guess for each in neighbours if (guess := _part_of_name(each))}
    if beside == {Entity.LAST_NAME}:
        return Guess(Entity.FIRST_NAME, SURE, reason="its name says name, beside a last name")
    if beside == {Entity.FIRST_NAME}:
        return Guess(Entity.LAST_NAME, SURE, reason="its name says name, beside a first name")
    return _subject(owner)


def _subject(words: Sequence[str]) -> Guess | None:
    """Whose name it is, by the last word that is known; None: nobody knows."""
    for word in reversed(words):
        for each in (word, singular(word)):
            if each in words_known.PEOPLE:
                return Guess(Entity.PERSON, BARE, reason=f'the name of somebody: "{each}"')
            if each in words_known.COMPANIES:
                return Guess(Entity.COMPANY, BARE, reason=f'the name of a company: "{each}"')
            if each in words_known.THINGS:
                return Guess(plain=True, reason=f'the name of a thing: "{each}"')
    return None


@lru_cache(maxsize=4096)
def _part_of_name(column: str) -> Entity | None:
    found = _phrase(_canonical(column))
    if found and found[0] in {Entity.FIRST_NAME, Entity.LAST_NAME}:
        return found[0]
    return None


def _of_people(words: Sequence[str], owner: Sequence[str]) -> Guess | None:
    """What is personal only where it is somebody's: a title, a link."""
    subject = _subject(owner) if len(words) == 1 else None
    if subject is None:
        return None
    if subject.plain:
        return subject if words[0] in _TITLES else None
    if words[0] in _TITLES and subject.entity is Entity.PERSON:
        return Guess(Entity.JOB_TITLE, UNSURE, reason=f'"{words[0]}" of people')
    if words[0] in _LINKS:
        return Guess(Entity.URL, UNSURE, reason=f'"{words[0]}" of people or companies')
    return None


def _plain(words: Sequence[str]) -> Guess:
    for word in _ends(words):
        if word in words_known.PLAIN or word in _REFERENCES or word in words_known.MARKS:
            return Guess(plain=True, reason=f'its name says "{word}"')
    if len(words) == 1 and singular(words[0]) in words_known.THINGS:
        return Guess(plain=True, reason=f'its name says "{words[0]}"')
    return UNKNOWN


def _ends(words: Sequence[str]) -> Iterator[str]:
    yield words[-1]
    yield words[0]
