"""A gateway of the second kind: OpenAI's chat API, as vLLM, SGLang and others serve models by it.

Spoken by httpx, which is here already, and a reader of server-sent events. OpenAI's own client
would bring its retries, its types and its idea of who is called, and be in the way of all three.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from time import monotonic

import httpx
import structlog
from httpx_sse import EventSource

from shared.models.openai import CHAT_PATH, MODELS_PATH, read_models
from shared.models.sizes import weights
from shared.models.tags import Model
from worker.models.call import Call, calling, loading
from worker.models.chunks import Answer, Chunk
from worker.models.errors import (
    AccessDenied,
    GatewayDown,
    GatewayError,
    ModelMissing,
    PromptRefused,
    ServerFailed,
    from_status,
)
from worker.models.prompt import Piece, Prompt, Sampling
from worker.models.transport import client_options, read_whole
from worker.models.wording import is_lasting, put, refused_option

log = structlog.get_logger(__name__)

#: The last event of a stream.
DONE = "[DONE]"

#: What a refusal of something in the request is answered with.
REFUSALS = frozenset({400, 422})

#: Bytes of an error that are looked at.
LONGEST_ERROR = 64 * 1024


class OpenAIGateway:
    """One server of OpenAI's API; used by many threads at once.

    :param url: as the settings name it.
    :param endpoint: where the API is, such as ``http://gpu1:8000/v1``.
    :param key: shown to the server; empty: none.
    :param load_timeout: how long it may take to load a model into memory, in seconds.
    :param tls: how its certificate is checked; None: by the system's authorities.
    """

    def __init__(
        self,
        url: str,
        *,
        endpoint: str,
        connect_timeout: float,
        key: str = "",
        sampling: Sampling | None = None,
        load_timeout: float = 900.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.url = url
        self.sampling = sampling or Sampling()
        self._endpoint = endpoint
        self._key = key

        def client(timeout: httpx.Timeout) -> httpx.Client:
            headers = {"Authorization": f"Bearer {key}"} if key else {}
            return httpx.Client(headers=headers, **client_options(timeout, tls))

        # How long an answer may take is the heartbeat's business: it can tell a queue from a server
        # that hangs.
        self._prompts = client(httpx.Timeout(None, connect=connect_timeout))
        self._loads = client(httpx.Timeout(load_timeout, connect=connect_timeout))
        self._looks = client(httpx.Timeout(connect_timeout))
        #: What of a request the server does not know, by model.
        self._without: dict[str, frozenset[str]] = {}
        #: Weights of the models.
        self._sizes: dict[str, float | None] = {}

    def models(self) -> list[str]:
        """Names of the models that the server lists, in its order.

        :raises GatewayError: when it does not answer, or not as OpenAI's API would.
        """
        listed = self._listed()
        self._sizes = {model.name: weights(model.parameters) for model in listed}
        return [model.name for model in listed]

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
                raise self._error(answer.status_code, _text(answer))
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
        without = self._without.get(model, frozenset())
        with calling(call):
            while True:
                body = put(prompt, model=model, seed=seed, sampling=self.sampling, without=without)
                sent = monotonic()
                with self._prompts.stream(
                    "POST", f"{self._endpoint}{CHAT_PATH}", json=body
                ) as answer:
                    if answer.status_code == httpx.codes.OK:
                        yield from self._read(answer, prompt, sent=sent)
                        return
                    said = _text(answer)
                option = refused_option(said, body) if answer.status_code in REFUSALS else None
                if option is None:
                    raise self._error(answer.status_code, said)
                without |= {option}
                if is_lasting(option, said):
                    log.info("goes on without an option", option=option, model=model, url=self.url)
                    self._without[model] = self._without.get(model, frozenset()) | {option}

    def _read(self, response: httpx.Response, prompt: Prompt, *, sent: float) -> Iterator[Piece]:
        answer = Answer(prompt.messages)
        for event in EventSource(response).iter_sse():
            if event.data == DONE:
                answer.is_whole = True
                break
            if not event.data:
                continue
            chunk = Chunk.model_validate_json(event.data)
            if chunk.error:
                raise self._broken(event.data, chunk.error, answer)
            yield from answer.take(chunk, at=monotonic() - sent)
        if not answer.is_whole:
            raise ServerFailed("the model server broke off in the middle of its answer")
        yield answer.end(at=monotonic() - sent)

    def _broken(self, said: str, error: object, answer: Answer) -> GatewayError:
        """What an error in the stream means: before the first token, what its own status would."""
        code = error.get("code") if isinstance(error, dict) else None
        if answer.has_begun or not isinstance(code, int):
            code = 0
        return self._error(code, said)

    def _listed(self) -> list[Model]:
        with (
            calling(),
            self._looks.stream("GET", f"{self._endpoint}{MODELS_PATH}") as answer,
        ):
            if answer.status_code == httpx.codes.OK:
                return read_models(read_whole(answer))
            error = self._error(answer.status_code, _text(answer))
        if isinstance(error, ModelMissing):
            raise GatewayDown(
                "it has no OpenAI API at this address (404); the address mostly ends in /v1"
            )
        raise error

    def _error(self, status: int, said: str) -> GatewayError:
        if self._key:
            # Some servers repeat it when they refuse it.
            said = said.replace(self._key, "***")
        error = from_status(status, said)
        if isinstance(error, AccessDenied):
            # In our own words: theirs may show a part of the key.
            shown = "refuses our API key" if self._key else "wants an API key"
            return AccessDenied(
                f"the model server {shown} ({status}); VALUEMILL_OPENAI_API_KEY_FILE, or key_file "
                "in its address, says where the key is"
            )
        return error

    def close(self) -> None:
        """Close the connections."""
        for client in (self._prompts, self._loads, self._looks):
            client.close()


def _text(answer: httpx.Response) -> str:
    """The text of an error."""
    return read_whole(answer, LONGEST_ERROR).decode(errors="replace")
