"""The prober: looks at the model servers, and sees to it that they have what work needs.

Looking is quick and regular. Tending (a model into memory, or from the registry onto the server)
takes minutes, and happens in threads of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic

import structlog

from shared.backoff import Backoff
from shared.models import pulls
from shared.models.waiting import PULL_FAILED
from shared.settings import Settings
from worker.models.gateway import Call, GatewayBusy, GatewayError, Interrupted
from worker.models.servers import Server, Servers

log = structlog.get_logger(__name__)

#: Between two notes on how far a pull is, in seconds.
NOTE_SECONDS = 1.0

#: After a pull that failed.
PULL_BACKOFF = Backoff(first=10.0, longest=600.0)

#: Part of what Ollama says of a model that its registry does not have.
NOT_IN_REGISTRY = "file does not exist"


@dataclass
class _Failures:
    """Pulls of one model in a row that failed, and when to try again."""

    count: int = 0
    next_try: float = 0.0


@dataclass
class Prober:
    """Asks one server, or all of them in threads of the caller's; see the module."""

    settings: Settings
    servers: Servers
    _next_look: dict[str, float] = field(default_factory=dict)
    _failures: dict[tuple[str, str], _Failures] = field(default_factory=dict)
    _readied: set[str] = field(default_factory=set)
    _calls: set[Call] = field(default_factory=set)
    _stopped: bool = False

    def look_when_due(self, server: Server) -> None:
        """Look at a server now and then; at one that does not answer, at every turn."""
        url = server.gateway.url
        if server.is_away or monotonic() >= self._next_look.get(url, 0.0):
            self._next_look[url] = monotonic() + self.settings.probe_seconds
            self.look(server)

    def look(self, server: Server) -> None:
        """Ask a server which models it has, and note the answer."""
        wanted = self.servers.database.run(
            lambda connection: pulls.names_in_demand(connection, default_model=self.settings.model)
        )
        asked_at = monotonic()
        try:
            models = server.gateway.models()
            models += server.gateway.also_named(wanted)
            loaded = server.gateway.loaded()
        except GatewayBusy as error:
            self.servers.is_busy(server, str(error))
        except GatewayError as error:
            self.servers.lost(server, str(error))
        else:
            if loaded is not None:
                server.know_loaded(loaded, asked_at=asked_at)
            self.servers.reached(server, models, loaded)

    def tend(self, server: Server) -> None:
        """Have a server load, or fetch, the model that the most urgent work needs and it lacks."""
        if server.is_away:
            return
        wanted = self.servers.database.run(
            lambda connection: pulls.models_in_demand(connection, default_model=self.settings.model)
        )
        if self.settings.pull_models and any(wanted):
            self._pull_what_is_missing(server, [model for model in wanted if model])
        if not wanted and server.gateway.url not in self._readied:
            # Once: whether it is kept when nobody needs it is for its server to say.
            wanted = [self.settings.model] if self.settings.model else []
        self._readied.add(server.gateway.url)
        self._preload(server, wanted)

    def stop(self) -> None:
        """End what is under way; nothing more is begun."""
        self._stopped = True
        for call in list(self._calls):
            call.interrupt("the worker is shutting down")

    def _preload(self, server: Server, wanted: list[str]) -> None:
        """Load the first of these that the server has, unless it is in its memory.

        Only the first: others might push it out again.
        """
        first = server.models[0] if server.models else ""
        model = next((m for m in (each or first for each in wanted) if m in server.models), "")
        if not model or server.is_warm(model):
            return
        call = self._call()
        try:
            server.warm(model, call)
        except GatewayError as error:
            log.info("not preloaded", gateway=server.address, model=model, reason=str(error))
        finally:
            self._calls.discard(call)

    def _pull_what_is_missing(self, server: Server, wanted: list[str]) -> None:
        url = server.gateway.url
        database = self.servers.database
        model = database.run(
            lambda connection: pulls.model_to_pull(connection, url=url, wanted=wanted)
        )
        if model is None:
            return
        failures = self._failures.setdefault((url, model), _Failures())
        if monotonic() < failures.next_try:
            return
        with pulls.pulling_alone(database, url=url) as alone:
            if alone:
                self._pull(server, model, failures)

    def _pull(self, server: Server, model: str, failures: _Failures) -> None:
        log.info("model is pulled", gateway=server.address, model=model)
        call = self._call()
        try:
            self._note_progress(server, model, "0%")
            next_note = monotonic() + NOTE_SECONDS
            for percent in server.gateway.pull(model, call=call):
                if monotonic() >= next_note:
                    self._note_progress(server, model, f"{percent}%")
                    next_note = monotonic() + NOTE_SECONDS
            self.look(server)
            if model not in server.models:
                raise GatewayError("it was fetched, and the server does not show it")
        except Interrupted:
            self._note_progress(server, None)
        except GatewayError as error:
            self._note_failure(server, model, failures, str(error))
        else:
            log.info("model was pulled", gateway=server.address, model=model)
            self._failures.pop((server.gateway.url, model), None)
            self._note_progress(server, None)
        finally:
            self._calls.discard(call)

    def _note_failure(self, server: Server, model: str, failures: _Failures, reason: str) -> None:
        if NOT_IN_REGISTRY in reason:
            reason = "the registry has no model of this name"
        failures.next_try = monotonic() + PULL_BACKOFF.pause(failures.count)
        failures.count += 1
        log.warning("model not pulled", gateway=server.address, model=model, reason=reason)
        self._note_progress(server, model, f"{PULL_FAILED}{reason}")

    def _note_progress(
        self, server: Server, model: str | None, progress: str | None = None
    ) -> None:
        self.servers.database.run(
            lambda connection: pulls.note_pull(
                connection, url=server.gateway.url, model=model, progress=progress
            )
        )

    def _call(self) -> Call:
        call = Call()
        self._calls.add(call)
        if self._stopped:
            call.interrupt("the worker is shutting down")
        return call
