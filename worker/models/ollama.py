"""A gateway of the first kind: Ollama's REST API.

Read by us and not by Ollama's own client library: that believes every record to be as it should,
so one odd entry, blank line or error would hide all that is good beside it.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Collection, Iterator
from contextlib import suppress
from time import monotonic
from typing import Any

import httpx
import structlog

from shared.addresses import OPEN, Access, GatewayKind
from shared.models.client import open_client
from shared.models.names import plain_name
from shared.models.sizes import weights
from shared.models.tags import PATH, read_tags, text
from shared.models.transport import read_whole
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
    from_status,
    of_answer,
    status_of,
)
from worker.models.messages import put, refused_option, timing_of
from worker.models.prompt import Piece, Prompt, Sampling, believable
from worker.models.records import count, part_of, read_records, words

log = structlog.get_logger(__name__)

CHAT, SHOW, LOADED, PULL = "/api/chat", "/api/show", "/api/ps", "/api/pull"

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

        def client(timeout: httpx.Timeout) -> httpx.Client:
            return open_client(timeout, tls=tls, access=access, on_request=trace_connection)

        # How long an answer may take is the heartbeat's business: it can tell a queue from a server
        # that hangs.
        self._prompts = client(httpx.Timeout(None, connect=connect_timeout))
        self._loads = client(httpx.Timeout(load_timeout, connect=connect_timeout))
        self._looks = client(httpx.Timeout(connect_timeout))
        #: What ``/api/show`` said, by name and digest: whether the model can chat.
        self._chats: dict[tuple[str, str | None], bool] = {}
        #: Weights of the models, by the names that the server has for them.
        self._sizes: dict[str, float | None] = {}
        #: Names that work has for models, and those that the server lists them by.
        self._listed_as: dict[str, str] = {}
        self._bearing = Bearing(("think",), ("format",), ("think", "format"))
        self._doubts = Doubts(url)

    def models(self) -> list[str]:
        """Names of the models that the server has, its most recently changed first.

        Those that cannot chat, such as embedding models, come after all others. Then, as Ollama
        understands them too, the names of those tagged ``latest`` without it.

        :raises GatewayError: when it does not answer, or not as Ollama would.
        """
        with calling():
            listed = read_tags(self._ask("GET", PATH), self._doubts.tell)
        until = monotonic() + ASKING_SECONDS
        chats = {(m.name, m.digest): self._can_chat(m.name, m.digest, until) for m in listed}
        self._chats = {key: known for key, known in chats.items() if known is not None}
        names = [name for (name, _), can in chats.items() if can is not False]
        names += [name for (name, _), can in chats.items() if can is False]
        self._sizes = {
            name: weights(model.parameters)
            for model in listed
            for name in with_short_names([model.name])
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
                capabilities = self._tell("POST", SHOW, {"model": model}).get("capabilities")
        except (GatewayBusy, GatewayDown):
            return None
        except GatewayError:
            # One that does not know the question, as older servers do not.
            return True
        return not (isinstance(capabilities, list) and capabilities) or "completion" in capabilities

    def loaded(self) -> list[str] | None:
        """Names of the models in the server's memory; None when it does not tell.

        :raises GatewayError: when it cannot be reached, or is busy.
        """
        try:
            with calling():
                entries = self._tell("GET", LOADED).get("models") or []
        except (ModelMissing, Misdirected, PromptRefused):
            return None
        entries = entries if isinstance(entries, list) else []
        found = [part_of({"entry": each}, "entry") for each in entries]
        names = with_short_names(
            [name for each in found if (name := text(each.get("model")) or text(each.get("name")))]
        )
        return [*names, *(name for name, as_ in self._listed_as.items() if as_ in names)]

    def load(self, model: str, *, call: Call) -> None:
        """Return when the model is in the server's memory, however long that takes.

        :raises GatewayError: when it did not get there.
        """
        body = {
            "model": self._name(model),
            "messages": [],
            "stream": False,
            "keep_alive": self.sampling.keep_alive,
        }
        with (
            loading(model, call),
            self._loads.stream("POST", f"{self.url}{CHAT}", json=body) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise self._error(answer)
            self._check(_object(read_whole(answer)), has_begun=False)

    def pull(self, model: str, *, call: Call) -> Iterator[int]:
        """Have the server fetch the model; yield how much it has of it, in percent.

        :raises GatewayError: when it does not get it; its words say why.
        """
        layers: dict[str, tuple[int, int]] = {}
        with calling(call):
            for record in self._records(self._loads, PULL, {"model": model, "stream": True}):
                self._check(record, has_begun=True)
                digest, size = text(record.get("digest")), count(record.get("total"))
                if digest and size:
                    layers[digest] = (min(count(record.get("completed")) or 0, size), size)
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
            self._check(record, has_begun=not is_empty)
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

    def _check(self, record: dict[str, Any], *, has_begun: bool) -> None:
        """Raise what a record says that is an error: before the answer, what its own status would.

        :raises GatewayError: for such a record.
        """
        if error := record.get("error"):
            status = 0 if has_begun else status_of(error, record)
            said = error if isinstance(error, str) else json.dumps(error)
            raise from_status(status, said, access=self._access)

    def _records(
        self, client: httpx.Client, path: str, body: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        with client.stream("POST", f"{self.url}{path}", json=body) as answer:
            if answer.status_code != httpx.codes.OK:
                raise self._error(answer)
            yield from read_records(answer.iter_bytes())

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> bytes:
        with self._looks.stream(method, f"{self.url}{path}", json=body) as answer:
            if answer.status_code != httpx.codes.OK:
                raise self._error(answer)
            return read_whole(answer)

    def _tell(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """What the server says of itself; empty where that is nothing of use."""
        return _object(self._ask(method, path, body))

    def _error(self, answer: httpx.Response) -> GatewayError:
        return of_answer(answer, access=self._access, kind=GatewayKind.OLLAMA)

    def _name(self, model: str) -> str:
        """The name by which the server itself lists a model."""
        return self._listed_as.get(model, model)

    def close(self) -> None:
        """Close the connections."""
        for client in (self._prompts, self._loads, self._looks):
            client.close()


def with_short_names(names: list[str]) -> list[str]:
    """The names, then those of models tagged ``latest`` without it."""
    return [*names, *(name.removesuffix(LATEST) for name in names if name.endswith(LATEST))]


def _object(said: bytes) -> dict[str, Any]:
    """An answer that is one object; empty for anything else."""
    with suppress(ValueError, RecursionError):
        return part_of({"answer": json.loads(said)}, "answer")
    return {}
