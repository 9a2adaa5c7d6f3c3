"""What the values of one column are like, counted. Pure.

Shares are of distinct values: a value that a thousand rows have tells no more than one row's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.synthesis.plans import Entity
from shared.synthesis.recognise import values as one
from shared.synthesis.recognise.dictionaries import common_words
from shared.synthesis.recognise.words import fold

#: So many distinct values are looked at; more tell nothing more.
MOST_VALUES = 1_000

#: A text has at least so many words, or characters.
WORDS_OF_TEXT, CHARACTERS_OF_TEXT = 6, 60


@dataclass(frozen=True)
class Profile:
    """Counts over the values of a column.

    :param rows: values that are not null, and not blank.
    :param distinct: the distinct ones that were looked at.
    :param sure: how many of them are surely what.
    :param names: how many are by dictionaries a first name, a last name, a person.
    :param words: how many of these are words of a language besides.
    :param uuids: how many are UUIDs, and ``texts``: how many have several words.
    """

    rows: int = 0
    distinct: tuple[str, ...] = ()
    sure: Counter[Entity] = field(default_factory=Counter)
    names: Counter[Entity] = field(default_factory=Counter)
    words: int = 0
    uuids: int = 0
    texts: int = 0
    looked: bool = False

    def share(self, count: int) -> float:
        """Which part of the distinct values so many are."""
        return count / len(self.distinct) if self.distinct else 0.0

    def fitting(self, entity: Entity) -> float:
        """Which part may be of a kind, read with good will."""
        return self.share(sum(one.fits(entity, each) for each in self.distinct))

    @property
    def uniqueness(self) -> float:
        """Distinct values over all of the sample."""
        return len(self.distinct) / self.rows if self.rows else 0.0


def profile(values: Sequence[str | None], country: str, *, looked: bool = True) -> Profile:
    """The profile of some values, in the text form of their database.

    :param looked: whether there are any values, though all of them may be left out here.
    """
    held = [stripped for value in values if value and (stripped := value.strip())]
    distinct = tuple(dict.fromkeys(held))[:MOST_VALUES]
    sure: Counter[Entity] = Counter()
    names: Counter[Entity] = Counter()
    words = 0
    for each in distinct:
        kind = one.sure_kind(each, country)
        if kind is not None:
            sure[kind] += 1
        elif (name := one.names_in(each)) is not None:
            names[name] += 1
            words += fold(each) in common_words()
    return Profile(
        rows=min(len(held), MOST_VALUES) if len(distinct) == MOST_VALUES else len(held),
        distinct=distinct,
        sure=sure,
        names=names,
        words=words,
        uuids=sum(map(one.is_uuid, distinct)),
        texts=sum(map(is_text, distinct)),
        looked=looked,
    )


def is_text(value: str) -> bool:
    """Whether a value has words enough to say anything."""
    blanks = value.count(" ") + value.count("\n")
    return blanks >= WORDS_OF_TEXT - 1 or (len(value) >= CHARACTERS_OF_TEXT and blanks >= 2)
