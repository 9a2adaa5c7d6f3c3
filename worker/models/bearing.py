"""What of a request a model, or its server, does not bear, and what is done without from then on.

Some say so. Others take all of a request and answer something else: there are models that keep to
a JSON schema only where nothing is said of thinking, and servers that know no schema, or that make
every model say nothing under one. So where an answer holds no list at all, it is asked for again
without what may be at fault, one thing after another, and what helps is remembered.

Pure, but for a lock.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Options = frozenset[str]
NOTHING: Options = frozenset()


class _Model:
    """What is known of one model."""

    def __init__(self) -> None:
        self.refused: Options = NOTHING
        #: Which of the ways is used now.
        self.way = 0
        #: Ways that have brought values.
        self.good: set[Options] = set()
        #: All ways have been tried, and none has helped.
        self.is_exhausted = False


class Bearing:
    """See the module. Used by many threads at once.

    :param ways: what is left out to see whether it helps, in this order.
    """

    def __init__(self, *ways: Sequence[str]) -> None:
        self._ways = [NOTHING, *map(frozenset, ways)]
        self._models: dict[str, _Model] = {}
        self._lock = threading.Lock()

    def without(self, model: str) -> Options:
        """What to leave out of the next prompt."""
        with self._lock:
            return self._without(self._of(model))

    def refuse(self, model: str, option: str) -> None:
        """Note that a part of a request was refused, as will be that of every other."""
        with self._lock:
            known = self._of(model)
            known.refused |= {option}

    def brought_values(self, model: str, without: Options) -> None:
        """Note that an answer held values, to a prompt that was sent without these."""
        with self._lock:
            self._of(model).good.add(without)

    def brought_none(self, model: str, without: Options) -> bool:
        """Note that a whole answer held no list; return whether there is another way to ask.

        Not where this way has brought values before: then it is this answer that is odd.
        """
        with self._lock:
            known = self._of(model)
            if without in known.good or known.is_exhausted:
                return False
            if without != self._without(known):
                # Others have gone on meanwhile.
                return True
            while known.way + 1 < len(self._ways):
                known.way += 1
                if self._without(known) != without:
                    return True
            known.way, known.is_exhausted = 0, True
            return False

    def _of(self, model: str) -> _Model:
        return self._models.setdefault(model, _Model())

    def _without(self, known: _Model) -> Options:
        return known.refused | self._ways[known.way]


def refused(
    refusal: str,
    body: Mapping[str, Any],
    optional: Mapping[str, re.Pattern[str]],
    *,
    schema: str,
    items: Callable[[Any], Any],
) -> str | None:
    """The part of a request that its refusal speaks of, and that the prompt can do without.

    The whole schema is not given up for a pattern in it, which whoever asks can do without: then
    the prompt counts as refused, and no pattern is sent again. Nor is an empty one.

    :param optional: by the names of such parts, in the order in which they are given up, what a
        refusal says that means them.
    :param schema: the name of the part that holds the schema, and ``items`` reads it for the
        values'.
    """
    for option, says in optional.items():
        if option in body and says.search(refusal):
            held = option == schema and (not body[option] or "pattern" in items(body[option]))
            return None if held else option
    return None
