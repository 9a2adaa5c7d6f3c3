"""How the workers share what they learn of the ways of asking, and remember it.

Every few seconds each process adds what it has learned to what all know, and reads what others
have added; at its start, what was learned last by anybody. A process that is killed takes what it
had not added yet with it. What was added in a transaction whose commit was not answered is added
again, so it may count twice, once for each such commit; nothing else does.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from shared.db.engine import Database
from shared.generation import yields
from worker.mill.arms import Arm
from worker.mill.book import MEMORY_VALUES
from worker.mill.books import MOST_BOOKS, Books

#: From one sharing to the next.
SHARE_SECONDS = 3.0

#: What others add is seen when they commit, under the time at which they began; longer than this
#: takes no statement.
LATEST_COMMIT = timedelta(seconds=30)

#: Rows that are read at once, at most.
MOST_ROWS = MOST_BOOKS * len(Arm)


class Sharing:
    """Keeps the books of one process in step with the database."""

    def __init__(self, database: Database, books: Books) -> None:
        self._database = database
        self._books = books
        #: Held while anything is read, so that what was read first is also known first.
        self._lock = threading.Lock()
        self._read_at: datetime | None = None

    def share(self) -> None:
        """Add what was learned here, and learn what others have added.

        :raises Unavailable: when the database is away; what was learned is kept for the next time.
        """
        with self._lock:
            taken = self._books.take()
            try:
                with self._database.transaction() as connection:
                    yields.add(connection, taken, memory=MEMORY_VALUES)
                    after = None if self._read_at is None else self._read_at - LATEST_COMMIT
                    news = yields.news(connection, after=after, limit=MOST_ROWS)
            except BaseException:
                self._books.put_back(taken)
                raise
            self._read_at = news.read_at
            # The oldest first: where there are too many, those are forgotten.
            self._books.know(reversed(news.yields))

    def look(self) -> None:
        """Read the books that were begun here, unless there are none or they are read already.

        :raises Unavailable: when the database is away.
        """
        pairs = self._books.unread()
        if not pairs or not self._lock.acquire(blocking=False):
            return
        try:
            found = self._database.read(lambda connection: yields.read(connection, pairs))
            self._books.know(found, read=pairs)
        finally:
            self._lock.release()
