"""What the values of a cell have been like, across its prompts."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from dataclasses import dataclass, field

from worker.mill.looks.off_shape import Shapes

#: Cells whose profile a process remembers: those that it met last.
MOST_CELLS = 1_024

#: So many others decide whether a suspicion is one, where fewer than half of them carry it.
FEWEST_OTHERS = 2

#: An operation, by its number, and one of its cells.
Key = tuple[int, int]


@dataclass(kw_only=True)
class Profile:
    """Counts over values that were looked at."""

    looked_at: int = 0
    #: Of them, those that carry a suspicion, by its name; whether it was upheld or not.
    suspects: Counter[str] = field(default_factory=Counter)
    #: Of those that were kept.
    shapes: Shapes = field(default_factory=Shapes)
    #: Marks of lists that answers have carried; see ``marks``.
    marks: set[str] = field(default_factory=set)

    def copy(self) -> Profile:
        """A profile of its own."""
        made = Profile()
        made.join(self)
        return made

    def join(self, other: Profile) -> None:
        """Learn all that another one knows."""
        self.looked_at += other.looked_at
        self.suspects.update(other.suspects)
        self.shapes.join(other.shapes)
        self.marks |= other.marks

    def is_ordinary(self, suspicion: str) -> bool:
        """Whether so many others carry it that it is what the kind is.

        The value in question is among those looked at. While few are known, it is.
        """
        others = self.looked_at - 1
        return others < FEWEST_OTHERS or 2 * (self.suspects[suspicion] - 1) >= others


class Profiles:
    """The profiles of one process, for all its threads; no more of them than ``most``."""

    def __init__(self, most: int = MOST_CELLS) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._profiles: OrderedDict[Key, Profile] = OrderedDict()

    def read(self, key: Key) -> Profile:
        """What is known of a cell now; a copy."""
        with self._lock:
            known = self._profiles.get(key)
            return Profile() if known is None else known.copy()

    def learn(self, key: Key, learned: Profile) -> None:
        """Join what an answer has shown."""
        with self._lock:
            self._profiles.setdefault(key, Profile()).join(learned)
            self._profiles.move_to_end(key)
            while len(self._profiles) > self._most:
                self._profiles.popitem(last=False)

    def __len__(self) -> int:
        return len(self._profiles)
