"""What a process remembers of the cells in which values repeat, and how it keeps up with others.

All that is read here is read between claims, never in one: a claim holds locks that all others
wait for. Beforehand it is asked what the next claims are likely to find; of those cells the news
is read, and stock is taken. A claim that meets another cell is made again after that was read.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from shared.db.engine import Database
from shared.equality import fold
from shared.generation import lookahead
from shared.generation.lookahead import Ahead, News, Standing
from worker.mill.lore import A_CELL, MOST_KEPT, Lore
from worker.mill.regions import Region
from worker.mill.strategy import repeats
from worker.mill.survey import Survey, survey

#: What is remembered of all cells together, in characters as ``Lore.size`` counts them: about
#: 100,000 names, which take some 70 MB.
MOST_CHARACTERS = 8_000_000

#: Cells that are looked at ahead. Those not known yet are read together, because reading one
#: takes as long as its operation has values.
MOST_AHEAD = 32

#: An operation, by its number, and one of its cells.
Key = tuple[int, int]


@dataclass(kw_only=True)
class _Cell:
    lore: Lore
    survey: Survey | None = None
    #: The version of the lore that the survey is of, and the look that it was last fit for.
    version: int = 0
    look: int = 0


@dataclass(kw_only=True)
class _Operation:
    cells: dict[int, _Cell] = field(default_factory=dict)
    #: Up to this position all values of these cells have been read.
    position: int = 0
    #: And what came of others' prompts, up to this one.
    outcome: int = 0

    @property
    def standing(self) -> Standing | None:
        return Standing(position=self.position, outcome=self.outcome) if self.cells else None


class Memory:
    """See the module. One thread at a time looks; others may learn meanwhile."""

    def __init__(self, database: Database, *, worker: str, room: int = MOST_CHARACTERS) -> None:
        self._database = database
        self._worker = worker
        self._room = room
        #: Held by whoever learns.
        self.lock = threading.Lock()
        self._operations: dict[int, _Operation] = {}
        self._look = 0

    def look(self, wanted: int, *, met: Collection[Key] = ()) -> None:
        """Prepare for so many claims: read the news of the cells that they are likely to find.

        :param met: cells that claims have met and could not plan for.
        """
        self._look += 1
        if not (self._operations or met):
            return
        remembered = list(self._operations)
        with self._database.transaction() as connection:
            ahead = lookahead.next_cells(connection, remembered, most=MOST_AHEAD)
            needed = [*lookahead.cells(connection, met), *ahead[:wanted]]
            ended = lookahead.ended(connection, remembered) if met or not ahead else ()
            read: list[tuple[int, dict[int, Ahead], News]] = []
            for number in dict.fromkeys(each.operation_number for each in (*needed, *ahead)):
                cells = [each for each in (*needed, *ahead) if each.operation_number == number]
                operation = self._operations.get(number, _Operation())
                unknown = _unknown(operation, cells)
                news = lookahead.news(
                    connection,
                    cells[0],
                    known=operation.standing,
                    unknown=list(unknown),
                    limit=MOST_KEPT,
                    worker=self._worker,
                )
                read.append((number, unknown, news))
        with self.lock:
            for number, unknown, news in read:
                self._learn(number, unknown, news)
            for number in ended:
                del self._operations[number]
            keys = {(each.operation_number, each.ordinal): each for each in needed}
            self._make_room(keys.keys())
            for key, each in keys.items():
                self._take_stock(key, each, asked_for=key in met)

    def survey(self, key: Key) -> Survey | None:
        """What is known of a cell, at once; None: nothing."""
        cell = self._find(key)
        return None if cell is None else cell.survey

    def is_fresh(self, key: Key) -> bool:
        """Whether what is known of a cell was read in the last look."""
        cell = self._find(key)
        return cell is not None and cell.look == self._look

    def lore(self, key: Key) -> Lore | None:
        """What is remembered of a cell; only for who holds the lock."""
        cell = self._find(key)
        return None if cell is None else cell.lore

    @property
    def size(self) -> int:
        """What is remembered of all cells, in characters."""
        operations = self._operations.values()
        return sum(cell.lore.size for each in operations for cell in each.cells.values())

    def _find(self, key: Key) -> _Cell | None:
        operation = self._operations.get(key[0])
        return None if operation is None else operation.cells.get(key[1])

    def _learn(self, number: int, unknown: Mapping[int, Ahead], news: News) -> None:
        operation = self._operations.setdefault(number, _Operation())
        operation.position, operation.outcome = news.position, news.outcome
        self._begin(operation, unknown)
        by_cell: dict[int, list[str]] = {}
        for _, ordinal, value in news.values:
            by_cell.setdefault(ordinal, []).append(fold(value))
        for ordinal, found in by_cell.items():
            if ordinal in operation.cells:
                operation.cells[ordinal].lore.learn_known(found)
        for each in news.outcomes:
            if each.cell in operation.cells:
                operation.cells[each.cell].lore.learn_outcome(
                    focus=Region.load(each.focus),
                    asked=each.asked,
                    said=each.said,
                    fresh=each.fresh,
                )

    def _begin(self, operation: _Operation, unknown: Mapping[int, Ahead]) -> None:
        """Make a place for cells; all have the same share of the room."""
        count = sum(len(each.cells) for each in self._operations.values()) + len(unknown)
        for ordinal, each in unknown.items():
            lore = Lore(each.quota, room=max(2 * A_CELL, self._room // count))
            operation.cells[ordinal] = _Cell(lore=lore)

    def _make_room(self, needed: Collection[Key]) -> None:
        """Forget the largest cells while there are too many.

        Not those that were used least recently: where cells take turns, these come next. What is
        read again gets its share of the room, which is less than it had, so in the end all fit.
        """
        over = self.size - self._room
        if over <= 0:
            return
        held = sorted(
            (
                (cell.lore.size, number, ordinal)
                for number, operation in self._operations.items()
                for ordinal, cell in operation.cells.items()
                if (number, ordinal) not in needed
            ),
            reverse=True,
        )
        for size, number, ordinal in held:
            if over <= 0:
                return
            del self._operations[number].cells[ordinal]
            over -= size

    def _take_stock(self, key: Key, stand: Ahead, *, asked_for: bool) -> None:
        """Make the survey, where a plan will go by it."""
        cell = self._find(key)
        if cell is None:
            # Not all could begin together.
            return
        cell.look = self._look
        repeating = repeats(distinct=stand.distinct, said=stand.said, said_again=stand.said_again)
        if not (asked_for or repeating or cell.lore.steered):
            return
        if cell.survey is None or cell.version != cell.lore.version:
            cell.survey = survey(cell.lore, quota=stand.quota, distinct=stand.distinct)
            cell.version = cell.lore.version


def _unknown(operation: _Operation, cells: Sequence[Ahead]) -> dict[int, Ahead]:
    """Those to begin with now: the first, and as many more as can be read together."""
    unknown: dict[int, Ahead] = {}
    count = 0
    for each in cells:
        if each.ordinal in operation.cells or each.ordinal in unknown:
            continue
        count += each.distinct
        if unknown and count > MOST_KEPT:
            break
        unknown[each.ordinal] = each
    return unknown
