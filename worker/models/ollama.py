"""A gateway of the first kind: Ollama's REST API.

Asked through Ollama's own client library for all but chats. Their stream is read by us: the library
would hide when its first token came, and all that is good beside an odd line.
"""

from __future__ import annotations

import ssl
from collections.abc import Collection, Iterator
from time import monotonic

import httpx
import structlog

from shared.addresses import OPEN, Access, GatewayKind
from shared.models.client import open_client
from shared.models.names import plain_name
from shared.models.sizes import weights
from worker.models.bearing import Bearing
from worker.models.call import Call, calling, loading, trace_connection
from worker.models.doubts import Doubts
from worker.models.errors import (
    BROKE_OFF,
    GatewayBusy,
    GatewayDown,
    GatewayError,
    Misdirected,
    ModelMissing,
    PromptRefused,
    ServerFailed,
    of_answer,
    of_record,
)
from worker.models.library import Library, open_library
from worker.models.messages import put, refused_option, timing_of
from worker.models.prompt import Piece, Prompt, Sampling, believable
from worker.models.records import count, part_of, read_records, words

log = structlog.get_logger(__name__)

CHAT = "/api/chat"

LATEST = ":latest"

#: What an answer says that is none: the model was taken into memory, or out of it, and that is all.
NO_ANSWER = frozenset({"load", "unload"})

#: How long all models together are asked whether they can chat; the rest is asked the next time.
ASKING_SECONDS = 5.0


