"""A gateway of the second kind: OpenAI's chat API, as vLLM, SGLang and others serve models by it.

Spoken by httpx, which is here already, and a few lines that read server-sent events. OpenAI's own
client would bring its retries, its types and its idea of who is called, and be in the way of all.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Collection, Iterator
from time import monotonic
from typing import Any

import httpx
import structlog

from shared.addresses import OPEN, Access, GatewayKind
from shared.models.client import open_client
from shared.models.openai import CHAT_PATH, MODELS_PATH, read_models
from shared.models.sizes import weights
from shared.models.tags import Model
from shared.models.transport import read_whole
from shared.models.wording import LONGEST_ERROR, words_of
from worker.models.bearing import Bearing
from worker.models.call import Call, calling, loading, trace_connection
from worker.models.chunks import Answer
from worker.models.doubts import Doubts
from worker.models.errors import (
    BROKE_OFF,
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
from worker.models.prompt import Piece, Prompt, Sampling
from worker.models.records import NoRecords, read_events
from worker.models.wording import is_lasting, put, refused_option

log = structlog.get_logger(__name__)

#: The last event of a stream.
DONE = "[DONE]"

#: What a refusal of something in the request is answered with.
REFUSALS = frozenset({400, 422})

#: How an answer that is streamed says so; any other is one object.
EVENT_STREAM = "text/event-stream"


class OpenAIGateway:
    """One server of OpenAI's API; used by many threads at once.

    :param url: as the settings name it.
    :param endpoint: where the API is, such as ``http://gpu1:8000/v1``.
    :param access: what it is shown so that it lets us in.
    :param load_timeout: how long it may take to load a model into memory, in seconds.
    :param tls: how its certificate is checked; None: by the system's authorities.
    """

    def __init__(
        self,
        url: str,
        *,
        endpoint: str,
        connect_timeout: float,
        access: Access = OPEN,
        sampling: Sampling | None = None,
        load_timeout: float = 900.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.url = url
        self.sampling = sampling or Sampling()
        self._endpoint = endpoint
        self._access = access

        def client(timeout: httpx.Timeout) -> httpx.Client:
            return open_client(timeout, tls=tls, access=access, on_request=trace_connection)

        # How long an answer may take is the heartbeat's business: it can tell a queue from a server
        # that hangs.
        self._prompts = client(httpx.Timeout(None, connect=connect_timeout))
        self._loads = client(httpx.Timeout(load_timeout, connect=connect_timeout))
        self._looks = client(httpx.Timeout(connect_timeout))
        self._bearing = Bearing(
            ("chat_template_kwargs",),
            ("response_format",),
            ("chat_template_kwargs", "response_format"),
        )
        self._doubts = Doubts(url)
        #: Weights of the models.
        self._sizes: dict[str, float | None] = {}

    def models(self) -> list[str]:
        """Names of the models that the server lists, in its order.

        :raises GatewayError: when it does not answer, or not as OpenAI's API would.
        """
        listed = self._listed()
        self._sizes = {model.name: weights(model.parameters) for model in listed}
        return [model.name for model in listed]

    def also_named(self, _wanted: Collection[str]) -> list[str]:
        """None: another name is another model here."""
        return []

    def size(self, model: str) -> float | None:
        """Weights of a model; None where the last look at the models did not tell.

        llama.cpp's server tells, others do not.
        """
        return self._sizes.get(model)

    def loaded(self) -> list[str] | None:
        """Names of those that it does not say it has yet to load.

        :raises GatewayError: as :meth:`models` does.
        """
        return [model.name for model in self._listed() if model.is_loaded]

    def load(self, model: str, *, call: Call) -> None:
        """Have the model say a token: servers that load on demand have it in their memory then.

        :raises GatewayError: when it did not get there.
        """
        body = {
            "model": model,
            "messages": [{"role": "user", "content": "Hi"}],
            "max_tokens": 1,
        }
        with (
            loading(model, call),
            self._loads.stream("POST", f"{self._endpoint}{CHAT_PATH}", json=body) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise self._error(answer)
            read_whole(answer)

    def pull(self, model: str, *, call: Call) -> Iterator[int]:
        """Fetch nothing: what such a server serves is for whoever starts it to say.

        :raises PromptRefused: always.
        """
        call.check()
        raise PromptRefused(f"its API cannot have it fetch {model}")

    def chat(self, prompt: Prompt, *, model: str, seed: int, call: Call) -> Iterator[Piece]:
        """Send a prompt and yield its answer piece by piece, until it ends.

        What the server refuses and the prompt can do without is left out, from then on.

        :raises GatewayError: one of its kinds. Pieces yielded before it stand.
        """
        without = self._bearing.without(model)
        # What this prompt alone is sent without: no way of asking, so nothing is learned of it.
        for_now: frozenset[str] = frozenset()
        with calling(call):
            while True:
                call.without = without
                body = put(
                    prompt,
                    model=model,
                    seed=seed,
                    sampling=self.sampling,
                    without=without | for_now,
                )
                sent = monotonic()
                with self._prompts.stream(
                    "POST", f"{self._endpoint}{CHAT_PATH}", json=body
                ) as answer:
                    if answer.status_code == httpx.codes.OK:
                        yield from self._read(answer, prompt, sent=sent)
                        return
                    if answer.status_code not in REFUSALS:
                        raise self._error(answer)
                    said = read_whole(answer, LONGEST_ERROR)
                words = words_of(said)
                option = refused_option(f"{words} {said.decode(errors='replace')}", body)
                if option is None:
                    raise from_status(answer.status_code, said, access=self._access)
                if not is_lasting(option, words):
                    for_now |= {option}
                else:
                    without |= {option}
                    log.info("goes on without an option", option=option, model=model, url=self.url)
                    self._bearing.refuse(model, option)

    def learn(self, model: str, call: Call, *, has_values: bool) -> bool:
        """Learn from a whole answer what the model bears; return whether to ask once more."""
        if has_values:
            self._bearing.brought_values(model, call.without)
            return False
        return self._bearing.brought_none(model, call.without)

    def _read(self, response: httpx.Response, prompt: Prompt, *, sent: float) -> Iterator[Piece]:
        answer = Answer(prompt.messages)
        for data in _chunks(response):
            if data == DONE:
                answer.is_whole = True
                break
            if not data.strip():
                continue
            chunk = _object(data)
            if error := chunk.get("error"):
                status = 0 if answer.has_begun else status_of(error, chunk)
                said = error if isinstance(error, str) else json.dumps(error)
                raise from_status(status, said, access=self._access)
            yield from answer.take(chunk, at=monotonic() - sent)
        if not answer.is_whole:
            raise ServerFailed(BROKE_OFF)
        yield answer.end(at=monotonic() - sent)

    def _listed(self) -> list[Model]:
        with (
            calling(),
            self._looks.stream("GET", f"{self._endpoint}{MODELS_PATH}") as answer,
        ):
            if answer.status_code == httpx.codes.OK:
                return read_models(read_whole(answer), self._doubts.tell)
            error = self._error(answer)
        if answer.status_code == httpx.codes.NOT_FOUND and isinstance(
            error, Misdirected | ModelMissing
        ):
            raise GatewayDown(
                f"it has no OpenAI API at this address; the address mostly ends in /v1: {error}"
            )
        raise error

    def _error(self, answer: httpx.Response) -> GatewayError:
        return of_answer(answer, access=self._access, kind=GatewayKind.OPENAI)

    def close(self) -> None:
        """Close the connections."""
        for client in (self._prompts, self._loads, self._looks):
            client.close()


def _chunks(answer: httpx.Response) -> Iterator[str]:
    """The data of the events of an answer; one that is not streamed is one of them."""
    if answer.headers.get("Content-Type", "").startswith(EVENT_STREAM):
        yield from read_events(answer.iter_bytes())
    else:
        yield read_whole(answer).decode(errors="replace")


def _object(data: str) -> dict[str, Any]:
    """The object that an event's data are.

    :raises NoRecords: for anything else.
    """
    try:
        chunk = json.loads(data, strict=False)
    except (ValueError, RecursionError) as error:
        raise NoRecords("an event that is no JSON") from error
    if not isinstance(chunk, dict):
        raise NoRecords("an event that is no object")
    return chunk
