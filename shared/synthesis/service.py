"""What clients do with engines: the API and the consoles call this."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

import structlog
from sqlalchemy import Connection

from shared.db.engine import Database
from shared.errors import Conflict, InvalidRequest
from shared.queue.job import JobState
from shared.sealing import PublicKey
from shared.synthesis import endings, engines, runs, tables
from shared.synthesis.engine import Engine
from shared.synthesis.modes import Mode
from shared.synthesis.plans import GeneratorType
from shared.synthesis.product import Synthesis
from shared.synthesis.requests import (
    NewWorkspace,
    ScanRequest,
    SynthesizeRequest,
)
from shared.synthesis.run import Run, RunType

log = structlog.get_logger(__name__)
T = TypeVar("T")

PRODUCT = Synthesis()

#: Settings that decide which generators columns get.
_DECIDING = ("initialization_mode", "key_generation_method", "default_locale")


class SendsWakeUps(Protocol):
    """Tells workers that there may be work; see ``shared.queue.wakeups``."""

    def send(self, count: int) -> None:
        """Tell so many; never raises."""


@dataclass(frozen=True, kw_only=True)
class Engines:
    """The engines of all accounts; each call is for one of them, and sees no other's.

    Whatever belongs to an engine that there is not, or to another account's, is ``NotFound``.
    """

    database: Database
    wake_ups: SendsWakeUps
    #: Closes the secrets of databases; None: none can be taken.
    public_key: PublicKey | None = None

    def create(
        self, request: NewWorkspace, *, account_id: int, owner_name: str, trace_id: str
    ) -> tuple[Engine, Run]:
        """Make a workspace with its engine; return this, and the run that looks at its databases.

        :raises Unavailable: when no secrets can be taken.
        """

        def work(connection: Connection) -> tuple[Engine, Run]:
            engine_id = engines.create(
                connection,
                request,
                account_id=account_id,
                owner_name=owner_name,
                public_key=self.public_key,
                trace_id=trace_id,
            )
            engine = engines.get(connection, engine_id=engine_id, account_id=account_id)
            [run] = runs.list_runs(connection, engine_number=engine.number)
            return engine, run

        return self._waking(work)

    def list_all(self, *, account_id: int) -> list[Engine]:
        """All engines of an account, the oldest first."""
        with self.database.transaction() as connection:
            return engines.list_engines(connection, account_id=account_id)

    def get(self, engine_id: uuid.UUID, *, account_id: int) -> Engine:
        """Read an engine."""
        with self.database.transaction() as connection:
            return engines.get(connection, engine_id=engine_id, account_id=account_id)

    def get_of_workspace(self, pk: int, *, account_id: int) -> Engine:
        """Read the engine of a workspace."""
        with self.database.transaction() as connection:
            return engines.get_of_workspace(connection, pk=pk, account_id=account_id)

    def delete(self, engine_id: uuid.UUID, *, account_id: int, trace_id: str) -> None:
        """Show an engine no more; what it changed in its target is put back."""

        def work(connection: Connection) -> None:
            engine = engines.get(connection, engine_id=engine_id, account_id=account_id)
            engines.delete(connection, engine, trace_id=trace_id)

        self._waking(work)
        log.info("engine deleted", engine=str(engine_id))

    def update_settings(
        self,
        engine_id: uuid.UUID,
        changes: Mapping[str, Any],
        *,
        set_defaults: bool,
        account_id: int,
    ) -> Engine:
        """Change settings of an engine; runs that go on keep those that they began with.

        :param changes: checked values by the names of settings; others stay as they are.
        :param set_defaults: change them for tables and columns that there are, too.
        """

        def work(connection: Connection) -> Engine:
            engine = engines.get(connection, engine_id=engine_id, account_id=account_id)
            before = engines.lock(connection, number=engine.number)
            changed = {name: value for name, value in changes.items() if value != before.get(name)}
            after = {**before, **changed}
            engines.set_settings(connection, number=engine.number, settings=after)
            if set_defaults:
                tables.set_everywhere(connection, database_id=engine.source.id, settings=changed)
            self._follow(connection, engine, before, after, set_defaults=set_defaults)
            return engines.get(connection, engine_id=engine_id, account_id=account_id)

        return self.database.run(work)

    def _follow(
        self,
        connection: Connection,
        engine: Engine,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        *,
        set_defaults: bool,
    ) -> None:
        """Choose generators anew where settings that decide about them have changed."""
        changed = {name for name in _DECIDING if before.get(name) != after[name]}
        if not set_defaults:
            changed.discard("default_locale")
        if not changed:
            return
        database_id = engine.source.id
        if "initialization_mode" in changed:
            from_scratch = Mode.SCRATCH in (
                before["initialization_mode"],
                after["initialization_mode"],
            )
            if from_scratch:
                tables.exclude(
                    connection,
                    database_id=database_id,
                    is_excluded=after["initialization_mode"] == Mode.SCRATCH,
                )
        tables.reinitialize(connection, database_id=database_id, settings=after)

    def scan(
        self, database_id: uuid.UUID, request: ScanRequest, *, account_id: int, trace_id: str
    ) -> Run:
        """Look for personal data in a source once more.

        :raises InvalidRequest: for a target.
        :raises Conflict: while another run of the engine goes on, or before it knows its source.
        """

        def work(connection: Connection) -> Run:
            engine = engines.get_of_database(
                connection, database_id=database_id, account_id=account_id
            )
            if database_id != engine.source.id:
                raise InvalidRequest(
                    f"{database_id} is the target of its engine; the source is {engine.source.id}"
                )
            return self._start(
                connection,
                engine,
                run_type=RunType.PII_SCAN,
                request=request.as_json(),
                trace_id=trace_id,
            )

        return self._waking(work)

    def synthesize(
        self,
        engine_id: uuid.UUID,
        request: SynthesizeRequest,
        *,
        account_id: int,
        trace_id: str,
    ) -> Run:
        """Fill the target of an engine.

        :raises Conflict: while another run of the engine goes on, before it knows its source, or
            where what columns are to become cannot be done yet.
        """

        def work(connection: Connection) -> Run:
            engine = engines.get(connection, engine_id=engine_id, account_id=account_id)
            return self._start(
                connection,
                engine,
                run_type=RunType.SYNTHESIZE,
                request=request.as_json(),
                priority=request.priority,
                trace_id=trace_id,
            )

        return self._waking(work)

    def _start(
        self,
        connection: Connection,
        engine: Engine,
        *,
        run_type: RunType,
        request: Mapping[str, Any],
        priority: int = 0,
        trace_id: str,
    ) -> Run:
        settings = engines.lock(connection, number=engine.number)
        runs.refuse_while_open(connection, engine_number=engine.number)
        _refuse_unknown(connection, engine)
        plan = None
        if run_type is RunType.SYNTHESIZE:
            _refuse_unscanned(connection, engine, settings)
            plan = tables.freeze(connection, database_id=engine.source.id)
            _refuse_models(settings, plan)
        run_id = runs.create(
            connection,
            engine_number=engine.number,
            account_id=engine.account_id,
            name=engine.name,
            run_type=run_type,
            settings=settings,
            request=request,
            plan=plan.to_json() if plan is not None else None,
            priority=priority,
            trace_id=trace_id,
        )
        return runs.get(connection, run_id=run_id, account_id=engine.account_id)

    def runs(
        self,
        engine_id: uuid.UUID,
        *,
        account_id: int,
        run_type: str | None = None,
        limit: int | None = None,
    ) -> list[Run]:
        """The runs of an engine, the latest first."""
        with self.database.transaction() as connection:
            engine = engines.get(connection, engine_id=engine_id, account_id=account_id)
            return runs.list_runs(
                connection, engine_number=engine.number, run_type=run_type, limit=limit
            )

    def run(self, run_id: uuid.UUID, *, account_id: int) -> Run:
        """Read a run, and what it waits for."""
        with self.database.transaction() as connection:
            run = runs.get(connection, run_id=run_id, account_id=account_id)
            waiting = PRODUCT.waiting(connection, targets=[run.id]) if run.state.is_open else {}
        return replace(run, waiting=waiting.get(run.id))

    def report(self, run_id: uuid.UUID, *, account_id: int) -> tuple[Run, Mapping[str, Any] | None]:
        """A run, with what each column became and why; None before it has come so far."""
        with self.database.transaction() as connection:
            run = runs.get(connection, run_id=run_id, account_id=account_id)
            return run, runs.report_of(connection, number=run.number)

    def cancel(self, run_id: uuid.UUID, *, account_id: int) -> Run:
        """End a run now; what it changed in its target is put back.

        :raises Conflict: when it has ended already.
        """

        def work(connection: Connection) -> Run:
            runs.get(connection, run_id=run_id, account_id=account_id)
            if not endings.end_for_client(connection, run_id=run_id, state=JobState.CANCELED):
                run = runs.get(connection, run_id=run_id, account_id=account_id)
                raise Conflict(f"the job has ended already ({run.state}); nothing to cancel")
            return runs.get(connection, run_id=run_id, account_id=account_id)

        return self._waking(work)

    def delete_run(self, run_id: uuid.UUID, *, account_id: int) -> None:
        """Show a run no more; one that goes on is cancelled first."""

        def work(connection: Connection) -> None:
            run = runs.get(connection, run_id=run_id, account_id=account_id)
            endings.end_for_client(connection, run_id=run_id, state=JobState.CANCELED)
            runs.hide(connection, number=run.number)

        self._waking(work)

    def _waking(self, work: Callable[[Connection], T]) -> T:
        """Call ``work`` in a transaction, and tell workers that there is something to do."""
        done = self.database.run(work)
        # Only after the commit is there work to wake up for.
        self.wake_ups.send(1)
        return done


def _refuse_unknown(connection: Connection, engine: Engine) -> None:
    """Nothing, where the engine has seen its source."""
    if engine.source.synced_at is None:
        latest = runs.list_runs(connection, engine_number=engine.number, limit=1)
        reason = f" ({latest[0].reason})" if latest and latest[0].reason else ""
        raise Conflict(
            f"this engine could not look at its databases{reason}; make another workspace once "
            "that is mended"
        )


def _refuse_unscanned(connection: Connection, engine: Engine, settings: Mapping[str, Any]) -> None:
    """Nothing, where what is personal was looked for, or is left to people."""
    mode = settings["initialization_mode"]
    if mode != Mode.SCRATCH and not engines.was_scanned(connection, number=engine.number):
        raise Conflict(
            f"nobody has looked for personal data in this source, so {mode} would protect none; "
            f"start POST /api/v1/pii_scan/{engine.source.id}/start/ first"
        )


def _refuse_models(settings: Mapping[str, Any], plan: Any) -> None:
    """Nothing, where no column waits for a model of its table."""
    if settings["initialization_mode"] == Mode.SYNTHESIZE:
        raise Conflict(
            "the initialization mode SYNTHESIZE waits for models of tables, which this version "
            "does not have; set initialization_mode to DEIDENTIFY, MOCK, MOCK_OR_MASK or SCRATCH"
        )
    waiting = [
        f"{table.name}.{column.name}"
        for table in plan.tables
        if not table.is_excluded
        for column in table.columns
        if column.generator.type is GeneratorType.SYNTHESIZE
    ]
    if waiting:
        named = ", ".join(waiting[:5]) + (" and others" if len(waiting) > 5 else "")
        raise Conflict(
            f"the generator synthesize waits for models of tables, which this version does not "
            f"have; give {named} another one"
        )
