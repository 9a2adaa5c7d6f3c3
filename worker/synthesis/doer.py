"""From a claimed step to its end: what its process has to know, and what is made of its answer."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import structlog

from shared.connectors.interface import Limits
from shared.db.engine import Database
from shared.errors import Unavailable, ValuemillError
from shared.guard import guarded
from shared.sealing import unseal
from shared.settings import Settings
from shared.synthesis import briefing, steps
from shared.synthesis.briefing import Briefing
from shared.synthesis.outcomes import outcome_of
from shared.synthesis.run import StepKind
from shared.synthesis.step import StepClaim
from worker.synthesis import model_servers, wire
from worker.synthesis.child import LOST
from worker.synthesis.lists import ListSteps
from worker.synthesis.runner import Order, Processes
from worker.synthesis.task import limits_to_json
from worker.synthesis.under_way import StepsUnderWay, StepUnderWay

log = structlog.get_logger(__name__)

#: How long to keep trying to settle while our database is away, in seconds.
SETTLE_PATIENCE = 60.0

#: What is known of a run, and what its steps have left, is kept for so long after it was used.
FORGET_SECONDS = 60.0

#: What needs no process: it is made of what our own database knows.
_INNER = frozenset({StepKind.REPORT})

#: How a step ended of which nothing is to be said.
_NOTHING = "nothing"

#: And of one that has said it by itself.
_SETTLED = "settled"

#: What changes what the run is about, so that it is read anew afterwards.
_CHANGING = frozenset({StepKind.REFLECT, StepKind.SCAN, StepKind.PLAN})


@dataclass(kw_only=True)
class StepDoer:
    """Does steps, each in the thread that calls; used by many at once."""

    settings: Settings
    database: Database
    processes: Processes
    under_way: StepsUnderWay
    #: Does the steps that wait for lists of values.
    lists: ListSteps
    #: Tells that more can be done.
    wake: Callable[[int], None]
    _folder: Path | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _briefings: dict[int, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    #: When each run was last worked on here.
    _used: dict[int, float] = field(default_factory=dict)
    _keepers: list[threading.Thread] = field(default_factory=list)

    def do(self, claim: StepClaim) -> None:
        """Do a step; of one that only holds something, return while it does."""
        under_way = self.under_way.watch(claim.id)
        if claim.kind == StepKind.SNAPSHOT:
            keeper = threading.Thread(
                target=self._do, args=(claim, under_way), name="snapshot", daemon=True
            )
            self._keepers = [each for each in self._keepers if each.is_alive()] + [keeper]
            keeper.start()
            return
        try:
            self._do(claim, under_way)
        finally:
            self.processes.give_back()

    def stop(self, *, patience: float) -> None:
        """Wait for those that hold something, which were ended, and remove all files."""
        deadline = monotonic() + patience
        for keeper in self._keepers:
            keeper.join(timeout=max(0.0, deadline - monotonic()))
        self.processes.stop()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def tidy(self) -> None:
        """Forget runs that nothing was done of for a while, with their secrets and files."""
        self.processes.tidy()
        with self._lock:
            now = monotonic()
            for run in [run for run, at in self._used.items() if now - at > FORGET_SECONDS]:
                del self._used[run]
                self._briefings.pop(run, None)
                if self._folder is not None:
                    shutil.rmtree(self._folder / str(run), ignore_errors=True)

    def _do(self, claim: StepClaim, under_way: StepUnderWay) -> None:
        began = monotonic()
        with (
            structlog.contextvars.bound_contextvars(
                trace_id=claim.trace_id, run=str(claim.run_id), step=claim.kind.value
            ),
            guarded("step"),
        ):
            end = self._end(claim, under_way)
            if end["type"] == _SETTLED:
                self.under_way.release(claim.id)
            elif under_way.ended or end["type"] == _NOTHING:
                end = {"type": "ended from outside"}
                self._give_back(claim)
            else:
                self._settle(claim, end)
            log.info("step over", how=end["type"], seconds=round(monotonic() - began, 2))

    def _end(self, claim: StepClaim, under_way: StepUnderWay) -> dict[str, Any]:
        """Do a step; return how it ended."""
        try:
            if claim.kind == StepKind.LISTS:
                self.lists.do(claim)
                return {"type": _SETTLED}
            if claim.kind in _INNER:
                return {"type": wire.DONE, "result": {}, "warnings": []}
            return self._run(claim, under_way)
        except Unavailable as error:
            # Of our own database: the step has nothing to do with it.
            log.warning("step given back", reason=str(error))
            return {"type": _NOTHING}
        except ValuemillError as error:
            return {"type": wire.REFUSED, "reason": str(error)}
        except Exception:
            log.exception("step failed")
            return {"type": LOST, "reason": "see the worker's log"}

    def _run(self, claim: StepClaim, under_way: StepUnderWay) -> dict[str, Any]:
        version, facts = self._facts(claim)
        now = self.database.read(
            lambda connection: briefing.look(connection, run_number=claim.run_number)
        )
        parts: dict[str, int] = {}

        def hear(message: dict[str, Any]) -> None:
            if message["type"] == wire.LOG:
                log.info(message["event"], **message["facts"])
            elif message["type"] == wire.ARTIFACT:
                self._keep(claim, message)
                parts[message["name"]] = message["part"] + 1
            elif message["type"] == wire.HELD and not self._hold(claim, message):
                under_way.end()

        order = Order(
            run_number=claim.run_number,
            version=version,
            run=facts,
            task={
                "kind": claim.kind,
                "parameters": {**claim.parameters, "lost": claim.attempts > 0},
                "block": claim.ordinal,
                "snapshot": now.snapshot,
                "artifacts": {
                    name: str(self._file(claim.run_number, stored))
                    for name, stored in now.artifacts.items()
                },
                "repairs": list(now.repairs),
            },
            memory_bytes=self.settings.synthesis_memory_bytes,
        )
        end = self.processes.run(order, hear=hear, under_way=under_way)
        if parts:
            end["result"] = {
                **end.get("result", {}),
                "artifacts": {name: _stored(claim) for name in parts},
            }
        return end

    def _settle(self, claim: StepClaim, end: Mapping[str, Any]) -> None:
        """Store what came of a step, or decide what is to become of it."""
        try:
            if end["type"] == wire.DONE:
                outcome = outcome_of(claim.kind, end["result"], settings=claim.settings)
                self.database.run(
                    lambda connection: steps.settle(
                        connection,
                        claim,
                        result=outcome.result,
                        steps=outcome.steps,
                        warnings=[*end["warnings"], *outcome.warnings],
                        store=outcome.store,
                    ),
                    patience=SETTLE_PATIENCE,
                )
                if claim.kind in _CHANGING:
                    self._forget(claim.run_number)
            elif end["type"] == wire.REFUSED:
                log.warning("step refused", reason=end["reason"])
                self.database.run(
                    lambda connection: steps.refuse(connection, claim, reason=end["reason"]),
                    patience=SETTLE_PATIENCE,
                )
            else:
                self._try_again(claim, end)
        finally:
            # If it could not be said, the lease runs out.
            self.under_way.release(claim.id)

    def _try_again(self, claim: StepClaim, end: Mapping[str, Any]) -> None:
        reason = end["reason"]
        most = steps.MOST_BROKEN if end["type"] == wire.BROKEN else steps.MOST_ATTEMPTS
        if end["type"] == wire.AGAIN:
            log.warning("step put off", reason=reason)
            said, waiting = reason, reason.rstrip(".")
        else:
            log.error("step broken", reason=reason, trace=end.get("trace"))
            waiting = f"the step {claim.kind.value!r} could not be done ({reason})"
            said = f"The step {claim.kind.value!r} could not be done, several times over: {reason}."
        self.database.run(
            lambda connection: steps.try_again(
                connection, claim, reason=said, waiting=waiting, most=most
            ),
            patience=SETTLE_PATIENCE,
        )

    def _give_back(self, claim: StepClaim) -> None:
        try:
            self.database.run(
                lambda connection: steps.give_back(
                    connection, claims=[claim.id], run_number=claim.run_number
                ),
                patience=SETTLE_PATIENCE,
            )
        finally:
            self.under_way.release(claim.id)

    def _hold(self, claim: StepClaim, message: Mapping[str, Any]) -> bool:
        held = self.database.run(
            lambda connection: steps.hold(
                connection, claim, result=message["result"], warnings=message["warnings"]
            ),
            patience=SETTLE_PATIENCE,
        )
        self.wake(1)
        return held

    def _keep(self, claim: StepClaim, message: Mapping[str, Any]) -> None:
        self.database.run(
            lambda connection: briefing.keep_artifact(
                connection,
                run_number=claim.run_number,
                name=_stored(claim),
                part=message["part"],
                content=message["content"],
            ),
            patience=SETTLE_PATIENCE,
        )

    def _file(self, run_number: int, stored: str) -> Path:
        """A file with what a step has left; it is fetched once."""
        with self._lock:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="valuemill-"))
            folder = self._folder / str(run_number)
            folder.mkdir(mode=0o700, exist_ok=True)
            path = folder / stored
            if not path.exists():
                partly = path.with_suffix(".part")
                with partly.open("wb") as file:
                    self.database.read(
                        lambda connection: [
                            file.write(part)
                            for part in briefing.artifact(
                                connection, run_number=run_number, name=stored
                            )
                        ]
                    )
                partly.rename(path)
            return path

    def _facts(self, claim: StepClaim) -> tuple[str, dict[str, Any]]:
        """What the process has to know of the run; read once for most of its steps."""
        with self._lock:
            self._used[claim.run_number] = monotonic()
            known = self._briefings.get(claim.run_number)
        if known is not None:
            return known
        found = self.database.read(
            lambda connection: briefing.brief(connection, run_number=claim.run_number)
        )
        made = (f"{claim.run_number}.{claim.ordinal}", self._write_facts(claim, found))
        if claim.kind not in _CHANGING:
            with self._lock:
                self._briefings[claim.run_number] = made
        return made

    def _forget(self, run_number: int) -> None:
        with self._lock:
            self._briefings.pop(run_number, None)

    def _write_facts(self, claim: StepClaim, found: Briefing) -> dict[str, Any]:
        version = f"{claim.run_number}.{claim.ordinal}"
        return {
            "version": version,
            "run_id": str(claim.run_id),
            "source": self._place(found.databases["SOURCE"]),
            "target": self._place(found.databases["TARGET"]),
            "limits": limits_to_json(limits_of(self.settings)),
            "settings": found.settings,
            "request": found.request,
            "seed": found.seed.hex(),
            "schema": found.databases["SOURCE"]["structure"],
            "frozen": found.plan,
            "lists": found.lists,
            # Only a run that asks a model is told of any.
            "model_servers": model_servers.to_json(self.settings)
            if model_servers.are_asked(found.settings, found.plan)
            else {},
        }

    def _place(self, database: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "connector_type": database["connector_type"],
            "address": database["address"],
            "host_key": database["ssh_host_key"],
            "secrets": unseal(
                self.settings.connector_keys,
                bytes(database["sealed"]),
                context=str(database["connector_id"]),
            ),
        }


def _stored(claim: StepClaim) -> str:
    """What a step leaves is kept under a name that no other attempt at it has."""
    return f"{claim.ordinal}-{claim.id}"


def limits_of(settings: Settings) -> Limits:
    """What the operator allows, and what is never copied: our own."""
    return Limits(
        hosts=settings.connector_hosts,
        folder=Path(settings.sqlite_folder) if settings.sqlite_folder else None,
        own_databases=(settings.database_url,),
        own_brokers=(settings.broker_url,),
        superusers=settings.connector_superusers,
    )