class OllamaGateway:
    """One Ollama server; used by many threads at once.

    :param access: what it is shown so that it lets us in.
    :param load_timeout: how long it may take to load a model into memory, in seconds; while a
        model is fetched, how long it may be silent.
    :param tls: how its certificate is checked; None: by the system's authorities.
    """

    def __init__(
        self,
        url: str,
        *,
        connect_timeout: float,
        access: Access = OPEN,
        sampling: Sampling | None = None,
        load_timeout: float = 900.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.url = url
        self.sampling = sampling or Sampling()
        self._access = access

        self._doubts = Doubts(url)
        # How long an answer may take is the heartbeat's business: it can tell a queue from a server
        # that hangs.
        self._prompts = open_client(
            httpx.Timeout(None, connect=connect_timeout),
            tls=tls,
            access=access,
            on_request=trace_connection,
        )

        def library(timeout: httpx.Timeout) -> Library:
            return open_library(url, timeout, access=access, tls=tls, doubt=self._doubts.tell)

        self._loads = library(httpx.Timeout(load_timeout, connect=connect_timeout))
        self._looks = library(httpx.Timeout(connect_timeout))
        #: What ``/api/show`` said, by name and digest: whether the model can chat.
        self._chats: dict[tuple[str, str | None], bool] = {}
        #: Weights of the models, by the names that the server has for them.
        self._sizes: dict[str, float | None] = {}
        #: Names that work has for models, and those that the server lists them by.
        self._listed_as: dict[str, str] = {}
        self._bearing = Bearing(("think",), ("format",), ("think", "format"))

    def models(self) -> list[str]:
        """Names of the models that the server has, its most recently changed first.

        Those that cannot chat, such as embedding models, come after all others. Then, as Ollama
        understands them too, the names of those tagged ``latest`` without it.

        :raises GatewayError: when it does not answer, or not as Ollama would.
        """
        with calling():
            listed = {m.model: m for m in self._looks.list().models if m.model}
        until = monotonic() + ASKING_SECONDS
        chats = {
            (m, each.digest): self._can_chat(m, each.digest, until) for m, each in listed.items()
        }
        self._chats = {key: known for key, known in chats.items() if known is not None}
        names = [name for (name, _), can in chats.items() if can is not False]
        names += [name for (name, _), can in chats.items() if can is False]
        self._sizes = {
            name: weights(model.details.parameter_size if model.details else None)
            for listed_as, model in listed.items()
            for name in with_short_names([listed_as])
        }
        return with_short_names(names)

    def also_named(self, wanted: Collection[str]) -> list[str]:
        """Those of some names that mean a listed model by Ollama's rules, and are not as listed."""
        by_plain_name = {plain_name(name): name for name in self._sizes}
        self._listed_as = {
            name: by_plain_name[plain_name(name)]
            for name in wanted
            if name not in self._sizes and plain_name(name) in by_plain_name
        }
        return list(self._listed_as)

    def size(self, model: str) -> float | None:
        """Weights of a model; None where the last look at the models did not tell."""
        return self._sizes.get(self._name(model))

    def _can_chat(self, model: str, digest: str | None, until: float) -> bool | None:
        """None when the server does not tell now."""
        if (model, digest) in self._chats:
            return self._chats[model, digest]
        if monotonic() > until:
            return None
        try:
            with calling():
                capabilities = self._looks.show(model).capabilities
        except (GatewayBusy, GatewayDown):
            return None
        except GatewayError:
            # One that does not know the question, as older servers do not.
            return True
        return not capabilities or "completion" in capabilities

    def loaded(self) -> list[str] | None:
        """Names of the models in the server's memory; None when it does not tell.

        :raises GatewayError: when it cannot be reached, or is busy.
        """
        try:
            with calling():
                found = self._looks.ps().models
        except (ModelMissing, Misdirected, PromptRefused):
            return None
        names = with_short_names([each.model for each in found if each.model])
        return [*names, *(name for name, as_ in self._listed_as.items() if as_ in names)]

    def load(self, model: str, *, call: Call) -> None:
        """Return when the model is in the server's memory, however long that takes.

        :raises GatewayError: when it did not get there.
        """
        with loading(model, call):
            self._loads.chat(self._name(model), messages=[], keep_alive=self.sampling.keep_alive)

    def pull(self, model: str, *, call: Call) -> Iterator[int]:
        """Have the server fetch the model; yield how much it has of it, in percent.

        :raises GatewayError: when it does not get it; its words say why.
        """
        layers: dict[str, tuple[int, int]] = {}
        with calling(call):
            for told in self._loads.pull(model, stream=True):
                if told.digest and told.total:
                    layers[told.digest] = (min(told.completed or 0, told.total), told.total)
                total = sum(size for _, size in layers.values())
                yield 100 * sum(done for done, _ in layers.values()) // total if total else 0

    def chat(self, prompt: Prompt, *, model: str, seed: int, call: Call) -> Iterator[Piece]:
        """Send a prompt and yield its answer piece by piece, until it ends.

        What the server refuses and the prompt can do without is left out, from then on.

        :raises GatewayError: one of its kinds. Pieces yielded before it stand.
        """
        without = self._bearing.without(model)
        with calling(call):
            while True:
                call.without = without
                body = put(
                    prompt,
                    model=self._name(model),
                    seed=seed,
                    sampling=self.sampling,
                    without=without,
                )
                sent = monotonic()
                with self._prompts.stream("POST", f"{self.url}{CHAT}", json=body) as answer:
                    if answer.status_code == httpx.codes.OK:
                        yield from self._read(answer, sent=sent)
                        return
                    error = self._error(answer)
                option = refused_option(str(error), body) if type(error) is PromptRefused else None
                if option is None:
                    raise error
                log.info("goes on without an option", option=option, model=model, url=self.url)
                self._bearing.refuse(model, option)
                without |= {option}

    def learn(self, model: str, call: Call, *, has_values: bool) -> bool:
        """Learn from a whole answer what the model bears; return whether to ask once more."""
        if has_values:
            self._bearing.brought_values(model, call.without)
            return False
        return self._bearing.brought_none(model, call.without)

    def _read(self, answer: httpx.Response, *, sent: float) -> Iterator[Piece]:
        first_token: float | None = None
        finished, is_empty = False, True
        for record in read_records(answer.iter_bytes()):
            if error := of_record(record, has_begun=not is_empty, access=self._access):
                raise error
            now = monotonic() - sent
            first_token = now if first_token is None else first_token
            message = part_of(record, "message")
            said, thought = words(message.get("content")), words(message.get("thinking"))
            is_empty = is_empty and not (said or thought)
            reason = words(record.get("done_reason"))
            is_last = bool(record.get("done") or reason)
            finished = finished or is_last
            if is_last and is_empty and reason in NO_ANSWER:
                raise GatewayBusy(f"the model server did not answer ({reason}); it is asked again")
            yield Piece(
                text=said,
                thought=thought,
                prompt_tokens=believable(count(record.get("prompt_eval_count"))),
                output_tokens=believable(count(record.get("eval_count"))),
                timing=timing_of(record, first_token, now) if is_last else None,
            )
        if not finished:
            raise ServerFailed(BROKE_OFF)

    def _error(self, answer: httpx.Response) -> GatewayError:
        return of_answer(answer, access=self._access, kind=GatewayKind.OLLAMA)

    def _name(self, model: str) -> str:
        """The name by which the server itself lists a model."""
        return self._listed_as.get(model, model)

    def close(self) -> None:
        """Close the connections."""
        self._prompts.close()
        for library in (self._loads, self._looks):
            library.close()  # type: ignore[no-untyped-call]


def with_short_names(names: list[str]) -> list[str]:
    """The names, then those of models tagged ``latest`` without it."""
    return [*names, *(name.removesuffix(LATEST) for name in names if name.endswith(LATEST))]
