"""When an answer has stopped to pay. Pure.

Held to a number, or left to itself, a model that has no more goes on: it says what it has said,
or junk. An answer is worth ending when what it gives now is far below what answers give, because
the next one begins anew (the marginal value theorem, Charnov 1976, Theoretical Population Biology
9: leave a patch when its rate falls to that of the whole habitat).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

#: So many values are looked at together, and so many of them have to be new and fit.
WINDOW = 6
LEAST = 2

#: Favourites come first in an answer: what the cell has already counts against it only from here
#: on.
FAVOURITES = 6


class Stall:
    """Watches one answer.

    :param is_known: whether the cell has a value already, as far as is known here.
    """

    def __init__(self, is_known: Callable[[str], bool]) -> None:
        self._is_known = is_known
        self._heard = 0
        self._recent: deque[bool] = deque(maxlen=WINDOW)

    def hear(self, values: Iterable[str], *, lost: int) -> None:
        """Take note of what came: fit values, and how many others were repeats or refused."""
        for value in values:
            self._heard += 1
            if not self._is_known(value):
                self._recent.append(True)
            elif self._heard > FAVOURITES:
                self._recent.append(False)
        self._heard += lost
        self._recent.extend([False] * lost)

    @property
    def has_come(self) -> bool:
        """Whether the answer has stopped to pay."""
        return len(self._recent) == WINDOW and sum(self._recent) < LEAST
