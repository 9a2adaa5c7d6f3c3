"""The ledger: writes what the prompts of a process bring into the database.

One thread settles the reports of all prompts, so that nobody who reads a model's answer waits
for a transaction. What comes while one is under way goes into the next together, of however many
operations: the busier, the more values share a commit (group commit, DeWitt et al. 1984).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import monotonic

import structlog

from shared.db.engine import Database
from shared.db.troubles import DatabaseRefused
from shared.equality import fold
from shared.errors import Unavailable
from shared.generation.claim import Claim
from shared.generation.estimates import Tally
from shared.generation.reports import Ended, Report, Settled
from shared.generation.settle import settle
from shared.guard import guarded
from worker.mill.planner import Planned
from worker.models.inflight import InFlightPrompts

log = structlog.get_logger(__name__)

#: How long values of an answer that is still under way may wait for company.
LINGER_SECONDS = 0.5

#: Of an answer that knows nothing of others, the first values wait less, to find out soon
#: whether it repeats them.
WATCHED_VALUES = 10
WATCHED_SECONDS = 0.08

#: What one transaction takes, at most: operations, and values unless one operation has more. Nobody
#: claims or cancels these operations meanwhile.
MOST_OPERATIONS = 50
MOST_VALUES = 5_000

#: How long to keep trying to store what a model has said while the database is away.
PATIENCE_SECONDS = 60.0

#: Settled in place of a report that the database refuses: counted, so that its operation ends.
REFUSED = "an error of Valuemill's own; the log of the worker has the details"


class Entry:
    """The account of one prompt: what it has reported and what became of it."""

    def __init__(self, claim: Claim, planned: Planned) -> None:
        self.claim = claim
        self.planned = planned
        #: The fit values of its answer so far, folded; how many of them are settled, and
        #: were new.
        self.said: list[str] = []
        self.settled = 0
        self.stored = 0
        #: Its batch is settled, or no longer ours: nothing will change any more.
        self.done = threading.Event()


#: Accounts and their reports, by the number of their operation.
Work = dict[int, list[tuple[Entry, Report]]]


class Ledger:
    """See the module. Used by many threads at once."""

    def __init__(
        self,
        database: Database,
        prompts: InFlightPrompts,
        *,
        repeats: Callable[[Tally], bool],
        on_open: Callable[[int], None],
    ) -> None:
        """Write into ``database``, once started.

        :param repeats: tells a cell whose prompts repeat each other; those of them that know
            nothing of each other are ended then.
        :param on_open: called with the number of values that wait for a prompt again, where
            none did.
        """
        self._database = database
        self._prompts = prompts
        self._repeats = repeats
        self._on_open = on_open
        self._changed = threading.Condition()
        self._waiting: dict[Entry, Report] = {}
        #: Prompts whose answers are whole, and that are not settled yet.
        self.unsettled = 0
        self._oldest: float | None = None
        self._linger = LINGER_SECONDS
        self._urgent = False
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what is waiting, and end."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        self._thread.join(timeout=PATIENCE_SECONDS)

    def add(self, entry: Entry, report: Report) -> None:
        """Take a report; a last one is settled as soon as can be, others within a moment."""
        with self._changed:
            is_new = len(entry.said) < WATCHED_VALUES
            entry.said += map(fold, report.values)
            if entry in self._waiting:
                self._waiting[entry].append(report)
            else:
                self._waiting[entry] = report
            if self._oldest is None:
                self._oldest = monotonic()
                self._changed.notify()
            if entry.planned.plan.blind and is_new:
                self._linger = WATCHED_SECONDS
                self._changed.notify()
            if report.ended is not None:
                self.unsettled += 1
                self._urgent = True
                self._changed.notify()

    def _run(self) -> None:
        while True:
            taken = self._take()
            if taken is None:
                return
            for work in _portions(taken):
                self._write(work)

    def _take(self) -> dict[Entry, Report] | None:
        """Wait until something is due; take all that is there. None: the end."""
        with self._changed:
            while not (self._urgent or self._stopping):
                if self._oldest is None:
                    self._changed.wait()
                    continue
                left = self._oldest + self._linger - monotonic()
                if left <= 0:
                    break
                self._changed.wait(left)
            waiting, self._waiting = self._waiting, {}
            taken: dict[Entry, Report] = {}
            for entry, report in waiting.items():
                if report.ended is None:
                    # What completes a prompt is stored with its end; see ``settle``.
                    later = report.split(max(0, entry.claim.asked - 1 - entry.stored))
                    if later.values:
                        self._waiting[entry] = later
                if not report.is_empty:
                    taken[entry] = report
            self._oldest, self._urgent, self._linger = None, False, LINGER_SECONDS
            return taken if taken or not self._stopping else None

    def _write(self, work: Work) -> None:
        settled: dict[int, Settled] = {}
        for entry, report in _pairs(work):
            report.stored_before = entry.stored
        try:
            settled = self._settle(_reports(work))
        except Unavailable as error:
            log.error(
                "answers lost: the database stayed away",
                prompts=len(_pairs(work)),
                error=str(error),
            )
        except DatabaseRefused:
            self._write_apart(work)
            return
        except Exception:
            log.exception("answers not settled together")
            self._write_apart(work)
            return
        self._close(work, settled)

    def _write_apart(self, work: Work) -> None:
        """Something among these cannot be settled: find out what, and settle the rest."""
        if len(work) > 1:
            for number, of_operation in work.items():
                self._write({number: of_operation})
            return
        [number] = work
        for entry, report in _pairs(work):
            alone: Work = {number: [(entry, report)]}
            settled: dict[int, Settled] = {}
            try:
                try:
                    settled = self._settle(_reports(alone))
                except Unavailable:
                    raise
                except Exception:
                    log.exception("answer refused", batch=report.batch_id)
                    ended = Ended(said=0, failure=REFUSED, fault="broken")
                    alone = {number: [(entry, Report(batch_id=report.batch_id, ended=ended))]}
                    settled = self._settle(_reports(alone))
            except Exception:
                log.exception("answer not settled", batch=report.batch_id)
            self._close(alone, settled)

    def _settle(self, reports: Mapping[int, Sequence[Report]]) -> dict[int, Settled]:
        return self._database.run(
            lambda connection: settle(connection, reports), patience=PATIENCE_SECONDS
        )

    def _close(self, work: Work, settled: Mapping[int, Settled]) -> None:
        """Let everybody know what became of the reports."""
        for number, of_operation in work.items():
            self._close_reports(of_operation, settled.get(number))
            if number in settled:
                # The thread settles for the whole process: nothing may end it.
                with guarded("tell what was settled", operation=number):
                    self._tell(number, [entry for entry, _ in of_operation], settled[number])

    def _close_reports(
        self, of_operation: Sequence[tuple[Entry, Report]], settled: Settled | None
    ) -> None:
        for entry, report in of_operation:
            entry.settled += len(report.values)
            if settled is not None:
                entry.stored += settled.stored.get(report.batch_id, 0)
            if report.ended is not None:
                self._prompts.release(report.batch_id)
                self._log(entry, report.ended, settled)
                with self._changed:
                    self.unsettled -= not entry.done.is_set()
                entry.done.set()

    def _tell(self, number: int, entries: Sequence[Entry], settled: Settled) -> None:
        if settled.ended:
            self._prompts.end_operation(number)
        elif settled.reopened:
            self._on_open(settled.open_count)
        for cell in {e.claim.cell_ordinal for e in entries if e.planned.plan.blind}:
            if cell in settled.cells and self._repeats(settled.cells[cell]):
                self._prompts.end_blind(number, cell)

    @staticmethod
    def _log(entry: Entry, ended: Ended, settled: Settled | None) -> None:
        claim = entry.claim
        late = settled is not None and claim.batch_id not in settled.stored
        log.info(
            "prompt settled" if settled else "prompt not settled",
            trace_id=claim.trace_id,
            operation=claim.operation_id,
            batch=claim.batch_id,
            asked=claim.asked,
            said=ended.said,
            stored=entry.stored,
            steered=claim.focus is not None or None,
            late=late or None,
            failure=ended.failure,
            status=settled.status if settled else None,
        )


def _portions(taken: Mapping[Entry, Report]) -> Iterator[Work]:
    """What is settled in one transaction each; the reports of an operation stay together."""
    by_operation: Work = {}
    for entry, report in taken.items():
        by_operation.setdefault(entry.claim.operation_number, []).append((entry, report))
    portion: Work = {}
    values = 0
    for number, of_operation in by_operation.items():
        more = sum(len(report.values) for _, report in of_operation)
        if portion and (len(portion) == MOST_OPERATIONS or values + more > MOST_VALUES):
            yield portion
            portion, values = {}, 0
        portion[number] = of_operation
        values += more
    if portion:
        yield portion


def _pairs(work: Work) -> list[tuple[Entry, Report]]:
    return [pair for of_operation in work.values() for pair in of_operation]


def _reports(work: Work) -> dict[int, list[Report]]:
    return {number: [report for _, report in pairs] for number, pairs in work.items()}
