"""Take out of values what a request does not want, for as long as that is quick enough.

A pattern may take for ever on a value: it is stopped, and the value is lost. One that has to be
stopped again and again would cost a tenth of a second for each value that any prompt brings, so it
is given up, and its operation with it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from shared.javaregex import JavaPattern, JavaRegexTimeout, compile_java

#: Longest that filtering one value may take.
FILTER_SECONDS = 0.1

#: A pattern is given up when it was stopped so often, and on more than one of so many values: some
#: take long for a few values that are longer than the others.
MOST_TIMEOUTS = 3
VALUES_TO_ONE = 20

#: Operations whose filters a process remembers: those that it met last.
MOST_FILTERS = 1_024


class Filter:
    """What one operation wants none of. Used by many threads at once: each counts what it sees,
    and one that is lost in between changes nothing.
    """

    def __init__(self, pattern: JavaPattern) -> None:
        self._pattern = pattern
        self._tried = 0
        self._stopped = 0

    @property
    def is_given_up(self) -> bool:
        """Whether it is not tried on any more values."""
        stopped = self._stopped
        return stopped >= MOST_TIMEOUTS and stopped * VALUES_TO_ONE > self._tried

    def remove_from(self, value: str) -> str:
        """The value without what is not wanted.

        :raises JavaRegexTimeout: it took too long, or was given up.
        """
        if self.is_given_up:
            raise JavaRegexTimeout(FILTER_SECONDS)
        self._tried += 1
        try:
            return self._pattern.remove_all(value, timeout_seconds=FILTER_SECONDS)
        except JavaRegexTimeout:
            self._stopped += 1
            raise

    @property
    def reason(self) -> str:
        """Why it was given up, for whoever wrote it."""
        return (
            f"filter_characters takes too long: of {self._tried} values that it was tried on, it "
            f"had to be stopped on {self._stopped} after {FILTER_SECONDS} s. Write it without "
            "repetition within repetition, or alternatives that match the same."
        )


class Filters:
    """The filters of one process, for all its threads; no more of them than ``most``."""

    def __init__(self, most: int = MOST_FILTERS) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._filters: OrderedDict[int, Filter] = OrderedDict()

    def of(self, operation_number: int, source: str) -> Filter:
        """The filter of an operation, with all that it has shown."""
        with self._lock:
            found = self._filters.get(operation_number)
            if found is None:
                found = self._filters[operation_number] = Filter(compile_java(source))
            self._filters.move_to_end(operation_number)
            while len(self._filters) > self._most:
                self._filters.popitem(last=False)
            return found

    def __len__(self) -> int:
        return len(self._filters)
