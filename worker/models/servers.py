"""The model servers as one worker process knows them, and what follows from how they answer.

What goes well and what fails is told to :class:`Servers`, which keeps the knowledge of each
server, passes on to the database what other workers should know, and says for how long a server
is to be left alone.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from time import monotonic

import structlog

from shared.addresses import without_password
from shared.backoff import Backoff, jittered
from shared.db.engine import Database
from shared.models import gateways
from shared.models.gateway import GatewayState
from shared.models.gateways import LevelNow
from shared.settings import GatewaySettings, Settings
from worker.models.gateway import (
    AccessDenied,
    Call,
    Gateway,
    GatewayBusy,
    GatewayDown,
    GatewayError,
    Interrupted,
    Misdirected,
    ModelMissing,
    PromptRefused,
    ServerFailed,
)
from worker.models.inflight import FOR_OUR_SAKE, Verdict
from worker.models.kinds import open_gateway
from worker.models.learning import Breaker, Level, Pace, Patience
from worker.models.prompt import Timing

log = structlog.get_logger(__name__)

#: How long to keep trying to tell a database that is away.
TELL_PATIENCE = 60.0

#: After a refusal; the longer, the more in a row lowering the level did not mend.
REFUSED_BACKOFF = Backoff(first=0.1, longest=5.0)

#: A sick server is left alone for no longer than this while no other can take its work.
PAUSE_LONGEST_ALONE = 1.0

#: How often whoever waits for a model to be loaded looks whether he still has to, in seconds.
LOOK_SECONDS = 0.2


class Server:
    """A gateway as this process knows it; used by many threads at once."""

    def __init__(self, gateway: Gateway, *, patience: Patience, most: int = 1) -> None:
        self.gateway = gateway
        self.patience = patience
        self.level = Level(most)
        self.breaker = Breaker()
        #: As this process found it.
        self.status = GatewayState.UNKNOWN
        self.models: Sequence[str] = ()
        #: Guards level and breaker.
        self.lock = threading.Lock()
        #: Until when it is left alone, by this process's clock.
        self.paused_until = 0.0
        self._paces: dict[str, Pace] = defaultdict(Pace)
        self._warm_lock = threading.Lock()
        #: Models in its memory: since when we know, and until when it keeps them.
        self._warm: dict[str, tuple[float, float]] = {}
        self._loading: dict[str, Future[None]] = {}

    @classmethod
    def of(cls, gateway: GatewaySettings, settings: Settings) -> Server:
        """As the settings have it."""
        return cls(
            open_gateway(gateway, settings),
            patience=Patience(
                first_token=settings.first_token_timeout, stall=settings.stall_timeout
            ),
            most=gateway.max_concurrent_tasks,
        )

    @property
    def address(self) -> str:
        """Its URL as it may be shown."""
        return without_password(self.gateway.url)

    @property
    def is_away(self) -> bool:
        """Whether it did not answer, or was not asked yet."""
        return self.status in (GatewayState.UNKNOWN, GatewayState.DOWN)

    def pace(self, model: str) -> Pace:
        """How fast it works with a model."""
        return self._paces[model]

    def is_warm(self, model: str) -> bool:
        """Whether the model is thought to be in its memory."""
        if not self.gateway.sampling.keep_alive:
            # Never kept, so never there before a prompt.
            return True
        return self._warm.get(model, (0.0, 0.0))[1] > monotonic()

    def warm(self, model: str, call: Call) -> None:
        """Return when the model is in its memory: at once where it is, after minutes at worst.

        One thread has it loaded, the others wait with it.

        :raises GatewayError: when it did not get there. What the server has against loading a
            model without a prompt is no reason: the prompt will tell.
        """
        while not self.is_warm(model):
            with self._warm_lock:
                if self.is_warm(model):
                    return
                loading = self._loading.get(model)
                is_ours = loading is None
                if loading is None:
                    loading = self._loading[model] = Future()
            if is_ours:
                self._load(model, call, loading)
                return
            while not loading.done():
                call.check()
                wait((loading,), timeout=LOOK_SECONDS)
            if (error := loading.exception()) and not isinstance(error, Interrupted):
                raise error

    def _load(self, model: str, call: Call, loading: Future[None]) -> None:
        begun = monotonic()
        try:
            self.gateway.load(model, call=call)
        except PromptRefused as error:
            log.info("model not loaded ahead", gateway=self.address, model=model, reason=str(error))
            self.keep_warm(model)
            loading.set_result(None)
        except BaseException as error:
            loading.set_exception(error)
            raise
        else:
            self.keep_warm(model)
            loading.set_result(None)
            took = round(monotonic() - begun, 1)
            log.info("model loaded", gateway=self.address, model=model, seconds=took)
        finally:
            with self._warm_lock:
                self._loading.pop(model, None)

    def keep_warm(self, model: str) -> None:
        """Note that the model was used just now."""
        keep = self.gateway.sampling.keep_alive
        now = monotonic()
        self._warm[model] = (now, now + keep if keep >= 0 else float("inf"))

    def cool(self, model: str | None = None) -> None:
        """Note that the model, or any, may not be in its memory any more."""
        if model is None:
            self._warm.clear()
        else:
            self._warm.pop(model, None)

    def know_loaded(self, loaded: Iterable[str], *, asked_at: float) -> None:
        """Note which models it said, when asked at that time, were in its memory."""
        names = set(loaded)
        for model, (since, _) in list(self._warm.items()):
            if since < asked_at and model not in names:
                self.cool(model)
        for model in names - self._warm.keys():
            self.keep_warm(model)


@dataclass
class Servers:
    """The servers of one process by their addresses, and the database that others read."""

    database: Database
    by_url: Mapping[str, Server]
    #: How long nobody may have reached a server before it is down for all, in seconds.
    grace: float = 7.0
    clock: Callable[[], float] = field(default=monotonic, repr=False)

    @classmethod
    def of(cls, settings: Settings, database: Database) -> Servers:
        """As the settings have it."""
        return cls(
            database,
            {each.url: Server.of(each, settings) for each in settings.gateways},
            grace=settings.probe_seconds + 2,
        )

    def __getitem__(self, url: str) -> Server:
        return self.by_url[url]

    def within_reach(self) -> list[str]:
        """Addresses of the servers that this process may send prompts to."""
        return [url for url, server in self.by_url.items() if server.status != GatewayState.DOWN]

    def size(self, model: str) -> float | None:
        """Weights of a model, by the first server that tells; None where none does."""
        sizes = (server.gateway.size(model) for server in self.by_url.values())
        return next((size for size in sizes if size is not None), None)

    def went_well(
        self, server: Server, *, model: str, began: float, timing: Timing | None = None
    ) -> None:
        """Note a prompt that the server answered, whatever the model said.

        :param began: when the prompt was sent, by this process's monotonic clock.
        :param timing: of a whole answer; None where we ended it ourselves.
        """
        server.patience.answered()
        server.keep_warm(model)
        if timing is not None:
            server.pace(model).learn(timing)
        with server.lock:
            server.breaker.good()
            seen = server.level.now
            wanted = server.level.good(
                began=began,
                at=self.clock(),
                waited=timing.waiting if timing else None,
                worked=timing.writing if timing else float("inf"),
            )
        self._set_level(server, seen, wanted)
        self._tell(server, GatewayState.UP)

    def failed(
        self,
        server: Server,
        error: GatewayError,
        *,
        model: str,
        began: float,
        verdict: Verdict | None = None,
    ) -> float:
        """Draw the consequences of a prompt that the server did not answer to its end.

        :param began: when the prompt was sent, by this process's monotonic clock.
        :param verdict: why we ended the prompt, if we did.
        :returns: for how many seconds it makes no sense to try this server again.
        """
        match error:
            case Interrupted() if verdict in FOR_OUR_SAKE:
                return 0.0
            case Interrupted() if verdict is Verdict.STALLED:
                server.patience.stalled(began=began, at=self.clock())
                return self._broken(server, str(error), model=model, began=began)
            case Interrupted():
                server.patience.missed(self.clock() - began)
                # It may have to be loaded again, and that takes a patience of its own.
                server.cool(model)
                return self._refused(server, str(error), began=began)
            case GatewayBusy() | AccessDenied() | Misdirected():
                return self._refused(server, str(error), began=began)
            case ServerFailed():
                return self._broken(server, str(error), model=model, began=began)
            case ModelMissing():
                server.cool(model)
                self._forget_model(server, model)
            case GatewayDown():
                self.lost(server, str(error))
        return 0.0

    def reached(self, server: Server, models: Sequence[str], loaded: Sequence[str] | None) -> None:
        """Note what a server that was just asked has."""
        server.models = models
        level = self.database.run(
            lambda connection: gateways.reached(
                connection, url=server.gateway.url, models=models, loaded=loaded
            )
        )
        self._know_level(server, level)
        late = server.paused_until + REFUSED_BACKOFF.longest
        if server.status != GatewayState.BUSY or self.clock() > late:
            self._note(server, GatewayState.UP, None)

    def lost(self, server: Server, reason: str) -> None:
        """Note that a server cannot be reached: it gets no prompts from this process."""
        server.patience.forget()
        server.cool()
        self._note(server, GatewayState.DOWN, reason)
        self.database.run(
            lambda connection: gateways.lost(
                connection, url=server.gateway.url, reason=reason, grace=self.grace
            ),
            patience=TELL_PATIENCE,
        )

    def is_busy(self, server: Server, reason: str) -> None:
        """Note that a server that was just asked had no time to answer."""
        self._tell(server, GatewayState.BUSY, reason)

    def _refused(self, server: Server, reason: str, *, began: float) -> float:
        now = self.clock()
        with server.lock:
            seen = server.level.now
            if began <= server.level.refused_at:
                # Came together with another, which has been dealt with.
                return max(0.0, server.paused_until - now)
            wanted = server.level.refused(began=began, at=now, taken=server.patience.taken)
            is_first = server.level.refusals == 1
            pause = jittered(REFUSED_BACKOFF.pause(server.level.futile))
            server.paused_until = now + pause
        self._set_level(server, seen, wanted)
        if not is_first:
            self._tell(server, GatewayState.BUSY, reason, pause=pause)
        else:
            self.database.run(
                lambda connection: gateways.pause(
                    connection, url=server.gateway.url, seconds=pause
                ),
                patience=TELL_PATIENCE,
            )
        return pause

    def _broken(self, server: Server, reason: str, *, model: str, began: float) -> float:
        now = self.clock()
        others = any(
            other is not server and other.status == GatewayState.UP and model in other.models
            for other in self.by_url.values()
        )
        longest = Breaker.BACKOFF.longest if others else PAUSE_LONGEST_ALONE
        with server.lock:
            pause = jittered(server.breaker.failed(began=began, at=now, longest=longest))
            if not pause:
                return max(0.0, server.paused_until - now)
            server.paused_until = now + pause
            seen = server.level.now
            wanted = server.level.trial(at=now)
        server.cool()
        self._set_level(server, seen, wanted)
        reason = f"left alone after failures in a row: {reason}"
        self._tell(server, GatewayState.BUSY, reason, pause=pause)
        return pause

    def _set_level(self, server: Server, seen: int, wanted: int) -> None:
        if wanted == seen:
            return
        level = self.database.run(
            lambda connection: gateways.set_level(
                connection, url=server.gateway.url, seen=seen, wanted=wanted
            ),
            patience=TELL_PATIENCE,
        )
        self._know_level(server, level)
        log.info("level changed", gateway=server.address, seen=seen, now=server.level.now)

    def _know_level(self, server: Server, level: LevelNow | None) -> None:
        if level is not None:
            with server.lock:
                server.level.know(level.level, level.most, at=self.clock())

    def _tell(
        self, server: Server, status: GatewayState, reason: str | None = None, *, pause: float = 0.0
    ) -> None:
        if status == server.status == GatewayState.UP:
            return
        self._note(server, status, reason)
        self.database.run(
            lambda connection: gateways.report(
                connection, url=server.gateway.url, status=status, reason=reason, pause=pause
            ),
            patience=TELL_PATIENCE,
        )

    def _note(self, server: Server, status: GatewayState, reason: str | None) -> None:
        if status != server.status:
            log.info("gateway", url=server.address, status=status, reason=reason)
        server.status = status

    def _forget_model(self, server: Server, model: str) -> None:
        self.database.run(
            lambda connection: gateways.forget_model(
                connection, url=server.gateway.url, model=model
            ),
            patience=TELL_PATIENCE,
        )
